"""Answers that go along with a message: what may leave its case, sealed anew, told on both sides."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import commands, queries
from app.cases.tables import case, message
from app.history import history_event
from app.settings import Settings
from tests.chaos.invariants import broken
from tests.chaos.world import MANAGER, NOW, days
from tests.db.messages.test_replay import all_agree
from tests.db.messages.town import silent
from tests.db.said.post import Post, post

HR, SUBJECT, GUEST = "ruth.bell", "grace.obi", "fiona.mackay"


@pytest.fixture(name="at")
def _at(settings: Settings) -> Iterator[Post]:
    made = post(settings)
    yield made
    made.engine.dispose()


def test_what_was_written_in_the_very_step_goes_along(at: Post) -> None:
    says, hears = at.pair()
    at.write(says)
    [letter] = at.rows(sa.select(message))
    [original] = at.rows(
        sa.select(records.submission).where(
            records.submission.c.form_id == "letter", records.submission.c.case_id == says
        )
    )
    assert (letter.state, letter.encloses) == ("delivered", [original.id])
    [copy] = at.copies(hears)
    assert (copy.form_id, copy.actor_id, copy.definition_sha, copy.message_id) == (
        "letter",
        MANAGER,
        original.definition_sha,
        letter.id,
    )
    assert at.read(hears, HR) == [
        {"Note": "Needs a quiet room", "Items 1: Item": "Cannot lift", "Items 1: Share": "Yes", "Release": "No"}
    ]
    assert broken(at.waymark) == []
    assert all_agree(at) == 4


def test_only_what_the_employer_may_see_leaves_the_case(at: Post) -> None:
    says, hears = at.pair()
    at.write(says)
    [copy] = at.copies(hears)
    with db.reading(at.engine) as connection:
        keys = records.read_case_keys(connection, at.waymark.master_key, at.row(hears))
        brought = records.unseal(keys, copy.sealed, copy.id).answers
    assert brought == {"note": "Needs a quiet room", "items": [ITEM], "release": "no"}


ITEM = {"item": "Cannot lift", "share": "yes"}


def test_what_waits_for_release_goes_once_it_is_released_and_waits_for_nothing_there(at: Post) -> None:
    says, hears = at.pair()
    at.write(says)
    assert all("Verdict" not in one for one in at.read(hears, HR))
    commands.complete(at.waymark, at.actors[HR], at.task(hears, "reply"), {"reply": "ok"}, None, NOW)
    at.write(says, release="yes")
    newest = at.read(hears, HR)[-1]
    assert newest["Verdict"] == "Fit with adjustments"


def test_nothing_of_it_stands_in_states_facts_payloads_or_histories(at: Post) -> None:
    says, hears = at.pair()
    at.write(says, release="yes")
    kept = b"".join(orjson.dumps(row.payload) for row in at.rows(sa.select(message)))
    for one in (says, hears):
        row = at.row(one)
        kept += row.state + orjson.dumps(row.facts)
        kept += b"".join(
            entry.body.encode() for entry in at.rows(sa.select(history_event).where(history_event.c.case_id == one))
        )
    for text in (b"quiet room", b"adjustments", b"Cannot lift", b"medicine"):
        assert text not in kept


def test_both_histories_say_which_form_and_commit_to_it(at: Post) -> None:
    says, hears = at.pair()
    at.write(says)
    [sent], [came] = at.told(says, "enclosure.sent"), at.told(hears, "enclosure.received")
    [done] = [one for one in at.told(says, "command.complete") if one["form"] == "letter"]
    assert sent["commitments"] == done["commitments"]
    assert set(came["commitments"]) == {"note", "items", "release"}
    assert (sent["name"], came["name"], came["form"]) == ("Send it", "Wait for it", "letter")
    assert ("“Send it”: “letter” went along", "") in at.lines(says)
    assert ("“Wait for it”: “letter” came along", "") in at.lines(hears)
    [copy] = at.copies(hears)
    with db.reading(at.engine) as connection:
        keys = records.read_case_keys(connection, at.waymark.master_key, at.row(hears))
        found = records.unseal(keys, copy.sealed, copy.id)
    assert came["commitments"] == {
        name: records.committed(found.salts[name], value) for name, value in found.answers.items()
    }


def test_an_answer_from_before_is_found_in_the_history(at: Post) -> None:
    """Another round sends what nobody has written anew: the newest answer, with its own commitments."""
    says = at.begin("sender")
    at.write(says, note="first")
    at.write(says, note="second")
    first, second = at.told(says, "enclosure.sent")
    assert first["commitments"] != second["commitments"]
    hears = at.begin("receiver")
    commands.deliver(at.waymark, NOW)
    assert [one["Note"] for one in at.read(hears, HR)] == ["first"]


def test_a_case_that_the_message_starts_has_it_from_its_first_step(at: Post) -> None:
    says = at.begin("starter")
    at.write(says)
    [begun] = at.cases_of("opened")
    assert at.read(begun, HR)[0]["Note"] == "Needs a quiet room"
    found = queries.task(at.waymark, at.actors[HR], at.task(begun, "reply"), NOW)
    assert found.form.answers == {"reply": "Needs a quiet room"}
    assert broken(at.waymark) == []


def test_the_copy_is_erased_with_its_own_case_and_not_with_the_other(at: Post) -> None:
    says, hears = at.pair()
    at.write(says)
    _without_keys(at, says)
    assert at.read(hears, HR)[0]["Note"] == "Needs a quiet room"
    _without_keys(at, hears)
    assert "quiet" not in repr(at.read(hears, HR))


def test_what_was_erased_before_the_message_is_taken_does_not_come(at: Post) -> None:
    says = at.begin("sender")
    with silent():
        at.write(says)
    _without_keys(at, says)
    hears = at.begin("receiver")
    assert commands.deliver(at.waymark, NOW + days(1)) == 1
    assert at.open(hears) == ["reply"]
    assert at.copies(hears) == at.told(hears, "enclosure.received") == []


def _without_keys(at: Post, case_id: str) -> None:
    with db.transaction(at.engine) as connection:
        mark = {cls: {"at": NOW.isoformat(), "under": "the test"} for cls in records.CLASSES}
        connection.execute(case.update().where(case.c.id == case_id).values(data_keys={}, erased=mark))


def test_the_employee_reads_it_and_a_stranger_does_not(at: Post) -> None:
    says, hears = at.pair()
    at.write(says)
    assert at.read(hears, SUBJECT)[0]["Note"] == "Needs a quiet room"
    assert "Takes a medicine" not in repr(at.read(hears, SUBJECT))
