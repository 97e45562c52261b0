# SPDX-License-Identifier: Apache-2.0
"""The verbs that ask the daemon, against one that replies what it is told to."""

import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import threading
import time

import pytest
import schema
from conftest import public_folder
from lab.fakedaemon import Facts, FakeDaemon, endpoint, stamp

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ")
ASKING = (
    ("status",), ("explain", "esx04:902"), ("history", "esx04:902"), ("history", "--at", "1h"), ("events",),
    ("certs",), ("reload",), ("alerts",), ("alerts", "test"), ("findings",), ("silence",), ("silence", "--end", "4"),
    ("probe", "--via-daemon", "esx04"), ("events", "--follow"),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path_factory):
    """A path that is short enough for a socket."""
    return tmp_path_factory.mktemp("ask")


@pytest.fixture
def daemon(folder):
    with FakeDaemon(folder / "s") as running:
        yield running


@pytest.fixture
def ask(banksman, folder):
    def run(*args, **options):
        env = {"BANKSMAN_SOCKET": str(folder / "s"), "TZ": "UTC", "LC_ALL": "C.UTF-8", **options.pop("env", {})}
        return banksman(*args, env=env, **options)

    return run


def complaint(done):
    """What is said on standard error: one line, and nothing on standard output."""
    assert done.stdout == "", done
    assert re.fullmatch(r"banksman: [^\n]+\n", done.stderr), done
    return done.stderr.removeprefix("banksman: ").rstrip("\n")


# ---- what is asked, and what becomes of it


def test_status_shows_the_worst_first(ask, daemon):
    done = ask("status")
    assert done.code == 1, done
    marks = [line[0] for line in done.stdout.splitlines() if "example.com:" in line]
    assert marks == ["✗", "✗", "✗", "!", "✓", "✓"], done
    assert done.stdout.splitlines()[-1] == "3 of 6 ways are clear; 3 are not; 1 with a warning."


def test_status_of_a_pattern_asks_for_it_alone(ask, daemon):
    done = ask("status", "esx04 & more=1?#/é")
    assert done.code == 1 and "no endpoint is called" in complaint(done)
    assert daemon.asked == [("GET", "/v1/endpoints", {"match": "esx04 & more=1?#/é", "limit": "1000"}, "")]
    assert ask("status", "kvm01").code == 0
    assert ask("status", "vcenter").code == 0, "a warning does not count"
    assert ask("status", "esx04:902").code == 1


def test_status_problems_alone(ask, daemon):
    done = ask("status", "--problems")
    assert done.code == 1 and done.stdout.endswith("4 with a problem; 3 are not clear; 1 with a warning.\n"), done
    assert ask("status", "--problems", "kvm01").stdout == "No problems.\n"
    assert ask("status", "--problems", "kvm01").code == 0
    assert ask("status", "--problems", "nix").code == 1


def test_status_tells_what_hinders_the_daemon(ask, daemon):
    daemon.facts.conf_error = "banksman.yaml:3: probe: no such key"
    daemon.facts.listen_error = "127.0.0.1:9902: Address already in use"
    daemon.facts.store.update(writable=False, trouble="database or disk is full")
    done = ask("status")
    assert "✗ the history is not being written: database or disk is full;" in done.stdout
    assert "! the configuration was not reloaded, the old one stays: banksman.yaml:3" in done.stdout
    assert "! it does not listen as its configuration says: 127.0.0.1:9902: Address" in done.stdout


def test_status_json_is_the_daemons(ask, daemon):
    found = ask("status", "-o", "json").json()
    assert found == {"daemon": daemon.facts.status(), "endpoints": daemon.facts.endpoints}


def test_pages_are_merged(ask, daemon):
    daemon.page = 2
    found = ask("status", "-o", "json").json()
    assert found["endpoints"] == daemon.facts.endpoints and "next" not in found
    assert [query.get("after") for _, path, query, _ in daemon.asked if path == "/v1/endpoints"] == [None, "2", "4"]


def test_limit_is_kept_and_says_that_there_is_more(ask, daemon):
    found = ask("status", "--limit", "3", "-o", "json").json()
    assert len(found["endpoints"]) == 3 and found["next"] == "3"
    assert "there are more (--limit)" in ask("status", "--limit", "3").stdout


