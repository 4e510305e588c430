"""Writes small DMN files for tests."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

DMN13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def text(tag: str, source: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}><text>{escape(source)}</text></{tag}>"


def typed(types: dict[str, str], name: str) -> str:
    return f" typeRef={quoteattr(types[name])}" if name in types else ""


def rule(number: int, tests: Sequence[str], entries: Sequence[str], note: str = "") -> str:
    cells = "".join(text("inputEntry", cell) for cell in tests) + "".join(text("outputEntry", cell) for cell in entries)
    return f'<rule id="r{number}">{f"<description>{note}</description>" if note else ""}{cells}</rule>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rows: Sequence[tuple[Sequence[str], Sequence[str]]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    values: dict[str, str] | None = None,
    defaults: dict[str, str] | None = None,
    allowed: dict[str, str] | None = None,
    types: dict[str, str] | None = None,
) -> str:
    """A decision table; `values`, `defaults`, `allowed` and `types` by column name."""
    values, defaults, allowed, types = values or {}, defaults or {}, allowed or {}, types or {}
    columns = "".join(
        f"<input label={quoteattr(name)}>{text('inputExpression', name, typed(types, name))}"
        f"{text('inputValues', allowed[name]) if name in allowed else ''}</input>"
        for name in inputs
    )
    columns += "".join(
        f"<output name={quoteattr(name)}{typed(types, name)}>"
        f"{text('outputValues', values[name]) if name in values else ''}"
        f"{text('defaultOutputEntry', defaults[name]) if name in defaults else ''}</output>"
        for name in outputs
    )
    rules = "".join(rule(number, *row) for number, row in enumerate(rows, 1))
    collected = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{collected}>{columns}{rules}</decisionTable>'


def decision(key: str, logic: str, *, requires: Sequence[str] = (), variable: str = "") -> str:
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>' for other in requires
    )
    named = f'<variable name="{variable}"/>' if variable else ""
    return f'<decision id="{key}" name="{key}">{named}{needs}{logic}</decision>'


def literal(source: str) -> str:
    return text("literalExpression", source)


def dmn(*decisions: str, namespace: str = DMN13) -> bytes:
    return f'<definitions xmlns="{namespace}" id="d" name="d">{"".join(decisions)}</definitions>'.encode()
