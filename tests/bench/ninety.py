# SPDX-License-Identifier: Apache-2.0
"""A history of 90 days of 1,500 endpoints: starts on it, questions to it, lateness meanwhile.

A tenth of the endpoints are black holes.  What is asked is drawn anew each time, the endpoint and
the window too.
"""

import contextlib
import os
import random
import statistics
import tempfile
import time

import past
from running import (Daemon, address, bare_reach, late_ms, percentile, row, served, stored, verdict,
                     wait_until)

ENDPOINTS, HOLES = 1500, 150
INTERVAL_SECONDS = 5
RATE, BARE_SECONDS = ENDPOINTS // INTERVAL_SECONDS, 12  # of a bare loop on the same processor
STARTS = 3
QUESTIONS = int(os.environ.get("QUESTIONS", "300"))  # of each kind
SETTLE_SECONDS = 20  # the serve checks that a start brings
WINDOW_SECONDS, PATIENCE_SECONDS = 60, 300
HISTORY_BUDGET_MS, START_BUDGET_MS, LATE_BUDGET_MS = 5, 1000, 5


def site(o):
    return served(o, ENDPOINTS - HOLES) + [
        (f"h{i}", f"{address(i, 2)}:{o.hole}", "  check: tcp\n") for i in range(HOLES)]


@contextlib.contextmanager
def running(o, folder):
    probe = {"interval": f"{INTERVAL_SECONDS}s", "serve_interval": "60s", "timeout": "3s"}
    d = Daemon(o.program, o.cpu, folder, site(o), probe)
    try:
        yield d
    finally:
        d.stop()


# ---- the file


def make(o, folder):
    """The daemon makes the file and its endpoints; the rest is filled in."""
    with running(o, folder) as d:
        wait_until(d.all_checked, "first checks")
    began = time.monotonic()
    past.fill(d.history, lambda name: name.startswith("h"), int(time.time() * 1000))
    took = time.monotonic() - began
    row("90 days of 1,500 endpoints: MiB", f"{d.history.stat().st_size / 2**20:.0f}",
        bound=f"made in {took:.0f} s")
    each = stored(d.history)
    row("...stored per sample, of 180 us to 20 ms, five minutes a row, B", f"{each:.1f}", "<= 6",
        verdict(each, 6))


def forget_cached(history):
    """The kernel keeps no page of it in memory, as after a reboot."""
    with open(history, "rb") as f:
        os.fsync(f.fileno())
        os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def cache(history):
    with open(history, "rb") as f:
        while f.read(1 << 20):
            pass


def measure_starts(o, folder):
    for words, prepare in (("from the disk", forget_cached), ("from memory", cache)):
        times = []
        for _ in range(STARTS):
            prepare(f"{folder}/history.db")
            with running(o, folder) as d:
                times.append(d.start_ms)
        ready = statistics.median(times)
        row(f"...until a start on it is ready, {words}, ms", f"{ready:.0f}",
            f"< {START_BUDGET_MS}", verdict(ready, START_BUDGET_MS - 1))


# ---- questions


class Asker:
    """Questions as paths, each about something else."""

    def __init__(self, now_ms, seed=1):
        self.random = random.Random(seed)
        self.now_ms = now_ms

    def window(self, days, within):
        """Of so many days, somewhere in the last `within`; every other ends now."""
        back = self.random.choice((0, self.random.uniform(0, within - days)))
        end = self.now_ms - int(back * past.DAY)
        return f"from={past.rfc3339(end - int(days * past.DAY))}&to={past.rfc3339(end)}"

    def history(self, resolution, days, within=past.DAYS, more=""):
        name = f"t{self.random.randrange(ENDPOINTS - HOLES)}"
        return (f"/v1/history?endpoint={name}&resolution={resolution}"
                f"&{self.window(days, within)}{more}")

    def moment(self):
        at = self.now_ms - int(self.random.uniform(0, past.DAYS) * past.DAY)
        return f"/v1/at?time={past.rfc3339(at)}"

    def events(self):
        return f"/v1/events?after={self.random.randrange(1000, 50000)}"

    def kinds(self):
        kept = past.SAMPLE_DAYS
        return {
            "health, which asks no history": (lambda: "/healthz", None),
            "spans, 24 h": (lambda: self.history("spans", 1), HISTORY_BUDGET_MS),
            "spans, 30 d": (lambda: self.history("spans", 30), HISTORY_BUDGET_MS),
            "samples, 24 h": (lambda: self.history("samples", 1, kept, "&limit=300"), None),
            "roll-ups, 30 d": (lambda: self.history("rollups", 30, more="&limit=720"), None),
            "summary, 24 h": (lambda: self.history("summary", 1, kept), None),
            "summary, 30 d": (lambda: self.history("summary", 30), None),
            "everything at a moment, a page of 100": (self.moment, None),
            "events, a page of 100": (self.events, None),
            "status": (lambda: "/v1/status", None),
        }


def measure_question(d, label, question, budget):
    times = d.ask_each_ms(question() for _ in range(QUESTIONS))
    median, most = percentile(times, 50), percentile(times, 99)
    row(f"...{label}, ms: half below, 99 % below", f"{median:.1f} {most:.1f}",
        f"<= {budget}" if budget else "", verdict(most, budget) if budget else "")


def measure_questions(d, asker):
    kinds = asker.kinds()
    forget_cached(d.history)
    for label in ("spans, 24 h", "spans, 30 d"):
        measure_question(d, f"{label}, from the disk", kinds[label][0], None)
    cache(d.history)
    for label, (question, budget) in kinds.items():
        measure_question(d, label, question, budget)


def measure_lateness(o, d, ask_all, question):
    """While everything is asked, and on until a checkpoint has come; beside it a bare loop's."""
    began, before = time.monotonic(), d.lateness()
    touched = {d.history.stat().st_mtime_ns}  # only a checkpoint writes to the database
    ask_all()
    asked = 0
    while (time.monotonic() < began + WINDOW_SECONDS or len(touched) == 1) \
            and time.monotonic() < began + PATIENCE_SECONDS:
        d.ask_ms(question())
        asked += 1
        touched.add(d.history.stat().st_mtime_ns)
    after = d.lateness()
    late = late_ms(before, after, 0.99)
    bare = bare_reach(o, o.cpu, RATE, BARE_SECONDS)["late_99_us"] / 1000
    row(f"...lateness of a start meanwhile, {HOLES} black holes, 99 % below, ms (bare)",
        f"{late:g} ({bare:.1f})", f"<= {LATE_BUDGET_MS}", verdict(late, LATE_BUDGET_MS))
    row("...of so many starts", f"{after[-1][1] - before[-1][1]:.0f}",
        bound=f"{len(touched) - 1} moments with a checkpoint, {asked} further questions")


def measure(o):
    with tempfile.TemporaryDirectory(prefix="banksman-bench-") as folder:
        make(o, folder)
        measure_starts(o, folder)
        with running(o, folder) as d:
            wait_until(d.all_checked, "first checks")
            time.sleep(SETTLE_SECONDS)
            asker = Asker(int(time.time() * 1000))
            question = asker.kinds()["spans, 30 d"][0]
            measure_lateness(o, d, lambda: measure_questions(d, asker), question)
