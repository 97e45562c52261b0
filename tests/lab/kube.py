# SPDX-License-Identifier: Apache-2.0
"""A Kubernetes API with Forklift's resources: real HTTPS, paged lists, watches, and every way to fail at them."""

from __future__ import annotations

import base64
import bisect
import contextlib
import http.server
import itertools
import json
import re
import ssl
import threading
import time
import urllib.parse
from pathlib import Path

from lab.pki import Pki

FORKLIFT = "/apis/forklift.konveyor.io/v1beta1"
KINDS = {"providers": "Provider", "hosts": "Host", "plans": "Plan", "pods": "Pod"}
EVENTS = re.compile(r"^/apis/events\.k8s\.io/v1/namespaces/([^/]+)/events$")
MICRO_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
PATH = re.compile(r"^(?:/apis/forklift\.konveyor\.io/v1beta1|/api/v1)(?:/namespaces/([^/]+))?/([a-z]+)(?:/([^/]+))?$")


class Asked:
    """One request as it came."""

    def __init__(self, path: str, query: dict, token: str, accept: str):
        self.at = time.monotonic()
        self.path = path
        self.query = query
        self.token = token
        self.accept = accept
        self.resource = path.rsplit("/", 1)[1]
        self.watch = query.get("watch") in ("1", "true")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer of two writes waits 40 ms for an acknowledgement

    def log_message(self, *_):
        pass

    def do_GET(self):
        with contextlib.suppress(OSError):
            self.server.kube.answer(self)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with contextlib.suppress(OSError):
            self.server.kube.answer(self, body)

    def status(self, code: int, message: str, reason: str = "") -> None:
        self.whole(code, {"kind": "Status", "status": "Failure", "message": message, "reason": reason, "code": code})

    def whole(self, code: int, value: object) -> None:
        self.raw(code, json.dumps(value).encode())

    def raw(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, body: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body))
        self.wfile.flush()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass

    def finish_request(self, request, address):
        if self.kube.tls is not None:
            request = self.kube.tls.wrap_socket(request, server_side=True)
        super().finish_request(request, address)


