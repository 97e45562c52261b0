#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Lets prometheus-blackbox-exporter make the benchmark's checks, and prints what one costs.

usage: blackbox.py CPU-OF-THE-EXPORTER TCP-PORT TLS-PORT CA.pem

Prints "reach MICROSECONDS serve MICROSECONDS rss_kib N": CPU time of the exporter with its HTTP
handler, per check.  The requests come over a few kept connections, from the CPU we run on.
"""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROBES = {"reach": 2000, "serve": 600}
CONNECTIONS = 8
HOST = "bench.example.com"

CONFIG = """
modules:
  reach:
    prober: tcp
    timeout: 5s
    tcp: {{preferred_ip_protocol: ip4}}
  serve:
    prober: tcp
    timeout: 5s
    tcp:
      preferred_ip_protocol: ip4
      tls: true
      tls_config: {{ca_file: {ca}, server_name: {host}}}
"""


def free_port():
    with contextlib.closing(socket.socket()) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmHWM:"))


def ask(port, module, targets, failures):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for target in targets:
        try:
            connection.request("GET", f"/probe?module={module}&target={target}")
            if b"\nprobe_success 1\n" in connection.getresponse().read():
                continue
        except (OSError, http.client.HTTPException):
            connection.close()
        failures.append(target)
    connection.close()


def measure(pid, port, module, peer_port):
    """CPU microseconds of the exporter per probe."""

    def run(count):
        targets = [f"127.1.{i // 250}.{i % 250 + 1}:{peer_port}" for i in range(count)]
        failures = []
        threads = [
            threading.Thread(target=ask, args=(port, module, targets[i::CONNECTIONS], failures))
            for i in range(CONNECTIONS)
        ]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if failures:
            sys.exit(f"blackbox.py: {len(failures)} of {count} probes failed ({module})")

    run(PROBES[module] // 10)
    before = cpu_seconds(pid)
    run(PROBES[module])
    return (cpu_seconds(pid) - before) / PROBES[module] * 1e6


def wait_for(port, process):
    for _ in range(100):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    sys.exit("blackbox.py: the exporter does not answer")


def main():
    cpu, tcp_port, tls_port, ca = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as config:
        config.write(CONFIG.format(ca=ca, host=HOST))
        config.flush()
        with subprocess.Popen(
            [
                "prometheus-blackbox-exporter",
                f"--config.file={config.name}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=error",
            ],
            env={**os.environ, "GOMAXPROCS": "1"},
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),
        ) as process:
            try:
                wait_for(port, process)
                reach = measure(process.pid, port, "reach", tcp_port)
                serve = measure(process.pid, port, "serve", tls_port)
                print(f"reach {reach:.1f} serve {serve:.1f} rss_kib {peak_kib(process.pid)}")
            finally:
                process.kill()


if __name__ == "__main__":
    main()
