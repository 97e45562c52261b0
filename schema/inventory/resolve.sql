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
