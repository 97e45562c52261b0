# SPDX-License-Identifier: Apache-2.0
"""A storm of changes: ports that open and close all the time, and what must be true of the alerts afterwards."""

import contextlib
import datetime
import random
import sqlite3
import threading

from lab.peers import Peer, hold, listener

HISTORY_SECONDS = 2  # want.c


class Storm:
    """Ports of one address, which a thread opens and closes at random until calm().

    One address is one host: however many of its ports are closed at once, the node is not isolated.
    """

    def __init__(self, count, address, pause=(0.02, 0.12), seed=902):
        self.peers = [Peer(hold, listener(address)) for _ in range(count)]
        self.pause = pause
        self.dice = random.Random(seed)
        self.changes = 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.blow, daemon=True)

    def endpoints(self):
        return [{"name": f"p{i}", "address": f"{p.address}:{p.port}"} for i, p in enumerate(self.peers)]

    def blow(self):
        while not self.stopping.wait(self.dice.uniform(*self.pause)):
            peer = self.dice.choice(self.peers)
            (peer.open_port if peer.closed else peer.close_port)()
            self.changes += 1

    def start(self):
        self.thread.start()

    def calm(self):
        """All ports are open, for good."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()
        for peer in self.peers:
            peer.open_port()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()
        for peer in self.peers:
            peer.stop()


def when(ms):
    """As alerts say it."""
    moment = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}Z"


class Row:
    """One instance of an alert in the history."""

    def __init__(self, identity, starts, ends, revision, coalesced, silenced, settled):
        self.identity = identity
        self.starts = when(starts)
        self.ends = None if ends is None else when(ends)
        self.revision = revision
        self.coalesced = coalesced
        self.silenced = silenced
        self.settled = settled
        self.key = (identity, self.starts)

    def __repr__(self):
        return f"<{self.identity} {self.starts} - {self.ends} revision={self.revision} coalesced={self.coalesced}>"


class History:
    """The database as an independent reader finds it."""

    def __init__(self, path):
        self.path = path

    def ask(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def alerts(self):
        """Instances, by identity and then oldest first."""
        return [Row(*values) for values in self.ask(
            "SELECT identity, starts_ms, ends_ms, revision, coalesced, silenced, settled FROM alert"
            " ORDER BY identity, starts_ms")]  # fmt: skip

    def closings(self):
        """Of committed transitions of a port to closed: the key that its alert must have."""
        return [(f"PortClosed {name} {address}", when(ms)) for name, address, ms in self.ask(
            "SELECT name, address, at_ms FROM event JOIN endpoint ON endpoint.id = endpoint_id"
            " WHERE kind = 'port' AND after = 'closed'")]  # fmt: skip

    def refused(self):
        return self.ask("SELECT sink, identity, refused FROM delivery JOIN alert ON alert.id = alert_id WHERE refused > 0")


def told_of(sink):
    """Of a webhook: identity and beginning -> the newest revision that it took."""
    told = {}
    with sink.changed:
        for a in sink.taken:
            key = (a["identity"], a["startsAt"])
            if key not in told or told[key]["revision"] <= a["revision"]:
                told[key] = a
    return told


def still_active(sink):
    """Identities of which the last telling was no end."""
    last = {}
    with sink.changed:
        for a in sink.taken:
            last[a["identity"]] = a
    return [i for i, a in last.items() if a["status"] != "resolved"]


def twice(sink):
    """How many tellings the sink took more than once."""
    with sink.changed:
        keys = [(a["identity"], a["startsAt"], a["revision"]) for a in sink.taken]
    return len(keys) - len(set(keys))


def first_told(sink):
    """Identity and beginning -> seconds from it to the first telling."""
    lags = {}
    for r in list(sink.received):
        for a in r.alerts():
            starts = datetime.datetime.fromisoformat(a["startsAt"].replace("Z", "+00:00")).timestamp()
            lags.setdefault((a["identity"], a["startsAt"]), r.wall - starts)
    return lags


def judge(history, sink):
    """Everything arrived, or what came later says that it did not; nothing else did.  Returns figures.

    A history that is so slow that it keeps a change only after HISTORY_SECONDS is not waited for: what was told
    then and lost in a kill is counted apart.
    """
    assert history.ask("PRAGMA integrity_check") == [("ok",)]
    rows, closings, told = history.alerts(), history.closings(), told_of(sink)
    keys = [row.key for row in rows]
    assert len(closings) == len(set(closings)) and set(keys) == set(closings), (
        f"without an alert: {sorted(set(closings) - set(keys))}; without a change: {sorted(set(keys) - set(closings))}")
    never = {key: first_told(sink)[key] for key in told.keys() - set(keys)}
    assert all(lag >= HISTORY_SECONDS for lag in never.values()), f"told of what never was, after seconds: {never}"
    unknown = halves = 0
    for row, later in zip(rows, [*rows[1:], None]):
        a = told.get(row.key)
        if a is not None and a["revision"] == row.revision:
            assert (a["status"], a["endsAt"]) == ("resolved", row.ends), (row, a)
            continue
        # The next instance took its place before the sink was told, and says so.
        assert later is not None and later.identity == row.identity, f"nobody was told of {row}: {a}"
        assert later.coalesced > row.coalesced, (row, later, a)
        unknown += a is None
        halves += a is not None
    assert all(row.ends is not None and row.settled in (0, 1) for row in rows), rows
    return {"transitions": len(closings), "told": len(told), "history too slow": len(never), "superseded untold": unknown,
            "superseded half told": halves, "told twice": twice(sink), "tellings": len(sink.taken)}
