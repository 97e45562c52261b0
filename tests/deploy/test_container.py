# SPDX-License-Identifier: Apache-2.0
"""The image as a container, with the rights that the manifests give it: any user, no capability, a root file system
that cannot be written.  It watches the simulated site over the host's loopback."""

import json
import os
import pathlib
import re
import shutil

import pytest
import yaml

from conftest import DEPLOY
from gathering import fetch, free_port, site_conf, wait
from podman import Podman

# As OpenShift assigns it from a namespace's range, with the group 0.
ASSIGNED = ("1000680000", "0")
OURS = ("65532", "65532")


def daemon_set():
    return yaml.safe_load((DEPLOY / "base" / "daemonset.yaml").read_text())["spec"]["template"]["spec"]


def rights(container):
    """podman's words for a container's security context, which must say all of it."""
    context = container["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"]} and context["readOnlyRootFilesystem"]
    assert context["allowPrivilegeEscalation"] is False
    return ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"]


@pytest.fixture(scope="module")
def podman(made, tmp_path_factory, note):
    if not shutil.which("podman"):
        pytest.skip("podman is missing: no container can be run")
    if os.geteuid() != 0:
        pytest.skip("not root: folders of other users cannot be made")
    running = Podman(tmp_path_factory.mktemp("podman"))
    running.image = running.load(made / "banksman.tar")
    reason = running.why_not(running.image)
    if reason:
        pytest.skip(f"podman runs no container here: {reason}")
    note(f"podman ran containers {running.way}")
    yield running
    running.close()


@pytest.fixture(scope="module")
def site():
    from lab.site import Site

    with Site("demo") as running:
        yield running


@pytest.fixture
def pod(podman, site, tmp_path):
    running = Pod(podman, site, tmp_path)
    yield running
    running.end()


class Pod:
    """What kubelet would do with the manifests: folders for the volumes, then the containers."""

    def __init__(self, podman, site, folder):
        self.podman = podman
        self.spec = daemon_set()
        self.folders = {v["name"]: pathlib.Path(folder) / v["name"] for v in self.spec["volumes"]}
        for path in self.folders.values():
            path.mkdir()
        pathlib.Path(folder).chmod(0o755)
        self.address = f"127.0.0.1:{free_port()}"
        # ${NODE_NAME} is to come from the environment.
        conf = site_conf(site, "${NODE_NAME}", self.address)
        for provider in conf["providers"]:
            provider["ca"] = "/etc/banksman/ca.pem"
        shutil.copy(site.pki.bundle, self.folders["configuration"] / "ca.pem")
        (self.folders["configuration"] / "banksman.yaml").write_text(yaml.safe_dump(conf))
        for path in (self.folders["configuration"], *self.folders["configuration"].iterdir()):
            path.chmod(0o755 if path.is_dir() else 0o644)
        self.name = None

    def own(self, *names, group):
        """As kubelet does with fsGroup; without it the group is 0."""
        for name in names:
            os.chown(self.folders[name], 0, int(group))
            self.folders[name].chmod(0o2777 if name == "tmp" else 0o2770)

    def flags(self, container, user, group):
        mounts = []
        for m in container["volumeMounts"]:
            mounts.append(f"--volume={self.folders[m['name']]}:{m['mountPath']}:{'ro' if m.get('readOnly') else 'rw'}")
        extra = self.spec["securityContext"]["fsGroup"]
        return [*rights(container), f"--user={user}:{group}", f"--group-add={extra}", "--network=host",
                "--env=NODE_NAME=n7", *mounts]  # fmt: skip

    def prepare(self):
        """The init container, as root without a capability."""
        (container,) = self.spec["initContainers"]
        program, *words = container["command"]
        flags = [*self.flags(container, "0", "0"), f"--entrypoint={program}"]
        return self.podman.run(self.podman.image, *words, flags=flags)

    def begin(self, user, group):
        (container,) = self.spec["containers"]
        self.name = self.podman.start(self.podman.image, flags=self.flags(container, user, group))
        return self

    def ready(self):
        path = self.spec["containers"][0]["readinessProbe"]["httpGet"]["path"]
        return (fetch(f"http://{self.address}{path}") or (0,))[0] == 200

    def wait_ready(self):
        try:
            wait("readiness", self.ready, 20)
        except AssertionError:
            pytest.fail(f"not ready: {fetch(f'http://{self.address}/readyz')}\n{self.podman('logs', self.name).stderr}")
        return self

    def ask(self, *words):
        done = self.podman("exec", self.name, "/usr/bin/banksman", *words)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def end(self, kill=False):
        if self.name:
            self.podman.remove(self.name, kill)
            self.name = None


