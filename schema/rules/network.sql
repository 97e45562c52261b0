-- SPDX-License-Identifier: Apache-2.0
-- Networks of the destination, and what machines bring along: VLANs and MACs.

-- RULE page.nad
-- severity: blocker
-- title: A destination network after the first has no network attachment definition
-- why: The pod network is one; each further network that machines are to be connected to needs a
--   definition of its own.
-- remedy: Create it in the target namespace: oc apply -f - with kind NetworkAttachmentDefinition
--   (k8s.cni.cncf.io/v1) and spec.config of type bridge, the bridge of the nodes and the VLAN.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
SELECT iif(known.namespace IS NULL, 'unknown', 'fail'), 'network-map', m.full_name, m.name, NULL,
	format(iif(known.namespace IS NULL, 'the map leads to %d networks, and no export tells '
		|| 'whether %s/%s is there; oc get network-attachment-definitions -A -o yaml would',
		'the map leads to %d networks, and there is no network attachment definition '
			|| '%s/%s'),
		m.networks, coalesce(e.destination_namespace, '?'),
			coalesce(e.destination_name, '?'))
FROM (SELECT m.*, count(DISTINCT e.destination_type || ' ' || coalesce(e.destination_namespace, '')
		|| '/' || coalesce(e.destination_name, '')) AS networks
	FROM judged_map AS m JOIN map_entry AS e ON e.map = m.id
	WHERE m.kind = 'network' AND e.destination_type IN ('pod', 'multus') GROUP BY m.id) AS m
JOIN map_entry AS e ON e.map = m.id AND e.destination_type = 'multus'
LEFT JOIN nad_namespace AS known ON known.namespace = e.destination_namespace
WHERE m.networks > 1 AND NOT EXISTS (SELECT 1 FROM nad
	WHERE nad.namespace = e.destination_namespace AND nad.name = e.destination_name)
GROUP BY m.id, e.destination_namespace, e.destination_name
UNION ALL
SELECT 'unknown', 'source', type, type, NULL,
	format('the machines are on %d networks and no network map says where they lead: each '
		|| 'destination after the first needs a network attachment definition, %s; oc get '
		|| 'networkmap -A -o yaml would tell', count(DISTINCT network),
		CASE (SELECT count(*) FROM nad)
			WHEN 0 THEN 'of which no export has any'
			ELSE format('of which the exports have %d', (SELECT count(*) FROM nad)) END)
FROM (SELECT vm.type, vm.site, nic.network FROM subject AS vm
	JOIN nic_place AS nic ON nic.vm = vm.id WHERE nic.network <> '')
WHERE NOT EXISTS (SELECT 1 FROM judged_map WHERE kind = 'network')
GROUP BY type HAVING count(DISTINCT network) > 1;

-- RULE page.vlan
-- severity: warning
-- title: A network map leads from one VLAN to another
-- why: Addresses and VLANs must stay as they are, or the machine is not reached where it was.
-- remedy: Set vlan in spec.config of the network attachment definition to the VLAN of the source,
--   or correct the map.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
-- note: Only where both sides name a VLAN; a bridge may be tagged by the switch.
SELECT 'fail', 'network-map', m.full_name, m.name, NULL,
	format('source network %s has VLAN %s, %s/%s has VLAN %s', n.name, n.vlan, nad.namespace,
		nad.name, nad.vlan)
FROM judged_map AS m JOIN entry_meaning AS e ON e.map = m.id
JOIN (SELECT place.map, network.* FROM map_place AS place JOIN network ON network.ref = place.ref
		AND network.type = place.type AND network.site IS place.site
	WHERE place.kind = 'network') AS n ON n.map = m.id AND n.ref = e.ref
JOIN (SELECT *, whole(CASE WHEN json_valid(config) THEN config ->> '$.vlan' END) AS vlan
	FROM nad) AS nad ON nad.namespace = e.destination_namespace
		AND nad.name = e.destination_name
WHERE m.kind = 'network' AND e.destination_type = 'multus' AND nad.vlan > 0
	AND whole(n.vlan) > 0 AND whole(n.vlan) <> nad.vlan
GROUP BY e.entry;

-- RULE vm.MacConflicts
-- severity: blocker
-- category: Critical
-- title: A MAC of the machine is in use at the destination
-- why: Machines keep their MACs.  Two with the same on one network take each other's traffic.
-- remedy: Remove the other machine if it is a leftover, or give it another macAddress.
-- source: Forklift, pkg/controller/plan/validation.go
-- page: S-NET
-- note: The machine that this very plan has made of it keeps its MACs, and is no other.
SELECT 'fail', 'vm', vm.ref, vm.name, j.plan,
	format('%s', group_concat(DISTINCT format('%s is that of %s/%s', nic.mac, t.namespace,
		t.name)))
FROM judged_name AS j JOIN vm ON vm.id = j.vm JOIN nic ON nic.vm = vm.id
JOIN target_mac AS m ON m.mac = nic.mac JOIN target_vm AS t ON t.id = m.target
WHERE NOT coalesce(j.started = 1 AND t.name = j.becomes AND t.namespace = j.target_namespace, 0)
GROUP BY j.plan_id, vm.id
UNION ALL
SELECT 'unknown', 'vm', vm.ref, vm.name, j.plan,
	'no export tells the MACs of the machine; the inventory of its source would'
FROM judged AS j JOIN vm ON vm.id = j.vm
WHERE EXISTS (SELECT 1 FROM target_vm) AND (EXISTS (SELECT 1 FROM nic WHERE nic.vm = vm.id
		AND nic.mac IS NULL) OR (vm.has_nics IS NULL
		AND NOT EXISTS (SELECT 1 FROM nic WHERE nic.vm = vm.id)))
UNION ALL
SELECT 'unknown', 'destination', 'KubeVirt', 'KubeVirt', NULL,
	'no export tells the MACs that are in use at the destination; oc get virtualmachines -A -o '
		|| 'json would, or if there are no machines, Forklift''s inventory of its providers'
FROM destination_machines WHERE NOT told AND EXISTS (SELECT 1 FROM subject);

-- RULE page.mac.duplicate
-- severity: warning
-- title: Two machines that are to be migrated have the same MAC
-- why: Machines keep their MACs.  Two with the same on one network take each other's traffic, and
--   KubeVirt's MAC pool may refuse the second.
-- remedy: Give one of them another MAC at the source.
-- source: Forklift 2.3 documentation, Network prerequisites
-- page: S-NET
WITH shared AS MATERIALIZED (
	SELECT nic.mac, count(DISTINCT nic.vm) AS n FROM subject AS vm JOIN nic ON nic.vm = vm.id
	WHERE nic.mac <> '00:00:00:00:00:00' GROUP BY nic.mac HAVING count(DISTINCT nic.vm) > 1),
holder AS MATERIALIZED (
	SELECT shared.mac, shared.n, vm.id, vm.ref, vm.name,
		row_number() OVER (PARTITION BY shared.mac ORDER BY vm.id) AS turn
	FROM shared JOIN nic ON nic.mac = shared.mac JOIN subject AS vm ON vm.id = nic.vm
	GROUP BY shared.mac, vm.id),
-- All of them in each finding would be their square.
named AS MATERIALIZED (
	SELECT mac, group_concat(DISTINCT coalesce(name, ref)) || iif(n > 10, ', ...', '') AS names
	FROM holder WHERE turn <= 10 GROUP BY mac)
SELECT 'fail', 'vm', holder.ref, holder.name, NULL,
	format('%s is the MAC of %d machines: %s', mac, holder.n, named.names)
FROM holder JOIN named USING (mac)
ORDER BY holder.id, mac;
