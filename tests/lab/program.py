# SPDX-License-Identifier: Apache-2.0
"""A real server program, started on a given address and ended with us."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

READY_SECONDS = 20
POLL_SECONDS = 0.02
STOP_SECONDS = 5


class Program:
    """A child process that listens on one address and port."""

    accepts = None  # only the program itself could count them

    def __init__(self, argv: Sequence[str | Path], address: str, port: int, log: Path):
        self.address, self.port = address, port
        self._log = log
        with log.open("wb") as output:
            # The kernel sends TERM to the child when the thread that started it ends.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", *map(str, argv)],
                stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        """Polls the port until the program listens on it."""
        give_up = time.monotonic() + READY_SECONDS
        while self._process.poll() is None and time.monotonic() < give_up:
            try:
                socket.create_connection((self.address, self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(POLL_SECONDS)
        raise RuntimeError(f"{self._process.args[3]} is not ready: "
                           f"{self._log.read_text(errors='replace')[-1000:]}")

    def stop(self) -> None:
        """Closes the program's standard input, terminates it and waits for its end."""
        self._process.stdin.close()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def bracketed(address: str, port: int) -> str:
    """ADDRESS:PORT, with the brackets that IPv6 needs."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
