"""How a case may begin: about whom, by whom, and after which other case. Read from a diagram's properties.

Property of the process:

- `about`: `employee` (default) or `nobody`: then no employee is named, and nobody is its subject.

Properties of its start event, beside `starters`:

- `startedAs`: the case role that the starter takes; of several the first that they may hold. Default
  `referring_manager`.
- `ownCase`: `true` lets an employee start a case about themselves.
- `from`: which cases it may follow and who may start it there, as in `referral: referring_manager hr; conference:
  line_manager`. `*` is any process about an employee.
- `fromOnly`: `true`: it cannot be started without a case before.
- `needs`, `needsText`: a FEEL condition on the facts of the case before, and the sentence that refuses.
- `carry`: names of facts of the case before that the new case begins with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: what `about` may say
ABOUT = ("employee", "nobody")
#: the role that the starter takes where the diagram names none: whoever makes a referral (XX-A1)
STARTED_AS = "referring_manager"
#: in `from`: any process about an employee
ANY = "*"


@dataclass(frozen=True, slots=True)
class Beginning:
    about_nobody: bool = False
    started_as: tuple[str, ...] = (STARTED_AS,)
    own_case: bool = False
    #: process key, or `ANY`, to the case roles whose holders there may start it
    may_follow: Mapping[str, frozenset[str]] = field(default_factory=dict)
    from_only: bool = False
    needs: str = ""
    needs_text: str = ""
    carry: tuple[str, ...] = ()

    def roles_in(self, process_key: str) -> frozenset[str]:
        """Who in a case of that process may start this one from it."""
        return self.may_follow.get(process_key, frozenset()) | self.may_follow.get(ANY, frozenset())


def read(process: Mapping[str, str], start: Mapping[str, str]) -> Beginning:
    """From the properties of the process and of its start event. What is misspelt reads as not said; lint tells."""
    return Beginning(
        about_nobody=process.get("about", "").strip() == "nobody",
        started_as=tuple(start.get("startedAs", "").split()) or (STARTED_AS,),
        own_case=_yes(start, "ownCase"),
        may_follow=follows(start.get("from", "")),
        from_only=_yes(start, "fromOnly"),
        needs=start.get("needs", "").strip(),
        needs_text=start.get("needsText", "").strip(),
        carry=tuple(start.get("carry", "").split()),
    )


def follows(text: str) -> dict[str, frozenset[str]]:
    """`a: x y; b: z` as {a: {x, y}, b: {z}}; a part without a colon names nobody."""
    found: dict[str, frozenset[str]] = {}
    for part in text.split(";"):
        key, _, roles = part.partition(":")
        if key.strip():
            found[key.strip()] = found.get(key.strip(), frozenset()) | frozenset(roles.split())
    return found


def _yes(properties: Mapping[str, str], name: str) -> bool:
    return properties.get(name, "").strip() == "true"
