-- SPDX-License-Identifier: Apache-2.0
--
-- An object stands by itself, among the items of a List, or as the member `object` of a record of
-- Forklift's inventory, which may leave out its kind: there the link tells.
--
-- FORMAT kubernetes
-- title: Kubernetes objects: kubectl and oc get -o json, Forklift inventory of OpenShift
-- lists: items
-- KIND storage-class
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'StorageClass'
--   OR body->>'$.selfLink' GLOB '*providers/openshift/*/storageclasses/*'

INSERT INTO storage_class (id, ref, name, provisioner, parameters, is_default)
SELECT id, o->>'$.metadata.name', o->>'$.metadata.name', o->>'$.provisioner',
	CASE json_type(o, '$.parameters') WHEN 'object' THEN o->'$.parameters' ELSE '{}' END,
	coalesce(truth(a->>'$."storageclass.kubernetes.io/is-default-class"'),
		truth(a->>'$."storageclass.beta.kubernetes.io/is-default-class"'), 0)
FROM (SELECT id, o, o->'$.metadata.annotations' AS a
	FROM (SELECT id, coalesce(body->'$.object', body) AS o FROM input))
WHERE o->>'$.metadata.name' <> '';

-- KIND storage-profile
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'StorageProfile'

INSERT INTO storage_profile (id, ref, name, claim_sets, spec_sets, recognized)
SELECT id, o->>'$.metadata.name', o->>'$.metadata.name',
	CASE WHEN json_type(o, '$.status.claimPropertySets') = 'array'
			THEN o->'$.status.claimPropertySets'
		WHEN json_type(o, '$.status') = 'object' THEN '[]' END,
	CASE WHEN json_type(o, '$.spec.claimPropertySets') = 'array'
		THEN o->'$.spec.claimPropertySets' ELSE '[]' END,
	(SELECT truth(c.value->>'$.status') FROM json_each(o, '$.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Recognized')
FROM (SELECT id, coalesce(body->'$.object', body) AS o FROM input)
WHERE o->>'$.metadata.name' <> '';

-- KIND nad
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'NetworkAttachmentDefinition'
--   OR body->>'$.selfLink' GLOB '*providers/openshift/*/networkattachmentdefinitions/*'

INSERT INTO nad (id, ref, namespace, name, config, route)
SELECT id, (o->>'$.metadata.namespace') || '/' || (o->>'$.metadata.name'),
	o->>'$.metadata.namespace', o->>'$.metadata.name', o->>'$.spec.config',
	coalesce(o->>'$.metadata.annotations."forklift.konveyor.io/route"', '')
FROM (SELECT id, coalesce(body->'$.object', body) AS o FROM input)
WHERE o->>'$.metadata.name' <> '';

-- KIND namespace
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') IN ('Namespace', 'Project')
--   OR body->>'$.selfLink' GLOB '*providers/openshift/*/namespaces/*'

INSERT INTO namespace (id, ref, name, pod_security, user_network)
SELECT id, o->>'$.metadata.name', o->>'$.metadata.name',
	coalesce(o->>'$.metadata.labels."pod-security.kubernetes.io/enforce"', ''),
	-- The label has no value as a rule.
	CASE o->>'$.metadata.labels."k8s.ovn.org/primary-user-defined-network"'
		WHEN '' THEN 'primary-udn' ELSE coalesce(
			o->>'$.metadata.labels."k8s.ovn.org/primary-user-defined-network"', '') END
FROM (SELECT id, coalesce(body->'$.object', body) AS o FROM input)
WHERE o->>'$.metadata.name' <> '';

-- KIND vm
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'VirtualMachine'
--   AND coalesce(body->>'$.object.apiVersion', body->>'$.apiVersion') LIKE 'kubevirt.io/%'
--   OR body->>'$.selfLink' GLOB '*providers/openshift/*/vms/*'

INSERT INTO target_vm (id, ref, namespace, name, uid)
SELECT id, (o->>'$.metadata.namespace') || '/' || (o->>'$.metadata.name'),
	o->>'$.metadata.namespace', o->>'$.metadata.name', o->>'$.metadata.uid'
FROM (SELECT id, coalesce(body->'$.object', body) AS o FROM input)
WHERE o->>'$.metadata.name' <> '';

-- As asked for, and as the instance beside it has them.
INSERT INTO target_mac (ref, target, mac)
SELECT DISTINCT mac, id, mac FROM (
	SELECT input.id AS id,
		mac(CASE i.type WHEN 'object' THEN i.value->>'$.macAddress' END) AS mac
	FROM input JOIN json_each(coalesce(input.body->'$.object', input.body),
		'$.spec.template.spec.domain.devices.interfaces') AS i
	UNION ALL
	SELECT input.id, mac(CASE i.type WHEN 'object' THEN i.value->>'$.mac' END)
	FROM input JOIN json_each(input.body, '$.instance.status.interfaces') AS i)
WHERE mac IS NOT NULL AND id IN (SELECT id FROM target_vm);

-- KIND vmi
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'VirtualMachineInstance'

INSERT INTO target_vm (id, ref, namespace, name)
SELECT id, (o->>'$.metadata.namespace') || '/' || (o->>'$.metadata.name'),
	o->>'$.metadata.namespace', o->>'$.metadata.name'
FROM (SELECT id, coalesce(body->'$.object', body) AS o FROM input)
WHERE o->>'$.metadata.name' <> '';

INSERT INTO target_mac (ref, target, mac)
SELECT DISTINCT mac, id, mac FROM (
	SELECT input.id AS id,
		mac(CASE i.type WHEN 'object' THEN i.value->>'$.macAddress' END) AS mac
	FROM input JOIN json_each(coalesce(input.body->'$.object', input.body),
		'$.spec.domain.devices.interfaces') AS i
	UNION ALL
	SELECT input.id, mac(CASE i.type WHEN 'object' THEN i.value->>'$.mac' END)
	FROM input JOIN json_each(coalesce(input.body->'$.object', input.body),
		'$.status.interfaces') AS i)
WHERE mac IS NOT NULL AND id IN (SELECT id FROM target_vm);

-- KIND kubevirt
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'KubeVirt'
--   OR body->>'$.selfLink' GLOB '*providers/openshift/*/kubevirts/*'

INSERT INTO product (id, ref, name, version)
SELECT id, 'kubevirt', 'kubevirt',
	ltrim(coalesce(body->>'$.object.status.observedKubeVirtVersion',
		body->>'$.status.observedKubeVirtVersion'), 'v')
FROM input;

-- KIND hyperconverged
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'HyperConverged'

INSERT INTO product (id, ref, name, version)
-- OpenShift Virtualization counts as OpenShift does; the free operator has versions of its own,
-- below 2, that say nothing of it.
SELECT input.id, 'cnv', 'cnv', ltrim(v.value->>'$.version', 'v')
FROM input JOIN json_each(input.body, '$.status.versions') AS v
WHERE CASE v.type WHEN 'object' THEN v.value->>'$.name' END = 'operator'
	AND version_at_least(v.value->>'$.version', '2') = 1
GROUP BY input.id;

-- KIND cdi
-- match: coalesce(body->>'$.object.kind', body->>'$.kind') = 'CDI'

INSERT INTO product (id, ref, name, version)
SELECT id, 'cdi', 'cdi', ltrim(body->>'$.status.observedVersion', 'v') FROM input;

-- KIND cluster-version
-- match: body->>'$.kind' = 'ClusterVersion'

INSERT INTO product (id, ref, name, version)
-- The newest update that was completed; the history has the newest first.
SELECT id, 'openshift', 'openshift', coalesce(
	(SELECT h.value->>'$.version' FROM json_each(body, '$.status.history') AS h
		WHERE CASE h.type WHEN 'object' THEN h.value->>'$.state' END = 'Completed'),
	body->>'$.status.desired.version')
FROM input;

-- KIND version
-- match: list = '' AND (json_type(body, '$.serverVersion.gitVersion') = 'text'
--   OR json_type(body, '$.gitVersion') = 'text' AND json_type(body, '$.platform') = 'text')

INSERT INTO product (id, ref, name, version)
-- kubectl version, oc version, and the answer to /version.
SELECT id, 'kubernetes', 'kubernetes',
	ltrim(coalesce(body->>'$.serverVersion.gitVersion', body->>'$.gitVersion'), 'v')
FROM input;

INSERT INTO product (id, ref, name, version)
SELECT (id << 32) + 1, 'openshift', 'openshift', body->>'$.openshiftVersion'
FROM input WHERE body->>'$.openshiftVersion' <> '';

-- KIND service-version
-- match: body->>'$.kind' = 'ClusterServiceVersion'

INSERT INTO product (id, ref, name, version)
SELECT id, product, product, version FROM (
	SELECT id, body->>'$.spec.version' AS version, CASE
		WHEN body->>'$.metadata.name' LIKE 'mtv-operator.%'
			OR body->>'$.metadata.name' LIKE '%forklift-operator.%' THEN 'forklift'
		WHEN body->>'$.metadata.name' LIKE 'kubevirt-hyperconverged-operator.%'
			AND version_at_least(body->>'$.spec.version', '2') = 1 THEN 'cnv'
		END AS product
	FROM input
	WHERE coalesce(body->>'$.status.phase', '') NOT IN ('Replacing', 'Deleting', 'Failed'))
WHERE product IS NOT NULL;

-- KIND provider
-- match: body->>'$.kind' = 'Provider' AND body->>'$.apiVersion' LIKE 'forklift.konveyor.io/%'

INSERT INTO provider (
	id, type, namespace, name, uid, url, address, sdk_endpoint, vddk_image, fingerprint,
	secret, ready, conditions)
SELECT id, coalesce(body->>'$.spec.type', ''), body->>'$.metadata.namespace',
	body->>'$.metadata.name', lower(body->>'$.metadata.uid'), coalesce(body->>'$.spec.url', ''),
	url_host(body->>'$.spec.url'), coalesce(body->>'$.spec.settings.sdkEndpoint', ''),
	coalesce(body->>'$.spec.settings.vddkInitImage', ''),
	nullif(fingerprint(body->>'$.status.fingerprint'), ''),
	coalesce(body->>'$.spec.secret.namespace', body->>'$.metadata.namespace')
		|| '/' || (body->>'$.spec.secret.name'),
	CASE json_type(body, '$.status.conditions') WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Ready'
			AND truth(c.value->>'$.status') = 1) END,
	CASE json_type(body, '$.status.conditions')
		WHEN 'array' THEN body->'$.status.conditions' END
