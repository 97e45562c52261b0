# SPDX-License-Identifier: Apache-2.0
"""`banksman trace` names the router that drops or rejects, without privileges, in both families."""

import pytest
from lab import netns

pytestmark = pytest.mark.parametrize("family", (4, 6))

TTL_EXCEEDED = {4: 11, 6: 3}
ADMIN_PROHIBITED = {4: (3, 13), 6: (1, 1)}


def target(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def run(banksman, net, address, port, *options):
    span = banksman.span(1)
    return banksman("trace", "--max-hops", 8, "--timeout", span, *options, target(address, port), net=net, timeout=40)


def trace(banksman, net, address, port):
    """The trace as JSON, after the checks that hold for every trace."""
    done = run(banksman, net, address, port, "-o", "json")
    found = done.json()
    assert (found["target"]["address"], found["target"]["port"]) == (address, port), done
    assert [h["ttl"] for h in found["hops"]] == list(range(1, len(found["hops"]) + 1)), done
    assert 1 <= len(found["hops"]) <= 8, done
    for hop in found["hops"]:
        if "address" in hop:
            assert hop["rtt_us"] >= 0, done
        else:
            assert "rtt_us" not in hop and "icmp" not in hop, done
        if "icmp" in hop:
            assert hop["icmp"]["from"] == hop["address"], done
    return found


def addresses(found):
    return [h.get("address") for h in found["hops"]]


def is_router(hop, family, address):
    icmp = hop["icmp"]
    return (hop["address"], icmp["type"], icmp["code"]) == (address, TTL_EXCEEDED[family], 0)


def test_trace_open_port_is_reached_through_both_routers(family, net, banksman):
    port = net.port()
    r1, r2, t = (net.address(name, family) for name in ("r1", "r2", "t"))
    found = trace(banksman, net, t, port)
    assert (found["outcome"], found["reason"]) == ("reached", "ok"), found
    assert addresses(found) == [r1, r2, t], found
    assert is_router(found["hops"][0], family, r1) and is_router(found["hops"][1], family, r2), found
    if net.delayed:
        # r2 lies behind the slow wire, r1 does not.
        assert found["hops"][1]["rtt_us"] >= 2 * netns.DELAY * 1e6, found


def test_trace_closed_port_is_refused_behind_both_routers(family, net, banksman):
    port = net.port(listening=False)
    r1, r2, t = (net.address(name, family) for name in ("r1", "r2", "t"))
    found = trace(banksman, net, t, port)
    assert (found["outcome"], found["reason"]) == ("refused", "refused"), found
    assert addresses(found)[:2] == [r1, r2], found


# A router that drops what it should forward has looked at the hop limit before: it still answers for its own hop.
# One that drops all that comes in does not.
@pytest.mark.parametrize(
    "router, chain, answering",
    [("r1", "forward", ["r1"]), ("r2", "forward", ["r1", "r2"]), ("r2", "prerouting", ["r1"]), ("t", "input", ["r1", "r2"])],
    ids=("r1", "r2", "r2-prerouting", "target"),
)
def test_trace_drop_is_silent_beyond_the_last_answer(router, chain, answering, family, net, banksman):
    port = net.port()
    net.rule(router, family, port, "drop", chain=chain)
    expected = [net.address(name, family) for name in answering]
    found = trace(banksman, net, net.address("t", family), port)
    assert (found["outcome"], found["reason"], found["last_hop"]) == ("silent-beyond", "no-answer", expected[-1]), found
    assert [a for a in addresses(found) if a] == expected, found


@pytest.mark.parametrize("router", ("r1", "r2"))
def test_trace_reject_names_the_rejecting_router(router, family, net, banksman):
    port = net.port()
    net.rule(router, family, port, "admin-prohibited")
    found = trace(banksman, net, net.address("t", family), port)
    rejecting = net.address(router, family)
    assert (found["outcome"], found["reason"], found["last_hop"]) == ("rejected-by", "admin-prohibited", rejecting), found
    rejects = [h for h in found["hops"] if "icmp" in h and h["icmp"]["type"] != TTL_EXCEEDED[family]]
    assert rejects, found
    icmp = rejects[0]["icmp"]
    assert (rejects[0]["address"], icmp["type"], icmp["code"]) == (rejecting, *ADMIN_PROHIBITED[family]), found


def test_trace_reject_by_the_target_itself_names_the_target(family, net, banksman):
    port = net.port()
    net.rule("t", family, port, "admin-prohibited")
    found = trace(banksman, net, net.address("t", family), port)
    assert (found["outcome"], found["reason"]) == ("rejected-by", "admin-prohibited"), found
    assert found["last_hop"] == net.address("t", family), found


def test_trace_silent_router_on_an_open_path_is_a_gap(family, net, banksman):
    port = net.port()
    r2, t = net.address("r2", family), net.address("t", family)
    net.mute("r1", family)
    try:
        found = trace(banksman, net, t, port)
    finally:
        net.unmute("r1")
    assert found["outcome"] == "reached", found
    assert addresses(found) == [None, r2, t], found


def test_trace_routing_loop_ends_at_max_hops(family, net, banksman):
    port = net.port(listening=False)
    found = trace(banksman, net, net.place("loop", family), port)
    r1, r2 = net.address("r1", family), net.address("r2", family)
    assert len(found["hops"]) == 8, found
    assert addresses(found)[:2] == [r1, r2], found
    assert found["outcome"] not in ("reached", "refused"), found


@pytest.mark.parametrize("verdict", ("drop", "admin-prohibited"))
def test_trace_text_names_the_router(verdict, family, net, banksman):
    port = net.port()
    net.rule("r2", family, port, verdict)
    done = run(banksman, net, net.address("t", family), port)
    assert net.address("r1", family) in done.stdout, done
    if verdict == "drop":
        assert f"silent beyond {net.address('r2', family)}" in done.stdout, done
    else:
        assert f"rejected by {net.address('r2', family)} (admin-prohibited)" in done.stdout, done
