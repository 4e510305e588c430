"""To everybody but process owners of a provider the workshop is not there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from app.cases import commands, queries
from app.errors import NotFound
from tests.db.workshop.shop import FORM, GAP, NOW, PEOPLE, Shop, gap

OUTSIDE = sorted(PEOPLE.keys() - {"owner", "second", "elsewhere"})
Asked = Callable[[Shop, Any, str], Any]
DOORS: dict[str, Asked] = {
    "workshop": lambda shop, who, _: queries.workshop(shop.w, who),
    "workshop_process": lambda shop, who, _: queries.workshop_process(shop.w, who, GAP),
    "version_bundle": lambda shop, who, _: queries.version_bundle(shop.w, who, GAP, 1),
    "version_files": lambda shop, who, _: queries.version_files(shop.w, who, GAP, 1),
    "export_version": lambda shop, who, _: queries.export_version(shop.w, who, GAP, 1),
    "export_draft": lambda shop, who, draft: queries.export_draft(shop.w, who, draft),
    "draft": lambda shop, who, draft: queries.draft(shop.w, who, draft, NOW.date()),
    "draft_files": lambda shop, who, draft: queries.draft_files(shop.w, who, draft),
    "draft_choices": lambda shop, who, draft: queries.draft_choices(shop.w, who, draft),
    "deploy_preview": lambda shop, who, draft: queries.deploy_preview(shop.w, who, draft, NOW.date()),
    "rebase_preview": lambda shop, who, draft: queries.rebase_preview(shop.w, who, draft),
    "open_draft": lambda shop, who, _: commands.open_draft(shop.w, who, GAP, "x", NOW),
    "save_file": lambda shop, who, draft: commands.save_file(shop.w, who, draft, FORM, b"{}", 1, NOW),
    "remove_file": lambda shop, who, draft: commands.remove_file(shop.w, who, draft, FORM, 1, NOW),
    "put_back": lambda shop, who, draft: commands.put_back(shop.w, who, draft, FORM, 1, NOW),
    "rename_draft": lambda shop, who, draft: commands.rename_draft(shop.w, who, draft, "x", NOW),
    "drop_draft": lambda shop, who, draft: commands.drop_draft(shop.w, who, draft, NOW),
    "deploy_draft": lambda shop, who, draft: commands.deploy_draft(shop.w, who, draft, 1, "x", NOW),
    "rebase_draft": lambda shop, who, draft: commands.rebase_draft(shop.w, who, draft, 1, NOW),
    "roll_back": lambda shop, who, _: commands.roll_back(shop.w, who, GAP, 1, "x", NOW),
    "import_bundle": lambda shop, who, _: commands.import_bundle(shop.w, who, b"", NOW),
}
#: modules whose functions are doors of the workshop that this page answers for
OURS = frozenset(
    f"app.cases.workshop.{name}" for name in ("bundles", "deploying", "drafting", "families", "looking", "rebasing")
)


def test_every_door_of_the_workshop_is_asked_here() -> None:
    doors = {
        name
        for module in (commands, queries)
        for name in module.__all__
        if inspect.isfunction(found := getattr(module, name)) and found.__module__ in OURS
    }
    assert doors == set(DOORS)


def test_to_others_it_is_not_there(small_shop: Shop) -> None:
    draft_id, before = small_shop.open(), small_shop.in_force()
    for who, (name, ask) in product(OUTSIDE, DOORS.items()):
        actor = small_shop.people[who]
        with pytest.raises(NotFound) as real:
            ask(small_shop, actor, draft_id)
        with pytest.raises(NotFound) as missing:
            ask(small_shop, actor, "none")
        assert real.value.detail == missing.value.detail, (who, name)
        assert not queries.may_enter(small_shop.w, actor)
    assert small_shop.in_force() == before
    assert small_shop.draft(draft_id).draft.version == 1


def test_owners_of_a_provider_are_let_in(small_shop: Shop) -> None:
    """The control: the same doors open."""
    draft_id = small_shop.open()
    assert queries.may_enter(small_shop.w, small_shop.owner)
    assert DOORS["draft"](small_shop, small_shop.owner, draft_id).draft.bundle == gap()
    assert DOORS["workshop"](small_shop, small_shop.people["second"], draft_id)[0].name == "Policy review"


def test_an_owner_of_another_provider_sees_processes_and_nothing_of_people(small_shop: Shop) -> None:
    """Processes are the same for all who run on them; who changes them, why, and in which drafts, is not."""
    draft_id, elsewhere = small_shop.changed("Ask less"), small_shop.people["elsewhere"]
    with pytest.raises(NotFound):
        small_shop.draft(draft_id, "elsewhere")
    with pytest.raises(NotFound):
        small_shop.save(draft_id, FORM, b"{}", who="elsewhere")
    assert queries.workshop_process(small_shop.w, elsewhere, GAP).drafts == ()
    small_shop.deploy(draft_id)
    found = queries.workshop_process(small_shop.w, elsewhere, GAP)
    assert [(one.by, one.reason) for one in found.versions] == [("Waymark", ""), ("Waymark", "shipped")]
    own = queries.workshop_process(small_shop.w, small_shop.people["second"], GAP)
    assert next((one.by, one.reason) for one in own.versions) == ("Person owner", "It was too long")
