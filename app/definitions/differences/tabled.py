"""A DMN file as things with facts: decisions, tables, columns, rows with their cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from lxml import etree

from app.definitions.differences import table_words
from app.definitions.differences.table_words import KINDS
from app.definitions.differences.things import Fact, Order, Path, Thing, numbered, pair
from app.definitions.differences.xmlfacts import Reading, parts, short

USUAL = {"decisionTable": {"hitPolicy": "UNIQUE"}}
#: hit policies under which the order of rows says something
ORDERED = frozenset({"FIRST", "RULE ORDER", "COLLECT"})
#: column to the cells below it
CELLS = {"input": "inputEntry", "output": "outputEntry", "annotation": "annotationEntry"}
_COLUMN = {cell: column for column, cell in CELLS.items()}
_IN_TABLES = frozenset({*CELLS, "rule"})
_SHAPES = frozenset({"DMNShape", "DMNEdge"})


def read(root: etree._Element) -> Thing:
    """The file itself, with all that it holds. DMN's own names are read alike in each of its versions."""
    whole = _thing(root)
    namespace = etree.QName(root).namespace or ""
    whole.facts["@xmlns",] = table_words.fact(("@xmlns",), namespace)
    things = {thing.id: thing for thing in whole.all() if thing.id}
    for picture in (child for child in parts(root) if _is_picture(child)):
        _draw(picture, things, whole)
    return whole


def _is_picture(element: etree._Element) -> bool:
    return _local(element) == "DMNDI"


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _is_thing(element: etree._Element) -> bool:
    holder, tag = element.getparent(), short(element.tag)
    inside = "" if holder is None else short(holder.tag)
    if inside == "definitions":
        return bool(element.get("id")) and "{" not in tag
    return (inside == "decision" and tag == "decisionTable") or (inside == "decisionTable" and tag in _IN_TABLES)


def _thing(element: etree._Element) -> Thing:
    tag = short(element.tag)
    thing = Thing(element.get("id", ""), tag, KINDS.get(tag, tag), _name(element))
    reading = Reading(USUAL, lambda part: _is_thing(part) or _is_picture(part), table_words.fact, table_words.order)
    reading.whole(element)
    thing.facts, thing.orders = reading.facts, reading.orders
    thing.facts["@tag",] = table_words.fact(("@tag",), tag)
    for child in parts(element):
        if _is_thing(child):
            thing.add(_thing(child))
    if tag == "decisionTable":
        _cells(thing, element)
    return thing


def _name(element: etree._Element) -> str:
    tag = short(element.tag)
    if tag in CELLS:
        looked_at = element.findtext("{*}inputExpression/{*}text") or ""
        return element.get("label") or element.get("name") or looked_at.strip()
    return " ".join(element.get("name", "").split())


def _cells(table: Thing, element: etree._Element) -> None:
    """Each cell is known by its column, each row by its number, too."""
    columns = [child for child in table.children if child.tag in CELLS]
    for child in columns:
        child.ordered, child.like = True, child.tag
    keys = dict(zip(numbered([column_key(one) for one in columns]), columns, strict=True))
    policy = element.get("hitPolicy", "UNIQUE")
    ordered = policy in ORDERED and not element.get("aggregation")
    rows = [child for child in parts(element) if short(child.tag) == "rule"]
    things = [child for child in table.children if child.tag == "rule"]
    for number, (row, thing) in enumerate(zip(rows, things, strict=True), 1):
        thing.name, thing.ordered, thing.like = f"row {number}", ordered, "rule"
        _row(thing, row, keys)


def column_key(column: Thing) -> str:
    return f"{column.tag}@{column.id}" if column.id else f"{column.tag}[{column.name}]"


