# SPDX-License-Identifier: Apache-2.0
"""What is read together in one check, and what must come of it.

Runs that are read `whole` must find exactly what `expected` says.  Of the others it is known only in part what they
leave open; but whatever fails there must fail in the whole picture too: to know less is no reason to complain.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lab.exports import destination, expected, forklift_vsphere, formats, kubernetes, vsphere
from lab.exports.expected import Findings, Rule
from lab.exports.model import Nic, Source, uuid

EVERYTHING = ["forklift-vsphere", "govc", "forklift-ovirt", "ovirt-rest-json", "kubernetes-json", "vddk"]
NOTHING_LEFT = ["forklift-vsphere-2.6", "rvtools-xlsx", "govc-0.30", "forklift-ovirt-workloads", "ovirt-rest-xml",
                "forklift-openshift", "kubernetes-yaml", "vddk"]  # fmt: skip
Extra = Callable[[Path], list[Path]]


@dataclass
class Run:
    name: str
    formats: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    extra: Extra | None = None  # files that no format has
    baseline: Extra | None = None
    # Of a whole run: what is found, and of which rules.
    wanted: Callable[[list[Rule]], Findings] | None = None
    about: Callable[[str, list[Rule]], bool] = lambda rule, rules: True
    # Of the others: rules that say at least once that they do not know, and rules that fail at least once.
    unknown: frozenset[str] = frozenset()
    fails: frozenset[str] = frozenset()

    def files(self, folder: Path) -> list[Path]:
        found = [path for name in self.formats for path in written(folder, name)]
        return found + (self.extra(made(folder / self.name)) if self.extra else [])


def made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def written(folder: Path, name: str) -> list[Path]:
    """The format's files, written at the first time."""
    if (folder / name).is_dir():
        return sorted((folder / name).iterdir())
    return formats.write(name, folder)


def one(name: str, value: Any) -> Extra:
    def write(folder: Path) -> list[Path]:
        (folder / name).write_text(json.dumps(value), encoding="utf-8")
        return [folder / name]

    return write


def resources(*kinds: str) -> dict[str, Any]:
    """Forklift's resources of these kinds in one list."""
    return kubernetes.listed([r for r in destination.forklift(formats.CENTRE, formats.ENGINE) if r["kind"] in kinds])


def names_only(folder: Path) -> list[Path]:
    """The inventory's list of machines without detail, and the resources that name them."""
    keys = "id", "parent", "name", "revision", "selfLink", "path"
    bare = [{key: vm[key] for key in keys} for vm in forklift_vsphere.site(formats.CENTRE)["vms"]]
    return one("names.json", bare)(folder) + one("resources.json", resources("Plan", "NetworkMap", "StorageMap", "Provider"))(folder)


def machines_only(folder: Path) -> list[Path]:
    found = one("vms.json", forklift_vsphere.site(formats.CENTRE)["vms"])(folder)
    return found + one("resources.json", resources("Plan", "NetworkMap", "StorageMap", "Host"))(folder)


def bare(found: Any) -> Any:
    """A resource of which only the metadata is told."""
    return {key: found[key] for key in ("apiVersion", "kind", "metadata")}


def metadata_only(folder: Path) -> list[Path]:
    found = destination.cluster() + destination.forklift(formats.CENTRE, formats.ENGINE)
    return one("metadata.json", kubernetes.listed([bare(r) for r in found]))(folder)


def manifests(folder: Path) -> list[Path]:
    """Resources as somebody wrote them, before Forklift saw them; and a provider's record without detail."""
    found = resources("Plan", "NetworkMap", "StorageMap")
    found["items"] = [{key: value for key, value in r.items() if key != "status"} for r in found["items"]]
    uid = vsphere.UID
    record = {"uid": uid, "namespace": kubernetes.FORKLIFT, "name": "lab-vc", "selfLink": f"providers/vsphere/{uid}", "type": "vsphere"}
    return one("manifests.json", found)(folder) + one("provider.json", record)(folder)


