# SPDX-License-Identifier: Apache-2.0
"""GET /v1/events?follow=true over histories that end and begin."""

import contextlib
import json

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from lab.peers import Peer, hold, listener


@pytest.fixture
def daemon(binary, slow):
    with Peer(hold, listener("127.0.40.4")) as peer, public_folder() as folder:
        conf = {
            "endpoints": [{"name": "web", "address": f"{peer.address}:{peer.port}"}],
            "probe": {"interval": "1s", "timeout": "400ms", "confirm": []},
        }
        d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
        d.peer = peer
        try:
            yield d.start()
        finally:
            d.stop()


class Stream:
    """The events that come, as long as one reads."""

    def __init__(self, daemon, query):
        self.daemon = daemon
        self.connection = daemon.connect(timeout=30)
        self.connection.request("GET", f"/v1/events?follow=true{query}")
        self.reply = self.connection.getresponse()
        assert self.reply.status == 200

    def next(self):
        while True:
            line = self.reply.readline()
            assert line, "the stream ended"
            if line != b"\n":
                return json.loads(line)

    def until(self, wanted):
        """What comes up to the first event for which wanted() holds."""
        seen = []
        while not seen or not wanted(seen[-1]):
            seen.append(self.next())
        return seen


@contextlib.contextmanager
def follower(daemon, query=""):
    stream = Stream(daemon, query)
    try:
        yield stream
    finally:
        stream.connection.close()


def some_events(daemon, count):
    def enough():
        events = daemon.json("/v1/events?limit=1000")["events"]
        return len(events) >= count and events

    return daemon.wait(f"{count} events", enough)


def test_follow_after_more_than_there_is_tells_all(daemon):
    newest = some_events(daemon, 2)[0]["id"]
    with follower(daemon, f"&after={newest + 1000}") as stream:
        seen = stream.until(lambda e: e["id"] == newest)
        assert [e["id"] for e in seen] == list(range(1, newest + 1)), seen
        assert daemon.post("/v1/reload").status == 200
        assert stream.next()["id"] == newest + 1


def test_follow_goes_on_in_a_new_history_at_once(daemon):
    """Its events are numbered from 1 again, and soon there are more than there were before."""
    daemon.expected += ["moved or deleted"]
    some_events(daemon, 2)
    with follower(daemon) as stream:
        assert daemon.post("/v1/reload").status == 200
        assert stream.next()["kind"] == "reloaded"
        for suffix in ("", "-wal", "-shm"):
            (daemon.folder / f"history.db{suffix}").unlink(missing_ok=True)
        daemon.wait("new history", lambda: (daemon.folder / "history.db").exists())
        for _ in range(10):
            assert daemon.post("/v1/reload").status == 200
        seen = stream.until(lambda e: e["id"] == 10)
        assert [e["id"] for e in seen] == list(range(1, 11)), seen


def test_follow_after_the_newest_tells_what_comes(daemon):
    newest = some_events(daemon, 2)[0]["id"]
    with follower(daemon, f"&after={newest}") as stream:
        assert daemon.post("/v1/reload").status == 200
        assert stream.next()["id"] == newest + 1
