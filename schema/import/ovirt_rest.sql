-- SPDX-License-Identifier: Apache-2.0
-- FORMAT ovirt-rest
-- title: oVirt's own API, /ovirt-engine/api, as JSON or XML
-- lists: vm host disk storage_domain network vnic_profile cluster data_center

-- KIND other
-- match: list = 'data_center' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/datacenters/????????-????-????-????-????????????'
SELECT 1 WHERE 0;

-- KIND api
-- match: list = '' AND json_type(body, '$.product_info') = 'object'
INSERT INTO provider (id, type, instance_uuid, product, version, build, api_version)
SELECT id, 'ovirt', uuid(body->>'$.product_info.instance_id'), body->>'$.product_info.name',
	coalesce(body->>'$.product_info.version.full_version', major || '.' || minor),
	body->>'$.product_info.version.build', major || '.' || minor
FROM (SELECT id, body, body->>'$.product_info.version.major' AS major,
	body->>'$.product_info.version.minor' AS minor FROM input);

-- Numbers and booleans are strings.  A list that was not followed is a link: {"href": …}, or one
-- among the links of the machine; one that is empty is left out.  So is every other element that
-- is not set, of a machine that is whole.
-- KIND vm
-- match: list = 'vm' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/vms/????????-????-????-????-????????????'
INSERT INTO vm (id, type, ref, name, is_template, power_state, status, host, cluster,
	has_disks, has_nics, has_cdroms, has_snapshots, has_addresses, guest_id,
	guest_name_reported, host_name, snapshot, memory_snapshot, firmware, secure_boot, tpm,
	cpu_affinity, cpus, memory, ballooned, bios, boot_menu, custom_cpu, cpu_pinning, cpu_shares,
	properties, display, ha, host_devices, illegal_images, io_threads, placement,
	resume_behaviour, usb, watchdogs)
WITH link (id, entire, disks, nics, cdroms, snapshots, devices, watchdogs) AS MATERIALIZED (
	SELECT id, json_type(body, '$.memory') IS NOT NULL,
		max(CASE name WHEN 'disk_attachments' THEN told END),
		max(CASE name WHEN 'nics' THEN told END),
		max(CASE name WHEN 'cdroms' THEN told END),
		max(CASE name WHEN 'snapshots' THEN told END),
		max(CASE name WHEN 'host_devices' THEN told END),
		max(CASE name WHEN 'watchdogs' THEN told END)
	FROM (
		SELECT id, body, name, CASE
			WHEN json_type(body, '$.' || name || '.' || item) IS NOT NULL THEN 1
			WHEN json_type(body, '$.' || name || '.href') IS NOT NULL THEN NULL
			WHEN json_type(body, '$.' || name) IN ('object', 'text', 'null') THEN 1
			WHEN json_type(body, '$.memory') IS NULL THEN NULL
			WHEN NOT EXISTS (SELECT 1 FROM json_each(body, '$.link') AS l
				WHERE CASE l.type WHEN 'object' THEN l.value->>'$.rel' END
					= replace(name, '_', '')) THEN 1 END AS told
		FROM input JOIN (
			SELECT 'disk_attachments' AS name, 'disk_attachment' AS item
			UNION ALL VALUES ('nics', 'nic'), ('cdroms', 'cdrom'), ('snapshots', 'snapshot'),
				('host_devices', 'host_device'), ('watchdogs', 'watchdog')))
	GROUP BY id)
