# SPDX-License-Identifier: Apache-2.0
"""A small cluster: daemons under the names of nodes that watch the simulated site, and a Prometheus that asks them as
the PodMonitor says and applies the rules."""

import contextlib
import json
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import yaml

SNAKE = re.compile(r"(?<!^)(?=[A-Z])")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def fetch(url, timeout=5):
    """The status and the text, or None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError:
        return None


def wait(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"no {what} within {seconds} s"
        time.sleep(0.05)


def site_conf(site, node, listen, **more):
    """A configuration that watches the demo's hosts, for the daemon of one node."""

    def hosts(role):
        return list(dict.fromkeys(e.host for e in site.endpoints if e.role == role and e.family == 4))

    def provider(*roles):
        ports = sorted({f"{e.documented}={e.port}" for e in site.endpoints if e.role in roles and e.family == 4})
        return {"ca": str(site.pki.bundle), "ports": ports}

    vsphere, ovirt = provider("vcenter", "esxi"), provider("ovirt-engine", "ovirt-host")
    return {
        "node": node,
        "providers": [
            {"name": "dc1", "type": "vsphere", "vcenter": hosts("vcenter")[0], "esxi": hosts("esxi"), **vsphere},
            {"name": "rhv1", "type": "ovirt", "engine": hosts("ovirt-engine")[0], "hosts": hosts("ovirt-host"), **ovirt},
        ],
        "probe": {"resolver": site.resolver, "interval": "1s", "serve_interval": "5s", "timeout": "900ms", "family": "4"},
        "metrics": {"listen": listen},
        **more,
    }


class Watchers:
    """confs: node -> a function that changes its configuration."""

    def __init__(self, banksmand, site, folder, confs):
        self.addresses = {node: f"127.0.0.1:{free_port()}" for node in confs}
        self.argv = {}
        for node, change in confs.items():
            home = pathlib.Path(folder) / node
            home.mkdir()
            conf = site_conf(site, node, self.addresses[node])
            conf |= {"history": {"path": f"{home}/history.db"}, "api": {"socket": f"{home}/sock"}}
            change(conf)
            (home / "banksman.yaml").write_text(yaml.safe_dump(conf))
            self.argv[node] = [str(banksmand), "-c", f"{home}/banksman.yaml"]
        self.folder = pathlib.Path(folder)
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        for node, argv in self.argv.items():
            log = self.stack.enter_context(open(self.folder / node / "log", "w"))
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            self.stack.callback(process.wait, 20)
            self.stack.callback(process.terminate)
        for node, address in self.addresses.items():
            log = self.folder / node / "log"
            wait(f"daemon: {log}", lambda: (fetch(f"http://{address}/readyz") or (0,))[0] == 200)
        return self

    def __exit__(self, *exc):
        self.stack.close()


def relabel(pod_monitor):
    """relabel_configs as the operator writes them."""
    (endpoint,) = pod_monitor["spec"]["podMetricsEndpoints"]
    return [{SNAKE.sub("_", k).lower(): v for k, v in r.items()} for r in endpoint["relabelings"]]


class Prometheus:
    def __init__(self, folder, addresses, pod_monitor, rules):
        self.folder = pathlib.Path(folder)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (self.folder / "rules.yaml").write_text(yaml.safe_dump(rules, width=1000))
        # What discovery and the operator put there, the port's name under "endpoint" among it.
        static = [
            {
                "targets": [address],
                "labels": {
                    "__meta_kubernetes_pod_node_name": node,
                    "namespace": "banksman",
                    "pod": f"banksman-{i}",
                    "container": "banksmand",
                    "endpoint": "metrics",
                    "job": "banksman",
                },
            }
            for i, (node, address) in enumerate(addresses.items())
        ]
        conf = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yaml"],
            # A cluster may override honorLabels: with false it must be right as well.
            "scrape_configs": [
                {"job_name": "x", "honor_labels": False, "static_configs": static, "relabel_configs": relabel(pod_monitor)}
            ],
        }
        (self.folder / "prometheus.yaml").write_text(yaml.safe_dump(conf))
        self.argv = [
            shutil.which("prometheus"), f"--config.file={self.folder}/prometheus.yaml", f"--storage.tsdb.path={self.folder}/tsdb",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
        ]  # fmt: skip

    def __enter__(self):
        with open(self.folder / "prometheus.log", "w") as log:
            self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait("Prometheus", lambda: (fetch(f"{self.url}/-/ready") or (0,))[0] == 200)
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait(20)

    def query(self, expr):
        """The result's series; an error of the expression is a failure."""
        status, text = fetch(f"{self.url}/api/v1/query?{urllib.parse.urlencode({'query': expr})}")
        reply = json.loads(text)
        assert status == 200 and reply["status"] == "success", f"{expr}: {text}"
        return reply["data"]["result"]
