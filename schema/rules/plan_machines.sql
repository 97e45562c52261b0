-- SPDX-License-Identifier: Apache-2.0
-- What Forklift's controller finds wrong with the machines of a plan.  Names are judged by
-- page.name and its kin.

-- RULE vm.VMRefNotValid
-- severity: blocker
-- category: Critical
-- title: A plan lists a machine without saying which
-- why: Forklift finds a machine by its id or its name.
-- remedy: Give each entry of spec.vms an id or a name, or take it out.
-- source: Forklift, pkg/controller/plan/validation.go
SELECT 'fail', 'plan', p.ref, p.name, p.ref,
	format('entry %s of the plan has neither an id nor a name', coalesce(pv.ref, '?'))
FROM judged_plan AS p JOIN plan_vm AS pv ON pv.plan = p.id
WHERE coalesce(pv.vm_ref, '') = '' AND coalesce(pv.vm_name, '') = '';

-- RULE vm.VMNotFound
-- severity: blocker
-- category: Critical
-- title: A plan lists a machine that the source does not have
-- why: Forklift does not start a plan with a machine that it cannot find.
-- remedy: Take the entry out of spec.vms, or correct its id.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: It fails only where the exports hold machines of the very provider of the plan.
SELECT iif(known.n, 'fail', 'unknown'), 'vm', coalesce(nullif(pv.vm_ref, ''), pv.vm_name),
	coalesce(nullif(pv.vm_name, ''), pv.vm_ref), p.ref,
	iif(known.n, format('the machine is not among the %d of provider %s', known.n,
		p.source_name),
	'no export holds the machine; the inventory of the plan''s provider would tell')
FROM judged_plan AS p JOIN plan_vm AS pv ON pv.plan = p.id
JOIN (SELECT s.plan_id, count(DISTINCT vm.id) AS n FROM plan_source AS s
	LEFT JOIN provider ON provider.id = s.provider_id
	LEFT JOIN vm ON vm.site IN (provider.uid, provider.instance_uuid)
	GROUP BY s.plan_id) AS known ON known.plan_id = p.id
WHERE (pv.vm_ref <> '' OR pv.vm_name <> '')
	AND NOT EXISTS (SELECT 1 FROM plan_machine AS m WHERE m.plan_vm = pv.id);

-- RULE vm.DuplicateVM
-- severity: blocker
-- category: Critical
-- title: A machine is listed twice, or a name is that of several
-- why: Forklift does not start a plan that does not say which machine it means, or means one twice.
-- remedy: List each machine once, by its id.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: Equal target names are judged by page.name.duplicate.plan.
SELECT 'fail', 'vm', vm.ref, vm.name, p.ref,
	format('the plan lists the machine %d times', count(DISTINCT m.plan_vm))
FROM judged_plan AS p JOIN plan_machine AS m ON m.plan = p.id JOIN vm ON vm.id = m.vm
GROUP BY p.id, vm.id HAVING count(DISTINCT m.plan_vm) > 1
UNION ALL
SELECT 'fail', 'vm', pv.vm_ref, pv.vm_name, p.ref,
	format('%d machines of the exports have this name: %s', count(DISTINCT m.vm),
		group_concat(DISTINCT coalesce(vm.path, vm.ref, vm.name)))
FROM judged_plan AS p JOIN plan_vm AS pv ON pv.plan = p.id
JOIN plan_machine AS m ON m.plan_vm = pv.id JOIN vm ON vm.id = m.vm
JOIN plan_source AS s ON s.plan_id = p.id
WHERE vm.type = s.type AND pv.vm_name IN (vm.name, vm.path) AND vm.ref IS NOT pv.vm_ref
GROUP BY pv.id, vm.site HAVING count(DISTINCT m.vm) > 1;

