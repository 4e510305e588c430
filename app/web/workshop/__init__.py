"""The pages of the workshop: process owners change processes, try them out, and put them in force."""

from app.web.workshop import (  # noqa: F401 -- views register themselves
    adding,
    bundles,
    comparing,
    deploying,
    drafts,
    editing,
    moving,
    previewing,
    processes,
    trying,
)
