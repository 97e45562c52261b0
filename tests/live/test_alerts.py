# SPDX-License-Identifier: Apache-2.0
"""Alerts, to a real Alertmanager and to receivers that fail: told in time, with their cause, once, and ended.

KILLS   how many times the daemon is killed (12); Alertmanager is killed a sixth as often
PORTS   how many ports are lost at once (2000)
AWAY    how many seconds a replica of Alertmanager is away (5)
"""

import contextlib
import datetime
import hashlib
import math
import os
import pathlib
import random
import re
import signal
import ssl
import subprocess
import time

import pytest
from alertmanager import Alertmanager
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper, free_port
from lab import netns
from lab.dialects import VCENTER, vim
from lab.peers import Peer, hold, http, listener, server_context
from sinks import BAD_LABEL, CLOSE, DRIP, ENDLESS, ERROR, HANG, LOST, OK, REDIRECT, UNSUPPORTED, FakeSink
from storm import History, Storm, judge, still_active

KILLS = int(os.environ.get("KILLS", "12"))
PORTS = int(os.environ.get("PORTS", "2000"))
AWAY = float(os.environ.get("AWAY", "5"))
INTERVAL = 2
PROBE = {"interval": f"{INTERVAL}s", "timeout": "1s"}


@pytest.fixture
def folder():
    with public_folder() as made:
        os.chmod(made, 0o777)  # the daemon is nobody
        yield pathlib.Path(made)


# ---- in the lab: who blocks, and where

@pytest.fixture(scope="module")
def inside(net):
    """What runs a program on the lab's node."""
    return ["ip", "netns", "exec", net.ns("node")]


@pytest.fixture
def lab_alertmanager(folder, inside, slow):
    (folder / "alertmanager").mkdir()
    with Alertmanager(folder / "alertmanager", 9093, slow, inside) as running:
        yield running


@pytest.fixture
def make(binary, slow, folder, inside):
    with contextlib.ExitStack() as stack:

        def build(endpoints, sinks, prefix=(), **conf):
            conf = {"endpoints": endpoints, "probe": PROBE, "sinks": sinks, **conf}
            d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
            stack.callback(d.stop)
            return d.start(prefix=prefix)

        yield build


def drop(net, port):
    net.rule("r1", 4, port, "drop")


def refuse(net, port):
    net.rule("t", 4, port, "tcp-reset")


def reject(net, port):
    net.rule("r2", 4, port, "admin-prohibited")


BLOCKS = {
    # how: the alert's reason, state and hop, and the beginning of what the trace says
    drop: ("no-answer", "filtered", None, "silent beyond"),
    refuse: ("refused", "closed", None, "refused"),
    reject: ("admin-prohibited", "filtered", "r2", "rejected by"),
}


def times(d, manager, wanted, timeout):
    """Seconds from now until each target's alert is as wanted: there (True) or not."""
    began, took = time.monotonic(), {}

    def look():
        there = {a["labels"]["target"] for a in manager.named("PortClosed")}
        for block in BLOCKS:
            if (block.__name__ in there) == wanted:
                took.setdefault(block.__name__, time.monotonic() - began)
        return len(took) == len(BLOCKS)

    d.wait(f"{'alerts' if wanted else 'ends'}", look, timeout)
    return took


