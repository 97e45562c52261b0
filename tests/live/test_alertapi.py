# SPDX-License-Identifier: Apache-2.0
"""Alerts and silences over the socket and in the command: the story of a port that goes away at night."""

import json
import socket

import pytest
from conftest import public_folder
from daemon import Daemon, UnixConnection, daemon_binary, daemon_wrapper, free_port
from lab.peers import Peer, hold, listener
from openapi import Document

MANY = 60


class Night:
    """The daemon, the one port that can be closed, and the command."""

    def __init__(self, daemon, peer, banksman):
        self.daemon = daemon
        self.peer = peer
        self.document = Document()
        self.banksman = banksman
        self.env = {"BANKSMAN_SOCKET": str(daemon.socket), "TZ": "UTC", "LC_ALL": "C.UTF-8"}

    def ask(self, *args):
        return self.banksman(*args, env=self.env)

    def get(self, path, query=""):
        return self.document.check(path, "GET", self.daemon.get(path + query))

    def alerts(self, query=""):
        return self.get("/v1/alerts", query)["alerts"]

    def active(self, query=""):
        return [a for a in self.alerts(query) if a["state"] == "active"]

    def silence(self, **body):
        reply = self.daemon.post("/v1/silences", body)
        assert reply.status == 200, repr(reply)
        return self.document.check("/v1/silences", "POST", reply)

    def end_silence(self, number):
        return self.daemon.ask("DELETE", f"/v1/silences/{number}")

    def wait(self, what, condition, timeout=15):
        return self.daemon.wait(what, condition, timeout)


def site(folder, binary, slow, **conf):
    whole = {
        "probe": {"interval": "1s", "timeout": "400ms", "confirm": []},
        "alerts": {"cooldown": "1s"},
        **conf,
    }
    daemon = Daemon(daemon_binary(binary), daemon_wrapper(), folder, whole, slow)
    daemon.expected.append("PortClosed|ProviderUnreachable|NodeIsolated|Test|sink")
    return daemon


@pytest.fixture
def night(binary, banksman, slow):
    """One sink that takes everything, and one that is away.  A port that stays open keeps the node from being isolated."""
    with public_folder() as folder, Peer(hold, listener("127.0.42.1")) as peer, Peer(hold, listener("127.0.42.2")) as other:
        endpoints = [
            {"name": "web", "address": f"{peer.address}:{peer.port}"},
            {"name": "other", "address": f"{other.address}:{other.port}"},
        ]
        sinks = [
            {"name": "log", "type": "journal"},
            {"name": "hook", "type": "webhook", "url": [f"http://127.0.0.1:{free_port()}/"]},
        ]
        daemon = site(folder, binary, slow, endpoints=endpoints, sinks=sinks)
        daemon.start()
        try:
            night = Night(daemon, peer, banksman)
            night.wait("web open", lambda: daemon.json("/v1/status")["endpoints"]["open"] == 2)
            yield night
        finally:
            daemon.stop()


def closed(night):
    """The alert, once the history and the log know of it."""
    night.peer.stop()

    def told():
        found = [a for a in night.active("?match=web&alertname=PortClosed") if a["deliveries"]]
        return found[0] if found else None

    return night.wait("the alert", told)


def test_alertapi_closed_port_is_told_and_ends(night):
    assert night.alerts() == [] and night.ask("alerts").code == 0
    alert = closed(night)
    assert (alert["severity"], alert["state"], alert["silenced"]) == ("critical", "active", False)
    assert alert["labels"]["target"] == "web" and alert["labels"]["node"] == "n1"
    assert alert["annotations"]["reason"] == "refused" and "web" in alert["annotations"]["summary"]
    assert [d["sink"] for d in alert["deliveries"]] == ["log"], "the other is away"
    done = night.ask("alerts")
    assert done.code == 1 and "✗ critical" in done.stdout and "PortClosed" in done.stdout, done
    night.wait("the trouble of the sink", lambda: "sink hook: failing" in night.ask("alerts").stdout)
    assert "sink log" not in night.ask("alerts").stdout and "sink log: " in night.ask("alerts", "-owide").stdout
    with Peer(hold, listener(night.peer.address, port=night.peer.port)):
        ended = night.wait("the end", lambda: [a for a in night.alerts() if a["state"] == "resolved"])
        assert ended[0]["serial"] == alert["serial"] and ended[0]["annotations"]["resolution"]
        assert night.ask("alerts").code == 0, "it is still to be told, but does not last"
        past = night.wait("the end in the history", lambda: [
            a for a in night.alerts("?history=true") if "ends" in a and a["alertname"] == "PortClosed"
        ])  # fmt: skip
    assert past[0]["starts"] == alert["starts"] and "state" not in past[0]
    done = night.ask("alerts", "web", "--history", "--since", "1h")
    assert done.code == 0 and "PortClosed" in done.stdout and "ended" in done.stdout, done


