# SPDX-License-Identifier: Apache-2.0
"""Checks of the imaginary site, each done once in a test run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.exports import formats
from lab.exports.expected import Findings, Rule
from lab.exports.runs import Run

BY_REFERENCE = ("vm", "host")  # several may have one name
NAMES = {m.ref: m.name for source in (formats.CENTRE, formats.ENGINE) for m in source.machines}


@dataclass
class Checked:
    found: Findings
    messages: dict[tuple[str, str, str], str]
    machines: dict[str, int]
    things: set[tuple[str, str]]  # (kind, name) of all that something is found of


class Checks:
    """Runs `banksman check`, and keeps what came of it."""

    def __init__(self, banksman, folder: Path):
        self._banksman, self.folder = banksman, folder
        self._done: dict[str, Checked] = {}
        told = banksman("rules", "-o", "json").json()
        self.rules = [Rule(rule["id"], rule["severity"]) for rule in told["rules"]]

    def __call__(self, run: Run) -> Checked:
        if run.name not in self._done:
            self._done[run.name] = self._check(run)
        return self._done[run.name]

    def _check(self, run: Run) -> Checked:
        before = run.baseline(self.folder / run.name) if run.baseline else []
        options = [word for path in before for word in ("--baseline", path)]
        done = self._banksman("check", "-o", "json", *run.options, *options, *run.files(self.folder), timeout=60)
        if done.code not in (0, 1):
            pytest.fail(repr(done))
        told = done.json()
        checked = Checked({}, {}, told["summary"]["machines"], set())
        for finding in told["findings"]:
            thing = finding["object"]
            name = thing.get("id", "") if thing["kind"] in BY_REFERENCE else thing.get("name", "").rsplit("/")[-1]
            checked.things.add((thing["kind"], thing.get("name", "")))
            key = finding["rule"], name, finding.get("plan", "")
            if checked.found.get(key) != "fail":
                checked.found[key] = finding["verdict"]
                checked.messages[key] = finding["message"]
        return checked

    def of(self, run: Run) -> Findings:
        """What was found of the rules that the run is about."""
        return {key: said for key, said in self(run).found.items() if run.about(key[0], self.rules)}


def difference(wanted: Findings, got: Findings, messages: dict[tuple[str, str, str], str]) -> str:
    """A line for each finding that is not as it should be; empty: all are."""
    lines = []
    for key in sorted(wanted.keys() | got.keys()):
        if wanted.get(key) != got.get(key):
            rule, thing, plan = key
            says = f": {messages[key]}" if key in got else ""
            lines.append(f"{rule} of {NAMES.get(thing, thing)} {plan}: {wanted.get(key)} expected, got {got.get(key)}{says}")
    return "\n".join(lines)