FROM input WHERE json_type(body, '$.spec') = 'object';

-- KIND secret
-- match: body->>'$.kind' = 'Secret'

UPDATE provider SET has_ca = s.has_ca, insecure = s.insecure,
	fingerprint = coalesce(fingerprint, s.thumbprint)
-- Nothing else of a Secret is read.  Releases up to 2.5 keep the fingerprint there, in base64, of
-- which each turn reads one letter: held are the last so many bits of those before.
FROM (
	WITH RECURSIVE alphabet (letters) AS (
		SELECT 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
	), reading (id, rest, held, bits, done) AS (
		SELECT id, substr(body->>'$.data.thumbprint', 1, 200), 0, 0, '' FROM input
		UNION ALL
		SELECT id, substr(rest, 2),
			(held << 6 | instr(letters, substr(rest, 1, 1)) - 1)
				& ((1 << (bits + 6) % 8) - 1),
			(bits + 6) % 8,
			done || CASE bits WHEN 0 THEN '' ELSE char(
				(held << 6 | instr(letters, substr(rest, 1, 1)) - 1) >> (bits - 2))
			END
		FROM reading CROSS JOIN alphabet
		WHERE rest <> '' AND instr(letters, substr(rest, 1, 1)) > 0
	), thumbprint (id, length, plain) AS (
		SELECT id, max(length(done)), done FROM reading GROUP BY id
	)
	SELECT (body->>'$.metadata.namespace') || '/' || (body->>'$.metadata.name') AS ref,
		coalesce(nullif(body->>'$.data."ca.crt"', ''), nullif(body->>'$.data.cacert', ''),
			nullif(body->>'$.stringData."ca.crt"', ''),
			nullif(body->>'$.stringData.cacert', '')) IS NOT NULL AS has_ca,
		-- 'true', with or without the end of its line
		coalesce(body->>'$.data.insecureSkipVerify' LIKE 'dHJ1Z%',
			truth(body->>'$.stringData.insecureSkipVerify'), 0) AS insecure,
		fingerprint(trim(coalesce(nullif(plain, ''), body->>'$.stringData.thumbprint', ''),
			char(10, 13, 32))) AS thumbprint
	FROM input JOIN thumbprint USING (id)
	WHERE json_type(body, '$.data') = 'object' OR json_type(body, '$.stringData') = 'object'
) AS s WHERE s.ref = provider.secret;

