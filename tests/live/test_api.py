# SPDX-License-Identifier: Apache-2.0
"""The daemon's socket: what it answers against docs/openapi.yaml, its metrics, and clients that mean no good."""

import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import socket
import subprocess
import time

import pytest
from conftest import ROOT, public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper, free_port
from lab import netns
from lab.dnsserver import DnsServer
from openapi import Document

MAX_CONNECTIONS = 64
NAMES = [f"closed{i}" for i in range(5)]


@pytest.fixture(scope="module")
def document():
    return Document()


@pytest.fixture(scope="module")
def open_port():
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def resolver():
    """A name server that knows no name at all."""
    server = DnsServer({})
    yield f"{server.address}:{server.port}"
    server.stop()


@pytest.fixture(scope="module")
def daemon(binary, slow, open_port, resolver):
    """An open port, closed ones, a name without address; metrics over TCP."""
    conf = {
        "endpoints": [
            {"name": "web", "address": f"127.0.0.1:{open_port}"},
            {"name": "nowhere", "address": "no.such.host.invalid:443"},
            *({"name": n, "address": f"127.0.0.1:{i + 1}"} for i, n in enumerate(NAMES)),
        ],
        "probe": {"interval": "1s", "timeout": "400ms", "resolver": resolver},
        "api": {"max_connections": MAX_CONNECTIONS},
        "metrics": {"listen": f"127.0.0.1:{free_port()}", "detail": "address"},
    }
    with public_folder() as folder:
        d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
        try:
            d.start()
            d.wait("first states", lambda: not d.json("/v1/status")["endpoints"]["unobserved"])
            d.wait("first commit", lambda: len(d.json("/v1/events")["events"]) >= len(NAMES) + 2)
            yield d
        finally:
            d.stop()


# ---- replies

READS = {
    "/v1/status": ["/v1/status"],
    "/v1/endpoints": [
        "/v1/endpoints",
        "/v1/endpoints?match=web",
        "/v1/endpoints?state=closed&limit=2",
        "/v1/endpoints?problems=true",
        "/v1/endpoints?provider=none",
    ],
    "/v1/endpoints/{id}": ["/v1/endpoints/1"],
    "/v1/history": [
        *(f"/v1/history?endpoint=web&resolution={r}" for r in ("spans", "samples", "rollups", "summary")),
        "/v1/history?endpoint=no.such.host.invalid&aspect=name&from=1h&to=now",
        "/v1/history?endpoint=999999",
    ],
    "/v1/at": ["/v1/at?time=now", "/v1/at?time=now&endpoint=web", "/v1/at?time=3650d&limit=1"],
    "/v1/events": ["/v1/events", "/v1/events?order=asc&limit=2", "/v1/events?endpoint=web&from=7d"],
    "/v1/certificates": ["/v1/certificates", "/v1/certificates?endpoint=web"],
    "/v1/traces": ["/v1/traces", "/v1/traces?endpoint=web"],
    "/v1/alerts": [
        "/v1/alerts",
        "/v1/alerts?match=closed0&severity=critical&alertname=PortClosed&limit=1",
        "/v1/alerts?history=true&from=7d&to=now",
        "/v1/alerts?history=true&match=closed*&severity=warning&limit=2",
    ],
    "/v1/silences": ["/v1/silences"],
    "/v1/findings": ["/v1/findings?history=true", "/v1/findings?history=true&severity=blocker&rule=page.*"],
    "/metrics": ["/metrics"],
    "/healthz": ["/healthz"],
    "/readyz": ["/readyz"],
}
WRITES = {"/v1/probe", "/v1/reload", "/v1/alerts/test", "/v1/silences"}

