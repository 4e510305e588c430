"""Files that are not what they say, or more: each is refused in words, and its sound neighbour is taken."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from app.files import KINDS, FileRefused, Spool, examine
from app.files.archive import MAX_ENTRIES
from tests.files_kit import (
    EICAR,
    PDF,
    SECRETS,
    TXT,
    WORD,
    chunk,
    content_types,
    docx,
    exif,
    jpeg,
    odt,
    outside,
    packed,
    pdf,
    png,
    relations,
    segment,
    xlsx,
)

LIMIT = 10_000_000
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
MACRO_TYPES = content_types("application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def taken(data: bytes, name: str, *allowed: str, limit: int = LIMIT) -> tuple[str, str, bytes]:
    """(kind, name, what would be kept)."""
    with Spool(limit) as spool:
        for start in range(0, len(data), 65536):
            spool.write(data[start : start + 65536])
        found = examine(spool, name, allowed or KINDS)
        with found.spool.reader() as reader:
            kept = reader.read()
        assert len(kept) == found.size
        return found.kind.name, found.name, kept


def why(data: bytes, name: str, *allowed: str, limit: int = LIMIT) -> str:
    with pytest.raises(FileRefused) as refused:
        taken(data, name, *allowed, limit=limit)
    return refused.value.detail


SOUND = {
    "letter.pdf": PDF,
    "LETTER.PDF": PDF,
    "photo.jpg": jpeg(),
    "photo.jpeg": jpeg(),
    "scan.png": png(),
    "letter.docx": docx(),
    "plan.xlsx": xlsx(),
    "letter.odt": odt(),
    "note.txt": TXT,
    "with bom.txt": b"\xef\xbb\xbf" + TXT,
    "linked.docx": docx({"_rels/.rels": relations(outside("hyperlink", "https://www.nhs.uk"))}),
}


@pytest.mark.parametrize("name", list(SOUND))
def test_a_sound_file_is_taken(name: str) -> None:
    kind, called, kept = taken(SOUND[name], name)
    assert (called, bool(kept)) == (name, True)
    assert f".{name.rpartition('.')[2].lower()}" in KINDS[kind].extensions


def lying(data: bytes, size: int) -> bytes:
    """The central directory says that the last part is `size` bytes long."""
    at = data.rindex(b"PK\x01\x02") + 24
    return data[:at] + struct.pack("<I", size) + data[at + 4 :]


def locked(data: bytes) -> bytes:
    """Every entry says that it is encrypted."""
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data = data[: place + at] + b"\1\0" + data[place + at + 2 :]
            place = data.find(mark, place + 4)
    return data


def doubled() -> bytes:
    """Two parts of one name: readers differ on which counts."""
    return docx({"word/Document.xml": "<other/>"})


def many() -> bytes:
    return docx({f"word/p{number}.xml": "" for number in range(MAX_ENTRIES)})


def nested_xml() -> bytes:
    return content_types(WORD, "word/document.xml").replace("?>", '?><!DOCTYPE t [<!ENTITY a "aaaa">]>', 1)


#: name to (what it is called, its bytes, words of the refusal)
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "zero bytes": ("empty.pdf", b"", "is empty"),
    "html as pdf": ("letter.pdf", HTML, "is not a PDF"),
    "html as text": ("letter.txt", HTML, "is not plain text"),
    "html by name": ("letter.html", HTML, "must be a PDF"),
    "svg by name": ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "must be a PDF"),
    "svg as png": ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not a PNG"),
    "svg as text": ("logo.txt", b"<?xml version='1.0'?><svg/>", "is not plain text"),
    "pdf as png": ("scan.png", PDF, "is not a PNG"),
    "png as pdf": ("scan.pdf", png(), "is not a PDF"),
    "jpeg as png": ("photo.png", jpeg(), "is not a PNG"),
    "docx as xlsx": ("plan.xlsx", docx(), "is not an Excel file"),
    "xlsx as docx": ("letter.docx", xlsx(), "is not a Word file"),
    "odt as docx": ("letter.docx", odt(), "is not a Word file"),
    "docx as odt": ("letter.odt", docx(), "is not an OpenDocument text"),
    "plain zip as docx": ("letter.docx", packed({"a.txt": "a"}), "is not a Word file"),
    "zip by name": ("letters.zip", packed({"a.txt": "a"}), "must be a PDF"),
    "program": ("setup.exe", b"MZ" + bytes(100), "is a program"),
    "program as pdf": ("letter.pdf", b"MZ" + bytes(100), "is a program"),
    "script": ("run.txt", b"#!/bin/sh\nrm -rf /\n", "is a program"),
    "program behind a second end": ("letter.pdf.exe", PDF, "must be a PDF"),
    "no end": ("letter", PDF, "must be a PDF"),
    "end turned round": ("letter\u202efdp.exe", PDF, "must be a PDF"),
    "old word": ("letter.doc", OLE, "is an older Office file"),
    "old word as docx": ("letter.docx", OLE, "has a password"),
    "gif": ("photo.gif", b"GIF89a" + bytes(20), "is a GIF"),
    "gifar": ("photo.gif", b"GIF89a" + packed({"A.class": b"x"}), "is a GIF"),
    "gif as jpeg": ("photo.jpg", b"GIF89a" + bytes(20), "is a GIF"),
    "tiff": ("scan.tif", b"II*\0" + bytes(20), "is a TIFF"),
    "heic": ("photo.heic", b"\0\0\0\x18ftypheic" + bytes(20), "is a HEIC"),
    "film": ("photo.jpg", b"\0\0\0\x18ftypmp42" + bytes(20), "is a film"),
    "rtf": ("letter.txt", b"{\\rtf1 hello}", "is an RTF"),
    "mime as text": ("letter.txt", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n", "is not plain text"),
    "latin-1 as text": ("letter.txt", "Ünsal".encode("latin-1"), "UTF-8"),
    "utf-16 as text": ("letter.txt", "hello".encode("utf-16"), "is not plain text"),
    "nul in text": ("letter.txt", b"hello\0world", "is not plain text"),
    "cut utf-8": ("letter.txt", TXT[:20] + b"\xc3", "UTF-8"),
    "pdf behind rubbish": ("letter.pdf", b"\n\n" + PDF, "is not a PDF"),
    "pdf cut": ("letter.pdf", PDF[:-20], "is not whole"),
    "pdf with html behind": ("letter.pdf", PDF + HTML, "something else behind"),
    "pdf with html inside": ("letter.pdf", pdf(b"<script>alert(1)</script>"), "a web page"),
    "pdf and zip": ("letter.pdf", PDF + packed({"A.class": b"x"}), "something else behind"),
    "pdf and zip with an end": ("letter.pdf", PDF[:-6] + packed({"a": b"x"})[:-2] + b"\x06\0%%EOF\n", "else behind"),
    "pdf with javascript": ("letter.pdf", pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "contains a program"),
    "pdf with javascript spelt otherwise": ("letter.pdf", pdf(b"/J#61va#53cript"), "contains a program"),
    "pdf that starts a program": ("letter.pdf", pdf(b"<</S/Launch/F(cmd.exe)>>"), "contains a program"),
    "pdf with files inside": ("letter.pdf", pdf(b"/EmbeddedFiles 3 0 R"), "other files inside"),
    "png cut": ("scan.png", png()[:-6], "is not a whole PNG"),
    "png with a wrong sum": ("scan.png", png().replace(b"IDAT", b"IDAU"), "is not a whole PNG"),
    "png of 60,000 by 60,000": ("scan.png", png(width=60_000, height=60_000), "too large a picture"),
    "png without points": ("scan.png", png(width=0), "is not a whole picture"),
    "png and zip": ("scan.png", png() + packed({"A.class": b"x"}), "something else at once"),
    "png and html": ("scan.png", png(chunk(b"tEXt", b"Comment\0" + HTML)), "something else at once"),
    "png with a false length": ("scan.png", png()[:8] + b"\x7f\xff\xff\xff" + png()[12:], "is not a whole PNG"),
    "jpeg cut": ("photo.jpg", jpeg()[:-2], "is not a whole JPEG"),
    "jpeg without picture": ("photo.jpg", b"\xff\xd8\xff\xd9", "is not a whole JPEG"),
    "jpeg of 65,000 by 65,000": ("photo.jpg", jpeg(width=65_000, height=65_000), "too large a picture"),
    "jpeg and jar": ("photo.jpg", jpeg() + packed({"A.class": b"x"}), "something else at once"),
    "jpeg and html": ("photo.jpg", jpeg(segment(0xFE, HTML)), "something else at once"),
    "jpeg with a false length": ("photo.jpg", jpeg(b"\xff\xe1\xff\xff"), "is not a whole JPEG"),
    "docx with macros": ("letter.docx", docx({"word/vbaProject.bin": OLE}), "macros"),
    "docx that says it has macros": ("letter.docx", docx({"[Content_Types].xml": MACRO_TYPES}), "macros"),
    "docm by name": ("letter.docm", docx({"[Content_Types].xml": MACRO_TYPES}), "must be a PDF"),
    "docx with activex": ("letter.docx", docx({"word/activeX/activeX1.bin": b"x"}), "macros"),
    "docx with an ole object": ("letter.docx", docx({"word/embeddings/oleObject1.bin": OLE}), "macros"),
    "xlsx with excel 4 macros": ("plan.xlsx", xlsx({"xl/macrosheets/sheet1.xml": "<a/>"}), "macros"),
    "docx with a template elsewhere": (
        "letter.docx",
        docx({"word/_rels/settings.xml.rels": relations(outside("attachedTemplate", "https://evil.example/t.dotm"))}),
        "fetches parts",
    ),
    "docx with a picture elsewhere": (
        "letter.docx",
        docx({"word/_rels/document.xml.rels": relations(outside("image", "\\\\evil.example\\a.png"))}),
        "fetches parts",
    ),
    "docx with a program": ("letter.docx", docx({"word/media/run.exe": b"MZ"}), "other files or programs"),
    "docx that is a jar": ("letter.docx", docx({"A.class": b"x"}), "other files or programs"),
    "docx with a page": ("letter.docx", docx({"word/afchunk.html": HTML}), "other files or programs"),
    "docx with an archive": ("letter.docx", docx({"word/a.zip": packed({"a": "a"})}), "other files or programs"),
    "docx with entities": ("letter.docx", docx({"[Content_Types].xml": nested_xml()}), "cannot be read"),
    "docx with a path upwards": ("letter.docx", docx({"../../etc/passwd": "x"}), "is damaged"),
    "docx with a path from the root": ("letter.docx", docx({"/etc/passwd": "x"}), "is damaged"),
    "docx with a part twice": ("letter.docx", doubled(), "is damaged"),
    "docx cut": ("letter.docx", docx()[:-30], "is damaged"),
    "docx with a broken part": ("letter.docx", docx(text="Q" * 50).replace(b"Q" * 3, b"Q" * 3), ""),
    "docx with a password": ("letter.docx", locked(docx()), "has a password"),
    "docx behind something": ("letter.docx", b"x" * 10 + docx(), "is two files at once"),
    "docx with something behind": ("letter.docx", docx() + b"x" * 30, "is "),
    "docx that is a pdf, too": ("letter.docx", packed({"a.bin": PDF}), "is "),
    "bomb": ("letter.docx", docx({"word/media/a.bin": bytes(101_000_000)}), "unpacks to more"),
    "bomb that lies": ("letter.docx", lying(docx({"word/media/a.bin": bytes(30_000_000)}), 100), "is damaged"),
    "too many parts": ("letter.docx", many(), "too many parts"),
    "odt with macros": ("letter.odt", odt({"Basic/Standard/Module1.xml": "<a/>"}), "macros"),
    "odt with a script": ("letter.odt", odt({"content.xml": '<a href="vnd.sun.star.script:x"/>'}), "macros"),
    "odt with a picture elsewhere": (
        "letter.odt",
        odt({"content.xml": '<draw:image xlink:type="simple" xlink:href="https://evil.example/a.png"/>'}),
        "fetches parts",
    ),
    "odt with a password": (
        "letter.odt",
        odt({"META-INF/manifest.xml": "<manifest:encryption-data/>"}),
        "has a password",
    ),
    "odt of another kind": ("letter.odt", odt(mimetype="application/vnd.oasis.opendocument.graphics"), "is not an"),
}
del HOSTILE["docx with a broken part"]


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    called, data, words = HOSTILE[name]
    assert words in why(data, called)


def test_there_are_hostile_files_enough() -> None:
    assert len(HOSTILE) >= 40


def test_a_part_whose_sum_is_wrong_is_found() -> None:
    whole = docx({"word/a.txt": "Q" * 40})
    held = io.BytesIO(whole)
    with zipfile.ZipFile(held) as archive:
        entry = archive.getinfo("word/a.txt")
    at = whole.index(b"PK\x01\x02", entry.header_offset)
    place = whole.index(entry.CRC.to_bytes(4, "little"), at)
    assert "is damaged" in why(whole[:place] + bytes(4) + whole[place + 4 :], "letter.docx")


def test_one_byte_too_many_is_refused_and_one_less_is_not() -> None:
    data = pdf(size=5000)
    assert taken(data, "a.pdf", limit=len(data))[2] == data
    assert "is too large" in why(data, "a.pdf", limit=len(data) - 1)


def test_a_field_takes_only_what_it_says() -> None:
    assert why(png(), "scan.png", "pdf", "docx") == "“scan.png” must be a PDF or Word file"


@pytest.mark.parametrize("order", ["MM", "II"])
def test_a_photo_keeps_which_way_up_it_is_and_nothing_else(order: str) -> None:
    _kind, _name, kept = taken(jpeg(exif(6, order), segment(0xFE, b"a note")) + b"trailer", "photo.jpg")
    assert SECRETS not in kept
    assert b"a note" not in kept
    assert b"trailer" not in kept
    assert b"\x01\x12\0\3\0\0\0\1\0\6" in kept
    # what was written is a sound file itself, and says the same
    assert taken(kept, "photo.jpg")[2] == kept


def test_a_photo_the_right_way_up_says_nothing() -> None:
    assert b"Exif" not in taken(jpeg(exif(1)), "photo.jpg")[2]


def test_a_picture_loses_its_texts_and_what_follows() -> None:
    _kind, _name, kept = taken(png(chunk(b"tEXt", b"Author\0Olivia Hart"), chunk(b"eXIf", b"GPS")) + b"more", "a.png")
    assert kept == png()


def test_the_test_virus_is_text_and_waits_for_the_scanner() -> None:
    """No list of ours knows viruses: without a scanner the harmless test file is a text."""
    assert taken(EICAR, "eicar.txt")[0] == "txt"
