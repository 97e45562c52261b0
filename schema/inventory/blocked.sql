-- SPDX-License-Identifier: Apache-2.0
-- What cannot be migrated as it is, plan by plan; read after the rules have run.

-- A row for each plan for which a blocker fails, and one (plan NULL) for what is in no plan, or
-- concerns all.  What is said of a machine alone is said for each of its plans.
CREATE VIEW blocked AS
WITH hit AS MATERIALIZED (
	SELECT coalesce(finding.plan, judged.plan) AS plan, finding.rule, finding.vm,
		json_array(finding.kind, finding.ref, finding.name) AS thing
	FROM finding LEFT JOIN judged
		ON finding.plan IS NULL AND finding.kind = 'vm' AND judged.vm = finding.vm
	WHERE finding.severity = 'blocker' AND finding.verdict = 'fail'),
per_rule AS MATERIALIZED (
	SELECT plan, rule, count(DISTINCT thing) AS things FROM hit GROUP BY plan, rule),
per_plan AS MATERIALIZED (
	SELECT plan, count(DISTINCT vm) AS machines FROM judged GROUP BY plan)
SELECT plan,
	count(DISTINCT CASE WHEN thing ->> 0 = 'vm' THEN thing END) AS machines,
	coalesce((SELECT machines FROM per_plan WHERE per_plan.plan IS hit.plan), 0) AS total,
	count(DISTINCT rule) AS rules,
	-- [["rule", how many objects], …], the worst five
	(SELECT json_group_array(json_array(rule, things)) FROM (
		SELECT rule, things FROM per_rule WHERE per_rule.plan IS hit.plan
		ORDER BY things DESC, rule LIMIT 5)) AS worst
FROM hit GROUP BY plan;
