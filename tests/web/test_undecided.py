"""The pages of an incident that a decision table made, over a real database."""

from __future__ import annotations

from datetime import timedelta

from tests.db.test_cases_undecided import deploy, give_the_row, incidents, without_a_row
from tests.web.safety.site import Site

TOLD = (
    "No row of the table “Referral policy of the employer” fits: "
    "Employer is “northfield”, Case begins on is “2026-11-02”."
)


def test_an_administrator_reads_what_is_missing_and_goes_on(site: Site) -> None:
    deploy(site.world, without_a_row())
    case_id = site.world.start(site.now).case_id
    assert "Read the employer’s policy" in site.get("ada.stone", "/incidents").text
    [found] = incidents(site.world)
    page = site.get("ada.stone", f"/incidents/{found.id}").text
    assert TOLD in page
    assert "Try this step again now" in page
    site.post("ada.stone", f"/incidents/{found.id}/resume")
    assert [one.attempts for one in incidents(site.world)] == [2]
    give_the_row(site.world, case_id)
    site.pass_time(timedelta(seconds=1))
    site.post("ada.stone", f"/incidents/{found.id}/resume")
    page = site.get("ada.stone", f"/incidents/{found.id}").text
    assert "Try this step again now" not in page
    assert [one.state for one in incidents(site.world)] == ["resolved"]


def test_nobody_else_reads_it(site: Site) -> None:
    deploy(site.world, without_a_row())
    case_id = site.world.start(site.now).case_id
    for name in ("amir.shah", "grace.obi", "olivia.hart"):
        assert "northfield”" not in site.get(name, f"/cases/{case_id}").text
        assert "northfield”" not in site.get(name, f"/cases/{case_id}?view=timeline").text
