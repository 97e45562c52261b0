-- SPDX-License-Identifier: Apache-2.0
-- VMware's Virtual Disk Development Kit: the image that providers name, and archives at hand.

-- RULE page.vddk
-- severity: warning
-- title: The provider has no VDDK image
-- why: Forklift copies disks of vSphere with VMware's VDDK.  Releases that can do without it for
--   cold migration are several times slower then.
-- remedy: Unpack VMware-vix-disklib-VERSION.x86_64.tar.gz; podman build an image that holds
--   /vmware-vix-disklib-distrib and copies it to /opt; podman push it to a registry of your own
--   (a public one may violate VMware's licence); set spec.settings.vddkInitImage of the provider to it.
-- source: Forklift 2.3 documentation, Creating a VDDK image
-- page: S-VDDK
-- note: Where it cannot be done without, page.vddk.required says so, and
--   plan.VDDKInitImageUnavailable for plans.
SELECT iif(vddk_image = '', 'fail', 'unknown'), 'provider', full_name, name, NULL,
	iif(vddk_image = '', 'no VDDK image is recorded',
	'no export tells the VDDK image; oc get provider -A -o yaml would')
FROM judged_provider
WHERE type = 'vsphere' AND coalesce(vddk_image, '') = ''
UNION ALL
SELECT 'unknown', 'provider', 'vsphere', 'vsphere', NULL,
	'no export holds a provider of type vsphere; oc get provider -A -o yaml would tell the '
		|| 'VDDK image'
WHERE EXISTS (SELECT 1 FROM subject WHERE type = 'vsphere')
	AND NOT EXISTS (SELECT 1 FROM judged_provider WHERE type = 'vsphere');

-- RULE page.vddk.required
-- severity: blocker
-- title: The provider has no VDDK image, and cannot do without
-- why: Up to Forklift 2.5 a provider cannot be added without a VDDK image; and disks on vSAN cannot
--   be read without it in any release.
-- remedy: See page.vddk.
-- source: Forklift 2.3 documentation, Creating a VDDK image; 2.6 and later, VDDK and vSAN
-- page: S-VDDK
-- note: What cannot be told is told by page.vddk.
SELECT 'fail', 'provider', p.full_name, p.name, NULL,
	iif(version_at_least(r.release, '2.6') = 0,
	format('Forklift %s needs a VDDK image, and none is recorded', r.release),
	format('no VDDK image is recorded, and %s has disks on vSAN datastore %s', v.vm,
		v.datastore))
FROM judged_provider AS p CROSS JOIN judged_release AS r
LEFT JOIN (SELECT vm.site, min(vm.name) AS vm, d.name AS datastore
	FROM subject AS vm JOIN disk ON disk.vm = vm.id LEFT JOIN record AS r ON r.id = vm.id
	JOIN (SELECT d.*, record.format FROM datastore AS d
		LEFT JOIN record ON record.id = d.id
		WHERE d.type = 'vsphere' AND lower(d.storage_type) = 'vsan') AS d
		ON (disk.datastore IN (d.ref, d.name)
		OR substr(disk.file, 1, length(d.name) + 2) = '[' || d.name || ']')
		AND (coalesce(d.site = vm.site, 1) OR d.format IS NOT r.format)
	GROUP BY vm.site) AS v
	ON coalesce(v.site IN (p.uid, p.instance_uuid), 1)
WHERE p.type = 'vsphere' AND p.vddk_image = ''
	AND (version_at_least(r.release, '2.6') = 0 OR v.vm IS NOT NULL)
GROUP BY p.id;

-- RULE page.vddk.archive
-- severity: blocker
-- title: The VDDK archive is not whole
-- why: All that Forklift asks of the image is lib64/libvixDiskLib.so; an archive that was cut short
--   makes an image without it, or one that fails later.
-- remedy: Download VMware-vix-disklib-VERSION.x86_64.tar.gz again and compare its checksum.
-- source: Forklift 2.3 documentation, Creating a VDDK image; pkg/controller/plan/validation.go
-- page: S-VDDK
SELECT 'fail', 'vddk', coalesce(ref, file), file, NULL,
	CASE WHEN truncated = 1 THEN 'the archive ends before its end'
	ELSE 'the archive holds no lib64/libvixDiskLib.so: it is not VMware''s VDDK for Linux' END
FROM vddk WHERE truncated = 1 OR has_library = 0;

-- RULE page.vddk.version
-- severity: info
-- title: The VDDK is older than the one that is recommended
-- why: VDDK 8.0.1 is what Forklift's documentation recommends.
-- remedy: Download the latest VDDK of the 8.0 line and build the image anew.
-- source: Forklift documentation, VDDK image
-- page: S-VDDK
SELECT iif(version IS NULL, 'unknown', 'fail'), 'vddk', coalesce(ref, file), file, NULL,
	iif(version IS NULL, 'the archive does not tell its version; its original file name would',
	format('the archive is of version %s, 8.0.1 or later is recommended', version))
FROM vddk WHERE coalesce(version_at_least(version, '8.0.1'), 0) = 0;
