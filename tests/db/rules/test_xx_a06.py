"""XX-A6: what the employee tells the practitioner stays apart; each item is shared, or not, by their own word."""

from __future__ import annotations

import pytest

from app.errors import InvalidAnswers
from tests.db.rules.playing import GOOD_PATH, NOTES, PRIVATE, SHARED, Play

EMPLOYER = ("manager", "line_manager", "hr")
#: all who are neither the employee nor the case's practitioner
OTHERS = (*EMPLOYER, "office", "nina.kaur", "daniel.price", "fiona.mackay", "ada.stone", "owen.pike", "irene.vale")
AFTER_ASSESSMENT = GOOD_PATH[GOOD_PATH.index("confirm_sharing") :]


@pytest.mark.rule("XX-A6", "follows")
def test_xx_a6_follows_what_is_shared_reaches_the_manager_with_the_report_and_not_before(play_on_both: Play) -> None:
    play = play_on_both.to("release_report")
    assert SHARED not in play.everything("manager")
    play.do("release_report")
    assert SHARED in play.everything("manager")
    assert PRIVATE not in play.everything("manager")
    assert play.rules_beside("manager", "Sharing agreed") == ("XX-A6",)


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_an_item_marked_no_and_the_notes_are_shown_to_nobody_else_at_any_moment(
    play_on_both: Play,
) -> None:
    play = play_on_both.to("assess").do("assess")
    for element in AFTER_ASSESSMENT:
        for who in OTHERS:
            seen = play.everything(who)
            assert PRIVATE not in seen, (who, element)
            assert NOTES not in seen, (who, element)
        play.do(element)
    assert play.ended
    for who in OTHERS:
        assert PRIVATE not in play.everything(who), who
        assert NOTES not in play.everything(who), who
    for who in ("employee", "practitioner"):
        assert PRIVATE in play.everything(who)


@pytest.mark.rule("XX-A6", "follows")
def test_xx_a6_follows_a_changed_word_counts(play: Play) -> None:
    changed = [{"item": SHARED, "share": "no"}, {"item": PRIVATE, "share": "yes"}]
    play.to("confirm_sharing").do("confirm_sharing", items=changed)
    assert play.task("practitioner", "write_report").form.answers["agreed_items"] == changed
    play.through("write_report", "read_first", "release_report")
    for who in OTHERS:
        assert SHARED not in play.everything(who), who
    assert PRIVATE in play.everything("manager")


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_an_item_without_the_employees_word_is_not_taken(play: Play) -> None:
    play.to("assess")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("assess", items=[{"item": SHARED, "share": "yes"}, {"item": PRIVATE}])
    assert caught.value.messages == {"items.1.share": "Select whether the employee says that this may be shared"}
    play.do("assess")
    with pytest.raises(InvalidAnswers) as caught:
        play.do("confirm_sharing", items=[{"item": SHARED}])
    assert caught.value.messages == {
        "items.0.share": "Select yes if your employer may see this, or no to keep it private"
    }


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_silence_about_sharing_shares_nothing_and_does_not_say_why(play: Play) -> None:
    play.to("confirm_sharing").days(8)
    assert "a question is waiting for you" in play.told("employee")
    assert play.open == ["decide_sharing_silence"]
    play.do("decide_sharing_silence")
    assert play.ended
    assert play.told("manager") == ["no report will come"]
    for who in EMPLOYER:
        seen = play.everything(who)
        assert SHARED not in seen
        assert "silence" not in seen.lower()


@pytest.mark.rule("XX-A6", "breaks")
def test_xx_a6_breaks_nothing_of_it_is_readable_in_the_database(play: Play) -> None:
    play.to("read_report")
    play.waymark.engine.dispose()
    stored = b"".join(path.read_bytes() for path in play.waymark.settings.var.glob("waymark.db*"))
    for said in (PRIVATE, SHARED, NOTES, "Shorter shifts"):
        assert said.encode() not in stored
