# SPDX-License-Identifier: Apache-2.0
"""One listener on all of 127.0.0.0/8 that holds very many connections at once, in one thread."""

from __future__ import annotations

import contextlib
import resource
import selectors
import socket
import threading

BACKLOG = 4096
SPARE_FILES = 256


def why_not(size: int) -> str | None:
    """Makes room for so many connections and their clients; the reason when there is none."""
    need = 2 * size + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < need:
        return f"{need} open files are needed (ulimit -Hn says {hard})"
    if soft != resource.RLIM_INFINITY and soft < need:
        resource.setrlimit(resource.RLIMIT_NOFILE, (need, hard))
    return None


class Crowd:
    """Says nothing until `size` connections are open at the same time, then `words` to all of them.

    Without words it stays silent.  `peak` is the most there ever were at once.
    """

    def __init__(self, size: int, words: bytes = b""):
        self.peak = 0
        self._size, self._words = size, words
        self._open: set[socket.socket] = set()
        self._listener = socket.socket()
        # Bound to the loopback device: the wildcard is 127.0.0.0/8, not the network.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        self._listener.bind(("0.0.0.0", 0))
        self._listener.listen(BACKLOG)
        self._listener.setblocking(False)
        self.port = self._listener.getsockname()[1]
        self._end, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _accept(self, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                sock.setblocking(False)
                self._open.add(sock)
                selector.register(sock, selectors.EVENT_READ)
        full = self.peak < self._size <= len(self._open)
        self.peak = max(self.peak, len(self._open))
        if full and self._words:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.send(self._words)

    def _hear(self, sock: socket.socket, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(OSError):
            if sock.recv(65536):
                return
        selector.unregister(sock)
        self._open.discard(sock)
        sock.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._end, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is self._end:
                        return
                    if key.fileobj is self._listener:
                        self._accept(selector)
                    else:
                        self._hear(key.fileobj, selector)

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self._waker.close()
        self._thread.join()
        for sock in (*self._open, self._listener, self._end):
            sock.close()
