# SPDX-License-Identifier: Apache-2.0
"""The command itself: what it understands, how it ends, and where it writes what."""

import csv
import errno
import io
import os
import pty
import re
import signal
import socket

import pytest
import schema
from asking import by_port, service
from conftest import ROOT
from lab.peers import Peer, fixed, hold, http, listener

VERBS = (
    "probe", "fingerprint", "ca", "trace", "ports", "check", "rules", "endpoints",
    "matrix", "status", "explain", "history", "events", "certs", "findings", "reload",
)  # fmt: skip
LONG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")


@pytest.fixture(scope="module")
def closed():
    """A port where nobody listens, on any address: it stays taken, so that no one else can."""
    with socket.socket(socket.AF_INET6) as sock:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        sock.bind(("::", 0))
        yield sock.getsockname()[1]


@pytest.fixture(scope="module")
def opened():
    """A port of 127.0.0.1 that takes connections and stays silent."""
    with Peer(hold, listener("127.0.0.1")) as peer:
        yield peer.port


# Usage

LONG_HOST = "h" * 300
USAGE = {
    "unknown-role": (("probe", "--role", "vmware", "127.0.0.1"), "vmware"),
    "unknown-role-in-front": (("probe", "exsi=127.0.0.1"), "did you mean 'esxi'"),
    "empty-role": (("probe", "--role", "", "127.0.0.1"), "role"),
    "role-without-host": (("probe", "esxi="), "esxi="),
    "port-0": (("probe", "--port", "0", "127.0.0.1"), "'0'"),
    "port-70000": (("probe", "--port", "70000", "127.0.0.1"), "'70000'"),
    "port-65536": (("probe", "--port", "65536", "127.0.0.1"), "'65536'"),
    "port-negative": (("probe", "--port", "-1", "127.0.0.1"), "'-1'"),
    "port-hexadecimal": (("probe", "--port", "0x50", "127.0.0.1"), "0x50"),
    "port-with-blank": (("probe", "--port", " 443", "127.0.0.1"), "443"),
    "port-word": (("probe", "--port", "https", "127.0.0.1"), "https"),
    "port-empty": (("probe", "--port", "", "127.0.0.1"), "''"),
    "port-mapped-to-0": (("probe", "--role", "esxi", "--port", "902=0", "127.0.0.1"), "'0'"),
    "port-mapped-to-70000": (("probe", "--role", "esxi", "--port", "902=70000", "127.0.0.1"), "'70000'"),
    "port-mapped-to-nothing": (("probe", "--role", "esxi", "--port", "902=", "127.0.0.1"), "''"),
    "port-not-of-the-role": (("probe", "--port", "54322=1", "esxi=127.0.0.1"), "54322"),
    "port-mapped-without-role": (("probe", "--port", "902=1", "127.0.0.1"), "role"),
    "host-port-0": (("probe", "127.0.0.1:0"), "port"),
    "host-port-70000": (("probe", "127.0.0.1:70000"), "port"),
    "ca-absent": (("probe", "--ca", "/nowhere/ca.pem", "127.0.0.1"), "/nowhere/ca.pem"),
    "ca-directory": (("probe", "--ca", "/", "127.0.0.1"), "--ca"),
    "ca-no-pem": (("probe", "--ca", "/etc/passwd", "127.0.0.1"), "/etc/passwd"),
    "ca-empty": (("probe", "--ca", "/dev/null", "127.0.0.1"), "/dev/null"),
    "ca-no-name": (("probe", "--ca", "", "127.0.0.1"), "--ca"),
    "pin-19-bytes": (("probe", "--pin", "AB" * 19, "127.0.0.1"), "--pin"),
    "pin-21-bytes": (("probe", "--pin", "AB" * 21, "127.0.0.1"), "--pin"),
    "pin-33-bytes": (("probe", "--pin", ":".join(["AB"] * 33), "127.0.0.1"), "--pin"),
    "pin-half-a-byte": (("probe", "--pin", "A" * 39, "127.0.0.1"), "--pin"),
    "pin-no-hex": (("probe", "--pin", "XY" * 20, "127.0.0.1"), "--pin"),
    "pin-empty": (("probe", "--pin", "", "127.0.0.1"), "--pin"),
    "host-absent": (("probe",), "host"),
    "host-empty": (("probe", ""), "empty host"),
    "host-blank": (("probe", "  "), "empty host"),
    "host-300-characters": (("probe", LONG_HOST), "253"),
    "host-300-characters-with-role": (("probe", f"esxi={LONG_HOST}"), "253"),
    "host-label-64-characters": (("probe", "h" * 64 + ".example"), "host"),
    "host-url": (("probe", "https://vcenter.example.com/"), "URL"),
    "host-with-blank": (("probe", "a b"), "a b"),
    "host-with-control": (("probe", "a\x1b[31mb"), "host"),
    "host-bad-ipv6": (("probe", "[::1"), "::1"),
    "list-absent": (("probe", "@/nowhere/hosts"), "/nowhere/hosts"),
    "list-directory": (("probe", "@/"), "/"),
    "list-empty": (("probe", "@/dev/null"), "/dev/null"),
    "list-no-name": (("probe", "@"), "@"),
    "image-in-capitals": (("probe", "registry=127.0.0.1/VDDK:8"), "VDDK"),
    "timeout-0": (("probe", "--timeout", "0s", "127.0.0.1"), "0s"),
    "timeout-no-unit": (("probe", "--timeout", "3", "127.0.0.1"), "'3'"),
    "timeout-negative": (("probe", "--timeout", "-3s", "127.0.0.1"), "-3s"),
    "timeout-too-long": (("probe", "--timeout", "11m", "127.0.0.1"), "10 minutes"),
    "pin-with-reach": (("probe", "--reach", "--pin", "AB" * 20, "vcenter=127.0.0.1"), "--reach sees none"),
    "ca-with-reach": (("probe", "--reach", "--ca", "/etc/hostname", "vcenter=127.0.0.1"), "--reach sees none"),
    "pin-with-check-tcp": (("probe", "--check", "tcp", "--pin", "AB" * 20, "127.0.0.1"), "--check tcp sees none"),
    "ca-with-check-http": (("probe", "--check", "http", "--ca", "/etc/hostname", "127.0.0.1"), "--check http sees none"),
    "resolver-with-interface": (("probe", "--resolver", "fe80::1%lo", "127.0.0.1"), "fe80::1%lo"),
    "family-5": (("probe", "--family", "5", "127.0.0.1"), "'5'"),
    "family-of-another-address": (("probe", "--family", "6", "127.0.0.1"), "127.0.0.1"),
    "check-unknown": (("probe", "--check", "udp", "127.0.0.1"), "udp"),
    "output-unknown": (("probe", "-o", "yaml", "127.0.0.1"), "yaml"),
    "output-of-another-verb": (("probe", "-o", "csv", "127.0.0.1"), "csv"),
    "resolver-name": (("probe", "--resolver", "dns.example.com", "127.0.0.1"), "dns.example.com"),
    "resolver-port-0": (("probe", "--resolver", "127.0.0.1:0", "127.0.0.1"), "127.0.0.1:0"),
    "min-version-word": (("probe", "--min-version", "new", "127.0.0.1"), "new"),
    "path-without-check": (("probe", "--path", "/x", "127.0.0.1"), "--check"),
    "path-with-newline": (("probe", "--check", "http", "--path", "/a\r\nX: y", "127.0.0.1"), "--path"),
    "status-without-check": (("probe", "--status", "200", "127.0.0.1"), "--check"),
    "status-99": (("probe", "--check", "http", "--status", "99", "127.0.0.1"), "99"),
    "max-in-flight-0": (("probe", "--max-in-flight", "0", "127.0.0.1"), "'0'"),
    "option-unknown": (("probe", "--tiemout", "3s", "127.0.0.1"), "did you mean '--timeout'"),
    "option-letter-unknown": (("probe", "-x", "127.0.0.1"), "-x"),
    "option-without-value": (("probe", "127.0.0.1", "--role"), "--role"),
    "option-with-needless-value": (("probe", "--reach=yes", "127.0.0.1"), "--reach"),
    "verb-unknown": (("prob", "127.0.0.1"), "did you mean 'probe'"),
    "fingerprint-no-host": (("fingerprint",), "host"),
    "fingerprint-two-ports": (("fingerprint", "--port", "1", "--port", "2", "127.0.0.1"), "--port"),
    "fingerprint-option-of-probe": (("fingerprint", "--role", "esxi", "127.0.0.1"), "--role"),
    "fingerprint-300-characters": (("fingerprint", LONG_HOST), "253"),
    "ca-no-host": (("ca",), "host"),
    "ca-two-hosts": (("ca", "127.0.0.1", "127.0.0.2"), "one host"),
    "ca-table": (("ca", "-o", "table", "127.0.0.1"), "table"),
    "trace-no-host": (("trace",), "host"),
    "trace-no-port": (("trace", "127.0.0.1"), "port"),
    "trace-65-hops": (("trace", "--max-hops", "65", "127.0.0.1:1"), "65"),
    "ports-with-word": (("ports", "esxi"), "--role"),
    "ports-unknown-role": (("ports", "--role", "exsi"), "did you mean 'esxi'"),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage_error_is_one_clear_line_and_status_2(case, banksman):
    words, named = USAGE[case]
    done = banksman(*words)
    assert (done.code, done.stdout) == (2, ""), done
    assert re.fullmatch(r"banksman: [ -~]+\n", done.stderr), done
    assert named in done.stderr, done
    assert len(done.stderr) < 300, done


@pytest.mark.parametrize(
    "text, place",
    (
        ("esxi=a\nexsi=b\n", ":2"),
        ("a\n\n# c\nb:0\n", ":4"),
        ("@other\n", ":1"),
        ("a b\n", ":1"),
        (f"{LONG_HOST}\n", ":1"),
        ("a\0b\n", ":1"),
        ("# nothing\n\n", ""),
    ),
)
def test_usage_error_in_a_list_names_the_line(text, place, banksman, public_file):
    path = public_file("hosts", text)
    done = banksman("probe", f"@{path}")
    assert (done.code, done.stdout) == (2, ""), done
    assert re.fullmatch(r"banksman: [ -~]+\n", done.stderr) and f"{path}{place}: " in done.stderr, done


def test_usage_ca_that_may_not_be_read_is_told(banksman, public_file):
    if os.geteuid() != 0:
        pytest.skip("only root can make a file that this user may not read")
    path = public_file("ca.pem", "")
    os.chmod(path, 0)
    done = banksman("probe", "--ca", path, "h", nobody=True)
    assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    assert path in done.stderr and os.strerror(errno.EACCES) in done.stderr, done


def test_usage_without_a_verb_is_help_and_status_2(banksman):
    done = banksman()
    assert (done.code, done.stdout) == (2, ""), done
    assert all(verb in done.stderr for verb in VERBS), done


def test_usage_error_asks_nobody(banksman):
    with Peer(hold, listener("127.0.0.1")) as peer:
        assert banksman("probe", f"127.0.0.1:{peer.port}", "127.0.0.1:0").code == 2
        assert peer.accepts == 0


# Exit status


def test_status_0_is_all_open_and_serving(banksman, opened):
    done = banksman("probe", "--check", "tcp", f"127.0.0.1:{opened}")
    assert (done.code, done.stderr) == (0, ""), done
    assert "The way is clear." in done.stdout, done


def test_status_1_is_something_not_open(banksman, opened, closed):
    done = banksman("probe", f"127.0.0.1:{opened}", f"127.0.0.1:{closed}")
    assert (done.code, done.stderr) == (1, ""), done
    assert "1 of 2 ways is clear; 1 is not." in done.stdout.replace("are clear", "is clear"), done


def test_status_1_is_an_ovirt_host_without_an_address(banksman, site):
    """The port that older releases alone ask for does not speak for the host."""
    done = banksman("probe", "--resolver", site.resolver, "ovirt-host=gone.lab.test")
    assert done.code == 1 and "54322" in done.stdout, done


def test_status_1_is_a_wrong_pin_on_any_port(banksman, site):
    endpoint = site["rsa:443"]
    done = banksman("probe", "--pin", "AB" * 20, f"{endpoint.address}:{endpoint.port}")
    assert done.code == 1 and "fingerprint" in done.stdout, done


def test_status_0_needs_no_more_files_than_there_are(banksman):
    """Connections that the peer keeps open after ours has ended count as well."""

    def stays(conn):
        http(fixed())(conn)
        hold(conn)

    with Peer(stays, listener("0.0.0.0")) as peer:
        hosts = "".join(f"127.0.{99 + i // 250}.{1 + i % 250}:{peer.port}\n" for i in range(1000))
        options = ("--check", "http", "--timeout", banksman.span(5))
        prefix = ("prlimit", "--nofile=256:256")
        done = banksman("probe", *options, "@-", stdin=hosts, prefix=prefix, timeout=60)
    assert done.code == 0 and "All 1000 ways are clear." in done.stdout, done.stdout[-300:]


def test_status_1_is_something_not_serving(banksman, opened):
    done = banksman("probe", "--check", "tls", "--timeout", banksman.span(0.3), f"127.0.0.1:{opened}")
    assert done.code == 1, done


@pytest.mark.parametrize(
    "words", (("probe", "-o", "json"), ("probe",), ("ports",), ("ports", "-o", "csv"), ("help",), ("--version",))
)
def test_status_3_is_a_full_disk(words, banksman, opened):
    target = ("--check", "tcp", f"127.0.0.1:{opened}") if words[0] == "probe" else ()
    with open("/dev/full", "w") as full:
        done = banksman(*words, *target, stdout=full)
    assert done.code == 3, done
    assert done.stderr.count("\n") == 1 and os.strerror(errno.ENOSPC) in done.stderr, done


def test_status_3_is_a_full_disk_for_fingerprint_and_ca(banksman, site):
    for verb, endpoint in (("fingerprint", site["rsa:443"]), ("ca", site["engine:443"])):
        with open("/dev/full", "w") as full:
            where = f"{endpoint.host}:{endpoint.port}"
            done = banksman(verb, "--resolver", site.resolver, where, stdout=full)
        assert done.code == 3 and os.strerror(errno.ENOSPC) in done.stderr, done


@pytest.fixture
def starved(banksman):
    """A function that runs a probe with ever more file descriptors, and yields how each run ended."""
    if banksman.slow > 1:
        pytest.skip("valgrind and the sanitizers need descriptors of their own")

    def run(*words):
        for files in range(3, 24):
            done = banksman("probe", "-o", "json", *words, prefix=("prlimit", f"--nofile={files}"))
            if done.code != 127:  # the loader itself could not open a library
                yield done

    return run


def test_status_3_is_no_file_descriptor_for_the_loop(starved, opened):
    for done in starved("--check", "tcp", f"127.0.0.1:{opened}"):
        if not done.stdout:
            assert done.code == 3, done
            assert done.stderr.startswith("banksman: ") and done.stderr.count("\n") == 1, done


@pytest.mark.parametrize("check", ("tcp", "tls"))
def test_status_3_is_no_file_descriptor_for_the_probe(check, starved, site):
    """It never lies about the other side: the row is about this machine."""
    endpoint = site["rsa:443"]
    rows = set()
    for done in starved("--check", check, f"{endpoint.address}:{endpoint.port}"):
        if done.stdout:
            (result,) = schema.check(done.json())
            known = result["state"] == "open" and service(result) in (None, "serving")
            assert done.code == (0 if known else 3), done
            rows.add((result["state"], result["reason"]))
    assert rows == {("unknown", "local"), ("open", "ok")}


def test_status_3_is_no_file_descriptor_for_dns(starved, site):
    """The name server answers, only we cannot ask it."""
    endpoint = site["rsa:443"]
    rows = set()
    options = ("--resolver", site.resolver, "--family", 4, "--check", "tcp")
    for done in starved(*options, f"{endpoint.host}:{endpoint.port}"):
        if done.stdout:
            (result,) = schema.check(done.json())
            rows.add((done.code, result["state"], result["reason"]))
    assert rows == {(3, "unknown", "local"), (0, "open", "ok")}


def test_status_1_comes_before_3(starved, closed):
    """What is known to be wrong weighs more than what could not be checked."""
    seen = set()
    for done in starved("--max-in-flight", 2, f"127.0.0.1:{closed}", f"127.0.0.2:{closed}"):
        if done.stdout:
            reasons = frozenset(r["reason"] for r in schema.check(done.json()))
            assert done.code == (1 if "refused" in reasons else 3), done
            seen.add(reasons)
    assert {"local"} in seen and {"refused"} in seen, seen


@pytest.mark.parametrize("number", (signal.SIGINT, signal.SIGTERM))
def test_status_130_prints_what_was_known(number, banksman, opened, closed):
    prefix = ("timeout", "--preserve-status", "-s", str(int(number)), str(1 if banksman.slow == 1 else 5))
    options = ("--check", "tls", "--timeout", "5m", "-o", "json")
    done = banksman("probe", *options, f"127.0.0.1:{closed}", f"127.0.0.1:{opened}", prefix=prefix, timeout=20)
    assert done.code == 130, done
    document = done.json()
    assert document.pop("interrupted") is True
    assert [r["port"] for r in schema.check(document)] == [closed], done


# Hosts


def test_hosts_of_a_list_are_asked_in_order(banksman, opened, public_file):
    text = (
        "\ufeff# a list\n\n"
        f"  127.0.0.1:{opened}   # behind\n"
        f"\tesxi=127.0.0.1:902={opened}\r\n"
        f"[::1]:{opened}\n"
        f"vcenter=[::1]:443={opened}#x\n"
        f"127.0.0.2:{opened}"
    ).replace("#x", " #x")
    path = public_file("hosts", text)
    done = banksman("probe", "--reach", "-o", "json", f"@{path}", f"127.0.0.3:{opened}")
    results = schema.check(done.json())
    assert [(r["address"], r.get("role"), r.get("documented_port")) for r in results] == [
        ("127.0.0.1", None, None),
        ("127.0.0.1", "esxi", 902),
        ("::1", None, None),
        ("::1", "vcenter", 443),
        ("127.0.0.2", None, None),
        ("127.0.0.3", None, None),
    ]


def test_hosts_of_standard_input_are_asked(banksman, opened):
    text = f"127.0.0.1:{opened}\n# c\nesxi=127.0.0.2:902={opened}\n"
    done = banksman("probe", "--reach", "-o", "json", "@-", stdin=text)
    assert [(r["host"], r["port"]) for r in schema.check(done.json())] == [
        ("127.0.0.1", opened),
        ("127.0.0.2", opened),
    ], done


def test_hosts_role_in_front_comes_before_the_option(banksman, opened, closed):
    ports = ("--port", f"443={opened}", "--port", f"902={closed}", "--port", f"54322={closed}")
    options = ("--reach", "--role", "ovirt-host", "-o", "json")
    done = banksman("probe", *options, *ports, "127.0.0.1", "esxi=127.0.0.2", "vcenter=127.0.0.3")
    assert [(r["host"], r["role"], r["documented_port"]) for r in schema.check(done.json())] == sorted(
        [
            ("127.0.0.1", "ovirt-host", 443),
            ("127.0.0.1", "ovirt-host", 54322),
            ("127.0.0.2", "esxi", 443),
            ("127.0.0.2", "esxi", 902),
            ("127.0.0.3", "vcenter", 443),
        ],
        key=lambda row: (row[0], opened if row[2] == 443 else closed),
    )


@pytest.mark.parametrize(
    "word, address", (("::1", "::1"), ("[::1]", "::1"), ("0:0:0:0:0:0:0:1", "::1"), ("127.0.0.1", "127.0.0.1"))
)
def test_hosts_literal_is_its_own_address(word, address, banksman, closed):
    done = banksman("probe", "--port", closed, "-o", "json", word)
    (result,) = schema.check(done.json())
    assert (result["address"], result["family"], result["reason"]) == (address, 6 if ":" in address else 4, "refused")


def test_hosts_port_of_the_host_comes_before_the_option(banksman, opened, closed):
    done = banksman("probe", "--reach", "--port", closed, "-o", "json", f"127.0.0.1:{opened}", "127.0.0.2")
    assert [r["port"] for r in schema.check(done.json())] == [opened, closed]


def test_hosts_options_may_follow_and_end(banksman, opened):
    done = banksman("probe", f"127.0.0.1:{opened}", "--reach", "-ojson", "--", f"127.0.0.2:{opened}")
    assert len(schema.check(done.json())) == 2, done


def test_hosts_documented_ports_of_a_role_are_asked(banksman):
    """Nobody listens on 127.77.0.1: what matters is what is asked."""
    done = banksman("probe", "--reach", "--timeout", banksman.span(1), "-o", "json", "esxi=127.77.0.1")
    found = by_port(schema.check(done.json()))
    assert set(found) == {("127.77.0.1", 443), ("127.77.0.1", 902)}
    assert all(r["purpose"] and r["severity"] == "blocker" for r in found.values())


# Output


def table_row(path):
    """The documented requirements, as schema/ports.tsv has them."""
    lines = [line for line in path.read_text().splitlines() if line]
    names = next(line for line in lines if line.startswith("# role")).lstrip("# ").split("\t")
    rows = [dict(zip(names, line.split("\t"))) for line in lines if not line.startswith("#")]
    kept = ("role", "port", "protocol", "source", "destination", "purpose", "since", "until", "severity", "document")
    return [{k: row[k] for k in kept if (k, row[k]) != ("until", "-")} for row in rows]


@pytest.fixture(scope="module")
def documented():
    return table_row(ROOT / "schema" / "ports.tsv")


def test_ports_json_is_the_documented_table(banksman, documented):
    done = banksman("ports", "-o", "json")
    found = done.json()
    assert set(found) == {"ports"} and done.code == 0
    assert found["ports"] == [{**row, "port": int(row["port"])} for row in documented]


def test_ports_csv_is_the_documented_table(banksman, documented):
    done = banksman("ports", "-o", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline=""), strict=True))
    assert rows == [{**row, "until": row.get("until", "")} for row in documented]
    assert done.code == 0


