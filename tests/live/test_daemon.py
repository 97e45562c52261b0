# SPDX-License-Identifier: Apache-2.0
"""The daemon against real peers: its history over kills and trouble, reloads, and a machine that fails it.

KILLS   how many times it is killed (12)
"""

import contextlib
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import subprocess
import time

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper, free_port
from lab.peers import Peer, hold, listener

KILLS = int(os.environ.get("KILLS", "12"))
PROBE = {"interval": "1s", "timeout": "400ms", "confirm": []}


@pytest.fixture
def peer():
    with Peer(hold, listener("127.0.40.1")) as running:
        yield running


@pytest.fixture
def make(binary, slow):
    """A function that makes a daemon on these endpoints; ended with the test."""
    with contextlib.ExitStack() as stack:

        def build(endpoints, folder=None, **conf):
            folder = folder or stack.enter_context(public_folder())
            conf = {"endpoints": endpoints, "probe": PROBE, **conf}
            d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
            stack.callback(d.stop)
            return d

        yield build


def endpoint(peer, name="web"):
    return {"name": name, "address": f"{peer.address}:{peer.port}"}


def state(d, name="web"):
    (found,) = d.json(f"/v1/endpoints?match={name}")["endpoints"]
    return found["state"]


def wait_state(d, wanted, name="web", timeout=15):
    d.wait(f"{name} {wanted}", lambda: state(d, name) == wanted, timeout)


