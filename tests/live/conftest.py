# SPDX-License-Identifier: Apache-2.0
"""What the live tests share: the binary under test, the network lab, and reports at the end of the run.

BANKSMAN          the binary (default build/banksman)
BANKSMAN_WRAPPER  a command in front of it, for example "valgrind -q --error-exitcode=99"; makes every timeout longer
"""

import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from lab import netns  # noqa: E402
from lab.site import Site  # noqa: E402

COMPLAINTS = re.compile(
    r"(AddressSanitizer|LeakSanitizer|ThreadSanitizer|MemorySanitizer|UndefinedBehaviorSanitizer|runtime error:"
    r"|ERROR SUMMARY: [1-9]|Invalid (read|write|free)|uninitialised|definitely lost: [1-9]|Process terminating with)"
)
OPEN_FD = re.compile(r"Open (?:file descriptor|AF_\w+ socket) (\d+):.*\n(.*)")

REPORTS = pytest.StashKey()


def pytest_configure(config):
    config.stash[REPORTS] = []
    # `timeout` and job runners send SIGTERM: let fixtures tear down their namespaces then too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # one of several that pytest-xdist runs beside each other
        session.config.workeroutput["reports"] = session.config.stash[REPORTS]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    node.config.stash[REPORTS].extend(getattr(node, "workeroutput", {}).get("reports", ()))


def pytest_terminal_summary(terminalreporter, config):
    for title, text in config.stash[REPORTS]:
        terminalreporter.section(title)
        terminalreporter.write_line(text)


def complaint(stderr):
    """The first line in which a sanitizer or valgrind complains, or None."""
    for line in stderr.splitlines():
        if COMPLAINTS.search(line):
            return line
    for number, origin in OPEN_FD.findall(stderr):
        if int(number) > 2 and "inherited from parent" not in origin:
            return f"file descriptor {number} left open: {origin.strip()}"
    return None


class Result:
    def __init__(self, argv, done):
        self.argv = argv
        self.code = done.returncode
        self.stdout = done.stdout or ""
        self.stderr = done.stderr

    def __repr__(self):
        return f"{shlex.join(self.argv)}\nexit {self.code}\nstdout: {self.stdout[:4000]}\nstderr: {self.stderr[:4000]}"

    def json(self):
        try:
            return json.loads(self.stdout)
        except ValueError as e:
            pytest.fail(f"not JSON ({e}): {self!r}")


class Banksman:
    """Call it with the arguments of the command.

    `net` and `ns` run it as nobody inside a namespace, `nobody` as nobody right here; `prefix` is a command that
    runs it, for example prlimit.
    """

    def __init__(self, binary, wrapper, slow):
        self.binary = binary
        self.wrapper = wrapper
        self.slow = slow

    def span(self, seconds):
        """A value for --timeout; longer under a wrapper, but not so long that silence costs minutes."""
        return f"{self.milliseconds(seconds)}ms"

    def milliseconds(self, seconds):
        return int(seconds * 1000 * (3 if self.wrapper else 1))

    def __call__(
        self, *args, net=None, ns="node", nobody=False, prefix=(), timeout=20, stdin=None, stdout=None, env=None
    ):
        unprivileged = netns.NOBODY if nobody and os.geteuid() == 0 else ()
        argv = [*unprivileged, *prefix, *self.wrapper, self.binary, *map(str, args)]
        options = {"timeout": timeout * self.slow, "env": {**os.environ, **(env or {})}}
        if stdin is None:
            options["stdin"] = subprocess.DEVNULL
        else:
            options["input"] = stdin
        try:
            if net:
                done = net.exec(ns, argv, **options)
            else:
                out = {"stdout": stdout or subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
                done = subprocess.run(argv, **out, **options)
        except subprocess.TimeoutExpired as e:
            pytest.fail(f"no end after {e.timeout} s: {shlex.join(argv)}")
        result = Result(argv, done)
        wrong = complaint(done.stderr)
        if wrong or done.returncode == 99 or done.returncode < 0:
            pytest.fail(f"{wrong or 'died'}: {result!r}")
        return result


@contextlib.contextmanager
def public_folder():
    """A new folder where nobody may look, as the checkout may not be."""
    with tempfile.TemporaryDirectory(prefix="banksman-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield folder


@pytest.fixture(scope="session")
def binary():
    """The program under test."""
    path = pathlib.Path(os.environ.get("BANKSMAN") or ROOT / "build" / "banksman").absolute()
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is not there: build it first, or set BANKSMAN")
    return path


@pytest.fixture(scope="session")
def slow(binary):
    """What timeouts are multiplied with."""
    if os.environ.get("BANKSMAN_WRAPPER"):
        return 10
    code = binary.read_bytes()
    return 3 if b"__asan_init" in code or b"__tsan_init" in code else 1


@pytest.fixture(scope="session")
def banksman(binary, slow):
    wrapper = shlex.split(os.environ.get("BANKSMAN_WRAPPER", ""))
    with public_folder() as folder:
        copy = shutil.copy(binary, folder)
        os.chmod(copy, 0o755)
        yield Banksman(copy, wrapper, slow)


@pytest.fixture(scope="session")
def site():
    """The simulated site: the demo, and every fault."""
    with Site("demo", "faults") as running:
        yield running


@pytest.fixture(scope="session")
def site_ca(site):
    """The authorities that the site trusts, where nobody may read them."""
    with public_folder() as folder:
        copy = shutil.copy(site.pki.bundle, folder)
        os.chmod(copy, 0o644)
        yield copy


@pytest.fixture
def public_file():
    """A function that writes a file which nobody may read, and returns its path."""
    with public_folder() as folder:

        def write(name, text):
            path = pathlib.Path(folder) / name
            path.write_text(text)
            path.chmod(0o644)
            return str(path)

        yield write


@pytest.fixture(scope="module")
def net():
    reason = netns.why_not()
    if reason:
        pytest.skip(reason)
    with netns.Net() as built:
        yield built


@pytest.fixture(scope="session")
def report(request):
    """A function that adds a titled text to the end of the run."""
    return lambda title, text: request.config.stash[REPORTS].append((title, text))
