# SPDX-License-Identifier: Apache-2.0
"""A cluster on one machine: a namespace for each node, one for the site it migrates from, and the router between.

    n1 10.4.1.2 --- 10.4.1.1 .
    n2 10.4.2.2 --- 10.4.2.1  hub 10.2.0.1 --- 10.2.0.2 site, which owns 10.3.0.0/24
    ...                      '

Prometheus, Alertmanager and the firewall are at hub.  The site's machines are addresses that listen on the ports of
a vCenter and of ESXi hosts, and say nothing there.
"""

from lab import netns

VCENTER = "10.3.0.10"
PORTS = (443, 902)


def esxi(number):
    return f"10.3.0.{number}"


class Cluster(netns.Net):
    def __init__(self, nodes):
        super().__init__()
        self.nodes = [f"n{i}" for i in range(1, nodes + 1)]

    def node_address(self, node):
        return f"10.4.{node[1:]}.2"

    def _build(self):
        for name in ("hub", "site", *self.nodes):
            netns._run(["ip", "netns", "add", self.ns(name)])
            self._made.append(self.ns(name))
        self._sysctl("hub", netns.SYSCTLS)
        self._link("site", "10.2.0")
        netns._run(["ip", "-n", self.ns("hub"), "route", "add", "10.3.0.0/24", "via", "10.2.0.2"])
        netns._run(["ip", "-n", self.ns("site"), "route", "add", "local", "10.3.0.0/24", "dev", "lo"])
        for node in self.nodes:
            self._link(node, f"10.4.{node[1:]}")
        self.ip("hub", "link set lo up")
        self.nft("hub", netns.CHAINS)
        self._listener = self._helper("site", netns.LISTENER)
        for port in PORTS:
            self._ask("listen", port)

    def _link(self, name, net):
        """A wire from the hub, which is the way to everything."""
        ends = f"to-{name} netns {self.ns('hub')} type veth peer name eth0 netns {self.ns(name)}"
        netns._run(["ip", "link", "add", *ends.split()])
        self._batch("hub", f"addr add {net}.1/30 dev to-{name}", f"link set to-{name} up")
        self._batch(
            name, "link set lo up", f"addr add {net}.2/30 dev eth0", "link set eth0 up", f"route add default via {net}.1"
        )

    def _batch(self, name, *lines):
        netns._run(["ip", "-n", self.ns(name), "-batch", "-"], "\n".join(lines) + "\n")

    def block(self, nodes, match, verdict="drop"):
        """From now on the firewall drops what these nodes send that fits nft's words."""
        sources = ", ".join(map(self.node_address, nodes))
        self.nft("hub", f"add rule inet lab forward ip saddr {{ {sources} }} {match} {verdict}\n")

    def open(self):
        self.clear("hub")
