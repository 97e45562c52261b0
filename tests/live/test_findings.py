# SPDX-License-Identifier: Apache-2.0
"""The exported inventory in the daemon: judged when it changes, within limits, told, and remembered over restarts."""

import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

import pytest
from conftest import ROOT, public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from openapi import Document

sys.path.insert(0, str(ROOT / "tests"))

from lab.exports import formats  # noqa: E402
from lab.exports.__main__ import write_crowd  # noqa: E402

FLOOD = 20000
BLOCKED = "InventoryBlocked"
RULE = """-- SPDX-License-Identifier: Apache-2.0
-- RULE mine.all
-- severity: {severity}
-- title: a rule of the test
-- why: every machine has it
-- remedy: none
-- source: this test
{sql}
"""
ALL = "SELECT 'fail', 'vm', ref, name, NULL, 'it is there' FROM subject;"


class Site:
    """A daemon and its folder of exports."""

    def __init__(self, daemon, exports, rules, banksman):
        self.daemon = daemon
        self.exports = exports
        self.rules = rules
        self.banksman = banksman
        self.document = Document()

    def put(self, name, content):
        """A file as a whole, as one ought to."""
        fresh = self.exports / ("." + name)
        fresh.write_text(content if isinstance(content, str) else json.dumps(content))
        fresh.rename(self.exports / name)

    def clear(self):
        for path in self.exports.iterdir():
            path.unlink()

    def rule(self, sql=ALL, severity="blocker"):
        self.rules.mkdir(exist_ok=True)
        (self.rules / "mine.sql").write_text(RULE.format(sql=sql, severity=severity))

    def get(self, query=""):
        return self.document.check("/v1/findings", "GET", self.daemon.get("/v1/findings" + query))

    def all(self, query=""):
        """All pages."""
        page = self.get("?limit=1000" + query)
        found = page["findings"]
        while "next" in page:
            page = self.get(f"?limit=1000&after={page['next']}{query}")
            found += page["findings"]
        return found

    def judged(self, after="", timeout=30):
        """What is found once the exports were judged, later than `after`."""

        def known():
            page = self.get()
            return page if page.get("judged", "") > after and "trouble" not in page else None

        return self.daemon.wait("a judgement", known, timeout)

    def trouble(self, timeout=30):
        return self.daemon.wait("trouble", lambda: self.get().get("trouble"), timeout)

    def alerts(self, query=""):
        found = self.daemon.json("/v1/alerts?alertname=" + BLOCKED + query)["alerts"]
        return {a["labels"].get("plan", ""): a for a in found if query or a["state"] == "active"}

    def metrics(self):
        lines = self.daemon.get("/metrics").body.decode().splitlines()
        pairs = (line.rpartition(" ") for line in lines if line.startswith("banksman_inventory_"))
        return {name.removeprefix("banksman_inventory_"): float(value) for name, _, value in pairs}

    def ask(self, *args):
        env = {"BANKSMAN_SOCKET": str(self.daemon.socket), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        return self.banksman("findings", *args, env=env)

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.daemon.folder}/history.db?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def configure(self, **inventory):
        self.daemon.conf["inventory"] = {"directory": str(self.exports), **inventory}
        self.daemon.write()


def machine(number, **more):
    """A machine of Forklift's inventory of vSphere."""
    return {"id": f"vm-{number}", "name": f"web-{number}", "path": f"/dc/vm/web-{number}", "selfLink": "x", **more}


def machines(*numbers):
    template = json.loads((FORKLIFT / "vms.json").read_text())[0]
    return [{**template, "id": f"vm-{n}", "name": f"web-{n}", "uuid": f"{n:08d}-0000-0000-0000-000000000000"} for n in numbers]


