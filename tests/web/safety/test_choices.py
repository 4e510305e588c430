"""Choices, dates and names of steps can tell as much as a sentence: nobody finds one who may not know of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import pytest

from tests.web.safety.expected import CHOICES, choosers
from tests.web.safety.routes import addresses
from tests.web.safety.script import CLERK, COLLEAGUE, LINE_MANAGER, NAMED, REFERRER, SUBJECT, UNNAMED
from tests.web.safety.story import Case

At = Callable[[str], Case]
#: one of each role
LOOKING = (SUBJECT, REFERRER, LINE_MANAGER, COLLEAGUE, CLERK, NAMED, UNNAMED, "ada.stone", "irene.vale")
#: what the auditors' room itself says of whatever it does not show
OWN_WORD = ("case_auditor", "withheld")
KNOWN = {(field, word): choosers(cls) for field, (words, cls) in CHOICES.items() for word in words}


def found_at(case: Case, people: Sequence[str] = LOOKING) -> dict[tuple[tuple[str, str], str], set[str]]:
    """Who meets each of the words anywhere, tasks that are over included."""
    tasks = [one.id for one in case.site.tasks(case.id)][-6:]
    found: dict[tuple[tuple[str, str], str], set[str]] = defaultdict(set)
    walked = [
        one
        for one in addresses(case.site, "GET", case.id, tasks)
        if one.whose in {"case", "task", "person", "appointment", "case_auditor"}
    ]
    for name in people:
        for one in walked:
            text = _entered(case.site.get(name, one.url).text)
            for known in KNOWN:
                if known[1] in text and (one.whose, known[1]) != OWN_WORD:
                    found[known].add(name)
    return found


def _entered(text: str) -> str:
    """Without the texts of forms and of diagrams: what could have been chosen tells nothing."""
    return (
        ""
        if text.startswith("<?xml")
        or '"schema":' in text
        or "<form" in text.partition("<main")[2].partition("</main>")[0]
        else text
    )


@pytest.mark.rule("XX-1", "breaks")
@pytest.mark.parametrize("step", ["gp-received", "read"])
def test_what_was_chosen_is_known_to_those_who_may(at: At, step: str) -> None:
    case = at(step)
    found = found_at(case)
    for known, who in found.items():
        assert who <= KNOWN[known], known
    if step != "gp-received":
        return
    told = {field for field, _word in found}
    assert told >= {
        ("appointment-offer", "appointment_kind"),
        ("gp-request", "sent_on"),
        ("gp-received", "received_on"),
    }
    assert found[("gp-received", "received_on"), "21 March 2025"] == choosers("restricted") & set(LOOKING)


def test_control_a_product_that_redacts_nothing_is_found(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.privacy.redact", lambda _form, answers, *_: dict(answers))
    found = found_at(at("gp-received"), (REFERRER,))
    assert [known for known, who in found.items() if not who <= KNOWN[known]]
