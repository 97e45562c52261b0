# SPDX-License-Identifier: Apache-2.0
"""A reach check finds the port open without the listener ever knowing."""

import collections
import time

import pytest

CHECKS = 1000
COUNTED_SECONDS = 10


def probe(banksman, net, host, port, *options, seconds=5):
    span = banksman.span(seconds)
    return banksman("probe", "--port", port, "--timeout", span, "-o", "json", *options, host, net=net, timeout=60)


def accepts(net, port, least):
    """The listener's count, once it has reached so many or time is up: a connection takes a while over the wire."""
    give_up = time.monotonic() + COUNTED_SECONDS
    while (count := net.accepts(port)) < least and time.monotonic() < give_up:
        time.sleep(0.005)
    return count


@pytest.mark.parametrize("family", (4, 6))
def test_silent_thousand_reach_checks_are_never_accepted(family, net, banksman, public_file):
    port = net.port()
    addresses = net.pool(family, CHECKS)
    hosts = public_file("hosts", "".join(f"{a}\n" for a in addresses))

    done = probe(banksman, net, f"@{hosts}", port, "--reach")

    results = done.json()["results"]
    assert collections.Counter((r["state"], r["reason"]) for r in results) == {("open", "ok"): CHECKS}, done.stderr
    assert {r["address"] for r in results} == set(addresses)
    assert all(r["rtt_us"] > 0 for r in results)
    assert done.code == 0, done.stderr
    # An ordinary connection comes after all of them: once it is counted, they would have been.
    last = probe(banksman, net, net.address("t", family), port, "--check", "tcp")
    assert last.code == 0, last
    assert accepts(net, port, 1) == 1
    for where, state in (("node", "time-wait"), ("t", "time-wait"), ("t", "established")):
        assert [s for s in net.sockets(where, state) if any(f"{a}:" in s or f"{a}]:" in s for a in addresses)] == []


@pytest.mark.parametrize("family", (4, 6))
def test_silent_full_check_is_accepted_once(family, net, banksman):
    """The counterpart: the listener does count what is not silent."""
    port = net.port()

    done = probe(banksman, net, net.address("t", family), port, "--check", "tcp")

    assert [r["state"] for r in done.json()["results"]] == ["open"], done
    assert accepts(net, port, 1) == 1


@pytest.mark.parametrize("family", (4, 6))
def test_silent_reach_of_closed_and_dropped_ports_is_told_apart(family, net, banksman):
    closed, dropped = net.port(listening=False), net.port()
    net.rule("r2", family, dropped, "drop")
    found = []
    for port in (closed, dropped):
        done = probe(banksman, net, net.address("t", family), port, "--reach", seconds=1)
        assert done.code == 1, done
        found += [(r["state"], r["reason"]) for r in done.json()["results"]]
    assert found == [("closed", "refused"), ("filtered", "no-answer")]
    assert net.accepts(dropped) == 0
