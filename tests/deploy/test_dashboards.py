# SPDX-License-Identifier: Apache-2.0
"""The dashboards are what the generator writes and well made, and a real Prometheus, fed by daemons that watch the
simulated site, has an answer to each of their questions."""

import json
import re
import shutil
import sys

import pytest
import yaml

from conftest import DEPLOY, ROOT, run
from gathering import Prometheus, Watchers, wait

FILES = {
    "console": DEPLOY / "components" / "console-dashboard" / "banksman.json",
    "grafana": DEPLOY / "components" / "grafana-dashboard" / "banksman.json",
}
BOARDS = {name: json.loads(path.read_text()) for name, path in FILES.items()}
# What each puts in the place of a variable that is "All".
ALL = {"console": {"node": ".+"}, "grafana": {"node": ".+", "provider": ".*"}}


def panels(name):
    if name == "console":
        return [p for row in BOARDS[name]["rows"] for p in row["panels"]]
    return [p for p in BOARDS[name]["panels"] if p["type"] != "row"]


def queries(name):
    return [(p["title"], t["expr"]) for p in panels(name) for t in p["targets"]]


def with_all(name, expr):
    for variable, value in ALL[name].items():
        expr = expr.replace(f"${variable}", value)
    return expr


# ---- well made


def test_they_are_what_the_generator_writes(tmp_path):
    run(sys.executable, DEPLOY / "dashboards" / "generate.py", tmp_path)
    for name, path in FILES.items():
        assert path.read_text() == (tmp_path / f"{name}.json").read_text(), f"{path}: run deploy/dashboards/generate.py"


@pytest.mark.parametrize("name", FILES)
def test_every_panel_is_whole(name):
    ids = [p["id"] for p in (panels("console") if name == "console" else BOARDS["grafana"]["panels"])]
    assert len(set(ids)) == len(ids)
    titles = [p["title"] for p in panels(name)]
    assert all(titles) and len(set(titles)) == len(titles)
    for p in panels(name):
        refs = [t["refId"] for t in p["targets"]]
        assert refs and len(set(refs)) == len(refs), p["title"]
        assert all(t["expr"] and "«" not in t["expr"] for t in p["targets"]), p["title"]


@pytest.mark.parametrize("name", FILES)
def test_variables_are_declared_and_used(name):
    text = json.dumps(BOARDS[name])
    declared = {v["name"] for v in BOARDS[name]["templating"]["list"]} - {"datasource"}
    used = {v for _, expr in queries(name) for v in re.findall(r"\$(\w+)", expr)}
    assert declared == used == set(ALL[name])
    assert "${datasource}" in text or name == "console"


def test_the_console_is_given_what_it_knows():
    for p in panels("console"):
        assert p["type"] in ("graph", "singlestat", "table")
        assert 1 <= p["span"] <= 12
        if p["type"] == "table":
            columns = [s for s in p["styles"] if s["type"] != "hidden"]
            values = {s["pattern"] for s in columns if s["pattern"].startswith("Value #")}
            assert values == {f"Value #{t['refId']}" for t in p["targets"]}
            assert all(s["alias"] for s in columns)
            # It joins the rows of several questions by all their labels: these must be the same.
            assert all(t["instant"] for t in p["targets"])
        if p["type"] == "graph":
            assert p["yaxes"][0]["format"] in ("short", "s", "bytes", "percentunit")


def test_no_two_panels_of_grafana_overlap():
    taken = {}
    for p in BOARDS["grafana"]["panels"]:
        at = p["gridPos"]
        assert at["x"] + at["w"] <= 24
        for x in range(at["x"], at["x"] + at["w"]):
            for y in range(at["y"], at["y"] + at["h"]):
                assert taken.setdefault((x, y), p["title"]) == p["title"], (p["title"], taken[x, y])


