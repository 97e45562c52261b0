# SPDX-License-Identifier: Apache-2.0
"""What is watched follows Forklift's Providers and Hosts, whatever the Kubernetes API does."""

import contextlib
import http.server
import json
import os
import pathlib
import socket
import sqlite3
import sqlite3
import ssl
import threading
import time

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from lab.kube import FakeKube, folder_of, host, plan, provider
from lab.pki import make

TROUBLE = "the Kubernetes API does not tell of"
PIN = ":".join(["AB"] * 20)


@pytest.fixture(scope="session")
def pki(tmp_path_factory):
    return make(pathlib.Path(os.environ.get("BANKSMAN_PKI") or tmp_path_factory.mktemp("pki")))


@pytest.fixture
def folder():
    with public_folder() as made:
        os.chmod(made, 0o777)
        yield pathlib.Path(made)


@pytest.fixture
def kube(pki):
    with FakeKube(pki) as k:
        yield k


@pytest.fixture
def daemon(binary, slow, folder, pki, kube):
    conf = {"discovery": {**folder_of(pki, folder), "api": kube.url}, "providers": [],
            "probe": {"timeout": "1s", "interval": "1s"}}
    d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
    yield d
    d.stop()


def targets(daemon):
    found = daemon.json("/v1/endpoints?limit=1000")["endpoints"]
    return {e["name"]: e["origin"] for e in found}


def follow(daemon, want, timeout=20):
    daemon.wait(f"targets {want}", lambda: set(targets(daemon)) == set(want), timeout=timeout)


def discovery(daemon):
    return daemon.json("/v1/status")["discovery"]


def resource(daemon, name):
    return next(r for r in discovery(daemon)["resources"] if r["resource"] == name)


def put_site(kube):
    kube.put("providers", "vc", **provider("https://127.0.9.1/sdk", fingerprint=PIN))
    kube.put("providers", "rhv", **provider("https://127.0.9.2:8443/ovirt-engine/api", "ovirt"))
    kube.put("providers", "host", **provider("", "openshift"))
    kube.put("hosts", "esx1", host("127.0.9.11", "vc"))


SITE = {"127.0.9.1:443", "127.0.9.2:8443", "127.0.9.11:443", "127.0.9.11:902"}


def test_what_forklift_knows_is_watched(daemon, kube):
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    assert targets(daemon) == {
        "127.0.9.1:443": "provider mtv/vc", "127.0.9.2:8443": "provider mtv/rhv",
        "127.0.9.11:443": "host mtv/esx1", "127.0.9.11:902": "host mtv/esx1",
    }  # fmt: skip
    assert discovery(daemon)["synced"]
    found = {e["name"]: e for e in daemon.json("/v1/endpoints")["endpoints"]}
    assert found["127.0.9.11:902"]["provider"] == "vc" and found["127.0.9.11:902"]["role"] == "esxi"
    assert found["127.0.9.2:8443"]["role"] == "ovirt-engine"


def test_the_command_says_where_each_comes_from(daemon, kube, banksman):
    put_site(kube)
    daemon.conf["endpoints"] = [{"name": "mine", "address": "127.0.9.99:1"}]
    daemon.write()
    daemon.start()
    follow(daemon, SITE | {"mine"})
    shown = banksman("endpoints", "--live", "--socket", daemon.socket)
    assert shown.code == 0
    rows = {line.split()[1]: line for line in shown.stdout.splitlines()[1:]}
    assert rows["127.0.9.11:902"].endswith("host mtv/esx1") and rows["mine"].endswith("static")
    one = banksman("endpoints", "--live", "-o", "json", "--socket", daemon.socket, "127.0.9.1:443").json()
    assert [e["origin"] for e in one["endpoints"]] == ["provider mtv/vc"]


def test_a_host_follows_in_a_second_and_goes_as_it_came(daemon, kube):
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    follow(daemon, SITE | {"127.0.9.12:443", "127.0.9.12:902"})
    assert kube.count("hosts", watch=False) == 1, "a change needs no list"
    kube.drop("hosts", "esx2")
    follow(daemon, SITE)
    kube.drop("providers", "vc")
    follow(daemon, {"127.0.9.2:8443"})


