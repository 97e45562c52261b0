#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The daemon as a whole: CPU per check, memory, lateness, bytes, and questions over its socket.

usage: daemon.py BANKSMAND BENCH OUR-CPU THEIR-CPU TCP-PORT TLS-PORT CA-FILE

BENCH is the folder of the bare programs.  The peers run already; addresses of 127.1.0.0/16 are
answered on the two ports.  Each figure is printed with its budget; see docs/benchmarks.md.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

WINDOW = float(os.environ.get("WINDOW", "12"))
READY_SECONDS = 60
CHUNK_SECONDS = 60


def address(i):
    return f"127.1.{i // 250}.{i % 250 + 1}"


class Daemon:
    """banksmand on a configuration, pinned to one processor."""

    def __init__(self, program, cpu, folder, endpoints, probe):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / "s"
        self.history = self.folder / "history.db"
        conf = self.folder / "banksman.yaml"
        lines = [f"- name: {name}\n  address: {where}\n{more}" for name, where, more in endpoints]
        conf.write_text(
            "node: bench\nendpoints:\n" + "".join(lines)
            + "probe:\n" + "".join(f"  {key}: {value}\n" for key, value in probe.items())
            + f"history:\n  path: {self.history}\napi:\n  socket: {self.socket}\n"
            + "metrics:\n  detail: summary\nlog:\n  level: warn\n")
        self.process = subprocess.Popen(["taskset", "-c", str(cpu), program, "-c", conf])
        give_up = time.monotonic() + READY_SECONDS
        while not self.socket.exists():
            if self.process.poll() is not None or time.monotonic() > give_up:
                sys.exit("bench: banksmand does not start")
            time.sleep(0.02)

    def stop(self):
        if self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(30) != 0:
            sys.exit("bench: banksmand failed")

    def get(self, path):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.socket))
        connection.request("GET", path, headers={"Connection": "close"})
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        if reply.status != 200:
            sys.exit(f"bench: {path}: status {reply.status}: {body[:200]}")
        return body

    def status(self):
        return json.loads(self.get("/v1/status"))

    def cpu(self):
        """Seconds on a processor so far, of all threads."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024

    def written(self):
        """Bytes handed to write(2) and its like: the WAL, the database, and a few replies."""
        text = pathlib.Path(f"/proc/{self.process.pid}/io").read_text()
        return int(re.search(r"wchar: (\d+)", text)[1])

    def lateness(self):
        """Upper bounds and cumulative counts of the lateness histogram."""
        rows = re.findall(r'banksman_schedule_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)',
                          self.get("/metrics").decode())
        return [(float(bound.replace("+Inf", "inf")), float(count)) for bound, count in rows]


@contextlib.contextmanager
def daemon(*args):
    with tempfile.TemporaryDirectory(prefix="banksman-bench-") as folder:
        running = Daemon(args[0], args[1], folder, *args[2:])
        try:
            yield running
        finally:
            running.stop()


def tcp(count, port):
    return [(f"t{i}", f"{address(i)}:{port}", "  check: tcp\n") for i in range(count)]


def wait_until(condition, what):
    give_up = time.monotonic() + 120
    while not condition():
        if time.monotonic() > give_up:
            sys.exit(f"bench: {what}: not within two minutes")
        time.sleep(0.2)


def all_checked(d):
    return d.status()["endpoints"].get("unobserved", 0) == 0


def verdict(value, budget):
    return "holds" if value <= budget else "over budget"


def row(label, value, budget, bound):
    print(f"{label:66} {value:>16}  {budget:<22} {bound}")


def bare(o, cpu, program, *args):
    """CPU per check of a bare program, in microseconds."""
    out = subprocess.run(["taskset", "-c", str(cpu), f"{o.bench}/{program}", "-m", "1000", *args],
                         env={**os.environ, "SSL_CERT_FILE": o.ca}, capture_output=True,
                         text=True, check=True)
    return float(out.stdout.split()[1])


def bare_reach(o, cpu, rate, seconds):
    return bare(o, cpu, "bare_reach", "-n", str(int(rate * seconds)), "-r", str(rate),
                "-p", str(o.tcp))


def bare_serve(o, cpu, rate, seconds):
    return bare(o, cpu, "bare_serve", "-k", "1", "-n", str(int(rate * seconds)), "-r", str(rate),
                "-p", str(o.tls))


def measure_reach(o):
    """CPU per check next to a bare loop that starts as many, as evenly."""
    count, rate = 1000, 1000
    ratios, ours, bares = [], [], []
    with daemon(o.program, o.cpu, tcp(count, o.tcp), {"interval": "1s", "timeout": "1s",
                                                      "separation": "off"}) as d:
        wait_until(lambda: all_checked(d), "first checks")
        for _ in range(5):
            least = bare_reach(o, o.their_cpu, rate, 4)
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
        measure_stored(d.history)


def measure_written(d):
    """Each endpoint hands its minute of samples over once in such a window."""
    before, written = d.status()["schedule"]["started"], d.written()
    time.sleep(CHUNK_SECONDS)
    samples = d.status()["schedule"]["started"] - before
    each = (d.written() - written) / samples
    row("written per sample at 1 s intervals, B", f"{each:.0f}", "<= 200", verdict(each, 200))


def measure_stored(history):
    """The pages of the samples and of their index, when the daemon has stopped."""
    with contextlib.closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as db:
        pages = db.execute("SELECT sum(pgsize) FROM dbstat"
                           " WHERE name IN ('sample', 'sqlite_autoindex_sample_1')").fetchone()[0]
        samples = db.execute("SELECT sum(count) FROM sample").fetchone()[0]
    each = pages / samples
    row("stored per sample, B", f"{each:.1f}", "<= 6", verdict(each, 6))


def percentile_bound(before, after, share):
    """The histogram's bound under which that share of the new observations lies."""
    total = after[-1][1] - before[-1][1]
    for (bound, count), (_, earlier) in zip(after, before):
        if count - earlier >= share * total:
            return bound
    return float("inf")


