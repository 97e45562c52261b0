# SPDX-License-Identifier: Apache-2.0
"""The verbs that ask the daemon, against the daemon itself: one story of a port that goes away."""

import json
import os
import subprocess

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from lab.peers import Peer, hold, listener


@pytest.fixture
def told(binary, banksman, slow):
    """The daemon on a port that is open and a name that does not exist, and a function that asks it."""
    with public_folder() as folder, Peer(hold, listener("127.0.41.1")) as peer:
        conf = {
            "endpoints": [
                {"name": "web", "address": f"{peer.address}:{peer.port}"},
                {"name": "nowhere", "address": "no-such-host.invalid:443"},
            ],
            "probe": {"interval": "1s", "timeout": "400ms", "confirm": []},
        }
        daemon = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
        env = {"BANKSMAN_SOCKET": str(daemon.socket), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        daemon.start()
        try:
            yield daemon, peer, lambda *args: banksman(*args, env=env)
        finally:
            daemon.stop()


def state_of(ask, name):
    found = ask("status", name, "-o", "json").json()["endpoints"]
    return found[0]["state"]


def test_told_story_of_a_port_that_goes_away(told):
    daemon, peer, ask = told
    daemon.wait("web open", lambda: state_of(ask, "web") == "open")
    assert ask("status", "web").code == 0
    assert ask("explain", "web").code == 0
    peer.stop()
    daemon.wait("web closed", lambda: state_of(ask, "web") == "closed")
    assert ask("status").code == 1
    done = ask("explain", "web")
    assert done.code == 1 and done.stdout.startswith("✗ web  127.0.41.1  closed (refused)\n"), done
    daemon.wait("the change in the history", lambda: "open → closed" in ask("events", "web").stdout)
    assert "port open → closed (refused)" in ask("explain", "web").stdout
    spans = ask("history", "web", "-o", "json").json()["spans"]
    assert [span["state"] for span in spans] == ["closed", "open"]
    done = ask("history", "web", "--since", "1m")
    assert done.code == 0 and "1 outage" in done.stdout, done
    assert any(cell in done.stdout for cell in "▄▁"), "short as it is, the bar shows it"
    (then,) = ask("history", "web", "--at", spans[1]["from"], "-o", "json").json()["endpoints"]
    assert (then["state"], then["name"]) == ("open", "web")


def test_told_the_name_of_a_host_has_a_history(told):
    daemon, _, ask = told
    daemon.wait("the name's state", lambda: "unresolved" in ask("events").stdout)
    assert ask("explain", "nowhere").code == 1
    assert ask("history", "nowhere").stdout.startswith("no-such-host.invalid  name\n")


def test_told_orders_are_carried_out(told):
    daemon, peer, ask = told
    done = ask("probe", "--via-daemon", "web", "-o", "json")
    assert done.code == 0 and [r["state"] for r in done.json()["results"]] == ["open"], done
    assert ask("probe", "--via-daemon", "zzz").code == 1
    assert ask("reload").code == 0
    daemon.expected.append("configuration")
    daemon.path.write_text("nonsense: true\n")
    done = ask("reload")
    assert done.code == 1 and "banksman.yaml:1" in done.stderr, done
    assert "the old one stays" in ask("status").stdout


def test_told_events_as_they_happen(told, banksman):
    daemon, peer, ask = told
    daemon.wait("web open", lambda: "web" in ask("events").stdout)
    argv = [*banksman.wrapper, banksman.binary, "events", "-f", "-o", "json", "--socket", str(daemon.socket), "web"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as child:
        try:
            assert json.loads(child.stdout.readline())["after"] == "open"
            peer.stop()
            event = json.loads(child.stdout.readline())
            assert (event["name"], event["before"], event["after"]) == ("web", "open", "closed")
        finally:
            child.kill()
