"""docs/data.md says what the shipped forms ask, why, and who may see it.

`WAYMARK_WRITE=1 pytest tests/unit/docs/test_data.py` writes its tables anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from app import engine, forms
from app.definitions import purposes
from app.definitions.collecting import collect
from app.forms import Field, Form
from app.settings import ROOT

PAGE = ROOT / "docs" / "data.md"
SOURCES = ("processes/purposes.toml", "forms/", "processes/")


def _line(*cells: str) -> str:
    return f"| {' | '.join(one.replace('|', '/') or '–' for one in cells)} |\n"


def _table(*titles: str) -> str:
    return _line(*titles) + "|" + "---|" * len(titles) + "\n"


def _purposes() -> Iterator[str]:
    yield _table("Purpose", "Controller", "Article 6", "Article 9 and Schedule 1", "Employer side")
    for one in purposes.load(ROOT / "processes").values():
        yield _line(one.words, one.controller, one.basis, one.condition, one.employer)


def _forms() -> Iterator[str]:
    words = {one.id: one.words for one in purposes.load(ROOT / "processes").values()}
    for path in sorted((ROOT / "forms").glob("*.form")):
        form = forms.load(path.read_bytes())
        yield f"\n### {form.title} (`{path.name}`)\n\n"
        yield _table("Field", "Class", "Purpose", "Besides")
        for one in _asked(form):
            purpose = words.get(one.purpose, one.purpose)
            yield _line(one.label or one.path, one.cls, purpose, "; ".join(_besides(one)))


def _asked(form: Form) -> Iterator[Field]:
    """What is asked here: not what is shown again from an earlier form."""
    return (one for one in form.answers() if one.taken or one.type == "expression")


def _besides(one: Field) -> Iterator[str]:
    if one.routes:
        yield "steers"
    if one.shared_by:
        yield "the employer sees rows that the employee said may be shared"
    if one.after_fact:
        yield f"the employer sees it after `{one.after_fact}`"
    if one.draft_until:
        yield f"the team sees it after `{one.draft_until}`"
    if one.under_consent:
        yield f"under the consent `{one.under_consent}`"
    if one.rules:
        yield " ".join(one.rules)


def _steps() -> Iterator[str]:
    yield _table("Step", "Process", "Class")
    seen = set()
    for bundle in collect(ROOT / "processes", ROOT / "forms"):
        for process in engine.describe(engine.load(bundle)).processes:
            for one in process.elements:
                cls = one.properties.get("class", "public")
                if cls != "public" and one.name and one.kind in {"userTask", "callActivity", "subProcess"}:
                    seen.add((process.name, one.name, cls))
    for name, step, cls in sorted(seen):
        yield _line(step, name, cls)


def rendered(source: str) -> str:
    made = {"processes/purposes.toml": _purposes, "forms/": _forms, "processes/": _steps}[source]
    return "\n" + "".join(made()) + "\n"


def test_the_page_says_what_is_asked_and_why() -> None:
    page = written = PAGE.read_text()
    for source in SOURCES:
        begin, end = f"<!-- from {source} -->\n", "<!-- end -->\n"
        found = re.search(f"{re.escape(begin)}.*?{re.escape(end)}", written, re.DOTALL)
        assert found is not None, source
        written = written.replace(found.group(), begin + rendered(source) + end)
    if os.environ.get("WAYMARK_WRITE"):
        PAGE.write_text(written)
        return
    assert page == written