-- RULE vm.VMNetworksNotMapped
-- severity: blocker
-- category: Critical
-- title: A NIC's network has no entry in the network map
-- why: Forklift does not start a plan that does not say where a NIC is to be connected.
-- remedy: Add the network to spec.map of the network map, with a network attachment definition, the
--   pod network, or type ignored.
-- source: Forklift, pkg/controller/plan/adapter/*/validator.go
-- page: S-NET
WITH used AS (
	SELECT j.plan, vm.ref, vm.name, m.name AS map, coalesce(nic.network, '') AS word,
		CASE WHEN nic.network = '' THEN 0 ELSE w.mapped END AS mapped, j.plan_id, j.vm
	FROM judged AS j JOIN vm ON vm.id = j.vm
	JOIN plan_map AS m ON m.plan_id = j.plan_id AND m.kind = 'network' AND m.map IS NOT NULL
	JOIN nic_place AS nic ON nic.vm = j.vm AND (nic.network <> '' OR nic.network IS NULL
		OR vm.type = 'ovirt')
	LEFT JOIN word_mapped AS w ON w.map = m.map AND w.word = nic.network AND w.type = vm.type
		AND w.site IS vm.site
	UNION ALL
	SELECT j.plan, vm.ref, vm.name, m.name, '', NULL, j.plan_id, j.vm
	FROM judged AS j JOIN vm ON vm.id = j.vm
	JOIN plan_map AS m ON m.plan_id = j.plan_id AND m.kind = 'network' AND m.map IS NOT NULL
	WHERE vm.has_nics IS NULL AND NOT EXISTS (SELECT 1 FROM nic WHERE nic.vm = vm.id))
SELECT iif(min(mapped) = 0, 'fail', 'unknown'), 'vm', ref, name, plan,
	iif(min(mapped) = 0, format('network map %s has no entry for %s', map,
		group_concat(DISTINCT CASE WHEN mapped = 0
			THEN iif(word = '', 'a NIC without a network', word) END)),
	iif(max(word) = '', 'no export tells the networks of the machine; the inventory of its '
		|| 'source would',
	format('no export tells whether network map %s has an entry for %s; the network list of '
		|| 'the source would', map, group_concat(DISTINCT nullif(word, '')))))
FROM used WHERE mapped IS NOT 1 GROUP BY plan_id, vm;

-- RULE vm.VMStorageNotMapped
-- severity: blocker
-- category: Critical
-- title: A disk's datastore or storage domain has no entry in the storage map
-- why: Forklift does not start a plan that does not say where a disk is to be put.
-- remedy: Add the datastore to spec.map of the storage map, with a storage class.
-- source: Forklift, pkg/controller/plan/adapter/*/validator.go
-- note: oVirt's direct LUNs need no entry.
WITH used AS (
	SELECT j.plan, vm.ref, vm.name, m.name AS map, coalesce(disk.datastore, '') AS word,
		CASE WHEN disk.datastore = '' THEN 0 ELSE w.mapped END AS mapped, j.plan_id, j.vm
	FROM judged AS j JOIN vm ON vm.id = j.vm
	JOIN plan_map AS m ON m.plan_id = j.plan_id AND m.kind = 'storage' AND m.map IS NOT NULL
	JOIN disk ON disk.vm = j.vm AND disk.storage_type IS NOT 'lun'
	LEFT JOIN word_mapped AS w ON w.map = m.map AND w.word = disk.datastore
		AND w.type = vm.type AND w.site IS vm.site
	UNION ALL
	SELECT j.plan, vm.ref, vm.name, m.name, '', NULL, j.plan_id, j.vm
	FROM judged AS j JOIN vm ON vm.id = j.vm
	JOIN plan_map AS m ON m.plan_id = j.plan_id AND m.kind = 'storage' AND m.map IS NOT NULL
	WHERE vm.has_disks IS NULL AND NOT EXISTS (SELECT 1 FROM disk WHERE disk.vm = vm.id))
