-- SPDX-License-Identifier: Apache-2.0
-- Where the concerns that Forklift's own exports carry, and our findings, are not the same.

-- Forklift's rules about machines with their labels as patterns: exports of its first releases have
-- no ids.
CREATE TABLE forklift_rule (
	id TEXT PRIMARY KEY,
	label TEXT NOT NULL,          -- for GLOB
	never INTEGER NOT NULL DEFAULT 0 -- it looks at what its inventory does not hold
) STRICT;
INSERT INTO forklift_rule (id, label) VALUES
	('vmware.changed_block_tracking.disabled', 'Changed Block Tracking (CBT) not enabled'),
	('vmware.changed_block_tracking.disk.disabled', 'Disk - * does not have CBT enabled'),
	('vmware.consolidation_needed', 'Snapshot consolidation required'),
	('vmware.cpu_affinity.detected', 'CPU affinity detected'),
	('vmware.cpu_memory.hotplug.enabled', 'CPU/Memory hotplug detected'),
	('vmware.datastore.missing', 'Disk is not located on a datastore'),
	('vmware.disk.count.exceeds.limit', 'VM has * disks*'),
	('vmware.disk_mode.independent', 'Independent disk detected'),
	('vmware.disk_serial.truncated', 'Disk serial numbers may be truncated'),
	('vmware.disk.capacity.invalid', 'Disk ''*'' has an invalid capacity of * bytes'),
	('vmware.dpm.enabled', 'vSphere DPM detected'),
	('vmware.drs.enabled', 'VM running in a DRS-enabled cluster'),
	('vmware.fault_tolerance.enabled', 'Fault tolerance'),
	('vmware.guestDisks.freespace', 'Insufficient free space for conversion on ''*'''),
	('vmware.guestDisks.key.not_found', 'Missing disk key mapping for ''*'''),
	('vmware.host_affinity.detected', 'VM-Host affinity detected'),
	('vmware.hostname.empty', 'Empty Host Name'),
	('vmware.hostname.default', 'Default Host Name'),
	('vmware.vm_missing_ip.detected', 'VM is missing IP addresses'),
	('vmware.vm.name.invalid', 'Invalid VM Name'),
	('vmware.numa_affinity.detected', 'NUMA node affinity detected'),
	('vmware.passthrough_device.detected', 'Passthrough device detected'),
	('vmware.disk.rdm.detected', 'Raw Device Mapped disk detected'),
	('vmware.disk.shared.detected', 'Shared disk detected'),
	('vmware.snapshot.detected', 'VM snapshot detected'),
	('vmware.device.sriov.detected', 'SR-IOV passthrough adapter configuration detected'),
	('vmware.tpm.detected', 'TPM detected'),
	('vmware.usb_controller.detected', 'USB controller detected'),
	('vmware.os.unsupported', 'Unsupported operating system detected'),
	('ovirt.memory.ballooning.enabled', 'VM has memory ballooning enabled'),
	('ovirt.bios.boot_menu.enabled', 'VM has BIOS boot menu enabled'),
	('ovirt.cpu.custom_model.detected', 'Custom CPU Model detected'),
	('ovirt.cpu.pinning_policy.unsupported', 'Unsupported CPU pinning policy detected'),
	('ovirt.cpu.shares.defined', 'VM has CPU Shares Defined'),
	('ovirt.cpu.tuning.detected', 'CPU tuning detected'),
	('ovirt.vm.custom_properties.detected', 'VM custom properties detected'),
	('ovirt.disk.count.exceeds.limit', 'VM has * disks*'),
	('ovirt.disk.interface_type.unsupported', 'Unsupported disk interface type detected'),
	('ovirt.disk.capacity.invalid', 'Disk has an invalid capacity'),
	('ovirt.disk.illegal_or_locked_status',
		'VM has an illegal or locked disk status condition'),
	('ovirt.disk.storage_type.unsupported', 'Unsupported disk storage type detected'),
	('ovirt.display_type.spice.enabled', 'VM Display Type'),
	('ovirt.ha.enabled', 'VM configured as HA'),
	('ovirt.ha.reservation.enabled', 'Cluster has HA reservation'),
	('ovirt.host_devices.mapped', 'VM has mapped host devices'),
	('ovirt.disk.illegal_images.detected', 'Illegal disk images detected'),
	('ovirt.iothreads.configured', 'IO Threads configuration detected'),
	('ovirt.cluster.ksm_enabled', 'Cluster has KSM enabled'),
	('ovirt.name.invalid', 'Invalid VM Name'),
	('ovirt.nic.custom_properties.detected', 'vNIC custom properties detected'),
	('ovirt.nic.interface_type.unsupported', 'Unsupported NIC interface type detected'),
	('ovirt.nic.network_filter.detected', 'NIC with network filter detected'),
	('ovirt.nic.pci_passthrough.detected', 'NIC with host device passthrough detected'),
	('ovirt.nic.unplugged.detected', 'Unplugged NIC detected'),
	('ovirt.nic.port_mirroring.detected', 'NIC with port mirroring detected'),
	('ovirt.nic.qos.detected', 'NIC with QoS settings detected'),
	('ovirt.numa.tuning.detected', 'NUMA tuning detected'),
	('ovirt.snapshot.online_memory.detected', 'Online (memory) snapshot detected'),
	('ovirt.placement_policy.affinity_set', 'Placement policy affinity'),
	('ovirt.disk.scsi_reservation.enabled', 'Shared disk detected'),
	('ovirt.secure_boot.detected', 'UEFI secure boot detected'),
	('ovirt.disk.shared.detected', 'Shared disk detected'),
	('ovirt.storage.resume_behavior.unsupported', 'VM storage error resume behavior'),
	('ovirt.tpm.required_by_os', 'TPM detected'),
	('ovirt.usb.enabled', 'USB support enabled'),
	('ovirt.os.unsupported', 'Unsupported operating system detected'),
	('ovirt.vm.status_invalid',
		'VM has a status condition that may prevent successful migration'),
	('ovirt.watchdog.enabled', 'Watchdog detected');
