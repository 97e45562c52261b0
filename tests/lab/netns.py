# SPDX-License-Identifier: Apache-2.0
"""A path of real hops on one machine: four network namespaces, nftables in each.

    node 10.1.6.2 --- 10.1.6.1 r1 10.1.7.2 ~~~ 10.1.7.1 r2 10.1.9.1 --- 10.1.9.9 t

IPv6 has the same shape, 10.1.N.H being fd00:1:N::H.  Besides its own address, t owns the pool 10.1.64.0/22
(fd00:1:64::/118).  Some places exist to fail: see PLACES.  Nothing leaves the namespaces.

--- is a veth pair: r1's errors reach the prober while it is still inside connect(), as they do on loopback.
~~~ is a slow wire of DELAY each way: what r2 and t send comes later, as on every real network.  The kernel
treats the two differently (only the late error closes the socket), so a fault belongs at both routers.
"""

import contextlib
import ipaddress
import itertools
import os
import select
import signal
import subprocess
import sys
import time

NODES = ("node", "r1", "r2", "t")

# (left, its host number, right, its host number, the link's number)
LINKS = (("node", 2, "r1", 1, 6), ("r1", 2, "r2", 1, 7), ("r2", 1, "t", 9, 9))

SLOW = ("r1", "r2")
DELAY = 0.002

# The address a node's own ICMP errors carry on their way back to the prober: the one that faces it.
FACING = {"node": (6, 2), "r1": (6, 1), "r2": (7, 1), "t": (9, 9)}

PLACES = {
    "dead": (9, 77),  # on the link of r2 and t, where no host has it: r2 asks for a neighbour in vain
    "dead-here": (6, 77),  # the same on the prober's own link
    "unrouted": (50, 1),  # r2 has no route to it
    "loop": (80, 1),  # r2 sends it back to r1
    "prohibit": (90, 1),  # the prober's own route of that type
    "blackhole": (91, 1),
    "unreachable": (92, 1),
}

POOL = {4: "10.1.64.0/22", 6: "fd00:1:64::/118"}
POOL_SIZE = 1024
NOWHERE = {4: "10.2.0.1", 6: "fd00:2::1"}  # the prober has no route at all
SITE = {4: "10.1.0.0/16", 6: "fd00:1::/32"}

# nft's words differ between the families; so do the codes they put on the wire.
REJECTS = {
    4: (
        "net-unreachable", "host-unreachable", "prot-unreachable", "port-unreachable",
        "net-prohibited", "host-prohibited", "admin-prohibited",
    ),
    6: ("no-route", "admin-prohibited", "addr-unreachable", "port-unreachable", "policy-fail", "reject-route"),
}  # fmt: skip

NOBODY = (
    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
    "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs",
)  # fmt: skip

# Rate limits would turn the second error of a test into silence, address detection would make it wait.
# A kernel that keeps one of the optional ones outside the namespaces is left as it is.
SYSCTLS = (
    "net/ipv4/ip_forward=1",
    "net/ipv4/icmp_ratelimit=0",
    # Limits no type at all: the ones it limits take tokens from those that "no route" needs.
    "net/ipv4/icmp_ratemask=0",
    "net/ipv4/icmp_msgs_per_sec=1000000?",
    "net/ipv4/icmp_msgs_burst=1000000?",
    "net/ipv4/conf/all/send_redirects=0",
    "net/ipv4/conf/default/send_redirects=0",
    "net/ipv4/conf/all/rp_filter=0",
    "net/ipv4/conf/default/rp_filter=0",
    "net/ipv6/conf/all/forwarding=1",
    "net/ipv6/conf/all/accept_dad=0",
    "net/ipv6/conf/default/accept_dad=0",
    "net/ipv6/conf/all/disable_ipv6=0",
    "net/ipv6/conf/default/disable_ipv6=0",
    "net/ipv6/icmp/ratelimit=0",
)

CHAINS = """table inet lab {
    chain prerouting { type filter hook prerouting priority -300; }
    chain input { type filter hook input priority 0; }
    chain forward { type filter hook forward priority 0; }
    chain output { type filter hook output priority 0; }
}
"""

# The slow wire: two tun devices, both made in the left namespace; the right one is then moved, its fd stays here.
# argv: delay, left device, right device.  Ends with standard input.
WIRE = r"""
import collections, fcntl, os, select, struct, sys, time
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
delay = float(sys.argv[1])

def tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd

ends = [tun(name) for name in sys.argv[2:]]
other = {ends[0]: ends[1], ends[1]: ends[0]}
flying = collections.deque()
print("ready", flush=True)
while True:
    wait = max(0, flying[0][0] - time.monotonic()) if flying else None
    ready, _, _ = select.select([0, *ends], [], [], wait)
    if 0 in ready and not os.read(0, 64):
        sys.exit(0)
    for fd in ends:
        while fd in ready:
            try:
                packet = os.read(fd, 65536)
            except OSError:
                break
            flying.append((time.monotonic() + delay, other[fd], packet))
    while flying and flying[0][0] <= time.monotonic():
        _, fd, packet = flying.popleft()
        try:
            os.write(fd, packet)
        except OSError:
            pass  # the other end is down, or full: lost, as on a wire
"""

