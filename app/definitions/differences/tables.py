"""Decision tables before and after, row by row and cell by cell, for pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.definitions.differences.comparing import Comparison
from app.definitions.differences.difference import Change
from app.definitions.differences.files import compare
from app.definitions.differences.moving import moves
from app.definitions.differences.tabled import CELLS
from app.definitions.differences.things import Thing
from app.errors import WaymarkError

Mark = Change | None


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: input, output or annotation."""

    element: str
    kind: str
    name: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Row:
    element: str
    name: str
    mark: Mark
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A table as it was, or as it is."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """A table before and after; None where it is not there."""

    element: str
    name: str
    before: Side | None
    after: Side | None


def twins(name: str, before: bytes | None, after: bytes | None) -> tuple[Twin, ...]:
    """The tables of a DMN file, of which one side may not exist; none where it cannot be read."""
    try:
        found = compare(name, before or _EMPTY, after or _EMPTY)
    except WaymarkError:
        return ()
    return tuple(_twins(found))


_EMPTY = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'


def _twins(found: Comparison) -> Iterator[Twin]:
    marks = _marks(found)
    tables = [thing for thing in found.before.all() if thing.tag == "decisionTable"]
    came = [thing for thing in found.after.all() if thing.tag == "decisionTable" and thing not in found.pairs.before]
    for one in tables:
        other = found.pairs.after.get(one)
        yield Twin(
            one.id,
            _title(one),
            _side(one, "removed", found, marks),
            _side(other, "added", found, marks) if other else None,
        )
    yield from (Twin(one.id, _title(one), None, _side(one, "added", found, marks)) for one in came)


def _title(table: Thing) -> str:
    return table.holder.name or table.holder.id if table.holder else table.id


def _marks(found: Comparison) -> dict[Thing, Mark]:
    """What came, went or moved, by the thing on either side."""
    marks: dict[Thing, Mark] = {thing: "removed" for thing in found.before.all() if thing not in found.pairs.after}
    marks.update((thing, "added") for thing in found.after.all() if thing not in found.pairs.before)
    for thing, told in moves(found.pairs).items():
        if any(not move.group for move in told):
            marks[thing] = marks[found.pairs.before[thing]] = "moved"
    return marks


def _side(table: Thing, lone: Mark, found: Comparison, marks: Mapping[Thing, Mark]) -> Side:
    columns = [child for child in table.children if child.tag in CELLS]
    heads = tuple(Column(one.id, one.tag, one.name, _head(one, found, marks)) for one in columns)
    rows = (child for child in table.children if child.tag == "rule")
    return Side(heads, tuple(_row(row, lone, found, marks) for row in rows))


def _head(column: Thing, found: Comparison, marks: Mapping[Thing, Mark]) -> Mark:
    partner = _partner(column, found)
    said = {path: fact.value for path, fact in column.facts.items()}
    changed = partner is not None and said != {path: fact.value for path, fact in partner.facts.items()}
    return marks.get(column) or ("changed" if changed else None)


def _row(row: Thing, lone: Mark, found: Comparison, marks: Mapping[Thing, Mark]) -> Row:
    """`lone`: what is said of cells whose column the other side does not have."""
    partner = _partner(row, found)
    mine, other = _texts(row), _texts(partner) if partner else {}
    cells = []
    for key in row.cells:
        text = mine.get(key, "")
        changed = partner is not None and other.get(key, "") != text
        cells.append(Cell(text, lone if key in row.elsewhere else "changed" if changed else None))
    mark = marks.get(row) or ("changed" if any(cell.mark == "changed" for cell in cells) else None)
    return Row(row.id, row.name, mark, tuple(cells))


def _partner(thing: Thing, found: Comparison) -> Thing | None:
    return found.pairs.after.get(thing) or found.pairs.before.get(thing)


def _texts(row: Thing) -> dict[str, str]:
    return {path[0]: fact.value for path, fact in row.facts.items() if fact.kind == "cell" and path[-1] == "text"}
