"""What a trial begins with: the employers that the owner's organisation serves, and facts as people type them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from app import db
from app.cases.waymark import Waymark
from app.cases.workshop.trying.moves import BadStory, Story, facts
from app.cases.workshop.trying.playing import Situation
from app.errors import InvalidAnswers
from app.identity import Actor
from app.identity.people import employers_of, organisation_of
from app.workdays import Calendar

#: how yes, no and nothing are typed
_SAID = {"yes": True, "true": True, "no": False, "false": False, "nothing": None, "null": None, "": None}


@dataclass(frozen=True, slots=True)
class Employer:
    """Whose case a trial plays: nothing else of them is told."""

    id: str
    name: str
    calendar: Calendar


def trial_employers(waymark: Waymark, actor: Actor) -> list[Employer]:
    """The employers served by the organisations whose processes the actor owns, by name."""
    owned = [org for org, role in actor.roles if role == "process_owner"]
    with db.reading(waymark.engine) as connection:
        served = {one for org in owned for one in employers_of(connection, org)}
        found = [organisation_of(connection, one) for one in served]
    return sorted((Employer(one.id, one.name, one.calendar) for one in found), key=lambda one: (one.name, one.id))


def situation(story: Story, employers: list[Employer]) -> Situation:
    """What a story begins with. Raises `BadStory` for an employer that is not among them."""
    employer = next((one for one in employers if one.id == story.employer), None)
    if employer is None:
        raise BadStory
    return Situation(employer.id, employer.calendar, story.begin, story.follows, story.carried, story.brought)


def value_of(text: str) -> Any:
    """What somebody means by a value: yes, no, nothing, a number, else the text itself."""
    said = text.strip()
    if said.casefold() in _SAID:
        return _SAID[said.casefold()]
    try:
        number = float(said)
    except ValueError:
        return said
    if not said.isascii() or not math.isfinite(number):
        return said
    return int(number) if number.is_integer() and "." not in said else number


def facts_in(text: str, path: str) -> dict[str, Any]:
    """Facts from lines such as `accepted = yes`. Raises `InvalidAnswers` at `path`."""
    found: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), 1):
        name, equals, value = line.partition("=")
        if not line.strip():
            continue
        if not equals:
            raise InvalidAnswers({path: f"Line {number} must be a name, an equals sign and a value"})
        found[name.strip()] = value_of(value)
    try:
        facts(found)
    except BadStory as error:
        raise InvalidAnswers({path: "Names are letters, digits and _, and values at most 500 characters"}) from error
    return found
