"""Lint of drafts and bundles: what `waymark lint` says of their files among all that is in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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
    if draft.key not in draft.library.processes and not any(one.rule == "file" for one in found):
        found.append(_no_main(draft))
    return sorted(found)


def check_bundles(bundles: Sequence[Bundle], beside: Iterable[Bundle], today: date) -> list[Finding]:
    """Everything that is wrong in bundles that are, or are to be, in force beside others."""
    everything = [*bundles, *beside]
    mains = {bundle.key: bundle for bundle in everything}
    about = replace(known(today)[0], others=mains, **vars(told(everything)))
    return sorted({finding for bundle in bundles for finding in lint(bundle, about)})


@dataclass(frozen=True)
class Told:
    """What processes tell each other: which there are and what starts them, what people say, what goes along."""

    processes: Mapping[str, Collection[str]]
    said: Collection[str]
    enclosed: Mapping[str, Collection[str]]


def told(bundles: Iterable[Bundle]) -> Told:
    """Of bundles that are in force side by side."""
    around = collecting.from_files({}, [bundle.files for bundle in bundles])
    return Told(around.started_by, around.said, around.enclosed)


def made_worse(
    stays: Sequence[Bundle], before: Sequence[Bundle], after: Sequence[Bundle], today: date
) -> list[Finding]:
    """What becomes wrong in bundles that stay as they are when `after` takes the place of `before` beside them.

    Looked at are those alone that could notice: all when what processes tell each other changes, else those that name
    a process that changes."""
    if told([*stays, *before]) == told([*stays, *after]):
        stays = [one for one in stays if any(_names(one, other.key) for other in after)]
    if not stays:
        return []
    found = check_bundles(stays, after, today)
    return sorted({*found} - {*check_bundles(stays, before, today)}) if found else []


def _names(bundle: Bundle, key: str) -> bool:
    return any(key.encode() in data for data in bundle.of_kind(".bpmn").values())


def _no_main(draft: Draft) -> Finding:
    message = f"No diagram of this draft defines the process “{draft.key}”."
    advice = "Give the main process its id back: it is how the versions of a process belong together."
    return Finding("", "", "error", "process-missing", message, advice)
