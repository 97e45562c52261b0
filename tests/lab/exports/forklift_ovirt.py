# SPDX-License-Identifier: Apache-2.0
"""Forklift's inventory of oVirt, with detail=all."""

from __future__ import annotations

from typing import Any

from lab.exports.forklift_vsphere import link
from lab.exports.model import Cluster, Datastore, Disk, Host, Machine, Network, Nic, Profile, Source, uuid

DATA_CENTRE = "dc000000-0000-4000-8000-000000000001"


def nic_json(source: Source, m: Machine, k: int) -> dict[str, Any]:
    nic = m.nics[k]
    return {
        "id": uuid(f"nic {m.number} {k}"), "name": f"nic{k + 1}", "interface": nic.interface, "plugged": nic.plugged,
        "ipAddress": [{"address": a, "version": "v6" if ":" in a else "v4"} for a in nic.addresses or []] or None,
        "profile": source.profile(nic.profile).ref, "mac": nic.mac,
    }  # fmt: skip


def snapshots_json(m: Machine) -> list[dict[str, Any]]:
    active = {"id": uuid(f"active {m.number}"), "description": "Active VM", "type": "active", "persistMemory": False}
    kept = {"id": uuid(f"kept {m.number}"), "description": "before", "type": "regular", "persistMemory": m.memory_snapshot}
    return [active, kept] if m.snapshot else [active]


def vm(source: Source, m: Machine) -> dict[str, Any]:
    return {
        "id": m.ref, "revision": 6, "path": m.path, "name": m.name, "description": "", "selfLink": link(source, "vms", m.ref),
        "cluster": source.cluster(m.cluster).ref, "status": m.status, "host": source.host(m.host).ref if m.host else "",
        "revisionValidated": 6, "nics": [nic_json(source, m, k) for k in range(len(m.nics))],
        "diskAttachments": [
            {"id": d.uuid, "interface": d.interface, "scsiReservation": d.scsi_reservation, "disk": d.uuid, "bootable": k == 0}
            for k, d in enumerate(m.disks)
        ],
        "concerns": m.concerns or None, "policyVersion": 6, "guestName": m.host_name, "cpuSockets": 2, "cpuCores": m.cpus // 2,
        "cpuThreads": 1, "cpuShares": m.cpu_shares,
        "cpuAffinity": [{"set": c, "cpu": c} for c in m.cpu_affinity] or None, "cpuPinningPolicy": m.cpu_pinning,
        "memory": m.memory, "balloonedMemory": m.balloon, "ioThreads": m.io_threads, "bios": m.bios, "display": m.display,
        "hasIllegalImages": m.illegal_images, "numaNodeAffinity": m.numa_affinity or None, "leaseStorageDomain": "",
        "storageErrorResumeBehaviour": m.resume, "haEnabled": m.ha, "usbEnabled": m.usb, "bootMenuEnabled": m.boot_menu,
        "placementPolicyAffinity": m.placement, "timezone": "Etc/GMT", "stateless": "false", "serialNumber": "",
        "hostDevices": [{"capability": "pci", "product": name, "vendor": "ACME"} for name in m.host_devices] or None,
        "cdroms": [{"id": "00000000-0000-0000-0000-000000000000", "file": c.iso} for c in m.cdroms] or None,
        "watchDogs": [{"action": "reset", "model": model} for model in m.watchdogs] or None,
        "properties": [{"name": name, "value": value} for name, value in m.properties.items()] or None,
        "snapshots": snapshots_json(m),
        "guest": {"distribution": m.guest[0] if m.guest else "", "fullVersion": m.guest[1] if m.guest else ""},
        "osType": m.os_type, "customCpuModel": m.custom_cpu,
    }  # fmt: skip


def host(source: Source, h: Host) -> dict[str, Any]:
    return {
        "id": h.ref, "revision": 2, "path": f"{h.cluster}/{h.name}", "name": h.name, "selfLink": link(source, "hosts", h.ref),
        "cluster": source.cluster(h.cluster).ref, "status": h.status, "productName": "RHEL", "productVersion": h.version,
        "inMaintenance": h.maintenance, "cpuSockets": 2, "cpuCores": 24,
        "networkAttachments": [{"id": uuid("attached " + h.name), "network": source.networks[0].ref}],
        "nics": [{"id": uuid("eno1 " + h.name), "name": "eno1", "linkSpeed": 10000000000, "mtu": 1500, "vlan": ""}],
    }  # fmt: skip


def disk(source: Source, name: str, d: Disk) -> dict[str, Any]:
    store = source.datastore(d.datastore)
    unit = {"address": "203.0.113.60", "id": "360000000000000000e00000000010001", "lunMapping": 1, "size": d.capacity}
    return {
        "id": d.uuid, "revision": 1, "name": name, "selfLink": link(source, "disks", d.uuid), "shared": d.shared,
        "storageDomain": store.ref if store else "", "profile": uuid("disk profile " + d.datastore) if store else "",
        "provisionedSize": d.capacity, "actualSize": d.capacity // 4, "storageType": d.storage_type, "status": d.status,
        "lunStorage": {"LogicalUnits": {"logicalUnit": [unit] if d.storage_type == "lun" else None}},
    }  # fmt: skip


