-- SPDX-License-Identifier: Apache-2.0
-- What rules begin with: who is judged, and for which migration.

-- Plans that count: the one that was asked for; of all, those that are not archived and have not
-- succeeded.
CREATE VIEW judged_plan AS
SELECT plan.*, coalesce(asked.warm, plan.warm) AS judged_warm,
	coalesce(asked.target_namespace, plan.target_namespace) AS judged_namespace
FROM plan CROSS JOIN asked
WHERE iif(asked.plan IS NULL, coalesce(plan.archived, 0) = 0 AND coalesce(plan.succeeded, 0) = 0,
	asked.plan IN (plan.name, plan.namespace || '/' || plan.name));

-- Where what bears a site's name is told of; filled by resolve.sql.
CREATE TABLE site (
	name TEXT PRIMARY KEY,
	inventory INTEGER NOT NULL    -- in an inventory of Forklift
) STRICT;

-- What goes by such a site is not of the provider.  Forklift's inventories go by the uid of theirs,
-- others by vCenter's own UUID.
CREATE VIEW foreign_site AS
SELECT p.id AS provider, s.name AS site
FROM provider AS p CROSS JOIN site AS s
WHERE coalesce(s.name <> p.uid, 1) AND coalesce(s.name <> p.instance_uuid, 1)
	AND (nullif(iif(s.inventory, p.uid, p.instance_uuid), '') IS NOT NULL
		OR EXISTS (SELECT 1 FROM provider AS other
			WHERE s.name IN (other.uid, other.instance_uuid)
			AND coalesce(other.instance_uuid <> p.instance_uuid, other.id <> p.id)));

-- What the table judged is filled from: each machine once for each plan that it is in; where there
-- is no plan, each machine that is no template, once.
CREATE VIEW judging AS
SELECT p.id AS plan_id, p.ref AS plan, m.vm AS vm, plan_vm.id AS plan_vm,
	coalesce(p.judged_warm, 0) AS warm, p.judged_namespace AS target_namespace,
	plan_vm.target_name AS target_name, plan_vm.started AS started
FROM judged_plan AS p JOIN plan_machine AS m ON m.plan = p.id
	JOIN plan_vm ON plan_vm.id = m.plan_vm
UNION ALL
SELECT NULL, NULL, vm.id, NULL, coalesce(asked.warm, 0), asked.target_namespace, NULL, NULL
FROM vm CROSS JOIN asked
WHERE coalesce(vm.is_template, 0) = 0
	AND asked.plan IS NULL AND NOT EXISTS (SELECT 1 FROM judged_plan);

-- The judged machines, each once.
CREATE VIEW subject AS
SELECT * FROM vm WHERE judged = 1;

-- Where a subject stands.
CREATE VIEW subject_host AS
SELECT subject.id AS vm, host.* FROM subject JOIN host ON host.id = subject.host_id;
CREATE VIEW subject_cluster AS
SELECT subject.id AS vm, cluster.* FROM subject JOIN cluster ON cluster.id = subject.cluster_id;

-- What each judged machine will be called.  Forklift leaves a name alone that is a DNS-1123
-- subdomain, and makes one out of any other.  chosen: the plan names it; becomes: NULL if nothing
-- is left of it or nobody knows the name.
CREATE VIEW judged_name AS
SELECT judged.*, vm.type, vm.ref, vm.name, coalesce(target_name, '') <> '' AS chosen,
	CASE WHEN coalesce(target_name, '') <> '' THEN target_name
		WHEN vm.name GLOB '[a-z0-9]*' AND vm.name GLOB '*[a-z0-9]'
			AND vm.name NOT GLOB '*[^a-z0-9.-]*' AND vm.name NOT GLOB '*[.-].*'
			AND vm.name NOT GLOB '*.-*' AND length(vm.name) <= 253 THEN vm.name
		ELSE renamed(vm.name) END AS becomes
FROM judged JOIN vm ON vm.id = judged.vm;
