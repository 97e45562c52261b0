# SPDX-License-Identifier: Apache-2.0
"""The vSphere half of the site: a machine for each way to be in the way of a migration, and some that are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lab.exports.model import (
    GIB, MIB, Cdrom, Cluster, Datastore, Disk, GuestDisk, Host, Machine, Network, Nic, Source, complete,
)  # fmt: skip

UID = "6f1c2f0e-5d1b-4b37-9a5e-0c1c9a7c1a11"
ESX01, ESX02, ESX03 = (f"esx0{i}.lab.example" for i in (1, 2, 3))
CLUSTERS = [Cluster("cl-a", "domain-c7"), Cluster("cl-drs", "domain-c8", drs=True, dpm=True)]
HOSTS = [
    Host(ESX01, "host-88", "cl-a", "203.0.113.31"),
    Host(ESX02, "host-89", "cl-a", "203.0.113.32", status="yellow", fails={"host.HostStatusNotGreen"}),
    Host(ESX03, "host-90", "cl-drs", "203.0.113.33", "red", True, connection="notResponding",
         fails={"host.HostStatusNotGreen", "host.disconnected"}),  # fmt: skip
]
DATASTORES = [
    Datastore("lab-ssd-1", "datastore-51", "VMFS"),
    Datastore("lab-nfs-1", "datastore-52", "NFS"),
    Datastore("lab-vsan-1", "datastore-53", "vsan"),
]
NETWORKS = [
    Network("prod-100", "dvportgroup-301"),
    Network("dmz-200", "dvportgroup-303", vlan="200"),
    Network("VM Network", "network-302", "Standard", "0"),
    Network("lab-dvs", "dvs-300", "DvSwitch", ""),
]

ISO = "iso/rhel-9.4-dvd.iso"
WINDOWS = {"guest_id": "windows2019srv_64Guest", "guest_name": "Microsoft Windows Server 2019 (64-bit)"}
OFF = {"power": "off", "tools_running": "guestToolsNotRunning", "guest_name_reported": ""}
LONG = "a" * 56 + "-long-01"  # 64 characters
LONGEST = "b" * 240 + "-too-long-0001"  # 254


def ours(name: str, *fails: str, open: tuple[str, ...] = (), **properties) -> Machine:
    return Machine(name, set(fails), set(open), **properties)


def plain() -> Iterator[Machine]:
    """Nothing is the matter with these."""
    yield ours("web-01")
    yield ours("web-02", nics=[Nic(), Nic("dmz-200")])
    yield ours("db-01", disks=[Disk(), Disk(100 * GIB, "lab-nfs-1"), Disk(bus="sata")])
    yield ours("win-01", **WINDOWS, guest_disks=[GuestDisk("C:\\")])
    ten = {"guest_id": "windows9_64Guest", "guest_name": "Microsoft Windows 10 (64-bit)"}  # by its name alone
    yield ours("win-10", **ten, guest_disks=[GuestDisk("C:\\")])
    yield ours("off-01", **OFF)
    yield ours("cdrom-of-host-01", "page.iso", cdroms=[Cdrom("", True, True)])
    yield ours("iso-idle-01", cdroms=[Cdrom(ISO, False, False)])
    yield ours("iso-off-idle-01", cdroms=[Cdrom(ISO, False, False)], **OFF)
    yield ours("no-cdrom-01", cdroms=[])
    yield ours("link-local-01", nics=[Nic(addresses=["192.0.2.11", "fe80::250:56ff:fe8a:1", "2001:db8:1::11"])])
    yield ours("v6-only-01", nics=[Nic(addresses=["2001:db8:1::12"])])
    yield ours("tools-old-01", tools="toolsOld", tools_version="guestToolsNeedUpgrade")
    yield ours("vsan-01", disks=[Disk(datastore="lab-vsan-1")])


def disks() -> Iterator[Machine]:
    yield ours("cbt-off-01", "vmware.changed_block_tracking.disabled", "page.cbt", cbt=False)
    yield ours("disk-cbt-off-01", "vmware.changed_block_tracking.disk.disabled", "page.cbt.disk", disks=[Disk(), Disk(cbt=False)])
    yield ours("consolidate-01", "vmware.consolidation_needed", consolidation=True)
    yield ours("datastore-missing-01", "vmware.datastore.missing", disks=[Disk(datastore="")])
    yield ours("many-disks-01", "vmware.disk.count.exceeds.limit", disks=[Disk(GIB) for _ in range(166)])
    yield ours("many-disks-165", disks=[Disk(GIB) for _ in range(165)])
    yield ours("disk-independent-01", "vmware.disk_mode.independent", disks=[Disk(mode="independent_persistent")])
    yield ours("disk-independent-02", "vmware.disk_mode.independent", disks=[Disk(), Disk(mode="independent_nonpersistent")])
    yield ours("disk-serial-01", "vmware.disk_serial.truncated", disk_uuid=True)
    yield ours("disk-serial-sata-01", disk_uuid=True, disks=[Disk(bus="sata")])
    yield ours("disk-empty-01", "vmware.disk.capacity.invalid", disks=[Disk(), Disk(0)])
    yield ours("rdm-disk-01", "vmware.disk.rdm.detected", disks=[Disk(), Disk(rdm=True)])
    for i in (1, 2):
        yield ours(f"disk-shared-0{i}", "vmware.disk.shared.detected", disks=[Disk(), Disk(shared=True, file="quorum/quorum.vmdk")])
    yield ours("snapshot-01", "vmware.snapshot.detected", snapshot=True)
    full = {"/": 99, "C:\\": 99, "/boot": 49, "/var": 9}
    for i, (path, mib) in enumerate(full.items(), 1):
        yield ours(f"disk-full-0{i}", "vmware.guestDisks.freespace", guest_disks=[GuestDisk(path, free=mib * MIB)])
        yield ours(f"disk-just-enough-0{i}", guest_disks=[GuestDisk(path, free=(mib + 1) * MIB)])
    key = [GuestDisk("C:\\", key=0)]
    yield ours("disk-key-01", "vmware.guestDisks.key.not_found", guest_disks=key, **WINDOWS)


def hardware() -> Iterator[Machine]:
    hotplug = "vmware.cpu_memory.hotplug.enabled"
    yield ours("cpu-affinity-01", "vmware.cpu_affinity.detected", cpu_affinity=[0, 1])
    yield ours("cpu-hot-add-01", hotplug, cpu_hot_add=True)
    yield ours("cpu-hot-remove-01", hotplug, cpu_hot_remove=True)
    yield ours("memory-hot-add-01", hotplug, memory_hot_add=True)
    yield ours("numa-affinity-01", "vmware.numa_affinity.detected", numa_affinity=["0"])
    yield ours("host-affinity-01", "vmware.host_affinity.detected", host=ESX03)
    yield ours("fault-tolerant-01", "vmware.fault_tolerance.enabled", fault_tolerance=True)
    yield ours("passthrough-01", "vmware.passthrough_device.detected", devices=["VirtualPCIPassthrough"])
    yield ours("sriov-01", "vmware.device.sriov.detected", nics=[Nic(kind="VirtualSriovEthernetCard")])
    yield ours("tpm-01", "vmware.tpm.detected", tpm=True, secure_boot=True)
    yield ours("usb-01", "vmware.usb_controller.detected", devices=["VirtualUSBController"])
    yield ours("iso-01", "page.iso", cdroms=[Cdrom(ISO, True, True)])
    yield ours("iso-off-01", "page.iso", cdroms=[Cdrom(ISO, False, True)], **OFF)
    yield ours("iso-tools-01", "page.iso", tools_iso=True, cdroms=[Cdrom("iso/linux.iso", True, True)])


def guests() -> Iterator[Machine]:
    """What the guest is, says, and has for addresses."""
    missing = {"tools": "toolsNotInstalled", "tools_running": "guestToolsNotRunning", "tools_version": "guestToolsNotInstalled"}
    yield ours("hostname-empty-01", "vmware.hostname.empty", host_name="")
    yield ours("hostname-default-01", "vmware.hostname.default", host_name="localhost.localdomain")
    yield ours("no-address-01", "vmware.vm_missing_ip.detected", "page.nic.addresses", nics=[Nic(addresses=[])])
    yield ours("nic-no-address-01", "page.nic.addresses", nics=[Nic(), Nic("dmz-200", addresses=[])])
    two = [Nic(addresses=["192.0.2.13", "192.0.2.14"])]
    yield ours("nic-two-addresses-01", "page.nic.addresses", nics=two)
    silent = {"open": ("page.nic.addresses",), "guest_disks": []}
    for name, state in (("tools-missing-01", "on"), ("tools-missing-off-01", "off")):
        rule = "page.tools" if state == "on" else "page.tools.off"
        yield ours(name, rule, "vmware.vm_missing_ip.detected", "vmware.hostname.empty", power=state, nics=[Nic(addresses=[])],
                   **silent, **missing)  # fmt: skip
    stopped = {"tools": "toolsNotRunning", "tools_running": "guestToolsNotRunning"}
    yield ours("tools-stopped-01", "page.tools", "vmware.vm_missing_ip.detected", nics=[Nic(addresses=[])], **silent, **stopped)
    unsupported = "vmware.os.unsupported", "page.guest_os"
    yield ours("os-centos-01", *unsupported, guest_id="centos8_64Guest", guest_name="CentOS 8 (64-bit)")
    yield ours("os-rhel6-01", *unsupported, guest_id="rhel6_64Guest", guest_name="Red Hat Enterprise Linux 6 (64-bit)")
    solaris = {"guest_id": "solaris11_64Guest", "guest_name": "Oracle Solaris 11 (64-bit)"}
    yield ours("os-solaris-01", *unsupported, "page.guest_os.convertible", **solaris)
    other = {"guest_id": "otherGuest64", "guest_name": "Other (64-bit)", "guest_name_reported": ""}
    yield ours("os-other-01", "vmware.os.unsupported", open=("page.guest_os", "page.guest_os.convertible"), **other)
    critical = {"id": "vmware.lab.example", "label": "Made up", "category": "Critical", "assessment": "for the test"}
    yield ours("concern-01", concerns=[critical])
    yield ours("mac-taken-01", nics=[Nic(mac="00:50:56:8a:ff:01")])
    for i in (1, 2):
        yield ours(f"mac-twin-0{i}", "page.mac.duplicate", nics=[Nic(mac="00:50:56:8a:ff:02")])


def names() -> Iterator[Machine]:
    invalid = "page.name", "vmware.vm.name.invalid"
    yield ours("Upper-Case-01", "page.name")
    yield ours("dots.in.name.01", "page.name")
    yield ours("under_score_01", *invalid)
    yield ours("name with blanks 01", *invalid)
    yield ours("hyphen-at-the-end-", *invalid)
    yield ours("<b>markup</b> & \u202eevil", *invalid)
    yield ours(LONG, "page.name.long", "vmware.vm.name.invalid")
    yield ours(LONGEST, *invalid, "page.name.long")
    yield ours("taken-elsewhere-01")
    yield ours("taken-01")
    for folder in "ab":
        yield ours("twin-01", "page.name.duplicate.plan", path=f"/LabDC/vm/{folder}/twin-01")
    yield ours("Twin_02", "page.name.duplicate.plan", *invalid)
    yield ours("twin-02", "page.name.duplicate.plan")


def others() -> Iterator[Machine]:
    """Not judged: templates."""
    yield ours("template-01", template=True, **OFF)


def source() -> Source:
    machines = [*plain(), *disks(), *hardware(), *guests(), *names(), *others()]
    for number, machine in enumerate(machines, 1):
        complete(machine, number)
    # Three hosts: two with more than ten machines, one in a cluster of its own.
    for machine in machines[1::3]:
        if machine.host == ESX01:
            machine.host = ESX02
    for machine in machines[5::12]:
        machine.host = ESX03
    for machine in machines:
        if machine.host == ESX03 and not machine.template:
            machine.fails |= {"vmware.drs.enabled", "vmware.dpm.enabled"}
    bound = [m.ref for m in machines if "vmware.host_affinity.detected" in m.fails]
    clusters = [replace(c, bound=bound if c.drs else []) for c in CLUSTERS]
    for machine in machines:
        if machine.fault_tolerance:
            machine.cdroms = []
    return Source("vsphere", UID, machines, list(HOSTS), clusters, list(DATASTORES), list(NETWORKS))


DRS = {"id": "vmware.drs.enabled", "label": "VM running in a DRS-enabled cluster", "category": "Information",
       "assessment": "Distributed resource scheduling is not carried over; use node affinity and a descheduler profile."}  # fmt: skip


def crowd(size: int) -> Iterator[Machine]:
    """As many machines as wanted: mostly plain, every seventh of the catalogue."""
    examples = [m for m in source().machines if not m.template and len(m.disks) < 10]
    for number in range(1, size + 1):
        example = examples[number // 7 % len(examples)] if number % 7 == 0 else examples[2]
        nics = [replace(n, mac="", addresses=None if n.addresses else []) for n in example.nics]
        disks_ = [replace(d, file="", uuid="") for d in example.disks]
        yield complete(
            replace(example, name=f"{example.name[:40].rstrip('-.')}-{number}", nics=nics, disks=disks_, ref="", uuid="",
                    instance_uuid="", path="", host_name=example.host_name or "", concerns=[DRS, DRS]),
            number,
        )
