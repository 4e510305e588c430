"""To an administrator of one employer the people and cases of another do not exist, nor how many there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app import db
from app.cases import commands
from app.cases.queries.keeping import retention
from app.errors import NotAllowed, NotFound
from app.identity.people import actor_of_person, create_membership
from tests.web.safety.script import REFERRER, SUBJECT
from tests.web.safety.story import Case

At = Callable[[str], Case]
#: of the provider that serves both employers; of the other employer
PROVIDERS, OTHERS = "ada.stone", "ewan.stewart"


@pytest.fixture
def asked(at: At) -> Case:
    """An ended case: its employee has asked for erasure, and an order about them waits for a second person."""
    case = at("cancelled")
    w, now = case.site.w, case.site.now
    with db.transaction(w.engine) as conn:
        create_membership(conn, OTHERS, "harbour", "administrator")
        subject, ada = actor_of_person(conn, SUBJECT), actor_of_person(conn, PROVIDERS)
    commands.ask_erasure(w, subject, now)
    commands.order_erasure(w, ada, SUBJECT, "A court says so", now)
    return case


def test_the_preview_shows_neither_reference_nor_count_of_another_employer(asked: Case) -> None:
    reference = asked.site.world.row(asked.id).reference
    # the control: who looks after both employers sees all three
    page = asked.site.get(PROVIDERS, "/retention").text
    assert reference in page
    assert "<strong>1</strong> order waits" in page
    assert "from the day on which the employee leaves" in page
    answer = asked.site.get(OTHERS, "/retention")
    assert answer.status_code == 200
    assert reference not in answer.text
    assert "Nothing is announced." in answer.text
    assert "for a second person" not in answer.text
    assert "from the day on which the employee leaves" not in answer.text


def test_other_pages_for_administrators_name_nobody_else(asked: Case) -> None:
    assert "Grace Obi" in asked.site.get(PROVIDERS, "/people").text
    for page in ("/people", "/incidents", "/deployments"):
        answer = asked.site.get(OTHERS, page)
        assert answer.status_code == 200
        assert not [name for name in ("Grace Obi", "Amir Shah", "Northfield") if name in answer.text]
    assert asked.site.get(OTHERS, f"/people/{SUBJECT}").status_code == 404


def test_nor_may_they_order_confirm_or_stop_an_erasure_there_or_say_who_left(asked: Case) -> None:
    w, now = asked.site.w, asked.site.now
    with db.reading(w.engine) as conn:
        other, ada = actor_of_person(conn, OTHERS), actor_of_person(conn, PROVIDERS)
    ((order_id, _since),) = retention(w, ada, now).unconfirmed
    with pytest.raises(NotFound):
        commands.order_erasure(w, other, REFERRER, "Because", now)
    with pytest.raises(NotAllowed):
        commands.confirm_erasure(w, other, order_id, now)
    with pytest.raises(NotFound):
        commands.stop_order(w, other, order_id, now)
    with pytest.raises(NotFound):
        commands.set_leaving(w, other, SUBJECT, "2026-03-31", now)
    # the controls: theirs they may
    assert commands.order_erasure(w, other, "callum.reid", "Because", now)
    commands.set_leaving(w, other, "callum.reid", "2026-03-31", now)
    commands.stop_order(w, ada, order_id, now)
