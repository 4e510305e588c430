"""Calls of built-in functions, definitions of functions, and calls of functions that are values."""

from __future__ import annotations

from typing import Any

from app.expressions import functions, nodes
from app.expressions.compiler.core import Closure, Scope, compile_node, compiles, once
from app.expressions.errors import ExpressionError
from app.expressions.functions.applying import applied, as_value
from app.expressions.run import Run
from app.expressions.types import Type
from app.expressions.values import KINDS, Function, Value

#: Python frames of one call beside those of the function's body, as levels of a tree.
_OWN_LEVELS = 3
#: Values of outer names that one step of fuel carries into a function.
_CARRIED = 16


@compiles(nodes.Call)
def _call(node: nodes.Call, scope: Scope) -> Closure:
    arguments = [compile_node(argument, scope) for argument in node.arguments]
    function, position = functions.resolved(node.function, len(arguments), node.names), node.position

    def call(run: Run) -> Value:
        try:
            run.spend(1)
            return function(run, [argument(run) for argument in arguments])
        except ExpressionError as error:
            error.place(position)
            raise

    if node.function in functions.CONSTANT and all(isinstance(argument, nodes.Const) for argument in node.arguments):
        return once(call)
    return call


@compiles(nodes.Invocation)
def _invocation(node: nodes.Invocation, scope: Scope) -> Closure:
    target = compile_node(node.target, scope)
    arguments = [compile_node(argument, scope) for argument in node.arguments]
    names, position = node.names, node.target.position

    def invoke(run: Run) -> Value:
        function = target(run)
        try:
            return applied(run, function, [argument(run) for argument in arguments], names)
        except ExpressionError as error:
            error.place(position)
            raise

    return invoke


@compiles(nodes.Builtin)
def _builtin(node: nodes.Builtin, scope: Scope) -> Closure:
    name, variable = node.name, compile_node(nodes.Name(node.position, node.name), scope)
    function = as_value(name)

    def read(run: Run) -> Value:
        value = variable(run)
        return function if value is None else value

    return read


@compiles(nodes.Lambda)
def _lambda(node: nodes.Lambda, scope: Scope) -> Closure:
    bound: list[tuple[str | None, int]] = [(name, scope.place()) for name in node.parameters]
    with scope.binding(*bound):
        body = compile_node(node.body, scope)
    places = [place for _, place in bound]
    price, levels = nodes.size(node.body), nodes.height(node.body) + _OWN_LEVELS
    result = _type_of(node.body)

    def define(run: Run) -> Function:
        """The function remembers the values that names have where it stands."""
        carried = run.places[:]
        run.spend(1 + len(carried) // _CARRIED)

        def call(caller: Run, arguments: list[Value]) -> Value:
            caller.spend(price + len(carried) // _CARRIED)
            inner = Run(run.variables, run.environment, 0, run.tested)
            inner.adopted = run.adopted
            inner.places = carried[:]
            for place, argument in zip(places, arguments, strict=True):
                inner.places[place] = argument
            return caller.lend(inner, levels, body)

        return Function(node.parameters, call, node.types, result)

    return define


def _type_of(node: nodes.Node) -> Type | None:
    """The type of what always has the same, None if that is not to be seen in the text."""
    if isinstance(node, nodes.Const):
        return _scalar(node.value)
    if isinstance(node, nodes.Context):
        entries = [(name, _type_of(value)) for name, value in node.entries]
        return Type("context", entries=tuple((name, kind) for name, kind in entries if kind is not None))
    return None


def _scalar(value: Any) -> Type:
    return Type("Null") if value is None else Type(KINDS[type(value)])