def test_alerts_closed_ports_are_accepted_in_time_with_their_cause(net, inside, lab_alertmanager, make, slow, report):
    """Three ports of one machine, which are blocked at once, each in its own way and at its own place."""
    ports = {block: net.port() for block in BLOCKS}
    address = net.address("t", 4)
    d = make(
        [{"name": block.__name__, "address": f"{address}:{port}"} for block, port in ports.items()],
        [{"name": "am", "type": "alertmanager", "url": [lab_alertmanager.url]}],
        prefix=[*inside, *netns.NOBODY],
    )
    d.wait("looks", lambda: all(e["state"] == "open" for e in d.json("/v1/endpoints")["endpoints"]))
    for block, port in ports.items():
        block(net, port)
    took = times(d, lab_alertmanager, True, INTERVAL + 10)
    for block, (reason, state, hop, way) in BLOCKS.items():
        (alert,) = lab_alertmanager.named("PortClosed", target=block.__name__, address=address, severity="critical")
        told = alert["annotations"]
        assert (told["reason"], told["state"]) == (reason, state), alert
        if hop is not None:
            assert told["hop"] == net.address(hop, 4), alert
        traced = d.wait("trace", lambda: lab_alertmanager.named("PortClosed", target=block.__name__)[0][
            "annotations"].get("trace"), timeout=10)  # fmt: skip
        assert traced.startswith(way), traced
    net.clear("r1", "r2", "t")
    ended = times(d, lab_alertmanager, False, INTERVAL + 10)
    for block, (reason, *_) in BLOCKS.items():
        name = block.__name__
        report(f"alert of a port that is {reason}", f"accepted after {took[name]:.2f} s, ended after {ended[name]:.2f} s\n")
    if slow == 1:
        assert max(*took.values(), *ended.values()) <= INTERVAL + 2.5, (took, ended)


# ---- storms

OFTEN = {"interval": "1s", "timeout": "400ms", "confirm": [], "flap_begin": "100%", "flap_end": "0%"}
CALM = {"cooldown": "off", "resend": "10s"}


def webhook(sink, name="hook", **more):
    return {"name": name, "type": "webhook", "url": [sink.url], **more}


@pytest.fixture
def alertmanager(folder, slow):
    (folder / "alertmanager").mkdir()
    with Alertmanager(folder / "alertmanager", free_port(), slow) as running:
        yield running


@pytest.fixture
def sink():
    with FakeSink() as running:
        yield running


@pytest.fixture
def local(binary, slow, folder):
    """A function that makes a daemon of this machine, not started."""
    with contextlib.ExitStack() as stack:

        def build(endpoints, sinks, **conf):
            conf = {"endpoints": endpoints, "probe": OFTEN, "sinks": sinks, "alerts": CALM, **conf}
            d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
            stack.callback(d.stop)
            return d

        yield build


def kill(d):
    d.process.kill()
    d.process.wait()
    d.process = None


def states(d):
    counts = d.json("/v1/status")["endpoints"]
    return {k: counts[k] for k in ("total", "open", "closed", "unobserved")}


def all_are(d, word):
    return lambda: (c := states(d))[word] == c["total"]


def test_alerts_of_a_storm_survive_random_kills_of_everybody(local, alertmanager, sink, report):
    """The daemon is killed at random, Alertmanager too: see judge() for what must hold at the end."""
    manager = {"name": "am", "type": "alertmanager", "url": [alertmanager.url], "timeout": "2s"}
    dice = random.Random(4)
    seen = []
    with Storm(16, "127.0.60.1") as storm:
        d = local(storm.endpoints(), [webhook(sink), manager])
        history = History(d.folder / "history.db")
        d.expected += ["a sink cannot be told"]
        d.start()
        d.wait("first looks", lambda: states(d)["unobserved"] == 0)
        storm.start()
        for i in range(KILLS):
            time.sleep(dice.uniform(0.2, 2.5))  # the life of a daemon, not a hope
            kill(d)
            sink.mood = dice.choice((OK, OK, ERROR, CLOSE, LOST))
            if i % 6 == 2:
                alertmanager.stop(signal.SIGKILL)
            rows = [row.key for row in history.alerts()]
            assert set(seen) <= set(rows), sorted(set(seen) - set(rows))
            seen = rows
            d.start()
            if i % 6 == 3:
                alertmanager.start()
        if alertmanager.process is None:
            alertmanager.start()
        sink.mood = OK
        storm.calm()
        d.wait("calm", all_are(d, "open"), timeout=20)
        d.wait("all ends", lambda: all(r.ends for r in history.alerts()) and not still_active(sink), timeout=40)
        d.wait("the end of all in Alertmanager", lambda: alertmanager.alerts() == [], timeout=60)
    figures = judge(history, sink)
    assert figures["transitions"] >= KILLS / 2, figures
    report(f"alerts of a storm with {KILLS} kills", f"{storm.changes} changes, {figures}\n")


# ---- receivers that fail

