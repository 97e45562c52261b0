# SPDX-License-Identifier: Apache-2.0
"""Alerts, to a real Alertmanager and to receivers that fail: told in time, with their cause, once, and ended.

KILLS   how many times the daemon is killed (12); Alertmanager is killed a sixth as often
"""

import contextlib
import os
import pathlib
import time

import pytest
from alertmanager import Alertmanager
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper, free_port
from lab import netns

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


@pytest.mark.parametrize(
    "block, reason, state, hop, way",
    [
        (drop, "no-answer", "filtered", None, "silent beyond"),
        (refuse, "refused", "closed", None, "refused"),
        (reject, "admin-prohibited", "filtered", "r2", "rejected by"),
    ],
    ids=("drop", "refuse", "reject"),
)
def test_alerts_closed_port_is_accepted_in_time_with_its_cause(
    block, reason, state, hop, way, net, inside, lab_alertmanager, make, slow, report
):
    port = net.port()
    address = net.address("t", 4)
    d = make(
        [{"name": "esx04", "address": f"{address}:{port}"}],
        [{"name": "am", "type": "alertmanager", "url": [lab_alertmanager.url]}],
        prefix=[*inside, *netns.NOBODY],
    )
    d.wait("open", lambda: d.json("/v1/endpoints?match=esx04")["endpoints"][0]["state"] == "open")
    d.wait("three looks", lambda: d.json("/v1/endpoints?match=esx04")["endpoints"][0]["checks"] >= 3)
    began = time.monotonic()
    block(net, port)
    (alert,) = d.wait("alert", lambda: lab_alertmanager.named("PortClosed"), timeout=INTERVAL + 10)
    took = time.monotonic() - began
    told = alert["annotations"]
    assert (told["reason"], told["state"]) == (reason, state), alert
    assert alert["labels"]["target"] == "esx04" and alert["labels"]["address"] == address, alert
    assert alert["labels"]["severity"] == "critical", alert
    if hop is not None:
        assert told["hop"] == net.address(hop, 4), alert
    traced = d.wait(
        "trace", lambda: lab_alertmanager.named("PortClosed")[0]["annotations"].get("trace"), timeout=10)
    assert traced.startswith(way), traced
    began = time.monotonic()
    net.clear("r1", "r2", "t")
    d.wait("the end", lambda: not lab_alertmanager.named("PortClosed"), timeout=INTERVAL + 10)
    ended = time.monotonic() - began
    report(f"alert of a port that is {reason}", f"accepted after {took:.2f} s, ended after {ended:.2f} s\n")
    if slow == 1:
        assert took <= INTERVAL + 2.5 and ended <= INTERVAL + 2.5, (took, ended)
