#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon as a whole: CPU per check, memory, lateness, bytes, and questions over its socket.

usage: daemon.py BANKSMAND BENCH OUR-CPU THEIR-CPU TCP-PORT TLS-PORT CA-FILE

BENCH is the folder of the bare programs.  The peers run already; addresses of 127.1.0.0/16 are
answered on the two ports.  Each figure is printed with its budget; see docs/benchmarks.md.
"""

import contextlib
import os
import socket
import statistics
import sys
import tempfile
import time

import discovered
import ninety
from running import (Daemon, address, bare_reach, bare_serve, late_ms, percentile, row, served,
                     stored, tcp, verdict, wait_until)

WINDOW = float(os.environ.get("WINDOW", "12"))
SITE_WINDOW = float(os.environ.get("SITE_WINDOW", str(WINDOW * 5)))
CHUNK_SECONDS = 60


@contextlib.contextmanager
def daemon(*args):
    with tempfile.TemporaryDirectory(prefix="banksman-bench-") as folder:
        running = Daemon(args[0], args[1], folder, *args[2:])
        try:
            yield running
        finally:
            running.stop()


def measure_reach(o):
    """CPU per check next to a bare loop that starts as many, as evenly."""
    count, rate = 1000, 1000
    ratios, ours, bares = [], [], []
    with daemon(o.program, o.cpu, tcp(count, o.tcp), {"interval": "1s", "timeout": "1s",
                                                      "separation": "off"}) as d:
        wait_until(d.all_checked, "first checks")
        for _ in range(5):
            least = bare_reach(o, o.their_cpu, rate, 4)["cpu_us"]
            before, cpu = d.status()["schedule"]["started"], d.cpu()
            time.sleep(WINDOW / 3)
            checks = d.status()["schedule"]["started"] - before
            mine = (d.cpu() - cpu) / checks * 1e6
            bares.append(least)
            ours.append(mine)
            ratios.append(mine / least)
        ratio = statistics.median(ratios)
        row("reach check, whole daemon, us (bare loop, as evenly paced)",
            f"{statistics.median(ours):.1f} ({statistics.median(bares):.1f})",
            f"ratio {ratio:.2f} <= 1.35", verdict(ratio, 1.35))
        measure_written(d)
        d.stop()
        each = stored(d.history)
        row("stored per sample, B", f"{each:.1f}", "<= 6", verdict(each, 6))


def measure_written(d):
    """Each endpoint hands its minute of samples over once in such a window."""
    before, written = d.status()["schedule"]["started"], d.written()
    time.sleep(CHUNK_SECONDS)
    samples = d.status()["schedule"]["started"] - before
    each = (d.written() - written) / samples
    row("written per sample at 1 s intervals, B", f"{each:.0f}", "<= 200", verdict(each, 200))


def measure_site(o):
    """1,500 endpoints: 1,350 are served over TLS, one is a black hole."""
    count = 1500
    tls = served(o, 1350)
    holes = [("h0", f"{address(0, 2)}:{o.hole}", "  check: tcp\n")]
    probe = {"interval": "5s", "serve_interval": "60s", "timeout": "3s"}
    # What the same calls cost at this pace without a daemon, two programs one after the other.
    paced = bare_reach(o, o.cpu, 300, WINDOW)
    least = (paced["cpu_us"] * 300
             + bare_serve(o, o.cpu, 22, WINDOW)["cpu_us"] * 22) / 1e6 * 100
    with daemon(o.program, o.cpu, tls + holes + tcp(count, o.tcp)[1351:], probe) as d:
        wait_until(d.all_checked, "first checks")
        time.sleep(20)  # the serve checks that a start brings
        before, cpu, late = time.monotonic(), d.cpu(), d.lateness()
        time.sleep(SITE_WINDOW)
        share = (d.cpu() - cpu) / (time.monotonic() - before) * 100
        row(f"1,500 endpoints, reach 5 s, serve 60 s, {SITE_WINDOW:g} s: % of a processor (bare)",
            f"{share:.2f} ({least:.2f})", "<= 2.5", verdict(share, 2.5))
        row(f"...their memory, with {d.alerts():.0f} alerts, MiB", f"{d.memory_mib():.1f}", "<= 24",
            verdict(d.memory_mib(), 24))
        bound = late_ms(late, d.lateness(), 0.99)
        row("...lateness of a start, 99 % below, ms (bare)",
            f"{bound:g} ({paced['late_99_us'] / 1000:.1f})", "<= 5", verdict(bound, 5))
        times = d.ask_each_ms(
            f"/v1/history?endpoint=t{i}&resolution=spans" for i in range(200))
        p99 = percentile(times, 99)
        row("...spans of one endpoint over the socket, 99 % below, ms", f"{p99:.1f}", "<= 5",
            verdict(p99, 5))


def measure_many(o):
    """Memory alone: 20,000 endpoints."""
    with daemon(o.program, o.cpu, tcp(20000, o.tcp), {"interval": "60s"}) as d:
        wait_until(d.all_checked, "first checks of 20,000")
        row("20,000 endpoints at 60 s, memory, MiB", f"{d.memory_mib():.1f}", "<= 100",
            verdict(d.memory_mib(), 100))


class Options:
    def __init__(self, words):
        self.program, self.bench, self.cpu, self.their_cpu, self.tcp, self.tls, self.ca = words
        self.hole = None  # a port that is silent on all addresses of the loopback interface


MEASURES = {"reach": measure_reach, "site": measure_site, "many": measure_many,
            "discovered": lambda o: discovered.measure(o, SITE_WINDOW), "ninety": ninety.measure}


def main():
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    o = Options(sys.argv[1:])
    wanted = os.environ.get("ROWS", " ".join(MEASURES)).split()
    # A listener that never accepts, its queue filled: further SYNs are dropped in silence.
    with socket.socket() as deaf, contextlib.ExitStack() as stack:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
        deaf.bind(("", 0))
        deaf.listen(0)
        o.hole = deaf.getsockname()[1]
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect((address(0, 2), o.hole))
        for name in wanted:
            MEASURES[name](o)


if __name__ == "__main__":
    main()
