# SPDX-License-Identifier: Apache-2.0
"""A confusion table: what was expected, against what was found."""

import collections


class Confusion:
    def __init__(self, title):
        self.title = title
        self.seen = collections.Counter()
        self.wrong = []

    def add(self, name, expected, got):
        self.seen[expected, got] += 1
        if got != expected:
            self.wrong.append(f"{name}: {got}, not {expected}")

    def table(self):
        """Expected words down, found words across; the diagonal is right."""
        names = list(dict.fromkeys(expected for expected, _ in self.seen))
        names += sorted({str(got) for _, got in self.seen if got not in names})
        lines = [" " * 26 + "".join(f"{i:4}" for i, _ in enumerate(names, 1))]
        for i, expected in enumerate(names, 1):
            cells = [self.seen[expected, got] for got in names]
            lines.append(f"{i:2}  {expected or '-':22}" + "".join(f"{n or '.':>4}" for n in cells))
        right = sum(n for (expected, got), n in self.seen.items() if expected == got)
        lines.append(f"{right} of {sum(self.seen.values())} right")
        return "\n".join(lines)
