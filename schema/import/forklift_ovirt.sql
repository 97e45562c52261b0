-- SPDX-License-Identifier: Apache-2.0
-- FORMAT forklift-ovirt
-- title: Forklift inventory, oVirt
-- KIND vm
-- match: list = '' AND (body->>'$.selfLink' GLOB '*providers/ovirt/*/vms/*'
--   OR body->>'$.selfLink' GLOB '*providers/ovirt/*/workloads/*')

INSERT INTO vm (
	id, type, site, ref, name, path, is_template, power_state, status, host, cluster,
	has_disks, has_nics, has_cdroms, has_addresses, has_snapshots, has_concerns, guest_id,
	guest_name_reported, snapshot, firmware, secure_boot, cpu_affinity, numa_affinity, cpus,
	memory, ballooned, bios, boot_menu, custom_cpu, cpu_pinning, cpu_shares, properties,
	display, ha, host_devices, illegal_images, io_threads, placement, resume_behaviour, usb,
	watchdogs, memory_snapshot)
-- References are identifiers, or in a workload (and in old releases everywhere) objects.
-- numaNodeAffinity is always empty, so that empty tells nothing.
SELECT id, 'ovirt',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.id', body->>'$.name', body->>'$.path', 0,
	CASE body->>'$.status' WHEN 'up' THEN 'on' WHEN 'down' THEN 'off'
		ELSE body->>'$.status' END,
	body->>'$.status',
	CASE json_type(body, '$.host') WHEN 'text' THEN body->>'$.host' WHEN 'null' THEN ''
		WHEN 'object' THEN coalesce(body->>'$.host.id', '') END,
	coalesce(CASE json_type(body, '$.cluster') WHEN 'text' THEN body->>'$.cluster'
		WHEN 'object' THEN body->>'$.cluster.id' END, body->>'$.host.cluster.id'),
	nullif(json_type(body, '$.diskAttachments') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.nics') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.cdroms') IN ('array', 'null'), 0),
	-- The addresses are members of the NICs; a machine without NICs has none.
	CASE json_type(body, '$.nics') WHEN 'null' THEN 1 WHEN 'array' THEN
		CASE WHEN json_array_length(body, '$.nics') = 0
			OR json_type(body, '$.nics[0].ipAddress') IN ('array', 'null')
			THEN 1 END END,
	nullif(json_type(body, '$.snapshots') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.concerns') IN ('array', 'null')
		AND coalesce(whole(body->>'$.revisionValidated'), 1) > 0, 0),
	body->>'$.osType',
	CASE json_type(body, '$.guest') WHEN 'object' THEN trim(
		coalesce(body->>'$.guest.distribution', '') || ' '
		|| coalesce(body->>'$.guest.fullVersion', '')) END,
	CASE json_type(body, '$.snapshots') WHEN 'null' THEN 0 WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.snapshots') AS s
		WHERE CASE s.type WHEN 'object' THEN s.value->>'$.type' END <> 'active') END,
	CASE WHEN body->>'$.bios' IN ('q35_ovmf', 'q35_secure_boot') THEN 'efi'
		WHEN body->>'$.bios' LIKE '%sea_bios' THEN 'bios' END,
	CASE WHEN body->>'$.bios' = 'q35_secure_boot' THEN 1
		WHEN body->>'$.bios' IN ('q35_ovmf', 'q35_sea_bios', 'i440fx_sea_bios') THEN 0 END,
	CASE json_type(body, '$.cpuAffinity') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.cpuAffinity') END,
	CASE json_type(body, '$.numaNodeAffinity')
		WHEN 'array' THEN nullif(json_array_length(body, '$.numaNodeAffinity'), 0) END,
	min(max(whole(body->>'$.cpuSockets'), 0), 65535)
		* min(max(whole(body->>'$.cpuCores'), 0), 65535)
		* min(max(coalesce(whole(body->>'$.cpuThreads'), 1), 1), 65535),
	whole(body->>'$.memory'), truth(body->>'$.balloonedMemory'), body->>'$.bios',
	truth(body->>'$.bootMenuEnabled'), body->>'$.customCpuModel', body->>'$.cpuPinningPolicy',
	whole(body->>'$.cpuShares'),
	CASE json_type(body, '$.properties') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.properties') END,
	body->>'$.display', truth(body->>'$.haEnabled'),
	CASE json_type(body, '$.hostDevices') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.hostDevices') END,
	truth(body->>'$.hasIllegalImages'), whole(body->>'$.ioThreads'),
	body->>'$.placementPolicyAffinity', body->>'$.storageErrorResumeBehaviour',
	truth(body->>'$.usbEnabled'),
	CASE json_type(body, '$.watchDogs') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.watchDogs') END,
	CASE json_type(body, '$.snapshots') WHEN 'null' THEN 0 WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.snapshots') AS s
		WHERE truth(CASE s.type WHEN 'object' THEN s.value->>'$.persistMemory' END) = 1)
		END