def proc(podman, name):
    pid = podman.inspect(name)["State"]["Pid"]
    status = dict(re.findall(r"^(\w+):\s*(.*)$", pathlib.Path(f"/proc/{pid}/status").read_text(), flags=re.M))
    mounts = [line.split() for line in pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    return status, {m[4]: m[5].split(",") for m in mounts}


def uptime():
    return float(pathlib.Path("/proc/uptime").read_text().split()[0])


def test_any_user_without_a_capability_watches_and_remembers(podman, pod):
    pod.own("history", "run", "tmp", group=ASSIGNED[1])
    pod.begin(*ASSIGNED).wait_ready()

    status, mounts = proc(podman, pod.name)
    assert status["Uid"].split() == [ASSIGNED[0]] * 4 and status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    for which in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[which], 16) == 0, which
    assert "ro" in mounts["/"]

    def lost():
        text = fetch(f"http://{pod.address}/metrics")[1]
        return set(re.findall(r'^banksman_endpoint_up\{endpoint="([^"]+)"\} 0$', text, flags=re.M))

    wait("the demo's closed port", lambda: lost() == {"esx03.lab.test:902"}, 20)
    before = json.loads(pod.ask("events", "-o", "json"))["events"]
    assert before and {e.get("node", "n7") for e in before} == {"n7"}

    pod.end(kill=True)
    pod.begin(*ASSIGNED).wait_ready()
    after = json.loads(pod.ask("events", "-o", "json"))["events"]
    assert [e for e in before if e not in after] == [] and len(after) > len(before)


def test_the_folder_on_the_node_is_prepared_without_a_capability(pod):
    """As kubelet makes a hostPath: root's alone."""
    pod.folders["history"].chmod(0o755)
    pod.own("run", "tmp", group=OURS[1])
    done = pod.prepare()
    assert done.returncode == 0 and done.stderr == "", done.stderr
    made = pod.folders["history"].stat()
    assert (made.st_uid, made.st_gid, made.st_mode & 0o7777) == (0, int(OURS[1]), 0o2770)
    assert pod.prepare().returncode == 0, "the second time"
    pod.begin(*OURS).wait_ready()
    assert (pod.folders["history"] / "history.db").stat().st_uid == int(OURS[0])


def test_without_that_it_is_not_ready_and_says_why(podman, pod):
    pod.folders["history"].chmod(0o755)
    pod.own("run", "tmp", group=OURS[1])
    pod.begin(*OURS)
    status, text = wait("an answer", lambda: fetch(f"http://{pod.address}/readyz"), 20)
    assert status == 503 and "history" in text
    assert fetch(f"http://{pod.address}/healthz")[0] == 200, "it lives, and is not to be restarted"


def test_it_is_ready_within_a_second(podman, pod, note):
    """From the start of its process, with a history of the last time; the best of three, for the machine's sake."""
    pod.own("history", "run", "tmp", group=ASSIGNED[1])
    took = []
    for _ in range(3):
        pod.begin(*ASSIGNED)
        wait("readiness", pod.ready, 20)
        now = uptime()
        # Field 22 of proc(5): when the process started, in ticks since the boot.
        pid = podman.inspect(pod.name)["State"]["Pid"]
        ticks = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[19])
        took.append(now - ticks / os.sysconf("SC_CLK_TCK"))
        pod.end()
    note(f"ready after {', '.join(f'{t * 1000:.0f} ms' for t in took)}")
    assert min(took) < 1


def test_there_is_no_shell_to_begin(podman):
    done = podman.run(podman.image, flags=["--network=none", "--entrypoint=/bin/sh"])
    assert done.returncode != 0 and "not found" in done.stderr.lower() or "no such file" in done.stderr.lower()