SELECT id, 'ovirt', body->>'$.id', body->>'$.name', 0,
	CASE body->>'$.status' WHEN 'up' THEN 'on' WHEN 'down' THEN 'off' ELSE body->>'$.status' END,
	body->>'$.status',
	coalesce(body->>'$.host.id', CASE body->>'$.status' WHEN 'down' THEN '' END),
	body->>'$.cluster.id', disks, nics, cdroms, snapshots,
	-- The addresses are a list within each NIC, which may not have been followed.
	CASE WHEN nics AND NOT EXISTS (
		SELECT 1 FROM json_each(body, '$.nics.nic') AS n
		WHERE CASE n.type WHEN 'object' THEN json_type(n.value, '$.reported_devices.href')
				IS NOT NULL OR json_type(n.value, '$.reported_devices') IS NULL
				AND n.value->>'$.link' LIKE '%"reporteddevices"%' END) THEN 1 END,
	body->>'$.os.type',
	coalesce(body->>'$.guest_operating_system.distribution'
			|| coalesce(' ' || (body->>'$.guest_operating_system.version.full_version'), ''),
		CASE WHEN entire THEN '' END),
	coalesce(body->>'$.fqdn', CASE WHEN entire THEN '' END),
	CASE WHEN snapshots THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.snapshots.snapshot') AS s
		WHERE CASE s.type WHEN 'object' THEN s.value->>'$.snapshot_type' END <> 'active') END,
	CASE WHEN snapshots THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.snapshots.snapshot') AS s
		WHERE truth(CASE s.type WHEN 'object' THEN s.value->>'$.persist_memorystate' END)) END,
	CASE WHEN body->>'$.bios.type' IN ('q35_ovmf', 'q35_secure_boot') THEN 'efi'
		WHEN body->>'$.bios.type' LIKE '%sea_bios' THEN 'bios' END,
	CASE WHEN body->>'$.bios.type' = 'q35_secure_boot' THEN 1
		WHEN body->>'$.bios.type' IN ('q35_ovmf', 'q35_sea_bios', 'i440fx_sea_bios') THEN 0 END,
	truth(body->>'$.tpm_enabled'),
	coalesce(json_array_length(body, '$.cpu.cpu_tune.vcpu_pins.vcpu_pin'),
		CASE json_type(body, '$.cpu') WHEN 'object' THEN 0 END),
	min(max(whole(body->>'$.cpu.topology.sockets'), 0), 65535)
		* min(max(whole(body->>'$.cpu.topology.cores'), 0), 65535)
		* min(max(coalesce(whole(body->>'$.cpu.topology.threads'), 1), 1), 65535),
	whole(body->>'$.memory'), truth(body->>'$.memory_policy.ballooning'),
	body->>'$.bios.type', truth(body->>'$.bios.boot_menu.enabled'),
	coalesce(body->>'$.custom_cpu_model', CASE WHEN entire THEN '' END),
	coalesce(body->>'$.cpu_pinning_policy', CASE WHEN entire THEN '' END),
	whole(body->>'$.cpu_shares'),
	coalesce(json_array_length(body, '$.custom_properties.custom_property'),
		CASE WHEN entire THEN 0 END),
	body->>'$.display.type', truth(body->>'$.high_availability.enabled'),
	CASE WHEN devices THEN coalesce(json_array_length(body, '$.host_devices.host_device'), 0) END,
	truth(body->>'$.has_illegal_images'), whole(body->>'$.io.threads'),
	body->>'$.placement_policy.affinity', body->>'$.storage_error_resume_behaviour',
	truth(body->>'$.usb.enabled'),
	CASE WHEN watchdogs THEN coalesce(json_array_length(body, '$.watchdogs.watchdog'), 0) END
FROM input JOIN link USING (id);

INSERT INTO disk (vm, ref, label, datastore, capacity, shared, interface, storage_type, status,
	scsi_reservation, lun_size)
SELECT input.id, coalesce(d.value->>'$.disk.id', d.value->>'$.id'), d.value->>'$.disk.name',
	d.value->>'$.disk.storage_domains.storage_domain[0].id',
	whole(d.value->>'$.disk.provisioned_size'),
	truth(coalesce(d.value->>'$.disk.shareable', d.value->>'$.disk.sharable')),
	d.value->>'$.interface', d.value->>'$.disk.storage_type', d.value->>'$.disk.status',
	truth(d.value->>'$.uses_scsi_reservation'),
	whole(d.value->>'$.disk.lun_storage.logical_units.logical_unit[0].size')
FROM input JOIN json_each(input.body, '$.disk_attachments.disk_attachment') AS d
WHERE d.type = 'object';

INSERT INTO nic (vm, ref, name, mac, network, profile, interface, connected, plugged)
SELECT input.id, coalesce(mac(n.value->>'$.mac.address'), n.value->>'$.name'),
	n.value->>'$.name', mac(n.value->>'$.mac.address'),
	coalesce(n.value->>'$.vnic_profile.network.id', n.value->>'$.network.id'),
	coalesce(n.value->>'$.vnic_profile.id', ''), n.value->>'$.interface',
	truth(n.value->>'$.linked'), truth(n.value->>'$.plugged')
FROM input JOIN json_each(input.body, '$.nics.nic') AS n
WHERE n.type = 'object';

INSERT INTO address (vm, ref, mac, address)
SELECT vm, coalesce(mac || ' ', '') || address, mac, address FROM (
	SELECT n.id AS vm, mac(n.value->>'$.mac.address') AS mac,
		address(CASE i.type WHEN 'object' THEN i.value->>'$.address' END) AS address
	FROM (SELECT input.id, value FROM input JOIN json_each(input.body, '$.nics.nic')
			WHERE type = 'object') AS n
		JOIN json_each(n.value, '$.reported_devices.reported_device') AS r
		JOIN json_each(CASE r.type WHEN 'object' THEN r.value END, '$.ips.ip') AS i)
