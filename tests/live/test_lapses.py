# SPDX-License-Identifier: Apache-2.0
"""banksman check goes on without a file, or a rule, and says so everywhere."""

import json
import xml.etree.ElementTree as ElementTree

import pytest

VM = '[{{"id": "{0}", "name": "{0}", "selfLink": "providers/vsphere/1/vms/{0}"}}]'
HEAD = "-- RULE {}\n-- severity: {}\n-- title: T\n-- why: W\n-- remedy: R\n-- source: S\n"
FOUND = "SELECT 'fail', 'vm', ref, name, NULL, 'found' FROM subject"


@pytest.fixture
def folder(tmp_path):
    """Two exports, and between them by name one that breaks off behind a whole record."""
    made = tmp_path / "exports"
    made.mkdir()
    (made / "a.json").write_text(VM.format("vm-1"))
    (made / "b.json").write_text(VM.format("vm-bad")[:-1] + ",\n{oops")
    (made / "c.json").write_text(VM.format("vm-3"))
    return made


def names(done):
    return {f["object"]["name"] for f in done.json()["findings"] if f["object"]["kind"] == "vm"}


def test_a_folder_is_judged_without_the_file_that_cannot_be_read(banksman, folder):
    done = banksman("check", "-o", "json", folder)
    assert done.code == 3, done
    assert f"{folder}/b.json: line 2" in done.stderr, done
    said = done.json()
    assert said["summary"]["machines"]["judged"] == 2
    assert names(done) == {"vm-1", "vm-3"}
    (file,) = said["unreadable"]
    assert file["file"] == f"{folder}/b.json" and file["reason"].startswith("line 2"), file


def test_what_cannot_be_read_is_in_each_report(banksman, folder):
    for output in ("table", "wide", "html"):
        done = banksman("check", "-o", output, folder)
        assert done.code == 3, done
        assert "b.json" in done.stdout and "line 2" in done.stdout, done
    done = banksman("check", "-o", "junit", folder)
    assert done.code == 3, done
    root = ElementTree.fromstring(done.stdout)
    case = root.find("testsuite[@name='exports']/testcase")
    assert case.get("name") == f"{folder}/b.json" and case.find("error").get("message").startswith("line 2")
    assert root.get("errors") == "1", done
    assert int(root.get("tests")) == len(root.findall("testsuite/testcase"))


def test_a_whole_folder_is_judged_as_ever(banksman, folder):
    (folder / "b.json").unlink()
    done = banksman("check", "-o", "json", folder)
    assert done.code in (0, 1) and done.json()["unreadable"] == [], done
    assert "unread" not in banksman("check", "-o", "junit", folder).stdout
    assert "could not be read" not in banksman("check", folder).stdout


def test_a_folder_of_which_nothing_can_be_read_is_no_check(banksman, folder):
    for name in ("a.json", "c.json"):
        (folder / name).write_text("{oops")
    done = banksman("check", "-o", "json", folder)
    assert done.code == 3 and "nothing was judged" in done.stderr, done
    assert [f["file"][-6:] for f in done.json()["unreadable"]] == ["a.json", "b.json", "c.json"]


def test_neither_a_comparison_nor_a_configuration_is_made_of_half_a_folder(banksman, folder):
    one = folder / "a.json"
    for words in (("check", "--baseline", one, folder), ("check", "--baseline", folder, one), ("endpoints", folder)):
        done = banksman(*words)
        assert done.code == 3 and f"{folder}/b.json: line 2" in done.stderr and done.stdout == "", done


# ---- rules

BROKEN = {
    "in its SQL": ("SELECT lost FROM nowhere", "no such table: nowhere"),
    "at a row": (FOUND + " UNION ALL SELECT 'perhaps', 'vm', 1, 2, 3, 'm'", "a verdict that is neither"),
    "by its time": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 'fail', 'vm', 1, 2, 3, 'm' FROM n WHERE i < 0",
        "ran longer than 10 s",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_rule_that_fails_is_an_unknown_and_the_others_are_judged(how, banksman, folder, tmp_path):
    sql, reason = BROKEN[how]
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "mine.sql").write_text(
        HEAD.format("my.broken", "blocker") + sql + ";\n" + HEAD.format("my.sound", "info") + FOUND + ";\n"
    )
    (folder / "b.json").unlink()
    done = banksman("check", "--rules", rules, "-o", "json", folder)
    assert done.code == 3 and "rule my.broken: " in done.stderr and reason in done.stderr, done
    (broken,) = [f for f in done.json()["findings"] if f["rule"] == "my.broken"]
    assert broken["verdict"] == "unknown" and broken["object"] == {"kind": "rule", "id": "my.broken"}, broken
    assert reason in broken["message"], broken
    assert len([f for f in done.json()["findings"] if f["rule"] == "my.sound"]) == 2, done
    summary = done.json()["summary"]
    assert summary["rules"]["my.broken"] == {"fail": 0, "unknown": 1}
    assert summary["machines"]["ready"] == 0, "what a blocker would have said nobody knows"


def test_a_warning_that_cannot_be_judged_leaves_machines_ready(banksman, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "mine.sql").write_text(
        "-- FORMAT toy\n-- title: T\n-- KIND vm\n-- match: body ->> '$.toy' IS NOT NULL\n"
        "INSERT INTO vm (id, type, ref, name, is_template) SELECT id, 'toy', 'r', body ->> '$.toy', 0 FROM input;\n"
    )
    (tmp_path / "toys.json").write_text(json.dumps([{"toy": "vm-1"}]))
    plain = banksman("check", "--rules", rules, "-o", "json", tmp_path / "toys.json")
    (rules / "other.sql").write_text(HEAD.format("my.broken", "warning") + "SELECT lost FROM nowhere;\n")
    done = banksman("check", "--rules", rules, "-o", "json", tmp_path / "toys.json")
    assert done.code == 3, done
    assert done.json()["summary"]["machines"] == plain.json()["summary"]["machines"], done
