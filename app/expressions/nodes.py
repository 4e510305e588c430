"""The syntax tree. Plain data: what a node means is in `compiler`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from app.expressions.types import Type


@dataclass(frozen=True, slots=True)
class Node:
    position: int

    def children(self) -> Iterator[Node]:
        for field in fields(self):
            yield from _nodes(getattr(self, field.name))


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


@dataclass(frozen=True, slots=True)
class Const(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Tested(Node):
    """`?`, the value that a unary test tests."""


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Empty(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`first op a op b …`, from left to right, all of one precedence."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`word` is "and" or "or"."""

    word: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test. `op` is "" when the operand itself says what matches."""

    op: str
    operand: Node
    asks: bool
    """True if the operand mentions `?`, so that its truth decides."""


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """Unary tests of a cell; no test at all is "-", anything."""

    tests: tuple[Test, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class In(Node):
    operand: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """`name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Loop, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`word` is "some" or "every"."""

    word: str
    iterators: tuple[Loop, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Context(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class List(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Interval(Node):
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Ray(Node):
    """`(< 10)`, a range with one end, or `(= 10)`, a range of one value."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    operand: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    operand: Node
    predicate: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: str
    arguments: tuple[Node, ...]
    #: names of the arguments, empty when they are given by position
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invocation(Node):
    """A call of a function that is a value: `target(arguments)`."""

    target: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`function(parameters) body`."""

    parameters: tuple[str, ...]
    types: tuple[Type, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Builtin(Node):
    """The name of a built-in function as an argument; a variable of that name goes before it."""

    name: str


def size(node: Node) -> int:
    """Number of nodes, the price of evaluating the tree once."""
    count, stack = 0, [node]
    while stack:
        count += 1
        stack.extend(stack.pop().children())
    return count


def height(node: Node) -> int:
    """Levels of the tree."""
    level, height_ = [node], 0
    while level:
        height_ += 1
        level = [child for parent in level for child in parent.children()]
    return height_
