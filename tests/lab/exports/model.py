# SPDX-License-Identifier: Apache-2.0
"""What can be true of a site, whatever format says it.  Sizes are bytes.

`fails` are the rules that do not hold for the thing, `open` those that nothing could tell; every other rule holds.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, field

MIB, GIB = 1 << 20, 1 << 30
VCENTER_UUID = "11111111-2222-4333-8444-555555555555"
PROD, FRONT, MANAGEMENT = "192.0.2", "198.51.100", "203.0.113"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def uuid(text: str) -> str:
    """A UUID of version 4 by the look of it, the same for the same text."""
    h = digest(text)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-8{h[17:20]}-{h[20:32]}"


def fingerprint(text: str, size: int = 20) -> str:
    return ":".join(digest(text)[i : i + 2] for i in range(0, 2 * size, 2)).upper()


@dataclass
class Disk:
    capacity: int = 40 * GIB
    datastore: str = "lab-ssd-1"
    shared: bool = False
    rdm: bool = False
    mode: str = "persistent"
    bus: str = "scsi"
    cbt: bool = True
    file: str = ""  # '': named after the machine
    # oVirt
    interface: str = "virtio_scsi"
    storage_type: str = "image"
    status: str = "ok"
    scsi_reservation: bool = False
    uuid: str = ""  # '': made from the machine's name and the place


@dataclass
class Nic:
    network: str = "prod-100"
    mac: str = ""
    addresses: list[str] | None = None  # None: one of each family
    connected: bool = True
    starts_connected: bool = True
    kind: str = "VirtualVmxnet3"
    # oVirt
    interface: str = "virtio"
    profile: str = "plain"
    plugged: bool = True

    def global_addresses(self) -> list[str]:
        """Those that count: a link-local address is told by some formats only."""
        return [a for a in self.addresses or [] if not ipaddress.ip_address(a).is_link_local]


@dataclass
class Cdrom:
    iso: str = ""  # '': a drive of the host
    connected: bool = False
    starts_connected: bool = False


@dataclass
class GuestDisk:
    path: str = "/"
    capacity: int = 35 * GIB
    free: int = 9 * GIB
    key: int = 2000


@dataclass
class Machine:
    """A machine of vSphere or oVirt; `number` is unique within its source."""

    name: str
    fails: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    number: int = 0
    type: str = "vsphere"
    ref: str = ""
    path: str = ""
    uuid: str = ""
    instance_uuid: str = ""
    host: str = "esx01.lab.example"
    power: str = "on"
    connection: str = "connected"
    template: bool = False
    guest_id: str = "rhel9_64Guest"
    guest_name: str = "Red Hat Enterprise Linux 9 (64-bit)"
    guest_name_reported: str | None = None  # None: as configured, or nothing where no tools run
    host_name: str | None = None  # None: made from the name
    tools: str = "toolsOk"
    tools_running: str = "guestToolsRunning"
    tools_version: str = "guestToolsUnmanaged"
    tools_iso: bool = False
    cbt: bool = True
    consolidation: bool = False
    snapshot: bool = False
    firmware: str = "efi"
    secure_boot: bool = False
    tpm: bool = False
    fault_tolerance: bool = False
    disk_uuid: bool = False
    cpu_affinity: list[int] = field(default_factory=list)
    numa_affinity: list[str] = field(default_factory=list)
    cpu_hot_add: bool = False
    cpu_hot_remove: bool = False
    memory_hot_add: bool = False
    cpus: int = 4
    memory: int = 8 * GIB
    disks: list[Disk] = field(default_factory=lambda: [Disk()])
    nics: list[Nic] = field(default_factory=lambda: [Nic()])
    cdroms: list[Cdrom] = field(default_factory=lambda: [Cdrom()])
    devices: list[str] = field(default_factory=list)
    guest_disks: list[GuestDisk] = field(default_factory=lambda: [GuestDisk(), GuestDisk("/boot", GIB, 500 * MIB)])
    concerns: list[dict[str, str]] = field(default_factory=list)
    # oVirt
    cluster: str = "Default"
    status: str = "up"
    os_type: str = "rhel_9x64"
    guest: tuple[str, str] | None = ("Red Hat Enterprise Linux", "9.4")
    balloon: bool = False
    boot_menu: bool = False
    custom_cpu: str = ""
    cpu_pinning: str = "none"
    cpu_shares: int = 0
    properties: dict[str, str] = field(default_factory=dict)
    display: str = "vnc"
    ha: bool = False
    host_devices: list[str] = field(default_factory=list)
    illegal_images: bool = False
    io_threads: int = 1
    bios: str = "q35_sea_bios"
    memory_snapshot: bool = False
    placement: str = "user_migratable"
    resume: str = "auto_resume"
    usb: bool = False
    watchdogs: list[str] = field(default_factory=list)

    @property
    def up(self) -> bool:
        return self.power == "on"

    @property
    def runs_tools(self) -> bool:
        return self.up and self.tools_running == "guestToolsRunning"

    def reported(self) -> str:
        if self.guest_name_reported is not None:
            return self.guest_name_reported
        return self.guest_name if self.runs_tools else ""

    def addresses(self) -> list[str]:
        return [address for nic in self.nics for address in nic.addresses or []]


@dataclass
class Cluster:
    name: str
    ref: str
    drs: bool = False
    dpm: bool = False
    bound: list[str] = field(default_factory=list)  # references of machines that a rule binds to hosts
    ha_reservation: bool = False
    ksm: bool = False


@dataclass
class Host:
    name: str
    ref: str
    cluster: str
    address: str
    status: str = "green"
    maintenance: bool = False
    version: str = "8.0.2"
    connection: str = "connected"
    fails: set[str] = field(default_factory=set)

    @property
    def thumbprint(self) -> str:
        return fingerprint(self.name)


@dataclass
class Datastore:
    name: str
    ref: str
    type: str
    capacity: int = 2048 * GIB
    free: int = 819 * GIB


@dataclass
class Network:
    name: str
    ref: str
    variant: str = "DvPortGroup"
    vlan: str = "100"


@dataclass
class Profile:
    """What a NIC of oVirt refers to."""

    name: str
    network: str = "ovirtmgmt"
    filter: str = ""
    qos: str = ""
    mirroring: bool = False
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        return uuid("profile " + self.name)


@dataclass
class Source:
    """A vCenter or an oVirt engine."""

    type: str
    uid: str
    machines: list[Machine]
    hosts: list[Host]
    clusters: list[Cluster]
    datastores: list[Datastore]
    networks: list[Network]
    profiles: list[Profile] = field(default_factory=list)
    version: str = "8.0.2"

    def host(self, name: str) -> Host:
        return next(h for h in self.hosts if h.name == name)

    def cluster(self, name: str) -> Cluster:
        return next(c for c in self.clusters if c.name == name)

    def datastore(self, name: str) -> Datastore | None:
        return next((d for d in self.datastores if d.name == name), None)

    def network(self, name: str) -> Network:
        return next(n for n in self.networks if n.name == name)

    def profile(self, name: str) -> Profile:
        return next(p for p in self.profiles if p.name == name)


def complete(machine: Machine, number: int) -> Machine:
    """Fills in what only has to be unique."""
    m = machine
    m.number = number
    prefix, first = ("00:50:56", 0x8A) if m.type == "vsphere" else ("56:6f:1a", 0x10)
    m.ref = m.ref or (f"vm-{1000 + number}" if m.type == "vsphere" else uuid(f"ovirt {number}"))
    m.uuid = m.uuid or f"420a3c1e-0000-4000-8000-{number:012x}"
    m.instance_uuid = m.instance_uuid or f"500a3c1e-0000-4000-8000-{number:012x}"
    m.path = m.path or f"/LabDC/vm/lab/{m.name}"
    if m.host_name is None:
        m.host_name = "" if m.tools == "toolsNotInstalled" else f"host{number}.lab.example"
    net = PROD if m.type == "vsphere" else FRONT
    for k, nic in enumerate(m.nics):
        value = number * 8 + k
        nic.mac = nic.mac or f"{prefix}:{first + (value >> 16):02x}:{value >> 8 & 255:02x}:{value & 255:02x}"
        if nic.addresses is None:
            nic.addresses = [f"{net if k == 0 else MANAGEMENT}.{number % 200 + 20}", f"2001:db8:{k + 1}::{number:x}"]
    for k, disk in enumerate(m.disks):
        disk.file = disk.file or (f"{m.name}/{m.name}_{k}.vmdk" if k else f"{m.name}/{m.name}.vmdk")
        disk.uuid = disk.uuid or uuid(f"disk {m.type} {m.number} {k}")
    return m