-- KIND plan
-- match: body->>'$.kind' = 'Plan' AND body->>'$.apiVersion' LIKE 'forklift.konveyor.io/%'

INSERT INTO plan (
	id, ref, namespace, name, target_namespace, warm, migration_type, source_namespace,
	source_name, destination_namespace, destination_name, network_map_namespace, network_map,
	storage_map_namespace, storage_map, transfer_network_namespace, transfer_network,
	preserve_ips, migrate_shared_disks, skip_conversion, archived, succeeded, conditions)
SELECT id, coalesce(body->>'$.metadata.namespace' || '/', '') || (body->>'$.metadata.name'),
	body->>'$.metadata.namespace', body->>'$.metadata.name',
	coalesce(body->>'$.spec.targetNamespace', ''),
	coalesce(truth(body->>'$.spec.warm'), 0) OR coalesce(body->>'$.spec.type', '') = 'warm',
	body->>'$.spec.type',
	body->>'$.spec.provider.source.namespace', body->>'$.spec.provider.source.name',
	body->>'$.spec.provider.destination.namespace', body->>'$.spec.provider.destination.name',
	coalesce(body->>'$.spec.map.network.namespace', ''),
	coalesce(body->>'$.spec.map.network.name', ''),
	coalesce(body->>'$.spec.map.storage.namespace', ''),
	coalesce(body->>'$.spec.map.storage.name', ''),
	coalesce(body->>'$.spec.transferNetwork.namespace', ''),
	coalesce(body->>'$.spec.transferNetwork.name', ''),
	coalesce(truth(body->>'$.spec.preserveStaticIPs'), 1),
	coalesce(truth(body->>'$.spec.migrateSharedDisks'), 1),
	coalesce(truth(body->>'$.spec.skipGuestConversion'), 0),
	coalesce(truth(body->>'$.spec.archived'), 0),
	CASE json_type(body, '$.status.conditions') WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Succeeded'
			AND truth(c.value->>'$.status') = 1) END,
	CASE json_type(body, '$.status.conditions')
		WHEN 'array' THEN body->'$.status.conditions' END
