# SPDX-License-Identifier: Apache-2.0
"""The oVirt half of the site."""

from __future__ import annotations

from collections.abc import Iterator

from lab.exports.model import FRONT, GIB, Cdrom, Cluster, Datastore, Disk, Host, Machine, Network, Nic, Profile, Source, complete, uuid

UID = "0b0e3bd4-9a3b-4f4f-8a35-7f0a5d0c2222"
KVM01, KVM02, KVM03 = "kvm01", "kvm02", "kvm03"
CLUSTERS = [
    Cluster("Default", "c1d2e3f4-0000-4000-8000-0000000000c1"),
    Cluster("reserved", "c1d2e3f4-0000-4000-8000-0000000000c2", ha_reservation=True),
    Cluster("merging", "c1d2e3f4-0000-4000-8000-0000000000c3", ksm=True),
]
HOSTS = [
    Host(KVM01, "a1b2c3d4-0000-4000-8000-0000000000a1", "Default", "kvm01.lab.example", "up", version="8.6 - 3.el8"),
    Host(KVM02, "a1b2c3d4-0000-4000-8000-0000000000a2", "Default", "kvm02.lab.example", "up", version="8.6 - 3.el8"),
    Host(KVM03, "a1b2c3d4-0000-4000-8000-0000000000a3", "Default", "kvm03.lab.example", "non_responsive", version="8.6 - 3.el8",
         fails={"host.ovirt.not_up"}),  # fmt: skip
]
DATASTORES = [
    Datastore("data1", "5d000000-0000-4000-8000-000000000001", "nfs"),
    Datastore("block1", "5d000000-0000-4000-8000-000000000002", "iscsi"),
]
NETWORKS = [
    Network("ovirtmgmt", "4e000000-0000-4000-8000-000000000001", "", ""),
    Network("vlan200", "4e000000-0000-4000-8000-000000000002", "", "200"),
]
PROFILES = [
    Profile("plain"),
    Profile("tagged", "vlan200"),
    Profile("filtered", filter="vdsm-no-mac-spoofing"),
    Profile("limited", qos=uuid("qos gold")),
    Profile("mirrored", mirroring=True),
    Profile("with-properties", properties={"queues": "4"}),
]


def ours(name: str, *fails: str, **properties) -> Machine:
    properties.setdefault("host", KVM01)
    for disk in properties.setdefault("disks", [Disk()]):
        if disk.datastore == "lab-ssd-1":
            disk.datastore = "data1"
    return Machine(name, {f if "." in f and f.startswith("page.") else "ovirt." + f for f in fails}, type="ovirt", **properties)


def devices() -> Iterator[Machine]:
    yield ours("ov-balloon-01", "memory.ballooning.enabled", balloon=True)
    yield ours("ov-boot-menu-01", "bios.boot_menu.enabled", boot_menu=True)
    yield ours("ov-cpu-model-01", "cpu.custom_model.detected", custom_cpu="Skylake-Server")
    yield ours("ov-pinning-01", "cpu.pinning_policy.unsupported", cpu_pinning="resize_and_pin_numa")
    yield ours("ov-pinning-02", "cpu.pinning_policy.unsupported", cpu_pinning="isolate_threads")
    yield ours("ov-shares-01", "cpu.shares.defined", cpu_shares=1024)
    yield ours("ov-cpu-tune-01", "cpu.tuning.detected", cpu_affinity=[0, 1])
    yield ours("ov-numa-01", "numa.tuning.detected", numa_affinity=["0"])
    yield ours("ov-properties-01", "vm.custom_properties.detected", properties={"hugepages": "2048"})
    yield ours("ov-spice-01", "display_type.spice.enabled", display="spice")
    yield ours("ov-ha-01", "ha.enabled", ha=True)
    yield ours("ov-ha-reserved-01", "ha.reservation.enabled", cluster="reserved")
    yield ours("ov-host-device-01", "host_devices.mapped", host_devices=["pci_0000_3b_00_0"])
    yield ours("ov-io-threads-01", "iothreads.configured", io_threads=4)
    yield ours("ov-ksm-01", "cluster.ksm_enabled", cluster="merging")
    yield ours("ov-memory-snapshot-01", "snapshot.online_memory.detected", snapshot=True, memory_snapshot=True)
    yield ours("ov-snapshot-01", snapshot=True)
    yield ours("ov-affinity-01", "placement_policy.affinity_set", placement="migratable")
    yield ours("ov-secure-boot-01", "secure_boot.detected", bios="q35_secure_boot")
    yield ours("ov-resume-01", "storage.resume_behavior.unsupported", resume="kill")
    yield ours("ov-usb-01", "usb.enabled", usb=True)
    yield ours("ov-watchdog-01", "watchdog.enabled", watchdogs=["i6300esb"])


