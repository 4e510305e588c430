"""What is different between a draft and a version, two versions, or two drafts."""

from __future__ import annotations

from flask import render_template, request, url_for

from app.cases.workshop.comparing import Compared, Comparison, FileCompared
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session
from app.web.workshop.owners import owners_only
from app.web.workshop.words import kind, number

#: what happened, as a mark that is told from the others without colours, and in a word
MARKS = {
    "added": ("+", "Added"),
    "removed": ("−", "Taken out"),
    "changed": ("≠", "Changed"),
    "moved": ("→", "Moved"),
}


@bp.get("/workshop/drafts/<draft_id>/compare")
@owners_only
def workshop_compare(draft_id: str) -> str:
    """With the version in force; `to=base`: with the one that it began with; `with`: with another draft."""
    mine, other = session(), request.args.get("with")
    if other:
        found = doors().queries.compare_drafts(doors().w, mine.actor, draft_id, other)
    else:
        base = request.args.get("to") == "base"
        found = doors().queries.compare_draft(doors().w, mine.actor, draft_id, with_base=base)
    back = (url_for("web.workshop_draft", draft_id=draft_id), found.draft.title)
    return _page(found, back)


@bp.get("/workshop/processes/<key>/compare")
@owners_only
def workshop_compare_versions(key: str) -> str:
    """`from` and `to`: numbers of versions."""
    before, after = (number(request.args.get(name)) for name in ("from", "to"))
    found = doors().queries.compare_versions(doors().w, session().actor, key, before, after)
    return _page(found, (url_for("web.workshop_process", key=key), found.name))


def _page(found: Comparison, back: tuple[str, str]) -> str:
    return render_template(
        "workshop/compare.html",
        found=found,
        back=back,
        marks=MARKS,
        kind=kind,
        source=_source,
        marked=_marked,
        parts=_parts(found),
        # of two drafts neither is the earlier one
        when_words=("there", "here") if found.before.draft_id else ("before", "now"),
    )


def _parts(found: Comparison) -> str:
    """“1 difference in 1 file”, and what is only drawn or written otherwise."""
    drawn = sum(len(one.pictured) for one in found.files)
    written = sum(len(one.written) for one in found.files)
    said = f"{_count(found.count, 'difference')} in {_count(len(found.changed), 'file')}" if found.count else ""
    beside = [f"{_count(drawn, 'element')} only drawn otherwise"] if drawn else []
    beside += [f"{_count(written, 'place')} only in another order in the file"] if written else []
    return ", and ".join(filter(None, [said or "No difference that means anything", " and ".join(beside)]))


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _source(side: Compared, key: str, name: str) -> str:
    """Where a script finds a diagram, "" where it is on neither page of this side."""
    if side.draft_id:
        return url_for("web.draft_raw", draft_id=side.draft_id, name=name)
    return url_for("web.workshop_version_file", key=key, version=side.version, name=name) if side.version else ""


def _marked(file: FileCompared, side: str) -> dict[str, str]:
    """Element id to what happened to it, for one of the two pictures."""
    hidden = "removed" if side == "after" else "added"
    drawn = {one.element: "moved" for one in file.pictured if one.element}
    return drawn | {one.element: one.change for one in file.entries if one.element and one.change != hidden}
