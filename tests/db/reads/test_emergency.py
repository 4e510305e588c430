"""Emergency access: for a reason, for an hour, announced, recorded, reviewed; and nobody learns by it what is there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from app import db, privacy
from app.cases import commands, queries
from app.cases.emergency.errors import AlreadyReviewed, AlreadySeen, NoSuchCase, StillOpen, TooManyOpen, TooManyTries
from app.cases.emergency.granting import MOST_OPEN, MOST_TRIES
from app.cases.emergency.tables import emergency, emergency_review, emergency_try
from app.cases.tables import case as case_table
from app.errors import InvalidAnswers, NotFound
from app.history import history_event
from app.outbox.tables import outbox
from tests.chaos.invariants import broken
from tests.chaos.world import (
    ADMINISTRATOR,
    COLLEAGUE,
    EMPLOYEE,
    MANAGER,
    OFFICE,
    OWNER,
    PRACTITIONER,
    SECOND_OFFICE,
    STRANGER,
    World,
)
from tests.db.reads.looking import noted, read

WHY = "She collapsed at work and the ambulance asks"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ALL = (MANAGER, EMPLOYEE, OFFICE, PRACTITIONER, COLLEAGUE, STRANGER, ADMINISTRATOR, OWNER, "ruth.bell", "irene.vale")


def ask(world: World, case_id: str, now: Any, who: str = COLLEAGUE, reason: str = WHY) -> Any:
    reference = world.row(case_id).reference
    return commands.emergency_access(world.waymark, world.actors[who], reference, reason, now)


def told(world: World, since: Any) -> dict[str, str]:
    """Recipient to template, of the notices written since."""
    rows = world.rows(sa.select(outbox).where(outbox.c.created_at >= since, outbox.c.template.like("emergency%")))
    return {row.recipient_id: row.template for row in rows}


@pytest.mark.rule("XX-1", "follows")
@pytest.mark.rule("XX-3", "follows")
def test_the_whole_story(world: World) -> None:
    case_id, now = world.case_at("write_report")
    with pytest.raises(NotFound):
        read(world, COLLEAGUE, case_id, now)
    given = ask(world, case_id, now)
    assert (given.case_id, given.until) == (case_id, now + HOUR)
    assert told(world, now) == {PRACTITIONER: "emergency-responsible", EMPLOYEE: "emergency-told"}

    shown = read(world, COLLEAGUE, case_id, now + MINUTE, "answers", "now")
    assert shown.emergency_until == now + HOUR
    assert "Assessment" in {one.title for one in shown.submissions}
    assert (shown.can_cancel, shown.can_withdraw, shown.can_follow_up, shown.looks) == (False, False, False, "")
    [one] = [one for one in noted(world) if one["who"] == COLLEAGUE]
    [access] = world.rows(sa.select(emergency))
    assert (one["ground"], one["class"], one["roles"], one["emergency"]) == (
        "emergency",
        "clinical",
        ["emergency"],
        access.id,
    )
    queries.history(world.waymark, world.actors[COLLEAGUE], case_id, now=now + MINUTE)

    [view] = queries.emergencies(world.waymark, world.actors[PRACTITIONER], now + MINUTE)
    assert (view.who, view.over, view.justified) == ("Nina Kaur", False, None)
    with pytest.raises(StillOpen):
        review(world, view.id, now + MINUTE)
    later = now + 2 * HOUR
    seen = queries.emergency_to_review(world.waymark, world.actors[PRACTITIONER], view.id, later)
    assert (seen.reason, seen.over) == (WHY, True)
    assert {one.who for one in seen.looks} == {"Nina Kaur"}
    assert any("Assessment" in one.what for one in seen.looks)
    review(world, view.id, later)
    assert told(world, later) == {EMPLOYEE: "emergency-reviewed"}
    with pytest.raises(AlreadyReviewed):
        review(world, view.id, later)

    [mine] = queries.emergencies_about_me(world.waymark, world.actors[EMPLOYEE], later)
    assert (mine.who, mine.justified, mine.reviewer, mine.reason, mine.words) == (
        "Nina Kaur",
        False,
        "Dr Samuel Okoro",
        "",
        "",
    )
    listed = queries.looks(world.waymark, world.actors[EMPLOYEE]).looks
    assert {(one.who, one.role, one.emergency) for one in listed} == {
        ("Nina Kaur", "Emergency access", True),
        ("Dr Samuel Okoro", "Occupational health practitioner", False),
    }
    assert ["The reason given for an emergency access"] in [one.what for one in listed]
    assert broken(world.waymark) == []
    assert queries.verify_looks(world.waymark)[1] == ()


def review(world: World, emergency_id: str, now: Any, who: str = PRACTITIONER, justified: bool | None = False) -> None:
    words = "Nobody rang me, and I was there"
    commands.review_emergency(world.waymark, world.actors[who], emergency_id, justified, words, now)


@pytest.mark.rule("XX-1", "follows")
def test_it_ends_by_itself(world: World) -> None:
    case_id, now = world.case_at("write_report")
    ask(world, case_id, now)
    assert read(world, COLLEAGUE, case_id, now + HOUR - MINUTE, "answers").submissions
    for moment in (now + HOUR, now + 5 * HOUR, now - MINUTE):
        with pytest.raises(NotFound):
            read(world, COLLEAGUE, case_id, moment)
        with pytest.raises(NotFound):
            queries.history(world.waymark, world.actors[COLLEAGUE], case_id, now=moment)
    assert queries.my_emergencies(world.waymark, world.actors[COLLEAGUE], now + HOUR) == []


def test_it_is_sight_and_nothing_more(sqlite_world: World) -> None:
    """Nothing can be done in the case, no task of it is there, and no other case opens."""
    world = sqlite_world
    case_id, now = world.case_at("write_report")
    other, _now = world.case_at("write_report")
    ask(world, case_id, now)
    actor, w = world.actors[COLLEAGUE], world.waymark
    task_id = world.task(case_id, "write_report")
    for act in (
        lambda: queries.task(w, actor, task_id, now),
        lambda: commands.claim(w, actor, task_id, now),
        lambda: commands.cancel(w, actor, case_id, "because I can", now),
        lambda: read(world, COLLEAGUE, other, now),
        lambda: queries.looks_of_case(w, actor, case_id, 1, now),
    ):
        with pytest.raises(NotFound):
            act()


def test_to_ask_again_while_it_lasts_changes_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("write_report")
    first = ask(world, case_id, now)
    assert ask(world, case_id, now + 5 * MINUTE) == first
    assert len(world.rows(sa.select(emergency))) == 1
    assert ask(world, case_id, now + 2 * HOUR).until == now + 3 * HOUR


@pytest.mark.rule("XX-1", "breaks")
def test_who_is_not_a_practitioner_of_the_provider_cannot_even_ask(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("write_report")
    for who in set(ALL) - {PRACTITIONER, COLLEAGUE}:
        with pytest.raises(NotFound):
            ask(world, case_id, now, who)
        with pytest.raises(NotFound):
            queries.my_emergencies(world.waymark, world.actors[who], now)
    with pytest.raises(AlreadySeen):
        ask(world, case_id, now, PRACTITIONER)
    assert world.rows(sa.select(emergency)) == []
    assert told(world, now) == {}


def cases_that_are_not_to_be_found(world: World) -> list[str]:
    """References: of nothing, of a case before consent, of another provider's, of the practitioner's own."""
    before_consent = world.start().case_id
    elsewhere, _ = world.case_at("write_report")
    own, _ = world.case_at("write_report")
    with db.transaction(world.engine) as connection:
        connection.exec_driver_sql(f"UPDATE cases SET provider_id = 'another' WHERE id = '{elsewhere}'")  # noqa: S608
        connection.exec_driver_sql(f"UPDATE cases SET subject_id = '{COLLEAGUE}' WHERE id = '{own}'")  # noqa: S608
    return ["R-2026-NOTHING", *(world.row(one).reference for one in (before_consent, elsewhere, own))]


@pytest.mark.rule("XX-1", "breaks")
def test_a_wrong_reference_does_not_tell_whether_there_is_such_a_case(world: World) -> None:
    _case_id, now = world.case_at("write_report")
    answers, statements = set(), set()
    for number, reference in enumerate(cases_that_are_not_to_be_found(world)):
        counted: list[str] = []
        listen(world, counted)
        with pytest.raises(NoSuchCase) as caught:
            commands.emergency_access(world.waymark, world.actors[COLLEAGUE], reference, WHY, now + number * MINUTE)
        answers.add(str(caught.value.messages))
        statements.add(tuple(counted))
        assert reference not in str(caught.value.messages)
    assert len(answers) == 1
    assert len(statements) == 1
    assert world.rows(sa.select(emergency)) == []
    assert len(world.rows(sa.select(emergency_try))) == 4


def listen(world: World, into: list[str]) -> None:
    """From now on, the text of every statement: what is asked of the database must not depend on what is there."""

    @sa.event.listens_for(world.engine, "before_cursor_execute")
    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        into.append(statement)


def test_after_a_few_tries_in_vain_there_are_no_more(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("write_report")
    for number in range(MOST_TRIES):
        with pytest.raises(NoSuchCase):
            commands.emergency_access(
                world.waymark, world.actors[COLLEAGUE], f"R-2026-{number}", WHY, now + number * MINUTE
            )
    for when in (now + 10 * MINUTE, now + HOUR - MINUTE):
        with pytest.raises(TooManyTries):
            ask(world, case_id, when)
    assert ask(world, case_id, now + 2 * HOUR).case_id == case_id


def test_a_few_cases_at_once_and_no_more(sqlite_world: World) -> None:
    world = sqlite_world
    played = [world.case_at("offer_appointment") for _ in range(MOST_OPEN + 1)]
    now = max(moment for _case, moment in played)
    for case_id, _moment in played[:-1]:
        ask(world, case_id, now)
    for reference in (world.row(played[-1][0]).reference, "R-2026-NOTHING"):
        with pytest.raises(TooManyOpen):
            commands.emergency_access(world.waymark, world.actors[COLLEAGUE], reference, WHY, now)
    assert ask(world, played[-1][0], now + HOUR).case_id == played[-1][0]


def test_by_name_and_day_only_what_matches_exactly(world: World) -> None:
    case_id, now = world.case_at("write_report")
    opened = world.row(case_id).opened_at.date()

    def by(name: str, day: date | None, minutes: int) -> Any:
        at = now + minutes * 20 * MINUTE
        return commands.emergency_access(world.waymark, world.actors[COLLEAGUE], "", WHY, at, name=name, opened=day)

    for number, (name, day) in enumerate(
        (("Grace", opened), ("Grace Obi", opened + timedelta(days=1)), ("G%", opened), ("Daniel Price", opened))
    ):
        with pytest.raises(NoSuchCase):
            by(name, day, number)
    with pytest.raises(InvalidAnswers):
        by("Grace Obi", None, 5)
    assert by(" grace  obi ", opened, 6).case_id == case_id
    world.case_at("offer_appointment")
    with pytest.raises(NoSuchCase):
        by("Grace Obi", opened, 20)


@pytest.mark.parametrize("reason", ["", "   ", "asap", "two words", "x " * 1500])
def test_a_reason_has_words(sqlite_world: World, reason: str) -> None:
    case_id, now = sqlite_world.case_at("write_report")
    with pytest.raises(InvalidAnswers) as caught:
        ask(sqlite_world, case_id, now, reason=reason)
    assert set(caught.value.messages) == {"reason"}
    assert sqlite_world.rows(sa.select(emergency)) == []
    assert sqlite_world.rows(sa.select(emergency_try)) == []


@pytest.mark.rule("XX-1", "breaks")
def test_the_reason_stands_nowhere_but_sealed(world: World) -> None:
    case_id, now = world.case_at("write_report")
    ask(world, case_id, now)
    [access] = world.rows(sa.select(emergency))
    review(world, access.id, now + HOUR)
    with db.reading(world.engine) as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                assert not any(word in repr(row) for word in ("collapsed", "ambulance", "rang me")), table.name


@pytest.mark.rule("XX-1", "breaks")
def test_the_employers_side_does_not_learn_of_it(world: World) -> None:
    """That there was an emergency tells of somebody's health: timeline, history and notices are as before."""
    case_id, now = world.case_at("write_report")
    manager, w = world.actors[MANAGER], world.waymark

    def shown() -> list[Any]:
        page = read(world, MANAGER, case_id, now + HOUR)
        return [page, queries.history(w, manager, case_id, limit=1000, now=now), queries.notices(w, manager)]

    before = shown()
    ask(world, case_id, now)
    [access] = world.rows(sa.select(emergency))
    review(world, access.id, now + HOUR)
    assert shown() == before
    entries = queries.history(w, world.actors[EMPLOYEE], case_id, limit=1000, now=now)
    assert [one["kind"] for one in entries[-2:]] == ["command.emergency", "command.emergency_review"]
    lines = [one.what for one in read(world, OFFICE, case_id, now).timeline]
    assert "was given emergency access to the case" in lines
    assert "looked at the emergency access: not justified" in lines