def disks() -> Iterator[Machine]:
    yield ours("ov-many-disks-01", "disk.count.exceeds.limit", disks=[Disk(GIB) for _ in range(166)])
    yield ours("ov-disk-ide-01", "disk.interface_type.unsupported", disks=[Disk(), Disk(interface="ide")])
    yield ours("ov-disk-sata-01", disks=[Disk(interface="sata"), Disk(interface="virtio")])
    yield ours("ov-disk-empty-01", "disk.capacity.invalid", disks=[Disk(), Disk(0)])
    yield ours("ov-disk-illegal-01", "disk.illegal_or_locked_status", disks=[Disk(status="illegal")])
    yield ours("ov-disk-locked-01", "disk.illegal_or_locked_status", disks=[Disk(status="locked")])
    yield ours("ov-disk-cinder-01", "disk.storage_type.unsupported", disks=[Disk(storage_type="cinder")])
    yield ours("ov-disk-lun-01", disks=[Disk(), Disk(datastore="", storage_type="lun")])
    yield ours("ov-images-01", "disk.illegal_images.detected", illegal_images=True)
    yield ours("ov-reservation-01", "disk.scsi_reservation.enabled", disks=[Disk(scsi_reservation=True)])
    for i in (1, 2):
        shared = Disk(datastore="block1", shared=True, uuid=uuid("quorum"))
        yield ours(f"ov-disk-shared-0{i}", "disk.shared.detected", disks=[Disk(), shared])


def nics() -> Iterator[Machine]:
    yield ours("ov-nic-properties-01", "nic.custom_properties.detected", nics=[Nic(profile="with-properties")])
    passthrough = "nic.interface_type.unsupported", "nic.pci_passthrough.detected"
    yield ours("ov-nic-passthrough-01", *passthrough, nics=[Nic(interface="pci_passthrough")])
    yield ours("ov-nic-interface-01", "nic.interface_type.unsupported", nics=[Nic(), Nic(interface="spapr_vlan", profile="tagged")])
    yield ours("ov-nic-emulated-01", nics=[Nic(interface="e1000"), Nic(interface="rtl8139", profile="tagged")])
    yield ours("ov-nic-filter-01", "nic.network_filter.detected", nics=[Nic(profile="filtered")])
    yield ours("ov-nic-unplugged-01", "nic.unplugged.detected", nics=[Nic(), Nic(plugged=False, profile="tagged")])
    yield ours("ov-nic-mirror-01", "nic.port_mirroring.detected", nics=[Nic(profile="mirrored")])
    yield ours("ov-nic-qos-01", "nic.qos.detected", nics=[Nic(profile="limited")])
    yield ours("ov-no-address-01", "page.nic.addresses", nics=[Nic(addresses=[])])
    yield ours("ov-link-local-01", nics=[Nic(addresses=[f"{FRONT}.11", "fe80::546f:1aff:fe10:1"])])
    yield ours("ov-two-addresses-01", "page.nic.addresses", nics=[Nic(addresses=[f"{FRONT}.12", f"{FRONT}.13"])])


def others() -> Iterator[Machine]:
    yield ours("ov-web-01")
    yield ours("ov-db-01", disks=[Disk(), Disk(200 * GIB, "block1")])
    yield ours("ov-iso-01", "page.iso", cdroms=[Cdrom("rhel-9.3-dvd.iso", True, True)])
    yield ours("ov-Upper-01", "page.name")
    yield ours("ov_under_score_01", "page.name", "name.invalid")
    yield ours("ov-rhel6-01", "os.unsupported", "page.guest_os", os_type="rhel_6x64", guest=("Red Hat Enterprise Linux", "6.10"))
    yield ours("ov-win11-01", "tpm.required_by_os", os_type="windows_11", guest=("Microsoft Windows", "11"))
    yield ours("ov-paused-01", "vm.status_invalid", status="paused")
    yield ours("ov-off-01", open={"page.nic.addresses"}, status="down", power="off", host="", guest=None, nics=[Nic(addresses=[])])


def source() -> Source:
    machines = [*others(), *devices(), *disks(), *nics()]
    for number, machine in enumerate(machines, 1):
        machine.path = f"{machine.cluster}/{machine.name}"
        complete(machine, number)
    for machine in machines[1::2]:
        machine.host = machine.host and KVM02
    machines[-1].host = KVM03
    return Source("ovirt", UID, machines, list(HOSTS), list(CLUSTERS), list(DATASTORES), list(NETWORKS), list(PROFILES), "4.5.4")
