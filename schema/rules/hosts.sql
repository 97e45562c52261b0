-- SPDX-License-Identifier: Apache-2.0
-- Hosts of the source: Forklift's Host resources, through which it copies disks, and the hosts on
-- which the judged machines are.

-- RULE host.RefNotValid
-- severity: blocker
-- category: Critical
-- title: A Host resource refers to no host of the source
-- why: Forklift does not use a Host resource without its host, and goes through vCenter instead.
-- remedy: Correct spec.id of the Host resource, or delete it.
-- source: Forklift, pkg/controller/host/validation.go
SELECT iif(known.n OR coalesce(t.host_ref, '') || coalesce(t.host_name, '') = '',
		'fail', 'unknown'), 'transfer-host', t.ref, t.name, NULL,
	CASE WHEN coalesce(t.host_ref, '') || coalesce(t.host_name, '') = ''
		THEN 'the resource names no host'
	WHEN known.n THEN format('host %s is not among the %d hosts of the exports',
		coalesce(nullif(t.host_ref, ''), t.host_name), known.n)
	ELSE format('no export tells whether there is a host %s; the host list of the source would',
		coalesce(nullif(t.host_ref, ''), t.host_name)) END
FROM judged_transfer_host AS t
JOIN (SELECT t.id, count(host.id) AS n FROM judged_transfer_host AS t
	LEFT JOIN host ON host.type = 'vsphere' AND host.ref IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM foreign_site AS f
			WHERE f.provider = t.provider AND f.site = host.site)
	GROUP BY t.id) AS known ON known.id = t.id
WHERE t.id NOT IN (SELECT transfer FROM transfer_meaning);

-- RULE host.IpNotValid
-- severity: blocker
-- category: Critical
-- title: A Host resource has no address
-- why: The address is where the disks of the host's machines are copied from.
-- remedy: Set spec.ipAddress of the Host resource to the address of the vmkernel adapter for the
--   transfer.
-- source: Forklift, pkg/controller/host/validation.go
SELECT iif(address IS NULL, 'unknown', 'fail'), 'transfer-host', ref, name, NULL,
	iif(address IS NULL, 'no export tells the address of the resource; oc get host -A -o yaml '
		|| 'would',
	'the resource has no ipAddress')
FROM judged_transfer_host WHERE coalesce(address, '') = '';

-- RULE host.address.foreign
-- severity: warning
-- title: A Host resource has an address that its host does not show
-- why: Disks would be copied from another host, or from nowhere, when the address is a leftover.
-- remedy: Compare spec.ipAddress with the host's vmkernel adapters: govc host.info -json
-- source: Forklift, pkg/controller/host; inventory networkAdapters
SELECT 'fail', 'transfer-host', t.ref, t.name, NULL,
	format('address %s is none of host %s: %s', t.address, coalesce(host.name, host.ref),
		group_concat(DISTINCT a.address))
FROM judged_transfer_host AS t JOIN transfer_meaning AS m ON m.transfer = t.id
JOIN host ON host.id = m.host
JOIN host_adapter AS a ON a.host = host.id AND a.address <> ''
WHERE address(t.address) IS NOT NULL
GROUP BY t.id HAVING max(address(a.address) = address(t.address)) = 0;

-- RULE host.InMaintenance
-- severity: blocker
-- category: Critical
-- title: The host of a Host resource is in maintenance mode
-- why: Disks cannot be copied through a host that is about to be switched off.
-- remedy: End the maintenance, or delete the Host resource so that vCenter picks another host.
-- source: Forklift, pkg/controller/host/validation.go
SELECT iif(host.in_maintenance = 1, 'fail', 'unknown'), 'transfer-host', t.ref, t.name, NULL,
	format(iif(host.in_maintenance = 1, 'host %s is in maintenance mode',
		'no export tells whether host %s is in maintenance mode; govc host.info -json '
			|| 'would'),
		coalesce(host.name, host.ref))
