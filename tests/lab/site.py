# SPDX-License-Identifier: Apache-2.0
"""Starts simulated hosts on loopback and tells where they are and what to expect of them.

    with Site("demo", "tls-alert-40") as site: ...         in a test
    python3 tests/lab/site.py --demo --json site.json      by hand
"""

from __future__ import annotations

import argparse
import contextlib
import json
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from lab import catalogue, pki, real
from lab.catalogue import Expectation, Host
from lab.dnsserver import SPECIAL, DnsServer, Name
from lab.peers import Peer, listener, reserve
from lab.real import Place, RealHost, Running

BUILD = Path(__file__).resolve().parents[2] / "build" / "lab"
PORT_OFFSET = 10000
PORT_TRIES = 20
LIFE_SECONDS = 600
ADDRESSES = {**catalogue.addresses(), **real.addresses()}
SETS = {**catalogue.SETS, "real": real.REAL}
HOSTS = {host.name: host for hosts in SETS.values() for host in hosts}


@dataclass
class Endpoint:
    """One port of one simulated host at one address."""

    name: str
    host: str
    role: str
    address: str
    port: int
    documented: int
    family: int
    expect: Expectation
    peer: Running | None = None

    @property
    def accepts(self) -> int | None:
        """Connections accepted so far; None where nobody can count them."""
        return self.peer.accepts if self.peer else 0

    @property
    def target(self) -> str:
        """ROLE=HOST as banksman takes it; a registry's HOST is an image reference."""
        if self.role == "registry":
            return f"{self.role}={self.host}:{self.port}/{self.expect['image']}"
        return f"{self.role}={self.host}"

    def describe(self) -> dict[str, object]:
        """Everything but the running peer, for JSON."""
        return {name: value for name, value in vars(self).items() if name != "peer"}


def select_hosts(names: Iterable[str]) -> list[Host | RealHost]:
    """The hosts of these sets and single names, each once."""
    chosen: dict[str, Host | RealHost] = {}
    for name in names:
        for host in SETS.get(name) or [HOSTS[name]]:
            chosen[host.name] = host
    return list(chosen.values())


def _needs(hosts: Iterable[Host | RealHost]) -> dict[int, dict[str, bool]]:
    """By documented port: the addresses to bind, and whether this program listens there."""
    needs: dict[int, dict[str, bool]] = {}
    for host in hosts:
        if isinstance(host, RealHost):
            needs.setdefault(host.documented, {})[ADDRESSES[host.name]] = False
            continue
        for service in host.services:
            listens = service.make is not None
            needs.setdefault(service.documented, {})[ADDRESSES[host.name]] = listens
    return needs


def _bind_all(addresses: dict[str, bool], port: int) -> dict[str, socket.socket]:
    """One port on every address, or OSError and none of them."""
    bound: dict[str, socket.socket] = {}
    try:
        for address, listens in addresses.items():
            bound[address] = (listener if listens else reserve)(address, port)
            port = bound[address].getsockname()[1]
    except OSError:
        for sock in bound.values():
            sock.close()
        raise
    return bound


def _bind_group(documented: int, addresses: dict[str, bool]) -> dict[str, socket.socket]:
    """Binds the port that stands for a documented one; any free one if the usual is taken."""
    for port in [documented + PORT_OFFSET] + [0] * PORT_TRIES:
        with contextlib.suppress(OSError, OverflowError):
            return _bind_all(addresses, port)
    raise OSError(f"found no port to stand for {documented}")


