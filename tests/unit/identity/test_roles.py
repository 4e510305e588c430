"""Roles: who may hold what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.errors import BadRequest
from app.identity import MEMBERSHIPS, ROLES, Actor, may_hold
from app.identity.clock import parse_step
from app.identity.lockout import wait_after
from app.identity.people import normal_username
from app.identity.roles import MEMBERSHIP_KINDS, label


def test_every_role_can_be_held_by_somebody_on_its_side() -> None:
    for role in ROLES.values():
        assert role.held_by <= MEMBERSHIPS.keys()
        # a contact is held by nobody who logs in
        assert bool(role.held_by) == (role.kind != "contact")
        if role.side != "system" and role.held_by:
            assert {MEMBERSHIP_KINDS.get(held, role.side) for held in role.held_by} == {role.side}


@pytest.mark.parametrize(
    ("role", "memberships", "may"),
    [
        ("employee", {"employee"}, True),
        ("line_manager", {"employee", "manager"}, True),
        ("line_manager", {"employee"}, False),
        ("practitioner", {"oh_admin"}, False),
        ("hr", set(), False),
        ("nobody", {"hr"}, False),
    ],
)
def test_who_may_hold_a_role(role: str, memberships: set[str], may: bool) -> None:
    assert may_hold(role, frozenset(memberships)) is may


def test_an_unknown_role_is_shown_as_it_is() -> None:
    assert (label("hr"), label("x")) == ("Human resources", "x")


def test_an_actor_holds_memberships_where_they_were_given() -> None:
    actor = Actor("p", "P", "acme", frozenset({("acme", "employee"), ("well", "auditor")}))
    assert actor.has("auditor")
    assert actor.has("auditor", "well")
    assert not actor.has("auditor", "acme")
    assert actor.memberships_in("acme") == {"employee"}
    assert actor.org_ids == {"acme", "well"}


@pytest.mark.parametrize(
    ("text", "step"), [("3d", timedelta(days=3)), (" 2W ", timedelta(weeks=2)), ("12h", timedelta(hours=12))]
)
def test_how_far_the_clock_moves(text: str, step: timedelta) -> None:
    assert parse_step(text) == step


@pytest.mark.parametrize("text", ["", "3", "d", "-3d", "0d", "3 d", "3m", "3dd", "1e3d", "٣d", "99999d"])
def test_how_the_clock_does_not_move(text: str) -> None:
    with pytest.raises(BadRequest):
        parse_step(text)


def test_waits_double_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(n).total_seconds() for n in (0, 4, 5, 6, 7, 12, 13, 1000)] == [0, 0, 5, 10, 20, 640, 900, 900]


@pytest.mark.parametrize("typed", ["Mo.Khan", " mo.khan ", "ＭＯ.KHAN"])
def test_one_spelling_for_one_name(typed: str) -> None:
    assert normal_username(typed) == "mo.khan"
