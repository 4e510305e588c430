"""A ZIP archive that pretends nothing: opened within bounds, with all of it accounted for (APPNOTE 6.3.10)."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from app.files import markers
from app.files.errors import Unfit

MAX_ENTRIES = 2000
#: bytes of everything unpacked
MAX_UNPACKED = 100_000_000
#: bytes of one part that is read
MAX_PART = 2_000_000
END = 22
ENCRYPTED = 0x1 | 0x40
_NAME = re.compile(r"(?!/)(?!.*(?:^|/)\.\.(?:/|$))[^\\\x00-\x1f:]{1,500}")
#: programs, and archives within the archive
_PROGRAM = re.compile(
    r"\.(?:exe|dll|com|scr|cmd|bat|ps1|vbs?|vbe|jse?|wsf|hta|msi|jar|class|sh|py|lnk|chm|html?|swf|zip|rar|7z|do[ct]m|xl[st]m|pp[st]m)$",
    re.IGNORECASE,
)
_BROKEN = "is damaged or not whole. Save it again and choose it once more"


@dataclass(frozen=True)
class Bounds:
    """How much an archive may hold, and what to do with one that holds more. `unpacked`: bytes of all parts."""

    entries: int = MAX_ENTRIES
    unpacked: int = MAX_UNPACKED
    otherwise: str = "Save it as PDF and choose that"
    #: of one with parts that would land outside the folder into which it is unpacked
    astray: str = _BROKEN


DOCUMENT = Bounds()


@contextmanager
def opened(stream: BinaryIO, bounds: Bounds = DOCUMENT) -> Iterator[zipfile.ZipFile]:
    """The archive, once it has been looked through. Raises `Unfit`, also for what goes wrong inside the block."""
    try:
        stream.seek(0)
        with zipfile.ZipFile(stream) as found:
            _require_whole(stream, found, bounds)
            _require_bounds(stream, found, bounds)
            yield found
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError, RuntimeError) as error:
        raise Unfit(_BROKEN) from error


def _require_whole(stream: BinaryIO, found: zipfile.ZipFile, bounds: Bounds) -> None:
    """Nothing before the first entry, nothing behind the end: a second file could hide there."""
    entries = found.infolist()
    end = markers.tail(stream, END)
    if not entries or len(entries) > bounds.entries:
        raise Unfit(_BROKEN if not entries else f"has too many parts. {bounds.otherwise}")
    if min(one.header_offset for one in entries) != 0 or not end.startswith(b"PK\x05\x06") or found.comment:
        raise Unfit("is two files at once. Save it again and choose that")
    if b"%PDF-" in markers.head(stream, 1100):
        raise Unfit("is two files at once. Save it again and choose that")


def _require_bounds(stream: BinaryIO, found: zipfile.ZipFile, bounds: Bounds) -> None:
    entries = found.infolist()
    if any(one.flag_bits & ENCRYPTED for one in entries):
        raise Unfit("has a password. Save it without one and choose that")
    names = [one.filename for one in entries]
    if not all(_NAME.fullmatch(name) for name in names):
        raise Unfit(bounds.astray)
    if len({name.lower() for name in names}) < len(names):
        raise Unfit(_BROKEN)
    if any(_PROGRAM.search(name) for name in names):
        raise Unfit(f"has other files or programs inside it. {bounds.otherwise}")
    packed = sum(one.compress_size for one in entries)
    if packed > stream.seek(0, io.SEEK_END) or sum(one.file_size for one in entries) > bounds.unpacked:
        raise Unfit(f"unpacks to more than it may. {bounds.otherwise}")
    for one in entries:
        _require_true(found, one)


def _require_true(found: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack, keeping nothing: it must be as long as it says, which the sum of all was judged by."""
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Unfit(_BROKEN)
    length = 0
    with found.open(entry) as part:
        while piece := part.read(markers.PIECE):
            length += len(piece)
            if length > entry.file_size:
                break
    if length != entry.file_size:
        raise Unfit(_BROKEN)


def part(found: zipfile.ZipFile, name: str) -> bytes:
    """One part. Raises `Unfit` when it is not there or too long to be read."""
    if name not in found.NameToInfo or found.getinfo(name).file_size > MAX_PART:
        raise Unfit(_BROKEN)
    return found.read(name)
