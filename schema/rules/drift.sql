-- SPDX-License-Identifier: Apache-2.0
-- What changed since the exports that --baseline names: network settings must stay as they are
-- before and after migration.  Without a baseline nothing is found.  A machine is the same where
-- its reference is, unless its UUIDs say otherwise, or else where vCenter's UUID of it is.  What
-- one side does not tell is no change.

-- RULE drift.mac
-- severity: warning
-- title: The MACs of a machine changed
-- why: What goes by the MAC (DHCP, port security, licences) does not know the machine any more.
-- remedy: Find out why; set the MAC back, or export again and take the new state as the baseline.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
WITH pair AS MATERIALIZED (
	SELECT b.id AS old, vm.id AS new, vm.ref, vm.name
	FROM base.vm AS b JOIN subject AS vm ON vm.type = b.type AND vm.ref = b.ref
	WHERE coalesce(vm.instance_uuid = b.instance_uuid, vm.uuid = b.uuid,
		CASE WHEN (SELECT format FROM record AS r WHERE r.id = vm.id)
			IS (SELECT format FROM base.record AS r WHERE r.id = b.id)
		THEN vm.site = b.site END, 1)
	UNION
	SELECT b.id, vm.id, vm.ref, vm.name
	FROM base.vm AS b JOIN subject AS vm ON vm.type = b.type
		AND vm.instance_uuid = b.instance_uuid),
whole_pair AS MATERIALIZED (
	SELECT p.* FROM pair AS p JOIN vm AS n ON n.id = p.new JOIN base.vm AS o ON o.id = p.old
	WHERE n.has_nics = 1 AND o.has_nics = 1
		AND NOT EXISTS (SELECT 1 FROM nic WHERE nic.vm = p.new AND nic.mac IS NULL)
		AND NOT EXISTS (SELECT 1 FROM base.nic AS b WHERE b.vm = p.old AND b.mac IS NULL)),
change AS (
	SELECT p.new, p.ref, p.name, 0 AS come,
		group_concat(b.mac || coalesce(' (' || b.name || ')', ''), ', ') AS macs
	FROM whole_pair AS p JOIN base.nic AS b ON b.vm = p.old
	WHERE NOT EXISTS (SELECT 1 FROM nic WHERE nic.vm = p.new AND nic.mac = b.mac)
	GROUP BY p.new
	UNION ALL
	SELECT p.new, p.ref, p.name, 1,
		group_concat(n.mac || coalesce(' (' || n.name || ')', ''), ', ')
	FROM whole_pair AS p JOIN nic AS n ON n.vm = p.new
	WHERE NOT EXISTS (SELECT 1 FROM base.nic AS b WHERE b.vm = p.old AND b.mac = n.mac)
	GROUP BY p.new)
SELECT 'fail', 'vm', ref, name, NULL, CASE
	WHEN min(come) = 1 THEN format('a NIC is new: %s', max(macs))
	WHEN max(come) = 0 THEN format('a NIC is gone: %s', max(macs))
	ELSE format('the MAC was %s and is %s', max(CASE WHEN come = 0 THEN macs END),
		max(CASE WHEN come = 1 THEN macs END)) END
FROM change GROUP BY new;

-- RULE drift.network
-- severity: warning
-- title: A NIC moved to another network
-- why: The map was made for the network on which the NIC was; its address belongs there.
-- remedy: Move the NIC back, or see that the network map has an entry for the new network.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
WITH pair AS MATERIALIZED (
	SELECT b.id AS old, vm.id AS new, vm.ref, vm.name
	FROM base.vm AS b JOIN subject AS vm ON vm.type = b.type AND vm.ref = b.ref
	WHERE coalesce(vm.instance_uuid = b.instance_uuid, vm.uuid = b.uuid,
		CASE WHEN (SELECT format FROM record AS r WHERE r.id = vm.id)
			IS (SELECT format FROM base.record AS r WHERE r.id = b.id)
		THEN vm.site = b.site END, 1)
	UNION
	SELECT b.id, vm.id, vm.ref, vm.name
	FROM base.vm AS b JOIN subject AS vm ON vm.type = b.type
		AND vm.instance_uuid = b.instance_uuid),
nics AS (
	SELECT p.ref AS vm_ref, p.name AS vm_name, n.id, n.mac, o.network AS old, n.network AS new,
		first(bn.ref) AS old_ref, coalesce(first(bn.name), o.network) AS old_name,
		first(m.ref) AS new_ref, coalesce(first(m.name), n.network) AS new_name,
		count(DISTINCT bn.ref) AS old_refs, count(DISTINCT m.ref) AS new_refs
	FROM pair AS p CROSS JOIN nic AS n ON n.vm = p.new CROSS JOIN base.nic AS o
		ON o.vm = p.old AND o.mac = n.mac
	CROSS JOIN vm ON vm.id = p.new CROSS JOIN base.vm AS b ON b.id = p.old
	LEFT JOIN base.network AS bn ON bn.type = b.type AND o.network IN (bn.ref, bn.name)
		AND coalesce(bn.site = b.site, 1)
	LEFT JOIN source_meaning AS m ON m.kind = 'network' AND m.type = vm.type
		AND m.site IS vm.site AND m.word = n.network
	WHERE o.network <> n.network
	GROUP BY n.id, o.id)
SELECT 'fail', 'vm', vm_ref, vm_name, NULL,
	format('NIC %s was on network %s and is on %s', mac, old_name, new_name)
FROM nics
WHERE CASE WHEN old_refs = 1 AND new_refs = 1 THEN old_ref <> new_ref
	ELSE old_name <> new_name AND old_name <> new AND new_name <> old
		AND (old_refs = new_refs OR old_name <> old OR new_name <> new) END;

