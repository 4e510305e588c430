"""How built-in functions are registered, checked and called.

A signature is written as FEEL documents it, `"string: string, start position: number, length?: number"`:
names of parameters, their types, `?` behind what may be left out. `any` takes everything, `*` behind the only
parameter's type means that several arguments stand for one list, `...` behind the last name that it may come
again and again. An argument of another type gives null,
after FEEL's two conversions: a list of one element for the element, an element for a list of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, Final

from app.expressions.run import Run
from app.expressions.values import KINDS, Value


class _Missing:
    """An optional argument that was not given (null is one that was)."""


MISSING: Final = _Missing()

Implementation = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    #: FEEL types that fit, empty for any
    types: frozenset[str]
    optional: bool
    repeated: bool

    def fit(self, value: Value) -> tuple[bool, Value]:
        """Whether `value` fits, and `value` as it then is."""
        kind = KINDS[type(value)]
        if not self.types or kind in self.types:
            return True, value
        if kind == "list" and len(value) == 1 and KINDS[type(value[0])] in self.types:
            return True, value[0]
        if "list" in self.types and value is not None:
            return True, [value]
        return False, None


@dataclass(frozen=True, slots=True)
class Signature:
    parameters: tuple[Parameter, ...]
    implementation: Implementation
    several: bool

    @property
    def least(self) -> int:
        return sum(not parameter.optional for parameter in self.parameters)

    def takes(self, count: int, names: Sequence[str]) -> bool:
        if names:
            known = {parameter.name for parameter in self.parameters}
            needed = {parameter.name for parameter in self.parameters if not parameter.optional}
            return needed <= set(names) <= known and len(set(names)) == count
        if self.several or (self.parameters and self.parameters[-1].repeated):
            return count >= self.least
        return self.least <= count <= len(self.parameters)

    def placed(self, names: Sequence[str], arguments: Sequence[Any]) -> list[Any]:
        """Named arguments in the order of the parameters; `MISSING` where there is none."""
        given = dict(zip(names, arguments, strict=True))
        return [given.get(parameter.name, MISSING) for parameter in self.parameters]

    def pairs(self, arguments: Sequence[Any]) -> Iterator[tuple[Parameter, Any]]:
        """Each argument with its parameter; the last parameter takes all that remain if it is repeated."""
        if self.parameters and self.parameters[-1].repeated:
            return zip(chain(self.parameters, repeat(self.parameters[-1])), arguments, strict=False)
        return zip(self.parameters, arguments, strict=False)

    def call(self, run: Run, arguments: list[Any]) -> Value:
        if self.several and (len(arguments) > 1 or type(arguments[0]) is not list):
            if arguments == [None]:
                return None
            arguments = [arguments]
        fitted: list[Any] = []
        for parameter, argument in self.pairs(arguments):
            if argument is MISSING or KINDS[type(argument)] in parameter.types:
                fitted.append(argument)
                continue
            fits, value = parameter.fit(argument)
            if not fits:
                return None
            fitted.append(value)
        try:
            return self.implementation(run, *fitted)
        except (ArithmeticError, ValueError):
            return None

    def call_named(self, run: Run, names: Sequence[str], arguments: list[Any]) -> Value:
        placed = self.placed(names, arguments)
        while placed and placed[-1] is MISSING:
            placed.pop()
        return self.call(run, placed)


#: Functions by name; several signatures are told apart by the arguments.
FUNCTIONS: dict[str, tuple[Signature, ...]] = {}


def builtin(name: str, signature: str = "") -> Callable[[Implementation], Implementation]:
    """Registers the decorated function, which is called as `function(run, *arguments)`."""

    def register(implementation: Implementation) -> Implementation:
        parameters = tuple(_parameter(part) for part in signature.split(",") if part)
        made = Signature(parameters, implementation, signature.endswith("*"))
        FUNCTIONS[name] = (*FUNCTIONS.get(name, ()), made)
        return implementation

    return register


def _parameter(text: str) -> Parameter:
    name, _, types = text.strip().partition(":")
    kinds = types.strip().rstrip("*")
    fitting = frozenset() if kinds in ("any", "") else frozenset(kind.strip() for kind in kinds.split("|"))
    return Parameter(name.rstrip("?."), fitting, name.endswith("?"), name.endswith("..."))


def misfit(name: str, count: int, names: Sequence[str]) -> str | None:
    """What is wrong with a call of `name`, in words; None if it fits some signature."""
    signatures = FUNCTIONS[name]
    if any(signature.takes(count, names) for signature in signatures):
        return None
    shapes = " or ".join(f"{name}({', '.join(_shown(p) for p in signature.parameters)})" for signature in signatures)
    return f"“{name}” is not written like this. It takes {shapes}."


def _shown(parameter: Parameter) -> str:
    return f"[{parameter.name}]" if parameter.optional else parameter.name


def resolved(name: str, count: int, names: Sequence[str]) -> Callable[[Run, list[Any]], Value]:
    """What calls `name` with `count` arguments: the signature that they fit; null if none does."""
    signatures = [signature for signature in FUNCTIONS[name] if signature.takes(count, names)]
    if len(signatures) == 1 and not names:
        return signatures[0].call

    def call(run: Run, arguments: list[Any]) -> Value:
        for signature in signatures:
            placed = signature.placed(names, arguments) if names else arguments
            if signature is signatures[-1] or _fits(signature, placed):
                return signature.call_named(run, names, arguments) if names else signature.call(run, arguments)
        return None

    return call


def _fits(signature: Signature, arguments: Sequence[Any]) -> bool:
    return all(argument is MISSING or parameter.fit(argument)[0] for parameter, argument in signature.pairs(arguments))
