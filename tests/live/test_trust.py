# SPDX-License-Identifier: Apache-2.0
"""Certificates as they were asked to be judged: --ca, --pin, 902 against 443, the engine's own authority; and
hosts that are not said to be anything."""

import pytest
import schema
from asking import by_port, pem_digest, service, trust


@pytest.fixture
def probe(banksman, site):
    """A function that probes hosts of the site; returns what the command did, and its results by host and port."""

    def run(*words, code=0):
        ports = [f"--port={documented}={port}" for documented, port in site.ports.items()]
        common = ("--resolver", site.resolver, "--timeout", banksman.span(5), "-o", "json", *ports)
        done = banksman("probe", *common, *words, nobody=True)
        assert (done.code, done.stderr) == (code, ""), done
        return by_port(schema.check(done.json()))

    return run


@pytest.fixture
def authority(site, public_file):
    """A function that makes a --ca file of these authorities."""

    def make(*names):
        text = "".join(site.pki.certificate(name).read_text() for name in names)
        return public_file("ca.pem", text)

    return make


def one(found):
    (result,) = found.values()
    return result


# --ca


def test_trust_ca_that_signed_it_is_trusted(probe, authority):
    result = one(probe("--ca", authority("vmca"), "vcenter=vcenter.lab.test"))
    assert (trust(result), result["trust"]["chain"]) == ("trusted", "ok"), result


def test_trust_ca_that_did_not_sign_it_fails(probe, authority):
    result = one(probe("--ca", authority("root", "engine-ca"), "vcenter=vcenter.lab.test", code=1))
    assert (service(result), trust(result)) == ("serving", "untrusted"), result
    assert result["trust"]["chain"] != "ok" and result["trust"]["name"] == "ok", result


def test_trust_without_a_ca_is_only_told(probe):
    """Nobody asked for trust: the unknown authority is a fact, not a failure."""
    result = one(probe("vcenter=vcenter.lab.test"))
    assert (service(result), trust(result)) == ("serving", "untrusted"), result


@pytest.mark.parametrize(
    "name, word, judged",
    (
        ("expired", "expired", {"validity": "expired", "name": "ok"}),
        ("not-yet-valid", "not-yet-valid", {"validity": "not-yet-valid", "name": "ok"}),
        ("wrong-name", "name-mismatch", {"validity": "ok", "name": "mismatch", "chain": "ok"}),
        ("self-signed", "untrusted", {"validity": "ok", "name": "ok"}),
        ("untrusted", "untrusted", {"validity": "ok", "name": "ok"}),
    ),
)
def test_trust_each_fault_is_judged_by_itself(name, word, judged, probe, site_ca):
    result = one(probe("--ca", site_ca, f"vcenter={name}.lab.test", code=1))
    assert trust(result) == word, result
    assert {key: result["trust"][key] for key in judged} == judged, result
    assert result["certificate"]["self_signed"] == (name == "self-signed"), result
    assert result["trust"]["reason"], result


def test_trust_address_in_the_certificate_is_its_name(probe, site, authority):
    endpoint = site["vcenter:443"]
    result = one(probe("--ca", authority("vmca"), f"vcenter={endpoint.address}"))
    assert (trust(result), result["trust"]["name"]) == ("trusted", "ok"), result


def test_trust_address_not_in_the_certificate_is_a_mismatch(probe, site, site_ca):
    result = one(probe("--ca", site_ca, f"vcenter={site['rsa:443'].address}", code=1))
    assert trust(result) == "name-mismatch", result


# --pin


def plain(pin):
    return pin.replace(":", "")


