"""JPEG (ITU-T T.81): read segment by segment, and written again without notes, place, time, camera and what follows.

Only which way up the picture is stays of its Exif part: a photo of a letter must not lie on its side.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from app.files import markers
from app.files.errors import Unfit
from app.files.png import require_size

SOI, EOI, SOS, TEM = 0xD8, 0xD9, 0xDA, 0x01
#: start of frame: height and width
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: tables and frames; of the application's segments only those that say how colours are meant
TABLES = FRAMES | {0xC4, 0xCC, 0xDB, 0xDD, SOS}
COLOURS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
EXIF, ORIENTATION = 0xE1, 0x0112
#: a marker in the picture's data that is not stuffing and not a restart
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_BROKEN = "is not a whole JPEG picture. Save it again and choose it once more"


def rewrite(stream: BinaryIO, to: BinaryIO) -> None:
    """Copy the picture alone. Raises `Unfit`."""
    if markers.head(stream, 3) != b"\xff\xd8\xff":
        raise Unfit("is not a JPEG picture")
    if markers.is_archive(stream) or markers.holds(stream, markers.MARKUP):
        raise Unfit("is a picture and something else at once")
    stream.seek(2)
    to.write(b"\xff\xd8")
    seen: set[int] = set()
    while (marker := _marker(stream)) != EOI:
        seen.add(marker)
        _segment(stream, to, marker)
    if not (seen & FRAMES and SOS in seen):
        raise Unfit(_BROKEN)
    to.write(b"\xff\xd9")


def _marker(stream: BinaryIO) -> int:
    if stream.read(1) != b"\xff":
        raise Unfit(_BROKEN)
    found = stream.read(1)
    while found == b"\xff":
        found = stream.read(1)
    if not found or found[0] in {0, SOI, TEM}:
        raise Unfit(_BROKEN)
    return found[0]


def _segment(stream: BinaryIO, to: BinaryIO, marker: int) -> None:
    lead = stream.read(2)
    length = int.from_bytes(lead, "big")
    body = stream.read(max(0, length - 2))
    if length < 2 or len(body) != length - 2:
        raise Unfit(_BROKEN)
    if marker in FRAMES:
        require_size(int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"))
    if marker in TABLES or (marker in COLOURS and body.startswith(COLOURS[marker])):
        to.write(bytes((0xFF, marker)) + lead + body)
    elif marker == EXIF and (turn := _orientation(body)) > 1:
        to.write(_exif(turn))
    if marker == SOS:
        _data(stream, to)


def _data(stream: BinaryIO, to: BinaryIO) -> None:
    """The compressed picture, up to the next marker."""
    while piece := stream.read(markers.PIECE):
        if piece.endswith(b"\xff"):
            piece += stream.read(1)
        found = _MARKER.search(piece)
        if found:
            to.write(piece[: found.start()])
            stream.seek(found.start() - len(piece), 1)
            return
        to.write(piece)
    raise Unfit(_BROKEN)


def _orientation(body: bytes) -> int:
    """Which way up (Exif 2.32, 4.6.4): 1 to 8, 1 being as it is."""
    if not body.startswith((b"Exif\0\0II*\0", b"Exif\0\0MM\0*")):
        return 1
    tiff, order = body[6:], "little" if body[6:8] == b"II" else "big"

    def number(at: int, length: int) -> int:
        return int.from_bytes(tiff[at : at + length], order)  # type: ignore[arg-type]  # one of two words

    start = number(4, 4)
    for entry in range(start + 2, start + 2 + 12 * min(number(start, 2), 200), 12):
        if number(entry, 2) == ORIENTATION and number(entry + 2, 2) == 3:
            turn = number(entry + 8, 2)
            return turn if 1 <= turn <= 8 else 1
    return 1


def _exif(turn: int) -> bytes:
    """An Exif segment that says which way up, and nothing else."""
    entry = ORIENTATION.to_bytes(2, "big") + b"\0\3\0\0\0\1" + turn.to_bytes(2, "big") + b"\0\0"
    body = b"Exif\0\0MM\0*\0\0\0\x08\0\1" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