def test_a_provider_may_be_one_esxi_host(daemon, kube):
    kube.put("providers", "one", **provider("https://127.0.9.13/sdk", sdkEndpoint="esxi"))
    daemon.start()
    follow(daemon, {"127.0.9.13:443", "127.0.9.13:902"})


def test_lists_come_in_pages_and_are_complete_only_at_the_end(daemon, kube):
    kube.page = 3
    kube.put("providers", "vc", **provider("https://127.0.9.1/sdk"))
    for i in range(10):
        kube.put("hosts", f"esx{i}", host(f"127.0.9.{20 + i}", "vc"))
    daemon.start()
    follow(daemon, {"127.0.9.1:443", *(f"127.0.9.{20 + i}:{port}" for i in range(10) for port in (443, 902))})
    assert kube.count("hosts", watch=False) == 4
    assert resource(daemon, "hosts")["objects"] == 10


@pytest.mark.parametrize("how", ["event", "status", "garbage"])
def test_what_is_too_old_is_listed_anew(daemon, kube, how):
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    if how == "garbage":
        daemon.expected = [TROUBLE]
    with kube.lock:
        lists = kube.count("hosts", watch=False)
        del kube.objects["hosts"]["mtv", "esx1"]  # nobody is told
        kube.forget()
    if how == "event":
        kube.expire()
    elif how == "garbage":
        kube.cut(b'{"type":"ADDED"}\n')
    else:
        kube.cut(b"")
    follow(daemon, SITE - {"127.0.9.11:443", "127.0.9.11:902"})
    assert kube.count("hosts", watch=False) > lists


def test_a_list_that_breaks_off_begins_anew(daemon, kube):
    put_site(kube)
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    kube.page = 1
    kube.stale_pages = 2
    daemon.start()
    follow(daemon, SITE | {"127.0.9.12:443", "127.0.9.12:902"})
    firsts = [a for a in kube.asked if not a.watch and "continue" not in a.query and a.resource != "plans"]
    assert len(firsts) == 4
    assert discovery(daemon)["synced"]


def test_bookmarks_spare_the_next_list(daemon, kube):
    put_site(kube)
    kube.bookmarks = True
    daemon.start()
    follow(daemon, SITE)
    kube.put("providers", "vc", **provider("https://127.0.9.1/sdk", fingerprint=PIN))
    with kube.lock:
        version = kube.version
    before = kube.count("hosts", watch=True)

    def continued():
        kube.cut(b"")
        watches = [a for a in kube.asked if a.resource == "hosts" and a.watch]
        return len(watches) > before and int(watches[-1].query["resourceVersion"]) >= version

    daemon.wait("watch from the bookmark", continued, timeout=30)
    assert kube.count("hosts", watch=False) == 1


def test_a_watch_that_is_cut_goes_on_without_a_word(daemon, kube):
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    stands = max(a.at for a in kube.asked if a.watch) + 1.5
    daemon.wait("a watch that has lasted", lambda: time.monotonic() > stands)
    kube.cut(None)
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    follow(daemon, SITE | {"127.0.9.12:443", "127.0.9.12:902"})
    assert kube.count("hosts", watch=False) == 1


def test_without_an_api_what_is_known_stays(daemon, kube):
    daemon.expected = [TROUBLE]
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    kube.mood["*"] = "503"
    kube.cut(b"")
    daemon.wait("trouble", lambda: resource(daemon, "hosts").get("trouble"), timeout=20)
    assert "503" in resource(daemon, "hosts")["trouble"]
    assert set(targets(daemon)) == SITE and discovery(daemon)["synced"]
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    kube.mood.clear()
    follow(daemon, SITE | {"127.0.9.12:443", "127.0.9.12:902"}, timeout=90)
    assert not resource(daemon, "hosts").get("trouble")


def test_a_missing_permission_is_said_once_with_its_name(daemon, kube):
    daemon.expected = [TROUBLE]
    put_site(kube)
    kube.mood["hosts"] = "forbidden"
    daemon.start()
    follow(daemon, {"127.0.9.1:443", "127.0.9.2:8443"})
    daemon.wait("complaint", lambda: "cannot list resource" in daemon.log())
    assert daemon.log().count('cannot list resource "hosts"') == 1
    assert not discovery(daemon)["synced"]
    assert kube.count("hosts", watch=False) == 1, "asked again at once"


