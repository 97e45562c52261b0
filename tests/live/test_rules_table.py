# SPDX-License-Identifier: Apache-2.0
"""Every rule against every format that can express what it needs: it fails, holds and does not know where it should."""

import re

import pytest
from exporting import Checks, difference

from lab.exports import destination, expected, formats, kubernetes, runs

RULES_FOLDER = runs.__file__.split("/tests/")[0] + "/schema/rules"


@pytest.fixture(scope="module")
def checks(banksman, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    folder.chmod(0o755)
    return Checks(banksman, folder)


def ids(run):
    return run.name


@pytest.mark.parametrize("run", runs.WHOLE, ids=ids)
def test_exactly_what_the_site_declares_is_found(checks, run):
    wanted = run.wanted(checks.rules)
    got = checks(run)
    wrong = difference(wanted, checks.of(run), got.messages)
    assert not wrong, "\n" + wrong


@pytest.mark.parametrize("run", runs.PARTIAL, ids=ids)
def test_to_know_less_is_no_reason_to_complain(checks, run):
    whole = everything_that_fails(checks.rules)
    invented = {(rule, thing) for (rule, thing, _), said in checks.of(run).items() if said == "fail"} - whole
    assert {found for found in invented if found[0] not in run.fails} == set()


@pytest.mark.parametrize("run", runs.PARTIAL, ids=ids)
def test_what_cannot_be_told_is_unknown(checks, run):
    got = checks(run).found
    assert run.unknown <= {rule for (rule, _, _), said in got.items() if said == "unknown"}
    assert run.fails <= {rule for (rule, _, _), said in got.items() if said == "fail"}


def everything_that_fails(rules):
    """Whatever can fail about the site, as (rule, object)."""
    found = {}
    for source in (formats.CENTRE, formats.ENGINE):
        found |= expected.of_source(source, runs.ALONE_OF[source.type], rules, warm=True)
    found |= expected.of_everything(rules, runs.EVERYTHING)
    found |= runs.drifted(rules)
    return {(rule, thing) for (rule, thing, _), said in found.items() if said == "fail"}


# ---- complete


def objects():
    """Everything that a rule may be about, by the name that findings have."""
    every = {m.ref for source in (formats.CENTRE, formats.ENGINE) for m in source.machines if not m.template}
    every |= {h.ref for source in (formats.CENTRE, formats.ENGINE) for h in source.hosts}
    every |= {plan.name for plan in destination.plans(formats.CENTRE, formats.ENGINE)}
    every |= {found["metadata"]["name"] for found in destination.cluster() + destination.forklift(formats.CENTRE, formats.ENGINE)}
    return every | {n.name for n in formats.CENTRE.networks} | set(destination.FAULTS) | set(runs.PRODUCTS)


def rules_that_may_not_know():
    """The ids of the rules whose SQL has the word."""
    found = set()
    for path in runs.Path(RULES_FOLDER).glob("*.sql"):
        for part in re.split(r"(?m)^-- RULE ", path.read_text(encoding="utf-8"))[1:]:
            body = "\n".join(line for line in part.splitlines()[1:] if not line.startswith("--"))
            if "'unknown'" in body:
                found.add(part.split()[0])
    return found


@pytest.fixture(scope="module")
def table(checks):
    """For each rule the verdicts that some run has of some object."""
    seen = {rule.id: {} for rule in checks.rules}
    for run in runs.WHOLE + runs.PARTIAL:
        for (rule, thing, _), said in checks(run).found.items():
            seen[rule].setdefault(said, set()).add(thing)
    return seen


def test_the_table_is_complete(checks, table):
    may_not_know = rules_that_may_not_know()
    missing = []
    for rule in checks.rules:
        seen = table[rule.id]
        if "fail" not in seen and rule.id not in runs.NEVER_FAILS:
            missing.append(f"{rule.id}: nothing violates it")
        if objects() <= seen.get("fail", set()) | seen.get("unknown", set()):
            missing.append(f"{rule.id}: nothing satisfies it")
        if rule.id in may_not_know and "unknown" not in seen and rule.id not in runs.ALWAYS_TOLD:
            missing.append(f"{rule.id}: nothing leaves it open")
    assert not missing, "\n" + "\n".join(missing)


def test_the_exceptions_of_the_table_are_needed(table):
    assert {rule for rule in runs.NEVER_FAILS if "fail" in table[rule]} == set()
    assert {rule for rule in runs.ALWAYS_TOLD if "unknown" in table[rule]} == set()


def test_no_secret_is_in_any_finding(checks):
    secrets = [found for found in destination.providers() if found["kind"] == "Secret"]
    values = {value for found in secrets for key, value in found["data"].items() if key in ("password", "ca.crt")}
    said = "\n".join(checks(run).messages[key] for run in runs.WHOLE for key in checks(run).messages)
    assert values and not any(value in said for value in values)
    assert kubernetes.FORKLIFT in said
