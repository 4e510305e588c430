"""Every cell of the decision, against an expectation written down by hand and in another shape."""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import Any

import pytest

from app.privacy import GROUND_WORDS, Ground, State, Viewer, ground, state

#: e: employer side, t: provider's team, p: the case's practitioner, g: companions and other guests, a: auditors
WHO = {
    **dict.fromkeys(("referring_manager", "line_manager", "hr"), "e"),
    **dict.fromkeys(("oh_admin", "team_practitioner"), "t"),
    "practitioner": "p",
    **dict.fromkeys(("companion", "representative", "committee_member"), "g"),
    "auditor": "a",
    **dict.fromkeys(("administrator", "process_owner", "employee", ""), "-"),
}
#: facts that are set, for what waits for both, and the state in words
WAITING: dict[str, dict[str, Any]] = {
    "draft": {},
    "draft though released": {"released_at": "2026-03-15T14:30"},
    "shown": {"shown_at": True, "released_at": False},
    "released": {"shown_at": True, "released_at": "2026-03-15T14:30"},
}
#: who sees what, while the employee's consent stands or none was asked
SEEN = {
    ("public", "plain"): "etpga",
    ("employer", "plain"): "etp",
    ("restricted", "plain"): "tp",
    ("clinical", "plain"): "p",
    ("public", "draft"): "p",
    ("employer", "draft"): "p",
    ("restricted", "draft"): "p",
    ("clinical", "draft"): "p",
    ("public", "shown"): "tp",
    ("employer", "shown"): "tp",
    ("restricted", "shown"): "tp",
    ("clinical", "shown"): "p",
    ("public", "released"): "etp",
    ("employer", "released"): "etp",
    ("restricted", "released"): "tp",
    ("clinical", "released"): "p",
}
#: and who is left when it was refused or taken back; what waits for release is the practitioner's alone then
STOPPED = {"public": "etpga", "employer": "etp", "restricted": "p", "clinical": "p"}
CLASSES = (*STOPPED, "unheard_of")
CONSENTS = (None, "given", "refused", "withdrawn")
UNDER = (None, "missing", "given", "refused", "withdrawn")


def letters(cls: str, situation: str, consent: str | None, shared: bool | None) -> str:
    """Who sees it, by class, state and consent to the referral."""
    stopped = consent in {"refused", "withdrawn"}
    if shared is not None:
        cls = "employer" if shared and not stopped else "clinical"
    cls = cls if cls in STOPPED else "clinical"
    short = situation.partition(" ")[0]
    if stopped:
        return STOPPED[cls] if short == "plain" else "p"
    return SEEN[cls, short]


def expected(who: str, seen: str, situation: str, under: str | None, purpose: str, emergency: bool) -> bool:
    if who == "p":
        return True
    if emergency and who != "e":
        return True
    if under not in {None, "given"} or who not in seen or (who == "a" and under):
        return False
    return not (who in "ega" and (purpose == "kept" or (purpose == "released" and situation != "released")))


def asked(
    cls: str, viewer: Viewer, situation: str, under: str | None, shared: bool | None, purpose: str
) -> Ground | None:
    waits = {} if situation == "plain" else {"after": ("released_at",), "draft": ("shown_at",)}
    stands = ("gp-report",) if under else ()
    return ground(cls, viewer, shared=shared, under=stands, purpose=purpose, **waits)