UPDATE forklift_rule SET never = 1 WHERE id IN (
	'vmware.dpm.enabled', 'vmware.host_affinity.detected', 'ovirt.numa.tuning.detected');

-- Which rules a concern may be of; rule NULL: of none that is known.
CREATE VIEW concern_rule AS
SELECT concern.id AS concern, concern.vm,
	CASE WHEN concern.rule <> '' THEN concern.rule ELSE known.id END AS rule
FROM concern JOIN vm ON vm.id = concern.vm
	LEFT JOIN forklift_rule AS known ON concern.rule = '' AND concern.label GLOB known.label
		AND known.id GLOB CASE vm.type WHEN 'ovirt' THEN 'ovirt.*' ELSE 'vmware.*' END;

-- Columns as in struct difference (inventory/compare.h).
CREATE VIEW forklift_difference AS
WITH ours AS MATERIALIZED (
	SELECT vm, rule, max(verdict = 'fail') AS fails, min(message) AS message FROM finding
	WHERE vm IS NOT NULL AND (rule GLOB 'vmware.*' OR rule GLOB 'ovirt.*')
	GROUP BY vm, rule
), said AS MATERIALIZED (
	SELECT * FROM concern_rule WHERE vm IN (SELECT id FROM subject)
), theirs AS (
	SELECT said.concern, said.vm, min(said.rule) AS rule, coalesce(max(ours.fails), -1) AS fails,
		max(ours.message) AS message
	FROM said LEFT JOIN ours ON ours.vm = said.vm AND ours.rule = said.rule
	GROUP BY said.concern
), difference AS (
	SELECT 1 AS forklift, theirs.rule, theirs.vm, concern.label AS text,
		CASE WHEN concern.stale = 1
			THEN 'the machine changed after Forklift judged it'
		WHEN theirs.fails = 0 THEN 'not known here: ' || theirs.message
		WHEN theirs.rule IS NULL AND concern.category = 'Critical'
			THEN 'it names no rule: Forklift''s policy agent failed, or the export is of '
				|| 'a release before rule ids'
		WHEN theirs.rule IS NULL
			THEN 'it names no rule, and its label is of none that is known'
		WHEN theirs.rule NOT IN (SELECT id FROM forklift_rule)
			THEN 'a rule of another release of Forklift'
		ELSE 'the exports that were read do not show it' END AS reason
	FROM theirs JOIN concern ON concern.id = theirs.concern
	WHERE theirs.fails < 1
	UNION ALL
	SELECT 0, ours.rule, ours.vm, ours.message,
		CASE WHEN known.never = 1
			THEN 'Forklift''s own rule never fires: its inventory does not hold what it '
				|| 'looks at'
		WHEN EXISTS (SELECT 1 FROM concern AS c WHERE c.vm = ours.vm AND c.stale = 1)
			THEN 'the machine changed after Forklift judged it'
		WHEN NOT EXISTS (SELECT 1 FROM said WHERE said.rule = ours.rule)
			THEN 'Forklift says so of no machine: its rules may be older than this one'
		ELSE 'other exports say more than Forklift knew, or are of another time' END
	FROM ours JOIN vm ON vm.id = ours.vm
		LEFT JOIN forklift_rule AS known ON known.id = ours.rule
	WHERE ours.fails = 1 AND vm.has_concerns = 1 AND NOT EXISTS (
		SELECT 1 FROM said WHERE said.vm = ours.vm AND said.rule = ours.rule)
)
SELECT d.forklift, d.rule, vm.ref AS id, vm.name, d.text, d.reason
FROM difference AS d JOIN vm ON vm.id = d.vm
ORDER BY d.forklift DESC, d.rule, vm.name, vm.ref, d.text;
