# SPDX-License-Identifier: Apache-2.0
"""The misbehaving servers: each is a Behaviour, or makes one."""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterable, Iterator
from itertools import repeat
from pathlib import Path

from lab.peers import (Application, Behaviour, Conn, Response, banner, encode, hold, http,
                       read_request, tls)

DRIP_SECONDS = 1.0
QUICK_SECONDS = 0.002
SERVER_VERSION = b"\x03\x03"
ECDHE_RSA_AES128_GCM_SHA256 = b"\xc0\x2f"
RENEGOTIATION_INFO = b"\xff\x01\x00\x01\x00"
HANDSHAKE, ALERT = 22, 21
SERVER_HELLO, CERTIFICATE = 2, 11
RECORD_LIMIT = 16 * 1024
CERTIFICATE_BYTES = 16 * 1024 * 1024

SSH_BANNER = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n"
SMTP_BANNER = b"220 mail.lab.test ESMTP Postfix\r\n"
AUTHD_BUSY = b"421 Service not available, too many connections\r\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=utf-8\r\n"

LAUGHS = (b'<?xml version="1.0"?>\n<!DOCTYPE lolz [\n<!ENTITY lol0 "lol">\n'
          + b"".join(b'<!ENTITY lol%d "%s">\n' % (i, b"&lol%d;" % (i - 1) * 10)
                     for i in range(1, 10))
          + b"]>\n<soapenv:Envelope xmlns:soapenv="
            b'"http://schemas.xmlsoap.org/soap/envelope/">'
            b"<soapenv:Body>&lol9;</soapenv:Body></soapenv:Envelope>\n")


# TCP


def reset(conn: Conn) -> None:
    """Accepts, then sends RST."""
    conn.reset()


def fin(conn: Conn) -> None:
    """Accepts, then closes."""
    conn.close()


def half_close(conn: Conn) -> None:
    """Sends FIN at once and goes on reading."""
    conn.half_close()
    conn.hold()


def reset_after_hello(conn: Conn) -> None:
    """Reads the ClientHello, then sends RST."""
    conn.record()
    conn.reset()


# Banner


