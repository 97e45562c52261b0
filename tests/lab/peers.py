# SPDX-License-Identifier: Apache-2.0
"""A listening socket with a behaviour: what every simulated server is made of.

A behaviour is a function that takes one Conn and talks on it until it returns.  Larger ones
are composed of smaller ones: banner(text, tls(context, http(application))).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CONNECTION_SECONDS = 60
CLOSE_SECONDS = 1
RETRY_SECONDS = 0.05
BACKLOG = 1024
HEAD_LIMIT = 64 * 1024
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Conn:
    """One accepted connection.  Nothing done on it outlives its deadline."""

    def __init__(self, sock: socket.socket, seconds: float = CONNECTION_SECONDS):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self._deadline = time.monotonic() + seconds
        self._buffer = b""

    def _arm(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the connection has lived long enough")
        self.sock.settimeout(left)

    def send(self, data: bytes) -> None:
        """Sends everything."""
        self._arm()
        self.sock.sendall(data)

    def recv(self) -> bytes:
        """What has arrived, at least a byte; empty at the end of the stream."""
        if self._buffer:
            data, self._buffer = self._buffer, b""
            return data
        self._arm()
        return self.sock.recv(65536)

    def unread(self, data: bytes) -> None:
        """Puts back what was received last."""
        self._buffer = data + self._buffer

    def exactly(self, count: int) -> bytes:
        """The next count bytes, fewer only at the end of the stream."""
        data = b""
        while len(data) < count and (more := self.recv()):
            data += more
        self._buffer = data[count:]
        return data[:count]

    def until(self, mark: bytes, limit: int = HEAD_LIMIT) -> bytes:
        """Everything up to and with mark; empty when the stream ends before it."""
        data = b""
        while mark not in data:
            more = self.recv()
            if not more or len(data) > limit:
                return b""
            data += more
        head, self._buffer = data.split(mark, 1)
        return head + mark

    def record(self) -> bytes:
        """The next TLS record, such as a ClientHello, unread by any TLS library."""
        header = self.exactly(5)
        return header + self.exactly(int.from_bytes(header[3:5], "big"))

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Becomes the server side of TLS on this socket."""
        self.sock = context.wrap_socket(self.sock, server_side=True,
                                        do_handshake_on_connect=False)
        self._arm()
        self.sock.do_handshake()

    def pause(self, seconds: float) -> None:
        """Waits, within the deadline."""
        self._arm()
        time.sleep(seconds)

    def hold(self) -> None:
        """Says nothing until the client goes away."""
        while self.recv():
            pass

    def half_close(self) -> None:
        """Sends FIN and goes on reading."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Sends RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        self.sock.close()

    def abort(self) -> None:
        """Ends the connection from another thread."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # leaves TLS to its thread

    def close(self) -> None:
        """Says close_notify where there is TLS, then FIN, then waits a little for the client.

        Closing at once would send RST when the client has sent something that was not read,
        and that may overtake our last words.
        """
        self._deadline = min(self._deadline, time.monotonic() + CLOSE_SECONDS)
        with contextlib.suppress(OSError, ValueError):
            if isinstance(self.sock, ssl.SSLSocket):
                self._arm()
                self.sock.unwrap()
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.sock, socket.SHUT_WR)
            self._arm()
            while socket.socket.recv(self.sock, 65536):
                self._arm()
        self.sock.close()


Behaviour = Callable[[Conn], None]


