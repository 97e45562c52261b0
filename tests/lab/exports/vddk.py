# SPDX-License-Identifier: Apache-2.0
"""Archives that look like VMware's Virtual Disk Development Kit: only the names in them are real."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

ROOT = "vmware-vix-disklib-distrib"
LIBRARY = "lib64/libvixDiskLib.so"


def names(version: str) -> list[str]:
    rest = ["doc/README", "include/vixDiskLib.h", "bin64/vmware-vdiskmanager", "lib64/libdiskLibPlugin.so", "lib64/libgvmomi.so"]
    return [*rest, LIBRARY, f"{LIBRARY}.{version[0]}", f"{LIBRARY}.{version}", "lib64/libvixMntapi.so"]


def archive(version: str = "8.0.1", without: str = "") -> bytes:
    """A tar.gz, the same every time; `without` leaves out what begins so."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name in names(version):
            if without and name.startswith(without):
                continue
            member = tarfile.TarInfo(f"{ROOT}/{name}")
            body = name.encode() * 100
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return gzip.compress(plain.getvalue(), 6, mtime=0)


def write(folder: Path) -> None:
    """A good one, an older one, one of no known version, one without the library, and one whose download broke off."""
    good = archive()
    unnamed = archive(without=LIBRARY + ".")
    (folder / "vddk.tar.gz").write_bytes(unnamed)
    bodies = {"8.0.1-21562716": good, "7.0.3-19513565": archive("7.0.3"), "8.0.1-incomplete": archive(without=LIBRARY),
              "8.0.1-truncated": good[: len(good) * 2 // 3]}  # fmt: skip
    for name, body in bodies.items():
        (folder / f"VMware-vix-disklib-{name}.x86_64.tar.gz").write_bytes(body)
