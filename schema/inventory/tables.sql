-- SPDX-License-Identifier: Apache-2.0
-- What the exports say, whatever their format: of the source of a migration, here, and of its
-- destination and Forklift's resources, in destination.sql.
--
-- NULL is "no export says so", never "no" and never "none"; '' is "known to be empty".  Booleans
-- are 0 and 1.  Numbers of bytes are bytes.  Identifiers are as the source writes them, UUIDs and
-- MACs in lower case, UUIDs with hyphens, MACs with colons, fingerprints in upper case with colons.
--
-- Import scripts (schema/import/) insert what one record says; identity.sql then finds the rows
-- that speak of one thing, and what one of them leaves open is filled from the next, in the order
-- of the files.  A column that REFERENCES a table says whose the rows are: they follow theirs, and
-- those of two owners that are one become one where their ref is equal.  Rules (schema/rules/) read the result.

CREATE TABLE source (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,           -- of the file, as it was given; '-' is standard input
	bytes INTEGER NOT NULL,       -- as read, before any decompression
	records INTEGER NOT NULL DEFAULT 0
) STRICT;

-- One object of a source as JSON.
CREATE TABLE record (
	id INTEGER PRIMARY KEY,
	source INTEGER NOT NULL REFERENCES source,
	place TEXT NOT NULL,          -- where in the file: '$[12]', '$.items[3]', 'vInfo row 17'
	list TEXT NOT NULL,           -- the list it stood in: '', 'items', 'virtualMachines', 'vm'
	format TEXT,                  -- NULL: no import script knows it
	kind TEXT,                    -- what it is within its format: 'vm', 'host'
	body TEXT NOT NULL            -- '' of what no script knows; for import scripts alone
) STRICT;
CREATE INDEX record_kind ON record (format, kind);

-- ---- the source of a migration

-- A vCenter, an ESXi host used as one, an oVirt engine, a cluster: as Forklift's Provider has it,
-- or as an export speaks of itself.
CREATE TABLE provider (
	id INTEGER PRIMARY KEY,       -- the record's
	type TEXT NOT NULL,           -- 'vsphere', 'ovirt', 'openshift', 'openstack', 'ova', ...
	namespace TEXT, name TEXT,    -- of the Provider resource
	uid TEXT,                     -- of the Provider resource; in the selfLink of its inventory
	url TEXT,
	address TEXT,                 -- host of the URL, or what the export calls itself
	instance_uuid TEXT,           -- vCenter's own
	product TEXT, version TEXT, build TEXT, api_version TEXT,
	api_type TEXT,                -- 'VirtualCenter' or 'HostAgent'
	sdk_endpoint TEXT,            -- 'vcenter' or 'esxi'; '': not set (vcenter)
	vddk_image TEXT,              -- '': none is recorded
	fingerprint TEXT,             -- SHA-1 as recorded; '': none is recorded
	seen_sha1 TEXT, seen_sha256 TEXT, -- of a certificate that an export shows
	has_ca INTEGER,               -- its secret holds a CA certificate
	insecure INTEGER,             -- its secret asks for no verification
	secret TEXT,                  -- 'namespace/name' of its Secret
	machines INTEGER,             -- how many Forklift counts there
	ready INTEGER, conditions TEXT -- Ready=True; a JSON array of conditions
) STRICT;

CREATE TABLE cluster (
	id INTEGER PRIMARY KEY,
	type TEXT NOT NULL, site TEXT, ref TEXT, name TEXT,
	datacenter TEXT,
	drs_enabled INTEGER, ha_enabled INTEGER, dpm_enabled INTEGER,
	host_affinity_vms TEXT,       -- a JSON array of machine references
	ha_reservation INTEGER, ksm_enabled INTEGER, -- oVirt
	bios_type TEXT, version TEXT  -- oVirt: compatibility version, '4.7'
) STRICT;
CREATE INDEX cluster_ref ON cluster (ref);
CREATE INDEX cluster_name ON cluster (name);

CREATE TABLE host (
	id INTEGER PRIMARY KEY,
	type TEXT NOT NULL, site TEXT, ref TEXT, -- 'host-88' or a UUID
	name TEXT,
	address TEXT,                 -- by which it is to be reached; oVirt: of 54322
	cluster TEXT,                 -- reference or name
	status TEXT, connection_state TEXT, in_maintenance INTEGER,
	cluster_id INTEGER,           -- found by identity.sql
	product TEXT, version TEXT,
	thumbprint TEXT,              -- SHA-1 as vCenter stores it
	managed_by TEXT,              -- address of its vCenter
	certificate_end TEXT          -- as exported
) STRICT;
CREATE INDEX host_ref ON host (ref);
CREATE INDEX host_name ON host (name);