SELECT iif(min(mapped) = 0, 'fail', 'unknown'), 'vm', ref, name, plan,
	iif(min(mapped) = 0, format('storage map %s has no entry for %s', map,
		group_concat(DISTINCT CASE WHEN mapped = 0
			THEN iif(word = '', 'a disk on no datastore', word) END)),
	iif(max(word) = '', 'no export tells where the disks of the machine are; the inventory of '
		|| 'its source would',
	format('no export tells whether storage map %s has an entry for %s; the datastore list of '
		|| 'the source would', map, group_concat(DISTINCT nullif(word, '')))))
FROM used WHERE mapped IS NOT 1 GROUP BY plan_id, vm;

-- RULE vm.VMMultiplePodNetworkMappings
-- severity: blocker
-- category: Critical
-- title: More than one NIC of a machine is mapped to the pod network
-- why: A machine of KubeVirt has one NIC on the pod network at most.
-- remedy: Map all but one of the networks to network attachment definitions, or to type ignored.
-- source: Forklift, pkg/controller/plan/validation.go
-- page: S-NET
-- note: What cannot be told is told by vm.VMNetworksNotMapped.
SELECT 'fail', 'vm', vm.ref, vm.name, j.plan,
	format('%d NICs are mapped to the pod network: %s', count(*),
		group_concat(coalesce(nic.name, nic.mac, '?') || ' on ' || nic.network, ', '))
FROM judged AS j JOIN vm ON vm.id = j.vm
JOIN plan_map AS m ON m.plan_id = j.plan_id AND m.kind = 'network'
JOIN nic_place AS nic ON nic.vm = j.vm
WHERE EXISTS (SELECT 1 FROM word_entry AS e WHERE e.map = m.map AND e.word = nic.network
	AND e.type = vm.type AND e.site IS vm.site AND e.same = 1 AND e.destination_type = 'pod')
GROUP BY j.plan_id, j.vm HAVING count(*) > 1;