def disks(source: Source) -> list[dict[str, Any]]:
    named = {d.uuid: (f"{m.name}_Disk{k + 1}", d) for m in source.machines for k, d in enumerate(m.disks)}
    return [disk(source, name, d) for name, d in named.values()]


def storage_domain(source: Source, d: Datastore) -> dict[str, Any]:
    return {
        "id": d.ref, "revision": 1, "name": d.name, "selfLink": link(source, "storagedomains", d.ref),
        "dataCenter": DATA_CENTRE, "type": "data", "capacity": d.free, "free": d.free - (d.capacity - d.free),
        "storage": {"type": d.type},
    }  # fmt: skip


def network(source: Source, n: Network) -> dict[str, Any]:
    return {
        "id": n.ref, "revision": 1, "name": n.name, "selfLink": link(source, "networks", n.ref), "dataCenter": DATA_CENTRE,
        "vlan": n.vlan, "usages": ["vm"], "nicProfiles": [p.ref for p in source.profiles if p.network == n.name],
    }  # fmt: skip


def profile(source: Source, p: Profile) -> dict[str, Any]:
    return {
        "id": p.ref, "revision": 1, "name": p.name, "selfLink": link(source, "nicprofiles", p.ref),
        "network": source.network(p.network).ref, "networkFilter": p.filter, "portMirroring": p.mirroring, "qos": p.qos,
        "properties": [{"name": name, "value": value} for name, value in p.properties.items()] or None, "passThrough": False,
    }  # fmt: skip


def disk_profile(source: Source, d: Datastore) -> dict[str, Any]:
    ref = uuid("disk profile " + d.name)
    return {"id": ref, "revision": 1, "name": d.name, "selfLink": link(source, "diskprofiles", ref), "storageDomain": d.ref, "qos": ""}


def cluster(source: Source, c: Cluster) -> dict[str, Any]:
    return {
        "id": c.ref, "revision": 1, "name": c.name, "selfLink": link(source, "clusters", c.ref), "dataCenter": DATA_CENTRE,
        "haReservation": c.ha_reservation, "ksmEnabled": c.ksm, "biosType": "q35_sea_bios",
        "cpu": {"architecture": "x86_64", "type": "Intel Cascadelake Server Family"}, "version": {"minor": "7", "major": "4"},
    }  # fmt: skip


def data_centre(source: Source) -> dict[str, Any]:
    return {"id": DATA_CENTRE, "revision": 1, "name": "Default", "selfLink": link(source, "datacenters", DATA_CENTRE)}


def workload(source: Source, m: Machine) -> dict[str, Any]:
    """A machine with its NIC profiles, disks, host and cluster inside."""
    body = vm(source, m)
    for nic, inside in zip(m.nics, body["nics"], strict=True):
        inside["profile"] = profile(source, source.profile(nic.profile))
    for k, inside in enumerate(body["diskAttachments"]):
        whole = disk(source, f"{m.name}_Disk{k + 1}", m.disks[k])
        store = source.datastore(m.disks[k].datastore)
        inside["disk"] = {**whole, "profile": disk_profile(source, store) if store else None}
    body["host"] = host(source, source.host(m.host)) if m.host else None
    return {**body, "cluster": cluster(source, source.cluster(m.cluster)), "dataCenter": data_centre(source), "serverCpu": None}


def site(source: Source) -> dict[str, list[Any]]:
    """Every collection of the API."""
    return {
        "vms": [vm(source, m) for m in source.machines],
        "hosts": [host(source, h) for h in source.hosts],
        "clusters": [cluster(source, c) for c in source.clusters],
        "disks": disks(source),
        "storagedomains": [storage_domain(source, d) for d in source.datastores],
        "networks": [network(source, n) for n in source.networks],
        "nicprofiles": [profile(source, p) for p in source.profiles],
        "diskprofiles": [disk_profile(source, d) for d in source.datastores],
        "datacenters": [data_centre(source)],
    }


def provider(source: Source, custom_resource: dict[str, Any]) -> dict[str, Any]:
    """What /providers/ovirt/UID answers."""
    meta = custom_resource["metadata"]
    return {
        "uid": source.uid, "version": "88232", "namespace": meta["namespace"], "name": meta["name"],
        "selfLink": f"providers/ovirt/{source.uid}", "type": "ovirt", "object": custom_resource,
        "datacenterCount": 1, "clusterCount": len(source.clusters), "hostCount": len(source.hosts),
        "vmCount": len(source.machines), "networkCount": len(source.networks), "storageDomainCount": len(source.datastores),
    }  # fmt: skip
