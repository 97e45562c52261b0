-- SPDX-License-Identifier: Apache-2.0
-- The documented prerequisites about names of machines.

-- RULE page.name
-- severity: warning
-- category: Warn
-- page: S-NAME
-- title: The name is not one that KubeVirt takes
-- why: Names of machines must consist of lower-case letters, digits and hyphens, begin and end with
--   a letter or digit, and have at most 253 characters.  Forklift changes others, and the machine
--   is called differently afterwards.
-- remedy: Rename the machine at its source, or choose its name in the plan
--   (spec.vms[].targetName).
-- source: Forklift 2.3, prerequisites: source virtual machines
-- note: Forklift 2.4 and later change a name by themselves, and take over one with dots if it is a
--   DNS subdomain (TargetNameNotValid); up to 2.3 they refused.
SELECT iif(name IS NULL, 'unknown', 'fail'), 'vm', ref, name, plan, CASE
	WHEN name IS NULL THEN 'no export tells its name; any list of machines would'
	WHEN name = '' THEN 'its name is empty'
	WHEN length(name) > 253 THEN
		'its name has ' || length(name) || ' characters, and 253 are allowed'
	WHEN name GLOB '*[^a-z0-9-]*' THEN '''' || name || ''' has ' || substr(
		iif(name GLOB '*[A-Z]*', ', capitals', '') || iif(name GLOB '*[ ]*', ', blanks', '')
		|| iif(name GLOB '*.*', ', periods', '')
		|| iif(name GLOB '*[^A-Za-z0-9. -]*',
			', characters that are neither letters, digits nor hyphens', ''), 3)
	ELSE '''' || name || ''' begins or ends with a hyphen' END
	|| CASE WHEN name IS NULL OR becomes = name THEN ''
		WHEN becomes IS NULL THEN '; nothing is left of it, and Forklift would make one up'
		ELSE '; Forklift would call it ''' || becomes || '''' END
FROM judged_name
WHERE NOT chosen AND (name IS NULL OR name = '' OR length(name) > 253
	OR name GLOB '*[^a-z0-9-]*' OR name GLOB '-*' OR name GLOB '*-');

-- RULE page.name.target
-- severity: blocker
-- category: Critical
-- page: S-NAME
-- title: The name that the plan chooses is not valid
-- why: Forklift changes names that a source has, but refuses a plan that asks for a name that
--   Kubernetes does not allow.
-- remedy: Set spec.vms[].targetName to lower-case letters, digits and hyphens, with a letter or
--   digit at both ends.
-- source: Forklift, plan controller: NotValid (targetName)
SELECT 'fail', 'vm', ref, name, plan,
	'the plan calls it ''' || becomes || ''', which is no valid name'
FROM judged_name
WHERE chosen AND (becomes NOT GLOB '[a-z0-9]*' OR becomes NOT GLOB '*[a-z0-9]'
	OR becomes GLOB '*[^a-z0-9.-]*' OR becomes GLOB '*[.-].*' OR becomes GLOB '*.-*'
	OR length(becomes) > 253);

-- RULE page.name.long
-- severity: info
-- page: S-NAME
-- title: The name has more than 63 characters
-- why: Labels and the names of claims made from it are cut at 63 characters, and two that begin
--   alike cannot be told apart there.  Later releases allow no more than 63.
-- remedy: Rename the machine at its source, or choose a shorter name in the plan
--   (spec.vms[].targetName).
-- source: Forklift 2.11, prerequisites; Forklift, name.rego
SELECT 'fail', 'vm', ref, name, plan, 'its name has '
	|| length(iif(chosen, becomes, name)) || ' characters; labels keep 63 of them'
	|| iif(becomes <> name AND NOT chosen, ', and Forklift would call it ''' || becomes || '''', '')
FROM judged_name
WHERE length(iif(chosen, becomes, name)) > 63;

-- RULE page.name.taken
-- severity: blocker
-- category: Critical
-- page: S-DUP
-- title: The target namespace has a machine of this name
-- why: The migrated machine cannot be made beside it, and Forklift refuses the plan.
-- remedy: Remove or rename that machine, choose another target namespace, or another name in the
--   plan (spec.vms[].targetName).
-- source: Forklift, plan controller: VMAlreadyExists; Forklift 2.3, prerequisites
-- note: A machine that this very plan has made, or is making, is no other, as in Forklift.
SELECT 'fail', 'vm', j.ref, j.name, j.plan,
	'namespace ' || t.namespace || ' has a machine ''' || t.name || ''' already'
FROM judged_name AS j JOIN target_vm AS t ON t.name = j.becomes AND t.namespace = j.target_namespace
WHERE j.started IS NOT 1
UNION ALL
SELECT 'unknown', 'vm', ref, name, plan, 'the destination has a machine ''' || becomes
	|| ''', and no plan tells the target namespace; --target-namespace would'
FROM judged_name
WHERE coalesce(target_namespace, '') = '' AND becomes IN (SELECT name FROM target_vm)
UNION ALL
SELECT 'unknown', 'vm', ref, name, plan, 'no export tells which machines the destination has; '
	|| 'oc get vms -A -o json would, or if there are none, Forklift''s inventory of its providers'
FROM judged_name, destination_machines WHERE NOT told;

-- RULE page.name.duplicate.target
-- severity: warning
-- page: S-DUP
-- title: KubeVirt has a machine of this name elsewhere
-- why: The name of a machine must not be that of one in the KubeVirt environment.
-- remedy: Rename the machine at its source, or choose its name in the plan
--   (spec.vms[].targetName).
-- source: Forklift 2.3, prerequisites: source virtual machines
-- note: Forklift looks into the target namespace alone (page.name.taken).  Where no export tells
--   which machines there are, page.name.taken is unknown, and this says nothing.
SELECT 'fail', 'vm', j.ref, j.name, j.plan, 'there is a machine ''' || j.becomes
	|| ''' in namespace ' || group_concat(t.namespace, ', ')
	|| iif(coalesce(j.target_namespace, '') = '', ', and no target namespace is known', '')
FROM judged_name AS j JOIN target_vm AS t ON t.name = j.becomes
WHERE t.namespace IS NOT coalesce(j.target_namespace, '')
GROUP BY j.vm, j.plan, j.plan_vm;

-- RULE page.name.duplicate.plan
-- severity: blocker
-- page: S-DUP
-- title: Several machines would have the same name in one namespace
-- why: They go to the same namespace, and the one that is migrated second finds its name taken.
-- remedy: Rename one at its source, or choose its name in the plan (spec.vms[].targetName).
-- source: Forklift 2.3, prerequisites; Forklift, plan controller: VMAlreadyExists, DuplicateVM
-- note: Names count as they are after Forklift has made them valid.  Where it changes one anyway,
--   today's Forklift adds a random ending if the name is taken, and nobody can tell it beforehand.
WITH alike AS MATERIALIZED (
	SELECT becomes, coalesce(target_namespace, '') AS space, count(DISTINCT vm) AS many,
		min(name) AS one, max(name) AS other
	FROM judged_name WHERE becomes IS NOT NULL
	GROUP BY becomes, coalesce(target_namespace, '') HAVING count(DISTINCT vm) > 1)
SELECT 'fail', 'vm', j.ref, j.name, j.plan, alike.many || ' machines that are migrated'
	|| iif(space = '', '', ' to ' || space) || ' would be called ''' || j.becomes || ''''
	|| iif(one = other, '', ', ''' || one || ''' and ''' || other || ''' among them')
FROM judged_name AS j JOIN alike
	ON alike.becomes = j.becomes AND alike.space = coalesce(j.target_namespace, '');
