-- SPDX-License-Identifier: Apache-2.0
-- After the merge: which row a reference means.  What several sites have in common is looked for in
-- the own site first, and is left open when that does not tell them apart.

-- One vCenter has two names: Forklift's uid of its provider, and its own UUID.  Where one is known
-- to be the other, all go by the former.
UPDATE vm SET site = keep FROM site_name WHERE vm.site = site_name.site;
UPDATE cluster SET site = keep FROM site_name WHERE cluster.site = site_name.site;
UPDATE host SET site = keep FROM site_name WHERE host.site = site_name.site;
UPDATE datastore SET site = keep FROM site_name WHERE datastore.site = site_name.site;
UPDATE network SET site = keep FROM site_name WHERE network.site = site_name.site;
DROP TABLE site_name;
INSERT INTO site
SELECT site, max(coalesce(record.format GLOB 'forklift-*', 0)) FROM (
	SELECT id, site FROM vm UNION ALL SELECT id, site FROM host
	UNION ALL SELECT id, site FROM datastore UNION ALL SELECT id, site FROM network)
LEFT JOIN record USING (id) WHERE site <> '' GROUP BY site;

UPDATE host SET cluster_id = (
	SELECT CASE WHEN sum(c.site = host.site) = 1 THEN max(iif(c.site = host.site, c.id, NULL))
		WHEN count(*) = 1 THEN max(c.id) END
	FROM cluster AS c
	WHERE c.type = host.type AND (c.ref = host.cluster OR c.name = host.cluster))
WHERE host.cluster <> '';

UPDATE vm SET host_id = (
	SELECT CASE WHEN sum(h.site = vm.site) = 1 THEN max(iif(h.site = vm.site, h.id, NULL))
		WHEN count(*) = 1 THEN max(h.id) END
	FROM host AS h
	WHERE h.type = vm.type AND (h.ref = vm.host OR h.name = vm.host))
WHERE vm.host <> '';

UPDATE vm SET cluster_id = (
	SELECT CASE WHEN sum(c.site = vm.site) = 1 THEN max(iif(c.site = vm.site, c.id, NULL))
		WHEN count(*) = 1 THEN max(c.id) END
	FROM cluster AS c
	WHERE c.type = vm.type AND (c.ref = vm.cluster OR c.name = vm.cluster))
WHERE vm.cluster <> '';

UPDATE vm SET cluster_id = (SELECT host.cluster_id FROM host WHERE host.id = vm.host_id)
WHERE cluster_id IS NULL AND host_id IS NOT NULL;

-- oVirt keeps disks apart from the machines that have them attached.
UPDATE disk SET
	label = coalesce(disk.label, i.name), datastore = coalesce(disk.datastore, i.datastore),
	capacity = coalesce(disk.capacity, i.capacity), shared = coalesce(disk.shared, i.shared),
	storage_type = coalesce(disk.storage_type, i.storage_type),
	status = coalesce(disk.status, i.status), lun_size = coalesce(disk.lun_size, i.lun_size)
FROM disk_image AS i
WHERE i.ref = disk.ref;

-- oVirt's NICs name a profile, which names the network.  '': there is none.
UPDATE nic SET network = ''
WHERE profile = '' AND network IS NULL;
UPDATE nic SET network = p.network
FROM nic_profile AS p
WHERE p.ref = nic.profile AND nic.network IS NULL;

-- The machines that plans name: by the id, and where several have that by the name too; else by
-- the name or path.  Of those the machines of the plan's provider, as far as can be told.
WITH candidate AS (
	SELECT plan_vm.id AS plan_vm, plan_vm.plan AS plan, vm.id AS vm
	FROM plan_vm JOIN vm ON vm.ref = plan_vm.vm_ref
	WHERE plan_vm.vm_name = vm.name OR plan_vm.vm_name = vm.path
		OR coalesce(plan_vm.vm_name, '') = '' OR NOT EXISTS (SELECT 1 FROM vm AS other
			WHERE other.ref = plan_vm.vm_ref
			AND plan_vm.vm_name IN (other.name, other.path))
	UNION
	SELECT plan_vm.id, plan_vm.plan, vm.id
	FROM plan_vm JOIN vm ON vm.name = plan_vm.vm_name
	WHERE coalesce(plan_vm.vm_ref, '') = '' OR NOT EXISTS (SELECT 1 FROM vm AS other
		WHERE other.ref = plan_vm.vm_ref AND coalesce(other.site = vm.site, 1))
	UNION
	SELECT plan_vm.id, plan_vm.plan, vm.id
	FROM plan_vm JOIN vm ON vm.path = plan_vm.vm_name
	WHERE coalesce(plan_vm.vm_ref, '') = '' OR NOT EXISTS (SELECT 1 FROM vm AS other
		WHERE other.ref = plan_vm.vm_ref AND coalesce(other.site = vm.site, 1)))
INSERT INTO plan_machine
SELECT c.plan_vm, c.plan, c.vm
FROM candidate AS c JOIN plan ON plan.id = c.plan JOIN vm ON vm.id = c.vm
LEFT JOIN provider AS p ON p.namespace = plan.source_namespace AND p.name = plan.source_name
WHERE coalesce(p.type = vm.type, 1)
	AND (vm.site IN (p.uid, p.instance_uuid) OR NOT EXISTS (SELECT 1 FROM foreign_site AS f
		WHERE f.provider = p.id AND f.site = vm.site));
