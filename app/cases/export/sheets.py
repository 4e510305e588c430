"""Tables as CSV that no spreadsheet takes for a program: of a pack, and of the lists on pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

#: a cell that begins so is taken for a formula by spreadsheets (OWASP, CSV injection); U+FF0B and others count as signs
RISKY = tuple("=+-@\t\r\n＝＋－＠")


def sheet(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """RFC 4180, every cell quoted, with the mark by which spreadsheets know UTF-8; no cell can be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula: an apostrophe before what might be one."""
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(RISKY) or text[:1] in RISKY else text
