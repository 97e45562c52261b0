# SPDX-License-Identifier: Apache-2.0
"""A connection that the peer ends between two requests is made once more, and never without end."""

import pytest
from asking import service
from lab import catalogue
from lab.peers import Peer, listener

ADDRESS = "127.0.64.1"

# Host: (what banksman says, connections that were made)
ENDS = {
    "engine-connection-close": ("serving", 2),
    "engine-idle-close": ("serving", 2),
    "engine-idle-fin": ("serving", 2),
    "engine-idle-reset": ("serving", 2),
    "engine-hangs-up": ("http-closed", 2),
    "http-closed": ("http-closed", 1),
    "http-dropped": ("http-closed", 1),
    "http-reset": ("http-closed", 1),
    "vcenter-large-reply": ("serving", 1),
}
HOSTS = {host.name: host for host in catalogue.FAULTS}


@pytest.mark.parametrize("name", ENDS)
def test_again_connection_is_made_so_often(name, banksman, site, site_ca):
    expected, connections = ENDS[name]
    host = HOSTS[name]
    (served,) = host.services
    with Peer(served.make(site.pki), listener(ADDRESS)) as peer:
        word = f"{host.role}={ADDRESS}:{served.documented}={peer.port}"
        options = ("--ca", site_ca, "--timeout", banksman.span(2), "-o", "json")
        done = banksman("probe", *options, word, nobody=True)
        (result,) = done.json()["results"]
        assert (result["state"], result["reason"], service(result)) == ("open", "ok", expected), done
        assert peer.accepts == connections, done
