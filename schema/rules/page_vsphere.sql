-- SPDX-License-Identifier: Apache-2.0
-- The documented prerequisites on machines and hosts of vSphere: Tools, changed block tracking and
-- the memory of the NFC service.

-- RULE page.tools
-- severity: blocker
-- category: Critical
-- page: S-TOOLS
-- title: VMware Tools do not run
-- why: VMware Tools must be installed on all source machines.  Forklift shuts the guest down
--   through them, and they tell its addresses and operating system.
-- remedy: Install open-vm-tools or VMware Tools in the guest and start them.
-- source: Forklift 2.3, prerequisites; Forklift, plan controller: GuestToolsIssue
-- note: Machines that do not run are left to page.tools.off, as Forklift exempts them.
SELECT iif(bad, 'fail', 'unknown'), 'vm', ref, name, NULL,
	CASE WHEN absent THEN 'VMware Tools are not installed'
		WHEN bad THEN 'VMware Tools do not run'
		WHEN missing THEN 'VMware Tools do not run, and no export tells whether the machine does'
		ELSE 'no export tells whether VMware Tools run; '
			|| 'a Forklift inventory of 2.11 or later, govc vm.info or RVTools vTools would' END
FROM (
	SELECT *, absent OR missing AND power_state IS 'on' AS bad
	FROM (
		SELECT ref, name, power_state, tools_status, tools_running,
			tools_status IS 'toolsNotInstalled'
				OR tools_version_status IS 'guestToolsNotInstalled' AS absent,
			coalesce(tools_status, '?') IN ('', 'null', 'toolsNotInstalled', 'toolsNotRunning')
				OR tools_version_status IS 'guestToolsNotInstalled'
				OR tools_running IS 'guestToolsNotRunning' AS missing
		FROM subject WHERE type = 'vsphere' AND coalesce(power_state, 'on') = 'on'))
WHERE missing OR tools_status IS NULL AND tools_running IS NULL;

-- RULE page.tools.off
-- severity: warning
-- page: S-TOOLS
-- title: VMware Tools are not installed in a machine that is off
-- why: VMware Tools must be installed on all source machines.
-- remedy: Start the machine, and install open-vm-tools or VMware Tools in its guest.
-- source: Forklift 2.3, prerequisites: VMware
-- note: Forklift exempts machines that are off (GuestToolsIssue).
SELECT iif(absent, 'fail', 'unknown'), 'vm', ref, name, NULL,
	iif(absent, 'VMware Tools are not installed, and it does not run',
		'no export tells whether VMware Tools are installed; '
		|| 'a Forklift inventory of 2.11 or later, govc vm.info or RVTools vTools would')
FROM (
	SELECT ref, name, tools_status, tools_version_status,
		tools_status IS 'toolsNotInstalled'
			OR tools_version_status IS 'guestToolsNotInstalled' AS absent
	FROM subject WHERE type = 'vsphere' AND power_state <> 'on')
WHERE absent OR coalesce(tools_status, '') = '' AND coalesce(tools_version_status, '') = '';

-- RULE page.cbt
-- severity: blocker
-- category: Critical
-- page: S-CBT
-- title: A warm migration needs changed block tracking on the machine
-- why: Without it nobody knows what has changed since the first copy; Forklift refuses the plan.
-- remedy: Set ctkEnabled to TRUE in the machine's advanced parameters
--   (govc vm.change -vm NAME -e ctkEnabled=TRUE), and power it off and on or take and remove a
--   snapshot.  Or migrate it cold.
-- source: Forklift 2.3, prerequisites: VMware; Forklift, plan controller:
--   VMMissingChangedBlockTracking
SELECT DISTINCT iif(v.cbt IS NULL, 'unknown', 'fail'), 'vm', v.ref, v.name, j.plan,
	iif(v.cbt IS NULL, 'no export tells whether changed block tracking is on; '
		|| 'a Forklift inventory, govc vm.info or RVTools vInfo would',
		'it is to be migrated warm, and changed block tracking is off')
