# SPDX-License-Identifier: Apache-2.0
"""Places that are told of alerts: a server that behaves well or ill as a test says."""

import contextlib
import datetime
import hashlib
import hmac
import http.server
import json
import threading
import time

OK, HANG, ERROR, UNSUPPORTED, REDIRECT, ENDLESS, CLOSE, DRIP, BAD_LABEL, LOST = (
    "ok", "hang", "500", "415", "redirect", "endless", "close", "drip", "400 for one", "lost")


class Received:
    """One request as it came."""

    def __init__(self, path, headers, body):
        self.at = time.monotonic()
        self.wall = time.time()
        self.path = path
        self.headers = headers  # names in lower case
        self.body = body

    def json(self):
        return json.loads(self.body)

    def alerts(self):
        """Of Alertmanager's form as of a webhook's."""
        value = self.json()
        return value if isinstance(value, list) else value["alerts"]

    def signed_with(self, key):
        """The webhook's signature is there and is that of `key`."""
        expected = "sha256=" + hmac.new(key, self.body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(self.headers.get("x-banksman-signature", ""), expected)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length", "0"))
        headers = {k.lower(): v for k, v in self.headers.items()}
        received = Received(self.path, headers, self.rfile.read(length))
        with contextlib.suppress(ConnectionError):
            self.server.sink.answer(self, received)

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


class FakeSink:
    """An HTTP server on loopback.  `mood` is one of the words above and may be changed at any time.

    With mood BAD_LABEL it answers as Alertmanager does: 400 as soon as `bad(alert)` holds for one alert of a
    batch, and what it takes of the others it keeps; with LOST its answer gets lost.  `tls`: an ssl.SSLContext; the URL's host is then `host`.
    """

    def __init__(self, mood=OK, port=0, tls=None, host="127.0.0.1"):
        self.mood = mood
        self.bad = lambda alert: False
        self.received = []  # all requests, whatever became of them
        self.taken = []  # alerts, in the order in which they were taken
        self.changed = threading.Condition()
        self.stopping = threading.Event()
        self.tls = tls
        self.host = host
        self.port = port
        self.server = None
        self.start()

    def start(self):
        """Again after stop(): on the same port."""
        self.stopping.clear()
        self.server = Server(("127.0.0.1", self.port), Handler)
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self.server.sink = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        if self.server is None:
            return
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def url(self):
        return f"{'http' if self.tls is None else 'https'}://{self.host}:{self.port}"

    # ---- what came

    def wait(self, what, condition, timeout=10):
        """The first true value of condition(self)."""
        with self.changed:
            if not self.changed.wait_for(lambda: condition(self), timeout):
                raise AssertionError(f"no {what} within {timeout} s; taken: {json.dumps(self.taken, indent=1)[:4000]}")
            return condition(self)

    def wait_requests(self, count, timeout=10):
        return self.wait(f"{count} requests", lambda s: len(s.received) >= count, timeout)

    def known(self):
        """The last that was taken of each alert, by its labels (or a webhook's identity) and beginning."""
        with self.changed:
            return {(a.get("identity", json.dumps(a["labels"], sort_keys=True)), a["startsAt"]): a for a in self.taken}

    def active(self):
        """Those that last: of Alertmanager's form, with an end that is still to come."""
        now = datetime.datetime.now(datetime.timezone.utc)
        return [a for a in self.known().values()
                if "endsAt" not in a or datetime.datetime.fromisoformat(a["endsAt"].replace("Z", "+00:00")) > now]

    # ---- what it does; runs on the connection's thread

    def take(self, alerts):
        with self.changed:
            self.taken.extend(alerts)
            self.changed.notify_all()

    def answer(self, handler, received):
        mood = self.mood
        with self.changed:
            self.received.append(received)
            self.changed.notify_all()
        if mood == OK:
            self.take(received.alerts())
            handler.reply(200)
        elif mood == BAD_LABEL:
            bad = [a for a in received.alerts() if self.bad(a)]
            self.take([a for a in received.alerts() if a not in bad])
            if bad:
                handler.reply(400, b'"bad label name"\n')
            else:
                handler.reply(200)
        elif mood == ERROR:
            handler.reply(500, b"internal error\n")
        elif mood == UNSUPPORTED:
            handler.reply(415, b"unsupported media type\n")
        elif mood == REDIRECT:
            handler.reply(307, Location=f"{self.url}/elsewhere")
        else:
            self.misbehave(handler, received, mood)

    def misbehave(self, handler, received, mood):
        handler.close_connection = True
        if mood == LOST:
            self.take(received.alerts())
            return
        if mood in (ENDLESS, DRIP):
            handler.send_response(200)
            handler.end_headers()
        while mood not in (CLOSE, OK) and not self.stopping.is_set():
            if mood == ENDLESS:
                handler.wfile.write(b"straw " * 2048)
                continue
            if mood == DRIP:
                handler.wfile.write(b".")
                handler.wfile.flush()
            self.stopping.wait(0.05)
