"""Business knowledge models (DMN 1.3, 6.3.9): one expression with parameters, which decisions call by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from app.decisions.types import Types
from app.decisions.xml import Place, child, children
from app.expressions import Expression
from app.expressions.run import Run
from app.expressions.values import Function, Value

#: Models that call one another in a row. More are a slip of the pen, or an attack.
MAX_CHAIN = 20

#: name to function, for the models that an element requires
Functions = Mapping[str, Function]


class Knowledge:
    """The models of one file, each read when something requires it."""

    def __init__(self, root: etree._Element, place: Place, known: frozenset[str], types: Types) -> None:
        self._elements = {key: one for one in children(root, "businessKnowledgeModel") if (key := one.get("id"))}
        self._place, self._known, self._types = place, known, types
        #: models read so far; None for those with a fault
        self._done: dict[str, Function | None] = {}

    @property
    def names(self) -> frozenset[str]:
        return frozenset(_name(element) for element in self._elements.values())

    def of(self, element: etree._Element, place: Place, path: tuple[str, ...] = ()) -> Functions | None:
        """The functions that an element requires; None if one of them has a fault, which is told. `path`: the models
        that wait for them."""
        found = {key: self._function(key, place, path) for key in _required(element)}
        if None in found.values():
            return None
        return {_name(self._elements[key]): made for key, made in found.items() if made}

    def _function(self, key: str, place: Place, path: tuple[str, ...]) -> Function | None:
        if key not in self._done:
            self._done[key] = self._read(key, place, path)
        return self._done[key]

    def _read(self, key: str, place: Place, path: tuple[str, ...]) -> Function | None:
        element = self._elements.get(key)
        if element is None:
            place.error(
                "dmn-requires", f"The model “{key}” is not in this file.", "Draw it here, or take the arrow out."
            )
            return None
        at = self._place.at(key)
        if key in path or len(path) >= MAX_CHAIN:
            message = f"The model “{_name(element)}” calls itself, or too many call each other: {' → '.join(path)}."
            at.error("dmn-circle", message, "Take one of these arrows out.")
            return None
        below = self.of(element, at, (*path, key))
        body = self._body(element, at)
        return None if below is None or body is None else self._made(element, body, below)

    def _body(self, element: etree._Element, at: Place) -> Expression | None:
        logic = child(element, "encapsulatedLogic")
        literal = (
            child(logic, "literalExpression") if logic is not None and logic.get("kind", "FEEL") == "FEEL" else None
        )
        if literal is None:
            message = f"The model “{_name(element)}” is not one FEEL expression."
            at.error("dmn-logic", message, "Write it as one expression, or make it a decision.")
            return None
        return at.expression(literal, self._known, f"The model “{_name(element)}”")

    def _made(self, element: etree._Element, body: Expression, below: Functions) -> Function:
        logic = child(element, "encapsulatedLogic")
        parameters = [] if logic is None else list(children(logic, "formalParameter"))
        names = tuple(one.get("name", "") for one in parameters)

        def call(run: Run, arguments: list[Value]) -> Value:
            return body.within(run, {**below, **dict(zip(names, arguments, strict=True))})

        literal = None if logic is None else child(logic, "literalExpression")
        result = self._types.feel_type(literal)
        return Function(names, call, tuple(self._types.feel_type(one) for one in parameters), result)


def _required(element: etree._Element) -> Iterator[str]:
    for requirement in children(element, "knowledgeRequirement"):
        reference = child(requirement, "requiredKnowledge")
        if reference is not None:
            yield reference.get("href", "").rpartition("#")[2]


def _name(element: etree._Element) -> str:
    variable = child(element, "variable")
    return (variable.get("name") if variable is not None else None) or element.get("name") or element.get("id") or ""
