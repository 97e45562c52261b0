# SPDX-License-Identifier: Apache-2.0
"""Every certificate of the simulated site, made with the openssl command."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

DOMAIN = "lab.test"

# The hosts that own a certificate, with the loopback address it names.
HOSTS = {
    "vcenter": "127.0.10.1",
    "esx01": "127.0.10.11",
    "esx02": "127.0.10.12",
    "esx03": "127.0.10.13",
    "esx04": "127.0.10.14",
    "esx05": "127.0.10.15",
    "engine": "127.0.10.31",
    "kvm01": "127.0.10.41",
    "kvm02": "127.0.10.42",
    "vcsim-vcenter": "127.0.10.2",
    "vcsim-esxi": "127.0.10.16",
    "nginx-engine": "127.0.10.32",
}

VALID = (-30, 700)
EXPIRED = (-700, -30)
NOT_YET = (365, 730)
REUSE_SECONDS = 14 * 24 * 3600
CHAIN_LENGTH = 10
LARGE_NAMES = 2140


@dataclass(frozen=True)
class Spec:
    """One certificate: who signs it (itself when issuer is empty), its key, names and days."""

    name: str
    issuer: str = "root"
    key: str = "rsa:2048"
    digest: str = "sha256"
    days: tuple[int, int] = VALID
    names: tuple[str, ...] = (f"*.{DOMAIN}", f"*.v6.{DOMAIN}")
    addresses: tuple[str, ...] = ("127.0.0.1", "::1")
    authority: bool = False

    def extensions(self) -> str:
        """The extension section, in the syntax of openssl's configuration."""
        lines = ["subjectKeyIdentifier = hash", "authorityKeyIdentifier = keyid"]
        if self.authority:
            lines += ["basicConstraints = critical, CA:TRUE",
                      "keyUsage = critical, keyCertSign, cRLSign"]
        else:
            lines += ["basicConstraints = CA:FALSE",
                      "keyUsage = critical, digitalSignature, keyEncipherment",
                      "extendedKeyUsage = serverAuth, clientAuth",
                      "subjectAltName = @names", "[names]"]
            lines += [f"DNS.{i} = {name}" for i, name in enumerate(self.names)]
            lines += [f"IP.{i} = {ip}" for i, ip in enumerate(self.addresses)]
        return "\n".join(lines) + "\n"


def _authority(name: str, issuer: str = "", key: str = "rsa:2048") -> Spec:
    return Spec(name, issuer, key, authority=True)


def _host(name: str, issuer: str, days: tuple[int, int] = VALID) -> Spec:
    return Spec(name, issuer, days=days, names=(f"{name}.{DOMAIN}",), addresses=(HOSTS[name],))


CHAIN = [f"intermediate-{i:02}" for i in range(1, CHAIN_LENGTH + 1)]

AUTHORITIES = [
    _authority("root"),
    _authority("vmca"),
    _authority("engine-ca"),
    _authority("third-party"),
]

INTERMEDIATES = [_authority(name, issuer, key="ec")
                 for name, issuer in zip(CHAIN, ["root", *CHAIN])]

LEAVES = [
    _host("vcenter", "vmca"),
    _host("esx01", "vmca"),
    _host("esx02", "vmca"),
    _host("esx03", "vmca"),
    _host("esx04", "vmca"),
    _host("esx05", "vmca", EXPIRED),
    _host("engine", "engine-ca"),
    _host("kvm01", "engine-ca"),
    _host("kvm02", "third-party"),
    _host("vcsim-vcenter", "vmca"),
    _host("vcsim-esxi", "vmca"),
    _host("nginx-engine", "engine-ca"),
    Spec("rsa"),
    Spec("other"),
    Spec("ecdsa", key="ec"),
    Spec("rsa1024-sha1", key="rsa:1024", digest="sha1"),
    Spec("expired", days=EXPIRED),
    Spec("not-yet-valid", days=NOT_YET),
    Spec("self-signed", issuer=""),
    Spec("untrusted", issuer="third-party"),
    Spec("ovirt-host", issuer="engine-ca"),
    Spec("wrong-name", names=("elsewhere.example",), addresses=("192.0.2.1",)),
    Spec("deep-chain", issuer=CHAIN[-1]),
    Spec("large", names=(f"*.{DOMAIN}", f"*.v6.{DOMAIN}",
                         *(f"padding-{i:05}.large.{DOMAIN}" for i in range(LARGE_NAMES)))),
    Spec("sni"),
    Spec("token"),
]

SPECS = {spec.name: spec for spec in [*AUTHORITIES, *INTERMEDIATES, *LEAVES]}

