-- SPDX-License-Identifier: Apache-2.0
-- Volume and access modes by provisioner, written 'Block/RWO': what the prerequisites page prints,
-- and what CDI (kubevirt/containerized-data-importer c07cdb6f) does when nobody says.

CREATE TABLE storage_page (provisioner TEXT PRIMARY KEY, mode TEXT NOT NULL) STRICT;
INSERT INTO storage_page VALUES
	('kubernetes.io/aws-ebs', 'Block/RWO'),
	('kubernetes.io/azure-disk', 'Block/RWO'),
	('kubernetes.io/azure-file', 'Filesystem/RWX'),
	('kubernetes.io/cinder', 'Block/RWO'),
	('kubernetes.io/gce-pd', 'Block/RWO'),
	('kubernetes.io/hostpath-provisioner', 'Filesystem/RWO'),
	('manila.csi.openstack.org', 'Filesystem/RWX'),
	('openshift-storage.cephfs.csi.ceph.com', 'Filesystem/RWX'),
	('openshift-storage.rbd.csi.ceph.com', 'Block/RWO'),
	('kubernetes.io/rbd', 'Block/RWO'),
	('kubernetes.io/vsphere-volume', 'Block/RWO');

-- The first row that applies counts.  sets: the first is the default; '': CDI knows the provisioner
-- and no mode; 'none': it serves no volumes for machines.
CREATE TABLE storage_cdi (
	position INTEGER PRIMARY KEY,
	provisioner TEXT NOT NULL,
	parameter TEXT, pattern TEXT, -- of the storage class; a GLOB, in lower case
	sets TEXT NOT NULL
) STRICT;
INSERT INTO storage_cdi (provisioner, parameter, pattern, sets)
SELECT p.value, g.column2, g.column3, g.column4 FROM (VALUES
	('["kubevirt.io.hostpath-provisioner"]', 'overlayCSI', '*', 'Filesystem/RWX'),
	('["kubevirt.io.hostpath-provisioner", "kubevirt.io/hostpath-provisioner",
		"k8s.io/minikube-hostpath", "directpv-min-io", "kubernetes.io/storageos",
		"storageos"]', NULL, NULL, 'Filesystem/RWO'),
	('["nfs.csi.k8s.io", "k8s-sigs.io/nfs-subdir-external-provisioner", "file.csi.azure.com",
		"kubernetes.io/azure-file", "manila.csi.openstack.org"]', NULL, NULL,
		'Filesystem/RWX'),
	('["rbd.csi.ceph.com", "rook-ceph.rbd.csi.ceph.com", "openshift-storage.rbd.csi.ceph.com",
		"kubernetes.io/rbd"]', NULL, NULL, 'Block/RWX Block/RWO Filesystem/RWO'),
	('["cephfs.csi.ceph.com", "rook-ceph.cephfs.csi.ceph.com",
		"openshift-storage.cephfs.csi.ceph.com", "efs.csi.aws.com"]', NULL, NULL,
		'Filesystem/RWX Filesystem/RWO'),
	('["ebs.csi.aws.com"]', 'type', 'io2', 'Block/RWX Block/RWO Filesystem/RWO'),
	('["ebs.csi.aws.com", "kubernetes.io/aws-ebs", "disk.csi.azure.com",
		"kubernetes.io/azure-disk"]', NULL, NULL, 'Block/RWO'),
	('["pd.csi.storage.gke.io"]', 'type', 'hyperdisk-balanced*',
		'Block/RWX Block/RWO Filesystem/RWO'),
	('["csi.vsphere.vmware.com"]', 'csi.storage.k8s.io/fstype', '*nfs*',
		'Filesystem/RWX Block/RWO Filesystem/RWO'),
	('["pd.csi.storage.gke.io", "kubernetes.io/gce-pd", "csi.vsphere.vmware.com", "topolvm.io",
		"topolvm.cybozu.com", "cinder.csi.openstack.org", "csi.ovirt.org",
		"vpc.block.csi.ibm.io"]', NULL, NULL, 'Block/RWO Filesystem/RWO'),
	('["driver.longhorn.io"]', 'migratable', 'true', 'Block/RWX Block/RWO'),
	('["driver.longhorn.io"]', 'nfsOptions', '?*', 'Filesystem/RWX Filesystem/RWO'),
	('["driver.longhorn.io"]', 'fsType', '?*', 'Filesystem/RWO'),
	('["driver.longhorn.io"]', NULL, NULL, 'Block/RWO'),
	('["csi.trident.netapp.io"]', 'backendType', 'ontap-nas*', 'Filesystem/RWX Filesystem/RWO'),
	('["csi.trident.netapp.io"]', 'backendType', 'ontap-san*', 'Block/RWX'),
	('["csi.trident.netapp.io"]', 'selector', '*performance=flex*',
		'Filesystem/RWX Filesystem/RWO'),
	('["csi.trident.netapp.io"]', NULL, NULL, ''),
	('["pxd.portworx.com", "kubernetes.io/portworx-volume"]', 'backend', 'pure_block',
		'Block/RWX Block/RWO Filesystem/RWO'),
	('["pxd.portworx.com", "kubernetes.io/portworx-volume"]', 'backend', 'pure_fa_file',
		'Filesystem/RWX Filesystem/RWO'),
	('["pxd.portworx.com", "kubernetes.io/portworx-volume"]', NULL, NULL,
		'Block/RWX Filesystem/RWX Block/RWO Filesystem/RWO'),
	('["csi-unity.dellemc.com", "csi-vxflexos.dellemc.com", "csi.huawei.com",
		"csi-powermax.dellemc.com", "csi-powerstore.dellemc.com"]',
		'csi.storage.k8s.io/fstype', 'nfs*',
		'Filesystem/RWX Filesystem/RWO Filesystem/ROX'),
	('["csi-unity.dellemc.com", "csi-vxflexos.dellemc.com", "csi.huawei.com",
		"csi-powermax.dellemc.com", "csi-powerstore.dellemc.com"]',
		'protocol', 'nfs*', 'Filesystem/RWX Filesystem/RWO Filesystem/ROX'),
	('["csi-isilon.dellemc.com"]', NULL, NULL, 'Filesystem/RWX Filesystem/RWO Filesystem/ROX'),
	('["linstor.csi.linbit.com", "csi-unity.dellemc.com", "csi-vxflexos.dellemc.com",
		"csi.huawei.com"]', NULL, NULL,
		'Block/RWX Block/RWO Filesystem/RWO Block/ROX Filesystem/ROX'),
	('["csi-powermax.dellemc.com", "csi-powerstore.dellemc.com"]', NULL, NULL,
		'Block/RWX Block/RWO Filesystem/RWO Block/ROX'),
	('["infinibox-csi-driver"]', 'storage_protocol', 'nfs*', 'Filesystem/RWX Filesystem/RWO'),
	('["csi.san.synology.com"]', 'protocol', 'nfs*', 'Filesystem/RWX Filesystem/RWO'),
	('["csi.san.synology.com"]', 'protocol', 'smb*', 'Filesystem/RWX Filesystem/RWO'),
	('["csi.hpe.com", "hspc.csi.hitachi.com", "block.csi.ibm.com",
		"blockvolume.csi.oraclecloud.com", "infinibox-csi-driver", "csi.san.synology.com"]',
		NULL, NULL, 'Block/RWX Block/RWO Filesystem/RWO'),
	('["spectrumscale.csi.ibm.com", "vpc.file.csi.ibm.io"]', NULL, NULL,
		'Filesystem/RWX Filesystem/RWO'),
	('["kubesan.gitlab.io"]', NULL, NULL, 'Block/RWX Block/ROX Block/RWO Filesystem/RWO'),
	('["openshift-storage.noobaa.io/obc", "openshift-storage.ceph.rook.io/bucket",
		"rook-ceph.ceph.rook.io/bucket", "stork-snapshot"]', NULL, NULL, 'none')
) AS g, json_each(g.column1) AS p;

