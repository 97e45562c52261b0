# SPDX-License-Identifier: Apache-2.0
"""Debian's docker-registry with one image, behind each kind of login."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import shutil
import ssl
import subprocess
import tarfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from lab.peers import Application, Request, Response, fixed, listener
from lab.pki import Pki
from lab.program import Program, bracketed

REGISTRY = shutil.which("docker-registry")
REPOSITORY, TAG = "lab/vddk", "8.0.2"
MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG_TYPE = "application/vnd.docker.container.image.v1+json"
LAYER_TYPE = "application/vnd.docker.image.rootfs.diff.tar.gzip"

# User "lab", password "lab".
HTPASSWD = "lab:$2b$05$nN/YmhTSFskU.h9QdiWh4.NZatKBhTamtTcvuzyRI85G.qvEZxG3O\n"
TOKEN_SERVICE, TOKEN_ISSUER = "Banksman Lab registry", "Banksman Lab"
TOKEN_SECONDS = 300

Settings = dict[str, object]


def available() -> bool:
    """Whether this machine has docker-registry."""
    return REGISTRY is not None


# The image


def _layer() -> tuple[bytes, str]:
    """A layer of one small file, and the digest of its uncompressed form."""
    content, plain = b"VDDK\n", io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        member = tarfile.TarInfo("vmware-vix-disklib-distrib/README")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0), _digest(plain.getvalue())


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _descriptor(kind: str, data: bytes) -> Settings:
    return {"mediaType": kind, "size": len(data), "digest": _digest(data)}


def _image() -> tuple[list[bytes], bytes]:
    """The blobs of the image, and its manifest."""
    layer, diff_id = _layer()
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": [diff_id]}}).encode()
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST_TYPE,
                "config": _descriptor(CONFIG_TYPE, config),
                "layers": [_descriptor(LAYER_TYPE, layer)]}
    return [config, layer], json.dumps(manifest).encode()


def image_digest() -> str:
    """The digest of the manifest that every registry here holds."""
    return _digest(_image()[1])


def _call(registry: Program, method: str, path: str, body: bytes, kind: str) -> str:
    """One request that must succeed; returns the Location it answers."""
    connection = HTTPConnection(registry.address, registry.port, timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": kind})
        response = connection.getresponse()
        if response.status not in (201, 202):
            raise RuntimeError(f"{method} {path}: {response.status} {response.read()!r}")
        return response.headers.get("Location", "")
    finally:
        connection.close()


def _push(registry: Program) -> None:
    blobs, manifest = _image()
    for blob in blobs:
        location = _call(registry, "POST", f"/v2/{REPOSITORY}/blobs/uploads/", b"", "")
        url = urlsplit(location)
        path = f"{url.path}?{url.query}&digest={_digest(blob)}"
        _call(registry, "PUT", path, blob, "application/octet-stream")
    _call(registry, "PUT", f"/v2/{REPOSITORY}/manifests/{TAG}", manifest, MANIFEST_TYPE)


# The server


def _start(directory: Path, name: str, address: str, port: int, http: Settings,
           auth: Settings) -> Program:
    """Starts one registry over the storage in directory; JSON is YAML enough for its file."""
    config = directory / f"{name}.yml"
    config.write_text(json.dumps({
        "version": "0.1", "log": {"level": "error"},
        "storage": {"filesystem": {"rootdirectory": str(directory / "storage")}},
        "http": {"addr": bracketed(address, port), **http}, "auth": auth}))
    return Program([REGISTRY, "serve", config], address, port, directory / f"{name}.log")


def publish(directory: Path) -> None:
    """Puts the image into the storage that all registries of this directory share."""
    with listener("127.0.0.1") as free:
        port = free.getsockname()[1]
    registry = _start(directory, "publish", "127.0.0.1", port, {}, {})
    try:
        _push(registry)
    finally:
        registry.stop()


def start_plain(directory: Path, address: str, port: int) -> Program:
    """A registry over plain HTTP."""
    return _start(directory, "plain", address, port, {}, {})


def start_tls(pki: Pki, directory: Path, name: str, address: str, port: int,
              auth: Settings | None = None) -> Program:
    """A registry over TLS; without auth anyone may pull."""
    tls = {"certificate": str(pki.chain("rsa")), "key": str(pki.key("rsa"))}
    return _start(directory, name, address, port, {"tls": tls}, auth or {})


def login(directory: Path) -> Settings:
    """Wants user lab, password lab."""
    passwords = directory / "htpasswd"
    passwords.write_text(HTPASSWD)
    return {"htpasswd": {"realm": "Banksman Lab", "path": str(passwords)}}


def bearer(pki: Pki, realm: str) -> Settings:
    """Wants a token from the token server at realm."""
    return {"token": {"realm": realm, "service": TOKEN_SERVICE, "issuer": TOKEN_ISSUER,
                      "rootcertbundle": str(pki.certificate("root"))}}


# The token server


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _token(pki: Pki, access: list[Settings]) -> str:
    """A JSON Web Token that grants access, signed RS256."""
    der = ssl.PEM_cert_to_DER_cert(pki.certificate("token").read_text())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
    now = int(time.time())
    claims = {"iss": TOKEN_ISSUER, "sub": "", "aud": TOKEN_SERVICE, "exp": now + TOKEN_SECONDS,
              "nbf": now - 10, "iat": now, "jti": str(time.monotonic_ns()), "access": access}
    text = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", pki.key("token")],
                               input=text.encode(), capture_output=True, check=True).stdout
    return f"{text}.{_encode(signature)}"


def failing_token_server() -> Application:
    """Is there, and gives no token."""
    return fixed(503, b"the user database is away\n")


def token_server(pki: Pki) -> Application:
    """Grants anyone to pull the one public repository, and nothing else."""
    def answer(request: Request) -> Response:
        url = urlsplit(request.path)
        if url.path != "/token":
            return Response(404)
        scopes = parse_qs(url.query).get("scope", [])
        wanted = f"repository:{REPOSITORY}:pull" in scopes
        access = [{"type": "repository", "name": REPOSITORY, "actions": ["pull"]}]
        body = {"token": _token(pki, access if wanted else []), "expires_in": TOKEN_SECONDS}
        return Response(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return answer
