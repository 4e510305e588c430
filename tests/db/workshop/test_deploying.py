"""Deploying, what changes along, what is refused, bringing up to date, and going back."""

from __future__ import annotations

import pytest

from app import db, definitions
from app.cases import commands, queries
from app.cases.workshop import deploying
from app.cases.workshop.drafting import DraftClosed
from app.definitions.store import DeployedMeanwhile
from app.errors import DefinitionRefused, InvalidAnswers, NotFound
from tests.db.workshop.shop import FORM, GAP, HOUR, MAIN, NOW, REVIEW, TABLE, TWIN, Shop, gap, relabelled, twin


def test_deploying_takes_those_along_that_hold_the_same_file(shop: Shop) -> None:
    draft_id = shop.changed()
    preview = queries.deploy_preview(shop.w, shop.owner, draft_id, NOW.date())
    assert [(one.deployed.key, one.names, one.differs) for one in preview.along] == [(TWIN, (FORM,), ())]
    assert preview.sound
    done = shop.deploy(draft_id)
    assert [(one.key, one.version, one.source, one.draft_id) for one in done] == [
        (GAP, 2, "workshop", draft_id),
        (TWIN, 2, "workshop", draft_id),
    ]
    assert {one.bundle.files[FORM] for one in done} == {relabelled(gap().files[FORM], "Ask less")}
    # its own files are as they were
    assert done[1].bundle.files["policy_twin.bpmn"] == twin().files["policy_twin.bpmn"]
    assert shop.draft(draft_id).draft.state == "deployed"
    with pytest.raises(DraftClosed):
        shop.save(draft_id, FORM, b"{}")
    with pytest.raises(DraftClosed):
        shop.deploy(draft_id)


def test_a_file_that_is_another_one_there_already_is_left_alone(small_shop: Shop) -> None:
    own = {**twin().files, FORM: relabelled(gap().files[FORM], "Ours")}
    with db.transaction(small_shop.w.engine) as connection:
        definitions.deploy(connection, definitions.collecting.Bundle(TWIN, own), "owner", "", NOW)
    draft_id = small_shop.changed()
    preview = queries.deploy_preview(small_shop.w, small_shop.owner, draft_id, NOW.date())
    assert [(one.names, one.differs, one.bundle) for one in preview.along] == [((), (FORM,), None)]
    assert [one.key for one in small_shop.deploy(draft_id)] == [GAP]
    with db.reading(small_shop.w.engine) as connection:
        assert definitions.current(connection, TWIN).bundle.files == own


def test_a_refused_deployment_changes_nothing(shop: Shop) -> None:
    before = shop.in_force()
    draft_id = shop.open()
    shop.save(draft_id, MAIN, gap().files[MAIN].replace(b'camunda:formRef="policy-gap"', b'camunda:formRef="nowhere"'))
    with pytest.raises(DefinitionRefused) as refused:
        shop.deploy(draft_id)
    assert "no-such-form" in {one.rule for one in refused.value.findings}
    for reason in ("", "  ", "x" * 2001):
        with pytest.raises(InvalidAnswers):
            shop.deploy(draft_id, reason=reason)
    with pytest.raises(deploying.SavedSince):
        shop.deploy(draft_id, seen=1)
    assert shop.in_force() == before
    assert shop.draft(draft_id).draft.state == "open"


def test_what_would_break_another_process_is_refused(small_shop: Shop) -> None:
    """The twin takes the table along, and its diagram asks for a decision of the old name."""
    before = small_shop.in_force()
    draft_id = small_shop.open()
    small_shop.save(
        draft_id, TABLE, gap().files[TABLE].replace(b'<decision id="review-policy"', b'<decision id="renamed"')
    )
    own = gap().files[MAIN].replace(b'decisionRef="review-policy"', b'decisionRef="renamed"')
    assert small_shop.save(draft_id, MAIN, own).findings == ()
    preview = queries.deploy_preview(small_shop.w, small_shop.owner, draft_id, NOW.date())
    assert {one.file for one in preview.findings if one.severity == "error"} == {"policy_twin.bpmn"}
    with pytest.raises(DefinitionRefused):
        small_shop.deploy(draft_id, seen=3)
    assert small_shop.in_force() == before


