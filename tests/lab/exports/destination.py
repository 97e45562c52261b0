# SPDX-License-Identifier: Apache-2.0
"""The cluster that everything goes to, and Forklift's resources: plans, maps, providers, hosts.

Three plans carry the machines; each of the others is wrong in one way and named for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from lab.exports import kubernetes as k8s
from lab.exports import ovirt, vsphere
from lab.exports.govc import VCENTER
from lab.exports.kubernetes import FORKLIFT, Object
from lab.exports.model import Source, fingerprint

VDDK = "registry.lab.example/vddk:8.0.1"
BRIDGE = '{"cniVersion":"0.3.1","name":"%s","type":"bridge","bridge":"br1","vlan":%d}'
RBD, CEPHFS = "openshift-storage.rbd.csi.ceph.com", "openshift-storage.cephfs.csi.ceph.com"
BLOCK, FILE, RWO, RWX = "Block", "Filesystem", "ReadWriteOnce", "ReadWriteMany"
PROD, DMZ, SWITCHED = (n.ref for n in vsphere.NETWORKS[:3])
SSD, NFS, VSAN = (d.ref for d in vsphere.DATASTORES)
# (class, provisioner, its parameters, the sets of its profile): None: there is no profile.
CLASSES: list[tuple[str, str, dict[str, str], list[tuple[str, str]] | None]] = [
    ("ocs-rbd", RBD, {"pool": "vm-pool"}, [(BLOCK, RWX), (BLOCK, RWO), (FILE, RWO)]),
    ("ocs-cephfs", CEPHFS, {}, [(FILE, RWX), (FILE, RWO)]),
    ("aws-ebs", "kubernetes.io/aws-ebs", {}, [(BLOCK, RWO)]),
    ("static-nfs", "kubernetes.io/no-provisioner", {}, []),
    ("vsphere-intree", "kubernetes.io/vsphere-volume", {}, []),
    ("stranger", "disks.lab.example", {}, []),
    ("buckets", "openshift-storage.noobaa.io/obc", {}, []),
]


CLASSES_IN_USE = ("static", "stranger", "ebs", "intree", "buckets")  # each by a map of its own
TAKEN_MAC = "00:50:56:8a:ff:01"
TAKEN = {"taken-01": "page.name.taken", "taken-elsewhere-01": "page.name.duplicate.target"}
RENEWED = "vc-renewed.lab.example"
WARM = ("web-01", "db-01", "cbt-off-01", "disk-cbt-off-01", "snapshot-01", "consolidate-01")
EXPORTED = ("lab-vc", "lab-ovirt")  # the providers whose machines the exports have
FROM = ("renewed", "no-fingerprint", "not-esxi", "no-url", "no-path", "proxmox")


@dataclass
class Plan:
    """A plan; `fails` are the rules that it breaks, `vm_fails` those that its machines break in it."""

    name: str
    machines: list[str]
    fails: set[str] = field(default_factory=set)
    vm_fails: dict[str, set[str]] = field(default_factory=dict)
    spec: Object = field(default_factory=dict)
    source: str = "lab-vc"
    target: str = "vm-prod"
    warm: bool = False
    network_map: str = "lab-net"
    storage_map: str = "lab-sto"
    conditions: tuple[Object, ...] = ()
    begun: bool = False  # its migration has made machines
    over: bool = False  # nobody looks at it any more

    @property
    def ref(self) -> str:
        return f"{FORKLIFT}/{self.name}"


def cluster() -> list[Object]:
    """What is there, Forklift aside."""
    objects = [k8s.namespace(name) for name in ("default", "vm-prod", "vm-other", FORKLIFT)]
    objects.append(k8s.namespace("vm-restricted", "restricted"))
    objects.append(k8s.namespace("vm-layer3", **{"k8s.ovn.org/primary-user-defined-network": ""}))
    for name, provisioner, parameters, sets in CLASSES:
        objects.append(k8s.storage_class(name, provisioner, name == "ocs-rbd", **parameters))
        if sets is not None:
            objects.append(k8s.storage_profile(name, provisioner, *sets, recognised=bool(sets)))
    for where, name, vlan, route in (
        ("vm-prod", "vlan100", 100, None), ("vm-prod", "vlan300", 300, None), ("default", "vlan100", 100, None),
        ("default", "vlan200", 200, None), ("vm-other", "elsewhere", 100, None), (FORKLIFT, "transfer", 500, "203.0.113.1"),
        (FORKLIFT, "transfer-bare", 500, None), (FORKLIFT, "transfer-nonsense", 500, "the usual"),
    ):  # fmt: skip
        objects.append(k8s.nad(where, name, BRIDGE % (name, vlan), route))
    layer3 = {"cniVersion": "1.0.0", "name": "udn", "type": "ovn-k8s-cni-overlay", "topology": "layer3", "role": "primary"}
    objects.append(k8s.nad("vm-layer3", "udn", json.dumps(layer3)))
    objects.append(k8s.virtual_machine("vm-prod", "taken-01"))
    objects.append(k8s.virtual_machine("vm-other", "taken-elsewhere-01"))
    objects.append(k8s.virtual_machine("vm-prod", "of-the-mac", "00:50:56:8A:FF:01"))
    return objects + products()


def products(forklift: str = "2.9.1", cnv: str = "4.18.3", openshift: str = "4.18.9") -> list[Object]:
    return [
        k8s.kubevirt("v1.4.0"), k8s.hyperconverged(cnv), k8s.cluster_version(openshift),
        k8s.operator("mtv-operator", forklift, FORKLIFT), k8s.operator("kubevirt-hyperconverged-operator", cnv, "openshift-cnv"),
    ]  # fmt: skip


def providers() -> list[Object]:
    """Two that are well; the others have a server, a Secret and a fault of their own."""
    image, esxi = {"vddkInitImage": VDDK}, {"sdkEndpoint": "esxi"}
    ca = {"ca_crt": "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n", "insecureSkipVerify": "false"}
    sdk, api = "https://%s/sdk", "https://%s/ovirt-engine/api"
    rows: list[tuple[str, str, str, Object | None, Object, str | None]] = [
        ("lab-vc", "vsphere", sdk % VCENTER, {"sdkEndpoint": "vcenter", **image}, ca, fingerprint(VCENTER)),
        ("no-vddk", "vsphere", sdk % "vc2.lab.example", {}, ca, fingerprint("vc2")),
        ("renewed", "vsphere", sdk % RENEWED, image, ca, fingerprint("before it was renewed")),
        ("no-fingerprint", "vsphere", sdk % "vc3.lab.example", image, ca, None),
        ("not-esxi", "vsphere", sdk % "vc4.lab.example", {**esxi, **image}, ca, fingerprint("vc4")),
        ("no-url", "vsphere", "", image, ca, fingerprint("vc5")),
        ("no-path", "vsphere", "https://vc6.lab.example", image, ca, fingerprint("vc6")),
        ("lab-ovirt", "ovirt", api % "engine.lab.example", None, ca, None),
        ("no-ca", "ovirt", api % "engine2.lab.example", None, {"insecureSkipVerify": "false"}, None),
        ("insecure", "ovirt", api % "engine3.lab.example", None, {"insecureSkipVerify": "true"}, None),
        ("proxmox", "proxmox", "https://pve.lab.example", None, ca, None),
    ]
    found = []
    for name, kind, url, settings, secret, shown in rows:
        uid = {"lab-vc": vsphere.UID, "lab-ovirt": ovirt.UID}.get(name, "")
        found += [k8s.provider(name, kind, url, settings, shown, uid=uid), k8s.secret(f"{name}-secret", **secret)]
    return [*found, k8s.provider("host", "openshift", ""), k8s.provider("other-cluster", "openshift", "https://api.lab.example:6443")]


def hosts() -> list[Object]:
    maintenance = k8s.condition("InMaintenance", "Critical", "the host is in maintenance mode")
    esx = [(h.ref, h.name, h.address) for h in vsphere.HOSTS]
    return [
        k8s.transfer_host("esx01", "lab-vc", *esx[0]),
        k8s.transfer_host("esx03", "lab-vc", *esx[2], False, maintenance),
        k8s.transfer_host("host-without-address", "lab-vc", *esx[1][:2], "", False),
        k8s.transfer_host("host-gone", "lab-vc", "host-999", "esx99.lab.example", "203.0.113.99", False),
        k8s.transfer_host("host-elsewhere", "lab-vc", *esx[1][:2], "203.0.113.132"),
    ]


def maps() -> list[Object]:
    rbd, cephfs = {"storageClass": "ocs-rbd"}, {"storageClass": "ocs-cephfs", "volumeMode": FILE, "accessMode": RWX}
    bridge, dmz = (PROD, "vm-prod/vlan100"), (DMZ, "default/vlan200")
    networks: dict[str, list[tuple[str, str]]] = {
        "lab-net": [bridge, dmz, (SWITCHED, "pod")], "pod-net": [(PROD, "pod"), (DMZ, "pod")], "prod-net": [bridge],
        "default-net": [(PROD, "default/vlan100"), dmz], "wrong-vlan-net": [(PROD, "vm-prod/vlan300")],
        "not-ready-net": [bridge], "missing-nad-net": [(PROD, "vm-prod/nowhere"), dmz],
        "elsewhere-net": [(PROD, "vm-other/elsewhere"), dmz],
        "stray-net": [bridge, ("dvportgroup-999", "default/vlan200")], "nameless-net": [bridge, ("", "default/vlan200")],
    }  # fmt: skip
    storages: dict[str, list[tuple[str, Object]]] = {
        "lab-sto": [(SSD, rbd), (NFS, cephfs), (VSAN, rbd)], "ssd-sto": [(SSD, rbd)], "not-ready-sto": [(SSD, rbd)],
        "missing-class-sto": [(SSD, {"storageClass": "nowhere"})], "stray-sto": [(SSD, rbd), ("datastore-999", rbd)],
        "nameless-sto": [(SSD, rbd), ("", rbd)],
        "wrong-mode-sto": [(SSD, {"storageClass": "ocs-cephfs", "volumeMode": BLOCK, "accessMode": RWX})],
        "static-sto": [(SSD, {"storageClass": "static-nfs"})], "stranger-sto": [(SSD, {"storageClass": "stranger"})],
        "ebs-sto": [(SSD, {"storageClass": "aws-ebs"})], "intree-sto": [(SSD, {"storageClass": "vsphere-intree"})],
        "buckets-sto": [(SSD, {"storageClass": "buckets", "volumeMode": FILE, "accessMode": RWO})],
        "offload-sto": [(SSD, {**rbd, "offload": "array"}), (NFS, cephfs)],
    }  # fmt: skip
    ov_networks = [(ovirt.NETWORKS[0].ref, "pod"), (ovirt.NETWORKS[1].ref, "default/vlan200")]
    return [
        *(k8s.network_map(name, "lab-vc", entries, name != "not-ready-net") for name, entries in networks.items()),
        *(k8s.storage_map(name, "lab-vc", entries, name != "not-ready-sto") for name, entries in storages.items()),
        k8s.network_map("ov-net", "lab-ovirt", ov_networks),
        k8s.storage_map("ov-sto", "lab-ovirt", [(d.ref, rbd) for d in ovirt.DATASTORES]),
    ]


# What is wrong with all these, and with no other.
FAULTS: dict[str, set[str]] = {
    "missing-nad-net": {"map.DestinationNetworkNotValid", "page.nad"}, "stray-net": {"map.SourceNetworkNotFound"},
    "nameless-net": {"map.SourceNetworkNotValid"}, "wrong-vlan-net": {"page.vlan"},
    "missing-class-sto": {"map.DestinationStorageNotValid"}, "stray-sto": {"map.SourceStorageNotFound"},
    "nameless-sto": {"map.SourceStorageNotValid"}, "wrong-mode-sto": {"map.storage.modes"},
    "ocs-rbd": {"page.storage"}, "ocs-cephfs": {"page.storage.filesystem"}, "aws-ebs": {"page.storage.live_migration"},
    "static-nfs": {"page.storage", "page.storage.profile", "page.storage.static"},
    "vsphere-intree": {"page.storage", "page.storage.profile"}, "stranger": {"page.storage", "page.storage.profile"},
    "buckets": {"page.storage", "page.storage.filesystem", "page.storage.live_migration", "page.storage.object"},
    "no-vddk": {"page.vddk", "page.vddk.required"}, "renewed": {"page.fingerprint.differs"},
    "no-fingerprint": {"page.fingerprint"}, "not-esxi": {"provider.sdk_endpoint"}, "no-url": {"provider.UrlNotValid"},
    "no-path": {"provider.url.path"}, "no-ca": {"page.ca"}, "insecure": {"provider.ConnectionInsecure"},
    "proxmox": {"provider.ProviderTypeNotSupported"},
    "esx03": {"host.InMaintenance", "host.NotHealthy", "reported.critical"},
    "host-without-address": {"host.IpNotValid"}, "host-gone": {"host.RefNotValid"}, "host-elsewhere": {"host.address.foreign"},
    "VMware-vix-disklib-7.0.3-19513565.x86_64.tar.gz": {"page.vddk.version"},
    "VMware-vix-disklib-8.0.1-incomplete.x86_64.tar.gz": {"page.vddk.archive"},
    "VMware-vix-disklib-8.0.1-truncated.x86_64.tar.gz": {"page.vddk.archive"},
}  # fmt: skip
# Which vCenters have shown themselves: of the others nobody can say what they are.
UNTOLD: dict[str, set[str]] = {
    **{name: {"provider.sdk_endpoint", "page.compatibility"} for name in ("no-vddk", "renewed", "no-fingerprint", "no-url", "no-path")},
    **{name: {"page.compatibility"} for name in ("lab-ovirt", "no-ca", "insecure")},
    "stranger": {"page.storage.static"}, "buckets-sto": {"map.storage.modes"},
    "vddk.tar.gz": {"page.vddk.version"},
}


def plans(source: Source, engine: Source) -> list[Plan]:
    machines = [m.name for m in source.machines if not m.template and m.name not in WARM]
    return [
        Plan("wave-1", machines),
        Plan("wave-2", list(WARM), warm=True),
        Plan("wave-ovirt", [m.name for m in engine.machines], source="lab-ovirt", network_map="ov-net", storage_map="ov-sto"),
        *broken_plans(),
        *(Plan(f"by-{name}", ["web-01"], network_map=name) for name in FAULTS if name.endswith("-net")),
        *(Plan(f"by-{name}", ["web-01"], storage_map=name) for name in FAULTS if name.endswith("-sto")),
        *(Plan(f"by-{name}-sto", ["web-01"], storage_map=f"{name}-sto") for name in CLASSES_IN_USE),
        *(Plan(f"from-{name}", ["web-01"], source=name) for name in FROM),
        *(Plan(f"from-{name}", ["ov-web-01"], source=name, network_map="ov-net", storage_map="ov-sto") for name in ("no-ca", "insecure")),
    ]


def broken_plans() -> list[Plan]:
    web, two, three = ["web-01"], ["web-02"], ["db-01"]

    def plan(name: str, machines: list[str], *fails: str, **properties: Any) -> Plan:
        on_machines = {f for f in fails if f.startswith(("vm.", "page.")) and f != "vm.VMRefNotValid"}
        return Plan(name, machines, set(fails) - on_machines, {machines[0]: on_machines} if on_machines else {}, **properties)

    def transfer(name: str) -> Object:
        return {"transferNetwork": k8s.reference(name)}

    return [
        plan("no-namespace", web, "plan.NamespaceNotValid", target="", network_map="default-net"),
        plan("bad-namespace", web, "plan.NamespaceNotValid", target="Not_A_Namespace", network_map="default-net"),
        plan("no-network-map", web, "plan.NetworkMapRefNotValid", network_map=""),
        plan("no-storage-map", web, "plan.StorageRefNotValid", storage_map=""),
        plan("network-map-not-ready", web, "plan.NetworkMapNotReady", network_map="not-ready-net"),
        plan("storage-map-not-ready", web, "plan.StorageMapNotReady", storage_map="not-ready-sto"),
        plan("keeps-addresses", web, "plan.NetMapPreservingIPsOnPodNetwork", network_map="pod-net", spec={"preserveStaticIPs": True}),
        plan("keeps-no-addresses", ["no-address-01"], "vm.VMMissingGuestIPs", network_map="prod-net", spec={"preserveStaticIPs": True}),
        plan("nad-elsewhere", web, "plan.NetMapDestinationNADNotValid", network_map="elsewhere-net"),
        plan("warm-from-proxmox", web, "plan.WarmMigrationNotReady", source="proxmox", warm=True),
        plan("from-cluster", web, source="other-cluster"),
        plan("chosen-name", web, "page.name.target", spec={"vms": [{"id": "vm-1001", "name": "web-01", "targetName": "Not_A_Name"}]}),
        plan("warned", web, "reported.warning", conditions=(k8s.condition("TransferNetworkMissing", "Warn", "made up"),)),
        plan("strange-type", web, "plan.MigrationTypeNotValid", spec={"type": "teleport"}),
        plan("live", web, "plan.MigrationTypeNotValid", spec={"type": "live"}),
        plan("layer-3", web, "plan.UnsupportedUserDefinedNetwork", target="vm-layer3", network_map="default-net"),
        plan("transfer-missing", web, "plan.TransferNetworkNotValid", spec=transfer("gone")),
        plan("transfer-nonsense", web, "plan.TransferNetworkNotValid", spec=transfer("transfer-nonsense")),
        plan("transfer-bare", web, "plan.TransferNetworkMissingDefaultRoute", spec=transfer("transfer-bare")),
        plan("transfer-well", web, spec=transfer("transfer")),
        plan("restricted", web, "plan.RestrictedPodSecurity", target="vm-restricted", network_map="default-net"),
        plan("warm-without-vddk", web, "plan.VDDKInitImageUnavailable", warm=True, source="no-vddk"),
        plan("mixed-copy", three, "plan.VDDKAndOffloadMixedUsage", storage_map="offload-sto"),
        plan("who", web, "vm.VMRefNotValid", spec={"vms": [{}]}),
        plan("gone", ["no-such-machine"], "vm.VMNotFound"),
        plan("named-twice", ["web-01", "web-01"], "vm.DuplicateVM"),
        plan("network-not-mapped", two, "vm.VMNetworksNotMapped", network_map="prod-net"),
        plan("storage-not-mapped", three, "vm.VMStorageNotMapped", storage_map="ssd-sto"),
        plan("two-on-pod", two, "vm.VMMultiplePodNetworkMappings", network_map="pod-net"),
        plan("shared-warm", ["disk-shared-01"], "vm.SharedDisks", warm=True),
        plan("archived", web, target="", spec={"archived": True}, over=True),
        plan("succeeded", web, target="", conditions=(k8s.condition("Succeeded", "Advisory", "made up"),), over=True),
        plan("begun", ["taken-01"], network_map="prod-net", begun=True),
    ]  # fmt: skip


def resource(plan: Plan, refs: dict[str, str]) -> Object:
    """The Plan resource.  A name that several machines have is told by the id alone."""
    listed = plan.spec.get("vms") or [{**({"id": refs[name]} if name in refs else {}), "name": name} for name in plan.machines]
    spec = {
        "targetNamespace": plan.target, "provider": {"source": k8s.reference(plan.source), "destination": k8s.reference("host")},
        "map": {"network": k8s.reference(plan.network_map) if plan.network_map else {},
                "storage": k8s.reference(plan.storage_map) if plan.storage_map else {}},
        "warm": plan.warm, "preserveStaticIPs": False, "migrateSharedDisks": True, **plan.spec, "vms": listed,
    }  # fmt: skip
    status = k8s.ready(not plan.fails, *plan.conditions)
    if plan.begun:
        status["migration"] = {"vms": [{**vm, "phase": "Completed"} for vm in listed]}
    return k8s.kube("Plan", plan.name, FORKLIFT, spec=spec, status=status)


def forklift(source: Source, engine: Source) -> list[Object]:
    refs = {m.name: m.ref for m in [*source.machines, *engine.machines]}
    found = [resource(plan, refs) for plan in plans(source, engine)]
    twins = [{"id": m.ref, "name": m.name} for m in source.machines if m.name == "twin-01"]
    for one in found:
        vms = one["spec"]["vms"]
        if sum(vm.get("name") == "twin-01" for vm in vms) == len(twins):
            one["spec"]["vms"] = [vm for vm in vms if vm.get("name") != "twin-01"] + twins
    return [*providers(), *hosts(), *maps(), *found]