def port_events(path):
    """The port's events as an independent reader finds them: (before, after)."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute("SELECT before, after FROM event WHERE kind = 'port' ORDER BY id").fetchall()


def committed(d):
    return [(e.get("before"), e["after"]) for e in reversed(d.json("/v1/events?limit=1000")["events"])
            if e["kind"] == "port"]  # fmt: skip


# ---- history


def test_daemon_closed_port_is_told_since_when_and_why(make, peer):
    d = make([endpoint(peer)]).start()
    wait_state(d, "open")
    d.wait("five looks", lambda: d.json("/v1/endpoints?match=web")["endpoints"][0]["checks"] >= 5)
    peer.close_port()
    wait_state(d, "closed")
    (found,) = d.json("/v1/endpoints?match=web")["endpoints"]
    assert found["reason"] == "refused" and "nothing listens" in found["sentence"], found
    peer.open_port()
    wait_state(d, "open")
    d.wait("three events", lambda: committed(d) == [(None, "open"), ("open", "closed"), ("closed", "open")])
    spans = d.json("/v1/history?endpoint=web&resolution=spans&aspect=port")["spans"]
    assert [s["state"] for s in spans] == ["open", "closed", "open"], spans
    assert spans[2]["count"] >= 4, spans
    assert spans[1]["from"] == found["since"] and spans[1]["to"] == spans[0]["from"], spans
    moment = d.json(f"/v1/at?time={found['since']}&endpoint=web")["endpoints"]
    assert [(e["name"], e["state"]) for e in moment] == [("web", "closed")], moment


def test_daemon_killed_at_random_loses_no_committed_transition_and_invents_none(make, peer):
    """Every event that a reader saw committed is still there at the end, and each follows from the one before."""
    d = make([endpoint(peer)])
    dice = random.Random(902)
    seen = []
    for _ in range(KILLS):
        d.start()
        end = time.monotonic() + dice.uniform(0.2, 2.5)
        while time.monotonic() < end:
            (peer.close_port if dice.random() < 0.5 else peer.open_port)()
            time.sleep(dice.uniform(0.1, 0.6))
            with contextlib.suppress(OSError):
                seen = max(seen, committed(d), key=len)
        d.process.kill()
        d.process.wait()
        d.process = None
        found = port_events(d.folder / "history.db")
        assert found[: len(seen)] == seen, (seen, found)
    with contextlib.closing(sqlite3.connect(d.folder / "history.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        overlapping = db.execute(
            "SELECT count(*) FROM span a JOIN span b ON b.endpoint_id = a.endpoint_id AND b.aspect = a.aspect"
            " AND b.id > a.id WHERE a.until_ms IS NULL OR a.until_ms > b.since_ms"
        ).fetchone()
        assert overlapping == (0,)
    chain = port_events(d.folder / "history.db")
    assert chain[0][0] is None and all(a[1] == b[0] != b[1] for a, b in zip(chain, chain[1:])), chain


def test_daemon_restarted_takes_up_the_state_it_left(make, peer):
    d = make([endpoint(peer)]).start()
    wait_state(d, "open")
    (before,) = d.json("/v1/endpoints?match=web")["endpoints"]
    d.wait("commit", lambda: committed(d))
    d.stop()
    d.start()
    wait_state(d, "open")
    (after,) = d.json("/v1/endpoints?match=web")["endpoints"]
    assert (after["id"], after["since"]) == (before["id"], before["since"])
    assert committed(d) == [(None, "open")]


def test_daemon_answered_question_holds_no_reader(make, peer):
    """A page with a next one leaves nothing half read: the WAL can be emptied, so that it does not grow."""
    d = make([endpoint(peer)]).start()
    d.wait("two events", lambda: len(d.json("/v1/events")["events"]) >= 2)
    assert d.json("/v1/events?limit=1")["next"]
    with contextlib.closing(sqlite3.connect(d.folder / "history.db", timeout=0.2)) as db:
        d.wait("an empty WAL", lambda: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def test_daemon_head_of_a_long_list_leaves_the_connection_usable(make, peer):
    d = make([{"name": f"e{i}", "address": f"127.0.42.{i + 1}:{peer.port}"} for i in range(100)]).start()
    connection = d.connect()
    connection.request("HEAD", "/v1/endpoints?limit=1000")
    assert connection.getresponse().read() == b""
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    connection.close()


# ---- trouble with the database


def store(d):
    return d.json("/v1/status")["store"]


def still_watches(d, peer):
    """Probing and the socket go on, whatever the database does."""
    peer.close_port()
    wait_state(d, "closed")
    peer.open_port()
    wait_state(d, "open")
    assert b"banksman_" in d.get("/metrics").body


def test_daemon_corrupt_database_is_set_aside_and_never_deleted(make, peer):
    d = make([endpoint(peer)])
    rubbish = b"SQLite format 3\0" + b"rubbish" * 1000
    (d.folder / "history.db").write_bytes(rubbish)
    d.expected += [".*"]
    d.start()
    wait_state(d, "open")
    still_watches(d, peer)
    d.wait("events", lambda: len(committed(d)) >= 3)
    aside = [p for p in d.folder.iterdir() if "corrupt" in p.name]
    assert [p.read_bytes() for p in aside] == [rubbish], aside
    told = d.wait("the alert", lambda: d.json("/v1/alerts")["alerts"])
    assert [a["labels"]["alertname"] for a in told] == ["StoreFailing"], told
    assert aside[0].name in told[0]["annotations"]["summary"], told


def test_daemon_database_locked_by_another_catches_up_without_a_restart(make, peer):
    d = make([endpoint(peer)]).start()
    wait_state(d, "open")
    d.wait("commit", lambda: committed(d))
    d.expected += ["history", "database", "locked"]
    with contextlib.closing(sqlite3.connect(d.folder / "history.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        still_watches(d, peer)
        d.wait("trouble", lambda: not store(d)["writable"], timeout=30)
        other.execute("ROLLBACK")
    d.wait("recovery", lambda: store(d)["writable"], timeout=30)
    d.wait("events", lambda: committed(d) == [(None, "open"), ("open", "closed"), ("closed", "open")], timeout=30)


@pytest.fixture
def small_disk():
    """A file system of 2 MiB."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    with public_folder() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=True)
        try:
            yield pathlib.Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def test_daemon_full_disk_is_waited_out(make, peer, small_disk):
    d = make([endpoint(peer)], history={"path": str(small_disk / "history.db")}).start()
    wait_state(d, "open")
    d.wait("commit", lambda: committed(d))
    d.expected += ["history", "database", "disk"]
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), open(ballast, "wb", buffering=0) as f:
        while f.write(b"x" * 4096):
            pass
    still_watches(d, peer)
    d.wait("trouble", lambda: not store(d)["writable"], timeout=30)
    ballast.unlink()
    d.wait("recovery", lambda: store(d)["writable"], timeout=30)
    d.wait("events", lambda: committed(d) == [(None, "open"), ("open", "closed"), ("closed", "open")], timeout=30)