-- RULE drift.vlan
-- severity: warning
-- title: The VLAN of a network changed
-- why: Machines on the network are not reached at the destination, which was prepared for the VLAN
--   it had.
-- remedy: Set the VLAN back, or change that of the network attachment definition too.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
SELECT 'fail', 'network', n.ref, n.name, NULL,
	format('the VLAN was %s and is %s', iif(b.vlan = '', 'none', b.vlan),
		iif(n.vlan = '', 'none', n.vlan))
FROM base.network AS b JOIN network AS n ON n.type = b.type
	AND coalesce(n.ref = b.ref, n.name = b.name)
	AND coalesce(n.site = b.site, 1)
WHERE coalesce(whole(b.vlan), b.vlan) <> coalesce(whole(n.vlan), n.vlan)
GROUP BY n.id;

-- RULE drift.address
-- severity: warning
-- title: The addresses of a NIC changed
-- why: Addresses must stay as they are before and after migration, or the machine is not reached.
-- remedy: Set the address back, or reserve it; export again and take the new state as the baseline.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
-- note: Link-local addresses do not count.  A guest that reports none now may be switched off.
WITH pair AS MATERIALIZED (
	SELECT b.id AS old, vm.id AS new, vm.ref, vm.name
	FROM base.vm AS b JOIN subject AS vm ON vm.type = b.type AND vm.ref = b.ref
	WHERE coalesce(vm.instance_uuid = b.instance_uuid, vm.uuid = b.uuid,
		CASE WHEN (SELECT format FROM record AS r WHERE r.id = vm.id)
			IS (SELECT format FROM base.record AS r WHERE r.id = b.id)
		THEN vm.site = b.site END, 1)
	UNION
	SELECT b.id, vm.id, vm.ref, vm.name
	FROM base.vm AS b JOIN subject AS vm ON vm.type = b.type
		AND vm.instance_uuid = b.instance_uuid),
old AS MATERIALIZED (SELECT p.new, coalesce(a.mac, '') AS mac, a.address
	FROM pair AS p JOIN base.address AS a ON a.vm = p.old WHERE link_local(a.address) = 0),
new AS MATERIALIZED (SELECT p.new, coalesce(a.mac, '') AS mac, a.address
	FROM (SELECT DISTINCT new FROM pair) AS p JOIN address AS a ON a.vm = p.new
	WHERE link_local(a.address) = 0),
change AS (
	SELECT o.new, o.mac FROM old AS o WHERE NOT EXISTS (SELECT 1 FROM new AS n
		WHERE n.new = o.new AND n.mac = o.mac AND n.address = o.address)
	UNION
	SELECT n.new, n.mac FROM new AS n WHERE NOT EXISTS (SELECT 1 FROM old AS o
		WHERE o.new = n.new AND o.mac = n.mac AND o.address = n.address))
SELECT iif(after IS NULL, 'unknown', 'fail'), 'vm', ref, name, NULL,
	iif(after IS NULL, format('%s had %s, and no export tells what it has now: one made while '
		|| 'the guest runs would', nic, before),
		format('%s had %s and has %s', nic, before, after))
FROM (SELECT vm.ref, vm.name, iif(c.mac = '', 'the machine', 'NIC ' || c.mac) AS nic,
		(SELECT group_concat(DISTINCT address) FROM old AS o
			WHERE o.new = c.new AND o.mac = c.mac) AS before,
		(SELECT group_concat(DISTINCT address) FROM new AS n
			WHERE n.new = c.new AND n.mac = c.mac) AS after
	FROM change AS c JOIN vm ON vm.id = c.new
	WHERE c.mac = '' OR EXISTS (SELECT 1 FROM nic WHERE nic.vm = c.new AND nic.mac = c.mac))
WHERE before IS NOT NULL;

-- RULE drift.vm.gone
-- severity: info
-- title: A machine of the baseline is no longer there
-- why: It was migrated, removed or unregistered since; a plan that names it does not start.
-- remedy: Take it out of the plans, or look for it at the source.
-- source: the exports
WITH known AS MATERIALIZED (
	SELECT DISTINCT type, site, ref IS NOT NULL AS has_ref,
		instance_uuid IS NOT NULL AS has_instance
	FROM vm)
SELECT 'fail', 'vm', b.ref, b.name, NULL, 'the baseline has the machine, the exports do not'
FROM base.vm AS b
WHERE coalesce(b.is_template, 0) = 0
	AND EXISTS (SELECT 1 FROM known AS k WHERE k.type = b.type AND coalesce(k.site = b.site, 1)
		AND (k.has_ref AND b.ref IS NOT NULL
			OR k.has_instance AND b.instance_uuid IS NOT NULL))
	AND NOT EXISTS (SELECT 1 FROM vm WHERE vm.ref = b.ref AND vm.type = b.type
		AND coalesce(vm.instance_uuid = b.instance_uuid, vm.uuid = b.uuid,
		CASE WHEN (SELECT format FROM record AS r WHERE r.id = vm.id)
			IS (SELECT format FROM base.record AS r WHERE r.id = b.id)
		THEN vm.site = b.site END, 1))
	AND NOT EXISTS (SELECT 1 FROM vm WHERE vm.type = b.type
		AND vm.instance_uuid = b.instance_uuid)
	AND (NOT EXISTS (SELECT 1 FROM judged_plan) OR EXISTS (SELECT 1 FROM plan_vm
		JOIN judged_plan AS p ON p.id = plan_vm.plan
		WHERE plan_vm.vm_ref = b.ref OR plan_vm.vm_name = b.name));
