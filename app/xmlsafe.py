"""The only door through which XML comes in. No DOCTYPE, no entities, no network, bounded size, depth and count.

lxml's own parser still reads an internal DTD and expands small entities; a diagram or a decision table needs
neither, so both are refused. Comments and processing instructions are dropped.
"""

from __future__ import annotations

import re

from lxml import etree

from app.errors import WaymarkError

MAX_BYTES = 2_000_000
MAX_DEPTH = 100
#: Twice and a half what the largest of the 831 diagrams in the BPMN interchange group's public test suite has (7,945).
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 200
_CHUNK = 1 << 16

#: Found in the bytes before parsing; other encodings are caught by the parsed document type.
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class UnsafeXml(WaymarkError):
    """This file cannot be read as a diagram or table."""

    status = 422


def parse(data: bytes) -> etree._Element:
    """The root element of `data`. Raises `UnsafeXml` with a sentence that says what is wrong."""
    if len(data) > MAX_BYTES:
        raise UnsafeXml(f"This file is too large: {len(data):,} bytes, at most {MAX_BYTES:,}.")
    if not data.strip():
        raise UnsafeXml("This file is empty.")
    if _DOCTYPE.search(data):
        raise _doctype()
    try:
        root = _fed(data)
    except (etree.LxmlError, LookupError, ValueError) as error:
        if "depth" in str(error):
            raise _too_deep() from error
        raise UnsafeXml(f"This file is not well-formed XML: {' '.join(str(error).split())}.") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    return root


def _fed(data: bytes) -> etree._Element:
    parser = etree.XMLPullParser(
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    limits = _Limits()
    for start in range(0, len(data), _CHUNK):
        parser.feed(data[start : start + _CHUNK])
        limits.read(parser)
    return parser.close()


class _Limits:
    """Counts while the file comes in, so that a bad one is refused before it fills the memory."""

    def __init__(self) -> None:
        self.depth = 0
        self.elements = 0

    def read(self, parser: etree.XMLPullParser) -> None:
        for event, element in parser.read_events():
            starts = event == "start"
            if starts and isinstance(element, etree._Element) and len(element.attrib) > MAX_ATTRIBUTES:
                raise UnsafeXml(f"An element of this file has too many attributes: at most {MAX_ATTRIBUTES}.")
            self.depth += 1 if starts else -1
            self.elements += starts
            if self.depth > MAX_DEPTH:
                raise _too_deep()
            if self.elements > MAX_ELEMENTS:
                raise UnsafeXml(f"This file has too many elements: at most {MAX_ELEMENTS:,}.")


def _too_deep() -> UnsafeXml:
    return UnsafeXml(f"This file is nested too deeply: at most {MAX_DEPTH} levels.")


def _doctype() -> UnsafeXml:
    return UnsafeXml("This file has a document type or entities. A diagram needs none; save it again without.")
