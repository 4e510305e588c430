"""XML that would read files, call the network, or eat the machine is refused before it is a tree."""

from __future__ import annotations

import pytest

from app import xmlsafe

LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'


def test_a_plain_file_is_read_without_comments_and_instructions() -> None:
    root = xmlsafe.parse(b'<?xml version="1.0"?><?pi x?><a xmlns="urn:x"><!-- no --><b>\xc3\xa9</b></a>')
    assert root.tag == "{urn:x}a"
    assert [child.tag for child in root] == ["{urn:x}b"]
    assert root[0].text == "é"


def test_other_encodings_are_read() -> None:
    assert xmlsafe.parse('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode("utf-16")).text == "é"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<a>" + b" " * xmlsafe.MAX_BYTES, "too large"),
        (b"<a><b></a>", "not well-formed"),
        (b"<a>", "not well-formed"),
        (b"<a/><b/>", "not well-formed"),
        (b"<a>&foo;</a>", "not well-formed"),
        (b"<a>\x00</a>", "not well-formed"),
        (b"PK\x03\x04zip", "not well-formed"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not well-formed"),
        (LAUGHS.encode(), "document type"),
        (LAUGHS.lower().replace("<!entity", "<!ENTITY").encode(), "document type"),
        (f'<?xml version="1.0" encoding="UTF-16"?>{LAUGHS}'.encode("utf-16"), "document type"),
        (f'<?xml version="1.0" encoding="UTF-7"?>{LAUGHS}'.encode("utf-7"), "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "document type"),
        (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>', "document type"),
        (b"<a>" * 101 + b"</a>" * 101, "nested too deeply"),
        (b"<a>" * 5000 + b"</a>" * 5000, "nested too deeply"),
        (b"<a " + b" ".join(b'a%d="x"' % n for n in range(201)) + b"/>", "too many attributes"),
        (b"<a>" + b"<b/>" * 20_000 + b"</a>", "too many elements"),
    ],
)
def test_what_is_dangerous_or_broken_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(xmlsafe.UnsafeXml) as refused:
        xmlsafe.parse(data)
    assert words.lower() in refused.value.detail.lower()
    assert "\n" not in refused.value.detail