def _row(thing: Thing, row: etree._Element, columns: Mapping[str, Thing]) -> None:
    named = dict(_named(row, columns))
    labels = {key: column.name or key for key, column in columns.items()}

    def word(path: Path, value: str) -> Fact:
        if path[0] in labels:
            return table_words.cell(labels[path[0]], path, value)
        return table_words.fact(path, value)

    reading = Reading(USUAL, lambda part: False, word, table_words.order, named.get)
    reading.whole(row)
    tags = tuple(numbered([short(part.tag) for part in parts(row)]))
    thing.facts, thing.orders = reading.facts, {**reading.orders, (): Order(tags, "Order of its cells", "order")}
    thing.facts["@tag",] = table_words.fact(("@tag",), "rule")
    thing.cells = tuple(columns)
    for path, fact in thing.facts.items():
        if path[0] in columns and path[-1] == "text":
            columns[path[0]].notes.append((thing.name, fact.value))


def _named(row: etree._Element, columns: Mapping[str, Thing]) -> Iterator[tuple[etree._Element, str]]:
    """Cells belong to columns by their place."""
    of_kind = {tag: [key for key, column in columns.items() if column.tag == tag] for tag in CELLS}
    seen: Counter[str] = Counter()
    for cell in parts(row):
        column = _COLUMN.get(short(cell.tag))
        if column is not None and seen[column] < len(of_kind[column]):
            yield cell, of_kind[column][seen[column]]
        if column is not None:
            seen[column] += 1


def align(before: Thing, after: Thing) -> None:
    """Cells of one column have one key before and after, also where the id of the column has changed."""
    found = pair(before, after, by=[lambda thing: thing.content])
    for one, other in found.after.items():
        if one.tag != "decisionTable" or other.tag != "decisionTable":
            continue
        was, now = dict(keyed(one)), dict(keyed(other))
        stayed = {now[partner]: key for column, key in was.items() if (partner := found.after.get(column)) in now}
        for row in _rows(other):
            _rename(row, stayed, set(was.values()))
        came = {_new(key, set(was.values())) for key in now.values() if key not in stayed}
        went = set(was.values()) - set(stayed.values())
        for row in (*_rows(one), *_rows(other)):
            row.elsewhere = came | went


def _rows(table: Thing) -> list[Thing]:
    return [child for child in table.children if child.tag == "rule"]


def keyed(table: Thing) -> Iterator[tuple[Thing, str]]:
    columns = [child for child in table.children if child.tag in CELLS]
    return zip(columns, numbered([column_key(one) for one in columns]), strict=True)


def _rename(row: Thing, stayed: Mapping[str, str], taken: Collection[str]) -> None:
    """A column that came keeps away from the keys of those that were there."""

    def renamed(step: str) -> str:
        return stayed.get(step) or (_new(step, taken) if "@" in step or "[" in step else step)

    row.facts = {(renamed(path[0]), *path[1:]): fact for path, fact in row.facts.items()}
    row.cells = tuple(renamed(key) for key in row.cells)
    row.__dict__.pop("content", None)


def _new(key: str, taken: Collection[str]) -> str:
    return f"{key} (new)" if key in taken else key


def _draw(picture: etree._Element, things: Mapping[str, Thing], whole: Thing) -> None:
    """What a shape says belongs to the thing that it draws, all else to the file."""
    shapes = [one for one in picture.iter(etree.Element) if _local(one) in _SHAPES]
    _pictured(picture, "DMNDI", whole, shapes)
    for shape in shapes:
        drawn = shape.get("dmnElementRef", "").rpartition("#")[2]
        _pictured(shape, _local(shape), things.get(drawn, whole), [])


def _pictured(element: etree._Element, key: str, thing: Thing, apart: list[etree._Element]) -> None:
    while (key, "there") in thing.picture:
        key += "'"
    thing.picture[key, "there"] = Fact("yes", "Is drawn", group="picture")
    reading = Reading({}, lambda part: part in apart, _place, table_words.order)
    reading.whole(element)
    thing.picture.update({(key, *path): fact for path, fact in reading.facts.items()})


def _place(path: Path, value: str) -> Fact:
    return Fact(value, "Place in the picture", group="picture")
