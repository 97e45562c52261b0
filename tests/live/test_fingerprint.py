# SPDX-License-Identifier: Apache-2.0
"""`banksman fingerprint` prints byte for byte what the openssl pipeline of the documentation prints."""

import re
import subprocess

import pytest
from asking import numeric, pem_digest, there
from lab.catalogue import context
from lab.peers import Peer, hold, listener, tls

SHA1 = re.compile(r"(?:[0-9A-F]{2}:){19}[0-9A-F]{2}\n")

# Name: options that s_client needs to get so far at all.  Debian's openssl refuses old servers by itself.
OLD = ("-cipher", "ALL:@SECLEVEL=0")
SERVERS = {
    "rsa": (),
    "ecdsa": (),
    "expired": (),
    "not-yet-valid": (),
    "self-signed": (),
    "untrusted": (),
    "wrong-name": (),
    "deep-chain": (),
    "large-certificate": (),
    "rsa1024-sha1": OLD,
    "tls10": (*OLD, "-tls1"),
    "tls11": (*OLD, "-tls1_1"),
    "tls12": ("-tls1_2",),
    "tls13": ("-tls1_3",),
    "client-certificate-tls12": (),
    "client-certificate-tls13": (),
    "sni": (),
    "http-silent": (),
    "soap-fault": (),
}


def pipeline(endpoint, *options, name=None, digest="-sha1"):
    """openssl s_client -connect ... </dev/null 2>/dev/null | openssl x509 -fingerprint -noout | cut -d= -f2"""
    sni = ("-servername", name) if name else ("-noservername",)
    command = ("openssl", "s_client", "-connect", numeric(endpoint), *sni, *options)
    shown = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=20).stdout
    command = ("openssl", "x509", "-fingerprint", digest, "-noout")
    line = subprocess.run(command, input=shown, capture_output=True, timeout=20).stdout.decode()
    return line.partition("=")[2]


@pytest.fixture
def fingerprint(banksman, site):
    def run(*words):
        common = ("--resolver", site.resolver, "--timeout", banksman.span(5))
        return banksman("fingerprint", *common, *words, nobody=True)

    return run


@pytest.mark.parametrize("v6", ("", ".v6"), ids=("ipv4", "ipv6"))
@pytest.mark.parametrize("name", SERVERS)
def test_fingerprint_equals_the_openssl_pipeline(name, v6, site, fingerprint):
    endpoint = site[f"{name}{v6}:443"]
    expected = pipeline(endpoint, *SERVERS[name], name=endpoint.host)
    assert SHA1.fullmatch(expected), "openssl itself got no certificate"

    done = fingerprint(there(endpoint))

    assert done.stdout == expected, done
    assert (done.code, done.stderr) == (0, ""), done


@pytest.mark.parametrize("name", ("rsa", "ecdsa", "sni", "tls10"))
def test_fingerprint_sha256_equals_the_openssl_pipeline(name, site, fingerprint):
    endpoint = site[f"{name}:443"]
    expected = pipeline(endpoint, *SERVERS[name], name=endpoint.host, digest="-sha256")
    done = fingerprint("--sha256", there(endpoint))
    assert len(expected) == 96 and done.stdout == expected, done
    assert done.code == 0, done


def test_fingerprint_sha1_can_be_asked_for(site, fingerprint):
    endpoint = site["rsa:443"]
    assert fingerprint("--sha1", there(endpoint)).stdout == fingerprint(there(endpoint)).stdout
    assert fingerprint("--sha256", "--sha1", there(endpoint)).stdout == fingerprint(there(endpoint)).stdout


@pytest.mark.parametrize("v6", ("", ".v6"), ids=("ipv4", "ipv6"))
def test_fingerprint_without_a_name_shows_the_default_certificate(v6, site, fingerprint):
    endpoint = site[f"sni{v6}:443"]
    with_name, without = pipeline(endpoint, name=endpoint.host), pipeline(endpoint)
    assert with_name != without
    done = fingerprint(numeric(endpoint))
    assert done.stdout == without == pem_digest(site.pki.certificate("wrong-name"), "sha1") + "\n", done
    assert fingerprint(there(endpoint)).stdout == with_name