WHERE address IS NOT NULL;

INSERT INTO cdrom (vm, ref, iso)
SELECT input.id, c.value->>'$.id', coalesce(c.value->>'$.file.id', c.value->>'$.file.name', '')
FROM input JOIN json_each(input.body, '$.cdroms.cdrom') AS c
WHERE c.type = 'object';

-- KIND host
-- match: list = 'host' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/hosts/????????-????-????-????-????????????'
INSERT INTO host (id, type, ref, name, address, cluster, status, in_maintenance, product, version)
SELECT id, 'ovirt', body->>'$.id', body->>'$.name', body->>'$.address', body->>'$.cluster.id',
	body->>'$.status', body->>'$.status' = 'maintenance', body->>'$.os.type',
	body->>'$.os.version.full_version'
FROM input;

-- KIND disk
-- match: list = 'disk' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/disks/????????-????-????-????-????????????'
INSERT INTO disk_image (id, ref, name, datastore, capacity, shared, storage_type, status, lun_size)
SELECT id, body->>'$.id', coalesce(body->>'$.name', body->>'$.alias'),
	coalesce(body->>'$.storage_domains.storage_domain[0].id',
		CASE body->>'$.storage_type' WHEN 'lun' THEN '' END), whole(body->>'$.provisioned_size'),
	truth(coalesce(body->>'$.shareable', body->>'$.sharable')), body->>'$.storage_type',
	body->>'$.status', whole(body->>'$.lun_storage.logical_units.logical_unit[0].size')
FROM input;

-- KIND storage_domain
-- match: list = 'storage_domain' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/storagedomains/????????-????-????-????-????????????'
INSERT INTO datastore (id, type, ref, name, storage_type, capacity, free, accessible, maintenance)
SELECT id, 'ovirt', body->>'$.id', body->>'$.name', body->>'$.storage.type',
	whole(whole(body->>'$.available') + whole(body->>'$.used')), whole(body->>'$.available'),
	CASE body->>'$.status' WHEN 'active' THEN 1 WHEN 'inactive' THEN 0 END,
	CASE body->>'$.status' WHEN 'maintenance' THEN 'inMaintenance' WHEN 'active' THEN 'normal' END
FROM input;

-- KIND network
-- match: list = 'network' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/networks/????????-????-????-????-????????????'
INSERT INTO network (id, type, ref, name, vlan)
SELECT id, 'ovirt', body->>'$.id', body->>'$.name', coalesce(body->>'$.vlan.id', '') FROM input;

INSERT INTO record (source, place, list, format, kind, body)
SELECT record.source, record.place, 'vnic_profile', 'ovirt-rest', 'vnic_profile', p.value
FROM input JOIN record USING (id)
	JOIN json_each(input.body, '$.vnic_profiles.vnic_profile') AS p
WHERE CASE p.type WHEN 'object' THEN json_type(p.value, '$.id') END = 'text';

-- KIND vnic_profile
-- match: list = 'vnic_profile' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/vnicprofiles/????????-????-????-????-????????????'
INSERT INTO nic_profile (id, ref, name, network, network_filter, qos, port_mirroring,
	pass_through, properties)
SELECT id, body->>'$.id', body->>'$.name', body->>'$.network.id',
	coalesce(body->>'$.network_filter.id', ''), coalesce(body->>'$.qos.id', ''),
	truth(body->>'$.port_mirroring'),
	CASE body->>'$.pass_through.mode' WHEN 'disabled' THEN 0 WHEN 'enabled' THEN 1 END,
	coalesce(json_array_length(body, '$.custom_properties.custom_property'), 0)
FROM input;

-- KIND cluster
-- match: list = 'cluster' AND json_type(body, '$.id') = 'text' OR list = ''
--   AND body->>'$.href' GLOB '*/api/clusters/????????-????-????-????-????????????'
INSERT INTO cluster (id, type, ref, name, datacenter, ha_reservation, ksm_enabled, bios_type,
	version)
SELECT id, 'ovirt', body->>'$.id', body->>'$.name', body->>'$.data_center.id',
	truth(body->>'$.ha_reservation'), truth(body->>'$.ksm.enabled'), body->>'$.bios_type',
	(body->>'$.version.major') || '.' || (body->>'$.version.minor')
FROM input;