@pytest.mark.parametrize(("cls", "role"), list(product(CLASSES, WHO)))
@pytest.mark.rule("XX-A2", "follows")
def test_every_cell(cls: str, role: str) -> None:
    cells = product(
        ("plain", *WAITING), CONSENTS, UNDER, (None, True, False), ("told", "released", "kept", "other"), (False, True)
    )
    for situation, consent, under, shared, purpose, emergency in cells:
        said = {"referral": consent, "gp-report": None if under == "missing" else under}
        viewer = Viewer(
            frozenset({role}),
            facts=WAITING.get(situation, {}),
            consents={scope: word for scope, word in said.items() if word},
            emergency=emergency,
            purposes={one: one for one in ("told", "released", "kept")},
        )
        found = asked(cls, viewer, situation, under, shared, purpose)
        cell = (situation, consent, under, shared, purpose, emergency)
        seen = letters(cls, situation, consent, shared)
        assert (found is not None) is expected(WHO[role], seen, situation, under, purpose, emergency), cell
        subject = Viewer(frozenset(), True, viewer.facts, viewer.consents)
        assert asked(cls, subject, situation, under, shared, purpose) is Ground.SUBJECT


@pytest.mark.parametrize(
    ("role", "cls", "more", "why"),
    [
        ("hr", "public", {}, Ground.PUBLIC),
        ("practitioner", "public", {}, Ground.PUBLIC),
        ("committee_member", "public", {}, Ground.PUBLIC),
        ("hr", "employer", {}, Ground.EMPLOYER),
        ("hr", "employer", {"after": ("r",)}, Ground.RELEASED),
        ("hr", "clinical", {"shared": True}, Ground.SHARED),
        ("oh_admin", "clinical", {"shared": True}, Ground.SHARED),
        ("practitioner", "clinical", {"shared": True}, Ground.PRACTITIONER),
        ("oh_admin", "restricted", {}, Ground.PROVIDER),
        ("oh_admin", "employer", {"after": ("r",)}, Ground.PROVIDER),
        ("practitioner", "clinical", {}, Ground.PRACTITIONER),
        ("oh_admin", "clinical", {}, None),
        ("auditor", "public", {}, Ground.AUDITOR),
        ("auditor", "public", {"after": ("r",)}, None),
        ("auditor", "employer", {}, None),
    ],
)
def test_the_ground_is_the_one_that_people_would_name(role: str, cls: str, more: Any, why: Ground | None) -> None:
    viewer = Viewer(frozenset({role}), facts={"r": True})
    assert ground(cls, viewer, **more) is why


def test_emergency_access_is_the_last_ground_and_never_the_employers() -> None:
    team = Viewer(frozenset({"oh_admin"}), emergency=True)
    assert ground("restricted", team) is Ground.PROVIDER
    assert ground("clinical", team) is Ground.EMERGENCY
    assert ground("clinical", Viewer(frozenset(), emergency=True)) is Ground.EMERGENCY
    assert ground("clinical", Viewer(frozenset({"hr", "oh_admin"}), emergency=True)) is None


@pytest.mark.rule("XX-A2", "breaks")
def test_a_released_report_is_closed_to_the_employer_the_moment_consent_is_withdrawn() -> None:
    before = Viewer(frozenset({"referring_manager"}), facts={"released_at": "2026-03-15T14:30"})
    after = Viewer(before.roles, facts=before.facts, consents={"referral": "withdrawn"})
    assert ground("employer", before, after=("released_at",)) is Ground.RELEASED
    assert ground("employer", after, after=("released_at",)) is None
    assert state(after, ("released_at",)) is State.WITHDRAWN
    # given anew, it is open anew
    assert ground(
        "employer", Viewer(before.roles, facts=before.facts, consents={"referral": "given"}), after=("released_at",)
    )


def test_several_roles_see_what_any_of_them_sees_and_never_more() -> None:
    facts = WAITING["released"]
    for roles in chain(combinations(WHO, 2), combinations(WHO, 3)):
        for cls, word in product(CLASSES, ("given", "withdrawn")):
            consents = {"referral": word}
            alone = [ground(cls, Viewer(frozenset({one}), facts=facts, consents=consents)) for one in roles]
            together = ground(cls, Viewer(frozenset(roles), facts=facts, consents=consents))
            assert (together is not None) is any(alone), (roles, cls)


def test_every_ground_has_words() -> None:
    assert GROUND_WORDS.keys() == set(Ground)
    assert len(set(GROUND_WORDS.values())) == len(Ground)
