#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the two dashboards, which show the same: one for the OpenShift console, one for Grafana.

usage: generate.py [FOLDER]      into FOLDER/console.json and FOLDER/grafana.json, not into deploy/components

The console knows Grafana's old panels: graph, singlestat, table; it puts ".+" in the place of "All", and its tables have
the columns that are named here.  So the matrix of nodes and endpoints is a matrix in Grafana alone; the console lists
the pairs that are lost.
"""

import json
import pathlib
import sys

COMPONENTS = pathlib.Path(__file__).resolve().parents[1] / "components"
TITLE = "Banksman: the ways to migration sources"

NODE = '{node=~"$node"}'
LOST = "endpoint:banksman_nodes_lost:sum"
COUNT = "endpoint:banksman_nodes:count"
UP = "node_endpoint:banksman_up:min"
NOT_AFTER = "min by (endpoint) (banksman_certificate_not_after_timestamp_seconds)"


def of_provider(expr):
    """The endpoints of the chosen provider; Grafana's part of the text goes between the marks."""
    return f'{expr}«and on (endpoint) endpoint:banksman_info:group{{provider=~"$provider"}}»'


def number(expr):
    return f"count({expr}) or vector(0)"


def stat(title, expr, bad=True):
    return {"kind": "stat", "title": title, "queries": [(expr, "")], "width": 2, "bad": bad}


def graph(title, unit, *queries, width=6, stack=False):
    return {"kind": "graph", "title": title, "queries": queries, "unit": unit, "width": width, "stack": stack}


def table(title, columns, *queries, width=6, matrix=False):
    """columns: label -> heading; queries: (expression, heading of its value, unit)."""
    return {"kind": "table", "title": title, "columns": columns, "queries": queries, "width": width, "matrix": matrix}


ROWS = [
    (
        "Now",
        [
            stat("Nodes that watch", "count(count by (node) (banksman_build_info))", bad=False),
            stat("Endpoints", f"count({COUNT})", bad=False),
            stat("Isolated nodes", "sum(node:banksman_isolated:bool) or vector(0)"),
            stat("Lost by all nodes", number(f"{LOST} == {COUNT}")),
            stat("Lost by some nodes", number(f"{LOST} > 0 and {LOST} < {COUNT}")),
            stat("Services failing", number("endpoint:banksman_nodes_failing:sum > 0")),
        ],
    ),
    (
        "Which node reaches what",
        [
            table("Every node and endpoint", {"endpoint": "Endpoint", "node": "Node"},
                  (of_provider(f"{UP}{NODE}"), "Open", "open"), width=12, matrix=True),
            table("Lost", {"node": "Node", "endpoint": "Endpoint"},
                  (of_provider(f"{UP}{NODE} == 0"), "Open", "open")),
            table("By endpoint", {"endpoint": "Endpoint"},
                  (of_provider(LOST), "Nodes that lost it", "none"), (of_provider(COUNT), "Nodes that watch it", "none")),
            table("By node", {"node": "Node"},
                  (f"node:banksman_endpoints_lost:sum{NODE}", "Lost", "none"),
                  (f"node:banksman_endpoints:count{NODE}", "Watched", "none")),
        ],
    ),
    (
        "History",
        [
            graph("Endpoints that a node lost", "short", (f"node:banksman_endpoints_lost:sum{NODE}", "{{node}}")),
            graph("Nodes that lost an endpoint", "short", (of_provider(f"{LOST} > 0"), "{{endpoint}}")),
            graph("Round-trip time, the slowest node", "s",
                  (of_provider(f"max by (endpoint) (banksman_endpoint_rtt_seconds{NODE})"), "{{endpoint}}")),
            graph("Checks without an answer", "percentunit",
                  (of_provider(f"(sum by (endpoint) (rate(banksman_endpoint_losses_total{NODE}[5m]))"
                               f" / sum by (endpoint) (rate(banksman_endpoint_checks_total{NODE}[5m])) > 0)"),
                   "{{endpoint}}")),
        ],
    ),
    (
        "Certificates",
        [
            table("Certificates", {"endpoint": "Endpoint"},
                  (of_provider(f"({NOT_AFTER} - time()) / 86400"), "Days left", "none"),
                  (of_provider("sum by (endpoint) (1 - banksman_endpoint_trusted)"), "Nodes that do not trust it", "none"),
                  width=12),
        ],
    ),
    (
        "Findings",
        [
            table("Alerts", {"alertname": "Alert", "severity": "Severity", "node": "Node", "endpoint": "Endpoint",
                             "provider": "Provider"},
                  ('max by (alertname, severity, node, endpoint, provider)'
                   ' (ALERTS{alertname=~"Banksman.+", alertstate="firing"})', "Firing", "none"), width=12),
            graph("Endpoints by state, as all nodes see them", "short",
                  (f"sum by (state) (banksman_endpoints{NODE})", "{{state}}"), stack=True),
            graph("Endpoints with a problem", "short",
                  (f"sum by (problem) (banksman_endpoint_problems{NODE})", "{{problem}}")),
        ],
    ),
    (
        "Daemons",
        [
            table("Daemons", {"node": "Node", "version": "Version"},
                  (f"max by (node, version) (banksman_build_info{NODE})", "Runs", "none"), width=4),
            graph("Lateness of checks, 99 % are below", "s",
                  (f"histogram_quantile(0.99, sum by (node, le) (rate(banksman_schedule_lateness_seconds_bucket{NODE}[5m])))",
                   "{{node}}"), width=4),
            graph("History on disk", "bytes", (f"max by (node) (banksman_history_size_bytes{NODE})", "{{node}}"), width=4),
        ],
    ),
]