def test_nothing_to_deploy_is_said(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    with pytest.raises(deploying.NothingChanged):
        small_shop.deploy(draft_id, seen=1)


def test_who_deploys_second_looks_first(shop: Shop) -> None:
    first, second = shop.changed("First"), shop.changed("Second")
    shop.deploy(first)
    with pytest.raises(deploying.BaseMoved):
        shop.deploy(second)
    assert shop.draft(second).behind
    found = queries.rebase_preview(shop.w, shop.owner, second)
    assert (found.newest.version, found.both, found.theirs) == (2, (FORM,), ())
    with pytest.raises(InvalidAnswers) as asked:
        commands.rebase_draft(shop.w, shop.owner, second, 2, NOW)
    assert list(asked.value.messages) == [FORM]
    version = commands.rebase_draft(shop.w, shop.owner, second, 2, NOW, mine=[FORM])
    assert [one.version for one in shop.deploy(second, seen=version)] == [3, 3]
    with db.reading(shop.w.engine) as connection:
        assert definitions.current(connection, GAP).bundle.files[FORM] == relabelled(gap().files[FORM], "Second")


def test_what_was_deployed_meanwhile_comes_in(small_shop: Shop) -> None:
    first, second = small_shop.changed("First"), small_shop.open(title="Second")
    small_shop.save(second, REVIEW, relabelled(gap().files[REVIEW], "Second"))
    # saved and put back: it is theirs all the same
    small_shop.save(second, TABLE, gap().files[TABLE] + b"\n")
    small_shop.save(second, TABLE, gap().files[TABLE])
    small_shop.deploy(first)
    found = queries.rebase_preview(small_shop.w, small_shop.owner, second)
    assert (found.both, found.theirs) == ((), (FORM,))
    commands.rebase_draft(small_shop.w, small_shop.owner, second, 4, NOW)
    view = small_shop.draft(second)
    assert (view.changed, view.behind) == ((REVIEW,), False)
    assert view.draft.files[FORM] == relabelled(gap().files[FORM], "First")
    with pytest.raises(deploying.InForce):
        commands.rebase_draft(small_shop.w, small_shop.owner, second, view.draft.version, NOW)


def test_theirs_is_taken_where_somebody_says_so(small_shop: Shop) -> None:
    first, second = small_shop.changed("First"), small_shop.changed("Second")
    small_shop.deploy(first)
    commands.rebase_draft(small_shop.w, small_shop.owner, second, 2, NOW, theirs=[FORM])
    view = small_shop.draft(second)
    assert (view.changed, view.draft.base_version) == ((), 2)
    with pytest.raises(deploying.SavedSince):
        commands.rebase_draft(small_shop.w, small_shop.owner, second, 2, NOW)


def test_somebody_deploys_while_lint_looks(small_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    draft_id = small_shop.changed()
    real = deploying.deploy_preview

    def slow(*args: object) -> object:
        found = real(*args)  # type: ignore[arg-type]
        with db.transaction(small_shop.w.engine) as connection:
            definitions.deploy(connection, gap().__class__(TWIN, {**twin().files, "odd.form": b"{}"}), "x", "", NOW)
        return found

    monkeypatch.setattr(deploying, "deploy_preview", slow)
    with pytest.raises(DeployedMeanwhile):
        small_shop.deploy(draft_id)
    assert small_shop.in_force()[GAP] == (1, gap().sha256)


def test_going_back_is_a_new_version_with_the_old_content(shop: Shop) -> None:
    shop.deploy(shop.changed())
    with pytest.raises(InvalidAnswers):
        commands.roll_back(shop.w, shop.owner, GAP, 1, " ", NOW)
    with pytest.raises(deploying.MovedOn):
        commands.roll_back(shop.w, shop.owner, GAP, 1, "Too short", NOW, seen=1)
    with pytest.raises(NotFound):
        commands.roll_back(shop.w, shop.owner, GAP, 7, "Too short", NOW)
    back = commands.roll_back(shop.w, shop.owner, GAP, 1, "Too short", NOW + 3 * HOUR, seen=2)
    assert (back.version, back.sha256, back.source) == (3, gap().sha256, "roll_back")
    assert shop.in_force()[TWIN][0] == 2
    with pytest.raises(deploying.InForce):
        commands.roll_back(shop.w, shop.owner, GAP, 1, "Again", NOW)
    found = queries.workshop_process(shop.w, shop.owner, GAP)
    assert [(one.version, one.by, one.reason, one.source, one.in_force) for one in found.versions] == [
        (3, "Person owner", "Too short", "roll_back", True),
        (2, "Person owner", "It was too long", "workshop", False),
        (1, "Waymark", "shipped", "folder", False),
    ]
    assert found.family == "Policy review"


def test_an_older_version_that_lint_refuses_today_is_not_put_in_force(
    small_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {**gap().files, FORM: b"{}"}
    with db.transaction(small_shop.w.engine) as connection:
        definitions.deploy(connection, gap().__class__(GAP, broken), "x", "", NOW)
        definitions.deploy(connection, gap(), "x", "", NOW)
    with pytest.raises(DefinitionRefused):
        commands.roll_back(small_shop.w, small_shop.owner, GAP, 2, "Try", NOW)
    assert small_shop.in_force()[GAP][0] == 3
