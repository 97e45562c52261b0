# SPDX-License-Identifier: Apache-2.0
"""No attempt outlives its deadline by more than 100 ms, whatever the peer does, alone or in a crowd."""

import collections
import itertools

import pytest
from asking import by_port, service, whole
from lab import faults
from lab.catalogue import context
from lab.crowd import Crowd, why_not
from lab.peers import Peer, banner, hold, listener, tls

GRACE_US = 100_000

# Peers that never come to an end: the attempt lasts until the deadline, and no longer.
SILENT = (
    "silent:443", "authd-silent:902", "authd-late:902", "authd-drip:902", "authd-no-tls:902",
    "tls-stalled:443", "tls-silent:443", "tls-drip:443", "tls-hello-requests:443", "http-silent:443", "http-drip:443",
)  # fmt: skip

# Peers that flood: the attempt may end before the deadline.
FLOODS = (
    "authd-endless:902", "tls-huge-certificate:443", "http-endless-body:443", "http-endless-chunks:443",
    "http-endless-headers:443", "http-endless-continue:443",
)  # fmt: skip

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"

# Peers that say something every 20 ms and never enough: progress must not move the deadline.
# Name: (role, documented port, what comes at once, what comes again and again).
STEADY = {
    "banner": ("esxi", 902, b"", b"."),
    "status-line": ("vcenter", 443, b"HTTP/1.1 200 ", b"K"),
    "headers": ("vcenter", 443, OK, b"A: b\r\n"),
    "one-header": ("vcenter", 443, OK + b"A: ", b"b"),
    "body": ("vcenter", 443, OK + b"Content-Length: 9999\r\n\r\n", b"<a/>"),
    "body-without-length": ("vcenter", 443, OK + b"Connection: close\r\n\r\n", b"<a/>"),
    "chunks": ("vcenter", 443, OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n<\r\n"),
    "continue": ("vcenter", 443, b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "health": ("ovirt-engine", 443, OK + b"Content-Length: 9999\r\n\r\n", b"D"),
    "imageio": ("ovirt-host", 54322, OK + b"Content-Length: 9999\r\n\r\n", b" "),
}
STEADY_SECONDS = 0.02


def loopback(count):
    """So many addresses of 127.0.0.0/8."""
    return [f"127.0.{64 + i // 250}.{1 + i % 250}" for i in range(count)]


def bound_us(banksman, seconds):
    return banksman.milliseconds(seconds) * 1000 + GRACE_US * banksman.slow


def few(banksman):
    return ("--max-in-flight", 4) if banksman.wrapper else ()


@pytest.fixture(scope="module", params=(0.5, 1), ids=("500ms", "1s"))
def seconds(request):
    return request.param


@pytest.fixture(scope="module")
def lasted(seconds, banksman, site, site_ca):
    """The results of all peers above, by endpoint name, after one call for both families."""
    endpoints = [site[name.replace(":", f"{v6}:")] for name in SILENT + FLOODS for v6 in ("", ".v6")]
    options = ("--resolver", site.resolver, "--ca", site_ca, "--timeout", banksman.span(seconds), *few(banksman))
    done = banksman("probe", "-o", "json", *options, *map(whole, endpoints), nobody=True, timeout=60)
    found = by_port(done.json()["results"])
    return {e.name: found[e.host, e.port] for e in endpoints}


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("name", SILENT)
def test_deadline_endless_peer_ends_at_the_deadline(name, family, seconds, lasted, site, banksman):
    endpoint = site[name if family == 4 else name.replace(":", ".v6:")]
    result = lasted[endpoint.name]
    assert service(result) == endpoint.expect["service"], result
    assert banksman.milliseconds(seconds) * 1000 <= result["duration_us"] <= bound_us(banksman, seconds), result


@pytest.mark.parametrize("family", (4, 6))
@pytest.mark.parametrize("name", FLOODS)
def test_deadline_flood_ends_before_the_deadline(name, family, seconds, lasted, site, banksman):
    endpoint = site[name if family == 4 else name.replace(":", ".v6:")]
    result = lasted[endpoint.name]
    assert service(result) == endpoint.expect["service"], result
    assert result["duration_us"] <= bound_us(banksman, seconds), result


def steady(pki, documented, first, again):
    """A peer that never stops to say a little."""
    talk = banner(first, faults.drip(itertools.repeat(again), hold, STEADY_SECONDS))
    return talk if documented == 902 else faults.after_request(context(pki, "rsa"), talk)


@pytest.fixture(scope="module")
def steadily(seconds, banksman, site, site_ca):
    """The results of the STEADY peers, by name."""
    peers = {}
    try:
        for address, (name, (_, documented, first, again)) in zip(loopback(len(STEADY)), STEADY.items()):
            peers[name] = Peer(steady(site.pki, documented, first, again), listener(address))
        words = [f"{STEADY[n][0]}={p.address}:{STEADY[n][1]}={p.port}" for n, p in peers.items()]
        options = ("--ca", site_ca, "--timeout", banksman.span(seconds), *few(banksman))
        done = banksman("probe", "-o", "json", *options, *words, nobody=True, timeout=60)
        found = {r["address"]: r for r in done.json()["results"]}
        yield {name: found[peer.address] for name, peer in peers.items()}
    finally:
        for peer in peers.values():
            peer.stop()


@pytest.mark.parametrize("name", STEADY)
def test_deadline_steady_trickle_does_not_move_it(name, seconds, steadily, banksman):
    result = steadily[name]
    expected = "banner-timeout" if STEADY[name][1] == 902 else "http-timeout"
    assert service(result) == expected, result
    assert banksman.milliseconds(seconds) * 1000 <= result["duration_us"] <= bound_us(banksman, seconds), result


def test_deadline_certificate_at_the_last_moment_holds_it(banksman, site):
    """Judging it by this machine's own authorities must not keep the others waiting."""
    served = faults.late(banksman.milliseconds(1) / 1000 - 0.02 * banksman.slow, tls(context(site.pki, "rsa"), hold))
    with Peer(served, listener("127.0.64.1")) as web, Peer(hold, listener("127.0.64.2")) as silent:
        words = [f"{p.address}:{p.port}" for p in (web, silent)]
        options = ("--check", "tls", "--timeout", banksman.span(1), "-o", "json")
        results = banksman("probe", *options, *words).json()["results"]
    assert service(results[1]) == "tls-timeout", results
    assert max(r["duration_us"] for r in results) <= bound_us(banksman, 1), results


# Crowds


def ask_crowd(banksman, public_file, crowd, size, *options, seconds=1):
    hosts = public_file("hosts", "\n".join(loopback(size)))
    span = banksman.span(seconds)
    common = ("--port", crowd.port, "--timeout", span, "--max-in-flight", size, "-o", "json")
    done = banksman("probe", *common, *options, f"@{hosts}", nobody=True, timeout=60)
    results = done.json()["results"]
    assert sorted(r["address"] for r in results) == sorted(loopback(size)), done.stderr
    return results


def tally(results):
    return collections.Counter((r["state"], r["reason"], service(r)) for r in results)


@pytest.fixture
def thousand(slow):
    """A thousand, but fewer where everything takes longer."""
    size = 1000 // slow
    reason = why_not(size)
    if reason:
        pytest.skip(reason)
    return size


@pytest.mark.parametrize(
    "check, expected", (("tls", "tls-timeout"), ("https", "tls-timeout"), ("http", "http-timeout"))
)
def test_deadline_three_hundred_silent_at_once_hold_it(check, expected, slow, banksman, public_file):
    size = 300 // slow
    with Crowd(size) as crowd:
        results = ask_crowd(banksman, public_file, crowd, size, "--check", check)
    assert crowd.peak == size
    assert tally(results) == {("open", "ok", expected): size}
    assert max(r["duration_us"] for r in results) <= bound_us(banksman, 1)
    assert min(r["duration_us"] for r in results) >= banksman.milliseconds(1) * 1000


def test_deadline_three_hundred_silent_902_at_once_hold_it(slow, banksman, public_file):
    size = 300 // slow
    with Crowd(size) as crowd:
        hosts = public_file("hosts", "".join(f"esxi={a}:902={crowd.port}\n" for a in loopback(size)))
        options = ("--timeout", banksman.span(1), "--max-in-flight", size, "-o", "json")
        results = banksman("probe", *options, f"@{hosts}", nobody=True, timeout=60).json()["results"]
    assert crowd.peak == size
    assert tally(results) == {("open", "ok", "banner-timeout"): size}
    assert max(r["duration_us"] for r in results) <= bound_us(banksman, 1)


def test_deadline_thousand_silent_at_once_hold_it(thousand, banksman, public_file):
    with Crowd(thousand) as crowd:
        results = ask_crowd(banksman, public_file, crowd, thousand, "--check", "http", seconds=2)
    assert crowd.peak == thousand
    assert tally(results) == {("open", "ok", "http-timeout"): thousand}
    assert max(r["duration_us"] for r in results) <= bound_us(banksman, 2)


def test_deadline_thousand_in_flight_are_all_answered(thousand, banksman, public_file):
    """The crowd answers when all thousand are there, so they must have been in flight together."""
    with Crowd(thousand, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as crowd:
        results = ask_crowd(banksman, public_file, crowd, thousand, "--check", "http", seconds=5)
    assert crowd.peak == thousand
    assert tally(results) == {("open", "ok", "serving"): thousand}


@pytest.mark.parametrize("depth", (("--check", "tcp"), ("--reach",)), ids=("tcp", "reach"))
def test_deadline_thousand_open_ports_at_once_are_open(depth, thousand, banksman, public_file):
    with Crowd(thousand) as crowd:
        results = ask_crowd(banksman, public_file, crowd, thousand, *depth)
    assert {(r["state"], r["reason"]) for r in results} == {("open", "ok")}
    assert max(r["duration_us"] for r in results) <= bound_us(banksman, 1)
