"""What the commands share: the open house, and answers as text or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import click
import orjson
import sqlalchemy as sa

from app import db
from app.identity import clock as clocks
from app.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class House:
    """The database and its settings. Who needs the cases as well makes a `Waymark` of it: that loads the engine."""

    engine: sa.Engine
    settings: Settings

    def moment(self) -> clocks.Moment:
        """The time by which cases run, and the real one."""
        with db.reading(self.engine) as conn:
            return clocks.read(conn, demo=self.settings.demo)


@contextmanager
def opened() -> Iterator[House]:
    """The house by the environment's settings, closed again at the end."""
    settings = Settings.from_env()
    engine = db.open_engine(settings)
    try:
        yield House(engine, settings)
    finally:
        engine.dispose()


def formatted(function: F) -> F:
    """Adds `--format text|json` to a command."""
    option = click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to answer.",
    )
    return option(function)


def as_json(value: Any) -> None:
    """One JSON value on one line of standard output."""
    click.echo(orjson.dumps(value, default=_plain).decode())


def as_table(headings: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Columns, wide enough; nothing but the headings for no rows."""
    lines = [list(headings), *([str(row[key]) for key in headings] for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(headings))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    raise TypeError