class FakeKube:
    """`token` is the one that counts; `mood` maps a resource, or "*", to what becomes of its questions.

    Moods: "hang" never answers, "garbage" says what is no JSON, a number is a status, "forbidden" is 403 as the API
    says it; a mood that begins with "list:" or "watch:" holds for those alone.
    """

    def __init__(self, pki: Pki | None, certificate: str = "rsa", token: str = "token-1", page: int = 100):
        self.lock = threading.Condition()
        self.objects: dict[str, dict[tuple[str, str], dict]] = {kind: {} for kind in KINDS}
        self.log: list[tuple[int, str, str, dict]] = []  # version, resource, type, object
        self.version = 1000
        self.floor = 0  # watches from before are gone
        self.token = token
        self.page = page
        self.mood: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.generation = 0  # watches of before end
        self.farewell: bytes | None = None  # …with these bytes
        self.bookmarks = False
        self.snapshot = itertools.count()
        self.snapshots: dict[int, tuple[int, list]] = {}  # all pages of a list tell of the moment of its first
        self.stale_pages = 0  # so many times a list breaks off behind its first page
        self.inventory: dict[str, object] = {}  # path: what it answers
        self.events: list[dict] = []  # posted, and kept
        self.tried: list[dict] = []  # posted as a dry run
        self.tls = None
        if pki is not None:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(pki.chain(certificate), pki.key(certificate))
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.kube = self
        self.port = self.server.server_address[1]
        self.url = f"{'https' if pki else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> FakeKube:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.cut()
        self.server.shutdown()
        self.server.server_close()

    # What a test does.

    def put(self, resource: str, name: str, spec: dict, namespace: str = "mtv", uid: str = "", **more) -> None:
        """There from now on, or changed."""
        with self.lock:
            self.version += 1
            known = self.objects[resource].get((namespace, name))
            meta = {"name": name, "namespace": namespace, "uid": uid or f"uid-{namespace}-{name}",
                    "resourceVersion": str(self.version), "generation": 1}
            if known:
                old = known["metadata"]["generation"]
                meta["generation"] = old + (known["spec"] != spec)
            o = {"apiVersion": "v1", "kind": KINDS[resource], "metadata": meta, "spec": spec, **more}
            self.objects[resource][namespace, name] = o
            self.log.append((self.version, resource, "MODIFIED" if known else "ADDED", o))
            self.lock.notify_all()

    def drop(self, resource: str, name: str, namespace: str = "mtv") -> None:
        with self.lock:
            self.version += 1
            o = self.objects[resource].pop((namespace, name))
            gone = {**o, "metadata": {**o["metadata"], "resourceVersion": str(self.version)}}
            self.log.append((self.version, resource, "DELETED", gone))
            self.lock.notify_all()

    def forget(self) -> None:
        """The history of changes is compacted: who watches from before must list anew."""
        with self.lock:
            self.version += 1
            self.floor = self.version

    def cut(self, farewell: bytes | None = None) -> None:
        """Every watch ends, with an event more if one is given, else in the middle of nothing."""
        with self.lock:
            self.generation += 1
            self.farewell = farewell
            self.lock.notify_all()

    def expire(self) -> None:
        self.cut(json.dumps({"type": "ERROR", "object": {
            "kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}}).encode() + b"\n")

    def count(self, resource: str, watch: bool) -> int:
        return sum(a.resource == resource and a.watch == watch for a in self.asked)

    # What the server does.

    def mood_of(self, asked: Asked) -> str:
        for word in (self.mood.get(asked.resource), self.mood.get("*")):
            if word and ":" in word:
                which, word = word.split(":")
                word = word if (which == "watch") == asked.watch else None
            if word:
                return word
        return ""

    def answer(self, h: Handler, body: bytes | None = None) -> None:
        url = urllib.parse.urlsplit(h.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        token = h.headers.get("Authorization", "").removeprefix("Bearer ")
        asked = Asked(url.path, query, token, h.headers.get("Accept", ""))
        with self.lock:
            self.asked.append(asked)
            self.lock.notify_all()
        mood = self.mood_of(asked)
        if mood == "hang":
            with self.lock:
                seen = self.generation
                self.lock.wait_for(lambda: self.generation != seen, 60)
            return
        if mood == "garbage":
            h.raw(200, b"<html>it works</html>")
        elif mood == "forbidden":
            h.status(403, f'{asked.resource}.forklift.konveyor.io is forbidden: User "system:serviceaccount:mtv:banksman"'
                          f' cannot list resource "{asked.resource}" in API group "forklift.konveyor.io"', "Forbidden")
        elif mood.isdigit():
            h.status(int(mood), "as the test wants it")
        elif self.tls is not None and token != self.token:
            h.status(401, "Unauthorized", "Unauthorized")
        elif url.path in self.inventory:
            h.whole(200, self.inventory[url.path])
        elif body is not None:
            self.post(h, asked, body)
        else:
            self.resource(h, asked)

    def post(self, h: Handler, asked: Asked, body: bytes) -> None:
        match = EVENTS.match(asked.path)
        if match is None:
            h.status(405, "the server does not allow this method on the requested resource", "MethodNotAllowed")
            return
        event = json.loads(body)
        wrong = wrong_event(event, match[1])
        with self.lock:
            known = {(e["metadata"]["namespace"], e["metadata"]["name"]) for e in self.events}
            if not wrong and (match[1], event["metadata"]["name"]) in known:
                h.status(409, f'events "{event["metadata"]["name"]}" already exists', "AlreadyExists")
                return
            if not wrong:
                (self.tried if asked.query.get("dryRun") == "All" else self.events).append(event)
        h.status(422, wrong, "Invalid") if wrong else h.whole(201, event)

    def resource(self, h: Handler, asked: Asked) -> None:
        match = PATH.match(asked.path)
        if match is None or match[2] not in KINDS:
            h.status(404, "the server could not find the requested resource", "NotFound")
            return
        namespace, resource, name = match.groups()
        if name:
            with self.lock:
                found = self.objects[resource].get((namespace, name))
            h.whole(200, found) if found else h.status(404, "not found", "NotFound")
        elif asked.watch:
            self.watch(h, asked, resource, namespace)
        else:
            self.list(h, asked, resource, namespace)

    @staticmethod
    def form(o: dict, asked: Asked) -> dict:
        if "PartialObjectMetadata" not in asked.accept:
            return o
        return {"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata", "metadata": o["metadata"]}

    @staticmethod
    def fits(o: dict, asked: Asked, namespace: str | None) -> bool:
        labels = o["metadata"].get("labels", o.get("labels", {}))
        pairs = [p.split("=") for p in asked.query.get("labelSelector", "").split(",") if p]
        if "fieldSelector" in asked.query:
            key, wanted = asked.query["fieldSelector"].split("=")
            if key != "metadata.name" or o["metadata"]["name"] != wanted:
                return False
        return (namespace is None or o["metadata"]["namespace"] == namespace) and all(
            labels.get(k) == v for k, v in pairs)

    def list(self, h: Handler, asked: Asked, resource: str, namespace: str | None) -> None:
        limit = min(int(asked.query.get("limit", self.page)), self.page)
        if "continue" in asked.query:
            snapshot, begin = map(int, base64.b64decode(asked.query["continue"]).split())
            with self.lock:
                stale = self.stale_pages > 0
                self.stale_pages -= stale
                version, found = self.snapshots.get(snapshot, (-1, []))
            if version < self.floor or stale:
                h.status(410, "The provided continue parameter is too old", "Expired")
                return
        else:
            begin, snapshot = 0, next(self.snapshot)
            with self.lock:
                version = self.version
                found = [o for key, o in sorted(self.objects[resource].items()) if self.fits(o, asked, namespace)]
                self.snapshots[snapshot] = version, found
        meta = {"resourceVersion": str(version)}
        if begin + limit < len(found):
            meta["continue"] = base64.b64encode(f"{snapshot} {begin + limit}".encode()).decode()
        else:
            with self.lock:
                self.snapshots.pop(snapshot, None)
        items = [self.form(o, asked) for o in found[begin:begin + limit]]
        h.whole(200, {"kind": "List", "apiVersion": "v1", "items": items, "metadata": meta})

    def watch(self, h: Handler, asked: Asked, resource: str, namespace: str | None) -> None:
        version = int(asked.query["resourceVersion"])
        if version < self.floor:
            h.status(410, "too old resource version", "Expired")
            return
        h.begin()
        end = time.monotonic() + int(asked.query.get("timeoutSeconds", "60"))
        with self.lock:
            generation = self.generation
            while self.generation == generation and time.monotonic() < end:
                begin = bisect.bisect_right(self.log, version, key=lambda e: e[0])
                news = [e for e in self.log[begin:] if e[1] == resource]
                for version, _, kind, o in news:
                    if self.fits(o, asked, namespace):
                        event = {"type": kind, "object": self.form(o, asked)}
                        h.chunk(json.dumps(event).encode() + b"\n")
                if self.bookmarks and self.version > version:
                    version = self.version
                    mark = {"metadata": {"resourceVersion": str(version)}}
                    h.chunk(json.dumps({"type": "BOOKMARK", "object": mark}).encode() + b"\n")
                self.lock.wait(0.2)
            farewell = self.farewell if self.generation != generation else b""
        if farewell is None:
            h.connection.close()
            h.close_connection = True
            return
        if farewell:
            h.chunk(farewell)
        h.chunk(b"")


def wrong_event(event: dict, namespace: str) -> str:
    """What the API's validation says of an Event; "" when nothing is wrong with it."""
    checks = {
        "metadata.namespace": event["metadata"].get("namespace") == namespace,
        "metadata.name": re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", event["metadata"]["name"]),
        "regarding.namespace": event["regarding"].get("namespace") == namespace,
        "eventTime": MICRO_TIME.match(event.get("eventTime", "")),
        "reportingController": re.fullmatch(r"[A-Za-z0-9][-A-Za-z0-9_.]{0,62}", event.get("reportingController", "")),
        "reportingInstance": 0 < len(event.get("reportingInstance", "")) <= 128,
        "action": 0 < len(event.get("action", "")) <= 128,
        "reason": 0 < len(event.get("reason", "")) <= 128,
        "note": len(event.get("note", "").encode()) <= 1024,
        "type": event.get("type") in ("Normal", "Warning"),
    }
    return ", ".join(f"{key}: Invalid value" for key, ok in checks.items() if not ok)


def provider(url: str, kind: str = "vsphere", fingerprint: str = "", **settings) -> dict:
    """spec and status of a Provider, for put()."""
    status = {"phase": "Ready", "conditions": [{"type": "Ready", "status": "True"}]}
    if fingerprint:
        status["fingerprint"] = fingerprint
    return {"spec": {"type": kind, "url": url, "settings": settings,
                     "secret": {"name": "credentials", "namespace": "mtv"}}, "status": status}


def host(address: str, of: str, namespace: str = "mtv", **more) -> dict:
    return {"id": "host-" + address, "ipAddress": address, "provider": {"name": of, "namespace": namespace}, **more}


def plan(of: str, machines: int, namespace: str = "mtv", **more) -> dict:
    return {"provider": {"source": {"name": of, "namespace": namespace}, "destination": {"name": "host"}},
            "vms": [{"id": f"vm-{i}"} for i in range(machines)], **more}


def folder_of(pki: Pki, path: Path, token: str = "token-1") -> dict:
    """A service account's files in path, and the configuration that finds them."""
    (path / "token").write_text(token)
    (path / "ca.crt").write_text(Path(pki.certificate("root")).read_text())
    return {"enabled": "on", "token_file": str(path / "token"), "ca_file": str(path / "ca.crt")}