-- A list of claim property sets as text, in its order: 'Block/RWX Block/RWO'.
CREATE VIEW storage_profile_modes AS
SELECT p.name, p.recognized,
	(SELECT group_concat(mode, ' ') FROM (
		SELECT coalesce(s.value ->> '$.volumeMode', 'Filesystem') || '/'
			|| replace(replace(replace(replace(a.value, 'ReadWriteOncePod', 'RWOP'),
			'ReadWriteOnce', 'RWO'), 'ReadWriteMany', 'RWX'),
			'ReadOnlyMany', 'ROX') AS mode
		FROM json_each(p.sets) AS s,
			json_each(iif(s.type = 'object', s.value, '{}'), '$.accessModes') AS a
		WHERE a.value IN ('ReadWriteOnce', 'ReadWriteMany', 'ReadOnlyMany',
			'ReadWriteOncePod')
		ORDER BY s.key, a.key)) AS modes
FROM (SELECT name, recognized,
		CASE WHEN json_valid(claim_sets) AND claim_sets <> '[]' THEN claim_sets
		WHEN json_valid(spec_sets) THEN spec_sets ELSE '[]' END AS sets
	FROM storage_profile WHERE claim_sets IS NOT NULL OR spec_sets IS NOT NULL) AS p;

-- Each storage class: page and cdi by the tables above, NULL where they lack its provisioner;
-- profile: what its StorageProfile says, '' where that is empty, NULL where no export has it.
CREATE VIEW storage_class_modes AS
SELECT c.id, c.ref, c.name, c.provisioner,
	(SELECT mode FROM storage_page WHERE provisioner = c.provisioner) AS page,
	(SELECT sets FROM storage_cdi AS k WHERE k.provisioner = c.provisioner
		AND (k.parameter IS NULL OR lower(iif(json_valid(c.parameters), c.parameters, '{}')
			->> ('$."' || k.parameter || '"')) GLOB k.pattern)
		ORDER BY k.position LIMIT 1) AS cdi,
	(SELECT coalesce(modes, '') FROM storage_profile_modes WHERE name = c.name) AS profile
