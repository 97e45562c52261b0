-- SPDX-License-Identifier: Apache-2.0
-- What Forklift's controller itself reports of its resources: conditions that hold, as the exports
-- have them.  Many depend on what no export shows; here they are not lost.

-- RULE reported.critical
-- severity: blocker
-- category: Critical
-- title: Forklift reports a critical condition
-- why: Forklift does nothing with a resource of which it reports a condition of this category.
-- remedy: oc describe KIND NAME -n NAMESPACE shows it in full; docs/rules.md says what it means.
-- source: status.conditions of Plan, Provider, NetworkMap, StorageMap and Host
-- note: It is as old as the export.
WITH holder AS (
	SELECT 'plan' AS kind, ref AS id, name, ref AS plan, conditions FROM judged_plan
	UNION ALL SELECT 'provider', full_name, name, NULL, conditions FROM judged_provider
	UNION ALL SELECT kind || '-map', full_name, name, NULL, conditions FROM judged_map
	UNION ALL SELECT 'transfer-host', ref, name, NULL, conditions FROM judged_transfer_host)
SELECT 'fail', h.kind, h.id, h.name, h.plan, format('Forklift reports %s%s%s',
	coalesce(c.value ->> '$.type', 'a condition without a type'),
	coalesce(': ' || rtrim(c.value ->> '$.message', '. '), ''),
	iif(json_type(c.value, '$.items') = 'array' AND json_array_length(c.value, '$.items') > 0,
	coalesce(' (' || (SELECT group_concat(trim(i.value), '; ')
		FROM json_each(c.value, '$.items') AS i
		WHERE i.type = 'text') || ')', ''), ''))
FROM holder AS h JOIN json_each(iif(json_valid(h.conditions), h.conditions, '[]')) AS c
WHERE c.type = 'object' AND c.value ->> '$.status' = 'True'
	AND c.value ->> '$.category' IN ('Critical', 'Error');

-- RULE reported.warning
-- severity: warning
-- category: Warn
-- title: Forklift warns of a condition
-- why: Forklift goes on, but says that the result may not be what is wanted.
-- remedy: oc describe KIND NAME -n NAMESPACE shows it in full; docs/rules.md says what it means.
-- source: status.conditions of Plan, Provider, NetworkMap, StorageMap and Host
-- note: It is as old as the export.
WITH holder AS (
	SELECT 'plan' AS kind, ref AS id, name, ref AS plan, conditions FROM judged_plan
	UNION ALL SELECT 'provider', full_name, name, NULL, conditions FROM judged_provider
	UNION ALL SELECT kind || '-map', full_name, name, NULL, conditions FROM judged_map
	UNION ALL SELECT 'transfer-host', ref, name, NULL, conditions FROM judged_transfer_host)
SELECT 'fail', h.kind, h.id, h.name, h.plan, format('Forklift reports %s%s%s',
	coalesce(c.value ->> '$.type', 'a condition without a type'),
	coalesce(': ' || rtrim(c.value ->> '$.message', '. '), ''),
	iif(json_type(c.value, '$.items') = 'array' AND json_array_length(c.value, '$.items') > 0,
	coalesce(' (' || (SELECT group_concat(trim(i.value), '; ')
		FROM json_each(c.value, '$.items') AS i
		WHERE i.type = 'text') || ')', ''), ''))
FROM holder AS h JOIN json_each(iif(json_valid(h.conditions), h.conditions, '[]')) AS c
WHERE c.type = 'object' AND c.value ->> '$.status' = 'True'
	AND c.value ->> '$.category' = 'Warn';
