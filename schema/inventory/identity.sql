-- SPDX-License-Identifier: Apache-2.0
-- Which rows speak of one thing: fills temp.same (tab, id, keep).  It holds pairs; the engine finds
-- what hangs together over several.
--
-- To be the same, two things must be of one type, and equal in something that names them: an
-- instance's UUID, a UUID, a reference, a name.  Where they could be told apart by another of these
-- they are not the same.  A group that is not of one mind joins nothing but what is equal there too.

CREATE TEMP TABLE same (tab TEXT, id INTEGER, keep INTEGER);

-- What can be the same.  ref and uuid: '' is NULL.  form: where sites are comparable.  sure: the
-- reference is one all over the world, or the only name there is.
CREATE TEMP TABLE thing (
	tab TEXT, id INTEGER, type TEXT, form TEXT, site TEXT, ref TEXT, uuid TEXT, instance TEXT,
	name TEXT, sure INTEGER
);

INSERT INTO thing
SELECT 'vm', vm.id, vm.type, record.format, site, nullif(ref, ''), uuid, instance_uuid,
	nullif(name, ''), uuid(ref) IS NOT NULL
FROM vm LEFT JOIN record ON record.id = vm.id
UNION ALL
SELECT 'cluster', t.id, type, record.format, site, nullif(ref, ''), NULL, NULL, nullif(name, ''),
	uuid(ref) IS NOT NULL
FROM cluster AS t LEFT JOIN record ON record.id = t.id
UNION ALL
SELECT 'host', t.id, type, record.format, site, nullif(ref, ''), NULL, NULL, nullif(name, ''),
	uuid(ref) IS NOT NULL
FROM host AS t LEFT JOIN record ON record.id = t.id
UNION ALL
SELECT 'datastore', t.id, type, record.format, site, nullif(ref, ''), NULL, NULL, nullif(name, ''),
	uuid(ref) IS NOT NULL
FROM datastore AS t LEFT JOIN record ON record.id = t.id
UNION ALL
SELECT 'network', t.id, type, record.format, site, nullif(ref, ''), NULL, NULL, nullif(name, ''),
	uuid(ref) IS NOT NULL
FROM network AS t LEFT JOIN record ON record.id = t.id
UNION ALL
SELECT 'provider', id, type, NULL, NULL, nullif(uid, ''), namespace || '/' || provider.name,
	instance_uuid, nullif(lower(address), ''), 1
FROM provider
UNION ALL SELECT 'nic_profile', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM nic_profile
UNION ALL SELECT 'disk_image', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM disk_image
UNION ALL SELECT 'namespace', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM namespace
UNION ALL SELECT 'storage_class', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM storage_class
UNION ALL SELECT 'storage_profile', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM storage_profile
UNION ALL SELECT 'nad', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM nad
UNION ALL SELECT 'target_vm', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM target_vm
UNION ALL SELECT 'plan', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM plan
UNION ALL SELECT 'map', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM map
UNION ALL SELECT 'transfer_host', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM transfer_host
UNION ALL SELECT 'product', id, '', NULL, NULL, ref, NULL, NULL, NULL, 1 FROM product;

-- By an instance's UUID.  A copy of a machine that kept it has another reference.
WITH shared AS MATERIALIZED (
	SELECT tab, type, instance, min(id) AS first,
		min(ref) IS NOT max(ref) AS split
	FROM thing WHERE instance IS NOT NULL
	GROUP BY tab, type, instance HAVING count(*) > 1),
peers AS (
	SELECT tab, id, ref, split, iif(split,
		min(id) OVER (PARTITION BY tab, type, instance, ref), first) AS keep
	FROM thing CROSS JOIN shared USING (tab, type, instance))
INSERT INTO same SELECT tab, id, keep FROM peers WHERE id <> keep AND NOT (split AND ref IS NULL);

-- By a UUID: a clone may have it too, with another reference or another UUID of its instance.
WITH shared AS MATERIALIZED (
	SELECT tab, type, uuid, min(id) AS first,
		min(ref) IS NOT max(ref) OR min(instance) IS NOT max(instance) AS split
	FROM thing WHERE uuid IS NOT NULL
	GROUP BY tab, type, uuid HAVING count(*) > 1),