REFUSED = {
    "/v1/endpoints?lmit=1": (400, "bad-request", "did you mean 'limit'"),
    "/v1/endpoints?limit=0": (400, "bad-request", "limit is a number from 1 to 1000"),
    "/v1/endpoints?limit=1001": (400, "bad-request", "limit"),
    "/v1/endpoints?state=opne": (400, "bad-request", "did you mean 'open'"),
    "/v1/endpoints?after=x": (400, "bad-request", "after"),
    "/v1/endpoints?match=": (400, "bad-request", "match"),
    "/v1/endpoints?limit=1&limit=2": (400, "bad-request", ""),
    "/v1/endpoints/0": (404, "not-found", ""),
    "/v1/endpoints/99999999999999999999": (404, "not-found", ""),
    "/v1/endpoints/1/2": (404, "not-found", ""),
    "/v1/history": (400, "bad-request", "which endpoint"),
    "/v1/history?endpoint=closed*": (400, "ambiguous", "5 endpoints"),
    "/v1/history?endpoint=zzz": (404, "not-found", "no endpoint is called 'zzz'"),
    "/v1/history?endpoint=web&from=now&to=1h": (400, "bad-request", "from is not before to"),
    "/v1/history?endpoint=web&from=yesterday": (400, "bad-request", "from is a time such as"),
    "/v1/history?endpoint=web&aspect=port&resolution=samples": (400, "bad-request", "aspect"),
    "/v1/at": (400, "bad-request", "which moment"),
    "/v1/at?time=now&endpoint=closed*": (400, "ambiguous", "5 endpoints"),
    "/v1/events?order=up": (400, "bad-request", "order is one of desc, asc"),
    "/v1/events?follow=yes": (400, "bad-request", "follow"),
    "/v1/alerts?severity=critcal": (400, "bad-request", "did you mean 'critical'"),
    "/v1/alerts?alertname=PortClose": (400, "bad-request", "did you mean 'PortClosed'"),
    "/v1/alerts?from=7d": (400, "bad-request", "from and to go with history=true"),
    "/v1/alerts?history=true&from=now&to=1h": (400, "bad-request", "from is not before to"),
    "/v1/alerts?after=x": (400, "bad-request", "after"),
    "/v1/alerts?match=": (400, "bad-request", "match"),
    "/v1/findings": (503, "no-inventory", "inventory.directory"),
    "/v1/findings?severity=critical": (400, "bad-request", "severity is one of info, warning, blocker"),
    "/v1/findings?verdict=failed": (400, "bad-request", "did you mean 'fail'"),
    "/v1/findings?from=7d": (400, "bad-request", "from and to go with history=true"),
    "/v1/findings?history=true&after=1-2": (400, "bad-request", "after"),
    "/v1/nothing": (404, "not-found", "/v1/nothing"),
    "/": (404, "not-found", ""),
}


def test_api_document_and_these_tests_name_the_same_operations(document):
    asked = {(path, "GET") for path in READS} | {(path, "POST") for path in WRITES}
    assert document.operations() == asked | {("/v1/silences/{id}", "DELETE")}


@pytest.mark.parametrize(("path", "target"), [(p, t) for p, targets in READS.items() for t in targets])
def test_api_reply_is_as_the_document_says(daemon, document, path, target):
    reply = daemon.get(target)
    assert reply.status == 200, repr(reply)
    document.check(path, "GET", reply)


@pytest.mark.parametrize("path", [p for p in READS if "{" not in p])
def test_api_takes_the_parameters_of_the_document_and_no_other(daemon, document, path):
    reply = daemon.get(f"{path}?nonsense=1")
    assert reply.status == 400, repr(reply)
    for name in document.parameters(path):
        reply = daemon.get(f"{path}?{name}=%01")
        assert "there is no parameter" not in reply.body.decode(), repr(reply)


@pytest.mark.parametrize("target", REFUSED)
def test_api_what_is_wrong_is_said(daemon, document, target):
    status, code, words = REFUSED[target]
    reply = daemon.get(target)
    document.check_value(reply.json(), {"$ref": "#/components/schemas/Error"})
    assert (reply.status, reply.json()["error"]["code"]) == (status, code), repr(reply)
    assert words in reply.json()["error"]["message"], repr(reply)