CA_CONFIG = """\
[ca]
default_ca = lab
[lab]
database = {scratch}/index.txt
new_certs_dir = {scratch}
rand_serial = yes
unique_subject = no
preserve = yes
policy = any
[any]
organizationName = optional
commonName = supplied
"""


class Pki:
    """A directory of certificates: NAME.key, NAME.crt alone, NAME.pem with its chain."""

    def __init__(self, directory: Path):
        self.directory = directory

    def key(self, name: str) -> Path:
        """The private key of a certificate."""
        return self.directory / f"{name}.key"

    def certificate(self, name: str) -> Path:
        """The certificate alone; for an authority, what a client would trust."""
        return self.directory / f"{name}.crt"

    def chain(self, name: str) -> Path:
        """What a server sends: the certificate and every intermediate, without the root."""
        return self.directory / f"{name}.pem"

    @property
    def bundle(self) -> Path:
        """The authorities this site trusts: all but the third party."""
        return self.directory / "trusted.pem"

    def authorities(self) -> dict[str, str]:
        """Paths of the authorities by name, and of the bundle."""
        paths = {spec.name: str(self.certificate(spec.name)) for spec in AUTHORITIES}
        return {**paths, "bundle": str(self.bundle)}


def _openssl(*arguments: str | Path) -> None:
    result = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]} failed: {result.stderr}")


def _request(pki: Pki, spec: Spec) -> None:
    """Makes the key and the signing request of one certificate."""
    key = ["-newkey", spec.key]
    if spec.key == "ec":
        key += ["-pkeyopt", "ec_paramgen_curve:P-256"]
    subject = f"/O=Banksman Lab/CN={spec.name}.{DOMAIN}"
    if spec.authority:
        subject = f"/O=Banksman Lab/CN=Banksman Lab {spec.name}"
    _openssl("req", "-new", *key, "-nodes", "-subj", subject,
             "-keyout", pki.key(spec.name), "-out", pki.directory / f"{spec.name}.csr")


def _stamp(days: int) -> str:
    moment = datetime.now(timezone.utc) + timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")


def _sign(pki: Pki, spec: Spec) -> None:
    """Signs one request; a scratch database each lets many run at once."""
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch) / "ca.conf"
        config.write_text(CA_CONFIG.format(scratch=scratch))
        extensions = Path(scratch) / "extensions"
        extensions.write_text(spec.extensions())
        (Path(scratch) / "index.txt").touch()
        signer = ["-selfsign", "-keyfile", pki.key(spec.name)]
        if spec.issuer:
            signer = ["-keyfile", pki.key(spec.issuer), "-cert", pki.certificate(spec.issuer)]
        _openssl("ca", "-batch", "-notext", "-config", config, "-extfile", extensions,
                 "-md", spec.digest, *signer, "-in", pki.directory / f"{spec.name}.csr",
                 "-startdate", _stamp(spec.days[0]), "-enddate", _stamp(spec.days[1]),
                 "-out", pki.certificate(spec.name))


def _write_chain(pki: Pki, spec: Spec) -> None:
    """Writes the certificate and its intermediates in sending order."""
    parts, link = [spec], spec
    while link.issuer and SPECS[link.issuer].issuer:
        link = SPECS[link.issuer]
        parts.append(link)
    text = "".join(pki.certificate(part.name).read_text() for part in parts)
    pki.chain(spec.name).write_text(text)


def _make(pki: Pki) -> None:
    """Makes everything, in parallel where no certificate waits for another."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda spec: _request(pki, spec), SPECS.values()))
        list(pool.map(lambda spec: _sign(pki, spec), AUTHORITIES))
        for spec in INTERMEDIATES:
            _sign(pki, spec)
        list(pool.map(lambda spec: _sign(pki, spec), LEAVES))
    for spec in LEAVES:
        _write_chain(pki, spec)
    trusted = [pki.certificate(spec.name).read_text() for spec in AUTHORITIES
               if spec.name != "third-party"]
    pki.bundle.write_text("".join(trusted))


def make(directory: Path) -> Pki:
    """Makes the certificates, or takes those of an earlier run when they are recent enough."""
    directory.mkdir(parents=True, exist_ok=True)
    pki = Pki(directory)
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    done = directory / "recipe"
    with open(directory / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fresh = (done.exists() and done.read_text() == recipe
                 and time.time() - done.stat().st_mtime < REUSE_SECONDS)
        if not fresh:
            _make(pki)
            done.write_text(recipe)
    return pki


def main() -> None:
    """Makes the certificates into the directory named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    print(make(parser.parse_args().directory).directory)


if __name__ == "__main__":
    main()
