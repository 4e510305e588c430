"""`history verify|checkpoint|key`: the proof that nobody altered the history."""

from __future__ import annotations

import sys
from typing import IO, Any

import click

from app.cases import Waymark
from app.cases.checkpoints.verifying import LogState, Verified
from app.cases.checkpoints.writing import signing_key
from app.cases.commands import write_checkpoint
from app.cases.queries import verify_history
from app.cli import common
from app.history.checkpoints import PublicKey


@click.command()
@click.option("--key", "vkey", help="The public key to trust, instead of the one in the settings.")
@click.option(
    "--against",
    type=click.File("r", encoding="utf-8"),
    multiple=True,
    help="A checkpoint that was taken away earlier; may be given again.",
)
@common.formatted
def verify(vkey: str | None, against: tuple[IO[str], ...], form: str) -> None:
    """Check that nobody altered a case's history, the looks at it, or the log of checkpoints.

    Exit code 1 when they do not hold."""
    key = PublicKey.read(vkey) if vkey else None
    with common.opened() as house:
        waymark = Waymark(house.engine, house.settings, "shell")
        result = verify_history(waymark, key=key, given=[file.read() for file in against])
    if form == "json":
        common.as_json(_as_json(result))
    else:
        for fault in result.told:
            click.echo(fault, err=True)
        click.echo(f"{result.cases} cases checked, {len(result.faults)} with a fault")
        click.echo(f"{result.looks} looks checked, {len(result.look_faults)} chains with a fault")
        click.echo(_log_line(result.log))
    sys.exit(0 if result.whole else 1)


def _log_line(log: LogState | None) -> str:
    if log is None:
        return "no log of checkpoints on this machine: the chains alone were checked"
    when = f", the newest of {log.newest.isoformat(timespec='minutes')}" if log.newest else ""
    return (
        f"{log.checkpoints} checkpoints checked{when}, {len(log.faults)} faults; they vouch for {log.size} entries, "
        f"{log.uncovered} were written since"
    )


def _as_json(result: Verified) -> dict[str, Any]:
    found = (("case", result.faults), ("looks at", result.look_faults))
    faults = [
        {
            "case": one.case_id,
            "reference": result.references.get(one.case_id, ""),
            "entry": one.seq,
            "what": one.what,
            "of": what,
        }
        for what, those in found
        for one in those
    ]
    log = result.log
    told = (
        {
            "checkpoints": log.checkpoints,
            "entries": log.size,
            "newest": log.newest,
            "uncovered": log.uncovered,
            "faults": [{"checkpoint": one.number, "what": one.what} for one in log.faults],
        }
        if log is not None
        else None
    )
    return {"cases": result.cases, "entries": result.entries, "looks": result.looks, "faults": faults, "log": told}


@click.command()
@common.formatted
def checkpoint(form: str) -> None:
    """Write a checkpoint of all histories and looks now. Exit code 1 when an entry was seen to be altered."""
    with common.opened() as house:
        done = write_checkpoint(Waymark(house.engine, house.settings, "shell"), house.moment().now)
    doubts = [{"case": one.case_id, "entry": one.seq, "of": one.chain} for one in done.doubts]
    if form == "json":
        told = {"number": done.number, "at": done.at, "entries": done.size, "new": done.new, "root": done.root}
        common.as_json({**told, "doubts": doubts})
    else:
        click.echo(f"Checkpoint {done.number}: {done.new} new entries, {done.size} in all. Root {done.root}")
        for one in doubts:
            click.echo(
                f"{one['of']} {one['case']}, entry {one['entry']}: altered. Run `waymark history verify`.", err=True
            )
    sys.exit(1 if doubts else 0)


@click.command()
def key() -> None:
    """Print the public key by which checkpoints are checked; the private half is made at first use."""
    with common.opened() as house:
        click.echo(signing_key(house.settings).public.vkey)


COMMANDS = (verify, checkpoint, key)