FROM input WHERE json_type(body, '$.spec') = 'object' AND body->>'$.metadata.name' <> '';

INSERT INTO plan_vm (ref, plan, vm_ref, vm_name, target_name)
SELECT v.key, input.id, v.value->>'$.id', v.value->>'$.name', v.value->>'$.targetName'
FROM input JOIN json_each(input.body, '$.spec.vms') AS v
WHERE v.type = 'object' AND input.id IN (SELECT id FROM plan);

UPDATE plan_vm SET started = 1
WHERE plan IN (SELECT id FROM input) AND (plan, iif(vm_ref <> '', vm_ref, vm_name)) IN (
	SELECT input.id, m.value->>iif(word.value = 'id', '$.id', '$.name')
	FROM input JOIN json_each(input.body, '$.status.migration.vms') AS m
		JOIN json_each('["id", "name"]') AS word
	WHERE m.type = 'object');

-- KIND network-map
-- match: body->>'$.kind' = 'NetworkMap' AND body->>'$.apiVersion' LIKE 'forklift.konveyor.io/%'

INSERT INTO map (
	id, ref, kind, namespace, name, source_namespace, source_name, ready, conditions)
SELECT id, 'network ' || coalesce(body->>'$.metadata.namespace' || '/', '')
		|| (body->>'$.metadata.name'),
	'network', body->>'$.metadata.namespace', body->>'$.metadata.name',
	body->>'$.spec.provider.source.namespace', body->>'$.spec.provider.source.name',
	CASE json_type(body, '$.status.conditions') WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Ready'
			AND truth(c.value->>'$.status') = 1) END,
	CASE json_type(body, '$.status.conditions')
		WHEN 'array' THEN body->'$.status.conditions' END
