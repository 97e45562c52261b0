# SPDX-License-Identifier: Apache-2.0
"""A workbook with the parts that a reader has to understand: shared and inline strings, numbers, booleans, gaps."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
WHEN = (2026, 1, 1, 0, 0, 0)  # the same archive every time


def column(k: int) -> str:
    """0 is A, 26 is AA."""
    name = ""
    k += 1
    while k:
        k, letter = divmod(k - 1, 26)
        name = chr(65 + letter) + name
    return name


class Strings:
    """The strings of all sheets, each once."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        return self._places.setdefault(text, len(self._places))

    def xml(self) -> str:
        items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in self._places)
        return f'{HEAD}<sst xmlns="{MAIN}" uniqueCount="{len(self._places)}">{items}</sst>'


def cell(where: str, value: Any, strings: Strings | None) -> str:
    if value == "" or value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{where}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value}</v></c>'
    if strings is None:
        return f'<c r="{where}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{where}" t="s"><v>{strings.place(value)}</v></c>'


def sheet(rows: list[dict[str, Any]], strings: Strings | None) -> Iterator[str]:
    """One sheet; without shared strings all text is inline."""
    yield f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'
    for number, row in enumerate([dict(zip(rows[0], rows[0], strict=True)), *rows], 1):
        cells = "".join(cell(f"{column(k)}{number}", value, strings) for k, value in enumerate(row.values()))
        yield f'<row r="{number}">{cells}</row>'
    yield "</sheetData></worksheet>"


def relations(rows: list[tuple[str, str]]) -> str:
    inside = "".join(f'<Relationship Id="rId{k}" Type="{OFFICE}/{kind}" Target="{to}"/>' for k, (kind, to) in enumerate(rows, 1))
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def content_types(count: int) -> str:
    parts = [("/xl/workbook.xml", "sheet.main"), ("/xl/sharedStrings.xml", "sharedStrings")]
    parts += [(f"/xl/worksheets/sheet{k}.xml", "worksheet") for k in range(1, count + 1)]
    overrides = "".join(f'<Override PartName="{name}" ContentType="{TYPES}.{kind}+xml"/>' for name, kind in parts)
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    defaults += '<Default Extension="xml" ContentType="application/xml"/>'
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{defaults}{overrides}</Types>'


def write(path: Path, tabs: dict[str, list[dict[str, Any]]]) -> None:
    """Every third sheet has its strings inline."""
    strings = Strings()
    names = "".join(f'<sheet name={quoteattr(tab)} sheetId="{k}" r:id="rId{k}"/>' for k, tab in enumerate(tabs, 1))
    book = f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>'
    targets = [("worksheet", f"worksheets/sheet{k}.xml") for k in range(1, len(tabs) + 1)]
    parts = {
        "[Content_Types].xml": content_types(len(tabs)),
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": relations([*targets, ("sharedStrings", "sharedStrings.xml")]),
    }
    for k, rows in enumerate(tabs.values(), 1):
        parts[f"xl/worksheets/sheet{k}.xml"] = "".join(sheet(rows, None if k % 3 == 0 else strings))
    parts["xl/sharedStrings.xml"] = strings.xml()
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, WHEN), text.encode(), zipfile.ZIP_DEFLATED, 6)
