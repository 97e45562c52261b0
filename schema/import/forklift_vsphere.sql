-- SPDX-License-Identifier: Apache-2.0
-- FORMAT forklift-vsphere
-- title: Forklift inventory, vSphere
-- KIND vm
-- match: list = '' AND (body->>'$.selfLink' GLOB '*providers/vsphere/*/vms/*'
--   OR body->>'$.selfLink' GLOB '*providers/vsphere/*/workloads/*')

INSERT INTO vm (
	id, type, site, ref, uuid, instance_uuid, name, path, is_template, power_state,
	connection_state, host, cluster, has_disks, has_nics, has_addresses, has_devices,
	has_guest_disks, has_snapshots, has_concerns, guest_id, guest_name, guest_name_reported,
	host_name, tools_status, tools_running, tools_version_status, cbt, consolidation_needed, snapshot,
	firmware, secure_boot, tpm, fault_tolerance, disk_uuid, nested, cpu_affinity,
	numa_affinity, cpu_hot_add, cpu_hot_remove, memory_hot_add, cpus, memory)
-- A release that does not know a member leaves it out; a list that is empty is null.
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.id', uuid(body->>'$.uuid'), uuid(body->>'$.instanceUuid'),
	body->>'$.name', body->>'$.path', truth(body->>'$.isTemplate'),
	CASE body->>'$.powerState' WHEN 'poweredOn' THEN 'on' WHEN 'poweredOff' THEN 'off'
		ELSE body->>'$.powerState' END,
	body->>'$.connectionState',
	-- A workload is a machine with its host in it, and the host's cluster in that.
	CASE json_type(body, '$.host') WHEN 'text' THEN body->>'$.host'
		WHEN 'object' THEN body->>'$.host.id' END,
	CASE json_type(body, '$.host.cluster') WHEN 'text' THEN body->>'$.host.cluster'
		WHEN 'object' THEN body->>'$.host.cluster.id' END,
	nullif(json_type(body, '$.disks') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.nics') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.guestNetworks') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.devices') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.guestDisks') IN ('array', 'null'), 0),
	nullif(json_type(body, '$.snapshot') IN ('object', 'null'), 0),
	nullif(json_type(body, '$.concerns') IN ('array', 'null')
		AND coalesce(whole(body->>'$.revisionValidated'), 1) > 0, 0),
	body->>'$.guestId', body->>'$.guestName', body->>'$.guestNameFromVmwareTools',
	body->>'$.hostName', body->>'$.toolsStatus', body->>'$.toolsRunningStatus',
	body->>'$.toolsVersionStatus2', truth(body->>'$.changeTrackingEnabled'),
	truth(body->>'$.consolidationNeeded'),
	CASE json_type(body, '$.snapshot') WHEN 'null' THEN 0
		WHEN 'object' THEN coalesce(body->>'$.snapshot.id', '') <> '' END,
	body->>'$.firmware', truth(body->>'$.secureBoot'), truth(body->>'$.tpmEnabled'),
	truth(body->>'$.faultToleranceEnabled'), truth(body->>'$.diskEnableUuid'),
	truth(body->>'$.nestedHVEnabled'),
	CASE json_type(body, '$.cpuAffinity') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.cpuAffinity') END,
	CASE json_type(body, '$.numaNodeAffinity') WHEN 'null' THEN 0
		WHEN 'array' THEN json_array_length(body, '$.numaNodeAffinity') END,
	truth(body->>'$.cpuHotAddEnabled'), truth(body->>'$.cpuHotRemoveEnabled'),
	truth(body->>'$.memoryHotAddEnabled'), whole(body->>'$.cpuCount'),
	min(max(whole(body->>'$.memoryMB'), 0), 1 << 40) * 1048576
FROM input;

-- LIMIT: so that SQLite makes the text of an item once, and not for each column again.
--
-- What is left out where it is empty is known to be so if a member that no older release has, is
-- there.  Without a bus the collector did not know the controller, nor then its switch for CBT.
INSERT INTO disk (
	vm, ref, label, datastore, file, capacity, shared, rdm, mode, bus, serial, cbt)