# Runs inside t.  Reads commands on standard input, ends with it, so that it cannot outlive the test.
LISTENER = r"""
import os, selectors, socket, sys
sel, counts, pending = selectors.DefaultSelector(), {}, b""
os.set_blocking(0, False)
sel.register(0, selectors.EVENT_READ)

def listen(family, port):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind(("", port))
    s.listen(4096)
    s.setblocking(False)
    sel.register(s, selectors.EVENT_READ, port)

def accept(s, port):
    while True:
        try:
            peer = s.accept()[0]
        except BlockingIOError:
            return
        except OSError:
            pass
        else:
            peer.close()
        counts[port] += 1

def accept_all():
    for key in list(sel.get_map().values()):
        if key.fd != 0:
            accept(key.fileobj, key.data)

def command(verb, port):
    if verb == "listen" and port not in counts:
        counts[port] = 0
        listen(socket.AF_INET, port)
        listen(socket.AF_INET6, port)
    accept_all()
    print(counts.get(port, 0), flush=True)

while True:
    for key, _ in sel.select():
        if key.fd != 0:
            accept(key.fileobj, key.data)
            continue
        data = os.read(0, 4096)
        if not data:
            sys.exit(0)
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            verb, port = line.decode().split()
            command(verb, int(port))
"""


class NetError(Exception):
    pass


def why_not():
    """The reason this machine cannot build a Net, or None."""
    if os.geteuid() != 0:
        return "network namespaces need root (run as root or with sudo)"
    return None


def _address(family, link, host):
    return f"10.1.{link}.{host}" if family == 4 else f"fd00:1:{link}::{host}"


