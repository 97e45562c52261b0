# SPDX-License-Identifier: Apache-2.0
"""A name server for the simulated site, over UDP and TCP on one port."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from lab.peers import Conn, Peer, listener

A, CNAME, AAAA = 1, 5, 28
CLASS_IN = 1
TTL_SECONDS = 5
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, REFUSED = 0, 1, 2, 3, 5
AUTHORITATIVE_REPLY = 0x8580
TRUNCATED = 0x0200
QUESTION_NAME = b"\xc0\x0c"
GARBAGE = b"\xff" * 40
BIND_TRIES = 20


@dataclass(frozen=True)
class Name:
    """What the server says about one name; rcode_aaaa differs only where given."""

    a: tuple[str, ...] = ()
    aaaa: tuple[str, ...] = ()
    cname: str = ""
    rcode: int = NOERROR
    rcode_aaaa: int | None = None
    silent: bool = False
    garbage: bool = False
    truncate: bool = False


UNKNOWN = Name(rcode=NXDOMAIN)

# Names that answer badly, or in an unusual way, whatever else the site serves.
SPECIAL = {
    "nxdomain.dns.lab.test": UNKNOWN,
    "nodata.dns.lab.test": Name(),
    "servfail.dns.lab.test": Name(rcode=SERVFAIL),
    "refused.dns.lab.test": Name(rcode=REFUSED),
    "formerr.dns.lab.test": Name(rcode=FORMERR),
    "timeout.dns.lab.test": Name(silent=True),
    "garbage.dns.lab.test": Name(garbage=True),
    "a.dns.lab.test": Name(a=("127.0.30.1",)),
    "aaaa.dns.lab.test": Name(aaaa=("::1",)),
    "both.dns.lab.test": Name(a=("127.0.30.1",), aaaa=("::1",)),
    "several.dns.lab.test": Name(a=("127.0.30.1", "127.0.30.2", "127.0.30.3")),
    "half.dns.lab.test": Name(a=("127.0.30.1",), rcode_aaaa=SERVFAIL),
    "alias.dns.lab.test": Name(cname="both.dns.lab.test"),
    "dangling.dns.lab.test": Name(cname="nxdomain.dns.lab.test"),
    "truncated.dns.lab.test": Name(a=("127.0.30.1",), truncate=True),
}


def _encode_name(name: str) -> bytes:
    labels = (label.encode() for label in name.split("."))
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _record(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack("!HHIH", kind, CLASS_IN, TTL_SECONDS, len(data)) + data


def _question(query: bytes) -> tuple[str, int, bytes]:
    """The name and type asked for, and the question's own bytes."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii"))
        at += 1 + query[at]
    kind, = struct.unpack_from("!H", query, at + 1)
    return ".".join(labels).lower(), kind, query[12:at + 5]


class DnsServer:
    """Answers from a zone; a name that is not in it does not exist."""

    def __init__(self, zone: Mapping[str, Name], address: str = "127.0.0.1"):
        self._zone = {name.lower(): entry for name, entry in zone.items()}
        tcp, self._udp = self._bind(address)
        self.address, self.port = tcp.getsockname()[:2]
        self._tcp = Peer(self._serve_tcp, tcp)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve_udp, daemon=True)
        self._thread.start()

    @staticmethod
    def _bind(address: str) -> tuple[socket.socket, socket.socket]:
        """A TCP and a UDP socket on one free port."""
        for _ in range(BIND_TRIES):
            tcp = listener(address)
            udp = socket.socket(tcp.family, socket.SOCK_DGRAM)
            try:
                udp.bind(tcp.getsockname())
                return tcp, udp
            except OSError:
                tcp.close()
                udp.close()
        raise OSError(f"no port of {address} is free for both UDP and TCP")

    def _answers(self, entry: Name, kind: int) -> list[bytes]:
        if entry.cname:
            target = self._zone.get(entry.cname, UNKNOWN)
            owner = _encode_name(entry.cname)
            return [_record(QUESTION_NAME, CNAME, owner),
                    *(_record(owner, kind, data) for data in self._data(target, kind))]
        return [_record(QUESTION_NAME, kind, data) for data in self._data(entry, kind)]

    @staticmethod
    def _data(entry: Name, kind: int) -> list[bytes]:
        addresses = {A: entry.a, AAAA: entry.aaaa}.get(kind, ())
        return [ip_address(address).packed for address in addresses]

    def _rcode(self, entry: Name, kind: int) -> int:
        if kind == AAAA and entry.rcode_aaaa is not None:
            return entry.rcode_aaaa
        return self._zone.get(entry.cname, UNKNOWN).rcode if entry.cname else entry.rcode

    def reply(self, query: bytes, *, over_udp: bool) -> bytes | None:
        """The reply to one query, or None to stay silent."""
        name, kind, question = _question(query)
        entry = self._zone.get(name, UNKNOWN)
        if entry.silent:
            return None
        if entry.garbage:
            return query[:2] + GARBAGE
        rcode = self._rcode(entry, kind)
        if over_udp and entry.truncate:
            answers, flags = [], AUTHORITATIVE_REPLY | TRUNCATED
        else:
            answers, flags = self._answers(entry, kind), AUTHORITATIVE_REPLY | rcode
        header = query[:2] + struct.pack("!HHHHH", flags, 1, len(answers), 0, 0)
        return header + question + b"".join(answers)

    def _serve_udp(self) -> None:
        while not self._stopping.is_set():
            query, client = self._udp.recvfrom(4096)
            with contextlib.suppress(IndexError, struct.error, UnicodeDecodeError, OSError):
                if answer := self.reply(query, over_udp=True):
                    self._udp.sendto(answer, client)

    def _serve_tcp(self, conn: Conn) -> None:
        while length := conn.exactly(2):
            query = conn.exactly(int.from_bytes(length, "big"))
            answer = self.reply(query, over_udp=False)
            if answer is None:
                conn.hold()
                return
            conn.send(len(answer).to_bytes(2, "big") + answer)

    def stop(self) -> None:
        """Stops answering; an empty datagram wakes the UDP thread."""
        self._tcp.stop()
        self._stopping.set()
        with socket.socket(self._udp.family, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (self.address, self.port))
        self._thread.join()
        self._udp.close()
