"""The workshop: process owners change a process and deploy it."""

from app.web.workshop import (
    adding,
    editing,
    previewing,
)

__all__ = ["adding", "editing", "previewing"]