FORKLIFT = pathlib.Path()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The imaginary site as Forklift has it, and its resources."""
    global FORKLIFT
    out = tmp_path_factory.mktemp("exports")
    for name in ("forklift-vsphere", "kubernetes-json"):
        formats.write(name, out)
    FORKLIFT = out / "forklift-vsphere"
    return out


@pytest.fixture
def make(binary, banksman, slow, written):
    with contextlib.ExitStack() as stack:

        def build(start=True, **inventory):
            folder = pathlib.Path(stack.enter_context(public_folder()))
            exports, rules = folder / "exports", folder / "rules"
            exports.mkdir()
            conf = {"inventory": {"directory": str(exports), **inventory}}
            daemon = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
            stack.callback(daemon.stop)
            daemon.expected.append("the inventory could not be judged")
            if start:
                daemon.start()
            return Site(daemon, exports, rules, banksman)

        yield build


def copy(written, name, site):
    for path in sorted((written / name).iterdir()):
        site.put(path.name, path.read_text())


def names(findings):
    return {f["object"]["name"] for f in findings}


# ---- what is found


def test_findings_of_a_folder_are_those_of_check(make, written, banksman):
    site = make()
    copy(written, "forklift-vsphere", site)
    copy(written, "kubernetes-json", site)
    page = site.judged()
    site.daemon.wait("all files", lambda: len(site.get()["files"]) == len(list(site.exports.iterdir())))
    found = site.all()
    check = banksman("check", "-o", "json", *sorted(site.exports.iterdir()), timeout=60).json()

    def key(f):
        return f["rule"], f["verdict"], f["object"]["kind"], f["object"].get("id"), f["object"].get("name"), f.get("plan")

    assert {key(f) for f in found} == {key(f) for f in check["findings"]}
    assert len({key(f) for f in found}) == len(found), "each is told once"
    summary = site.get()["summary"]
    told = check["summary"]["machines"]
    assert summary["machines"] == told["judged"]
    assert {word: summary[word] for word in ("ready", "blocked", "undetermined")}.items() <= told.items()
    assert [f["severity"] for f in found] == sorted((f["severity"] for f in found), key="blocker warning info".split().index)
    assert page["directory"] == str(site.exports) and all("remedy" in f for f in found)


def test_findings_filters_and_pages(make, written):
    site = make()
    copy(written, "forklift-vsphere", site)
    site.judged()
    everything = site.all()
    blockers = site.all("&severity=blocker")
    assert blockers == [f for f in everything if f["severity"] == "blocker"] and blockers
    assert site.all("&severity=warning&verdict=fail") == [
        f for f in everything if f["severity"] != "info" and f["verdict"] == "fail"
    ]
    assert site.all("&rule=page.*") == [f for f in everything if f["rule"].startswith("page.")]
    name = blockers[0]["object"]["name"]
    assert site.all(f"&name={name}") == [f for f in everything if f["object"].get("name") == name]
    number = blockers[0]["object"]["id"]
    assert site.all(f"&name={number}&kind=vm") == [f for f in everything if f["object"].get("id") == number]
    assert site.get("?name=nobody")["findings"] == []
    pages, query = [], ""
    while query is not None:
        page = site.get("?limit=7" + query)
        pages += page["findings"]
        query = f"&after={page['next']}" if "next" in page else None
    assert pages == everything
    # Of findings that are not in force any more there is no next page.
    first = site.get("?limit=1")
    site.put("vms.json", machines(1))
    site.judged(after=first["judged"])
    reply = site.daemon.get(f"/v1/findings?after={first['next']}")
    assert site.document.check("/v1/findings", "GET", reply)["error"]["code"] == "judged-again"


def test_findings_command_shows_them(make, written):
    site = make()
    assert site.ask().code == 1, "nothing is known"
    site.put("vms.json", machines(1, 2))
    site.rule("SELECT 'fail', 'vm', ref, name, NULL, 'it is ' || name FROM subject;")
    site.judged()
    site.configure(rules=str(site.rules))
    site.daemon.wait("the rule", lambda: site.all("&rule=mine.all"))
    done = site.ask("--rule", "mine.*", "web-1")
    assert done.code == 1 and "it is web-1" in done.stdout and "web-2" not in done.stdout, done
    assert "2 machines: 0 ready, 2 blocked" in done.stdout and "✗ blocker" in done.stdout, done
    assert site.ask("--severity", "blocker", "--rule", "mine.all", "-o", "json").json()["findings"] == site.all("&rule=mine.all")
    wide = site.ask("--rule", "mine.all", "-o", "wide").stdout
    assert "FIRST SEEN" in wide and "what to do: none" in wide and "vm-1" in wide, wide
    site.daemon.wait("the history", lambda: "mine.all" in site.ask("--history").stdout)
    assert site.ask("nobody").stdout.startswith("No findings."), site.ask("nobody")
    assert site.ask("--severity", "critical").code == 2


def test_findings_without_a_folder_there_are_none(binary, banksman, slow):
    with public_folder() as folder:
        daemon = Daemon(daemon_binary(binary), daemon_wrapper(), folder, {}, slow)
        daemon.start()
        try:
            reply = daemon.get("/v1/findings")
            assert Document().check("/v1/findings", "GET", reply)["error"]["code"] == "no-inventory"
            assert b"banksman_inventory" not in daemon.get("/metrics").body
        finally:
            daemon.stop()


def test_findings_status_tells_of_them(make, written):
    site = make()

    def status():
        return site.document.check("/v1/status", "GET", site.daemon.get("/v1/status")).get("inventory")

    assert site.trouble() and status()["findings"] == 0 and status()["failures"] >= 1
    site.put("vms.json", machines(1, 2))
    site.judged()
    page, found = site.get("?limit=1"), len(site.all())
    told = status()
    assert {key: told[key] for key in ("directory", "judged", "summary", "files")} == {
        key: page[key] for key in ("directory", "judged", "summary", "files")
    }
    assert told["findings"] == found and told["judgements"] == 1 and "trouble" not in told
    shown = site.banksman("status", "--socket", site.daemon.socket).stdout
    assert "inventory: 2 machines: " in shown, shown
    site.put("hosts.json", '[{"id": "host-1", ')
    site.trouble()
    assert "hosts.json" in status()["trouble"] and status()["judged"] == told["judged"]
    site.configure(directory="")
    site.daemon.post("/v1/reload")
    assert status() is None


# ---- what changes


def test_findings_of_a_new_export_replace_the_old(make, written):
    site = make(rules="")
    site.rule()
    site.configure(rules=str(site.rules))
    site.daemon.post("/v1/reload")
    site.put("vms.json", machines(1, 2))
    first = site.judged()
    assert names(site.all("&rule=mine.all")) == {"web-1", "web-2"}
    site.put("vms.json", machines(2, 3))
    second = site.judged(after=first["judged"])
    found = {f["object"]["name"]: f for f in site.all("&rule=mine.all")}
    assert set(found) == {"web-2", "web-3"}
    assert found["web-2"]["first_seen"] == first["judged"] and found["web-3"]["first_seen"] == second["judged"]
    assert found["web-2"]["last_seen"] == second["judged"]
    past = site.daemon.wait("the end in the history", lambda: [
        f for f in site.get("?history=true&rule=mine.all&name=web-1")["findings"] if "ended" in f
    ])  # fmt: skip
    assert (past[0]["first_seen"], past[0]["last_seen"]) == (first["judged"], first["judged"])
    assert past[0]["ended"] == second["judged"]
    events = [e for e in site.daemon.json("/v1/events")["events"] if e["kind"] == "inventory"]
    assert len(events) == 2 and events[0]["detail"].startswith("2 machines: 0 ready, 2 blocked")


def test_findings_rules_that_change_are_applied(make, written):
    site = make(start=False)
    site.rule(severity="info")
    site.configure(rules=str(site.rules))
    site.put("vms.json", machines(1))
    site.daemon.start()
    first = site.judged()
    assert site.all("&rule=mine.all")[0]["severity"] == "info"
    site.rule(severity="warning")
    site.judged(after=first["judged"])
    found = site.all("&rule=mine.all")[0]
    assert (found["severity"], found["first_seen"]) == ("warning", first["judged"])


def test_findings_broken_export_keeps_the_last(make, written):
    site = make()
    site.put("vms.json", machines(1))
    first = site.judged()
    before = site.all()
    assert before and site.metrics()["last_judge_successful"] == 1
    site.put("hosts.json", '[{"id": "host-1", ')
    assert "hosts.json" in site.trouble() and "ends within" in site.trouble()
    assert site.all() == before and site.get()["judged"] == first["judged"]
    assert site.metrics()["last_judge_successful"] == 0 and site.metrics()["judge_failures_total"] == 1
    assert "could not be judged again" in site.ask().stdout and site.ask("nobody").code == 1
    assert "failed" in [e.get("after") for e in site.daemon.json("/v1/events")["events"] if e["kind"] == "inventory"]
    (site.exports / "hosts.json").unlink()
    site.judged(after=first["judged"])
    assert site.metrics()["last_judge_successful"] == 1
    site.clear()
    assert site.trouble() == f"no export is in {site.exports}", "a folder that is not mounted is not a site without machines"
    assert len(site.all()) == len(before)


def test_findings_export_that_is_being_written_is_waited_for(make, written):
    site = make()
    text = json.dumps(machines(*range(1, 30)))
    with open(site.exports / "vms.json", "w") as out:
        for i in range(0, len(text), len(text) // 20 + 1):
            out.write(text[i : i + len(text) // 20 + 1])
            out.flush()
            time.sleep(0.2)
    site.judged()
    assert site.metrics()["judge_failures_total"] == 0


def test_findings_swapped_configmap_is_judged_again(make, written):
    site = make(start=False)
    for name, numbers in (("..1", (1,)), ("..2", (1, 2))):
        (site.exports / name).mkdir()
        (site.exports / name / "vms.json").write_text(json.dumps(machines(*numbers)))
    (site.exports / "..data").symlink_to("..1")
    (site.exports / "vms.json").symlink_to("..data/vms.json")
    site.daemon.start()
    first = site.judged()
    assert first["summary"]["machines"] == 1
    (site.exports / "..data_tmp").symlink_to("..2")
    os.replace(site.exports / "..data_tmp", site.exports / "..data")
    assert site.judged(after=first["judged"])["summary"]["machines"] == 2


# ---- the limits


@pytest.fixture
def unbounded(slow):
    if slow == 3:
        pytest.skip("a sanitizer's memory has no limit")


def test_findings_export_that_wants_too_much_memory_is_given_up(make, written, unbounded):
    """A rule that holds eight large values at once: nothing else would be large enough to be quick."""
    site = make()
    site.put("vms.json", machines(1))
    first = site.judged()
    large = ", ".join(f"hex(zeroblob(15000000 + {i}))" for i in range(8))
    site.rule(f"SELECT 'fail', 'vm', ref, name, NULL, substr(max({large}), 1, 1) FROM subject;")
    site.configure(rules=str(site.rules), memory="64MiB")
    assert site.trouble() == "it wanted more memory than 64 MiB (inventory.memory)", site.get()
    assert site.get()["judged"] == first["judged"] and site.all()


def endless(count=10**12):
    return (
        f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) "
        "SELECT 'fail', 'vm', ref, name, NULL, 'x' FROM subject WHERE (SELECT count(*) FROM c) > 0;"
    )


def test_findings_judgement_that_takes_too_long_is_ended(make, written):
    site = make()
    site.put("vms.json", machines(1))
    first = site.judged()
    site.rule(endless())
    site.configure(rules=str(site.rules), timeout="1s")
    assert site.trouble() == "it took longer than 1 s (inventory.timeout)", site.get()
    assert site.get()["judged"] == first["judged"] and site.all()
    assert "judging" not in site.get()


def children(daemon):
    """Those of the daemon that judge."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if fields[1] == str(daemon.process.pid) and fields[0] != "Z":
                found.append(path.parent)
    return found