def test_list_that_does_not_end_is_given_up(ask, daemon):
    page = {"endpoints": [daemon.facts.endpoints[0]], "next": "7"}
    daemon.faults["/v1/endpoints"] = lambda handler: handler.send(200, page)
    assert complaint(ask("status")) == "the daemon's reply makes no sense: the list does not end"


def test_explain_is_one_screen(ask, daemon):
    done = ask("explain", "esx04:902")
    lines = done.stdout.splitlines()
    assert done.code == 1 and lines[0] == "✗ esx04.example.com:902  10.1.7.14  filtered (no-answer)", done
    labels = [line[:14].strip() for line in lines[2:]]
    assert labels == [
        "Outcome", "Meaning", "Likely cause", "Last change", "Hop", "Availability", "Last check", "Next step",
    ]  # fmt: skip
    assert ask("explain", "kvm01").code == 0
    assert ask("explain", "esx09:902").code == 1, "a name without an address"


def test_explain_does_without_a_history(ask, daemon):
    for path in ("/v1/history", "/v1/events", "/v1/traces"):
        refusal = {"error": {"code": "no-history", "message": "this daemon keeps no history"}}
        daemon.faults[path] = lambda handler: handler.send(503, refusal)
    done = ask("explain", "esx04:902")
    assert done.code == 1 and done.stderr == "", done
    assert "\nHistory       the daemon answers 503: this daemon keeps no history\n" in done.stdout


def test_several_where_one_is_wanted_are_listed(ask, daemon):
    for verb in (("explain", "esx04"), ("history", "esx04")):
        done = ask(*verb)
        assert (done.code, done.stdout) == (2, ""), done
        assert done.stderr == (
            "banksman: 'esx04' names 2 endpoints; which one?\n"
            "  esx04.example.com:443  10.1.7.13\n  esx04.example.com:902  10.1.7.14\n"
        )


def test_history_draws_and_lists(ask, daemon):
    done = ask("history", "esx04:902")
    lines = done.stdout.splitlines()
    assert done.code == 0 and lines[0] == "esx04.example.com:902  10.1.7.14  port", done
    bar = next(line for line in lines if line.startswith("state  "))
    assert re.fullmatch(r"state  [·█▄▁]{73}", bar) and bar.endswith("▁▁▁▁▁▁▁▁"), done
    assert any(re.fullmatch(r"rtt [ ▁▂▃▄▅▆▇█×]+×", line) for line in lines), done
    assert sum(line[0] in "✓✗" for line in lines if line) == 4
    assert "available 86.59 %; 2 outages, the longest 2 h 53 min" in done.stdout


def test_history_asks_for_what_the_window_needs(ask, daemon):
    ask("history", "esx04:902", "--since", "7d")
    asked = [query for _, path, query, _ in daemon.asked if path == "/v1/history"]
    assert [query["resolution"] for query in asked] == ["spans", "summary", "rollups"]
    assert len({(query["from"], query["to"]) for query in asked}) == 1, "one window"
    assert all(TIME.fullmatch(query[key]) for query in asked for key in ("from", "to"))
    daemon.asked.clear()
    ask("history", "esx04:902", "--from", "2026-11-25 03:12", "--to", "2026-11-25T05:12:00+01:00")
    asked = [query for _, path, query, _ in daemon.asked if path == "/v1/history"]
    assert [query["resolution"] for query in asked] == ["spans", "summary", "samples"]
    assert (asked[0]["from"], asked[0]["to"]) == ("2026-11-25T03:12:00.000Z", "2026-11-25T04:12:00.000Z")
    daemon.asked.clear()
    ask("history", "esx04:902", "--aspect", "trust")
    asked = [query for _, path, query, _ in daemon.asked if path == "/v1/history"]
    assert [(query["resolution"], query["aspect"]) for query in asked] == [("spans", "trust")]


def test_history_json_is_one_object(ask, daemon):
    found = ask("history", "esx04:902", "-o", "json").json()
    assert set(found) == {"endpoint", "aspect", "from", "to", "spans", "samples", "summary"}
    assert found["spans"] == daemon.facts.spans(14, "port")


