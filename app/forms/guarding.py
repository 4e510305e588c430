"""What may not stand in a text (property `guard`): who somebody is, and what they have.

It is a help for people who mean well and write in haste, not a wall: it knows the names and the words that it was
given. Nothing of a text is kept or logged here; the sentence quotes the word to whoever has just written it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.forms.contacts import contacts
from app.forms.diagnoses import Diagnoses
from app.forms.people import Names

#: words that one sentence names
MOST = 5
_PERSON = "Leave out who it is about: no names, e-mail addresses, telephone or NHS numbers."
#: shown above a field, by its guards
HINTS = {
    "names": _PERSON,
    "diagnosis": "Leave out diagnoses and names of conditions.",
    "diagnosis names": _PERSON + " Leave out diagnoses and names of conditions, too.",
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
        """What to take out, in words, and why; None if nothing was found."""
        said = self._person(text) if "names" in guards else []
        said += self._condition(text) if "diagnosis" in guards else []
        return " ".join(said) or None

    def _person(self, text: str) -> list[str]:
        said = [f"Take out “{word}”: it looks like {what}." for what, word in contacts(text)[:MOST]]
        names = self._names().found(text)
        if len(names) == 1:
            said.append(f"Take out “{names[0]}”: it is the name of somebody at the organisation.")
        elif names:
            said.append(f"Take out {_listed(names)}: they are names of people at the organisation.")
        return [*said, "Nothing here may tell who somebody is: write “the employee” or “a colleague”."] if said else []

    def _condition(self, text: str) -> list[str]:
        found = self._diagnoses().found(text)
        if not found:
            return []
        return [f"Take out {_listed(found)}: no diagnosis may be written here. Write what the person can do, or needs."]


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words[:MOST]]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
