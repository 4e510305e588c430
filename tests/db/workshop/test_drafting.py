"""Drafts on both databases: opened, saved by two at once, taken back, closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from app import db
from app.cases import commands, queries
from app.cases.workshop.drafting import DraftClosed, NotDeployed
from app.cases.workshop.views import Saved
from app.definitions import drafts
from app.definitions.tables import workshop_draft, workshop_file
from app.errors import Conflict, InvalidAnswers, NotFound
from tests.db.workshop.shop import FORM, GAP, HOUR, MAIN, NOW, REVIEW, TABLE, Shop, gap, relabelled


def test_a_draft_begins_as_what_is_in_force(shop: Shop) -> None:
    found = shop.draft(shop.open(title="  Ask\nless "))
    assert (found.draft.title, found.draft.base_version, found.draft.base_sha) == ("Ask less", 1, gap().sha256)
    assert found.draft.bundle == gap()
    assert (found.changed, found.findings, found.behind, found.opened_by) == ((), (), False, "Person owner")
    assert next((one.name, one.used, one.what) for one in found.files) == (MAIN, True, "")
    assert {one.name: one.shared for one in found.files}[FORM] == ("Flag what a policy does not cover",)


def test_every_save_is_kept_and_the_newest_counts(shop: Shop) -> None:
    draft_id = shop.open()
    first, second = (relabelled(gap().files[FORM], name) for name in ("First", "Second"))
    assert shop.save(draft_id, FORM, first, 1).version == 2
    assert shop.save(draft_id, FORM, second, 2).version == 3
    found = shop.draft(draft_id)
    assert found.draft.files[FORM] == second
    assert found.changed == (FORM,)
    with db.reading(shop.w.engine) as connection:
        assert [one.content for one in drafts.saves(connection, draft_id, FORM)] == [second, first]
    # what is the same is no save
    assert shop.save(draft_id, FORM, second, 3).version == 3


def test_who_saves_the_same_file_second_gets_a_draft_of_their_own(shop: Shop) -> None:
    draft_id = shop.open()
    theirs, mine = (relabelled(gap().files[FORM], name) for name in ("Theirs", "Mine"))
    shop.save(draft_id, TABLE, gap().files[TABLE] + b"\n", 1)
    shop.save(draft_id, FORM, theirs, 1)
    saved = shop.save(draft_id, FORM, mine, 1, who="second")
    assert (saved.copied, saved.draft_id == draft_id) == (True, False)
    assert shop.draft(draft_id).draft.files[FORM] == theirs
    copy = shop.draft(saved.draft_id).draft
    assert copy.files[FORM] == mine
    # what they had saved elsewhere is in it too, and it says whose it is
    assert copy.files[TABLE] == gap().files[TABLE] + b"\n"
    assert copy.title == "Ask less: Person second’s policy-gap.form, 3 March 2026"
    assert (copy.base_version, copy.created_by) == (1, "second")


def test_two_who_save_in_the_same_moment_are_both_kept(shop: Shop) -> None:
    draft_id, together = shop.open(), Barrier(2)

    def save(who: str) -> Saved:
        together.wait()
        return shop.save(draft_id, FORM, relabelled(gap().files[FORM], who), 1, who)

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, ("owner", "second")))
    assert sorted(one.copied for one in saved) == [False, True]
    texts = {
        who: shop.draft(one.draft_id).draft.files[FORM] for who, one in zip(("owner", "second"), saved, strict=True)
    }
    assert texts == {who: relabelled(gap().files[FORM], who) for who in ("owner", "second")}


def test_two_people_in_two_files_of_a_draft_do_not_meet(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    small_shop.save(draft_id, FORM, relabelled(gap().files[FORM]), 1)
    saved = small_shop.save(draft_id, REVIEW, relabelled(gap().files[REVIEW]), 1, who="second")
    assert (saved.copied, saved.version) == (False, 3)
    assert small_shop.draft(draft_id).changed == (REVIEW, FORM)


def test_a_file_is_taken_out_and_put_back(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    with pytest.raises(NotFound):
        commands.remove_file(small_shop.w, small_shop.owner, draft_id, "none.form", 1, NOW)
    removed = commands.remove_file(small_shop.w, small_shop.owner, draft_id, FORM, 1, NOW)
    assert {one.rule for one in removed.findings} >= {"no-such-form"}
    # the twin, which is in force, has a file of this name: it does not come back from there
    assert FORM not in small_shop.draft(draft_id).draft.bundle.files
    assert [one.what for one in small_shop.draft(draft_id).files if one.name == FORM] == ["removed"]
    with pytest.raises(Conflict, match="since you looked"):
        commands.put_back(small_shop.w, small_shop.owner, draft_id, FORM, 1, NOW)
    assert commands.put_back(small_shop.w, small_shop.owner, draft_id, FORM, 2, NOW).findings == ()
    assert small_shop.draft(draft_id).changed == ()
    with pytest.raises(NotFound):
        commands.put_back(small_shop.w, small_shop.owner, draft_id, FORM, 3, NOW)


def test_a_file_that_another_process_holds_comes_in_when_it_is_named(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    called = gap().files[MAIN].replace(b'camunda:formRef="policy-gap-review"', b'camunda:formRef="policy-gap"')
    small_shop.save(draft_id, MAIN, called)
    assert REVIEW in small_shop.draft(draft_id).draft.files
    assert REVIEW not in small_shop.draft(draft_id).draft.bundle.files
    assert {one.name: one.used for one in small_shop.draft(draft_id).files}[REVIEW] is False


@pytest.mark.parametrize(
    ("name", "data", "at"),
    [
        ("../x.form", b"{}", "name"),
        ("x.exe", b"{}", "name"),
        ("x/y.form", b"{}", "name"),
        ("Policy-Gap.form", b"{}", "name"),
        (f"{'x' * 120}.form", b"{}", "name"),
        (FORM, b"  \n", "file"),
        (FORM, b"x" * 2_000_001, "file"),
    ],
)
def test_what_is_no_file_of_a_process_is_refused(small_shop: Shop, name: str, data: bytes, at: str) -> None:
    draft_id = small_shop.open()
    with pytest.raises(InvalidAnswers) as refused:
        small_shop.save(draft_id, name, data)
    assert list(refused.value.messages) == [at]
    assert small_shop.draft(draft_id).draft.version == 1


def test_a_draft_needs_a_title_and_a_process(small_shop: Shop) -> None:
    for title in ("", " \n", "x" * 121):
        with pytest.raises(InvalidAnswers):
            small_shop.open(title=title)
    with pytest.raises(NotDeployed):
        small_shop.open("nothing")
    draft_id = small_shop.open(title="With a \0 in it")
    commands.rename_draft(small_shop.w, small_shop.owner, draft_id, "Better", NOW)
    assert small_shop.draft(draft_id).draft.title == "Better"


def test_a_dropped_draft_is_gone_and_takes_no_save(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    commands.drop_draft(small_shop.w, small_shop.owner, draft_id, NOW)
    with pytest.raises(NotFound):
        small_shop.draft(draft_id)
    with pytest.raises(DraftClosed):
        small_shop.save(draft_id, FORM, b"{}")
    process = queries.workshop_process(small_shop.w, small_shop.owner, GAP)
    assert process.drafts == ()


def test_broken_files_are_kept_as_they_are_and_told(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    saved = small_shop.save(draft_id, MAIN, b"<nonsense")
    assert [(one.file, one.rule) for one in saved.findings] == [(MAIN, "file")]
    view = small_shop.draft(draft_id)
    assert view.draft.files[MAIN] == b"<nonsense"
    assert view.files[0].errors == 1


def test_a_diagram_that_is_another_process_now_is_told(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    saved = small_shop.save(draft_id, MAIN, gap().files[MAIN].replace(b'"policy_gap"', b'"policy_hole"'))
    assert "process-missing" in {one.rule for one in saved.findings}
    with db.reading(small_shop.w.engine) as connection:
        rows = connection.execute(sa.select(workshop_draft.c.version, workshop_draft.c.saved_at)).all()
        assert [tuple(row) for row in rows] == [(2, NOW + HOUR)]
        assert connection.execute(sa.select(sa.func.count()).select_from(workshop_file)).scalar() == 1


def test_pickers_offer_what_lint_accepts(small_shop: Shop) -> None:
    found = queries.draft_choices(small_shop.w, small_shop.owner, small_shop.open())
    assert ("policy_owner", "Policy owner") in {(one.value, one.label) for one in found.roles}
    assert "treating_physician" not in {one.value for one in found.roles}
    assert {one.value for one in found.forms} == {"policy-gap", "policy-gap-review"}
    assert {one.value: one.hint for one in found.processes} == {GAP: "", "policy_twin": "from another process"}
    assert {one.value for one in found.deadlines} >= {"policy.review_work_days"}
    assert "XX-5" in {one.value for one in found.rules}
    assert all(one.label for part in vars(found).values() for one in part)