peers AS (
	SELECT tab, id, ref, instance, split, iif(split,
		min(id) OVER (PARTITION BY tab, type, uuid, ref, instance), first) AS keep
	FROM thing CROSS JOIN shared USING (tab, type, uuid))
INSERT INTO same SELECT tab, id, keep FROM peers
WHERE id <> keep AND NOT (split AND (ref IS NULL OR (instance IS NULL AND tab = 'vm')));

-- By a reference that is sure.
WITH shared AS MATERIALIZED (
	SELECT tab, type, ref, min(id) AS first FROM thing
	WHERE sure AND ref IS NOT NULL GROUP BY tab, type, ref HAVING count(*) > 1)
INSERT INTO same
SELECT tab, id, first FROM thing CROSS JOIN shared USING (tab, type, ref) WHERE sure AND id <> first;

-- By a reference that another site may use too ('vm-12').  Of one name; and of one UUID and, for
-- each format, one site, else only with what is equal in these too.
WITH shared AS MATERIALIZED (
	SELECT tab, type, ref, name, min(id) AS first,
		min(uuid) IS NOT max(uuid) OR count(DISTINCT site || ' ' || form)
			<> count(DISTINCT iif(site IS NULL, NULL, form)) AS split
	FROM thing WHERE NOT sure AND ref IS NOT NULL AND name IS NOT NULL
	GROUP BY tab, type, ref, name HAVING count(*) > 1),
peers AS (
	SELECT tab, id, iif(split,
		min(id) OVER (PARTITION BY tab, type, ref, name, form, site, uuid), first) AS keep
	FROM thing CROSS JOIN shared USING (tab, type, ref, name) WHERE NOT sure)
INSERT INTO same SELECT tab, id, keep FROM peers WHERE id <> keep;

-- What has such a reference and no name: with all of that reference, if these can be one.
WITH shared AS MATERIALIZED (
	SELECT tab, type, ref, min(id) AS first FROM thing
	WHERE ref IN (SELECT ref FROM thing WHERE NOT sure AND name IS NULL) AND NOT sure
	GROUP BY tab, type, ref
	HAVING count(*) > count(name) AND count(*) > 1
		AND min(name) IS max(name) AND min(uuid) IS max(uuid)
		AND count(DISTINCT site || ' ' || form) = count(DISTINCT iif(site IS NULL, NULL, form)))
INSERT INTO same
SELECT tab, id, first FROM thing CROSS JOIN shared USING (tab, type, ref) WHERE NOT sure AND id <> first;

-- By name, if all of that name can be one.
WITH shared AS MATERIALIZED (
	SELECT tab, type, name, min(id) AS first FROM thing
	WHERE name IS NOT NULL
	GROUP BY tab, type, name
	HAVING count(*) > 1 AND min(ref) IS max(ref) AND min(uuid) IS max(uuid)
		AND min(instance) IS max(instance)
		AND count(DISTINCT site || ' ' || form) = count(DISTINCT iif(site IS NULL, NULL, form)))
INSERT INTO same
SELECT tab, id, first FROM thing CROSS JOIN shared USING (tab, type, name) WHERE id <> first;

-- An engine that told its version and nothing else is the one provider of its type that there is.
INSERT INTO same
SELECT 'provider', max(id), min(id) FROM thing
WHERE tab = 'provider' AND type = 'ovirt'
GROUP BY type
HAVING count(*) = 2 AND count(coalesce(ref, uuid, instance, name)) = 1;

-- A machine that is told of under two sites shows that they are one; so does a provider that is told
-- of with both.
CREATE TEMP TABLE site_name AS
SELECT site, min(uid) AS keep FROM (
	SELECT DISTINCT iif(a.form = 'forklift-vsphere', b.site, a.site) AS site,
		iif(a.form = 'forklift-vsphere', a.site, b.site) AS uid
	FROM same JOIN thing AS a ON a.tab = 'vm' AND a.id = same.id
		JOIN thing AS b ON b.tab = 'vm' AND b.id = same.keep
	WHERE same.tab = 'vm' AND a.site <> b.site
		AND (a.form = 'forklift-vsphere') <> (b.form = 'forklift-vsphere')
	UNION
	SELECT instance_uuid, uid FROM provider WHERE type = 'vsphere' AND instance_uuid <> uid)
GROUP BY site HAVING count(*) = 1;

DROP TABLE thing;
