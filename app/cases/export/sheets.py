"""Tables of a pack, as CSV that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

#: a cell that begins so is a formula to a spreadsheet
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(header: Sequence[str], rows: Iterable[Iterable[str]]) -> bytes:
    """RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8; no cell can be a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([quoted(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def quoted(cell: str) -> str:
    """A text that a spreadsheet shows as it is."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
