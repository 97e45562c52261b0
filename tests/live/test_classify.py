# SPDX-License-Identifier: Apache-2.0
"""Every fault a network can put between two hosts gets its own reason, for an unprivileged user.

A reject is tried at three places: r1, whose error arrives while connect() still runs, r2, whose error comes
later and closes the socket, and the target itself, as a host firewall does it.
"""

import collections
import ipaddress

import pytest
from asking import service

STATE = {
    "ok": "open",
    "refused": "closed",
    "reset": "closed",
    "no-answer": "filtered",
    "admin-prohibited": "filtered",
    "host-prohibited": "filtered",
    "net-prohibited": "filtered",
    "port-unreachable": "filtered",
    "protocol-unreachable": "filtered",
    "failed-policy": "filtered",
    "reject-route": "filtered",
    "local-policy": "filtered",
    "net-unreachable": "unreachable",
    "host-unreachable": "unreachable",
    "ttl-exceeded": "unreachable",
}

# nft's word: (the reason it must become, ICMP type, code)
REJECTS = {
    4: {
        "net-unreachable": ("net-unreachable", 3, 0),
        "host-unreachable": ("host-unreachable", 3, 1),
        "prot-unreachable": ("protocol-unreachable", 3, 2),
        "port-unreachable": ("port-unreachable", 3, 3),
        "net-prohibited": ("net-prohibited", 3, 9),
        "host-prohibited": ("host-prohibited", 3, 10),
        "admin-prohibited": ("admin-prohibited", 3, 13),
    },
    6: {
        "no-route": ("net-unreachable", 1, 0),
        "admin-prohibited": ("admin-prohibited", 1, 1),
        "addr-unreachable": ("host-unreachable", 1, 3),
        "port-unreachable": ("port-unreachable", 1, 4),
        "policy-fail": ("failed-policy", 1, 5),
        "reject-route": ("reject-route", 1, 6),
    },
}

# The codes of "no route", "no such neighbour", "hop limit exceeded", and of two local rejects.
NO_ROUTE = {4: (3, 0), 6: (1, 0)}
NO_NEIGHBOUR = {4: (3, 1), 6: (1, 3)}
TTL = {4: (11, 0), 6: (3, 0)}

# What carries bytes over a connection that stands; a bare ACK is shorter, over IPv6 too.
DATA = "tcp flags & (syn|rst|fin) == 0 meta length > 100"

Case = collections.namedtuple("Case", "name family reason icmp sender rules place listening check timeout")


def case(name, family, reason, icmp=None, sender=(), rules=(), place=None, listening=True, check="tcp", timeout=1):
    return Case(name, family, reason, icmp, sender, rules, place, listening, check, timeout)


def cases():
    for family, rejects in REJECTS.items():
        yield case("open", family, "ok")
        yield case("closed", family, "refused", listening=False)
        for where in ("r1", "r2", "t"):
            for word, (reason, *code) in rejects.items():
                yield case(f"{word} at {where}", family, reason, tuple(code), (where,), [(where, word)])
            yield case(f"tcp reset at {where}", family, "refused", rules=[(where, "tcp-reset")])
            yield case(f"drop at {where}", family, "no-answer", rules=[(where, "drop")])
        for where in ("r1", "r2"):
            rule = (where, "tcp-reset", "tcp flags & syn == 0")
            yield case(f"reset after the handshake at {where}", family, "reset", rules=[rule], check="tls")
        for word in ("port-unreachable", "admin-prohibited"):
            yield case(f"{word} here", family, "local-policy", tuple(rejects[word][1:]), ("node",), [("node", word)])
        yield case("tcp reset here", family, "refused", rules=[("node", "tcp-reset")])
        yield case("drop here", family, "no-answer", rules=[("node", "drop")])
        yield case("prohibit route here", family, "local-policy", place="prohibit")
        yield case("blackhole route here", family, "local-policy", place="blackhole")
        yield case("unreachable route here", family, "host-unreachable", place="unreachable")
        yield case("no route here", family, "net-unreachable", place="nowhere")
        yield case("no neighbour here", family, "host-unreachable", NO_NEIGHBOUR[family], ("node",), place="dead-here")
        yield case("no neighbour at r2", family, "host-unreachable", NO_NEIGHBOUR[family], ("r2",), place="dead")
        # A Linux router may spare this error for the first SYN, so there must be time for a second.
        yield case("no route at r2", family, "net-unreachable", NO_ROUTE[family], ("r2",), place="unrouted", timeout=3)
        yield case("routing loop", family, "ttl-exceeded", TTL[family], ("r1", "r2"), place="loop")


