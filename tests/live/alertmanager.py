# SPDX-License-Identifier: Apache-2.0
"""A real Alertmanager, on loopback or in a namespace of the lab, and what it has accepted."""

import contextlib
import json
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

CONFIG = """
route: {receiver: none, group_wait: 1s, group_interval: 1s}
receivers: [{name: none}]
"""


class Alertmanager:
    def __init__(self, folder, port, slow, prefix=()):
        binary = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
        if binary is None:
            pytest.fail("Alertmanager is missing: make deps")
        self.folder = pathlib.Path(folder)
        self.url = f"http://127.0.0.1:{port}"
        self.slow = slow
        self.prefix = list(prefix)
        self.process = None
        (self.folder / "am.yml").write_text(CONFIG)
        self.argv = [
            *self.prefix, binary, f"--config.file={self.folder}/am.yml", f"--storage.path={self.folder}/am",
            f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=",
        ]  # fmt: skip

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()

    def start(self):
        log = open(self.folder / "am.log", "a")
        with log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 30 * self.slow
        while self.alerts() is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Alertmanager does not answer:\n{(self.folder / 'am.log').read_text()}")
            time.sleep(0.05)
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def alerts(self):
        """What is active, or None when it does not answer."""
        done = subprocess.run(
            [*self.prefix, "curl", "-s", "-f", "-m", "5", f"{self.url}/api/v2/alerts?active=true"],
            capture_output=True,
        )
        with contextlib.suppress(ValueError):
            return json.loads(done.stdout)
        return None

    def named(self, name, **labels):
        wanted = {"alertname": name, **labels}
        return [a for a in self.alerts() or [] if wanted.items() <= a["labels"].items()]
