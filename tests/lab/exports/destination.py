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
]


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
    for where, name, route in (
        ("vm-prod", "vlan100", None), ("default", "vlan200", None), ("vm-other", "elsewhere", None), ("vm-restricted", "vlan100", None),
        (FORKLIFT, "transfer", "203.0.113.1"), (FORKLIFT, "transfer-bare", None), (FORKLIFT, "transfer-nonsense", "the usual"),
    ):  # fmt: skip
        objects.append(k8s.nad(where, name, BRIDGE % (name, 100), route))
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
    sdk = f"https://{VCENTER}/sdk"
    settings = {"sdkEndpoint": "vcenter", "vddkInitImage": VDDK}
    shown = fingerprint(VCENTER)
    engine = "https://engine.lab.example/ovirt-engine/api"
    insecure = k8s.condition("ConnectionInsecure", "Warn", "TLS is not verified")
    ca = {"ca_crt": "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----\n", "insecureSkipVerify": "false"}
    return [
        k8s.provider("lab-vc", "vsphere", sdk, settings, shown, uid=vsphere.UID),
        k8s.secret("lab-vc-secret", **ca, url=sdk),
        k8s.provider("no-vddk", "vsphere", sdk, {"sdkEndpoint": "vcenter"}, shown),
        k8s.secret("no-vddk-secret", **ca),
        k8s.provider("old-fingerprint", "vsphere", sdk, settings, fingerprint("before it was renewed")),
        k8s.secret("old-fingerprint-secret", **ca),
        k8s.provider("not-esxi", "vsphere", sdk, {**settings, "sdkEndpoint": "esxi"}, shown),
        k8s.secret("not-esxi-secret", **ca),
        k8s.provider("no-url", "vsphere", "", settings, None, False, conditions=(k8s.condition("UrlNotValid", "Critical", "no URL"),)),
        k8s.secret("no-url-secret", **ca),
        k8s.provider("lab-ovirt", "ovirt", engine, uid=ovirt.UID),
        k8s.secret("lab-ovirt-secret", **ca),
        k8s.provider("insecure", "ovirt", engine, conditions=(insecure,)),
        k8s.secret("insecure-secret", insecureSkipVerify="true"),
        k8s.provider("host", "openshift", ""),
    ]


def hosts() -> list[Object]:
    maintenance = k8s.condition("InMaintenance", "Critical", "the host is in maintenance mode")
    esx = [(h.ref, h.name, h.address) for h in vsphere.HOSTS]
    return [
        k8s.transfer_host("esx01", "lab-vc", *esx[0]),
        k8s.transfer_host("esx03", "lab-vc", *esx[2], False, maintenance),
        k8s.transfer_host("no-address", "lab-vc", *esx[1][:2], "", False, k8s.condition("IpNotValid", "Critical", "no address")),
    ]


def maps() -> list[Object]:
    rbd, cephfs = {"storageClass": "ocs-rbd"}, {"storageClass": "ocs-cephfs", "volumeMode": FILE, "accessMode": RWX}
    networks = [(PROD, "vm-prod/vlan100"), (DMZ, "default/vlan200"), (SWITCHED, "pod")]
    every = [(SSD, rbd), (NFS, cephfs), (VSAN, rbd)]
    ov = [(d.ref, rbd) for d in ovirt.DATASTORES]
    return [
        k8s.network_map("lab-net", "lab-vc", networks),
        k8s.network_map("pod-net", "lab-vc", [(PROD, "pod"), (DMZ, "pod")]),
        k8s.network_map("prod-net", "lab-vc", [(PROD, "vm-prod/vlan100")]),
        k8s.network_map("missing-nad-net", "lab-vc", [(PROD, "vm-prod/nowhere"), (DMZ, "default/vlan200")], False),
        k8s.network_map("elsewhere-net", "lab-vc", [(PROD, "vm-other/elsewhere"), (DMZ, "default/vlan200")]),
        k8s.network_map("stray-net", "lab-vc", [(PROD, "vm-prod/vlan100"), ("dvportgroup-999", "default/vlan200")]),
        k8s.network_map("twice-net", "lab-vc", [(PROD, "vm-prod/vlan100"), (DMZ, "vm-prod/vlan100")]),
        k8s.network_map("ov-net", "lab-ovirt", [(ovirt.NETWORKS[0].ref, "pod"), (ovirt.NETWORKS[1].ref, "default/vlan200")]),
        k8s.storage_map("lab-sto", "lab-vc", every),
        k8s.storage_map("ssd-sto", "lab-vc", [(SSD, rbd)]),
        k8s.storage_map("missing-class-sto", "lab-vc", [(SSD, {"storageClass": "nowhere"}), (NFS, cephfs)], False),
        k8s.storage_map("stray-sto", "lab-vc", [(SSD, rbd), ("datastore-999", rbd)]),
        k8s.storage_map("wrong-mode-sto", "lab-vc", [(SSD, {"storageClass": "ocs-cephfs", "volumeMode": BLOCK, "accessMode": RWX})]),
        k8s.storage_map("static-sto", "lab-vc", [(SSD, {"storageClass": "static-nfs"})]),
        k8s.storage_map("stranger-sto", "lab-vc", [(SSD, {"storageClass": "stranger"})]),
        k8s.storage_map("ebs-sto", "lab-vc", [(SSD, {"storageClass": "aws-ebs"})]),
        k8s.storage_map("intree-sto", "lab-vc", [(SSD, {"storageClass": "vsphere-intree"})]),
        k8s.storage_map("offload-sto", "lab-vc", [(SSD, {**rbd, "offload": "array"}), (NFS, cephfs)]),
        k8s.storage_map("ov-sto", "lab-ovirt", ov),
    ]