FROM judged AS j JOIN vm AS v ON v.id = j.vm
WHERE j.warm = 1 AND v.type = 'vsphere' AND v.cbt IS NOT 1;

-- RULE page.cbt.disk
-- severity: blocker
-- page: S-CBT
-- title: A warm migration needs changed block tracking on every disk
-- why: vSphere is asked for each disk what has changed, and cannot tell for one without it.
-- remedy: Set scsiX:Y.ctkEnabled to TRUE for each disk in the machine's advanced parameters
--   (govc vm.change -vm NAME -e scsi0:0.ctkEnabled=TRUE), and power it off and on or take and
--   remove a snapshot.  Or migrate it cold.
-- source: Forklift 2.3, prerequisites: VMware
-- note: Forklift's controller looks at the machine alone; its policy warns
--   (vmware.changed_block_tracking.disk.disabled).
SELECT DISTINCT 'fail', 'vm', v.ref, v.name, j.plan, 'it is to be migrated warm, and disk '
	|| coalesce(d.label, d.file, d.ref, '?') || ' has changed block tracking off'
FROM judged AS j JOIN vm AS v ON v.id = j.vm JOIN disk AS d ON d.vm = v.id
WHERE j.warm = 1 AND v.type = 'vsphere' AND d.cbt = 0
UNION ALL
SELECT DISTINCT 'unknown', 'vm', v.ref, v.name, j.plan,
	'no export tells of all its disks whether changed block tracking is on; '
	|| 'a Forklift inventory of 2.9 or later or govc vm.info would'
FROM judged AS j JOIN vm AS v ON v.id = j.vm
WHERE j.warm = 1 AND v.type = 'vsphere' AND (v.has_disks IS NOT 1
	OR EXISTS (SELECT 1 FROM disk WHERE vm = v.id AND cbt IS NULL));

-- RULE page.nfc
-- severity: warning
-- page: S-NFC
-- title: More than 10 machines of one ESXi host are migrated together
-- why: The memory of the host's NFC service is enough for 10 parallel connections; beyond it the
--   migration fails.
-- remedy: As root on the ESXi host set <maxMemory>1000000000</maxMemory> in <nfcsvc> of
--   /etc/vmware/hostd/config.xml (beside <maxStreamMemory>10485760</maxStreamMemory>) and run
--   /etc/init.d/hostd restart; the host itself need not restart.  Or split the plan.
-- source: Forklift 2.3, prerequisites: increasing the NFC service memory of an ESXi host
-- note: No export tells whether the memory has been raised already.
WITH place AS MATERIALIZED (
	SELECT DISTINCT j.plan, v.id AS vm, v.has_disks, coalesce(h.ref, v.host) AS ref,
		coalesce(h.name, v.host) AS name,
		coalesce('' || h.id, coalesce(v.site, '') || '/' || nullif(v.host, '')) AS host
	FROM judged AS j JOIN vm AS v ON v.id = j.vm LEFT JOIN host AS h ON h.id = v.host_id
	WHERE v.type = 'vsphere'
), crowd AS (
	SELECT plan, host, max(ref) AS ref, max(name) AS name, count(*) AS many,
		iif(count(has_disks) = count(*),
		total((SELECT count(*) FROM disk WHERE disk.vm = place.vm)), NULL) AS disks
	FROM place GROUP BY plan, host HAVING count(*) > 10
)
SELECT 'fail', 'host', ref, name, plan, printf('%d machines%s are migrated from it%s, and its NFC '
	|| 'service has memory for 10 connections unless it was raised', many,
	iif(disks IS NULL, '', printf(' with %d disks', disks)),
	iif(plan IS NULL, ' if all go together', ' in one plan'))
FROM crowd WHERE host IS NOT NULL
UNION ALL
SELECT 'unknown', 'plan', plan, plan, plan, printf('no export tells the hosts of %d machines; a '
	|| 'Forklift inventory, govc vm.info or RVTools vInfo would', many)
FROM crowd WHERE host IS NULL;
