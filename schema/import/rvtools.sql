-- SPDX-License-Identifier: Apache-2.0
-- FORMAT rvtools
-- title: RVTools, a workbook or a folder of CSV files
-- KIND row
-- match: list = 'csv' AND json_type(body) = 'object' AND (body LIKE '%sdk%' OR body LIKE '%"vm%'
--   OR body LIKE '%vmname"%' OR body LIKE '%mib"%' OR body LIKE '%mb"%' OR body LIKE '%rvtools%'
--   OR body LIKE '%drs%enabled%' OR body LIKE '%esx%version%' OR body LIKE '%message%type%'
--   OR body LIKE '%cost%unit%')
UPDATE record SET body = (
	-- Headers vary in case and blanks; those of -DBColumnNames have none and begin with the
	-- tab; before 4.0 MiB were called MB.  They become those of 4.x here, and columns that
	-- nothing reads are dropped.  What has VI SDK UUID has the headers of 4.x already.
	WITH known (written, name) AS MATERIALIZED (
		SELECT alias.value, column.key
		FROM json_each('{"VM":["vm","vmname"],"VM ID":["vmid","vinfoobjectid"],
			"Powerstate":["powerstate"],"Template":["template"],
			"SRM Placeholder":["srmplaceholder"],"Connection state":["connectionstate"],
			"Host":["host","vhostname"],"Cluster":["cluster"],"DNS Name":["dnsname","guesthostname"],
			"CBT":["cbt"],"EnableUUID":["enableuuid","diskenableuuid"],"CPUs":["cpus"],
			"Memory":["memory"],"Consolidation Needed":["consolidationneeded"],"NICs":["nics"],
			"Primary IP Address":["primaryipaddress"],"FT State":["ftstate"],
			"Firmware":["firmware"],"EFI Secure boot":["efisecureboot"],"HW version":["hwversion",
			"vinfoversion"],"Provisioned MiB":["provisionedmib","provisionedmb","provisioned"],
			"Guest state":["gueststate"],"Network #1":["network1"],"Network #2":["network2"],
			"Network #3":["network3"],"Network #4":["network4"],"Network #5":["network5"],
			"Network #6":["network6"],"Network #7":["network7"],"Network #8":["network8"],
			"OS according to the configuration file":["osaccordingtotheconfigurationfile","os",
			"vinfoos"],"OS according to the VMware Tools":["osaccordingtothevmwaretools","ostools"],
			"VM UUID":["vmuuid","vinfoinstanceuuid"],"SMBIOS UUID":["smbiosuuid","vinfouuid"],
			"VI SDK Server type":["visdkservertype"],"VI SDK API Version":["visdkapiversion",
			"visdkapi"],"VI SDK Server":["visdkserver"],"VI SDK UUID":["visdkuuid","vcenteruuid"],
			"Disk":["disk","vdiskname"],"Disk Key":["diskkey","vdiskkey","vpartitionkey"],
			"Disk UUID":["diskuuid","vdiskuuid"],"Disk Path":["diskpath"],"Path":["path",
			"vdiskpath"],"Capacity MiB":["capacitymib","capacitymb","capacity"],
			"Free MiB":["freemib","freemb","freespace"],"Consumed MiB":["consumedmib","consumedmb"],
			"Raw":["raw"],"Disk Mode":["diskmode","vdiskmode"],"Sharing mode":["sharingmode"],
			"Controller":["controller"],"NIC label":["niclabel","vnetworknic"],
			"Adapter":["adapter"],"Network":["network","vnetworkname"],"Connected":["connected"],
			"Starts Connected":["startsconnected"],"Mac Address":["macaddress"],
			"IPv4 Address":["ipv4address","ip4address","vnetworkipaddress"],
			"IPv6 Address":["ipv6address","ip6address"],"Device Node":["devicenode","vcdlabel",
			"vusblabel"],"Device Type":["devicetype","vcdsummary","vusbsummary"],
			"Family":["family"],"Tools":["tools","vtoolsstatus"],"Tools Version":["toolsversion",
			"vtoolsversion"],"Upgradeable":["upgradeable"],"Date / time":["datetime"],
			"Quiesced":["quiesced"],"Sockets":["sockets"],"Size MiB":["sizemib","sizemb"],
			"Hot Add":["hotadd"],"Hot Remove":["hotremove"],"Config status":["configstatus"],
			"in Maintenance Mode":["inmaintenancemode"],"ESX Version":["esxversion",
			"vhostfullname"],"Certificate Expiry Date":["certificateexpirydate"],
			"Object ID":["objectid"],"Port Group":["portgroup"],"Device":["device"],
			"IP Address":["ipaddress"],"IP 6 Address":["vscvmkip6address"],
			"Subnet mask":["subnetmask"],"Services":["services"],"Name":["name"],"Type":["type"],
			"Accessible":["accessible"],"API type":["apitype"],"API version":["apiversion"],
			"Version":["version"],"Build":["build"],"Fullname":["fullname"],
			"Product name":["productname"],"HA enabled":["haenabled"],"DRS enabled":["drsenabled"],
			"DPM enabled":["dpmenabled"],"Port":["port"],"VLAN":["vlan"],"Switch":["switch"],
			"Network Device":["networkdevice"],"WWN":["wwn"],"Friendly Path Name":
			["friendlypathname"],"Message type":["messagetype"],"Cost Unit":["costunit"],
			"RVTools version":["rvtoolsversion"],"Max Ports":["maxports"],"# Ports":["ports"],
			"Path 1":["path1"],"Resource Pool name":["resourcepoolname"]
			}') AS column JOIN json_each(column.value) AS alias
	), tab (prefix) AS (
		VALUES ('vinfo'), ('vdisk'), ('vnetwork'), ('vcd'), ('vtools'), ('vsnapshot'),
			('vpartition'), ('vhost'), ('vscvmk'), ('vdatastore'), ('vsource'), ('vcluster'),
			('vcpu'), ('vmemory'), ('vport'), ('dvport'), ('vusb'), ('vrp'), ('vhba'), ('vnic'),
			('vswitch'), ('dvswitch'), ('vmultipath'), ('vlicense'), ('vhealth'), ('vfileinfo'),
			('vmetadata')
	), header (written, name) AS MATERIALIZED (
		SELECT written, name FROM known
		UNION ALL
		SELECT prefix || written, name FROM tab JOIN known
		WHERE prefix || written NOT IN (SELECT written FROM known)
	), spelling (key, name) AS MATERIALIZED (
		SELECT key, name
		FROM (SELECT DISTINCT cell.key FROM input JOIN json_each(input.body) AS cell
			WHERE json_type(input.body, '$."VI SDK UUID"') IS NULL
				OR instr(input.body, ' MB"') > 0)
		JOIN header ON written = lower(
			replace(replace(replace(replace(replace(replace(replace(replace(trim(key),
				' ', ''), '#', ''), '/', ''), '.', ''), '_', ''), '-', ''), '(', ''), ')', ''))
	)
	SELECT json_group_object(name, value)
	FROM json_each(body) AS cell CROSS JOIN spelling ON spelling.key = cell.key)
