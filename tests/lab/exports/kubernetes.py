# SPDX-License-Identifier: Apache-2.0
"""Objects of Kubernetes and of Forklift: alone, as `oc get -o json` or `-o yaml` lists them, and as Forklift's inventory
of OpenShift wraps them."""

from __future__ import annotations

import base64
from typing import Any

from lab.exports.model import uuid

Object = dict[str, Any]
FORKLIFT = "openshift-mtv"
UID = "ff000000-0000-4000-8000-000000000001"
VERSIONS = {
    "Namespace": "v1", "Secret": "v1", "ConfigMap": "v1", "StorageClass": "storage.k8s.io/v1", "StorageProfile": "cdi.kubevirt.io/v1beta1",
    "NetworkAttachmentDefinition": "k8s.cni.cncf.io/v1", "VirtualMachine": "kubevirt.io/v1", "VirtualMachineInstance": "kubevirt.io/v1",
    "KubeVirt": "kubevirt.io/v1", "HyperConverged": "hco.kubevirt.io/v1beta1", "CDI": "cdi.kubevirt.io/v1beta1",
    "ClusterVersion": "config.openshift.io/v1", "ClusterServiceVersion": "operators.coreos.com/v1alpha1",
}  # fmt: skip
# The collections of Forklift's inventory; other kinds are not in it.
COLLECTIONS = {
    "Namespace": "namespaces", "StorageClass": "storageclasses", "NetworkAttachmentDefinition": "networkattachmentdefinitions",
    "VirtualMachine": "vms", "KubeVirt": "kubevirts",
}  # fmt: skip


def kube(kind: str, name: str, namespace: str = "", labels: Object | None = None, annotations: Object | None = None, **body: Any) -> Object:
    """One object; empty metadata is left out."""
    meta: Object = {"name": name, "uid": uuid(f"{kind} {namespace}/{name}")}
    if namespace:
        meta["namespace"] = namespace
    if labels:
        meta["labels"] = labels
    if annotations:
        meta["annotations"] = annotations
    return {"apiVersion": VERSIONS.get(kind, "forklift.konveyor.io/v1beta1"), "kind": kind, "metadata": meta, **body}


def reference(name: str, namespace: str = FORKLIFT) -> Object:
    return {"name": name, "namespace": namespace}


def ready(value: bool = True, *others: Object) -> Object:
    state = {"type": "Ready", "status": "True" if value else "False", "category": "Required", "message": "as it should be"}
    return {"conditions": [*others, state], "observedGeneration": 1}


def condition(kind: str, category: str, message: str) -> Object:
    return {"type": kind, "status": "True", "category": category, "message": message}


# ---- the cluster


def namespace(name: str, enforce: str = "privileged", **labels: str) -> Object:
    every = {"kubernetes.io/metadata.name": name, "pod-security.kubernetes.io/enforce": enforce, **labels}
    return kube("Namespace", name, labels={k: v for k, v in every.items() if v is not None}, status={"phase": "Active"})


def storage_class(name: str, provisioner: str, default: bool = False, **parameters: str) -> Object:
    notes = {"storageclass.kubernetes.io/is-default-class": "true"} if default else None
    body = {"provisioner": provisioner, **({"parameters": parameters} if parameters else {})}
    return kube("StorageClass", name, annotations=notes, **body, reclaimPolicy="Delete", volumeBindingMode="Immediate")


def storage_profile(
    name: str, provisioner: str, *sets: tuple[str, str], recognised: bool = True, chosen: bool = False
) -> Object:  # fmt: skip
    """`sets` are (volume mode, access mode); `chosen` by an administrator, not found by CDI."""
    claims = [{"accessModes": [access], "volumeMode": mode} for mode, access in sets]
    status: Object = {"provisioner": provisioner, "storageClass": name}
    if claims:
        status["claimPropertySets"] = claims
    status["conditions"] = [{"type": "Recognized", "status": str(recognised),
                             "reason": "RecognizedProvisioner" if recognised else "UnrecognizedProvisioner"}]  # fmt: skip
    return kube("StorageProfile", name, spec={"claimPropertySets": claims} if chosen else {}, status=status)


def nad(where: str, name: str, config: str, route: str | None = None) -> Object:
    notes = {"forklift.konveyor.io/route": route} if route is not None else None
    return kube("NetworkAttachmentDefinition", name, where, annotations=notes, spec={"config": config})


def virtual_machine(where: str, name: str, mac: str = "") -> Object:
    interface = {"name": "net-0", "bridge": {}, **({"macAddress": mac} if mac else {})}
    networks = [{"name": "net-0", "multus": {"networkName": "vm-prod/vlan100"}}]
    spec = {"domain": {"devices": {"interfaces": [interface]}}, "networks": networks}
    return kube("VirtualMachine", name, where, spec={"running": False, "template": {"spec": spec}}, status={"printableStatus": "Stopped"})


