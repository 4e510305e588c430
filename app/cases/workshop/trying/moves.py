"""What a process owner does in a trial, move by move, as the page carries it along: read with care, for it comes from
outside each time."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from app.errors import BadRequest, Conflict

#: a story with more moves, or longer as JSON in bytes, is not read; a form of ours may be five times as long
MOST_MOVES, MOST_BYTES = 200, 100_000
#: names of facts that may be given, and the longest text in one
MOST_FACTS, LONGEST_FACT, LONGEST_NAME = 50, 500, 200
#: years in which a trial may play
FIRST_YEAR, LAST_YEAR = 2000, 2100
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

#: what a case may follow: nothing, one of the same process, one of another
Follows = Literal["", "same", "other"]
FOLLOWS: tuple[Follows, ...] = ("", "same", "other")


class BadStory(BadRequest):
    """What this page has carried along of the trial cannot be read. Begin the trial again."""


class TooLong(Conflict):
    """This trial has become too long to be played from its beginning each time. Take moves back, or begin again."""


@dataclass(frozen=True, slots=True)
class At:
    """The `nth` of what is open at an element, the one that came first being 0."""

    process: str
    element: str
    nth: int = 0


@dataclass(frozen=True, slots=True)
class Begin:
    """Fill in the start form. `answers`: as typed."""

    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """Complete a user task."""

    at: At
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody says what the case waits for."""

    at: At
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hear:
    """A message of another case comes, or the employee takes back a consent. `facts`: what it brings."""

    at: At
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """The clock moves on, and what is due meanwhile happens when it is due."""

    to: datetime


@dataclass(frozen=True, slots=True)
class Again:
    """An element that failed is tried once more."""

    at: At


@dataclass(frozen=True, slots=True)
class End:
    """Somebody ends the case."""

    reason: str = ""


Move = Begin | Answer | Say | Hear | Wait | Again | End
_KINDS: Mapping[str, type[Move]] = {
    "begin": Begin,
    "answer": Answer,
    "say": Say,
    "hear": Hear,
    "wait": Wait,
    "again": Again,
    "end": End,
}
_WORDS = {kind: word for word, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Story:
    """A trial as the page carries it: what the case begins with, and all moves. `employer`: id of the organisation."""

    employer: str
    begin: datetime
    follows: Follows = ""
    #: facts of the case before (property `carry` of the start event)
    carried: Mapping[str, Any] = field(default_factory=dict)
    #: what the message brings that starts the case, where one does
    brought: Mapping[str, Any] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()

    def text(self) -> str:
        """As JSON; `read` gives the same story back."""
        told = {
            "employer": self.employer,
            "begin": self.begin.isoformat(),
            "follows": self.follows,
            "carried": dict(self.carried),
            "brought": dict(self.brought),
            "moves": [{"do": _WORDS[type(one)], **_written(one)} for one in self.moves],
        }
        return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    def and_then(self, move: Move) -> Story:
        """With one move more. Raises `TooLong`."""
        longer = _with(self, (*self.moves, move))
        if len(longer.moves) > MOST_MOVES or len(longer.text().encode()) > MOST_BYTES:
            raise TooLong
        return longer

    def back(self, count: int = 1) -> Story:
        """Without the last moves."""
        return _with(self, self.moves[: max(0, len(self.moves) - count)])


def _with(story: Story, moves: tuple[Move, ...]) -> Story:
    return Story(story.employer, story.begin, story.follows, story.carried, story.brought, moves)


def _written(move: Move) -> dict[str, Any]:
    match move:
        case Begin(answers):
            return {"answers": dict(answers)}
        case Answer(at, answers) | Say(at, answers):
            return {**_place(at), "answers": dict(answers)}
        case Hear(at, facts):
            return {**_place(at), "facts": dict(facts)}
        case Wait(to):
            return {"to": to.isoformat()}
        case Again(at):
            return _place(at)
        case End(reason):
            return {"reason": reason}


def _place(at: At) -> dict[str, Any]:
    return {"process": at.process, "element": at.element, "nth": at.nth}


def read(text: str) -> Story:
    """The story that a page carried along. Raises `BadStory` for anything that `Story.text` does not write."""
    if len(text) > MOST_BYTES:
        raise BadStory
    try:
        found = _story(json.loads(text))
        # what cannot be written again, such as half a character or a number without end, could not be carried on
        too_long = len(found.text().encode()) > MOST_BYTES
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadStory from error
    if too_long:
        raise BadStory
    return found


def _story(told: Any) -> Story:
    moves = told["moves"]
    if told["follows"] not in FOLLOWS or not isinstance(moves, list) or len(moves) > MOST_MOVES:
        raise BadStory
    return Story(
        _text(told["employer"]),
        moment(told["begin"]),
        told["follows"],
        facts(told["carried"]),
        facts(told["brought"]),
        tuple(_move(one) for one in moves),
    )


def _move(told: Any) -> Move:
    kind = _KINDS[told["do"]]
    if kind in {Answer, Say}:
        return kind(_at(told), _answers(told["answers"]))
    if kind is Begin:
        return Begin(_answers(told["answers"]))
    if kind is Hear:
        return Hear(_at(told), facts(told["facts"]))
    if kind is Wait:
        return Wait(moment(told["to"]))
    return Again(_at(told)) if kind is Again else End(_text(told["reason"], LONGEST_FACT))


def _at(told: Any) -> At:
    nth = told["nth"]
    if type(nth) is not int or not 0 <= nth < MOST_BYTES:
        raise BadStory
    return At(_text(told["process"]), _text(told["element"]), nth)


def _text(value: Any, longest: int = LONGEST_NAME) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise BadStory
    return value


def _answers(value: Any) -> Mapping[str, Any]:
    """Anything with names: the form looks at the rest."""
    if not isinstance(value, dict):
        raise BadStory
    return value


def moment(value: Any) -> datetime:
    """A moment with its time zone, in UTC. Raises `BadStory`."""
    found = datetime.fromisoformat(_text(value))
    if found.tzinfo is None or not FIRST_YEAR <= found.year < LAST_YEAR:
        raise BadStory
    return found.astimezone(UTC)


def facts(value: Any) -> Mapping[str, Any]:
    """Names with plain values, or lists of them. Raises `BadStory`."""
    if not isinstance(value, dict) or len(value) > MOST_FACTS:
        raise BadStory
    for name, one in value.items():
        rows = one if isinstance(one, list) else [one]
        if not _NAME.fullmatch(name) or len(rows) > MOST_FACTS or not all(map(_plain, rows)):
            raise BadStory
    return value


def _plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_FACT
    return value is None or isinstance(value, bool | int | float)