-- Addresses of a host's own adapters (vmkernel).
CREATE TABLE host_adapter (
	id INTEGER PRIMARY KEY,
	host INTEGER NOT NULL REFERENCES host,
	ref TEXT,                     -- 'vmk0', or the port group
	port_group TEXT, address TEXT, services TEXT
) STRICT;

-- A vSphere datastore, or an oVirt storage domain.
CREATE TABLE datastore (
	id INTEGER PRIMARY KEY,
	type TEXT NOT NULL, site TEXT, ref TEXT, name TEXT,
	storage_type TEXT,            -- 'VMFS', 'NFS', 'vsan', 'nfs', 'iscsi', ...
	capacity INTEGER, free INTEGER, accessible INTEGER, maintenance TEXT
) STRICT;

CREATE TABLE network (
	id INTEGER PRIMARY KEY,
	type TEXT NOT NULL, site TEXT, ref TEXT, name TEXT,
	variant TEXT,                 -- 'Standard', 'DvPortGroup', 'DvSwitch', 'OpaqueNetwork'
	vlan TEXT
) STRICT;

-- oVirt: what a NIC refers to instead of a network.
CREATE TABLE nic_profile (
	id INTEGER PRIMARY KEY,
	site TEXT, ref TEXT, name TEXT,
	network TEXT,                 -- reference
	network_filter TEXT, qos TEXT, -- '': none
	port_mirroring INTEGER, pass_through INTEGER,
	properties INTEGER            -- how many
) STRICT;

-- ---- machines

CREATE TABLE vm (
	id INTEGER PRIMARY KEY,       -- the record's
	type TEXT NOT NULL,           -- 'vsphere' or 'ovirt'
	judged INTEGER,               -- it is in the table judged; set by the engine
	site TEXT,                    -- the provider's uid, or the vCenter's UUID
	ref TEXT,                     -- 'vm-1042', or oVirt's UUID
	uuid TEXT,                    -- vSphere: of the BIOS (config.uuid)
	instance_uuid TEXT,
	name TEXT, path TEXT,
	is_template INTEGER,
	power_state TEXT,             -- 'on', 'off', 'suspended', or another word of the source
	connection_state TEXT,
	status TEXT,                  -- oVirt's word
	host TEXT,                    -- reference or name; '': none, as oVirt has it of what is down
	cluster TEXT,                 -- reference or name
	host_id INTEGER, cluster_id INTEGER, -- found by identity.sql
	-- What lists the export tells at all: 1; NULL: it does not say.
	has_disks INTEGER, has_nics INTEGER, has_cdroms INTEGER, has_addresses INTEGER,
	has_devices INTEGER, has_guest_disks INTEGER, has_snapshots INTEGER,
	has_concerns INTEGER,         -- Forklift has judged it
	guest_id TEXT,                -- 'rhel9_64Guest'; oVirt: os type 'rhel_9x64'
	guest_name TEXT,              -- as configured
	guest_name_reported TEXT,     -- by the guest's tools or agent; '': they say nothing
	host_name TEXT,               -- of the guest
	tools_status TEXT, tools_running TEXT, tools_version_status TEXT,
	cbt INTEGER,                  -- changed block tracking of the machine
	consolidation_needed INTEGER,
	snapshot INTEGER,             -- it has one (oVirt: besides the active one)
	firmware TEXT, secure_boot INTEGER, tpm INTEGER,
	fault_tolerance INTEGER, disk_uuid INTEGER, nested INTEGER,
	cpu_affinity INTEGER,         -- how many pins; 0: none
	numa_affinity INTEGER,
	cpu_hot_add INTEGER, cpu_hot_remove INTEGER, memory_hot_add INTEGER,
	cpus INTEGER, memory INTEGER,
	ballooned INTEGER,            -- oVirt: enabled
	tools_iso INTEGER,            -- vSphere: the installer of VMware Tools is mounted
	-- oVirt alone
	bios TEXT, boot_menu INTEGER, custom_cpu TEXT, cpu_pinning TEXT, cpu_shares INTEGER,
	properties INTEGER, display TEXT, ha INTEGER, host_devices INTEGER, illegal_images INTEGER,
	io_threads INTEGER, placement TEXT, resume_behaviour TEXT, usb INTEGER, watchdogs INTEGER,
	memory_snapshot INTEGER       -- a snapshot that keeps the memory
) STRICT;