def test_ports_table_names_each_role_and_port(banksman, documented):
    done = banksman("ports")
    lines = done.stdout.splitlines()
    assert done.code == 0 and done.stderr == ""
    for row in documented:
        assert any(line.split()[:2] == [row["role"], row["port"]] and row["purpose"] in line for line in lines), row


@pytest.mark.parametrize("role", ("vcenter", "esxi", "ovirt-engine", "ovirt-host", "registry"))
def test_ports_role_is_only_its_rows(role, banksman, documented):
    found = banksman("ports", "--role", role, "-o", "json").json()["ports"]
    assert [row["port"] for row in found] == [int(r["port"]) for r in documented if r["role"] == role]


@pytest.mark.parametrize("verb", VERBS)
def test_help_and_man_page_have_the_same_options(verb, banksman):
    page = (ROOT / "docs" / "man" / "banksman.1").read_text()
    synopsis = page.partition(".Sh SYNOPSIS")[2].partition(".Sh DESCRIPTION")[0]
    part = "".join(p for p in synopsis.split(".Nm\n") if p.startswith(f".Cm {verb}\n"))
    in_page = {f"--{name}" for name in re.findall(r"Fl -([a-z0-9-]+)", part)}
    done = banksman(verb, "--help")
    assert (done.code, done.stderr) == (0, ""), done
    options = done.stdout.partition("Options:")[2]
    # -o stands for --output in the synopsis.
    heads = re.findall(r"^  (?:-(\w), |    )--([a-z0-9-]+)", options, re.MULTILINE)
    assert {f"--{name}" for _, name in heads} - {"--help", "--output"} == in_page, verb
    assert ("o", "output") not in heads or ".Op Fl o " in part
    assert banksman("help", verb).stdout == done.stdout


