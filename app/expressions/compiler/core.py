"""Scopes, registration, variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from app.expressions.errors import ExpressionError
from app.expressions.nodes import Const, Name, Node, Tested
from app.expressions.run import Run
from app.expressions.values import READY, Value

Closure = Callable[[Run], Value]
N = TypeVar("N", bound=Node)

_COMPILERS: dict[type[Node], Callable[[Any, Scope], Closure]] = {}


@dataclass(frozen=True, slots=True)
class Compiled:
    closure: Closure
    places: int
    #: names of variables that the expression reads
    names: frozenset[str]
    #: names that inside a filter may also be a part of its elements
    possible: frozenset[str]


class Scope:
    """Local names and where their values lie while the expression runs. `None` as a name marks a filter, whose
    element lends its parts as names."""

    def __init__(self) -> None:
        self.places = 0
        self.locals: list[tuple[str | None, int]] = []
        self.names: set[str] = set()
        self.possible: set[str] = set()

    def place(self) -> int:
        self.places += 1
        return self.places - 1

    @contextmanager
    def binding(self, *names: tuple[str | None, int]) -> Iterator[None]:
        self.locals.extend(names)
        yield
        del self.locals[len(self.locals) - len(names) :]

    def find(self, name: str) -> tuple[list[int], int | None]:
        """The filters' places to look into first, innermost first, and the place of the local name if it is one."""
        filters: list[int] = []
        for known, place in reversed(self.locals):
            if known is None:
                filters.append(place)
            elif known == name:
                return filters, place
        (self.possible if filters else self.names).add(name)
        return filters, None


def compiles(kind: type[N]) -> Callable[[Callable[[N, Scope], Closure]], Callable[[N, Scope], Closure]]:
    """Registers the decorated function as the compiler of one kind of node."""

    def register(function: Callable[[N, Scope], Closure]) -> Callable[[N, Scope], Closure]:
        _COMPILERS[kind] = function
        return function

    return register


def compile_node(node: Node, scope: Scope) -> Closure:
    return _COMPILERS[type(node)](node, scope)


def compile_tree(node: Node) -> Compiled:
    scope = Scope()
    closure = compile_node(node, scope)
    return Compiled(closure, scope.places, frozenset(scope.names), frozenset(scope.possible - scope.names))


def placed(node: Node, closure: Closure) -> Closure:
    """`closure`, whose errors say where they happened."""
    position = node.position

    def run_it(run: Run) -> Value:
        try:
            return closure(run)
        except ExpressionError as error:
            error.place(position)
            raise

    return run_it


def once(closure: Closure) -> Closure:
    """What is worked out when it is first needed, and is the same ever after."""
    found: list[Value] = []

    def read(run: Run) -> Value:
        if not found:
            found.append(closure(run))
        return found[0]

    return read


@compiles(Const)
def _const(node: Const, _: Scope) -> Closure:
    value = node.value
    return lambda run: value


@compiles(Tested)
def _tested(_: Tested, __: Scope) -> Closure:
    return lambda run: run.tested


@compiles(Name)
def _name(node: Name, scope: Scope) -> Closure:
    filters, place = scope.find(node.name)
    outer = _global(node) if place is None else _local(place)
    return _in_filters(node.name, filters, outer) if filters else outer


def _local(place: int) -> Closure:
    return lambda run: run.places[place]


def _global(node: Name) -> Closure:
    name, adopted = node.name, placed(node, lambda run: run.variable(name))

    def read(run: Run) -> Value:
        value = run.variables.get(name)
        return value if type(value) in READY else adopted(run)

    return read


def _in_filters(name: str, filters: list[int], outer: Closure) -> Closure:
    def read(run: Run) -> Value:
        for place in filters:
            element = run.places[place]
            if type(element) is dict and name in element:
                return element[name]
        return outer(run)

    return read
