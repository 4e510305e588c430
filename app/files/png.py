"""PNG (W3C PNG, third edition): read chunk by chunk, written again without texts, dates, places and what follows."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from app.files import markers
from app.files.errors import Unfit

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: chunks that make the picture; all others are let go
KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"})
#: a picture of more points than this is made to fill a memory
MAX_PIXELS = 100_000_000
_BROKEN = "is not a whole PNG picture. Save it again and choose it once more"


def rewrite(stream: BinaryIO, to: BinaryIO) -> None:
    """Copy the picture alone. Raises `Unfit`."""
    if markers.head(stream, 8) != SIGNATURE:
        raise Unfit("is not a PNG picture")
    if markers.is_archive(stream) or markers.holds(stream, markers.MARKUP):
        raise Unfit("is a picture and something else at once")
    stream.seek(len(SIGNATURE))
    to.write(SIGNATURE)
    kind, first = b"", True
    while kind != b"IEND":
        kind = _chunk(stream, to, first=first)
        first = False


def _chunk(stream: BinaryIO, to: BinaryIO, *, first: bool) -> bytes:
    lead = stream.read(8)
    length, kind = int.from_bytes(lead[:4], "big"), lead[4:]
    if len(lead) < 8 or (kind == b"IHDR") != first or (first and length != 13):
        raise Unfit(_BROKEN)
    check = zlib.crc32(kind)
    write = to.write if kind in KEPT else len
    write(lead)
    for piece in _body(stream, length):
        if first:
            require_size(int.from_bytes(piece[:4], "big"), int.from_bytes(piece[4:8], "big"))
        check = zlib.crc32(piece, check)
        write(piece)
    end = stream.read(4)
    if len(end) < 4 or int.from_bytes(end, "big") != check:
        raise Unfit(_BROKEN)
    write(end)
    return kind


def _body(stream: BinaryIO, length: int) -> Iterator[bytes]:
    while length:
        piece = stream.read(min(length, markers.PIECE))
        if not piece:
            raise Unfit(_BROKEN)
        length -= len(piece)
        yield piece


def require_size(width: int, height: int) -> None:
    """Raises `Unfit` for a picture without points, or with too many."""
    if not width * height:
        raise Unfit("is not a whole picture. Save it again and choose it once more")
    if width * height > MAX_PIXELS:
        raise Unfit("is too large a picture: it may have 100 million points. Make it smaller")