def test_daemon_read_only_file_system_is_waited_out(make, peer, small_disk):
    d = make([endpoint(peer)], history={"path": str(small_disk / "history.db")})
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    d.expected += ["history", "database", "read-only"]
    d.start()
    still_watches(d, peer)
    assert not store(d)["writable"]
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    d.wait("recovery", lambda: store(d)["writable"], timeout=30)
    d.wait("events", lambda: committed(d), timeout=30)


# ---- reloads


def test_daemon_changed_file_is_read_without_being_told(make, peer):
    d = make([endpoint(peer)]).start()
    wait_state(d, "open")
    since = d.json("/v1/endpoints?match=web")["endpoints"][0]["since"]
    d.conf["endpoints"].append(endpoint(peer, "second") | {"address": f"127.0.40.2:{peer.port}"})
    d.write()
    d.wait("second endpoint", lambda: d.json("/v1/endpoints?match=second")["endpoints"])
    wait_state(d, "closed", "second")
    assert d.json("/v1/endpoints?match=web")["endpoints"][0]["since"] == since


def test_daemon_swapped_configmap_link_is_a_change(make, peer):
    """As Kubernetes does it: FILE -> ..data/FILE, and ..data is exchanged."""
    d = make([endpoint(peer)])
    text = d.path.read_text()
    for version in ("..1", "..2"):
        (d.folder / version).mkdir()
    (d.folder / "..1" / d.path.name).write_text(text)
    (d.folder / "..2" / d.path.name).write_text(text.replace("name: web", "name: swapped"))
    (d.folder / "..data").symlink_to("..1")
    d.path.unlink()
    d.path.symlink_to(f"..data/{d.path.name}")
    d.start()
    wait_state(d, "open")
    (d.folder / "..data_tmp").symlink_to("..2")
    (d.folder / "..data_tmp").rename(d.folder / "..data")
    d.wait("the new name", lambda: d.json("/v1/endpoints?match=swapped")["endpoints"])
    assert not d.json("/v1/endpoints?match=web")["endpoints"]


def test_daemon_hangup_with_a_bad_file_keeps_the_old_one(make, peer):
    d = make([endpoint(peer)]).start()
    wait_state(d, "open")
    d.expected += ["configuration was not reloaded"]
    d.path.write_text("nmae: x\n")
    d.process.send_signal(signal.SIGHUP)
    d.wait("complaint", lambda: "was not reloaded" in d.log())
    assert "did you mean" in d.log() and state(d) == "open"
    assert "did you mean" in d.json("/v1/status")["configuration"]["error"]


def test_daemon_change_that_was_read_by_order_is_not_read_again(make, peer):
    d = make([endpoint(peer)]).start()
    d.conf["endpoints"].append(endpoint(peer, "second") | {"address": f"127.0.40.2:{peer.port}"})
    d.write()
    assert d.post("/v1/reload").status == 200
    wait_state(d, "closed", "second")
    d.wait("longer than a change is waited with",
           lambda: d.json("/v1/endpoints?match=second")["endpoints"][0]["checks"] > 4)  # fmt: skip
    assert [e["kind"] for e in d.json("/v1/events")["events"]].count("reloaded") == 1


@contextlib.contextmanager
def dropping(address, port):
    """A port that answers nobody: its queue of connections is full, and nobody takes them."""
    with contextlib.ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        full.bind((address, port))
        full.listen(0)
        for _ in range(4):
            s = stack.enter_context(socket.socket())
            s.setblocking(False)
            s.connect_ex((address, port))
        yield


def test_daemon_storm_of_hangups_hides_no_outage(make, peer):
    """A reload begins attempts anew: many in a row must let one come to its end."""
    d = make([endpoint(peer)]).start()
    wait_state(d, "open")
    peer.close_port()
    with dropping(peer.address, peer.port):

        def filtered():
            d.process.send_signal(signal.SIGHUP)
            return state(d) == "filtered"

        began = time.monotonic()
        d.wait("filtered", filtered, timeout=20)
        lasted = time.monotonic() - began
    assert d.log().count("configuration reloaded") <= 2 + lasted / 1.4  # probe.timeout and a second


def test_daemon_hangup_makes_a_deleted_socket_again(make, peer):
    d = make([endpoint(peer)]).start()
    d.socket.unlink()
    assert not d.answers()
    d.process.send_signal(signal.SIGHUP)
    d.wait("answer", d.answers)
    assert d.socket.stat().st_mode & 0o777 == 0o660


