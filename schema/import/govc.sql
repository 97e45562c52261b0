-- SPDX-License-Identifier: Apache-2.0
-- FORMAT govc
-- title: govc -json: host.info, datastore.info, about, about.cert, collect
-- lists: hostSystems HostSystems datastores Datastores

-- KIND other
-- match: list = '' AND (json_type(body, '$.virtualMachines') = 'null'
--   OR json_type(body, '$.VirtualMachines') = 'null'
--   OR json_type(body, '$.hostSystems') = 'null' OR json_type(body, '$.HostSystems') = 'null'
--   OR json_type(body) = 'text' AND substr(body, 1, 2) = '"/')
SELECT 1 WHERE 0;

-- govc up to 0.30 begins every key with a capital; 0.31 some.  Such a record is cut down to what
-- is read of it, its keys are written as today's govc writes them, and it is handed on as the kind
-- that it is.  Keys stand out in JSON without blanks: nothing but a key ends in ":
-- KIND capitals
-- match: CASE list WHEN '' THEN coalesce(body->>'$.Obj.Type', body->>'$.Self.Type',
--   body->>'$.About.ApiType', body->>'$.ThumbprintSHA1',
--   CASE WHEN body->>'$.Op' IS NOT NULL THEN body->>'$.Name' END) IS NOT NULL
--   WHEN 'Devices' THEN json_type(body, '$.Key') = 'integer'
--   WHEN 'VirtualMachines' THEN json_type(body, '$.Self') = 'object'
--   WHEN 'HostSystems' THEN json_type(body, '$.Self') = 'object'
--   WHEN 'Datastores' THEN json_type(body, '$.Self') = 'object' END
UPDATE record SET body = json_remove(body, '$.Layout', '$.LayoutEx', '$.Storage', '$.Capability',
	'$.Runtime.FeatureRequirement', '$.Runtime.FeatureMask', '$.Runtime.HealthSystemRuntime',
	'$.Config.CpuFeatureMask', '$.Config.StorageDevice', '$.Config.Option', '$.Config.OptionDef',
	'$.Config.Firewall', '$.Config.Service', '$.Config.FeatureCapability', '$.Hardware',
	'$.Config.MaskedFeatureCapability', '$.SystemResources', '$.Summary.Hardware')
WHERE id IN (SELECT id FROM input);
UPDATE record SET
	format = CASE list WHEN 'Devices' THEN 'govc-vm' ELSE 'govc' END,
	kind = CASE
		WHEN list = 'Devices' THEN 'device'
		WHEN body->'$.Self' IS NOT NULL THEN 'object'
		WHEN body->'$.Obj' IS NOT NULL THEN 'collect'
		WHEN body->'$.Op' IS NOT NULL THEN 'property'
		WHEN body->'$.About' IS NOT NULL THEN 'about'
		ELSE 'certificate' END,
	body = (
		WITH RECURSIVE word (n, old, new) AS MATERIALIZED (
			SELECT key, '"' || upper(substr(value, 1, 1)) || substr(value, 2) || '":',
				'"' || value || '":'
			FROM json_each('["self","value","type","name","parent","overallStatus","obj","kind",
				"changeSet","op","val","guestHeartbeatStatus","snapshot","rootSnapshot","summary",
				"config","template","uuid","instanceUuid","guestId","guestFullName","firmware",
				"changeTrackingEnabled","bootOptions","efiSecureBootEnabled","flags",
				"diskUuidEnabled","nestedHVEnabled","cpuAffinity","affinitySet","tpmPresent",
				"cpuHotAddEnabled","cpuHotRemoveEnabled","memoryHotAddEnabled","extraConfig","key",
				"hardware","numCPU","memoryMB","device","deviceInfo","label","busNumber",
				"scsiCtlrUnitNumber","controllerKey","unitNumber","connectable","connected",
				"startConnected","macAddress","capacityInKB","capacityInBytes","backing","fileName",
				"datastore","diskMode","sharing","changeId","compatibilityMode","deviceName",
				"port","portgroupKey","network","opaqueNetworkId","id","vendorId","systemId","vgpu",
				"ehciEnabled","sriovBacking","allowGuestOSMtuChange","runtime","host",
				"connectionState","powerState","toolsInstallerMounted","consolidationNeeded",
				"faultToleranceState","inMaintenanceMode","guest","guestState","toolsStatus",
				"toolsRunningStatus","toolsVersionStatus2","hostName","net","ipConfig","ipAddress",
				"prefixLength","origin","deviceConfigId","disk","diskPath","capacity","freeSpace",
				"mappings","product","version","build","apiVersion","apiType","sslThumbprint",
				"managementServerIp","vnic","portgroup","spec","ip","virtualNicManagerInfo",
				"netConfig","nicType","selectedVnic","accessible","maintenanceMode","about",
				"subject","thumbprintSHA1","thumbprintSHA256","configurationEx","dasConfig",
				"drsConfig","dpmConfigInfo","enabled","group","rule","vm","vmGroupName",
				"affineHostGroupName","defaultPortConfig","vlan","vlanId"]')
		), step (n, text) AS (
			SELECT 0, body
			UNION ALL
			SELECT step.n + 1, replace(text, old, new) FROM step JOIN word ON word.n = step.n
		)
		SELECT text FROM step WHERE n = (SELECT count(*) FROM word))
