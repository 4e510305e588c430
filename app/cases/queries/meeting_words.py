"""The names by which forms speak of a meeting, and where each is shown. `docs/processes/conference.md` is the same list
for those who draw one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

#: date and time of the meeting, and where it is
AT, PLACE = "meeting_at", "meeting_place"
#: answers to `chosen`, and the date that each chooses
CHOSEN = {"first": "candidate_1", "second": "candidate_2", "third": "candidate_3"}
#: a process that asks one of these has meetings; the other names may mean something else elsewhere
MARKS = frozenset({AT, *CHOSEN.values()})


@dataclass(frozen=True)
class Section:
    """A part of the page. `which`: the newest submission of each form, of each form and person, or all of them.
    `again`: an answer that stands in another part already is repeated here."""

    id: str
    title: str
    keys: frozenset[str]
    which: Literal["newest", "each", "all"] = "newest"
    again: bool = False


def _section(section: str, title: str, keys: str, which: Literal["newest", "each", "all"] = "newest") -> Section:
    return Section(section, title, frozenset(keys.split()), which, again=section == "dates")


SECTIONS = (
    _section(
        "when", "When, where and how long", "meeting_at meeting_kind meeting_place meeting_minutes_long long_reason"
    ),
    _section(
        "purpose",
        "What it is for",
        "purposes purpose_other ground ground_other objectives questions agenda expectations wishes confidentiality "
        "privacy need_to_know also_considered outcome_by hr_advice employee_aware absence_records actions_so_far "
        "highlights papers why_we_meet",
    ),
    _section("chair", "Who chairs", "chair chair_reason"),
    _section(
        "people",
        "Who takes part",
        "invite_employee not_invited_reason invite_hr without_hr_reason invite_oh attendees practitioner has_assessed "
        "substitute_reason officer_kind confirmed_by attend cannot_attend_reason",
        "each",
    ),
    _section(
        "companion",
        "Companion or representative",
        "companion companion_wanted companion_role companion_name companion_reason companion_invited "
        "companion_refused_reason accompany_told",
    ),
    _section("notice", "Notice", "notice_at notice_channel short_notice_reason"),
    _section(
        "dates",
        "Dates offered, and the answers",
        "meeting_at date_reply declined_reason alternative_at after_declined go_on_reason keep keep_reason candidate_1 "
        "candidate_2 candidate_3 chosen suits_better invitation_answer other_day other_day_words",
        "all",
    ),
    _section(
        "held",
        "How it was held",
        "held line_manager_present hr_present employee_present oh_present companion_present took_part absent_reason "
        "absent_normal_reason meeting_held put_off_reason",
    ),
    _section(
        "outcome",
        "What came of it",
        "said key_decisions contributions agreements no_agreement_reason plan plan_with_employee plan_how "
        "plan_without_reason in_context out_of_context_reason actions formal_outcome outcome_reasons review_until "
        "outcome_told_by outcome_told_on outcome_channel",
    ),
    _section("minutes", "Notes and their approval", "minutes_wanted minutes talk_notes"),
    _section("approval", "Views of the notes", "view view_words approval correction", "each"),
    _section("charge", "Charge", "charge_amount charge_reason other_charge_reason"),
)
#: what prepares a meeting: after one that is over, it belongs to the next
BEFORE = frozenset({AT, "purposes", "objectives", "agenda", "candidate_1", "invite_employee", "why_we_meet"})
#: a meeting is over when one of these was answered so
OVER: Mapping[str, frozenset[str]] = {
    "held": frozenset({"held"}),
    "meeting_held": frozenset({"yes"}),
    "keep": frozenset({"cancel"}),
}