WHERE id IN (SELECT id FROM input)
	AND (json_type(body, '$."VI SDK UUID"') IS NULL OR instr(body, ' MB"') > 0);

-- The tab shows in its columns; its name is the file's or the sheet's, which people change.
UPDATE record SET kind = CASE
	WHEN body->'$.VM' IS NOT NULL THEN CASE
		WHEN coalesce(body->'$."Mac Address"', body->'$."NIC label"') IS NOT NULL THEN 'vnetwork'
		WHEN body->'$."Consumed MiB"' IS NOT NULL AND body->'$.Disk' IS NOT NULL
			OR body->'$.Disk' IS NOT NULL AND body->'$."Free MiB"' IS NOT NULL THEN 'vpartition'
		WHEN coalesce(body->'$."Disk Mode"', body->'$."Sharing mode"', body->'$.Raw') IS NOT NULL
			OR coalesce(body->'$.Disk', body->'$."Disk Key"') IS NOT NULL
			AND body->'$."Capacity MiB"' IS NOT NULL THEN 'vdisk'
		WHEN body->'$."Device Node"' IS NOT NULL THEN CASE
			WHEN body->'$.Family' IS NULL AND body->>'$."Device Node"' NOT LIKE 'floppy%'
				AND coalesce(body->'$.Connected', body->'$."Device Type"') IS NOT NULL
			THEN 'vcd' ELSE 'other' END
		WHEN coalesce(body->'$."Date / time"', body->'$.Quiesced') IS NOT NULL THEN 'vsnapshot'
		WHEN coalesce(body->'$.Tools', body->'$."Tools Version"', body->'$.Upgradeable')
			IS NOT NULL THEN 'vtools'
		WHEN body->'$.Sockets' IS NOT NULL THEN 'vcpu'
		WHEN body->'$."Size MiB"' IS NOT NULL THEN 'vmemory'
		WHEN coalesce(body->'$."DNS Name"', body->'$.CBT', body->'$.NICs', body->'$.Firmware',
			body->'$."Guest state"', body->'$."HW version"', body->'$."Provisioned MiB"',
			body->'$."Primary IP Address"', body->'$."Connection state"', body->'$.CPUs',
			body->'$."OS according to the configuration file"') IS NOT NULL THEN 'vinfo'
		ELSE 'other' END
	WHEN body->'$."Port Group"' IS NOT NULL AND coalesce(body->'$."IP Address"',
		body->'$."Subnet mask"', body->'$."IP 6 Address"') IS NOT NULL THEN 'vsc_vmk'
	WHEN body->'$."Port Group"' IS NOT NULL AND body->'$.VLAN' IS NOT NULL THEN 'vport'
	WHEN body->'$.Port' IS NOT NULL AND body->'$.VLAN' IS NOT NULL THEN 'dvport'
	WHEN body->'$.Host' IS NOT NULL AND coalesce(body->'$."ESX Version"',
		body->'$."in Maintenance Mode"') IS NOT NULL THEN 'vhost'
	WHEN body->'$.Name' IS NOT NULL AND coalesce(body->'$."HA enabled"', body->'$."DRS enabled"')
		IS NOT NULL THEN 'vcluster'
	WHEN body->'$.Name' IS NOT NULL AND body->'$."API version"' IS NOT NULL THEN 'vsource'
	WHEN body->'$.Name' IS NOT NULL AND body->'$.Type' IS NOT NULL
		AND coalesce(body->'$."Capacity MiB"', body->'$."Free MiB"') IS NOT NULL THEN 'vdatastore'
	WHEN coalesce(body->'$."VI SDK UUID"', body->'$."VI SDK Server"', body->'$."Network Device"',
		body->'$.WWN', body->'$."Friendly Path Name"', body->'$."Message type"',
		body->'$."Cost Unit"', body->'$."RVTools version"', body->'$."Max Ports"',
		body->'$."# Ports"', body->'$."Path 1"', body->'$."Resource Pool name"') IS NOT NULL
		THEN 'other' END
