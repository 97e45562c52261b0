-- SPDX-License-Identifier: Apache-2.0
-- FORMAT govc-vm
-- title: govc -json: vm.info, device.info
-- lists: virtualMachines VirtualMachines devices Devices

-- KIND vm
-- match: list IN ('virtualMachines', 'VirtualMachines')
--   AND json_type(body, '$.self.value') = 'text'
INSERT INTO vm (id, type, ref, uuid, instance_uuid, name, is_template, power_state,
	connection_state, host, has_disks, has_nics, has_cdroms, has_devices, has_addresses,
	has_guest_disks, has_snapshots, guest_id, guest_name, guest_name_reported, host_name, tools_status,
	tools_running, tools_version_status, cbt, consolidation_needed, snapshot, firmware,
	secure_boot, tpm, fault_tolerance, disk_uuid, nested, cpu_affinity, numa_affinity,
	cpu_hot_add, cpu_hot_remove, memory_hot_add, cpus, memory, tools_iso)
WITH option (id, extra) AS MATERIALIZED (
	SELECT id, CASE json_type(body, '$.config.extraConfig') WHEN 'array' THEN (
		SELECT json_group_object(lower(value->>'$.key'), value->>'$.value')
		FROM json_each(body, '$.config.extraConfig')
		WHERE lower(CASE type WHEN 'object' THEN value->>'$.key' END)
			IN ('ctkenabled', 'disk.enableuuid', 'numa.nodeaffinity')) END
	FROM input
), machine AS (
	-- vm.info asks for all there is; collect may, which shows in members that are always
	-- there.  What is left out then is not there, and a list that is left out is empty.
	SELECT id, body, extra, list <> '' AND json_type(body, '$.config') = 'object'
			OR json_type(body, '$.config.flags') = 'object' AS config,
		CASE WHEN list <> '' AND json_type(body, '$.guest') = 'object'
			OR json_type(body, '$.guest.guestState') = 'text' THEN '' END AS none,
		list <> '' OR json_type(body, '$.guestHeartbeatStatus') IS NOT NULL AS entire,
		CASE json_type(body, '$.config.hardware.device') WHEN 'array' THEN 1 END AS devices
	FROM input JOIN option USING (id))
SELECT id, 'vsphere', body->>'$.self.value',
	uuid(coalesce(body->>'$.config.uuid', body->>'$.summary.config.uuid')),
	uuid(coalesce(body->>'$.config.instanceUuid', body->>'$.summary.config.instanceUuid')),
	coalesce(body->>'$.name', body->>'$.config.name', body->>'$.summary.config.name'),
	truth(coalesce(body->>'$.config.template', body->>'$.summary.config.template')),
	CASE coalesce(body->>'$.runtime.powerState', body->>'$.summary.runtime.powerState')
		WHEN 'poweredOn' THEN 'on' WHEN 'poweredOff' THEN 'off'
		ELSE nullif(coalesce(body->>'$.runtime.powerState',
			body->>'$.summary.runtime.powerState'), '') END,
	nullif(coalesce(body->>'$.runtime.connectionState',
		body->>'$.summary.runtime.connectionState'), ''),
	coalesce(body->>'$.runtime.host.value', body->>'$.summary.runtime.host.value'),
	devices, devices, devices, devices,
	-- What the guest of a machine that is off had last is not kept.
	CASE WHEN json_type(body, '$.guest.net') = 'array'
		OR none IS NOT NULL AND body->>'$.runtime.powerState' = 'poweredOn' THEN 1 END,
	CASE WHEN json_type(body, '$.guest.disk') IS NOT NULL OR none IS NOT NULL THEN 1 END,
	CASE WHEN entire OR json_type(body, '$.snapshot') IS NOT NULL THEN 1 END,
	nullif(coalesce(body->>'$.config.guestId', body->>'$.summary.config.guestId'), ''),
	nullif(coalesce(body->>'$.config.guestFullName',
		body->>'$.summary.config.guestFullName'), ''),
	coalesce(body->>'$.guest.guestFullName', none),
	coalesce(body->>'$.guest.hostName', body->>'$.summary.guest.hostName', none),
	coalesce(body->>'$.guest.toolsStatus', body->>'$.summary.guest.toolsStatus', none),
	coalesce(body->>'$.guest.toolsRunningStatus',
		body->>'$.summary.guest.toolsRunningStatus', none),
	coalesce(body->>'$.guest.toolsVersionStatus2',
		body->>'$.summary.guest.toolsVersionStatus2', none),
	coalesce(truth(body->>'$.config.changeTrackingEnabled'), truth(extra->>'$.ctkenabled')),
	truth(coalesce(body->>'$.runtime.consolidationNeeded',
		body->>'$.summary.runtime.consolidationNeeded')),
	CASE json_type(body, '$.snapshot') WHEN 'object' THEN 1 WHEN 'null' THEN 0
		ELSE CASE WHEN entire THEN 0 END END,
	nullif(body->>'$.config.firmware', ''),
	coalesce(truth(body->>'$.config.bootOptions.efiSecureBootEnabled'),
		CASE WHEN config THEN 0 END),
	truth(body->>'$.summary.config.tpmPresent'),
	CASE coalesce(body->>'$.runtime.faultToleranceState',
			body->>'$.summary.runtime.faultToleranceState', '')
		WHEN '' THEN NULL WHEN 'notConfigured' THEN 0 ELSE 1 END,
	coalesce(truth(body->>'$.config.flags.diskUuidEnabled'),
		truth(extra->>'$."disk.enableuuid"'), CASE WHEN extra IS NOT NULL THEN 0 END),
	coalesce(truth(body->>'$.config.nestedHVEnabled'), CASE WHEN config THEN 0 END),
	coalesce(json_array_length(body, '$.config.cpuAffinity.affinitySet'),
		CASE WHEN config THEN 0 END),
	CASE WHEN extra IS NOT NULL
		THEN coalesce(extra->>'$."numa.nodeaffinity"', '') <> '' END,
	coalesce(truth(body->>'$.config.cpuHotAddEnabled'), CASE WHEN config THEN 0 END),
	coalesce(truth(body->>'$.config.cpuHotRemoveEnabled'), CASE WHEN config THEN 0 END),
	coalesce(truth(body->>'$.config.memoryHotAddEnabled'), CASE WHEN config THEN 0 END),
	whole(coalesce(body->>'$.config.hardware.numCPU', body->>'$.summary.config.numCpu')),
	whole(whole(coalesce(body->>'$.config.hardware.memoryMB',
		body->>'$.summary.config.memorySizeMB')) * 1048576),
	truth(coalesce(body->>'$.runtime.toolsInstallerMounted',
		body->>'$.summary.runtime.toolsInstallerMounted'))
