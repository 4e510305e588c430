"""Whether anybody altered a history, as an auditor reads it: what is named, what is not told, and to whom."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa

from app.cases import commands, queries
from app.cases.checkpoints.checks import check_nightly
from app.cases.looks.tables import REGISTER, look
from app.cases.tables import case
from app.history.checkpoints import Checkpoint, Leaf, known_key, opened
from app.history.merkle import leaf_hash, verify_inclusion
from tests.db.test_history_tampering import as_owner, rewrite_with_head, truncate_with_head
from tests.web.safety.site import Site

AUDITOR = "irene.vale"
HOUR = timedelta(hours=1)


@pytest.fixture
def logged(site: Site) -> Iterator[Site]:
    """A site with a log of checkpoints."""
    before = site.w
    site.w = site.world.waymark = replace(before, settings=replace(before.settings, checkpoints=site.folder / "log"))
    site.app, site.api_app = site.served(site.clock)
    yield site
    for one in (*(site.folder / "log").glob("*"), *site.folder.glob("checkpoint*")):
        one.unlink()
    site.w = site.world.waymark = before
    site.app, site.api_app = site.served(site.clock)


def words(site: Site, url: str) -> str:
    """The page's main part, without tags."""
    page = site.get(AUDITOR, url)
    assert page.status_code == 200
    main = page.text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def verify(site: Site) -> str:
    assert site.post(AUDITOR, "/audit/verify").headers["Location"] == "/audit/verify"
    return words(site, "/audit/verify")


@pytest.mark.rule("XX-3", "follows")
def test_an_auditor_sees_that_it_holds_and_what_was_altered(logged: Site) -> None:
    site = logged
    assert "Nothing was checked yet." in words(site, "/audit/verify")
    assert "There is no checkpoint yet." in words(site, "/audit/verify")
    (one, now), (two, _) = site.world.case_at("triage", site.now), site.world.case_at("give_consent", site.now)
    written = commands.write_checkpoint(site.w, now)
    text = verify(site)
    assert "Nothing was altered" in text
    assert "2 cases" in text
    assert f"They vouch for {written.size} entries and looks" in text
    assert written.root[:16] in text
    assert known_key(site.w.settings.checkpoint_key).fingerprint in text
    assert "It vouches for every entry." in words(site, f"/audit/cases/{one}/verify")
    site.world.complete(one, "triage", now)
    before = re.search(r"It vouches for entries 1 to (\d+); later ones", words(site, f"/audit/cases/{one}/verify"))
    assert before is not None
    assert int(before[1]) < site.world.row(one).history_seq
    commands.write_checkpoint(site.w, now + HOUR)
    with as_owner(site.world) as owner:
        _, first = rewrite_with_head(owner, {one: site.world.row(one).history_seq}, random.Random(5))  # noqa: S311
        _, second = truncate_with_head(owner, {two: site.world.row(two).history_seq}, random.Random(5))  # noqa: S311
    text = verify(site)
    assert "Altered: 2 faults" in text
    for case_id, seq in ((one, first), (two, second)):
        reference = site.world.row(case_id).reference
        assert re.search(rf"{reference} , entry {seq} ", text)
        mine = words(site, f"/audit/cases/{case_id}/verify")
        assert "Something was altered" in mine
        assert f"the hash of entry {seq} was" in mine
    assert "at the checkpoint of " in text


def test_of_cases_of_others_nothing_is_told(logged: Site) -> None:
    site = logged
    case_id = site.world.start().case_id
    commands.write_checkpoint(site.w, site.now)
    with as_owner(site.world) as owner:
        rewrite_with_head(owner, {case_id: site.world.row(case_id).history_seq}, random.Random(5))  # noqa: S311
        owner.execute(case.update().values(provider_id="another"))
    assert check_nightly(site.w, site.now) is not None
    text = words(site, "/audit/verify")
    assert "Waymark, at night" in text
    assert "Nothing was altered" in text
    assert "Nothing was altered" in verify(site)
    assert site.get(AUDITOR, f"/audit/cases/{case_id}/verify").status_code == 404
    # a case that is gone belongs to nobody: everybody is told
    with as_owner(site.world) as owner:
        owner.execute(case.delete())
        owner.exec_driver_sql("DELETE FROM history_event")
    assert f"a case that is gone ({case_id})" in verify(site)


def test_the_proof_holds_by_itself_and_tells_nothing_of_the_case(logged: Site) -> None:
    site = logged
    case_id, now = site.world.case_at("triage", site.now)
    url = f"/audit/cases/{case_id}/verify/proof"
    assert site.get(AUDITOR, url).status_code == 404
    commands.write_checkpoint(site.w, now)
    answer = site.get(AUDITOR, url)
    row = site.world.row(case_id)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.reference}-proof.json"'
    told = orjson.loads(answer.data)
    said = Checkpoint.read(opened(told["note"], known_key(site.w.settings.checkpoint_key)))
    path = [bytes.fromhex(step) for step in told["path"]]
    assert verify_inclusion(leaf_hash(told["leaf"].encode()), told["index"], said.size, path, said.root)
    leaf = Leaf.read(told["leaf"].encode())
    assert leaf is not None
    assert (leaf.case_id, leaf.seq, leaf.hash) == (case_id, row.history_seq, row.history_hash)
    assert row.subject_id not in answer.text


@pytest.mark.rule("XX-3", "follows")
def test_who_verifies_is_noted(logged: Site) -> None:
    site = logged
    case_id = site.world.start(site.now).case_id
    commands.write_checkpoint(site.w, site.now)
    for url in ("/audit/verify", f"/audit/cases/{case_id}/verify"):
        assert site.get(AUDITOR, url).status_code == 200
    noted = site.world.rows(sa.select(look.c.case_id, look.c.actor_id, look.c.ground))
    assert {(one.case_id, one.actor_id, one.ground) for one in noted} == {
        (REGISTER, AUDITOR, "auditor"),
        (case_id, AUDITOR, "auditor"),
    }
    assert queries.verify_history(site.w).whole


def test_a_checkpoint_that_is_late_is_said(logged: Site) -> None:
    site = logged
    site.world.start(site.now)
    commands.write_checkpoint(site.w, site.now - 3 * HOUR)
    assert "The next checkpoint is late." in words(site, "/audit/verify")
    commands.write_checkpoint(site.w, site.now - HOUR)
    assert "late" not in words(site, "/audit/verify")


def test_a_night_is_checked_once(logged: Site) -> None:
    site = logged
    site.world.start(site.now)
    assert check_nightly(site.w, site.now) is not None
    assert check_nightly(site.w, site.now + HOUR) is None
    assert check_nightly(site.w, site.now + 24 * HOUR) is not None
    found = queries.figures(site.w)
    assert (found.history_faults, found.checkpoint_age) == (0, None)
    commands.write_checkpoint(site.w, site.now)
    assert queries.figures(site.w).checkpoint_age is not None