def test_every_metric_is_documented_or_recorded():
    rules = yaml.safe_load((DEPLOY / "components" / "monitoring" / "prometheusrule.yaml").read_text())
    known = {r["record"] for g in rules["spec"]["groups"] for r in g["rules"] if "record" in r}
    known |= set(re.findall(r"`(banksman_\w+)`", (ROOT / "docs" / "metrics.md").read_text()))
    known |= {"banksman_schedule_lateness_seconds_bucket", "ALERTS"}
    for name in FILES:
        for title, expr in queries(name):
            used = set(re.findall(r"(?:\w+:)?banksman_\w+(?::\w+)?|ALERTS", expr))
            assert used and used <= known, (title, used - known)


# ---- answered


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory, promtool):
    """n3 goes to another port than n1 and n2 for one host's 902, where nobody listens."""
    from lab.site import Site

    banksmand = ROOT / "build" / "banksmand"
    if not banksmand.exists():
        pytest.fail("build/banksmand is not there: build it first")
    if not shutil.which("prometheus"):
        pytest.skip("prometheus is missing")
    folder = tmp_path_factory.mktemp("cluster")
    monitor = yaml.safe_load((DEPLOY / "components" / "monitoring" / "podmonitor.yaml").read_text())
    rules = yaml.safe_load((DEPLOY / "components" / "monitoring" / "prometheusrule.yaml").read_text())["spec"]

    def elsewhere(conf):
        conf["providers"][0]["esxi"][0] += ":902=9"

    nodes = {"n1": lambda conf: None, "n2": lambda conf: None, "n3": elsewhere}
    with Site("demo") as site, Watchers(banksmand, site, folder, nodes) as watchers:
        with Prometheus(folder, watchers.addresses, monitor, rules) as running:
            yield running


def test_the_pod_monitor_keeps_our_endpoint_and_adds_the_node(prometheus):
    found = wait("three nodes", lambda: (r := prometheus.query("banksman_endpoint_up")) and r)
    wait("three nodes", lambda: {s["metric"]["node"] for s in prometheus.query("banksman_endpoint_up")} == {"n1", "n2", "n3"})
    for s in found:
        assert ":" in s["metric"]["endpoint"] and "exported_endpoint" not in s["metric"], s
        assert s["metric"]["instance"] == s["metric"]["node"] and "pod" not in s["metric"]


def test_the_picture_is_that_of_the_site(prometheus):
    def counted(expr):
        return {s["metric"]["endpoint"]: int(s["value"][1]) for s in prometheus.query(expr)}

    # Of the demo esx03 refuses 902 and esx04 says nothing there; n3 alone does not reach that of esx01.
    lost = {"esx01.lab.test:902": 1, "esx03.lab.test:902": 3}
    wait("the losses", lambda: counted("endpoint:banksman_nodes_lost:sum > 0") == lost, 40)
    wait("the silent one", lambda: counted("endpoint:banksman_nodes_failing:sum").get("esx04.lab.test:902") == 3, 40)
    (alert,) = wait(
        "the alert",
        lambda: prometheus.query('ALERTS{alertname="BanksmanEndpointPartlyLost"}'),
    )
    assert alert["metric"]["endpoint"] == "esx01.lab.test:902" and alert["metric"]["provider"] == "dc1"


# Nothing to see on a site that is so young, or has no such trouble.
MAY_BE_EMPTY = {"Checks without an answer", "Alerts", "Lateness of checks, 99 % are below"}


@pytest.mark.parametrize("name", FILES)
def test_every_question_has_an_answer(prometheus, name):
    wait("states", lambda: prometheus.query("banksman_certificate_not_after_timestamp_seconds") and True, 40)
    for title, expr in queries(name):
        asked = with_all(name, expr)
        assert "$" not in asked, title
        if title in MAY_BE_EMPTY:
            prometheus.query(asked)
        else:
            wait(f"answer to {title}: {asked}", lambda: prometheus.query(asked), 20)


def test_one_node_can_be_chosen(prometheus):
    (expr,) = [e for t, e in queries("grafana") if t == "Every node and endpoint"]
    found = prometheus.query(expr.replace("$node", "n3").replace("$provider", "dc1"))
    assert {s["metric"]["node"] for s in found} == {"n3"}
    assert all(not s["metric"]["endpoint"].startswith("kvm") for s in found)
