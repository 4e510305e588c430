"""Zip files that come into the workshop: what is hostile is refused in words, before anything of it is kept."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.definitions import zipped
from app.definitions.zipped import NOTE, Note
from app.files import FileRefused

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
DIAGRAM = b"<definitions/>"
FILES = {"leave.bpmn": DIAGRAM, "ask.form": b'{"id": "ask"}', "days.dmn": bytes(range(256)) * 40}


def packed(parts: dict[str, bytes], **more: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


def linked() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        info = zipfile.ZipInfo("leave.bpmn")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    return out.getvalue()


def renamed(name: bytes) -> bytes:
    """A name that zipfile would not write."""
    old = b"x" * len(name)
    return packed({old.decode(): DIAGRAM, "leave.bpmn": DIAGRAM}).replace(old, name)


def understated() -> bytes:
    """A part that unpacks to more than it says, in both of its headers."""
    data = packed({"leave.bpmn": b"<" * 1_900_000})
    return data.replace(struct.pack("<I", 1_900_000), struct.pack("<I", 100))


def overlapping() -> bytes:
    """Two entries of the directory that share the same bytes (as bombs without nesting do)."""
    data = packed({"a.bpmn": b"<" * 1000, "b.bpmn": b"<" * 1000})
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 1)
    return data[: second + 20] + struct.pack("<I", len(data)) + data[second + 24 :]


def locked() -> bytes:
    data = bytearray(packed({"leave.bpmn": DIAGRAM}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"PK but not really", "is not a zip file"),
    "nothing": (lambda: b"", "is not a zip file"),
    "an empty zip": (lambda: packed({}), "is damaged or not whole"),
    "half a zip": (lambda: packed(FILES)[:-30], "is not a zip file"),
    "too large": (lambda: b"x" * 10_000_001, "is larger than 10 MB"),
    "a bomb": (lambda: packed({f"{n}.form": b" " * 1_900_000 for n in range(20)}), "unpacks to more than it may"),
    "a bomb that understates": (understated, "is damaged or not whole"),
    "a bomb of shared bytes": (overlapping, "unpacks to more than it may"),
    "too many parts": (lambda: packed({f"{n}.form": b"{}" for n in range(401)}), "has too many parts"),
    "a part too large": (lambda: packed({"leave.bpmn": b"<" * 2_000_001}), "larger than 2 MB"),
    "out of its folder": (lambda: packed({"../../leave.bpmn": DIAGRAM}), "would land outside its own folder"),
    "from the root": (lambda: packed({"/etc/leave.bpmn": DIAGRAM}), "would land outside its own folder"),
    "another drive": (lambda: renamed(b"C:/leave.bpmn"), "would land outside its own folder"),
    "a Windows path": (lambda: renamed(b"..\\leave.bpmn"), "would land outside its own folder"),
    "a link": (linked, "is a link and not a file"),
    "a password": (locked, "has a password"),
    "one name twice": (lambda: packed({"a/leave.bpmn": DIAGRAM, "b/Leave.bpmn": DIAGRAM}), "holds two files named"),
    "a program": (lambda: packed({**FILES, "run.exe": b"MZ"}), "has other files or programs inside it"),
    "a page": (lambda: packed({**FILES, "page.html": b"<script>"}), "has other files or programs inside it"),
    "something before it": (lambda: b"GIF89a" + packed(FILES), "is two files at once"),
    "something behind it": (lambda: packed(FILES) + b"<script>", "is two files at once"),
    "a name nobody can type": (lambda: packed({"a\u202egnp.bpmn": DIAGRAM}), "give that file a name of letters"),
    "a name with markup": (lambda: packed({"<b>.bpmn": DIAGRAM}), "give that file a name of letters"),
    "nothing of ours": (lambda: packed({"readme.md": b"Hello"}), "holds no diagram, decision table or form"),
    "a note that is no note": (lambda: packed({**FILES, NOTE: b"[]"}), "is not Waymark’s"),
    "a note with more": (lambda: packed({**FILES, NOTE: b'{"key": "a", "evil": 1}'}), "is not Waymark’s"),
    "a note with a long key": (lambda: packed({**FILES, NOTE: b'{"key": "%s"}' % (b"a" * 81)}), "is not Waymark’s"),
    "a note that is a book": (lambda: packed({**FILES, NOTE: b" " * 5000 + b'{"key": "a"}'}), "is not Waymark’s"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused_in_words(what: str) -> None:
    make, words = HOSTILE[what]
    with pytest.raises(FileRefused) as refused:
        zipped.read(make(), "bundle.zip")
    assert refused.value.detail.startswith("“bundle.zip” ")
    assert words in refused.value.detail
    assert "PDF" not in refused.value.detail


def test_what_was_packed_here_comes_back_byte_for_byte() -> None:
    """The control: nothing of the above stands in the way of a good one."""
    note = Note("leave", 3, "a" * 64, "Ask less")
    data = zipped.write(FILES, note, NOW)
    found = zipped.read(data)
    assert (dict(found.files), found.note) == (FILES, note)
    assert zipped.write(FILES, note, NOW) == data


def test_a_folder_packed_by_hand_comes_in_without_what_lies_beside() -> None:
    """As a Mac packs it."""
    parts = {
        "mine/": b"",
        "mine/leave.bpmn": DIAGRAM,
        "mine/forms/ask.form": FILES["ask.form"],
        "mine/notices.toml": b"",
        "mine/.DS_Store": b"x",
        "__MACOSX/mine/._leave.bpmn": b"x",
    }
    found = zipped.read(packed(parts))
    assert (set(found.files), found.note) == ({"leave.bpmn", "ask.form"}, None)