FROM input;

INSERT INTO disk (
	vm, ref, label, datastore, capacity, shared, interface, storage_type, status,
	scsi_reservation, lun_size)
SELECT input.id,
	CASE json_type(d.value, '$.disk') WHEN 'text' THEN d.value->>'$.disk'
		ELSE coalesce(d.value->>'$.disk.id', d.value->>'$.id') END,
	d.value->>'$.disk.name', d.value->>'$.disk.storageDomain',
	whole(d.value->>'$.disk.provisionedSize'), truth(d.value->>'$.disk.shared'),
	d.value->>'$.interface', d.value->>'$.disk.storageType', d.value->>'$.disk.status',
	truth(d.value->>'$.scsiReservation'),
	whole(d.value->>'$.disk.lunStorage.LogicalUnits.logicalUnit[0].size')
FROM input JOIN json_each(input.body, '$.diskAttachments') AS d
WHERE d.type = 'object';

INSERT INTO nic (vm, ref, name, mac, network, profile, interface, plugged)
SELECT input.id, coalesce(mac(n.value->>'$.mac'), n.value->>'$.name'), n.value->>'$.name',
	mac(n.value->>'$.mac'), n.value->>'$.profile.network',
	CASE json_type(n.value, '$.profile') WHEN 'text' THEN n.value->>'$.profile'
		WHEN 'object' THEN coalesce(n.value->>'$.profile.id', '') WHEN 'null' THEN '' END,
	n.value->>'$.interface', truth(n.value->>'$.plugged')
FROM input JOIN json_each(input.body, '$.nics') AS n
WHERE n.type = 'object';

INSERT INTO address (vm, ref, mac, address)
SELECT input.id,
	coalesce(mac(n.value->>'$.mac') || ' ', '') || address(a.value->>'$.address'),
	mac(n.value->>'$.mac'), address(a.value->>'$.address')
FROM input JOIN json_each(input.body, '$.nics') AS n
	JOIN json_each(CASE n.type WHEN 'object' THEN n.value END, '$.ipAddress') AS a
WHERE CASE a.type WHEN 'object' THEN address(a.value->>'$.address') END IS NOT NULL;

INSERT INTO cdrom (vm, ref, iso)
SELECT input.id, c.value->>'$.id', coalesce(c.value->>'$.file', '')
FROM input JOIN json_each(input.body, '$.cdroms') AS c
WHERE c.type = 'object';

INSERT INTO concern (vm, ref, rule, label, category, assessment, stale)
SELECT input.id, coalesce(c.value->>'$.id', '') || ' ' || coalesce(c.value->>'$.label', ''),
	coalesce(c.value->>'$.id', ''), c.value->>'$.label', c.value->>'$.category',
	c.value->>'$.assessment',
	whole(input.body->>'$.revisionValidated') < whole(input.body->>'$.revision')
FROM input JOIN json_each(input.body, '$.concerns') AS c
WHERE c.type = 'object';

-- What a workload carries besides the machine; several to a record, so that their numbers stand
-- beyond those of all records.
INSERT INTO nic_profile (
	id, site, ref, name, network, network_filter, qos, port_mirroring, pass_through,
	properties)
SELECT (input.id << 32) + row_number() OVER (),
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	n.value->>'$.profile.id', n.value->>'$.profile.name', n.value->>'$.profile.network',
	n.value->>'$.profile.networkFilter', n.value->>'$.profile.qos',
	truth(n.value->>'$.profile.portMirroring'), truth(n.value->>'$.profile.passThrough'),
	CASE json_type(n.value, '$.profile.properties') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(n.value, '$.profile.properties') END
FROM input JOIN json_each(input.body, '$.nics') AS n
WHERE CASE n.type WHEN 'object' THEN n.value->>'$.profile.id' END <> '';

