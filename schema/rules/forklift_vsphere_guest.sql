-- SPDX-License-Identifier: Apache-2.0
-- Forklift's own rules about the guests of vSphere machines, under Forklift's ids.
-- An unknown of a rule whose severity is info is not reported.

-- RULE vmware.guestDisks.freespace
-- severity: blocker
-- category: Critical
-- title: A file system of the guest has too little free space
-- why: virt-v2v writes drivers and a new initial RAM disk into the guest, and refuses a file system
--   that has less room than it may need: 100 MiB on / or C:, 50 MiB on /boot, 10 MiB on others.
-- remedy: Make room in the guest: remove old kernels, logs, caches.
-- source: Forklift, validation policy filesystem_size.rego; virt-v2v, convert/convert.ml
-- note: A machine whose guest reports no file system at all passes, as in Forklift.
SELECT 'fail', 'vm', ref, name, NULL, printf('%s has %.1f MiB free, and conversion needs %d',
	path, free / 1048576.0, needed)
FROM (
	SELECT v.ref, v.name, g.path, g.free, CASE
		WHEN lower(g.path) IN ('/', 'c:', 'c:\', 'c:/') THEN 100
		WHEN g.path = '/boot' THEN 50 ELSE 10 END AS needed
	FROM subject AS v JOIN guest_disk AS g ON g.vm = v.id WHERE v.type = 'vsphere')
WHERE free < needed * 1048576
UNION ALL
SELECT 'unknown', 'vm', ref, name, NULL, 'no export tells how much room its file systems have; '
	|| 'a Forklift inventory of 2.9 or later, govc vm.info or RVTools vPartition would'
FROM subject WHERE type = 'vsphere' AND (has_guest_disks IS NOT 1
	OR EXISTS (SELECT 1 FROM guest_disk WHERE vm = subject.id AND free IS NULL));

-- RULE vmware.guestDisks.key.not_found
-- severity: info
-- category: Information
-- title: The guest does not say on which disk a volume lies
-- why: Drive letters of Windows are told by it; without, they cannot be matched with disks.
-- remedy: Update VMware Tools in the guest.
-- source: Forklift, validation policy guest_disk_mapping.rego
SELECT 'fail', 'vm', v.ref, v.name, NULL,
	'the guest does not say on which disk ' || coalesce(g.path, g.ref, '?') || ' lies'
FROM subject AS v JOIN guest_disk AS g ON g.vm = v.id
WHERE v.type = 'vsphere' AND instr(lower(v.guest_id), 'windows') AND g.disk_key = 0;

-- RULE vmware.hostname.empty
-- severity: info
-- category: Warning
-- title: The guest has no host name
-- why: The destination would name the guest after the machine; most often VMware Tools do not run.
-- remedy: Start VMware Tools, or set a host name in the guest.
-- source: Forklift, validation policy hostname.rego
SELECT 'fail', 'vm', ref, name, NULL, 'its guest reports no host name'
FROM subject WHERE type = 'vsphere' AND host_name = '';

-- RULE vmware.hostname.default
-- severity: info
-- category: Warning
-- title: The guest has its host name of origin
-- why: localhost.localdomain tells nobody which machine it is, and DHCP may give it another name.
-- remedy: Set a host name in the guest.
-- source: Forklift, validation policy hostname.rego
SELECT 'fail', 'vm', ref, name, NULL, 'its guest is called localhost.localdomain'
FROM subject WHERE type = 'vsphere' AND host_name = 'localhost.localdomain';

-- RULE vmware.vm_missing_ip.detected
-- severity: warning
-- category: Warning
-- page: S-NICIP
-- title: The guest reports no address at all
-- why: Addresses can be kept only if the guest reports them before the migration.
-- remedy: Start the machine, with VMware Tools, once before the migration.
-- source: Forklift, validation policy ip_state.rego
-- note: About the machine as a whole; page.nic.addresses looks at each adapter.
SELECT iif(has_addresses = 1, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(has_addresses = 1, 'its guest reports no address',
		'no export tells the addresses of its guest; '
		|| 'a Forklift inventory of 2.7 or later, govc vm.info or RVTools vNetwork would')
FROM subject WHERE type = 'vsphere' AND NOT EXISTS (SELECT 1 FROM address WHERE vm = subject.id);

-- RULE vmware.os.unsupported
-- severity: warning
-- category: Warning
-- page: S-OS
-- title: Forklift does not list the operating system as supported
-- why: Forklift supports the conversion of RHEL 7 to 10, Windows 10 and 11, and Windows Server 2016
--   to 2025.  Others may convert, without support.
-- remedy: See page.guest_os, which tells convertible systems from others.
-- source: Forklift, validation policy vm_os.rego of 2.11 and later
-- note: As in Forklift, the ids that vSphere has for Windows 10 and Server 2016, windows9_64Guest
--   and windows9Server64Guest, do not match by themselves; the names do.
SELECT iif(guest_id IS NULL OR (reported = '' AND guest_name IS NULL), 'unknown', 'fail'),
	'vm', ref, name, NULL,
	iif(guest_id IS NULL OR (reported = '' AND guest_name IS NULL),
		'no export tells all the names of its operating system; '
		|| 'a Forklift inventory or govc vm.info would',
		'''' || coalesce(nullif(reported, ''), guest_name) || ''' (' || guest_id
		|| ') is not supported by Forklift')
FROM (
	SELECT ref, name, guest_id, guest_name, coalesce(guest_name_reported, '') AS reported,
		lower(coalesce(nullif(guest_name_reported, ''), guest_name, '')) AS told,
		lower(coalesce(guest_id, '')) AS word
	FROM subject WHERE type = 'vsphere')
WHERE NOT (word GLOB '*rhel[789]guest*' OR word GLOB '*rhel[789]_64guest*'
	OR word GLOB '*rhel10guest*' OR word GLOB '*rhel10_64guest*'
	OR word GLOB '*windows1[01]*guest*' OR word GLOB '*windows2016*guest*'
	OR word GLOB '*windows2019*guest*' OR word GLOB '*windows202[25]*guest*'
	OR told GLOB '*red hat enterprise linux [789]*' OR told GLOB '*red hat enterprise linux 10*'
	OR told GLOB '*windows 1[01]*' OR told GLOB '*windows server 2016*'
	OR told GLOB '*windows server 2019*' OR told GLOB '*windows server 202[25]*');
