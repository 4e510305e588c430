"""Running a recorded case again finds whatever was changed, at its step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from app.cases.entries import command_entry, event_entries
from app.cases.rerun import recorded
from app.cases.rerun.fold import End, run_again
from app.cases.rerun.recorded import Entry, Missing
from app.cases.rerun.views import Rerun
from app.definitions import withdrawn
from app.engine import Bundle, Cancel, Complete, Definition, FireDue, Message, Retry, Start, load
from app.errors import NotFound
from app.history import Head, extend, verify_case
from tests.golden.recording import Recorded, Recording, paths, read, releases

GOOD_PATH = next(path for path in paths("0.4.0") if path.name.startswith("case-referral-good-path"))
WITHDRAWAL = next(path for path in paths("0.4.0") if path.name.startswith("case-referral-withdrawal"))
#: what the engine played of everything that it runs, in the newest release
PLAYED = [path for path in paths(releases()[-1]) if not path.name.startswith("case-")]


@lru_cache(maxsize=4)
def recording(path: Any = GOOD_PATH) -> Recording:
    return read(path)


def entries(path: Any = GOOD_PATH) -> list[Entry]:
    return [recorded.read(row[1], row[5]) for row in recording(path).history]


def known(found: Recording) -> Callable[[str], Definition]:
    def get(sha: str) -> Definition:
        if sha != found.bundle.sha256:
            raise NotFound("This version of the process is not known here.")
        return load(found.bundle)

    return get


def end(path: Any = GOOD_PATH) -> End:
    found = recording(path)
    last = found.steps[-1]
    return End(len(found.history), found.bundle.sha256, last.state, last.shows["status"])


def again(rows: list[Entry], path: Any = GOOD_PATH) -> Rerun:
    found = recording(path)
    return run_again(found.history[0][0], rows, known(found), end(path))


def changed(seq: int, **data: Any) -> list[Entry]:
    """The history with other data in one entry."""
    rows = entries()
    rows[seq - 1] = replace(rows[seq - 1], data={**rows[seq - 1].data, **data})
    return rows


def seq_of(kind: str, number: int = 0) -> int:
    return [one.seq for one in entries() if one.kind == kind][number]


def renumbered(rows: list[Entry]) -> list[Entry]:
    return [replace(one, seq=number) for number, one in enumerate(rows, 1)]


def test_a_case_as_it_was_recorded_is_met() -> None:
    found = again(entries())
    assert (found.outcome, found.entries) == ("met", len(recording().history))
    assert found.steps == len(recording().steps)


def test_a_fact_that_was_changed_is_found_although_the_chain_was_linked_anew() -> None:
    seq = next(one.seq for one in entries() if one.kind == "command.complete" and one.data["facts"])
    rows = changed(seq, facts=dict.fromkeys(entries()[seq - 1].data["facts"], "changed"))
    head, chain = Head(), []
    for one in rows:
        said = SimpleNamespace(kind=one.kind, data=one.data)
        head, linked = extend(head, "c", one.actor, one.at, [said])  # type: ignore[list-item]
        chain += [SimpleNamespace(**row) for row in linked]
    assert verify_case("c", chain, head) is None
    found = again(rows)
    assert found.difference is not None
    assert (found.outcome, found.difference.seq) == ("differs", seq)
    assert found.difference.what == "the state of the case"
    assert "changed" not in str(found.difference)


def test_facts_of_the_start_another_calendar_and_another_case_are_found_at_the_start() -> None:
    start = entries()[0].data
    for data in (
        {"facts": {**start["facts"], "employer": "elsewhere"}},
        {"calendar": {**start["calendar"], "close": "16:00"}},
    ):
        assert again(changed(1, **data)).difference.seq == 1  # type: ignore[union-attr]
    found = recording()
    other = run_again("another-case", entries(), known(found))
    assert other.difference is not None
    assert other.difference.seq == 1


def test_another_time_is_found_where_it_counts() -> None:
    rows = entries()
    step = seq_of("command.start")
    rows = [replace(one, at=one.at + timedelta(days=1)) if one.at == rows[step - 1].at else one for one in rows]
    found = again(rows).difference
    assert found is not None
    assert found.seq == step
    assert {"the state of the case"} < {one.what for one in found.parts}
    assert any(one.what.startswith("“due” of") for one in found.parts)


def test_an_event_of_another_time_or_actor_than_its_command_is_found() -> None:
    rows = entries()
    seq = seq_of("engine.entered")
    for other in (
        replace(rows[seq - 1], at=rows[seq - 1].at + timedelta(seconds=1)),
        replace(rows[seq - 1], actor="x"),
    ):
        found = again([*rows[: seq - 1], other, *rows[seq:]]).difference
        assert found is not None
        assert found.seq == seq


@pytest.mark.parametrize("name", ["element", "name", "process", "task", "rules", "data"])
def test_an_event_that_is_told_otherwise_is_found_at_its_entry(name: str) -> None:
    seq = seq_of("engine.entered")
    other = {"due": "2030-01-01T00:00:00+00:00"} if name == "data" else "other"
    found = again(changed(seq, **{name: other})).difference
    assert found is not None
    assert found.seq == seq


def test_events_that_are_missing_added_or_changed_about_are_found() -> None:
    rows = entries()
    seq = seq_of("engine.completed", 1)
    twice = [*rows[:seq], rows[seq - 1], *rows[seq:]]
    less = [*rows[: seq - 1], *rows[seq:]]
    about = [*rows[: seq - 1], rows[seq], rows[seq - 1], *rows[seq + 1 :]]
    # an event on its own, behind what does not belong to the step
    note = Entry(0, rows[seq].at, "clock", "command.claim", {})
    last = max(one.seq for one in rows if one.kind.startswith("engine."))
    stray = [*rows[:last], note, rows[last - 1], *rows[last:]]
    for spoilt in (twice, less, about, stray):
        found = run_again(recording().history[0][0], renumbered(spoilt), known(recording()))
        assert found.difference is not None
        assert spoilt is about or any(one.what == "what happened" for one in found.difference.parts)
        assert found.difference.seq in {seq, seq + 1, last + 2}


def test_a_state_a_definition_and_a_task_that_were_changed_are_found() -> None:
    step = seq_of("command.complete", 1)
    for data, what in (
        ({"state": "0" * 64}, "the state of the case"),
        ({"definition": "0" * 64}, "the version of the process"),
        ({"task": "nobody"}, "whether the step can be made"),
        ({"element": "other"}, "the task’s element"),
        ({"role": "hr"}, "the task’s role"),
    ):
        found = again(changed(step, **data)).difference
        assert found is not None
        assert (found.seq, found.what) == (step, what)


def test_a_version_that_nobody_knows_is_found_at_the_start() -> None:
    found = again(changed(1, definition="0" * 64)).difference
    assert found is not None
    assert (found.seq, found.found) == (1, "This version of the process is not known here.")


def test_another_diagram_under_the_same_name_is_found_where_it_goes_another_way() -> None:
    bundle = recording().bundle
    name = next(name for name, text in bundle.files.items() if b'name="Triage the referral"' in text)
    text = bundle.files[name].replace(b'name="Triage the referral"', b'name="Look at it"')
    other = Bundle(bundle.key, {**bundle.files, name: text})
    found = run_again(recording().history[0][0], entries(), lambda _sha: load(other)).difference
    assert found is not None
    part = found.parts[0]
    assert part.recorded.text == "Triage the referral"
    assert part.found.text == "Look at it"
    assert entries()[part.seq - 1].data["name"] == "Triage the referral"


def test_what_the_case_remembers_of_itself_must_be_what_its_history_leads_to() -> None:
    rows, own = entries(), end()
    for other, what in (
        (replace(own, status="running"), "the status of the case"),
        (replace(own, definition_sha="0" * 64), "the version that the case runs on"),
        (replace(own, state=recording().steps[2].state), "the state that the case stands on"),
        (replace(own, state=b"torn"), "the state that the case stands on"),
    ):
        found = run_again(recording().history[0][0], rows, known(recording()), other)
        assert found.difference is not None
        assert found.difference.what == what
    assert run_again("c", [], known(recording()), replace(own, entries=0)).outcome == "differs"


@pytest.mark.parametrize("cut", [0, 4, -1])
def test_an_entry_that_is_missing_is_named_and_the_case_is_never_called_fine(cut: int) -> None:
    rows = entries()
    del rows[cut]
    found = again(rows)
    assert found.outcome == "cannot"
    assert found.unable is not None
    assert found.unable.seq == (cut if cut >= 0 else len(rows)) + 1
    assert found.unable.why == "it is missing"


def test_what_is_no_entry_is_named() -> None:
    def torn() -> Iterator[Entry]:
        yield from entries()[:6]
        yield recorded.read(7, "{}")

    found = run_again(recording().history[0][0], torn(), known(recording()), end())
    assert found.unable is not None
    assert (found.outcome, found.unable.seq, found.unable.why) == ("cannot", 7, "it cannot be read")


def test_commands_that_lack_what_they_need_are_told_plainly() -> None:
    step = seq_of("command.complete")
    rows = entries()
    less = {name: value for name, value in rows[step - 1].data.items() if name != "facts"}
    rows[step - 1] = replace(rows[step - 1], data=less)
    found = again(rows)
    assert found.unable is not None
    assert (found.steps, found.unable.seq) == (len([one for one in entries()[: step - 1] if one.is_step]), step)
    assert found.unable.why == "it lacks “facts”, which the command needs"
    rows[step - 1] = replace(rows[step - 1], kind="command.beam_up")
    assert again(rows).unable.why == "this release does not know the command “command.beam_up”"  # type: ignore[union-attr]


def command_of(kind: str, **data: Any) -> Any:
    return recorded.command(Entry(1, recording().steps[0].at, "x", f"command.{kind}", data), "c", None)


def test_older_entries_say_less_and_are_understood() -> None:
    assert command_of("withdraw_consent") == Message(withdrawn("referral"))
    assert command_of("withdraw", scope="gp-report") == Message(withdrawn("gp-report"))
    assert command_of("withdraw", scope="gp-report", message="m") == Message("m")
    assert command_of("cancel") == command_of("cancel", cause="ended by a person") == Cancel("ended by a person")
    assert command_of("retry", token="t") == Retry("t")
    with pytest.raises(Missing, match="which of the failed steps"):
        command_of("retry", process="p", element="e")
    with pytest.raises(Missing, match="lacks “scope”"):
        command_of("withdraw")


def test_what_people_join_and_leave_changes_nothing_and_must_say_so() -> None:
    rows = entries()
    step = seq_of("command.complete", 2)
    before = next(one for one in reversed(rows[: step - 1]) if one.is_step)
    names = {name: before.data[name] for name in ("definition", "state")}
    for data, outcome in ((names, "met"), ({**names, "state": "0" * 64}, "differs")):
        joined = Entry(0, before.at, "hr", "command.join", data)
        found = run_again(
            recording().history[0][0],
            renumbered([*rows[: step - 1], joined, *rows[step - 1 :]]),
            known(recording()),
            replace(end(), entries=len(rows) + 1),
        )
        assert found.outcome == outcome


def test_a_withdrawal_of_an_older_release_is_run_again() -> None:
    assert any(one.kind == "command.withdraw_consent" for one in entries(WITHDRAWAL))
    assert again(entries(WITHDRAWAL), WITHDRAWAL).outcome == "met"


# -- everything that the engine runs


def written(found: Recording, case_id: str) -> Iterator[Entry]:
    """The history that such a case would have."""
    seq = 0
    for step in found.steps:
        name, data = said(step)
        state = SimpleNamespace(state=step.state)
        told = [command_entry(name, state, found.bundle.sha256, data)]  # type: ignore[arg-type]
        events = [
            SimpleNamespace(**{"element_id": one["element"], "task_id": one["task"], **one}) for one in _events(step)
        ]
        for entry in [*told, *event_entries(events)]:  # type: ignore[arg-type]
            seq += 1
            data_back = orjson.loads(orjson.dumps(entry.data))
            yield Entry(seq, step.at, "clock" if name == "fire_due" else "x", entry.kind, data_back)


def _events(step: Recorded) -> list[dict[str, Any]]:
    return [
        {name: one[name] for name in ("kind", "name", "process", "rules", "data", "element", "task")}
        for one in step.events or []
    ]


def said(step: Recorded) -> tuple[str, dict[str, Any]]:
    command = step.command
    if isinstance(command, Start):
        return "start", {"facts": command.facts, "calendar": command.calendar}
    if isinstance(command, Complete):
        return "complete", {"task": command.task_id, "facts": command.facts}
    if isinstance(command, Message):
        return "message", {"name": command.name, "payload": command.facts, "key": command.key}
    if isinstance(command, Retry):
        return "retry", {"token": command.task_id, "facts": command.facts}
    if isinstance(command, Cancel):
        return "cancel", {"cause": command.reason}
    assert isinstance(command, FireDue)
    return "fire_due", {}


@pytest.mark.parametrize("path", PLAYED[::4], ids=lambda path: path.name.partition(".")[0])
def test_whatever_the_engine_runs_is_run_again_and_one_event_less_is_found(path: Any) -> None:
    played = read(path)
    start = played.steps[0].command
    assert isinstance(start, Start)
    rows = list(written(played, start.case_id))
    assert run_again(start.case_id, rows, known(played)).outcome == "met"
    events = [one.seq for one in rows if one.kind.startswith("engine.")]
    gone = events[len(events) // 2]
    less = renumbered([one for one in rows if one.seq != gone])
    found = run_again(start.case_id, less, known(played)).difference
    assert found is not None
    assert found.seq <= gone