FORMS = {
    "colons": str,
    "no-colons": plain,
    "lower-case": str.lower,
    "lower-case-no-colons": lambda pin: plain(pin).lower(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("algorithm", ("sha1", "sha256"))
def test_trust_pin_of_any_form_decides(form, algorithm, probe, site):
    pin = FORMS[form](pem_digest(site.pki.certificate("self-signed"), algorithm))
    result = one(probe("--pin", pin, "vcenter=self-signed.lab.test"))
    assert (trust(result), result["trust"]["pin"]) == ("trusted", "match"), result


@pytest.mark.parametrize("algorithm", ("sha1", "sha256"))
def test_trust_pin_of_another_certificate_is_a_mismatch(algorithm, probe, site, site_ca):
    pin = pem_digest(site.pki.certificate("other"), algorithm)
    result = one(probe("--pin", pin, "--ca", site_ca, "vcenter=rsa.lab.test", code=1))
    assert (trust(result), result["trust"]["pin"]) == ("fingerprint-mismatch", "mismatch"), result
    assert service(result) == "serving", result


def test_trust_pin_decides_even_when_expired(probe, site, site_ca):
    pin = pem_digest(site.pki.certificate("expired"))
    result = one(probe("--pin", pin, "--ca", site_ca, "vcenter=expired.lab.test"))
    assert (trust(result), result["trust"]["validity"]) == ("trusted", "expired"), result


# 902 and 443


def test_trust_902_with_the_certificate_of_443_is_well(probe, site, site_ca):
    found = probe("--ca", site_ca, "esxi=esx01.lab.test")
    api, authd = (found["esx01.lab.test", site.ports[port]] for port in (443, 902))
    assert api["certificate"]["sha256"] == authd["certificate"]["sha256"]
    assert trust(authd) == "trusted", authd


def test_trust_902_with_another_certificate_is_a_mismatch(probe, site):
    """Whatever is asked of trust: the two must be the same."""
    found = probe("esxi=authd-other-certificate.lab.test", code=1)
    api, authd = (found["authd-other-certificate.lab.test", site.ports[port]] for port in (443, 902))
    assert api["certificate"]["sha256"] != authd["certificate"]["sha256"]
    assert (service(authd), trust(authd)) == ("serving", "fingerprint-mismatch"), authd
    assert trust(api) == "untrusted", api


# The engine's authority and 54322


def test_trust_engine_of_the_call_judges_its_hosts(probe, site):
    hosts = ("ovirt-engine=engine.lab.test", "ovirt-host=kvm01.lab.test", "ovirt-host=kvm02.lab.test")
    found = probe(*hosts, code=1)
    port = site.ports[54322]
    assert trust(found["kvm01.lab.test", port]) == "trusted", found
    assert trust(found["kvm02.lab.test", port]) == "untrusted", found
    assert service(found["kvm02.lab.test", port]) == "serving", found
    engine = found["engine.lab.test", site.ports[443]]
    assert engine["ca"]["verifies"] is True, engine
    assert engine["ca"]["sha256"] == pem_digest(site.pki.certificate("engine-ca")), engine


def test_trust_order_of_engine_and_hosts_does_not_matter(probe, site):
    found = probe("ovirt-host=kvm01.lab.test", "ovirt-engine=engine.lab.test")
    assert trust(found["kvm01.lab.test", site.ports[54322]]) == "trusted", found


def test_trust_ca_of_the_caller_comes_before_the_engines(probe, site, authority):
    hosts = ("ovirt-engine=engine.lab.test", "ovirt-host=kvm01.lab.test", "ovirt-host=kvm02.lab.test")
    found = probe("--ca", authority("third-party"), *hosts, code=1)
    port = site.ports[54322]
    assert trust(found["kvm01.lab.test", port]) == "untrusted", found
    assert trust(found["kvm02.lab.test", port]) == "trusted", found


def test_trust_engine_with_a_certificate_from_elsewhere_offers_its_ca_all_the_same(probe, site):
    result = one(probe("ovirt-engine=engine-third-party.lab.test"))
    assert result["ca"]["verifies"] is False, result
    assert result["ca"]["sha256"] == pem_digest(site.pki.certificate("engine-ca")), result


# Hosts without a role


@pytest.mark.parametrize(
    "name, role, ports",
    (("vcenter", "vcenter", (443,)), ("esx01", "esxi", (443, 902)), ("engine", "ovirt-engine", (443,))),
)
def test_identify_tells_the_role_and_asks_its_ports(name, role, ports, probe, site):
    found = probe(f"{name}.lab.test")
    assert {port: r["role"] for (_, port), r in found.items()} == {site.ports[port]: role for port in ports}
    assert {service(r) for r in found.values()} == {"serving"}, found


def test_identify_follows_the_role_to_a_port_that_fails(probe, site):
    found = probe("esx03.lab.test", code=1)
    assert service(found["esx03.lab.test", site.ports[443]]) == "serving"
    authd = found["esx03.lab.test", site.ports[902]]
    assert (authd["role"], authd["reason"]) == ("esxi", "refused"), authd


@pytest.mark.parametrize("name", ("engine-absent", "http-404"))
def test_identify_of_another_web_server_has_no_role(name, probe):
    result = one(probe(f"{name}.lab.test"))
    assert (result["state"], "role" in result) == ("open", False), result


@pytest.mark.parametrize(
    "name, words",
    (
        ("closed", ("closed", "refused", None)),
        ("silent", ("open", "ok", "tls-timeout")),
        ("plain-http", ("open", "ok", "not-tls")),
        ("tls-alert-40", ("open", "ok", "tls-alert")),
    ),
)
def test_identify_of_what_does_not_serve_says_why(name, words, probe):
    result = one(probe("--timeout=1s", f"{name}.lab.test", code=1))
    assert (result["state"], result["reason"], service(result)) == words, result
    assert "role" not in result, result


def test_identify_then_judges_as_the_role_would(probe):
    result = one(probe("old-vcenter.lab.test", code=1))
    assert (result["role"], service(result)) == ("vcenter", "wrong-version"), result
