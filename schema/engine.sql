-- SPDX-License-Identifier: Apache-2.0
--
-- What the engine itself runs on an inventory, besides what it makes for each table (merge.c) and
-- for each script.

-- STMT source_put
INSERT INTO source (name, bytes) VALUES (?1, 0);

-- STMT source_done
UPDATE source SET bytes = ?2, records = ?3 WHERE id = ?1;

-- STMT record_drop (scan: from the end, those of the source that was begun last)
DELETE FROM record
WHERE id > coalesce((SELECT id FROM record WHERE source <> ?1 ORDER BY id DESC LIMIT 1), 0);

-- STMT source_drop
DELETE FROM source WHERE id = ?1;

-- STMT record_put
INSERT INTO record (source, place, list, format, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- STMT importing_put
INSERT INTO temp.importing (format, kind) VALUES (?1, ?2);

-- STMT importing_none
DELETE FROM temp.importing;

-- STMT record_has
SELECT count(*) FROM (SELECT 1 FROM record WHERE format = ?1 AND kind = ?2 LIMIT 1);

-- STMT foreign (scan: all of them, once)
SELECT name, n, records, place FROM source JOIN (
	SELECT source, count(*) AS n, place, min(id) FROM record WHERE format IS NULL GROUP BY source)
	AS foreigner ON source.id = foreigner.source
ORDER BY source.id;

-- STMT asked_put
INSERT INTO asked (plan, warm, target_namespace, release) VALUES (?1, ?2, ?3, ?4);

-- STMT judged_put (scan: all of them, once)
INSERT INTO judged (plan_id, plan, vm, plan_vm, warm, target_namespace, target_name, started)
SELECT plan_id, plan, vm, plan_vm, warm, target_namespace, target_name, started FROM judging;

-- STMT judged_mark (scan: all of them, once)
UPDATE vm SET judged = id IN (SELECT vm FROM judged);

-- STMT judged_analyze
ANALYZE judged;

-- STMT word_entry_put (scan: all of them, once)
INSERT INTO word_entry (map, word, kind, type, site, entry, destination_type, offload, same)
SELECT map, word, kind, type, site, min(entry), destination_type, offload, same FROM word_matching
WHERE same IS NOT 0 GROUP BY map, kind, type, site, word, iif(same, entry, NULL);

-- STMT word_mapped_put (scan: all of them, once)
INSERT INTO word_mapped (map, word, kind, type, site, mapped)
SELECT map, word, kind, type, site, mapped FROM word_mapping;

-- STMT finding_put
INSERT INTO finding (rank, rule, severity, verdict, kind, ref, name, plan, message)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- STMT finding_drop (scan: all of them, when a rule has failed)
DELETE FROM finding WHERE rank = ?1;

-- STMT finding_machines (scan: all of them, once)
WITH alone (id, ref, name) AS MATERIALIZED (
	SELECT min(id), ref, name FROM subject GROUP BY ref, name HAVING count(*) = 1)
UPDATE finding SET vm = alone.id
FROM alone
WHERE finding.kind = 'vm' AND alone.ref IS finding.ref AND alone.name IS finding.name;

-- STMT finding_order
CREATE INDEX finding_order ON finding (
	CASE severity WHEN 'blocker' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rank, verdict, kind,
	name, ref, plan);

-- STMT findings (scan: all of them, by that index)
SELECT rank, verdict = 'unknown', kind, ref, name, plan, message FROM finding
ORDER BY CASE severity WHEN 'blocker' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, rank, verdict,
	kind, name, ref, plan, id;

-- STMT finding_counts (scan: all of them)
SELECT severity, verdict = 'unknown', count(*) FROM finding GROUP BY 1, 2;

-- STMT plan_count
SELECT count(*) FROM judged_plan;

-- STMT machine_counts (scan: all of them)
WITH blockers (ref, name, fails) AS MATERIALIZED (
	SELECT ref, name, max(verdict = 'fail') FROM finding
	WHERE kind = 'vm' AND severity = 'blocker' GROUP BY ref, name)
SELECT count(*), coalesce(sum(fails = 1), 0), coalesce(sum(CASE WHEN fails IS NULL THEN (
		SELECT count(*) > 0 FROM finding WHERE kind = 'rule' AND severity = 'blocker')
	ELSE fails = 0 END), 0)
FROM subject AS vm LEFT JOIN blockers ON blockers.ref IS vm.ref AND blockers.name IS vm.name;

-- STMT offers (scan: all of them)
SELECT provider, type, role, address, name, fingerprint, site, manager FROM endpoint_offer;

-- STMT differences (scan: all of them)
SELECT forklift, rule, id, name, text, reason FROM forklift_difference;
