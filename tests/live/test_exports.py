# SPDX-License-Identifier: Apache-2.0
"""The site is one, whichever of its exports is read, in whichever order, and however many of them."""

import itertools

import pytest
from exporting import Checks, difference

from lab.exports import destination, expected, formats, runs

VSPHERE = ["forklift-vsphere", "forklift-vsphere-2.6", "govc", "govc-0.30", "rvtools-csv", "rvtools-xlsx"]
TOGETHER = [
    ["forklift-vsphere", "rvtools-csv"],
    ["rvtools-csv", "forklift-vsphere"],
    ["forklift-vsphere-2.6", "govc"],
    ["forklift-vsphere-workloads", "rvtools-xlsx"],
    ["rvtools-csv-names", "govc-0.30"],
    ["forklift-vsphere-2.6", "rvtools-csv-semicolon"],
    ["forklift-vsphere", "govc", "rvtools-csv"],
    ["forklift-vsphere", "forklift-vsphere-gzip", "forklift-vsphere-workloads"],
    ["forklift-ovirt", "ovirt-rest-json"],
    ["ovirt-rest-xml", "forklift-ovirt-workloads"],
    ["ovirt-rest-json", "ovirt-rest-xml"],
]


@pytest.fixture(scope="module")
def checks(banksman, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    folder.chmod(0o755)
    return Checks(banksman, folder)


def merged(names):
    """A run over all of them; what one cannot tell, another may."""
    source = formats.machines(names[0])
    whole = runs.alone(names[0])
    return runs.Run(
        "+".join(names), names, ["--warm"], wanted=lambda rules: expected.of_source(source, names, rules, warm=True), about=whole.about
    )


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
def test_together_they_know_what_any_of_them_knows(checks, names):
    run = merged(names)
    got = checks(run)
    wrong = difference(run.wanted(checks.rules), checks.of(run), got.messages)
    assert not wrong, "\n" + wrong


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
def test_a_machine_is_one_however_often_it_is_told_of(checks, names):
    source = formats.machines(names[0])
    judged = [m for m in source.machines if not m.template]
    assert checks(merged(names)).machines["judged"] == len(judged)


@pytest.mark.parametrize("names", itertools.combinations(VSPHERE, 2), ids="+".join)
def test_no_two_contradict_each_other(checks, names):
    """Where one says that a rule fails, the other says so too, or that it does not know."""
    one, other = (checks.of(runs.alone(name)) for name in names)
    quiet = {rule.id for rule in checks.rules if rule.severity == "info"} | expected.QUIET
    apart = [
        key for key in one.keys() | other.keys()
        if {one.get(key), other.get(key)} == {"fail", None} and key[0] not in quiet
    ]  # fmt: skip
    assert not apart


def test_what_two_call_differently_is_one_site(checks):
    """Forklift's uid of a provider and vCenter's own UUID: vSAN is known from RVTools, who is on it from Forklift."""
    resources = runs.resources("Plan", "Provider", "StorageMap")
    run = runs.Run("two names", ["forklift-vsphere-workloads", "rvtools-csv"], extra=runs.one("resources.json", resources))
    assert checks(run).found["page.vddk.required", "no-vddk", ""] == "fail"


def test_another_vcenter_with_the_same_references_is_none_of_the_plans(checks):
    """Every vCenter counts its objects from the start: vm-12 is a machine of each."""
    read = ["forklift-vsphere", "kubernetes-json"]
    one = checks(runs.Run("one vCenter", read))
    two = checks(runs.Run("two vCenters", read, extra=runs.another_centre))
    assert not difference(one.found, two.found, two.messages)
    assert two.machines == one.machines


def test_hosts_of_two_vcenters_with_one_reference_are_two(checks):
    got = checks(runs.Run("ten and ten", extra=runs.ten_and_ten))
    assert got.machines["judged"] == 20
    assert not [rule for rule, _, _ in got.found if rule == "page.nfc"]


def test_disks_that_no_export_tells_are_not_counted(checks):
    got = checks(runs.Run("crowded", extra=runs.crowded))
    assert got.messages["page.nfc", "esx09.lab.example", ""].startswith("11 machines are migrated from it if all go together")


def test_a_destination_without_machines_takes_any_name(checks):
    unsure = {"page.name.taken", "vm.MacConflicts"}
    before = checks(runs.alone("govc"))
    after = checks(runs.Run("empty destination", ["govc"], extra=runs.empty_destination))
    assert unsure <= {rule for rule, _, _ in before.found}
    assert not unsure & {rule for rule, _, _ in after.found}


def test_one_word_for_tools_that_do_not_run_is_enough(checks):
    found = checks(runs.alone("rvtools-csv")).found
    by_rule = {rule: {ref for (r, ref, _), said in found.items() if r == rule and said == "fail"} for rule in ("page.tools", "vm.GuestToolsIssue")}
    assert by_rule["page.tools"] == by_rule["vm.GuestToolsIssue"] != set()


@pytest.mark.parametrize("name", ["archived", "succeeded"])
def test_a_plan_that_is_over_is_judged_where_it_is_asked_for(checks, name):
    plan = next(p for p in destination.plans(formats.CENTRE, formats.ENGINE) if p.name == name)
    got = checks(runs.Run(f"asked for {name}", runs.EVERYTHING, ["--plan", name]))
    assert got.found["plan.NamespaceNotValid", name, plan.ref] == "fail"


def test_who_asks_for_one_plan_hears_of_no_other(checks):
    name = "wave-2"
    plan = next(p for p in destination.plans(formats.CENTRE, formats.ENGINE) if p.name == name)
    got = checks(runs.Run("one plan", runs.EVERYTHING, ["--plan", name]))
    assert {found[2] for found in got.found} == {"", plan.ref}
    said_of = {kind: {thing for other, thing in got.things if other == kind} for kind, _ in got.things}
    assert said_of["vm"] and said_of["vm"] <= set(plan.machines)
    assert said_of.get("provider", set()) <= {plan.source}
    assert said_of.get("network-map", set()) <= {plan.network_map}
    assert said_of.get("storage-map", set()) <= {plan.storage_map}
    theirs = [h["metadata"]["name"] for h in destination.hosts() if h["spec"]["provider"]["name"] == plan.source]
    assert said_of.get("transfer-host", set()) <= set(theirs)
    assert got.machines["judged"] == len(plan.machines)


def test_the_order_of_files_does_not_matter(checks):
    run = merged(["forklift-vsphere-2.6", "rvtools-csv", "govc"])
    straight = checks.of(run)
    turned = checks.of(runs.Run(run.name + " turned", run.formats[::-1], run.options, about=run.about))
    assert straight == turned


def test_a_folder_is_read_as_its_files(checks, banksman):
    run = runs.alone("rvtools-csv")
    files = run.files(checks.folder)
    done = banksman("check", "-o", "json", "--warm", files[0].parent, timeout=60)
    found = {(f["rule"], f["object"].get("id"), f["verdict"]) for f in done.json()["findings"]}
    apart = banksman("check", "-o", "json", "--warm", *files, timeout=60)
    assert found == {(f["rule"], f["object"].get("id"), f["verdict"]) for f in apart.json()["findings"]}


def test_every_unknown_says_who_would_tell(checks):
    for run in runs.WHOLE + runs.PARTIAL:
        got = checks(run)
        mute = [got.messages[key] for key, said in got.found.items() if said == "unknown" and "would" not in got.messages[key]]
        assert not mute


def test_exports_are_the_same_every_time(tmp_path):
    for name in formats.FORMATS:
        one, other = (formats.write(name, tmp_path / folder) for folder in ("one", "other"))
        assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
