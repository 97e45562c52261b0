# SPDX-License-Identifier: Apache-2.0
"""Discovery of 10,000 objects, and of a site that never rests: what it watches, what it costs, what it keeps."""

import contextlib
import os
import pathlib
import random
import re
import socket
import time

import pytest
from conftest import public_folder
from daemon import Daemon, daemon_binary, daemon_wrapper
from lab.kube import FakeKube, folder_of, host, plan, provider
from lab.pki import make

PROVIDERS, HOSTS, PLANS, PODS = 100, 3000, 6500, 400
ROUNDS = 20
WATCHED = 100  # at once every second, to see when the loop is late
TROUBLE = "the Kubernetes API does not tell of"


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    return make(pathlib.Path(os.environ.get("BANKSMAN_PKI") or tmp_path_factory.mktemp("pki")))


class Site:
    """10,000 objects, and what is to be watched because of them."""

    def __init__(self, kube):
        self.kube = kube
        self.dice = random.Random(7)
        self.free_addresses = [f"127.{16 + n // 62500}.{n // 250 % 250}.{n % 250 + 1}" for n in range(PROVIDERS + HOSTS + 1000)]
        self.providers, self.hosts, self.plans = {}, {}, []
        for i in range(PODS):
            self.pod(i, ready=True)
        for _ in range(PROVIDERS):
            self.add_provider()
        for _ in range(HOSTS):
            self.add_host()
        for i in range(PLANS):
            self.plans.append(f"wave-{i}")
            self.change_plan(i)

    def address(self):
        """Addresses come back, as those of machines do: what ended is remembered for a while."""
        return self.free_addresses.pop(0)

    def add_provider(self):
        address = self.address()
        name = "vc-" + address.replace(".", "-")
        self.kube.put("providers", name, **provider(f"https://{address}/sdk"))
        self.providers[name] = address

    def add_host(self, name=None):
        """One more, or of that one another address."""
        address = self.address()
        if name:
            self.free_addresses.append(self.hosts[name][0])
        name = name or "esx-" + address.replace(".", "-")
        of = self.dice.choice(list(self.providers))
        self.kube.put("hosts", name, host(address, of))
        self.hosts[name] = (address, of)

    def change_plan(self, i):
        of = self.dice.choice(list(self.providers))
        self.kube.put("plans", self.plans[i], plan(of, self.dice.randint(1, 40)))

    def pod(self, i, ready):
        self.kube.put("pods", f"banksman-{i}", namespace="banksman", spec={"nodeName": f"n{i + 1}"},
                      labels={"app": "banksman"}, status={"conditions": [{"type": "Ready", "status": str(ready)}]})

    def drop_provider(self):
        """Its Hosts stay behind, and belong to nobody."""
        name = self.dice.choice(list(self.providers))
        self.kube.drop("providers", name)
        self.free_addresses.append(self.providers[name])
        del self.providers[name]

    def drop_host(self):
        name = self.dice.choice(list(self.hosts))
        self.kube.drop("hosts", name)
        self.free_addresses.append(self.hosts[name][0])
        del self.hosts[name]

    def churn(self):
        self.drop_provider()
        self.add_provider()
        for _ in range(100):
            self.drop_host()
        for _ in range(100):
            self.add_host()
        for name in self.dice.sample(sorted(self.hosts), 100):
            self.add_host(name)
        for i in self.dice.sample(range(PLANS), 100):
            self.change_plan(i)
        for i in self.dice.sample(range(PODS), 20):
            self.pod(i, ready=self.dice.random() < 0.5)

    def targets(self):
        found = {f"{address}:443" for address in self.providers.values()}
        for address, of in self.hosts.values():
            if of in self.providers:
                found |= {f"{address}:443", f"{address}:902"}
        return found


@pytest.fixture
def kube(pki):
    with FakeKube(pki) as k:
        yield k


@pytest.fixture
def daemon(binary, slow, pki, kube, monkeypatch):
    # What is freed is given back at once: memory is what is in use.
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    with public_folder() as made, contextlib.ExitStack() as stack:
        os.chmod(made, 0o777)
        folder = pathlib.Path(made)
        endpoints = []
        for i in range(WATCHED):
            s = stack.enter_context(socket.create_server((f"127.0.7.{i + 1}", 0)))
            endpoints.append({"name": f"static-{i}", "address": f"127.0.7.{i + 1}:{s.getsockname()[1]}",
                              "check": "tcp", "interval": "1s"})
        (folder / "namespace").write_text("banksman")
        conf = {"discovery": {**folder_of(pki, folder), "api": kube.url, "pods": "app=banksman"}, "endpoints": endpoints,
                "probe": {"timeout": "1s", "interval": "1d", "serve_interval": "1d"}}
        d = Daemon(daemon_binary(binary), daemon_wrapper(), folder, conf, slow)
        yield d
        d.stop()