def hosts_by_name(folder: Path) -> list[Path]:
    """Machines, Forklift's hosts, and of vCenter's hosts nothing but the names."""
    hosts = [{"kind": "enter", "obj": {"type": "HostSystem", "value": h.ref},
              "changeSet": [{"name": "name", "op": "assign", "val": h.name}]} for h in formats.CENTRE.hosts]  # fmt: skip
    text = "\n".join(map(json.dumps, hosts))
    (folder / "hosts.json").write_text(text, encoding="utf-8")
    found = one("vms.json", forklift_vsphere.site(formats.CENTRE)["vms"])(folder) + [folder / "hosts.json"]
    return found + one("resources.json", resources("Host"))(folder)


def engine_by_name(folder: Path) -> list[Path]:
    """The engine's lists where nothing was followed, and one machine has no name."""
    vms = [{"id": m.ref, "href": f"/ovirt-engine/api/vms/{m.ref}", "name": m.name} for m in formats.ENGINE.machines]
    for vm in vms:
        vm.update({name: {"href": f"{vm['href']}/{name}"} for name in ("nics", "diskattachments", "cdroms", "snapshots")})
    del vms[0]["name"]
    vms[1]["host"] = {"id": formats.ENGINE.hosts[0].ref}
    hosts = [{"id": h.ref, "href": f"/ovirt-engine/api/hosts/{h.ref}", "name": h.name} for h in formats.ENGINE.hosts]
    return one("vms.json", {"vm": vms})(folder) + one("hosts.json", {"host": hosts})(folder)


def engine_too_old(folder: Path) -> list[Path]:
    """One provider of oVirt, and an engine that says its version."""
    found = resources("Plan", "Provider")
    only = "lab-ovirt", "wave-ovirt"
    found["items"] = [r for r in found["items"] if r["metadata"]["name"] in only]
    version = {"full_version": "4.5.1-1.el8", "major": "4", "minor": "5"}
    api = {"product_info": {"name": "oVirt Engine", "vendor": "ovirt.org", "version": version}}
    return one("resources.json", found)(folder) + one("api.json", api)(folder)


def ten_and_ten(folder: Path) -> list[Path]:
    """Two vCenters, each with ten machines on a host, which both call host-88."""
    found = []
    for name in "one", "other":
        ten = [replace(m, host=formats.CENTRE.hosts[0].name, uuid=uuid(f"{name} {m.ref}"), instance_uuid=uuid(f"{name} of {m.ref}"))
               for m in formats.CENTRE.machines if not m.template][:10]  # fmt: skip
        site = forklift_vsphere.site(replace(formats.CENTRE, uid=uuid(f"{name} vCenter"), machines=ten))
        found += [path for part in ("vms", "hosts") for path in one(f"{name}-{part}.json", site[part])(folder)]
    return found


def crowded(folder: Path) -> list[Path]:
    """RVTools' first tab alone: eleven machines of a host."""
    rows = [f"crowd-{n},poweredOn,False,esx09.lab.example,True,vm-{n}" for n in range(11)]
    path = folder / "RVTools_tabvInfo.csv"
    path.write_text("\n".join(["VM,Powerstate,Template,Host,CBT,VM ID", *rows]), encoding="utf-8")
    return [path]


def another_centre(folder: Path) -> list[Path]:
    """A second vCenter with the same references and names as the first, where all is wrong."""
    this = formats.CENTRE
    machines = [
        replace(m, tools="toolsNotInstalled", cbt=False, snapshot=True, uuid=uuid(f"other {m.ref}"), instance_uuid=uuid(f"another {m.ref}"),
                nics=[replace(n, mac="", addresses=[]) for n in m.nics])
        for m in this.machines
    ]  # fmt: skip
    other = replace(
        this, uid=uuid("another vCenter"), machines=machines, networks=[replace(n, vlan="999") for n in this.networks],
        hosts=[replace(h, status="red", maintenance=True, address="203.0.113.250") for h in this.hosts],
    )  # fmt: skip
    site = forklift_vsphere.site(other)
    return [path for name in ("vms", "hosts", "networks", "datastores") for path in one(f"other-{name}.json", site[name])(folder)]