def endless(chunk: bytes) -> Behaviour:
    """Never stops talking."""
    def behave(conn: Conn) -> None:
        for data in repeat(chunk * (4096 // len(chunk))):
            conn.send(data)
    return behave


def drip(chunks: Iterable[bytes], end: Behaviour, seconds: float = DRIP_SECONDS) -> Behaviour:
    """Says one chunk every so often, then ends so."""
    def behave(conn: Conn) -> None:
        for chunk in chunks:
            conn.send(chunk)
            conn.pause(seconds)
        end(conn)
    return behave


def single_bytes(data: bytes) -> list[bytes]:
    """The bytes of data, one by one."""
    return [data[i:i + 1] for i in range(len(data))]


def late(seconds: float, inner: Behaviour) -> Behaviour:
    """Keeps the client waiting before inner."""
    def behave(conn: Conn) -> None:
        conn.pause(seconds)
        inner(conn)
    return behave


# TLS, by hand


def _record(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + SERVER_VERSION + len(body).to_bytes(2, "big") + body


def _message(kind: int, length: int, body: bytes) -> bytes:
    return bytes([kind]) + length.to_bytes(3, "big") + body


def _server_hello() -> bytes:
    extensions = len(RENEGOTIATION_INFO).to_bytes(2, "big") + RENEGOTIATION_INFO
    body = SERVER_VERSION + bytes(range(32)) + b"\0" + ECDHE_RSA_AES128_GCM_SHA256 + b"\0"
    return _message(SERVER_HELLO, len(body + extensions), body + extensions)


def tls_alert(number: int) -> Behaviour:
    """Answers the ClientHello with a fatal alert."""
    def behave(conn: Conn) -> None:
        conn.record()
        conn.send(_record(ALERT, bytes([2, number])))
    return behave


def tls_answer(data: bytes, end: Behaviour) -> Behaviour:
    """Answers the ClientHello with these bytes, then ends so."""
    def behave(conn: Conn) -> None:
        conn.record()
        conn.send(data)
        end(conn)
    return behave


GARBAGE_RECORD = _record(HANDSHAKE, bytes(255 - i for i in range(256)))
TRUNCATED_HELLO = _record(HANDSHAKE, _server_hello())[:40]
NOISE = bytes((i * 151 + 77) % 256 for i in range(512))


def _certificate_records(certificate: bytes) -> Iterator[bytes]:
    """A Certificate message that repeats one certificate until it is 16 MB long."""
    entry = len(certificate).to_bytes(3, "big") + certificate
    entries = entry * ((CERTIFICATE_BYTES - 8) // len(entry))
    body = len(entries).to_bytes(3, "big") + entries
    message = _message(CERTIFICATE, len(body), body)
    for start in range(0, len(message), RECORD_LIMIT):
        yield _record(HANDSHAKE, message[start:start + RECORD_LIMIT])


def huge_certificate(certificate: Path) -> Behaviour:
    """A TLS 1.2 server whose Certificate message is 16 MB long."""
    der = ssl.PEM_cert_to_DER_cert(certificate.read_text(encoding="ascii"))

    def behave(conn: Conn) -> None:
        conn.record()
        conn.send(_record(HANDSHAKE, _server_hello()))
        for record in _certificate_records(der):
            conn.send(record)
        conn.hold()
    return behave


# What a client's handshake skips, however many there are (RFC 5246, 7.4.1.1).
HELLO_REQUESTS = _record(HANDSHAKE, bytes(RECORD_LIMIT))


def hello_requests(conn: Conn) -> None:
    """Answers the ClientHello with HelloRequests for ever."""
    conn.record()
    for data in repeat(HELLO_REQUESTS * 16):
        conn.send(data)


def dripping_tls(context: ssl.SSLContext) -> Behaviour:
    """A real TLS server whose answer to the ClientHello comes a byte a second."""
    def behave(conn: Conn) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(conn.record())
        try:
            server.do_handshake()
        except ssl.SSLWantReadError:
            drip(single_bytes(outgoing.read()), hold)(conn)
    return behave


def plain_http(application: Application) -> Behaviour:
    """HTTP without TLS, and 400 to a ClientHello, as web servers do."""
    def behave(conn: Conn) -> None:
        first = conn.recv()
        if first.startswith(bytes([HANDSHAKE])):
            conn.send(encode(Response(400, b"Bad Request\n", close=True)))
            return
        conn.unread(first)
        http(application)(conn)
    return behave


# TLS, by the library


def client_certificate_required(context: ssl.SSLContext, authority: Path) -> ssl.SSLContext:
    """Makes a context refuse clients that show no certificate."""
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority)
    return context


def by_name(context: ssl.SSLContext, names: Collection[str],
            other: ssl.SSLContext) -> ssl.SSLContext:
    """Makes a context show the other one's certificate when asked for one of the names."""
    def choose(sock: ssl.SSLObject, asked: str | None, _: ssl.SSLContext) -> None:
        if asked in names:
            sock.context = other
    context.sni_callback = choose
    return context


# HTTP, inside TLS


def after_request(context: ssl.SSLContext, inner: Behaviour) -> Behaviour:
    """A TLS server that reads one request before inner."""
    def behave(conn: Conn) -> None:
        read_request(conn)
        inner(conn)
    return tls(context, behave)


def one_request(application: Application, end: Behaviour) -> Behaviour:
    """Promises to keep the connection, but ends it so after its first reply."""
    def behave(conn: Conn) -> None:
        if request := read_request(conn):
            conn.send(encode(application(request)))
            end(conn)
    return behave


def hangs_up_on(application: Application, path: str) -> Behaviour:
    """Serves well, but closes the connection at every request for this path."""
    def behave(conn: Conn) -> None:
        while (request := read_request(conn)) and path not in request.path:
            conn.send(encode(application(request)))
    return behave


def reset_at_request(conn: Conn) -> None:
    """Reads one request, then sends RST."""
    read_request(conn)
    conn.reset()


ENDLESS_BODY = banner(HEAD + b"Connection: close\r\n\r\n", endless(b"<filler/>"))
ENDLESS_HEADERS = banner(HEAD, endless(b"X-Filler: filler\r\n"))
ENDLESS_CHUNKS = banner(HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
                        endless(b"9\r\n<filler/>\r\n"))
ENDLESS_CONTINUE = endless(b"HTTP/1.1 100 Continue\r\n\r\n")
NOT_HTTP = banner(SSH_BANNER, hold)
