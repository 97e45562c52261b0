# SPDX-License-Identifier: Apache-2.0
"""RVTools: a workbook with a sheet per tab, or a folder of CSV; with -DBColumnNames its headers are others."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from lab.exports.forklift_vsphere import POWER, place
from lab.exports.govc import VCENTER
from lab.exports.model import MIB, VCENTER_UUID, Machine, Source, digest

Row = dict[str, Any]
# -DBColumnNames: the names that are not simply the tab and the header without its blanks.
COMPACT = {
    ("vInfo", "VM"): "vInfoVMName", ("vInfo", "DNS Name"): "vInfoGuestHostName", ("vInfo", "Datacenter"): "vInfoDataCenter",
    ("vInfo", "OS according to the configuration file"): "vInfoOS", ("vInfo", "OS according to the VMware Tools"): "vInfoOSTools",
    ("vDisk", "VM"): "vDiskVMName", ("vDisk", "Disk Key"): "vDiskKey", ("vNetwork", "VM"): "vNetworkVMName",
    ("vNetwork", "IPv4 Address"): "vNetworkIP4Address", ("vNetwork", "IPv6 Address"): "vNetworkIP6Address",
    ("vCD", "VM"): "vCDVMName", ("vCD", "Device Node"): "vCDlabel", ("vCD", "Device Type"): "vCDSummary",
    ("vTools", "VM"): "vToolsVMName", ("vTools", "Tools Version"): "vToolsVersion", ("vSnapshot", "VM"): "vSnapshotVMName",
    ("vPartition", "VM"): "vPartitionVMName", ("vHost", "Host"): "vHostName",
}  # fmt: skip
# Headers that had other names before 4.0.
OLDER = {
    "Capacity MiB": "Capacity MB", "Free MiB": "Free MB", "Consumed MiB": "Consumed MB", "Provisioned MiB": "Provisioned MB",
    "In Use MiB": "In Use MB", "VI SDK UUID": "vCenter UUID", "EnableUUID": "disk.EnableUUID",
}  # fmt: skip


def join(m: Machine) -> Row:
    """What ties the tabs together."""
    return {"VM": m.name, "Powerstate": POWER[m.power], "Template": m.template, "SRM Placeholder": False}


def where(source: Source, m: Machine) -> Row:
    sdk = {"VI SDK Server": VCENTER, "VI SDK UUID": VCENTER_UUID}
    return {"Datacenter": "LabDC", "Cluster": source.host(m.host).cluster, "Host": m.host, "Folder": "lab", "VM ID": m.ref, **sdk}


def info(source: Source, m: Machine) -> Row:
    networks = [n.network for n in m.nics]
    return {
        **join(m), "Config status": "green", "DNS Name": m.host_name, "Connection state": m.connection,
        "Guest state": "running" if m.runs_tools else "notRunning", "Heartbeat": "green" if m.runs_tools else "gray",
        "Consolidation Needed": m.consolidation, "CPUs": m.cpus, "Memory": m.memory // MIB, "NICs": len(m.nics), "Disks": len(m.disks),
        "EnableUUID": m.disk_uuid, "CBT": m.cbt, "Primary IP Address": m.addresses()[0] if m.up and m.addresses() else "",
        **{f"Network #{i}": networks[i - 1] if i <= len(networks) else "" for i in range(1, 9)},
        "FT State": "running" if m.fault_tolerance else "notConfigured", "Firmware": m.firmware, "EFI Secure boot": m.secure_boot,
        "Provisioned MiB": sum(d.capacity for d in m.disks) // MIB, "In Use MiB": sum(d.capacity for d in m.disks) // MIB // 2,
        "HW version": "21", "Annotation": "", "Cost centre": f"{m.number % 7}", **where(source, m),
        "OS according to the configuration file": m.guest_name, "OS according to the VMware Tools": m.reported(),
        "SMBIOS UUID": m.uuid, "VM UUID": m.instance_uuid, "VI SDK Server type": "VMware vCenter Server", "VI SDK API Version": "8.0.2.0",
    }  # fmt: skip


def cpu(source: Source, m: Machine) -> Row:
    return {**join(m), "CPUs": m.cpus, "Sockets": 1, "Cores p/s": m.cpus, "Hot Add": m.cpu_hot_add, "Hot Remove": m.cpu_hot_remove,
            **where(source, m)}  # fmt: skip


def memory(source: Source, m: Machine) -> Row:
    return {**join(m), "Size MiB": m.memory // MIB, "Hot Add": m.memory_hot_add, **where(source, m)}


def disk(source: Source, m: Machine, k: int) -> Row:
    d = m.disks[k]
    controller, unit = place(d, k)
    names = {"scsi": "VMware paravirtual SCSI", "sata": "AHCI", "ide": "IDE 0"}
    return {
        **join(m), "Disk": f"Hard disk {k + 1}", "Disk Key": 2000 + k, "Disk UUID": f"6000C29{d.uuid[0]}-{d.uuid[9:]}",
        "Disk Path": "", "Capacity MiB": d.capacity // MIB, "Raw": d.rdm, "Disk Mode": d.mode,
        "Sharing mode": "sharingMultiWriter" if d.shared else "sharingNone", "Thin": True,
        "Controller": names[d.bus] if d.bus != "scsi" else f"SCSI controller {controller}", "Label": names[d.bus],
        "SCSI Unit #": unit if d.bus == "scsi" else "", "Unit #": unit, "Shared Bus": "noSharing",
        "Path": f"[{d.datastore}] {d.file}", "Raw LUN ID": digest(d.uuid)[:32] if d.rdm else "",
        "Raw Comp. Mode": "physicalMode" if d.rdm else "", **where(source, m),
    }  # fmt: skip


def partition(source: Source, m: Machine, k: int) -> Row:
    d = m.guest_disks[k]
    return {
        **join(m), "Disk Key": d.key or "", "Disk": d.path, "Capacity MiB": d.capacity // MIB,
        "Consumed MiB": (d.capacity - d.free) // MIB, "Free MiB": d.free // MIB, "Free %": 100 * d.free // d.capacity,
        **where(source, m),
    }  # fmt: skip


def network(source: Source, m: Machine, k: int) -> Row:
    n = m.nics[k]
    told = n.addresses or [] if m.runs_tools else []
    kinds = {"VirtualVmxnet3": "Vmxnet3", "VirtualSriovEthernetCard": "SriovEthernetCard"}
    return {
        **join(m), "NIC label": f"Network adapter {k + 1}", "Adapter": kinds[n.kind], "Network": n.network, "Switch": "lab-dvs",
        "Connected": n.connected and m.up, "Starts Connected": n.starts_connected, "Mac Address": n.mac, "Type": "assigned",
        "IPv4 Address": ", ".join(a for a in told if ":" not in a), "IPv6 Address": ", ".join(a for a in told if ":" in a),
        "Direct Path IO": "", "Internal Sort Column": "", "Annotation": "", **where(source, m),
    }  # fmt: skip


def cdrom(source: Source, m: Machine, k: int) -> Row:
    d = m.cdroms[k]
    return {
        **join(m), "Device Node": f"CD/DVD drive {k + 1}", "Connected": d.connected, "Starts Connected": d.starts_connected,
        "Device Type": f"ISO [{source.datastores[0].name}] {d.iso}" if d.iso else "Remote device", "Annotation": "", **where(source, m),
    }  # fmt: skip


def tools(source: Source, m: Machine) -> Row:
    none = m.tools == "toolsNotInstalled"
    return {
        **join(m), "VM Version": "vmx-21", "Tools": m.tools, "Tools Version": "0" if none else "12352",
        "Required Version": "12352", "Upgradeable": "No", "Upgrade Policy": "manual", "Sync time": False, **where(source, m),
    }  # fmt: skip


def snapshot(source: Source, m: Machine) -> Row:
    return {**join(m), "Name": "before", "Description": "", "Date / time": 45992.5, "Filename": f"[lab-ssd-1] {m.name}.vmsn",
            "Size MiB (vmsn)": 1, "Size MiB (total)": 2048, "Quiesced": False, "State": "poweredOff", **where(source, m)}  # fmt: skip


def hosts(source: Source) -> list[Row]:
    return [
        {"Host": h.name, "Datacenter": "LabDC", "Cluster": h.cluster, "Config status": h.status,
         "in Maintenance Mode": h.maintenance, "in Quarantine Mode": False, "# VMs": 1,
         "ESX Version": f"VMware ESXi {h.version} build-22380479", "DNS Servers": "192.0.2.2",
         "Certificate Issuer": "CA", "Certificate Start Date": "2026-01-01 00:00:00",
         "Certificate Expiry Date": "2028-01-01 00:00:00", "Certificate Status": "good", "Certificate Subject": h.name,
         "Object ID": h.ref, "UUID": h.ref, "VI SDK Server": VCENTER, "VI SDK UUID": VCENTER_UUID}
        for h in source.hosts
    ]  # fmt: skip


def kernel_adapters(source: Source) -> list[Row]:
    return [
        {"Host": h.name, "Datacenter": "LabDC", "Cluster": h.cluster, "Port Group": "Management Network", "Device": "vmk0",
         "Mac Address": "00:50:56:60:00:01", "DHCP": False, "IP Address": h.address, "IP 6 Address": "", "Subnet mask": "255.255.255.0",
         "Gateway": "203.0.113.1", "MTU": 1500, "Services": "management", "VI SDK Server": VCENTER, "VI SDK UUID": VCENTER_UUID}
        for h in source.hosts
    ]  # fmt: skip


def clusters(source: Source) -> list[Row]:
    return [
        {"Name": c.name, "Config status": "green", "OverallStatus": "green", "NumHosts": 1, "numEffectiveHosts": 1,
         "HA enabled": True, "DRS enabled": c.drs, "DRS default VM behavior": "fullyAutomated", "DRS vmotion rate": 3,
         "DPM enabled": c.dpm, "DPM default behavior": "automated", "Object ID": c.ref, "VI SDK Server": VCENTER,
         "VI SDK UUID": VCENTER_UUID}
        for c in source.clusters
    ]  # fmt: skip


def datastores(source: Source) -> list[Row]:
    return [
        {"Name": d.name, "Config status": "green", "Address": "naa.600a098000000001", "Accessible": True, "Type": d.type,
         "# VMs total": 1, "Capacity MiB": d.capacity // MIB, "Free MiB": d.free // MIB, "Hosts": ", ".join(h.name for h in source.hosts),
         "Object ID": d.ref, "VI SDK Server": VCENTER, "VI SDK UUID": VCENTER_UUID}
        for d in source.datastores
    ]  # fmt: skip


def about(source: Source) -> list[Row]:
    return [{"Name": VCENTER, "OS type": "linux-x64", "API type": "VirtualCenter", "API version": "8.0.2.0", "Version": source.version,
             "Patch level": "", "Build": "22617221", "Fullname": "VMware vCenter Server 8.0.2 build-22617221",
             "Product name": "VMware vCenter Server", "VI SDK Server": VCENTER, "VI SDK UUID": VCENTER_UUID}]  # fmt: skip


def tabs(source: Source) -> dict[str, list[Row]]:
    """Every tab: its rows, each with all its columns."""

    def each(row: Callable[[Source, Machine], Row], wanted: Callable[[Machine], Any] = lambda m: True) -> list[Row]:
        return [row(source, m) for m in source.machines if wanted(m)]

    def within(row: Callable[[Source, Machine, int], Row], parts: str) -> list[Row]:
        return [row(source, m, k) for m in source.machines for k in range(len(getattr(m, parts)))]

    running = Source(**{**vars(source), "machines": [m for m in source.machines if m.runs_tools]})
    return {
        "vInfo": each(info), "vCPU": each(cpu), "vMemory": each(memory), "vDisk": within(disk, "disks"),
        "vPartition": [partition(running, m, k) for m in running.machines for k in range(len(m.guest_disks))],
        "vNetwork": within(network, "nics"), "vCD": within(cdrom, "cdroms"), "vSnapshot": each(snapshot, lambda m: m.snapshot),
        "vTools": each(tools), "vSource": about(source), "vCluster": clusters(source), "vHost": hosts(source),
        "vSC_VMK": kernel_adapters(source), "vDatastore": datastores(source),
        "vLicense": [{"Name": "vSphere 8 Enterprise Plus", "Key": "00000-00000", "Labels": "", "Cost Unit": "cpuPackage", "Total": 8,
                      "Used": 6}],
        "vHealth": [{"Name": "web-01", "Message": "On disk [lab-ssd-1] only 40% is free", "Message type": "Storage"}],
    }  # fmt: skip


def renamed(tab: str, rows: list[Row], compact: bool = False, older: bool = False) -> list[Row]:
    """The same rows below other headers."""

    def header(name: str) -> str:
        if compact:
            return COMPACT.get((tab, name)) or tab + re.sub(r"[^A-Za-z0-9]", "", name)
        return OLDER.get(name, name) if older else name

    return [{header(name): value for name, value in row.items()} for row in rows]


def text(rows: list[Row], delimiter: str = ",", byte_order_mark: bool = False) -> str:
    """A CSV file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return ("\ufeff" if byte_order_mark else "") + out.getvalue()