MOODS = {
    HANG: "no answer within 1 s",
    ERROR: "HTTP status 500: internal error",
    UNSUPPORTED: "HTTP status 415: unsupported media type",
    REDIRECT: "redirects to http://127.0.0.1:",
    ENDLESS: "its answer is longer than 64 KiB",
    CLOSE: "Empty reply from server",
    DRIP: "no complete answer within 1 s",
}
STUBBORN = """#!/bin/sh
trap '' TERM
while :; do sleep 0.1; done
"""


def program(folder, text):
    path = folder / "command.sh"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def children(d):
    return pathlib.Path(f"/proc/{d.process.pid}/task/{d.process.pid}/children").read_text().split()


def threads(d):
    return len(os.listdir(f"/proc/{d.process.pid}/task"))


def files(d):
    return len(os.listdir(f"/proc/{d.process.pid}/fd"))


def lateness(d):
    """How many starts were late by at most so many seconds."""
    return re.findall(r'^banksman_schedule_lateness_seconds_bucket\{le="(\S+)"\} (\d+)$', d.get("/metrics").body.decode(), re.M)


def within(before, after):
    """The lateness below which 99 % of the starts between the two lay."""
    starts = [(bound, int(b) - int(a)) for (bound, a), (_, b) in zip(before, after)]
    bound = next(bound for bound, count in starts if count >= 0.99 * starts[-1][1])
    return f"99 % of {starts[-1][1]} starts late by at most {bound} s"


def checks(d):
    return sum(e["checks"] for e in d.json("/v1/endpoints?limit=1000")["endpoints"])


def sinks_of(d):
    return {s["sink"]: s for s in d.json("/v1/alerts")["sinks"]}


def complaint_of(d, name):
    """The line in which the log says that it cannot be told."""
    return next(line for line in d.log().splitlines() if "a sink cannot be told" in line and f'sink="{name}"' in line)


def alternate(d, peer, sink, times):
    """Closes and opens the port; how long the good sink waited to be told of each."""
    took = []
    for _ in range(times):
        for change, status in ((peer.close_port, "firing"), (peer.open_port, "resolved")):
            began = time.monotonic()
            before = len(sink.taken)
            change()
            d.wait(status, lambda: any(a["status"] == status for a in sink.taken[before:]))
            took.append(time.monotonic() - began)
    return took


def test_alerts_sinks_that_fail_are_bounded_told_of_and_in_nobodys_way(local, folder, sink, slow, report):
    """Each way to fail as a webhook and as an Alertmanager, and commands that never end or do not exist."""
    with contextlib.ExitStack() as stack:
        bad = {}
        for kind in ("webhook", "alertmanager"):
            for mood in MOODS:
                bad[f"{kind}-{mood}"] = one = stack.enter_context(FakeSink(mood))
                one.kind = kind
        sinks = [{"name": name, "type": s.kind, "url": [s.url], "timeout": "1s"} for name, s in bad.items()]
        sinks += [
            {"name": "stubborn", "type": "exec", "command": [program(folder, STUBBORN)], "timeout": "1s"},
            {"name": "missing", "type": "exec", "command": ["/nonexistent/pager"]},
            {"name": "nobody", "type": "webhook", "url": [f"http://127.0.0.1:{free_port()}"]},
            webhook(sink, "good"),
        ]
        storm = stack.enter_context(Storm(4, "127.0.61.1"))
        peer = storm.peers[0]
        d = local(storm.endpoints(), sinks)
        d.expected += ["a sink cannot be told"]
        d.start()
        d.wait("first looks", all_are(d, "open"))
        quiet, before, began = files(d), checks(d), time.monotonic()
        calm = threads(d)
        took = alternate(d, peer, sink, 2)
        expected = {f"{kind}-{mood}": why for kind in ("webhook", "alertmanager") for mood, why in MOODS.items()}
        expected |= {"stubborn": "no end within 1 s", "missing": "cannot run /nonexistent/pager",
                     "nobody": "Connection refused"}  # fmt: skip
        for name, why in expected.items():
            d.wait(f"trouble of {name}", lambda: why in sinks_of(d)[name].get("trouble", ""), timeout=15)
            assert f'{why}' in complaint_of(d, name), (name, why, complaint_of(d, name))
        good = sinks_of(d)["good"]
        assert not good["failing"] and (good["taken"], good["pending"]) == (len(sink.taken), 0), good
        assert all(s["failing"] and s["pending"] == 1 for n, s in sinks_of(d).items() if n != "good"), sinks_of(d)
        passed = time.monotonic() - began
        # Tried again after 1, 2, 4, … seconds, 20 % less at most, one at a time.
        assert all(1 <= len(s.received) <= 2 + math.log2(1 + passed / 0.8) for s in bad.values()), (
            passed, {name: len(s.received) for name, s in bad.items()})
        assert threads(d) == calm
        assert len(children(d)) <= 1 and files(d) <= quiet + 2 * len(sinks), (children(d), quiet, files(d))
        assert checks(d) - before >= 4 * (passed - 2), (checks(d) - before, passed)
        for s in bad.values():
            s.mood = OK
        peer.close_port()
        for name, s in bad.items():
            s.wait(f"alert at {name}", lambda s: len(s.active()) == 1 if s.kind == "alertmanager"
                   else still_active(s), timeout=40 * slow)  # fmt: skip
            d.wait("note of it", lambda: f'a sink can be told again sink="{name}"' in d.log()
                   and not sinks_of(d)[name]["failing"])  # fmt: skip
        assert d.log().count("a sink cannot be told") == len(expected)
        d.stop()
    report("the good sink among bad ones", f"told after at most {max(took):.2f} s\n")
    if slow == 1:
        assert max(took) <= 2.5, took


