# SPDX-License-Identifier: Apache-2.0
"""What a check of the site must find, whatever it is read from: a rule fails where the catalogue says so, is unknown
where no format that was read can tell, and holds everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lab.exports import destination, formats
from lab.exports.destination import Plan
from lab.exports.model import Machine, Source

# (rule, object, plan or ""): "fail" or "unknown".  Machines and hosts are known by their references, all else by name.
Findings = dict[tuple[str, str, str], str]
MANY = 10  # machines of one host in one plan

# ---- rules about one machine that are no Forklift rules of its source

OF_MACHINES = {
    "vsphere": {"page.iso", "page.nic.addresses", "page.guest_os", "page.guest_os.convertible", "page.tools", "page.tools.off",
                "page.cbt", "page.cbt.disk", "page.name", "page.name.long", "page.name.duplicate.plan", "page.name.taken",
                "page.mac.duplicate"},
    "ovirt": {"page.iso", "page.nic.addresses", "page.guest_os", "page.name", "page.name.long", "page.name.taken"},
}  # fmt: skip
ONLY = {"page.tools": lambda m: m.up, "page.tools.off": lambda m: not m.up}
# Where nobody can tell these say nothing, as a rule of severity info does.
QUIET = {"vmware.host_affinity.detected", "ovirt.numa.tuning.detected"}
WARM_ONLY = {"page.cbt", "page.cbt.disk"}
# These name the plan that they are about.
PER_PLAN = {rule for rules in OF_MACHINES.values() for rule in rules if rule.startswith(("page.name", "page.cbt"))} | {"page.nfc"}

# ---- what a format cannot tell

RVTOOLS = {
    "page.cbt.disk": "no column for the switch of a disk",
    "vmware.changed_block_tracking.disk.disabled": "no column for the switch of a disk",
    "vmware.cpu_affinity.detected": "no column",
    "vmware.numa_affinity.detected": "no column",
    "vmware.passthrough_device.detected": "no tab of devices",
    "vmware.device.sriov.detected": "no tab of devices",
    "vmware.usb_controller.detected": "vUSB has devices, not controllers",
    "vmware.guestDisks.key.not_found": "no column for the guest's id",
    "vmware.host_affinity.detected": "no tab of rules",
    "vmware.tpm.detected": "no column",
}
FORKLIFT = {
    "page.iso": "the inventory has no CD drives",
    "vmware.host_affinity.detected": "the inventory has no such field",
    "vmware.dpm.enabled": "the inventory has no such field",
}
OLD = {
    "page.cbt.disk": "since 2.9",
    "page.nic.addresses": "since 2.7",
    "page.tools": "since 2.11",
    "page.tools.off": "since 2.11",
    "vmware.changed_block_tracking.disk.disabled": "since 2.9",
    "vmware.consolidation_needed": "since 2.12",
    "vmware.disk_mode.independent": "since 2.7",
    "vmware.disk_serial.truncated": "since 2.9",
    "vmware.guestDisks.freespace": "since 2.9",
    "vmware.guestDisks.key.not_found": "since 2.9",
    "vmware.hostname.default": "since 2.9",
    "vmware.hostname.empty": "since 2.9",
    "vmware.vm_missing_ip.detected": "since 2.7",
}
REST = {"ovirt.numa.tuning.detected": "the nodes are not among what is asked for"}
SOURCE_ALONE = {"page.name.taken": "it has no machines of the destination"}
CANNOT_TELL: dict[str, dict[str, str]] = {
    "forklift-vsphere": FORKLIFT,
    "forklift-vsphere-2.6": FORKLIFT | OLD,
    "forklift-vsphere-workloads": FORKLIFT,
    "forklift-vsphere-gzip": FORKLIFT,
    "govc": {},
    "govc-0.31": {},
    "govc-0.30": {},
    "rvtools-csv": RVTOOLS,
    "rvtools-csv-semicolon": RVTOOLS,
    "rvtools-csv-names": RVTOOLS,
    "rvtools-xlsx": RVTOOLS,
    "forklift-ovirt": {},
    "forklift-ovirt-workloads": {},
    "ovirt-rest-json": REST,
    "ovirt-rest-xml": REST,
}
# What looks wrong to a format that has part of the picture may be right.
DOUBTS = {"rvtools": {"vmware.os.unsupported": "no column for the guest's id"}}
# What neither of two can tell by itself: one has the guest's id, the other the keys of its disks.
JOINTLY = {"vmware.guestDisks.key.not_found": ("forklift-vsphere-2.6", "rvtools")}
# What a guest said before it was switched off is kept by Forklift alone.
LAST_KNOWN = {"page.nic.addresses", "vmware.vm_missing_ip.detected"}
FORGETS = ("govc", "rvtools")


@dataclass(frozen=True)
class Rule:
    """A rule as `banksman rules -o json` has it."""

    id: str
    severity: str


def told_by(name: str, rule: str, machine: Machine) -> bool:
    source = formats.machines(name)
    if source is None or source.type != machine.type or rule in CANNOT_TELL[name]:
        return False
    return machine.up or rule not in LAST_KNOWN or not name.startswith(FORGETS)


def about_machines(source: Source, rules: Iterable[Rule], *, warm: bool) -> list[Rule]:
    """The rules that are about one machine of this source."""
    prefix = {"vsphere": "vmware.", "ovirt": "ovirt."}[source.type]
    mine = [r for r in rules if r.id.startswith(prefix) or r.id in OF_MACHINES[source.type]]
    return [r for r in mine if warm or r.id not in WARM_ONLY]


def verdict(rule: Rule, machine: Machine, read: Iterable[str]) -> str | None:
    """What is to be said of the machine; None: nothing.  Of what only informs, nobody says that it is unknown."""
    if not ONLY.get(rule.id, lambda m: True)(machine):
        return None
    parts = JOINTLY.get(rule.id, ())
    if parts and rule.id in machine.fails and all(any(name.startswith(part) for name in read) for part in parts):
        return "fail"
    tell = [name for name in read if told_by(name, rule.id, machine)]
    if tell and rule.id not in machine.open:
        if rule.id not in machine.fails:
            return None
        if not all(rule.id in DOUBTS.get(name.split("-")[0], {}) for name in tell):
            return "fail"
    return None if rule.severity == "info" or rule.id in QUIET else "unknown"


def of_source(source: Source, read: list[str], rules: list[Rule], *, warm: bool) -> Findings:
    """All findings about machines, without any plan."""
    found: Findings = {}
    for machine in source.machines:
        for rule in about_machines(source, rules, warm=warm):
            if machine.template:
                continue
            said = "unknown" if rule.id in SOURCE_ALONE else verdict(rule, machine, read)
            if said:
                found[rule.id, machine.ref, ""] = said
    for host in source.hosts:
        crowd = [m for m in source.machines if m.host == host.name and not m.template]
        if source.type == "vsphere" and len(crowd) > MANY:
            found["page.nfc", host.ref, ""] = "fail"
    return found


# ---- plans


def implied(machine: Machine, plan: Plan, source: Source) -> set[str]:
    """What Forklift's controller finds because the machine is as it is and the plan is as it is."""
    tests: dict[str, Callable[[], bool]] = {
        "vm.HostNotReady": lambda: source.host(machine.host).maintenance,
        "vm.GuestToolsIssue": lambda: "page.tools" in machine.fails,
        "vm.RDMDiskWarning": lambda: any(d.rdm for d in machine.disks),
        "vm.IndependentDiskWarning": lambda: any(d.mode.startswith("independent") for d in machine.disks),
        "vm.SharedDisks": lambda: any(d.shared for d in machine.disks),
        "vm.VMMissingChangedBlockTracking": lambda: plan.warm and not machine.cbt,
        "vm.VMHasSnapshots": lambda: plan.warm and machine.snapshot,
        "vm.VMConsolidationNeeded": lambda: plan.warm and machine.consolidation,
        "vm.VMStorageNotMapped": lambda: any(not d.datastore for d in machine.disks),
        "vm.VMCriticalConcerns": lambda: any(c["category"] == "Critical" for c in machine.concerns),
    }
    found = {rule for rule, holds in tests.items() if machine.type == "vsphere" and holds()}
    if any(d.capacity <= 0 for d in machine.disks):
        found.add("vm.InvalidDiskSizes")
    if any(nic.mac.lower() == destination.TAKEN_MAC for nic in machine.nics):
        found.add("vm.MacConflicts")
    if machine.name in destination.TAKEN and not plan.begun:
        found.add(destination.TAKEN[machine.name])
    return found


