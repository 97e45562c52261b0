# SPDX-License-Identifier: Apache-2.0
"""Server programs that others wrote: govmomi's simulator, nginx and Debian's docker-registry."""

import json
import pathlib
import tempfile

import pytest
from asking import by_port, pem_digest, service, there, trust, whole
from lab import faults, nginx, real, registry, vcsim
from lab.catalogue import context
from lab.dialects import serve
from lab.peers import Peer, fixed, hold, listener
from lab.site import Site

MISSING = {
    vcsim.available: "Go or its govmomi library (golang-go, golang-github-vmware-govmomi-dev) is not installed",
    nginx.available: "nginx is not installed",
    registry.available: "docker-registry is not installed",
}
HOSTS = {host.name: host for host in real.REAL}


def need(available):
    if not available():
        pytest.skip(MISSING[available])


@pytest.fixture(scope="module")
def site():
    """Those of the real servers that this machine has; instead of the simulated site."""
    names = [host.name for host in real.REAL if host.available()]
    if not names:
        pytest.skip("no real server program is installed")
    with Site(*names) as running:
        yield running


@pytest.fixture(scope="module")
def real_ca(site):
    # As in conftest, but of this site: nobody must be able to read it.
    with tempfile.NamedTemporaryFile("w", prefix="banksman-", suffix=".pem", dir="/tmp") as copy:
        copy.write(site.pki.bundle.read_text())
        copy.flush()
        pathlib.Path(copy.name).chmod(0o644)
        yield copy.name


@pytest.fixture
def endpoint(site):
    """A function that finds a running host by name."""

    def find(name):
        host = HOSTS[name]
        need(host.available)
        return site[f"{name}:{host.documented}"]

    return find


@pytest.fixture
def probe(banksman, site, real_ca):
    """A function that probes one port and returns the only result."""

    def run(*words, code=0):
        common = ("--resolver", site.resolver, "--ca", real_ca, "--timeout", banksman.span(5), "-o", "json")
        done = banksman("probe", *common, *words, nobody=True)
        assert (done.code, done.stderr) == (code, ""), done
        (result,) = done.json()["results"]
        return result

    return run


def image(endpoint, reference):
    return f"registry={endpoint.host}:{endpoint.port}/{reference}"


# vCenter, ESXi, engine


@pytest.mark.parametrize("name", ("vcsim-vcenter", "vcsim-esxi", "nginx-engine"))
def test_real_machine_serves_and_is_trusted(name, endpoint, probe):
    e = endpoint(name)
    result = probe(whole(e))
    assert (result["state"], service(result), trust(result)) == ("open", "serving", "trusted"), result
    assert (result["role"], result["address"], result["documented_port"]) == (e.role, e.address, 443)
    assert result["rtt_us"] > 0


@pytest.mark.parametrize(
    "name, product, api_type",
    (("vcsim-vcenter", "VMware vCenter Server", "VirtualCenter"), ("vcsim-esxi", "VMware ESXi", "HostAgent")),
)
def test_real_vsphere_tells_what_it_is(name, product, api_type, endpoint, probe):
    e = endpoint(name)
    facts = probe(whole(e))["service"]
    assert (facts["product"], facts["version"], facts["api_type"]) == (product, "6.5.0", api_type), facts
    assert facts["build"].isdigit() and facts["http_status"] == 200, facts
    assert ("instance_uuid" in facts) == (api_type == "VirtualCenter"), facts


@pytest.mark.parametrize("name, other", (("vcsim-vcenter", "esxi"), ("vcsim-esxi", "vcenter")))
def test_real_vsphere_in_the_wrong_role_is_another_product(name, other, endpoint, probe):
    e = endpoint(name)
    result = probe(f"{other}={e.host}:443={e.port}", code=1)
    assert service(result) == "wrong-product", result


def test_real_vcenter_older_than_wanted_is_wrong_version(endpoint, probe):
    e = endpoint("vcsim-vcenter")
    assert service(probe("--min-version", "6.5", f"vcenter={there(e)}")) == "serving"
    assert service(probe("--min-version", "7.0", f"vcenter={there(e)}", code=1)) == "wrong-version"


