"""What can go wrong inside an element, in words for the administrator who reads the incident."""

from __future__ import annotations


class ElementFailed(Exception):
    """An element could not do its work. The token rests on it as an incident; other branches go on."""

    #: False where trying again by itself could only go wrong again
    again = True


class GoesRound(ElementFailed):
    """The process ran on and on without coming to rest, and was stopped."""

    again = False