def test_api_pages_hold_everything_once(daemon):
    whole = daemon.json("/v1/endpoints?limit=1000")["endpoints"]
    assert len(whole) == len(NAMES) + 2
    paged, after = [], ""
    while True:
        page = daemon.json(f"/v1/endpoints?limit=2{after}")
        paged += page["endpoints"]
        if "next" not in page:
            break
        after = f"&after={page['next']}"
    assert [e["name"] for e in paged] == [e["name"] for e in whole]


def test_api_states_are_those_of_the_site(daemon):
    found = {e["name"]: (e["state"], e["reason"], e["mark"]) for e in daemon.json("/v1/endpoints")["endpoints"]}
    assert found["web"] == ("open", "ok", "good")
    assert found["closed0"] == ("closed", "refused", "bad")
    assert found["nowhere"][0] in ("unresolved", "unknown") and found["nowhere"][1] != "ok"
    counts = daemon.json("/v1/status")["endpoints"]
    assert (counts["total"], counts["open"], counts["closed"]) == (len(NAMES) + 2, 1, len(NAMES))


def test_api_head_is_get_without_the_body(daemon):
    for target in ("/v1/status", "/v1/endpoints", "/metrics", "/v1/events?follow=true", "/v1/nothing"):
        connection = daemon.connect()
        connection.request("HEAD", target)
        reply = connection.getresponse()
        assert reply.read() == b"" and reply.status == (404 if "nothing" in target else 200)
        connection.request("GET", "/healthz")  # on the same connection: nothing was left on it
        assert connection.getresponse().read() == b'{"status":"ok"}\n'
        connection.close()


def test_api_other_methods_are_told_what_is_allowed(daemon):
    for method in ("DELETE", "PUT", "BREW", "POST"):
        reply = daemon.ask(method, "/v1/status")
        assert reply.status == 405 and reply.headers["allow"] == "GET, HEAD, OPTIONS", repr(reply)
    assert daemon.get("/v1/probe").headers["allow"] == "POST, OPTIONS"
    assert daemon.ask("PUT", "/v1/silences").headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert daemon.get("/v1/silences/1").headers["allow"] == "DELETE, OPTIONS"
    for target in ("/v1/status", "*"):
        reply = daemon.ask("OPTIONS", target)
        assert reply.status == 204 and "GET" in reply.headers["allow"], repr(reply)


def test_api_one_connection_answers_many_requests(daemon):
    with daemon.raw() as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost: b\r\n\r\n" * 20)
        got = b""
        while got.count(b'{"status":"ok"}') < 20:
            more = s.recv(65536)
            assert more, got
            got += more
        s.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        while more := s.recv(65536):
            got += more
        assert got.endswith(b'{"status":"ok"}\n')


# ---- orders

def test_api_probe_is_answered_when_the_checks_are_done(daemon, document):
    before = {e["name"]: e["checks"] for e in daemon.json("/v1/endpoints?match=closed*")["endpoints"]}
    reply = daemon.post("/v1/probe", {"match": "closed*"})
    assert reply.status == 200, repr(reply)
    found = document.check("/v1/probe", "POST", reply)["endpoints"]
    assert sorted(e["name"] for e in found) == NAMES
    assert all(e["checks"] > before[e["name"]] for e in found)


@pytest.mark.parametrize(
    ("body", "status"),
    [("", 400), ("{}", 400), ('{"match":1}', 400), ('{"match":"web","x":1}', 400), ("[", 400), ('{"match":"zzz"}', 404)],
)
def test_api_probe_of_nonsense_is_refused(daemon, document, body, status):
    reply = daemon.ask("POST", "/v1/probe", body=body)
    assert reply.status == status, repr(reply)
    document.check("/v1/probe", "POST", reply)