WHERE id IN (SELECT id FROM input);
UPDATE record SET format = NULL WHERE format = 'rvtools' AND kind IS NULL;
UPDATE record SET kind = 'other' WHERE format = 'rvtools' AND (
	truth(body->>'$."SRM Placeholder"') = 1 OR kind <> 'vinfo' AND truth(body->>'$.Template') = 1);

-- One machine for all rows of a file that speak of it; its number stands for the list then.
UPDATE record SET list = machine.id FROM (
	SELECT id AS part, min(id) OVER (PARTITION BY source, body->>'$."VI SDK UUID"',
		coalesce(nullif(body->>'$."VM ID"', ''), body->>'$.VM')) AS id
	FROM record
	WHERE format = 'rvtools' AND kind IN ('vinfo', 'vdisk', 'vnetwork', 'vcd', 'vtools',
		'vsnapshot', 'vpartition', 'vcpu', 'vmemory')) AS machine
WHERE record.id = machine.part;
INSERT INTO vm (id, type, site, ref, name)
SELECT id, 'vsphere', uuid(body->>'$."VI SDK UUID"'), nullif(body->>'$."VM ID"', ''),
	body->>'$.VM'
FROM record WHERE format = 'rvtools' AND whole(list) = id;

-- A machine without a CD drive has no row in vCD: where the tab is there, it has none.  The tab is
-- that of all files of a vCenter; of the same file where the vCenter is not named.  (A tab without
-- any row leaves no trace.)
UPDATE vm SET has_disks = tab.disks, has_nics = tab.nics, has_cdroms = tab.cdroms,
	has_snapshots = tab.snapshots,
	has_guest_disks = tab.partitions,
	-- What the guest of a machine that is off had last is not kept.
	has_addresses = iif(body->>'$.Powerstate' IN ('poweredOff', 'suspended'), NULL, tab.addresses)