FROM machine
WHERE coalesce(body->>'$.self.value', body->>'$.name', body->>'$.config.name',
	body->>'$.summary.config.name') IS NOT NULL;

-- Each device becomes a record; what stood in the way of its list is its machine.
INSERT INTO record (source, place, list, format, kind, body)
WITH option (id, tracked) AS MATERIALIZED (
	SELECT id, CASE json_type(body, '$.config.extraConfig') WHEN 'array' THEN (
		SELECT json_group_object(lower(value->>'$.key'), truth(value->>'$.value'))
		FROM json_each(body, '$.config.extraConfig')
		WHERE CASE type WHEN 'object' THEN value->>'$.key' END LIKE '%.ctkEnabled') END
	FROM input
	WHERE json_type(body, '$.config.hardware.device') = 'array')
SELECT source, record.place, option.id, 'govc-vm', 'device',
	CASE WHEN tracked IS NOT NULL AND json_type(d.value, '$.capacityInKB') IS NOT NULL
		THEN json_set(d.value, '$.tracked', json(tracked)) ELSE d.value END
FROM option JOIN record USING (id)
	JOIN json_each(record.body, '$.config.hardware.device') AS d ON d.type = 'object';

INSERT INTO address (vm, ref, mac, address, prefix, origin)
SELECT vm, concat_mac || ' ' || address, mac, address, prefix, origin FROM (
	SELECT vm, coalesce(mac, '') AS concat_mac, mac,
		address(CASE type WHEN 'object' THEN value->>'$.ipAddress' ELSE value END) AS address,
		whole(CASE type WHEN 'object' THEN value->>'$.prefixLength' END) AS prefix,
		nullif(CASE type WHEN 'object' THEN value->>'$.origin' END, '') AS origin
	FROM (SELECT input.id AS vm, mac(CASE n.type WHEN 'object' THEN n.value->>'$.macAddress' END)
				AS mac, a.type, a.value
			FROM input JOIN json_each(input.body, '$.guest.net') AS n
				JOIN json_each(CASE n.type WHEN 'object' THEN
					CASE WHEN json_array_length(n.value, '$.ipConfig.ipAddress') > 0
						THEN n.value->'$.ipConfig.ipAddress'
						ELSE n.value->'$.ipAddress' END END) AS a))
WHERE address IS NOT NULL;

INSERT INTO guest_disk (vm, ref, path, capacity, free, disk_key)
SELECT vm, j->>'$.diskPath', j->>'$.diskPath', whole(j->>'$.capacity'), whole(j->>'$.freeSpace'),
	coalesce(whole(j->>'$.mappings[0].key'), 0)
FROM (SELECT input.id AS vm, CASE d.type WHEN 'object' THEN d.value END AS j
	FROM input JOIN json_each(input.body, '$.guest.disk') AS d)
WHERE json_type(j, '$.diskPath') IS NOT NULL;

