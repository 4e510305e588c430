"""A pack of a made-up case, written by what writes real ones, and ways to spoil it."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from app.cases.audit.entries import Told
from app.cases.audit.packing.gathering import Gathered, Signed
from app.cases.audit.packing.zipping import zipped
from app.cases.audit.views import Head as Above
from app.history import Entry, Head, extend
from app.history.checkpoints import CASE, LOOK, Checkpoint, Included, Key, Leaf, Proofs
from app.history.merkle import Tree, inclusion_proof, leaf_hash, root
from tests.unit.definitions.sample import bundle

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = Key("waymark.example/history", bytes(range(32)))
CASE_ID = "9d4c1f1e-0000-4000-8000-00000000000a"
#: entries that are withheld, and one that is shown in part
WITHHELD, PART, ENTRIES = (4, 5, 8), 7, 10
#: nothing of this may be in a pack
SECRET = "canary-of-a-clinical-answer"
Files = dict[str, bytes]


@dataclass(frozen=True)
class Made:
    """The files of a pack, and its zip."""

    files: Files
    data: bytes


def history() -> list[dict[str, Any]]:
    """Rows of a case that nobody played."""
    sha = bundle().sha256
    entries = [Entry("command.start", {"definition": sha, "element": "asked", "process": "leave", "facts": {}})]
    for number in range(2, ENTRIES + 1):
        secret = {"facts": {"outcome": SECRET}} if number in (*WITHHELD, PART) else {}
        named = {"process": "leave", "element": "check", "name": "=Check the dates", "rules": ["XX-1"]}
        entries.append(Entry("engine.completed", {**named, **secret, "data": {"turn": number}}))
    _, rows = extend(Head(), CASE_ID, "amir.shah", NOW, entries)
    return rows


def told(row: dict[str, Any]) -> Told:
    if row["seq"] in WITHHELD:
        return Told(row["seq"], row["at"], "", "", row["hash"], True)
    data, body = orjson.loads(row["body"])["data"], row["body"]
    if row["seq"] == PART:
        data, body = {**data, "facts": {}}, None
    named = {name: str(data.get(name, "")) for name in ("process", "element", "name")}
    actor, rules = row["actor_id"], tuple(data.get("rules", ()))
    return Told(
        row["seq"], row["at"], row["kind"], actor, row["hash"], False, **named, rules=rules, data=data, body=body
    )


def proofs(rows: Iterable[dict[str, Any]], until: int) -> Proofs:
    """By a log that holds these entries, with those of others between them."""
    leaves: list[Leaf] = []
    for row in rows:
        leaves.append(Leaf(CASE, CASE_ID, row["seq"], row["hash"]))
        leaves.append(Leaf(LOOK, "another", row["seq"], row["hash"][::-1]))
    leaves = leaves[: 2 * until]
    tree, size = Tree(leaf_hash(leaf.line) for leaf in leaves), len(leaves)
    note = KEY.sign(Checkpoint(KEY.name, size, root(tree, size), NOW).text)
    mine = [(at, leaf) for at, leaf in enumerate(leaves) if leaf.chain == CASE]
    paths = {at: tuple(step.hex() for step in inclusion_proof(tree, at, size)) for at, _ in mine}
    return Proofs(note, size, tuple(Included(leaf.seq, leaf.hash, at, paths[at]) for at, leaf in mine))


def gathered(until: int = ENTRIES) -> Gathered:
    """`until`: number of the last entry that the checkpoint holds; 0 for no checkpoint."""
    rows, used = history(), bundle()
    above = Above(CASE_ID, "R-2026-7KQM4X", "leave", "Leave", 1, "Northwick", "running", "Running", NOW, None)
    end = (len(rows), rows[-1]["hash"])
    people, standing = {"amir.shah": "Amir Shah"}, frozenset({("leave", "check")})
    proven = proofs(rows, until) if until else None
    return Gathered(above, end, [told(row) for row in rows], people, [used], standing, None, Signed(proven))


def made(found: Gathered | None = None) -> Made:
    data = zipped(found or gathered(), {"at": NOW.isoformat(), "by": "Irene Vale", "way": "export", "release": "0"})
    with data:
        raw = data.read()
    with zipfile.ZipFile(io.BytesIO(raw)) as pack:
        return Made({name: pack.read(name) for name in pack.namelist()}, raw)


def packed(content: Files, *, listed: bool = True) -> bytes:
    """A zip of these files. `listed`: by somebody who puts the digests in pack.json right."""
    content = dict(content)
    if listed:
        about = json.loads(content["pack.json"])
        about["files"] = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
        del about["files"]["pack.json"]
        content["pack.json"] = json.dumps(about).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in content.items():
            pack.writestr(name, data)
    return out.getvalue()


def edited(content: Files, name: str, edit: Callable[[Any], None]) -> Files:
    """The files with another JSON in one of them."""
    value = json.loads(content[name])
    edit(value)
    return {**content, name: json.dumps(value, ensure_ascii=False).encode()}


def rechained(content: Files, number: int, old: str, new: str) -> Files:
    """By somebody who alters an entry and puts right all hashes behind it, the head and the table."""

    def edit(value: Any) -> None:
        before = "0" * 64
        for entry in value["entries"]:
            if "body" in entry:
                if entry["seq"] == number:
                    assert old in entry["body"]
                    entry["body"] = entry["body"].replace(old, new)
                entry["hash"] = hashlib.sha256(f"{before}\n{entry['body']}".encode()).hexdigest()
            before = entry["hash"]

    was = [entry["hash"] for entry in json.loads(content["history.json"])["entries"]]
    content = edited(content, "history.json", edit)
    now = [entry["hash"] for entry in json.loads(content["history.json"])["entries"]]
    for name in ("history.csv", "pack.json"):
        for one, other in zip(was, now, strict=True):
            content[name] = content[name].replace(one.encode(), other.encode())
    content["history.csv"] = content["history.csv"].replace(old.encode(), new.encode())
    return content


def lying(data: bytes, name: str, size: int) -> bytes:
    """A zip that says of a file that it is of another size."""
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(name.encode()))
    return data[: at + 24] + struct.pack("<L", size) + data[at + 28 :]


def put(folder: Path, data: bytes) -> str:
    path = folder / "pack.zip"
    path.write_bytes(data)
    return str(path)


__all__ = ["KEY", "Files", "Made", "edited", "gathered", "lying", "made", "packed", "put", "rechained", "replace"]