@pytest.mark.parametrize("name", ("vcsim-vcenter", "vcsim-esxi", "nginx-engine"))
def test_real_machine_without_a_role_is_identified(name, endpoint, banksman, site):
    e = endpoint(name)
    ports = ("--port", f"443={e.port}", "--port", "902=9")  # 9: closed
    options = ("--resolver", site.resolver, "--timeout", banksman.span(5), "-o", "json")
    done = banksman("probe", *options, *ports, e.host)
    found = by_port(done.json()["results"])
    assert found[e.host, e.port]["role"] == e.role, done
    assert service(found[e.host, e.port]) == "serving", done
    assert ((e.host, 9) in found) == (e.role == "esxi"), done


# The engine's authority


def test_real_engine_ca_is_the_file_byte_for_byte(endpoint, banksman, site):
    e = endpoint("nginx-engine")
    done = banksman("ca", "--resolver", site.resolver, "--timeout", banksman.span(5), there(e), nobody=True)
    assert done.stdout == site.pki.certificate("engine-ca").read_text(), done
    assert done.code == 0, done
    assert "verifies against it" in done.stderr and "NOT" not in done.stderr, done


def test_real_engine_ca_as_json_has_its_facts(endpoint, banksman, site):
    e = endpoint("nginx-engine")
    options = ("--resolver", site.resolver, "--timeout", banksman.span(5), "-o", "json")
    found = banksman("ca", *options, there(e), nobody=True).json()
    authority = site.pki.certificate("engine-ca")
    assert (found["host"], found["address"], found["port"]) == (e.host, e.address, e.port)
    assert found["pem"] == authority.read_text()
    assert found["verifies"] is True
    assert found["ca"]["sha1"] == pem_digest(authority, "sha1")
    assert found["ca"]["sha256"] == pem_digest(authority)
    assert found["ca"]["self_signed"] is True
    assert found["certificate"]["sha256"] == pem_digest(site.pki.certificate("nginx-engine"))


def test_real_ca_of_what_is_no_engine_is_a_complaint(endpoint, banksman, site):
    e = endpoint("vcsim-vcenter")
    done = banksman("ca", "--resolver", site.resolver, "--timeout", banksman.span(5), there(e))
    assert (done.code, done.stdout) == (1, ""), done
    assert done.stderr.count("\n") == 1 and "oVirt engine" in done.stderr, done


# Registries


@pytest.mark.parametrize("name", [n for n, host in HOSTS.items() if host.role == "registry"])
def test_real_registry_gets_its_words(name, endpoint, probe):
    e = endpoint(name)
    plain = ("--plain",) if name == "registry-plain" else ()
    good = e.expect["service"] == "serving"
    result = probe(*plain, e.target, code=0 if good else 1)
    assert (result["state"], service(result)) == ("open", e.expect["service"]), result
    assert trust(result) == (None if plain else "trusted"), result
    assert result["host"] == e.host and result["service"]["product"] == "OCI registry", result
    if good:
        assert (result["service"]["image"], result["service"]["digest"]) == ("present", e.expect["digest"])
    else:
        assert "digest" not in result["service"]


@pytest.mark.parametrize("name, options", (("registry", ()), ("registry-token", ()), ("registry-plain", ("--plain",))))
def test_real_registry_image_by_digest_is_present(name, options, endpoint, probe):
    e = endpoint(name)
    digest = e.expect["digest"]
    result = probe(*options, image(e, f"{registry.REPOSITORY}@{digest}"))
    assert (result["service"]["image"], result["service"]["digest"]) == ("present", digest), result


@pytest.mark.parametrize("name, options", (("registry", ()), ("registry-token", ()), ("registry-plain", ("--plain",))))
@pytest.mark.parametrize("reference", (f"{registry.REPOSITORY}:none", f"{registry.REPOSITORY}@sha256:{'0' * 64}"))
def test_real_registry_other_image_is_absent(name, options, reference, endpoint, probe):
    result = probe(*options, image(endpoint(name), reference), code=1)
    assert (service(result), result["service"]["image"]) == ("image-absent", "absent"), result
    assert "digest" not in result["service"], result