def limits_of(process):
    return {line[:26].strip(): line[26:].split() for line in (process / "limits").read_text().splitlines()[1:]}


def test_findings_process_that_judges_is_confined_and_goes_with_the_daemon(make, written, unbounded):
    if daemon_wrapper():
        pytest.skip("the wrapper is in between")
    site = make()
    site.rule(endless())
    site.put("vms.json", machines(1))
    site.configure(rules=str(site.rules))
    child = site.daemon.wait("the process", lambda: children(site.daemon))[0]
    site.daemon.wait("that it judges", lambda: "judging" in site.get())
    memory = str((512 + 64) << 20)
    site.daemon.wait("its limits", lambda: limits_of(child)["Max address space"][0] == memory)  # the last that it sets
    limits = limits_of(child)
    assert limits["Max core file size"][0] == "0" and limits["Max open files"][0] == "64"
    assert limits["Max cpu time"][0] == "301"
    links = {os.readlink(path) for path in (child / "fd").iterdir()}
    assert not [x for x in links if x.startswith(("socket:", "anon_inode:")) or x.endswith((".db", ".db-wal"))], links
    site.daemon.process.kill()
    site.daemon.process.wait()
    site.daemon.process = None
    deadline = time.monotonic() + 10
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.exists()


def test_findings_reload_while_it_judges_begins_anew(make, written):
    site = make()
    site.rule(endless())
    site.put("vms.json", machines(1))
    site.configure(rules=str(site.rules))
    site.daemon.wait("that it judges", lambda: "judging" in site.get())
    site.configure()
    assert site.judged()["summary"]["machines"] == 1
    assert site.metrics()["judgements_total"] == 1