def test_history_of_a_name_without_an_address(ask, daemon):
    done = ask("history", "esx09:902")
    assert done.code == 0 and done.stdout.startswith("esx09.example.com  name\n"), done
    assert "dns-nxdomain" in done.stdout


def test_history_at_a_moment(ask, daemon):
    moment = stamp(daemon.facts.cut + 1)
    done = ask("history", "esx04:902", "--at", moment)
    assert done.code == 0 and done.stdout.count("example.com") == 1 and "filtered (no-answer)" in done.stdout, done
    assert ask("history", "--at", moment).stdout.count("example.com") == 5
    found = ask("history", "esx04", "--at", moment, "-o", "json").json()
    assert [e["endpoint"] for e in found["endpoints"]] == [13, 14]
    asked = [query.get("endpoint") for _, path, query, _ in daemon.asked if path == "/v1/at"]
    assert asked == ["14", None, "13", "14"], "no more than what is shown"


def test_times_are_local_for_people_and_utc_for_programs(ask, daemon):
    env = {"TZ": "CET-1CEST,M3.5.0,M10.5.0/3"}
    cut = time.strftime("%H:%M:%S", time.gmtime(daemon.facts.cut))
    here = time.strftime("%H:%M:%S", time.gmtime(daemon.facts.cut + 3600))
    summer = time.strftime("%H:%M:%S", time.gmtime(daemon.facts.cut + 7200))
    shown = ask("events", "esx04:902", env=env).stdout
    assert f"{here} CET" in shown or f"{summer} CEST" in shown
    assert f"T{cut}" in ask("events", "esx04:902", "-o", "json", env=env).stdout


def test_events_are_in_order_and_of_all_that_match(ask, daemon):
    found = ask("events", "-o", "json").json()["events"]
    assert [event["id"] for event in found] == [102, 103, 104]
    assert [event["id"] for event in ask("events", "--since", "7d", "-o", "json").json()["events"]][0] == 101
    assert [event["id"] for event in ask("events", "--limit", "1", "-o", "json").json()["events"]] == [104]
    assert [event["id"] for event in ask("events", "esx0[45]*", "-o", "json").json()["events"]] == [102, 103, 104]
    assert ask("events", "esx04").stdout.count("example.com") == 1


def test_certs_are_listed(ask, daemon):
    done = ask("certs")
    assert done.code == 0 and done.stdout.count("CN=") == 3, done
    assert ask("certs", "esx04:902").stdout == "No certificate was seen.\n"
    assert [c["name"] for c in ask("certs", "esx04", "-o", "json").json()["certificates"]] == ["esx04.example.com:443"]


def test_alerts_show_the_worst_first(ask, daemon):
    done = ask("alerts")
    assert done.code == 1, done
    assert [line[0] for line in done.stdout.splitlines() if "example.com:" in line] == ["✗", "!", "✓"], done
    assert done.stdout.splitlines()[-1] == "2 alerts last: 1 critical, 1 warning; 1 is silenced."
    assert "sink" not in done.stdout, "those that are well"
    assert daemon.asked == [("GET", "/v1/alerts", {"limit": "1000"}, "")]
    assert "sink am: 12 taken" in ask("alerts", "-o", "wide").stdout
    assert ask("alerts", "-o", "json").json() == {"alerts": daemon.facts.alerts, "sinks": daemon.facts.sinks}


def test_alerts_of_some_alone(ask, daemon):
    done = ask("alerts", "kvm01", "--severity", "critical", "--alert", "PortClosed")
    assert done.code == 0 and "open again" in done.stdout, "it has ended"
    assert daemon.asked[0][2] == {"match": "kvm01", "severity": "critical", "alertname": "PortClosed", "limit": "1000"}
    assert ask("alerts", "vcenter").stdout == "No alert lasts.\n"
    done = ask("alerts", "nix")
    assert done.code == 1 and complaint(done) == "no endpoint is called 'nix'"


