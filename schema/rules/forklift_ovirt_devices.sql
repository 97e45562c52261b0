-- SPDX-License-Identifier: Apache-2.0
-- Forklift's own rules about the disks and network adapters of oVirt machines, under its ids.

-- RULE ovirt.disk.count.exceeds.limit
-- severity: warning
-- category: Warning
-- title: The machine has more than 165 disks
-- why: Forklift expects that the destination cannot attach more than these.
-- remedy: Merge disks, or migrate some of the data by other means.
-- source: Forklift, validation policy disk_count.rego
SELECT iif(many > 165, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(many > 165, 'it has ' || many || ' disks', 'no export tells its disks; a Forklift '
		|| 'inventory (detail=all) or /ovirt-engine/api/vms?follow=disk_attachments would')
FROM (
	SELECT ref, name, has_disks, (SELECT count(*) FROM disk WHERE vm = subject.id) AS many
	FROM subject WHERE type = 'ovirt')
WHERE many > 165 OR has_disks IS NOT 1;

-- RULE ovirt.disk.interface_type.unsupported
-- severity: warning
-- category: Warning
-- title: KubeVirt has no such disk interface
-- why: Forklift knows sata, virtio and virtio_scsi; a disk with another interface comes up under
--   another name, or not at all.
-- remedy: Set a virtio interface, after the guest has its drivers.
-- source: Forklift, validation policy disk_interface_type.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'disk interfaces: ' || which, 'no export tells the interfaces of all its disks; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms?follow=disk_attachments would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.odd) AS bad,
		total(d.id IS NOT NULL AND d.interface IS NULL) AS open,
		group_concat(DISTINCT iif(d.odd, d.interface, NULL)) AS which
	FROM subject AS v LEFT JOIN (
		SELECT id, vm, interface,
			NOT (instr(interface, 'sata') OR instr(interface, 'virtio')) AS odd
		FROM disk) AS d ON d.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE ovirt.disk.capacity.invalid
-- severity: blocker
-- category: Critical
-- title: A disk has no valid capacity
-- why: No volume can be made for it.
-- remedy: See what the disk is, and remove it if it is nothing.
-- source: Forklift, validation policy disk_size.rego
-- note: Forklift means to look at direct LUNs too but reads a path that does not exist; here their
--   sizes are looked at where an export has them.
SELECT 'fail', 'vm', v.ref, v.name, NULL, 'disk ' || coalesce(d.label, d.ref, '?')
	|| ' has a capacity of ' || iif(d.storage_type = 'lun', d.lun_size, d.capacity) || ' bytes'
FROM subject AS v JOIN disk AS d ON d.vm = v.id
WHERE v.type = 'ovirt'
	AND (d.storage_type = 'lun' AND d.lun_size <= 0 OR d.storage_type = 'image' AND d.capacity <= 0)
UNION ALL
SELECT 'unknown', 'vm', ref, name, NULL, 'no export tells the capacities of all its disks; '
	|| 'Forklift''s inventory of disks or /ovirt-engine/api/disks would'
FROM subject WHERE type = 'ovirt' AND (has_disks IS NOT 1 OR EXISTS (
	SELECT 1 FROM disk WHERE vm = subject.id AND (storage_type IS NULL
		OR storage_type = 'image' AND capacity IS NULL)));

-- RULE ovirt.disk.illegal_or_locked_status
-- severity: blocker
-- category: Critical
-- title: A disk is illegal or locked
-- why: An illegal disk cannot be read for sure, and a locked one is in use by another operation.
-- remedy: Wait for the operation to end, or repair the disk in oVirt.
-- source: Forklift, validation policy disk_status.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'status of disks: ' || which, 'no export tells the status of all its disks; '
		|| 'Forklift''s inventory of disks or /ovirt-engine/api/disks would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.odd) AS bad,
		total(d.id IS NOT NULL AND d.status IS NULL AND d.storage_type IS NOT 'lun') AS open,
		group_concat(iif(d.odd, coalesce(d.label, d.ref, '?') || ' ' || d.status, NULL), ', ')
			AS which
	FROM subject AS v LEFT JOIN (
		SELECT *, instr(status, 'illegal') > 0 OR instr(status, 'locked') > 0 AS odd
		FROM disk) AS d ON d.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE ovirt.disk.storage_type.unsupported
-- severity: blocker
-- category: Critical
-- title: A disk is neither an image nor a LUN
-- why: Forklift copies images and attaches LUNs; it knows no other storage (managed block storage).
-- remedy: Move the disk to a storage domain of images.
-- source: Forklift, validation policy disk_storage_type.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'storage of disks: ' || which, 'no export tells the storage of all its disks; '
		|| 'Forklift''s inventory of disks or /ovirt-engine/api/disks would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.storage_type NOT IN ('image', 'lun')) AS bad,
		total(d.id IS NOT NULL AND d.storage_type IS NULL) AS open,
		group_concat(iif(d.storage_type NOT IN ('image', 'lun'),
			coalesce(d.label, d.ref, '?') || ' ' || d.storage_type, NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE ovirt.disk.scsi_reservation.enabled
-- severity: warning
-- category: Warning
-- title: A disk is used with SCSI reservations
-- why: Reservations mean that machines share the disk; they are not taken over.
-- remedy: Migrate the cluster's machines together, and set reservation on the LUN after it.
-- source: Forklift, validation policy scsi_reservation.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'used with SCSI reservations: ' || which,
		'no export tells whether its disks are used with SCSI reservations; a Forklift '
		|| 'inventory (detail=all) or /ovirt-engine/api/vms?follow=disk_attachments would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.scsi_reservation = 1) AS bad,
		total(d.id IS NOT NULL AND d.scsi_reservation IS NULL) AS open,
		group_concat(iif(d.scsi_reservation = 1, coalesce(d.label, d.ref, '?'), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE ovirt.disk.shared.detected
-- severity: warning
-- category: Warning
-- title: A disk is shared between machines
-- why: Each machine gets a copy of its own, and the copies drift apart.
-- remedy: Migrate the machines that share it together and cold, and share one copy afterwards.
-- source: Forklift, validation policy shared_disk.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'shared: ' || which, 'no export tells whether its disks are shared; '
		|| 'Forklift''s inventory of disks or /ovirt-engine/api/disks would')
FROM (
	SELECT v.ref, v.name, v.has_disks, total(d.shared = 1) AS bad,
		total(d.id IS NOT NULL AND d.shared IS NULL) AS open,
		group_concat(iif(d.shared = 1, coalesce(d.label, d.ref, '?'), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN disk AS d ON d.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_disks IS NOT 1;

-- RULE ovirt.nic.custom_properties.detected
-- severity: warning
-- category: Warning
-- title: A network adapter's profile has custom properties
-- why: What hooks of the hosts make of them does not happen on the destination.
-- remedy: See what they do, and configure the like in the network attachment definition.
-- source: Forklift, validation policy nic_custom_properties.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'profiles with custom properties: ' || which,
		'no export tells the profiles of all its network adapters; Forklift''s inventory '
		|| 'of nicprofiles or /ovirt-engine/api/vnicprofiles would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(p.properties > 0) AS bad,
		total(n.id IS NOT NULL AND n.profile IS NOT '' AND p.properties IS NULL) AS open,
		group_concat(iif(p.properties > 0, coalesce(n.name, n.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN nic AS n ON n.vm = v.id
		LEFT JOIN nic_profile AS p ON p.ref = n.profile
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;

-- RULE ovirt.nic.interface_type.unsupported
-- severity: warning
-- category: Warning
-- title: KubeVirt has no such network adapter
-- why: Forklift knows e1000, rtl8139 and virtio; with another the machine may come up without this
--   interface.
-- remedy: Set a virtio interface, after the guest has its drivers.
-- source: Forklift, validation policy nic_interface_type.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'interfaces: ' || which, 'no export tells the types of all its network adapters; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms?follow=nics would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(n.odd) AS bad,
		total(n.id IS NOT NULL AND n.interface IS NULL) AS open,
		group_concat(iif(n.odd, coalesce(n.name, n.ref, '?') || ' ' || n.interface, NULL), ', ')
			AS which
	FROM subject AS v LEFT JOIN (
		SELECT *, NOT (instr(interface, 'e1000') OR instr(interface, 'rtl8139')
			OR instr(interface, 'virtio')) AS odd
		FROM nic) AS n ON n.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;

-- RULE ovirt.nic.network_filter.detected
-- severity: warning
-- category: Warning
-- title: A network adapter's profile has a filter
-- why: The filter, against forged addresses mostly, is not taken over.
-- remedy: Set macspoofchk in the network attachment definition, or network policies.
-- source: Forklift, validation policy nic_network_filter.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'filtered: ' || which,
		'no export tells the profiles of all its network adapters; Forklift''s inventory '
		|| 'of nicprofiles or /ovirt-engine/api/vnicprofiles would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(p.network_filter <> '') AS bad,
		total(n.id IS NOT NULL AND n.profile IS NOT '' AND p.network_filter IS NULL) AS open,
		group_concat(iif(p.network_filter <> '', coalesce(n.name, n.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN nic AS n ON n.vm = v.id
		LEFT JOIN nic_profile AS p ON p.ref = n.profile
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;

-- RULE ovirt.nic.pci_passthrough.detected
-- severity: warning
-- category: Warning
-- title: A network adapter is passed through (SR-IOV)
-- why: The adapter is not taken over; the machine comes up without this interface.
-- remedy: Replace it by a virtio adapter, or attach an SR-IOV network after the migration.
-- source: Forklift, validation policy nic_pci_passthrough.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'passed through: ' || which,
		'no export tells the types of all its network adapters; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms?follow=nics would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(instr(n.interface, 'pci_passthrough') > 0) AS bad,
		total(n.id IS NOT NULL AND n.interface IS NULL) AS open,
		group_concat(iif(instr(n.interface, 'pci_passthrough'), coalesce(n.name, n.ref, '?'), NULL),
			', ') AS which
	FROM subject AS v LEFT JOIN nic AS n ON n.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;

-- RULE ovirt.nic.unplugged.detected
-- severity: warning
-- category: Warning
-- title: A network adapter is unplugged
-- why: On the destination it will be plugged in.
-- remedy: Remove it, or mind that the guest gets the interface.
-- source: Forklift, validation policy nic_plugged.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'unplugged: ' || which,
		'no export tells whether its network adapters are plugged in; '
		|| 'a Forklift inventory (detail=all) or /ovirt-engine/api/vms?follow=nics would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(n.plugged = 0) AS bad,
		total(n.id IS NOT NULL AND n.plugged IS NULL) AS open,
		group_concat(iif(n.plugged = 0, coalesce(n.name, n.ref, '?'), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN nic AS n ON n.vm = v.id
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;

-- RULE ovirt.nic.port_mirroring.detected
-- severity: warning
-- category: Warning
-- title: A network adapter mirrors its network
-- why: KubeVirt mirrors nothing; what listens there will hear its own packets alone.
-- remedy: Mirror on the switches, or leave the machine where it is.
-- source: Forklift, validation policy nic_port_mirroring.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'mirroring: ' || which,
		'no export tells the profiles of all its network adapters; Forklift''s inventory '
		|| 'of nicprofiles or /ovirt-engine/api/vnicprofiles would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(p.port_mirroring = 1) AS bad,
		total(n.id IS NOT NULL AND n.profile IS NOT '' AND p.port_mirroring IS NULL) AS open,
		group_concat(iif(p.port_mirroring = 1, coalesce(n.name, n.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN nic AS n ON n.vm = v.id
		LEFT JOIN nic_profile AS p ON p.ref = n.profile
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;

-- RULE ovirt.nic.qos.detected
-- severity: warning
-- category: Warning
-- title: A network adapter's profile limits its traffic
-- why: The limits are not taken over; the machine may fill the network.
-- remedy: Limit in the network attachment definition (bandwidth plugin) where it matters.
-- source: Forklift, validation policy nic_qos.rego
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(bad > 0, 'limited: ' || which,
		'no export tells the profiles of all its network adapters; Forklift''s inventory '
		|| 'of nicprofiles or /ovirt-engine/api/vnicprofiles would')
FROM (
	SELECT v.ref, v.name, v.has_nics, total(p.qos <> '') AS bad,
		total(n.id IS NOT NULL AND n.profile IS NOT '' AND p.qos IS NULL) AS open,
		group_concat(iif(p.qos <> '', coalesce(n.name, n.ref), NULL), ', ') AS which
	FROM subject AS v LEFT JOIN nic AS n ON n.vm = v.id
		LEFT JOIN nic_profile AS p ON p.ref = n.profile
	WHERE v.type = 'ovirt' GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_nics IS NOT 1;
