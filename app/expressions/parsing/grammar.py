"""The Pratt loop: prefixes, then operators that bind tighter than what stands to the left."""

from __future__ import annotations

from collections.abc import Iterable

from app.expressions import limits, nodes
from app.expressions.nodes import Node
from app.expressions.parsing import calls, forms, literals, unary
from app.expressions.parsing.reader import TokenReader
from app.expressions.types import Types

#: How strongly an operator binds. Negation binds tighter than `**` in FEEL: -2 ** 2 is 4.
CHOICE, OR, AND, NOT, COMPARE, ADD, MULTIPLY, POWER, NEGATE, INSTANCE, POSTFIX = range(1, 12)

BINDING = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "between", "in"), COMPARE),
    "+": ADD,
    "-": ADD,
    "*": MULTIPLY,
    "/": MULTIPLY,
    "**": POWER,
    "instance": INSTANCE,
    **dict.fromkeys((".", "[", "("), POSTFIX),
}


#: What can follow `[` only if it ends a range, as in `[1..x[`.
_AFTER_RANGE = frozenset(
    ("", ")", "]", "}", ",", ":", ".", "=", "!=", "and", "or", "then", "else", "return", "satisfies")
)


#: Signs of other languages that a modeller may try, and what FEEL says instead.
_FOREIGN = {
    "==": "Write “=”. Only inside ${…} “==” is understood.",
    "&&": "Write “and”. Only inside ${…} “&&” is understood.",
    "||": "Write “or”. Only inside ${…} “||” is understood.",
    "?": "Write “if … then … else …”. Only inside ${…} “? … : …” is understood.",
}


class Parser(TokenReader):
    """Recursive descent with bounded depth. `names`: variables whose names have spaces or signs."""

    def expression(self, power: int = 0) -> Node:
        """One expression whose operators bind tighter than `power`."""
        self.depth += 1
        if self.depth > limits.NESTING:
            raise self.fault(f"This expression is nested too deeply: at most {limits.NESTING} levels.")
        left = self.prefix()
        grown: Node | None = None
        while (binding := self.binding()) > power:
            left = grown = self.infix(left, binding, left is grown)
        self.depth -= 1
        return left

    def binding(self) -> int:
        operator = self.operator()
        if operator == "?" and self.modeler:
            return CHOICE
        if operator == "[" and self.closing and self.peek() in _AFTER_RANGE:
            return 0
        return BINDING.get(operator, 0)

    def prefix(self) -> Node:
        token = self.token
        if token.kind in literals.SCALARS:
            return literals.SCALARS[token.kind](self)
        known = forms.PREFIXES.get(token.text) or literals.PREFIXES.get(token.text)
        if known is not None:
            return known(self)
        if token.text in ("-", "!", "not", "empty"):
            return self.negation()
        if token.kind == "name":
            return forms.name(self)
        raise self.fault("Here a value is missing." if token.kind == "end" else f"“{token.text}” cannot stand here.")

    def negation(self) -> Node:
        """`-x`; inside ${…} also `!x`, `not x` and `empty x`. Elsewhere `not` and `empty` are names as any other."""
        token = self.token
        if token.text == "-":
            self.next()
            return nodes.Negative(token.position, self.expression(NEGATE))
        if token.text == "!" and not self.modeler:
            raise self.fault("“!” is only understood inside ${…}. Write not(…).")
        if not self.modeler or (token.text == "not" and self.peek() == "("):
            return forms.name(self)
        self.next()
        if token.text == "empty":
            return nodes.Empty(token.position, self.expression(POWER))
        return nodes.Call(token.position, "not", (self.expression(NOT),), ())

    def infix(self, left: Node, binding: int, grown: bool) -> Node:
        operator, token = self.operator(), self.token
        if binding == POSTFIX:
            return forms.postfix(self, left)
        self.next()
        if operator in ("and", "or"):
            return self.logic(operator, left, binding, grown)
        if operator in ("+", "-", "*", "/", "**"):
            return self.arithmetic(operator, left, binding, grown)
        if operator in unary.COMPARISONS:
            return nodes.Comparison(token.position, operator, left, self.expression(COMPARE))
        return forms.INFIXES[operator](self, left)

    def logic(self, word: str, left: Node, binding: int, grown: bool) -> Node:
        right = self.expression(binding)
        if grown and isinstance(left, nodes.Logic) and left.word == word:
            return nodes.Logic(left.position, word, (*left.items, right))
        return nodes.Logic(left.position, word, (left, right))

    def arithmetic(self, operator: str, left: Node, binding: int, grown: bool) -> Node:
        pair = (operator, self.expression(binding))
        if grown and isinstance(left, nodes.Arithmetic) and BINDING[left.rest[0][0]] == binding:
            return nodes.Arithmetic(left.position, left.first, (*left.rest, pair))
        return nodes.Arithmetic(left.position, left, (pair,))

    def operand(self) -> Node:
        """One side of a range, of `between` or of a unary test."""
        return self.expression(COMPARE)

    def whole(self, node: Node) -> Node:
        """`node`, if it is all there is."""
        if self.token.kind != "end":
            raise calls.misspelt(self) or self.fault(
                _FOREIGN.get(self.token.text)
                or f"After the expression there is more: “{self.token.text}”. Is an operator missing?"
            )
        if nodes.height(node) > limits.HEIGHT:
            raise self.fault(f"This expression is nested too deeply: at most {limits.HEIGHT} levels.")
        return node


def parse_expression(
    source: str, names: Iterable[str] = (), *, modeler: bool = False, types: Types = frozenset()
) -> Node:
    """The tree of one expression. Raises `ExpressionError`."""
    parser = Parser(source, names, modeler=modeler, types=types)
    return parser.whole(parser.expression())


def parse_unary_tests(source: str, names: Iterable[str] = (), *, types: Types = frozenset()) -> Node:
    """The tree of a decision table's input cell. Raises `ExpressionError`."""
    parser = Parser(source, names, types=types)
    return parser.whole(unary.cell(parser))
