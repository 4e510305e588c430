"""Damage to a file, as disks, mails, editors and attackers do it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

_VALUE = re.compile(rb'(?<==")[^"<>]*(?=")')
_TAG = re.compile(rb"<[^<>]+>")
_WORDS = (b"", b"${", b"R/PT0S", b"-P1D", b"P99999999999999999Y", b"\xff", b"=", b"none", b"&#65;" * 50, b"x" * 5_000)


def _truncated(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _without_a_tag(data: bytes, chance: random.Random) -> bytes:
    tags = list(_TAG.finditer(data))
    if not tags:
        return data
    tag = chance.choice(tags)
    return data[: tag.start()] + data[tag.end() :]


def _without_an_element(data: bytes, chance: random.Random) -> bytes:
    """A whole element, when it holds none of its own name."""
    tags = [tag for tag in _TAG.finditer(data) if tag[0][1:2].isalpha()]
    if not tags:
        return data
    tag = chance.choice(tags)
    if tag[0].endswith(b"/>"):
        return data[: tag.start()] + data[tag.end() :]
    name = tag[0][1:-1].split()[0]
    end = data.find(b"</" + name + b">", tag.end())
    return data[: tag.start()] + data[end + len(name) + 3 :] if end >= 0 else data


def _swapped(data: bytes, chance: random.Random) -> bytes:
    """Values of two attributes exchanged, several times."""
    for _ in range(chance.randint(1, 6)):
        values = list(_VALUE.finditer(data))
        if len(values) < 2:
            return data
        one, other = sorted(chance.sample(values, 2), key=lambda found: found.start())
        data = data[: one.start()] + other[0] + data[one.end() : other.start()] + one[0] + data[other.end() :]
    return data


def _odd_values(data: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 4)):
        values = list(_VALUE.finditer(data))
        if not values:
            return data
        value = chance.choice(values)
        data = data[: value.start()] + chance.choice(_WORDS) + data[value.end() :]
    return data


def _doubled(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.randrange(1, 5_000))
    return data[:end] + data[start:end] + data[end:]


def _recoded(data: bytes, chance: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(chance.choice(["utf-16", "utf-32", "utf-7", "latin-1", "cp037"]), "replace")


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "truncated": _truncated,
    "bits flipped": _flipped,
    "a tag lost": _without_a_tag,
    "an element lost": _without_an_element,
    "values swapped": _swapped,
    "odd values": _odd_values,
    "a part doubled": _doubled,
    "another encoding": _recoded,
}


def mutants(data: bytes, chance: random.Random, number: int) -> Iterator[tuple[str, bytes]]:
    """(kind of damage, damaged copy)"""
    if not data:
        return
    for _ in range(number):
        kind = chance.choice(list(KINDS))
        yield kind, KINDS[kind](data, chance)
