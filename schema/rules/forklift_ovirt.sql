-- SPDX-License-Identifier: Apache-2.0
-- Forklift's own rules about oVirt machines, under Forklift's ids: those about the machine itself
-- are here, the rest in forklift_ovirt_settings.sql and forklift_ovirt_devices.sql.
-- An unknown of a rule whose severity is info is not reported.

-- RULE ovirt.name.invalid
-- severity: info
-- category: Warning
-- page: S-NAME
-- title: Forklift will not take over the name
-- why: A name that Kubernetes does not allow is changed during the migration.
-- remedy: See page.name.
-- source: Forklift, validation policy name.rego, 2.8 and later
-- note: Forklift lets capitals and dots pass here, and demands fewer than 64 characters; the page
--   (page.name) is stricter about characters.
SELECT 'fail', 'vm', ref, name, NULL, iif(length(name) >= 64,
	'its name has ' || length(name) || ' characters; fewer than 64 are allowed',
	'''' || name || ''' has characters other than letters, digits, ''-'' and ''.'', '
	|| 'or begins or ends with ''-'' or ''.''')
FROM subject WHERE type = 'ovirt' AND (length(name) >= 64
	OR name GLOB '*[^-A-Za-z0-9.]*' OR name GLOB '[-.]*' OR name GLOB '*[-.]');