FROM record JOIN (
	SELECT uuid(body->>'$."VI SDK UUID"') AS site,
		CASE WHEN uuid(body->>'$."VI SDK UUID"') IS NULL THEN source END AS source,
		max(CASE kind WHEN 'vdisk' THEN 1 END) AS disks,
		max(CASE kind WHEN 'vnetwork' THEN 1 END) AS nics,
		max(CASE kind WHEN 'vcd' THEN 1 END) AS cdroms,
		max(CASE kind WHEN 'vsnapshot' THEN 1 END) AS snapshots,
		max(CASE kind WHEN 'vpartition' THEN 1 END) AS partitions,
		max(CASE WHEN kind = 'vnetwork' AND body->'$."IPv4 Address"' IS NOT NULL THEN 1 END)
			AS addresses
	FROM record WHERE format = 'rvtools' GROUP BY 1, 2) AS tab
	ON record.source = coalesce(tab.source, record.source)
WHERE vm.id = record.id AND record.format = 'rvtools' AND vm.site IS tab.site;

-- KIND vinfo
-- match: list IS NULL
WITH part AS MATERIALIZED (
	-- An empty cell has no member; where others have the column, it says that there is nothing.
	SELECT whole(input.list) AS vm, input.body,
		iif(max(input.body->'$."DNS Name"' IS NOT NULL) OVER all_of, '', NULL) AS no_name,
		iif(max(input.body->'$."OS according to the VMware Tools"' IS NOT NULL) OVER all_of,
			'', NULL) AS no_report
	FROM input JOIN record USING (id) WINDOW all_of AS (PARTITION BY source))
UPDATE vm SET is_template = truth(body->>'$.Template'),
	uuid = uuid(body->>'$."SMBIOS UUID"'),
	-- Before the SMBIOS UUID had a column, VM UUID was it.
	instance_uuid = CASE WHEN body->'$."SMBIOS UUID"' IS NOT NULL
		THEN uuid(body->>'$."VM UUID"') END,
	power_state = CASE body->>'$.Powerstate' WHEN 'poweredOn' THEN 'on'
		WHEN 'poweredOff' THEN 'off' ELSE nullif(body->>'$.Powerstate', '') END,
	connection_state = nullif(body->>'$."Connection state"', ''),
	host = nullif(body->>'$.Host', ''), cluster = nullif(body->>'$.Cluster', ''),
	guest_name = nullif(body->>'$."OS according to the configuration file"', ''),
	guest_name_reported = coalesce(body->>'$."OS according to the VMware Tools"', no_report),
	host_name = coalesce(body->>'$."DNS Name"', no_name), cbt = truth(body->>'$.CBT'),
	consolidation_needed = truth(body->>'$."Consolidation Needed"'),
	firmware = nullif(lower(body->>'$.Firmware'), ''),
	secure_boot = truth(body->>'$."EFI Secure boot"'),
	fault_tolerance = CASE coalesce(body->>'$."FT State"', '')
		WHEN '' THEN NULL WHEN 'VM' THEN NULL WHEN 'notConfigured' THEN 0 ELSE 1 END,
	disk_uuid = truth(body->>'$.EnableUUID'), cpus = whole(body->>'$.CPUs'),
	memory = whole(whole(body->>'$.Memory') * 1048576)
