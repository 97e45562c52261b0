# SPDX-License-Identifier: Apache-2.0
"""DNS trouble gets its own reasons, and every address its own row."""

import pytest
import schema
from lab.dnsserver import SPECIAL, DnsServer, Name
from lab.peers import Peer, Response, hold, http, listener

ZONE = ".dns.lab.test"
ONE, TWO, THREE, SIX = "127.0.30.1", "127.0.30.2", "127.0.30.3", "::1"
MORE = {
    "twice" + ZONE: Name(a=(ONE, ONE)),
    "many" + ZONE: Name(a=tuple(f"127.0.31.{i}" for i in range(1, 31))),
}

FAILING = {
    "nxdomain": "dns-nxdomain",
    "dangling": "dns-nxdomain",
    "nodata": "dns-nodata",
    "servfail": "dns-servfail",
    "refused": "dns-refused",
    "formerr": "dns-bad-reply",
    "timeout": "dns-timeout",
    # What is not a reply to the question is not believed (RFC 5452, section 9.1), so none has come.
    "garbage": "dns-timeout",
}

ADDRESSES = {
    "a": {ONE},
    "aaaa": {SIX},
    "both": {ONE, SIX},
    "several": {ONE, TWO, THREE},
    "alias": {ONE, SIX},
    "truncated": {ONE},
    "twice": {ONE},
    "many": {f"127.0.31.{i}" for i in range(1, 31)},
}


@pytest.fixture(scope="module")
def server():
    running = DnsServer({**SPECIAL, **MORE})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def port():
    """A port that listens on IPv4's loopback alone."""
    with Peer(hold, listener(ONE)) as peer:
        yield peer.port


@pytest.fixture
def probe(banksman, server, port):
    """A function that probes a name of the server; returns what the command did, and its results."""

    def run(name, *options, seconds=1):
        resolver = f"{server.address}:{server.port}"
        common = ("--resolver", resolver, "--port", port, "--check", "tcp", "--timeout", banksman.span(seconds))
        done = banksman("probe", *common, "-o", "json", *options, name + ZONE)
        return done, schema.check(done.json())

    return run


@pytest.mark.parametrize("options", ((), ("--family", 4), ("--family", 6)), ids=("any", "ipv4", "ipv6"))
@pytest.mark.parametrize("name, reason", FAILING.items())
def test_dns_failure_gets_its_reason(name, reason, options, probe):
    done, (result,) = probe(name, *options)
    assert (result["state"], result["reason"], result["host"]) == ("unresolved", reason, name + ZONE), done
    assert not {"address", "family", "rtt_us", "icmp", "service", "tls", "certificate", "trust"} & result.keys(), done
    assert (done.code, done.stderr) == (1, ""), done


def test_dns_silence_lasts_until_the_deadline_and_says_so(probe, banksman):
    done, (result,) = probe("timeout")
    timeout = banksman.milliseconds(1) * 1000
    assert timeout <= result["duration_us"] <= timeout + 100_000 * banksman.slow, done


@pytest.mark.parametrize("name, addresses", ADDRESSES.items(), ids=ADDRESSES)
def test_dns_each_address_has_a_row(name, addresses, probe):
    done, results = probe(name)
    assert sorted(r["address"] for r in results) == sorted(addresses), done
    assert all(r["family"] == (6 if ":" in r["address"] else 4) for r in results), done
    assert {r["address"]: r["state"] for r in results} == {a: "open" if a == ONE else "closed" for a in addresses}
    assert done.code == (0 if addresses == {ONE} else 1), done
    assert done.stderr == "", done


@pytest.mark.parametrize("family, address", ((4, ONE), (6, SIX)))
def test_dns_family_leaves_the_other_addresses_out(family, address, probe):
    done, results = probe("both", "--family", family)
    assert [(r["address"], r["family"]) for r in results] == [(address, family)], done


@pytest.mark.parametrize("name, family", (("a", 6), ("aaaa", 4)))
def test_dns_family_that_a_name_does_not_have_is_nodata(name, family, probe):
    done, (result,) = probe(name, "--family", family)
    assert result["reason"] == "dns-nodata", done


