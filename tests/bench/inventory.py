# SPDX-License-Identifier: Apache-2.0
"""banksman check on a list of 20,000 vSphere machines: seconds and peak memory, beside Python that only parses it.

inventory.py BANKSMAN CPU [MACHINES]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MACHINES = 20000
TURNS = 5
BUDGET_SECONDS, BUDGET_TIMES_FILE = 4.0, 4.0
PARSE = "import json, sys; json.load(open(sys.argv[1], encoding='utf-8'))"


def measure(argv: list[str], statuses: tuple[int, ...]) -> tuple[float, float, int]:
    """Seconds by the clock, of processor time, and KiB of memory at the peak."""
    before = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in statuses:
        raise SystemExit(f"{' '.join(argv)}: exit status {child.returncode}")
    return time.monotonic() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def row(label: str, runs: list[tuple[float, float, int]], size: int, budget: bool = False) -> None:
    wall, cpu = (statistics.median(run[i] for run in runs) for i in (0, 1))
    times = max(run[2] for run in runs) * 1024 / size
    said = ""
    if budget:
        holds = cpu <= BUDGET_SECONDS and times <= BUDGET_TIMES_FILE
        said = f"  {BUDGET_SECONDS:.0f} s of CPU, {BUDGET_TIMES_FILE:.0f} x the file {'holds' if holds else 'over budget'}"
    print(f"{label:34} {wall:6.2f} s {cpu:6.2f} s of CPU {times * size / 1048576:7.1f} MiB ({times:.2f} x the file){said}")


def main() -> int:
    banksman, cpu = sys.argv[1:3]
    machines = int(sys.argv[3]) if len(sys.argv) > 3 else MACHINES
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, ROOT / "tests/lab/exports", "--size", str(machines), folder], check=True)
        path = Path(folder) / "vms.json"
        size = path.stat().st_size
        pinned = ["taskset", "-c", cpu]
        ours, parses = [], []
        for _ in range(TURNS):
            ours.append(measure([*pinned, banksman, "check", "--warm", "-o", "json", str(path)], (0, 1)))
            parses.append(measure([*pinned, sys.executable, "-c", PARSE, str(path)], (0,)))
    print(f"banksman check on {machines:,} machines, {size / 1e6:.0f} MB of JSON; medians of {TURNS} turns, the most memory of any:")
    row("read, judged, told", ours, size, budget=True)
    row("Python's json.load, nothing else", parses, size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