def test_alerts_one_that_is_refused_holds_up_no_other(local, sink, slow):
    """What waited for a sink is told in one batch; of it one alert is refused, by a webhook as by an Alertmanager."""
    with FakeSink() as hook, FakeSink() as manager, Storm(12, "127.0.62.1") as storm:
        refusing = (hook, manager)
        d = local(storm.endpoints(), [
            webhook(sink, "good"), webhook(hook),
            {"name": "am", "type": "alertmanager", "url": [manager.url]},
        ])  # fmt: skip
        d.expected += ["a sink cannot be told", "an alert was refused, continuing without: HTTP status 400"]
        for s in refusing:
            s.mood = ERROR
            s.bad = lambda a: a["labels"]["target"] == "p5"
        d.start()
        d.wait("first looks", all_are(d, "open"))
        for peer in storm.peers:
            peer.close_port()
        d.wait("all at the good sink", lambda: len(still_active(sink)) == 12)
        for s in refusing:
            s.mood = BAD_LABEL
        for s in refusing:
            s.wait("the others", lambda s: {a["labels"]["target"] for a in s.taken} == {
                f"p{i}" for i in range(12) if i != 5}, timeout=15 * slow)  # fmt: skip
        history = History(d.folder / "history.db")
        d.wait("note of it", lambda: {(s, i.split()[1]) for s, i, _ in history.refused()} == {("hook", "p5"), ("am", "p5")})
        assert d.log().count("an alert was refused") == 2 and 'subject="p5 ' in d.log()
        tellings = [r for r in hook.received if len(r.alerts()) > 0]
        assert len(tellings) <= 3 + 2 * 12 + 12, len(tellings)
        storm.calm()
        d.wait("all ends", lambda: all(r.ends for r in history.alerts()) and not still_active(sink))
        for s in refusing:
            s.wait("the ends of the others", lambda s: len(s.active()) == 0 if s is manager
                   else not still_active(s), timeout=15 * slow)  # fmt: skip
        assert not any(a["labels"]["target"] == "p5" for s in refusing for a in s.taken)


