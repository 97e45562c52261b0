-- SPDX-License-Identifier: Apache-2.0
-- Versions that a release of Forklift is documented for.

-- RULE page.compatibility.release
-- severity: warning
-- title: Which release of Forklift is to be used is not known
-- why: Each release is documented for other versions of what it works with, and several rules
--   depend on it.
-- remedy: Give --release 2.3, or export the installed one: oc get csv -n openshift-mtv -o yaml
-- source: Forklift documentation, Software compatibility guidelines
-- page: S-COMPAT
SELECT 'unknown', 'product', 'forklift', 'forklift', NULL,
	iif(release IS NULL, 'no export tells the release of Forklift; --release or oc get csv -A '
		|| '-o yaml would', format('no table of compatible versions is known for release '
		|| '%s of Forklift', release))
FROM judged_release WHERE NOT EXISTS (SELECT 1 FROM judged_compatibility)
	AND (EXISTS (SELECT 1 FROM subject) OR EXISTS (SELECT 1 FROM product));

-- RULE page.compatibility
-- severity: blocker
-- title: A version is older than this release of Forklift is documented for
-- why: What the release needs of the other side may not be there.
-- remedy: Upgrade what is too old, or use an older release of Forklift.
-- source: Forklift documentation of the release, Software compatibility guidelines
-- page: S-COMPAT
-- note: For Forklift 2.3 the documentation adds that RHV 4.3.11 was tested; its table, and this
--   rule, ask for 4.4.9.  KubeVirt's own versions are no versions of OpenShift Virtualization.
WITH known AS MATERIALIZED (SELECT * FROM judged_version)
SELECT 'fail', v.kind, v.id, v.name, NULL,
	format('version %s; Forklift %s is documented for %s', v.version, c.release, c.label)
FROM judged_compatibility AS c JOIN known AS v ON v.product = c.product
WHERE version_at_least(v.version, c.least) = 0
UNION ALL
SELECT 'unknown', v.kind, v.id, v.name, NULL,
	format('no export tells the version; %s would.  Forklift %s is documented for %s',
		iif(v.product = 'vsphere', 'govc about -json', '/ovirt-engine/api'), c.release,
			c.label)
FROM judged_compatibility AS c JOIN known AS v ON v.product = c.product
WHERE version_at_least(v.version, c.least) IS NULL
UNION ALL
SELECT 'unknown', 'product', c.product, c.product, NULL,
	format('no export tells the version of %s.  Forklift %s is documented for %s',
		CASE c.product
		WHEN 'openshift' THEN 'OpenShift; oc get clusterversion -o yaml would'
		WHEN 'cnv' THEN format('OpenShift Virtualization%s; oc get csv -A -o yaml would',
			coalesce((SELECT ' (KubeVirt ' || first(version) || ' is another numbering)'
				FROM product WHERE name = 'kubevirt'), ''))
		WHEN 'vsphere' THEN 'vSphere; govc about -json would'
		ELSE 'oVirt; /ovirt-engine/api would' END, c.release, c.label)
FROM judged_compatibility AS c
WHERE NOT EXISTS (SELECT 1 FROM known AS v WHERE v.product = c.product)
	AND (c.product IN ('openshift', 'cnv') OR EXISTS (SELECT 1 FROM subject
		WHERE subject.type = c.product));

-- RULE page.compatibility.newer
-- severity: warning
-- title: A version is newer than this release of Forklift is documented for
-- why: Nobody tried the release with it; a newer release of Forklift is made for it.
-- remedy: Upgrade Forklift to the release that names the version.
-- source: Forklift documentation of the release, Software compatibility guidelines
-- page: S-COMPAT
-- note: What cannot be told is told by page.compatibility.
SELECT 'fail', v.kind, v.id, v.name, NULL,
	format('version %s; Forklift %s is documented for %s', v.version, c.release, c.label)
FROM judged_compatibility AS c JOIN judged_version AS v ON v.product = c.product
WHERE version_at_least(c.most || '.999999', v.version) = 0;
