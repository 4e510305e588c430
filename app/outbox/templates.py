"""The texts of messages, from `processes/<family>/notices.toml`, written by process owners.

    [task-opened]
    subject = "{reference}: there is something for you to do"
    text = '''
    Dear {person}

    Please log in: {link}

    It is due by {due}.
    '''

A line with `{due}` is left out when there is no due date.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.errors import Finding, WaymarkError

PLACEHOLDERS = frozenset({"person", "reference", "link", "due"})
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_RULE = "notice"


@dataclass(frozen=True)
class Template:
    subject: str
    text: str


#: For a key that no file has (any more): the person must still learn that something waits.
FALLBACK = Template(
    "{reference}: there is something for you in Waymark",
    "Dear {person}\n\nThere is something for you to look at. Log in to see it: {link}\n\nIt is due by {due}.\n",
)

#: key of the mail with a link for a new password
RESET = "new-password"
#: Texts about accounts, which no process owner writes: they hold nothing but the link.
OWN: Mapping[str, Template] = {
    RESET: Template(
        "A link for a new password in Waymark",
        "Dear {person}\n\nAn administrator has sent you this link. With it you choose a new password: {link}\n\n"
        "It works once, for one hour. If you did not ask for it, tell your administrator; nothing has changed yet.\n",
    )
}


class BadTemplates(WaymarkError):
    """The texts of the notices cannot be used."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("; ".join(f"{f.file} [{f.element}]: {f.message}" for f in findings))


def check(data: bytes, name: str) -> list[Finding]:
    """What is wrong with one notices.toml; never raises."""
    try:
        tables = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [_finding(name, "", f"The file cannot be read: {error}.")]
    return [_finding(name, key, problem) for key, entry in tables.items() for problem in _problems(entry)]


def keys(data: bytes) -> frozenset[str]:
    """The keys of the notices in one notices.toml; none when it cannot be read."""
    try:
        return frozenset(tomllib.loads(data.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return frozenset()


def load(folder: Path) -> Mapping[str, Template]:
    """All templates of all families under `folder`, by key. Raises `BadTemplates`."""
    files = sorted(folder.glob("*/notices.toml"))
    return _load(tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _load(files: tuple[tuple[Path, int], ...]) -> Mapping[str, Template]:
    found: dict[str, Template] = {}
    findings: list[Finding] = []
    for path, _changed in files:
        data = path.read_bytes()
        name = f"{path.parent.name}/{path.name}"
        problems = check(data, name)
        findings += problems
        if not problems:
            entries = {key: Template(**entry) for key, entry in tomllib.loads(data.decode()).items()}
            findings += [_finding(name, key, "Another family has this key too.") for key in entries.keys() & found]
            found.update(entries)
    if findings:
        raise BadTemplates(findings)
    return found


def render(template: Template, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text. `values`: those of `PLACEHOLDERS`; nothing in them is looked at again."""
    text = template.text.strip()
    if not values.get("due"):
        text = "\n".join(line for line in text.split("\n") if "{due}" not in line).strip()
    return _fill(template.subject, values), _fill(re.sub(r"\n{3,}", "\n\n", text), values) + "\n"


def due_words(iso: str, tz: str) -> str:
    """`2026-03-10T17:00:00+00:00` as "5pm on Tuesday 10 March 2026" in the reader's zone; empty stays empty."""
    if not iso:
        return ""
    at = datetime.fromisoformat(iso).astimezone(ZoneInfo(tz))
    clock = f"{at.hour % 12 or 12}{f':{at.minute:02d}' if at.minute else ''}{'am' if at.hour < 12 else 'pm'}"
    return f"{clock} on {at:%A} {at.day} {at:%B %Y}"


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], ""), text)


def _problems(entry: Any) -> list[str]:
    if not isinstance(entry, dict) or set(entry) != {"subject", "text"}:
        return ["A notice has a subject and a text, and nothing else."]
    if not all(isinstance(part, str) and part.strip() for part in entry.values()):
        return ["Subject and text must be written out."]
    problems = []
    unknown = {word for part in entry.values() for word in _PLACEHOLDER.findall(part)} - PLACEHOLDERS
    if unknown:
        allowed = ", ".join(f"{{{word}}}" for word in sorted(PLACEHOLDERS))
        problems.append(f"{{{min(unknown)}}} cannot be filled in; a notice may use {allowed}.")
    if "{due}" in entry["subject"]:
        problems.append("The subject cannot hold {due}, for not every task has one.")
    if not entry["subject"].isprintable():
        problems.append("The subject must be one line.")
    return problems


def _finding(name: str, key: str, message: str) -> Finding:
    return Finding(name, key, "error", _RULE, message, "Correct the file notices.toml.")