SELECT vm, d->>'$.key',
	nullif(d->>'$.bus', '') || (whole(d->>'$.controllerKey') % 100)
		|| ':' || whole(d->>'$.unitNumber'),
	d->>'$.datastore.id', d->>'$.file', whole(d->>'$.capacity'), truth(d->>'$.shared'),
	truth(d->>'$.rdm'), coalesce(d->>'$.mode', CASE WHEN d->>'$.bus' IS NOT NULL THEN '' END),
	d->>'$.bus',
	coalesce(d->>'$.serial', CASE WHEN d->>'$.changeTrackingEnabled' IS NOT NULL THEN '' END),
	CASE WHEN d->>'$.bus' <> '' THEN truth(d->>'$.changeTrackingEnabled')
		ELSE nullif(truth(d->>'$.changeTrackingEnabled'), 0) END
FROM (SELECT input.id AS vm, type, value AS d
	FROM input JOIN json_each(input.body, '$.disks') LIMIT -1)
WHERE type = 'object';

INSERT INTO nic (vm, ref, mac, network, starts_connected)
SELECT vm, mac(n->>'$.mac'), mac(n->>'$.mac'), n->>'$.network.id', truth(n->>'$.startConnected')
FROM (SELECT input.id AS vm, type, value AS n
	FROM input JOIN json_each(input.body, '$.nics') LIMIT -1)
WHERE type = 'object';

INSERT INTO address (vm, ref, mac, address, prefix, origin)
SELECT vm, coalesce(mac || ' ', '') || address, mac, address, prefix, origin
FROM (SELECT vm, mac(n->>'$.mac') AS mac, address(n->>'$.ip') AS address,
		whole(n->>'$.prefix') AS prefix, n->>'$.origin' AS origin
	FROM (SELECT input.id AS vm, type, value AS n
		FROM input JOIN json_each(input.body, '$.guestNetworks') LIMIT -1)
	WHERE type = 'object' LIMIT -1)
WHERE address IS NOT NULL;

INSERT INTO device (vm, ref, kind)
SELECT vm, d->>'$.key', d->>'$.kind'
FROM (SELECT input.id AS vm, type, value AS d
	FROM input JOIN json_each(input.body, '$.devices') LIMIT -1)
WHERE type = 'object';

INSERT INTO guest_disk (vm, ref, path, capacity, free, disk_key)
SELECT vm, g->>'$.diskPath', g->>'$.diskPath', whole(g->>'$.capacity'), whole(g->>'$.freeSpace'),
	coalesce(whole(g->>'$.key'), 0)
FROM (SELECT input.id AS vm, type, value AS g
	FROM input JOIN json_each(input.body, '$.guestDisks') LIMIT -1)
WHERE type = 'object';

INSERT INTO concern (vm, ref, rule, label, category, assessment, stale)
SELECT vm, coalesce(c->>'$.id', '') || ' ' || coalesce(c->>'$.label', ''),
	coalesce(c->>'$.id', ''), c->>'$.label', c->>'$.category', c->>'$.assessment', stale
FROM (SELECT input.id AS vm, type, value AS c,
		whole(body->>'$.revisionValidated') < whole(body->>'$.revision') AS stale
	FROM input JOIN json_each(input.body, '$.concerns') LIMIT -1)
WHERE type = 'object';

-- Of workloads, which alone have a cluster yet: looking into each machine's text would take long.
INSERT INTO host (
	id, type, site, ref, name, address, cluster, status, in_maintenance, product, version,
	thumbprint, managed_by)
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.host.id', body->>'$.host.name', body->>'$.host.name',
	CASE json_type(body, '$.host.cluster') WHEN 'text' THEN body->>'$.host.cluster'
		WHEN 'object' THEN body->>'$.host.cluster.id' END,
	body->>'$.host.status', truth(body->>'$.host.inMaintenance'),
	body->>'$.host.productName', body->>'$.host.productVersion',
	fingerprint(body->>'$.host.thumbprint'), body->>'$.host.managementServerIp'