-- RULE ovirt.os.unsupported
-- severity: warning
-- category: Warning
-- page: S-OS
-- title: Forklift does not support the operating system
-- why: RHEL 6 is not supported as a guest on the destination.
-- remedy: Upgrade the guest, or migrate it without support.
-- source: Forklift, validation policy vm_os.rego
-- note: Forklift knows RHEL 6 alone here; page.guest_os looks at all systems.
SELECT iif(guest_id IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(guest_id IS NULL, 'no export tells the type of its operating system; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'its operating system is of type ' || guest_id)
FROM subject WHERE type = 'ovirt' AND (guest_id IS NULL OR instr(guest_id, 'rhel_6'));

-- RULE ovirt.vm.status_invalid
-- severity: warning
-- category: Warning
-- title: The machine is neither up nor down
-- why: A machine that is paused, locked or migrating may not be shut down or read when its turn
--   comes.
-- remedy: Bring it up or shut it down.
-- source: Forklift, validation policy vm_status.rego
-- note: As in Forklift, powering_up and powering_down pass.
SELECT iif(status IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(status IS NULL, 'no export tells its status; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'its status is ''' || status || '''')
FROM subject WHERE type = 'ovirt'
	AND (status IS NULL OR NOT (instr(status, 'up') OR instr(status, 'down')));

-- RULE ovirt.ha.enabled
-- severity: info
-- category: Warning
-- title: The machine is highly available
-- why: The setting is not taken over; KubeVirt restarts what its run strategy says.
-- remedy: Set runStrategy Always after the migration, and have failed nodes fenced.
-- source: Forklift, validation policy ha.rego
SELECT 'fail', 'vm', ref, name, NULL, 'it is highly available'
FROM subject WHERE type = 'ovirt' AND ha = 1;

-- RULE ovirt.ha.reservation.enabled
-- severity: info
-- category: Warning
-- title: The cluster keeps room for its highly available machines
-- why: KubeVirt keeps no such room; after a node has failed there may not be enough.
-- remedy: Plan the destination's size with one node missing.
-- source: Forklift, validation policy ha_reservation.rego
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'cluster ' || coalesce(c.name, c.ref, '?') || ' keeps room for highly available machines'
FROM subject AS v JOIN cluster AS c ON c.id = v.cluster_id
WHERE v.type = 'ovirt' AND c.ha_reservation = 1;

-- RULE ovirt.cluster.ksm_enabled
-- severity: info
-- category: Warning
-- title: The cluster merges equal memory (KSM)
-- why: Machines that fit because their memory was merged may not fit on the destination.
-- remedy: Plan memory without merging, or configure KSM on the nodes.
-- source: Forklift, validation policy ksm.rego
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'cluster ' || coalesce(c.name, c.ref, '?') || ' merges equal memory (KSM)'
FROM subject AS v JOIN cluster AS c ON c.id = v.cluster_id
WHERE v.type = 'ovirt' AND c.ksm_enabled = 1;

-- RULE ovirt.placement_policy.affinity_set
-- severity: info
-- category: Warning
-- title: The machine's placement policy is not taken over
-- why: The policy says how the machine may be moved between hosts; KubeVirt decides by its eviction
--   strategy.
-- remedy: Set evictionStrategy after the migration where it matters.
-- source: Forklift, validation policy placement_policy.rego
SELECT 'fail', 'vm', ref, name, NULL, 'its placement policy is ''' || placement || ''''
FROM subject WHERE type = 'ovirt' AND (placement = 'migratable'
	OR ' ' || placement || ' ' GLOB '*[^a-zA-Z0-9_]migratable[^a-zA-Z0-9_]*');

-- RULE ovirt.snapshot.online_memory.detected
-- severity: warning
-- category: Warning
-- title: A snapshot keeps the machine's memory
-- why: Snapshots are not taken over, and those with memory are not supported.
-- remedy: Remove the snapshot.
-- source: Forklift, validation policy online_snapshot.rego
SELECT iif(memory_snapshot IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(memory_snapshot IS NULL, 'no export tells whether a snapshot keeps its memory; a Forklift '
		|| 'inventory (detail=all) or /ovirt-engine/api/vms?follow=snapshots would',
		'a snapshot keeps its memory')
FROM subject WHERE type = 'ovirt' AND memory_snapshot IS NOT 0;

-- RULE ovirt.disk.illegal_images.detected
-- severity: blocker
-- category: Critical
-- title: The machine has illegal disk images
-- why: oVirt holds an image of the machine for damaged or half removed; it cannot be read for sure.
-- remedy: Repair or remove the image in oVirt; a failed snapshot removal can often be repeated.
-- source: Forklift, validation policy illegal_images.rego
SELECT iif(illegal_images IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(illegal_images IS NULL, 'no export tells whether it has illegal images; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'it has illegal disk images')
FROM subject WHERE type = 'ovirt' AND illegal_images IS NOT 0;

-- RULE ovirt.tpm.required_by_os
-- severity: warning
-- category: Warning
-- title: The operating system wants a TPM
-- why: What a TPM keeps is not taken over: the machine gets an empty one, and BitLocker will ask
--   for its recovery key.
-- remedy: Have the recovery keys at hand; the destination needs storage for the state of the TPM
--   (vmStateStorageClass).
-- source: Forklift, validation policy tpm.rego
SELECT iif(guest_id IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(guest_id IS NULL, 'no export tells the type of its operating system; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'an operating system of type ' || guest_id || ' wants a TPM')
FROM subject WHERE type = 'ovirt' AND (guest_id IS NULL
	OR instr(guest_id, 'windows_2022') OR instr(guest_id, 'windows_11'));

-- RULE ovirt.secure_boot.detected
-- severity: warning
-- category: Warning
-- title: The machine boots securely
-- why: The variables of its firmware are not taken over; boot entries and enrolled keys are lost.
-- remedy: See that the guest boots from the fallback loader, and enrol own keys again.
-- source: Forklift, validation policy secure_boot.rego
SELECT iif(bios IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(bios IS NULL, 'no export tells the type of its firmware; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would',
		'its firmware is q35_secure_boot')
FROM subject WHERE type = 'ovirt' AND coalesce(bios, 'q35_secure_boot') = 'q35_secure_boot';

-- RULE ovirt.storage.resume_behavior.unsupported
-- severity: info
-- category: Information
-- title: The machine does not resume by itself after a storage failure
-- why: KubeVirt always resumes machines that were paused because of their storage.
-- remedy: See whether the machine minds.
-- source: Forklift, validation policy storage_error_resume_behaviour.rego
SELECT 'fail', 'vm', ref, name, NULL,
	'after a storage failure it does ''' || resume_behaviour || ''''
FROM subject WHERE type = 'ovirt' AND resume_behaviour <> 'auto_resume';
