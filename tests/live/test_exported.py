# SPDX-License-Identifier: Apache-2.0
"""The hosts that the judged exports name are watched, as far as their vCenter or engine is."""

import json
import os
import pathlib

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from lab.kube import FakeKube, folder_of, host, provider
from lab.pki import make
from openapi import Document

PORTS = (443, 902)
PIN = ":".join(["AB"] * 20)
ORIGIN = "inventory export"


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return make(pathlib.Path(os.environ.get("BANKSMAN_PKI") or tmp_path_factory.mktemp("pki")))


@pytest.fixture
def folder():
    with public_folder() as made:
        os.chmod(made, 0o777)
        yield pathlib.Path(made)


@pytest.fixture
def exports(folder):
    (folder / "exports").mkdir()
    return folder / "exports"


@pytest.fixture
def daemon(binary, slow, folder, exports):
    conf = {
        "providers": [{"name": "dc1", "type": "vsphere", "vcenter": "127.0.9.1"}],
        "inventory": {"directory": str(exports)},
        "probe": {"timeout": "1s", "interval": "1s"},
    }
    d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
    yield d
    d.stop()


@pytest.fixture
def kube(pki):
    with FakeKube(pki) as k:
        yield k


def put(exports, name, hosts):
    fresh = exports / ("." + name)
    fresh.write_text(json.dumps(hosts))
    fresh.rename(exports / name)


def esxi(number, manager="127.0.9.1", site="aaaaaaaa-0000-0000-0000-000000000000"):
    """As Forklift's inventory has it."""
    return {
        "id": f"host-{number}", "name": f"127.0.9.{number}", "revision": 1, "path": f"/dc/host/c/{number}",
        "selfLink": f"/providers/vsphere/{site}/hosts/host-{number}", "managementServerIp": manager, "thumbprint": PIN,
        "cluster": "domain-c1", "networkAdapters": [], "productName": "VMware ESXi", "productVersion": "8.0.2",
    }  # fmt: skip


def places(*numbers):
    return {f"127.0.9.{n}:{port}" for n in numbers for port in PORTS}


def endpoints(daemon):
    return {e["name"]: e for e in daemon.json("/v1/endpoints?limit=1000")["endpoints"]}


def exported(daemon):
    return {name for name, e in endpoints(daemon).items() if e["origin"] == ORIGIN}


def follow(daemon, want, timeout=30):
    daemon.wait(f"exported {want}", lambda: exported(daemon) == set(want), timeout=timeout)


def status(daemon):
    return Document().check("/v1/status", "GET", daemon.get("/v1/status"))["inventory"]


def test_exported_hosts_come_and_go_with_the_exports(daemon, exports, banksman):
    put(exports, "one.json", [esxi(11), esxi(12, manager="127.0.9.99")])
    daemon.start()
    follow(daemon, places(11))
    found = endpoints(daemon)
    assert {(e["provider"], e["role"]) for n, e in found.items() if n in places(11)} == {("dc1", "esxi")}
    assert found["127.0.9.1:443"]["origin"] == "static"
    assert status(daemon)["hosts"] == {"named": 2, "left_out": 0, "strangers": 1, "targets": 2}
    shown = banksman("status", "--socket", daemon.socket).stdout
    assert "1 host that the exports name is not watched" in shown, shown
    shown = banksman("endpoints", "--live", "--socket", daemon.socket, "127.0.9.11:902").stdout
    assert shown.splitlines()[1].endswith(ORIGIN), shown
    put(exports, "two.json", [esxi(13)])
    follow(daemon, places(11, 13))
    (exports / "one.json").unlink()
    follow(daemon, places(13))
    put(exports, "two.json", [esxi(14)])
    follow(daemon, places(14))


def test_exported_hosts_stay_when_the_exports_cannot_be_read(daemon, exports):
    daemon.expected = ["the inventory could not be judged"]
    put(exports, "one.json", [esxi(11)])
    daemon.start()
    follow(daemon, places(11))
    (exports / "two.json").write_text('[{"id": "host-1", ')
    daemon.wait("trouble", lambda: status(daemon).get("trouble"))
    assert exported(daemon) == places(11)
    for path in exports.iterdir():
        path.unlink()
    daemon.wait("other trouble", lambda: "no export is in" in status(daemon).get("trouble", ""))
    assert exported(daemon) == places(11), "a folder that is not mounted is not a site without hosts"


def test_exported_hosts_are_left_alone_where_nobody_wants_them(daemon, exports):
    put(exports, "one.json", [esxi(11)])
    daemon.conf["inventory"]["endpoints"] = False
    daemon.write()
    daemon.start()
    daemon.wait("judged", lambda: status(daemon).get("judged"))
    assert exported(daemon) == set() and "hosts" not in status(daemon)
    daemon.conf["inventory"]["endpoints"] = True
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    assert exported(daemon) == places(11), "nothing need be judged again"
    daemon.conf["inventory"]["directory"] = ""
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    assert exported(daemon) == set()


def test_exported_hosts_go_on_over_a_restart(daemon, exports):
    """Until the exports were judged, what the history knows is not given up."""
    put(exports, "one.json", [esxi(11)])
    daemon.start()
    follow(daemon, places(11))

    def states():
        found = endpoints(daemon)
        known = {n: (found[n]["id"], found[n].get("since")) for n in places(11) & set(found)}
        closed = [n for n in known if found[n]["state"] == "closed"]
        return known if len(closed) == len(places(11)) else None

    before = daemon.wait("states", states)
    daemon.stop()
    daemon.start()
    follow(daemon, places(11))
    assert daemon.wait("states", states) == before


def test_exported_hosts_of_a_discovered_provider(daemon, exports, kube, folder, pki):
    """…are its by its uid; Host and Provider count before them, and whom the inventory service tells of needs none."""
    site = "bbbbbbbb-1111-1111-1111-111111111111"
    daemon.conf.update(providers=[], discovery={**folder_of(pki, folder), "api": kube.url})
    kube.put("providers", "vc", uid=site, **provider("https://127.0.9.2/sdk"))
    kube.put("hosts", "esx1", host("127.0.9.11", "vc"))
    put(exports, "one.json", [esxi(11, site=site), esxi(12, site=site), esxi(13)])
    daemon.write()
    daemon.start()
    follow(daemon, places(12))
    found = endpoints(daemon)
    assert found["127.0.9.12:902"]["provider"] == "vc" and found["127.0.9.11:902"]["origin"] == "host mtv/esx1"
    assert status(daemon)["hosts"]["strangers"] == 1
    kube.inventory[f"/providers/vsphere/{site}/hosts"] = [{"id": "host-20", "name": "127.0.9.20", "thumbprint": PIN}]
    daemon.conf["discovery"].update(inventory=kube.url, inventory_ca_file=str(folder / "ca.crt"))
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    follow(daemon, set())
    assert endpoints(daemon)["127.0.9.20:902"]["origin"].startswith("machine ")
    kube.drop("providers", "vc")
    daemon.wait("nothing", lambda: not endpoints(daemon))
    assert status(daemon)["hosts"]["strangers"] == 3