-- RULE vm.HostNotReady
-- severity: warning
-- category: Warn
-- title: The machine's ESXi host is in maintenance mode
-- why: A host in maintenance mode may be switched off while its disks are copied.
-- remedy: End the maintenance, or move the machine to another host before it is migrated.
-- source: Forklift, pkg/controller/plan/adapter/vsphere/validator.go
SELECT iif(host.in_maintenance = 1, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	iif(host.in_maintenance = 1,
	format('host %s is in maintenance mode', coalesce(host.name, host.ref)),
	format('no export tells whether host %s is in maintenance mode; the inventory''s hosts '
		|| 'would',
		coalesce(host.name, host.ref, vm.host, '?')))
FROM judged AS j JOIN vm ON vm.id = j.vm LEFT JOIN host ON host.id = vm.host_id
WHERE vm.type = 'vsphere' AND coalesce(host.in_maintenance, 1) = 1 AND vm.host IS NOT '';

-- RULE vm.VMMissingGuestIPs
-- severity: warning
-- category: Warn
-- title: Addresses are to be kept, and the guest does not report them
-- why: Forklift can set only such addresses again as the guest reported before.
-- remedy: Switch the machine on with VMware Tools running, let the inventory catch up, and compare
--   the MACs of the guest with those of the machine; or set spec.preserveStaticIPs of the plan to
--   false.
-- source: Forklift, pkg/controller/plan/adapter/vsphere/validator.go
-- page: S-NICIP
SELECT iif(vm.has_addresses = 1, 'fail', 'unknown'), 'vm', vm.ref, vm.name, j.plan,
	CASE WHEN vm.has_addresses IS NULL
		THEN 'no export tells the addresses that the guest reports; an inventory of '
			|| 'Forklift 2.7 or later or govc vm.info -json would'
	WHEN NOT EXISTS (SELECT 1 FROM address WHERE vm = vm.id)
		THEN 'addresses are to be kept, and the guest reports none'
	ELSE (SELECT format('the guest reports %s for the MAC %s, which no NIC of the machine has',
			min(a.address), a.mac)
		FROM address AS a WHERE a.vm = vm.id AND a.mac IS NOT NULL
			AND a.mac NOT IN (SELECT mac FROM nic WHERE nic.vm = vm.id
				AND mac IS NOT NULL)) END
FROM judged AS j JOIN judged_plan AS p ON p.id = j.plan_id JOIN vm ON vm.id = j.vm
WHERE vm.type = 'vsphere' AND p.preserve_ips = 1
	AND EXISTS (SELECT 1 FROM nic WHERE nic.vm = vm.id)
	AND (vm.has_addresses IS NULL OR NOT EXISTS (SELECT 1 FROM address WHERE address.vm = vm.id)
		OR EXISTS (SELECT 1 FROM address AS a WHERE a.vm = vm.id AND a.mac IS NOT NULL
			AND a.mac NOT IN (SELECT mac FROM nic WHERE nic.vm = vm.id
				AND mac IS NOT NULL)));

-- RULE vm.GuestToolsIssue
-- severity: blocker
-- category: Critical
-- title: VMware Tools are missing or not running in a machine that is on
-- why: Forklift shuts the guest down and learns its system and addresses by VMware Tools.
-- remedy: Install VMware Tools or open-vm-tools and start the service; or switch the machine off.
-- source: Forklift, pkg/controller/plan/adapter/vsphere/validator.go
-- page: S-TOOLS
SELECT iif(bad, 'fail', 'unknown'), 'vm', ref, name, plan,
	CASE WHEN bad AND coalesce(tools_status, '') IN ('', 'null')
		THEN iif(lower(tools_running) = 'guesttoolsnotrunning',
			'VMware Tools are not running',
			'vCenter knows nothing of VMware Tools in the guest')
	WHEN bad THEN format('VMware Tools: %s', iif(lower(tools_status) = 'toolsnotinstalled',
		tools_status, coalesce(tools_running, tools_status)))
	WHEN power_state IS NULL THEN 'no export tells whether the machine is on; govc vm.info '
		|| '-json would'
	ELSE 'no export tells the state of VMware Tools; an inventory of Forklift 2.11 or later, '
		|| 'govc vm.info -json or RVTools would' END
FROM (SELECT vm.*, j.plan, CASE
		WHEN vm.power_state IS NULL THEN NULL
		WHEN lower(vm.tools_status) = 'toolsnotinstalled'
			OR lower(vm.tools_running) = 'guesttoolsnotrunning' THEN 1
		WHEN vm.tools_status IN ('', 'null') THEN 1
		-- RVTools has this word alone.
		WHEN vm.tools_running IS NULL AND lower(vm.tools_status) = 'toolsnotrunning' THEN 1
		WHEN vm.tools_status IS NOT NULL OR vm.tools_running <> '' THEN 0 END AS bad
	FROM judged AS j JOIN vm ON vm.id = j.vm
	WHERE vm.type = 'vsphere' AND coalesce(vm.power_state, 'on') = 'on')
WHERE bad IS NOT 0;

-- RULE vm.VMCriticalConcerns
-- severity: blocker
-- category: Critical
-- title: Forklift has a critical concern about the machine
-- why: Forklift does not start a plan with a machine about which it has a critical concern.
-- remedy: See the rule of the concern; then let the inventory judge the machine again.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: It repeats what Forklift's export says; what it would say is told by the rules of category
--   Critical.
SELECT 'fail', 'vm', vm.ref, vm.name, j.plan,
	format('Forklift: %s%s', group_concat(DISTINCT coalesce(nullif(c.label, ''), c.rule)),
		iif(max(c.stale) = 1, ' (judged before the machine last changed)', ''))
FROM judged AS j JOIN vm ON vm.id = j.vm JOIN concern AS c ON c.vm = vm.id
WHERE c.category = 'Critical' GROUP BY j.plan_id, vm.id;