FROM input
WHERE id IN (SELECT id FROM vm WHERE cluster IS NOT NULL) AND body->>'$.host.id' <> '';

INSERT INTO cluster (id, type, site, ref, name, datacenter, drs_enabled, ha_enabled)
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.host.cluster.id', body->>'$.host.cluster.name',
	trim(substr(body->>'$.host.cluster.path', 1,
		instr(body->>'$.host.cluster.path', '/host/')), '/'),
	truth(body->>'$.host.cluster.drsEnabled'), truth(body->>'$.host.cluster.dasEnabled')
FROM input
WHERE id IN (SELECT id FROM vm WHERE cluster IS NOT NULL)
	AND body->>'$.host.cluster.id' <> '';

-- KIND host
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/vsphere/*/hosts/*'

INSERT INTO host (
	id, type, site, ref, name, address, cluster, status, in_maintenance, product, version,
	thumbprint, managed_by)
-- The name is that by which vCenter knows the host, and what it hands out for the transfer.
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.id', body->>'$.name', body->>'$.name', body->>'$.cluster', body->>'$.status',
	truth(body->>'$.inMaintenance'), body->>'$.productName', body->>'$.productVersion',
	fingerprint(body->>'$.thumbprint'), body->>'$.managementServerIp'
FROM input;

INSERT INTO host_adapter (host, ref, port_group, address)
SELECT input.id, v.value->>'$.device',
	coalesce(nullif(v.value->>'$.portGroup', ''), v.value->>'$.dPortGroup'),
	coalesce(address(v.value->>'$.ipAddress'), address(v.value->>'$.ipV6Address'),
		address(v.value->>'$.ipV6Address[0]'))
FROM input JOIN json_each(input.body, '$.networking.vNICs') AS v
WHERE v.type = 'object';

-- The adapters that are not among those.
INSERT INTO host_adapter (host, ref, port_group, address)
SELECT input.id, a.value->>'$.name', a.value->>'$.name', address(a.value->>'$.ipAddress')
FROM input JOIN json_each(input.body, '$.networkAdapters') AS a
WHERE a.type = 'object' AND NOT EXISTS (
	SELECT 1 FROM host_adapter AS h
	WHERE h.host = input.id AND h.address IS address(a.value->>'$.ipAddress'));

-- KIND cluster
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/vsphere/*/clusters/*'

INSERT INTO cluster (id, type, site, ref, name, datacenter, drs_enabled, ha_enabled)
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.id', body->>'$.name',
	trim(substr(body->>'$.path', 1, instr(body->>'$.path', '/host/')), '/'),
	truth(body->>'$.drsEnabled'), truth(body->>'$.dasEnabled')
FROM input;

-- KIND datastore
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/vsphere/*/datastores/*'

INSERT INTO datastore (id, type, site, ref, name, storage_type, capacity, free, maintenance)
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.id', body->>'$.name', body->>'$.type', whole(body->>'$.capacity'),
	whole(body->>'$.free'), body->>'$.maintenance'
FROM input;

-- KIND network
-- match: list = '' AND body->>'$.selfLink' GLOB '*providers/vsphere/*/networks/*'

INSERT INTO network (id, type, site, ref, name, variant, vlan)
SELECT id, 'vsphere',
	uuid(substr(ltrim(body->>'$.selfLink', '/'), 19, 36)),
	body->>'$.id', body->>'$.name', body->>'$.variant', body->>'$.vlanId'
FROM input;

-- KIND other
-- match: list = '' AND (body->>'$.selfLink' GLOB '*providers/vsphere/*/datacenters/*'
--   OR body->>'$.selfLink' GLOB '*providers/vsphere/*/folders/*')

SELECT id FROM input LIMIT 0; -- nothing of it is asked for
