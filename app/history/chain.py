"""The hash chain of one case (SHA-256 over the hash before and the canonical entry)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

#: what the first entry of every case is chained to
GENESIS = "0" * 64
#: bytes of chance in an entry: whoever holds its hash alone cannot find out its text by trying
SALT = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to be logged. `data` holds JSON values: routing facts, element, rules, commitments; never answers."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a case's chain ends: number of entries and hash of the last."""

    seq: int = 0
    hash: str = GENESIS


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def link(before: str, body: bytes) -> str:
    """Hash of an entry, given the hash before it."""
    return hashlib.sha256(before.encode() + b"\n" + body).hexdigest()


def extend(
    head: Head, case_id: str, actor_id: str, at: datetime, entries: Iterable[Entry]
) -> tuple[Head, list[dict[str, Any]]]:
    """Chain `entries` behind `head`, each with a salt of its own. Returns the new head and the rows for
    `history_event`."""
    rows, seq, last, moment = [], head.seq, head.hash, at.isoformat()
    for entry in entries:
        seq += 1
        told = {"actor": actor_id, "at": moment, "case": case_id, "data": entry.data, "kind": entry.kind, "seq": seq}
        body = canonical({**told, "salt": os.urandom(SALT).hex()})
        last = link(last, body)
        rows.append(
            {
                "case_id": case_id,
                "seq": seq,
                "at": at,
                "actor_id": actor_id,
                "kind": entry.kind,
                "body": body.decode(),
                "hash": last,
            }
        )
    return Head(seq, last), rows