def test_alertapi_filters_take_and_leave(night):
    closed(night)
    for query in ("match=web", "match=127.0.42.1", "match=WE*", f"match=:{night.peer.port}", "severity=warning", "severity=critical",
                  "alertname=PortClosed"):  # fmt: skip
        assert len(night.active(f"?{query}")) == 1, query
        night.wait(f"{query} in the history", lambda q=query: night.alerts(f"?history=true&{q}"))
    for query in ("match=other", "match=web:1", "alertname=Flapping", "match=zzz"):
        assert night.active(f"?{query}") == [], query
        assert night.alerts(f"?history=true&{query}") == [], query
    done = night.ask("alerts", "zzz")
    assert done.code == 1 and "no endpoint is called 'zzz'" in done.stderr, done


def test_alertapi_silence_is_kept_and_ended(night):
    made = night.silence(match="web", why="new “card”", alertname="PortClosed", **{"for": "1h"})
    assert made["endpoints"] == 1 and made["silence"]["by"] and made["silence"]["id"] == 1
    night.peer.stop()
    night.wait("the silenced alert", lambda: [a for a in night.active() if a["silenced"] and not a["deliveries"]])
    done = night.ask("alerts")
    assert done.code == 1 and "silenced" in done.stdout, done
    night.daemon.stop()
    night.daemon.start()
    assert [s["why"] for s in night.get("/v1/silences")["silences"]] == ["new “card”"], "it survives a restart"
    night.wait("the alert of before", lambda: [a for a in night.active("?alertname=PortClosed") if a["silenced"]])
    assert night.end_silence(1).json() == {"ended": True}
    night.wait("the telling", lambda: [a for a in night.active("?alertname=PortClosed") if a["deliveries"]])
    reply = night.end_silence(1)
    assert reply.status == 404, repr(reply)
    night.document.check("/v1/silences/{id}", "DELETE", reply)
    assert night.get("/v1/silences") == {"silences": []}


def test_alertapi_silence_of_the_command(night):
    done = night.ask("silence", "web", "--for", "2h", "--why", "new card")
    assert done.code == 0 and "which 1 endpoint is called now" in done.stdout, done
    assert "nothing that is watched" in night.ask("silence", "wbe", "--for", "2h", "--why", "x").stdout
    assert "new card" in night.ask("silence").stdout
    assert night.ask("silence", "--end", "1").code == 0
    assert night.ask("silence", "--end", "1").code == 1
    done = night.ask("silence", "web", "--for", "2h", "--why", "x", "--alert", "PortClose")
    assert done.code == 2 and "did you mean 'PortClosed'" in done.stderr, done


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "the body is"),
        ("[]", "the body is"),
        ("{}", "match names endpoints"),
        ({"match": "", "for": "1h", "why": "x"}, "match names endpoints"),
        ({"match": "web", "why": "x"}, "for or until"),
        ({"match": "web", "why": "x", "for": "1h", "until": "2999-01-01T00:00:00Z"}, "for or until"),
        ({"match": "web", "why": "x", "for": "soon"}, "for is a time such as"),
        ({"match": "web", "why": "x", "for": 1}, "for is a text"),
        ({"match": "web", "why": "x", "until": "2020-01-01T00:00:00Z"}, "has passed"),
        ({"match": "web", "why": "x", "until": "2h"}, "until is a time"),
        ({"match": "web", "for": "1h"}, "why says"),
        ({"match": "web", "for": "1h", "why": " \n"}, "why says"),
        ({"match": "web", "for": "1h", "why": "x" * 240}, "at most 239 bytes"),
        ({"match": "web", "for": "1h", "why": "x", "alertname": "PortClose"}, "did you mean 'PortClosed'"),
        ({"match": "web", "for": "1h", "why": "x", "alert": "PortClosed"}, "no key 'alert'"),
    ],
)
def test_alertapi_silence_that_makes_no_sense_is_refused(night, body, words):
    body = body if isinstance(body, str) else json.dumps(body)
    reply = night.daemon.ask("POST", "/v1/silences", body=body)
    assert reply.status == 400, repr(reply)
    assert words in night.document.check("/v1/silences", "POST", reply)["error"]["message"]


