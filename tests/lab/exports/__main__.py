# SPDX-License-Identifier: Apache-2.0
"""python3 -m lab.exports [--format NAME]... [--size N] OUT: writes the site's exports below the folder OUT.

With --size N it writes OUT/vms.json instead, a list of N vSphere machines of Forklift's inventory: 20,000 are 75 MB.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lab.exports import forklift_vsphere, formats, vsphere


def write_crowd(size: int, path: Path) -> None:
    """One machine a line, a few thousand characters each."""
    with path.open("w", encoding="utf-8") as out:
        lead = "["
        for machine in vsphere.crowd(size):
            out.write(lead + json.dumps(forklift_vsphere.vm(formats.CENTRE, machine), ensure_ascii=False))
            lead = ",\n"
        out.write("]\n" if size else "[]\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m lab.exports", description="writes one imaginary site in every export format")
    parser.add_argument("--format", action="append", choices=formats.FORMATS, metavar="NAME", help="only this one; may be repeated")
    parser.add_argument("--size", type=int, metavar="N", help="so many machines of vSphere in one file, nothing else")
    parser.add_argument("--list", action="store_true", help="the names of the formats")
    parser.add_argument("out", type=Path, nargs="?", metavar="OUT")
    options = parser.parse_args()
    if options.list:
        print("\n".join(formats.FORMATS))
        return 0
    if options.out is None:
        parser.error("a folder is needed")
    options.out.mkdir(parents=True, exist_ok=True)
    if options.size is not None:
        write_crowd(options.size, options.out / "vms.json")
        return 0
    for name in options.format or formats.FORMATS:
        formats.write(name, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