def expression(text, grafana):
    """Keeps what stands between the marks for Grafana, which has the variable, and drops it for the console."""
    before, mark, rest = text.partition("«")
    if not mark:
        return text
    inside, _, after = rest.partition("»")
    return f"{before} {inside}{after}" if grafana else before + after


def ref(i):
    return chr(ord("A") + i)


# ---- the console


def console_panel(panel, number):
    out = {"id": number, "title": panel["title"], "span": panel["width"], "datasource": "$datasource"}
    targets = []
    for i, query in enumerate(panel["queries"]):
        target = {"refId": ref(i), "expr": expression(query[0], False)}
        if panel["kind"] == "table":
            target |= {"format": "table", "instant": True, "legendFormat": ""}
        else:
            target |= {"format": "time_series", "legendFormat": query[1]}
        targets.append(target)
    out["targets"] = targets
    if panel["kind"] == "stat":
        return out | {"type": "singlestat", "format": "none", "decimals": 0, "valueName": "current"}
    if panel["kind"] == "graph":
        axes = [{"format": panel["unit"], "min": 0, "show": True}, {"format": "short", "show": False}]
        return out | {"type": "graph", "stack": panel["stack"], "legend": {"show": True}, "lines": True, "yaxes": axes}
    styles = [{"pattern": "Time", "type": "hidden"}]
    styles += [{"alias": heading, "pattern": label, "type": "string"} for label, heading in panel["columns"].items()]
    for i, (_, heading, _unit) in enumerate(panel["queries"]):
        styles.append({"alias": heading, "pattern": f"Value #{ref(i)}", "type": "number", "decimals": 0, "unit": "none"})
    return out | {"type": "table", "transform": "table", "styles": styles}


def console():
    rows, number = [], 0
    for title, panels in ROWS:
        out = []
        for panel in panels:
            if panel["kind"] == "table" and panel["matrix"]:
                continue
            number += 1
            out.append(console_panel(panel, number))
        rows.append({"title": title, "showTitle": True, "collapse": False, "panels": out})
    node = {"name": "node", "label": "Node", "type": "query", "hide": 0, "datasource": "$datasource", "includeAll": True,
            "multi": False, "query": "label_values(banksman_build_info, node)", "refresh": 2, "options": []}
    return {"title": TITLE, "uid": "banksman", "tags": ["banksman"], "timezone": "utc", "refresh": "30s", "schemaVersion": 14,
            "time": {"from": "now-6h", "to": "now"}, "templating": {"list": [node]}, "rows": rows}


# ---- Grafana

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
RED, GREEN, TEXT = "red", "green", "text"


def steps(*pairs):
    return {"mode": "absolute", "steps": [{"value": value, "color": color} for value, color in pairs]}


def open_or_lost():
    values = {"0": {"text": "lost", "color": RED, "index": 0}, "1": {"text": "open", "color": GREEN, "index": 1}}
    return [{"type": "value", "options": values}, {"type": "special", "options": {"match": "null", "result": {"text": "", "index": 2}}}]