def empty_destination(folder: Path) -> list[Path]:
    """Forklift's answer to /providers, with a cluster that has no machines."""
    link = f"providers/openshift/{uuid('cluster')}"
    cluster = {"uid": uuid("cluster"), "version": "1", "namespace": kubernetes.FORKLIFT, "name": "host", "selfLink": link,
               "type": "openshift", "vmCount": 0, "networkCount": 1, "storageClassCount": 1}  # fmt: skip
    return one("providers.json", {"openshift": [cluster], "vsphere": [], "ovirt": []})(folder)


def classes_alone(folder: Path) -> list[Path]:
    found = destination.cluster()
    classes = [r for r in found if r["kind"] == "StorageClass"]
    return one("classes.json", kubernetes.listed([bare(classes[0]), *classes[1:]]))(folder)


# ---- whole runs


def alone(name: str, warm: bool = True) -> Run:
    """One format of a source, by itself."""
    source = formats.machines(name)
    assert source

    def about(rule: str, rules: list[Rule]) -> bool:
        return rule == "page.nfc" or rule in {r.id for r in expected.about_machines(source, rules, warm=True)}

    return Run(
        name + ("" if warm else " cold"), [name], ["--warm"] if warm else ["--cold"],
        wanted=lambda rules: expected.of_source(source, [name], rules, warm=warm), about=about,
    )  # fmt: skip


def everything(name: str, read: list[str]) -> Run:
    return Run(name, read, wanted=lambda rules: expected.of_everything(rules, read))


# ---- the site as it was before


def before() -> Source:
    """The vCenter some days ago: what drift must notice."""
    was = formats.CENTRE
    changed = {
        "web-01": lambda n: replace(n, mac="00:50:56:8a:fe:01"),
        "web-02": lambda n: replace(n, network="VM Network") if n.network == "dmz-200" else n,
        "db-01": lambda n: replace(n, addresses=["192.0.2.250", *n.addresses[1:]]),
    }  # fmt: skip
    machines = [replace(m, nics=[changed.get(m.name, lambda n: n)(nic) for nic in m.nics]) for m in was.machines]
    gone = replace(machines[0], name="gone-01", ref="vm-9001", number=999, uuid="420a3c1e-0000-4000-8000-0000000003e7",
                   instance_uuid="500a3c1e-0000-4000-8000-0000000003e7", nics=[Nic(mac="00:50:56:8a:fe:02", addresses=[])])  # fmt: skip
    networks = [replace(n, vlan="101") if n.name == "prod-100" else n for n in was.networks]
    return replace(was, machines=[*machines, gone], networks=networks)


def drifted(rules: list[Rule]) -> Findings:
    ref = {m.name: m.ref for m in formats.CENTRE.machines}
    return {
        ("drift.mac", ref["web-01"], ""): "fail",
        ("drift.network", ref["web-02"], ""): "fail",
        ("drift.address", ref["db-01"], ""): "fail",
        ("drift.vlan", "prod-100", ""): "fail",
        ("drift.vm.gone", "vm-9001", ""): "fail",
    }


def baseline(folder: Path) -> list[Path]:
    site = forklift_vsphere.site(before())
    return [path for name in ("vms", "networks") for path in one(f"before-{name}.json", site[name])(made(folder))]


def silenced(folder: Path) -> list[Path]:
    """The machines after all their guests stopped: no addresses."""
    quiet = [{**vm, "guestNetworks": None, "powerState": "poweredOff"} for vm in forklift_vsphere.site(formats.CENTRE)["vms"]]
    return one("quiet.json", quiet)(folder)


# ---- versions

PRODUCTS = "openshift", "cnv"


def versions(rule: str) -> Callable[[list[Rule]], Findings]:
    return lambda rules: {(rule, name, ""): "fail" for name in PRODUCTS}


def is_one_of(*names: str) -> Callable[[str, list[Rule]], bool]:
    return lambda rule, rules: rule in names