WHERE id IN (SELECT id FROM input);

-- collect of one object without -type: an array of its properties, which does not name it.  They
-- are put together in the first; whose they are can be told only where they hold its summary, or
-- its configuration.
-- KIND property
-- match: list = '' AND json_type(body, '$.name') = 'text' AND json_type(body, '$.op') = 'text'
--   AND json_type(body, '$.val') IS NOT NULL
WITH part AS (
	SELECT input.id, input.body, source,
		sum(input.place = '$[0]') OVER (PARTITION BY source ORDER BY input.id) AS object
	FROM input JOIN record USING (id)
), entire AS MATERIALIZED (
	SELECT min(id) AS id, json_group_array(json(body)) AS changes,
		max(CASE WHEN body->>'$.name' = 'summary' THEN coalesce(
			body->>'$.val.vm.type', body->>'$.val.host.type') END) AS type,
		max(CASE WHEN body->>'$.name' = 'summary' THEN coalesce(
			body->>'$.val.vm.value', body->>'$.val.host.value') END) AS value,
		max(CASE WHEN body->>'$.name' = 'config'
			AND json_type(body, '$.val.hardware') = 'object' THEN 'VirtualMachine' END) AS guess
	FROM part GROUP BY source, object
)
UPDATE record SET kind = 'collect', body = json_object(
	'obj', json_object('type', coalesce(type, guess, ''), 'value', value),
	'changeSet', json(changes))
FROM entire WHERE record.id = entire.id;

-- collect -type: one document per object, with the properties that were asked for.  What was not
-- asked for stays unknown.
-- KIND collect
-- match: list = '' AND json_type(body, '$.obj.type') = 'text'
--   AND json_type(body, '$.changeSet') = 'array'
UPDATE record SET
	kind = 'object',
	body = (
		WITH RECURSIVE change (n, name, val) AS MATERIALIZED (
			SELECT key, CASE type WHEN 'object' THEN value->>'$.name' END,
				CASE type WHEN 'object' THEN value->'$.val' END
			FROM json_each(body, '$.changeSet')
		), plain (n, name, val) AS MATERIALIZED ( -- an array comes in an object of its own
			SELECT n, name, coalesce((
					SELECT max(value) FROM json_each(val) WHERE name NOT LIKE '%ffinity'
					HAVING count(*) = 1 AND max(type) = 'array'), val)
			FROM change
		), step (n, text) AS (
			SELECT 0, json_object('self', body->'$.obj')
			UNION ALL
			SELECT step.n + 1, CASE
				WHEN val IS NULL OR name GLOB '*[^A-Za-z0-9.]*' OR name NOT GLOB '[a-z]*'
					OR name GLOB '*..*' OR name GLOB '*.' OR name GLOB '*.[^a-zA-Z]*'
					OR name IS NULL THEN text
				ELSE coalesce(json_set(text, '$.' || name, json(val)), text) END
			FROM step JOIN plain ON plain.n = step.n
		)
		SELECT text FROM step ORDER BY n DESC LIMIT 1)
WHERE id IN (SELECT id FROM input);

-- collect -o, and what was handed on: by its type.
-- KIND object
-- match: list = '' AND json_type(body, '$.self.type') = 'text'
--   AND json_type(body, '$.self.value') = 'text'
UPDATE record SET
	format = CASE body->>'$.self.type' WHEN 'VirtualMachine' THEN 'govc-vm' ELSE 'govc' END,
	kind = CASE body->>'$.self.type'
		WHEN 'VirtualMachine' THEN 'vm'
		WHEN 'HostSystem' THEN 'host'
		WHEN 'Datastore' THEN 'datastore'
		WHEN 'ClusterComputeResource' THEN 'cluster'
		WHEN 'Network' THEN 'network'
		WHEN 'OpaqueNetwork' THEN 'network'
		WHEN 'DistributedVirtualPortgroup' THEN 'network'
		ELSE 'other' END
WHERE id IN (SELECT id FROM input);

-- KIND host
-- match: list IN ('hostSystems', 'HostSystems') AND json_type(body, '$.self.value') = 'text'
INSERT INTO host (id, type, ref, name, address, cluster, status, connection_state, in_maintenance,
	product, version, thumbprint, managed_by)
SELECT id, 'vsphere', body->>'$.self.value',
	coalesce(body->>'$.name', body->>'$.summary.config.name'),
	coalesce(body->>'$.name', body->>'$.summary.config.name'),
	CASE body->>'$.parent.type' WHEN 'ClusterComputeResource' THEN body->>'$.parent.value' END,
	nullif(coalesce(body->>'$.overallStatus', body->>'$.summary.overallStatus'), ''),
	nullif(coalesce(body->>'$.runtime.connectionState',
		body->>'$.summary.runtime.connectionState'), ''),
	truth(coalesce(body->>'$.runtime.inMaintenanceMode',
		body->>'$.summary.runtime.inMaintenanceMode')),
	coalesce(body->>'$.config.product.name', body->>'$.summary.config.product.name'),
	coalesce(body->>'$.config.product.version', body->>'$.summary.config.product.version'),
	nullif(fingerprint(body->>'$.summary.config.sslThumbprint'), ''),
	nullif(body->>'$.summary.managementServerIp', '')
