# SPDX-License-Identifier: Apache-2.0
"""A value as `oc get -o yaml` prints it: blocks, sequences not indented, multi-line text as a literal block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

PLAIN = re.compile(r"[A-Za-z/._][A-Za-z0-9/._-]*( [A-Za-z0-9/._-]+)*")
WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", ".nan", ".inf", "~"}


def scalar(value: Any) -> str:
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return json.dumps(value)
    text = str(value)
    return text if PLAIN.fullmatch(text) and text.lower() not in WORDS else json.dumps(text, ensure_ascii=False)


def entry(head: str, value: Any, depth: int) -> Iterator[str]:
    """The lines of `head: value`, where head may be `-`."""
    pad = "  " * depth
    if isinstance(value, dict) and value or isinstance(value, list) and value:
        yield f"{pad}{head}\n"
        yield from lines(value, depth + (isinstance(value, dict)))
    elif isinstance(value, str) and "\n" in value:
        yield f"{pad}{head} |-\n"
        yield from (f"{pad}  {line}\n" for line in value.split("\n"))
    else:
        yield f"{pad}{head} {scalar(value) if not isinstance(value, dict | list) else json.dumps(value)}\n"


def lines(value: Any, depth: int = 0) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from entry(scalar(key) + ":", inside, depth)
        return
    for item in value:
        if isinstance(item, dict) and item:
            inside = "".join(lines(item, depth + 1))
            yield f"{pad}- {inside[len(pad) + 2 :]}"
        else:
            yield from entry("-", item, depth)


def dump(value: Any) -> str:
    return "".join(lines(value))
