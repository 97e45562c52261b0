-- SPDX-License-Identifier: Apache-2.0
-- The documented prerequisites on source machines: media, addresses, guests, Tools.  Names are in
-- page_names.sql.

-- RULE page.iso
-- severity: blocker
-- page: S-ISO
-- title: A CD or an ISO image is mounted
-- why: ISO images and CD-ROMs must be unmounted: they stay at the source, and the machine may look
--   for them when it starts.
-- remedy: vSphere: govc device.cdrom.eject -vm NAME, and clear "Connect at power on".  oVirt:
--   Change CD, Eject.
-- source: Forklift 2.3, prerequisites: source virtual machines
-- note: Forklift does not look at this, and its inventory of vSphere has no CD drives.  The drive
--   of a machine that is off counts if it has an image and is connected when it starts.
SELECT iif(bad > 0, 'fail', 'unknown'), 'vm', ref, name, NULL, CASE
	WHEN bad > 0 THEN coalesce('mounted: ' || which, 'the installer of VMware Tools is mounted')
	WHEN type = 'vsphere' THEN 'no export tells what is in its CD drives; '
		|| 'govc vm.info -json or RVTools vCD would'
	ELSE 'no export tells what is in its CD drives; a Forklift inventory (detail=all) or '
		|| '/ovirt-engine/api/vms?follow=cdroms would' END
FROM (
	SELECT v.type, v.ref, v.name, v.has_cdroms, total(c.mounted = 1) + max(v.tools_iso IS 1) AS bad,
		total(c.id IS NOT NULL AND c.mounted IS NULL) AS open,
		group_concat(iif(c.mounted = 1, coalesce(nullif(c.iso, ''), c.label, c.ref, 'a CD'), NULL),
			', ') AS which
	FROM subject AS v LEFT JOIN (
		SELECT cdrom.*, CASE
			WHEN vm.type = 'ovirt' THEN iso <> ''
			WHEN power_state = 'off' THEN iso <> '' AND starts_connected = 1
			WHEN power_state IS NOT NULL THEN cdrom.connected = 1 END AS mounted
		FROM cdrom JOIN vm ON vm.id = cdrom.vm) AS c ON c.vm = v.id
	GROUP BY v.id)
WHERE bad > 0 OR open > 0 OR has_cdroms IS NOT 1;

-- RULE page.nic.addresses
-- severity: warning
-- page: S-NICIP
-- title: A network adapter has no address, or too many
-- why: Each adapter must have one IPv4 address, one IPv6 address, or one of each; otherwise its
--   addresses cannot be kept.  Link-local addresses do not count.
-- remedy: Configure one address of a family on each adapter, or remove adapters that are not used;
--   start a machine once, with its Tools or agent, whose addresses are not known.
-- source: Forklift 2.3, prerequisites: source virtual machines
-- note: Forklift looks at a machine as a whole (vmware.vm_missing_ip.detected) and, if addresses
--   are to be kept, for adapters without any (VMMissingGuestIPs).
WITH seen AS MATERIALIZED (
	SELECT n.id, n.vm, coalesce(n.name || ' (' || n.mac || ')', n.name, n.mac, n.ref, '?') AS label,
		n.mac, n.connected, total(family(a.address) = 4) AS four,
		total(family(a.address) = 6) AS six, group_concat(a.address, ', ') AS which
	FROM nic AS n LEFT JOIN address AS a ON a.vm = n.vm AND link_local(a.address) = 0
		AND (a.mac = n.mac OR a.mac IS NULL
			AND (SELECT count(*) FROM nic AS other WHERE other.vm = n.vm) = 1)
	GROUP BY n.id
), guest AS MATERIALIZED (
	SELECT subject.*, EXISTS (SELECT 1 FROM address WHERE vm = subject.id) AS speaks,
		EXISTS (SELECT 1 FROM address WHERE vm = subject.id AND mac IS NULL) AS vague
	FROM subject
)
SELECT CASE WHEN four > 1 OR six > 1 THEN 'fail'
		WHEN power_state = 'on' AND has_addresses = 1 AND mac IS NOT NULL AND NOT vague AND (speaks
			OR tools_running = 'guestToolsRunning' OR guest_name_reported <> '') THEN 'fail'
		ELSE 'unknown' END, 'vm', ref, name, NULL,
	'adapter ' || label || CASE
		WHEN four > 1 OR six > 1 THEN ' has several addresses of one family: ' || which
		WHEN has_addresses IS NOT 1 THEN ': no export tells its addresses; ' || iif(type = 'vsphere',
			'a Forklift inventory of 2.7 or later, govc vm.info or RVTools vNetwork would',
			'/ovirt-engine/api/vms?follow=nics.reporteddevices or a Forklift inventory would')
		WHEN power_state IS NOT 'on' THEN ': its addresses are not known, as the machine does not '
			|| 'run; an export taken while it runs would tell'
		WHEN mac IS NULL OR vague THEN ': no export tells which addresses are its own; '
			|| iif(type = 'vsphere', 'a Forklift inventory or govc vm.info would',
			'/ovirt-engine/api/vms?follow=nics.reporteddevices or a Forklift inventory would')
		WHEN NOT (speaks OR tools_running IS 'guestToolsRunning' OR coalesce(guest_name_reported, '') > '')
			THEN ': its addresses are not known, as nothing in the guest reports any; an export '
			|| 'taken while its ' || iif(type = 'vsphere', 'Tools run', 'agent runs') || ' would tell'
		ELSE ' has no address' || iif(connected = 0, ', and is not connected', '') END
