-- SPDX-License-Identifier: Apache-2.0
-- What the exports say of the cluster that machines go to, and of Forklift in it; as tables.sql.

CREATE TABLE namespace (
	id INTEGER PRIMARY KEY, ref TEXT,
	name TEXT,
	pod_security TEXT,            -- the level that is enforced; '': none is set
	user_network TEXT             -- what it has for a primary one; '': none
) STRICT;

CREATE TABLE storage_class (
	id INTEGER PRIMARY KEY, ref TEXT,
	name TEXT, provisioner TEXT, parameters TEXT, -- a JSON object
	is_default INTEGER
) STRICT;

CREATE TABLE storage_profile (
	id INTEGER PRIMARY KEY, ref TEXT,
	name TEXT,
	claim_sets TEXT,              -- a JSON array of {accessModes, volumeMode}; '[]': none
	spec_sets TEXT,               -- what an administrator set; '[]': nothing
	recognized INTEGER
) STRICT;

-- A network attachment definition.
CREATE TABLE nad (
	id INTEGER PRIMARY KEY, ref TEXT,
	namespace TEXT, name TEXT, config TEXT,
	route TEXT                    -- annotation forklift.konveyor.io/route; '': none
) STRICT;

CREATE TABLE target_vm (
	id INTEGER PRIMARY KEY, ref TEXT,
	namespace TEXT, name TEXT, uid TEXT
) STRICT;

CREATE TABLE target_mac (
	id INTEGER PRIMARY KEY, ref TEXT,
	target INTEGER NOT NULL REFERENCES target_vm,
	mac TEXT
) STRICT;

-- What is installed there: 'kubevirt', 'kubernetes', 'openshift', 'cnv', 'cdi', 'forklift'.
CREATE TABLE product (
	id INTEGER PRIMARY KEY, ref TEXT,
	name TEXT NOT NULL, version TEXT
) STRICT;

-- ---- Forklift's own resources

CREATE TABLE plan (
	id INTEGER PRIMARY KEY, ref TEXT, -- 'namespace/name'
	namespace TEXT, name TEXT,
	target_namespace TEXT,        -- '': not set
	warm INTEGER,
	migration_type TEXT,          -- 'cold', 'warm', 'live', 'conversion'; NULL: as warm says
	source_namespace TEXT, source_name TEXT,
	destination_namespace TEXT, destination_name TEXT,
	network_map_namespace TEXT, network_map TEXT, -- '': not set
	storage_map_namespace TEXT, storage_map TEXT,
	transfer_network_namespace TEXT, transfer_network TEXT, -- '': none
	preserve_ips INTEGER, migrate_shared_disks INTEGER, skip_conversion INTEGER,
	archived INTEGER, succeeded INTEGER, conditions TEXT
) STRICT;

CREATE TABLE plan_vm (
	id INTEGER PRIMARY KEY, ref TEXT, -- its place in the plan
	plan INTEGER NOT NULL REFERENCES plan,
	vm_ref TEXT, vm_name TEXT, target_name TEXT,
	started INTEGER               -- the plan's status has its migration
) STRICT;

-- Which machine that may be; filled by resolve.sql.
CREATE TABLE plan_machine (
	plan_vm INTEGER NOT NULL, plan INTEGER NOT NULL, vm INTEGER NOT NULL
) STRICT;
CREATE INDEX plan_machine_plan ON plan_machine (plan, vm);
CREATE INDEX plan_machine_plan_vm ON plan_machine (plan_vm);

CREATE TABLE map (
	id INTEGER PRIMARY KEY, ref TEXT, -- 'kind namespace/name'
	kind TEXT NOT NULL,           -- 'network' or 'storage'
	namespace TEXT, name TEXT,
	source_namespace TEXT, source_name TEXT, -- of the Provider that it maps from
	ready INTEGER, conditions TEXT
) STRICT;

CREATE TABLE map_entry (
	id INTEGER PRIMARY KEY, ref TEXT, -- its place in the map
	map INTEGER NOT NULL REFERENCES map,
	source_ref TEXT, source_name TEXT, source_type TEXT,
	destination_type TEXT,        -- of a network: 'pod', 'multus', 'ignored'
	destination_namespace TEXT, destination_name TEXT, -- a NAD, or a storage class
	volume_mode TEXT, access_mode TEXT, -- '': not set
	offload INTEGER
) STRICT;

-- Forklift's Host: an ESXi host with an address of its own for the transfer.
CREATE TABLE transfer_host (
	id INTEGER PRIMARY KEY, ref TEXT,
	namespace TEXT, name TEXT,
	provider_namespace TEXT, provider_name TEXT,
	host_ref TEXT, host_name TEXT, address TEXT,
	ready INTEGER, conditions TEXT
) STRICT;

-- An archive of VMware's Virtual Disk Development Kit.
CREATE TABLE vddk (
	id INTEGER PRIMARY KEY, ref TEXT,
	file TEXT NOT NULL, version TEXT,
	has_library INTEGER NOT NULL, -- lib64/libvixDiskLib.so
	truncated INTEGER NOT NULL    -- it ends before its end
) STRICT;
