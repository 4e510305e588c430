"""Plain text: UTF-8, readable, and no markup or program of another kind."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from app.files import markers
from app.files.errors import Unfit

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_OTHER = re.compile(r"\s*(?:<[!?a-z]|\{\\rtf|%!PS|%PDF|MIME-Version:)", re.IGNORECASE)


def examine(stream: BinaryIO) -> None:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    start = ""
    try:
        for piece in markers.pieces(stream):
            text = decoder.decode(piece)
            if _UNREADABLE.search(text):
                raise Unfit("is not plain text")
            start = start or text[:1000]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unfit("is not plain text in UTF-8. Save it again with that encoding, or as PDF") from None
    if _OTHER.match(start) or markers.is_archive(stream):
        raise Unfit("is not plain text, whatever its name says")
