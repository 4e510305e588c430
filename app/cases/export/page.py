"""The page of a pack: reads well without a network, without scripts, on paper, too."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, Template

if TYPE_CHECKING:
    from app.cases.export.pack import Pack

#: classes in words: who may know of an answer
CLASS_WORDS = {
    "public": "Everybody in the case",
    "employer": "You, occupational health and your employer’s side of the case",
    "restricted": "You and the occupational health team",
    "clinical": "You and the practitioner of the case",
}
DECISIONS = {"given": "Yes", "refused": "No", "withdrawn": "Taken back"}


@cache
def _template() -> Template:
    found = Environment(autoescape=True, loader=PackageLoader("app.cases.export"), trim_blocks=True, lstrip_blocks=True)
    return found.get_template("pack.html")


def html(pack: Pack) -> str:
    """The whole page; times in the zone of the person's employer."""
    return _template().render(
        pack=pack,
        when=lambda at: moment(at, pack.zone),
        class_words=CLASS_WORDS,
        decisions=DECISIONS,
        consents_of=lambda case_id: [one for one in pack.consents if one.case_id == case_id],
    )


def moment(at: datetime, zone: ZoneInfo) -> str:
    """3 March 2026, 17:05"""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y}, {local:%H:%M}"