FROM storage_class AS c;

-- The classes that count, once for each map and mode that uses them; where there is no map, all
-- that serve volumes.  modes: all that are known, the default first; volume, access: what comes
-- about.
CREATE VIEW judged_storage AS
SELECT *, coalesce(asked_volume, iif(asked_access IS NULL OR asked_access = usual_access,
		nullif(usual_volume, ''), NULL)) AS volume,
	coalesce(asked_access, iif(asked_volume IS NULL OR asked_volume = usual_volume,
		nullif(usual_access, ''), NULL)) AS access
FROM (SELECT *, substr(modes, 1, instr(modes, '/') - 1) AS usual_volume,
		substr(modes, instr(modes, '/') + 1,
			instr(modes || ' ', ' ') - instr(modes, '/') - 1) AS usual_access
	FROM (SELECT c.*, nullif(coalesce(c.profile, c.cdi), 'none') AS modes, m.full_name AS map,
			m.name AS map_name,
			nullif(e.volume_mode, '') AS asked_volume,
			replace(replace(replace(nullif(e.access_mode, ''), 'ReadWriteOnce', 'RWO'),
				'ReadWriteMany', 'RWX'), 'ReadOnlyMany', 'ROX') AS asked_access
		FROM storage_class_modes AS c JOIN map_entry AS e ON e.destination_name = c.name
		JOIN judged_map AS m ON m.id = e.map AND m.kind = 'storage'
		GROUP BY c.id, m.id, e.volume_mode, e.access_mode
		UNION ALL
		SELECT c.*, nullif(coalesce(c.profile, c.cdi), 'none'), NULL, NULL, NULL, NULL
		FROM storage_class_modes AS c
		WHERE c.cdi IS NOT 'none' AND NOT EXISTS (SELECT 1 FROM judged_map
			WHERE kind = 'storage')));
