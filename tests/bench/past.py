# SPDX-License-Identifier: Apache-2.0
"""Fills a history that the daemon has made, with its endpoints, as if it had run for 90 days.

What is there: samples as the daemon hands them over at its usual interval of 10 s, which is every
five minutes; a roll-up for each hour; a week between restarts; outages of single endpoints, of
several at once, and of some that flap, as spans, events, lost samples and alerts; a certificate
that each served endpoint has renewed once.  Rows are written in the order of time, as they would
have come, so that the pages of the indexes are as full as they would be.  Round-trip times are
drawn from a stock of some thousand chunks.  The same seed gives the same past.
"""

import collections
import datetime
import json
import random
import sqlite3

SECOND, HOUR, DAY = 1000, 3600_000, 86400_000
DAYS, SAMPLE_DAYS = 90, 14
INTERVAL = 10 * SECOND
SLOTS = 31  # until a chunk is five minutes old
STOCK = 512  # chunks of each class
CLASSES = (180, 250, 400, 700, 1200, 2500, 6000, 20000)  # microseconds
HOLE = len(CLASSES)  # the class of what never answers
RESTART = 7 * DAY
STOPPED = 4 * SECOND  # between two lives
CERTIFICATE_BYTES = 1100

Outage = collections.namedtuple("Outage", "began ended state reason offender detail")
REASONS = (
    ("filtered", "no-answer", None, "it does not answer: a firewall drops it, or it is down"),
    ("closed", "refused", None, "it refuses: nothing listens there"),
    ("filtered", "admin-prohibited", "10.1.7.1", "10.1.7.1 rejects it: forbidden by a rule"),
    ("unreachable", "host-unreachable", "10.1.7.1", "10.1.7.1 says: no way to the host"),
)