FROM part WHERE vm.id = part.vm;

-- Without vNetwork the networks are known by name, the first eight of them, and one address.
INSERT INTO nic (vm, ref, name, network)
SELECT vm.id, 'Network #' || n.value, 'Network #' || n.value,
	body->>('$."Network #' || n.value || '"')
FROM input JOIN vm ON vm.id = whole(list) JOIN json_each('[1,2,3,4,5,6,7,8]') AS n
WHERE has_nics IS NULL AND body->>('$."Network #' || n.value || '"') <> '';
WITH part AS MATERIALIZED (SELECT whole(list) AS vm, whole(body->>'$.NICs') AS nics FROM input)
UPDATE vm SET has_nics = 1 FROM part
WHERE vm.id = part.vm AND has_nics IS NULL
	AND nics = (SELECT count(*) FROM nic WHERE nic.vm = vm.id);
INSERT INTO address (vm, ref, address)
SELECT vm.id, address(body->>'$."Primary IP Address"'), address(body->>'$."Primary IP Address"')
FROM input JOIN vm ON vm.id = whole(list)
WHERE has_addresses IS NULL AND address(body->>'$."Primary IP Address"') IS NOT NULL;

-- Where there is no vSource, vInfo says what the vCenter is: VMware vCenter Server 8.0.2 build-1.
INSERT INTO provider (id, type, address, instance_uuid, product, version, build, api_version)
SELECT id, 'vsphere', server, uuid, rtrim(substr(product, 1, length(product) - length(rest))),
	nullif(substr(rest, 1, instr(rest || ' ', ' ') - 1), ''),
	CASE WHEN instr(rest, 'build-') > 0 THEN substr(rest, instr(rest, 'build-') + 6) END, api
FROM (
	SELECT min(id) AS id, nullif(body->>'$."VI SDK Server"', '') AS server,
		uuid(body->>'$."VI SDK UUID"') AS uuid, body->>'$."VI SDK Server type"' AS product,
		ltrim(body->>'$."VI SDK Server type"', 'abcdefghijklmnopqrstuvwxyz'
			|| 'ABCDEFGHIJKLMNOPQRSTUVWXYZ, ') AS rest,
		nullif(body->>'$."VI SDK API Version"', '') AS api
	FROM input
	GROUP BY body->>'$."VI SDK UUID"', body->>'$."VI SDK Server"')
WHERE uuid IS NOT NULL;

-- KIND vcpu
-- match: list IS NULL
WITH part AS MATERIALIZED (
	SELECT whole(list) AS vm, truth(body->>'$."Hot Add"') AS adds,
		truth(body->>'$."Hot Remove"') AS removes
	FROM input)
UPDATE vm SET cpu_hot_add = adds, cpu_hot_remove = removes FROM part WHERE vm.id = part.vm;

-- KIND vmemory
-- match: list IS NULL
WITH part AS MATERIALIZED (
	SELECT whole(list) AS vm, truth(body->>'$."Hot Add"') AS adds FROM input)
UPDATE vm SET memory_hot_add = adds FROM part WHERE vm.id = part.vm;

-- KIND vtools
-- match: list IS NULL
WITH part AS MATERIALIZED (SELECT whole(list) AS vm, body->>'$.Tools' AS tools FROM input)
UPDATE vm SET tools_status = tools FROM part WHERE vm.id = part.vm;

-- KIND vsnapshot
-- match: list IS NULL
WITH owner (site, ref, name) AS MATERIALIZED (
	SELECT DISTINCT coalesce(site, ''), ref, name
	FROM vm WHERE id IN (SELECT whole(list) FROM input))
UPDATE vm SET snapshot = (coalesce(site, ''), ref) IN (SELECT site, ref FROM owner)
	OR (coalesce(site, ''), name) IN (
		SELECT site, name FROM owner WHERE owner.ref IS NULL OR vm.ref IS NULL)