FROM judged_transfer_host AS t JOIN transfer_meaning AS m ON m.transfer = t.id
JOIN host ON host.id = m.host
WHERE coalesce(host.in_maintenance, 1) = 1;

-- RULE host.NotHealthy
-- severity: blocker
-- category: Critical
-- title: The host of a Host resource is in status red
-- why: vCenter says that the host has a fault; Forklift does not copy disks through it.
-- remedy: See the host's alarms in vCenter, or delete the Host resource.
-- source: Forklift, pkg/controller/host/validation.go
-- note: What cannot be told is told by host.HostStatusNotGreen.
SELECT 'fail', 'transfer-host', t.ref, t.name, NULL,
	format('host %s has status red', coalesce(host.name, host.ref))
FROM judged_transfer_host AS t JOIN transfer_meaning AS m ON m.transfer = t.id
JOIN host ON host.id = m.host
WHERE lower(host.status) = 'red';

-- RULE host.HostStatusNotGreen
-- severity: warning
-- category: Warn
-- title: A host of judged machines is not in status green
-- why: vCenter says that something is wrong with the host from which disks will be copied.
-- remedy: See the host's alarms in vCenter, or move the machines to another host.
-- source: Forklift, pkg/controller/host/validation.go
-- note: Forklift judges Host resources alone; here each host with judged machines.
SELECT iif(host.status IS NULL, 'unknown', 'fail'), 'host', host.ref, host.name, NULL,
	iif(host.status IS NULL, 'no export tells the status of the host; the inventory''s hosts '
		|| 'or govc host.info -json would', format('the host has status %s', host.status))
FROM host
WHERE host.type = 'vsphere' AND coalesce(lower(host.status) IN ('yellow', 'gray', 'grey', 'red'), 1)
	AND (host.id IN (SELECT host_id FROM subject)
		OR host.id IN (SELECT host FROM transfer_meaning));

-- RULE host.disconnected
-- severity: blocker
-- title: vCenter has lost the host of judged machines
-- why: Disks of machines on a host that vCenter does not reach can be neither read nor opened for
--   copy.
-- remedy: Connect the host again in vCenter, or let its machines be started elsewhere.
-- source: vSphere API, HostSystem.runtime.connectionState
-- note: Forklift has no such condition.  Where no export tells, a status that is known speaks for
--   the connection: a host out of reach is gray, which host.HostStatusNotGreen reports.
SELECT iif(host.connection_state IS NULL, 'unknown', 'fail'), 'host', host.ref, host.name, NULL,
	iif(host.connection_state IS NULL, 'no export tells whether vCenter is connected to the '
		|| 'host; govc host.info -json would', format('the host is %s',
		host.connection_state))
FROM host
WHERE host.type = 'vsphere' AND host.id IN (SELECT host_id FROM subject)
	AND lower(coalesce(host.connection_state, iif(host.status <> '', 'connected',
		''))) <> 'connected';

-- RULE host.ovirt.not_up
-- severity: warning
-- title: An oVirt host of judged machines is not up
-- why: The engine hands a transfer of a disk to a host; one that is not up does not take it.
-- remedy: Activate the host in the engine, or move the machines to another.
-- source: oVirt REST API, hosts[].status
-- note: Forklift has no such condition for oVirt.
SELECT iif(host.status IS NULL AND host.in_maintenance IS NOT 1, 'unknown', 'fail'),
	'host', host.ref, host.name, NULL,
	CASE WHEN host.status IS NOT NULL THEN format('the host has status %s', host.status)
	WHEN host.in_maintenance = 1 THEN 'the host is in maintenance'
	ELSE 'no export tells the status of the host; the inventory''s hosts or oVirt''s REST API '
		|| 'would' END
FROM host
WHERE host.type = 'ovirt' AND host.id IN (SELECT host_id FROM subject)
	AND lower(coalesce(host.status, '')) NOT IN ('up', 'ok');
