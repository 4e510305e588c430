"""`history pack`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click

from app.cases import Waymark, commands
from app.cli import common
from app.errors import Conflict


class FileThere(Conflict):
    """There is a file of this name already. Nothing was written; choose another name."""


@click.command()
@click.argument("case")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def pack(case: str, file: Path) -> None:
    """Write a pack of one case: its history as far as an auditor may know it, and what proves it.

    CASE: reference or id. FILE: a zip that is not there yet. That it was made stands in the register of looks. Whoever
    has the pack checks it by `waymark-verify FILE --key KEY`; `waymark history key` prints the key.
    """
    with common.opened() as house:
        if file.exists():
            raise FileThere
        waymark = Waymark(house.engine, house.settings, "shell")
        _name, content = commands.pack_in_shell(waymark, case, house.moment().now)
    with content, os.fdopen(_opened(file), "wb") as out:
        shutil.copyfileobj(content, out)
    click.echo(f"{file}: {file.stat().st_size:,} bytes")


def _opened(file: Path) -> int:
    """For its owner alone, and never over what came to be there meanwhile."""
    try:
        return os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise FileThere from None
    except OSError as error:
        raise click.FileError(str(file), hint=str(error.strerror)) from None
