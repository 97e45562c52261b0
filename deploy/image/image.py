#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the image from the programs and from the Debian packages of their libraries, without an image registry, a
privilege, or a container program.

usage: image.py --version V --programs FOLDER --out FOLDER [--name NAME]

OUT/banksman.tar is the image as an OCI archive, OUT/root.tar its files, OUT/banksman.spdx.json what it is made of,
OUT/digest its digest.  Times are SOURCE_DATE_EPOCH, by default that of the last commit.  The exit status is 3 when the
packages cannot be had.
"""

import argparse
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

import debian
import oci
import sbom
from tree import Tree

ROOT = pathlib.Path(__file__).resolve().parents[2]
USER = 65532
# Not for the libraries' sake: who made the system, and whom to believe.
DATA = ["base-files", "ca-certificates"]
PROGRAMS = {"banksman": "usr/bin", "banksmand": "usr/bin", "history-folder": "usr/libexec/banksman"}
KEPT = re.compile(r"(usr/)?lib(32|64|x32)?/|etc/(ssl|gss|ldap|debian_version|os-release)|usr/share/common-licenses/")
# No character set but those of the C library itself is read.
DROPPED = re.compile(r"(usr/)?lib/([^/]+/gconv/|tmpfiles\.d/|sysctl\.d/|systemd/|[^/]+/audit/)|usr/lib/locale/|etc/ssl/certs/")
NSSWITCH = "passwd: files\ngroup: files\nhosts: files dns\n"


def git(*words):
    done = subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def strip(program):
    """The program without what tells where it was built."""
    out = program.with_name(program.name + ".stripped")
    subprocess.run(["strip", "--strip-all", "--remove-section=.note.gnu.build-id", "-o", out, program], check=True)
    content = out.read_bytes()
    out.unlink()
    return content


def gather(names, folder):
    """The packages, and those that have only the licence of one of them."""
    packages = {}
    while set(names) - set(packages):
        fresh = sorted(set(names) - set(packages))
        for path in debian.download(fresh, folder):
            package = debian.Package(path)
            package.files = list(package.members())
            packages[package.name] = package
        for package in list(packages.values()):
            for path, member, _ in package.files:
                if path == f"usr/share/doc/{package.name}" and member.issym():
                    names = [*names, pathlib.PurePath(member.linkname).name]
    return [packages[name] for name in sorted(packages)]


def fill(tree, package, bundle):
    for path, member, content in package.files:
        if member.isdir():
            continue
        licence = path in (f"usr/share/doc/{package.name}/copyright", f"usr/share/doc/{package.name}")
        if path.startswith("usr/share/ca-certificates/") and path.endswith(".crt"):
            bundle[path] = content
        elif licence or (KEPT.match(path) and not DROPPED.match(path)):
            tree.member(path, member, content)
    # Where scanners look in an image without a package manager.
    tree.file(f"var/lib/dpkg/status.d/{package.name}", package.control + "\n")


def furnish(tree):
    tree.file("etc/passwd", f"root:x:0:0::/:/sbin/nologin\nbanksman:x:{USER}:{USER}::/:/sbin/nologin\n")
    tree.file("etc/group", f"root:x:0:\nbanksman:x:{USER}:\n")
    tree.file("etc/nsswitch.conf", NSSWITCH)
    tree.link("usr/lib/ssl/certs", "/etc/ssl/certs")
    tree.link("usr/lib/ssl/cert.pem", "/etc/ssl/certs/ca-certificates.crt")
    tree.folder("etc/banksman")
    tree.folder("tmp", 0o1777)
    # A user that is assigned has no name here and the group 0.
    for path in ("var/lib/banksman", "run/banksman"):
        tree.folder(path, 0o775, USER, 0)
    tree.file("usr/share/doc/banksman/LICENSE", (ROOT / "LICENSE").read_bytes())


def labels(version, revision, created):
    text = "Watches the ways between a cluster's nodes and the sources that Forklift migrates from."
    return {
        "org.opencontainers.image.title": "Banksman",
        "org.opencontainers.image.description": text,
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": revision,
        "org.opencontainers.image.created": created,
        "org.opencontainers.image.licenses": "Apache-2.0",
        "name": "banksman",
        "version": version,
        "summary": text,
        "io.k8s.display-name": "Banksman",
        "io.k8s.description": text,
        "io.openshift.tags": "migration,monitoring,forklift,kubevirt",
    }


def make(options):
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct") or 0)
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    revision = os.environ.get("REVISION") or git("rev-parse", "HEAD") or "unknown"
    programs = {name: options.programs / name for name in PROGRAMS}
    debs = options.out / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    packages = gather(debian.needed(programs.values()) + DATA, debs.resolve())

    tree, bundle = Tree(epoch), {}
    for package in packages:
        fill(tree, package, bundle)
    tree.file("etc/ssl/certs/ca-certificates.crt", b"".join(bundle[path] for path in sorted(bundle)))
    for name, program in programs.items():
        tree.file(f"{PROGRAMS[name]}/{name}", strip(program), 0o755)
    furnish(tree)
    (release,) = [content for p in packages for path, _, content in p.files if path == "usr/lib/os-release"]
    distribution = "debian-" + re.search(r'^VERSION_ID="?([^"\n]*)', release.decode(), flags=re.M)[1]
    bill = json.dumps(sbom.document(packages, options.version, revision, distribution, created), indent=1) + "\n"
    tree.file("usr/share/sbom/banksman.spdx.json", bill)

    layer = tree.layer()
    (options.out / "root.tar").write_bytes(layer)
    (options.out / "banksman.spdx.json").write_text(bill)
    config = {
        "User": str(USER),
        "Env": ["PATH=/usr/bin"],
        "Entrypoint": ["/usr/bin/banksmand"],
        "WorkingDir": "/",
        "StopSignal": "SIGTERM",
    }
    (architecture,) = {p.architecture for p in packages} - {"all"}
    digest = oci.write(options.out / "banksman.tar", layer, config, architecture,
                       labels(options.version, revision, created), options.name, created, epoch)
    (options.out / "digest").write_text(digest + "\n")
    print(f"{options.out}/banksman.tar: {options.name}, {len(packages)} packages, "
          f"{len(layer) / 2**20:.0f} MiB unpacked\n{digest}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", required=True)
    parser.add_argument("--programs", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--name", default="banksman:latest")
    try:
        make(parser.parse_args())
    except (debian.Missing, FileNotFoundError) as e:
        print(f"image: {e}", file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
