# SPDX-License-Identifier: Apache-2.0
"""oVirt's own API, as JSON and as XML: numbers and booleans are strings, and what is empty is left out."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lab.exports.forklift_ovirt import DATA_CENTRE
from lab.exports.model import Cluster, Datastore, Disk, Host, Machine, Network, Profile, Source, uuid

API = "/ovirt-engine/api"
PLURALS = {"storage_domain": "storage_domains", "network": "networks", "vnic_profile": "vnic_profiles", "data_center": "data_centers"}


def word(value: bool) -> str:
    return "true" if value else "false"


def link(collection: str, ref: str) -> dict[str, str]:
    return {"href": f"{API}/{collection}/{ref}", "id": ref}


def some(name: str, inside: str, items: list[Any]) -> dict[str, Any]:
    """A list within an object: absent when it is empty."""
    return {name: {inside: items}} if items else {}


def nic(source: Source, m: Machine, k: int) -> dict[str, Any]:
    n = m.nics[k]
    body = {
        "id": uuid(f"nic {m.number} {k}"), "name": f"nic{k + 1}", "interface": n.interface, "linked": "true",
        "plugged": word(n.plugged), "mac": {"address": n.mac}, "vnic_profile": link("vnicprofiles", source.profile(n.profile).ref),
    }  # fmt: skip
    if n.addresses:
        ips = [{"address": a, "version": "v6" if ":" in a else "v4"} for a in n.addresses]
        body["reported_devices"] = {"reported_device": [{"name": f"eth{k}", "mac": {"address": n.mac}, "ips": {"ip": ips}}]}
    return body


def attachment(d: Disk, first: bool) -> dict[str, Any]:
    return {
        "id": d.uuid, "active": "true", "bootable": word(first), "interface": d.interface,
        "uses_scsi_reservation": word(d.scsi_reservation), "disk": link("disks", d.uuid),
    }  # fmt: skip


def snapshots(m: Machine) -> list[dict[str, Any]]:
    rows = [{"id": uuid(f"active {m.number}"), "description": "Active VM", "snapshot_type": "active", "persist_memorystate": "false"}]
    if m.snapshot:
        kept = word(m.memory_snapshot)
        rows.append({"id": uuid(f"kept {m.number}"), "description": "before", "snapshot_type": "regular", "persist_memorystate": kept})
    return rows


def cpu(m: Machine) -> dict[str, Any]:
    body: dict[str, Any] = {"architecture": "x86_64", "topology": {"cores": str(m.cpus // 2), "sockets": "2", "threads": "1"}}
    if m.cpu_affinity:
        pins = [{"cpu_set": str(c), "vcpu": str(c)} for c in m.cpu_affinity]
        body["cpu_tune"] = {"vcpu_pins": {"vcpu_pin": pins}}
    return body


def lists(source: Source, m: Machine) -> dict[str, Any]:
    """What ?follow= adds."""
    drive = "00000000-0000-0000-0000-000000000000"
    return {
        **some("nics", "nic", [nic(source, m, k) for k in range(len(m.nics))]),
        **some("disk_attachments", "disk_attachment", [attachment(d, k == 0) for k, d in enumerate(m.disks)]),
        **some("cdroms", "cdrom", [{"id": drive, **({"file": {"id": c.iso}} if c.iso else {})} for c in m.cdroms]),
        **some("snapshots", "snapshot", snapshots(m)),
        **some("host_devices", "host_device", [{"id": uuid(name), "name": name} for name in m.host_devices]),
        **some("watchdogs", "watchdog", [{"id": drive, "model": model, "action": "reset"} for model in m.watchdogs]),
    }


def vm(source: Source, m: Machine) -> dict[str, Any]:
    body: dict[str, Any] = {
        **link("vms", m.ref), "name": m.name, "status": m.status, "memory": str(m.memory), "cpu": cpu(m),
        "cluster": link("clusters", source.cluster(m.cluster).ref), "os": {"type": m.os_type},
        "bios": {"type": m.bios, "boot_menu": {"enabled": word(m.boot_menu)}}, "cpu_shares": str(m.cpu_shares),
        "cpu_pinning_policy": m.cpu_pinning, "high_availability": {"enabled": word(m.ha), "priority": "1"},
        "usb": {"enabled": word(m.usb)}, "display": {"type": m.display, "monitors": "1"},
        "memory_policy": {"guaranteed": str(m.memory), "ballooning": word(m.balloon)}, "io": {"threads": str(m.io_threads)},
        "placement_policy": {"affinity": m.placement}, "has_illegal_images": word(m.illegal_images),
        "storage_error_resume_behaviour": m.resume, "type": "server", "stateless": "false",
        **some("custom_properties", "custom_property", [{"name": n, "value": v} for n, v in m.properties.items()]),
        **lists(source, m),
    }  # fmt: skip
    if m.host:
        body["host"] = link("hosts", source.host(m.host).ref)
    if m.custom_cpu:
        body["custom_cpu_model"] = m.custom_cpu
    if m.guest:
        body["guest_operating_system"] = {"distribution": m.guest[0], "version": {"full_version": m.guest[1]}, "family": "Linux"}
    if m.host_name and m.up:
        body["fqdn"] = m.host_name
    return body


def host(source: Source, h: Host) -> dict[str, Any]:
    return {
        **link("hosts", h.ref), "name": h.name, "address": h.address, "status": h.status, "type": "rhel",
        "cluster": link("clusters", source.cluster(h.cluster).ref), "version": {"full_version": "vdsm-4.50.5-1.el8"},
        "os": {"type": "RHEL", "version": {"full_version": h.version}}, "port": "54321",
    }  # fmt: skip


def cluster(c: Cluster) -> dict[str, Any]:
    return {
        **link("clusters", c.ref), "name": c.name, "version": {"major": "4", "minor": "7"}, "bios_type": "q35_sea_bios",
        "ha_reservation": word(c.ha_reservation), "ksm": {"enabled": word(c.ksm), "merge_across_nodes": "true"},
        "data_center": link("datacenters", DATA_CENTRE),
    }  # fmt: skip


def disk(source: Source, name: str, d: Disk) -> dict[str, Any]:
    body: dict[str, Any] = {
        **link("disks", d.uuid), "name": name, "alias": name, "status": d.status, "storage_type": d.storage_type,
        "shareable": word(d.shared), "provisioned_size": str(d.capacity), "actual_size": str(d.capacity // 4), "format": "cow",
    }  # fmt: skip
    store = source.datastore(d.datastore)
    if store:
        body["storage_domains"] = {"storage_domain": [link("storagedomains", store.ref)]}
    if d.storage_type == "lun":
        del body["provisioned_size"], body["actual_size"]
        unit = {"id": "360000000000000000e00000000010001", "size": str(d.capacity), "address": "203.0.113.60"}
        body["lun_storage"] = {"logical_units": {"logical_unit": [unit]}}
    return body


def storage_domain(d: Datastore) -> dict[str, Any]:
    return {
        **link("storagedomains", d.ref), "name": d.name, "type": "data", "storage": {"type": d.type}, "status": "active",
        "available": str(d.free), "used": str(d.capacity - d.free),
    }  # fmt: skip


def network(n: Network) -> dict[str, Any]:
    vlan = {"vlan": {"id": n.vlan}} if n.vlan else {}
    return {**link("networks", n.ref), "name": n.name, "data_center": link("datacenters", DATA_CENTRE), **vlan}


def profile(source: Source, p: Profile) -> dict[str, Any]:
    body: dict[str, Any] = {
        **link("vnicprofiles", p.ref), "name": p.name, "port_mirroring": word(p.mirroring),
        "pass_through": {"mode": "disabled"}, "network": link("networks", source.network(p.network).ref),
        **some("custom_properties", "custom_property", [{"name": n, "value": v} for n, v in p.properties.items()]),
    }  # fmt: skip
    if p.filter:
        body["network_filter"] = link("networkfilters", uuid("filter " + p.filter))
    if p.qos:
        body["qos"] = link(f"datacenters/{DATA_CENTRE}/qoss", p.qos)
    return body


def site(source: Source) -> dict[str, dict[str, Any]]:
    """One answer for each collection, and the root."""
    named = {d.uuid: (f"{m.name}_Disk{k + 1}", d) for m in source.machines for k, d in enumerate(m.disks)}
    version = {"full_version": "4.5.4-1.el8", "major": "4", "minor": "5", "revision": "4", "build": "0"}
    return {
        "api": {"product_info": {"name": "oVirt Engine", "vendor": "ovirt.org", "version": version}},
        "vms": {"vm": [vm(source, m) for m in source.machines]},
        "hosts": {"host": [host(source, h) for h in source.hosts]},
        "clusters": {"cluster": [cluster(c) for c in source.clusters]},
        "disks": {"disk": [disk(source, name, d) for name, d in named.values()]},
        "storagedomains": {"storage_domain": [storage_domain(d) for d in source.datastores]},
        "networks": {"network": [network(n) for n in source.networks]},
        "vnicprofiles": {"vnic_profile": [profile(source, p) for p in source.profiles]},
    }


def element(name: str, value: Any, depth: int = 0) -> str:
    """One element; id and href are attributes."""
    pad = "    " * depth
    if not isinstance(value, dict):
        return f"{pad}<{name}>{escape(str(value))}</{name}>\n"
    attributes = "".join(f" {key}={quoteattr(value[key])}" for key in ("href", "id") if key in value)
    inside = ""
    for key, child in value.items():
        if key in ("href", "id"):
            continue
        for one in child if isinstance(child, list) else [child]:
            inside += element(key, one, depth + 1)
    return f"{pad}<{name}{attributes}>\n{inside}{pad}</{name}>\n" if inside else f"{pad}<{name}{attributes}/>\n"


def xml(collection: str, answer: dict[str, Any]) -> str:
    """The answer as XML: <vms><vm id="…">…</vm></vms>."""
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    if collection == "api":
        return head + element("api", answer)
    ((name, items),) = answer.items()
    plural = PLURALS.get(name, name + "s")
    return f"{head}<{plural}>\n" + "".join(element(name, item, 1) for item in items) + f"</{plural}>\n"
