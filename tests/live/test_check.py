# SPDX-License-Identifier: Apache-2.0
"""check, rules and endpoints: exports in, findings out, in every format; and how each ends."""

import csv
import html.parser
import io
import json
import os
import pathlib
import pty
import re
import subprocess
import xml.etree.ElementTree

import pytest

from conftest import ROOT

# Markup, a formula, a terminal's sequence, what turns the line, quotes, a line end, what XML forbids.
EVIL = "=1+1<script>alert(1)</script>\"'&\x1b[31m\u202e\u2066\r\n\u00fc\uffff"
BLOCKED = "vm-9"
WARNED = "vm-8"

# A format and rules of the tests' own, so that what is found does not depend on the real ones.
FORMAT = """-- SPDX-License-Identifier: Apache-2.0
-- FORMAT toy
-- title: a toy's inventory
-- KIND vm
-- match: list = '' AND json_type(body, '$.toy') = 'text'
INSERT INTO vm (id, type, ref, name, is_template) SELECT id, 'toy', body->>'$.toy', body->>'$.name', 0 FROM input;
"""
RULES = f"""-- SPDX-License-Identifier: Apache-2.0
-- RULE toy.blocker
-- severity: blocker
-- title: A toy <that> is blocked
-- why: It is *said* so.
-- remedy: =cmd|' /C calc'!A0
-- source: the tests
SELECT 'fail', 'vm', ref, name, NULL, 'it is called ' || name FROM subject WHERE ref = '{BLOCKED}';

-- RULE toy.warning
-- severity: warning
-- category: Warning
-- title: A toy with a warning
-- why: It is said so.
-- remedy: Leave it.
-- source: the tests
SELECT 'fail', 'vm', ref, name, NULL, 'it is called ' || name FROM subject WHERE ref IN ('{BLOCKED}', '{WARNED}');

-- RULE toy.unknown
-- severity: blocker
-- title: A toy of which nothing is known
-- why: It is said so.
-- remedy: Ask.
-- source: the tests
SELECT 'unknown', 'vm', ref, name, NULL, 'no export tells what it is' FROM subject WHERE ref = 'vm-7';
"""


def vm(ref, name="web-01"):
    return {"toy": ref, "name": name}


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    (folder / "toy_format.sql").write_text(FORMAT)
    (folder / "toy_rules.sql").write_text(RULES)
    return folder


@pytest.fixture
def check(banksman, rules, tmp_path):
    """A function that checks toys: their records, then options."""

    def run(records, *options, **how):
        path = tmp_path / "toys.json"
        path.write_text(json.dumps(records))
        return banksman("check", "--rules", rules, *options, path, **how)

    return run


def toys(findings):
    return [f for f in findings if f["rule"].startswith("toy.")]


# ---- how it ends


@pytest.mark.parametrize(
    ("ref", "options", "code"),
    (
        ("vm-1", (), 0),
        ("vm-7", (), 0),  # unknown never fails
        ("vm-7", ("--fail-on", "warning"), 0),
        (WARNED, (), 0),
        (WARNED, ("--fail-on", "warning"), 1),
        (WARNED, ("--fail-on", "never"), 0),
        (BLOCKED, (), 1),
        (BLOCKED, ("--fail-on", "warning"), 1),
        (BLOCKED, ("--fail-on", "never"), 0),
        (WARNED, ("--fail-on", "warning", "--only", "blocker"), 1),  # what is not told counts
    ),
)
@pytest.mark.parametrize("output", ("table", "wide", "json", "html", "junit", "csv"))
def test_check_ends_as_fail_on_says_whatever_the_format(ref, options, code, output, check):
    done = check([vm(ref)], *options, "-o", output)
    assert done.code == code, done
    assert done.stdout, done


