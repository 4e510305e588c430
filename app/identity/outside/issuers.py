"""Which organisations log their people in themselves, from the file that `WAYMARK_OIDC_FILE` names.

[northfield]                                  # in the address: /login/with/northfield
organisation = "northfield"                   # whose people it logs in, and nobody else's
issuer = "https://login.northfield.example"
client_id = "waymark"                         # its secret: WAYMARK_OIDC_NORTHFIELD_SECRET
label = "Northfield staff login"

[northfield.groups]                           # membership by group, read at every login
"waymark-managers" = ["manager"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from app import db
from app.errors import WaymarkError
from app.identity.desk import OF_PROVIDERS
from app.identity.people import organisation_of
from app.identity.roles import MEMBERSHIP_KINDS, MEMBERSHIPS
from app.settings import Settings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadIssuers(WaymarkError):
    """The file with the organisations' own logins cannot be used."""


@dataclass(frozen=True)
class Issuer:
    """`groups`: group to memberships. `always`: memberships of everybody. `second_step`: values of `amr` or `acr`
    that mean that a second step was asked for already. `emails_are_verified`: this provider gives addresses of the
    organisation's own and no `email_verified`."""

    id: str
    organisation: str
    issuer: str
    client_id: str
    label: str
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    username_claim: str = "preferred_username"
    email_claim: str = "email"
    name_claim: str = "name"
    groups_claim: str = "groups"
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    always: tuple[str, ...] = ("employee",)
    second_step: tuple[str, ...] = ()
    emails_are_verified: bool = False

    @property
    def governed(self) -> frozenset[str]:
        """The memberships about which the provider decides: those that it could give."""
        return frozenset(role for roles in self.groups.values() for role in roles) | frozenset(self.always)


_TEXTS = ("organisation", "issuer", "client_id", "label")
_MORE_TEXTS = ("username_claim", "email_claim", "name_claim", "groups_claim")
_LISTS = ("scopes", "always", "second_step")
_KNOWN = {*_TEXTS, *_MORE_TEXTS, *_LISTS, "groups", "emails_are_verified"}


def load(path: Path, secrets: Mapping[str, str]) -> tuple[Issuer, ...]:
    """The issuers of a file, in its order. Raises `BadIssuers` with the table and what is wrong in it."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadIssuers(f"{path}: the file cannot be read ({error}).") from error
    return tuple(_issuer(path, name, table, secrets) for name, table in tables.items())


def _issuer(path: Path, name: str, table: Any, secrets: Mapping[str, str]) -> Issuer:
    problem = _problem(name, table)
    if problem:
        raise BadIssuers(f"{path}, [{name}]: {problem}")
    lists: dict[str, Any] = {key: tuple(table[key]) for key in _LISTS if key in table}
    groups = {group: tuple(roles) for group, roles in table.get("groups", {}).items()}
    texts = {key: table[key] for key in (*_TEXTS, *_MORE_TEXTS) if key in table}
    trusted = table.get("emails_are_verified", False)
    secret = secrets.get(name.replace("-", "_"), "")
    return Issuer(id=name, **texts, **lists, groups=groups, emails_are_verified=trusted, client_secret=secret)


def _problem(name: str, table: Any) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name) or not isinstance(table, dict):
        return "a table with a name of small letters, digits and hyphens is needed."
    checks = (_wrong_keys, _wrong_texts, _wrong_lists, _wrong_roles)
    return next((found for check in checks if (found := check(table))), "")


def _wrong_keys(table: Mapping[str, Any]) -> str:
    unknown, missing = sorted(table.keys() - _KNOWN), [key for key in _TEXTS if key not in table]
    if unknown:
        return f"{unknown[0]} is not known."
    return f"{missing[0]} is missing." if missing else ""


def _wrong_texts(table: Mapping[str, Any]) -> str:
    wrong = [key for key in (*_TEXTS, *_MORE_TEXTS) if key in table and not _is_text(table[key])]
    if wrong:
        return f"{wrong[0]} must be a text."
    if not isinstance(table.get("emails_are_verified", False), bool):
        return "emails_are_verified must be true or false."
    return "" if is_safe(table["issuer"]) else "issuer must be an https address."


def _wrong_lists(table: Mapping[str, Any]) -> str:
    lists = [table[key] for key in _LISTS if key in table]
    groups = table.get("groups", {})
    if not isinstance(groups, dict):
        return "groups must be a table."
    good = all(isinstance(one, list) and all(map(_is_text, one)) for one in (*lists, *groups.values()))
    return "" if good else "scopes, always, second_step and each group must be lists of texts."


def _wrong_roles(table: Mapping[str, Any]) -> str:
    named = {role for roles in table.get("groups", {}).values() for role in roles} | set(table.get("always", ()))
    unknown = sorted(named - MEMBERSHIPS.keys())
    return f"there is no role {unknown[0]!r}." if unknown else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def is_safe(address: str) -> bool:
    """https, or a provider on this machine (for tests and trials)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def issuers_of(settings: Settings, engine: sa.Engine) -> dict[str, Issuer]:
    """By id; checked against the organisations that there are. Raises `BadIssuers`, `NotFound`."""
    if settings.oidc_file is None:
        return {}
    found = load(settings.oidc_file, settings.oidc_secrets)
    with db.reading(engine) as conn:
        for one in found:
            _check_kind(conn, one)
    return {one.id: one for one in found}


def _check_kind(conn: sa.Connection, one: Issuer) -> None:
    kind = organisation_of(conn, one.organisation).kind
    wrong = {role for role in one.governed if MEMBERSHIP_KINDS.get(role, kind) != kind}
    wrong |= one.governed & OF_PROVIDERS if kind == "employer" else set()
    if wrong:
        raise BadIssuers(f"[{one.id}]: the login of an {kind} cannot make anybody {min(wrong)}.")