def test_findings_many_at_once_disturb_nobody(make, written, report):
    """Every answer is there at once while tens of thousands of findings come in, are written, and end."""
    site = make(start=False)
    site.rule()
    site.configure(rules=str(site.rules))
    write_crowd(FLOOD, site.exports / "vms.json")
    site.daemon.start()
    slowest = 0.0
    first = None
    while first is None or site.rows("SELECT count(*) FROM finding WHERE rule = 'mine.all'")[0][0] < FLOOD:
        began = time.monotonic()
        page = site.get("?limit=1")
        slowest = max(slowest, time.monotonic() - began)
        first = page if "judged" in page else None
        assert "trouble" not in page, page
        time.sleep(0.02)
    assert len(site.all("&rule=mine.all")) == FLOOD
    site.put("vms.json", machines(1))
    site.judged(after=first["judged"], timeout=60)
    site.daemon.wait("the ends", lambda: site.rows(
        "SELECT count(*) FROM finding WHERE rule = 'mine.all' AND ended_ms IS NULL") == [(1,)], timeout=60)  # fmt: skip
    report("findings", f"slowest answer during {FLOOD} machines: {slowest * 1000:.0f} ms; judged in {first['took_ms']} ms")
    assert slowest < 0.5 * site.daemon.slow


# ---- alerts


