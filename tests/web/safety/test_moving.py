"""Moving cases over the API: its owner sees references and steps, and no word that anybody wrote."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.chaos.invariants import broken
from tests.chaos.world import OWNER
from tests.web.safety.story import Case, Played

At = Callable[[str], Case]
REASON = {"reason": "As the autumn review asked"}


@pytest.mark.rule("XX-4", "follows")
def test_an_owner_previews_moves_and_takes_back(at: At) -> None:
    case = at("consent")
    site, path = case.site, f"/api/v1/cases/{case.id}/migration"
    assert site.world.deploy_next() == 2
    preview = site.get(OWNER, path).get_json(force=True)
    assert (preview["possible"], preview["from_version"], preview["to_version"]) == (True, 1, 2)
    assert {one["kind"] for one in preview["changes"]} == {"renamed", "clock_set"}
    (listed,) = site.get(OWNER, "/api/v1/processes/referral/migrations").get_json(force=True)["items"]
    assert listed == preview
    moved = site.send(OWNER, "POST", path, json={**REASON, "seen": preview["seen"]})
    assert (moved.status_code, moved.get_json(force=True)) == (200, {"case_id": case.id, "version": 2})
    again = site.send(OWNER, "POST", path, json={**REASON, "seen": preview["seen"]})
    assert again.status_code == 409
    assert "on that version already" in again.text
    assert "As the autumn review asked" in site.get("amir.shah", f"/cases/{case.id}?view=timeline").text
    back = site.send(OWNER, "POST", f"{path}/undo", json=REASON)
    assert back.get_json(force=True) == {"case_id": case.id, "version": 1}
    assert site.send(OWNER, "POST", f"{path}/undo", json=REASON).status_code == 409
    assert broken(site.w) == []


@pytest.mark.rule("XX-4", "breaks")
def test_what_an_owner_did_not_look_at_is_not_moved(at: At) -> None:
    case = at("consent")
    site, path = case.site, f"/api/v1/cases/{case.id}/migration"
    site.world.deploy_next()
    stale = site.send(OWNER, "POST", path, json={**REASON, "seen": 1})
    assert (stale.status_code, "has gone on since you looked" in stale.text) == (409, True)
    assert site.send(OWNER, "POST", path, json=REASON).status_code == 400
    assert site.send(OWNER, "POST", path, json={"reason": " ", "seen": 2}).status_code == 422
    assert site.send(OWNER, "POST", path, scopes="read", json={**REASON, "seen": 2}).status_code == 403
    assert site.get(OWNER, f"{path}?to=9").status_code == 404
    assert site.world.row(case.id).definition_version == 1


@pytest.mark.rule("XX-1", "breaks")
def test_no_word_that_anybody_wrote_reaches_an_owner(at: At, story: Played) -> None:
    for step in ("gp-consent", "assessed", "corrected"):
        case = at(step)
        site, path = case.site, f"/api/v1/cases/{case.id}/migration"
        site.world.deploy_next()
        shown = site.get(OWNER, path).text + site.get(OWNER, "/api/v1/processes/referral/migrations").text
        shown += site.send(OWNER, "POST", path, json={**REASON, "seen": 1}).text
        assert '"possible":true' in shown
        assert [plant for plant in story.plants if plant in shown] == []
        assert "gp" not in shown.lower()
        for person in ("grace", "Grace", "olivia", "Samuel"):
            assert person not in shown
