"""What is different between a draft and versions, two versions, two drafts; and who may see it."""

from __future__ import annotations

import pytest

from app.cases import commands, queries
from app.errors import NotFound
from tests.db.workshop.shop import FORM, GAP, HOUR, NOW, TABLE, TWIN, Shop, gap, relabelled


def test_a_draft_is_compared_with_the_version_in_force(small_shop: Shop) -> None:
    found = queries.compare_draft(small_shop.w, small_shop.owner, small_shop.changed("Ask less"))
    assert (found.before.version, found.before.in_force, found.after.label) == (1, True, "“Ask less”")
    (file,) = found.files
    assert (file.name, found.count, len(found.changed)) == (FORM, 1, 1)
    (line,) = file.entries[0].lines
    assert (line.what, file.entries[0].change, str(line.after)[:9]) == ("Label", "changed", "Ask less ")
    assert not found.behind
    assert found.conflicts == ()


def test_processes_that_change_along_are_named(small_shop: Shop) -> None:
    draft_id = small_shop.changed()
    twin = queries.version_bundle(small_shop.w, small_shop.owner, TWIN, 1)
    (file,) = queries.compare_draft(small_shop.w, small_shop.owner, draft_id).files
    assert (file.along, file.apart) == ((twin.name,), ())
    other = small_shop.open(TWIN, "Another text")
    small_shop.save(other, FORM, relabelled(gap().files[FORM], "Other"))
    commands.deploy_draft(small_shop.w, small_shop.owner, other, 2, "For this one alone", NOW + HOUR)
    (file,) = queries.compare_draft(small_shop.w, small_shop.owner, draft_id, with_base=True).files
    assert (file.along, file.apart) == ((), (twin.name,))


def test_somebody_else_deployed_first(small_shop: Shop) -> None:
    late, early = small_shop.changed("Late"), small_shop.changed("Early")
    small_shop.deploy(early)
    found = queries.compare_draft(small_shop.w, small_shop.owner, late)
    assert (found.behind, found.before.version, found.against) == (True, 2, "version 2")
    (conflict,) = found.conflicts
    assert (conflict.file, conflict.alike) == (FORM, False)
    assert [str(one.after)[:5] for one in (*conflict.mine, *conflict.theirs)] == ["Late ", "Early"]
    with_base = queries.compare_draft(small_shop.w, small_shop.owner, late, with_base=True)
    assert (with_base.before.version, with_base.before.in_force) == (1, False)


def test_two_drafts_of_one_process(small_shop: Shop) -> None:
    mine, theirs = small_shop.changed("Mine"), small_shop.changed("Theirs")
    found = queries.compare_drafts(small_shop.w, small_shop.owner, mine, theirs)
    assert (found.before.draft_id, found.after.draft_id) == (theirs, mine)
    assert [one.file for one in found.conflicts] == [FORM]
    assert queries.compare_draft(small_shop.w, small_shop.owner, mine).drafts == ((theirs, "Theirs"),)
    with pytest.raises(NotFound):
        queries.compare_drafts(small_shop.w, small_shop.owner, mine, small_shop.open(TWIN))


def test_two_versions_either_way(small_shop: Shop) -> None:
    small_shop.deploy(small_shop.changed("Newer"))
    on = queries.compare_versions(small_shop.w, small_shop.owner, GAP, 1, 2)
    back = queries.compare_versions(small_shop.w, small_shop.owner, GAP, 2, 1)
    (one,), (other,) = on.files[0].differences, back.files[0].differences
    assert (one.before, one.after) == (other.after, other.before)
    assert (on.after.in_force, back.before.in_force, on.versions) == (True, True, (2, 1))
    assert queries.compare_versions(small_shop.w, small_shop.owner, GAP, 2, 2).files == ()
    with pytest.raises(NotFound):
        queries.compare_versions(small_shop.w, small_shop.owner, GAP, 1, 3)


def test_a_table_has_its_twin_and_a_file_that_nothing_needs_is_named(small_shop: Shop) -> None:
    draft_id = small_shop.open()
    small_shop.save(draft_id, TABLE, gap().files[TABLE].replace(b"<text>", b"<text>1", 1))
    small_shop.save(draft_id, "unneeded.form", gap().files[FORM].replace(b'"policy-gap"', b'"unneeded"'))
    found = queries.compare_draft(small_shop.w, small_shop.owner, draft_id)
    assert [file.name for file in found.files] == [TABLE]
    assert found.files[0].twins
    assert found.unused == ("unneeded.form",)


def test_it_is_there_for_process_owners_of_a_provider_alone(small_shop: Shop) -> None:
    draft_id = small_shop.changed()
    assert queries.compare_draft(small_shop.w, small_shop.people["second"], draft_id).count == 1
    for who in ("elsewhere", "employers_owner", "auditor", "administrator", "practitioner", "manager"):
        actor = small_shop.people[who]
        with pytest.raises(NotFound):
            queries.compare_draft(small_shop.w, actor, draft_id)
        with pytest.raises(NotFound):
            queries.compare_drafts(small_shop.w, actor, draft_id, draft_id)
        if who != "elsewhere":
            with pytest.raises(NotFound):
                queries.compare_versions(small_shop.w, actor, GAP, 1, 1)


def test_a_draft_of_another_provider_is_not_shown_beside_ones_own(small_shop: Shop) -> None:
    mine, theirs = small_shop.open(), small_shop.open(who="elsewhere")
    assert queries.compare_draft(small_shop.w, small_shop.owner, mine).drafts == ()
    for who, own, other in (("owner", mine, theirs), ("elsewhere", theirs, mine)):
        with pytest.raises(NotFound):
            queries.compare_drafts(small_shop.w, small_shop.people[who], own, other)