def plan(name, *numbers):
    """A plan that wants these machines."""
    return {
        "apiVersion": "forklift.konveyor.io/v1beta1",
        "kind": "Plan",
        "metadata": {"namespace": "mtv", "name": name, "uid": name},
        "spec": {"targetNamespace": "prod", "vms": [{"id": f"vm-{n}"} for n in numbers]},
    }


def test_findings_blocked_plan_is_an_alert_until_it_is_not(make, written):
    site = make(start=False)
    site.rule("SELECT 'fail', 'vm', ref, name, NULL, 'no' FROM subject WHERE name = 'web-1';")
    site.configure(rules=str(site.rules))
    site.put("vms.json", machines(1, 2, 3))
    site.put("plans.json", {"apiVersion": "v1", "kind": "List", "items": [plan("a", 1, 2), plan("b", 3)]})
    site.daemon.start()
    first = site.judged()
    alerts = site.daemon.wait("the alert", site.alerts)
    blocked = alerts["mtv/a"]
    assert blocked["severity"] == "warning" and blocked["starts"] == first["judged"]
    assert "1 of 2 machines of plan mtv/a" in blocked["annotations"]["summary"], blocked
    assert "mine.all (1)" in blocked["annotations"]["rules"] and blocked["annotations"]["machines"] == "1"
    assert "mine.all" not in alerts.get("mtv/b", {"annotations": {"rules": ""}})["annotations"]["rules"]
    site.rule(severity="info")
    site.judged(after=first["judged"])
    site.daemon.wait("its end", lambda: "mine.all" not in json.dumps(site.alerts()))
    site.configure(directory="")
    site.daemon.wait("the end of all", lambda: not site.alerts())

    def ended():  # in the history, which is written a little later
        past = site.daemon.json("/v1/alerts?history=true&alertname=" + BLOCKED)["alerts"]
        return all("resolution" in a["annotations"] for a in past) and past

    past = site.daemon.wait("its end in the history", ended)
    assert {a["annotations"]["resolution"] for a in past} <= {"no blocker fails any more", "no inventory is judged any more"}
    site.daemon.wait("the end of the findings", lambda: site.rows("SELECT count(*) FROM finding WHERE ended_ms IS NULL") == [(0,)])