def test_a_new_token_is_taken_from_its_file(daemon, kube, folder):
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    (folder / "token.new").write_text("token-2\n")
    (folder / "token.new").rename(folder / "token")
    kube.token = "token-2"
    kube.cut(b"")
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    follow(daemon, SITE | {"127.0.9.12:443", "127.0.9.12:902"}, timeout=40)
    assert kube.asked[-1].token == "token-2"


def test_a_token_that_does_not_count_is_no_end(daemon, kube, folder):
    daemon.expected = [TROUBLE]
    put_site(kube)
    kube.token = "token-2"
    daemon.start()
    daemon.wait("complaint", lambda: "Unauthorized" in daemon.log())
    (folder / "token").write_text("token-2")
    follow(daemon, SITE, timeout=60)


@pytest.mark.parametrize("mood", ["garbage", "list:500", "404"])
def test_an_api_that_makes_no_sense_stops_nothing(daemon, kube, mood):
    daemon.expected = [TROUBLE]
    put_site(kube)
    kube.mood["*"] = mood
    with socket.create_server(("127.0.0.1", 0)) as s:
        daemon.conf["endpoints"] = [{"address": f"127.0.0.1:{s.getsockname()[1]}", "name": "mine"}]
        daemon.write()
        daemon.start()
        daemon.wait("trouble", lambda: TROUBLE in daemon.log())
        daemon.wait("open", lambda: daemon.json("/v1/endpoints")["endpoints"][0]["state"] == "open")
    kube.mood.clear()
    follow(daemon, SITE | {"mine"}, timeout=60)


def test_a_certificate_of_somebody_else_is_not_believed(daemon, kube, folder, pki):
    daemon.expected = [TROUBLE]
    put_site(kube)
    (folder / "ca.crt").write_text(pki.certificate("third-party").read_text())
    daemon.start()
    daemon.wait("complaint", lambda: TROUBLE in daemon.log())
    assert targets(daemon) == {} and not kube.asked
    (folder / "ca.crt").write_text(pki.certificate("root").read_text())
    follow(daemon, SITE, timeout=60)


def test_the_file_counts_before_discovery(daemon, kube):
    put_site(kube)
    daemon.conf["providers"] = [
        {"name": "vc", "type": "vsphere", "esxi": ["127.0.9.11", "127.0.9.50"], "ports": ["902=19902"]},
        {"name": "mtv/rhv", "type": "ovirt"},
    ]
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    daemon.write()
    daemon.start()
    follow(daemon, SITE | {"127.0.9.50:443", "127.0.9.50:902", "127.0.9.12:443", "127.0.9.12:902"})
    origins = targets(daemon)
    assert origins["127.0.9.11:443"] == origins["127.0.9.50:902"] == "static"
    assert origins["127.0.9.12:902"] == "host mtv/esx2"
    found = {e["name"]: e for e in daemon.json("/v1/endpoints")["endpoints"]}
    assert found["127.0.9.12:902"]["port"] == 19902, "the provider's port mapping holds for its discovered machines"


def ids(daemon):
    return {e["name"]: (e["id"], e["since"]) for e in daemon.json("/v1/endpoints")["endpoints"]}


def are_closed(daemon):
    return lambda: all(e["state"] == "closed" for e in daemon.json("/v1/endpoints")["endpoints"])