def measure_site(o):
    """1,500 endpoints: 150 of them black holes, the others served over TLS."""
    count = 1500
    tls = [(f"t{i}", f"{address(i)}:{o.tls}", f"  check: tls\n  ca: {o.ca}\n") for i in range(1350)]
    holes = [(f"h{i}", f"{o.hole}", "  check: tcp\n") for i in range(1)]
    probe = {"interval": "5s", "serve_interval": "60s", "timeout": "3s"}
    # What the same calls cost at this pace without a daemon, two programs one after the other.
    least = (bare_reach(o, o.cpu, 300, WINDOW) * 300
             + bare_serve(o, o.cpu, 22, WINDOW) * 22) / 1e6 * 100
    with daemon(o.program, o.cpu, tls + holes + tcp(count, o.tcp)[1351:], probe) as d:
        wait_until(lambda: all_checked(d), "first checks")
        time.sleep(20)  # the serve checks that a start brings
        before, cpu, late = time.monotonic(), d.cpu(), d.lateness()
        time.sleep(WINDOW * 5)
        share = (d.cpu() - cpu) / (time.monotonic() - before) * 100
        row("1,500 endpoints, reach 5 s, serve 60 s, % of one processor (bare)",
            f"{share:.2f} ({least:.2f})", "<= 2.5", verdict(share, 2.5))
        row("...their memory, MiB", f"{d.memory_mib():.1f}", "<= 24",
            verdict(d.memory_mib(), 24))
        bound = percentile_bound(late, d.lateness(), 0.99) * 1000
        row("...lateness of a start, 99 % below, ms", f"{bound:g}", "<= 5", verdict(bound, 5))
        times = []
        for i in range(200):
            start = time.perf_counter()
            d.get(f"/v1/history?endpoint=t{i}&resolution=spans")
            times.append((time.perf_counter() - start) * 1000)
        p99 = sorted(times)[-3]
        row("...spans of one endpoint over the socket, 99 % below, ms", f"{p99:.1f}", "<= 5",
            verdict(p99, 5))


def measure_many(o):
    """Memory alone: 20,000 endpoints."""
    with daemon(o.program, o.cpu, tcp(20000, o.tcp), {"interval": "60s"}) as d:
        wait_until(lambda: all_checked(d), "first checks of 20,000")
        row("20,000 endpoints at 60 s, memory, MiB", f"{d.memory_mib():.1f}", "<= 100",
            verdict(d.memory_mib(), 100))


class Options:
    def __init__(self, words):
        self.program, self.bench, self.cpu, self.their_cpu, self.tcp, self.tls, self.ca = words


def main():
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    o = Options(sys.argv[1:])
    # A listener that never accepts, its queue filled: further SYNs are dropped in silence.
    with socket.socket() as deaf, contextlib.ExitStack() as stack:
        deaf.bind(("127.2.0.1", 0))
        deaf.listen(0)
        o.hole = "%s:%s" % deaf.getsockname()
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(deaf.getsockname())
        for measure in (measure_reach, measure_site, measure_many):
            measure(o)


if __name__ == "__main__":
    main()