def test_dns_half_failure_probes_the_rest_and_warns_once(probe):
    done, results = probe("half")
    assert [(r["address"], r["state"]) for r in results] == [(ONE, "open")], done
    assert done.code == 0, done
    assert done.stderr.count("\n") == 1, done
    assert done.stderr.startswith("banksman: warning: half.dns.lab.test: "), done
    assert "IPv6" in done.stderr and "SERVFAIL" in done.stderr, done


def test_dns_half_failure_without_the_failing_family_is_quiet(probe):
    done, results = probe("half", "--family", 4)
    assert [r["address"] for r in results] == [ONE] and done.stderr == "", done
    done, (result,) = probe("half", "--family", 6)
    assert (result["reason"], done.stderr) == ("dns-servfail", ""), done


@pytest.mark.parametrize("options", ((), ("--family", 4), ("--family", 6)), ids=("any", "ipv4", "ipv6"))
def test_dns_closed_resolver_is_no_server(options, banksman, server):
    with listener("127.0.30.9") as closed:
        resolver = f"127.0.30.9:{closed.getsockname()[1]}"  # listens on TCP alone
        common = ("--resolver", resolver, "--port", 9, "--timeout", banksman.span(3), "-o", "json")
        done = banksman("probe", *common, *options, "a.dns.lab.test")
    (result,) = done.json()["results"]
    assert (result["state"], result["reason"]) == ("unresolved", "dns-no-server"), done
    assert (done.code, done.stderr) == (1, ""), done


def test_dns_second_resolver_is_asked_when_the_first_is_closed(banksman, server, port):
    resolvers = f"127.0.30.9:9,{server.address}:{server.port}"
    common = ("--resolver", resolvers, "--port", port, "--check", "tcp", "--timeout", banksman.span(3), "-o", "json")
    done = banksman("probe", *common, "a.dns.lab.test")
    assert [(r["address"], r["state"]) for r in done.json()["results"]] == [(ONE, "open")], done


def test_dns_name_in_other_letters_is_the_same(probe):
    done, (result,) = probe("A")
    assert (result["address"], result["state"]) == (ONE, "open"), done


def test_dns_many_names_each_have_their_reason_in_order(banksman, server):
    names = [name + ZONE for name in FAILING] * 5
    resolver = f"{server.address}:{server.port}"
    options = ("--resolver", resolver, "--port", 9, "--timeout", banksman.span(1), "-o", "json")
    done = banksman("probe", *options, *names, timeout=40)
    found = [(r["host"], r["reason"]) for r in done.json()["results"]]
    assert found == [(name + ZONE, reason) for name, reason in FAILING.items()] * 5, done


def test_dns_numeric_hosts_need_no_server(banksman, port):
    done = banksman("probe", "--resolver", "127.0.30.9:9", "--port", port, "--check", "tcp", ONE)
    assert (done.code, done.stderr) == (0, ""), done


def test_dns_token_server_is_found_in_another_family_than_the_registry(banksman, server):
    """A pull dials the token server whatever family the registry was reached in."""

    def registry(request):
        if "authorization" in request.headers:
            return Response(200, headers={"Docker-Distribution-Api-Version": "registry/2.0"})
        return Response(401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="lab"'})

    def tokens(request):
        return Response(200, b'{"token":"x"}', {"Content-Type": "application/json"})

    with Peer(http(tokens), listener(ONE)) as token, Peer(http(registry), listener(SIX)) as peer:
        realm = f"http://a{ZONE}:{token.port}/token"
        image = f"registry=aaaa{ZONE}:{peer.port}/team/vddk:8"
        options = ("--plain", "--resolver", f"{server.address}:{server.port}", "--timeout", banksman.span(2))
        done = banksman("probe", *options, "-o", "json", image)
    (result,) = schema.check(done.json())
    assert (result["address"], result["service"]["state"]) == (SIX, "serving"), done
