-- SPDX-License-Identifier: Apache-2.0
-- What Forklift's controller finds wrong with what a plan migrates from.

-- RULE plan.VDDKInitImageUnavailable
-- severity: blocker
-- category: Critical
-- title: The plan needs a VDDK image and the provider has none
-- why: Warm migration from vSphere, and migration without conversion of the guest, copy disks with
--   VMware's VDDK alone.
-- remedy: Build the VDDK image (see page.vddk), then: oc patch provider NAME -n NAMESPACE --type
--   merge -p '{"spec":{"settings":{"vddkInitImage":"registry.lab.example/vddk:8.0.1"}}}'
-- source: Forklift, pkg/controller/plan/validation.go
-- page: S-VDDK
-- note: That an image is named does not mean that it can be pulled; only the cluster can tell.
SELECT iif(s.vddk_image = '', 'fail', 'unknown'), 'plan', s.ref, s.name, s.ref,
	iif(s.vddk_image = '',
	format('the plan migrates %s, and provider %s has no VDDK image', s.how, s.source_name),
	format('the plan migrates %s, and no export tells the VDDK image of provider %s; oc get '
		|| 'provider -A -o yaml would', s.how, coalesce(nullif(s.source_name, ''), '?')))
FROM (SELECT p.*, provider.vddk_image,
		iif(p.judged_warm = 1, 'warm', 'without conversion') AS how
	FROM judged_plan AS p JOIN plan_source AS s ON s.plan_id = p.id
	LEFT JOIN provider ON provider.id = s.provider_id
	WHERE s.type = 'vsphere' AND (p.judged_warm = 1 OR p.skip_conversion = 1)
		AND NOT EXISTS (SELECT 1 FROM plan_map AS m JOIN map_entry AS e ON e.map = m.map
			WHERE m.plan_id = p.id AND e.offload = 1)) AS s
WHERE coalesce(s.vddk_image, '') = '';

-- RULE plan.VDDKAndOffloadMixedUsage
-- severity: blocker
-- category: Critical
-- title: Some disks are copied by the storage and some by VDDK
-- why: Forklift copies all disks of a plan in one way.
-- remedy: Split the plan, or give every entry of the storage map an offload plugin, or none.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: The feature can be switched off in the controller (feature_copy_offload), which exports do
--   not show; then this does no harm.
WITH used AS MATERIALIZED (
	SELECT DISTINCT pm.plan, disk.datastore AS word, vm.site
	FROM plan_machine AS pm JOIN vm ON vm.id = pm.vm JOIN disk ON disk.vm = vm.id)
SELECT 'fail', 'plan', p.ref, p.name, p.ref,
	format('storage map %s copies %s by its storage and %s by VDDK', map.name,
		group_concat(DISTINCT iif(e.offload = 1, e.word, NULL)),
		group_concat(DISTINCT iif(e.offload = 0, e.word, NULL)))
FROM judged_plan AS p JOIN plan_map AS m ON m.plan_id = p.id AND m.kind = 'storage'
JOIN map ON map.id = m.map
JOIN word_entry AS e ON e.map = m.map AND e.same = 1 AND e.type = 'vsphere'
WHERE EXISTS (SELECT 1 FROM used
	WHERE used.plan = p.id AND used.word = e.word AND used.site IS e.site)
GROUP BY p.id HAVING max(e.offload) = 1 AND min(e.offload) = 0;

-- RULE plan.UnsupportedVersion
-- severity: blocker
-- category: Critical
-- title: The source cluster runs a Kubernetes older than 1.26
-- why: Forklift migrates between clusters by an interface that older ones lack.
-- remedy: Upgrade the source cluster.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: Exports do not say which cluster a version is of; it fails where all that are known are
--   older.
SELECT iif(v.newest = 0, 'fail', 'unknown'), 'plan', p.ref, p.name, p.ref,
	iif(v.newest = 0, format('every cluster of the exports runs a Kubernetes older than 1.26 '
		|| '(%s)',
		v.versions),
	'no export tells the Kubernetes version of the source cluster; kubectl version -o json '
		|| 'would')
FROM judged_plan AS p JOIN plan_source AS s ON s.plan_id = p.id
CROSS JOIN (SELECT max(version_at_least(version, '1.26')) AS newest,
		min(version_at_least(version, '1.26')) AS oldest,
			group_concat(version, ', ') AS versions
	FROM product WHERE name = 'kubernetes') AS v
WHERE s.type = 'openshift' AND coalesce(v.oldest, 0) = 0;