def test_alerts_sink_that_fails_is_told(ask, daemon):
    now = daemon.facts.now
    daemon.facts.sinks[0].update(failing=True, trouble="connection refused", oldest=stamp(now - 185), pending=3)
    line = next(line for line in ask("alerts").stdout.splitlines() if "sink am" in line)
    assert re.fullmatch(r"! sink am: failing for 3 min \d+ s: connection refused; 3 wait; last told \d+ s ago", line), line


def test_alerts_history_is_asked_of_the_daemon(ask, daemon):
    daemon.page = 2
    done = ask("alerts", "--history", "--since", "7d")
    assert done.code == 0 and done.stdout.splitlines()[-1] == "3 alerts.", done
    assert [query.get("after") for _, _, query, _ in daemon.asked] == [None, "2"]
    assert all(query["history"] == "true" and TIME.fullmatch(query["from"]) for _, _, query, _ in daemon.asked)


def test_alerts_test_shows_each_answer(ask, daemon):
    done = ask("alerts", "test")
    assert done.code == 0 and "The sink took the test alert." in done.stdout, done
    assert daemon.asked == [("POST", "/v1/alerts/test", {}, "")]
    refusal = {"sink": "hook", "type": "webhook", "ok": False, "detail": "503 Service Unavailable", "ms": 4}
    daemon.facts.test_results.append(refusal)
    done = ask("alerts", "test")
    assert done.code == 1 and "✗ hook  webhook        4 ms  503 Service Unavailable" in done.stdout, done
    daemon.facts.test_results.clear()
    assert ask("alerts", "test").code == 1, "nobody is told of anything"


def test_silence_begins_is_listed_and_ends(ask, daemon):
    done = ask("silence", "esx04", "--for", "2h", "--why", "a new “card”", "--alert", "PortClosed")
    assert done.code == 0 and done.stdout.startswith("Silence 5: until "), done
    assert "nobody is told of PortClosed of 'esx04', which 2 endpoints are called now." in done.stdout
    assert json.loads(daemon.asked[0][3]) == {
        "match": "esx04", "for": "2h", "why": "a new “card”", "alertname": "PortClosed",
    }  # fmt: skip
    assert "a new “card”" in ask("silence").stdout
    done = ask("silence", "--end", "5")
    assert done.code == 0 and daemon.asked[-1][:2] == ("DELETE", "/v1/silences/5"), done
    done = ask("silence", "--end", "5")
    assert done.code == 1 and complaint(done) == "there is no silence 5 that lasts"
    assert [s["id"] for s in ask("silence", "-o", "json").json()["silences"]] == [4]


def test_silence_of_nothing_is_a_warning(ask, daemon):
    done = ask("silence", "exs04", "--for", "2h", "--why", "x")
    assert done.code == 0 and "\n! nothing that is watched is called so" in done.stdout, done


def test_probe_via_daemon_tells_as_probe_does(ask, daemon):
    done = ask("probe", "--via-daemon", "esx04", "esx04:902", "kvm01")
    assert done.code == 1 and len(done.stdout.splitlines()) == 6, done
    assert [body for method, _, _, body in daemon.asked if method == "POST"] == [
        '{"match":"esx04"}', '{"match":"esx04:902"}', '{"match":"kvm01"}',
    ]  # fmt: skip
    found = ask("probe", "--via-daemon", "-o", "json", "esx04", "kvm01").json()
    for result in found["results"]:
        result["duration_us"] = 0  # how long it took, the daemon does not say
    schema.check(found)
    assert ask("probe", "--via-daemon", "kvm01").code == 0
    assert ask("probe", "--via-daemon", "nix").code == 1


def test_reload_says_what_is_in_force(ask, daemon):
    done = ask("reload")
    assert (done.code, done.stdout) == (0, "The new configuration is in force.\n"), done
    daemon.facts.listen_error = "127.0.0.1:9902: Address already in use"
    done = ask("reload")
    assert done.code == 1 and done.stdout.splitlines() == [
        "The new configuration is in force.",
        "The daemon does not listen as it says: 127.0.0.1:9902: Address already in use",
    ]  # fmt: skip
    daemon.reload_error = "banksman.yaml:7: probe.intervall: no such key (did you mean 'interval'?)"
    done = ask("reload")
    assert done.code == 1 and complaint(done) == daemon.reload_error


