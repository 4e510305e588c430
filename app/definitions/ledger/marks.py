"""Which rules the tests of a folder follow or break, read from their source; nothing of them is run.

Read are marks that stand as text: `@pytest.mark.rule("XX-1", "follows")` on a test or a class, as `pytestmark` of a
module, as a name of the module (`FOLLOWS = pytest.mark.rule(…)`), and as marks of a `pytest.param`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLLOWS, BREAKS = "follows", "breaks"
KINDS = (FOLLOWS, BREAKS)

Names = Mapping[str, ast.expr]


@dataclass(frozen=True)
class Mark:
    """`test`: "tests/db/test_x.py::test_y", of a parametrised one with its id if that is literal."""

    rule: str
    kind: str
    test: str


def marked(root: Path) -> list[Mark]:
    """All marks of the tests in `root`/tests, in order; none where there are no tests."""
    found: list[Mark] = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        source = path.read_bytes()
        if b"mark.rule" in source:
            found += _of_module(ast.parse(source), path.relative_to(root).as_posix())
    return list(dict.fromkeys(found))


def _of_module(module: ast.Module, file: str) -> Iterator[Mark]:
    names = dict(_assigned(module))
    yield from _of_body(module.body, file, _listed(names.get("pytestmark"), names), names)


def _assigned(module: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Names of the module and what they stand for, also several at once."""
    for node in module.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node.value
                elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=False)
                    yield from ((one.id, value) for one, value in pairs if isinstance(one, ast.Name))


def _of_body(body: list[ast.stmt], where: str, above: list[ast.expr], names: Names) -> Iterator[Mark]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from _of_body(node.body, f"{where}::{node.name}", above + node.decorator_list, names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            test = f"{where}::{node.name}"
            for mark in above + node.decorator_list:
                yield from _read(mark, test, names)
                yield from _of_params(mark, test, names)


def _read(node: ast.expr, test: str, names: Names) -> Iterator[Mark]:
    """The mark, if that is what it is and both its words are text."""
    node = names.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rule":
        words = [_text(one, names) for one in node.args]
        if len(words) == len(KINDS) and words[0] and words[1] in KINDS:
            yield Mark(words[0], words[1], test)


def _of_params(node: ast.expr, test: str, names: Names) -> Iterator[Mark]:
    """Marks of single rows of a parametrised test."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "parametrize"):
        return
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "param":
            said = {keyword.arg: keyword.value for keyword in one.keywords}
            name = _text(said["id"], names) if "id" in said else ""
            for mark in _listed(said.get("marks"), names):
                yield from _read(mark, f"{test}[{name}]" if name else test, names)


def _listed(node: ast.expr | None, names: Names) -> list[ast.expr]:
    node = names.get(node.id, node) if isinstance(node, ast.Name) else node
    if node is None:
        return []
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def _text(node: ast.expr, names: Names) -> str:
    node = names.get(node.id, node) if isinstance(node, ast.Name) else node
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
