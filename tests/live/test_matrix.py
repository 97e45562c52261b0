# SPDX-License-Identifier: Apache-2.0
"""banksman matrix against what answers as Prometheus, and what does not."""

import contextlib
import http.server
import json
import os
import pty
import threading
import urllib.parse

import pytest
from lab.catalogue import context
from lab.peers import Peer, hold, listener

NOW = 1795615200.0


def sample(value="1", **labels):
    return {"metric": labels, "value": [NOW, value]}


def vector(samples, **more):
    return 200, json.dumps({"status": "success", "data": {"resultType": "vector", "result": samples}, **more})


def answers(nodes=3, lost=(), failing=()):
    """The answers of the five queries: endpoints a:443, a:902; lost and failing are pairs of a node and an endpoint."""
    names = [f"n{i + 1}" for i in range(nodes)]
    ends = [("a", port) for port in ("443", "902")]
    return {
        "banksman_endpoint_state": vector(
            [
                sample(node=n, endpoint=f"{h}:{p}", state="filtered" if (n, f"{h}:{p}") in lost else "open")
                for n in names
                for h, p in ends
            ]
        ),
        "banksman_endpoint_service_up": vector([sample("0", node=n, endpoint=e) for n, e in failing]),
        "banksman_endpoint_info": vector(
            [sample(endpoint=f"{h}:{p}", host=h, port=p, provider="dc1", role="esxi") for h, p in ends]
        ),
        "banksman_build_info": vector([sample(str(NOW - 5), node=n) for n in names]),
        "banksman_endpoints": vector([sample("2", node=n, state="open") for n in names]),
    }


class Fake:
    """Answers each query by the metric that it names; `asked` are the queries, and the headers that came with them."""

    def __init__(self, answers, tls=None):
        fake = self
        self.answers = answers
        self.asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                query = urllib.parse.parse_qs(url.query).get("query", [""])[0]
                fake.asked.append((url.path, query, self.headers))
                status, body = fake.answer(query)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/login")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)

    def answer(self, query):
        if isinstance(self.answers, tuple):
            return self.answers
        return next((a for metric, a in self.answers.items() if metric in query and f"{metric}_" not in query))

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exc):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def ask(banksman):
    """A function that asks a fake Prometheus which gives these answers."""

    def run(told, *args, code):
        with Fake(told) as fake:
            done = banksman("matrix", "--prometheus", fake.url, *args, env={"LC_ALL": "C.UTF-8"})
        assert done.code == code, done
        run.asked = fake.asked
        return done

    return run


def test_matrix_all_open(ask):
    done = ask(answers(), code=0)
    assert done.stdout == (
        "  ENDPOINT  n1  n2  n3\n"
        "✓ a:443     ✓   ✓   ✓\n"
        "✓ a:902     ✓   ✓   ✓\n"
        "\n"
        "3 nodes, 2 endpoints: 2 open from every node\n"
    )
    assert [path for path, _, _ in ask.asked] == ["/api/v1/query"] * 5
    assert all(headers["Authorization"] is None for _, _, headers in ask.asked)


def test_matrix_something_lost(ask):
    done = ask(answers(lost={("n2", "a:902")}), "--problems", code=1)
    assert "✗ node n2 lost a:902 (filtered)\n" in done.stdout and "a:443" not in done.stdout
    assert ask(answers(lost={("n2", "a:902")}), "--match", ":443", code=0).stdout.startswith("  ENDPOINT")
    assert "no endpoint is as" in ask(answers(), "--provider", "dc9", code=3).stderr


def test_matrix_open_ports_may_fail_to_serve(ask):
    done = ask(answers(failing={("n2", "a:443"), ("n3", "a:443")}), code=1)
    assert "✗ a:443     ✓   failing  failing\n" in done.stdout
    assert "✗ a:443 is open, and what serves there is not as it should be (seen from n2, n3)\n" in done.stdout
    assert "3 nodes, 2 endpoints: 1 open from every node, 1 failing\n" in done.stdout


def test_matrix_labels_are_in_every_query(ask):
    ask(answers(), "--label", 'cluster=a"b', "--label", "env=x", code=0)
    queries = [query for _, query, _ in ask.asked]
    assert len(queries) == 5 and all('{cluster="a\\"b",env="x"}' in query for query in queries)


def test_matrix_by_the_width_of_the_terminal(banksman):
    with Fake(answers(nodes=30, lost={("n7", "a:902")})) as fake:
        outer, inner = pty.openpty()
        with os.fdopen(inner, "wb") as terminal, os.fdopen(outer, "rb", 0) as screen:
            done = banksman("matrix", "--prometheus", fake.url, stdout=terminal, env={"LC_ALL": "C", "TERM": "dumb"})
            assert done.code == 1, done
            terminal.close()
            text = b""
            with contextlib.suppress(OSError):  # a terminal that nobody has open ends so
                while chunk := screen.read(4096):
                    text += chunk
    assert "FAIL a:902     29/30  filtered from n7\r\n" in text.decode()
    assert max(map(len, text.decode().splitlines())) <= 80


def test_matrix_of_daemons_that_tell_counts_alone(ask):
    told = {**answers(), "banksman_endpoint_state": vector([]), "banksman_endpoint_info": vector([])}
    done = ask(told, code=3)
    assert "metrics: {detail: endpoint}" in done.stderr and done.stdout == ""


