# SPDX-License-Identifier: Apache-2.0
"""A daemon that replies what it is told to: the socket's contract with made-up facts, and every way to break it.

python3 -m lab.fakedaemon SOCKET   serves the made-up site until it is interrupted
"""

from __future__ import annotations

import datetime
import fnmatch
import http.server
import json
import socketserver
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable
from pathlib import Path

DAY = 86400
SHA1 = ":".join(f"{n:02X}" for n in range(20))
SHA256 = ":".join(f"{n:02X}" for n in range(32))


def stamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def date(at: float) -> str:
    """The same to the second, as certificates have it."""
    return stamp(at)[:19] + "Z"


def seconds(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def certificate(host: str, now: float) -> dict:
    return {
        "sha1": SHA1, "sha256": SHA256, "spki_sha256": SHA256, "subject": f"CN={host}", "issuer": "CN=Example CA",
        "san": [f"DNS:{host}"], "not_before": date(now - 100 * DAY), "not_after": date(now + 265 * DAY),
        "self_signed": False, "key": "RSA 2048", "signature": "sha256WithRSAEncryption",
    }  # fmt: skip


def endpoint(number: int, host: str, port: int, now: float, **more) -> dict:
    """One that is open and serves, unless more says otherwise."""
    found = {
        "id": number, "name": f"{host}:{port}", "provider": "vsphere-prod", "role": "esxi", "host": host,
        "address": f"10.1.7.{number}", "family": 4, "port": port, "check": "authd" if port == 902 else "esxi",
        "purpose": "Disk transfer data copy", "severity": "blocker", "state": "open", "reason": "ok",
        "since": stamp(now - 3 * DAY), "sentence": "VMware ESXi 8.0.2 build-22380479", "mark": "good", "rtt_us": 312,
        "checked": stamp(now - 4), "checks": 25920, "losses": 3,
    }  # fmt: skip
    found.update(more)
    return {key: value for key, value in found.items() if value is not None}


def served(host: str, now: float) -> dict:
    return {
        "service": {"state": "serving", "reason": "serving", "since": stamp(now - 3 * DAY),
                    "checked": stamp(now - 90), "product": "VMware ESXi", "version": "8.0.2", "build": "22380479"},
        "tls": {"version": "TLSv1.3", "cipher": "TLS_AES_256_GCM_SHA384"},
        "trust": {"state": "trusted", "reason": "trusted", "since": stamp(now - 3 * DAY), "chain": "ok",
                  "name": "ok", "validity": "ok"},
        "certificate": certificate(host, now),
    }  # fmt: skip


class Facts:
    """A small site in which esx04:902 was cut off 2 h 53 min ago."""

    def __init__(self, now: float | None = None):
        now = self.now = time.time() if now is None else now
        self.cut = now - 10380
        trust = {"state": "untrusted", "reason": "untrusted", "since": stamp(now - 3 * DAY), "detail": "self-signed",
                 "chain": "self-signed certificate", "name": "ok", "validity": "ok"}  # fmt: skip
        self.endpoints = [
            endpoint(1, "vcenter.example.com", 443, now, role="vcenter", check="vcenter",
                     purpose="VMware provider inventory and disk transfer authentication",
                     sentence="VMware vCenter Server 8.0.2 build-22385739; the certificate is not signed by a trusted "
                     "authority", mark="warning", **{**served("vcenter.example.com", now), "trust": trust}),
            endpoint(13, "esx04.example.com", 443, now, **served("esx04.example.com", now)),
            endpoint(14, "esx04.example.com", 902, now, state="filtered", reason="no-answer", since=stamp(self.cut),
                     sentence="no answer: something between here and 10.1.7.14 drops it silently; run: banksman trace "
                     "10.1.7.14:902", mark="bad", rtt_us=None, losses=1041),
            endpoint(15, "esx05.example.com", 902, now, state="closed", reason="refused", since=stamp(now - 40),
                     sentence="refused: the host is up but nothing listens on 902", mark="bad", flapping=True),
            endpoint(16, "kvm01.example.com", 54322, now, provider="ovirt", role="ovirt-host", check="imageio",
                     address="fd00::16", family=6, **served("kvm01.example.com", now)),
            endpoint(0, "esx09.example.com", 902, now, id=None, address=None, family=None, state="unresolved",
                     reason="dns-nxdomain", since=stamp(now - DAY), checks=0, losses=0, rtt_us=None,
                     sentence="no such name in DNS: check the spelling of esx09.example.com, or ask for the record",
                     mark="bad"),
        ]  # fmt: skip
        self.events = [
            self.event(101, now - 3 * DAY, None, "started", detail="banksmand 0.1.0"),
            self.event(102, now - 20000, 15, "port", before="open", after="closed", reason="refused"),
            self.event(103, now - 19000, 15, "flapping", detail="it changes all the time"),
            self.event(104, self.cut, 14, "port", before="open", after="filtered", reason="no-answer"),
        ]
        self.alerts = [
            self.alert(1, now - DAY, "CertificateExpiring", "warning", 13, "it ends in less than 14 days", silenced=True),
            self.alert(2, self.cut, "PortClosed", "critical", 14, "esx04.example.com:902 is filtered: no answer",
                       annotations={"hop": "10.1.0.1", "last_good": stamp(self.cut - 10), "impact": "migrations wait"}),
            self.alert(3, now - 300, "PortClosed", "critical", 16, "kvm01.example.com:54322 is closed: refused",
                       state="resolved", ends=stamp(now - 60), annotations={"resolution": "open again"}),
        ]  # fmt: skip
        self.sinks = [
            {"sink": "am", "type": "alertmanager", "failing": False, "taken": 12, "refused": 0, "failures": 0,
             "coalesced": 0, "pending": 0, "told": stamp(now - 20)},
        ]  # fmt: skip
        self.silences = [
            {"id": 4, "match": "esx04.example.com:443", "alertname": "CertificateExpiring", "from": stamp(now - 60),
             "until": stamp(now + 7200), "why": "the new one is ordered", "by": "root"},
        ]  # fmt: skip
        self.test_results = [{"sink": "am", "type": "alertmanager", "ok": True, "detail": "", "ms": 12}]
        self.conf_error = None
        self.listen_error = None
        self.store = {"writable": True, "bytes": 73400320, "queued": 2, "dropped": 0, "failures": 0,
                      "committed": stamp(now - 1)}  # fmt: skip

    def event(self, number: int, at: float, subject: int | None, kind: str, **more) -> dict:
        found = {"id": number, "time": stamp(at), "kind": kind, **more}
        for e in self.endpoints:
            if subject is not None and e.get("id") == subject:
                found.update(endpoint=subject, name=e["name"], address=e["address"])
        return found

    def alert(self, serial: int, at: float, name: str, severity: str, subject: int, summary: str, **more) -> dict:
        e = next(e for e in self.endpoints if e.get("id") == subject)
        labels = {"alertname": name, "severity": severity, "node": "n7.example.com", "provider": e["provider"],
                  "target": e["name"], "host": e["host"], "address": e["address"], "port": str(e["port"])}  # fmt: skip
        annotations = {"summary": summary, **more.pop("annotations", {})}
        return {
            "serial": serial, "alertname": name, "severity": severity, "state": "active",
            "subject": f"{e['name']} {e['address']}", "endpoint": subject, "starts": stamp(at), "revision": 1,
            "coalesced": 0, "silenced": False, "labels": labels, "annotations": annotations,
            "deliveries": [{"sink": "am", "revision": 1, "ended": "ends" in more, "at": stamp(at)}], **more,
        }  # fmt: skip

    def match(self, pattern: str) -> list[dict]:
        def fits(e: dict) -> bool:
            host, _, port = pattern.rpartition(":") if ":" in pattern else (pattern, "", "")
            names = (e["name"], e["host"], e.get("address", ""), e.get("provider", ""))
            return (
                any(fnmatch.fnmatch(name.lower(), pattern.lower()) for name in names)
                or (e["host"].startswith(host) and port in ("", str(e["port"])) and host != "")
                or (host == "" and port == str(e["port"]))
                or pattern == str(e["port"])
            )

        return [e for e in self.endpoints if fits(e)]

    def status(self) -> dict:
        states = [e["state"] for e in self.endpoints]
        counts = {word: states.count(word) for word in
                  ("open", "closed", "filtered", "unreachable", "unresolved", "unknown", "unobserved")}  # fmt: skip
        configuration = {"path": "/etc/banksman/banksman.yaml", "loaded": stamp(self.now - 3 * DAY), "targets": 6}
        if self.conf_error:
            configuration["error"] = self.conf_error
        if self.listen_error:
            configuration["listen_error"] = self.listen_error
        return {
            "node": "n7.example.com", "version": "0.1.0", "started": stamp(self.now - 3 * DAY),
            "time": stamp(self.now), "uptime_s": 3 * DAY,
            "endpoints": {"total": len(states), **counts, "failing": 0, "untrusted": 1, "flapping": 1},
            "names": {"total": 5, "unresolved": 1}, "store": self.store,
            "schedule": {"in_flight": 3, "waiting": 0, "started": 155520, "served": 5184, "skipped": 0, "local": 0,
                         "lateness_p99_ms": 1.0},
            "configuration": configuration,
        }  # fmt: skip

    def spans(self, number: int, aspect: str | None) -> list[dict]:
        start = self.now - 3 * DAY
        common = {"endpoint": number, "aspect": "port"}
        if number == 77:
            return [{"id": 2, "endpoint": 77, "aspect": "name", "state": "unresolved", "reason": "dns-nxdomain",
                     "from": stamp(self.now - DAY), "seen": stamp(self.now - 30), "count": 2880}]  # fmt: skip
        if number != 14:
            first = {"id": 1, "state": "open", "reason": "ok", "from": stamp(start), "seen": stamp(self.now - 4),
                     "count": 25920, **common}  # fmt: skip
            return [first] if aspect in (None, "port") else []
        rows = [
            {"id": 9, "state": "filtered", "reason": "no-answer", "from": stamp(self.cut),
             "seen": stamp(self.now - 4), "count": 1038, **common},
            {"id": 8, "state": "open", "reason": "ok", "from": stamp(self.now - 50000), "to": stamp(self.cut),
             "seen": stamp(self.cut), "count": 3962, **common},
            {"id": 7, "state": "filtered", "reason": "admin-prohibited", "offender": "10.1.0.1",
             "from": stamp(self.now - 50720), "to": stamp(self.now - 50000), "seen": stamp(self.now - 50000),
             "count": 72, **common},
            {"id": 6, "state": "open", "reason": "ok", "from": stamp(start + 2 * DAY + 3600),
             "to": stamp(self.now - 50720), "seen": stamp(self.now - 50720), "count": 3208, **common},
        ]  # fmt: skip
        return rows if aspect in (None, "port") else []

    def samples(self, number: int, start: float, end: float) -> list[dict]:
        chunks = []
        at = start + 3600
        while at < end:
            rtt = [280 + (n * 37 + int(at) // 600 * 11) % 90 for n in range(60)]
            if number == 14 and at > self.cut:
                rtt = [None] * 60
            chunks.append({"endpoint": number, "from": stamp(at), "interval_ms": 10000, "rtt_us": rtt})
            at += 600
        return chunks

    def rollups(self, number: int, start: float, end: float) -> list[dict]:
        first = int(max(start, self.now - 3 * DAY)) // 3600 + 1
        return [
            {"endpoint": number, "hour": stamp(hour * 3600), "samples": 360, "lost": 0, "not_run": 0,
             "rtt_us": {"min": 250, "mean": 300, "p50": 280 + hour % 7 * 20, "p95": 400, "max": 900}, "jitter_us": 18}
            for hour in range(first, int(end) // 3600)
        ]  # fmt: skip

    def summary(self, number: int, start: float, end: float) -> dict:
        return {
            "endpoint": number, "from": stamp(start), "to": stamp(end), "observed_ms": 82800000,
            "unobserved_ms": 3600000, "open_ms": 71700000, "availability_pct": 86.594203, "outages": 2,
            "longest_outage": {"from": stamp(self.cut), "to": stamp(end), "ms": 10380000, "reason": "no-answer"},
            "resolution": "sample", "samples": 8280, "lost": 1110, "loss_pct": 13.405797,
            "rtt_us": {"min": 281, "mean": 320, "p50": 312, "p95": 366, "max": 369}, "jitter_us": 37,
        }  # fmt: skip

    def certificates(self) -> list[dict]:
        rows = []
        for e in self.endpoints:
            if "certificate" in e:
                old = {key: e["certificate"][key] for key in
                       ("sha256", "sha1", "spki_sha256", "subject", "issuer", "not_before", "not_after",
                        "self_signed")}  # fmt: skip
                rows.append({**old, "endpoint": e["id"], "name": e["name"], "address": e["address"],
                             "first_seen": stamp(self.now - 2 * DAY), "last_seen": stamp(self.now - 90)})  # fmt: skip
        return rows

    def traces(self) -> list[dict]:
        return [
            {"id": 3, "endpoint": 14, "name": "esx04.example.com:902", "time": stamp(self.cut + 4),
             "target": "10.1.7.14:902", "outcome": "silent-beyond", "reason": "no-answer", "by": "10.1.0.1",
             "hops": [{"ttl": 1, "address": "10.1.0.1", "rtt_us": 210}, {"ttl": 2}]}
        ]  # fmt: skip

    def at(self, moment: float) -> list[dict]:
        rows = []
        for e in self.endpoints:
            if "id" not in e:
                continue
            row = {"endpoint": e["id"], "name": e["name"], "provider": e["provider"], "role": e["role"],
                   "host": e["host"], "address": e["address"], "port": e["port"], "observed": False}  # fmt: skip
            for span in self.spans(e["id"], "port"):
                if seconds(span["from"]) <= moment < seconds(span.get("to", stamp(self.now + DAY))):
                    row.update(observed=True, state=span["state"], reason=span["reason"], since=span["from"])
                    if "offender" in span:
                        row["offender"] = span["offender"]
            rows.append(row)
        return rows


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeDaemon

    def address_string(self):
        return "unix"

    def log_message(self, format, *args):
        pass

    def send(self, status: int, document: object) -> None:
        body = json.dumps(document).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self, method: str) -> None:
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.asked.append((method, parts.path, query, body.decode()))
        for prefix, fault in self.server.faults.items():
            if parts.path.startswith(prefix):
                fault(self)
                self.close_connection = True
                return
        try:
            if parts.path == "/v1/events" and query.get("follow") == "true":
                self.stream(query)
            else:
                self.send(200, self.server.answer(method, parts.path, query, body))
        except Refusal as refusal:
            self.send(refusal.status, {"error": {"code": refusal.code, "message": refusal.message}})

    def do_GET(self):
        self.handle_one("GET")

    def do_POST(self):
        self.handle_one("POST")

    def do_DELETE(self):
        self.handle_one("DELETE")

    def stream(self, query: dict) -> None:
        """The lines that the test puts, until it ends the stream."""
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        while (line := self.server.next_line()) is not None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.write(b"0\r\n\r\n")


class FakeDaemon(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Serves while it is a context; faults maps the beginning of a path to what is done instead of answering."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: str | Path, facts: Facts | None = None, page: int = 1000):
        self.facts = facts or Facts()
        self.page = page  # rows of a page at most
        self.faults: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, str, dict, str]] = []
        self.reload_error: str | None = None
        self._lines: list[bytes | None] = []
        self._changed = threading.Condition()
        super().__init__(str(path), Handler)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (BrokenPipeError, ConnectionResetError)):
            super().handle_error(request, client_address)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *args):
        self.put(None)
        self.shutdown()
        self.server_close()
        Path(self.server_address).unlink(missing_ok=True)

    def put(self, event: dict | bytes | None) -> None:
        """A line of the stream; None ends it."""
        line = json.dumps(event).encode() + b"\n" if isinstance(event, dict) else event
        with self._changed:
            self._lines.append(line)
            self._changed.notify_all()

    def next_line(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._lines)
            return self._lines.pop(0)

    # ---- answers

    def pages(self, key: str, rows: list, query: dict) -> dict:
        """The page after `after`, which is a position here, and the way to the next."""
        start = int(query.get("after", 0))
        count = min(int(query.get("limit", 100)), self.page)
        reply = {key: rows[start : start + count]}
        if start + count < len(rows):
            reply["next"] = str(start + count)
        return reply

    def one(self, text: str) -> dict:
        found = [e for e in self.facts.endpoints if str(e.get("id")) == text] or self.facts.match(text)
        found = [e for e in found if "id" in e]
        if len(found) > 1:
            raise Refusal(400, "ambiguous", f"{len(found)} endpoints are called '{text}'")
        if not found:
            if text in ("esx09.example.com", "77"):
                return {"id": 77, "name": "esx09.example.com"}
            raise Refusal(404, "not-found", f"no endpoint is called '{text}'")
        return found[0]

    def answer(self, method: str, path: str, query: dict, body: bytes) -> dict:
        answers = {
            ("GET", "/v1/status"): lambda: self.facts.status(),
            ("GET", "/v1/endpoints"): lambda: self.endpoints(query),
            ("GET", "/v1/history"): lambda: self.history(query),
            ("GET", "/v1/at"): lambda: {
                "time": query["time"],
                **self.rows("endpoints", self.facts.at(seconds(query["time"])), query),
            },
            ("GET", "/v1/events"): lambda: self.rows("events", self.facts.events[::-1], query),
            ("GET", "/v1/certificates"): lambda: self.rows("certificates", self.facts.certificates(), query),
            ("GET", "/v1/traces"): lambda: self.rows("traces", self.facts.traces(), query),
            ("POST", "/v1/probe"): lambda: self.probe(body),
            ("POST", "/v1/reload"): lambda: self.reload(),
            ("GET", "/v1/alerts"): lambda: self.alerts(query),
            ("POST", "/v1/alerts/test"): lambda: {"results": self.facts.test_results},
            ("GET", "/v1/silences"): lambda: {"silences": self.facts.silences},
            ("POST", "/v1/silences"): lambda: self.silence(json.loads(body)),
        }
        if method == "DELETE" and path.startswith("/v1/silences/"):
            return self.end_silence(path.rpartition("/")[2])
        if (method, path) not in answers:
            raise Refusal(404, "not-found", f"there is no {path}")
        return answers[method, path]()

    def endpoints(self, query: dict) -> dict:
        rows = self.facts.match(query["match"]) if "match" in query else self.facts.endpoints
        if query.get("problems") == "true":
            rows = [e for e in rows if e["mark"] != "good"]
        return self.pages("endpoints", rows, query)

    def history(self, query: dict) -> dict:
        e = self.one(query["endpoint"])
        start = seconds(query["from"]) if "from" in query else self.facts.now - DAY
        end = seconds(query["to"]) if "to" in query else self.facts.now
        resolution = query.get("resolution", "spans")
        reply = {"endpoint": {key: e[key] for key in ("id", "name", "address") if key in e}, "resolution": resolution,
                 "from": stamp(start), "to": stamp(end)}  # fmt: skip
        if resolution == "summary":
            return {**reply, "summary": self.facts.summary(e["id"], start, end)}
        rows = {
            "spans": lambda: self.facts.spans(e["id"], query.get("aspect")),
            "samples": lambda: self.facts.samples(e["id"], start, end),
            "rollups": lambda: self.facts.rollups(e["id"], start, end),
        }[resolution]()
        return {**reply, **self.pages(resolution, rows, query)}

    def rows(self, key: str, rows: list, query: dict) -> dict:
        if "endpoint" in query:
            number = self.one(query["endpoint"])["id"]
            rows = [row for row in rows if row.get("endpoint") == number]
        if "from" in query and key == "events":
            rows = [row for row in rows if seconds(row["time"]) >= seconds(query["from"])]
        return self.pages(key, rows, query)

    def probe(self, body: bytes) -> dict:
        pattern = json.loads(body)["match"]
        found = self.facts.match(pattern)
        if not found:
            raise Refusal(404, "not-found", f"no endpoint is called '{pattern}'")
        return {"endpoints": found}

    def alerts(self, query: dict) -> dict:
        rows = self.facts.alerts
        if query.get("history") == "true":
            rows = [{k: v for k, v in {**a, "id": a["serial"]}.items() if k not in ("serial", "state")} for a in rows[::-1]]
        if "match" in query:
            wanted = {e.get("id") for e in self.facts.match(query["match"])}
            rows = [a for a in rows if a["endpoint"] in wanted]
        if "severity" in query:
            order = ("info", "warning", "critical")
            rows = [a for a in rows if order.index(a["severity"]) >= order.index(query["severity"])]
        if "alertname" in query:
            rows = [a for a in rows if a["alertname"] == query["alertname"]]
        sinks = {} if query.get("history") == "true" else {"sinks": self.facts.sinks}
        return {**self.pages("alerts", rows, query), **sinks}

    def silence(self, asked: dict) -> dict:
        made = {"id": 5, "from": stamp(self.facts.now), "until": stamp(self.facts.now + 7200), "by": "root",
                **{key: asked[key] for key in ("match", "why", "alertname") if key in asked}}  # fmt: skip
        self.facts.silences.append(made)
        return {"silence": made, "endpoints": len(self.facts.match(asked["match"]))}

    def end_silence(self, number: str) -> dict:
        left = [s for s in self.facts.silences if str(s["id"]) != number]
        if len(left) == len(self.facts.silences):
            raise Refusal(404, "not-found", f"there is no silence {number} that lasts")
        self.facts.silences = left
        return {"ended": True}

    def reload(self) -> dict:
        if self.reload_error:
            raise Refusal(422, "configuration", self.reload_error)
        if self.facts.listen_error:
            return {"reloaded": True, "listen_error": self.facts.listen_error}
        return {"reloaded": True}


def main() -> None:
    with FakeDaemon(sys.argv[1]) as daemon:
        print(f"serving on {daemon.server_address}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
