"""What one frame of the replay shows: how each element looks after a step, where the case stands, what is open inside
what. What may not be known is not in it; the visible step around it is marked instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.cases.audit.game import Game, Passed, Token
from app.cases.audit.shape import Shape
from app.cases.enclosing import Enclosing
from app.engine import Key

Hue = Literal["", "here", "open", "done", "cancelled", "failed", "set", "paused"]
#: what stands for whatever may not be known
WITHHELD = "A step that is withheld"


@dataclass(frozen=True)
class Look:
    """How an element looks. `hue`: "here" (somebody or something is waited for), "open" (what it holds is under way),
    "done", "cancelled", "failed", "set" or "paused" (a clock on the edge), "" (nothing any more). `tokens`: how many
    rest there; `of`: of how many instances; `done`, `cancelled`: how often so far; `withheld`: inside it the case is at
    a step that is withheld. `due`: until when, ISO time."""

    hue: Hue = ""
    tokens: int = 0
    of: int = 0
    done: int = 0
    cancelled: int = 0
    withheld: bool = False
    due: str = ""

    def told(self) -> dict[str, Any]:
        """For the page's script: what is nought or empty is left out."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Call:
    """A process that is open: how deep, which, by which element of the one around it, and how often at once."""

    depth: int
    process: str
    name: str
    by: str
    times: int


@dataclass(frozen=True)
class Veil:
    """What of the diagrams may not be known, by one reader of one case."""

    elements: Collection[Key]
    processes: Collection[str]
    enclosing: Enclosing

    def shows(self, key: Key) -> bool:
        return key not in self.elements and key[0] not in self.processes

    def around(self, key: Key) -> Key | None:
        """The visible step around something hidden; None where that is the whole process."""
        seen: set[Key] = set()
        while not self.shows(key) and key not in seen:
            seen.add(key)
            above = self.enclosing.above(key)
            if above is None:
                return None
            key = above
        return key if self.shows(key) else None


def looks(game: Game, veil: Veil) -> dict[Key, Look]:
    """Every element of which there is something to say, as its reader may know it."""
    here: dict[Key, list[Token]] = {}
    for token in game.tokens.values():
        if not token.idle:
            here.setdefault(token.key, []).append(token)
    waiting = {key for key, come in game.arrived.items() if come.total() > 0}
    found: dict[Key, Look] = {}
    for key in {*here, *waiting, *game.passed}:
        if veil.shows(key):
            found[key] = _look(game, key, here.get(key, []), key in waiting)
    for key in withheld(game, veil):
        found[key] = Look(**{**asdict(found.get(key, Look("open"))), "withheld": True})
    return found


def withheld(game: Game, veil: Veil) -> set[Key]:
    """Visible steps inside which the case stands at a step that is withheld."""
    hidden = [key for key in game.marks() if not veil.shows(key)]
    return {around for key in hidden if (around := veil.around(key)) is not None}


def _look(game: Game, key: Key, tokens: list[Token], joins: bool) -> Look:
    passed = game.passed.get(key, Passed())
    single = [one for one in tokens if one.instance is not None] or tokens
    many = any(one.instance is not None for one in tokens)
    hue = _hue(game.shape, tokens, joins) or passed.last
    clocks = sorted(one.clock.due for one in tokens if one.clock is not None and one.clock.state != "fired")
    return Look(
        hue,
        tokens=game.arrived[key].total() if joins else len(single),
        of=len(single) + passed.instances if many else 0,
        done=passed.done,
        cancelled=passed.cancelled,
        due=clocks[0] if clocks else "",
    )


def _hue(shape: Shape, tokens: list[Token], joins: bool) -> Hue:
    states = {one.state for one in tokens}
    if "failed" in states:
        return "failed"
    if joins or "open" in states:
        return "here"
    if "holds" in states:
        return "open"
    if not tokens:
        return ""
    if shape.kind(tokens[0].key) in {"boundaryEvent", "startEvent"}:
        stopped = any(one.clock is not None and one.clock.state == "paused" for one in tokens)
        return "paused" if stopped else "set"
    return "here"


def standing(game: Game, veil: Veil) -> list[str]:
    """Where the case stands, in words: what waits, not what only holds it."""
    found: list[str] = []
    counts = Counter(one.key for one in game.tokens.values() if one.state != "holds")
    for key in game.marks():
        element = game.shape.elements.get(key)
        holds = [one for one in game.tokens.values() if one.key == key and one.state == "holds"]
        if not veil.shows(key):
            around = veil.around(key)
            inside = game.shape.elements.get(around) if around else None
            found.append(f"{WITHHELD}, inside “{inside.label}”" if inside else WITHHELD)
        elif element is not None and (not holds or counts[key]):
            found.append(f"{element.label} ({counts[key]} at once)" if counts[key] > 1 else element.label)
    return list(dict.fromkeys(found))


def stack(game: Game, names: Mapping[str, str], main: str, veil: Veil) -> list[Call]:
    """The processes that are open, each below the one that called it."""
    return [Call(0, main, names.get(main, main), "", 1), *_called(game, names, main, veil, 1, {main})]


def _called(
    game: Game, names: Mapping[str, str], process: str, veil: Veil, depth: int, above: set[str]
) -> Iterator[Call]:
    calls = Counter(
        (one.key, one.called)
        for one in game.tokens.values()
        if one.called in names and one.called not in above and _within(one, process, veil)
    )
    for (key, called), times in sorted(calls.items()):
        yield Call(depth, called, names[called], game.shape.elements[key].label, times)
        yield from _called(game, names, called, veil, depth + 1, above | {called})


def _within(token: Token, process: str, veil: Veil) -> bool:
    return token.key[0] == process and token.called != process and veil.shows(token.key)
