"""The ledger of consents, and what taking one back does (XX-A2, XX-A6, XX-A7, XX-A9, XX-1, XX-3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import commands, ledger, queries
from app.cases.about import Agreed
from app.cases.tables import task
from app.errors import CaseEnded, NotFound, NotWaiting, TaskClosed
from tests.chaos.invariants import broken
from tests.db.rules.playing import PRIVATE, REPORT, SHARED, Play

GP_ASKED = "give_gp_consent"


def entries(play: Play) -> list[sa.Row[Any]]:
    table = records.consent
    with db.reading(play.waymark.engine) as connection:
        return list(connection.execute(sa.select(table).where(table.c.case_id == play.case_id).order_by(table.c.at)))


def agreed(play: Play, scope: str, number: int = 1) -> Agreed:
    """The newest word on a scope; of the rows of a list, the one with this number in the newest list."""
    found = [one for one in queries.consents(play.waymark, play.actor("employee")) if one.counts and one.scope == scope]
    return sorted(found, key=lambda one: (one.item != SHARED, one.item))[number - 1] if scope == "sharing" else found[0]


def take_back(play: Play, one: Agreed, who: str = "employee", **more: Any) -> Play:
    commands.withdraw(play.waymark, play.actor(who), play.case_id, one.id, play.now, **more)
    return play


def share(play: Play, one: Agreed, who: str = "employee") -> None:
    commands.share_again(play.waymark, play.actor(who), play.case_id, one.id, play.now)


@pytest.mark.rule("XX-A2", "follows")
def test_an_entry_says_what_to_whom_in_which_words_how_and_by_whom(play: Play) -> None:
    play.to("give_consent").do("give_consent", channel="telephone")
    (row,) = entries(play)
    assert (row.scope, row.decision, row.channel, row.recipient) == (
        "referral",
        "given",
        "telephone",
        "Occupational health",
    )
    assert (row.text_id, row.text_version, len(row.text_sha)) == ("consent", "consent-to-referral 1.0", 64)
    assert (row.actor_id, row.person_id, row.previous_id) == ("grace.obi", "grace.obi", None)
    one, text = queries.consent(play.waymark, play.actor("employee"), row.id)
    assert one.by_self
    assert any("you can change your mind at any time" in words for words in text.paragraphs)
    assert (text.question, text.answer) == ("Do you agree to this referral?", "Yes, I agree")
    play.withdraw()
    first, second = entries(play)
    assert (second.decision, second.previous_id, second.text_sha) == ("withdrawn", first.id, first.text_sha)
    assert broken(play.waymark) == []


def test_nobody_changes_or_takes_away_an_entry(play_on_both: Play) -> None:
    play = play_on_both.to("triage")
    for statement in (records.consent.update().values(decision="refused"), records.consent.delete()):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.transaction(play.waymark.engine) as connection:
            connection.execute(statement)
    # the database itself lets an entry be taken back once
    (row,) = entries(play)
    again = {**row._mapping, "id": "x", "previous_id": row.id, "decision": "withdrawn"}
    with db.transaction(play.waymark.engine) as connection:
        connection.execute(records.consent.insert(), again)
    with pytest.raises(sa.exc.IntegrityError), db.transaction(play.waymark.engine) as connection:
        connection.execute(records.consent.insert(), {**again, "id": "y"})


@pytest.mark.rule("XX-A6", "follows")
def test_each_item_is_a_consent_of_its_own_and_never_its_text(play: Play) -> None:
    play.to("write_report")
    items = [row for row in entries(play) if row.scope == "sharing"]
    assert [(row.item, row.decision, row.data_class) for row in items] == [
        ("items.1", "given", "clinical"),
        ("items.2", "refused", "clinical"),
    ]
    assert not any(text in str(row) for row in items for text in (SHARED, PRIVATE))
    own = [(one.item, one.decision) for one in queries.consents(play.waymark, play.actor("employee")) if one.item]
    assert sorted(own) == [(PRIVATE, "refused"), (SHARED, "given")]
    for who, sees in (("employee", True), ("practitioner", True), ("manager", False), ("hr", False), ("office", False)):
        kinds = {entry["kind"] for entry in play.history(who)} if who != "hr" else set()
        assert ("consent.items" in kinds) is sees, who
        said = [entry.what for entry in play.case(who).timeline] if who != "hr" else []
        assert any("1 yes, 1 no" in what for what in said) is sees, who


@pytest.mark.rule("XX-A6", "follows")
def test_an_item_taken_back_is_seen_no_more_and_can_be_given_again(play_on_both: Play) -> None:
    play = play_on_both.to("read_report").do("read_report")
    assert play.ended
    assert SHARED in play.everything("manager")
    item = agreed(play, "sharing")
    take_back(play, item)
    take_back(play, item)
    assert SHARED not in play.everything("manager")
    # what was released in the report itself is another matter, and the employee still sees all
    assert REPORT in play.everything("manager")
    assert SHARED in play.everything("employee")
    newest = agreed(play, "sharing")
    assert (newest.decision, newest.can_share, newest.can_withdraw) == ("withdrawn", True, False)
    share(play, newest)
    share(play, newest)
    assert SHARED in play.everything("manager")
    words = [row.decision for row in entries(play) if row.item == "items.1"]
    assert sorted(words) == ["given", "given", "withdrawn"]
    assert broken(play.waymark) == []


@pytest.mark.rule("XX-A6", "follows")
def test_an_item_once_kept_can_be_shared_and_counts_where_the_report_is_written(play: Play) -> None:
    play.to("write_report")
    share(play, agreed(play, "sharing", 2))
    written = play.task("practitioner", "write_report").form.answers["agreed_items"]
    assert written == [{"item": SHARED, "share": "yes"}, {"item": PRIVATE, "share": "yes"}]
    assert "a list has changed" in play.told("practitioner")
    assert PRIVATE not in play.everything("manager")
    play.through("write_report", "read_first", "release_report")
    assert PRIVATE in play.everything("manager")


@pytest.mark.rule("XX-A6", "breaks")
def test_nobody_else_changes_an_item_and_a_later_list_counts(play: Play) -> None:
    play.to("write_report")
    item = agreed(play, "sharing")
    for who in ("manager", "practitioner", "office", "hr", "callum.reid"):
        with pytest.raises(NotFound):
            take_back(play, item, who)
        with pytest.raises(NotFound):
            share(play, item, who)
    with pytest.raises(NotFound):
        commands.withdraw(play.waymark, play.actor("employee"), play.case_id, "nothing", play.now)
    take_back(play, item)
    with pytest.raises(NotWaiting):
        # it is the withdrawal that can be followed, not what was withdrawn
        commands.share_again(play.waymark, play.actor("employee"), play.case_id, item.id, play.now)


@pytest.mark.rule("XX-A9", "follows")
@pytest.mark.parametrize("sent", [False, True])
def test_consent_to_a_gp_report_taken_back_stops_the_request(play: Play, sent: bool) -> None:
    play.gp_asked().do(GP_ASKED)
    if sent:
        play.do("send_gp_request")
    before, seen_before = play.history("manager"), play.case("manager").timeline
    take_back(play, agreed(play, "gp-report"), reason="I would rather not")
    if sent:
        assert play.open == ["tell_surgery"]
        form = play.task("office", "tell_surgery").form.answers
        assert (form["doctor"], form["surgery"]) == ("Dr Hall", "Mill Lane Surgery")
        # nobody at the employer learns of it
        assert play.history("manager") == before
        assert play.case("manager").timeline == seen_before
        commands.complete(
            play.waymark,
            play.actor("office"),
            play.task_id("tell_surgery"),
            {"told_on": "2026-03-12", "told_by": "telephone", "report_came": "no"},
            None,
            play.now,
        )
    assert play.open == ["confirm_sharing"]
    assert "please stop a request" in play.told("practitioner")
    assert play.row.status == "running"
    (newest,) = [row for row in entries(play) if row.scope == "gp-report" and row.decision == "withdrawn"]
    assert newest.recipient.startswith("Your GP")
    reasons = {who: "I would rather not" in play.everything(who) for who in ("employee", "practitioner", "manager")}
    assert reasons == {"employee": True, "practitioner": False, "manager": False}
    take_back(play, agreed_entry(play, newest.previous_id))
    assert broken(play.waymark) == []


def agreed_entry(play: Play, entry_id: str) -> Agreed:
    return next(one for one in queries.consents(play.waymark, play.actor("employee")) if one.id == entry_id)


@pytest.mark.rule("XX-A9", "follows")
def test_the_wait_for_the_gp_runs_on_for_occupational_health_when_it_is_over(play: Play) -> None:
    play.gp_asked().do(GP_ASKED).do("send_gp_request").do("see_gp_report")
    assert [one.name for one in play.case("office").clocks if one.paused_since]
    take_back(play, agreed(play, "gp-report"))
    assert [one.name for one in play.case("office").clocks if one.paused_since] == []


@pytest.mark.rule("XX-A9", "breaks")
def test_a_gp_report_that_was_used_can_no_longer_be_taken_back(play: Play) -> None:
    play.gp_asked().through(GP_ASKED, "send_gp_request", "see_gp_report", "receive_gp_report", "read_gp_report")
    one = agreed(play, "gp-report")
    assert not one.can_withdraw
    with pytest.raises(NotWaiting):
        take_back(play, one)


@pytest.mark.rule("XX-A7", "follows")
def test_the_release_is_taken_back_before_it_happens(play: Play) -> None:
    play.to("release_report")
    take_back(play, agreed(play, "release"))
    assert play.ended
    assert REPORT not in play.everything("manager")
    assert "no report will come" in play.told("manager")
    assert REPORT in play.everything("practitioner")
    # a second click finds it done, a case that has ended or not
    take_back(play, agreed_entry(play, next(row.id for row in entries(play) if row.scope == "release")))
    assert broken(play.waymark) == []


@pytest.mark.rule("XX-A7", "breaks")
def test_whoever_is_first_wins_between_release_and_taking_it_back(play: Play) -> None:
    """The case's row decides; what the one has done, the other finds."""
    play.to("release_report")
    one, open_task = agreed(play, "release"), play.task_id("release_report")
    play.do("release_report")
    with pytest.raises(NotWaiting):
        take_back(play, one)
    assert REPORT in play.everything("manager")
    with db.reading(play.waymark.engine) as connection:
        assert connection.execute(sa.select(task.c.state).where(task.c.id == open_task)).scalar() == "done"