@pytest.mark.parametrize(
    "args, said",
    (
        (("explain",), "explain takes one ENDPOINT, such as esx04:902"),
        (("explain", "a", "b"), "explain takes one ENDPOINT, such as esx04:902"),
        (("history",), "history takes one ENDPOINT, such as esx04:902; with --at also none"),
        (("status", "a", "b"), "status takes one ENDPOINT or none (a pattern names several)"),
        (("status", ""), "an endpoint has a name: '' is none"),
        (("reload", "now"), "reload takes no words"),
        (("alerts", "a", "b"), "alerts takes one ENDPOINT or none (a pattern names several), or the word test"),
        (("silence", "a", "b", "--for", "1h", "--why", "x"), "silence takes one ENDPOINT or none"),
        (("probe", "--via-daemon"), "probe --via-daemon takes ENDPOINTs, such as esx04:902"),
        (("status", "--socket", "/" + "x" * 120), "a path has 1 to 107 bytes"),
    ),
)
def test_usage_errors_ask_nothing(args, said, ask, daemon):
    done = ask(*args)
    assert done.code == 2 and said in complaint(done), done
    assert daemon.asked == []


# ---- the stream


def heed_sigint():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def following(banksman, daemon, *args):
    argv = [*banksman.wrapper, banksman.binary, "events", "--follow", "--socket", daemon.server_address, *args]
    env = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # A shell starts what runs in the background with SIGINT ignored, and that is handed down.
    with subprocess.Popen(argv, env=env, preexec_fn=heed_sigint, **pipes) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()


def test_follow_shows_what_was_and_then_what_comes(banksman, daemon, slow):
    with following(banksman, daemon) as child:
        first = [child.stdout.readline() for _ in range(3)]
        assert "open → filtered (no-answer)" in first[2]
        daemon.put(daemon.facts.event(105, time.time(), 14, "port", before="filtered", after="open", reason="ok"))
        assert child.stdout.readline().endswith("esx04.example.com:902  port filtered → open\n")
        daemon.put(b"\n")
        daemon.put(daemon.facts.event(106, time.time(), None, "stopped"))
        assert child.stdout.readline().endswith("stopped\n")
        daemon.put(None)
        assert child.wait(timeout=20 * slow) == 3
        assert "the daemon ended the stream" in child.stderr.read()
    streams = [query for _, path, query, _ in daemon.asked if query.get("follow")]
    assert streams == [{"follow": "true", "after": "104"}]


def test_follow_of_one_endpoint_as_json_lines(banksman, daemon):
    with following(banksman, daemon, "esx04", "-o", "json") as child:
        assert json.loads(child.stdout.readline())["id"] == 104
        daemon.put(daemon.facts.event(105, time.time(), 15, "port", after="open"))
        daemon.put(daemon.facts.event(106, time.time(), 13, "port", after="open"))
        assert json.loads(child.stdout.readline())["id"] == 106


def test_follow_ends_with_the_reader_and_with_a_signal(banksman, daemon, slow):
    with following(banksman, daemon) as child:
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=10 * slow) in (-signal.SIGINT, 130)
    with following(banksman, daemon) as child:
        child.stdout.readline()
        child.stdout.close()
        for number in range(105, 110):
            daemon.put(daemon.facts.event(number, time.time(), 14, "port", after="open"))
        assert child.wait(timeout=10 * slow) != 0


@pytest.mark.parametrize(
    "line, said",
    (
        (b"{}\nrubbish\n", "what answers is not banksmand, or broken: a line that is no JSON object"),
        (b"x" * 300000, "a line of the reply is longer than 256 KiB"),
    ),
    ids=("rubbish", "endless"),
)
def test_follow_of_rubbish_is_told(line, said, banksman, daemon, slow):
    with following(banksman, daemon) as child:
        daemon.put(line)
        assert child.wait(timeout=20 * slow) == 3
        assert said in child.stderr.read()


# ---- a daemon that cannot be asked