def test_check_of_what_cannot_be_read_names_file_and_place(banksman, rules, tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('[{"toy": "vm-1"},\n{"toy": oops}]\n')
    for verb in ("check", "endpoints"):
        done = banksman(verb, path)
        assert done.code == 3, done
        assert str(path) in done.stderr and re.search(r"line 2|:2\b", done.stderr), done
        assert done.stdout == "", done
        absent = banksman(verb, tmp_path / "absent.json")
        assert absent.code == 3 and "absent.json" in absent.stderr, absent
    done = banksman("check", "--baseline", path, "--rules", rules, "-", stdin=json.dumps(vm("vm-1")))
    assert done.code == 3 and "baseline" in done.stderr and str(path) in done.stderr, done


def test_check_reads_standard_input_once(check, banksman, rules):
    done = banksman("check", "--rules", rules, "-o", "json", "-", stdin=json.dumps([vm(WARNED)]))
    assert done.code == 0, done
    assert [f["object"]["id"] for f in toys(done.json()["findings"])] == [WARNED], done
    twice = banksman("check", "-", "-", stdin="")
    assert twice.code == 2 and "only once" in twice.stderr, twice


def test_check_that_judged_nothing_is_not_ready(check, banksman):
    assert check([]).code == 3
    done = check([vm("vm-1")], "--plan", "nowhere")
    assert done.code == 3 and "nowhere" in done.stderr, done
    unknown = banksman("check", "-", stdin='{"what": "is this"}')
    assert unknown.code == 3 and "import script" in unknown.stderr, unknown


@pytest.mark.parametrize(
    ("args", "say"),
    (
        ((), "which exports?"),
        (("--warm", "--cold", "x"), "either warm or cold"),
        (("--only", "blocer", "x"), "did you mean 'blocker'"),
        (("--fail-on", "info", "x"), "blocker, warning, never"),
        (("--compare-forklift", "-o", "junit", "x"), "no place"),
        (("-o", "pdf", "x"), "table|wide|json|html|junit|csv"),
        (("--rule", "x"), "did you mean '--rules'"),
    ),
)
def test_check_is_not_understood(args, say, banksman):
    done = banksman("check", *args)
    assert done.code == 2 and say in done.stderr and done.stdout == "", done


def test_check_names_the_line_of_a_rule_that_is_none(banksman, tmp_path):
    (tmp_path / "bad.sql").write_text(RULES + "\n-- RULE toy.bad\n-- severity: grave\n-- title: x\nSELECT 1;\n")
    done = banksman("check", "--rules", tmp_path, "-", stdin="[]")
    assert done.code == 3 and "bad.sql" in done.stderr, done


# ---- the formats, with a name that tries everything


@pytest.fixture
def evil(check):
    def run(output, *options):
        done = check([vm(BLOCKED, EVIL), vm(WARNED), vm("vm-7", "db-01"), vm("vm-1", "ok-01")], "-o", output, *options)
        assert done.code == 1, done
        return done

    return run


def test_check_json_has_summary_and_findings(evil):
    done = evil("json")
    said = done.json()
    machines = said["summary"]["machines"]
    assert (machines["judged"], machines["blocked"]) == (4, 1), done
    assert machines["ready"] + machines["undetermined"] == 3 and machines["undetermined"] >= 1, done
    assert said["summary"]["rules"]["toy.warning"] == {"fail": 2, "unknown": 0}
    found = {(f["rule"], f["object"]["id"]): f for f in toys(said["findings"])}
    assert found.keys() == {
        ("toy.blocker", BLOCKED), ("toy.warning", BLOCKED), ("toy.warning", WARNED), ("toy.unknown", "vm-7"),
    }  # fmt: skip
    blocked = found["toy.blocker", BLOCKED]
    assert blocked["object"] == {"kind": "vm", "id": BLOCKED, "name": EVIL}
    assert blocked["message"] == f"it is called {EVIL}"
    assert blocked["verdict"] == "fail" and blocked["severity"] == "blocker" and "forklift_category" not in blocked
    assert found["toy.warning", WARNED]["forklift_category"] == "Warning"
    assert found["toy.unknown", "vm-7"]["verdict"] == "unknown"
    assert not re.search("[\x1b\u202e\u2066]", done.stdout)
    order = [f["severity"] for f in said["findings"]]
    assert order == sorted(order, key=("blocker", "warning", "info").index), order


@pytest.mark.parametrize("output", ("table", "wide"))
def test_check_table_drives_no_terminal(output, evil):
    done = evil(output)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2066]", done.stdout), done
    assert "1 blocker (toy.blocker)" in done.stdout and "2 warnings (toy.warning)" in done.stdout, done
    assert "not known of 1 (toy.unknown)" in done.stdout, done
    assert re.search(r"^[0-2] of 4 machines are ready; 1 is blocked; of [1-3] it is not known\.", done.stdout, re.MULTILINE)


def test_check_table_shows_the_first_and_counts_the_rest(check):
    many = [{"toy": WARNED, "name": f"web-{n:02}"} for n in range(17)]
    done = check(many, "--only", "warning")
    assert done.stdout.count(": it is called web-") == 5 and "and 12 more (-o wide)" in done.stdout, done
    wide = check(many, "--only", "warning", "-o", "wide")
    assert wide.stdout.count(": it is called web-") == 17 and "-o wide" not in wide.stdout, wide


