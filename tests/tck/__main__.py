"""Plays the official DMN test cases: `make tck`, with `TCK=/path/to/checkout` where git cannot fetch them, and
`ARGS=-v` for a list of all that is not right.

Ends with 0 if level 2 is complete and level 3 not below what is recorded, 1 if not, 2 if there are no cases."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tck.judge import Verdict, judge
from tests.tck.source import NoTestCases, official_cases
from tests.tck.suite import questions

RECORDED = Path(__file__).with_name("recorded.toml")
#: Characters of a value or an expression in the list of failures.
WIDTH = 300


@dataclass(frozen=True, slots=True)
class Level:
    verdicts: tuple[Verdict, ...]

    @property
    def right(self) -> int:
        return sum(verdict.right for verdict in self.verdicts)

    @property
    def held(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if not verdict.not_held)

    @property
    def out(self) -> tuple[Verdict, ...]:
        return tuple(verdict for verdict in self.verdicts if verdict.not_held)


def main(words: Sequence[str] | None = None) -> int:
    options = _options(words)
    try:
        cases = official_cases(options.tck)
    except NoTestCases as error:
        print(f"make tck: {error}", file=sys.stderr)
        return 2
    recorded = tomllib.loads(RECORDED.read_text())
    levels = {number: _level(cases, number) for number in (2, 3)}
    if options.v:
        _list(levels)
    faults = [*_second(levels[2], recorded["level-2"]["out"]), *_third(levels[3], recorded["level-3"]["right"])]
    for fault in faults:
        print(f"NOT GOOD ENOUGH: {fault}")
    return 1 if faults else 0


def _options(words: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(prog="make tck", description=__doc__)
    parser.add_argument("--tck", default="", help="a checkout of the official test cases")
    parser.add_argument("-v", action="store_true", help="list all that is not right")
    return parser.parse_args(words)


def _level(cases: Path, number: int) -> Level:
    return Level(tuple(judge(question) for question in questions(cases / f"compliance-level-{number}")))


def _second(level: Level, out: dict[str, str]) -> list[str]:
    """Prints level 2; what is wrong with it."""
    held = level.held
    right = sum(verdict.right for verdict in held)
    print(f"Level 2: {right} of {len(held)} right of what decision tables and literal expressions can hold.")
    for folder, why in out.items():
        print(f"    out: {folder}: {why}")
    faults = [f"level 2 has {len(held) - right} wrong results"] if right < len(held) or not held else []
    unknown = sorted({verdict.question.folder for verdict in level.out} - set(out))
    return faults + [f"level 2 leaves out {folder}, which recorded.toml does not name" for folder in unknown]


def _third(level: Level, floor: int) -> list[str]:
    """Prints level 3; what is wrong with it."""
    total = len(level.verdicts)
    held = level.held
    right, told = sum(verdict.right for verdict in held), sum(verdict.told for verdict in held)
    print(f"Level 3: {level.right:,} of {total:,} right ({level.right / max(total, 1):.1%} of all),")
    print(f"    {right:,} of {len(held):,} ({right / max(len(held), 1):.1%}) of what tables and expressions can hold.")
    print(f"    Of the right ones {told} are faults for which DMN asks for null, and Waymark says what is wrong.")
    for why, count in Counter(verdict.not_held.rpartition("which ")[2] for verdict in level.out).most_common():
        print(f"    not held: {count} {why}")
    return [] if level.right >= floor else [f"level 3 has {level.right:,} right results, recorded are {floor:,}"]


def _list(levels: dict[int, Level]) -> None:
    for number, level in levels.items():
        for verdict in level.verdicts:
            if not verdict.right:
                print(f"level {number}  {_row(verdict)}")


def _row(verdict: Verdict) -> str:
    question = verdict.question
    if verdict.not_held:
        return f"{question.label}: not held, {verdict.not_held}"
    expected = f"{question.expected!r}{' (a fault)' if question.fault else ''}"
    given = f"  with {dict(question.inputs)!r}"[:WIDTH] if question.inputs else ""
    return (
        f"{question.label}\n    {verdict.said[:WIDTH]}{given}\n"
        f"    expected {expected[:WIDTH]}\n    got      {verdict.got[:WIDTH]}"
    )


if __name__ == "__main__":
    sys.exit(main())