def grafana_table(panel, out):
    columns = panel["columns"]
    out["type"] = "table"
    out["options"] = {"showHeader": True, "cellHeight": "sm"}
    renamed = dict(columns)
    for i, (_, heading, unit) in enumerate(panel["queries"]):
        renamed["Value" if len(panel["queries"]) == 1 else f"Value #{ref(i)}"] = heading
        if unit == "open":
            out["fieldConfig"]["defaults"] = {
                "mappings": open_or_lost(), "custom": {"cellOptions": {"type": "color-background", "mode": "basic"}},
                "color": {"mode": "thresholds"}, "thresholds": steps((None, TEXT)),
            }
    if panel["matrix"]:
        row, column = columns
        return [{"id": "groupingToMatrix", "options": {"rowField": row, "columnField": column, "valueField": "Value",
                                                       "emptyValue": "null"}}]
    order = {name: i for i, name in enumerate(renamed)}
    hidden = {"Time": True, "__name__": True, "job": True, "namespace": True, "instance": True}
    return [{"id": "merge", "options": {}},
            {"id": "organize", "options": {"excludeByName": hidden, "indexByName": order, "renameByName": renamed}}]


def grafana_panel(panel, number, at):
    out = {"id": number, "title": panel["title"], "datasource": SOURCE, "gridPos": at, "targets": [],
           "fieldConfig": {"defaults": {}, "overrides": []}}
    for i, query in enumerate(panel["queries"]):
        target = {"refId": ref(i), "datasource": SOURCE, "expr": expression(query[0], True)}
        if panel["kind"] == "graph":
            target |= {"legendFormat": query[1], "range": True, "instant": False}
        else:
            target |= {"format": "table" if panel["kind"] == "table" else "time_series", "range": False, "instant": True}
        out["targets"].append(target)
    if panel["kind"] == "table":
        out["transformations"] = grafana_table(panel, out)
        return out
    defaults = out["fieldConfig"]["defaults"]
    if panel["kind"] == "stat":
        out["type"] = "stat"
        out["options"] = {"colorMode": "value", "graphMode": "none", "reduceOptions": {"calcs": ["lastNotNull"]}}
        defaults |= {"unit": "none", "thresholds": steps((None, GREEN), (1, RED)) if panel["bad"] else steps((None, TEXT))}
        return out
    out["type"] = "timeseries"
    out["options"] = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    defaults |= {"unit": panel["unit"], "min": 0,
                 "custom": {"fillOpacity": 30 if panel["stack"] else 0,
                            "stacking": {"mode": "normal" if panel["stack"] else "none"}}}
    return out


def variable(name, label, query, everything):
    return {"name": name, "label": label, "type": "query", "datasource": SOURCE, "includeAll": True, "multi": True,
            "allValue": everything, "current": {"text": "All", "value": "$__all"}, "refresh": 2, "sort": 1,
            "definition": query, "query": {"query": query, "refId": name}}


def grafana():
    panels, y, number = [], 0, 0
    for title, row in ROWS:
        number += 1
        panels.append({"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
                       "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        y, x, tallest = y + 1, 0, 0
        for panel in row:
            width, height = panel["width"] * 2, 4 if panel["kind"] == "stat" else 12 if panel.get("matrix") else 8
            if x + width > 24:
                x, y, tallest = 0, y + tallest, 0
            number += 1
            panels.append(grafana_panel(panel, number, {"x": x, "y": y, "w": width, "h": height}))
            x, tallest = x + width, max(tallest, height)
        y += tallest
    source = {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}
    variables = [
        source,
        variable("node", "Node", "label_values(banksman_build_info, node)", ".+"),
        # ".*": endpoints that belong to no provider, too.
        variable("provider", "Provider", "label_values(banksman_endpoint_info, provider)", ".*"),
    ]
    return {"title": TITLE, "uid": "banksman", "tags": ["banksman"], "timezone": "utc", "refresh": "30s",
            "schemaVersion": 39, "version": 1, "editable": True, "graphTooltip": 1,
            "time": {"from": "now-6h", "to": "now"}, "templating": {"list": variables}, "panels": panels}


def main():
    files = {"console": COMPONENTS / "console-dashboard/banksman.json", "grafana": COMPONENTS / "grafana-dashboard/banksman.json"}
    if len(sys.argv) > 1:
        files = {name: pathlib.Path(sys.argv[1]) / f"{name}.json" for name in files}
    for name, board in (("console", console()), ("grafana", grafana())):
        files[name].write_text(json.dumps(board, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
