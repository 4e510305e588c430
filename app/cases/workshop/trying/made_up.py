"""People, files and the guard of a trial. Nobody real is offered, and no file leaves the computer of who tries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from app import forms
from app.cases.options import SOURCES
from app.definitions import diagnoses
from app.forms import Option
from app.forms.guarding import Guards
from app.forms.people import Names
from app.settings import ROOT

#: three for each list of people, so that a form may ask for different ones
_GIVEN = (
    ("Alex", "Bailey", "Casey"),
    ("Drew", "Ellis", "Frankie"),
    ("Gray", "Harper", "Indigo"),
    ("Jules", "Kit", "Logan"),
    ("Marley", "Noel", "Ollie"),
    ("Parker", "Quinn", "Robin"),
    ("Sam", "Toby", "Vivian"),
)
FAMILY = "Sample"
#: how the id of a made-up file begins, and its size in bytes
FILE, SIZE = "made-up-file-", 20_000


def _people() -> Mapping[str, Sequence[Option]]:
    return {
        key: [Option(f"made-up-{key}-{number}", f"{name} {FAMILY} (made up)") for number, name in enumerate(names, 1)]
        for key, names in zip(SOURCES, cycle(_GIVEN), strict=False)
    }


#: the choices by `valuesKey`
PEOPLE = _people()


def guard() -> Guards:
    """As in the house, but it knows the names of made-up people only: a trial must not tell who works somewhere."""
    names = [f"{name} {FAMILY}" for group in _GIVEN for name in group]
    return Guards(lambda: Names(names), lambda: diagnoses.load(ROOT / "processes"))


class Files:
    """Files that stand in for those that a form asks for, as `app.forms.Uploads` wants them."""

    def __init__(self, form: forms.Form, most: int = 5) -> None:
        self.most = most
        self._pickers = form.pickers

    def get(self, file_id: str, /) -> Mapping[str, Any] | None:
        path, _, number = file_id.removeprefix(FILE).rpartition("-")
        picker = self._pickers.get(path)
        if not file_id.startswith(FILE) or picker is None or not number.isdecimal() or len(number) > 2:
            return None
        kind = picker.accept[0] if picker.accept else "pdf"
        return {
            "id": file_id,
            "name": f"Made-up file {number}",
            "kind": kind,
            "size": SIZE,
            "sha256": hashlib.sha256(file_id.encode()).hexdigest(),
            "scanned": True,
            "path": path,
        }


def file_id(path: str, number: int) -> str:
    """Id of the `number`-th made-up file for the picker at this path, 1 being the first."""
    return f"{FILE}{path}-{number}"
