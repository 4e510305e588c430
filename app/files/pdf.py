"""PDF (ISO 32000-2): whole, nothing else at the same time, and no program in its plain parts.

What is packed inside a PDF's compressed objects is not looked at: that is the virus scanner's work.
"""

from __future__ import annotations

import re
from typing import BinaryIO

from app.files import markers
from app.files.errors import Unfit

#: where the end mark must stand
TAIL = 2048


def _name(text: str) -> bytes:
    """A name of PDF's, each letter as it is or as “#” and two hex digits (7.3.5)."""
    letters = (f"(?:{letter}|#{ord(letter):02x}|#{ord(letter):02X})" for letter in text)
    return f"/{''.join(letters)}".encode()


ACTIVE = re.compile(b"|".join(_name(text) for text in ("JavaScript", "Launch", "RichMedia", "SubmitForm")))
CARRIES = re.compile(_name("EmbeddedFile"))


def examine(stream: BinaryIO) -> None:
    if not re.match(rb"%PDF-[12]\.[0-9]", markers.head(stream, 8)):
        raise Unfit("is not a PDF file")
    end = markers.tail(stream, TAIL)
    body, mark, rest = end.rpartition(b"%%EOF")
    if not mark or b"startxref" not in body:
        raise Unfit("is not whole: its end is missing. Save it again and choose it once more")
    if rest.strip(b"\0 \t\r\n\f") or markers.is_archive(stream):
        raise Unfit("holds something else behind the PDF. Print it to a new PDF and choose that")
    found = markers.holds(stream, ACTIVE, CARRIES, markers.MARKUP)
    if found is ACTIVE:
        raise Unfit("contains a program. Print it to a new PDF and choose that")
    if found is CARRIES:
        raise Unfit("has other files inside it. Choose those files themselves")
    if found is not None:
        raise Unfit("holds a web page, too. Print it to a new PDF and choose that")
