"""Texts of a form: `{{ expression }}` filled from facts, and a small Markdown, always escaped.

Markdown read: headings (# to ####), paragraphs, **bold**, lists (- or 1.). Everything else is text. The classes are
those of the NHS service manual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from app.expressions import Environment, ExpressionError
from app.forms import feel, moments

_HOLE = re.compile(r"\{\{\s*([^{}]{1,500}?)\s*\}\}")
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_BOLD = re.compile(r"\*\*(\S(?:[^*]*\S)?)\*\*")
_HEADING = re.compile(r"(#{1,4})\s+(.*)")
_BULLET = re.compile(r"\s*[-*]\s+(.*)")
_NUMBER = re.compile(r"\s*\d{1,3}\.\s+(.*)")
_SIZES = ("l", "m", "s", "xs")


def plain(text: str, facts: Mapping[str, Any], env: Environment | None = None) -> str:
    """The text with its holes filled; not escaped. A hole that cannot be worked out is left empty."""
    return _HOLE.sub(lambda hole: _fill(hole[1], facts, env), text) if "{{" in text else text


def _fill(source: str, facts: Mapping[str, Any], env: Environment | None) -> str:
    try:
        value = feel.value(feel.read(source), facts, env)
    except ExpressionError:
        return ""
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no"}.get(value, "") if value is not None else ""
    return moments.in_words(_local(value.isoformat() if hasattr(value, "isoformat") else value, env))


def _local(value: Any, env: Environment | None) -> Any:
    """A moment with a zone, as wall time of the case's place."""
    if env is None or not isinstance(value, str) or not _ZONED.fullmatch(value):
        return value
    moment = datetime.fromisoformat(value).astimezone(ZoneInfo(env.calendar.tz))
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")


def holes(text: str) -> list[str]:
    """The expressions inside `{{ }}`, for lint."""
    return _HOLE.findall(text)


def html(text: str, facts: Mapping[str, Any], env: Environment | None = None, level: int = 1) -> Markup:
    """The text as HTML. Facts are filled in after the structure is read, so that none can make markup.

    `level`: what "#" becomes (1: h1).
    """

    def inline(line: str) -> Markup:
        return _inline(line, facts, env)

    return Markup("\n").join(_block(block, inline, level) for block in _blocks(text))


Block = tuple[str, list[str]]


def _blocks(text: str) -> list[Block]:
    """(kind, lines): "p", "ul", "ol" or "h1" to "h4"."""
    found: list[Block] = []
    open_block = False
    for line in text.replace("\r\n", "\n").split("\n"):
        kind, rest = _kind(line)
        if open_block and found and found[-1][0] == kind and kind[0] != "h":
            found[-1][1].append(rest)
        elif kind:
            found.append((kind, [rest]))
        open_block = bool(kind)
    return found


def _kind(line: str) -> tuple[str, str]:
    if not line.strip():
        return "", ""
    heading = _HEADING.fullmatch(line.strip())
    if heading:
        return f"h{len(heading[1])}", heading[2]
    for kind, pattern in (("ul", _BULLET), ("ol", _NUMBER)):
        item = pattern.fullmatch(line)
        if item:
            return kind, item[1]
    return "p", line.strip()


def _block(block: Block, inline: Callable[[str], Markup], level: int) -> Markup:
    kind, lines = block
    if kind == "p":
        return Markup("<p>{}</p>").format(Markup("<br>").join(inline(line) for line in lines))
    if kind[0] == "h":
        depth = int(kind[1])
        tag = f"h{min(6, depth + level - 1)}"
        return Markup('<{} class="nhsuk-heading-{}">{}</{}>').format(tag, _SIZES[depth - 1], inline(lines[0]), tag)
    items = Markup("").join(Markup("<li>{}</li>").format(inline(line)) for line in lines)
    style = "bullet" if kind == "ul" else "number"
    return Markup('<{} class="nhsuk-list nhsuk-list--{}">{}</{}>').format(kind, style, items, kind)


def _inline(line: str, facts: Mapping[str, Any], env: Environment | None) -> Markup:
    parts: list[Markup] = []
    at = 0
    for bold in _BOLD.finditer(line):
        parts.append(escape(plain(line[at : bold.start()], facts, env)))
        parts.append(Markup("<strong>{}</strong>").format(plain(bold[1], facts, env)))
        at = bold.end()
    parts.append(escape(plain(line[at:], facts, env)))
    return Markup("").join(parts)
