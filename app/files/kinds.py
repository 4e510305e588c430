"""What kinds of file may be handed in: few, and none that a program runs from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """`extensions`: lower case with their dot, the usual one first."""

    name: str
    label: str
    extensions: tuple[str, ...]
    media_type: str


_ALL = (
    FileKind("pdf", "PDF", (".pdf",), "application/pdf"),
    FileKind(
        "docx",
        "Word",
        (".docx",),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    FileKind("odt", "OpenDocument text", (".odt",), "application/vnd.oasis.opendocument.text"),
    FileKind("xlsx", "Excel", (".xlsx",), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    FileKind("png", "PNG", (".png",), "image/png"),
    FileKind("jpeg", "JPEG", (".jpg", ".jpeg"), "image/jpeg"),
    FileKind("txt", "Plain text", (".txt",), "text/plain"),
)
KINDS: Mapping[str, FileKind] = {kind.name: kind for kind in _ALL}


def named(token: str) -> tuple[str, ...]:
    """Names of the kinds that one word of HTML's `accept` allows: ".pdf", "image/*", "application/pdf"; none for a word
    that says nothing here."""
    word = token.strip().lower()
    start = word.removesuffix("*") if word.endswith("/*") else None
    return tuple(
        kind.name
        for kind in _ALL
        if word in kind.extensions or word == kind.media_type or (start and kind.media_type.startswith(start))
    )


def in_words(names: Iterable[str], last: str = "or") -> str:
    """“PDF, PNG or JPEG”, in one order whatever the order given."""
    wanted = set(names)
    labels = [kind.label if kind.name != "txt" else "plain text" for kind in _ALL if kind.name in wanted]
    return f"{', '.join(labels[:-1])} {last} {labels[-1]}" if len(labels) > 1 else "".join(labels)


def size_in_words(size: int) -> str:
    """A number of bytes as people say it: “1 KB”, “2.4 MB” (1 MB is 1,000,000 bytes)."""
    if size >= 1_000_000:
        return f"{size / 1_000_000:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(size / 1000))} KB"
