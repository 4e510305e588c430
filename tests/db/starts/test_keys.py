"""A case about nobody has a key of its own, which goes when the case is erased (XX-3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app import records
from app.cases import commands, queries
from app.cases.keeping import policy, rotating
from app.cases.keeping.journal import journal
from app.cases.looks.tables import look
from app.cases.subject import nobody
from app.errors import InvalidAnswers
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, OFFICE
from tests.db.starts.test_anonymous import ASK, heard, speaking
from tests.db.starts.village import Village

WORDS = "What does it cost?"


def keys(village: Village) -> list[str]:
    return [row.person_id for row in village.rows(sa.select(records.person_key.c.person_id))]


def later(village: Village, now: datetime, nights: int) -> datetime:
    """So many nights, each with its work."""
    for _ in range(nights):
        now += timedelta(days=1)
        commands.keep_house(village.waymark, now)
    return now


def short(monkeypatch: pytest.MonkeyPatch, since: str = "end") -> None:
    """A policy under which everything goes three days after the end, announced a day before."""
    rows = "".join(
        f'[[period]]\nprocess = "*"\nemployer = "*"\nclass = "{cls}"\nkeep = "P3D"\nfrom = "{since}"\nrule = "a rule"\n'
        for cls in records.CLASSES
    )
    head = 'version = "t"\neffective = 2026-01-01\nowner = "o"\nsource = "s"\nnotice_days = 1\n'
    request = '[request]\nnotice_days = 1\nrule = "r"\n'
    found = policy.read(head + rows + request)
    monkeypatch.setattr(policy, "in_force", lambda: found)


def test_each_has_a_key_of_its_own(village: Village) -> None:
    first, second = village.ask(), village.ask()
    assert {nobody(first), nobody(second)} <= set(keys(village))
    assert MANAGER not in keys(village)
    rows = [village.row(one) for one in (first, second)]
    assert rows[0].data_keys != rows[1].data_keys


@pytest.mark.rule("XX-3", "follows")
@pytest.mark.parametrize("since", ["end", "leaving"])
def test_when_its_period_has_ended_its_key_goes_and_nothing_opens_it(
    village: Village, monkeypatch: pytest.MonkeyPatch, since: str
) -> None:
    short(monkeypatch, since)
    gone, kept = village.over(), village.answered()
    manager: Any = village.actors[MANAGER]
    assert WORDS in repr(village.view(gone).submissions)
    assert queries.retention(village.waymark, None, NOW).waits_for_leaving == 0
    now = later(village, NOW, 8)
    assert nobody(gone) not in keys(village)
    assert nobody(kept) in keys(village)
    assert WORDS not in repr(queries.case(village.waymark, manager, gone, now).submissions)
    assert WORDS in repr(queries.case(village.waymark, manager, kept, now).submissions)
    assert set(village.row(gone).erased) == set(records.CLASSES)
    assert {"person": nobody(gone)}.items() <= list(journal(village.waymark))[-1].items()


def test_what_a_message_started_has_a_key_of_its_own(one_village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    short(monkeypatch)
    one_village.deploy(speaking("says", "nobody", to="hears"), heard("hears", "nobody"))
    says = one_village.start("says", MANAGER, **ASK).case_id
    one_village.do(says, "prepare")
    one_village.do(says, "after")
    later(one_village, NOW, 8)
    [hears] = one_village.cases_of("hears")
    assert one_village.row(says).erased
    assert nobody(says) not in keys(one_village)
    assert one_village.row(hears).subject_id == nobody(hears)


def test_an_employees_erasure_leaves_it_alone(one_village: Village) -> None:
    asked = one_village.over()
    commands.ask_erasure(one_village.waymark, one_village.actors[EMPLOYEE], NOW)
    later(one_village, NOW, 60)
    assert nobody(asked) in keys(one_village)
    assert one_village.row(asked).erased == {}


def test_keys_are_changed_with_all_others(one_village: Village) -> None:
    asked = one_village.over()
    before = one_village.row(asked).data_keys
    assert nobody(asked) in rotating.people_with_keys(one_village.waymark)
    assert rotating.rotate_person(one_village.waymark, nobody(asked)) == 1
    assert one_village.row(asked).data_keys != before
    assert WORDS in repr(one_village.view(asked).submissions)


def test_a_hold_is_set_on_the_case_and_on_nobody(one_village: Village) -> None:
    asked = one_village.over()
    office, reference = one_village.actors[OFFICE], one_village.row(asked).reference
    with pytest.raises(InvalidAnswers) as refused:
        commands.set_hold(one_village.waymark, office, reference, "A complaint", NOW, whole_person=True)
    assert list(refused.value.messages) == ["covers"]
    commands.set_hold(one_village.waymark, office, reference, "A complaint", NOW)
    later(one_village, NOW, 3)
    assert [one.reference for one in queries.holds(one_village.waymark, office)] == [reference]


def test_who_looked_at_what_only_the_team_may_see_is_noted(one_village: Village) -> None:
    asked = one_village.answered()
    one_village.view(asked, OFFICE)
    [noted] = {
        (row.actor_id, row.subject_id) for row in one_village.rows(sa.select(look).where(look.c.case_id == asked))
    }
    assert noted == (OFFICE, nobody(asked))