def test_the_history_holds_who_until_when_and_a_commitment(sqlite_world: World) -> None:
    case_id, now = sqlite_world.case_at("write_report")
    ask(sqlite_world, case_id, now)
    query = sa.select(history_event).where(history_event.c.kind == "command.emergency")
    [entry] = sqlite_world.rows(query)
    body = orjson.loads(entry.body)
    assert (body["actor"], body["data"]["until"]) == (COLLEAGUE, (now + HOUR).isoformat())
    assert set(body["data"]["commitments"]) == {"reason"}


def test_without_a_practitioner_the_office_is_responsible(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("triage")
    ask(world, case_id, now)
    assert told(world, now) == {
        OFFICE: "emergency-responsible",
        SECOND_OFFICE: "emergency-responsible",
        EMPLOYEE: "emergency-told",
    }
    [one] = queries.emergencies(world.waymark, world.actors[OFFICE], now)
    review(world, one.id, now + HOUR, OFFICE, True)
    [row] = world.rows(sa.select(emergency_review))
    assert (row.reviewer_id, row.justified) == (OFFICE, True)


@pytest.mark.rule("XX-1", "breaks")
def test_nobody_else_reviews_it_and_nobody_their_own(sqlite_world: World) -> None:
    world = sqlite_world
    case_id, now = world.case_at("write_report")
    ask(world, case_id, now)
    [access] = world.rows(sa.select(emergency))
    for who in set(ALL) - {PRACTITIONER}:
        with pytest.raises(NotFound):
            review(world, access.id, now + HOUR, who)
        with pytest.raises(NotFound):
            queries.emergency_to_review(world.waymark, world.actors[who], access.id, now + HOUR)
    with pytest.raises(InvalidAnswers):
        review(world, access.id, now + HOUR, justified=None)
    # who used it and became the practitioner of the case meanwhile hands it to the office
    with db.transaction(world.engine) as connection:
        connection.exec_driver_sql(f"UPDATE party SET person_id = '{COLLEAGUE}' WHERE role = 'practitioner'")  # noqa: S608
        parties = {**world.row(case_id).parties, privacy.PRACTITIONER: [COLLEAGUE]}
        connection.execute(case_table.update().values(parties=parties))
    with pytest.raises(NotFound):
        review(world, access.id, now + HOUR, COLLEAGUE)
    assert queries.emergencies(world.waymark, world.actors[COLLEAGUE], now) == []
    assert len(queries.emergencies(world.waymark, world.actors[OFFICE], now)) == 1
    review(world, access.id, now + HOUR, OFFICE)
