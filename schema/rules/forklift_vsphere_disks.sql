-- SPDX-License-Identifier: Apache-2.0
-- Forklift's own rules about the disks of vSphere machines, under Forklift's ids.
-- An unknown of a rule whose severity is info is not reported.

-- RULE vmware.changed_block_tracking.disk.disabled
-- severity: info
-- category: Warning
-- page: S-CBT
-- title: Changed block tracking of a disk is off
-- why: A warm migration copies what changed since the last pass, and asks vSphere for each disk
--   what that is.  A cold one does not need it.
-- remedy: Before a warm migration set scsiX:Y.ctkEnabled to TRUE for each disk in the machine's
--   advanced parameters.
-- source: Forklift, validation policy changed_block_tracking_per_disk.rego
-- note: Forklift warns before cold migrations too, and always calls the controller 0;
--   page.cbt.disk is about warm ones.
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'disk ' || coalesce(d.label, d.file, d.ref, '?') || ' has changed block tracking off'
FROM subject AS v JOIN disk AS d ON d.vm = v.id
WHERE v.type = 'vsphere' AND d.cbt = 0;

-- RULE vmware.datastore.missing
-- severity: blocker
-- category: Critical
-- title: A disk lies on no datastore
-- why: Without a datastore the disk cannot be mapped to a storage class, nor read.
-- remedy: See what the disk's file is, and bring it back to a datastore or remove the disk.
-- source: Forklift, validation policy datastore.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'no datastore holds ' || which,
		'no export tells the datastores of all its disks; '
		|| 'a Forklift inventory, govc vm.info or RVTools vDisk would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.datastore = '') AS bad,
		total(d.id IS NOT NULL AND d.datastore IS NULL) AS open,
		group_concat(iif(d.datastore = '', coalesce(d.label, d.file, d.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'vsphere' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE vmware.disk.count.exceeds.limit
-- severity: warning
-- category: Warning
-- title: The machine has more than 165 disks
-- why: Forklift expects that the destination cannot attach more than these.
-- remedy: Merge disks, or migrate some of the data by other means.
-- source: Forklift, validation policy disk_count.rego
SELECT iif(many > 165, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(many > 165, 'it has ' || many || ' disks',
		'no export tells its disks; a Forklift inventory, govc vm.info or RVTools vDisk would')
FROM (
	SELECT ref, name, has_disks, (SELECT count(*) FROM disk WHERE vm = subject.id) AS many
	FROM subject WHERE type = 'vsphere')
WHERE many > 165 OR has_disks IS NOT 1;

-- RULE vmware.disk_mode.independent
-- severity: warning
-- category: Warning
-- title: A disk is independent
-- why: Snapshots leave independent disks out, and VDDK, which reads from one, cannot read them.
-- remedy: Power the machine off and set the mode of the disk to dependent (persistent).
-- source: Forklift, validation policy disk_mode.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'independent: ' || which,
		'no export tells the modes of all its disks; '
		|| 'a Forklift inventory of 2.7 or later, govc vm.info or RVTools vDisk would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.mode GLOB 'independent_*') AS bad,
		total(d.id IS NOT NULL AND d.mode IS NULL) AS open,
		group_concat(iif(d.mode GLOB 'independent_*', coalesce(d.label, d.file, d.ref) || ' ('
			|| d.mode || ')', NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'vsphere' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE vmware.disk_serial.truncated
-- severity: info
-- category: Information
-- title: Serial numbers of disks may be cut short
-- why: disk.EnableUUID shows the guest serial numbers of its SCSI disks; virtio keeps 20 of
--   their characters, and what finds disks by them may not find them.
-- remedy: Mount by file system UUID or label.
-- source: Forklift, validation policy disk_serial_numbers.rego
SELECT 'fail', 'vm', ref, name, NULL, 'disk.EnableUUID is on, and it has SCSI disks'
FROM subject WHERE type = 'vsphere' AND disk_uuid = 1
	AND EXISTS (SELECT 1 FROM disk WHERE vm = subject.id AND bus = 'scsi');

-- RULE vmware.disk.capacity.invalid
-- severity: blocker
-- category: Critical
-- title: A disk has no valid capacity
-- why: No volume can be made for it.
-- remedy: See whether the disk's file is there and readable, and rescan or remove the disk.
-- source: Forklift, validation policy disk_size.rego
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'disk ' || coalesce(d.label, d.file, d.ref, '?') || ' has a capacity of '
	|| d.capacity || ' bytes'
FROM subject AS v JOIN disk AS d ON d.vm = v.id
WHERE v.type = 'vsphere' AND d.capacity <= 0
UNION ALL
SELECT 'unknown', 'vm', ref, name, NULL, 'no export tells the capacities of all its disks; '
	|| 'a Forklift inventory, govc vm.info or RVTools vDisk would'
FROM subject WHERE type = 'vsphere' AND (has_disks IS NOT 1
	OR EXISTS (SELECT 1 FROM disk WHERE vm = subject.id AND capacity IS NULL));

-- RULE vmware.disk.rdm.detected
-- severity: warning
-- category: Warning
-- title: A disk is a raw device mapping
-- why: It is a volume of the storage system, not a file on a datastore: without a storage system
--   that copies it itself, Forklift does not migrate it.
-- remedy: Turn it into a virtual disk (migrate the storage with a change of format), or detach it
--   and attach the volume to the migrated machine.
-- source: Forklift, validation policy rdm_disk.rego
-- note: Critical in Forklift's first releases.
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'raw device mapping: ' || which,
		'no export tells whether its disks are raw device mappings; '
		|| 'a Forklift inventory, govc vm.info or RVTools vDisk would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.rdm = 1) AS bad,
		total(d.id IS NOT NULL AND d.rdm IS NULL) AS open,
		group_concat(iif(d.rdm = 1, coalesce(d.label, d.file, d.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'vsphere' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE vmware.disk.shared.detected
-- severity: warning
-- category: Warning
-- title: A disk is shared between machines
-- why: A shared disk is copied once, and only in a cold migration, with all machines that use it
--   shut down; otherwise each gets a copy of its own, and they drift apart.
-- remedy: Migrate those that share it together and cold, or without the shared disk
--   (migrateSharedDisks: false in all plans but one).
-- source: Forklift, validation policy shared_disk.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'shared: ' || which,
		'no export tells whether its disks are shared; '
		|| 'a Forklift inventory, govc vm.info or RVTools vDisk would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.shared = 1) AS bad,
		total(d.id IS NOT NULL AND d.shared IS NULL) AS open,
		group_concat(iif(d.shared = 1, coalesce(d.label, d.file, d.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'vsphere' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;