def test_api_reload_takes_the_new_configuration_or_none(daemon, document):
    good = daemon.path.read_text()
    assert document.check("/v1/reload", "POST", daemon.post("/v1/reload")) == {"reloaded": True}
    daemon.expected.append("configuration was not reloaded")
    try:
        daemon.path.write_text("endpoints: [{nmae: x}]\n")
        reply = daemon.post("/v1/reload")
        assert reply.status == 422, repr(reply)
        assert "nmae" in document.check("/v1/reload", "POST", reply)["error"]["message"]
        assert "nmae" in daemon.json("/v1/status")["configuration"]["error"]
        assert b"banksman_config_last_reload_successful 0" in daemon.get("/metrics").body
    finally:
        daemon.path.write_text(good)
    assert daemon.post("/v1/reload").status == 200
    assert "error" not in daemon.json("/v1/status")["configuration"]


def test_api_orders_are_for_root_and_the_daemon(daemon):
    if os.geteuid() != 0:
        pytest.skip("needs root: it becomes another user")
    curl = [*netns.NOBODY, "curl", "-s", "-m", "10", "--unix-socket", str(daemon.socket)]
    outside = subprocess.run([*curl, "http://b/healthz"], capture_output=True, text=True, check=False)
    assert outside.returncode == 7, outside  # the socket's mode
    daemon.socket.chmod(0o666)
    try:
        read = subprocess.run([*curl, "http://b/healthz"], capture_output=True, text=True, check=False)
        assert read.stdout == '{"status":"ok"}\n', read
        for path, body in (("probe", '{"match":"web"}'), ("reload", ""), ("alerts/test", ""), ("silences", "{}")):
            done = subprocess.run([*curl, "-d", body, f"http://b/v1/{path}"], capture_output=True, text=True, check=False)
            assert '"code":"forbidden"' in done.stdout, done
        done = subprocess.run([*curl, "-X", "DELETE", "http://b/v1/silences/1"], capture_output=True, text=True, check=False)
        assert '"code":"forbidden"' in done.stdout, done
    finally:
        daemon.socket.chmod(0o660)


def test_api_socket_has_its_mode_from_the_first_moment(daemon):
    assert daemon.socket.stat().st_mode & 0o777 == 0o660
    assert not daemon.socket.with_name(daemon.socket.name + ".new").exists()


# ---- events as they come

def test_api_follower_sees_an_event_soon(daemon, document):
    with daemon.raw(timeout=20) as s:
        s.sendall(b"GET /v1/events?follow=true&after=0 HTTP/1.0\r\n\r\n")
        f = s.makefile("rb")
        while f.readline() not in (b"\r\n", b""):
            pass
        first = json.loads(f.readline())
        document.check_value(first, {"$ref": "#/components/schemas/Event"})
        assert first["kind"] == "started"
        assert daemon.post("/v1/reload").status == 200
        newest = int(daemon.json("/v1/events?limit=1")["events"][0]["id"])
        seen = [first["id"]]
        while seen[-1] < newest:
            line = f.readline()
            assert line, "the stream ended"
            if line != b"\n":
                seen.append(json.loads(line)["id"])
        assert seen == sorted(set(seen))


def test_api_too_many_followers_are_refused(daemon):
    with contextlib.ExitStack() as stack:
        for _ in range(16):
            s = stack.enter_context(daemon.raw())
            s.sendall(b"GET /v1/events?follow=true HTTP/1.1\r\nHost: b\r\n\r\n")
            assert s.recv(4096).startswith(b"HTTP/1.1 200 ")
        reply = daemon.get("/v1/events?follow=true")
        assert reply.status == 429, repr(reply)
    daemon.wait("room for a follower", lambda: daemon.ask("HEAD", "/v1/events?follow=true").status == 200)


# ---- metrics

def test_api_metrics_are_clean_for_promtool(daemon):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.fail("promtool is missing: make deps")
    text = daemon.get("/metrics").body
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, (done, text.decode())


