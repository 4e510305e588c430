"""What a file may be called."""

from __future__ import annotations

import pytest

from app.files.names import LONGEST, disposition, extension, tidy

NAMES = [
    ("letter.pdf", "letter.pdf"),
    ("  two   spaces .pdf ", "two spaces .pdf"),
    ("../../etc/passwd.txt", "passwd.txt"),
    ("C:\\Users\\Olivia\\letter.pdf", "letter.pdf"),
    ("letter\u202efdp.exe", "letterfdp.exe"),
    ("a\u200bb\u2066c\x00d\x1f.pdf", "abcd.pdf"),
    ("line\r\nbreak.pdf", "linebreak.pdf"),
    ('a<b>c:d"e|f?g*.pdf', "a_b_c_d_e_f_g_.pdf"),
    ("con.pdf", "_con.pdf"),
    ("LPT1", "_LPT1"),
    ("nul.txt", "_nul.txt"),
    ("console.pdf", "console.pdf"),
    (".pdf", "pdf"),
    ("...", "file"),
    ("", "file"),
    ("letter.pdf. . ", "letter.pdf"),
    ("Cafe\u0301.pdf", "Caf\u00e9.pdf"),
    ("\ue000\ufffe.pdf", "pdf"),
    ("名前.pdf", "名前.pdf"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_a_name_is_safe_to_show_to_save_and_to_send(given: str, kept: str) -> None:
    assert tidy(given) == kept
    assert tidy(kept) == kept


def test_a_long_name_keeps_its_end() -> None:
    kept = tidy("x" * 5000 + ".docx")
    assert (len(kept), extension(kept)) == (LONGEST, ".docx")


def test_a_header_holds_no_line_and_no_quotation_mark_of_a_name() -> None:
    said = disposition(tidy('a"; filename=evil.exe\r\nX: y.pdf'))
    assert said.count('"') == 2
    assert "\n" not in said
    assert said.isascii()
