"""Lint of drafts and bundles: what `waymark lint` says of their files among all that is in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from app.cases.workshop.known import known
from app.definitions import collecting
from app.definitions.drafts import Draft
from app.definitions.lint import lint, lint_libraries
from app.engine import Bundle
from app.errors import Finding


def check(draft: Draft, today: date) -> list[Finding]:
    """Everything that is wrong in the files of a draft, sorted; `file` is the file's name."""
    found = lint_libraries(collecting.from_files(draft.files), draft.library, known(today)[0])
    if draft.key not in draft.library.processes:
        found.append(_no_main(draft))
    return sorted(found)


def check_bundles(bundles: Sequence[Bundle], beside: Iterable[Bundle], today: date) -> list[Finding]:
    """Everything that is wrong in bundles that are, or are to be, in force beside others."""
    everything = [*bundles, *beside]
    around = collecting.from_files({}, [bundle.files for bundle in everything])
    mains = {bundle.key: bundle for bundle in everything}
    about = replace(
        known(today)[0], processes=around.started_by, said=around.said, enclosed=around.enclosed, others=mains
    )
    return sorted({finding for bundle in bundles for finding in lint(bundle, about)})


def _no_main(draft: Draft) -> Finding:
    message = f"No diagram of this draft defines the process “{draft.key}”."
    advice = "Give the main process its id back: it is how the versions of a process belong together."
    return Finding("", "", "error", "process-missing", message, advice)
