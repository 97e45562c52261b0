-- SPDX-License-Identifier: Apache-2.0
-- What Forklift's controller finds wrong with network and storage maps.  Those of plans are judged;
-- where there is no plan, all.

-- RULE map.SourceNetworkNotValid
-- severity: blocker
-- category: Critical
-- title: An entry of a network map does not say which network it is for
-- why: Forklift does not accept a map with an entry that names no network, or a name of several.
-- remedy: Give source.id of the entry, as the source's list of networks has it.
-- source: Forklift, pkg/controller/map/network/validation.go
-- page: S-NET
SELECT 'fail', 'network-map', m.full_name, m.name, NULL,
	iif(count(place.ref) = 0, format('entry %s names no source network', coalesce(e.ref, '?')),
	format('%d networks have the name %s of entry %s: %s', count(DISTINCT place.ref),
		e.source_name,
		coalesce(e.ref, '?'), group_concat(DISTINCT place.ref)))
FROM judged_map AS m JOIN map_entry AS e ON e.map = m.id
LEFT JOIN map_place AS place ON place.map = m.id AND place.kind = 'network'
	AND place.name = e.source_name
WHERE m.kind = 'network' AND coalesce(e.source_ref, '') = '' AND e.source_type IS NOT 'pod'
GROUP BY e.id, place.type, place.site
HAVING count(DISTINCT place.ref) > 1 OR coalesce(e.source_name, '') = '';

-- RULE map.SourceNetworkNotFound
-- severity: warning
-- category: Warn
-- title: A network map names a network that the source does not have
-- why: An entry for nothing does no harm, but the network that was meant may have none.
-- remedy: Correct source.id of the entry, or take the entry out.
-- source: Forklift, pkg/controller/map/network/validation.go (SourceNetworkNotValid)
-- page: S-NET
SELECT iif(listed, 'fail', 'unknown'), 'network-map', full_name, name, NULL,
	format(iif(listed, 'source network %s is not among the %d networks of the exports',
		'no export tells whether there is a source network %s; the list of networks of the '
		|| 'source would'), entry, listed)
FROM (SELECT m.full_name, m.name, coalesce(nullif(e.source_ref, ''), e.source_name) AS entry,
		(SELECT count(*) FROM map_place AS place WHERE place.map = m.id
			AND place.kind = m.kind AND place.type = s.type
			AND place.ref <> '' AND place.name <> '') AS listed
	FROM judged_map AS m JOIN map_source AS s ON s.map = m.id
	JOIN map_entry AS e ON e.map = m.id
	WHERE m.kind = 'network' AND (e.source_ref <> '' OR e.source_name <> '')
		AND e.source_type IS NOT 'pod'
		AND NOT EXISTS (SELECT 1 FROM map_place AS place WHERE place.map = m.id
			AND place.kind = m.kind AND (place.ref = e.source_ref
				OR (coalesce(e.source_ref, '') = '' AND place.name IN (SELECT name
					FROM entry_meaning AS meant WHERE meant.entry = e.id))))
		AND NOT EXISTS (SELECT 1 FROM source_word AS w -- a machine uses it
			WHERE w.kind = m.kind AND w.type = s.type
				AND w.word IN (nullif(e.source_ref, ''), e.source_name)
				AND NOT EXISTS (SELECT 1 FROM foreign_site AS f
					WHERE f.provider = s.provider AND f.site = w.site)));

-- RULE map.DestinationNetworkNotValid
-- severity: blocker
-- category: Critical
-- title: A network map leads to a network attachment definition that is not there
-- why: Forklift does not accept such a map, and a machine connected to such a network does not
--   start.
-- remedy: Create the network attachment definition, or correct the entry;
--   oc get network-attachment-definitions -A lists those that are there.
-- source: Forklift, pkg/controller/map/network/validation.go
-- page: S-NET
SELECT iif(coalesce(e.destination_namespace, '') = '' OR known.namespace IS NOT NULL,
		'fail', 'unknown'), 'network-map', m.full_name, m.name, NULL,
	CASE WHEN coalesce(e.destination_namespace, '') = ''
		THEN format('entry %s leads to network %s of no namespace', coalesce(e.ref, '?'),
			coalesce(e.destination_name, '?'))
	WHEN known.namespace IS NOT NULL
		THEN format('destination network %s/%s is not there', e.destination_namespace,
			e.destination_name)
	ELSE format('no export tells whether there is a network %s/%s; oc get '
		|| 'network-attachment-definitions -A -o yaml would', e.destination_namespace,
		e.destination_name) END