def test_real_registry_other_repository_behind_tokens_needs_a_login(endpoint, probe):
    """The token server grants the one public repository alone."""
    result = probe(image(endpoint("registry-token"), "lab/private:1"), code=1)
    assert (service(result), result["service"]["image"]) == ("needs-login", "needs-login"), result


def test_real_registry_without_tls_is_not_tls_unless_plain_is_asked(endpoint, probe):
    e = endpoint("registry-plain")
    result = probe(e.target, code=1)
    assert service(result) == "not-tls", result


def test_real_registry_that_is_another_server_is_wrong_product(endpoint, probe):
    result = probe(image(endpoint("nginx-engine"), "lab/vddk:1"), code=1)
    assert service(result) == "wrong-product", result


# A registry whose token server fails in every way


class TokenServer:
    """A registry behind a token server whose behaviour can be changed."""

    def __init__(self, pki, directory):
        registry.publish(directory)
        self.behaviour = hold
        self.peer = Peer(lambda conn: self.behaviour(conn), listener("127.0.0.1"))
        realm = f"https://127.0.0.1:{self.peer.port}/token"
        with listener("127.0.0.1") as free:
            port = free.getsockname()[1]
        settings = registry.bearer(pki, realm)
        self.registry = registry.start_tls(pki, directory, "bearer", "127.0.0.1", port, settings)

    def stop(self):
        self.registry.stop()
        self.peer.stop()


@pytest.fixture(scope="module")
def bearer(site):
    need(registry.available)
    with tempfile.TemporaryDirectory(prefix="banksman-lab-") as directory:
        running = TokenServer(site.pki, pathlib.Path(directory))
        yield running
        running.stop()


def says(body, status=200):
    return lambda c: serve(c, fixed(status, body, "application/json"))


# Name: (what the token server does with a TLS context, the service's reason, a word of its detail)
TOKEN_SERVERS = {
    "closes": (lambda c: faults.fin, "token-failed", "TLS"),
    "resets": (lambda c: faults.reset, "token-failed", "reset"),
    "is-silent": (lambda c: hold, "token-failed", "TLS"),
    "never-answers": (lambda c: faults.after_request(c, hold), "token-failed", "time"),
    "is-not-tls": (lambda c: faults.plain_http(fixed(200)), "token-failed", "400"),
    "is-not-http": (lambda c: faults.after_request(c, faults.NOT_HTTP), "token-failed", "HTTP"),
    "is-away": (says(b"{}", 503), "token-failed", "503"),
    "says-nothing": (says(b""), "token-failed", "token"),
    "says-no-json": (says(b"<html>token</html>"), "token-failed", "token"),
    "says-no-token": (says(b'{"expires_in": 300}'), "token-failed", "token"),
    "says-an-empty-token": (says(b'{"token": ""}'), "token-failed", "token"),
    "says-a-number": (says(b'{"token": 7}'), "token-failed", "token"),
    "splits-headers": (says(json.dumps({"token": "a\r\nX-Evil: 1"}).encode()), "token-failed", "token"),
    "wants-a-login": (says(b"{}", 401), "needs-login", "login"),
    "says-a-false-token": (says(b'{"token": "false"}'), "needs-login", "401"),
    "never-ends": (lambda c: faults.after_request(c, faults.ENDLESS_BODY), "token-failed", "end"),
}


@pytest.mark.parametrize("case", TOKEN_SERVERS)
def test_real_registry_with_a_failing_token_server_is_told(case, bearer, banksman, site, real_ca):
    make, reason, word = TOKEN_SERVERS[case]
    bearer.behaviour = make(context(site.pki, "rsa"))
    where = f"registry=127.0.0.1:{bearer.registry.port}/{registry.REPOSITORY}:{registry.TAG}"
    done = banksman("probe", "--ca", real_ca, "--timeout", banksman.span(1), "-o", "json", where, nobody=True)
    (result,) = done.json()["results"]
    assert (done.code, result["state"], service(result)) == (1, "open", reason), done
    assert trust(result) == "trusted", done
    assert word in result["service"]["detail"], done
    assert result["duration_us"] <= banksman.milliseconds(1) * 1000 + 100_000 * banksman.slow, done
