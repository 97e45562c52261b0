-- SPDX-License-Identifier: Apache-2.0
-- What plans refer to: which provider, which maps, and where a map sends what a machine has.
--
-- Machines name their networks and datastores by reference or by name, as their export has it;
-- so do maps.  Two words are compared by reference where both have one, else by name, and where
-- neither will do it cannot be told.

-- What a plan migrates from.  type: of its provider, else of its machines.
CREATE VIEW plan_source AS
SELECT p.id AS plan_id, provider.id AS provider_id,
	coalesce(provider.type, (SELECT vm.type FROM plan_machine AS m JOIN vm ON vm.id = m.vm
		WHERE m.plan = p.id ORDER BY m.vm LIMIT 1)) AS type
FROM judged_plan AS p
LEFT JOIN provider ON provider.namespace = p.source_namespace AND provider.name = p.source_name;

-- The Provider resources that plans migrate from; where there is no plan, all.
CREATE VIEW judged_provider AS
SELECT *, coalesce(namespace || '/', '') || coalesce(name, uid) AS full_name FROM provider
WHERE (namespace IS NOT NULL OR uid IS NOT NULL)
	AND (id IN (SELECT provider_id FROM plan_source) OR NOT EXISTS (SELECT 1 FROM judged_plan));

-- The maps of plans.  map: NULL where a plan names a map that no export holds.
CREATE VIEW plan_map AS
SELECT p.id AS plan_id, 'network' AS kind, p.network_map_namespace AS namespace,
	p.network_map AS name, map.id AS map
FROM judged_plan AS p LEFT JOIN map ON map.kind = 'network'
	AND map.namespace = p.network_map_namespace AND map.name = p.network_map
UNION ALL
SELECT p.id, 'storage', p.storage_map_namespace, p.storage_map, map.id
FROM judged_plan AS p LEFT JOIN map ON map.kind = 'storage'
	AND map.namespace = p.storage_map_namespace AND map.name = p.storage_map
WHERE p.migration_type IS NOT 'conversion';

-- The maps that count: those of plans; where there is no plan, all.
CREATE VIEW judged_map AS
SELECT *, namespace || '/' || name AS full_name FROM map
WHERE id IN (SELECT map FROM plan_map) OR NOT EXISTS (SELECT 1 FROM judged_plan);

-- What a map maps from: by its provider, else by a plan that uses it.
CREATE VIEW map_source AS
SELECT m.id AS map, coalesce(provider.type, first(s.type)) AS type,
	coalesce(provider.id, first(s.provider_id)) AS provider
FROM map AS m LEFT JOIN provider
	ON provider.namespace = m.source_namespace AND provider.name = m.source_name
LEFT JOIN plan_map ON plan_map.map = m.id
LEFT JOIN plan_source AS s ON s.plan_id = plan_map.plan_id
GROUP BY m.id;

-- The Host resources that count: those of the providers that plans migrate from; where there is no
-- plan, all.
CREATE VIEW judged_transfer_host AS
SELECT t.*, p.id AS provider FROM transfer_host AS t
LEFT JOIN provider AS p ON p.namespace = t.provider_namespace AND p.name = t.provider_name
WHERE (t.provider_namespace, t.provider_name)
		IN (SELECT source_namespace, source_name FROM judged_plan)
	OR NOT EXISTS (SELECT 1 FROM judged_plan);

-- The hosts that may be meant by one.
CREATE VIEW transfer_meaning AS
SELECT t.id AS transfer, host.id AS host
FROM judged_transfer_host AS t JOIN host ON host.type = 'vsphere'
	AND (host.ref = t.host_ref OR (coalesce(t.host_ref, '') = '' AND host.name = t.host_name))
WHERE NOT EXISTS (SELECT 1 FROM foreign_site AS f
	WHERE f.provider = t.provider AND f.site = host.site);

-- The networks and datastores of the source.
CREATE VIEW source_place AS
SELECT 'network' AS kind, type, site, ref, name, record.format
FROM network LEFT JOIN record ON record.id = network.id
UNION ALL
SELECT 'storage', type, site, ref, name, record.format
FROM datastore LEFT JOIN record ON record.id = datastore.id;

-- Those of what a map maps from, as far as can be told.
CREATE VIEW map_place AS
SELECT s.map, place.*
FROM map_source AS s JOIN source_place AS place ON coalesce(place.type = s.type, 1)
WHERE NOT EXISTS (SELECT 1 FROM foreign_site AS f
	WHERE f.provider = s.provider AND f.site = place.site);

-- NICs with their networks; those of oVirt name a profile instead, and '' where they have none.
CREATE VIEW nic_place AS
SELECT id, vm, name, mac, coalesce(network, CASE profile WHEN '' THEN ''
	ELSE (SELECT first(p.network) FROM nic_profile AS p
		WHERE p.ref = nic.profile) END) AS network
FROM nic;