INSERT INTO host (id, type, site, ref, name, cluster, status, in_maintenance, product, version)
SELECT id, 'ovirt',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.host.id', body->>'$.host.name',
	CASE json_type(body, '$.host.cluster') WHEN 'text' THEN body->>'$.host.cluster'
		WHEN 'object' THEN body->>'$.host.cluster.id' END,
	body->>'$.host.status', truth(body->>'$.host.inMaintenance'),
	body->>'$.host.productName', body->>'$.host.productVersion'
FROM input WHERE body->>'$.host.id' <> '';

INSERT INTO cluster (
	id, type, site, ref, name, datacenter, ha_reservation, ksm_enabled, bios_type, version)
SELECT id, 'ovirt',
	uuid(substr(ltrim(link, '/'), 17, 36)),
	c->>'$.id', c->>'$.name',
	CASE json_type(c, '$.dataCenter') WHEN 'text' THEN c->>'$.dataCenter'
		WHEN 'object' THEN c->>'$.dataCenter.id' END,
	truth(c->>'$.haReservation'), truth(c->>'$.ksmEnabled'), c->>'$.biosType',
	whole(c->>'$.version.major') || '.' || whole(c->>'$.version.minor')
FROM (SELECT id, body->>'$.selfLink' AS link, CASE
		WHEN json_type(body, '$.cluster') = 'object' THEN body->'$.cluster'
		WHEN json_type(body, '$.host.cluster') = 'object' THEN body->'$.host.cluster'
		END AS c
	FROM input)
WHERE c->>'$.id' <> '';

-- KIND host
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/ovirt/*/hosts/*'

INSERT INTO host (id, type, site, ref, name, cluster, status, in_maintenance, product, version)
-- Its address stands in no export of Forklift.
SELECT id, 'ovirt',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.id', body->>'$.name', body->>'$.cluster', body->>'$.status',
	truth(body->>'$.inMaintenance'), body->>'$.productName', body->>'$.productVersion'
FROM input;

-- KIND cluster
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/ovirt/*/clusters/*'

INSERT INTO cluster (
	id, type, site, ref, name, datacenter, ha_reservation, ksm_enabled, bios_type, version)
SELECT id, 'ovirt',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.id', body->>'$.name', body->>'$.dataCenter', truth(body->>'$.haReservation'),
	truth(body->>'$.ksmEnabled'), body->>'$.biosType',
	whole(body->>'$.version.major') || '.' || whole(body->>'$.version.minor')
FROM input;

-- KIND disk
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/ovirt/*/disks/*'

INSERT INTO disk_image (
	id, ref, name, datastore, capacity, shared, storage_type, status, lun_size)
-- LogicalUnits is upper case: Forklift gives it no name of its own.
SELECT id, body->>'$.id', body->>'$.name', body->>'$.storageDomain',
	whole(body->>'$.provisionedSize'), truth(body->>'$.shared'), body->>'$.storageType',
	body->>'$.status', whole(body->>'$.lunStorage.LogicalUnits.logicalUnit[0].size')
FROM input;

-- KIND storage-domain
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/ovirt/*/storagedomains/*'

INSERT INTO datastore (id, type, site, ref, name, storage_type, capacity, free)
-- Forklift calls capacity what is available, and free what is available less what is used.
SELECT id, 'ovirt',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.id', body->>'$.name', body->>'$.storage.type',
	2 * whole(body->>'$.capacity') - whole(body->>'$.free'), whole(body->>'$.capacity')
FROM input;

-- KIND network
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/ovirt/*/networks/*'

INSERT INTO network (id, type, site, ref, name, vlan)
SELECT id, 'ovirt',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.id', body->>'$.name', body->>'$.vlan'
FROM input;

-- KIND nic-profile
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/ovirt/*/nicprofiles/*'

INSERT INTO nic_profile (
	id, site, ref, name, network, network_filter, qos, port_mirroring, pass_through,
	properties)
SELECT id,
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 17, 36)),
	body->>'$.id', body->>'$.name', body->>'$.network', body->>'$.networkFilter',
	body->>'$.qos', truth(body->>'$.portMirroring'), truth(body->>'$.passThrough'),
	CASE json_type(body, '$.properties') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.properties') END
FROM input;

-- KIND other
-- match: list = '' AND (body->>'$.selfLink' GLOB '*providers/ovirt/*/datacenters/*'
--   OR body->>'$.selfLink' GLOB '*providers/ovirt/*/diskprofiles/*'
--   OR body->>'$.selfLink' GLOB '*providers/ovirt/*/servercpus/*')

SELECT id FROM input LIMIT 0; -- nothing of it is asked for