class Site:
    """A running set of simulated hosts with a name server; a context manager."""

    def __init__(self, *names: str, build: Path = BUILD):
        self.hosts = select_hosts(names)
        self.endpoints: list[Endpoint] = []
        self.ports: dict[int, int] = {}
        self.pki = pki.make(build / "pki")
        self._build = build
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Site:
        with contextlib.ExitStack() as stack:
            self._scratch = Path(stack.enter_context(
                tempfile.TemporaryDirectory(prefix="banksman-lab-")))
            self._start_ipv4(stack)
            self._start_ipv6(stack)
            self.dns = DnsServer({**SPECIAL, **self._zone()})
            stack.callback(self.dns.stop)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __getitem__(self, name: str) -> Endpoint:
        return next(endpoint for endpoint in self.endpoints if endpoint.name == name)

    @property
    def resolver(self) -> str:
        """ADDRESS:PORT of the site's name server."""
        return f"{self.dns.address}:{self.dns.port}"

    def arguments(self, *endpoints: Endpoint) -> list[str]:
        """What to put after "banksman probe" to probe the hosts of these endpoints at once."""
        ports = {endpoint.documented: endpoint.port for endpoint in endpoints}
        targets = dict.fromkeys(endpoint.target for endpoint in endpoints)
        mapping = [word for documented, port in ports.items()
                   for word in ("--port", f"{documented}={port}")]
        return ["--resolver", self.resolver, "--ca", str(self.pki.bundle), *mapping, *targets]

    def describe(self) -> dict[str, object]:
        """Everything a script needs to know, for JSON."""
        return {"resolver": self.resolver, "ca": self.pki.authorities(),
                "ports": {str(documented): port for documented, port in self.ports.items()},
                "arguments": self.arguments(*(e for e in self.endpoints if e.family == 4)),
                "endpoints": [endpoint.describe() for endpoint in self.endpoints]}

    def _start_ipv4(self, stack: contextlib.ExitStack) -> None:
        sockets: dict[tuple[int, str], socket.socket] = {}
        for documented, addresses in _needs(self.hosts).items():
            for address, sock in _bind_group(documented, addresses).items():
                stack.callback(sock.close)
                sockets[documented, address] = sock
                self.ports[documented] = sock.getsockname()[1]
        for host in self.hosts:
            address = ADDRESSES[host.name]
            if isinstance(host, RealHost):
                self._start_real(stack, host, sockets[host.documented, address])
            else:
                self._start_host(stack, host, {s.documented: sockets[s.documented, address]
                                               for s in host.services})

    def _start_ipv6(self, stack: contextlib.ExitStack) -> None:
        """The faults once more on ::1, the only IPv6 address there is, each on its own ports."""
        for host in catalogue.FAULTS:
            if host not in self.hosts:
                continue
            sockets = {service.documented: (listener if service.make else reserve)("::1")
                       for service in host.services}
            for sock in sockets.values():
                stack.callback(sock.close)
            self._start_host(stack, host, sockets)

    def _start_host(self, stack: contextlib.ExitStack, host: Host,
                    sockets: dict[int, socket.socket]) -> None:
        for service in host.services:
            sock = sockets[service.documented]
            peer = None
            if service.make:
                peer = Peer(service.make(self.pki), sock)
                stack.callback(peer.stop)
            self._add(host, service.documented, service.expect, sock, peer)

    def _start_real(self, stack: contextlib.ExitStack, host: RealHost,
                    sock: socket.socket) -> None:
        address, port = sock.getsockname()[:2]
        sock.close()
        started = host.start(Place(self.pki, self._build, self._scratch, address, port))
        for running in started:
            stack.callback(running.stop)
        self._add(host, host.documented, host.expect, None, started[0])

    def _add(self, host: Host | RealHost, documented: int, expect: Expectation,
             sock: socket.socket | None, peer: Running | None) -> None:
        address, port = sock.getsockname()[:2] if sock else (peer.address, peer.port)
        family = 6 if ":" in address else 4
        label = f"{host.name}.v6" if family == 6 else host.name
        self.endpoints.append(Endpoint(f"{label}:{documented}", f"{label}.{pki.DOMAIN}",
                                       host.role, address, port, documented, family, expect,
                                       peer))

    def _zone(self) -> dict[str, Name]:
        return {e.host: Name(aaaa=(e.address,)) if e.family == 6 else Name(a=(e.address,))
                for e in self.endpoints}


def obey(site: Site, line: str) -> None:
    """"close NAME:PORT" and "open NAME:PORT" of the documented port; says "done" or why not."""
    verb, _, name = line.partition(" ")
    peer = next((e.peer for e in site.endpoints if e.name == name), None)
    if verb not in ("close", "open") or not isinstance(peer, Peer):
        print(f"cannot {line}", flush=True)
        return
    (peer.close_port if verb == "close" else peer.open_port)()
    print(f"done {line}", flush=True)


def serve_until_end(site: Site, seconds: float) -> None:
    """Obeys the lines of standard input until it ends, or for so many seconds."""
    give_up = time.monotonic() + seconds
    pending = b""
    while (left := give_up - time.monotonic()) > 0:
        if not select.select([sys.stdin], [], [], left)[0]:
            continue
        data = sys.stdin.buffer.read1(4096)
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            obey(site, line.decode(errors="replace").strip())


def parse_arguments() -> argparse.Namespace:
    """The command line, with the names checked."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="sets (demo, faults, real) or single hosts")
    parser.add_argument("--demo", action="store_true", help="the same as the name demo")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the site's facts here")
    parser.add_argument("--seconds", type=float, default=LIFE_SECONDS, help="end after so long")
    parser.add_argument("--list", action="store_true", help="list every name and exit")
    options = parser.parse_args()
    options.names += ["demo"] * options.demo
    unknown = [name for name in options.names if name not in SETS and name not in HOSTS]
    if unknown:
        parser.error(f"no such host or set: {' '.join(unknown)}")
    if not options.names and not options.list:
        parser.error("nothing to start; try --demo or --list")
    return options


def main() -> None:
    """Starts what the command line asks for."""
    options = parse_arguments()
    if options.list:
        for label, hosts in SETS.items():
            print(f"{label}: {' '.join(host.name for host in hosts)}")
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.suppress(KeyboardInterrupt), Site(*options.names) as site:
        if options.json:
            options.json.write_text(json.dumps(site.describe(), indent=2) + "\n")
        print("ready", flush=True)
        serve_until_end(site, options.seconds)


if __name__ == "__main__":
    main()