-- Each word that machines use for a network or a datastore, and the format that has it.
CREATE VIEW source_word AS
SELECT w.kind, w.type, w.site, w.word, record.format
FROM (SELECT 'network' AS kind, vm.type, vm.site, nic.network AS word, min(vm.id) AS vm
		FROM nic_place AS nic JOIN vm ON vm.id = nic.vm
		WHERE nic.network <> '' GROUP BY vm.type, vm.site, nic.network
	UNION ALL
	SELECT 'storage', vm.type, vm.site, disk.datastore, min(vm.id)
		FROM disk JOIN vm ON vm.id = disk.vm
		WHERE disk.datastore <> '' GROUP BY vm.type, vm.site, disk.datastore) AS w
LEFT JOIN record ON record.id = w.vm;

-- What it means, once for each thing that it may mean.  Sites are comparable within one format.
CREATE VIEW source_meaning AS
SELECT w.kind, w.type, w.site, w.word,
	CASE WHEN place.kind IS NOT NULL THEN place.ref WHEN w.is_ref THEN w.word END AS ref,
	CASE WHEN place.kind IS NOT NULL THEN place.name WHEN NOT w.is_ref THEN w.word END AS name
FROM (SELECT *, word GLOB 'network-[0-9]*' OR word GLOB 'network-o[0-9]*'
		OR word GLOB 'dvportgroup-[0-9]*' OR word GLOB 'datastore-[0-9]*'
			OR uuid(word) IS NOT NULL AS is_ref
	FROM source_word) AS w
LEFT JOIN source_place AS place ON place.kind = w.kind AND place.type = w.type
	AND (w.word = place.ref OR w.word = place.name)
	AND (coalesce(place.site = w.site, 1) OR place.format IS NOT w.format);

-- An entry of a map, likewise; path is a name with folders in front.
CREATE VIEW entry_meaning AS
SELECT e.id AS entry, e.map, map.kind, e.destination_type, e.destination_namespace,
	e.destination_name, e.offload,
	coalesce(nullif(e.source_ref, ''), place.ref) AS ref,
	coalesce(place.name, nullif(e.source_name, '')) AS name, e.source_name AS path
FROM map_entry AS e JOIN map ON map.id = e.map
LEFT JOIN map_place AS place ON place.map = map.id AND place.kind = map.kind
	AND CASE WHEN e.source_ref <> '' THEN place.ref = e.source_ref
		ELSE place.name = e.source_name
			OR '/' || place.name = substr(e.source_name, -length(place.name) - 1) END;

-- same: 1 the entry is for this word, 0 it is for another, NULL it cannot be told.
CREATE VIEW word_matching AS
SELECT w.kind, w.type, w.site, w.word, e.entry, e.map, e.destination_type, e.offload,
	CASE WHEN w.word = e.ref OR w.word = e.path THEN 1
		WHEN w.ref <> '' AND e.ref <> '' THEN w.ref = e.ref
		WHEN w.name <> '' AND e.name <> '' THEN w.name = e.name
			OR '/' || w.name = substr(e.name, -length(w.name) - 1) END AS same
FROM source_meaning AS w JOIN entry_meaning AS e ON e.kind = w.kind;

-- Those that are not for another, one of each word's that cannot be told; filled by the engine
-- before the rules, as each word is compared with each entry.
CREATE TABLE word_entry (
	map INTEGER NOT NULL, word TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, site TEXT,
	entry INTEGER NOT NULL, destination_type TEXT, offload INTEGER, same INTEGER
) STRICT;
CREATE INDEX word_entry_word ON word_entry (map, word);

-- mapped: 1, 0 or NULL, for each word and each map that counts; likewise.
CREATE VIEW word_mapping AS
SELECT w.kind, w.type, w.site, w.word, map.id AS map,
	CASE WHEN max(e.same) THEN 1 WHEN count(e.entry) > 0 THEN NULL ELSE 0 END AS mapped
FROM source_word AS w JOIN judged_map AS map ON map.kind = w.kind
LEFT JOIN word_entry AS e ON e.map = map.id AND e.kind = w.kind AND e.type = w.type
	AND e.site IS w.site AND e.word = w.word
GROUP BY map.id, w.kind, w.type, w.site, w.word;
CREATE TABLE word_mapped (
	map INTEGER NOT NULL, word TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, site TEXT,
	mapped INTEGER
) STRICT;
CREATE INDEX word_mapped_word ON word_mapped (map, word);

-- Namespaces whose network attachment definitions are at hand: one of theirs is, or those of
-- several namespaces are, as a list of all has them.
CREATE VIEW nad_namespace AS
SELECT namespace FROM nad
UNION
SELECT destination_namespace FROM map_entry WHERE (SELECT count(DISTINCT namespace) FROM nad) > 1
UNION
SELECT transfer_network_namespace FROM plan
WHERE (SELECT count(DISTINCT namespace) FROM nad) > 1;

-- told: which machines the destination has is known, were it that there are none.
CREATE VIEW destination_machines AS
SELECT EXISTS (SELECT 1 FROM target_vm)
	OR EXISTS (SELECT 1 FROM provider WHERE type = 'openshift' AND machines = 0) AS told;

-- The release of Forklift that counts, as 'major.minor...'; NULL: nobody says.
CREATE VIEW judged_release AS
SELECT coalesce(asked.release, (SELECT first(version) FROM product WHERE name = 'forklift'))
	AS release
FROM asked;
