# SPDX-License-Identifier: Apache-2.0
"""A simulated cluster: twenty nodes with a daemon each, a real Prometheus and Alertmanager, and a firewall between."""

import pathlib
import subprocess
import time

import pytest
import yaml
from alertmanager import Alertmanager
from conftest import ROOT, public_folder
from daemon import daemon_binary
from lab import netns
from lab.cluster import VCENTER, Cluster, esxi
from prometheus import Prometheus

NODES = 20
HOSTS = 5
ENDPOINTS = 1 + 2 * HOSTS
METRICS = 9902
RULES = ROOT / "deploy" / "components" / "monitoring" / "prometheusrule.yaml"
SCOPE = {"BanksmanNodeIsolated", "BanksmanProviderLost", "BanksmanEndpointLost", "BanksmanEndpointPartlyLost"}


def configuration(node, address):
    return {
        "node": node,
        "providers": [
            {"name": "dc1", "type": "vsphere", "vcenter": VCENTER, "esxi": [esxi(i + 1) for i in range(HOSTS)]}
        ],
        # The site's ports say nothing: only whether they are open is asked.
        "probe": {"interval": "1s", "timeout": "1s", "serve_interval": "off", "confirm": ["250ms"]},
        "history": {"path": ""},
        "api": {"socket": ""},
        "metrics": {"listen": f"{address}:{METRICS}", "detail": "endpoint"},
    }


def scope_rules():
    """Those of deploy/ that say how far a loss reaches, without their patience of minutes."""
    if not RULES.exists():
        return None
    groups = yaml.safe_load(RULES.read_text())["spec"]["groups"]
    for group in groups:
        group["rules"] = [r for r in group["rules"] if r.get("alert", "BanksmanNodeIsolated") in SCOPE]
        for rule in group["rules"]:
            if "alert" in rule:
                rule["for"] = "2s"
    return [group for group in groups if group["rules"]]


class Running:
    """The cluster with everything that runs in it."""

    def __init__(self, net, banksman, folder, prometheus, alertmanager):
        self.net = net
        self.banksman = banksman
        self.folder = folder
        self.prometheus = prometheus
        self.alertmanager = alertmanager

    def matrix(self, *args, code):
        done = self.banksman(
            "matrix", "--prometheus", self.prometheus.url, *args, net=self.net, ns="hub", env={"LC_ALL": "C.UTF-8"}
        )
        assert done.code == code, done
        return done

    def lost(self):
        """The cells that are not open, as Prometheus has them."""
        found = self.prometheus.query('banksman_endpoint_state{state!="open"} == 1')
        return {(s["node"], s["endpoint"]) for s, _ in found}

    def wait_lost(self, wanted):
        self.prometheus.wait(f"{len(wanted)} lost", lambda: self.lost() == wanted, 20)

    def alerts(self):
        return {
            (a["labels"]["alertname"], a["annotations"]["summary"])
            for a in self.alertmanager.alerts() or []
            if a["labels"]["alertname"] in SCOPE
        }


@pytest.fixture(scope="module")
def running(banksman, binary, slow):
    reason = netns.why_not()
    if reason:
        pytest.skip(reason)
    if banksman.wrapper:
        pytest.skip("twenty daemons under a wrapper take longer than a test may")
    daemons = []
    with public_folder() as folder, Cluster(NODES) as net:
        folder = pathlib.Path(folder)
        hub = ["ip", "netns", "exec", net.ns("hub")]
        try:
            for node in net.nodes:
                path = folder / f"{node}.yaml"
                path.write_text(yaml.safe_dump(configuration(node, net.node_address(node))))
                with open(folder / f"{node}.log", "w") as log:
                    argv = ["ip", "netns", "exec", net.ns(node), daemon_binary(binary)]
                    daemons.append(subprocess.Popen([*argv, "-c", path], stdin=subprocess.DEVNULL, stderr=log))
            targets = [(f"{net.node_address(node)}:{METRICS}", {"node": node}) for node in net.nodes]
            with (
                Alertmanager(folder, 9093, slow, prefix=hub) as alertmanager,
                Prometheus(
                    folder, 9090, targets, slow, rules=scope_rules(), alertmanager="127.0.0.1:9093", prefix=hub
                ) as prometheus,
            ):
                prometheus.wait(
                    "daemon on every node",
                    lambda: len(prometheus.query("banksman_endpoint_up == 1")) == NODES * ENDPOINTS,
                    30,
                )
                yield Running(net, banksman, folder, prometheus, alertmanager)
        finally:
            for daemon in daemons:
                daemon.terminate()
            codes = [daemon.wait(20 * slow) for daemon in daemons]
            logs = {node: (folder / f"{node}.log").read_text() for node in net.nodes}
        assert codes == [0] * NODES, logs


@pytest.fixture
def cluster(running):
    """Nothing is blocked, before and after."""
    running.wait_lost(set())
    yield running
    running.net.open()
    running.wait_lost(set())


