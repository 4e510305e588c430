"""Whether a file may come in: its name, its length and, above all, what it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import BinaryIO, cast

from app.files import jpeg, kinds, names, office, pdf, plaintext, png
from app.files.errors import FileRefused, Unfit
from app.files.kinds import KINDS, FileKind
from app.files.markers import head
from app.files.spool import Spool

#: what a file begins with that people often choose by mistake, and what they can do
OTHERS: Mapping[bytes, str] = {
    b"MZ": "is a program and cannot be handed in",
    b"\x7fELF": "is a program and cannot be handed in",
    b"#!": "is a program and cannot be handed in",
    b"\xd0\xcf\x11\xe0": "is an older Office file, or has a password. Save it as .docx, .xlsx or PDF without one",
    b"GIF8": "is a GIF picture. Save it as PNG or JPEG",
    b"II*\0": "is a TIFF picture. Save it as PDF",
    b"MM\0*": "is a TIFF picture. Save it as PDF",
    b"{\\rtf": "is an RTF file. Save it as .docx or PDF",
    b"Rar!": "is an archive. Choose the files inside it one by one",
    b"7z\xbc\xaf": "is an archive. Choose the files inside it one by one",
    b"\x1f\x8b": "is an archive. Choose the files inside it one by one",
}
_HEIC = "is a HEIC photo. Save it as JPEG, or set the camera to “Most compatible”"


@dataclass
class Examined:
    """A file that may come in. `spool`: what is to be kept of it, at its beginning; close it after use."""

    kind: FileKind
    name: str
    size: int
    spool: Spool


def examine(given: Spool, name: str, allowed: Collection[str]) -> Examined:
    """Look at an upload. `allowed`: names of the kinds that the field takes.

    Raises `FileRefused` with a sentence. Pictures come out without what tells who made them, where and when.
    """
    called = names.tidy(name)
    try:
        return _examined(given, called, allowed)
    except Unfit as error:
        raise FileRefused(called, str(error)) from error


def _examined(given: Spool, name: str, allowed: Collection[str]) -> Examined:
    if not given.size:
        raise Unfit("is empty")
    if given.too_large:
        raise Unfit(f"is too large: it may have {kinds.size_in_words(given.limit)}, and this has more")
    kind = _kind_of(name, given, allowed)
    if kind.name in _REWRITTEN:
        return _rewritten(given, kind, name)
    with given.reader() as reader:
        _LOOKED_AT[kind.name](cast("BinaryIO", reader))
    given.seek(0)
    return Examined(kind, name, given.size, given)


def _kind_of(name: str, given: Spool, allowed: Collection[str]) -> FileKind:
    """By the end of the name; what the file is then has to agree."""
    end = names.extension(name)
    kind = next((one for one in KINDS.values() if end in one.extensions), None)
    with given.reader() as reader:
        start = head(cast("BinaryIO", reader), 12)
    for first, words in OTHERS.items():
        if start.startswith(first):
            raise Unfit(words)
    if start[4:8] == b"ftyp":
        raise Unfit(
            _HEIC if start[8:12] in {b"heic", b"heix", b"mif1", b"hevc"} else "is a film or a picture of another kind"
        )
    if kind is None or kind.name not in allowed:
        raise Unfit(f"must be a {kinds.in_words(allowed)} file")
    return kind


def _rewritten(given: Spool, kind: FileKind, name: str) -> Examined:
    clean = Spool(given.limit)
    try:
        with given.reader() as reader:
            _REWRITTEN[kind.name](cast("BinaryIO", reader), cast("BinaryIO", clean))
    except Unfit:
        clean.close()
        raise
    clean.seek(0)
    return Examined(kind, name, clean.size, clean)


_LOOKED_AT: Mapping[str, Callable[[BinaryIO], None]] = {
    "pdf": pdf.examine,
    "txt": plaintext.examine,
    "docx": lambda stream: office.examine_ooxml(stream, "docx"),
    "xlsx": lambda stream: office.examine_ooxml(stream, "xlsx"),
    "odt": office.examine_odt,
}
_REWRITTEN: Mapping[str, Callable[[BinaryIO, BinaryIO], None]] = {"png": png.rewrite, "jpeg": jpeg.rewrite}
