"""`rules`: the ledger, with what carries, follows and breaks each rule."""

from __future__ import annotations

from dataclasses import asdict

import click

from app.cases.covering import Covered, covered
from app.cli import common
from app.definitions import rules as ledger
from app.settings import ROOT

#: places shown of each kind where all rules are listed
FIRST = 4
_LEADS = {"elements": "carried by", "follows": "followed by", "breaks": "broken by"}


@click.command("rules")
@click.option("--missing", is_flag=True, help="Only rules that something is missing of.")
@click.option("--rule", "wanted", multiple=True, metavar="ID", help="Only this rule; may be given several times.")
@common.formatted
def rules(missing: bool, wanted: tuple[str, ...], form: str) -> None:
    """For each rule: the elements that carry it, the tests and stories that follow it, and those that break it."""
    known = ledger.load(ROOT / "processes")
    strange = [one for one in wanted if one not in known]
    if strange:
        raise click.UsageError(f"There is no rule {strange[0]}. `waymark rules` lists all.")
    asked = [one for one in covered(ROOT) if not wanted or one.id in wanted]
    found = [one for one in asked if one.missing or not missing]
    if form == "json":
        common.as_json([asdict(one) for one in found])
        return
    for one in found:
        _tell(one, known[one.id], None if wanted else FIRST)
    click.echo(_summary(asked))


def _tell(one: Covered, rule: ledger.Rule, limit: int | None) -> None:
    click.echo(f"{one.id}  {rule.sentence}\n  {rule.source}, {rule.clause}")
    for part, lead in _LEADS.items():
        places = getattr(one, part)
        more = len(places) - len(places[:limit])
        lines = [*(places[:limit] or ["nothing yet"]), *([f"and {more} more"] if more else [])]
        for number, line in enumerate(lines):
            click.echo(f"  {' ' * len(lead) + ' ' if number else lead + ':'} {line}")
    click.echo()


def _summary(asked: list[Covered]) -> str:
    lacking = sum(bool(one.missing) for one in asked)
    return f"{'1 rule' if len(asked) == 1 else f'{len(asked)} rules'}, {lacking or 'none'} with something missing"


COMMANDS: dict[str, click.Command] = {"rules": rules}