@pytest.mark.rule("XX-A7", "follows")
def test_release_and_taking_it_back_at_the_same_moment_leave_one_of_them(play_on_both: Play) -> None:
    play = play_on_both.to("release_report")
    one, open_task, both = agreed(play, "release"), play.task_id("release_report"), Barrier(2)
    employee, practitioner = play.actor("employee"), play.actor("practitioner")

    def withdrawn() -> str:
        both.wait()
        commands.withdraw(play.waymark, employee, play.case_id, one.id, play.now)
        return "withdrawn"

    def released() -> str:
        both.wait()
        commands.complete(play.waymark, practitioner, open_task, {"checked": True}, None, play.now)
        return "released"

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(work) for work in (withdrawn, released)]
        lost = [found for each in done if (found := each.exception()) is not None]
    (winner,) = [each.result() for each in done if each.exception() is None]
    assert [type(each) for each in lost] == [NotWaiting if winner == "released" else TaskClosed]
    assert (REPORT in play.everything("manager")) is (winner == "released")
    assert broken(play.waymark) == []


@pytest.mark.rule("XX-A2", "follows")
def test_the_referral_is_taken_back_by_its_entry_and_everything_stops(play: Play) -> None:
    play.to("release_report")
    take_back(play, agreed(play, "referral"), reason="Enough")
    assert play.ended
    assert REPORT not in play.everything("manager")
    assert "Enough" in play.everything("employee")
    assert "Enough" not in play.everything("manager") + play.everything("practitioner")
    take_back(play, agreed_entry(play, entries(play)[0].id))
    with pytest.raises(CaseEnded):
        play.withdraw()
    assert broken(play.waymark) == []


@pytest.mark.rule("XX-1", "follows")
def test_a_reason_is_read_by_the_employee_and_by_who_wrote_it(play: Play) -> None:
    play.to("triage")
    commands.cancel(play.waymark, play.actor("manager"), play.case_id, "A reorganisation", play.now)
    for who, sees in (("employee", True), ("manager", True), ("line_manager", False), ("office", False)):
        shown = [text for one in play.case(who).submissions for _label, text in one.fields]
        assert ("A reorganisation" in shown) is sees, who


@pytest.mark.rule("XX-3", "follows")
def test_history_and_ledger_say_the_same_and_the_chain_holds(play: Play) -> None:
    play.to("write_report")
    take_back(play, agreed(play, "sharing"))
    told = [entry for entry in play.history("employee") if entry["kind"].startswith(("consent.", "command.withdraw"))]
    assert [entry["kind"] for entry in told] == [
        "consent.given",
        "consent.items",
        "command.withdraw",
        "consent.items",
    ]
    assert told[-1]["data"]["items"] == {"items.1": "withdrawn"}
    assert broken(play.waymark) == []
    with db.reading(play.waymark.engine) as connection:
        assert ledger.standing(connection, play.case_id) == {"referral": "given"}