-- device.info does not name its machine.  A MAC address or the file of a disk tells it, where
-- another export has them.  A list that holds controllers too is the whole list.
-- KIND device
-- match: list IN ('devices', 'Devices') AND json_type(body, '$.key') = 'integer'
WITH thing (name, vm, machine, id, source, list) AS (
	SELECT mac, vm.id, coalesce(vm.ref, vm.name), NULL, NULL, NULL
	FROM nic JOIN vm ON vm.id = nic.vm WHERE mac IS NOT NULL AND vm.type = 'vsphere'
	UNION ALL
	SELECT file, vm.id, coalesce(vm.ref, vm.name), NULL, NULL, NULL
	FROM disk JOIN vm ON vm.id = disk.vm WHERE file IS NOT NULL AND vm.type = 'vsphere'
	UNION ALL
	SELECT coalesce(mac(body->>'$.macAddress'), body->>'$.backing.fileName'), vm.id,
		coalesce(vm.ref, vm.name), NULL, NULL, NULL
	FROM input JOIN vm ON vm.id = whole(list)
	WHERE coalesce(body->'$.macAddress', body->'$.backing.fileName') IS NOT NULL
	UNION ALL
	SELECT coalesce(mac(record.body->>'$.macAddress'), record.body->>'$.backing.fileName'),
		NULL, NULL, record.id, source,
		sum(record.place LIKE '%[0]') OVER (PARTITION BY source ORDER BY record.id)
	FROM input JOIN record USING (id) WHERE input.list IN ('devices', 'Devices')
), hint AS (
	SELECT id, source, list, min(vm) OVER same AS vm, min(machine) OVER same AS least,
		max(machine) OVER same AS most
	FROM thing WINDOW same AS (PARTITION BY name)
), owner AS (
	SELECT id, min(id) OVER whole AS first, min(vm) OVER whole AS vm,
		min(least) OVER whole AS least, max(most) OVER whole AS most
	FROM hint WHERE id IS NOT NULL WINDOW whole AS (PARTITION BY source, list)
)
UPDATE record SET list = owner.first || ' ' || owner.vm
FROM owner WHERE record.id = owner.id AND owner.least = owner.most;

INSERT INTO vm (id, type, site, ref, uuid, instance_uuid, name,
	has_disks, has_nics, has_cdroms, has_devices)
SELECT mine.first, vm.type, vm.site, vm.ref, vm.uuid, vm.instance_uuid, vm.name,
	entire, entire, entire, entire
FROM (SELECT min(id) AS first, max(list) AS list,
		CASE WHEN max(json_type(body, '$.busNumber') IS NOT NULL) THEN 1 END AS entire
	FROM input WHERE list GLOB '[0-9]* [0-9]*' GROUP BY list) AS mine
	JOIN vm ON vm.id = whole(substr(mine.list, instr(mine.list, ' ') + 1));
UPDATE record SET list = substr(list, 1, instr(list, ' ') - 1)
WHERE id IN (SELECT id FROM input WHERE list GLOB '[0-9]* [0-9]*');

-- From here the list of a device is vm.id.  A device bears a type in device.info alone; else a
-- disk is known by its capacity, a NIC by its MAC address, and what else can be connected and
-- hangs on a controller of disks is a CD drive.
INSERT INTO device (vm, ref, kind)
SELECT vm, ref, kind FROM (
	SELECT whole(list) AS vm, body->>'$.key' AS ref, coalesce(body->>'$.type', body->>'$.Type', CASE
		WHEN json_type(body, '$.sriovBacking') IS NOT NULL
			OR json_type(body, '$.allowGuestOSMtuChange') IS NOT NULL
			THEN 'VirtualSriovEthernetCard'
		WHEN json_type(body, '$.ehciEnabled') IS NOT NULL OR json_type(body, '$.busNumber')
			IS NOT NULL AND body->>'$.key' BETWEEN 7000 AND 7999 THEN 'VirtualUSBController'
		WHEN json_type(body, '$.backing.vgpu') IS NOT NULL
			OR json_type(body, '$.backing.vendorId') IS NOT NULL
			OR json_type(body, '$.backing.allowedDevice') IS NOT NULL
			OR body->>'$.key' BETWEEN 13000 AND 13999 THEN 'VirtualPCIPassthrough'
		WHEN body->>'$.key' = 11000 THEN 'VirtualTPM' END) AS kind
	FROM input)
WHERE vm IS NOT NULL AND kind IS NOT NULL;

UPDATE vm SET tpm = EXISTS (
	SELECT 1 FROM device WHERE device.vm = vm.id AND device.kind = 'VirtualTPM')
WHERE tpm IS NULL AND has_devices = 1 AND id IN (SELECT whole(list) FROM input);

