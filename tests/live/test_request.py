# SPDX-License-Identifier: Apache-2.0
"""banksman ports --matrix: the firewall request, with names looked up."""

import csv
import io

import pytest

FIELDS = [
    "source", "source_address", "destination", "destination_address", "protocol", "port", "purpose", "severity",
    "requirement",
]  # fmt: skip


@pytest.fixture
def request_sheet(banksman, site):
    """A function that makes a sheet of this list of nodes, and returns its rows."""

    def run(nodes, *args, code=0):
        common = ("--matrix", "-", "--resolver", site.resolver, "--timeout", banksman.span(3), "-o", "csv")
        done = banksman("ports", *common, *args, stdin=nodes, nobody=True)
        assert done.code == code, done
        head, *rows = csv.reader(io.StringIO(done.stdout))
        assert head == FIELDS, done
        run.stderr = done.stderr
        return [dict(zip(FIELDS, row, strict=True)) for row in rows]

    return run


def places(rows):
    return [(r["source"], r["source_address"], r["destination_address"], r["port"]) for r in rows]


def test_request_names_are_looked_up(request_sheet):
    rows = request_sheet("# workers\nn1 10.4.1.2\nesx02.lab.test\n", "esxi=esx01.lab.test", "vcenter=vcenter.lab.test")
    esx01, esx02, vcenter = "127.0.10.11", "127.0.10.12", "127.0.10.1"
    ports = [(esx01, "443"), (esx01, "902"), (vcenter, "443")]
    assert places(rows) == [
        (name, address, *port) for name, address in (("n1", "10.4.1.2"), ("esx02.lab.test", esx02)) for port in ports
    ]
    assert {(r["protocol"], r["severity"]) for r in rows} == {("TCP", "blocker")} and request_sheet.stderr == ""
    assert rows[1]["purpose"] == "Disk transfer data copy"
    assert rows[1]["requirement"] == "Prerequisites, Ports, VMware vSphere, since 2.1"


def test_request_unknown_names_stay_and_are_told(request_sheet):
    rows = request_sheet("n1 10.4.1.2\n", "esxi=nowhere.lab.test", code=1)
    assert places(rows) == [("n1", "10.4.1.2", "", "443"), ("n1", "10.4.1.2", "", "902")]
    assert "warning: nowhere.lab.test: its addresses are not known" in request_sheet.stderr
    rows = request_sheet("n1\n", "--no-resolve", "esxi=nowhere.lab.test")
    assert places(rows)[0] == ("n1", "", "", "443") and request_sheet.stderr == ""


def test_request_families_that_never_meet_are_told(request_sheet):
    rows = request_sheet("n1 10.4.1.2\n", "[fd00::9]:902", "10.3.0.9:902", code=1)
    assert places(rows) == [("n1", "10.4.1.2", "10.3.0.9", "902")]
    assert request_sheet.stderr == "banksman: warning: fd00::9: no node has an address of its family\n"


USAGE = {
    "no-role": (("esx01",), "what is it? Write its role in front (esxi=esx01)"),
    "network": (("esxi=esx01",), "'10.4.0.0/24' is a network"),
    "nobody": (("esxi=esx01",), "names no node"),
}
NODES = {"network": "10.4.0.0/24\n", "nobody": "# none\n"}


@pytest.mark.parametrize("name", USAGE)
def test_request_that_is_not_understood(name, banksman):
    args, why = USAGE[name]
    done = banksman("ports", "--matrix", "-", *args, stdin=NODES.get(name, "n1\n"))
    assert done.code == 2 and why in done.stderr and done.stdout == "", done


def test_request_of_a_whole_cluster_is_quick(request_sheet):
    nodes = "".join(f"n{i} 10.4.{i // 250}.{i % 250}\n" for i in range(200))
    targets = [f"esxi=10.3.{i // 250}.{i % 250}" for i in range(200)]
    rows = request_sheet(nodes, *targets)
    assert len(rows) == 200 * 200 * 2 and len({places([r])[0] for r in rows}) == len(rows)
