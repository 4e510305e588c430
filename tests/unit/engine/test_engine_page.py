"""docs/engine.md says what app/engine/support.py says: the tables on the page are written from it.

`WAYMARK_WRITE=1 pytest tests/unit/engine/test_engine_page.py` writes them anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import groupby

from app.engine.support import PLACES, Row, table
from app.settings import ROOT

PAGE = ROOT / "docs" / "engine.md"
BEGIN, END = "<!-- from app/engine/support.py -->\n", "<!-- end -->\n"
ANSWERS = {"runs": "runs", "refused": "**refused**", "warned": "not read, warned", "drawn": "drawn only"}


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _plain(rows: list[Row]) -> Iterator[str]:
    yield _line("Element", "", "How, or why not and what instead", "Rule")
    yield "|---|---|---|---|\n"
    for row in rows:
        yield _line(row.what, ANSWERS[row.answer], row.why, f"`{row.rule}`" if row.rule else "")


def _events(rows: list[Row]) -> Iterator[str]:
    """One line for each kind of event: where it runs, and by which rule it is refused elsewhere."""
    yield _line("Event", "Runs at", "Refused at (rule)", "How, or why not")
    yield "|---|---|---|---|\n"
    for kind, each in groupby(rows, key=lambda row: row.what.rsplit(", ", 1 + row.what.count(", boundary, "))[0]):
        places = list(each)
        runs = [_place(row, kind) for row in places if row.answer != "refused"]
        refused: dict[str, list[str]] = {}
        for row in places:
            if row.answer == "refused":
                refused.setdefault(row.rule, []).append(_place(row, kind))
        said = "; ".join(f"{_all(at)} (`{rule}`)" for rule, at in refused.items())
        yield _line(kind, "; ".join(runs) or "–", said or "–", places[0].why)


def _place(row: Row, kind: str) -> str:
    at = row.what.removeprefix(f"{kind}, ")
    at = {"boundary, interrupting": "interrupting boundary", "boundary, not interrupting": "other boundary"}.get(at, at)
    return at + (f" (warned: `{row.rule}`)" if row.answer == "warned" else "")


def _all(places: list[str]) -> str:
    return "everywhere" if len(places) == len(PLACES) else ", ".join(places)


def rendered() -> str:
    parts = []
    for group, each in groupby(table(), key=lambda row: row.group):
        rows = list(each)
        lines = _events(rows) if group == "events" else _plain(rows)
        parts.append(f"### {group[0].upper()}{group[1:]}\n\n{''.join(lines)}")
    return "\n" + "\n".join(parts) + "\n"


def test_the_page_says_what_the_engine_runs() -> None:
    page = PAGE.read_text()
    written = re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: BEGIN + rendered() + END, page, flags=re.DOTALL)
    if os.environ.get("WAYMARK_WRITE"):
        PAGE.write_text(written)
        return
    assert BEGIN in page
    assert page == written


def test_every_test_that_the_page_names_is_there() -> None:
    """The table of faults says which test shows each."""
    files = list((ROOT / "tests").rglob("test_*.py"))
    there = {path.stem for path in files}
    there |= {name for path in files for name in re.findall(r"def (test_\w+)\(", path.read_text())}
    named = re.findall(r"`(test_\w+)(?:\.py)?`", PAGE.read_text())
    assert len(named) > 20
    assert sorted(set(named) - there) == []
