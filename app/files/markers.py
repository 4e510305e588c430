"""Looking through a whole file for what must not be in it, in pieces of bounded size."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

PIECE = 256 * 1024
#: longer than anything that is looked for
OVERLAP = 128
#: a page that a browser would run; none of the kinds here has one in its plain bytes
MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|body|object|embed)[\s>/]", re.IGNORECASE)


def pieces(stream: BinaryIO, size: int = PIECE) -> Iterator[bytes]:
    """The file from its start."""
    stream.seek(0)
    while piece := stream.read(size):
        yield piece


def holds(stream: BinaryIO, *patterns: re.Pattern[bytes]) -> re.Pattern[bytes] | None:
    """The first of the patterns that is found."""
    before = b""
    for piece in pieces(stream):
        text = before + piece
        for pattern in patterns:
            if pattern.search(text):
                return pattern
        before = text[-OVERLAP:]
    return None


def is_archive(stream: BinaryIO) -> bool:
    """Does it end as a ZIP archive? Then it is two files at once, whatever it begins with."""
    stream.seek(0)
    return zipfile.is_zipfile(stream)


def tail(stream: BinaryIO, length: int) -> bytes:
    end = stream.seek(0, 2)
    stream.seek(max(0, end - length))
    return stream.read(length)


def head(stream: BinaryIO, length: int) -> bytes:
    stream.seek(0)
    return stream.read(length)
