"""The texts of notices: filled, checked, and never more than text."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.outbox.templates import BadTemplates, Template, check, due_words, keys, load, render
from app.settings import ROOT

VALUES = {"person": "Mo", "reference": "R-1", "link": "http://x/tasks/1", "due": "5pm on Tuesday 10 March 2026"}


def test_a_notice_is_filled() -> None:
    template = Template("{reference}: for you", "Dear {person}\n\nBy {due}.\n\n{link}")
    assert render(template, VALUES) == (
        "R-1: for you",
        "Dear Mo\n\nBy 5pm on Tuesday 10 March 2026.\n\nhttp://x/tasks/1\n",
    )


def test_a_line_with_the_due_date_is_left_out_without_one() -> None:
    template = Template("x", "Dear {person}\n\nBy {due}.\n\n{link}")
    assert render(template, {**VALUES, "due": ""})[1] == "Dear Mo\n\nhttp://x/tasks/1\n"


def test_what_is_filled_in_is_not_looked_at_again() -> None:
    assert render(Template("{reference}", "{person}"), {**VALUES, "person": "{link} {person.__class__}"}) == (
        "R-1",
        "{link} {person.__class__}\n",
    )


@pytest.mark.parametrize(
    ("iso", "tz", "words"),
    [
        ("2026-03-10T17:00:00+00:00", "Europe/London", "5pm on Tuesday 10 March 2026"),
        ("2026-07-01T16:30:00+00:00", "Europe/London", "5:30pm on Wednesday 1 July 2026"),
        ("2026-07-02T00:00:00+00:00", "America/Vancouver", "5pm on Wednesday 1 July 2026"),
        ("2026-01-01T00:05:00+00:00", "Europe/London", "12:05am on Thursday 1 January 2026"),
        ("2026-01-01T12:00:00+00:00", "Europe/London", "12pm on Thursday 1 January 2026"),
        ("", "Europe/London", ""),
    ],
)
def test_due_in_words(iso: str, tz: str, words: str) -> None:
    assert due_words(iso, tz) == words


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("= x", "cannot be read"),
        ("\xff", None),
        ("a = 1", "a subject and a text"),
        ("[a]\nsubject = 'x'", "a subject and a text"),
        ("[a]\nsubject = 'x'\ntext = 'y'\nhtml = 'z'", "a subject and a text"),
        ("[a]\nsubject = ''\ntext = 'y'", "written out"),
        ("[a]\nsubject = 1\ntext = 'y'", "written out"),
        ("[a]\nsubject = 'x'\ntext = '{diagnosis}'", "{diagnosis} cannot be filled in"),
        ("[a]\nsubject = 'x'\ntext = '{person.name}'", "{person.name} cannot be filled in"),
        ("[a]\nsubject = '{due}'\ntext = 'y'", "cannot hold {due}"),
        ('[a]\nsubject = "x\\ny"\ntext = "y"', "one line"),
        ('[a]\nsubject = "x\\r\\nBcc: z"\ntext = "y"', "one line"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str | None) -> None:
    found = check(text.encode("latin-1"), "referral/notices.toml")
    assert len(found) == 1
    assert found[0].severity == "error"
    assert says is None or says in found[0].message


def test_a_key_belongs_to_one_family(tmp_path: Path) -> None:
    for family in ("one", "two"):
        (tmp_path / family).mkdir()
        (tmp_path / family / "notices.toml").write_text("[a]\nsubject = 'x'\ntext = 'y'\n")
    with pytest.raises(BadTemplates, match=r"two/notices\.toml \[a\]: Another family has this key too"):
        load(tmp_path)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    file = tmp_path / "one" / "notices.toml"
    file.write_text("[a]\nsubject = 'x'\ntext = 'y'\n")
    assert load(tmp_path)["a"].text == "y"
    file.write_text("[a]\nsubject = 'x'\ntext = 'new'\n")
    assert load(tmp_path)["a"].text == "new"
    assert keys(file.read_bytes()) == {"a"}
    assert keys(b"= x") == frozenset()


def test_what_is_shipped_is_right() -> None:
    assert load(ROOT / "processes")