FROM guest JOIN seen ON seen.vm = guest.id
WHERE NOT (four <= 1 AND six <= 1 AND four + six > 0)
UNION ALL
SELECT 'unknown', 'vm', ref, name, NULL, 'no export tells its network adapters; '
	|| iif(type = 'vsphere', 'a Forklift inventory, govc vm.info or RVTools vNetwork would',
		'a Forklift inventory or /ovirt-engine/api/vms?follow=nics would')
FROM subject
WHERE has_nics IS NOT 1 AND NOT EXISTS (SELECT 1 FROM nic WHERE vm = subject.id);

-- RULE page.guest_os
-- severity: warning
-- page: S-OS
-- title: The operating system is not certified for the destination
-- why: The operating system must be certified and supported as a guest of KubeVirt.  Others may
--   run, and nobody will help when they do not.
-- remedy: Upgrade the guest, or ask its vendor for support on KubeVirt.
-- source: Forklift 2.3, prerequisites; Red Hat, article 4234591
-- note: Forklift judges RHEL 7 to 10 and today's Windows alone as supported
--   (vmware.os.unsupported).
SELECT iif(o.os IS NULL, 'unknown', 'fail'), 'vm', v.ref, v.name, NULL,
	CASE WHEN o.word IS NULL THEN 'no export tells its operating system; ' || iif(v.type = 'vsphere',
			'a Forklift inventory, govc vm.info or RVTools vInfo would',
			'a Forklift inventory (detail=all) or /ovirt-engine/api/vms would')
		WHEN o.os IS NULL THEN '''' || o.word || ''' names no operating system that is known here; '
			|| 'an export taken while its ' || iif(v.type = 'vsphere', 'Tools run', 'agent runs')
			|| ' would tell more'
		ELSE 'its operating system is ' || g.name || iif(g.name = o.word, '', ' (''' || o.word
			|| ''')') || ', which is not certified' END
FROM subject AS v JOIN guest_os_of AS o ON o.vm = v.id LEFT JOIN guest_os AS g ON g.os = o.os
WHERE g.certified IS NOT 1;

-- RULE page.guest_os.convertible
-- severity: blocker
-- page: S-OS
-- title: virt-v2v does not convert the operating system
-- why: Forklift converts machines from vSphere with virt-v2v, which gives up on systems it does not
--   know; the migration fails after the copy.
-- remedy: Leave the machine where it is, install it anew, or migrate it without conversion
--   (spec.skipGuestConversion) if it has virtio drivers.
-- source: Forklift 2.3, prerequisites; virt-v2v-support(1); virt-v2v, convert/convert.ml
-- note: Machines of oVirt run on KVM already and are not converted; machines of plans without
--   conversion are not judged.
SELECT iif(o.os IS NULL OR g.convertible IS NULL, 'unknown', 'fail'), 'vm', v.ref, v.name, NULL,
	CASE WHEN o.word IS NULL THEN 'no export tells its operating system; '
			|| 'a Forklift inventory, govc vm.info or RVTools vInfo would'
		WHEN o.os IS NULL THEN '''' || o.word || ''' names no operating system that is known here; '
			|| 'an export taken while its Tools run would tell more'
		ELSE 'its operating system is ' || g.name || iif(g.name = o.word, '', ' (''' || o.word
			|| ''')') || ', which virt-v2v does not convert' END
FROM subject AS v JOIN guest_os_of AS o ON o.vm = v.id LEFT JOIN guest_os AS g ON g.os = o.os
WHERE v.type = 'vsphere' AND g.convertible IS NOT 1 AND v.id IN (
	SELECT judged.vm FROM judged LEFT JOIN plan ON plan.id = judged.plan_id
	WHERE coalesce(plan.skip_conversion, 0) = 0);