@pytest.mark.parametrize("args", ASKING, ids=" ".join)
def test_no_daemon_is_told(args, ask, folder):
    done = ask(*args)
    assert done.code == 3 and complaint(done) == (
        f"no daemon: there is no {folder}/s; start banksmand, or name its socket with --socket or BANKSMAN_SOCKET"
    )
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder / "s"))
    done = ask(*args)
    assert done.code == 3 and complaint(done).startswith(f"no daemon: nobody listens on {folder}/s;")


def test_socket_that_may_not_be_used_is_told(banksman):
    if os.geteuid() != 0:
        pytest.skip("needs root to become another user")
    with public_folder() as shared, FakeDaemon(f"{shared}/s"):
        os.chmod(f"{shared}/s", 0o600)
        done = banksman("status", "--socket", f"{shared}/s", nobody=True)
        assert done.code == 3, done
        assert complaint(done) == f"{shared}/s: permission denied: be root or in the socket's group (root)"


def test_post_that_is_not_allowed_is_told(ask, daemon):
    refusal = {"error": {"code": "forbidden", "message": "only root may"}}
    daemon.faults["/v1/reload"] = lambda handler: handler.send(403, refusal)
    done = ask("reload")
    assert done.code == 3
    assert complaint(done) == (
        "the daemon does not let this user: only root may; be root or the daemon's user"
    )


def raw(text):
    def fault(handler):
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            handler.wfile.write(text)

    return fault


def endless(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"endpoints\":[")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while True:
            handler.wfile.write(b"0," * 65536)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: "


@pytest.mark.parametrize(
    "fault, said",
    (
        (raw(OK + b'40\r\n\r\n{"endpoints":[{"name":'), "the daemon broke off"),
        (raw(OK + b'22\r\n\r\n{"endpoints":[{"name":'), "HTTP status 200 and no JSON object"),
        (raw(OK + b"2\r\n\r\n[]"), "HTTP status 200 and no JSON object"),
        (raw(OK + b"2\r\n\r\n{}"), "makes no sense: a page without rows"),
        (raw(OK + b'16\r\n\r\n{"endpoints":{}}'), "makes no sense: a page without rows"),
        (raw(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"), "HTTP status 500 and no JSON object"),
        (raw(b"HTTP/1.1 302 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"), "HTTP status 302"),
        (raw(b""), "the daemon broke off"),
        (raw(b"220 mail.example.com ESMTP\r\n"), "what answers is not banksmand, or broken"),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000000), "what answers is not banksmand, or broken"),
        (endless, "the daemon's reply is larger than 64 MiB"),
    ),
    ids=range(11),
)
def test_broken_reply_is_told(fault, said, ask, daemon):
    daemon.faults["/v1/endpoints"] = fault
    done = ask("status", "esx04", timeout=60)
    assert done.code == 3 and said in complaint(done), done


def test_slow_reply_is_given_up(ask, daemon):
    released = threading.Event()
    daemon.faults["/v1/status"] = lambda handler: released.wait(60)
    start = time.monotonic()
    done = ask("status", "--timeout", "300ms")
    released.set()
    assert done.code == 3 and "did not answer within 0.3 s" in complaint(done)
    assert time.monotonic() - start < 15


def test_dripping_reply_is_given_up(ask, daemon):
    def drip(handler):
        handler.wfile.write(OK + b"1000\r\n\r\n")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            while True:
                handler.wfile.write(b" ")
                time.sleep(0.05)

    daemon.faults["/v1/status"] = drip
    assert "did not answer within 0.3 s" in complaint(ask("status", "--timeout", "300ms"))


def test_proxies_of_the_environment_are_not_asked(ask, daemon):
    proxies = {name: "http://127.0.0.1:1" for name in ("http_proxy", "ALL_PROXY", "HTTP_PROXY", "all_proxy")}
    assert ask("status", "kvm01", env=proxies).code == 0


# ---- the terminal