def _run(argv, text=None):
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise NetError(f"{' '.join(argv)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


class Net:
    _serial = itertools.count()

    def __init__(self):
        self._prefix = f"bkm{os.getpid()}-{next(self._serial)}-"
        self._made = []
        self._helpers = []
        self.delayed = False  # whether there is a slow wire: it needs /dev/net/tun, else a veth pair stands there
        self._ports = itertools.count(9001)

    def __enter__(self):
        try:
            self._build()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc):
        self.close()

    def close(self):
        """Tears down whatever was built, also half of it."""
        while self._helpers:
            helper = self._helpers.pop()
            with contextlib.suppress(OSError):
                helper.stdin.close()
            try:
                helper.wait(timeout=5)
            except subprocess.TimeoutExpired:
                helper.kill()
                helper.wait()
            helper.stdout.close()
        failed = []
        while self._made:
            name = self._made.pop()
            if subprocess.run(["ip", "netns", "del", name], capture_output=True).returncode != 0:
                failed.append(name)
        if failed:
            raise NetError(f"namespaces left behind: {' '.join(failed)}")

    # Building

    def ns(self, name):
        return self._prefix + name

    def _build(self):
        for name in NODES:
            _run(["ip", "netns", "add", self.ns(name)])
            self._made.append(self.ns(name))
            self._sysctl(name, SYSCTLS)
            self.ip(name, "link set lo up")
            self.nft(name, CHAINS)
        for left, left_host, right, right_host, link in LINKS:
            a, b = f"to-{right}", f"to-{left}"
            if (left, right) == SLOW and os.path.exists("/dev/net/tun"):
                self._wire(left, a, right, b)
            else:
                ends = f"{a} netns {self.ns(left)} type veth peer name {b} netns {self.ns(right)}"
                _run(["ip", "link", "add", *ends.split()])
            self._interface(left, a, link, left_host)
            self._interface(right, b, link, right_host)
        for family in (4, 6):
            self._routes(family)
        self._listener = self._helper("t", LISTENER)

    def _helper(self, name, code, *args):
        helper = subprocess.Popen(
            ["ip", "netns", "exec", self.ns(name), sys.executable, "-I", "-c", code, *args],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/",
        )  # fmt: skip
        self._helpers.append(helper)
        return helper

    def _wire(self, left, a, right, b):
        wire = self._helper(left, WIRE, str(DELAY), a, b)
        if self._answer(wire) != b"ready":
            raise NetError("the slow wire did not start")
        self.ip(left, f"link set {b} netns {self.ns(right)}")
        for name, device in ((left, a), (right, b)):
            self.ip(name, f"link set {device} txqueuelen 10000")
        self.delayed = True

    def _interface(self, name, device, link, host):
        self.ip(
            name,
            f"link set {device} up",
            f"addr add {_address(4, link, host)}/24 dev {device}",
            f"addr add {_address(6, link, host)}/64 dev {device} nodad",
        )
        # A neighbour that does not answer is given up after 3 x 100 ms, not after 3 s.
        self._sysctl(name, [f"net/ipv{v}/neigh/{device}/retrans_time_ms=100" for v in (4, 6)])

    def _routes(self, family):
        def via(name, prefix, link, host):
            self.ip(name, f"-{family} route add {prefix} via {_address(family, link, host)}")

        near = "10.1.6.0/24" if family == 4 else "fd00:1:6::/64"
        via("node", SITE[family], 6, 1)
        via("r1", SITE[family], 7, 1)
        via("r2", near, 7, 2)
        via("r2", POOL[family], 9, 9)
        via("r2", self.place("loop", family), 7, 2)
        via("t", SITE[family], 9, 1)
        self.ip("t", f"-{family} route add local {POOL[family]} dev lo")
        for kind in ("prohibit", "blackhole", "unreachable"):
            self.ip("node", f"-{family} route add {kind} {self.place(kind, family)}")

    def _sysctl(self, name, settings):
        script = []
        for setting in settings:
            key, value = setting.split("=")
            quiet = "2>/dev/null || :" if value.endswith("?") else "|| exit 1"
            script.append(f"echo {value.rstrip('?')} >/proc/sys/{key} {quiet}")
        _run(["ip", "netns", "exec", self.ns(name), "sh", "-c", "\n".join(script)])

    def ip(self, name, *commands):
        for command in commands:
            _run(["ip", "-n", self.ns(name), *command.split()])

    def nft(self, name, text):
        _run(["ip", "netns", "exec", self.ns(name), "nft", "-f", "-"], text)

    # Addresses and ports

    def address(self, name, family):
        """The address of a namespace that faces the prober."""
        return _address(family, *FACING[name])

    def place(self, name, family):
        """An address that fails in the way PLACES says, or `nowhere`."""
        return NOWHERE[family] if name == "nowhere" else _address(family, *PLACES[name])

    def pool(self, family, count=POOL_SIZE):
        """The first addresses of the target's pool."""
        first = ipaddress.ip_network(POOL[family]).network_address
        return [str(first + i) for i in range(count)]

    def port(self, listening=True):
        """A port number no one else was given, listened on at t in both families unless told otherwise."""
        port = next(self._ports)
        if listening:
            self._ask("listen", port)
        return port

    def accepts(self, port):
        """How many connections the listener's accept() has returned on this port."""
        return self._ask("count", port)

    def _ask(self, verb, port):
        self._listener.stdin.write(f"{verb} {port}\n".encode())
        self._listener.stdin.flush()
        answer = self._answer(self._listener)
        if not answer:
            raise NetError(f"the listener did not answer `{verb} {port}`")
        return int(answer)

    @staticmethod
    def _answer(helper):
        """The helper's next line, or nothing if it is gone or silent."""
        ready, _, _ = select.select([helper.stdout], [], [], 10)
        return helper.stdout.readline().strip() if ready else b""

    # Faults

    def rule(self, name, family, dport, verdict, chain=None, match=""):
        """In `name`, gives TCP to dport this verdict: drop, tcp-reset, or one of REJECTS[family].

        The chain is forward in a router, output in node, input in t, unless told otherwise.
        """
        if verdict == "drop":
            action = "drop"
        elif verdict == "tcp-reset":
            action = "reject with tcp reset"
        elif verdict in REJECTS[family]:
            action = f"reject with {'icmp' if family == 4 else 'icmpv6'} {verdict}"
        else:
            raise NetError(f"no verdict {verdict} for IPv{family}")
        chain = chain or {"node": "output", "t": "input"}.get(name, "forward")
        self.nft(name, f"add rule inet lab {chain} meta nfproto ipv{family} tcp dport {dport} {match} {action}\n")

    def clear(self, *names):
        """Takes back every rule of these."""
        for name in names:
            self.nft(name, "flush table inet lab\n")

    def mute(self, name, family):
        """From now on `name` keeps its ICMP errors to itself; unmute() ends that."""
        icmp = "icmp" if family == 4 else "icmpv6"
        self.nft(name, f"add rule inet lab output {icmp} type {{ destination-unreachable, time-exceeded }} drop\n")

    def unmute(self, name):
        self.nft(name, "flush chain inet lab output\n")

    # Running

    def exec(self, name, argv, unprivileged=True, timeout=30, **options):
        """Runs argv inside a namespace, as nobody without any capability unless told otherwise."""
        prefix = ["ip", "netns", "exec", self.ns(name), *(NOBODY if unprivileged else ())]
        options.setdefault("cwd", "/")
        options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run([*prefix, *argv], capture_output=True, text=True, timeout=timeout, **options)

    def sockets(self, name, state):
        """The TCP sockets of a namespace in one of ss's states, a line each."""
        done = self.exec(name, ["ss", "-Htan", "state", state], unprivileged=False)
        if done.returncode != 0:
            raise NetError(f"ss: {done.stderr.strip()}")
        return done.stdout.splitlines()


def main():
    """Builds the path, prints it, and keeps it until the end of input: for looking around by hand."""
    reason = why_not()
    if reason:
        sys.exit(f"netns: {reason}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    started = time.monotonic()
    with Net() as net:
        for name in NODES:
            print(f"{net.ns(name)}\t{net.address(name, 4)}\t{net.address(name, 6)}")
        took = time.monotonic() - started
        print(f"port {net.port()} listens at t; built in {took:.1f} s; end of input ends it", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
