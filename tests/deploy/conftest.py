# SPDX-License-Identifier: Apache-2.0
"""What the tests of deploy/ share: what kustomize renders, and the tools that may be missing."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import pytest
import yaml

import making

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = sorted(p.name for p in (DEPLOY / "overlays").glob("*"))

sys.path.insert(0, str(ROOT / "tests"))


def run(*argv, **options):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=options.pop("timeout", 120), **options)
    assert done.returncode == 0, f"{argv}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def version(text):
    found = re.search(r"v(\d+)\.(\d+)", text or "")
    return tuple(map(int, found.groups())) if found else (0, 0)


NOTES = pytest.StashKey()


def pytest_configure(config):
    config.stash[NOTES] = []


def pytest_terminal_summary(terminalreporter, config):
    for note in config.stash[NOTES]:
        terminalreporter.write_line(f"note: {note}")


@pytest.fixture(scope="session")
def note(request):
    """A function that adds a line to the end of the run."""
    return request.config.stash[NOTES].append


@pytest.fixture(scope="session")
def kustomize():
    """The command that renders a folder; components and labels want kustomize 4.1."""
    seen = []
    if shutil.which("kustomize"):
        found = run("kustomize", "version")
        if version(found) >= (4, 1):
            return ["kustomize", "build"]
        seen.append(f"kustomize {found.strip()}")
    if shutil.which("kubectl"):
        found = json.loads(run("kubectl", "version", "--client", "-o", "json")).get("kustomizeVersion")
        if version(found) >= (4, 1):
            return ["kubectl", "kustomize"]
        seen.append(f"kubectl with kustomize {found or 'before 4.1'}")
    pytest.skip(f"neither kustomize nor kubectl with kustomize 4.1 or later here (found: {', '.join(seen) or 'none'})")


class Objects:
    """What was rendered, to be asked by kind and name."""

    def __init__(self, text):
        self.all = [o for o in yaml.safe_load_all(text) if o]

    def __iter__(self):
        return iter(self.all)

    def named(self, kind, name="banksman"):
        found = [o for o in self.all if o["kind"] == kind and o["metadata"]["name"] == name]
        assert len(found) == 1, f"{len(found)} of {kind} {name}"
        return found[0]

    def kinds(self):
        return {o["kind"] for o in self.all}


@pytest.fixture(scope="session")
def render(kustomize):
    """A function that renders a folder, or a kustomization given as a dictionary."""
    done = {}

    def of(folder):
        if folder not in done:
            done[folder] = Objects(run(*kustomize, folder))
        return done[folder]

    return of


@pytest.fixture(scope="session")
def overlay(render):
    return lambda name: render(DEPLOY / "overlays" / name)


@pytest.fixture(scope="session")
def promtool():
    if not shutil.which("promtool"):
        pytest.skip("promtool is missing (package prometheus)")
    return "promtool"


@pytest.fixture
def composed(kustomize, tmp_path):
    """A function that renders an overlay with further components, as a site's own overlay would."""

    def of(name, *components):
        # kustomize wants relative paths.
        up = "../" * (len(tmp_path.resolve().parts) - 1)
        conf = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [f"{up}{DEPLOY}/overlays/{name}".replace("//", "/")],
            "components": [f"{up}{DEPLOY}/components/{c}".replace("//", "/") for c in components],
        }
        (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(conf))
        return Objects(run(*kustomize, tmp_path))

    return of


@pytest.fixture(scope="session")
def made():
    """The folder with banksman.tar, root.tar, digest and banksman.spdx.json."""
    for tool in ("apt-get", "dpkg-deb", "ldd", "strip"):
        if not shutil.which(tool):
            pytest.skip(f"{tool} is missing: the image is made of Debian packages")
    if not (making.BUILD / "history-folder").exists():
        pytest.fail(f"{making.BUILD}/history-folder is not there: make {making.BUILD.name}/history-folder")
    if b"__asan_init" in (making.BUILD / "banksmand").read_bytes():
        pytest.skip("programs with a sanitizer make no image")
    done = making.make(making.OUT)
    if done.returncode == 3:
        pytest.skip(f"the packages cannot be had: {done.stderr.strip()[-300:]}")
    assert done.returncode == 0, done.stderr
    return making.OUT


@pytest.fixture(scope="session")
def root(made):
    """path -> member of the image's files."""
    with tarfile.open(made / "root.tar") as tar:
        return {m.name: m for m in tar}