def test_matrix_without_series(ask):
    nothing = dict.fromkeys(answers(), vector([]))
    assert "has no series of a banksmand (banksman_build_info)" in ask(nothing, code=3).stderr
    assert "a banksmand with these labels" in ask(nothing, "--label", "a=b", code=3).stderr
    assert "has a label 'host'" in ask(nothing, "--node-label", "host", code=3).stderr
    silent = {**nothing, "banksman_build_info": vector([sample(str(NOW - 900), node="n1")])}
    assert "no word of any of the 1 nodes" in ask(silent, code=3).stderr


def test_matrix_of_old_and_silent_nodes_cannot_be_told(ask):
    seen = vector([sample(str(NOW - 400), node="n1"), sample(str(NOW - 1800), node="n4")])
    done = ask({**answers(nodes=2), "banksman_build_info": seen}, code=3)
    assert "? the last word of n1 is 6 min 40 s old\n" in done.stdout
    assert "? no word of n4 for 30 min" in done.stdout


def test_matrix_warnings_of_prometheus_count(ask):
    told = answers()
    told["banksman_endpoint_state"] = (200, told["banksman_endpoint_state"][1][:-1] + ', "warnings": ["no store"]}')
    done = ask(told, code=3)
    assert done.stderr == "banksman: warning: Prometheus: no store\n" and "2 open from every node" in done.stdout


ANSWERS = {
    "login": ((401, "<html>"), "it wants to know who asks (401)"),
    "forbidden": ((403, "Forbidden"), "whoever asks may not (403)"),
    "elsewhere": ((302, ""), "it sends elsewhere (302)"),
    "not-found": ((404, "nothing here"), "what answers is not Prometheus (404)"),
    "page": ((200, "<html></html>"), "what answers is not Prometheus, or broken (200)"),
    "busy": ((503, ""), "out of order (503)"),
    "refusal": (
        (422, json.dumps({"status": "error", "errorType": "execution", "error": "too many samples"})),
        "it does not answer the query: execution: too many samples",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_matrix_other_answers_are_told(name, ask):
    answer, why = ANSWERS[name]
    done = ask(answer, code=3)
    assert why in done.stderr and done.stdout == "" and len(done.stderr.splitlines()) == 1, done


def test_matrix_of_nobody_and_of_the_silent(banksman):
    done = banksman("matrix", "--prometheus", "http://127.0.0.1:1")
    assert done.code == 3 and "it is not reached" in done.stderr, done
    with Peer(hold, listener("127.0.0.1")) as peer:
        done = banksman("matrix", "--prometheus", f"http://127.0.0.1:{peer.port}", "--timeout", "300ms")
    assert done.code == 3 and "no answer within 0.3 s" in done.stderr, done


def test_matrix_from_the_environment(banksman):
    with Fake(answers()) as fake:
        done = banksman("matrix", env={"BANKSMAN_PROMETHEUS": fake.url + "/prom/"})
    assert done.code == 0 and fake.asked[0][0] == "/prom/api/v1/query", done
    done = banksman("matrix", env={"BANKSMAN_PROMETHEUS": ""})
    assert done.code == 2 and "which Prometheus?" in done.stderr, done


URLS = {
    "ftp://127.0.0.1/": "no http or https URL",
    "localhost": "no http or https URL",
    "http://me:secret@127.0.0.1/": "--token-file does not",
    "http://127.0.0.1/?a=b": "has a query",
}


@pytest.mark.parametrize("url", URLS)
def test_matrix_urls_that_are_none_are_refused(url, banksman):
    done = banksman("matrix", "--prometheus", url)
    assert done.code == 2 and URLS[url] in done.stderr and "secret" not in done.stderr, done


def test_matrix_token_is_not_sent_in_clear_text(banksman, public_file):
    token = public_file("token", "abc\n")
    done = banksman("matrix", "--prometheus", "http://prometheus.example.com", "--token-file", token)
    assert done.code == 2 and "clear text" in done.stderr, done
    with Fake(answers()) as fake:
        done = banksman("matrix", "--prometheus", fake.url, "--token-file", token)
    assert done.code == 0, done
    assert {headers["Authorization"] for _, _, headers in fake.asked} == {"Bearer abc"}
    for text, why in (("", "it is empty"), ("a b", "no token has"), ("x" * 20000, "larger than a token")):
        done = banksman("matrix", "--prometheus", fake.url, "--token-file", public_file("bad", text))
        assert done.code == 2 and why in done.stderr, done
    assert "No such file" in banksman("matrix", "--prometheus", fake.url, "--token-file", "/nowhere").stderr


def test_matrix_certificate_must_be_trusted(banksman, site, site_ca):
    with Fake(answers(), tls=context(site.pki, "rsa")) as fake:
        done = banksman("matrix", "--prometheus", fake.url)
        assert done.code == 3 and "its certificate is not trusted" in done.stderr, done
        done = banksman("matrix", "--prometheus", fake.url, "--ca", site_ca)
        assert done.code == 0, done
        done = banksman("matrix", "--prometheus", fake.url, "--ca", "/nowhere.pem")
    assert done.code == 3 and "--ca: " in done.stderr, done
