-- SPDX-License-Identifier: Apache-2.0
-- Forklift's own rules about vSphere machines, under Forklift's ids: what surrounds the disks and
-- the guest is here, the rest in forklift_vsphere_disks.sql and forklift_vsphere_guest.sql.
-- An unknown of a rule whose severity is info is not reported.

-- RULE vmware.changed_block_tracking.disabled
-- severity: info
-- category: Warning
-- page: S-CBT
-- title: Changed block tracking of the machine is off
-- why: A warm migration copies what changed since the last pass, and asks vSphere what that is.  A
--   cold one does not need it.
-- remedy: Before a warm migration set ctkEnabled to TRUE in the machine's advanced parameters
--   (govc vm.change -vm NAME -e ctkEnabled=TRUE) and power it off and on, or take and remove a
--   snapshot.
-- source: Forklift, validation policy changed_block_tracking.rego
-- note: Forklift warns before cold migrations too; page.cbt is about warm ones.
SELECT 'fail', 'vm', ref, name, NULL, 'changed block tracking is off'
FROM subject WHERE type = 'vsphere' AND cbt = 0;

-- RULE vmware.consolidation_needed
-- severity: warning
-- category: Warning
-- title: Snapshots need consolidation
-- why: Redo logs that vSphere could not merge lie under the disks; further snapshots, which a warm
--   migration takes in each pass, may fail, and the copy reads through all of them.
-- remedy: Consolidate in vCenter (Snapshots, Consolidate), and see that the need is gone.
-- source: Forklift, validation policy consolidation_needed.rego
SELECT iif(consolidation_needed IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(consolidation_needed IS NULL, 'no export tells whether its snapshots need consolidation; '
		|| 'a Forklift inventory of 2.12 or later, govc vm.info or RVTools vInfo would',
		'its snapshots need consolidation')
FROM subject WHERE type = 'vsphere' AND consolidation_needed IS NOT 0;

-- RULE vmware.cpu_affinity.detected
-- severity: warning
-- category: Warning
-- title: The machine is pinned to processors
-- why: KubeVirt does not take over which processors a machine may run on; what relied on it will
--   run elsewhere.
-- remedy: Remove the affinity, or ask for dedicated processors (dedicatedCpuPlacement) after the
--   migration.
-- source: Forklift, validation policy cpu_affinity.rego
SELECT iif(cpu_affinity IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(cpu_affinity IS NULL, 'no export tells whether it is pinned to processors; '
		|| 'a Forklift inventory or govc vm.info would',
		'it is pinned to processors (' || cpu_affinity || ' pins)')
FROM subject WHERE type = 'vsphere' AND cpu_affinity IS NOT 0;

-- RULE vmware.cpu_memory.hotplug.enabled
-- severity: info
-- category: Warning
-- title: Processors or memory can be added while the machine runs
-- why: The setting is not taken over; KubeVirt has its own way of adding both.
-- remedy: Nothing before the migration; afterwards set maxSockets and maxGuest where it is wanted.
-- source: Forklift, validation policy cpu_memory_hotplug.rego
SELECT 'fail', 'vm', ref, name, NULL, 'hotplug is on: ' || substr(
	iif(cpu_hot_add = 1, ', adding processors', '')
	|| iif(cpu_hot_remove = 1, ', removing processors', '')
	|| iif(memory_hot_add = 1, ', adding memory', ''), 3)
FROM subject WHERE type = 'vsphere'
	AND (cpu_hot_add = 1 OR cpu_hot_remove = 1 OR memory_hot_add = 1);

-- RULE vmware.dpm.enabled
-- severity: info
-- category: Information
-- title: The cluster manages the power of its hosts
-- why: Distributed Power Management may put hosts to sleep that are needed for the transfer; there
--   is no such thing on the destination.
-- remedy: Set it to manual while machines are migrated.
-- source: Forklift, validation policy dpm_enabled.rego
-- note: Never fires in Forklift, whose inventory lacks the field; here where an export has it.
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'cluster ' || coalesce(c.name, c.ref, '?') || ' manages the power of its hosts'
FROM subject AS v JOIN cluster AS c ON c.id = v.cluster_id
WHERE v.type = 'vsphere' AND c.dpm_enabled = 1;

-- RULE vmware.drs.enabled
-- severity: info
-- category: Information
-- title: The machine runs in a cluster with DRS
-- why: vSphere moves it between hosts at will; KubeVirt does not without a descheduler.
-- remedy: Nothing is needed; set an eviction strategy and a descheduler where it is wanted.
-- source: Forklift, validation policy drs_enabled.rego
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'cluster ' || coalesce(c.name, c.ref, '?') || ' has DRS enabled'
FROM subject AS v JOIN cluster AS c ON c.id = v.cluster_id
WHERE v.type = 'vsphere' AND c.drs_enabled = 1;

-- RULE vmware.fault_tolerance.enabled
-- severity: info
-- category: Information
-- title: Fault tolerance is on
-- why: KubeVirt keeps no second copy of a machine running; after the migration a failed node means
--   a restart.
-- remedy: Turn fault tolerance off before the migration: a machine with it cannot be snapshotted.
-- source: Forklift, validation policy fault_tolerance.rego
SELECT 'fail', 'vm', ref, name, NULL, 'fault tolerance is on'
FROM subject WHERE type = 'vsphere' AND fault_tolerance = 1;

-- RULE vmware.host_affinity.detected
-- severity: warning
-- category: Warning
-- title: A rule of the cluster ties the machine to hosts
-- why: The rule is not taken over; the machine may be started on any node.
-- remedy: Label nodes and set a node selector or affinity after the migration.
-- source: Forklift, validation policy host_affinity.rego
-- note: Never fires in Forklift, whose inventory lacks the field; here where an export has it, and
--   it is never unknown, since common exports do not.
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'a rule of cluster ' || coalesce(c.name, c.ref, '?') || ' ties it to certain hosts'
FROM subject AS v JOIN cluster AS c ON c.id = v.cluster_id
WHERE v.type = 'vsphere' AND json_valid(c.host_affinity_vms)
	AND v.ref IN (SELECT value FROM json_each(iif(json_valid(c.host_affinity_vms),
		c.host_affinity_vms, '[]')));

-- RULE vmware.vm.name.invalid
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
FROM subject WHERE type = 'vsphere' AND (length(name) >= 64
	OR name GLOB '*[^-A-Za-z0-9.]*' OR name GLOB '[-.]*' OR name GLOB '*[-.]');

-- RULE vmware.numa_affinity.detected
-- severity: warning
-- category: Warning
-- title: The machine is pinned to NUMA nodes
-- why: The pinning is not taken over, and memory may lie further away from the processors.
-- remedy: Remove it, or ask for NUMA passthrough (guestMappingPassthrough) after the migration.
-- source: Forklift, validation policy numa_affinity.rego
SELECT iif(numa_affinity IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(numa_affinity IS NULL, 'no export tells whether it is pinned to NUMA nodes; '
		|| 'a Forklift inventory would',
		'it is pinned to NUMA nodes (' || numa_affinity || ' of them)')
FROM subject WHERE type = 'vsphere' AND numa_affinity IS NOT 0;

-- RULE vmware.passthrough_device.detected
-- severity: blocker
-- category: Critical
-- title: A PCI device of the host is passed through
-- why: Forklift does not migrate such a machine: the device stays behind, and no snapshot of the
--   machine can be taken.
-- remedy: Remove the device from the machine; give it one of a node after the migration.
-- source: Forklift, validation policy passthrough_device.rego
SELECT iif(has_devices = 1, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(has_devices = 1, 'a PCI device is passed through to it',
		'no export tells whether a PCI device is passed through; '
		|| 'a Forklift inventory or govc vm.info would')
FROM subject WHERE type = 'vsphere' AND (has_devices IS NOT 1
	OR EXISTS (SELECT 1 FROM device WHERE vm = subject.id AND kind = 'VirtualPCIPassthrough'));

-- RULE vmware.device.sriov.detected
-- severity: warning
-- category: Warning
-- title: A network adapter is passed through (SR-IOV)
-- why: The adapter is not taken over; the machine comes up without this interface.
-- remedy: Replace it by a paravirtual adapter, or attach an SR-IOV network after the migration.
-- source: Forklift, validation policy sriov_device.rego
-- note: Critical in Forklift's first releases.
SELECT iif(has_devices = 1, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(has_devices = 1, 'it has an SR-IOV network adapter',
		'no export tells whether it has an SR-IOV network adapter; '
		|| 'a Forklift inventory or govc vm.info would')
FROM subject WHERE type = 'vsphere' AND (has_devices IS NOT 1
	OR EXISTS (SELECT 1 FROM device WHERE vm = subject.id AND kind = 'VirtualSriovEthernetCard'));

-- RULE vmware.usb_controller.detected
-- severity: warning
-- category: Warning
-- title: The machine has a USB controller
-- why: Devices on it, dongles among them, stay behind.
-- remedy: See that nothing depends on it, and remove it.
-- source: Forklift, validation policy usb_controller.rego
-- note: Forklift's inventory has USB 2 controllers alone, not xHCI.
SELECT iif(has_devices = 1, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(has_devices = 1, 'it has a USB controller',
		'no export tells whether it has a USB controller; '
		|| 'a Forklift inventory or govc vm.info would')
FROM subject WHERE type = 'vsphere' AND (has_devices IS NOT 1
	OR EXISTS (SELECT 1 FROM device WHERE vm = subject.id AND kind = 'VirtualUSBController'));

-- RULE vmware.snapshot.detected
-- severity: info
-- category: Information
-- title: The machine has snapshots
-- why: They are not taken over: the destination gets the present state alone.  A warm migration is
--   refused while there are any.
-- remedy: Remove them before a warm migration.
-- source: Forklift, validation policy snapshot.rego
SELECT 'fail', 'vm', ref, name, NULL, 'it has a snapshot'
FROM subject WHERE type = 'vsphere' AND snapshot = 1;

-- RULE vmware.tpm.detected
-- severity: warning
-- category: Warning
-- title: The machine has a TPM
-- why: What the TPM keeps is not taken over: the machine gets an empty one.  BitLocker will ask
--   for its recovery key, and what was sealed with the old one is lost.
-- remedy: Suspend BitLocker or have its recovery keys at hand; the destination needs storage for
--   the state of the TPM (vmStateStorageClass).
-- source: Forklift, validation policy tpm_enabled.rego
SELECT iif(tpm IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(tpm IS NULL, 'no export tells whether it has a TPM; '
		|| 'a Forklift inventory of 2.6 or later would', 'it has a TPM')
FROM subject WHERE type = 'vsphere' AND tpm IS NOT 0;
