# SPDX-License-Identifier: Apache-2.0
"""The rules against made-up clusters, by promtool: each trouble is told once, and at its place."""

import re
import subprocess

import pytest
import yaml

from conftest import DEPLOY, ROOT, run

RULES = DEPLOY / "components" / "monitoring" / "prometheusrule.yaml"
NODES = [f"n{i}" for i in range(1, 41)]
# 41 endpoints of dc1: a vCenter, and 20 hosts with two ports.
ENDPOINTS = ["vc:443"] + [f"esx{h}:{p}" for h in range(1, 21) for p in (443, 902)]
OTHERS = [f"kvm{h}:54322" for h in range(1, 3)]
MINUTES = 40


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "banksman.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(RULES.read_text())["spec"], width=1000))
    return path


def name_of(metric, **labels):
    return f"{metric}{{{','.join(f'{k}={v!r}' for k, v in labels.items())}}}".replace("'", '"')


def series(metric, value, **labels):
    return {"series": name_of(metric, **labels), "values": value if isinstance(value, str) else f"{value}x{MINUTES}"}


def cluster(lost=(), nodes=NODES, endpoints=(*ENDPOINTS, *OTHERS), **more):
    """The series of a cluster in which lost(node, endpoint) is."""
    lost = lost or (lambda node, endpoint: False)
    out = []
    for n in nodes:
        out.append(series("banksman_build_info", 1, node=n, version="0.1.0"))
        for e in endpoints:
            host, port = e.split(":")
            provider = "rhv1" if host.startswith("kvm") else "dc1"
            severity = "warning" if port == "8443" else "blocker"
            info = {"endpoint": e, "provider": provider, "role": "esxi", "host": host, "port": port, "severity": severity}
            out.append(series("banksman_endpoint_info", 1, node=n, **info))
            out.append(series("banksman_endpoint_up", 0 if lost(n, e) else 1, node=n, endpoint=e))
    return out + more.get("also", [])


