# SPDX-License-Identifier: Apache-2.0
"""Forklift's inventory of vSphere, as its API answers with detail=all; of older releases too.

`null` stands where Go has a nil slice: the inventory does not write `[]` there.
"""

from __future__ import annotations

from typing import Any

from lab.exports.model import MIB, VCENTER_UUID, Cluster, Datastore, Disk, Host, Machine, Network, Nic, Source

POWER = {"on": "poweredOn", "off": "poweredOff", "suspended": "suspended"}
NOW = (2, 13)
# The release that first wrote a field; older ones leave it out.
SINCE = {
    "vm": {
        "tpmEnabled": (2, 6), "guestNetworks": (2, 7), "guestIpStacks": (2, 7), "secureBoot": (2, 7), "guestDisks": (2, 9),
        "hostName": (2, 9), "guestNameFromVmwareTools": (2, 9), "diskEnableUuid": (2, 9), "nestedHVEnabled": (2, 9),
        "toolsStatus": (2, 11), "toolsRunningStatus": (2, 11), "toolsVersionStatus2": (2, 11), "instanceUuid": (2, 11),
        "consolidationNeeded": (2, 12), "tags": (2, 12), "customValues": (2, 12), "customDef": (2, 12),
    },
    "disk": {
        "mode": (2, 7), "bus": (2, 8), "changeTrackingEnabled": (2, 9), "serial": (2, 9), "unitNumber": (2, 9),
        "controllerKey": (2, 9), "parent": (2, 10),
    },
    "nic": {"order": (2, 10), "deviceKey": (2, 10), "pciAddress": (2, 12), "startConnected": NOW},
    "guestNetwork": {"network": (2, 10), "deviceConfigId": (2, 10)},
}  # fmt: skip
CONTROLLERS = {"scsi": 1000, "sata": 15000, "ide": 200, "nvme": 31000}
UNITS = 60  # on one SCSI controller


