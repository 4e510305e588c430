"""`waymark`: everything that is done from a shell. Exit codes: 0 done, 1 refused or findings, 2 used wrongly."""

from __future__ import annotations

import importlib
from typing import Any

import click
import sqlalchemy as sa

from app.errors import DefinitionRefused, WaymarkError

#: Command to the module that holds it. Loaded when called: the engine alone takes a second to import.
COMMANDS = {
    "bundle": "bundling",
    "clock": "clock",
    "db": "serving",
    "demo": "cases",
    "deploy": "processes",
    "erase": "keeping",
    "erasure": "keeping",
    "history": "cases",
    "hold": "keeping",
    "keys": "keeping",
    "lint": "processes",
    "migrate": "moving",
    "organisation": "people",
    "retention": "keeping",
    "rules": "rules",
    "run": "serving",
    "serve": "serving",
    "simulate": "simulating",
    "token": "people",
    "user": "people",
    "worker": "serving",
}
#: as `waymark --help` shows them
GROUPS = {
    "Running": ("run", "serve", "worker", "db", "demo", "clock"),
    "Processes": ("lint", "simulate", "rules", "deploy", "bundle", "migrate"),
    "People": ("organisation", "user", "token"),
    "Keeping": ("retention", "hold", "erase", "erasure", "keys", "history"),
}


class Shell(click.Group):
    """Loads commands late, and turns what went wrong into one sentence on standard error and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, names in GROUPS.items():
            found = [(name, command) for name in names if (command := self.get_command(ctx, name)) is not None]
            with formatter.section(title):
                formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in found])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"app.cli.{COMMANDS[cmd_name]}")
        found: click.Command = module.COMMANDS[cmd_name]
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DefinitionRefused as error:
            for line in findings_as_lines(error.findings):
                click.echo(line, err=True)
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


def findings_as_lines(findings: list[Any]) -> list[str]:
    """Findings as lines that an editor can jump to."""
    return [
        f"{one.file}{':' if one.element else ''}{one.element}: {one.severity}: "
        f"{' '.join(part for part in (one.message, one.advice) if part)} [{one.rule}]"
        for one in findings
    ]


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="waymark", message="%(version)s")
def main() -> None:
    """Waymark: occupational-health casework that runs as BPMN diagrams.

    Settings come from WAYMARK_* variables and PORT; see docs.
    """
