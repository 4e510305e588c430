"""What a guard finds in a text, and what it leaves alone: names, addresses, numbers, conditions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.definitions import diagnoses
from app.errors import DefinitionRefused
from app.forms.contacts import contacts
from app.forms.guarding import Guards, hint
from app.forms.people import Names
from app.settings import ROOT

PEOPLE = (
    *("Grace Obi", "Daniel Price", "Amir Shah", "Helen Ward", "Ruth Bell", "Dr Samuel Okoro", "May Li", "Mark Stone"),
    *("Will Young", "Anne-Marie O'Neill", "José Núñez", "Vincent van der Berg", "Miles Dean", "Una Reilly"),
)
NAMES = Names(PEOPLE)
SHIPPED = diagnoses.load(ROOT / "processes")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Grace has been off since Monday", "Grace"),
        ("I spoke to grace obi", "grace obi"),
        ("Daniel is off again", "Daniel"),
        ("daniel is off again", "daniel"),
        ("DANIEL IS OFF", "DANIEL"),
        ("Obi, Grace (ward 4)", "Obi, Grace"),
        ("it is about Mr Price", "Price"),
        ("R. Bell asked", "Bell"),
        ("Ms Ward's rota", "Ward's"),
        ("I told Mark so", "Mark"),
        ("ask Will about it", "Will"),
        ("May Li will come", "May Li"),
        ("what Li said", "Li"),
        ("O’Neill has the keys", "O’Neill"),
        ("jose and the others", "jose"),
        ("NÚÑEZ", "NÚÑEZ"),
        ("written by Amir Shah", "Amir Shah"),
        ("Berg is in", "Berg"),
        ("Line one\nOkoro, too", "Okoro"),
    ],
)
def test_names_of_people_are_found(text: str, name: str) -> None:
    assert NAMES.found(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "the price of a report",
        "Price list, as of March",
        "on Ward 7, bay 2",
        "the Ward sister asked",
        "ring the bell",
        "Bell rings are too loud",
        "a grace period of two days",
        "A GRACE PERIOD",
        "Mark the box, then send it",
        "Will it end in May? It will.",
        "the form asks for miles, and the Dean agreed",
        "will young people be asked",
        "in a van by the stone wall",
        "anniversary, graceful, danielle",
        "",
        "…",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert NAMES.found(text) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("write to jo.b+x@trust.example please", "an e-mail address"),
        ("NI AB 12 34 56 C", "a National Insurance number"),
        ("ab123456c", "a National Insurance number"),
        ("943 476 5919", "an NHS number"),
        ("9434765919", "an NHS number"),
        ("ring 01632 960 001", "a telephone number"),
        ("07700 900123", "a telephone number"),
        ("020 7946 0958", "a telephone number"),
        ("+44 20 7946 0958", "a telephone number"),
        ("0044 (0)7700 900123", "a telephone number"),
        ("(604) 555-0123", "a telephone number"),
        ("+49 30 901820", "a telephone number"),
    ],
)
def test_addresses_and_numbers_are_found(text: str, what: str) -> None:
    ((said, word),) = contacts(text)
    assert (said, word in text) == (what, True)


@pytest.mark.parametrize(
    "text",
    [
        "on 01-02-2026 10:30",
        "2026-03-01 10:30 to 2026-03-02 11:30",
        "01/02/2026 to 05/02/2026",
        "from 03.04.2026 until 05.04.2026",
        "room 0123, floor 4",
        "case R-2026-7KQM4X",
        "between 0.5 and 10.75 hours",
        "shifts 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10",
        "9434765918",
        "BG 12 34 56 A",
        "at 12:00 @ the office",
    ],
)
def test_dates_rooms_and_amounts_are_left_alone(text: str) -> None:
    assert contacts(text) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("She has depression.", "depression"),
        ("DEPRESSION", "DEPRESSION"),
        ("work-related stress", "work-related stress"),
        ("Post–traumatic\nstress", "Post–traumatic\nstress"),
        ("on account of migraines", "migraines"),
        ("Crohn’s disease flared up", "Crohn’s disease"),
        ("her diabetes's effects", "diabetes's"),
        ("had a mini-stroke", "mini-stroke"),
        ("living with MS since May", "MS"),
        ("ADHD, maybe", "ADHD"),
        ("has long covid", "long covid"),
        ("Alzheimer's", "Alzheimer's"),
        ("a slipped disc", "slipped disc"),
        ("a stroke of luck after the stroke", "stroke"),
    ],
)
def test_conditions_are_found(text: str, word: str) -> None:
    assert SHIPPED.found(text) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "under a lot of stress, back next week",
        "get back to me about the heart of the matter",
        "can lift up to 5 kg, sit for 30 minutes, and walk a mile",
        "no shifts at night; a phased return from 4 May",
        "next medical update expected in four weeks",
        "the prognosis for the return is good",
        "by MS Teams, ms Smith, or in person",
        "2 TB of records",
        "hearing aids, pots and pans, and a fit note",
        "a stroke of luck",
        "after the flu jab",
        "PLEASE TELL ME BY FRIDAY",
        "MS WARD ASKED",
        "anxious to be back, tired of waiting, in pain at times",
        "recovery is as expected; restrictions: no ladders",
    ],
)
def test_sentences_about_work_are_left_alone(text: str) -> None:
    assert SHIPPED.found(text) == []


def test_the_shipped_list_is_sound_and_long_enough_to_be_of_use() -> None:
    _, findings = diagnoses.read((ROOT / "processes" / diagnoses.FILE).read_bytes())
    assert findings == []
    text = (ROOT / "processes" / diagnoses.FILE).read_text()
    assert 300 < text.count('", ') < 2_000


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "a = 1",
        "conditions = 3",
        '[conditions.a]\nwords = ["Back"]',
        '[conditions.a]\nwords = ["flu", "Flu"]',
        '[conditions.a]\nwords = ["flu"]\n[conditions.b]\nwords = ["flu"]',
        '[conditions.a]\nwords = "flu"',
        "[conditions.a]\nwords = [3]",
        '[conditions.a]\nabbreviations = ["copd"]',
        'unless = 3\n[conditions.a]\nwords = ["flu"]',
        "[conditions]\na = 3",
        "\udcff",
    ],
)
def test_what_is_wrong_with_a_list_is_said(text: str, tmp_path: Path) -> None:
    data = text.encode("utf-8", "surrogateescape")
    _, findings = diagnoses.read(data)
    assert {one.rule for one in findings} == {"diagnoses-list"}
    (tmp_path / diagnoses.FILE).write_bytes(data)
    with pytest.raises(DefinitionRefused):
        diagnoses.load(tmp_path)


def test_a_list_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / diagnoses.FILE
    file.write_text('[conditions.a]\nwords = ["flu"]')
    first = diagnoses.load(tmp_path)
    assert (first.found("gout"), diagnoses.load(file)) == ([], first)
    file.write_text('[conditions.a]\nwords = ["gout"]')
    later = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later, later))
    assert diagnoses.load(tmp_path).found("gout") == ["gout"]


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DefinitionRefused):
        diagnoses.load(tmp_path)


def guards() -> Guards:
    return Guards(lambda: NAMES, lambda: SHIPPED)


def test_the_sentence_says_which_words_and_why() -> None:
    text = "Daniel and Ruth Bell (a@b.example) know of the depression. Daniel had flu"
    told = guards().sentence(("names", "diagnosis"), text)
    assert told == (
        "Take out “a@b.example”: it looks like an e-mail address. "
        "Take out “Daniel” and “Ruth Bell”: they are names of people at the organisation. "
        "Nothing here may tell who somebody is: write “the employee” or “a colleague”. "
        "Take out “depression” and “flu”: no diagnosis may be written here. Write what the person can do, or needs."
    )
    one = guards().sentence(("names",), text.replace("Daniel", "he"))
    assert "Take out “Ruth Bell”: it is the name of somebody at the organisation." in str(one)
    assert "flu" not in str(one)
    assert guards().sentence(("diagnosis",), "Daniel can lift 5 kg") is None
    assert guards().sentence(("names",), "depression") is None


def test_names_and_words_are_read_only_when_they_are_needed() -> None:
    def never() -> Names:
        raise AssertionError

    shut = Guards(never, lambda: SHIPPED)
    assert shut.sentence(("diagnosis",), "Okoro is fine") is None
    with pytest.raises(AssertionError):
        shut.sentence(("names",), "fine")


def test_the_hint_says_what_to_leave_out() -> None:
    assert hint(()) == ""
    assert "names" in hint(("names",))
    assert "diagnoses" not in hint(("names",))
    assert hint(("diagnosis", "names")) == hint(("names", "diagnosis"))
    assert "diagnoses" in hint(("names", "diagnosis"))


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "A. " * 6_000, "0 " * 10_000, "Mark " * 4_000, "-" * 20_000, "a@" * 9_000]
)
def test_a_text_of_full_length_is_looked_through(text: str) -> None:
    """Searches that begin again at each character would not come to an end here."""
    told = guards().sentence(("names", "diagnosis"), text + " Okoro")
    assert told is not None
    assert "Take out “Okoro”" in told or "“Mark”" in told