def reserve(address: str, port: int = 0) -> socket.socket:
    """A socket bound to address and port (0: any free one) where nobody listens."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock


def listener(address: str, port: int = 0) -> socket.socket:
    """A socket that listens on address and port (0: any free one)."""
    sock = reserve(address, port)
    try:
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


class Peer:
    """Serves one behaviour on one listening socket, a daemon thread per connection."""

    def __init__(self, behaviour: Behaviour, sock: socket.socket):
        self.address, self.port = sock.getsockname()[:2]
        self.accepts = 0
        self._behaviour = behaviour
        self._connections: set[Conn] = set()
        self._lock = threading.Lock()
        self._held: socket.socket | None = None
        self._start(sock)

    def _start(self, sock: socket.socket) -> None:
        self._sock = sock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._sock.accept()
            except OSError:  # stopped, or out of file descriptors for the moment
                self._stopping.wait(RETRY_SECONDS)
                continue
            self.accepts += 1
            threading.Thread(target=self._talk, args=(Conn(sock),), daemon=True).start()

    def _talk(self, conn: Conn) -> None:
        with self._lock:
            self._connections.add(conn)
        try:
            self._behaviour(conn)
        except (OSError, ValueError):
            pass  # the client went away, refused our certificate, or sent rubbish; or time is up
        finally:
            conn.close()
            with self._lock:
                self._connections.discard(conn)

    def stop(self) -> None:
        """Stops listening and ends every connection."""
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._sock.close()
        with self._lock:
            for conn in self._connections:
                conn.abort()
        if self._held:
            self._held.close()
            self._held = None

    def close_port(self) -> None:
        """Nobody listens any more, until open_port(); the port stays ours."""
        self.stop()
        self._held = reserve(self.address, self.port)

    @property
    def closed(self) -> bool:
        """close_port() was the last that was asked for."""
        return self._held is not None

    def open_port(self) -> None:
        """Listens again."""
        if self._held:
            self._held.close()
            self._held = None
            self._start(listener(self.address, self.port))

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


# TLS


def server_context(chain: Path, key: Path, minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1,
                   maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
    """A TLS server that accepts everything down to TLS 1.0 and weak keys."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.0 is wanted here
        context.minimum_version = minimum
        context.maximum_version = maximum
    context.load_cert_chain(chain, key)
    return context


def tls(context: ssl.SSLContext, inner: Behaviour) -> Behaviour:
    """TLS from the first byte, then inner."""
    def behave(conn: Conn) -> None:
        conn.start_tls(context)
        inner(conn)
    return behave


def banner(line: bytes, inner: Behaviour) -> Behaviour:
    """The server speaks first, in clear; then inner."""
    def behave(conn: Conn) -> None:
        conn.send(line)
        inner(conn)
    return behave


def hold(conn: Conn) -> None:
    """Reads and never answers."""
    conn.hold()


# HTTP


@dataclass(frozen=True)
class Request:
    """One HTTP request; header names are in lower case."""

    method: str
    path: str
    version: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Response:
    """One HTTP response; its length is added when it is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    close: bool = False


Application = Callable[[Request], Response]

REASONS = {200: "OK", 204: "No Content", 301: "Moved Permanently", 302: "Found",
           400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
           426: "Upgrade Required", 500: "Internal Server Error", 502: "Bad Gateway",
           503: "Service Unavailable"}


def read_request(conn: Conn) -> Request | None:
    """The next request, or None when the client has no more."""
    head = conn.until(b"\r\n\r\n").decode("latin-1")
    if not head:
        return None
    start, *lines = head[:-4].split("\r\n")
    method, path, version = (start.split(" ") + ["", ""])[:3]
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = conn.exactly(int(headers.get("content-length", "0")))
    return Request(method, path, version, headers, body)


def encode(response: Response) -> bytes:
    """The bytes of a response."""
    reason = REASONS.get(response.status, "Unknown")
    headers = {"Content-Length": str(len(response.body)), **response.headers}
    if response.close:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {response.status} {reason}",
             *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + response.body


def http(application: Application) -> Behaviour:
    """HTTP/1.1 with keep-alive; HTTP/1.0 is refused with 426, as Envoy does."""
    def behave(conn: Conn) -> None:
        while request := read_request(conn):
            if request.version != "HTTP/1.1":
                conn.send(encode(Response(426, b"Upgrade Required", close=True)))
                return
            response = application(request)
            conn.send(encode(response))
            if response.close or request.headers.get("connection", "").lower() == "close":
                return
    return behave


def fixed(status: int = 200, body: bytes = b"", content_type: str = "text/plain",
          **headers: str) -> Application:
    """Gives every request the same answer."""
    response = Response(status, body, {"Content-Type": content_type, **headers})
    return lambda request: response
