"""Word and Excel (OOXML, ISO/IEC 29500) and OpenDocument text: what they say they are, without macros, and whole."""

from __future__ import annotations

import io
import re
import zipfile
from typing import BinaryIO

from lxml import etree

from app import xmlsafe
from app.files import archive, markers
from app.files.errors import Unfit

_MAIN = "application/vnd.openxmlformats-officedocument."
MAINS = {"docx": f"{_MAIN}wordprocessingml.document.main+xml", "xlsx": f"{_MAIN}spreadsheetml.sheet.main+xml"}
LABELS = {"docx": "a Word file (.docx)", "xlsx": "an Excel file (.xlsx)", "odt": "an OpenDocument text (.odt)"}
_MACROS = re.compile(r"macro|vba|activex|\bole", re.IGNORECASE)
_MACRO_PARTS = re.compile(r"vbaproject|vbadata|activex|oleobject|/macrosheets/|/ctrlprops/", re.IGNORECASE)
_HYPERLINK = "/relationships/hyperlink"
_ODF_MACROS = re.compile(r"(?:Basic|Scripts)/", re.IGNORECASE)
_ODF_SCRIPT = re.compile(rb"vnd\.sun\.star\.script|<script:event-listener")
_ODF_OUTSIDE = re.compile(
    rb"<draw:(?:image|object|object-ole|plugin|applet|floating-frame)\b[^>]{0,80}xlink:href=\"(?:[a-z]+:|//|\\\\)",
    re.IGNORECASE,
)
_ODT = b"application/vnd.oasis.opendocument.text"
_HAS_MACROS = "has macros or controls inside it. Save it without them, or as PDF, and choose that"
_REACHES_OUT = "fetches parts from elsewhere when it is opened. Save it as PDF and choose that"


def examine_ooxml(stream: BinaryIO, kind: str) -> None:
    with archive.opened(stream) as found:
        names = found.namelist()
        if "[Content_Types].xml" not in names:
            raise Unfit(f"is not {LABELS[kind]}")
        if any(_MACRO_PARTS.search(name) for name in names):
            raise Unfit(_HAS_MACROS)
        _require_main(found, kind)
        for name in names:
            if name.endswith(".rels"):
                _require_inside(archive.part(found, name))


def _require_main(found: zipfile.ZipFile, kind: str) -> None:
    """The list of content types names a main part of this kind, which is there, and nothing that runs."""
    types: dict[str, str] = {}
    for one in _xml(archive.part(found, "[Content_Types].xml")).iter("{*}Override", "{*}Default"):
        types[one.get("PartName") or one.get("Extension") or ""] = one.get("ContentType") or ""
    if any(_MACROS.search(said) for said in types.values()):
        raise Unfit(_HAS_MACROS)
    mains = [name.removeprefix("/") for name, said in types.items() if said == MAINS[kind]]
    if len(mains) != 1 or mains[0] not in found.NameToInfo:
        raise Unfit(f"is not {LABELS[kind]}")


def _require_inside(data: bytes) -> None:
    """A link that a reader may follow is no harm; a part that is fetched by itself is."""
    for one in _xml(data).iter("{*}Relationship"):
        said = (one.get("Type") or "").lower()
        if (one.get("TargetMode") or "").lower() == "external" and not said.endswith(_HYPERLINK):
            raise Unfit(_REACHES_OUT)
        if "vbaproject" in said or said.endswith(("/oleobject", "/control")):
            raise Unfit(_HAS_MACROS)


def _xml(data: bytes) -> etree._Element:
    try:
        return xmlsafe.parse(data)
    except xmlsafe.UnsafeXml as error:
        raise Unfit("cannot be read. Save it again, or as PDF, and choose that") from error


def examine_odt(stream: BinaryIO, _kind: str = "odt") -> None:
    with archive.opened(stream) as found:
        names = found.namelist()
        first = found.infolist()[0]
        stated = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
        if not stated or archive.part(found, "mimetype") != _ODT:
            raise Unfit(f"is not {LABELS['odt']}")
        if any(_ODF_MACROS.match(name) for name in names):
            raise Unfit(_HAS_MACROS)
        if b"encryption-data" in archive.part(found, "META-INF/manifest.xml"):
            raise Unfit("has a password. Save it without one and choose that")
        if "content.xml" not in names:
            raise Unfit(f"is not {LABELS['odt']}")
        for name in {"content.xml", "styles.xml"} & set(names):
            with found.open(name) as part:
                _require_quiet(io.BytesIO(part.read(archive.MAX_UNPACKED)))


def _require_quiet(part: BinaryIO) -> None:
    seen = markers.holds(part, _ODF_SCRIPT, _ODF_OUTSIDE)
    if seen is not None:
        raise Unfit(_HAS_MACROS if seen is _ODF_SCRIPT else _REACHES_OUT)
