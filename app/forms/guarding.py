"""What may not stand in a text (property `guard`): who somebody is, and what they have.

It is a help for people who mean well and write in haste, not a wall: it knows the names and the words that it was
given. Nothing of a text is kept or logged here; the sentence quotes the word to whoever has just written it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.forms.contacts import contact
from app.forms.diagnoses import Diagnoses
from app.forms.people import Names

#: shown above a field, by its guards
_PERSON = "Do not write anything that tells who somebody is: no names, e-mail addresses, telephone or NHS numbers."
HINTS = {
    "names": _PERSON,
    "diagnosis": "Do not write a diagnosis or the name of a condition.",
    "diagnosis names": _PERSON + " Do not write a diagnosis or the name of a condition either.",
}


def hint(guards: Sequence[str]) -> str:
    """What to leave out, told before anybody writes; "" where there is no guard."""
    return HINTS.get(" ".join(sorted(set(guards))), "")


class Guards:
    """Looks through texts. `names`: of whom nobody may write; `diagnoses`: the words; each read when first needed."""

    def __init__(self, names: Callable[[], Names], diagnoses: Callable[[], Diagnoses]) -> None:
        self._names = names
        self._diagnoses = diagnoses

    def sentence(self, guards: Sequence[str], text: str, /) -> str | None:
        """The first thing that may not be there, in words, and why; None if nothing was found."""
        return (self._person(text) if "names" in guards else None) or (
            self._condition(text) if "diagnosis" in guards else None
        )

    def _person(self, text: str) -> str | None:
        found = contact(text)
        if found is not None:
            what, word = found
            return f"Take out “{word}”: it looks like {what}, and nothing here may say who somebody is"
        name = self._names().found(text)
        if name is not None:
            return (
                f"Take out “{name}”: it is the name of somebody at the organisation, and nothing here may say who "
                "somebody is. Write “the employee” or “a colleague” instead"
            )
        return None

    def _condition(self, text: str) -> str | None:
        word = self._diagnoses().found(text)
        if word is None:
            return None
        return (
            f"Take out “{word}”: it names a condition, and a diagnosis may not be written here. Write what the person "
            "can do, or what they need, instead"
        )
