"""Text to syntax tree (DMN 1.3, 10.3.1.2), with the spellings of `${…}` beside FEEL's own."""

from app.expressions.parsing.grammar import parse_expression, parse_unary_tests

__all__ = ["parse_expression", "parse_unary_tests"]