COMPATIBILITY = is_one_of("page.compatibility", "page.compatibility.newer", "page.compatibility.release")
# Rules without a case, and why.
NEVER_FAILS = {"page.compatibility.release": "it says that the release is not known, and nothing else"}
ALWAYS_TOLD = {
    "host.IpNotValid": "a Host has its specification, or it is not read",
    "plan.NamespaceNotValid": "a Plan has its specification, or it is not read",
    "plan.NetMapDestinationNADNotValid": "a Plan has its specification, or it is not read",
}
ALONE_OF = {"vsphere": ["forklift-vsphere", "govc", "rvtools-xlsx"], "ovirt": ["forklift-ovirt", "ovirt-rest-json"]}
ALONE = [name for name in formats.FORMATS if name in expected.CANNOT_TELL]
WHOLE = [
    *(alone(name) for name in ALONE),
    *(alone(name, warm=False) for name in ("forklift-vsphere", "rvtools-csv")),
    everything("everything", EVERYTHING),
    everything("everything otherwise", NOTHING_LEFT),
    Run("drift", ["forklift-vsphere"], baseline=baseline, wanted=drifted, about=lambda rule, rules: rule.startswith("drift.")),
    Run("release 2.12", [], ["--release", "2.12"], one("products.json", kubernetes.listed(destination.products())), None,
        versions("page.compatibility"), COMPATIBILITY),
    Run("release 2.7", [], ["--release", "2.7"], one("products.json", kubernetes.listed(destination.products())), None,
        versions("page.compatibility.newer"), COMPATIBILITY),
]  # fmt: skip
PARTIAL = [
    Run("plans alone", extra=one("plans.json", resources("Plan")), unknown=frozenset({
        "plan.NetworkMapRefNotValid", "plan.StorageRefNotValid", "plan.RestrictedPodSecurity", "plan.TransferNetworkNotValid",
        "plan.UnsupportedUserDefinedNetwork", "plan.WarmMigrationNotReady", "plan.MigrationTypeNotValid", "vm.VMNotFound"})),
    Run("no cluster", extra=one("resources.json", resources("Plan", "NetworkMap", "StorageMap", "Provider", "Host")),
        unknown=frozenset({
        "host.RefNotValid", "map.DestinationNetworkNotValid", "map.DestinationStorageNotValid", "map.SourceNetworkNotFound",
        "map.SourceStorageNotFound", "page.ca", "page.fingerprint", "page.nad", "plan.NetMapPreservingIPsOnPodNetwork",
        "plan.UnsupportedVersion", "provider.ConnectionInsecure", "provider.sdk_endpoint"})),
    Run("old cluster", extra=lambda folder: one("plans.json", resources("Plan", "Provider"))(folder)
        + one("version.json", kubernetes.kubernetes_version("v1.25.16"))(folder), fails=frozenset({"plan.UnsupportedVersion"})),
    Run("names alone", extra=names_only),
    Run("machines alone", extra=machines_only),
    Run("metadata alone", extra=metadata_only),
    Run("manifests", extra=manifests, unknown=frozenset({
        "plan.NetworkMapNotReady", "plan.StorageMapNotReady", "provider.UrlNotValid", "page.vddk"}),
        fails=frozenset({"plan.NamespaceNotValid"})),  # nobody says that one has succeeded
    Run("hosts by name", extra=hosts_by_name, unknown=frozenset({
        "host.InMaintenance", "host.HostStatusNotGreen", "host.disconnected"})),
    Run("engine by name", extra=engine_by_name, unknown=frozenset({"host.ovirt.not_up", "page.name"})),
    Run("engine too old", ["forklift-ovirt"], extra=engine_too_old, fails=frozenset({"vm.VMStorageNotSupported"})),
    Run("classes alone", extra=classes_alone, unknown=frozenset({"page.storage", "page.storage.profile"})),
    Run("old addresses", ["forklift-vsphere-2.6"], extra=one("resources.json", resources("Plan", "NetworkMap", "Provider")),
        unknown=frozenset({"vm.VMMissingGuestIPs"})),
    Run("collected", ["govc-collect"], ["--warm"]),
    Run("no release", ["govc"], unknown=frozenset({"page.compatibility.release"})),
    Run("drift to silence", extra=silenced, baseline=baseline, about=lambda rule, rules: rule.startswith("drift."),
        unknown=frozenset({"drift.address"})),
]  # fmt: skip
