"""The files of a pack, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import orjson

from app import engine
from app.cases.audit.entries import Told
from app.cases.audit.packing.gathering import Gathered, cited, marks
from app.cases.audit.packing.readme import readme
from app.cases.export.sheets import sheet
from app.definitions import picture, rules
from app.engine import Bundle
from app.settings import ROOT
from app.xmlsafe import UnsafeXml

Named = tuple[str, bytes]
FORMAT = "waymark-pack/1"
#: as `app/verify.py` reads them
_COLUMNS = [
    "number", "when", "who", "what", "process", "element", "name", "rules", "version", "hash", "shown", "details",
]  # fmt: skip
WITHHELD = "A step that is withheld"


def files(found: Gathered) -> Iterator[Named]:
    """(name, bytes) of everything but `pack.json`; the same for the same history and checkpoint."""
    yield "README.txt", readme(found).encode()
    yield "history.json", _json(_history(found))
    yield "history.csv", sheet(_COLUMNS, (_row(found, one) for one in found.told))
    yield from _diagrams(found)
    for bundle in found.versions:
        for name, data in sorted(bundle.files.items()):
            yield f"definitions/{bundle.sha256}/{name}", data
    yield "rules.json", _json(_rules(found))
    if found.proofs is not None:
        yield "proofs/checkpoint.txt", found.proofs.note.encode()
        leaves = [asdict(one) for one in found.proofs.entries]
        # hashes: nobody reads them, and there are many
        yield "proofs/inclusion.json", orjson.dumps({"leaves": leaves, "size": found.proofs.size})


def about(found: Gathered, made: Mapping[str, str], digests: Mapping[str, str]) -> bytes:
    """`pack.json`. `made`: when, by whom, by which release; `digests`: SHA-256 of every file."""
    head = found.head
    return _json(
        {
            "format": FORMAT,
            "case": {
                "id": head.case_id,
                "reference": head.reference,
                "process": head.process_key,
                "name": head.process,
                "version": head.version,
                "state": head.state,
                "began": head.began,
                "ended": head.ended,
            },
            "made": made,
            "head": {"seq": found.end[0], "hash": found.end[1]},
            "definitions": [{"key": one.key, "sha256": one.sha256} for one in found.versions],
            "files": digests,
        }
    )


def _history(found: Gathered) -> dict[str, Any]:
    return {"case": found.head.case_id, "people": found.people, "entries": [_entry(one) for one in found.told]}


def _entry(one: Told) -> dict[str, Any]:
    """An entry whole, in part, or withheld: by its number, time and hash alone."""
    if one.body is not None:
        # as it was written, to the last letter of its time
        return {"seq": one.seq, "at": orjson.loads(one.body)["at"], "hash": one.hash, "body": one.body}
    entry: dict[str, Any] = {"seq": one.seq, "at": one.at.isoformat(), "hash": one.hash}
    if one.withheld:
        return entry | {"withheld": True}
    return entry | {"part": {"kind": one.kind, "actor": one.actor, "data": one.data}}


def _row(found: Gathered, one: Told) -> list[Any]:
    at = _entry(one)["at"]
    if one.withheld:
        return [one.seq, at, "", WITHHELD, "", "", "", "", "", one.hash, "withheld", ""]
    data = one.data
    named = [data.get(name) or "" for name in ("process", "element", "name")]
    said = [found.people.get(one.actor, one.actor), one.kind, *named, " ".join(data.get("rules") or ())]
    shown = "in part" if one.body is None else "whole"
    return [one.seq, at, *said, data.get("definition") or "", one.hash, shown, orjson.dumps(data).decode()]


def _diagrams(found: Gathered) -> Iterator[Named]:
    """Those of the version that the case is on, as they were deployed, and drawn with where it has been."""
    bundle = found.versions[-1]
    outline = engine.describe(engine.load(bundle))
    drawn = marks(found, (part.id for part in outline.processes))
    for name, data in bundle.of_kind(".bpmn").items():
        yield f"diagrams/{name}", data
        here = {key: mark for part in outline.processes if part.file == name for key, mark in drawn[part.id].items()}
        svg = _drawn(bundle, name, data, here)
        if svg:
            yield f"diagrams/{name.removesuffix('.bpmn')}.svg", svg


def _drawn(bundle: Bundle, name: str, data: bytes, here: Mapping[str, str]) -> bytes:
    """Nothing for a diagram that cannot be drawn: the file itself is there."""
    try:
        return picture.draw(data, marks=here, desc=f"{name} of version {bundle.sha256}.")
    except (picture.NotDrawable, UnsafeXml):
        return b""


def _rules(found: Gathered) -> dict[str, Any]:
    """The rules that the entries cite, as the ledger words them now, and the policy of the case as far as the auditor
    may know it."""
    ledger = rules.load(ROOT / "processes")
    ids = sorted(cited(found.told))
    told = [{"id": one, **({} if one not in ledger else asdict(ledger[one]))} for one in ids]
    return {"rules": told, "policy": None if found.policy is None else asdict(found.policy)}


def _json(value: Any) -> bytes:
    """Names in order, lines to be read: the same bytes for the same value."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