FROM input;
INSERT INTO host_adapter (host, ref, port_group, address, services)
SELECT host, j->>'$.device', nullif(j->>'$.portgroup', ''),
	address(j->>'$.spec.ip.ipAddress'), (
		SELECT group_concat(c.value->>'$.nicType', ' ')
		FROM json_each(body, '$.config.virtualNicManagerInfo.netConfig') AS c
		WHERE c.type = 'object' AND EXISTS (
			SELECT 1 FROM json_each(c.value, '$.selectedVnic') AS s
			WHERE s.value LIKE '%.' || (j->>'$.key')))
FROM (SELECT input.id AS host, input.body, CASE v.type WHEN 'object' THEN v.value END AS j
	FROM input JOIN json_each(input.body, '$.config.network.vnic') AS v)
WHERE json_type(j, '$.device') = 'text';

-- KIND datastore
-- match: list IN ('datastores', 'Datastores') AND json_type(body, '$.self.value') = 'text'
INSERT INTO datastore (id, type, ref, name, storage_type, capacity, free, accessible, maintenance)
SELECT id, 'vsphere', body->>'$.self.value',
	coalesce(body->>'$.name', body->>'$.summary.name'), body->>'$.summary.type',
	whole(body->>'$.summary.capacity'), whole(body->>'$.summary.freeSpace'),
	truth(body->>'$.summary.accessible'), nullif(body->>'$.summary.maintenanceMode', '')
FROM input;

-- Machines are bound to hosts by rules over groups of machines and of hosts.
-- KIND cluster
-- match: list IS NULL
INSERT INTO cluster (id, type, ref, name, drs_enabled, ha_enabled, dpm_enabled, host_affinity_vms)
SELECT id, 'vsphere', body->>'$.self.value', body->>'$.name',
	truth(body->>'$.configurationEx.drsConfig.enabled'),
	truth(body->>'$.configurationEx.dasConfig.enabled'),
	truth(body->>'$.configurationEx.dpmConfigInfo.enabled'),
	CASE json_type(body, '$.configurationEx') WHEN 'object' THEN (
		SELECT json_group_array(DISTINCT m.value->>'$.value')
		FROM json_each(body, '$.configurationEx.rule') AS r
			JOIN json_each(body, '$.configurationEx.group') AS g
			JOIN json_each(CASE g.type WHEN 'object' THEN g.value->'$.vm' END) AS m
		WHERE CASE r.type WHEN 'object' THEN r.value->>'$.affineHostGroupName' END <> ''
			AND coalesce(truth(r.value->>'$.enabled'), 1)
			AND g.value->>'$.name' = r.value->>'$.vmGroupName' AND m.type = 'object') END
FROM input;

-- KIND network
-- match: list IS NULL
INSERT INTO network (id, type, ref, name, variant, vlan)
SELECT id, 'vsphere', body->>'$.self.value', coalesce(body->>'$.name', body->>'$.summary.name'),
	CASE body->>'$.self.type' WHEN 'Network' THEN 'Standard'
		WHEN 'DistributedVirtualPortgroup' THEN 'DvPortGroup' ELSE 'OpaqueNetwork' END,
	CASE json_type(body, '$.config.defaultPortConfig.vlan.vlanId') WHEN 'integer'
		THEN body->>'$.config.defaultPortConfig.vlan.vlanId' END
FROM input;

-- KIND about
-- match: list = '' AND coalesce(json_type(body, '$.about.apiType'),
--   json_type(body, '$.About.apiType'), json_type(body, '$.content.about.apiType')) = 'text'
INSERT INTO provider (id, type, instance_uuid, product, version, build, api_version, api_type)
SELECT id, 'vsphere', uuid(about->>'$.instanceUuid'), about->>'$.name', about->>'$.version',
	about->>'$.build', about->>'$.apiVersion', about->>'$.apiType'
FROM (SELECT id, coalesce(body->'$.about', body->'$.About',
	body->'$.content.about') AS about FROM input);

-- The certificate's subject is all that says whose it is.
-- KIND certificate
-- match: list = '' AND json_type(body, '$.thumbprintSHA1') = 'text'
INSERT INTO provider (id, type, address, seen_sha1, seen_sha256)
SELECT id, 'vsphere',
	CASE WHEN subject GLOB 'CN=*' THEN lower(substr(subject, 4,
		instr(subject || ',', ',') - 4)) END,
	nullif(fingerprint(body->>'$.thumbprintSHA1'), ''),
	nullif(fingerprint(body->>'$.thumbprintSHA256'), '')
FROM (SELECT id, body, body->>'$.subject' AS subject FROM input)
WHERE nullif(fingerprint(body->>'$.thumbprintSHA1'), '') IS NOT NULL;