def test_api_metrics_over_tcp_and_nothing_else(daemon):
    port = int(daemon.conf["metrics"]["listen"].rpartition(":")[2])

    def ask(target, accept="*/*"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
            s.sendall(f"GET {target} HTTP/1.0\r\nAccept: {accept}\r\n\r\n".encode())
            return b"".join(iter(lambda: s.recv(65536), b""))

    assert b"banksman_endpoint_up{" in ask("/metrics")
    assert ask("/metrics", "application/openmetrics-text;version=1.0.0").endswith(b"\n# EOF\n")
    assert b'{"status":"ok"}' in ask("/healthz") and b'{"status":"ok"}' in ask("/readyz")
    for target in ("/v1/status", "/v1/endpoints", "/v1/probe"):
        assert ask(target).startswith(b"HTTP/1.1 404 "), target


def test_api_metrics_are_those_of_the_reference(daemon):
    page = (ROOT / "docs" / "metrics.md").read_text()
    row = re.compile(r"^\| `(banksman_\w+)` \| (\w+) \|.*\| (.*) \|$", re.M)
    documented = {name: (kind, help_) for name, kind, help_ in row.findall(page)}
    source = (ROOT / "daemon" / "metrics.c").read_text()
    text = daemon.get("/metrics").body.decode()
    kinds = dict(re.findall(r"^# TYPE (\S+) (\w+)$", text, re.M))
    helps = dict(re.findall(r"^# HELP (\S+) (.*)$", text, re.M))
    assert {n: (kinds[n], helps[n]) for n in kinds}.items() <= documented.items()
    # Those that this site has no sample of stand in the source all the same.
    for name in documented.keys() - kinds.keys():
        assert f'"{re.sub("_(total|info)$", "", name)}"' in source, name
    assert len(documented) == source.count('{ "banksman_')


def test_api_prometheus_scrapes(daemon, tmp_path):
    prometheus = shutil.which("prometheus")
    if prometheus is None:
        pytest.fail("prometheus is missing: make deps")
    web = free_port()
    (tmp_path / "p.yml").write_text(
        "global: {scrape_interval: 250ms, scrape_timeout: 250ms}\n"
        f"scrape_configs: [{{job_name: b, static_configs: [{{targets: ['{daemon.conf['metrics']['listen']}']}}]}}]\n"
    )
    argv = [prometheus, f"--config.file={tmp_path}/p.yml", f"--storage.tsdb.path={tmp_path}/db"]
    with open(tmp_path / "log", "w") as log:
        server = subprocess.Popen([*argv, f"--web.listen-address=127.0.0.1:{web}"], stdout=log, stderr=log)
    try:

        def value():
            with contextlib.suppress(OSError, ValueError, IndexError):
                with socket.create_connection(("127.0.0.1", web), timeout=2) as s:
                    s.sendall(b"GET /api/v1/query?query=banksman_endpoint_up HTTP/1.0\r\n\r\n")
                    reply = b"".join(iter(lambda: s.recv(65536), b""))
                rows = json.loads(reply.partition(b"\r\n\r\n")[2])["data"]["result"]
                return {r["metric"]["endpoint"]: r["value"][1] for r in rows}
            return None

        found = daemon.wait("scrape", value, timeout=30)
        assert found["web"] == "1" and found["closed0"] == "0"
    finally:
        server.terminate()
        server.wait(10)


# ---- clients that mean no good

def probing_goes_on(daemon):
    """The checks of the open port go on, and none was given up."""
    before = daemon.json("/v1/status")["schedule"]
    daemon.wait("more checks", lambda: daemon.json("/v1/status")["schedule"]["started"] > before["started"] + 10)
    after = daemon.json("/v1/status")["schedule"]
    assert after["skipped"] == before["skipped"], (before, after)
    assert daemon.json("/v1/endpoints?match=web")["endpoints"][0]["state"] == "open"


def rss_kib(daemon):
    status = pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", status, re.M).group(1))


def hold(daemon, count, first=b""):
    """Connections that say no more than this."""
    held = []
    for _ in range(count):
        s = socket.socket(socket.AF_UNIX)
        s.setblocking(False)
        held.append(s)
        deadline = time.monotonic() + 10
        while True:
            try:
                s.connect(str(daemon.socket))
                break
            except BlockingIOError:  # the backlog is full: as for any other client
                assert time.monotonic() < deadline, f"no room in the backlog after {len(held)}"
                select.select([], [], [], 0.005)
        with contextlib.suppress(OSError):
            s.send(first)
    return held


@pytest.mark.parametrize("first", [b"", b"GET /v1/st", b"POST /v1/probe HTTP/1.1\r\nHost: b\r\nContent-Length: 9\r\n\r\n{"])
def test_api_thousand_connections_are_bounded(daemon, first):
    held = hold(daemon, 1000, first)
    try:
        fds = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
        assert fds < MAX_CONNECTIONS + 128, fds
        # Whoever asks now gets in at once or within moments: the idle make room.
        daemon.wait("answer", daemon.answers, timeout=5)
        probing_goes_on(daemon)
    finally:
        for s in held:
            s.close()
    daemon.wait("room", lambda: b"banksman_api_connections 1\n" in daemon.get("/metrics").body)


def test_api_too_many_are_told_so(daemon):
    held = hold(daemon, MAX_CONNECTIONS * 2)
    try:
        turned_away = 0
        for s in held:
            s.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                if s.recv(4096).startswith(b"HTTP/1.1 503 "):
                    turned_away += 1
                if turned_away > 3:
                    break
        assert turned_away > 3
    finally:
        for s in held:
            s.close()
    daemon.wait("answer", lambda: daemon.get("/healthz").status == 200)


def test_api_half_a_request_is_ended_in_time(daemon):
    with daemon.raw(timeout=30) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
        began = time.monotonic()
        reply = s.recv(4096)
        assert reply.startswith(b"HTTP/1.1 408 ") and b'"code":"timeout"' in reply
        assert 8 < time.monotonic() - began < 12 * daemon.slow


def test_api_dripping_request_is_ended_in_time(daemon):
    with daemon.raw(timeout=1) as s:
        s.sendall(b"GET /healthz HTTP/1.1\r\n")
        began = time.monotonic()
        reply = b""
        while time.monotonic() - began < 15 * daemon.slow and not reply:
            with contextlib.suppress(TimeoutError):
                s.settimeout(0.2)
                reply = s.recv(4096)
            if not reply:
                s.sendall(b"X: y\r\n")
        assert reply.startswith(b"HTTP/1.1 408 "), reply


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: b\r\nX: ", 431),
        (b"GET /", 431),
        (b"POST /v1/probe HTTP/1.1\r\nHost: b\r\nContent-Length: 1048576\r\n\r\n", 413),
        (b"POST /v1/probe HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
    ],
)
def test_api_megabyte_of_request_is_refused(daemon, head, status):
    with daemon.raw() as s:
        s.sendall(head)
        with contextlib.suppress(OSError):
            s.sendall(b"a" * (1 << 20))
        reply = b""
        with contextlib.suppress(ConnectionError):
            while more := s.recv(65536):
                reply += more
    assert reply.startswith(b"HTTP/1.1 %d " % status), reply
    daemon.wait("answer", lambda: daemon.get("/healthz").status == 200)


