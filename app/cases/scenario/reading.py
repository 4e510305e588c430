"""From a TOML file to a `Scenario`. What cannot be meant is refused, with the number of the step."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.cases.scenario.errors import ScenarioRefused
from app.cases.scenario.model import BEGIN, SAY, START, WITHDRAW, Expect, Line, Scenario

_KEYS = frozenset({"title", "process", "demo", "begin", "story", "step"})
_STEP = frozenset(
    {
        "who",
        "task",
        "after",
        "answers",
        "reason",
        "message",
        "scope",
        "process",
        "from",
        "case",
        "holder",
        "refused",
        "follows",
    }
    | {"breaks", "expect"}
)
_EXPECT = frozenset(
    {"open", "also", "closed", "told", "facts", "flags", "status", "due", "cases", "shown", "hidden", "history"}
)
_STATUS = frozenset({"running", "completed", "cancelled"})
_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes"}
_SPAN = re.compile(r"(\d+)\s*([wdhm])(?:\s+|$)")


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises `ScenarioRefused`."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioRefused(f"{path.name} cannot be read: {error}.") from error
    try:
        return parse(told)
    except ScenarioRefused as error:
        raise ScenarioRefused(f"{path.name}: {error.detail}") from error


def parse(told: Mapping[str, Any]) -> Scenario:
    """The scenario in what TOML says. Raises `ScenarioRefused`."""
    _known(told, _KEYS, "The scenario")
    for key in ("title", "process"):
        if not isinstance(told.get(key), str) or not told[key].strip():
            raise ScenarioRefused(f"The scenario has no {key}.")
    steps = told.get("step")
    if not isinstance(steps, list) or not steps:
        raise ScenarioRefused("The scenario has no [[step]].")
    lines = tuple(_line(step, number) for number, step in enumerate(steps, 1))
    if lines[0].task != START:
        raise ScenarioRefused('Step 1: a story begins with task = "start".')
    story = " ".join(str(told.get("story", "")).split())
    return Scenario(told["title"], told["process"], lines, bool(told.get("demo")), story, _begin(told.get("begin")))


def _begin(said: Any) -> datetime:
    if said is None:
        return BEGIN
    try:
        moment = said if isinstance(said, datetime) else datetime.fromisoformat(str(said))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise ScenarioRefused('begin is wall time at the employer, such as "2026-03-02T09:00".')
    return moment


def _line(step: Mapping[str, Any], number: int) -> Line:
    where = f"Step {number}"
    _known(step, _STEP, where)
    line = Line(
        who=_text(step, "who", where),
        task=_text(step, "task", where),
        after=_span(_text(step, "after", where), where),
        answers=_table(step, "answers", where),
        reason=_text(step, "reason", where),
        number=number,
        message=_text(step, "message", where),
        scope=_text(step, "scope", where),
        process=_text(step, "process", where),
        follows_from=_text(step, "from", where),
        case=_text(step, "case", where),
        holder=_text(step, "holder", where),
        refused=_refused(step.get("refused"), where),
        follows=_words(step, "follows", where) or (),
        breaks=_words(step, "breaks", where) or (),
        expect=_expect(step["expect"], where) if "expect" in step else None,
    )
    _makes_sense(line)
    return line


#: what must not be: a test of the line, and the sentence that says what to do instead
_NONSENSE: tuple[tuple[Callable[[Line], object], str], ...] = (
    (lambda line: line.task and not line.who, "say who does it (who)."),
    (lambda line: line.task == SAY and not line.message, 'task = "say" needs the message that is said (message).'),
    (lambda line: line.message and line.task != SAY, 'message belongs to task = "say".'),
    (lambda line: line.scope and line.task != WITHDRAW, 'scope belongs to task = "withdraw".'),
    (
        lambda line: (line.process or line.follows_from) and line.task != START,
        'process and from belong to task = "start"; case says which case is meant.',
    ),
    (lambda line: line.refused is not None and not line.task, "letting time pass cannot be refused."),
    (
        lambda line: (line.follows or line.breaks) and line.refused is None and line.expect is None,
        "a step that shows a rule (follows, breaks) says what is seen of it: refused, or [step.expect].",
    ),
)


def _makes_sense(line: Line) -> None:
    for test, advice in _NONSENSE:
        if test(line):
            raise ScenarioRefused(f"{line.place}: {advice}")


def _refused(said: Any, where: str) -> Mapping[str, str] | None:
    if said is None:
        return None
    if isinstance(said, str) and said.strip():
        return {"": said}
    if isinstance(said, Mapping) and said and all(isinstance(one, str) and one.strip() for one in said.values()):
        return dict(said)
    raise ScenarioRefused(f'{where}: refused is a sentence, or {{ field = "sentence" }}.')


def _expect(said: Mapping[str, Any], where: str) -> Expect:
    _known(said, _EXPECT, f"{where}, expect")
    if not said:
        raise ScenarioRefused(f"{where}: [step.expect] expects nothing.")
    status = _text(said, "status", where)
    if status and status not in _STATUS:
        raise ScenarioRefused(f"{where}: status is one of {', '.join(sorted(_STATUS))}.")
    return Expect(
        open=_words(said, "open", where),
        also=_words(said, "also", where) or (),
        closed=_words(said, "closed", where) or (),
        told=tuple(_told(one, where) for one in _words(said, "told", where) or ()),
        facts=_table(said, "facts", where),
        flags=_words(said, "flags", where),
        status=status,
        due={element: str(day) for element, day in _table(said, "due", where).items()},
        cases=_words(said, "cases", where),
        shown=_by_person(said, "shown", where),
        hidden=_by_person(said, "hidden", where),
        history=_words(said, "history", where) or (),
    )


def _told(said: str, where: str) -> tuple[str, str]:
    who, colon, words = said.partition(":")
    if not colon or not who.strip() or not words.strip():
        raise ScenarioRefused(f'{where}: told is written "grace.obi: words of the subject", not “{said}”.')
    return who.strip(), words.strip()


def _by_person(said: Mapping[str, Any], key: str, where: str) -> dict[str, tuple[str, ...]]:
    table = _table(said, key, where)
    return {who: _words({key: [one] if isinstance(one, str) else one}, key, where) or () for who, one in table.items()}


def _words(said: Mapping[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    if key not in said:
        return None
    found = said[key]
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ScenarioRefused(f"{where}: {key} is a list of words.")
    return tuple(found)


def _text(said: Mapping[str, Any], key: str, where: str) -> str:
    found = said.get(key, "")
    if not isinstance(found, str):
        raise ScenarioRefused(f"{where}: {key} is a word in quotation marks.")
    return found


def _table(said: Mapping[str, Any], key: str, where: str) -> dict[str, Any]:
    found = said.get(key, {})
    if not isinstance(found, Mapping):
        raise ScenarioRefused(f"{where}: {key} is a table, {key} = {{ name = … }}.")
    return dict(found)


def _span(text: str, where: str) -> timedelta:
    if _SPAN.sub("", text).strip():
        raise ScenarioRefused(f'{where}: after is written "1w 2d 3h 30m", not “{text}”.')
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _SPAN.findall(text)), timedelta())


def _known(said: Any, known: frozenset[str], where: str) -> None:
    if not isinstance(said, Mapping):
        raise ScenarioRefused(f"{where} is not a table.")
    unknown = sorted(said.keys() - known)
    if unknown:
        raise ScenarioRefused(
            f"{where} has “{unknown[0]}”, which means nothing here; known: {', '.join(sorted(known))}."
        )
