# SPDX-License-Identifier: Apache-2.0
"""A daemon that is being measured, and how its figures are printed."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import time

READY_SECONDS = 60
PAUSE_SECONDS = 0.002


def address(i, net=1):
    return f"127.{net}.{i // 250}.{i % 250 + 1}"


def tcp(count, port):
    return [(f"t{i}", f"{address(i)}:{port}", "  check: tcp\n") for i in range(count)]


def served(o, count):
    """TLS services, all well: their certificate names no address, so it is pinned."""
    der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((address(0), o.tls)))
    pin = hashlib.sha256(der).digest().hex(":")
    return [(f"t{i}", f"{address(i)}:{o.tls}",
             f'  check: tls\n  ca: {o.ca}\n  fingerprint: "{pin}"\n') for i in range(count)]


class Daemon:
    """banksmand on a configuration, pinned to one processor.

    endpoints: name, address, and further lines of YAML of each.  more: further sections.
    """

    def __init__(self, program, cpu, folder, endpoints, probe, detail="summary", more=""):
        self.folder = pathlib.Path(folder)
        self.socket = self.folder / "s"
        self.history = self.folder / "history.db"
        conf = self.folder / "banksman.yaml"
        lines = [f"- name: {name}\n  address: {where}\n{more}" for name, where, more in endpoints]
        conf.write_text(
            "node: bench\nendpoints:" + ("\n" + "".join(lines) if lines else " []\n")
            + "probe:\n" + "".join(f"  {key}: {value}\n" for key, value in probe.items())
            + f"history:\n  path: {self.history}\napi:\n  socket: {self.socket}\n"
            + f"metrics:\n  detail: {detail}\nlog:\n  level: warn\n{more}")
        began = time.monotonic()
        self.process = subprocess.Popen(["taskset", "-c", str(cpu), program, "-c", conf])
        self.wait_ready(began + READY_SECONDS)
        self.start_ms = (time.monotonic() - began) * 1000

    def wait_ready(self, give_up):
        while True:
            try:
                if self.ask("/readyz").startswith(b"HTTP/1.1 200 "):
                    return
            except (FileNotFoundError, ConnectionRefusedError):
                pass
            if self.process.poll() is not None or time.monotonic() > give_up:
                sys.exit("bench: banksmand does not start")
            time.sleep(0.005)

    def stop(self):
        if self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(30) != 0:
            sys.exit("bench: banksmand failed")

    def ask(self, path):
        """The whole reply, over a connection of its own."""
        parts = []
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.socket))
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n".encode())
            while part := s.recv(1 << 18):
                parts.append(part)
        return b"".join(parts)

    def ask_ms(self, path):
        """How long the answer takes."""
        began = time.perf_counter()
        reply = self.ask(path)
        took = (time.perf_counter() - began) * 1000
        if not reply.startswith(b"HTTP/1.1 200 "):
            sys.exit(f"bench: {path}: {reply[:300]}")
        return took

    def ask_each_ms(self, paths):
        """How long each answer takes.  Not in one burst, which the daemon would slow down."""
        times = []
        for path in paths:
            times.append(self.ask_ms(path))
            time.sleep(PAUSE_SECONDS)
        return times

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

    def all_checked(self):
        return self.status()["endpoints"].get("unobserved", 0) == 0

    def cpu(self):
        """Seconds on a processor so far, of all threads."""
        tasks = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_mib(self, which="VmRSS"):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{which}:\s+(\d+)", text)[1]) / 1024

    def written(self):
        """Bytes handed to write(2) and its like: the WAL, the database, and a few replies."""
        text = pathlib.Path(f"/proc/{self.process.pid}/io").read_text()
        return int(re.search(r"wchar: (\d+)", text)[1])

    def alerts(self):
        """How many last."""
        return sum(float(n) for n in re.findall(r"banksman_alerts_active{.*} (\S+)",
                                                self.get("/metrics").decode()))

    def lateness(self):
        """Upper bounds and cumulative counts of the lateness histogram."""
        rows = re.findall(r'banksman_schedule_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)',
                          self.get("/metrics").decode())
        return [(float(bound.replace("+Inf", "inf")), float(count)) for bound, count in rows]


def bare(o, cpu, program, *args):
    """What a bare program prints, by name: CPU per check, and how late it starts."""
    out = subprocess.run(["taskset", "-c", str(cpu), f"{o.bench}/{program}", "-m", "1000", *args],
                         env={**os.environ, "SSL_CERT_FILE": o.ca}, capture_output=True,
                         text=True, check=True).stdout.split()
    return {name: float(value) for name, value in zip(out[::2], out[1::2])}


def bare_reach(o, cpu, rate, seconds):
    return bare(o, cpu, "bare_reach", "-n", str(int(rate * seconds)), "-r", str(rate),
                "-p", str(o.tcp))


def bare_serve(o, cpu, rate, seconds):
    return bare(o, cpu, "bare_serve", "-k", "1", "-n", str(int(rate * seconds)), "-r", str(rate),
                "-p", str(o.tls))


def stored(history):
    """Bytes per sample, the pages of the samples and of their index; of a daemon that stopped."""
    with contextlib.closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as db:
        pages = db.execute("SELECT sum(pgsize) FROM dbstat"
                           " WHERE name IN ('sample', 'sqlite_autoindex_sample_1')").fetchone()[0]
        return pages / db.execute("SELECT sum(count) FROM sample").fetchone()[0]


def wait_until(condition, what):
    give_up = time.monotonic() + 120
    while not condition():
        if time.monotonic() > give_up:
            sys.exit(f"bench: {what}: not within two minutes")
        time.sleep(0.2)


def percentile(values, pct):
    """Nearest rank."""
    return sorted(values)[(len(values) * pct + 99) // 100 - 1]


def late_ms(before, after, share):
    """The histogram's bound under which that share of the starts between the two lies."""
    total = after[-1][1] - before[-1][1]
    for (bound, count), (_, earlier) in zip(after, before):
        if count - earlier >= share * total:
            return bound * 1000
    return float("inf")


def verdict(value, budget):
    return "holds" if value <= budget else "over budget"


def row(label, value, budget="", bound=""):
    print(f"{label:70} {value:>16}  {budget:<22} {bound}".rstrip(), flush=True)
