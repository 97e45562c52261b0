-- SPDX-License-Identifier: Apache-2.0
-- Storage classes: the page's volume and access modes beside today's.  Those that a map uses are
-- judged; where there is no map, all.

-- RULE page.storage
-- severity: info
-- title: A storage class has other modes than the page prints, or is not on it
-- why: The page's table is from 2021.  Where the default is ReadWriteMany now, machines can be
--   migrated live; where the table lacks a provisioner, CDI's StorageProfile decides.
-- remedy: oc get storageprofile CLASS -o yaml shows the modes that count; a storage map can set
--   volumeMode and accessMode of an entry.
-- source: Forklift 2.3 documentation, Storage support and default modes; CDI
-- page: S-STORAGE
SELECT iif(provisioner IS NULL, 'unknown', 'fail'), 'storage-class', name, name, NULL,
	CASE WHEN provisioner IS NULL
		THEN 'no export tells the provisioner; oc get storageclass -o yaml would'
	WHEN page IS NULL AND coalesce(now, '') = ''
		THEN format('neither the page nor CDI has modes for %s', provisioner)
	WHEN page IS NULL THEN format('the page does not have %s; %s has %s', provisioner, who, now)
	WHEN coalesce(now, '') = ''
		THEN format('the page has %s for %s; today''s CDI has no mode for it', page,
			provisioner)
	ELSE format('the page has %s for %s; %s has %s%s%s%s', page, provisioner, who, first,
		iif(now = first, '', ' (also ' || substr(now, length(first) + 2) || ')'),
		CASE WHEN now LIKE '%/RWX%' AND page NOT LIKE '%/RWX'
			THEN ': live migration is possible'
		WHEN page LIKE '%/RWX' AND first NOT LIKE '%/RWX' THEN ': no live migration'
			ELSE '' END,
		CASE WHEN page LIKE 'Block%' AND first LIKE 'File%' THEN '; slower than Block'
		WHEN page LIKE 'File%' AND first LIKE 'Block%' THEN '; faster than Filesystem'
			ELSE '' END) END
FROM (SELECT *, substr(now, 1, instr(now || ' ', ' ') - 1) AS first
	FROM (SELECT *, modes AS now, iif(profile IS NULL, 'CDI', 'its StorageProfile') AS who
		FROM judged_storage GROUP BY id))
WHERE page IS NULL OR first IS NOT page;

-- RULE page.storage.profile
-- severity: blocker
-- title: Nothing says with which modes a volume of the storage class is to be made
-- why: CDI does not know the provisioner, so its StorageProfile is empty, and a volume is not made
--   unless somebody names the modes.
-- remedy: Set accessMode and volumeMode of the entry in the storage map, or of the profile: oc
--   patch storageprofile CLASS --type merge -p '{"spec":{"claimPropertySets":[{"accessModes":
--   ["ReadWriteOnce"],"volumeMode":"Filesystem"}]}}'
-- source: CDI, StorageProfile; Forklift, storage map
-- page: S-STORAGE
SELECT iif(profile = '', 'fail', 'unknown'), 'storage-class', name, name, NULL,
	format(iif(profile = '', 'the StorageProfile has no modes: %s is not recognised by CDI',
		'no export tells the modes of %s; oc get storageprofile -o yaml would'),
		coalesce(provisioner, 'the provisioner'))
FROM judged_storage
WHERE coalesce(modes, '') = '' AND cdi IS NOT 'none'
	AND (asked_volume IS NULL OR asked_access IS NULL)
GROUP BY id;