FROM input WHERE body->>'$.metadata.name' <> '';

INSERT INTO map_entry (
	ref, map, source_ref, source_name, source_type, destination_type, destination_namespace,
	destination_name)
SELECT e.key, input.id, e.value->>'$.source.id', e.value->>'$.source.name',
	e.value->>'$.source.type', e.value->>'$.destination.type',
	e.value->>'$.destination.namespace', e.value->>'$.destination.name'
FROM input JOIN json_each(input.body, '$.spec.map') AS e
WHERE e.type = 'object' AND input.id IN (SELECT id FROM map);

-- KIND storage-map
-- match: body->>'$.kind' = 'StorageMap' AND body->>'$.apiVersion' LIKE 'forklift.konveyor.io/%'

INSERT INTO map (
	id, ref, kind, namespace, name, source_namespace, source_name, ready, conditions)
SELECT id, 'storage ' || coalesce(body->>'$.metadata.namespace' || '/', '')
		|| (body->>'$.metadata.name'),
	'storage', body->>'$.metadata.namespace', body->>'$.metadata.name',
	body->>'$.spec.provider.source.namespace', body->>'$.spec.provider.source.name',
	CASE json_type(body, '$.status.conditions') WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Ready'
			AND truth(c.value->>'$.status') = 1) END,
	CASE json_type(body, '$.status.conditions')
		WHEN 'array' THEN body->'$.status.conditions' END
FROM input WHERE body->>'$.metadata.name' <> '';

INSERT INTO map_entry (
	ref, map, source_ref, source_name, source_type, destination_name, volume_mode, access_mode,
	offload)
SELECT e.key, input.id, e.value->>'$.source.id', e.value->>'$.source.name',
	e.value->>'$.source.type', e.value->>'$.destination.storageClass',
	coalesce(e.value->>'$.destination.volumeMode', ''),
	coalesce(e.value->>'$.destination.accessMode', ''),
	json_type(e.value, '$.offloadPlugin') IS 'object'
FROM input JOIN json_each(input.body, '$.spec.map') AS e
WHERE e.type = 'object' AND input.id IN (SELECT id FROM map);

-- KIND host
-- match: body->>'$.kind' = 'Host' AND body->>'$.apiVersion' LIKE 'forklift.konveyor.io/%'

INSERT INTO transfer_host (
	id, ref, namespace, name, provider_namespace, provider_name, host_ref, host_name, address,
	ready, conditions)
SELECT id, coalesce(body->>'$.metadata.namespace' || '/', '') || (body->>'$.metadata.name'),
	body->>'$.metadata.namespace', body->>'$.metadata.name',
	body->>'$.spec.provider.namespace', body->>'$.spec.provider.name', body->>'$.spec.id',
	body->>'$.spec.name', coalesce(body->>'$.spec.ipAddress', ''),
	CASE json_type(body, '$.status.conditions') WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Ready'
			AND truth(c.value->>'$.status') = 1) END,
	CASE json_type(body, '$.status.conditions')
		WHEN 'array' THEN body->'$.status.conditions' END
FROM input WHERE json_type(body, '$.spec') = 'object' AND body->>'$.metadata.name' <> '';

-- KIND other
-- match: json_type(body, '$.kind') = 'text' AND json_type(body, '$.apiVersion') = 'text'
--   OR body->>'$.selfLink' GLOB '*providers/openshift/*/*/*'

SELECT id FROM input LIMIT 0; -- nothing of it is asked for