@pytest.mark.parametrize("seed", range(4))
def test_api_rubbish_is_refused(daemon, seed):
    rubbish = bytes((i * 2654435761 * (seed + 3) >> 13) & 255 for i in range(4096)) + b"\r\n\r\n"
    with daemon.raw() as s:
        with contextlib.suppress(OSError):
            s.sendall(rubbish)
        with contextlib.suppress(ConnectionError):
            reply = s.recv(65536)
            assert reply == b"" or reply.startswith(b"HTTP/1.1 400 "), reply
    daemon.wait("answer", lambda: daemon.get("/healthz").status == 200)


def test_api_clients_that_never_read_cost_a_bounded_amount(daemon):
    before = rss_kib(daemon)
    # A thousand questions each, and no answer is ever read.
    ask = b"GET /v1/endpoints HTTP/1.1\r\nHost: b\r\n\r\n" * 1000
    held = []
    try:
        for _ in range(MAX_CONNECTIONS // 2):
            s = daemon.raw()
            s.setblocking(False)
            held.append(s)
            sent = 0
            with contextlib.suppress(BlockingIOError):
                while sent < len(ask):
                    sent += s.send(ask[sent:])
        probing_goes_on(daemon)
        grown = rss_kib(daemon) - before
        assert grown < 64 * 1024 * (8 if daemon.slow > 1 else 1), f"{grown} KiB more"
    finally:
        for s in held:
            s.close()


def test_api_client_that_never_reads_is_cut(daemon):
    with daemon.raw(timeout=60) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: b\r\n\r\n" * 300)
        poll = select.poll()
        poll.register(s, select.POLLHUP | select.POLLERR)
        began = time.monotonic()
        assert poll.poll(60000 * daemon.slow), "it is still there"
        assert time.monotonic() - began > 20


def test_api_client_that_leaves_takes_its_question_along(daemon):
    for _ in range(200):
        with daemon.raw() as s:
            s.sendall(b"GET /v1/history?endpoint=web&resolution=summary HTTP/1.1\r\nHost: b\r\n\r\n")
    daemon.wait("room", lambda: b"banksman_api_connections 1\n" in daemon.get("/metrics").body)


def test_api_without_files_does_not_spin(binary, slow, open_port):
    """At its limit of open files the daemon takes no connection, and does not burn a processor over it."""
    conf = {"endpoints": [{"name": "web", "address": f"127.0.0.1:{open_port}"}], "probe": {"max_in_flight": 1}}
    with public_folder() as folder:
        d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
        d.expected += ["cannot take connections", "only .* files may be open"]
        try:
            d.start(prefix=("prlimit", "--nofile=40:40"))
            held = hold(d, 60)
            d.wait("complaint", lambda: "cannot take connections" in d.log())
            clock = os.sysconf("SC_CLK_TCK")

            def cpu():
                fields = pathlib.Path(f"/proc/{d.process.pid}/stat").read_text().rpartition(")")[2].split()
                return (int(fields[11]) + int(fields[12])) / clock

            before, began = cpu(), time.monotonic()
            select.select([], [], [], 2)
            assert cpu() - before < 0.25 * (time.monotonic() - began) * slow
            for s in held:
                s.close()
            d.wait("answer", d.answers)
        finally:
            d.stop()


# ---- the socket in the file system

def test_api_stale_socket_is_replaced_and_a_live_one_is_not(binary, slow, open_port):
    conf = {"endpoints": [{"name": "web", "address": f"127.0.0.1:{open_port}"}]}
    with public_folder() as folder:
        d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(d.socket))
        try:
            d.start()
            second = subprocess.run(
                [*d.wrapper, d.binary, "-c", str(d.path)], capture_output=True, text=True, timeout=30 * slow, check=False
            )
            assert second.returncode != 0 and "another process listens there" in second.stderr, second
            assert d.get("/healthz").status == 200
        finally:
            d.stop()
        assert not d.socket.exists()
        d.socket.write_text("a file")
        other = subprocess.run(
            [*d.wrapper, d.binary, "-c", str(d.path)], capture_output=True, text=True, timeout=30 * slow, check=False
        )
        assert other.returncode != 0 and "no socket" in other.stderr, other
        assert d.socket.read_text() == "a file"