@pytest.mark.parametrize("v6", ("", ".v6"), ids=("ipv4", "ipv6"))
@pytest.mark.parametrize("name, certificate", (("authd-sha256", "rsa"), ("authd-other-certificate", "other")))
def test_fingerprint_902_is_that_behind_the_banner(name, certificate, v6, site, fingerprint):
    endpoint = site[f"{name}{v6}:902"]
    done = fingerprint(f"{endpoint.host}:902={endpoint.port}")
    assert done.stdout == pem_digest(site.pki.certificate(certificate), "sha1") + "\n", done
    assert (done.code, done.stderr) == (0, ""), done
    same = fingerprint("--port", f"902={endpoint.port}", endpoint.host)
    assert same.stdout == done.stdout, same


def test_fingerprint_port_stands_for_every_host(site, fingerprint):
    endpoint = site["ecdsa:443"]
    done = fingerprint("--port", endpoint.port, endpoint.host)
    assert done.stdout == pipeline(endpoint, name=endpoint.host), done


def test_fingerprint_of_several_hosts_is_a_line_each(site, fingerprint):
    endpoints = [site[f"{name}:443"] for name in ("ecdsa", "rsa", "expired", "vcenter")]
    done = fingerprint(*map(there, endpoints))
    lines = [f"{e.host}  {pipeline(e, name=e.host)}" for e in endpoints]
    assert done.stdout == "".join(lines), done
    assert (done.code, done.stderr) == (0, ""), done


def test_fingerprint_addresses_with_one_certificate_are_one_line(site, fingerprint):
    behaviour = tls(context(site.pki, "ecdsa"), hold)
    with Peer(behaviour, listener("127.0.30.1")) as first:
        with Peer(behaviour, listener("127.0.30.2", first.port)), Peer(behaviour, listener("127.0.30.3", first.port)):
            done = fingerprint(f"several.dns.lab.test:{first.port}")
    assert done.stdout == pem_digest(site.pki.certificate("ecdsa"), "sha1") + "\n", done
    assert (done.code, done.stderr) == (0, ""), done


def test_fingerprint_addresses_that_differ_are_told_apart(site, fingerprint):
    one, other = (tls(context(site.pki, name), hold) for name in ("rsa", "other"))
    with Peer(one, listener("127.0.30.1")) as first:
        port = first.port
        with Peer(one, listener("127.0.30.2", port)), Peer(other, listener("127.0.30.3", port)):
            done = fingerprint(f"several.dns.lab.test:{port}")
    assert done.code == 1, done
    assert sorted(done.stdout.splitlines()) == [
        f"several.dns.lab.test  127.0.30.{i}  {pem_digest(site.pki.certificate(name), 'sha1')}"
        for i, name in ((1, "rsa"), (2, "rsa"), (3, "other"))
    ], done
    assert done.stderr.count("\n") == 1 and "different certificates" in done.stderr, done


FAILING = {
    "closed:443": "refused",
    "accept-reset:443": "reset",
    "accept-fin:443": "closed during",
    "plain-http:443": "TLS",
    "tls-alert-40:443": "alert 40",
    "authd-ssh:902": "SSH-2.0",
}


@pytest.mark.parametrize("name", FAILING)
def test_fingerprint_of_a_failing_host_is_one_line_of_complaint(name, site, fingerprint):
    endpoint = site[name]
    done = fingerprint(f"{endpoint.host}:{endpoint.documented}={endpoint.port}")
    assert (done.code, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1 and done.stderr.startswith(f"banksman: {endpoint.host} "), done
    assert FAILING[name] in done.stderr, done


def test_fingerprint_failing_host_does_not_hide_the_others(site, fingerprint):
    good, bad = site["rsa:443"], site["closed:443"]
    done = fingerprint(there(good), there(bad), "nxdomain.dns.lab.test")
    assert done.stdout == f"{good.host}  {pipeline(good, name=good.host)}", done
    assert done.code == 1, done
    assert len(done.stderr.splitlines()) == 2, done
    assert "refused" in done.stderr and "no such name" in done.stderr, done