CASES = list(cases())


class Tally:
    def __init__(self):
        self.seen = {4: collections.Counter(), 6: collections.Counter()}
        self.wrong = []

    def add(self, case, got):
        self.seen[case.family][case.reason, got] += 1
        if got != case.reason:
            self.wrong.append(f"IPv{case.family} {case.name}: {got}, not {case.reason}")

    def table(self, family):
        """Expected reasons down, found reasons across; the diagonal is right."""
        seen = self.seen[family]
        names = [r for r in STATE if any(r in pair for pair in seen)]
        names += sorted({str(got) for _, got in seen if got not in STATE})
        lines = [" " * 26 + "".join(f"{i:4}" for i, _ in enumerate(names, 1))]
        for i, expected in enumerate(names, 1):
            cells = [seen[expected, got] for got in names]
            lines.append(f"{i:2}  {expected:22}" + "".join(f"{n or '.':>4}" for n in cells))
        right = sum(n for (expected, got), n in seen.items() if expected == got)
        lines.append(f"{right} of {sum(seen.values())} right")
        return "\n".join(lines)


@pytest.fixture(scope="module")
def tally(report):
    tally = Tally()
    yield tally
    for family in (4, 6):
        if tally.seen[family]:
            report(f"reasons over IPv{family}, expected (rows) and found (columns)", tally.table(family))


@pytest.mark.parametrize("case", CASES, ids=[f"v{c.family}-{c.name.replace(' ', '-')}" for c in CASES])
def test_classify_fault_gets_its_reason(case, net, banksman, tally):
    port = net.port(listening=case.listening and not case.place)
    for where, verdict, *match in case.rules:
        net.rule(where, case.family, port, verdict, match="".join(match))
    address = net.place(case.place, case.family) if case.place else net.address("t", case.family)

    options = ("--port", port, "--check", case.check, "--timeout", banksman.span(case.timeout), "-o", "json")
    done = banksman("probe", *options, address, net=net)
    results = done.json()["results"]
    assert len(results) == 1, done
    result = results[0]
    tally.add(case, result.get("reason"))

    assert (result["state"], result["reason"]) == (STATE[case.reason], case.reason), done
    assert ipaddress.ip_address(result["address"]) == ipaddress.ip_address(address), done
    assert result["port"] == port, done
    assert done.code == (0 if case.reason == "ok" else 1), done
    if case.icmp:
        icmp = result["icmp"]
        assert (icmp["type"], icmp["code"]) == case.icmp, done
        assert icmp["from"] in [net.address(name, case.family) for name in case.sender], done
    else:
        assert "icmp" not in result, done
    if case.reason == "ok":
        assert 0 < result["rtt_us"] < 1000000 * banksman.slow, done


@pytest.mark.parametrize("family, verdict", ((4, "host-unreachable"), (6, "addr-unreachable")))
def test_classify_icmp_error_for_a_standing_connection_is_no_reset(family, verdict, net, banksman):
    """RFC 1122, 4.2.3.9: it is a hint there and not the end, so it is the service that stays silent."""
    port = net.port()
    net.rule("r2", family, port, verdict, match=DATA)
    # The listener closes what it accepts: that must not be seen.
    net.nft("r2", f"add rule inet lab forward meta nfproto ipv{family} tcp sport {port} tcp flags & fin != 0 drop\n")

    options = ("--port", port, "--check", "tls", "--timeout", banksman.span(1), "-o", "json")
    done = banksman("probe", *options, net.address("t", family), net=net)

    (result,) = done.json()["results"]
    assert (result["state"], result["reason"], service(result)) == ("open", "ok", "tls-timeout"), done
    assert "icmp" not in result, done


@pytest.mark.parametrize("family", (4, 6))
def test_classify_silence_counts_the_syns_sent_again(family, net, banksman):
    port = net.port()
    net.rule("r2", family, port, "drop")

    done = banksman("probe", "--port", port, "--timeout", "2500ms", "-o", "json", net.address("t", family), net=net)

    (result,) = done.json()["results"]
    assert (result["state"], result["reason"]) == ("filtered", "no-answer"), done
    assert result["syn_retransmits"] > 0, done


def test_classify_confusion_table_is_diagonal(tally):
    """Runs last: what the cases above found, as a whole."""
    if not any(tally.seen.values()):
        pytest.skip("no case was selected")
    assert tally.wrong == []