def place(disk: Disk, k: int) -> tuple[int, int]:
    """Controller number and unit of the disk that is the machine's number k."""
    return (k // UNITS, k % UNITS + (k % UNITS >= 7)) if disk.bus == "scsi" else (0, k)


def told(what: str, fields: dict[str, Any], release: tuple[int, int]) -> dict[str, Any]:
    since = SINCE[what]
    return {name: value for name, value in fields.items() if since.get(name, (0, 0)) <= release}


def ref(kind: str, of: Any) -> dict[str, str]:
    return {"kind": kind, "id": of.ref}


def link(source: Source, collection: str, name: str) -> str:
    return f"providers/{source.type}/{source.uid}/{collection}/{name}"


def disk_json(source: Source, m: Machine, k: int, release: tuple[int, int]) -> dict[str, Any]:
    disk = m.disks[k]
    controller, unit = place(disk, k)
    store = source.datastore(disk.datastore)
    fields = {
        "key": 2000 + k, "unitNumber": unit, "controllerKey": CONTROLLERS[disk.bus] + controller,
        "file": f"[{disk.datastore}] {disk.file}",
        "datastore": {"kind": "Datastore" if store else "", "id": store.ref if store else ""},
        "capacity": disk.capacity, "shared": disk.shared, "rdm": disk.rdm, "bus": disk.bus, "mode": disk.mode,
        "serial": f"6000C29{disk.uuid[0]}-{disk.uuid[9:]}", "changeTrackingEnabled": disk.cbt, "parent": "",
    }  # fmt: skip
    return told("disk", fields, release)


def nic_json(source: Source, nic: Nic, k: int, release: tuple[int, int]) -> dict[str, Any]:
    fields = {
        "network": ref("Network", source.network(nic.network)), "mac": nic.mac, "order": k, "deviceKey": 4000 + k,
        "pciAddress": f"0000:{11 + k:02x}:00.0", "startConnected": nic.starts_connected,
    }  # fmt: skip
    return told("nic", fields, release)


def addresses_json(m: Machine, release: tuple[int, int]) -> list[dict[str, Any]] | None:
    rows = [
        {"device": "0", "deviceConfigId": 4000 + k, "mac": nic.mac, "ip": address, "origin": "manual",
         "prefix": 64 if ":" in address else 24, "dns": ["192.0.2.2"], "network": nic.network}
        for k, nic in enumerate(m.nics) for address in nic.addresses or []
    ]  # fmt: skip
    return [told("guestNetwork", row, release) for row in rows] or None


def devices_json(m: Machine) -> list[dict[str, Any]]:
    kinds = [nic.kind for nic in m.nics] + m.devices
    return [{"kind": kind, "key": 4000 + k, "pciSlotNumber": 192 + k} for k, kind in enumerate(kinds)]


def hardware_json(m: Machine) -> dict[str, Any]:
    return {
        "firmware": m.firmware, "cpuAffinity": m.cpu_affinity or None, "numaNodeAffinity": m.numa_affinity or None,
        "cpuHotAddEnabled": m.cpu_hot_add, "cpuHotRemoveEnabled": m.cpu_hot_remove, "memoryHotAddEnabled": m.memory_hot_add,
        "faultToleranceEnabled": m.fault_tolerance, "cpuCount": m.cpus, "coresPerSocket": 2, "memoryMB": m.memory // MIB,
        "balloonedMemory": 0, "tpmEnabled": m.tpm, "secureBoot": m.secure_boot, "diskEnableUuid": m.disk_uuid,
        "nestedHVEnabled": False, "devices": devices_json(m),
    }  # fmt: skip


def guest_json(m: Machine, release: tuple[int, int]) -> dict[str, Any]:
    first = next(iter(m.addresses()), "")
    stack = {"device": "0", "gateway": "192.0.2.1", "network": "0.0.0.0", "prefix": 0, "dns": ["192.0.2.2"]}
    return {
        "guestId": m.guest_id, "guestName": m.guest_name, "guestNameFromVmwareTools": m.reported(),
        "hostName": m.host_name, "ipAddress": first, "guestNetworks": addresses_json(m, release),
        "guestDisks": [
            {"key": d.key, "diskPath": d.path, "capacity": d.capacity, "freeSpace": d.free, "filesystemType": "xfs"}
            for d in m.guest_disks
        ] or None,
        "guestIpStacks": [stack] if first else None,
        "toolsStatus": m.tools, "toolsRunningStatus": m.tools_running, "toolsVersionStatus2": m.tools_version,
    }  # fmt: skip


def vm(source: Source, m: Machine, release: tuple[int, int] = NOW) -> dict[str, Any]:
    networks = [ref("Network", source.network(name)) for name in dict.fromkeys(nic.network for nic in m.nics)]
    fields = {
        "id": m.ref, "parent": {"kind": "Folder", "id": "group-v23"}, "path": m.path, "revision": 17, "name": m.name,
        "selfLink": link(source, "vms", m.ref), "revisionValidated": 17, "isTemplate": m.template,
        "powerState": POWER[m.power], "host": source.host(m.host).ref, "networks": networks,
        "disks": [disk_json(source, m, k, release) for k in range(len(m.disks))],
        "concerns": m.concerns or None, "policyVersion": 5, "uuid": m.uuid, "instanceUuid": m.instance_uuid,
        "connectionState": m.connection,
        "snapshot": {"kind": "VirtualMachineSnapshot", "id": f"snapshot-{m.number}"} if m.snapshot else {"kind": "", "id": ""},
        "changeTrackingEnabled": m.cbt, "consolidationNeeded": m.consolidation,
        **hardware_json(m), **guest_json(m, release),
        "storageUsed": sum(d.capacity for d in m.disks) // 2,
        "nics": [nic_json(source, nic, k, release) for k, nic in enumerate(m.nics)],
        "customDef": None, "customValues": None, "tags": None,
    }  # fmt: skip
    return told("vm", fields, release)


def host(source: Source, h: Host) -> dict[str, Any]:
    return {
        "id": h.ref, "parent": ref("Cluster", source.cluster(h.cluster)), "path": f"/LabDC/host/{h.cluster}/{h.name}",
        "revision": 4, "name": h.name, "selfLink": link(source, "hosts", h.ref), "cluster": source.cluster(h.cluster).ref,
        "status": h.status, "inMaintenance": h.maintenance, "managementServerIp": "203.0.113.10",
        "thumbprint": h.thumbprint, "timezone": "UTC", "cpuSockets": 2, "cpuCores": 32, "memoryBytes": 1 << 38,
        "productName": "VMware ESXi", "productVersion": h.version,
        "networking": {
            "pNICs": [{"key": "key-vim.host.PhysicalNic-vmnic0", "linkSpeed": 10000}],
            "vNICs": [{"key": "key-vim.host.VirtualNic-vmk0", "device": "vmk0", "portGroup": "Management Network",
                       "dPortGroup": "", "ipAddress": h.address, "ipV6Address": None, "subnetMask": "255.255.255.0", "mtu": 1500}],
            "portGroups": None, "switches": None,
        },
        "networks": [ref("Network", n) for n in source.networks],
        "datastores": [ref("Datastore", d) for d in source.datastores], "vms": None,
        "networkAdapters": [{"name": "Management Network", "ipAddress": h.address, "subnetMask": "255.255.255.0",
                             "linkSpeed": 10000, "mtu": 1500}],
        "hostScsiDisks": None, "advancedOptions": None, "vmotionSupported": True, "storageVmotionSupported": True,
    }  # fmt: skip


def cluster(source: Source, c: Cluster) -> dict[str, Any]:
    return {
        "id": c.ref, "parent": {"kind": "Folder", "id": "group-h22"}, "path": f"/LabDC/host/{c.name}", "revision": 3,
        "name": c.name, "selfLink": link(source, "clusters", c.ref), "folder": "group-h22",
        "networks": [ref("Network", n) for n in source.networks],
        "datastores": [ref("Datastore", d) for d in source.datastores],
        "hosts": [ref("Host", h) for h in source.hosts if h.cluster == c.name],
        "dasEnabled": True, "dasVms": None, "drsEnabled": c.drs, "drsBehavior": "fullyAutomated", "drsVms": None,
    }  # fmt: skip


def datastore(source: Source, d: Datastore) -> dict[str, Any]:
    return {
        "id": d.ref, "parent": {"kind": "Folder", "id": "group-s24"}, "path": f"/LabDC/datastore/{d.name}", "revision": 9,
        "name": d.name, "selfLink": link(source, "datastores", d.ref), "type": d.type, "capacity": d.capacity,
        "free": d.free, "maintenance": "normal", "backingDevicesNames": None, "storageIORMSupported": True,
        "iormEnabled": False, "iormCongestionThreshold": 30, "iormCongestionThresholdMode": "automatic",
        "iormPercentOfPeakThroughput": 90,
    }  # fmt: skip


def network(source: Source, n: Network) -> dict[str, Any]:
    switch = {"dvSwitch": {"kind": "Network", "id": "dvs-300"}, "key": n.ref} if n.variant == "DvPortGroup" else {}
    hosts = [{"Host": ref("Host", h), "PNIC": ["vmnic0"]} for h in source.hosts] if n.variant == "DvSwitch" else None
    return {
        "id": n.ref, "variant": n.variant, "parent": {"kind": "Folder", "id": "group-n25"},
        "path": f"/LabDC/network/{n.name}", "revision": 2, "name": n.name, "selfLink": link(source, "networks", n.ref),
        **switch, "vlanId": n.vlan, "host": hosts,
    }  # fmt: skip


def datacenter(source: Source) -> dict[str, Any]:
    folders = {"datastores": "group-s24", "networks": "group-n25", "clusters": "group-h22", "vms": "group-v23"}
    return {
        "id": "datacenter-21", "parent": {"kind": "Folder", "id": "group-d1"}, "path": "/LabDC", "revision": 1,
        "name": "LabDC", "selfLink": link(source, "datacenters", "datacenter-21"),
        **{name: {"kind": "Folder", "id": folder} for name, folder in folders.items()},
    }  # fmt: skip


def workload(source: Source, m: Machine, release: tuple[int, int] = NOW) -> dict[str, Any]:
    """A machine with its host and cluster inside, as /workloads/ID answers."""
    h = source.host(m.host)
    inside = {**cluster(source, source.cluster(h.cluster)), "datacenter": datacenter(source)}
    return {**vm(source, m, release), "host": {**host(source, h), "cluster": inside}}


def site(source: Source, release: tuple[int, int] = NOW) -> dict[str, list[Any]]:
    """Every collection of the API; its lists leave templates out."""
    return {
        "vms": [vm(source, m, release) for m in source.machines if not m.template],
        "hosts": [host(source, h) for h in source.hosts],
        "clusters": [cluster(source, c) for c in source.clusters],
        "datastores": [datastore(source, d) for d in source.datastores],
        "networks": [network(source, n) for n in source.networks],
        "datacenters": [datacenter(source)],
    }


def provider(source: Source, custom_resource: dict[str, Any]) -> dict[str, Any]:
    """What /providers/vsphere/UID answers."""
    meta = custom_resource["metadata"]
    return {
        "uid": source.uid, "version": "88231", "namespace": meta["namespace"], "name": meta["name"],
        "selfLink": f"providers/vsphere/{source.uid}", "type": "vsphere", "object": custom_resource,
        "apiVersion": f"{source.version}.0", "product": "VMware vCenter Server", "instanceUuid": VCENTER_UUID,
        "datacenterCount": 1, "clusterCount": len(source.clusters), "hostCount": len(source.hosts),
        "vmCount": len(source.machines), "networkCount": len(source.networks), "datastoreCount": len(source.datastores),
    }  # fmt: skip
