# SPDX-License-Identifier: Apache-2.0
"""A site of 1,500 endpoints that the daemon discovers, beside the same one written into its file."""

import concurrent.futures
import contextlib
import hashlib
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

from running import Daemon, address, row, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from lab.dialects import AUTHD_BANNER, ESXI, VCENTER, vim  # noqa: E402
from lab.kube import FakeKube, host, plan, provider  # noqa: E402
from lab.peers import Peer, banner, hold, http, server_context  # noqa: E402

PROVIDERS, PLANS, PODS = 10, 200, 60
HOSTS = (1500 - PROVIDERS) // 2  # two ports each
SCRAPE_SECONDS = 30
SETTLE_SECONDS = 20  # the serve checks that a start brings
# Every node makes every serve check, as without others: what is compared is how the site came to be known.
PROBE = {"interval": "5s", "serve_interval": "60s", "timeout": "3s", "nodes": PODS, "serve_nodes": PODS + 1,
         "serve_budget": 0}
EXPORTS = pathlib.Path(__file__).resolve().parents[1] / "lab/exports"


class Certificates:
    """One for each address, of the benchmark's authority, on one key."""

    def __init__(self, made, folder, addresses):
        self.made, self.folder = made, folder
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            self.contexts = dict(zip(addresses, pool.map(self.make, addresses, range(len(addresses)))))

    def make(self, address, i):
        (self.folder / f"{i}.ext").write_text(f"subjectAltName=IP:{address}\n")
        chain = self.folder / f"{i}.pem"
        subprocess.run(["openssl", "x509", "-req", "-in", self.made / "leaf.csr", "-CA", self.made / "ca.pem",
                        "-CAkey", self.made / "ca.key", "-set_serial", str(1000 + i), "-days", "200",
                        "-extfile", self.folder / f"{i}.ext", "-out", chain], check=True, capture_output=True)
        der = ssl.PEM_cert_to_DER_cert(chain.read_text())
        return server_context(chain, self.made / "leaf.key"), hashlib.sha1(der).digest().hex(":").upper()

    def pin(self, address):
        return self.contexts[address][1]

    def serve(self, inner):
        """With the certificate of the address that was asked."""
        def behave(conn):
            conn.start_tls(self.contexts[conn.sock.getsockname()[0]][0])
            inner(conn)
        return behave


class Site:
    """Machines that serve as they should, on three ports of all addresses of the loopback interface."""

    def __init__(self, o, folder, stack):
        self.ca = o.ca
        self.vcenters = [address(2000 + i) for i in range(PROVIDERS)]
        self.hosts = [address(i) for i in range(HOSTS)]
        self.certs = Certificates(pathlib.Path(o.ca).parent, folder, self.vcenters + self.hosts)
        serve = self.certs.serve
        self.vcenter, self.esxi, self.authd = (stack.enter_context(Peer(behaviour, everywhere())).port for behaviour in (
            serve(http(vim(VCENTER))), serve(http(vim(ESXI))), banner(AUTHD_BANNER, serve(hold))))

    def ports(self):
        return f'ports: ["443={self.esxi}", "902={self.authd}"]'

    def written(self):
        """It in a file's words."""
        return "providers:\n" + "".join(
            f"- name: vc{i}\n  type: vsphere\n  vcenter: {at}:{self.vcenter}\n  ca: {self.ca}\n"
            f'  fingerprint: "{self.certs.pin(at)}"\n  {self.ports()}\n'
            f"  esxi: [{', '.join(self.hosts[i::PROVIDERS])}]\n" for i, at in enumerate(self.vcenters))

    def fill(self, kube):
        """As Kubernetes and Forklift's inventory tell of it."""
        for i, at in enumerate(self.vcenters):
            kube.put("providers", f"vc{i}", **provider(f"https://{at}:{self.vcenter}/sdk", fingerprint=self.certs.pin(at)))
            kube.inventory[f"/providers/vsphere/uid-mtv-vc{i}/hosts"] = [
                {"id": "host-" + h, "name": h, "revision": 1, "thumbprint": self.certs.pin(h)}
                for h in self.hosts[i::PROVIDERS]]
        for i, at in enumerate(self.hosts):
            kube.put("hosts", f"esx{i}", host(at, f"vc{i % PROVIDERS}"))
        for i in range(PLANS):
            kube.put("plans", f"wave-{i}", plan(f"vc{i % PROVIDERS}", 20))
        for i in range(PODS):
            kube.put("pods", f"banksman-{i}", namespace="banksman", spec={"nodeName": f"n{i}"}, labels={"app": "banksman"},
                     status={"conditions": [{"type": "Ready", "status": "True"}]})

    def discovery(self, kube, folder):
        """The part of the file that has it discovered."""
        (folder / "namespace").write_text("banksman")
        (folder / "token").write_text("token-1")
        hints = "".join(f"- {{name: vc{i}, type: vsphere, ca: {self.ca}, {self.ports()}}}\n" for i in range(PROVIDERS))
        return (f"providers:\n{hints}discovery:\n  enabled: on\n  api: {kube.url}\n  token_file: {folder}/token\n"
                f"  pods: app=banksman\n  inventory: {kube.url}\n")


def everywhere():
    """A listener on all of 127.0.0.0/8, and nowhere else."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo")
    sock.bind(("", 0))
    sock.listen(4096)
    return sock


@contextlib.contextmanager
def scraped(daemon):
    """Its metrics are asked for as Prometheus does."""
    over = threading.Event()

    def scrape():
        while not over.wait(SCRAPE_SECONDS):
            daemon.get("/metrics")

    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def watch(o, folder, more, window):
    """% of a processor, MiB in the end, MiB at the peak, alerts."""
    d = Daemon(o.program, o.cpu, folder, [], PROBE, detail="endpoint", more=more)
    try:
        wait_until(lambda: d.status()["configuration"]["targets"] == 1500 and d.all_checked(), "checks of 1,500 endpoints")
        wait_until(lambda: b"banksman_inventory_last_judged_timestamp_seconds " in d.get("/metrics"), "a judgement")
        time.sleep(SETTLE_SECONDS)
        with scraped(d):
            before, cpu = time.monotonic(), d.cpu()
            time.sleep(window)
            share = (d.cpu() - cpu) / (time.monotonic() - before) * 100
        return share, d.memory_mib(), d.memory_mib("VmHWM"), d.alerts()
    finally:
        d.stop()


def measure(o, window):
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="banksman-bench-")))
        for name in ("exports", "certificates", "written", "found"):
            (folder / name).mkdir()
        subprocess.run([sys.executable, EXPORTS, "--size", "500", folder / "exports"], check=True)
        site = Site(o, folder / "certificates", stack)
        kube = stack.enter_context(FakeKube(None))
        site.fill(kube)
        inventory = f"inventory:\n  directory: {folder}/exports\n"
        written = watch(o, folder / "written", inventory + site.written(), window)
        found = watch(o, folder / "found", inventory + site.discovery(kube, folder / "found"), window)
    row(f"1,500 endpoints discovered, {window:g} s: % of a processor (written)", f"{found[0]:.2f} ({written[0]:.2f})",
        f"ratio {found[0] / written[0]:.2f}")
    row(f"...their memory, with {found[3]:.0f} alerts, MiB (with {written[3]:.0f}, written)", f"{found[1]:.1f} ({written[1]:.1f})",
        f"ratio {found[1] / written[1]:.2f}")
    row("...the most memory, MiB (written)", f"{found[2]:.1f} ({written[2]:.1f})", f"ratio {found[2] / written[2]:.2f}")
