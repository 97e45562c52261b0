# SPDX-License-Identifier: Apache-2.0
"""What `govc … -json` prints: vm.info, device.info, host.info, datastore.info, about, about.cert and collect.

govmomi changed the case of its keys: `cased` turns one into the other.  Lists that are empty are left out, and so are
booleans that nobody set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lab.exports.forklift_vsphere import POWER, place
from lab.exports.model import MIB, VCENTER_UUID, Cluster, Datastore, Host, Machine, Source, digest, fingerprint

VCENTER = "vc.lab.example"
ABOUT = {
    "name": "VMware vCenter Server", "fullName": "VMware vCenter Server 8.0.2 build-22617221", "vendor": "VMware, Inc.",
    "version": "8.0.2", "build": "22617221", "osType": "linux-x64", "productLineId": "vpx", "apiType": "VirtualCenter",
    "apiVersion": "8.0.2.0", "instanceUuid": VCENTER_UUID, "licenseProductName": "VMware VirtualCenter Server",
    "licenseProductVersion": "8.0",
}  # fmt: skip
SECOND = {**ABOUT, "instanceUuid": "22222222-2222-4333-8444-555555555555"}
NETWORK_KINDS = {"DvPortGroup": "DistributedVirtualPortgroup", "DvSwitch": "DistributedVirtualSwitch"}


def cased(value: Any, change: Callable[[str], str]) -> Any:
    """The same with every key changed."""
    if isinstance(value, dict):
        return {change(key): cased(inside, change) for key, inside in value.items()}
    return [cased(inside, change) for inside in value] if isinstance(value, list) else value


def pascal(key: str) -> str:
    """A key as govmomi had it up to 0.30."""
    return key[:1].upper() + key[1:]


def ref(kind: str, of: Any) -> dict[str, str]:
    return {"type": kind, "value": of.ref}


def network_ref(source: Source, name: str) -> dict[str, str]:
    network = source.network(name)
    return ref(NETWORK_KINDS.get(network.variant, "Network"), network)


def description(label: str, summary: str = "") -> dict[str, str]:
    return {"label": label, "summary": summary or label}


def connectable(connected: bool, starts: bool) -> dict[str, Any]:
    return {"startConnected": starts, "allowGuestControl": True, "connected": connected, "status": "ok" if connected else "untried"}


def disk(source: Source, m: Machine, k: int) -> dict[str, Any]:
    d = m.disks[k]
    controller, unit = place(d, k)
    store = source.datastore(d.datastore)
    backing = {
        "fileName": f"[{d.datastore}] {d.file}", "diskMode": d.mode, "thinProvisioned": True,
        "uuid": f"6000C29{d.uuid[0]}-{d.uuid[9:]}", "sharing": "sharingMultiWriter" if d.shared else "sharingNone",
    }  # fmt: skip
    if store:
        backing["datastore"] = ref("Datastore", store)
    if d.cbt:
        backing["changeId"] = f"52 {m.number % 90 + 10} 00 00 00 00 00 01-00 00 00 00 00 00 00 01/7"
    if d.rdm:
        backing |= {"lunUuid": digest(d.uuid)[:32], "deviceName": "vml.0200", "compatibilityMode": "physicalMode"}
    return {
        "key": 2000 + k, "deviceInfo": description(f"Hard disk {k + 1}", f"{d.capacity // 1024:,} KB"), "backing": backing,
        "controllerKey": {"scsi": 1000, "sata": 15000, "ide": 200}[d.bus] + controller, "unitNumber": unit,
        "capacityInKB": d.capacity // 1024, "capacityInBytes": d.capacity,
    }  # fmt: skip


def cdrom(source: Source, m: Machine, k: int) -> dict[str, Any]:
    drive = m.cdroms[k]
    first = source.datastores[0]
    if drive.iso:
        backing = {"fileName": f"[{first.name}] {drive.iso}", "datastore": ref("Datastore", first)}
    else:
        backing = {"deviceName": f"cdrom-{3000 + k}", "useAutoDetect": False, "exclusive": False}
    return {
        "key": 3000 + k, "deviceInfo": description(f"CD/DVD drive {k + 1}", f"ISO [{first.name}] {drive.iso}" if drive.iso else "ATAPI"),
        "backing": backing, "connectable": connectable(drive.connected, drive.starts_connected), "controllerKey": 200, "unitNumber": k,
    }  # fmt: skip


def nic(source: Source, m: Machine, k: int) -> dict[str, Any]:
    n = m.nics[k]
    network = source.network(n.network)
    backing: dict[str, Any] = {"deviceName": n.network, "useAutoDetect": False, "network": ref("Network", network)}
    if network.variant == "DvPortGroup":
        backing = {"port": {"switchUuid": "50 0a 00 00", "portgroupKey": network.ref, "portKey": str(m.number)}}
    special = {}
    if n.kind == "VirtualSriovEthernetCard":
        special = {"allowGuestOSMtuChange": False, "sriovBacking": {"physicalFunctionBacking": {"id": "0000:3b:00.0", "systemId": "lab"}}}
    return {
        "key": 4000 + k, "deviceInfo": description(f"Network adapter {k + 1}", n.network), "backing": backing,
        "connectable": connectable(n.connected and m.up, n.starts_connected), "controllerKey": 100, "unitNumber": 7 + k,
        "addressType": "assigned", "macAddress": n.mac, "wakeOnLanEnabled": True, **special,
    }  # fmt: skip


def controllers(m: Machine) -> Iterator[dict[str, Any]]:
    yield {"key": 200, "deviceInfo": description("IDE 0"), "busNumber": 0, "device": [3000 + k for k in range(len(m.cdroms))]}
    buses = sorted({(d.bus, place(d, k)[0]) for k, d in enumerate(m.disks)})
    for bus, number in buses:
        key = {"scsi": 1000, "sata": 15000, "ide": 200}[bus] + number
        label = f"{'SCSI' if bus == 'scsi' else bus.upper()} controller {number}"
        keys = [2000 + k for k, d in enumerate(m.disks) if (d.bus, place(d, k)[0]) == (bus, number)]
        yield {"key": key, "deviceInfo": description(label), "busNumber": number, "device": keys}


def special(m: Machine) -> Iterator[dict[str, Any]]:
    for kind in m.devices:
        if kind == "VirtualUSBController":
            yield {"key": 7000, "deviceInfo": description("USB controller"), "busNumber": 0, "autoConnectDevices": False,
                   "ehciEnabled": True}  # fmt: skip
        elif kind == "VirtualPCIPassthrough":
            backing = {"deviceName": "", "id": "0000:3b:00.0", "deviceId": "1eb8", "systemId": "lab", "vendorId": 4318}
            yield {"key": 13000, "deviceInfo": description("PCI device 0"), "backing": backing, "controllerKey": 100, "unitNumber": 18}


def devices(source: Source, m: Machine) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every device, with the name and the type that device.info adds."""
    for body in controllers(m):
        kind = {2: "ide-200", 1: "pvscsi-1000"}.get(body["key"] // 100 % 9, f"ahci-{body['key']}")
        yield kind, {"i": "VirtualIDEController", "p": "ParaVirtualSCSIController", "a": "VirtualAHCIController"}[kind[0]], body
    for k in range(len(m.cdroms)):
        yield f"cdrom-{3000 + k}", "VirtualCdrom", cdrom(source, m, k)
    for k in range(len(m.disks)):
        body = disk(source, m, k)
        yield f"disk-{body['controllerKey']}-{body['unitNumber']}", "VirtualDisk", body
    for k, n in enumerate(m.nics):
        yield f"ethernet-{k}", n.kind, nic(source, m, k)
    for body in special(m):
        if body["key"] == 7000:
            yield "usb-7000", "VirtualUSBController", body
        else:
            yield "pcipassthrough-13000", "VirtualPCIPassthrough", body


def extra_config(m: Machine) -> list[dict[str, str]]:
    rows = [("ctkEnabled", "TRUE" if m.cbt else "FALSE")]
    for k, d in enumerate(m.disks):
        controller, unit = place(d, k)
        rows.append((f"{d.bus}{controller}:{unit}.ctkEnabled", "TRUE" if d.cbt else "FALSE"))
    if m.numa_affinity:
        rows.append(("numa.nodeAffinity", ",".join(m.numa_affinity)))
    return [{"key": key, "value": value} for key, value in rows]


def config(source: Source, m: Machine) -> dict[str, Any]:
    body = {
        "name": m.name, "template": m.template, "guestId": m.guest_id, "guestFullName": m.guest_name, "uuid": m.uuid,
        "instanceUuid": m.instance_uuid, "firmware": m.firmware, "changeTrackingEnabled": m.cbt,
        "files": {"vmPathName": f"[{source.datastores[0].name}] {m.name}/{m.name}.vmx"},
        "flags": {"diskUuidEnabled": m.disk_uuid}, "bootOptions": {"efiSecureBootEnabled": m.secure_boot},
        "cpuHotAddEnabled": m.cpu_hot_add, "cpuHotRemoveEnabled": m.cpu_hot_remove, "memoryHotAddEnabled": m.memory_hot_add,
        "nestedHVEnabled": False,
        "hardware": {"numCPU": m.cpus, "memoryMB": m.memory // MIB, "device": [body for _, _, body in devices(source, m)]},
        "extraConfig": extra_config(m),
    }  # fmt: skip
    if m.cpu_affinity:
        body["cpuAffinity"] = {"affinitySet": m.cpu_affinity}
    if m.fault_tolerance:
        body["ftInfo"] = {"role": 1, "instanceUuids": [m.instance_uuid]}
    return body


def guest_net(m: Machine, k: int) -> dict[str, Any]:
    n = m.nics[k]
    body = {"network": n.network, "macAddress": n.mac, "connected": n.connected, "deviceConfigId": 4000 + k}
    if n.addresses:
        rows = [{"ipAddress": a, "prefixLength": 64 if ":" in a else 24, "state": "preferred"} for a in n.addresses]
        body |= {"ipAddress": list(n.addresses), "ipConfig": {"ipAddress": rows}}
    return body


def guest(m: Machine) -> dict[str, Any]:
    state = "running" if m.runs_tools else "notRunning"
    tools = {"toolsStatus": m.tools, "toolsVersionStatus2": m.tools_version, "toolsRunningStatus": m.tools_running}
    body: dict[str, Any] = {"guestState": state, **tools}
    if m.host_name:
        body["hostName"] = m.host_name
    if m.reported():
        body |= {"guestId": m.guest_id, "guestFullName": m.reported()}
    if m.runs_tools:
        body["net"] = [guest_net(m, k) for k in range(len(m.nics))]
        body["disk"] = [
            {"diskPath": d.path, "capacity": d.capacity, "freeSpace": d.free, **({"mappings": [{"key": d.key}]} if d.key else {})}
            for d in m.guest_disks
        ]
        if m.addresses():
            body["ipAddress"] = m.addresses()[0]
    return body


def runtime(source: Source, m: Machine) -> dict[str, Any]:
    return {
        "host": ref("HostSystem", source.host(m.host)), "connectionState": m.connection, "powerState": POWER[m.power],
        "faultToleranceState": "running" if m.fault_tolerance else "notConfigured", "toolsInstallerMounted": m.tools_iso,
        "consolidationNeeded": m.consolidation,
    }  # fmt: skip


def vm(source: Source, m: Machine) -> dict[str, Any]:
    snapshot = {"type": "VirtualMachineSnapshot", "value": f"snapshot-{m.number}"}
    stores = dict.fromkeys(d.datastore for d in m.disks if d.datastore)
    return {
        "self": ref("VirtualMachine", m), "name": m.name, "config": config(source, m), "runtime": runtime(source, m),
        "summary": {"config": {"name": m.name, "tpmPresent": m.tpm}},
        "guest": guest(m), "datastore": [ref("Datastore", source.datastore(name)) for name in stores],
        "network": [network_ref(source, name) for name in dict.fromkeys(n.network for n in m.nics)],
        "snapshot": {"currentSnapshot": snapshot, "rootSnapshotList": [{"snapshot": snapshot, "name": "before"}]} if m.snapshot else None,
    }  # fmt: skip


def host(source: Source, h: Host) -> dict[str, Any]:
    vnic = {"device": "vmk0", "key": "key-vim.host.VirtualNic-vmk0", "portgroup": "Management Network", "port": "",
            "spec": {"ip": {"dhcp": False, "ipAddress": h.address, "subnetMask": "255.255.255.0"}, "mac": "00:50:56:60:00:01"}}  # fmt: skip
    product = {"name": "VMware ESXi", "version": h.version, "apiType": "HostAgent"}
    return {
        "self": ref("HostSystem", h), "parent": ref("ClusterComputeResource", source.cluster(h.cluster)), "name": h.name,
        "overallStatus": h.status,
        "summary": {
            "config": {"name": h.name, "port": 443, "sslThumbprint": h.thumbprint, "product": product}, "overallStatus": h.status,
            "managementServerIp": "203.0.113.10",
        },
        "config": {"product": product, "network": {"vnic": [vnic]}},
        "runtime": {"connectionState": h.connection, "powerState": "poweredOn", "inMaintenanceMode": h.maintenance},
    }  # fmt: skip


def datastore(d: Datastore) -> dict[str, Any]:
    summary = {
        "datastore": ref("Datastore", d), "name": d.name, "url": f"ds:///vmfs/volumes/{d.ref}/", "capacity": d.capacity,
        "freeSpace": d.free, "accessible": True, "type": d.type, "maintenanceMode": "normal",
    }  # fmt: skip
    return {"self": ref("Datastore", d), "name": d.name, "summary": summary, "info": {"name": d.name, "url": summary["url"]}}


def about_cert(host: str = VCENTER) -> dict[str, Any]:
    return {
        "issuer": "CN=CA,OU=VMware Engineering,O=vc,C=US", "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2028-01-01T00:00:00Z",
        "subject": f"CN={host},OU=VMware Engineering,C=US", "status": "unknown", "thumbprintSHA1": fingerprint(host),
        "thumbprintSHA256": fingerprint(host, 32), "err": {},
    }  # fmt: skip


def cluster(source: Source, c: Cluster) -> dict[str, Any]:
    """One object of `govc collect -json -type ClusterComputeResource / name configurationEx`."""
    hosts = [ref("HostSystem", h) for h in source.hosts if h.cluster == c.name]
    machines = [{"type": "VirtualMachine", "value": moid} for moid in c.bound]
    rule = {"key": 1, "name": "licensed", "enabled": True, "mandatory": True, "vmGroupName": "bound", "affineHostGroupName": "near"}
    settings = {
        "dasConfig": {"enabled": True}, "drsConfig": {"enabled": c.drs, "defaultVmBehavior": "fullyAutomated"},
        "dpmConfigInfo": {"enabled": c.dpm},
        "rule": [rule] if c.bound else None,
        "group": [{"name": "bound", "vm": machines}, {"name": "near", "host": hosts}] if c.bound else None,
    }  # fmt: skip
    changes = [{"name": name, "op": "assign", "val": value} for name, value in (("name", c.name), ("configurationEx", settings))]
    return {"kind": "enter", "obj": ref("ClusterComputeResource", c), "changeSet": changes}


def device_info(source: Source, m: Machine) -> dict[str, Any]:
    """`govc device.info -vm X -json`: it does not say of which machine."""
    return {"devices": [{"name": name, "type": kind, **body} for name, kind, body in devices(source, m)]}


def collected(source: Source, m: Machine) -> dict[str, Any]:
    """One machine of `govc collect -json -type m / PROPERTY…`."""
    whole = vm(source, m)
    names = "name", "config.changeTrackingEnabled", "config.template", "runtime.powerState", "runtime.host", "guest.toolsStatus"
    changes = []
    for name in names:
        value: Any = whole
        for step in name.split("."):
            value = value[step]
        changes.append({"name": name, "op": "assign", "val": value})
    return {"kind": "enter", "obj": ref("VirtualMachine", m), "changeSet": changes}


def site(source: Source) -> dict[str, Any]:
    return {
        "vm.info": {"virtualMachines": [vm(source, m) for m in source.machines]},
        "host.info": {"hostSystems": [host(source, h) for h in source.hosts]},
        "datastore.info": {"datastores": [datastore(d) for d in source.datastores]},
        "about": {"about": ABOUT},
        "about.cert": about_cert(),
        "about-2": {"about": SECOND},
        "about.cert-2": about_cert("vc-renewed.lab.example"),
    }