def test_check_csv_is_no_formula(evil):
    done = evil("csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    (row,) = [row for row in rows if row["rule"] == "toy.blocker"]
    assert row["name"].startswith("'=1+1<script>") and row["remedy"] == "'=cmd|' /C calc'!A0", row
    assert not re.search("[\x1b\u202e\u2066]", done.stdout)


def test_check_junit_is_xml_and_agrees_with_the_exit_status(evil):
    root = xml.etree.ElementTree.fromstring(evil("junit").stdout)
    suites = {s.get("name"): s for s in root}
    (case,) = suites["toy.blocker"]
    assert case.find("failure") is not None and "=1+1<script>" in case.get("name")
    assert all(c.find("failure") is None and c.find("system-out") is not None for c in suites["toy.warning"])
    (case,) = suites["toy.unknown"]
    assert case.find("skipped").get("message") == "no export tells what it is"
    for s in root:
        assert int(s.get("tests")) == len(s) == len(s.findall("testcase")) > 0
        assert int(s.get("failures")) == len(s.findall("testcase/failure"))
        assert int(s.get("skipped")) == len(s.findall("testcase/skipped"))
    assert int(root.get("tests")) == sum(len(s) for s in root)
    strict = xml.etree.ElementTree.fromstring(evil("junit", "--fail-on", "warning").stdout)
    assert len(strict.findall("testsuite[@name='toy.warning']/testcase/failure")) == 2


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.scripts, self.links, self.ids = [], [], 0, [], set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        assert not [name for name in names if name.startswith("on") or name in ("src", "style", "action")], (tag, attrs)
        self.scripts += tag == "script"
        self.ids.add(names.get("id"))
        if "href" in names:
            self.links.append(names["href"])
        if tag not in ("meta", "input", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_check_html_is_one_page_that_holds_every_name_as_text(evil):
    done = evil("html")
    page = Page(done.stdout)
    assert page.open == [] and page.scripts == 1
    assert page.links and all(link[0] == "#" and link[1:] in page.ids for link in page.links)
    assert "default-src 'none'" in done.stdout
    text = "".join(page.text)
    assert "=1+1<script>alert(1)</script>\"'&" in text
    assert "no export tells what it is" in text and "It is *said* so." in text
    assert not re.search("[\x1b\u202e\u2066]", done.stdout)


# ---- what is shown on a terminal


def on_terminal(banksman, *args):
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": ""}
    argv = [*banksman.wrapper, banksman.binary, *map(str, args)]
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            said += piece
    os.close(ours)
    return process.returncode, said.decode()


def test_check_on_a_terminal_has_colour_and_wraps_and_erases_its_progress(banksman, rules, tmp_path):
    path = tmp_path / "toys.json"
    path.write_text(json.dumps([vm(BLOCKED, "erp-01")]))
    code, said = on_terminal(banksman, "check", "--rules", rules, path)
    assert code == 1
    assert "\x1b[1;31m✗\x1b[0m A toy <that> is blocked" in said, said
    shown = re.sub(r"\r\x1b\[K|\x1b\[[0-9;]*m", "", said.rpartition("\r\x1b[K")[2])
    assert all(len(line) <= 80 for line in shown.splitlines() if " " in line.strip()), said
    assert "reading" not in shown, said


# ---- the rules


def test_rules_are_listed_and_explained(banksman, rules):
    done = banksman("rules", "--rules", rules)
    assert done.code == 0 and re.search(r"^  toy\.blocker +A toy <that> is blocked$", done.stdout, re.MULTILINE), done
    listed = banksman("rules", "--rules", rules, "-o", "json").json()["rules"]
    ids = [rule["id"] for rule in listed]
    assert len(ids) == len(set(ids)) and f"{len(ids)} rules" in done.stdout
    assert all(rule["title"] and rule["severity"] in ("blocker", "warning", "info") for rule in listed)
    for rule in [*listed[::20], *(r for r in listed if r["id"].startswith("toy."))]:
        one = banksman("rules", "--rules", rules, "explain", rule["id"], "-o", "json")
        assert one.json() == rule, one
        if rule["place"] != "builtin":
            assert rule["id"].startswith("toy."), rule
    text = banksman("rules", "--rules", rules, "explain", "toy.blocker")
    assert text.code == 0 and "It is *said* so." in text.stdout, text


def test_rules_that_are_misspelt_are_suggested(banksman, rules):
    done = banksman("rules", "--rules", rules, "explain", "toy.blokcer")
    assert done.code == 2 and "did you mean 'toy.blocker'" in done.stderr, done
    long = banksman("rules", "explain", "vmware.changed_block_tracking.disk.disabeld")
    assert "did you mean 'vmware.changed_block_tracking.disk.disabled'" in long.stderr, long
    assert banksman("rules", "list").code == 2
    assert banksman("rules", "explain").code == 2


# ---- Forklift's own exports

SHA1 = "5A:0C:7B:1E:93:D4:26:AF:80:11:CE:35:6F:92:48:DB:E7:04:B9:6C"
UID = "6f1c8a5e-1111-4222-8333-944455556666"
LINK = f"/providers/vsphere/{UID}"
PROVIDER = {
    "apiVersion": "forklift.konveyor.io/v1beta1",
    "kind": "Provider",
    "metadata": {"name": "lab-vc", "namespace": "mtv", "uid": UID},
    "spec": {"type": "vsphere", "url": "https://vc.lab.example:8443/sdk", "settings": {}},
    "status": {"fingerprint": SHA1},
}
HOST = {
    "apiVersion": "forklift.konveyor.io/v1beta1",
    "kind": "Host",
    "metadata": {"name": "host-1", "namespace": "mtv"},
    "spec": {"id": "host-1", "ipAddress": "192.0.2.31", "provider": {"name": "lab-vc", "namespace": "mtv"}},
}


def esxi(ref, name, thumbprint=""):
    return {"id": ref, "name": name, "selfLink": f"{LINK}/hosts/{ref}", "thumbprint": thumbprint, "inMaintenance": False}


SITE = (
    PROVIDER,
    HOST,
    esxi("host-1", "esx01.lab.example", SHA1),
    esxi("host-2", "esx02.lab.example"),
    esxi("host-3", 'no "host"\n- at: all'),
)


def banksmand(banksman):
    return pathlib.Path(os.environ.get("BANKSMAN") or ROOT / "build" / "banksman").absolute().parent / "banksmand"


@pytest.mark.parametrize("output", ("yaml", "json"))
def test_endpoints_are_a_configuration_that_the_daemon_takes(output, banksman, tmp_path):
    done = banksman("endpoints", "-o", output, "-", stdin="\n".join(map(json.dumps, SITE)))
    assert done.code == 0, done
    path = tmp_path / "banksman.yaml"
    path.write_text(done.stdout)
    tried = subprocess.run([banksmand(banksman), "-t", path], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, (done, tried)
    for part in ("lab-vc", "vc.lab.example:8443", "192.0.2.31", "esx02.lab.example", SHA1):
        assert f'"{part}"' in done.stdout, done
    assert ("'no \"host\"?- at: all' is no address" in done.stdout) == (output == "yaml"), done
    assert "- at: all" not in [line.strip() for line in done.stdout.splitlines()]


def test_endpoints_without_any_are_told(banksman):
    done = banksman("endpoints", "-", stdin="[]")
    assert done.code == 1 and "nothing that can be watched" in done.stderr, done
    assert "providers: []" in done.stdout, done


def forklift_vm(ref, concerns, **more):
    return {
        "id": ref, "name": f"name-{ref}", "selfLink": f"{LINK}/vms/{ref}", "revision": 9, "revisionValidated": 9,
        "powerState": "poweredOff", "disks": [], "nics": [], "concerns": concerns, **more,
    }  # fmt: skip


def test_compare_forklift_tells_who_says_what_and_why(banksman):
    tpm = {"id": "vmware.tpm.detected", "label": "TPM detected", "category": "Warning", "assessment": "."}
    records = (
        forklift_vm("vm-1", [tpm], tpmEnabled=True),  # both
        forklift_vm("vm-2", [tpm], tpmEnabled=False),  # only Forklift
        forklift_vm("vm-3", [tpm], tpmEnabled=False, revisionValidated=7),  # …of an older state
        forklift_vm("vm-4", None, tpmEnabled=True),  # only here
        forklift_vm("vm-5", None, tpmEnabled=True, revisionValidated=0),  # nobody has looked
        forklift_vm("vm-6", [{**tpm, "id": ""}], tpmEnabled=True),  # an old export: the label counts
        forklift_vm("vm-7", [{**tpm, "id": "vmware.gone"}], tpmEnabled=False),
    )
    done = banksman("check", "--compare-forklift", "-o", "json", "-", stdin=json.dumps(records))
    said = {
        (d["object"]["id"], d["said_by"]): (d["rule"], d["reason"])
        for d in done.json()["forklift_differences"]
        if d["rule"] in ("vmware.tpm.detected", "vmware.gone")
    }
    assert said.keys() == {("vm-2", "forklift"), ("vm-3", "forklift"), ("vm-4", "banksman"), ("vm-7", "forklift")}, done
    assert "do not show it" in said["vm-2", "forklift"][1]
    assert "changed after" in said["vm-3", "forklift"][1]
    assert "another release" in said["vm-7", "forklift"][1]
    for output in ("table", "wide", "html"):
        text = banksman("check", "--compare-forklift", "-o", output, "-", stdin=json.dumps(records)).stdout
        assert "name-vm-2" in text and "changed after Forklift judged it" in text, text