def refused(address, port):
    try:
        socket.create_connection((address, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def test_daemon_listens_at_the_narrower_address_after_a_reload(make, peer):
    """0.0.0.0:P and 127.0.0.1:P exclude each other; an address that this machine does not have is told."""
    port = free_port()
    d = make([endpoint(peer)], metrics={"listen": f"0.0.0.0:{port}"}).start()
    assert not refused("127.0.40.7", port)
    d.conf["metrics"]["listen"] = f"127.0.0.1:{port}"
    d.write()
    assert d.post("/v1/reload").json() == {"reloaded": True}
    assert refused("127.0.40.7", port) and not refused("127.0.0.1", port)
    d.expected += ["cannot listen as it says"]
    d.conf["metrics"]["listen"] = f"192.0.2.1:{port}"
    d.write()
    told = d.post("/v1/reload").json()
    assert told["reloaded"] and told["listen_error"].startswith(f"192.0.2.1:{port}: "), told
    configuration = d.json("/v1/status")["configuration"]
    assert configuration["listen_error"] == told["listen_error"] and "error" not in configuration
    assert b"banksman_config_last_reload_successful 0" in d.get("/metrics").body
    assert not refused("127.0.0.1", port)


# ---- a machine that fails it


def test_daemon_stopped_and_continued_has_no_false_transition(make, peer):
    d = make([endpoint(peer)], probe={"interval": "1s", "timeout": "400ms"}).start()
    wait_state(d, "open")
    d.wait("commit", lambda: committed(d))
    d.process.send_signal(signal.SIGSTOP)
    time.sleep(5)  # the length of the suspension, not a hope
    d.process.send_signal(signal.SIGCONT)
    checks = d.json("/v1/endpoints?match=web")["endpoints"][0]["checks"]
    d.wait("more checks", lambda: d.json("/v1/endpoints?match=web")["endpoints"][0]["checks"] > checks + 2)
    assert committed(d) == [(None, "open")]
    assert d.json("/v1/status")["schedule"]["skipped"] >= 3


def test_daemon_without_files_left_never_says_closed(make, peer):
    """64 open files for 200 open ports: what cannot be run is unknown, not closed."""
    ports = [{"name": f"e{i}", "address": f"127.0.41.{i % 250 + 1}:{peer.port}"} for i in range(200)]
    with contextlib.ExitStack() as stack:
        for i in range(200):
            stack.enter_context(contextlib.closing(listener(f"127.0.41.{i + 1}", peer.port)))
        d = make(ports, probe={"interval": "1s", "timeout": "400ms"}, api={"max_connections": 8})
        d.expected += ["files may be open", "file descriptor", "Too many open files"]
        d.start(prefix=("prlimit", "--nofile=64:64"))
        d.wait("first looks", lambda: d.json("/v1/status")["endpoints"]["unobserved"] == 0, timeout=60)
        counts = d.json("/v1/status")["endpoints"]
        assert counts["closed"] == counts["filtered"] == 0 and counts["open"] > 0, counts


# ---- once


def test_daemon_once_prints_the_table_and_ends_as_probe_does(make, peer):
    d = make([endpoint(peer), {"name": "none", "address": f"127.0.40.9:{peer.port}"}])
    argv = [*d.wrapper, d.binary, "-c", str(d.path), "--once"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60 * d.slow)
    assert done.returncode == 1 and "1 of 2 ways are clear; 1 is not." in done.stdout, done
    done = subprocess.run([*argv, "-o", "json"], capture_output=True, text=True, timeout=60 * d.slow)
    assert [r["reason"] for r in json.loads(done.stdout)["results"]] == ["ok", "refused"], done
    assert not (d.folder / "history.db").exists()


def test_daemon_test_of_a_file_says_what_is_wrong_with_it(make, peer):
    d = make([endpoint(peer)])
    argv = [*d.wrapper, d.binary, "-t", str(d.path)]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60 * d.slow)
    assert (done.returncode, done.stderr) == (0, "") and "is well" in done.stdout, done
    d.path.write_text("providers: []\nprobe:\n  intervall: 5s\n")
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60 * d.slow)
    assert done.returncode == 2 and f"{d.path}:3: probe.intervall: " in done.stderr, done
    assert "did you mean 'interval'" in done.stderr, done
