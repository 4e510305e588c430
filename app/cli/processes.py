"""`lint` and `deploy`: diagrams, decision tables and forms."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa

from app import db, definitions, outbox
from app.cli import common, findings_as_lines
from app.clock import SystemClock
from app.definitions import diagnoses, purposes, rules
from app.definitions.collecting import library
from app.definitions.lint import Known, as_json, catalogue, lint, lint_paths, require_sound
from app.engine.bundle import Bundle
from app.errors import Finding
from app.identity import MEMBERSHIPS, ROLES, people
from app.settings import ROOT

PATHS = click.Path(exists=True, path_type=Path)
SHIPPED = (ROOT / "processes", ROOT / "forms")


@dataclass(frozen=True)
class Looked:
    """What was found at some paths: whole processes, and what is wrong with them."""

    bundles: tuple[Bundle, ...]
    findings: tuple[Finding, ...]


def look(paths: Sequence[Path]) -> Looked:
    """Collect and lint everything at `paths`. A folder `forms` beside one of them is read too."""
    found = library([*paths, *_forms_beside(paths)])
    bundles = tuple(found.bundle(key) for key in sorted(found.processes) if found.processes[key].is_main)
    known, findings = _known(paths)
    findings += found.findings
    known = replace(known, processes=found.started_by, said=found.said, enclosed=found.enclosed, others=found.mains)
    for bundle in bundles:
        findings += lint(bundle, known)
    if not bundles and not findings:
        findings.append(_nothing(paths))
    return Looked(bundles, tuple(sorted(set(findings))))


def findings_at(paths: Sequence[Path]) -> list[Finding]:
    """What is wrong with the files and folders at `paths`, whether or not they make whole processes."""
    known, findings = _known(paths)
    findings += lint_paths(paths, known)
    if not findings and not library(paths).files:
        findings.append(_nothing(paths))
    return sorted(set(findings))


def _known(paths: Sequence[Path]) -> tuple[Known, list[Finding]]:
    """What diagrams may refer to, and what is wrong with the notices and the list of conditions."""
    notices, findings = _notices(paths)
    conditions = _shipped_or(diagnoses.FILE, paths)
    findings += diagnoses.read(conditions.read_bytes(), conditions.name)[1]
    ledger = frozenset(rules.load(_shipped_or("rules.toml", paths)))
    roles = frozenset(role.id for role in ROLES.values() if role.kind != "contact")
    asked = purposes.limits(purposes.load(_shipped_or(purposes.FILE, paths)))
    today = SystemClock().now().date()
    holders = {role.id: role.held_by for role in ROLES.values()}
    return Known(ledger, roles, roles | set(MEMBERSHIPS), notices, asked, holders=holders, today=today), findings


def deploy_all(
    engine: sa.Engine, bundles: Sequence[Bundle], by: str, reason: str, now: datetime
) -> list[dict[str, object]]:
    """Deploy all or none; what is in force already stays as it is."""
    done = []
    with db.transaction(engine) as conn:
        for bundle in bundles:
            before = definitions.current(conn, bundle.key)
            after = definitions.deploy(conn, bundle, by, reason, now)
            new = before is None or before.version != after.version
            done.append({"key": after.key, "version": after.version, "sha256": after.sha256, "new": new})
    return done


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
@common.formatted
def deploy(paths: tuple[Path, ...], username: str | None, reason: str, form: str) -> None:
    """Put the processes at PATH in force for new cases; running cases stay on theirs. All or none."""
    looked = look(paths)
    require_sound(looked.findings)
    with common.opened() as house:
        with db.reading(house.engine) as conn:
            by = people.person_of(conn, username) if username else "system"
        done = deploy_all(house.engine, looked.bundles, by, reason, house.moment().now)
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


def _shipped_or(name: str, paths: Sequence[Path]) -> Path:
    """A file of this name in one of the folders given, else the one that Waymark ships."""
    own = [path / name for path in paths if path.is_dir() and (path / name).is_file()]
    return own[0] if own else ROOT / "processes" / name


def _notices(paths: Sequence[Path]) -> tuple[frozenset[str], list[Finding]]:
    """Keys of the notices at the paths, else of those shipped, and what is wrong with them."""
    own = [file for path in paths if path.is_dir() for file in sorted(path.rglob("notices.toml"))]
    keys: set[str] = set()
    findings: list[Finding] = []
    for file in own or sorted((ROOT / "processes").glob("*/notices.toml")):
        data = file.read_bytes()
        findings += outbox.check(data, f"{file.parent.name}/{file.name}")
        keys |= outbox.keys(data)
    return frozenset(keys), findings


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