def plans(source: Source, engine: Source) -> list[Plan]:
    machines = [m.name for m in source.machines if not m.template]
    warm = [m.name for m in source.machines if not m.template and m.host == vsphere.ESX02][:10]
    return [
        Plan("wave-1", [name for name in machines if name not in warm]),
        Plan("wave-2", warm, warm=True),
        Plan("wave-ovirt", [m.name for m in engine.machines], source="lab-ovirt", network_map="ov-net", storage_map="ov-sto"),
        *broken(),
    ]


def broken() -> list[Plan]:
    web, two, three = ["web-01"], ["web-02"], ["db-01"]

    def plan(name: str, machines: list[str], *fails: str, **properties: Any) -> Plan:
        on_machines = {f for f in fails if f.startswith("vm.") and f != "vm.VMRefNotValid"}
        return Plan(name, machines, set(fails) - on_machines, {machines[0]: on_machines} if on_machines else {}, **properties)

    return [
        plan("no-namespace", web, "plan.NamespaceNotValid", target=""),
        plan("bad-namespace", web, "plan.NamespaceNotValid", target="Not_A_Namespace"),
        plan("no-network-map", web, "plan.NetworkMapRefNotValid", network_map=""),
        plan("no-storage-map", web, "plan.StorageRefNotValid", storage_map=""),
        plan("network-map-not-ready", web, "plan.NetworkMapNotReady", network_map="missing-nad-net"),
        plan("storage-map-not-ready", web, "plan.StorageMapNotReady", storage_map="missing-class-sto"),
        plan("keeps-addresses", web, "plan.NetMapPreservingIPsOnPodNetwork", network_map="pod-net", spec={"preserveStaticIPs": True}),
        plan("nad-elsewhere", web, "plan.NetMapDestinationNADNotValid", network_map="elsewhere-net"),
        plan("strange-type", web, "plan.MigrationTypeNotValid", spec={"type": "teleport"}),
        plan("layer-3", web, "plan.UnsupportedUserDefinedNetwork", target="vm-layer3"),
        plan("transfer-missing", web, "plan.TransferNetworkNotValid", spec={"transferNetwork": k8s.reference("gone")}),
        plan("transfer-nonsense", web, "plan.TransferNetworkNotValid", spec={"transferNetwork": k8s.reference("transfer-nonsense")}),
        plan("transfer-bare", web, "plan.TransferNetworkMissingDefaultRoute", spec={"transferNetwork": k8s.reference("transfer-bare")}),
        plan("transfer-well", web, spec={"transferNetwork": k8s.reference("transfer")}),
        plan("restricted", web, "plan.RestrictedPodSecurity", target="vm-restricted"),
        plan("warm-without-vddk", web, "plan.VDDKInitImageUnavailable", warm=True, source="no-vddk"),
        plan("mixed-copy", three, "plan.VDDKAndOffloadMixedUsage", storage_map="offload-sto"),
        plan("who", web, "vm.VMRefNotValid", spec={"vms": [{}]}),
        plan("gone", ["no-such-machine"], "vm.VMNotFound"),
        plan("named-twice", ["web-01", "web-01"], "vm.DuplicateVM"),
        plan("network-not-mapped", two, "vm.VMNetworksNotMapped", network_map="prod-net"),
        plan("storage-not-mapped", three, "vm.VMStorageNotMapped", storage_map="ssd-sto"),
        plan("two-on-pod", two, "vm.VMMultiplePodNetworkMappings", network_map="pod-net"),
    ]


def resource(plan: Plan, refs: dict[str, str]) -> Object:
    """The Plan resource.  A name that several machines have is told by the id alone."""
    listed = plan.spec.get("vms") or [{**({"id": refs[name]} if name in refs else {}), "name": name} for name in plan.machines]
    spec = {
        "targetNamespace": plan.target, "provider": {"source": k8s.reference(plan.source), "destination": k8s.reference("host")},
        "map": {"network": k8s.reference(plan.network_map) if plan.network_map else {},
                "storage": k8s.reference(plan.storage_map) if plan.storage_map else {}},
        "warm": plan.warm, "preserveStaticIPs": False, "migrateSharedDisks": True, **plan.spec, "vms": listed,
    }  # fmt: skip
    return k8s.kube("Plan", plan.name, FORKLIFT, spec=spec, status=k8s.ready(not plan.fails and not plan.vm_fails))


def forklift(source: Source, engine: Source) -> list[Object]:
    refs = {m.name: m.ref for m in [*source.machines, *engine.machines]}
    found = [resource(plan, refs) for plan in plans(source, engine)]
    twins = [{"id": m.ref, "name": m.name} for m in source.machines if m.name == "twin-01"]
    for one in found:
        vms = one["spec"]["vms"]
        if sum(vm.get("name") == "twin-01" for vm in vms) == len(twins):
            one["spec"]["vms"] = [vm for vm in vms if vm.get("name") != "twin-01"] + twins
    return [*providers(), *hosts(), *maps(), *found]
