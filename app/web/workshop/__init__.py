"""The pages of the workshop: process owners change processes, try them out, and put them in force."""

from app.web.workshop import adding, editing, moving, previewing, trying  # noqa: F401 -- views register themselves