INSERT INTO nic (vm, ref, name, mac, network, interface, connected, starts_connected)
SELECT whole(list), coalesce(mac(body->>'$.macAddress'), body->>'$.deviceInfo.label'),
	body->>'$.deviceInfo.label', mac(body->>'$.macAddress'),
	coalesce(body->>'$.backing.port.portgroupKey', body->>'$.backing.network.value',
		body->>'$.backing.opaqueNetworkId', body->>'$.backing.deviceName'),
	coalesce(body->>'$.type', body->>'$.Type', (SELECT kind FROM device
		WHERE device.vm = whole(list) AND device.ref = body->>'$.key')),
	truth(body->>'$.connectable.connected'), truth(body->>'$.connectable.startConnected')
FROM input
WHERE whole(list) IS NOT NULL AND json_type(body, '$.macAddress') IS NOT NULL;

UPDATE nic SET network = n.value->>'$.network'
FROM record JOIN json_each(record.body, '$.guest.net') AS n ON n.type = 'object'
WHERE nic.network IS NULL AND record.id = nic.vm AND record.format = 'govc-vm'
	AND nic.mac = mac(n.value->>'$.macAddress');

-- What hangs on a controller of disks gets its name, scsi0.
WITH part AS (
	SELECT id, list, body, body->>'$.busNumber' AS number, CASE
		WHEN json_type(body, '$.busNumber') IS NOT 'integer' THEN NULL
		WHEN json_type(body, '$.scsiCtlrUnitNumber') IS NOT NULL
			OR body->>'$.key' BETWEEN 1000 AND 1999 THEN 'scsi'
		WHEN body->>'$.key' BETWEEN 200 AND 299 THEN 'ide'
		WHEN body->>'$.key' BETWEEN 15000 AND 15999 THEN 'sata'
		WHEN body->>'$.key' BETWEEN 31000 AND 31999 THEN 'nvme' END AS bus
	FROM input WHERE whole(list) IS NOT NULL
), hung AS (
	SELECT id, bus IS NOT NULL AS controller, max(bus || number) OVER (
		PARTITION BY list, CASE WHEN bus IS NOT NULL THEN body->>'$.key'
			ELSE body->>'$.controllerKey' END) AS name
	FROM part
)
UPDATE record SET body = json_set(body, '$.bus', name)
FROM hung WHERE record.id = hung.id AND name IS NOT NULL AND NOT controller;

-- A disk's own tracking stands in extraConfig, by bus and number: scsi0:1.ctkEnabled.
INSERT INTO disk (vm, ref, label, datastore, file, capacity, shared, rdm, mode, bus, serial, cbt)
SELECT whole(list), body->>'$.key', (body->>'$.bus') || ':' || (body->>'$.unitNumber'),
	coalesce(body->>'$.backing.datastore.value', backing),
	body->>'$.backing.fileName',
	coalesce(nullif(whole(body->>'$.capacityInBytes'), 0),
		whole(whole(body->>'$.capacityInKB') * 1024)),
	coalesce(body->>'$.backing.sharing', backing) NOT IN ('', 'sharingNone'),
	coalesce(body->>'$.backing.compatibilityMode', backing) <> '',
	nullif(body->>'$.backing.diskMode', ''), rtrim(body->>'$.bus', '0123456789'),
	nullif(body->>'$.backing.uuid', ''),
	CASE WHEN body->>'$.backing.changeId' <> '' THEN 1
		WHEN json_type(body, '$.tracked') IS NOT NULL THEN coalesce(body->>('$.tracked."'
			|| (body->>'$.bus') || ':' || whole(body->>'$.unitNumber') || '.ctkenabled"'), 0) END
FROM (SELECT list, body, CASE json_type(body, '$.backing') WHEN 'object' THEN '' END AS backing
	FROM input)
WHERE whole(list) IS NOT NULL AND (json_type(body, '$.capacityInKB') IS NOT NULL
	OR json_type(body, '$.capacityInBytes') IS NOT NULL);

INSERT INTO cdrom (vm, ref, label, iso, connected, starts_connected)
SELECT whole(list), coalesce(body->>'$.deviceInfo.label', body->>'$.key'),
	body->>'$.deviceInfo.label',
	CASE json_type(body, '$.backing')
		WHEN 'object' THEN coalesce(body->>'$.backing.fileName', '') END,
	truth(body->>'$.connectable.connected'), truth(body->>'$.connectable.startConnected')
FROM input
WHERE whole(list) IS NOT NULL AND CASE coalesce(body->>'$.type', body->>'$.Type', '')
	WHEN '' THEN json_type(body, '$.bus') IS NOT NULL
		AND json_type(body, '$.connectable') = 'object'
		AND json_type(body, '$.macAddress') IS NULL AND json_type(body, '$.capacityInKB') IS NULL
	WHEN 'VirtualCdrom' THEN 1 END;
