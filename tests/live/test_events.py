# SPDX-License-Identifier: Apache-2.0
"""Events of Kubernetes about the Provider that an alert concerns."""

import os
import pathlib

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from lab.kube import FakeKube, folder_of, provider
from lab.peers import Peer, hold, listener
from lab.pki import make

TROUBLE = "a sink cannot be told"


@pytest.fixture
def folder():
    with public_folder() as made:
        os.chmod(made, 0o777)
        yield pathlib.Path(made)


@pytest.fixture
def peer():
    with Peer(hold, listener("127.0.69.1")) as p:
        yield p


@pytest.fixture
def kube(tmp_path_factory, peer):
    pki = make(pathlib.Path(os.environ.get("BANKSMAN_PKI") or tmp_path_factory.mktemp("pki")))
    with FakeKube(pki) as k:
        k.pki = pki
        k.put("providers", "vc", **provider(f"https://127.0.69.1:{peer.port}/sdk"))
        k.put("providers", "other", **provider("https://127.0.69.2/sdk"), namespace="elsewhere")
        yield k


@pytest.fixture
def daemon(binary, slow, folder, kube):
    conf = {
        "node": "n7",
        "discovery": {**folder_of(kube.pki, folder), "api": kube.url},
        "providers": [],
        "endpoints": [{"name": "lone", "address": "127.0.69.3:1"}],
        "probe": {"timeout": "1s", "interval": "1s", "serve_interval": "off", "confirm": ["250ms"]},
        "sinks": [{"name": "events", "type": "kubernetes"}],
    }
    d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
    yield d
    d.stop()


def about(kube, name):
    return [e for e in kube.events if e["regarding"]["name"] == name]


def sink(daemon):
    (found,) = [s for s in daemon.json("/v1/alerts")["sinks"] if s["sink"] == "events"]
    return found


def look(daemon, state):
    daemon.wait(f"the port to be {state}", lambda: any(
        e["name"].startswith("127.0.69.1") and e["state"] == state
        for e in daemon.json("/v1/endpoints")["endpoints"]))


def test_events_begin_and_end_with_the_alert_also_over_a_kill(daemon, kube, peer):
    daemon.start()
    look(daemon, "open")
    peer.close_port()
    (event,) = daemon.wait("the Event", lambda: about(kube, "vc"))
    assert event["regarding"] == {
        "apiVersion": "forklift.konveyor.io/v1beta1", "kind": "Provider", "namespace": "mtv", "name": "vc",
        "uid": "uid-mtv-vc"}  # fmt: skip
    assert (event["type"], event["reason"], event["reportingInstance"]) == ("Warning", "PortClosed", "n7")
    assert event["note"].startswith(f"node n7: 127.0.69.1:{peer.port} ") and "is closed: " in event["note"]
    daemon.process.kill()
    daemon.process.wait()
    daemon.start()
    look(daemon, "closed")
    peer.open_port()
    first, second = daemon.wait("its end", lambda: len(found := about(kube, "vc")) > 1 and found)
    assert first == event and (second["type"], second["reason"]) == ("Normal", "PortClosed")
    assert second["note"].startswith("node n7: over (") and second["eventTime"] > first["eventTime"]
    daemon.wait("all told", lambda: sink(daemon)["pending"] == 0)
    # "lone" is closed all the time, which concerns no Provider.
    (other,) = about(kube, "other")
    assert other["metadata"]["namespace"] == other["regarding"]["namespace"] == "elsewhere"
    assert len(kube.events) == 3 and not sink(daemon)["failing"] and sink(daemon)["refused"] == 0


def test_events_that_may_not_be_written_are_trouble_until_they_may(daemon, kube, peer):
    kube.mood["events"] = "403"
    daemon.expected = [TROUBLE]
    daemon.start()
    look(daemon, "open")
    peer.close_port()
    daemon.wait("trouble", lambda: sink(daemon)["failing"])
    assert sink(daemon)["trouble"] == "the Event: HTTP status 403: as the test wants it"
    assert not kube.events
    kube.mood.clear()
    daemon.wait("the Event", lambda: about(kube, "vc"), timeout=30)


@pytest.mark.parametrize("mood, said", [
    ("garbage", "its Provider: the answer is no JSON"), ("500", "its Provider: HTTP status 500: as the test wants it")])
def test_events_whose_provider_cannot_be_asked_are_told_again(daemon, kube, peer, mood, said):
    daemon.expected = [TROUBLE]
    daemon.start()
    look(daemon, "open")
    kube.mood["providers"] = f"list:{mood}"
    peer.close_port()
    daemon.wait("trouble", lambda: sink(daemon)["failing"])
    assert sink(daemon)["trouble"] == said
    kube.mood.clear()
    daemon.wait("the Event", lambda: about(kube, "vc"), timeout=30)


def test_events_of_a_provider_that_is_gone_are_nobodys(daemon, kube, peer):
    daemon.expected = [TROUBLE, "the Kubernetes API does not tell of"]
    daemon.start()
    look(daemon, "open")
    kube.mood["providers"] = "list:hang"
    peer.close_port()
    daemon.wait("the question", lambda: any("fieldSelector" in a.query for a in kube.asked))
    kube.drop("providers", "vc")
    kube.mood.clear()
    kube.cut()
    daemon.wait("all told", lambda: sink(daemon)["taken"] > 0 and sink(daemon)["pending"] == 0, timeout=30)
    assert not about(kube, "vc")


def test_events_are_tried_without_being_kept(daemon, kube, banksman):
    daemon.expected = [TROUBLE]  # of the alert that there is, too
    daemon.start()
    (kept,) = daemon.wait("the Event", lambda: about(kube, "other"))
    done = banksman("alerts", "test", "--socket", daemon.socket)
    assert done.code == 0, done
    assert [e["type"] for e in kube.tried] == ["Warning", "Normal"] and kept in kube.events
    kube.mood["events"] = "403"
    done = banksman("alerts", "test", "--socket", daemon.socket)
    assert done.code != 0 and "the Event: HTTP status 403" in done.stdout, done