-- RULE page.storage.static
-- severity: warning
-- title: The storage class does not make volumes
-- why: Without dynamic provisioning each volume must be there before, and the page then asks for
--   Filesystem, which is slower than Block, and ReadWriteOnce, which rules out live migration.
-- remedy: Create a volume of sufficient size for each disk, and set Filesystem and ReadWriteOnce in
--   the StorageProfile; or use a class with dynamic provisioning.
-- source: Forklift 2.3 documentation, Storage support and default modes
-- page: S-STORAGE
SELECT iif(provisioner = 'kubernetes.io/no-provisioner', 'fail', 'unknown'),
	'storage-class', name, name, NULL,
	iif(provisioner = 'kubernetes.io/no-provisioner',
	format('the class provisions statically: expect Filesystem/RWO%s', CASE
		WHEN volume = 'Filesystem' AND access = 'RWO' THEN ', as is set'
		WHEN volume IS NOT NULL AND access IS NOT NULL
			THEN format('; set is %s/%s', volume, access)
		ELSE '; nothing is set' END),
	format(iif(profile = '', 'CDI does not know %s; its documentation would tell whether it '
		|| 'provisions dynamically', 'no export tells whether %s provisions dynamically; oc '
		|| 'get storageprofile -o yaml would'), coalesce(provisioner, 'the class')))
FROM judged_storage
WHERE provisioner = 'kubernetes.io/no-provisioner'
	OR (page IS NULL AND cdi IS NULL AND coalesce(profile, '') = '')
GROUP BY id;

-- RULE page.storage.live_migration
-- severity: info
-- title: Machines on this storage class cannot be migrated live
-- why: Live migration needs a volume that two nodes may write, that is ReadWriteMany.
-- remedy: Where the provisioner can do it, set accessMode ReadWriteMany in the storage map, with
--   volumeMode Block; else choose another class.
-- source: Forklift 2.3 documentation, Storage support and default modes
-- page: S-STORAGE
SELECT 'fail', 'storage-class', name, name, NULL,
	format('volumes become %s/%s%s%s', coalesce(volume, '?'), access,
		iif(map IS NULL, '', ' by map ' || map),
		iif(modes LIKE '%/RWX%', format('; the class can do %s', modes), ''))
FROM judged_storage WHERE access <> 'RWX'
GROUP BY id, map, volume, access;

-- RULE page.storage.filesystem
-- severity: info
-- title: Disks on this storage class are files, not block devices
-- why: Filesystem volumes are slower than Block, and lose a part of their size (10 % by default) to
--   the file system.
-- remedy: Where the provisioner can do it, set volumeMode Block in the storage map.
-- source: Forklift 2.3 documentation, Storage support and default modes
-- page: S-STORAGE
SELECT 'fail', 'storage-class', name, name, NULL,
	format('volumes become Filesystem/%s%s%s', coalesce(access, '?'),
		iif(map IS NULL, '', ' by map ' || map),
		iif(modes LIKE '%Block/%', format('; the class can do %s', modes), ''))
FROM judged_storage WHERE volume = 'Filesystem'
GROUP BY id, map, access;

-- RULE page.storage.object
-- severity: blocker
-- title: A storage map leads to a class that serves no volumes
-- why: The class makes buckets or snapshots; no disk can be put there.
-- remedy: Name another class in the storage map.
-- source: CDI, provisioners known not to work
-- page: S-STORAGE
SELECT 'fail', 'storage-class', name, name, NULL,
	format('storage map %s uses the class, and %s serves no volumes', map, provisioner)
FROM judged_storage WHERE cdi = 'none' AND map IS NOT NULL
GROUP BY id, map;

-- RULE map.storage.modes
-- severity: warning
-- title: A storage map asks for modes that the storage class does not have
-- why: The volume stays pending when its provisioner cannot make what is asked for.
-- remedy: Take volumeMode and accessMode out of the entry, or choose from those the profile has.
-- source: Forklift, storage map; CDI, StorageProfile
-- page: S-STORAGE
SELECT iif(coalesce(modes, '') = '', 'unknown', 'fail'), 'storage-map', map, map_name, NULL,
	iif(coalesce(modes, '') = '', format('no export tells whether class %s can do %s/%s; its '
		|| 'provisioner''s documentation would', name, coalesce(asked_volume, '*'),
		coalesce(asked_access, '*')),
	format('%s/%s is asked of class %s, which has %s', coalesce(asked_volume, '*'),
		coalesce(asked_access, '*'), name, modes))
FROM judged_storage
WHERE (asked_volume IS NOT NULL OR asked_access IS NOT NULL)
	AND ' ' || coalesce(modes, '') || ' ' NOT LIKE
		'% ' || coalesce(asked_volume || '/', '%/') || coalesce(asked_access || ' ', '% ')
			|| '%';
