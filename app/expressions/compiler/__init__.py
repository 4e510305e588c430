"""Syntax tree to closures: each node becomes one Python function of a `Run`."""

from app.expressions.compiler import calls, collections, operators, scopes  # noqa: F401 # each registers its nodes
from app.expressions.compiler.core import Compiled, compile_tree

__all__ = ["Compiled", "compile_tree"]
