"""What a form reads: the names in everything of it that is worked out."""

from __future__ import annotations

from collections.abc import Iterator

from app.expressions import Expression, ExpressionError
from app.forms import feel, texts
from app.forms.model import Field, Tree


def names(form: Tree) -> frozenset[str]:
    """Names that its conditions, refusals, limits, formulas and the holes of its texts read."""
    return frozenset().union(*(one.names for field in form.walk() for one in _expressions(field)))


def _expressions(field: Field) -> Iterator[Expression]:
    limits = field.limits
    for one in (
        field.hide,
        field.refuse,
        field.formula,
        limits.minimum,
        limits.maximum,
        limits.min_length,
        limits.max_length,
    ):
        if isinstance(one, Expression):
            yield one
    for text in (field.text, field.label, field.description, field.refuse_text):
        for hole in texts.holes(text):
            try:
                yield feel.read(hole)
            except ExpressionError:
                continue