def test_findings_alert_outlives_a_restart_and_ends_after_it(make, written):
    site = make(start=False)
    site.rule()
    site.configure(rules=str(site.rules))
    site.put("vms.json", machines(1))
    site.daemon.start()
    site.judged()
    began = site.daemon.wait("the alert", site.alerts)[""]["starts"]
    site.daemon.stop()
    site.daemon.start()
    assert site.alerts()[""]["starts"] == began
    page = site.judged()
    site.rule(severity="info")
    site.judged(after=page["judged"])
    site.daemon.wait("its end", lambda: "mine.all" not in json.dumps(site.alerts()))


# ---- the history


@pytest.mark.parametrize("end", ["in order", "killed"])
def test_findings_first_and_last_seen_are_exact_over_restarts(make, written, end):
    site = make(start=False)
    site.rule()
    site.configure(rules=str(site.rules))
    site.put("vms.json", machines(1, 2))
    site.daemon.start()
    first = site.judged()
    site.daemon.wait("all in the history", lambda: site.rows("SELECT count(*) FROM judgement") == [(1,)])
    if end == "killed":
        site.daemon.process.kill()
        site.daemon.process.wait()
        site.daemon.process = None
    else:
        site.daemon.stop()
    site.put("vms.json", machines(2, 3))
    site.put("broken.json", "[")
    site.daemon.start()
    # Nothing could be judged yet: what was known is.
    site.trouble()
    page = site.get("?rule=mine.all")
    assert page["judged"] == first["judged"] and names(page["findings"]) == {"web-1", "web-2"}
    assert page["summary"] == first["summary"] and page["files"] == first["files"]
    (site.exports / "broken.json").unlink()
    second = site.judged(after=first["judged"])
    found = {f["object"]["name"]: f for f in site.all("&rule=mine.all")}
    assert {n: f["first_seen"] for n, f in found.items()} == {"web-2": first["judged"], "web-3": second["judged"]}
    site.daemon.wait("the end in the history", lambda: site.rows("SELECT count(*) FROM judgement") == [(2,)])
    past = {f["object"]["name"]: f for f in site.get("?history=true&rule=mine.all")["findings"]}
    assert (past["web-1"]["first_seen"], past["web-1"]["last_seen"]) == (first["judged"], first["judged"])
    assert past["web-1"]["ended"] == second["judged"] and "ended" not in past["web-2"]
    assert past["web-2"]["last_seen"] == second["judged"]


def test_findings_without_a_history_there_are_findings_all_the_same(make, written):
    site = make(start=False)
    site.daemon.conf["history"] = {"path": ""}
    site.daemon.write()
    site.put("vms.json", machines(1))
    site.daemon.start()
    site.judged()
    assert site.all()
    reply = site.daemon.get("/v1/findings?history=true")
    assert site.document.check("/v1/findings", "GET", reply)["error"]["code"] == "no-history"


def test_findings_test_of_the_configuration_looks_at_the_rules(make, written, banksman):
    site = make(start=False)
    site.rule("SELECT nonsense;")
    site.configure(rules=str(site.rules))
    argv = [site.daemon.binary, "-t", str(site.daemon.path)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, "what a rule selects is seen when it runs"
    (site.rules / "mine.sql").write_text("-- RULE\nSELECT 1;\n")
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "inventory.rules" in done.stderr and "mine.sql" in done.stderr, done
