"""`organisation`, `user`, `token`: who may come in."""

from __future__ import annotations

import sys
from typing import Any

import click

from app import db
from app.cli import common
from app.errors import BadRequest
from app.identity import MEMBERSHIPS, SCOPES, account, desk, events, people, sessions, strength, tokens

#: who did it, where an administrator's name would stand
SHELL = "by the shell of the server"


@click.group()
def organisation() -> None:
    """Employers and providers of occupational health."""


@organisation.command("create")
@click.argument("org_id", metavar="ID")
@click.option("--name", required=True)
@click.option("--kind", type=click.Choice(["employer", "provider"]), required=True)
@click.option("--country", default="GB", show_default=True, help="ISO 3166 code, for bank holidays.")
@click.option("--region", default="ENG", show_default=True, help="ISO 3166-2 part, may be empty.")
@click.option("--time-zone", default="Europe/London", show_default=True)
@click.option("--close", default="17:00", show_default=True, help="When a working day ends.")
@click.option("--provider", help="For an employer: the id of the provider that serves it.")
def create_organisation(provider: str | None, org_id: str, **fields: str) -> None:
    """Add an organisation."""
    org = people.Organisation(
        org_id,
        fields["name"],
        fields["kind"],
        fields["country"],
        fields["region"],
        fields["time_zone"],
        fields["close"],
    )
    with common.opened() as house, db.transaction(house.engine) as conn:
        people.create_organisation(conn, org)
        if provider:
            people.set_provider(conn, org_id, provider)
    click.echo(org_id)


@organisation.command("list")
@common.formatted
def list_organisations(form: str) -> None:
    """List all organisations."""
    with common.opened() as house, db.reading(house.engine) as conn:
        found = [
            {**vars(org), "provider": people.provider_of(conn, org.id) or ""} for org in people.organisations(conn)
        ]
    if form == "json":
        common.as_json(found)
    else:
        common.as_table(("id", "name", "kind", "country", "subdivision", "provider"), found)


@click.group()
def user() -> None:
    """People who can log in."""


@user.command("create")
@click.argument("username")
@click.option("--name", required=True, help="As others see it.")
@click.option("--organisation", "org_id", required=True, help="Id of the organisation.")
@click.option("--role", "roles", multiple=True, type=click.Choice(sorted(MEMBERSHIPS)), help="May be given often.")
@click.option("--email", default="")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@common.formatted
def create_user(
    username: str, name: str, org_id: str, roles: tuple[str, ...], email: str, password_stdin: bool, form: str
) -> None:
    """Add a person with an account."""
    password = read_password(password_stdin)
    strength.check(password, (name, username))
    with common.opened() as house, db.transaction(house.engine) as conn:
        person_id = people.create_person(conn, name, org_id, roles or ("employee",), email=email)
        people.create_account(conn, person_id, username, password)
    if form == "json":
        common.as_json({"person_id": person_id, "username": people.normal_username(username)})
    else:
        click.echo(person_id)


@user.command("list")
@common.formatted
def list_users(form: str) -> None:
    """List everybody with an account."""
    with common.opened() as house, db.reading(house.engine) as conn:
        users = people.list_users(conn)
    if form == "json":
        common.as_json([_user(one) for one in users])
        return
    rows = [{**_user(one), "roles": " ".join(role for _, role in one.roles)} for one in users]
    common.as_table(("username", "name", "organisation", "active", "roles"), rows)


@user.command()
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(username: str, password_stdin: bool) -> None:
    """Set a new password and log the person out everywhere."""
    new = read_password(password_stdin)
    with common.opened() as house:
        real = house.moment().real
        with db.transaction(house.engine) as conn:
            person_id = people.person_of(conn, username)
            strength.check(new, account.known_words(conn, person_id))
            people.set_password(conn, username, new)
            sessions.end_sessions(conn, person_id)
            events.record(conn, "password-changed", person_id, real, reason=SHELL)


@user.command("reset-second-step")
@click.argument("username")
@click.option("--reason", required=True, help="Why; kept with the event.")
def reset_second_step(username: str, reason: str) -> None:
    """Take the second step away and log the person out: they set it up anew at their next login."""
    with common.opened() as house:
        real = house.moment().real
        with db.transaction(house.engine) as conn:
            person_id = people.person_of(conn, username)
            found = desk.drop_second_step(conn, person_id, real, actor_id="", reason=f"{SHELL}: {reason}")
    click.echo("The second step is reset." if found else "This person had no second step.")


@user.command("close")
@click.argument("username")
def close_user(username: str) -> None:
    """Close an account: no login, no token of it works any more."""
    with common.opened() as house:
        real = house.moment().real
        with db.transaction(house.engine) as conn:
            desk.close(conn, people.person_of(conn, username), real, reason=SHELL)


@user.command("reopen")
@click.argument("username")
def reopen_user(username: str) -> None:
    """Let a closed account log in again."""
    with common.opened() as house:
        real = house.moment().real
        with db.transaction(house.engine) as conn:
            person_id = people.set_active(conn, username, active=True)
            events.record(conn, "account-reopened", person_id, real, reason=SHELL)


@click.group()
def token() -> None:
    """Bearer tokens for the API."""


@token.command("create")
@click.argument("username", metavar="USER")
@click.option("--label", default="", help="What it is for.")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(sorted(SCOPES)), help="Both, unless given.")
@click.option("--days", default=tokens.DEFAULT_DAYS, show_default=True, help="How long it works.")
def create_token(username: str, label: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token and print it, this once."""
    with common.opened() as house:
        real = house.moment().real
        with db.transaction(house.engine) as conn:
            person_id = people.person_of(conn, username)
            made = tokens.create_token(conn, person_id, label, real, frozenset(scopes) or SCOPES, days)
    click.echo(made)


@token.command("revoke")
@click.argument("username", metavar="USER")
@click.option("--label", help="Only those with this label.")
def revoke_tokens(username: str, label: str | None) -> None:
    """End a person's tokens."""
    with common.opened() as house, db.transaction(house.engine) as conn:
        count = tokens.revoke_tokens(conn, people.person_of(conn, username), label)
    click.echo(f"{count} ended")


def read_password(from_stdin: bool) -> str:
    """One line of standard input, or asked twice at the terminal. Never an argument: those show in `ps`."""
    if from_stdin:
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            raise BadRequest("No password came in on standard input.")
        return line
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _user(one: people.User) -> dict[str, Any]:
    return {
        "username": one.username,
        "name": one.name,
        "person_id": one.person_id,
        "organisation": one.org_id,
        "organisation_name": one.org_name,
        "roles": [{"organisation": org, "role": role} for org, role in one.roles],
        "active": one.active,
    }


COMMANDS: dict[str, click.Command] = {"organisation": organisation, "user": user, "token": token}
