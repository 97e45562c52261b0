# SPDX-License-Identifier: Apache-2.0
"""Debian packages: which ones programs need, where to get them, what is in them."""

import hashlib
import io
import os
import pathlib
import re
import subprocess
import tarfile


class Missing(Exception):
    """The packages cannot be had on this machine now."""


def run(*argv, cwd=None):
    # What these programs print is read here: in English.
    done = subprocess.run(argv, capture_output=True, text=True, cwd=cwd, env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0:
        raise Missing(f"{' '.join(argv)}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def needed(programs):
    """The packages of all libraries that the loader finds for the programs."""
    libraries = set(re.findall(r"(?:=> |^\s)(/\S+) \(0x", run("ldd", *map(str, programs)), flags=re.M))
    paths = {str(pathlib.Path(library).resolve()) for library in libraries}
    # dpkg may know a file under its path before /lib became /usr/lib; what it does not know it says nothing of here.
    names = sorted(paths | {p.removeprefix("/usr") for p in paths} | {f"/usr{p}" for p in paths})
    found = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True).stdout
    owners = {path.removeprefix("/usr"): name for name, path in re.findall(r"^([^:,\s]+)\S*: (/.*)$", found, flags=re.M)}
    strangers = [p for p in paths if p.removeprefix("/usr") not in owners]
    if strangers:
        raise Missing(f"{', '.join(strangers)}: of no package, and the image is made of Debian packages alone")
    return sorted(set(owners.values()))


def download(names, folder):
    """The newest .deb of each, as apt knows it and verifies it; what is there already is not loaded again."""
    get = ["apt-get", "-q", "-o", "APT::Sandbox::User=root"]
    try:
        run(*get, "download", *names, cwd=folder)
    except Missing:
        # The lists may be older than the archive.
        if os.geteuid() == 0:
            run(*get, "update")
        run(*get, "download", *names, cwd=folder)
    # Asked from elsewhere, since it says nothing of what is there.
    uris = run(*get, "--print-uris", "download", *names, cwd="/")
    files = [line.split()[1] for line in uris.splitlines() if line.startswith("'")]
    return [pathlib.Path(folder) / file for file in files]


class Package:
    def __init__(self, path):
        self.path = path
        self.control = run("dpkg-deb", "-f", str(path))
        self.field = dict(re.findall(r"^([A-Za-z-]+): (.*)$", self.control, flags=re.M))
        self.name = self.field["Package"]
        self.version = self.field["Version"]
        self.architecture = self.field["Architecture"]
        self.source = self.field.get("Source", self.name)
        self.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def members(self):
        """(path without leading "./", tar member, content) of each file and link."""
        data = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(self.path)], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                content = tar.extractfile(member).read() if member.isreg() else b""
                yield member.name.removeprefix("./").strip("/"), member, content
