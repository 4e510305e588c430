"""Why a file is not taken, in the words that stand beside the field."""

from __future__ import annotations

from app.errors import WaymarkError


class FileRefused(WaymarkError):
    """This file cannot be used."""

    status = 422

    def __init__(self, name: str, rest: str) -> None:
        """`rest`: the sentence after the file's name, which is told to the person who chose it and to nobody else."""
        self.rest = rest
        super().__init__(f"“{name}” {rest}" if name else f"The file {rest}")


class Unfit(Exception):
    """What an examination found, without the name: “is empty”."""


class ScannerAway(WaymarkError):
    """Files cannot be checked for viruses at the moment, so none can be taken. Try again later."""

    status = 503