CREATE TABLE disk (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- within the machine: the device key '2000'; oVirt: the disk's UUID
	label TEXT,                   -- 'scsi0:1', or as exported
	datastore TEXT,               -- reference or name; '': none
	file TEXT, capacity INTEGER,
	shared INTEGER, rdm INTEGER, mode TEXT, bus TEXT, serial TEXT,
	cbt INTEGER,
	-- oVirt alone
	interface TEXT, storage_type TEXT, status TEXT, scsi_reservation INTEGER, lun_size INTEGER
) STRICT;
CREATE INDEX disk_vm ON disk (vm);

-- oVirt: a disk by itself, which any number of machines may have attached; identity.sql fills
-- their rows of disk from here.
CREATE TABLE disk_image (
	id INTEGER PRIMARY KEY,
	ref TEXT,                     -- its UUID
	name TEXT, datastore TEXT, capacity INTEGER, shared INTEGER,
	storage_type TEXT, status TEXT, lun_size INTEGER
) STRICT;
CREATE INDEX disk_image_ref ON disk_image (ref);

CREATE TABLE nic (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- within the machine: its MAC, else its name
	name TEXT,
	mac TEXT, network TEXT,       -- network: reference or name
	profile TEXT,                 -- oVirt: reference; '': none
	interface TEXT,               -- 'virtio', 'VirtualVmxnet3'
	connected INTEGER, starts_connected INTEGER,
	plugged INTEGER               -- oVirt
) STRICT;
CREATE INDEX nic_vm ON nic (vm);

-- An address that the guest reports.
CREATE TABLE address (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- 'MAC address'
	mac TEXT,                     -- of its NIC; NULL: of the machine, no NIC is named
	address TEXT NOT NULL,
	prefix INTEGER, origin TEXT
) STRICT;
CREATE INDEX address_vm ON address (vm);

CREATE TABLE cdrom (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- 'CD/DVD drive 1', or oVirt's id
	label TEXT,
	iso TEXT,                     -- the image; '': none
	connected INTEGER, starts_connected INTEGER
) STRICT;
CREATE INDEX cdrom_vm ON cdrom (vm);

CREATE TABLE device (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- its key
	kind TEXT                     -- 'VirtualPCIPassthrough', 'VirtualUSBController', ...
) STRICT;
CREATE INDEX device_vm ON device (vm);

-- A file system of the guest.
CREATE TABLE guest_disk (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- its path
	path TEXT, capacity INTEGER, free INTEGER,
	disk_key INTEGER              -- of the disk it lies on; 0: the guest does not say
) STRICT;
CREATE INDEX guest_disk_vm ON guest_disk (vm);

-- What Forklift itself found, as its own exports carry it.
CREATE TABLE concern (
	id INTEGER PRIMARY KEY,
	vm INTEGER NOT NULL REFERENCES vm,
	ref TEXT,                     -- 'rule label'
	rule TEXT,                    -- '': an export older than Forklift's rule ids
	label TEXT, category TEXT, assessment TEXT,
	stale INTEGER                 -- the machine changed after it was judged
) STRICT;
CREATE INDEX concern_vm ON concern (vm);

-- ---- what is asked

-- One row.
CREATE TABLE asked (
	plan TEXT,                    -- --plan; NULL: all
	warm INTEGER,                 -- --warm 1, --cold 0; NULL: as the plans say, else cold
	target_namespace TEXT,        -- --target-namespace; NULL: as the plans say
	release TEXT                  -- --release; NULL: as the exports say
) STRICT;

-- Which machines are judged, and for which migration: filled by the engine before the rules, as
-- nearly all of them begin here.
CREATE TABLE judged (
	plan_id INTEGER, plan TEXT,   -- 'namespace/name'; NULL without plans
	vm INTEGER NOT NULL,
	plan_vm INTEGER,
	warm INTEGER NOT NULL,
	target_namespace TEXT, target_name TEXT,
	started INTEGER
) STRICT;
CREATE INDEX judged_vm ON judged (vm);

-- ---- what is found

-- What the rules say, filled by the engine; no script sees it.
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	rank INTEGER NOT NULL,        -- of the rule among all
	rule TEXT NOT NULL, severity TEXT NOT NULL, -- 'blocker', 'warning', 'info'
	verdict TEXT NOT NULL,        -- 'fail' or 'unknown'
	kind TEXT NOT NULL,           -- of the object: 'vm', 'host', 'plan'
	ref TEXT, name TEXT, plan TEXT,
	message TEXT NOT NULL,
	vm INTEGER                    -- vm.id; NULL: none, or several judged ones share ref and name
) STRICT;
