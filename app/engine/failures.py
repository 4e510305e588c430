"""What can go wrong inside an element, in words for the administrator who reads the incident."""

from __future__ import annotations


class ElementFailed(Exception):  # named for what happened, as in app.errors
    """An element could not do its work. The token rests on it as an incident; other branches go on."""


class StillRunning(Exception):  # as above
    """The step budget of one command is used up: the diagram goes round without stopping."""
