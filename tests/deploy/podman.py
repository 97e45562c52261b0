# SPDX-License-Identifier: Apache-2.0
"""Containers by podman, in a storage of their own; where the machine is itself a container or has odd control groups,
with less of what the tests are not about."""

import json
import shutil
import subprocess
import uuid

LIMITS = ["--ulimit=nofile=4096:4096", "--ulimit=nproc=1024:1024"]
# crun refuses control groups of both versions at once: it is shown the newer alone.
ONE_VERSION = [
    "unshare", "--mount", "--propagation=private", "sh", "-c",
    'mount --bind /sys/fs/cgroup/unified /sys/fs/cgroup && exec "$@"', "sh",
]  # fmt: skip
WAYS = [
    ("as it is", [], []),
    ("with this machine's limits", [], LIMITS),
    ("without control groups", [], [*LIMITS, "--cgroups=disabled"]),
    ("without control groups, of which it sees one version", ONE_VERSION, [*LIMITS, "--cgroups=disabled"]),
]


class Podman:
    def __init__(self, folder):
        self.folder = folder
        self.prefix, self.flags = [], []
        self.storage = ["--root", f"{folder}/root", "--runroot", f"{folder}/run"]
        self.names = []

    def command(self, *words):
        return [*self.prefix, "podman", *self.storage, *map(str, words)]

    def __call__(self, *words, timeout=60):
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=timeout)

    def load(self, archive):
        done = self("load", "-q", "-i", archive)
        assert done.returncode == 0, done.stderr
        return done.stdout.split(": ", 1)[1].strip()

    def why_not(self, image):
        """Finds the first way in which a container runs; None, or what each of them said."""
        complaints = []
        for way, prefix, flags in WAYS:
            if prefix and not shutil.which(prefix[0]):
                continue
            self.prefix, self.flags = prefix, flags
            done = self("run", "--rm", "--network=none", *flags, image, "--version")
            if done.returncode == 0:
                self.way = way
                return None
            complaints.append(f"{way}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
        return "; ".join(complaints)

    def run(self, image, *words, flags=(), timeout=60):
        """To its end."""
        return self("run", "--rm", *self.flags, *flags, image, *words, timeout=timeout)

    def start(self, image, *words, flags=()):
        name = f"banksman-{uuid.uuid4().hex[:8]}"
        done = self("run", "--detach", f"--name={name}", *self.flags, *flags, image, *words)
        assert done.returncode == 0, done.stderr
        self.names.append(name)
        return name

    def inspect(self, name):
        return json.loads(self("inspect", name).stdout)[0]

    def remove(self, name, kill=False):
        # rm -f alone would wait 10 s for what does not end.
        self("kill", name) if kill else self("stop", "--time=20", name)
        self("rm", "--force", name)
        self.names.remove(name)

    def close(self):
        for name in list(self.names):
            self.remove(name, kill=True)
        self("rmi", "--all", "--force")
        # podman mounts it on itself.
        subprocess.run(["umount", f"{self.folder}/root/overlay"], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