WHERE has_snapshots AND id IN (SELECT id FROM record WHERE format = 'rvtools');

-- KIND vdisk
-- match: list IS NULL
INSERT INTO disk (vm, ref, label, datastore, file, capacity, shared, rdm, mode, bus, serial)
SELECT whole(list), coalesce(nullif(body->>'$."Disk Key"', ''), body->>'$.Disk'),
	body->>'$.Disk',
	CASE WHEN file GLOB '[[]*]*' THEN substr(file, 2, instr(file, ']') - 2)
		WHEN file <> '' THEN '' END,
	file, whole(whole(body->>'$."Capacity MiB"') * 1048576),
	nullif(body->>'$."Sharing mode"', '') <> 'sharingNone', truth(body->>'$.Raw'),
	nullif(body->>'$."Disk Mode"', ''),
	CASE WHEN body->>'$.Controller' LIKE '%scsi%' THEN 'scsi'
		WHEN body->>'$.Controller' LIKE '%nvme%' THEN 'nvme'
		WHEN body->>'$.Controller' LIKE '%sata%' OR body->>'$.Controller' LIKE '%ahci%' THEN 'sata'
		WHEN body->>'$.Controller' LIKE '%ide%' THEN 'ide' END,
	nullif(body->>'$."Disk UUID"', '')
FROM (SELECT list, body, coalesce(nullif(body->>'$.Path', ''),
	nullif(body->>'$."Disk Path"', '')) AS file FROM input);

-- KIND vnetwork
-- match: list IS NULL
INSERT INTO nic (vm, ref, name, mac, network, interface, connected, starts_connected)
SELECT whole(list), coalesce(mac(body->>'$."Mac Address"'), body->>'$."NIC label"'),
	body->>'$."NIC label"', mac(body->>'$."Mac Address"'), nullif(body->>'$.Network', ''),
	CASE WHEN body->>'$.Adapter' LIKE '%sriov%' OR body->>'$.Adapter' LIKE '%sr-iov%'
			THEN 'VirtualSriovEthernetCard'
		WHEN body->>'$.Adapter' LIKE 'virtual%' THEN body->>'$.Adapter'
		ELSE 'Virtual' || nullif(body->>'$.Adapter', '') END,
	truth(body->>'$.Connected'), truth(body->>'$."Starts Connected"')
FROM input;
INSERT INTO device (vm, ref, kind)
SELECT vm, ref, interface FROM nic
WHERE interface = 'VirtualSriovEthernetCard' AND vm IN (SELECT whole(list) FROM input);
INSERT INTO address (vm, ref, mac, address)
SELECT DISTINCT vm, coalesce(mac || ' ', '') || address, mac, address FROM (
	SELECT whole(list) AS vm, mac(body->>'$."Mac Address"') AS mac,
		address(trim(a.value)) AS address
	FROM input JOIN json_each('[' || replace(replace(json_quote(
			coalesce(body->>'$."IPv4 Address"', '') || ',' || coalesce(body->>'$."IPv6 Address"', '')),
			';', ','), ',', '","') || ']') AS a)
WHERE address IS NOT NULL;

-- KIND vcd
-- match: list IS NULL
INSERT INTO cdrom (vm, ref, label, iso, connected, starts_connected)
SELECT whole(list), body->>'$."Device Node"', body->>'$."Device Node"',
	CASE WHEN body->>'$."Device Type"' LIKE 'iso %' THEN trim(substr(body->>'$."Device Type"', 5))
		WHEN body->>'$."Device Type"' <> '' THEN '' END,
	truth(body->>'$.Connected'), truth(body->>'$."Starts Connected"')
FROM input;

-- KIND vpartition
-- match: list IS NULL
INSERT INTO guest_disk (vm, ref, path, capacity, free, disk_key)
SELECT whole(list), body->>'$.Disk', body->>'$.Disk',
	whole(whole(body->>'$."Capacity MiB"') * 1048576),
	whole(whole(body->>'$."Free MiB"') * 1048576), coalesce(whole(body->>'$."Disk Key"'), 0)