def test_help_names_every_verb(banksman):
    for words in (("help",), ("--help",), ("-h",)):
        done = banksman(*words)
        assert (done.code, done.stderr) == (0, ""), done
        assert all(re.search(rf"^  {verb} ", done.stdout, re.MULTILINE) for verb in VERBS), done


def test_version_is_that_of_the_makefile(banksman):
    version = re.search(r"^VERSION := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert banksman("--version").stdout == f"banksman {version}\n"


def on_terminal(banksman, *words, **options):
    """What the command writes when standard output is a terminal."""
    ours, theirs = pty.openpty()
    try:
        done = banksman(*words, stdout=theirs, **options)
        os.close(theirs)
        theirs = None
        text = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # EIO: all is read
                break
            if not more:
                break
            text += more
    finally:
        os.close(ours)
        if theirs is not None:
            os.close(theirs)
    return done, text.decode()


COLOUR = "\x1b["


def test_colour_is_for_terminals(banksman, closed):
    target = ("probe", f"127.0.0.1:{closed}")
    done, text = on_terminal(banksman, *target, env={"TERM": "xterm", "NO_COLOR": ""})
    assert done.code == 1 and COLOUR in text, text
    assert COLOUR not in banksman(*target, env={"TERM": "xterm", "NO_COLOR": ""}).stdout


@pytest.mark.parametrize("env", ({"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": ""}))
def test_colour_is_not_for_everyone(env, banksman, closed):
    _, text = on_terminal(banksman, "probe", f"127.0.0.1:{closed}", env=env)
    assert "refused" in text and COLOUR not in text, text


def test_colour_is_not_for_json(banksman, closed):
    _, text = on_terminal(banksman, "probe", "-o", "json", f"127.0.0.1:{closed}", env={"TERM": "xterm"})
    assert COLOUR not in text, text


@pytest.mark.parametrize("locale, mark", (("C.UTF-8", "✗"), ("C", "FAIL")))
def test_table_marks_fit_the_locale(locale, mark, banksman, closed):
    done = banksman("probe", f"127.0.0.1:{closed}", env={"LC_ALL": locale})
    assert done.stdout.splitlines()[1].split()[0] == mark, done
    assert locale != "C" or done.stdout.isascii()


def test_table_is_a_line_for_each_port_with_what_to_do(banksman, opened, closed):
    done = banksman("probe", "--timeout", banksman.span(0.3), f"127.0.0.1:{closed}", f"esxi=127.0.0.1:902={opened}")
    head, refused, silent, empty, summary = done.stdout.splitlines()
    assert head.split() == ["HOST", "ADDRESS", "PORT", "STATE", "RTT", "WHAT"]
    assert "refused" in refused and f"902={opened}" in silent and "first line does not come" in silent
    assert (empty, summary) == ("", "0 of 2 ways are clear; 2 are not.")


def test_check_http_asks_for_path_and_status(banksman):
    def application(request):
        return fixed(204 if request.path == "/healthz" else 404)(request)

    with Peer(http(application), listener("127.0.0.1")) as peer:
        where = f"127.0.0.1:{peer.port}"
        asked = [
            ("/healthz", (), 0, "serving"),
            ("/healthz", ("--status", "204"), 0, "serving"),
            ("/healthz", ("--status", "200"), 1, "http-status"),
            ("/", (), 1, "http-status"),
            ("/", ("--status", "404"), 0, "serving"),
        ]
        for path, options, code, word in asked:
            done = banksman("probe", "--check", "http", "--path", path, *options, "-o", "json", where)
            (result,) = schema.check(done.json())
            assert (done.code, service(result)) == (code, word), done