def in_plan(plan: Plan, rules: list[Rule], read: list[str]) -> Findings:
    """All findings about the plan and its machines in it."""
    source = formats.ENGINE if plan.machines[0].startswith("ov") else formats.CENTRE
    known = {r.id: r for r in rules}
    found: Findings = {(rule, plan.name, plan.ref): "fail" for rule in plan.fails}
    strangers = set(plan.vm_fails) - {m.name for m in source.machines}
    found |= {(rule, name, plan.ref): "fail" for name in strangers for rule in plan.vm_fails[name]}
    if plan.source not in destination.EXPORTED:
        listed = [m for m in source.machines if m.name in plan.machines]
        return found | {("vm.VMNotFound", m.ref, plan.ref): "unknown" for m in listed}
    for machine in source.machines:
        if machine.template or machine.name not in plan.machines:
            continue
        for rule in about_machines(source, rules, warm=plan.warm):
            said = verdict(rule, machine, read) if rule.id != "page.name.taken" else None
            if said:
                found[rule.id, machine.ref, plan.ref if rule.id in PER_PLAN else ""] = said
        if any(d.storage_type == "lun" for d in machine.disks):
            found["vm.VMStorageNotSupported", machine.ref, plan.ref] = "unknown"  # nothing ties an engine's version to a provider
        for name in implied(machine, plan, source) | plan.vm_fails.get(machine.name, set()):
            if name in known:
                found[name, machine.ref, plan.ref] = "fail"
    for host in source.hosts:
        crowd = [m for m in source.machines if m.host == host.name and m.name in plan.machines]
        if source.type == "vsphere" and len(crowd) > MANY:
            found["page.nfc", host.ref, plan.ref] = "fail"
    return found


def of_resources() -> Findings:
    """All findings about what is neither a plan nor a machine."""
    found: Findings = {}
    for said, things in (("fail", destination.FAULTS), ("unknown", destination.UNTOLD)):
        found |= {(rule, name, ""): said for name, rules in things.items() for rule in rules}
    for host in formats.CENTRE.hosts + formats.ENGINE.hosts:
        found |= {(rule, host.ref, ""): "fail" for rule in host.fails}
    return found


def of_everything(rules: list[Rule], read: list[str]) -> Findings:
    found = of_resources()
    for plan in destination.plans(formats.CENTRE, formats.ENGINE):
        if not plan.over:
            found |= in_plan(plan, rules, read)
    return found