def test_cluster_all_open_is_all_clear(cluster):
    shown = cluster.matrix(code=0).stdout
    assert f"{NODES} nodes, {ENDPOINTS} endpoints: {ENDPOINTS} open from every node" in shown
    assert shown.splitlines()[0].split() == ["ENDPOINT", *cluster.net.nodes]
    assert shown.splitlines()[1].split() == ["✓", f"{esxi(1)}:443", *["✓"] * NODES]
    found = cluster.matrix("-o", "json", code=0).json()
    assert [n["node"] for n in found["nodes"]] == cluster.net.nodes
    assert {(n["word"], n["open"], n["lost"], n["unknown"]) for n in found["nodes"]} == {("heard", ENDPOINTS, 0, 0)}
    assert found["losses"] == []


def test_cluster_firewall_change_for_two_nodes_is_one_alert_and_one_line(cluster, report):
    began = time.monotonic()
    endpoint = f"{esxi(4)}:902"
    cluster.net.block(["n7", "n9"], f"ip daddr {esxi(4)} tcp dport 902")
    cluster.wait_lost({("n7", endpoint), ("n9", endpoint)})
    seen = time.monotonic() - began

    shown = cluster.matrix("--problems", code=1).stdout
    report("a firewall change that hits two of twenty nodes", shown)
    assert f"2 of {NODES} nodes (n7, n9) lost {endpoint} (filtered)" in shown
    cells = ["filtered" if node in ("n7", "n9") else "✓" for node in cluster.net.nodes]
    assert shown.splitlines()[1].split() == ["✗", endpoint, *cells]
    (loss,) = cluster.matrix("-o", "json", code=1).json()["losses"]
    assert (loss["nodes"], loss["endpoints"], loss["state"]) == (["n7", "n9"], [endpoint], "filtered")

    if not RULES.exists():
        pytest.skip(f"the matrix is right; there are no rules in {RULES.relative_to(ROOT)} to be alerted by")
    cluster.prometheus.wait("alert", cluster.alerts, 20)
    alerted = time.monotonic() - began
    # Nothing else comes while the rules are evaluated five times more.
    firing = 'count_over_time(ALERTS{alertname="BanksmanEndpointPartlyLost", alertstate="firing"}[1m]) >= 6'
    cluster.prometheus.wait("evaluations", lambda: cluster.prometheus.query(firing), 20)
    assert cluster.alerts() == {("BanksmanEndpointPartlyLost", f"2 of {NODES} nodes lost {endpoint}")}
    (alert,) = cluster.alertmanager.named("BanksmanEndpointPartlyLost")
    assert set(alert["annotations"]["nodes"].split()) == {"n7", "n9"}
    report("its alert", f"{alert['annotations']['summary']}; seen after {seen:.1f} s, alerted after {alerted:.1f} s")


def test_cluster_node_and_endpoint_are_told_apart(cluster):
    endpoint = f"{esxi(2)}:902"
    every = {f"{host}:{port}" for host in map(esxi, range(1, HOSTS + 1)) for port in (443, 902)} | {f"{VCENTER}:443"}
    cluster.net.block(["n3"], "ip daddr 10.3.0.0/24 tcp dport { 443, 902 }", "reject with tcp reset")
    cluster.net.block(cluster.net.nodes, f"ip daddr {esxi(2)} tcp dport 902")
    cluster.wait_lost({("n3", e) for e in every} | {(n, endpoint) for n in cluster.net.nodes})

    shown = cluster.matrix("-o", "wide", code=1).stdout
    assert f"✗ node n3 lost {ENDPOINTS} of {ENDPOINTS} (closed)\n" in shown
    assert f"✗ all {NODES} nodes lost {endpoint}\n" in shown  # closed from n3, filtered from the others
    by_provider = cluster.matrix("--by", "provider", "-o", "csv", code=1).stdout.splitlines()
    assert by_provider[0].split(",") == ["provider", *cluster.net.nodes]
    assert by_provider[1].split(",")[:5] == ["dc1", "10/11", "10/11", "0/11", "10/11"]


def test_cluster_silent_node_cannot_be_told(cluster):
    # The matrix looks at the past hour every 30 s; a node that has not been there for so long was never heard.
    past = 'max_over_time(timestamp(banksman_build_info{node="n5"})[1h:30s])'
    cluster.prometheus.wait("n5 in the past", lambda: cluster.prometheus.query(past), 40)
    cluster.net.ip("n5", "link set eth0 down")
    try:
        cluster.prometheus.wait("silence", lambda: not cluster.prometheus.query('banksman_build_info{node="n5"}'), 20)
        shown = cluster.matrix(code=3).stdout
        assert "? no word of n5 for " in shown
        assert f"{NODES - 1} nodes, {ENDPOINTS} endpoints: {ENDPOINTS} open from every node" in shown
    finally:
        cluster.net.ip("n5", "link set eth0 up", f"route replace default via {cluster.net.node_address('n5')[:-1]}1")
        cluster.prometheus.wait("n5 again", lambda: cluster.prometheus.query('banksman_build_info{node="n5"}'), 20)
