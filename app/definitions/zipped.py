"""A bundle as a zip: the files as they are, for any editor, and a note of where they came from."""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import orjson

from app.definitions.collecting import MAX_BYTES, READ
from app.files import FileRefused, archive
from app.files.errors import Unfit

#: what came from where; a zip that somebody packed by hand has none
NOTE = "waymark.json"
MAX_NOTE = 4_000
#: bytes of a zip that comes in
LARGEST = 10_000_000
BOUNDS = archive.Bounds(
    entries=400,
    unpacked=30_000_000,
    otherwise="Put the diagrams, tables and forms alone into a zip and choose that",
    astray="has parts that would land outside its own folder. Pack the files anew and choose that",
)
#: as a file is called on any system, with one of the three endings
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]{0,100}[A-Za-z0-9_-])?\.(?:bpmn|dmn|form)", re.ASCII)
#: an id of a process as it may be deployed
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}", re.ASCII)
#: zip's earliest year
_FIRST = 1980


@dataclass(frozen=True)
class Note:
    """`key`: id of the main process. `version` and `sha256` of the deployed version that the files are, or that the
    draft `title` began with; 0 and "" for a process that was not deployed."""

    key: str
    version: int = 0
    sha256: str = ""
    title: str = ""


@dataclass(frozen=True)
class Brought:
    """What a zip holds. `note`: None when it was packed by hand."""

    files: Mapping[str, bytes] = field(repr=False)
    note: Note | None


def fits(name: str) -> bool:
    """May a file of a process have this name?"""
    return _NAME.fullmatch(name) is not None


def may_be_key(text: str) -> bool:
    """May a process that is deployed have this id?"""
    return _KEY.fullmatch(text) is not None


def write(files: Mapping[str, bytes], note: Note, at: datetime) -> bytes:
    """The zip. `at`: the time that its parts carry, so that the same files make the same zip."""
    out = io.BytesIO()
    parts = {**files, NOTE: orjson.dumps(asdict(note), option=orjson.OPT_INDENT_2)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in sorted(parts.items()):
            info = zipfile.ZipInfo(name, (max(at.year, _FIRST), at.month, at.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, data)
    return out.getvalue()


def read(data: bytes, name: str = "") -> Brought:
    """The diagrams, tables and forms of a zip, from whatever folder in it; what else lies there is left out.

    `name`: as its sender calls it. Raises FileRefused with the reason in words: not a zip, too many or too large parts,
    names that lead elsewhere, links, two files of one name.
    """
    try:
        _require_zip(data)
        with archive.opened(io.BytesIO(data), BOUNDS) as found:
            return _brought(found)
    except Unfit as error:
        raise FileRefused(name, f"{error}.") from error


def _require_zip(data: bytes) -> None:
    if len(data) > LARGEST:
        raise Unfit(f"is larger than {LARGEST // 1_000_000} MB. {BOUNDS.otherwise}")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise Unfit("is not a zip file")


def _brought(found: zipfile.ZipFile) -> Brought:
    files: dict[str, bytes] = {}
    note = None
    for base, entry in _entries(found):
        if base == NOTE:
            note = _note(found, entry)
            continue
        if not fits(base):
            raise Unfit(f"holds “{base[:120]}”: give that file a name of letters, digits, - and _")
        if base.lower() in {name.lower() for name in files}:
            raise Unfit(f"holds two files named {base}. Rename one, and pack them anew")
        if entry.file_size > MAX_BYTES:
            raise Unfit(f"holds {base}, which is larger than {MAX_BYTES // 1_000_000} MB")
        files[base] = found.read(entry)
    if not files:
        raise Unfit("holds no diagram, decision table or form")
    return Brought(files, note)


def _entries(found: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """Name without folders, and entry, of what is looked at."""
    for entry in found.infolist():
        path = PurePosixPath(entry.filename)
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise Unfit(f"holds “{path.name[:120]}”, which is a link and not a file. Pack the file itself")
        hidden = path.name.startswith(".") or "__MACOSX" in path.parts
        if not entry.is_dir() and not hidden and (path.suffix in READ or path.name == NOTE):
            yield path.name, entry


def _note(found: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Note:
    try:
        said: Any = orjson.loads(found.read(entry)) if entry.file_size <= MAX_NOTE else None
        note = Note(**said)
        sound = may_be_key(note.key) and isinstance(note.sha256, str) and isinstance(note.title, str)
    except (TypeError, ValueError):
        sound = None
    if not sound:
        raise Unfit(f"holds a {NOTE} that is not Waymark’s. Take it out and pack the files anew")
    return note
