"""XX-A8: the report goes to whoever referred; the local date and time of release is a fact of the case."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.errors import InvalidAnswers, NotFound
from tests.db.rules.playing import REPORT, Play


@pytest.mark.rule("XX-A8", "follows")
def test_xx_a8_follows_the_time_of_release_is_kept_as_local_time(play_on_both: Play) -> None:
    play = play_on_both
    # a Monday in summer time: clocks are an hour ahead of UTC
    play.now = datetime(2026, 4, 13, 9, tzinfo=UTC)
    play.to("release_report").do("release_report")
    released = datetime.fromisoformat(str(play.row.facts["released_at"]).split("@")[0])
    assert released == play.now
    assert released.utcoffset() == datetime.fromisoformat("2026-04-13T10:00+01:00").utcoffset()
    assert play.rules_beside("manager", "Report released") == ("XX-A8",)
    play.do("read_report")
    assert play.ended
    assert datetime.fromisoformat(str(play.row.facts["released_at"]).split("@")[0]) == released


@pytest.mark.rule("XX-A8", "follows")
def test_xx_a8_follows_manager_and_employee_are_told_and_the_manager_reads(play: Play) -> None:
    play.to("read_report")
    for who in ("manager", "employee"):
        assert play.told(who)[0] == "the report has been released"
        assert REPORT not in str(play.notices(who))
    assert play.task("manager", "read_report").form.answers["answers"] == REPORT
    play.days(8)
    assert play.told("manager")[0] == "a report waits for you"
    play.do("read_report")
    assert play.ended


@pytest.mark.rule("XX-A8", "follows")
def test_xx_a8_follows_where_hr_referred_hr_reads_it(play: Play) -> None:
    play.people = {**play.people, "manager": "ruth.bell", "hr": "amir.shah"}
    play.to("read_report")
    assert play.task("manager", "read_report").form.answers["answers"] == REPORT
    with pytest.raises(NotFound):
        play.do("read_report", by="amir.shah")
    play.do("read_report")
    assert play.ended


@pytest.mark.rule("XX-A8", "breaks")
@pytest.mark.parametrize("who", ["manager", "line_manager", "hr", "employee", "office", "nina.kaur", "ada.stone"])
def test_xx_a8_breaks_nobody_but_the_practitioner_releases(play: Play, who: str) -> None:
    play.to("release_report")
    with pytest.raises(NotFound):
        play.do("release_report", by=who)
    assert play.row.facts.get("released_at") is None
    assert REPORT not in play.everything("manager")


@pytest.mark.rule("XX-A8", "breaks")
def test_xx_a8_breaks_nothing_is_released_unchecked(play: Play) -> None:
    play.to("release_report")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("release_report", checked=None)
    assert caught.value.messages == {"checked": "Check the report, then confirm it here"}
    assert REPORT not in play.everything("manager")
    play.days(2)
    assert play.told("practitioner")[0] == "something has waited too long"
    assert play.row.facts.get("released_at") is None
