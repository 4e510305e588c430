"""What is done in the case that the safety tests play, step by step, with a canary in every free text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SUBJECT, REFERRER, LINE_MANAGER, COLLEAGUE = "grace.obi", "amir.shah", "helen.ward", "daniel.price"
CLERK, SECOND_CLERK, NAMED, UNNAMED = "olivia.hart", "oscar.lind", "samuel.okoro", "nina.kaur"
#: everybody who plays a part, and two who do not: another employer's employee and manager
CAST = (SUBJECT, REFERRER, LINE_MANAGER, COLLEAGUE, CLERK, NAMED, UNNAMED, "callum.reid", "fiona.mackay")

#: stands for a canary of its own
PLANT = "*"


@dataclass(frozen=True)
class Step:
    """`task`: element id, or "start", "withdraw", "cancel". `hours`: since the step before. `draft`: saved, not sent.

    Free texts that are visible and not among `answers` are planted, too.
    """

    name: str
    who: str
    task: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    hours: float = 1
    draft: bool = False
    #: the step after which this one is played, when it is not the one before
    after: str = ""


#: days on which nothing else happens
SENT_ON, RECEIVED_ON = "2025-02-19", "2025-03-21"
ITEMS = [{"item": PLANT, "share": "yes"}, {"item": PLANT, "share": "no"}]
ASSESSED = {"items": ITEMS, "gp_report_needed": "no"}
REPORT = {"fitness": "fit_adjusted", "review": "no", "only_shared": True}
ONLINE = {"channel": "online"}
OFFER = {"appointment_kind": "video", "appointment_at": "2026-11-06T10:30"}
REFERRAL = {
    "employee": SUBJECT,
    "line_manager": LINE_MANAGER,
    "absence": "absent",
    "absent_since": "2026-10-05",
    "ground": "return",
    "discussed": True,
}

#: the whole way: more information, another time, a GP report with its own consent, a correction, a release
WAY = (
    Step("start", REFERRER, "start", REFERRAL),
    Step("consent", SUBJECT, "give_consent", {"consent": "given", **ONLINE}),
    Step("asked", CLERK, "triage", {"triage": "more_information"}),
    Step("informed", REFERRER, "give_information"),
    Step("triage-draft", CLERK, "triage", {"triage": "decline"}, draft=True),
    Step("triaged", SECOND_CLERK, "triage", {"triage": "accept", "practitioner": NAMED}),
    Step("offered", CLERK, "offer_appointment", OFFER),
    Step("moved", SUBJECT, "answer_offer", {"appointment_reply": "another_time"}),
    Step("offered-again", CLERK, "offer_appointment", OFFER),
    Step("booked", SUBJECT, "answer_offer", {"appointment_reply": "accept"}),
    Step("attended", NAMED, "record_attendance", {"attendance": "attended"}, hours=98),
    Step("assess-draft", NAMED, "assess", {"items": ITEMS[:1], "gp_report_needed": "yes"}, draft=True),
    Step("assessed", NAMED, "assess", {"items": ITEMS, "gp_report_needed": "yes"}),
    Step("gp-draft", SUBJECT, "give_gp_consent", {"gp_consent": "given", "gp_see_first": "yes", **ONLINE}, draft=True),
    Step("gp-consent", SUBJECT, "give_gp_consent", {"gp_consent": "given", "gp_see_first": "yes", **ONLINE}),
    Step(
        "gp-asked",
        CLERK,
        "send_gp_request",
        {"sent_on": SENT_ON, "sent_by": "portal", "told_see_first": True},
        hours=2,
    ),
    Step("gp-seen", SUBJECT, "see_gp_report", {"gp_access": "agree"}, hours=24 * 9),
    Step("gp-received", CLERK, "receive_gp_report", {"received_on": RECEIVED_ON, "part_withheld": True}, hours=24 * 15),
    Step("gp-read", NAMED, "read_gp_report", ASSESSED),
    Step("shared", SUBJECT, "confirm_sharing", {"items": ITEMS}),
    Step("written", NAMED, "write_report", REPORT),
    Step("read-draft", SUBJECT, "read_first", {"employee_word": "correct"}, draft=True),
    Step("corrected", SUBJECT, "read_first", {"employee_word": "correct"}),
    Step("answered", NAMED, "answer_correction", {"correction": "change"}),
    Step("rewritten", NAMED, "write_report", REPORT),
    Step("agreed", SUBJECT, "read_first", {"employee_word": "agree"}),
    Step("released", NAMED, "release_report", {"checked": True}),
    Step("read", REFERRER, "read_report", {"read": True}),
)

#: other ways to go, each from a step of the whole way
BRANCHES = (
    Step("declined", CLERK, "triage", {"triage": "decline"}, after="informed"),
    Step("withdrawn", SUBJECT, "withdraw", after="gp-consent"),
    Step("cancelled", CLERK, "cancel", after="shared"),
    Step("cancelled-by-manager", REFERRER, "cancel", after="start"),
    Step("missed", NAMED, "record_attendance", {"attendance": "not_attended"}, hours=98, after="booked"),
    Step("offered-after-missed", CLERK, "offer_appointment", {**OFFER, "appointment_at": "2026-11-09T10:30"}),
    Step("booked-after-missed", SUBJECT, "answer_offer", {"appointment_reply": "accept"}),
    Step("moved-late", SUBJECT, "keep_or_move", {"appointment_reply": "another_time"}),
    Step("offered-third", CLERK, "offer_appointment", {**OFFER, "appointment_at": "2026-11-09T11:30"}),
    Step("booked-third", SUBJECT, "answer_offer", {"appointment_reply": "accept"}),
    Step("missed-again", NAMED, "record_attendance", {"attendance": "not_attended"}, hours=70),
    Step("after-missed", REFERRER, "decide_after_missed", {"after_missed": "available_information"}),
    Step("assessed-alone", NAMED, "assess", ASSESSED, after="attended"),
    Step("shared-alone", SUBJECT, "confirm_sharing", {"items": ITEMS}),
    Step("silent", NAMED, "decide_sharing_silence", {"after_silence": "ask_again"}, hours=24 * 14, after="gp-read"),
)
STEPS = {one.name: one for one in (*WAY, *BRANCHES)}
