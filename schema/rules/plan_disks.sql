-- SPDX-License-Identifier: Apache-2.0
-- What Forklift's controller finds wrong with the disks of a plan's machines, and what it asks for
-- before it migrates warm.

-- RULE vm.VMStorageNotSupported
-- severity: blocker
-- category: Critical
-- title: A direct LUN, and an engine that is too old to hand it on
-- why: Forklift takes over a direct LUN by its connection, which engines before 4.5.2.1 do not
--   tell.
-- remedy: Upgrade the engine, or copy the LUN into an image of a storage domain.
-- source: Forklift, pkg/controller/plan/adapter/ovirt/validator.go
WITH engine AS MATERIALIZED (SELECT s.plan_id, provider.version,
		version_at_least(provider.version, '4.5.2.1') AS able
	FROM plan_source AS s LEFT JOIN provider ON provider.id = s.provider_id)
SELECT iif(e.able = 0, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(e.able = 0, format('%d direct LUN(s), and the engine is of version %s', count(*),
		e.version),
	format('%d direct LUN(s), and no export tells the version of the engine; /ovirt-engine/api '
		|| 'would', count(*)))
FROM judged AS j JOIN vm ON vm.id = j.vm JOIN disk ON disk.vm = vm.id
JOIN engine AS e ON e.plan_id = j.plan_id
WHERE vm.type = 'ovirt' AND disk.storage_type = 'lun' AND e.able IS NOT 1
GROUP BY j.plan_id, vm.id;

-- RULE vm.InvalidDiskSizes
-- severity: blocker
-- category: Critical
-- title: A disk has no size
-- why: A volume for a disk of no size cannot be made.
-- remedy: Correct the disk at the source, or remove it; then refresh the inventory.
-- source: Forklift, pkg/controller/plan/adapter/*/validator.go
-- note: For the machines of plans; vmware.disk.capacity.invalid and ovirt.disk.capacity.invalid
--   judge all.
SELECT iif(min(d.size) <= 0, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(min(d.size) <= 0, format('no size: disk %s', group_concat(DISTINCT CASE WHEN d.size <= 0
		THEN coalesce(nullif(d.label, ''), nullif(d.file, ''), d.ref, '?') END)),
	'no export tells the sizes of the disks; the inventory of the source would')
FROM judged AS j JOIN vm ON vm.id = j.vm
LEFT JOIN (SELECT *, iif(storage_type = 'lun', lun_size, capacity) AS size FROM disk) AS d
	ON d.vm = vm.id
WHERE j.plan IS NOT NULL AND (d.size <= 0
	OR (d.size IS NULL AND (d.id IS NOT NULL OR vm.has_disks IS NULL)))
GROUP BY j.plan_id, vm.id;

-- RULE vm.SharedDisks
-- severity: blocker
-- category: Critical
-- title: A shared disk, and a warm migration or a machine that writes to it
-- why: What one machine writes while the disk is copied for another is lost or garbles the copy.
-- remedy: Migrate cold, and switch off every machine that has the disk first.
-- source: Forklift, pkg/controller/plan/adapter/vsphere/validator.go
-- note: vSphere alone, as in Forklift.
WITH sharing AS MATERIALIZED (
	SELECT disk.file, vm.site, sum(vm.power_state <> 'off') AS running,
		min(CASE WHEN vm.power_state <> 'off' THEN coalesce(vm.name, vm.ref) END) AS who,
		min(CASE WHEN vm.power_state IS NULL THEN coalesce(vm.name, vm.ref) END) AS whether
	FROM disk JOIN vm ON vm.id = disk.vm
	WHERE vm.type = 'vsphere' AND vm.power_state IS NOT 'off'
		AND disk.file IN (SELECT file FROM disk WHERE shared = 1 AND file <> '')
	GROUP BY disk.file, vm.site),
found AS (
	SELECT vm.id, vm.ref, vm.name, j.plan, j.plan_id, CASE WHEN disk.shared IS NULL THEN 0
			WHEN j.warm = 1 OR s.running > 0 THEN 1 WHEN s.whether IS NOT NULL THEN 0
			END AS fails,
		CASE WHEN disk.shared IS NULL THEN 'no export tells whether disks are shared; an '
			|| 'inventory of Forklift or govc vm.info -json would'
			WHEN j.warm = 1 THEN 'a shared disk cannot be migrated warm'
			WHEN s.running > 0 THEN format('%s is in use by %s%s', disk.file, s.who,
				iif(s.running > 1, format(' and %d more', s.running - 1), ''))
			ELSE format('no export tells whether %s, which shares %s, is switched off; '
				|| 'govc vm.info -json would', s.whether, disk.file) END AS text
	FROM judged AS j JOIN vm ON vm.id = j.vm LEFT JOIN disk ON disk.vm = vm.id
	LEFT JOIN sharing AS s ON s.file = disk.file AND s.site IS vm.site
	WHERE vm.type = 'vsphere' AND (disk.shared = 1 OR (disk.shared IS NULL
		AND (disk.id IS NOT NULL OR vm.has_disks IS NULL)
		AND (j.warm = 1 OR vm.power_state IS NOT 'off'))))
SELECT iif(max(fails), 'fail', 'unknown'), 'vm', ref, name, plan,
	iif(max(fails), group_concat(DISTINCT CASE WHEN fails THEN text END), min(text))
FROM found WHERE fails IS NOT NULL GROUP BY plan_id, id;

-- RULE vm.RDMDiskWarning
-- severity: warning
-- category: Warn
-- title: A disk is a raw device mapping
-- why: What the mapping points to is copied into an image; the LUN itself is not taken over.
-- remedy: Make sure that a copy is what is wanted, and that the storage map has an entry for the
--   datastore of the mapping; else detach the disk and connect the LUN at the destination.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: For the machines of plans; vmware.disk.rdm.detected judges all.
SELECT iif(max(disk.rdm) = 1, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(max(disk.rdm) = 1, format('raw device mapping: disk %s', group_concat(DISTINCT
		CASE WHEN disk.rdm = 1 THEN coalesce(nullif(disk.label, ''), disk.file, disk.ref,
			'?') END)),
	'no export tells whether disks are raw device mappings; an inventory of Forklift or govc '
		|| 'vm.info -json would')
FROM judged AS j JOIN vm ON vm.id = j.vm LEFT JOIN disk ON disk.vm = vm.id
WHERE j.plan IS NOT NULL AND vm.type = 'vsphere' AND (disk.rdm = 1
	OR (disk.rdm IS NULL AND (disk.id IS NOT NULL OR vm.has_disks IS NULL)))
GROUP BY j.plan_id, vm.id;

-- RULE vm.IndependentDiskWarning
-- severity: warning
-- category: Warn
-- title: A disk is independent of snapshots
-- why: An independent disk is in no snapshot, so it is copied as it is at that moment, and not at
--   all while the machine runs.
-- remedy: Switch the machine off and set the disk's mode to persistent (dependent).
-- source: Forklift, pkg/controller/plan/validation.go
-- note: For the machines of plans; vmware.disk_mode.independent judges all.
SELECT iif(max(disk.mode LIKE 'independent%'), 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(max(disk.mode LIKE 'independent%'), format('independent: disk %s', group_concat(DISTINCT
		CASE WHEN disk.mode LIKE 'independent%'
		THEN coalesce(nullif(disk.label, ''), disk.file, disk.ref, '?') END)),
	'no export tells the modes of the disks; an inventory of Forklift 2.7 or later, govc '
		|| 'vm.info -json or RVTools would')
FROM judged AS j JOIN vm ON vm.id = j.vm LEFT JOIN disk ON disk.vm = vm.id
WHERE j.plan IS NOT NULL AND vm.type = 'vsphere' AND (disk.mode LIKE 'independent%'
	OR (disk.mode IS NULL AND (disk.id IS NOT NULL OR vm.has_disks IS NULL)))
GROUP BY j.plan_id, vm.id;

-- RULE vm.VMMissingChangedBlockTracking
-- severity: blocker
-- category: Critical
-- title: A warm migration, and no changed block tracking
-- why: A warm migration copies the blocks that changed since the copy before; vSphere keeps track
--   of them only when it is told to.
-- remedy: With the machine off: govc vm.change -vm NAME -e ctkEnabled=TRUE -e
--   scsi0:0.ctkEnabled=TRUE (the last for each disk); then switch it on.
-- source: Forklift, pkg/controller/plan/adapter/vsphere/validator.go
-- page: S-CBT
SELECT iif(vm.cbt = 0, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(vm.cbt = 0, 'the machine is to be migrated warm and changed block tracking is off',
	'no export tells whether changed block tracking is on; an inventory of Forklift, govc '
		|| 'vm.info -json or RVTools would')
FROM judged AS j JOIN vm ON vm.id = j.vm
WHERE j.warm = 1 AND vm.type = 'vsphere' AND vm.cbt IS NOT 1;

-- RULE vm.VMHasSnapshots
-- severity: blocker
-- category: Critical
-- title: A warm migration, and snapshots
-- why: Forklift makes snapshots of its own to tell what changed, and those that are there already
--   break the chain.
-- remedy: When nobody needs to go back to them, remove the snapshots: govc snapshot.remove -vm NAME
--   '*'
-- source: Forklift, pkg/controller/plan/adapter/vsphere/validator.go
SELECT iif(vm.snapshot = 1, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(vm.snapshot = 1, 'the machine is to be migrated warm and has snapshots',
	'no export tells whether the machine has snapshots; an inventory of Forklift, govc vm.info '
		|| '-json or RVTools would')
FROM judged AS j JOIN vm ON vm.id = j.vm
WHERE j.warm = 1 AND vm.type = 'vsphere' AND vm.snapshot IS NOT 0;

-- RULE vm.VMConsolidationNeeded
-- severity: warning
-- category: Warn
-- title: A warm migration, and disks that need consolidation
-- why: Leftovers of snapshots slow the copy and make the snapshots of the migration fail.
-- remedy: Consolidate the disks in vCenter (Snapshots, Consolidate), then refresh the inventory.
-- source: Forklift, pkg/controller/plan/validation.go
SELECT iif(vm.consolidation_needed = 1, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(vm.consolidation_needed = 1,
	'the machine is to be migrated warm and its disks need consolidation',
	'no export tells whether the disks need consolidation; an inventory of Forklift 2.12 or '
		|| 'later, govc vm.info -json or RVTools would')
FROM judged AS j JOIN vm ON vm.id = j.vm
WHERE j.warm = 1 AND vm.type = 'vsphere' AND vm.consolidation_needed IS NOT 0;
