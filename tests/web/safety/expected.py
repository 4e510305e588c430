"""Who may read what, written down once more and apart from the product: role, subject, consent and release (XX-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.web.safety.script import CLERK, LINE_MANAGER, NAMED, REFERRER, SECOND_CLERK, STEPS, SUBJECT
from tests.web.safety.story import Plant

EMPLOYER = frozenset({REFERRER, LINE_MANAGER})
OFFICE = frozenset({CLERK, SECOND_CLERK})
CLINICAL = frozenset({SUBJECT, NAMED})

#: free texts of every form; the employer reads them at once, with the report, by the employee's word, or never
WORDS: dict[str, dict[str, str]] = {
    "referral": dict.fromkeys(
        ("job_title", "job_demands", "absence_facts", "reason", "questions", "support_so_far", "documents"), "employer"
    ),
    "triage": {"information_needed": "employer", "decline_reason": "employer"},
    "more-information": {"information": "employer"},
    "appointment-offer": {"place": "restricted"},
    "appointment-reply": {"suggestion": "restricted", "needs": "restricted"},
    "appointment-change": {"change_suggestion": "restricted"},
    "attendance": {"attendance_note": "restricted"},
    "not-attended-decision": {"decision_reason": "employer"},
    "assessment": {"notes": "clinical", "items.item": "clinical", "gp_report_reason": "gp"},
    "gp-consent": {"doctor": "gp", "surgery": "gp"},
    "gp-received": {"kept_at": "gp", "report_files": "clinical"},
    "sharing": {"items.item": "shared"},
    "silence-decision": {"decision_reason": "restricted"},
    "report": {"answers": "report", "adjustments": "report", "outlook": "report"},
    "report-employee": {"correction": "restricted"},
    "report-correction": {"reply": "restricted"},
    # why somebody ended a case or took back their consent: kept, and shown to nobody
    "reason": {"reason": "subject"},
}

#: choices and dates that tell: words by which each is known on a page or in JSON, and the class of the field
CHOICES: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("appointment-offer", "appointment_kind"): (("By video", '"video"'), "restricted"),
    ("gp-request", "sent_on"): (("19 February 2025", "2025-02-19"), "restricted"),
    ("gp-request", "sent_by"): (("Through a portal", '"portal"'), "restricted"),
    ("gp-received", "received_on"): (("21 March 2025", "2025-03-21"), "restricted"),
    ("assessment", "gp_report_needed"): (("gp_report_needed",), "restricted"),
    ("gp-received", "part_withheld"): (("part_withheld", "withheld"), "clinical"),
    ("report-employee", "employee_word"): (
        ("employee_word", "Something in it should be corrected first"),
        "restricted",
    ),
    ("report-correction", "correction"): (("Yes, I will correct it",), "restricted"),
    ("silence-decision", "after_silence"): (("after_silence", "Ask once more"), "restricted"),
}


def choosers(cls: str) -> frozenset[str]:
    """Everybody who may know of a choice of this class, once the provider has work in the case."""
    return CLINICAL if cls == "clinical" else CLINICAL | OFFICE


def readers(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    """Everybody who reads the text in the case after these steps."""
    if plant.draft:
        return _of_draft(plant, steps)
    return _READERS[WORDS[plant.form][plant.path]](plant, steps)


def _with_provider(steps: Sequence[str]) -> bool:
    """The employee has agreed: from then on the provider's team has work in the case."""
    return "consent" in steps


def _stopped(steps: Sequence[str]) -> bool:
    """The employee has taken their consent back: what it had opened is closed, for the team and for the employer."""
    return "withdrawn" in steps


def _employer(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    provider = (OFFICE if _with_provider(steps) else frozenset()) | ({NAMED} if "triaged" in steps else frozenset())
    return EMPLOYER | {SUBJECT} | provider


def _shared(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    if plant.share != "yes" or _stopped(steps):
        return CLINICAL
    return CLINICAL | OFFICE | (EMPLOYER if "released" in steps else frozenset())


def _report(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    """What the employee has been shown; a version that a newer one replaced is a draft again."""
    newest = max(one for one in range(len(steps)) if STEPS[steps[one]].task == "write_report")
    if steps[newest] != plant.step or _stopped(steps):
        return CLINICAL
    return CLINICAL | OFFICE | (EMPLOYER if "released" in steps else frozenset())


def _of_draft(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    """A draft is for those who may do the task, and gone with it. Nobody has sent it: the employee reads it nowhere."""
    step = STEPS[plant.step]
    if any(STEPS[later].task == step.task for later in steps[steps.index(plant.step) + 1 :]):
        return frozenset()
    return OFFICE if step.who in OFFICE else frozenset({step.who})


def _restricted(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    if not _with_provider(steps):
        return frozenset({SUBJECT})
    return CLINICAL if _stopped(steps) else CLINICAL | OFFICE


def _gp(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    """About a GP or specialist report: the team knows of it from the employee's own consent to it on."""
    return CLINICAL | OFFICE if "gp-consent" in steps and not _stopped(steps) else CLINICAL


def _clinical(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    return CLINICAL


def _subject(plant: Plant, steps: Sequence[str]) -> frozenset[str]:
    """A reason: for whom it is about, and for who wrote it."""
    return frozenset({SUBJECT, STEPS[plant.step].who})


_READERS: Mapping[str, Callable[[Plant, Sequence[str]], frozenset[str]]] = {
    "employer": _employer,
    "restricted": _restricted,
    "gp": _gp,
    "clinical": _clinical,
    "shared": _shared,
    "report": _report,
    "subject": _subject,
}