def test_alerts_replica_that_was_away_has_all_within_a_minute(local, alertmanager, sink, slow, report):
    """One of three replicas is away for AWAY seconds while ports close and open; the others notice nothing."""
    with FakeSink() as second, FakeSink() as third, Storm(8, "127.0.63.1") as storm:
        urls = [alertmanager.url, second.url, third.url]
        d = local(storm.endpoints(), [{"name": "am", "type": "alertmanager", "url": urls}])
        d.expected += ["a sink cannot be told"]
        d.start()
        d.wait("first looks", all_are(d, "open"))
        for peer in storm.peers[:4]:
            peer.close_port()
        for who in (lambda: len(alertmanager.named("PortClosed")), lambda: len(second.active()),
                    lambda: len(third.active())):  # fmt: skip
            d.wait("four alerts", lambda: who() == 4)
        alertmanager.stop(signal.SIGKILL)
        gone = time.monotonic()
        took = []
        while time.monotonic() - gone < AWAY:
            for change, count in ((storm.peers[4].close_port, 5), (storm.peers[4].open_port, 4)):
                began = time.monotonic()
                change()
                for s in (second, third):
                    s.wait("change", lambda s: len(s.active()) == count, timeout=10 * slow)
                took.append(time.monotonic() - began)
        storm.peers[0].open_port()  # told to somebody who has forgotten it
        storm.peers[5].close_port()
        second.wait("change", lambda s: {a["labels"]["target"] for a in s.active()} == {"p1", "p2", "p3", "p5"}, timeout=10 * slow)
        alertmanager.start()
        back = time.monotonic()
        d.wait("all that last", lambda: {a["labels"]["target"] for a in alertmanager.named("PortClosed")} == {
            "p1", "p2", "p3", "p5"}, timeout=60)  # fmt: skip
        waited = time.monotonic() - back
        storm.calm()
        d.wait("the end of all", lambda: alertmanager.alerts() == [] and not second.active() and not third.active(), timeout=10)
    report(f"a replica that was away for {AWAY} s", f"has all after {waited:.1f} s; the others waited at most {max(took):.2f} s\n")
    if slow == 1:
        assert max(took) <= 2.5, took


# ---- everything at once