class Past:
    """The plan: what happened to whom.  ends: the moment at which the daemon was stopped."""

    def __init__(self, endpoints, holes, ends, seed=1):
        self.random = random.Random(seed)
        self.ends = ends
        self.begins = ends - DAYS * DAY
        self.endpoints = endpoints  # row, name, address
        self.holes = holes  # of the rows
        self.lives = []
        at = self.begins
        while at < ends:
            self.lives.append((at, min(at + RESTART, ends)))
            at += RESTART + STOPPED
        self.outages = self.plan()

    def klass(self, row):
        return HOLE if row in self.holes else row % HOLE

    def outage(self, at, length):
        return Outage(at, at + max(length, 2 * SECOND), *self.random.choice(REASONS))

    def plan(self):
        r = self.random
        well = [row for row, _, _ in self.endpoints if row not in self.holes]
        plan = {row: [] for row in well}
        for row in well:  # one in ten days, half of them shorter than three minutes
            at = self.begins + r.expovariate(1 / (10 * DAY))
            while at < self.ends - DAY:
                length = min(r.lognormvariate(12.1, 1.5), 12 * HOUR)
                plan[row].append(self.outage(int(at), int(length)))
                at += length + r.expovariate(1 / (10 * DAY))
        for _ in range(12):  # a change on a firewall: a tenth of them at once
            at = r.randint(self.begins, self.ends - 2 * DAY)
            length = r.randint(5, 40) * 60 * SECOND
            for row in r.sample(well, len(well) // 10):
                plan[row].append(self.outage(at + r.randint(0, INTERVAL), length))
        for row in r.sample(well, len(well) // 75):  # a week of flapping
            at = r.randint(self.begins, self.ends - 8 * DAY)
            for _ in range(200):
                plan[row].append(self.outage(at, r.randint(30, 90) * SECOND))
                at += r.randint(10 * 60, 90 * 60) * SECOND
        return {row: apart(outages) for row, outages in plan.items()}


def apart(outages):
    """In order, and those left out that begin before the one before has ended."""
    kept = []
    for outage in sorted(outages):
        if not kept or outage.began > kept[-1].ended + 60 * SECOND:
            kept.append(outage)
    return kept


def rfc3339(ms):
    t = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
    return t.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# ---- what is there in bulk


def chunk(r, base):
    """The JSON of a chunk as the daemon writes it."""
    slots = []
    for _ in range(SLOTS):
        us = r.lognormvariate(0, 0.12) * base * (r.uniform(2, 9) if r.random() < 0.01 else 1)
        slots.append("null" if r.random() < 0.0003 else str(int(us)))
    return "[" + ",".join(slots) + "]"


def put_stock(db, past):
    db.execute("CREATE TEMP TABLE stock (id INTEGER PRIMARY KEY, rtt TEXT)")
    rows = [chunk(past.random, base) for base in CLASSES for _ in range(STOCK)]
    rows += ["[" + ",".join(["null"] * SLOTS) + "]"] * STOCK
    db.executemany("INSERT INTO stock VALUES (?, ?)", enumerate(rows))
    db.execute("CREATE TEMP TABLE watched (id INTEGER PRIMARY KEY, class INT, base INT, phase INT)")
    db.executemany("INSERT INTO watched VALUES (?, ?, ?, ?)", [
        (row, past.klass(row), (CLASSES + (None,))[past.klass(row)], row * 7919 % INTERVAL)
        for row, _, _ in past.endpoints])


def put_samples(db, past):
    step = INTERVAL * SLOTS
    first = past.ends - SAMPLE_DAYS * DAY - DAY // 2  # retention lets them be some hours late
    db.execute("""
        WITH RECURSIVE step (n, at) AS (
            SELECT 0, :first UNION ALL SELECT n + 1, at + :step FROM step WHERE at < :last)
        INSERT INTO sample (endpoint_id, start_ms, seq, interval_ms, count, rtt)
        SELECT w.id, s.at + w.phase, 0, :interval, :slots, k.rtt
        FROM step s CROSS JOIN watched w CROSS JOIN stock k
        WHERE k.id = w.class * :stock + (w.id * 7919 + s.n * 104729 + w.id * s.n % 997) % :stock
        """, {"first": first - first % step, "step": step, "last": past.ends - 2 * step,
              "interval": INTERVAL, "slots": SLOTS, "stock": STOCK})


def put_rollups(db, past):
    db.execute("""
        WITH RECURSIVE hour (at) AS (
            SELECT :first UNION ALL SELECT at + 3600000 FROM hour WHERE at < :last),
        one (id, at, well, base, bits) AS (
            SELECT w.id, h.at, w.base IS NOT NULL, w.base, (w.id * 31 + h.at / 3600000 * 17) % 101
            FROM hour h CROSS JOIN watched w)
        INSERT INTO rollup SELECT id, at, 360, iif(well, bits % 50 = 0, 360), 0,
            base * 7 / 10 - bits / 4, base * 11 / 10 + bits, base + bits, base * 13 / 10 + bits,
            base * 5 + bits * 10, base / 8 + bits / 10
        FROM one
        """, {"first": past.begins - past.begins % HOUR + HOUR,
              "last": past.ends - past.ends % HOUR - 2 * HOUR})


def lose_samples(db, past):
    """What was sent during an outage was lost."""
    oldest = past.ends - SAMPLE_DAYS * DAY
    for row, outages in past.outages.items():
        for o in outages:
            for hour in range(o.began - o.began % HOUR, o.ended, HOUR):
                lost = (min(o.ended, hour + HOUR) - max(o.began, hour)) // INTERVAL
                db.execute("UPDATE rollup SET lost = min(count, lost + ?)"
                           " WHERE endpoint_id = ? AND hour_ms = ?", (lost, row, hour))
            if o.ended > oldest:
                lose_chunks(db, row, o)


def lose_chunks(db, row, o):
    chunks = db.execute("SELECT id, start_ms, rtt FROM sample WHERE endpoint_id = ?"
                        " AND start_ms > ? AND start_ms < ?",
                        (row, o.began - INTERVAL * SLOTS, o.ended)).fetchall()
    for number, start, text in chunks:
        slots = json.loads(text)
        for i in range(len(slots)):
            if o.began <= start + i * INTERVAL < o.ended:
                slots[i] = None
        db.execute("UPDATE sample SET rtt = ? WHERE id = ?",
                   (json.dumps(slots, separators=(",", ":")), number))


# ---- what changed


def states(past, row):
    """(aspect, began, ended, state, reason, offender, detail), one after the other."""
    if row in past.holes:
        yield "port", past.begins, past.ends, *REASONS[0]
        return
    well = past.begins
    for o in past.outages[row] + [None]:
        ends = o.began if o else past.ends
        yield "port", well, ends, "open", "ok", None, None
        yield "service", well, ends, "serving", "serving", None, None
        if o:
            yield "port", o.began, o.ended, o.state, o.reason, o.offender, o.detail
            yield "service", o.began, o.ended, "untried", "untried", None, None
            well = o.ended
    yield "trust", past.begins, past.ends, "trusted", "trusted", None, None


def put_spans(db, past):
    """A state that outlasts a life of the daemon is a span in each."""
    spans = []
    events = []
    for row, _, _ in past.endpoints:
        before = {}
        for aspect, began, ended, state, reason, offender, detail in states(past, row):
            events.append((began, row, aspect, before.get(aspect), state, reason, detail))
            before[aspect] = state
            for life, end in past.lives:
                since, until = max(began, life), min(ended, end)
                if since < until:
                    spans.append((row, aspect, state, reason, offender, detail, began, since,
                                  until, until, (until - since) // INTERVAL + 1))
    for since, until in past.lives:
        events.append((since, None, "started", None, "0.1.0", None, None))
        events.append((until, None, "stopped", None, None, None, None))
    db.executemany("""INSERT INTO span (endpoint_id, aspect, state, reason, offender, detail,
        began_ms, since_ms, until_ms, seen_ms, count) VALUES (?,?,?,?,?,?,?,?,?,?,?)""",
                   sorted(spans, key=lambda span: span[7]))
    db.executemany("""INSERT INTO event (at_ms, endpoint_id, kind, before, after, reason, detail)
        VALUES (?,?,?,?,?,?,?)""", sorted(events, key=lambda event: event[0]))


def put_certificates(db, past):
    r = past.random
    for n, row in enumerate(past.outages):
        renewed = r.randint(past.begins + DAY, past.ends - DAY)
        for i, (first, last) in enumerate(((past.begins, renewed), (renewed, past.ends))):
            number = 2 * n + i + 1
            db.execute("INSERT INTO certificate VALUES (?,?,?,?,?,?,?,?,?,?)", (
                number, r.randbytes(32), r.randbytes(20), r.randbytes(32),
                r.randbytes(CERTIFICATE_BYTES), f"CN=host{row}.example.com,O=Example",
                "CN=Example CA,O=Example", first - DAY, first + 365 * DAY, 0))
            db.execute("INSERT INTO sighting (endpoint_id, certificate_id, first_ms, last_ms)"
                       " VALUES (?,?,?,?)", (row, number, first, last))


def alert(name, address, o):
    labels = {"alertname": "PortClosed", "severity": "critical", "node": "bench", "target": name,
              "host": address, "address": address, "port": "443", "role": "esxi"}
    annotations = {
        "summary": f"{name}: {o.detail}", "state": o.state, "reason": o.reason,
        "description": f"The port of {name} is {o.state} since {rfc3339(o.began)}: {o.detail}",
        "impact": "disk transfer of migrations that use this host waits or fails",
        "remedy": "let this node's network reach the port; ask who changed a firewall on the way",
        "last_good": rfc3339(o.began - INTERVAL), "trace": "silent beyond 10.1.7.1 (hop 3 of 4)",
        "resolution": "open"}
    return json.dumps(labels), json.dumps(annotations)


def put_alerts(db, past):
    told = sorted((o.began, name, address, row, o) for row, name, address in past.endpoints
                  if row not in past.holes for o in past.outages[row])
    for began, name, address, row, o in told:
        subject = f"{name} {address}"
        cursor = db.execute("INSERT INTO alert VALUES (NULL,?,?,?,?,?,?,?,2,0,0,1,?,?)", (
            f"PortClosed {subject}", "PortClosed", subject, "critical", row, began, o.ended,
            *alert(name, address, o)))
        db.execute("INSERT INTO delivery VALUES (?,?,?,0,1,?)",
                   (cursor.lastrowid, "alertmanager", 2, o.ended))


def put_traces(db, past):
    hops = json.dumps([{"ttl": n, "address": f"10.1.{n}.1", "rtt_us": 300 * n} for n in range(1, 4)]
                      + [{"ttl": n} for n in range(4, 8)])
    traces = sorted((o.began + 4 * SECOND, row, f"{address}:443", o.reason)
                    for row, _, address in past.endpoints if row not in past.holes
                    for o in past.outages[row] if o.state == "filtered")
    db.executemany("INSERT INTO trace (at_ms, endpoint_id, target, outcome, reason, hop, hops)"
                   f" VALUES (?,?,?,'silent-beyond',?,'10.1.3.1','{hops}')", traces)


def fill(path, is_hole, ends):
    """Fills the history at path, which the daemon has made and left, up to `ends`; a Past."""
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -262144",
                   "temp_store = MEMORY"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    endpoints = db.execute("SELECT id, name, address FROM endpoint WHERE address <> ''"
                           " ORDER BY id").fetchall()
    past = Past(endpoints, {row for row, name, _ in endpoints if is_hole(name)}, ends)
    db.execute("BEGIN")
    # What the daemon has seen when it made the file.
    for table in ("delivery", "alert", "event", "span", "sample", "rollup", "sighting",
                  "certificate", "trace", "run"):
        db.execute(f"DELETE FROM {table}")
    db.execute("UPDATE endpoint SET enrolled_ms = ?", (past.begins,))
    db.executemany("INSERT INTO run (started_ms, alive_ms, stopped_ms, node, version, believed_ms)"
                   " VALUES (?1, ?2, ?2, 'bench', '0.1.0', ?2)", past.lives)
    put_stock(db, past)
    put_spans(db, past)
    put_certificates(db, past)
    put_traces(db, past)
    put_alerts(db, past)
    put_rollups(db, past)
    put_samples(db, past)
    lose_samples(db, past)
    db.execute("COMMIT")
    db.execute("PRAGMA journal_mode = WAL").fetchall()
    db.close()
    return past