def targets(daemon):
    """The names of all that is discovered, page by page."""
    found, after = set(), ""
    while after is not None:
        page = daemon.json(f"/v1/endpoints?limit=1000{after}")
        found |= {e["name"] for e in page["endpoints"] if e["origin"] != "static"}
        after = f"&after={page['next']}" if page.get("next") else None
    return found


def status(daemon):
    return daemon.json("/v1/status")


def follow(daemon, site):
    """Until exactly that is watched which is to be."""
    want = site.targets()
    count = len(want) + WATCHED
    daemon.wait(f"{count} targets", lambda: status(daemon)["configuration"]["targets"] == count, timeout=60)
    daemon.wait("right targets", lambda: targets(daemon) == want, timeout=60)


def rest(daemon, kube):
    """Until nothing is asked for any more."""
    def quiet():
        seen = len(kube.asked)
        time.sleep(0.5)
        return len(kube.asked) == seen
    daemon.wait("rest", quiet, timeout=120)


def memory_kib(daemon):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{daemon.process.pid}/status").read_text())[1])


def cpu_s(daemon):
    tasks = pathlib.Path(f"/proc/{daemon.process.pid}/task").iterdir()
    return sum(int((t / "schedstat").read_text().split()[0]) for t in tasks) / 1e9


def starts(daemon):
    """Of regular checks: how many were late by at most so many seconds."""
    rows = re.findall(r'banksman_schedule_lateness_seconds_bucket\{le="([^"]+)"\} (\S+)', daemon.get("/metrics").body.decode())
    return {float(bound.replace("+Inf", "inf")): float(count) for bound, count in rows}


def late_share(before, after, bound):
    late = {b: after[b] - before[b] for b in after}
    return 1 - late[bound] / late[float("inf")]


def test_ten_thousand_objects_are_listed_beside_what_is_probed(daemon, kube):
    """Nothing that is due waits for a list, and one that is whole is watched to the last port."""
    site = Site(kube)
    daemon.expected = [TROUBLE]
    kube.mood["*"] = "503"
    daemon.start()
    daemon.wait("trouble with each", lambda: daemon.log().count(TROUBLE) == 4)
    before = starts(daemon)
    kube.mood.clear()
    daemon.wait("the whole site", lambda: status(daemon)["configuration"]["targets"] == len(site.targets()) + WATCHED, 60)
    rest(daemon, kube)
    late = late_share(before, starts(daemon), 0.1)
    follow(daemon, site)
    found = {r["resource"]: r["objects"] for r in status(daemon)["discovery"]["resources"]}
    assert found == {"providers": PROVIDERS, "hosts": HOSTS, "plans": PLANS, "pods": PODS}
    assert late <= 0.02 * daemon.slow, "starts that were late by more than 0.1 s"


def test_a_site_that_never_rests_costs_no_more_than_its_changes(daemon, kube):
    """Changes, reconnects, lists anew: what is watched is right, memory stays, and then there is silence."""
    site = Site(kube)
    daemon.expected = [TROUBLE]
    daemon.start()
    follow(daemon, site)
    rest(daemon, kube)
    settled = 0
    for i in range(ROUNDS):
        churn(site, kube, "changes reconnect expire compact midlist".split()[i % 5])
        follow(daemon, site)
        if i == ROUNDS // 2 - 1:
            settled = memory_kib(daemon)
    if daemon.slow == 1:  # a sanitizer keeps what is freed, and finds what leaks by itself
        assert memory_kib(daemon) < settled * 1.02 + 1024, f"{settled} KiB half-way"
    rest(daemon, kube)
    lists = kube.count("hosts", watch=False)
    assert idle_share(daemon) < 0.1 * daemon.slow
    used, beside = cpu_s(daemon), time.monotonic()
    site.add_host()
    daemon.wait("one more", lambda: status(daemon)["configuration"]["targets"] == len(site.targets()) + WATCHED)
    assert cpu_s(daemon) - used < (0.2 + 0.1 * (time.monotonic() - beside)) * daemon.slow, "for one object"
    assert kube.count("hosts", watch=False) == lists, "a change needs no list"


def churn(site, kube, how):
    """Changes all kinds of objects, and what happens to the watches meanwhile."""
    if how == "reconnect":
        kube.cut(b"")
    elif how == "midlist":
        churn_within_a_list(site, kube)
        return
    site.churn()
    if how in ("expire", "compact"):
        kube.forget()
    if how == "expire":
        kube.expire()
    elif how == "compact":
        kube.cut(None)


def churn_within_a_list(site, kube):
    """What its first pages told is old when the last comes: only the watch from there tells of it."""
    with kube.lock:
        pages = kube.count("hosts", watch=False) + 5
        kube.expire()
        assert kube.lock.wait_for(lambda: kube.count("hosts", watch=False) >= pages, 180), "no list"
        site.churn()


def idle_share(daemon):
    """Of a processor, in which nothing but the static endpoints' checks goes on."""
    begin, used = time.monotonic(), cpu_s(daemon)
    time.sleep(3)
    return (cpu_s(daemon) - used) / (time.monotonic() - begin)
