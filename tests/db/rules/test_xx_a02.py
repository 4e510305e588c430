"""XX-A2: the employee's consent comes first, is kept with all that belongs to it, and can be taken back at any time."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app import db, records
from app.cases import commands, queries
from app.errors import CaseEnded, InvalidAnswers, NotFound, NotWaiting, TaskClosed
from tests.db.rules.playing import GOOD_PATH, GP, STEPS, Play

#: every moment after consent: the task that is open then
LATER = GOOD_PATH[1:]
GP_STEPS = ("give_gp_consent", "send_gp_request", "see_gp_report", "receive_gp_report", "read_gp_report")
PROVIDER = ("office", "practitioner", "nina.kaur")
STOPPED = "the case has stopped"


def sees_nothing(play: Play, who: str) -> bool:
    """Neither case nor history nor task nor notice."""
    with pytest.raises(NotFound):
        play.case(who)
    with pytest.raises(NotFound):
        play.history(who)
    tasks = [*play.inbox(who, "mine"), *play.inbox(who, "groups"), *play.inbox(who, "done")]
    return tasks == [] and play.notices(who) == []


@pytest.mark.rule("XX-A2", "follows")
def test_xx_a2_follows_nothing_reaches_the_provider_before_the_employee_has_agreed(play_on_both: Play) -> None:
    play = play_on_both.start()
    consent = play.task_id("give_consent")
    for who in PROVIDER:
        assert sees_nothing(play, who)
        with pytest.raises(NotFound):
            queries.task(play.waymark, play.actor(who), consent, play.now)
    play.do("give_consent")
    assert [row.name for row in play.inbox("office", "groups")] == ["Triage the referral"]
    assert "Four weeks away" in str(play.case("office").submissions)
    assert sees_nothing(play, "nina.kaur")


@pytest.mark.rule("XX-A2", "follows")
def test_xx_a2_follows_consent_is_kept_with_wording_time_channel_and_who_said_it(play_on_both: Play) -> None:
    play = play_on_both.start().do("give_consent", channel="telephone")
    with db.reading(play.waymark.engine) as connection:
        row = connection.execute(sa.select(records.consent)).one()
    assert (row.scope, row.decision, row.channel) == ("referral", "given", "telephone")
    assert (row.person_id, row.actor_id, row.at) == ("grace.obi", "grace.obi", play.now)
    assert row.text_id == "consent"
    assert len(row.text_sha) == 64
    said = dict(play.case("employee").submissions[-1].fields)
    assert said["Version of this text"] == "consent-to-referral 1.0"
    (entry,) = [one for one in play.case("employee").timeline if one.what == "Consent given"]
    assert (entry.detail, entry.rules) == ("To the referral, by telephone", ("XX-A2",))


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_a_refusal_ends_the_case_kindly_and_the_provider_never_hears_of_it(play_on_both: Play) -> None:
    play = play_on_both.start().do("give_consent", consent="refused")
    assert play.ended
    assert play.consents() == [("referral", "refused", "online")]
    for who in ("employee", "manager"):
        assert play.told(who) == ["the referral does not go ahead"]
        assert "nobody needs to do anything more" in play.notices(who)[0]
    for who in PROVIDER:
        assert sees_nothing(play, who)
    assert "XX-A2" in play.rules_beside("manager", "Consent refused")
    with pytest.raises(CaseEnded):
        play.withdraw()


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_neither_yes_nor_no_is_not_taken(play: Play) -> None:
    play.start()
    with pytest.raises(InvalidAnswers) as caught:
        play.do("give_consent", consent=None)
    assert caught.value.messages == {
        "consent": "Select yes if you agree to the referral, or no if you would rather not"
    }
    assert play.consents() == []
    assert play.open == ["give_consent"]


@pytest.mark.rule("XX-A2", "breaks")
@pytest.mark.parametrize("who", ["manager", "line_manager", "hr", "office", "ada.stone"])
def test_xx_a2_breaks_nobody_answers_for_the_employee(play: Play, who: str) -> None:
    play.start()
    with pytest.raises(NotFound):
        play.do("give_consent", by=who)
    assert play.consents() == []


def check_stopped(play: Play, stood_at: str) -> None:
    """After the employee's word: nothing is open or runs, everybody knows, and the rule stands beside it."""
    open_before, wanted = play.task_id(stood_at), {"employee", "manager", "office"}
    named = any(one.role == "practitioner" for one in play.case("employee").parties)
    assert play.case("employee").can_withdraw
    play.withdraw()
    assert play.ended
    assert play.consents()[-1] == ("referral", "withdrawn", "web")
    for who in wanted | ({"practitioner"} if named else set()):
        assert play.told(who)[0] == STOPPED
    role, answers = STEPS[stood_at]
    with pytest.raises(TaskClosed):
        commands.complete(play.waymark, play.actor(role), open_before, answers, None, play.now)
    assert play.rules_beside("employee", "withdrew consent") == ("XX-A2",)
    assert "XX-A2" in play.rules_beside("manager", "Consent withdrawn")
    said = [one.what for one in play.case("employee").timeline]
    assert any(what.endswith("was closed") for what in said)
    case = play.case("manager")
    assert (case.tasks, case.clocks, case.can_withdraw) == ([], [], False)


