"""`lint` and `deploy`: diagrams, decision tables and forms."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa

from app import db, definitions
from app.cases.workshop.known import known
from app.cli import common, findings_as_lines, replacing
from app.clock import SystemClock
from app.definitions.collecting import library
from app.definitions.lint import Known, as_json, catalogue, lint, lint_paths, require_sound
from app.engine.bundle import Bundle
from app.errors import Finding
from app.identity import people
from app.settings import ROOT

PATHS = click.Path(exists=True, path_type=Path)
SHIPPED = (ROOT / "processes", ROOT / "forms")


@dataclass(frozen=True)
class Looked:
    """What was found at some paths: whole processes, and what is wrong with them."""

    bundles: tuple[Bundle, ...]
    findings: tuple[Finding, ...]
    #: process id to the name of the folder that its diagram lies in
    families: Mapping[str, str] = field(default_factory=dict)


def look(paths: Sequence[Path], only: Collection[str] | None = None) -> Looked:
    """Collect and lint everything at `paths`, or lint only these processes. A folder `forms` beside one of the paths is
    read too."""
    found = library([*paths, *_forms_beside(paths)])
    bundles = tuple(found.bundle(key) for key in sorted(found.processes) if found.processes[key].is_main)
    about, findings = _known(paths)
    findings += found.findings
    about = replace(about, processes=found.started_by, said=found.said, enclosed=found.enclosed, others=found.mains)
    for bundle in bundles if only is None else [one for one in bundles if one.key in only]:
        findings += lint(bundle, about)
    if not bundles and not findings:
        findings.append(_nothing(paths))
    families = {bundle.key: found.paths[found.processes[bundle.key].file].resolve().parent.name for bundle in bundles}
    return Looked(bundles, tuple(sorted(set(findings))), families)


def findings_at(paths: Sequence[Path]) -> list[Finding]:
    """What is wrong with the files and folders at `paths`, whether or not they make whole processes."""
    about, findings = _known(paths)
    findings += lint_paths(paths, about)
    if not findings and not library(paths).files:
        findings.append(_nothing(paths))
    return sorted(set(findings))


def _known(paths: Sequence[Path]) -> tuple[Known, list[Finding]]:
    return known(SystemClock().now().date(), paths)


@click.command("lint")
@click.argument("paths", nargs=-1, type=PATHS, metavar="PATH…")
@click.option("--rules", "list_rules", is_flag=True, help="List every rule, each with an example, and look at nothing.")
@common.formatted
def lint_command(paths: tuple[Path, ...], list_rules: bool, form: str) -> None:
    """Say what is wrong with diagrams, decision tables, forms and notices. Exit code 1 for an error.

    PATH is a file or a folder; without one, what Waymark ships is looked at. A file is read with what lies around it,
    and only what is wrong in the file itself is told.
    """
    if list_rules:
        _list_rules(form)
        return
    findings = findings_at(paths or SHIPPED)
    if form == "json":
        common.as_json(as_json(findings))
    else:
        for line in findings_as_lines(findings):
            click.echo(line)
        click.echo(_summary(findings))
    sys.exit(1 if any(finding.severity == "error" for finding in findings) else 0)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=PATHS, metavar="PATH…")
@click.option("--by", "username", help="Who deploys; without it, the system.")
@click.option("--reason", default="", help="Why, for those who ask later.")
@click.option(
    "--replacing",
    "replaced",
    multiple=True,
    metavar="KEY=VERSION",
    help="Let PATH take the place of this version, which the workshop or a roll back put in force.",
)
@common.formatted
def deploy(paths: tuple[Path, ...], username: str | None, reason: str, replaced: tuple[str, ...], form: str) -> None:
    """Put the processes at PATH in force for new cases; running cases stay on theirs. All or none.

    What the workshop or a roll back put in force is not replaced unless --replacing names it."""
    may_replace = [replacing.read(one) for one in replaced]
    looked = look(paths)
    require_sound(looked.findings)
    with common.opened() as house:
        with db.reading(house.engine) as conn:
            by = people.person_of(conn, username) if username else "system"
        with db.transaction(house.engine) as conn:
            replacing.require_free(conn, looked.bundles, may_replace)
            done = deploy_all(conn, looked, by, reason, house.moment().now)
    if form == "json":
        common.as_json(done)
        return
    for one in done:
        click.echo(f"{one['key']}: version {one['version']}{'' if one['new'] else ', in force already'}")


def _forms_beside(paths: Sequence[Path]) -> list[Path]:
    given = {path.resolve() for path in paths}
    beside = {(path.resolve().parent if path.is_dir() else path.resolve().parent.parent) / "forms" for path in paths}
    return sorted(folder for folder in beside if folder.is_dir() and not _covered(folder, given))


def _covered(folder: Path, given: set[Path]) -> bool:
    return any(folder == path or path in folder.parents for path in given)


def deploy_all(
    conn: sa.Connection, looked: Looked, by: str, reason: str, now: datetime, leave: Collection[str] = ()
) -> list[dict[str, object]]:
    """Deploy what was found, but none of `leave`; what is in force already stays as it is."""
    done = []
    for bundle in (one for one in looked.bundles if one.key not in leave):
        before = definitions.current(conn, bundle.key)
        after = definitions.deploy(conn, bundle, by, reason, now, family=looked.families.get(bundle.key, ""))
        new = before is None or before.version != after.version
        done.append({"key": after.key, "version": after.version, "sha256": after.sha256, "new": new})
    return done


def _nothing(paths: Sequence[Path]) -> Finding:
    message = "There is no process here that people start."
    return Finding(str(paths[0]), "", "error", "process-missing", message, "Name the folder that holds the diagrams.")


def _list_rules(form: str) -> None:
    found = catalogue.rules().values()
    if form == "json":
        common.as_json([asdict(rule) for rule in found])
        return
    for rule in found:
        click.echo(f"{rule.id} ({rule.severity})\n  {rule.example}\n  {rule.advice}")


def _summary(findings: Sequence[Finding]) -> str:
    errors = sum(finding.severity == "error" for finding in findings)
    return f"{_count(errors, 'error')}, {_count(len(findings) - errors, 'warning')}"


def _count(number: int, word: str) -> str:
    return f"{number or 'no'} {word}{'' if number == 1 else 's'}"


COMMANDS: dict[str, click.Command] = {"lint": lint_command, "deploy": deploy}
