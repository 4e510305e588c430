"""What is different between two bundles, file by file and element by element, in the words of who owns the process.

Pure. Each file becomes a tree of *things* (elements, rows, fields), each with *facts* under paths. Nothing that stands
in a file is left out of them, so any program reads two files without a difference alike. What has words of its own is
said in them, all else under the name that it has in the file."""

from app.definitions.differences.conflicting import Conflict, conflicts
from app.definitions.differences.difference import Detail, Difference, Group
from app.definitions.differences.files import differences, file_differences
from app.definitions.differences.tables import Cell, Column, Row, Side, Twin, twins

__all__ = [
    "Cell",
    "Column",
    "Conflict",
    "Detail",
    "Difference",
    "Group",
    "Row",
    "Side",
    "Twin",
    "conflicts",
    "differences",
    "file_differences",
    "twins",
]