def test_alertapi_test_shows_each_sink(night):
    reply = night.daemon.post("/v1/alerts/test")
    assert reply.status == 200, repr(reply)
    results = night.document.check("/v1/alerts/test", "POST", reply)["results"]
    assert {r["sink"]: r["ok"] for r in results} == {"log": True, "hook": False}
    assert night.alerts() == [], "nothing is left of it"
    done = night.ask("alerts", "test")
    assert done.code == 1 and "1 of 2 sinks took the test alert." in done.stdout, done


def test_alertapi_test_ends_with_its_client(night):
    """A sink that does not answer, a client that goes away, and then room for the next test."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        night.daemon.conf["sinks"] = [{"name": "slow", "type": "webhook", "url": [url], "timeout": "1m"}]
        night.daemon.write()
        assert night.daemon.post("/v1/reload").status == 200
        connection = UnixConnection(night.daemon.socket, 10)
        connection.request("POST", "/v1/alerts/test")
        accepted, _ = silent.accept()
        reply = night.daemon.post("/v1/alerts/test")
        assert reply.status == 429 and "under way" in reply.body.decode(), repr(reply)
        connection.close()
        accepted.settimeout(10)
        while accepted.recv(65536):
            pass
        accepted.close()
        again = UnixConnection(night.daemon.socket, 10)
        again.request("POST", "/v1/alerts/test")
        accepted, _ = silent.accept()
        accepted.recv(65536)
        accepted.sendall(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        accepted.close()
        answer = again.getresponse()
        assert answer.status == 200 and not json.loads(answer.read())["results"][0]["ok"]
        again.close()


def test_alertapi_many_are_paged_and_nobody_waits(binary, banksman, slow):
    """As many alerts as there are closed ports of one host; clients that do not read are no trouble for others."""
    with public_folder() as folder, Peer(hold, listener("127.0.43.1")) as peer:
        ports = [port for port in range(1, MANY + 2) if port != peer.port][:MANY]
        endpoints = [{"name": f"e{port}", "address": f"127.0.44.1:{port}"} for port in ports]
        endpoints.append({"name": "open", "address": f"{peer.address}:{peer.port}"})
        daemon = site(folder, binary, slow, endpoints=endpoints)
        daemon.start()
        try:
            night = Night(daemon, peer, banksman)
            night.wait("an alert for each", lambda: len(night.active("?limit=1000")) == MANY, timeout=30)
            paged, after = [], ""
            while True:
                page = night.get("/v1/alerts", f"?limit=7&match=e*{after}")
                paged += page["alerts"]
                assert len(page["alerts"]) <= 7 and "sinks" in page
                if "next" not in page:
                    break
                after = f"&after={page['next']}"
            serials = [a["serial"] for a in paged]
            assert serials == sorted(set(serials)) and len(serials) == MANY
            assert {a["labels"]["target"] for a in paged} == {f"e{port}" for port in ports}
            with daemon.raw() as lazy:
                lazy.sendall(b"GET /v1/alerts?limit=1000 HTTP/1.1\r\nHost: b\r\n\r\n" * 20)
                assert daemon.get("/healthz").status == 200
            head = daemon.ask("HEAD", "/v1/alerts?limit=1000")
            assert head.status == 200 and head.body == b""
        finally:
            daemon.stop()
