"""The first page of a trial: what the case begins with, as it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, cast

from app.cases.workshop import trying
from app.engine import Outline
from app.errors import InvalidAnswers
from app.web import dates

#: prefix of the inputs of facts that the case before hands over
CARRIED = "carried."
ALONE = (("", "No, it stands by itself"),)


@dataclass(frozen=True)
class Asked:
    """The inputs of the page: as typed, with a sentence at each that is wrong."""

    employers: list[trying.Employer]
    #: the choices of what the case may follow, none where it cannot follow anything
    follows: tuple[tuple[str, str], ...]
    carry: tuple[str, ...]
    by_message: bool
    typed: Mapping[str, str]
    messages: Mapping[str, str] = field(default_factory=dict)

    @property
    def summary(self) -> list[dict[str, str]]:
        ids = {"begin": "begin-day"}
        return [{"text": text, "href": f"#{ids.get(name, name)}"} for name, text in self.messages.items()]

    @property
    def day(self) -> list[dict[str, Any]]:
        return dates.items(self.typed, "begin")


def asked(
    outline: Outline, employers: list[trying.Employer], typed: Mapping[str, str], messages: Mapping[str, str]
) -> Asked:
    begins, by_message = outline.beginning, trying.begins_by_itself(outline)
    return Asked(employers, _follows(outline, by_message), begins.carry, by_message, typed, messages)


def _follows(outline: Outline, by_message: bool) -> tuple[tuple[str, str], ...]:
    """What a case of this process may begin after: one of its own for a follow-up, or another one."""
    begins = outline.beginning
    if by_message:
        return (("other", "the case that sends the message"),)
    none = () if begins.from_only else ALONE
    same = (("same", "Yes, one of the same process: it is a follow-up"),) if begins.roles_in(outline.key) else ()
    others = set(begins.may_follow) - {outline.key}
    found = none + same + ((("other", "Yes, one of another process"),) if others else ())
    # one that may begin only from another, and names none: it is tried by itself
    return found or ALONE


def first(outline: Outline, employers: list[trying.Employer], now: datetime) -> dict[str, str]:
    """What stands in the page at first: the first employer, nine o'clock of a working day."""
    follows = _follows(outline, trying.begins_by_itself(outline))
    found = {"time": "9:00", "follows": follows[0][0] if follows else ""}
    if employers:
        day = employers[0].calendar.day_zero(now)
        found |= {"employer": employers[0].id, **{f"begin[{one}]": str(getattr(day, one)) for one in dates.PARTS}}
    return found


def story(outline: Outline, employers: list[trying.Employer], typed: Mapping[str, str]) -> trying.Story:
    """What the trial begins with. Raises `InvalidAnswers`."""
    messages: dict[str, str] = {}
    employer = next((one for one in employers if one.id == typed.get("employer")), None)
    if employer is None:
        messages["employer"] = "Choose whose case it is"
    begin = _moment(typed, employer, messages)
    allowed = dict(_follows(outline, trying.begins_by_itself(outline)))
    follows = typed.get("follows", "")
    if follows not in allowed:
        messages["follows"] = "Say whether it follows another case"
    carried = {name: trying.value_of(typed.get(CARRIED + name, "")[:500]) for name in outline.beginning.carry}
    brought: Mapping[str, Any] = {}
    try:
        brought = trying.facts_in(typed.get("brought", ""), "brought")
    except InvalidAnswers as error:
        messages |= error.messages
    if messages or employer is None or begin is None:
        raise InvalidAnswers(messages)
    return trying.Story(employer.id, begin, cast("trying.Follows", follows), carried, brought)


def _moment(typed: Mapping[str, str], employer: trying.Employer | None, messages: dict[str, str]) -> datetime | None:
    """The time at which the case begins, on the clocks of the employer."""
    try:
        day = dates.posted(typed, "begin", "The day on which it begins")
    except InvalidAnswers as error:
        messages |= error.messages
        return None
    if day is None or not trying.FIRST_YEAR <= day.year < trying.LAST_YEAR:
        messages["begin"] = f"Enter a day from {trying.FIRST_YEAR} to {trying.LAST_YEAR - 1}, like 2 3 2027"
        return None
    try:
        at = time.fromisoformat(typed.get("time", "").strip().zfill(5))
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        messages["time"] = "Enter a time, like 9:00 or 14:30"
        return None
    return None if employer is None else employer.calendar.local(datetime.combine(day, at)).astimezone(UTC)
