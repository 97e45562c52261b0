# SPDX-License-Identifier: Apache-2.0
"""Every form in which the site can be had: which files, written how."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab.exports import (
    destination, forklift_ovirt, forklift_vsphere, govc, kubernetes, ovirt, ovirt_rest, rvtools, vddk, vsphere, xlsx, yamltext,
)  # fmt: skip
from lab.exports.model import Source

CENTRE, ENGINE = vsphere.source(), ovirt.source()
Writer = Callable[[Path], None]
OLD = (2, 6)


def put(path: Path, value: Any, **options: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, **options) + "\n", encoding="utf-8")


def each(folder: Path, answers: dict[str, Any], **options: Any) -> None:
    """One file for each answer."""
    for name, value in answers.items():
        put(folder / f"{name}.json", value, **options)


def by_name(collection: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(found for found in collection if found["kind"] == "Provider" and found["metadata"]["name"] == name)


def forklift_centre(folder: Path, release: tuple[int, int] = forklift_vsphere.NOW) -> None:
    each(folder, forklift_vsphere.site(CENTRE, release))
    put(folder / "provider.json", forklift_vsphere.provider(CENTRE, by_name(destination.providers(), "lab-vc")))
    other = by_name(destination.providers(), "not-esxi")
    record = forklift_vsphere.provider(CENTRE, other)
    put(folder / "provider-2.json", {**record, "uid": other["metadata"]["uid"], "selfLink": f"providers/vsphere/{other['metadata']['uid']}",
                                     "instanceUuid": govc.SECOND["instanceUuid"]})  # fmt: skip


def workloads(folder: Path) -> None:
    """One object after the other, as a loop over the API leaves them."""
    text = "\n".join(json.dumps(forklift_vsphere.workload(CENTRE, m)) for m in CENTRE.machines if not m.template)
    (folder / "workloads.json").write_text(text, encoding="utf-8")


def ovirt_workloads(folder: Path) -> None:
    put(folder / "workloads.json", [forklift_ovirt.workload(ENGINE, m) for m in ENGINE.machines])


def packed(folder: Path) -> None:
    """The machines in one gzip file."""
    text = json.dumps(forklift_vsphere.site(CENTRE)["vms"]).encode()
    (folder / "vms.json.gz").write_bytes(gzip.compress(text, 6, mtime=0))
    rest = {name: value for name, value in forklift_vsphere.site(CENTRE).items() if name != "vms"}
    each(folder, rest)


def govc_json(folder: Path, change: Callable[[str], str] | None = None, wrappers_only: bool = False) -> None:
    answers = govc.site(CENTRE)
    for name, value in answers.items():
        if wrappers_only:
            answers[name] = {govc.pascal(key): inside for key, inside in value.items()}
        elif change:
            answers[name] = govc.cased(value, change)
    each(folder, answers, indent=2)
    clusters = [govc.cased(govc.cluster(CENTRE, c), change or str) for c in CENTRE.clusters]
    (folder / "clusters.json").write_text("\n".join(map(json.dumps, clusters)) + "\n", encoding="utf-8")


def govc_collected(folder: Path) -> None:
    text = "\n".join(json.dumps(govc.collected(CENTRE, m)) for m in CENTRE.machines)
    (folder / "collect.json").write_text(text + "\n", encoding="utf-8")


def ovirt_xml(folder: Path) -> None:
    for name, value in ovirt_rest.site(ENGINE).items():
        (folder / f"{name}.xml").write_text(ovirt_rest.xml(name, value), encoding="utf-8")


def csv_folder(folder: Path, delimiter: str = ",", mark: bool = False, **headers: bool) -> None:
    for tab, rows in rvtools.tabs(CENTRE).items():
        text = rvtools.text(rvtools.renamed(tab, rows, **headers), delimiter, mark)
        (folder / f"RVTools_tab{tab}.csv").write_text(text, encoding="utf-8", newline="")


def cluster_and_forklift() -> list[dict[str, Any]]:
    return destination.cluster() + destination.forklift(CENTRE, ENGINE)


def kubernetes_yaml(folder: Path) -> None:
    """A list of all, and one object per document."""
    (folder / "cluster.yaml").write_text(yamltext.dump(kubernetes.listed(destination.cluster())), encoding="utf-8")
    documents = [yamltext.dump(found) for found in destination.forklift(CENTRE, ENGINE)]
    (folder / "forklift.yaml").write_text("---\n" + "---\n".join(documents), encoding="utf-8")
    put(folder / "version.json", kubernetes.kubernetes_version("v1.31.7"))


def kubernetes_json(folder: Path) -> None:
    put(folder / "cluster.json", kubernetes.listed(destination.cluster()), indent=4)
    put(folder / "forklift.json", kubernetes.listed(destination.forklift(CENTRE, ENGINE)), indent=4)
    put(folder / "version.json", kubernetes.kubernetes_version("v1.31.7"))


def openshift(folder: Path) -> None:
    """Forklift's inventory of the cluster; what is not in it comes from a list."""
    each(folder, kubernetes.wrapped(destination.cluster()))
    rest = [found for found in destination.cluster() if found["kind"] not in kubernetes.COLLECTIONS]
    put(folder / "rest.json", kubernetes.listed(rest + destination.forklift(CENTRE, ENGINE)))
    put(folder / "version.json", kubernetes.kubernetes_version("v1.31.7"))


FORMATS: dict[str, Writer] = {
    "forklift-vsphere": forklift_centre,
    "forklift-vsphere-2.6": lambda folder: forklift_centre(folder, OLD),
    "forklift-vsphere-workloads": workloads,
    "forklift-vsphere-gzip": packed,
    "govc": govc_json,
    "govc-0.31": lambda folder: govc_json(folder, wrappers_only=True),
    "govc-0.30": lambda folder: govc_json(folder, govc.pascal),
    "govc-collect": govc_collected,
    "rvtools-csv": csv_folder,
    "rvtools-csv-semicolon": lambda folder: csv_folder(folder, ";", True, older=True),
    "rvtools-csv-names": lambda folder: csv_folder(folder, compact=True),
    "rvtools-xlsx": lambda folder: xlsx.write(folder / "RVTools_export_all.xlsx", rvtools.tabs(CENTRE)),
    "forklift-ovirt": lambda folder: each(folder, forklift_ovirt.site(ENGINE)),
    "forklift-ovirt-workloads": ovirt_workloads,
    "ovirt-rest-json": lambda folder: each(folder, ovirt_rest.site(ENGINE)),
    "ovirt-rest-xml": ovirt_xml,
    "kubernetes-json": kubernetes_json,
    "kubernetes-yaml": kubernetes_yaml,
    "forklift-openshift": openshift,
    "vddk": vddk.write,
}


def write(name: str, folder: Path) -> list[Path]:
    """Writes one format into a folder of its own; returns its files."""
    inside = folder / name
    inside.mkdir(parents=True, exist_ok=True)
    FORMATS[name](inside)
    return sorted(inside.iterdir())


def machines(name: str) -> Source | None:
    """Whose machines the format tells."""
    if name.startswith(("kubernetes", "forklift-openshift", "vddk")):
        return None
    return ENGINE if "ovirt" in name else CENTRE
