# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus, on loopback or in a namespace of the lab, with rules and an Alertmanager if need be."""

import json
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.parse

import pytest
import yaml


class Prometheus:
    """`targets` are pairs of an address and the labels that it gets."""

    def __init__(self, folder, port, targets, slow, *, rules=None, alertmanager=None, prefix=()):
        self.binary = shutil.which("prometheus")
        if self.binary is None:
            pytest.fail("Prometheus is missing: make deps")
        self.folder = pathlib.Path(folder)
        self.url = f"http://127.0.0.1:{port}"
        self.address = f"127.0.0.1:{port}"
        self.slow = slow
        self.prefix = list(prefix)
        self.process = None
        conf = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "scrape_configs": [
                {
                    "job_name": "banksman",
                    "static_configs": [{"targets": [address], "labels": labels} for address, labels in targets],
                }
            ],
        }
        if rules:
            (self.folder / "rules.yml").write_text(yaml.safe_dump({"groups": rules}))
            conf["rule_files"] = [str(self.folder / "rules.yml")]
        if alertmanager:
            conf["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]}
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(conf))

    def __enter__(self):
        argv = [
            *self.prefix, self.binary, f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.folder}/tsdb", f"--web.listen-address={self.address}", "--log.level=warn",
        ]  # fmt: skip
        with open(self.folder / "prometheus.log", "a") as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait("answer", lambda: self.get("/-/ready") is not None, 30)
        return self

    def __exit__(self, *exc):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log(self):
        return (self.folder / "prometheus.log").read_text()

    def wait(self, what, condition, timeout=10):
        deadline = time.monotonic() + timeout * self.slow
        while True:
            value = condition()
            if value:
                return value
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Prometheus: no {what} within {timeout * self.slow} s:\n{self.log()}")
            time.sleep(0.1)

    def get(self, target):
        done = subprocess.run([*self.prefix, "curl", "-s", "-f", "-m", "5", self.url + target], capture_output=True)
        return done.stdout if done.returncode == 0 else None

    def query(self, text):
        """[(labels, value)…]"""
        reply = self.get(f"/api/v1/query?query={urllib.parse.quote(text)}")
        return [(s["metric"], float(s["value"][1])) for s in json.loads(reply)["data"]["result"]] if reply else []


__all__ = ["Prometheus"]