@pytest.mark.rule("XX-A2", "follows")
@pytest.mark.parametrize("stood_at", LATER)
def test_xx_a2_follows_withdrawal_stops_the_case_at_every_step_of_the_good_path(play: Play, stood_at: str) -> None:
    check_stopped(play.to(stood_at), stood_at)


@pytest.mark.rule("XX-A2", "follows")
@pytest.mark.parametrize("stood_at", GP_STEPS)
def test_xx_a2_follows_withdrawal_stops_the_case_while_a_gp_is_asked(play: Play, stood_at: str) -> None:
    play.gp_asked().through(*GP_STEPS[: GP_STEPS.index(stood_at)])
    check_stopped(play, stood_at)


@pytest.mark.rule("XX-A2", "follows")
def test_xx_a2_follows_withdrawal_stops_the_case_on_both_databases(play_on_both: Play) -> None:
    check_stopped(play_on_both.to("triage").do("triage"), "offer_appointment")


@pytest.mark.rule("XX-A2", "follows")
@pytest.mark.parametrize(
    ("stood_at", "element", "changes"),
    [
        ("give_information", "triage", {"triage": "more_information", "information_needed": "Which shifts?"}),
        ("answer_correction", "read_first", {"employee_word": "correct", "correction": "Nights, not days"}),
    ],
)
def test_xx_a2_follows_withdrawal_stops_the_case_on_a_side_road(
    play: Play, stood_at: str, element: str, changes: dict[str, str]
) -> None:
    play.to(element).do(element, **changes)
    check_stopped(play, stood_at)


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_there_is_nothing_to_withdraw_before_consent_or_after_the_end(play: Play) -> None:
    play.start()
    assert not play.case("employee").can_withdraw
    with pytest.raises(NotWaiting):
        play.withdraw()
    assert (play.open, play.consents()) == (["give_consent"], [])
    play.through("give_consent").withdraw()
    with pytest.raises(CaseEnded):
        play.withdraw()
    assert play.consents() == [("referral", "given", "online"), ("referral", "withdrawn", "web")]


@pytest.mark.rule("XX-A2", "breaks")
@pytest.mark.parametrize("who", ["manager", "line_manager", "hr", "office", "practitioner", "ada.stone"])
def test_xx_a2_breaks_only_the_employee_withdraws(play: Play, who: str) -> None:
    play.to("assess")
    with pytest.raises(NotFound):
        play.withdraw(by=who)
    assert play.open == ["assess"]


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_silence_is_never_a_yes(play: Play) -> None:
    play.start().days(4)
    assert play.told("employee") == ["a question is waiting for you"]
    play.days(4)
    assert play.open == ["decide_consent_silence"]
    assert [row.name for row in play.inbox("manager")] == ["Decide after no answer"]
    for who in PROVIDER:
        assert sees_nothing(play, who)
    play.do("decide_consent_silence")
    assert play.open == ["give_consent"]
    play.days(8).do("decide_consent_silence", after_silence="close")
    assert play.ended
    assert play.told("employee")[0] == play.told("manager")[0] == "the referral rests"
    assert play.consents() == []


@pytest.mark.rule("XX-A2", "breaks")
def test_xx_a2_breaks_where_the_policy_says_so_silence_ends_the_case(harbour: Play) -> None:
    harbour.start().days(8)
    assert harbour.ended
    assert harbour.told("manager") == ["the referral rests"]


@pytest.mark.rule("XX-A2", "follows")
def test_xx_a2_follows_a_gp_report_has_a_consent_of_its_own_in_the_ledger(play: Play) -> None:
    play.to("assess").do("assess", **GP).do("give_gp_consent", channel="letter")
    assert play.consents() == [("referral", "given", "online"), ("gp-report", "given", "letter")]