def test_alerts_thousands_lost_at_once_are_one(local, sink, slow, report):
    """PORTS ports, half of them a provider's: one alert, over a kill too; then what stays closed has its own."""
    with Peer(hold, listener("0.0.0.0")) as peer, Peer(hold, listener("127.0.0.66")) as lone:
        hosts = [f"127.{100 + i // 62500}.{i // 250 % 250}.{1 + i % 250}" for i in range(PORTS * 3 // 4)]
        endpoints = [{"name": f"e{i}", "address": f"{host}:{peer.port}"} for i, host in enumerate(hosts[:PORTS // 2 - 1])]
        endpoints.append({"name": "lone", "address": f"{lone.address}:{lone.port}"})
        provider = {"name": "dc1", "type": "vsphere", "esxi": hosts[PORTS // 2:], "ports": [f"443={peer.port}", f"902={peer.port}"]}
        probe = {"interval": f"{PORTS // 333}s", "timeout": "1s", "serve_interval": "off", "confirm": ["1s"]}
        d = local(endpoints, [webhook(sink)], probe=probe, providers=[provider])
        history = History(d.folder / "history.db")
        d.start()
        patience = 30 + PORTS // 100
        d.wait("all open", all_are(d, "open"), timeout=patience)
        assert states(d)["total"] == PORTS
        started = lateness(d)
        began = time.monotonic()
        peer.close_port()
        lone.close_port()
        d.wait("the alert", lambda: sink.taken, timeout=15)
        took = time.monotonic() - began
        d.wait("half of them closed", lambda: states(d)["closed"] >= PORTS // 2, timeout=patience)
        late = within(started, lateness(d))
        kill(d)
        d.start()
        d.wait("all closed", all_are(d, "closed"), timeout=patience)
        assert [r.identity for r in history.alerts()] == ["NodeIsolated"], history.alerts()
        peer.open_port()
        d.wait("the end", lambda: still_active(sink) and "NodeIsolated" not in still_active(sink), timeout=patience)
        d.wait("all open", lambda: states(d)["open"] == PORTS - 1, timeout=patience)
        d.wait("the lone one", lambda: still_active(sink) == [f"PortClosed lone {lone.address}"], timeout=patience)
        lone.open_port()
        d.wait("the end of all", lambda: not still_active(sink) and all(r.ends for r in history.alerts()), timeout=patience)
        assert {a["alertname"] + a["subject"] for a in sink.taken} == {"NodeIsolated", f"PortClosedlone {lone.address}"}, sink.taken
    report(f"{PORTS:,} ports lost at once", f"told after {took:.2f} s, {late} meanwhile\n")
    if slow == 1:
        assert took <= 5, took


# ---- what nobody wants to hear

def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


def moment(seconds):
    return f"{datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def test_alerts_of_a_maintenance_window_are_told_when_it_ends_and_they_last(local, sink):
    """p0 closes within its window and stays so, p1 comes back within it; p2 has none, and what was told ends."""
    with Storm(4, "127.0.64.1") as storm:
        d = local(storm.endpoints(), [webhook(sink)])
        history = History(d.folder / "history.db")
        d.start()
        d.wait("first looks", all_are(d, "open"))
        storm.peers[3].close_port()
        d.wait("p3", lambda: [i.split()[1] for i in still_active(sink)] == ["p3"])
        end = moment(5)
        d.conf["maintenance"] = [{"match": f"p{i}", "from": moment(-60), "until": end} for i in (0, 1, 3)]
        d.write()
        assert d.post("/v1/reload").status == 200
        for peer in storm.peers[:3]:
            peer.close_port()
        d.wait("p2", lambda: any(i.split()[1] == "p2" for i in still_active(sink)))
        rows = d.wait("all recorded", lambda: len(r := {r.identity.split()[1]: r for r in history.alerts()}) == 4 and r)
        assert [rows[f"p{i}"].silenced for i in range(4)] == [1, 1, 0, 1], rows
        storm.peers[1].open_port()
        storm.peers[3].open_port()
        d.wait("the end of p3", lambda: [i.split()[1] for i in still_active(sink)] == ["p2"])
        assert moment(0) < end and {a["labels"]["target"] for a in sink.taken} == {"p2", "p3"}, sink.taken
        d.wait("p0", lambda: any(a["labels"]["target"] == "p0" for a in sink.taken), timeout=15)
        assert moment(0) >= end
        (told,) = [a for a in sink.taken if a["labels"]["target"] == "p0"][:1]
        assert (told["status"], told["startsAt"]) == ("firing", rows["p0"].starts), told
        storm.calm()
        d.wait("all ends", lambda: all(r.ends for r in history.alerts()) and not still_active(sink))
        assert {a["labels"]["target"] for a in sink.taken} == {"p0", "p2", "p3"}, sink.taken


def test_alerts_that_are_silenced_stay_so_over_a_kill_and_are_told_when_the_silence_ends(local, sink):
    """p0 is silenced and closes; the silence outlives the process, and when it is taken away p0 is told of."""
    with Storm(2, "127.0.67.1") as storm:
        d = local(storm.endpoints(), [webhook(sink)])
        history = History(d.folder / "history.db")
        d.start()
        d.wait("first looks", all_are(d, "open"))
        reply = d.post("/v1/silences", {"match": "p0", "for": "1h", "why": "new memory"})
        assert reply.status == 200 and reply.json()["endpoints"] == 1, reply
        for peer in storm.peers:
            peer.close_port()
        d.wait("p1", lambda: [i.split()[1] for i in still_active(sink)] == ["p1"])
        (row,) = d.wait("p0 recorded", lambda: [r for r in history.alerts() if " p0 " in r.identity])
        kill(d)
        d.start()
        d.wait("looks", all_are(d, "closed"))
        d.wait("more looks", lambda: checks(d) >= 6)
        (listed,) = [a for a in d.json("/v1/alerts")["alerts"] if a["labels"]["target"] == "p0"]
        assert listed["silenced"] and row.silenced and not any(a["labels"]["target"] == "p0" for a in sink.taken)
        (silence,) = d.json("/v1/silences")["silences"]
        assert d.ask("DELETE", f"/v1/silences/{silence['id']}").status == 200
        d.wait("p0", lambda: any(i.split()[1] == "p0" for i in still_active(sink)))
        (told,) = [a for a in sink.taken if a["labels"]["target"] == "p0"]
        assert (told["status"], told["startsAt"]) == ("firing", row.starts), told
        storm.calm()
        d.wait("all ends", lambda: all(r.ends for r in history.alerts()) and not still_active(sink))


def test_alerts_of_what_closed_while_nobody_looked_say_when_it_was_open_last(local, sink):
    with Storm(1, "127.0.68.1") as storm:
        d = local(storm.endpoints(), [webhook(sink)])
        d.start()
        begun = time.time()
        spans = "SELECT 1 FROM span WHERE aspect = 'port' AND reason = 'ok'"
        d.wait("the first look's record", lambda: History(d.folder / "history.db").ask(spans))
        kill(d)
        died = time.time()
        storm.peers[0].close_port()
        d.start()
        (told,) = d.wait("the alert", lambda: [a for a in sink.taken if a["labels"]["alertname"] == "PortClosed"])
        good, starts = map(seconds, (told["annotations"]["last_good"], told["startsAt"]))
        assert begun <= good <= died < starts, told


# ---- certificates

class Certificate:
    """Signed by itself; with `key` that of another one."""

    def __init__(self, folder, name, key=None):
        self.path, self.key = folder / f"{name}.pem", key or folder / f"{name}.key"
        fresh = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", self.key]
        subprocess.run(
            ["openssl", "req", "-x509", "-nodes", "-days", "300", "-subj", "/CN=vc01.example.com", "-out", self.path,
             *(["-key", key] if key else fresh)], check=True, capture_output=True)  # fmt: skip
        self.context = server_context(self.path, self.key)
        der = ssl.PEM_cert_to_DER_cert(self.path.read_text())
        self.sha1, self.sha256 = (
            ":".join(f"{b:02X}" for b in hashlib.new(h, der).digest()) for h in ("sha1", "sha256"))


def test_alerts_replaced_certificate_names_the_provider_whose_migrations_fail(local, folder, sink):
    first = Certificate(folder, "first")
    renewed = Certificate(folder, "renewed", first.key)
    another = Certificate(folder, "another")
    shown = first

    def vcenter(conn):
        conn.start_tls(shown.context)
        http(vim(VCENTER))(conn)

    def told(name, status="firing"):
        return [a for a in sink.taken if (a["alertname"], a["status"]) == (name, status)]

    with Peer(vcenter, listener("127.0.65.1")) as peer:
        provider = {"name": "dc1", "type": "vsphere", "vcenter": f"{peer.address}:{peer.port}", "fingerprint": first.sha1.lower()}
        d = local([], [webhook(sink)], probe={**OFTEN, "timeout": "1s", "serve_interval": "1s", "serve_budget": 0},
                  providers=[provider])
        d.start()
        d.wait("a certificate", lambda: d.json("/v1/endpoints")["endpoints"][0].get("certificate"))
        shown = renewed
        d.wait("the change", lambda: told("CertificateChanged"))
        changed = told("CertificateChanged")[0]["annotations"]
        assert changed["change"] == "renewed, same key" and "dc1" in changed["remedy"], changed
        assert (changed["old_sha1"], changed["new_sha1"]) == (first.sha1, renewed.sha1), changed
        assert (changed["old_sha256"], changed["new_sha256"]) == (first.sha256, renewed.sha256), changed
        assert changed["old_spki_sha256"] == changed["new_spki_sha256"], changed
        (mismatch,) = d.wait("the mismatch", lambda: told("FingerprintMismatch"))
        assert mismatch["labels"]["provider"] == "dc1" and mismatch["severity"] == "critical", mismatch
        assert "dc1" in mismatch["annotations"]["impact"], mismatch
        assert mismatch["annotations"]["expected_fingerprint"] == first.sha1, mismatch
        assert mismatch["annotations"]["sha1"] == renewed.sha1, mismatch
        shown = another
        d.wait("another change", lambda: len({a["startsAt"] for a in told("CertificateChanged")}) == 2)
        changed = told("CertificateChanged")[-1]["annotations"]
        assert changed["change"] == "new issuer" or changed["change"] == "new key", changed
        assert changed["old_spki_sha256"] != changed["new_spki_sha256"], changed
        d.conf["providers"][0]["fingerprint"] = another.sha256.replace(":", "").lower()
        d.write()
        assert d.post("/v1/reload").status == 200
        d.wait("the end of the mismatch", lambda: "FingerprintMismatch" not in {i.split()[0] for i in still_active(sink)})
