"""Lint over every diagram of a folder: nothing that somebody drew, in whatever tool, may stop it.

    python benchmarks/corpus.py PATH… [--mutate 3] [--seed 1] [--json]

Each .bpmn, .dmn and .form file below PATH is looked at by itself, and, with --mutate, damaged in several ways. What
lint refuses is mended as far as a machine can (a role, a condition, an executable mark), so that the engine, too, is
shown what people draw: it loads the diagram and starts a case. A crash is an error that is not one of our own. Exit
code 1 for a crash. Folders directly below PATH are counted apart.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import click

from app import decisions, engine, forms
from app.clock import SystemClock
from app.definitions import bpmn
from app.definitions.lint import lint
from app.engine.bundle import Bundle
from app.errors import DefinitionRefused, EngineFailure, Finding, WaymarkError
from app.workdays import Calendar
from app.xmlsafe import UnsafeXml
from mending import mended
from mutating import mutants

SUFFIXES = (".bpmn", ".bpmn2", ".bpmn20.xml", ".dmn", ".form")
NOW = SystemClock().now()
CALENDAR = Calendar().as_dict()


@dataclass
class Counted:
    """What was seen in one folder."""

    files: int = 0
    bytes: int = 0
    unread: int = 0
    errors: int = 0
    warnings: int = 0
    mutants: int = 0
    #: diagrams without an error, as they are or mended, and how many of them were started
    sound: int = 0
    started: int = 0
    crashes: list[str] = field(default_factory=list)
    slowest_ms: float = 0
    slowest: str = ""
    rules: dict[str, int] = field(default_factory=dict)


def look(name: str, data: bytes, counted: Counted) -> list[Finding]:
    """The findings of one file; a crash and the time are noted."""
    before = time.perf_counter()
    try:
        if name.endswith(".form"):
            found = forms.check(data, name)
        elif name.endswith(".dmn"):
            found = decisions.check(data, name)
        else:
            found = lint(_bundle(data))
    except Exception as error:  # the very thing that is looked for
        counted.crashes.append(f"{name}: {type(error).__name__}: {error}")
        found = []
    took = (time.perf_counter() - before) * 1000
    if took > counted.slowest_ms:
        counted.slowest_ms, counted.slowest = took, name
    counted.crashes += [f"{name}: {one.message}" for one in found if one.rule == "lint-stopped"]
    return found


def _bundle(data: bytes) -> Bundle:
    try:
        processes = bpmn.read(data, "x.bpmn").processes
    except UnsafeXml:
        processes = ()
    return Bundle(processes[0].id if processes else "none", {"x.bpmn": data})


def play(name: str, data: bytes, counted: Counted) -> None:
    """Load what lint lets through, and start a case of it."""
    for bundle in (_bundle(data), _bundle(mended(data))):
        if any(one.severity == "error" for one in engine.check(bundle)):
            continue
        counted.sound += 1
        try:
            engine.advance(engine.load(bundle), None, engine.Start("corpus", {}, CALENDAR), NOW)
            counted.started += 1
        except EngineFailure as failure:
            if failure.facts.get("engine_error"):
                counted.crashes.append(f"{name}: {failure.facts['engine_error']} from the engine")
        except DefinitionRefused as refused:
            counted.crashes.append(f"{name}: lint lets through what is refused: {refused.findings}")
        except WaymarkError:
            pass  # said in words
        except Exception as error:  # as above
            counted.crashes.append(f"{name}: {type(error).__name__}: {error} from the engine")
        return


def files(path: Path) -> Iterator[tuple[str, Path]]:
    """(folder directly below `path`, file)"""
    for file in sorted(path.rglob("*")):
        if file.name.endswith(SUFFIXES) and file.is_file():
            inside = file.relative_to(path).parts
            yield (inside[0] if len(inside) > 1 else "."), file


def run(paths: tuple[Path, ...], mutate: int, seed: int) -> dict[str, Counted]:
    found: dict[str, Counted] = {}
    for path in paths:
        for folder, file in files(path):
            counted = found.setdefault(f"{path.name}/{folder}", Counted())
            _one(file, mutate, seed, counted)
    return found


def _one(file: Path, mutate: int, seed: int, counted: Counted) -> None:
    data = file.read_bytes()
    name = file.name if file.name.endswith((".dmn", ".form")) else str(file)
    findings = look(name, data, counted)
    counted.files += 1
    counted.bytes += len(data)
    counted.unread += any(one.rule == "xml" for one in findings)
    counted.errors += sum(one.severity == "error" for one in findings)
    counted.warnings += sum(one.severity == "warning" for one in findings)
    for rule, number in Counter(one.rule for one in findings).items():
        counted.rules[rule] = counted.rules.get(rule, 0) + number
    if not name.endswith((".dmn", ".form")):
        play(name, data, counted)
    random_ = random.Random(f"{seed}/{file.name}")  # noqa: S311 # the same damage on each run, no secret
    for kind, mutant in mutants(data, random_, mutate):
        counted.mutants += 1
        look(f"{name} ({kind})", mutant, counted)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--mutate", default=0, show_default=True, help="Damaged copies of each file.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(paths: tuple[Path, ...], mutate: int, seed: int, as_json: bool) -> None:
    found = run(paths, mutate, seed)
    crashes = [crash for counted in found.values() for crash in counted.crashes]
    if as_json:
        click.echo(json.dumps({name: asdict(counted) for name, counted in found.items()}))
    else:
        for name, one in found.items():
            click.echo(
                f"{name}: {one.files} files ({one.unread} unread), {one.mutants} damaged; {one.errors} errors, "
                f"{one.warnings} warnings; {one.started} of {one.sound} started; {len(one.crashes)} crashes; "
                f"slowest {one.slowest_ms:.0f} ms ({Path(one.slowest).name})"
            )
        click.echo(f"{sum(one.files for one in found.values())} files, {len(crashes)} crashes")
        for crash in crashes:
            click.echo(f"  {crash}", err=True)
    sys.exit(1 if crashes else 0)


if __name__ == "__main__":
    main()
