"""Small whole files of every kind that may come in, and the parts from which bad ones are made."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n110\n%%EOF\n"
)
TXT = "A letter from Dr Ünsal.\nSecond line.\n".encode()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument."
WORD, SHEET = f"{MAIN}wordprocessingml.document.main+xml", f"{MAIN}spreadsheetml.sheet.main+xml"


def pdf(text: bytes = b"", *, size: int = 0) -> bytes:
    """A PDF with something more in its body; `size`: at least so many bytes."""
    more = b"%" + text + b"\n" if text else b""
    more += b"%" + b"x" * max(0, size - len(PDF)) + b"\n" if size else b""
    return PDF.replace(b"1 0 obj", more + b"1 0 obj", 1)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*more: bytes, width: int = 1, height: int = 1) -> bytes:
    """A grey picture; `more`: chunks before its data."""
    lines = zlib.compress(b"\0\x7f" * 1)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


#: GPS, camera and a name, after the IFD that says which way up the picture is
SECRETS = b"GPSLatitude 51.5007 Canon EOS Olivia Hart"


def exif(turn: int = 6, order: str = "MM") -> bytes:
    mark = ">" if order == "MM" else "<"
    entry = struct.pack(f"{mark}HHIHH", 0x0112, 3, 1, turn, 0)
    ifd = struct.pack(f"{mark}H", 1) + entry + struct.pack(f"{mark}I", 0)
    tiff = order.encode() + struct.pack(f"{mark}HI", 42, 8) + ifd
    return segment(0xE1, b"Exif\0\0" + tiff + SECRETS)


def jpeg(*more: bytes, width: int = 8, height: int = 8, end: bytes = b"\xff\xd9") -> bytes:
    """The frame of a JPEG: what a decoder would draw matters to nobody here."""
    tables = segment(0xDB, b"\0" + bytes(64)) + segment(0xC4, bytes(17))
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    scan = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
    head = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    return head + b"".join(more) + tables + frame + scan + end


def packed(parts: Mapping[str, bytes | str], *, first_stored: bool = False) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, body) in enumerate(parts.items()):
            how = zipfile.ZIP_STORED if first_stored and number == 0 else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 9, 0, 0)), body, how)
    return held.getvalue()


def content_types(main: str, part: str, more: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{TYPES}"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/{part}" ContentType="{main}"/>{more}</Types>'
    )


def relations(*more: str) -> str:
    own = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}">{own}{"".join(more)}</Relationships>'


def outside(kind: str, target: str) -> str:
    return f'<Relationship Id="r9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def docx(more: Mapping[str, bytes | str] | None = None, text: str = "Dear colleague") -> bytes:
    """A Word file; `more` replaces or adds parts."""
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(WORD, "word/document.xml"),
        "_rels/.rels": relations(),
        "word/document.xml": f'<w:document xmlns:w="urn:w"><w:t>{text}</w:t></w:document>',
    }
    return packed({**parts, **(more or {})})


def xlsx(more: Mapping[str, bytes | str] | None = None) -> bytes:
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(SHEET, "xl/workbook.xml"),
        "_rels/.rels": relations(),
        "xl/workbook.xml": '<workbook xmlns="urn:x"/>',
    }
    return packed({**parts, **(more or {})})


def odt(
    more: Mapping[str, bytes | str] | None = None, mimetype: str = "application/vnd.oasis.opendocument.text"
) -> bytes:
    parts: dict[str, bytes | str] = {
        "mimetype": mimetype,
        "content.xml": '<office:document-content xmlns:office="urn:o"/>',
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:m"/>',
    }
    return packed({**parts, **(more or {})}, first_stored=True)
