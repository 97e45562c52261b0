# SPDX-License-Identifier: Apache-2.0
"""A banksmand of a test's own: started on a generated configuration, asked over its socket, ended by SIGTERM."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import time

import pytest
import yaml

from conftest import ROOT, complaint

WARNING = re.compile(r"(?:^<[0-4]>|Z (?:error|warn): )(.*)")
READY = re.compile(r"is running")


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("banksman", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Reply:
    def __init__(self, answer):
        self.status = answer.status
        self.headers = {k.lower(): v for k, v in answer.getheaders()}
        self.body = answer.read()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers} {self.body[:2000]!r}"


class Daemon:
    """`expected` are patterns of the warnings and errors that a test provokes; others fail it at the end."""

    def __init__(self, binary, wrapper, folder, conf, slow):
        self.binary = binary
        self.wrapper = wrapper
        self.folder = pathlib.Path(folder)
        self.slow = slow
        self.socket = self.folder / "banksman.sock"
        self.path = self.folder / "banksman.yaml"
        self.log_path = self.folder / "log"
        self.expected = []
        self.process = None
        self.conf = {
            "node": "n1",
            "endpoints": [],
            "history": {"path": str(self.folder / "history.db")},
            **conf,
            "api": {"socket": str(self.socket), **conf.get("api", {})},
        }
        self.write()

    def write(self):
        fresh = self.path.with_suffix(".new")
        fresh.write_text(yaml.safe_dump(self.conf, sort_keys=False))
        fresh.rename(self.path)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def wait(self, what, condition, timeout=10):
        """The first true value of condition(); the test fails when there is none in time."""
        deadline = time.monotonic() + timeout * self.slow
        while True:
            value = condition()
            if value:
                return value
            if self.process is not None and self.process.poll() is not None:
                pytest.fail(f"banksmand ended with {self.process.returncode} before {what}:\n{self.log()}")
            if time.monotonic() > deadline:
                pytest.fail(f"no {what} within {timeout * self.slow} s:\n{self.log()}")
            time.sleep(0.02)

    def start(self, prefix=()):
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [*prefix, *self.wrapper, self.binary, "-c", str(self.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={k: v for k, v in os.environ.items() if k not in ("NOTIFY_SOCKET", "JOURNAL_STREAM")},
            )
        self.wait("sign of life", lambda: READY.search(self.log()) and self.answers(), timeout=20)
        return self

    def answers(self):
        with contextlib.suppress(OSError):
            return self.get("/healthz").status == 200
        return False

    def stop(self):
        """Ends it; fails on a bad exit status and on lines in its log that nobody expected."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(20 * self.slow)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            pytest.fail(f"banksmand did not end on SIGTERM:\n{self.log()}")
        self.process = None
        log = self.log()
        wrong = complaint(log)
        assert code == 0 and not wrong, f"exit {code} {wrong}\n{log}"
        odd = [m for m in map(WARNING.search, log.splitlines()) if m]
        odd = [m.group(1) for m in odd if not any(re.search(e, m.group(1)) for e in self.expected)]
        assert not odd, f"unexpected: {odd}\n{log}"

    def connect(self, timeout=15):
        return UnixConnection(self.socket, timeout * self.slow)

    def ask(self, method, target, body=None, headers=None, timeout=15):
        connection = self.connect(timeout)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def get(self, target, **options):
        return self.ask("GET", target, **options)

    def post(self, target, body=None):
        return self.ask("POST", target, body=None if body is None else json.dumps(body))

    def json(self, target, status=200):
        reply = self.get(target)
        assert reply.status == status, repr(reply)
        return reply.json()

    def raw(self, timeout=15):
        """A connected socket, for bytes that no client would send."""
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout * self.slow)
        s.connect(str(self.socket))
        return s


def daemon_binary(banksman_binary):
    path = pathlib.Path(os.environ.get("BANKSMAND") or banksman_binary.with_name("banksmand")).absolute()
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is not there: build it first, or set BANKSMAND")
    return str(path)


def daemon_wrapper():
    return shlex.split(os.environ.get("BANKSMAN_WRAPPER", ""))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


__all__ = ["ROOT", "Daemon", "Reply", "UnixConnection", "daemon_binary", "daemon_wrapper", "free_port"]