def firing(promtool, rules, tmp_path, input_series, at):
    """All alerts that fire at that time: {(alertname, label…): annotations}, read from what promtool says it got."""
    names = [r["alert"] for g in yaml.safe_load(rules.read_text())["groups"] for r in g["rules"] if "alert" in r]
    unit = {
        "rule_files": [str(rules)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": input_series,
                # Nothing fires, promtool is told; what does it then lists.
                "alert_rule_test": [{"eval_time": at, "alertname": n, "exp_alerts": []} for n in names],
            }
        ],
    }
    path = tmp_path / "test.yaml"
    path.write_text(yaml.safe_dump(unit))
    done = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, timeout=120)
    text = done.stdout + done.stderr
    found = {}
    for labels, annotations in re.findall(r"Labels:\{(.*)\}\s+Annotations:\{(.*)\}", text):
        pairs, notes = (dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', part)) for part in (labels, annotations))
        key = (pairs["alertname"], *(pairs[k] for k in ("node", "endpoint", "provider", "sink") if k in pairs))
        found[key] = {**notes, "severity": pairs["severity"]}
    assert done.returncode in (0, 1) and (done.returncode == 0) == (not found), text
    return found


@pytest.fixture
def fires(promtool, rules, tmp_path):
    return lambda input_series, at="5m": firing(promtool, rules, tmp_path, input_series, at)


def test_the_rules_are_valid(promtool, rules):
    assert "SUCCESS" in run(promtool, "check", "rules", rules)


def test_nothing_is_told_of_a_cluster_that_is_well(fires):
    assert fires(cluster()) == {}


def test_one_node_that_loses_everything_is_one_alert(fires):
    found = fires(cluster(lambda n, e: n == "n7"))
    assert set(found) == {("BanksmanNodeIsolated", "n7")}
    assert found["BanksmanNodeIsolated", "n7"]["summary"] == "node n7 lost 43 of 43"


def test_one_node_that_loses_41_of_41(fires):
    found = fires(cluster(lambda n, e: n == "n7", endpoints=ENDPOINTS))
    assert found["BanksmanNodeIsolated", "n7"]["summary"] == "node n7 lost 41 of 41"


def test_one_endpoint_that_all_nodes_lose(fires):
    found = fires(cluster(lambda n, e: e == "esx4:902"))
    assert set(found) == {("BanksmanEndpointLost", "esx4:902", "dc1")}
    alert = found["BanksmanEndpointLost", "esx4:902", "dc1"]
    assert alert["summary"] == "all 40 nodes lost esx4:902" and alert["severity"] == "critical"


def test_an_endpoint_that_some_nodes_lose(fires):
    found = fires(cluster(lambda n, e: e == "esx4:902" and n in ("n3", "n9")))
    assert set(found) == {("BanksmanEndpointPartlyLost", "esx4:902", "dc1")}
    alert = found["BanksmanEndpointPartlyLost", "esx4:902", "dc1"]
    assert alert["summary"] == "2 of 40 nodes lost esx4:902"
    assert sorted(alert["nodes"].split()) == ["n3", "n9"]


def test_an_isolated_node_does_not_count_with_an_endpoint(fires):
    found = fires(cluster(lambda n, e: n == "n7" or (e == "esx4:902" and n in ("n3", "n9"))))
    assert set(found) == {("BanksmanNodeIsolated", "n7"), ("BanksmanEndpointPartlyLost", "esx4:902", "dc1")}
    alert = found["BanksmanEndpointPartlyLost", "esx4:902", "dc1"]
    assert alert["summary"] == "2 of 39 nodes lost esx4:902" and "n7" not in alert["nodes"].split()


def test_a_provider_that_all_nodes_lose_is_one_alert(fires):
    found = fires(cluster(lambda n, e: e in ENDPOINTS, nodes=NODES[:10]))
    assert set(found) == {("BanksmanProviderLost", "dc1")}
    assert found["BanksmanProviderLost", "dc1"]["summary"] == "all nodes lost 41 of 41 of provider dc1"


def test_the_only_node_that_loses_everything_is_no_isolated_node(fires):
    found = fires(cluster(lambda n, e: True, nodes=["n1"], endpoints=["vc:443", "esx1:902"]))
    assert set(found) == {("BanksmanEndpointLost", "vc:443", "dc1"), ("BanksmanEndpointLost", "esx1:902", "dc1")}
    assert found["BanksmanEndpointLost", "vc:443", "dc1"]["summary"] == "the only node that watches it lost vc:443"


def test_what_is_only_recommended_is_a_warning(fires):
    found = fires(cluster(lambda n, e: e == "kvm1:8443", nodes=NODES[:3], endpoints=["vc:443", "kvm1:8443"]))
    assert found["BanksmanEndpointLost", "kvm1:8443", "rhv1"]["severity"] == "warning"


def test_of_several_addresses_the_worst_counts(fires):
    also = [series("banksman_endpoint_up", 0, node="n1", endpoint="vc:443", address="10.0.0.2")]
    found = fires(cluster(nodes=NODES[:4], endpoints=["vc:443", "esx1:902", "esx2:902"], also=also))
    assert found["BanksmanEndpointPartlyLost", "vc:443", "dc1"]["summary"] == "1 of 4 nodes lost vc:443"


def test_what_is_unknown_is_not_lost(fires):
    # n2 could not try: it has no banksman_endpoint_up at all.
    some = [s for s in cluster(nodes=NODES[:3]) if not (s["series"].startswith("banksman_endpoint_up{") and '"n2"' in s["series"])]
    assert fires(some) == {}


def test_two_configurations_at_once_break_no_rule(fires):
    also = [
        series("banksman_endpoint_info", 1, node="n1", endpoint="vc:443", provider="old", role="esxi", severity="blocker"),
    ]
    found = fires(cluster(lambda n, e: e == "esx4:902", nodes=NODES[:4], also=also))
    assert [k[:2] for k in found] == [("BanksmanEndpointLost", "esx4:902")]


def test_a_loss_is_told_and_ends(fires):
    values = "1x10 0x10 1x20"
    some = cluster(nodes=["n1", "n2"], endpoints=["vc:443", "esx1:902", "esx2:902"])
    for s in some:
        if s["series"].startswith("banksman_endpoint_up{") and "esx1:902" in s["series"]:
            s["values"] = values
    key = ("BanksmanEndpointLost", "esx1:902", "dc1")
    assert fires(some, "9m") == {}
    assert set(fires(some, "14m")) == {key}
    assert fires(some, "25m") == {}


def test_a_service_that_fails(fires):
    also = [series("banksman_endpoint_service_up", 0, node=n, endpoint="esx4:902") for n in ("n1", "n2")]
    found = fires(cluster(nodes=NODES[:4], also=also), "15m")
    assert set(found) == {("BanksmanServiceFailing", "esx4:902", "dc1")}
    assert found["BanksmanServiceFailing", "esx4:902", "dc1"]["summary"].endswith("as 2 nodes see it")


def test_certificates(fires):
    def ends(endpoint, node, seconds):
        return series("banksman_certificate_not_after_timestamp_seconds", seconds, node=node, endpoint=endpoint)

    also = [
        ends("vc:443", "n1", 10 * 86400),
        ends("esx1:443", "n1", 90 * 86400),
        ends("esx1:443", "n2", 91 * 86400),
        ends("esx2:443", "n1", 7200),
        ends("esx3:443", "n1", 60),
        ends("esx4:443", "n1", 90 * 86400),
    ]
    found = fires(cluster(nodes=NODES[:2], also=also), "35m")
    assert {k[:2]: v["severity"] for k, v in found.items()} == {
        ("BanksmanCertificateExpiring", "vc:443"): "warning",
        ("BanksmanCertificatesDiffer", "esx1:443"): "warning",
        ("BanksmanCertificateExpiring", "esx2:443"): "critical",
        ("BanksmanCertificateExpired", "esx3:443"): "critical",
    }


def test_daemons(fires):
    also = [
        series("up", 0, job="banksman", node="n1"),
        series("up", 0, job="other", node="n1"),
        series("banksman_config_last_reload_successful", 0, node="n2"),
        series("banksman_history_writable", 0, node="n3"),
        series("banksman_sink_up", 0, node="n4", sink="alertmanager"),
        series("banksman_checks_not_run_total", "0+5x40", node="n1"),
    ]
    assert set(fires(cluster(nodes=NODES[:4], also=also), "20m")) == {
        ("BanksmanDown", "n1"),
        ("BanksmanConfigurationInvalid", "n2"),
        ("BanksmanHistoryFailing", "n3"),
        ("BanksmanSinkFailing", "n4", "alertmanager"),
        ("BanksmanChecksNotRun", "n1"),
    }


def test_no_daemon_at_all(fires):
    assert set(fires([series("up", 1, job="other")], "20m")) == {("BanksmanAbsent",)}


def test_every_metric_is_documented(rules):
    known = set(re.findall(r"`(banksman_\w+)`", (ROOT / "docs" / "metrics.md").read_text()))
    used = set(re.findall(r"(?<![:\w])(banksman_\w+)", rules.read_text())) - {"banksman_info"}
    assert used and used <= known, used - known
