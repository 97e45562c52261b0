# SPDX-License-Identifier: Apache-2.0
"""govmomi's vCenter simulator, built once from vcsim/main.go."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from lab.pki import Pki
from lab.program import Program, bracketed

SOURCE = Path(__file__).resolve().parent / "vcsim" / "main.go"
GOPATH = Path("/usr/share/gocode")
GOVMOMI = GOPATH / "src/github.com/vmware/govmomi/simulator"


def available() -> bool:
    """Whether this machine has Go and Debian's govmomi sources."""
    return shutil.which("go") is not None and GOVMOMI.is_dir()


def build(directory: Path) -> Path:
    """The simulator's program, built when it is older than its source."""
    directory.mkdir(parents=True, exist_ok=True)
    program = directory / "vcsim"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "",
                   "GOCACHE": str(directory / "go-cache")}
    with open(directory / "vcsim.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
            subprocess.run(["go", "build", "-o", program, SOURCE], env=environment, check=True)
    return program


def start(program: Path, pki: Pki, certificate: str, model: str, address: str, port: int,
          log: Path, version: str = "") -> Program:
    """Starts a vCenter (model vpx) or an ESXi host (model esx)."""
    argv = [program, "-model", model, "-listen", bracketed(address, port),
            "-cert", pki.chain(certificate), "-key", pki.key(certificate), "-version", version]
    return Program(argv, address, port, log)