def operator(name: str, version: str, where: str) -> Object:
    return kube("ClusterServiceVersion", f"{name}.v{version}", where, spec={"version": version, "displayName": name},
                status={"phase": "Succeeded"})  # fmt: skip


def cluster_version(version: str) -> Object:
    history = [{"state": "Completed", "version": version}]
    return kube("ClusterVersion", "version", spec={"channel": "stable"}, status={"desired": {"version": version}, "history": history})


def kubevirt(version: str) -> Object:
    status = {"phase": "Deployed", "observedKubeVirtVersion": version, "targetKubeVirtVersion": version}
    return kube("KubeVirt", "kubevirt-kubevirt-hyperconverged", "openshift-cnv", spec={}, status=status)


def hyperconverged(version: str) -> Object:
    return kube("HyperConverged", "kubevirt-hyperconverged", "openshift-cnv", spec={},
                status={"versions": [{"name": "operator", "version": version}]})  # fmt: skip


def kubernetes_version(version: str) -> Object:
    """`kubectl version -o json`."""
    major, minor, _ = version.lstrip("v").split(".")
    return {"clientVersion": {"gitVersion": "v1.30.0"}, "serverVersion": {"major": major, "minor": minor, "gitVersion": version}}


# ---- Forklift


def secret(name: str, **data: str) -> Object:
    """A provider's; no password is a real one."""
    every = {"user": "nobody", "password": "not-a-password", **{key.replace("_", "."): value for key, value in data.items()}}
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in every.items()}
    return kube("Secret", name, FORKLIFT, labels={"createdForResourceType": "providers"}, data=encoded, type="Opaque")


def provider(name: str, kind: str, url: str, settings: Object | None = None, fingerprint: str | None = None, uid: str = "") -> Object:
    spec: Object = {"type": kind, "url": url, "secret": reference(f"{name}-secret")}
    if settings is not None:
        spec["settings"] = settings
    status = {"phase": "Ready", **ready()}
    if fingerprint is not None:
        status["fingerprint"] = fingerprint
    found = kube("Provider", name, FORKLIFT, spec=spec, status=status)
    found["metadata"]["uid"] = uid or found["metadata"]["uid"]
    return found


def transfer_host(name: str, source: str, ref: str, host_name: str, address: str, is_ready: bool = True, *conditions: Object) -> Object:
    spec = {"id": ref, "name": host_name, "ipAddress": address, "provider": reference(source), "secret": reference(f"{ref}-secret")}
    return kube("Host", name, FORKLIFT, spec=spec, status=ready(is_ready, *conditions))


def between(source: str) -> Object:
    return {"source": reference(source), "destination": reference("host")}


def network_map(name: str, source: str, entries: list[tuple[str, str]], is_ready: bool = True) -> Object:
    """`entries` are (source id, "pod", "ignored" or "namespace/name"); an id may be missing."""

    def destination(to: str) -> Object:
        where, _, which = to.partition("/")
        return {"type": "multus", "namespace": where, "name": which} if which else {"type": to}

    rows = [{"source": {"id": ref} if ref else {}, "destination": destination(to)} for ref, to in entries]
    return kube("NetworkMap", name, FORKLIFT, spec={"provider": between(source), "map": rows}, status=ready(is_ready))


def storage_map(name: str, source: str, entries: list[tuple[str, Object]], is_ready: bool = True) -> Object:
    """`entries` are (source id, destination), where the destination may hold the offload plugin."""
    rows = []
    for ref, to in entries:
        row = {"source": {"id": ref} if ref else {}, "destination": {key: value for key, value in to.items() if key != "offload"}}
        if "offload" in to:
            row["offloadPlugin"] = {"vsphereXcopyConfig": {"secretRef": to["offload"], "storageVendorProduct": "ontap"}}
        rows.append(row)
    return kube("StorageMap", name, FORKLIFT, spec={"provider": between(source), "map": rows}, status=ready(is_ready))


# ---- the forms


def listed(objects: list[Object]) -> Object:
    """What `oc get … -o json` prints."""
    return {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": objects}


def wrapped(objects: list[Object]) -> dict[str, list[Object]]:
    """The collections of Forklift's inventory of the cluster."""
    answer: dict[str, list[Object]] = {}
    for number, found in enumerate(objects, 1):
        collection = COLLECTIONS.get(found["kind"])
        if not collection:
            continue
        meta = found["metadata"]
        answer.setdefault(collection, []).append({
            "uid": meta["uid"], "version": str(1200 + number), "namespace": meta.get("namespace", ""), "name": meta["name"],
            "selfLink": f"providers/openshift/{UID}/{collection}/{meta['uid']}", "object": found,
        })  # fmt: skip
    return answer