FROM input;

-- KIND vhost
-- match: list IS NULL
INSERT INTO host (id, type, site, ref, name, address, cluster, status, in_maintenance, product,
	version, certificate_end)
SELECT id, 'vsphere', uuid(body->>'$."VI SDK UUID"'), nullif(body->>'$."Object ID"', ''),
	body->>'$.Host', body->>'$.Host', nullif(body->>'$.Cluster', ''),
	nullif(body->>'$."Config status"', ''), truth(body->>'$."in Maintenance Mode"'),
	nullif(rtrim(substr(product, 1, length(product) - length(rest))), ''),
	nullif(substr(rest, 1, instr(rest || ' ', ' ') - 1), ''),
	nullif(body->>'$."Certificate Expiry Date"', '')
FROM (SELECT id, body, body->>'$."ESX Version"' AS product,
	ltrim(body->>'$."ESX Version"', 'abcdefghijklmnopqrstuvwxyz'
		|| 'ABCDEFGHIJKLMNOPQRSTUVWXYZ, ') AS rest FROM input);

-- KIND vsc_vmk
-- match: list IS NULL
INSERT INTO host (id, type, site, name)
SELECT id, 'vsphere', uuid(body->>'$."VI SDK UUID"'), body->>'$.Host' FROM input;
INSERT INTO host_adapter (host, ref, port_group, address, services)
SELECT id, body->>'$.Device', nullif(body->>'$."Port Group"', ''),
	coalesce(address(body->>'$."IP Address"'), address(body->>'$."IP 6 Address"')),
	nullif(body->>'$.Services', '')
FROM input;

-- KIND vdatastore
-- match: list IS NULL
INSERT INTO datastore (id, type, site, ref, name, storage_type, capacity, free, accessible)
SELECT id, 'vsphere', uuid(body->>'$."VI SDK UUID"'), nullif(body->>'$."Object ID"', ''),
	body->>'$.Name', nullif(body->>'$.Type', ''),
	whole(whole(body->>'$."Capacity MiB"') * 1048576),
	whole(whole(body->>'$."Free MiB"') * 1048576), truth(body->>'$.Accessible')
FROM input;

-- KIND vcluster
-- match: list IS NULL
INSERT INTO cluster (id, type, site, ref, name, drs_enabled, ha_enabled, dpm_enabled)
SELECT id, 'vsphere', uuid(body->>'$."VI SDK UUID"'), nullif(body->>'$."Object ID"', ''),
	body->>'$.Name', truth(body->>'$."DRS enabled"'), truth(body->>'$."HA enabled"'),
	truth(body->>'$."DPM enabled"')
FROM input;

-- KIND vsource
-- match: list IS NULL
INSERT INTO provider (id, type, address, instance_uuid, product, version, build, api_version,
	api_type)
SELECT id, 'vsphere', coalesce(nullif(body->>'$."VI SDK Server"', ''), body->>'$.Name'),
	uuid(body->>'$."VI SDK UUID"'), nullif(body->>'$."Product name"', ''),
	nullif(body->>'$.Version', ''), nullif(body->>'$.Build', ''),
	nullif(body->>'$."API version"', ''), nullif(body->>'$."API type"', '')
FROM input;

-- KIND vport
-- match: list IS NULL
INSERT INTO network (id, type, site, name, variant, vlan)
SELECT min(id), 'vsphere', site, name, 'Standard', vlan FROM (
	SELECT id, uuid(body->>'$."VI SDK UUID"') AS site, body->>'$."Port Group"' AS name,
		nullif(body->>'$.VLAN', '') AS vlan FROM input)
GROUP BY site, name, vlan;

-- KIND dvport
-- match: list IS NULL
INSERT INTO network (id, type, site, ref, name, variant, vlan)
SELECT id, 'vsphere', uuid(body->>'$."VI SDK UUID"'), nullif(body->>'$."Object ID"', ''),
	body->>'$.Port', 'DvPortGroup', nullif(body->>'$.VLAN', '')
FROM input;
