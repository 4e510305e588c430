"""Small readers of one component's parts: texts, numbers, conditions, limits. Each notes what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.errors import Finding
from app.expressions import Expression, ExpressionError
from app.files.kinds import KINDS, named
from app.forms import feel
from app.forms.kinds import FILES
from app.forms.model import Limit, Limits
from app.forms.patterns import compiled, may_run_away


class Notes:
    """Collects findings about one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def error(self, element: str, rule: str, message: str, advice: str = "") -> None:
        self.findings.append(Finding(self.file, element, "error", rule, message, advice))

    def warning(self, element: str, rule: str, message: str, advice: str = "") -> None:
        self.findings.append(Finding(self.file, element, "warning", rule, message, advice))


def text_of(raw: Mapping[str, Any], name: str) -> str:
    """The text under `name`, "" when there is none or it is something else."""
    value = raw.get(name)
    return value.strip() if isinstance(value, str) else ""


def whole(value: Any, otherwise: int) -> int:
    """A whole number, as JSON number or as text; `otherwise` for anything else."""
    if isinstance(value, bool):
        return otherwise
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value.strip()) else otherwise


def condition(source: Any, path: str, notes: Notes) -> Expression | None:
    """A FEEL expression, `=…`; None, with a finding, when it cannot be read."""
    try:
        return feel.read(source) if isinstance(source, str) else None
    except ExpressionError as error:
        notes.error(
            path,
            "form-expression",
            f"The expression “{source}” cannot be read: {error}.",
            "Write it in FEEL, after “=”.",
        )
        return None


def limits(raw: Mapping[str, Any], own: Mapping[str, str], path: str, notes: Notes) -> Limits:
    """What `validate` and its neighbours ask of an answer."""
    found = raw.get("validate")
    rules: Mapping[str, Any] = found if isinstance(found, dict) else {}
    return Limits(
        minimum=_limit(rules, "min", path, notes),
        maximum=_limit(rules, "max", path, notes),
        min_length=_limit(rules, "minLength", path, notes),
        max_length=_limit(rules, "maxLength", path, notes),
        pattern=_pattern(rules, path, notes),
        pattern_message=text_of(rules, "patternErrorMessage") or None,
        kind=text_of(rules, "validationType") if text_of(rules, "validationType") in {"email", "phone"} else "",
        decimals=whole(raw.get("decimalDigits"), -1) if whole(raw.get("decimalDigits"), -1) >= 0 else None,
        not_past=raw.get("disallowPassedDates") is True,
        min_rows=whole(own.get("minRows"), 0),
        min_files=whole(own.get("minFiles"), 0),
        max_files=_most_files(raw, own),
    )


def _most_files(raw: Mapping[str, Any], own: Mapping[str, str]) -> int | None:
    """One, unless the picker takes several: form-js's `multiple`."""
    if raw.get("multiple") is not True:
        return 1
    return whole(own.get("maxFiles"), 0) or None


def accept(raw: Mapping[str, Any], kind: str, path: str, notes: Notes) -> tuple[str, ...]:
    """The kinds of file that a picker takes: all, unless its `accept` says which."""
    if kind != FILES:
        return ()
    said = text_of(raw, "accept")
    if said.startswith("=") or "{{" in said or isinstance(raw.get("multiple"), str):
        notes.error(
            path,
            "form-file",
            f"What the file picker “{path}” takes depends on an expression.",
            "Say it plainly: which kinds of file, and whether several.",
        )
        return ()
    words = [word for word in re.split(r"[,\s]+", said) if word]
    found = [name for word in words for name in named(word)]
    if any(not named(word) for word in words):
        notes.error(
            path,
            "form-file",
            f"The file picker “{path}” takes kinds of file that cannot be handed in here: “{said}”.",
            f"Use some of: {', '.join(one for kind in KINDS.values() for one in kind.extensions)}.",
        )
    return tuple(dict.fromkeys(found)) if words else tuple(KINDS)


def _limit(rules: Mapping[str, Any], name: str, path: str, notes: Notes) -> Limit | None:
    value = rules.get(name)
    if value in (None, ""):
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lstrip().startswith("="):
        return condition(value, path, notes)
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value.strip()):
        return float(value) if "." in value else int(value)
    notes.error(path, "form-limit", f"The limit “{value}” is not a number.", "Give a number, or FEEL after “=”.")
    return None


def _pattern(rules: Mapping[str, Any], path: str, notes: Notes) -> str | None:
    pattern = text_of(rules, "pattern")
    if not pattern:
        return None
    if may_run_away(pattern):
        notes.error(
            path,
            "form-pattern",
            f"The pattern “{pattern}” could take for ever on some answers.",
            "Do not repeat a part that itself repeats or offers a choice; keep it short.",
        )
        return None
    try:
        compiled(pattern)
    except re.error:
        notes.error(path, "form-pattern", f"The pattern “{pattern}” cannot be read.", "Write a regular expression.")
        return None
    return pattern