def kept(daemon):
    """What the history has of each kind, by an independent reader: the names of objects."""
    with contextlib.closing(sqlite3.connect(f"file:{daemon.folder / 'history.db'}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT kind, objects FROM discovered").fetchall()
    return {kind: {o["metadata"]["name"] for o in json.loads(objects)} for kind, objects in rows}


def sources(daemon):
    """Who told what is kept."""
    with contextlib.closing(sqlite3.connect(f"file:{daemon.folder / 'history.db'}?mode=ro", uri=True)) as db:
        return [source for (source,) in db.execute("SELECT source FROM discovered")]


def test_what_was_known_is_watched_after_a_restart_without_an_api(daemon, kube):
    """It is watched with the states and the history that it had, and says of when it is."""
    daemon.expected = [TROUBLE]
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    daemon.wait("states", are_closed(daemon))
    before = ids(daemon)
    daemon.stop()
    assert kept(daemon) == {"provider": {"vc", "rhv", "host"}, "host": {"esx1"}, "plan": set()}
    kube.mood["*"] = "503"
    daemon.start()
    follow(daemon, SITE)
    daemon.wait("states", are_closed(daemon))
    daemon.wait("trouble", lambda: resource(daemon, "hosts").get("trouble"))
    assert ids(daemon) == before and not discovery(daemon)["synced"]
    known = resource(daemon, "hosts")["last_known"]
    assert targets(daemon)["127.0.9.11:902"] == f"host mtv/esx1, last known {known}"
    kube.mood.clear()
    daemon.wait("the API", lambda: targets(daemon).get("127.0.9.11:902") == "host mtv/esx1", timeout=60)
    assert ids(daemon) == before and "last_known" not in resource(daemon, "hosts")


def test_what_was_known_outlives_a_kill(daemon, kube):
    daemon.expected = [TROUBLE]
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    daemon.wait("it is kept", lambda: kept(daemon).get("host") == {"esx1"}, timeout=30)
    kube.put("hosts", "esx2", host("127.0.9.12", "vc"))
    kube.drop("hosts", "esx1")
    wanted = {"127.0.9.1:443", "127.0.9.2:8443", "127.0.9.12:443", "127.0.9.12:902"}
    follow(daemon, wanted)
    daemon.wait("it is kept", lambda: kept(daemon)["host"] == {"esx2"}, timeout=30)
    daemon.process.kill()
    daemon.process.wait()
    kube.mood["*"] = "503"
    daemon.start()
    follow(daemon, wanted)


def test_what_is_known_is_kept_of_another_source_too(daemon, kube):
    """The same objects, asked for in their namespace: the next start knows them from there."""
    daemon.expected = [TROUBLE]
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    daemon.wait("it is kept", lambda: kept(daemon).get("host") == {"esx1"}, timeout=30)
    daemon.conf["discovery"]["namespace"] = "mtv"
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    daemon.wait("the other source", lambda: all("/namespaces/mtv/" in s for s in sources(daemon)), timeout=30)
    assert kept(daemon)["host"] == {"esx1"}
    daemon.stop()
    kube.mood["*"] = "503"
    daemon.start()
    follow(daemon, SITE)


@pytest.mark.parametrize("rows, said", [
    ("UPDATE discovered SET objects = 'oops'", "what was known of each host cannot be read"),
    ("UPDATE discovered SET objects = '[7, {}, {\"metadata\": {\"name\": 1}}]', heard_ms = -5", None),
    ("UPDATE discovered SET source = 'https://elsewhere'", None),
    ("DELETE FROM discovered", None)])  # fmt: skip
def test_what_was_known_and_makes_no_sense_is_not_watched(daemon, kube, rows, said):
    daemon.expected = [TROUBLE, "what was known of each"]
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    daemon.stop()
    with contextlib.closing(sqlite3.connect(daemon.folder / "history.db")) as db:
        db.execute(rows)
        db.commit()
    kube.mood["*"] = "503"
    daemon.start()
    daemon.wait("trouble", lambda: daemon.log().count(TROUBLE) >= 2)
    assert targets(daemon) == {} and (said is None or said in daemon.log())
    kube.mood.clear()
    follow(daemon, SITE, timeout=60)


@pytest.mark.parametrize("mood", ["503", ""])
def test_what_went_meanwhile_is_given_up_after_a_bad_start_too(daemon, kube, mood):
    """The first list that succeeds says what is not there any more, whichever attempt it was, and though it is empty."""
    daemon.expected = [TROUBLE]
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    daemon.stop()
    kube.drop("hosts", "esx1")
    kube.mood["hosts"] = mood
    daemon.start()
    if mood:
        follow(daemon, SITE)
        daemon.wait("trouble", lambda: resource(daemon, "hosts").get("trouble"))
        kube.mood.clear()
    follow(daemon, {"127.0.9.1:443", "127.0.9.2:8443"}, timeout=30)
    daemon.wait("an end", lambda: retired(daemon) == {"127.0.9.11:443", "127.0.9.11:902"}, timeout=30)


def retired(daemon):
    with contextlib.closing(sqlite3.connect(f"file:{daemon.folder / 'history.db'}?mode=ro", uri=True)) as db:
        return {name for (name,) in db.execute("SELECT name FROM endpoint WHERE retired_ms IS NOT NULL")}


def test_a_reload_keeps_what_was_discovered(daemon, kube):
    put_site(kube)
    daemon.start()
    follow(daemon, SITE)
    asked = len(kube.asked)
    daemon.conf["node"] = "n2"
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    assert set(targets(daemon)) == SITE
    assert len(kube.asked) == asked
    daemon.conf["discovery"] = {"enabled": "off"}
    daemon.conf["providers"] = []
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    assert targets(daemon) == {}
    assert "discovery" not in daemon.json("/v1/status")


def test_one_namespace_is_asked_for_alone(daemon, kube):
    put_site(kube)
    kube.put("providers", "other", namespace="elsewhere", **provider("https://127.0.9.77/sdk"))
    daemon.conf["discovery"]["namespace"] = "mtv"
    daemon.write()
    daemon.start()
    follow(daemon, SITE)
    assert all("/namespaces/mtv/" in a.path for a in kube.asked)


def pod(node, ready=True):
    return {"spec": {"nodeName": node}, "labels": {"app": "banksman"},
            "status": {"conditions": [{"type": "Ready", "status": str(ready)}]}}


def test_nodes_share_the_serve_checks_of_a_machine(daemon, kube, folder, pki):
    """With three ready pods of which one serves, about a third of the machines is this node's; alone it is all."""
    (folder / "namespace").write_text("banksman")
    daemon.conf["discovery"]["pods"] = "app=banksman"
    daemon.conf["probe"].update(serve_nodes=1, serve_interval="1s")
    for i in range(3):
        kube.put("pods", f"p{i}", namespace="banksman", **pod(f"n{i + 1}"))
    kube.put("pods", "other", namespace="banksman", spec={"nodeName": "n9"})
    ports = []
    with contextlib.ExitStack() as stack:
        for i in range(24):
            s = stack.enter_context(socket.create_server((f"127.0.8.{i + 1}", 0)))
            s.listen(16)
            ports.append(s.getsockname()[1])
            kube.put("providers", f"vc{i}", **provider(f"https://127.0.8.{i + 1}:{ports[-1]}/sdk"))
        daemon.write()
        daemon.start()
        daemon.wait("all", lambda: len(targets(daemon)) == 24)
        peers = discovery(daemon)["peers"]
        assert peers == 3
        all_seen = lambda: [e for e in daemon.json("/v1/endpoints")["endpoints"] if "service" in e]  # noqa: E731
        mine = daemon.wait("service", lambda: len(all_seen()) > 0 and settled(daemon, all_seen))
        assert 1 <= mine <= 16
        other = next(e for e in daemon.json("/v1/endpoints")["endpoints"] if "service" not in e)
        told = daemon.post("/v1/probe", {"match": other["name"]}).json()["endpoints"]
        assert [(e["name"], e["service"]["state"]) for e in told] == [(other["name"], "failing")], "who orders it is told"
        kube.put("pods", "p1", namespace="banksman", **pod("n2", ready=False))
        kube.drop("pods", "p2", namespace="banksman")
        daemon.wait("all by itself", lambda: len(all_seen()) == 24, timeout=30)
        assert discovery(daemon)["peers"] == 1
    assert all(a.path == "/api/v1/namespaces/banksman/pods" for a in kube.asked if a.resource == "pods")


def settled(daemon, seen):
    """How many there are when that no longer changes for a while."""
    count, since = len(seen()), time.monotonic()
    while time.monotonic() - since < 5 * daemon.slow:
        if len(seen()) != count:
            count, since = len(seen()), time.monotonic()
        time.sleep(0.2)
    return count


def alerts(daemon):
    return daemon.json("/v1/alerts")["alerts"]


def test_an_alert_names_the_plans_that_will_fail(daemon, kube, pki):
    """…and the fingerprint that Forklift has recorded is the one that counts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.chain("rsa"), pki.key("rsa"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://127.0.0.1:{server.server_address[1]}/sdk"
    kube.put("providers", "vc", **provider(url, fingerprint=PIN))
    kube.put("plans", "wave-1", plan("vc", 12))
    kube.put("plans", "old", plan("vc", 5), status={"conditions": [{"type": "Succeeded", "status": "True"}]})
    kube.put("plans", "elsewhere", plan("vc2", 7))
    daemon.conf["probe"]["serve_interval"] = "1s"
    daemon.write()
    daemon.start()
    found = daemon.wait("alert", lambda: [a for a in alerts(daemon) if a["alertname"] == "FingerprintMismatch"])
    server.shutdown()
    impact = found[0]["annotations"]["impact"]
    assert f"migrations that use provider vc will fail: its recorded thumbprint is {PIN}" in impact
    assert impact.endswith("; plan mtv/wave-1 (12 machines) will fail")


def test_a_plan_under_way_is_not_read_again_and_again(daemon, kube):
    kube.put("plans", "wave-1", plan("vc", 3))
    daemon.start()
    read = lambda: [a for a in kube.asked if a.path.endswith("/plans/wave-1")]  # noqa: E731
    daemon.wait("plan", read)
    for i in range(30):
        kube.put("plans", "wave-1", plan("vc", 3), status={"migration": {"vms": [{"progress": i}]}})
    kube.put("providers", "vc", **provider("https://127.0.9.1/sdk"))
    follow(daemon, {"127.0.9.1:443"})
    assert len(read()) == 1
    lists = [a for a in kube.asked if a.resource == "plans"]
    assert lists and all("PartialObjectMetadata" in a.accept for a in lists)
    assert resource(daemon, "plans")["objects"] == 1


def machine(number, **more):
    return {"id": f"host-{number}", "name": f"127.0.9.{number}", "revision": 1, "thumbprint": PIN, **more}


def test_the_inventory_tells_of_all_hosts(daemon, kube, folder):
    kube.put("providers", "vc", **provider("https://127.0.9.1/sdk"))
    kube.put("hosts", "esx1", host("127.0.9.11", "vc"))
    path = "/providers/vsphere/uid-mtv-vc/hosts"
    kube.inventory[path] = [machine(11), machine(12), {"id": "host-13", "name": "no name"}, None]
    daemon.conf["discovery"].update(inventory=kube.url, inventory_ca_file=str(folder / "ca.crt"))
    daemon.write()
    daemon.start()
    follow(daemon, {"127.0.9.1:443", *(f"127.0.9.{n}:{port}" for n in (11, 12) for port in (443, 902))})
    assert targets(daemon)["127.0.9.12:902"] == "machine mtv/host-12"
    assert targets(daemon)["127.0.9.11:902"] == "host mtv/esx1"
    assert [a.query for a in kube.asked if a.path == path] == [{"detail": "1"}]
    assert resource(daemon, "machines")["objects"] == 3
    kube.drop("providers", "vc")
    follow(daemon, set())
    daemon.wait("no machines", lambda: resource(daemon, "machines")["objects"] == 0)


def test_machines_go_with_the_inventory(daemon, kube, folder):
    kube.put("providers", "vc", **provider("https://127.0.9.1/sdk"))
    kube.inventory["/providers/vsphere/uid-mtv-vc/hosts"] = [machine(12)]
    daemon.conf["discovery"].update(inventory=kube.url, inventory_ca_file=str(folder / "ca.crt"))
    daemon.write()
    daemon.start()
    follow(daemon, {"127.0.9.1:443", "127.0.9.12:443", "127.0.9.12:902"})
    del daemon.conf["discovery"]["inventory"]
    daemon.write()
    assert daemon.post("/v1/reload").status == 200
    follow(daemon, {"127.0.9.1:443"})


def test_an_inventory_in_trouble_stops_nothing(daemon, kube, folder):
    daemon.expected = ["Forklift's inventory does not tell of machines"]
    put_site(kube)
    daemon.conf["discovery"].update(inventory=kube.url + "/nowhere", inventory_ca_file=str(folder / "ca.crt"))
    kube.mood["hosts"] = ""
    kube.inventory["/nowhere/providers/vsphere/uid-mtv-vc/hosts"] = "no list at all"
    daemon.write()
    daemon.start()
    follow(daemon, SITE)
    daemon.wait("trouble", lambda: resource(daemon, "machines").get("trouble"))
