"""`waymark`: everything that is done from a shell. Exit codes: 0 done, 1 refused or findings, 2 used wrongly."""

from __future__ import annotations

from typing import Any

import click
import sqlalchemy as sa

from app.cli import cases, clock, people, processes, serving
from app.errors import DefinitionRefused, WaymarkError


class Shell(click.Group):
    """Turns what went wrong into one sentence on standard error and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DefinitionRefused as error:
            processes.tell(error.findings)
            raise click.ClickException(error.detail) from error
        except WaymarkError as error:
            raise click.ClickException(error.detail) from error
        except sa.exc.OperationalError as error:
            raise click.ClickException(
                f"The database cannot be used ({type(error.orig).__name__}). Is WAYMARK_DATABASE_URL right, "
                "does the server run, and has `waymark db upgrade` been run?"
            ) from error
        except sa.exc.ProgrammingError as error:
            raise click.ClickException(
                "The database has an old or no schema. Run `waymark db upgrade` first."
            ) from error


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="waymark", message="%(version)s")
def main() -> None:
    """Waymark: occupational-health casework that runs as BPMN diagrams.

    Settings come from WAYMARK_* variables and PORT; see docs.
    """


for command in (*serving.COMMANDS, *processes.COMMANDS, *people.COMMANDS, *clock.COMMANDS, *cases.COMMANDS):
    main.add_command(command)
