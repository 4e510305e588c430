"""What is doubtful about a table that can be read: gaps, overlaps, rows that never count, cells of a wrong type.

Cells that compare with constants are worked out exactly; what another cell says is not guessed at."""

from app.decisions.lint.table import lint_table

__all__ = ["lint_table"]
