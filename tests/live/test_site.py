# SPDX-License-Identifier: Apache-2.0
"""Every peer of the simulated site, misbehaving or not, gets its own words, for an unprivileged user."""

import collections

import pytest
import schema
from asking import by_port, pem_digest, service, trust, whole
from confusion import Confusion
from lab import catalogue

FAMILIES = (4, 6)
LABEL = {4: "{}:{}", 6: "{}.v6:{}"}
HOSTS = {4: catalogue.DEMO + catalogue.FAULTS, 6: catalogue.FAULTS}
ENDPOINTS = [
    (family, LABEL[family].format(host.name, s.documented))
    for family in FAMILIES
    for host in HOSTS[family]
    for s in host.services
]


class Asked:
    """The site as banksman sees it, asked a family at a time."""

    def __init__(self, banksman, site, ca):
        self._banksman = banksman
        self._site = site
        few = ("--max-in-flight", 8) if banksman.wrapper else ()
        self._options = ("--resolver", site.resolver, "--ca", ca, "--timeout", banksman.span(2), *few, "-o", "json")
        self._found = {}

    def __getitem__(self, endpoint):
        family = endpoint.family
        if family not in self._found:
            endpoints = [e for e in self._site.endpoints if e.family == family]
            self._found[family] = self._ask_once(endpoints) if family == 4 else self._ask_one_by_one(endpoints)
        return self._found[family][endpoint.host, endpoint.port]

    def _call(self, *words):
        done = self._banksman("probe", *self._options, *words, nobody=True, timeout=60)
        assert done.code in (0, 1) and done.stderr == "", done
        return by_port(schema.check(done.json()))

    def _ask_once(self, endpoints):
        """A documented port that is the same number on all hosts is named once."""
        ports = dict.fromkeys(f"--port={e.documented}={e.port}" for e in endpoints)
        return self._call(*ports, *dict.fromkeys(f"{e.role}={e.host}" for e in endpoints))

    def _ask_one_by_one(self, endpoints):
        """On ::1 each port has a number of its own.  Ports that are judged together need a call of their own."""
        found = self._call(*map(whole, endpoints))
        hosts = collections.defaultdict(list)
        for e in endpoints:
            hosts[e.host].append(e)
        for together in hosts.values():
            if len(together) > 1 and all(e.expect.get("service") == "serving" for e in together):
                found |= self._ask_once(together)
        return found


@pytest.fixture(scope="module")
def asked(banksman, site, site_ca):
    return Asked(banksman, site, site_ca)


@pytest.fixture(scope="module")
def tables(report):
    """A confusion table of each kind of word, for each family."""
    tables = {
        (family, kind): Confusion(f"site over IPv{family}: {kind}, expected (rows) and found (columns)")
        for family in FAMILIES
        for kind in ("port", "service", "trust")
    }
    yield tables
    for table in tables.values():
        if table.seen:
            report(table.title, table.table())


def words(result):
    """What of a result the catalogue can have an expectation of."""
    found = {"state": result["state"], "reason": result["reason"], "service": service(result), "trust": trust(result)}
    facts = {
        "alert": ("tls", "alert"),
        "tls": ("tls", "version"),
        "status": ("service", "http_status"),
        "certificate": ("certificate", "sha256"),
    }
    return found | {word: result.get(place, {}).get(key) for word, (place, key) in facts.items()}


@pytest.mark.parametrize("family, name", ENDPOINTS, ids=[name for _, name in ENDPOINTS])
def test_site_endpoint_gets_its_words(family, name, site, asked, tables):
    endpoint = site[name]
    expected = dict(endpoint.expect)
    if "certificate" in expected:
        expected["certificate"] = pem_digest(site.pki.certificate(expected["certificate"]))

    result = asked[endpoint]

    found = words(result)
    tables[family, "port"].add(name, endpoint.expect["reason"], result["reason"])
    for kind in ("service", "trust"):
        if kind in expected:
            tables[family, kind].add(name, expected[kind], found[kind])
    assert {word: found[word] for word in expected} == expected, result
    assert (result["host"], result["role"], result["family"]) == (endpoint.host, endpoint.role, family)
    assert (result["address"], result["port"]) == (endpoint.address, endpoint.port)
    assert result["documented_port"] == endpoint.documented
    if expected["state"] != "open":
        assert found["service"] is None and found["trust"] is None, result


def test_site_every_endpoint_of_the_site_is_a_case(site):
    assert sorted(e.name for e in site.endpoints) == sorted(name for _, name in ENDPOINTS)


def test_site_confusion_tables_are_diagonal(tables):
    """Runs last: what the cases above found, as a whole."""
    if not any(table.seen for table in tables.values()):
        pytest.skip("no case was selected")
    assert [wrong for table in tables.values() for wrong in table.wrong] == []