@contextlib.contextmanager
def hostile(folder):
    facts = Facts()
    bad = "\x1b[2J\x07\u202e\r\nbanksman: all is well"
    facts.endpoints = [
        endpoint(1, f"a{bad}", 1, facts.now, name=f"a{bad}:1", address=bad, state=bad, reason=bad, sentence=bad,
                 provider=bad, mark="bad", role=bad, purpose=bad)
    ]  # fmt: skip
    facts.events = [facts.event(1, facts.now, 1, bad, before=bad, after=bad, reason=bad, detail=bad)]
    facts.alerts = [facts.alert(1, facts.now, bad, bad, 1, bad, annotations={"hop": bad, "resolution": bad, "trace": bad})]
    facts.sinks = [{"sink": bad, "type": bad, "failing": True, "trouble": bad}]
    facts.silences = [{"id": 1, "match": bad, "alertname": bad, "why": bad, "by": bad}]
    facts.test_results = [{"sink": bad, "type": bad, "ok": False, "detail": bad}]
    facts.traces = lambda: [{"outcome": bad, "by": bad, "reason": bad}]
    with FakeDaemon(folder / "s", facts) as daemon:
        daemon.facts.match = lambda pattern: facts.endpoints
        yield


def test_names_cannot_drive_the_terminal(ask, folder):
    with hostile(folder):
        for args in (("status", "-owide"), ("explain", "a"), ("events", "-owide"), ("probe", "--via-daemon", "a"),
                     ("alerts", "-owide"), ("alerts", "--history"), ("alerts", "test"), ("silence",)):  # fmt: skip
            done = ask(*args)
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", done.stdout + done.stderr), done
            assert "\nbanksman: all is well" not in done.stdout


def shown(banksman, socket_path, columns, *args, **env):
    """What a terminal of so many columns gets."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    argv = [*banksman.wrapper, banksman.binary, *args, "--socket", str(socket_path)]
    setting = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "TZ": "UTC", **env}
    child = subprocess.Popen(argv, stdout=follower, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=setting)
    os.close(follower)
    text = b""
    with contextlib.suppress(OSError), os.fdopen(leader, "rb", 0) as reader:
        while chunk := reader.read(65536):
            text += chunk
    child.wait(timeout=60)
    return text.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", (80, 160))
def test_lines_fit_the_terminal(columns, banksman, daemon, folder):
    for args in (("status",), ("explain", "esx04:902"), ("explain", "vcenter"), ("history", "esx04:902"),
                 ("history", "esx04:902", "--since", "7d"), ("events",), ("certs",), ("history", "--at", "1h"),
                 ("probe", "--via-daemon", "esx04"), ("alerts",), ("alerts", "test"), ("silence",)):  # fmt: skip
        text = shown(banksman, folder / "s", columns, *args, NO_COLOR="1")
        assert text and "\x1b" not in text
        long = [line for line in text.splitlines() if len(line) > columns]
        assert not long, f"{args}: {long}"
        assert not re.search(r"[^\n] $", text, re.M), f"{args}: a blank at an end of line"


def test_bar_is_as_wide_as_the_terminal(banksman, daemon, folder):
    for columns in (60, 80, 160):
        text = shown(banksman, folder / "s", columns, "history", "esx04:902", NO_COLOR="1")
        assert len(next(line for line in text.splitlines() if line.startswith("state"))) == columns


def test_explain_fits_one_screen(banksman, daemon, folder):
    assert len(shown(banksman, folder / "s", 80, "explain", "esx04:902").splitlines()) <= 24


def test_colours_are_for_terminals_alone(ask, banksman, daemon, folder):
    assert "\x1b[1;31m✗\x1b[0m" in shown(banksman, folder / "s", 80, "status")
    assert "\x1b" not in shown(banksman, folder / "s", 80, "history", "esx04:902", NO_COLOR="1")
    assert "\x1b" not in ask("status").stdout
    assert "\x1b" not in ask("history", "esx04:902").stdout


def test_without_utf8_all_is_ascii(ask, daemon):
    for args in (("status",), ("history", "esx04:902"), ("explain", "esx04:902"), ("events",), ("alerts",), ("silence",)):
        assert ask(*args, env={"LC_ALL": "C"}).stdout.isascii(), args


def test_fake_daemon_keeps_no_socket(folder):
    with FakeDaemon(folder / "t"):
        assert pathlib.Path(folder / "t").is_socket()
    assert not pathlib.Path(folder / "t").exists()
