# SPDX-License-Identifier: Apache-2.0
"""The hosts that are real servers: govmomi's simulator, nginx and docker-registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lab import nginx, registry, vcsim
from lab.catalogue import Expectation, context, failing, serving
from lab.dialects import serve
from lab.peers import Application, Peer, listener
from lab.pki import HOSTS, Pki

IMAGE_PRESENT = {"image": f"{registry.REPOSITORY}:{registry.TAG}",
                 "digest": registry.image_digest()}


class Running(Protocol):
    """Anything that was started."""

    address: str
    port: int
    accepts: int | None

    def stop(self) -> None:
        """Ends it."""


@dataclass(frozen=True)
class Place:
    """Where a server is to run, and with what."""

    pki: Pki
    build: Path
    scratch: Path
    address: str
    port: int


@dataclass(frozen=True)
class RealHost:
    """A host that is a real server on one documented port."""

    name: str
    role: str
    documented: int
    available: Callable[[], bool]
    start: Callable[[Place], list[Running]]
    expect: Expectation


def _vcsim(model: str, name: str) -> Callable[[Place], list[Running]]:
    def start(place: Place) -> list[Running]:
        return [vcsim.start(vcsim.build(place.build), place.pki, name, model, place.address,
                            place.port, place.scratch / f"{name}.log")]
    return start


def _nginx(place: Place) -> list[Running]:
    return [nginx.start_engine(place.pki, place.scratch, place.address, place.port)]


def _registry_storage(place: Place) -> Path:
    """The storage all registries of one site share, with the image in it."""
    directory = place.scratch / "registry"
    if not directory.exists():
        directory.mkdir()
        registry.publish(directory)
    return directory


def _anonymous(place: Place) -> list[Running]:
    directory = _registry_storage(place)
    return [registry.start_tls(place.pki, directory, "anonymous", place.address, place.port)]


def _plain(place: Place) -> list[Running]:
    return [registry.start_plain(_registry_storage(place), place.address, place.port)]


def _login(place: Place) -> list[Running]:
    directory = _registry_storage(place)
    return [registry.start_tls(place.pki, directory, "login", place.address, place.port,
                               registry.login(directory))]


def _with_token_server(place: Place, name: str, application: Application) -> list[Running]:
    """The registry first, then its token server on a port of its own."""
    directory = _registry_storage(place)
    server = Peer(serve(context(place.pki, "rsa"), application), listener(place.address))
    realm = f"https://{name}.lab.test:{server.port}/token"
    try:
        main = registry.start_tls(place.pki, directory, name, place.address, place.port,
                                  registry.bearer(place.pki, realm))
    except BaseException:
        server.stop()
        raise
    return [main, server]


def _token(place: Place) -> list[Running]:
    return _with_token_server(place, "registry-token", registry.token_server(place.pki))


def _failing_token(place: Place) -> list[Running]:
    return _with_token_server(place, "registry-token-failing", registry.failing_token_server())


REAL = (
    RealHost("vcsim-vcenter", "vcenter", 443, vcsim.available,
             _vcsim("vpx", "vcsim-vcenter"), serving()),
    RealHost("vcsim-esxi", "esxi", 443, vcsim.available, _vcsim("esx", "vcsim-esxi"), serving()),
    RealHost("nginx-engine", "ovirt-engine", 443, nginx.available, _nginx, serving()),
    RealHost("registry", "registry", 443, registry.available, _anonymous,
             serving(**IMAGE_PRESENT)),
    RealHost("registry-token", "registry", 443, registry.available, _token,
             serving(**IMAGE_PRESENT)),
    RealHost("registry-token-failing", "registry", 443, registry.available, _failing_token,
             failing("token-failed", **IMAGE_PRESENT)),
    RealHost("registry-login", "registry", 443, registry.available, _login,
             failing("needs-login", **IMAGE_PRESENT)),
    RealHost("registry-plain", "registry", 80, registry.available, _plain,
             {"state": "open", "reason": "ok", "service": "serving", **IMAGE_PRESENT}),
)


def addresses() -> dict[str, str]:
    """The IPv4 loopback address of every real host."""
    numbered = {host.name: f"127.0.21.{i}" for i, host in enumerate(REAL, 1)}
    return {name: HOSTS.get(name, address) for name, address in numbered.items()}