FROM judged_map AS m JOIN map_entry AS e ON e.map = m.id
LEFT JOIN nad_namespace AS known ON known.namespace = e.destination_namespace
WHERE m.kind = 'network' AND e.destination_type = 'multus' AND NOT EXISTS (SELECT 1 FROM nad
	WHERE nad.namespace = e.destination_namespace AND nad.name = e.destination_name);

-- RULE map.SourceStorageNotValid
-- severity: blocker
-- category: Critical
-- title: An entry of a storage map does not say which storage it is for
-- why: Forklift does not accept a map with an entry that names no datastore, or a name of several.
-- remedy: Give source.id of the entry, as the source's list of datastores or storage domains has
--   it.
-- source: Forklift, pkg/controller/map/storage/validation.go
SELECT 'fail', 'storage-map', m.full_name, m.name, NULL,
	iif(count(place.ref) = 0, format('entry %s names no source storage', coalesce(e.ref, '?')),
	format('%d datastores have the name %s of entry %s: %s', count(DISTINCT place.ref),
		e.source_name,
		coalesce(e.ref, '?'), group_concat(DISTINCT place.ref)))
FROM judged_map AS m JOIN map_entry AS e ON e.map = m.id
LEFT JOIN map_place AS place ON place.map = m.id AND place.kind = 'storage'
	AND place.name = e.source_name
WHERE m.kind = 'storage' AND coalesce(e.source_ref, '') = ''
GROUP BY e.id, place.type, place.site
HAVING count(DISTINCT place.ref) > 1 OR coalesce(e.source_name, '') = '';

-- RULE map.SourceStorageNotFound
-- severity: warning
-- category: Warn
-- title: A storage map names a datastore that the source does not have
-- why: An entry for nothing does no harm, but the datastore that was meant may have none.
-- remedy: Correct source.id of the entry, or take the entry out.
-- source: Forklift, pkg/controller/map/storage/validation.go (SourceStorageNotValid)
SELECT iif(listed, 'fail', 'unknown'), 'storage-map', full_name, name, NULL,
	format(iif(listed, 'source storage %s is not among the %d datastores of the exports',
		'no export tells whether there is a source storage %s; the list of datastores of the '
		|| 'source would'), entry, listed)
FROM (SELECT m.full_name, m.name, coalesce(nullif(e.source_ref, ''), e.source_name) AS entry,
		(SELECT count(*) FROM map_place AS place WHERE place.map = m.id
			AND place.kind = m.kind AND place.type = s.type
			AND place.ref <> '' AND place.name <> '') AS listed
	FROM judged_map AS m JOIN map_source AS s ON s.map = m.id
	JOIN map_entry AS e ON e.map = m.id
	WHERE m.kind = 'storage' AND (e.source_ref <> '' OR e.source_name <> '')
		AND NOT EXISTS (SELECT 1 FROM map_place AS place WHERE place.map = m.id
			AND place.kind = m.kind AND (place.ref = e.source_ref
				OR (coalesce(e.source_ref, '') = '' AND place.name IN (SELECT name
					FROM entry_meaning AS meant WHERE meant.entry = e.id))))
		AND NOT EXISTS (SELECT 1 FROM source_word AS w -- a machine uses it
			WHERE w.kind = m.kind AND w.type = s.type
				AND w.word IN (nullif(e.source_ref, ''), e.source_name)
				AND NOT EXISTS (SELECT 1 FROM foreign_site AS f
					WHERE f.provider = s.provider AND f.site = w.site)));

-- RULE map.DestinationStorageNotValid
-- severity: blocker
-- category: Critical
-- title: A storage map leads to a storage class that is not there
-- why: Forklift does not accept such a map, and no volume can be made.
-- remedy: Correct destination.storageClass of the entry; oc get storageclass lists those that are
--   there.
-- source: Forklift, pkg/controller/map/storage/validation.go
-- page: S-STORAGE
SELECT iif(e.destination_name = '' OR known.n, 'fail', 'unknown'),
	'storage-map', m.full_name, m.name, NULL,
	CASE WHEN e.destination_name = ''
		THEN format('entry %s names no storage class', coalesce(e.ref, '?'))
	WHEN known.n THEN format('storage class %s is not among the %d of the exports',
		e.destination_name, known.n)
	ELSE format('no export tells whether there is a storage class %s; oc get storageclass -o '
		|| 'yaml would', coalesce(e.destination_name, '?')) END
FROM judged_map AS m JOIN map_entry AS e ON e.map = m.id
CROSS JOIN (SELECT count(*) AS n FROM storage_class) AS known
WHERE m.kind = 'storage'
	AND NOT EXISTS (SELECT 1 FROM storage_class AS c WHERE c.name = e.destination_name);
