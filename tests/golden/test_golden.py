"""Every state and history that a release wrote is loaded, finished and met again by this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from app.cases.rerun.fold import End, run_again
from app.cases.rerun.recorded import read as entry_of
from app.engine import Cancel, Command, Complete, FireDue, Message, Retry, Start, load
from tests.golden import constructs, make
from tests.golden.recording import FILES, Recording, files_of, paths, read, releases
from tests.golden.replay import Difference, Note, damage, finished, notes, replayed

RECORDINGS = [path for release in releases() for path in paths(release)]
CASES = pytest.mark.parametrize(
    "path",
    [path for path in RECORDINGS if path.name.startswith("case-")],
    ids=lambda path: f"{path.parent.name}-{path.name.partition('.')[0]}",
)
EACH = pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.name.partition('.')[0]}")


@lru_cache(maxsize=16)
def recording(path: Path) -> Recording:
    return read(path)


def not_meant(found: list[Difference]) -> list[Difference]:
    return [one for one in found if not any(note.excuses(one) for note in notes())]


@EACH
def test_what_was_recorded_is_whole_and_its_history_verifies(path: Path) -> None:
    assert list(damage(recording(path))) == []


@EACH
def test_every_stored_state_loads_and_is_finished_with_the_same_open_tasks(path: Path) -> None:
    assert not_meant(list(finished(recording(path)))) == []


@EACH
def test_a_replay_from_the_start_meets_every_digest_and_event(path: Path) -> None:
    assert not_meant(list(replayed(recording(path)))) == []


@CASES
def test_a_history_alone_is_enough_to_run_the_case_again(path: Path) -> None:
    """Of every release, those that kept less in a state and wrote less into an entry included."""
    found = recording(path)
    last = found.steps[-1]
    end = End(len(found.history), found.bundle.sha256, last.state, last.shows["status"])
    rows = (entry_of(row[1], row[5]) for row in found.history)
    again = run_again(found.history[0][0], rows, lambda _sha: load(found.bundle), end)
    assert again.outcome == "met", again
    assert again.steps == len(found.steps)


@pytest.mark.parametrize("release", releases())
def test_a_release_is_recorded_with_everything_that_can_happen(release: str) -> None:
    steps = [step for path in paths(release) for step in read(path).steps]
    assert {type(step.command) for step in steps} == {Start, Complete, FireDue, Message, Retry, Cancel}
    assert {step.shows["status"] for step in steps} == {"running", "completed", "cancelled"}
    kinds = {one["kind"] for step in steps for one in step.events or []}
    assert kinds >= {
        *("entered", "started", "waiting", "completed", "cancelled", "failed", "timer_set", "timer_fired"),
        *("handled", "message_sent", "message_caught", "decided", "ended"),
    }


def test_every_file_belongs_to_a_recording() -> None:
    used = {name for path in RECORDINGS for name in files_of(path)}
    assert {path.name for path in FILES.iterdir()} == used


def test_every_note_says_why_and_excuses_something() -> None:
    found = [one for path in RECORDINGS for one in (*replayed(read(path)), *finished(read(path)))] if notes() else []
    for note in notes():
        assert note.reason.endswith(".")
        assert any(note.excuses(one) for one in found), f"nothing needs this note any more: {note}"


def test_a_note_excuses_what_it_names_and_nothing_else() -> None:
    note = Note("0.1.0", "loop-*", "events.timer_set.data.*", "0.2.0", "The sentence names the calendar now.")
    one = Difference("0.1.0", "loop-months", 3, "events.timer_set.data.how", "was …, is …")
    assert note.excuses(one)
    for other in ({"release": "0.2.0"}, {"case": "case-x"}, {"where": "events.timer_set"}, {"where": "state.counter"}):
        assert not note.excuses(replace(one, **other))  # type: ignore[arg-type]


# -- controls: what is recorded otherwise is found

GOOD_PATH = next(path for path in RECORDINGS if path.name.startswith("case-referral-good-path"))


def changed(number: int, **values: object) -> Recording:
    found = recording(GOOD_PATH)
    steps = list(found.steps)
    steps[number] = replace(steps[number], **values)  # type: ignore[arg-type]
    return replace(found, steps=steps)


def test_a_changed_command_is_found() -> None:
    at, command = next(
        (at, step.command)
        for at, step in enumerate(recording(GOOD_PATH).steps)
        if isinstance(step.command, Complete) and step.command.facts
    )
    assert isinstance(command, Complete)
    other: Command = replace(command, facts=dict.fromkeys(command.facts, "changed"))
    where = {one.where for one in replayed(changed(at, command=other))}
    assert {"facts", "state.tick"} & where
    assert any(one.startswith("state.") for one in where)


def test_another_time_is_found() -> None:
    at = next(at for at, step in enumerate(recording(GOOD_PATH).steps) if step.shows["timers"])
    later = recording(GOOD_PATH).steps[at].at.replace(year=2027)
    found = {one.where for one in replayed(changed(at, at=later))}
    assert {"state.scopes.timer.at", "timers"} <= found


def test_a_state_of_another_step_is_found() -> None:
    steps = recording(GOOD_PATH).steps
    at = next(at for at, step in enumerate(steps) if isinstance(step.command, Complete))
    swapped = changed(at - 1, state=steps[at].state)
    assert f"step {at - 1}: the state is not the one that was recorded" in list(damage(swapped))
    assert "refused" in {one.where for one in finished(swapped)}


def test_what_is_merely_said_besides_is_no_difference_but_another_fact_is() -> None:
    at = next(at for at, step in enumerate(recording(GOOD_PATH).steps) if step.shows["tasks"])
    shown = recording(GOOD_PATH).steps[at].shows
    task_id, element, role, due, facts = shown["tasks"][0]
    less = [[task_id, element, role, {"at": due["at"]}, facts], *shown["tasks"][1:]]
    assert not_meant(list(replayed(changed(at, shows={**shown, "tasks": less})))) == []
    fewer = [[task_id, element, role, due, dict(list(facts.items())[1:])], *shown["tasks"][1:]]
    assert {one.where for one in not_meant(list(replayed(changed(at, shows={**shown, "tasks": fewer}))))} == {"tasks"}


def test_torn_bytes_are_found() -> None:
    found = list(damage(changed(4, state=recording(GOOD_PATH).steps[4].state[:-9])))
    assert "step 4: the state is not the one that was recorded" in found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows[:-1],
        lambda rows: [*rows[:2], *rows[3:]],
        lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]],
        lambda rows: [[*rows[0][:5], rows[0][5].replace("referral", "referred"), rows[0][6]], *rows[1:]],
    ],
    ids=["cut short", "one left out", "two changed about", "one written anew"],
)
def test_a_spoilt_history_is_found(spoil: Callable[[list[list[object]]], list[list[object]]]) -> None:
    found = recording(GOOD_PATH)
    assert [text for text in damage(replace(found, history=spoil(found.history))) if text.startswith("history")]


def test_an_event_that_is_told_otherwise_is_found() -> None:
    path = next(path for path in RECORDINGS if path.name.startswith("engine-timer-duration"))
    found = recording(path)
    at, events = next((at, step.events) for at, step in enumerate(found.steps) if step.events)
    reworded = [{**one, "name": "Another name"} for one in events]
    steps = list(found.steps)
    for told, where in ((reworded, f"events.{events[0]['kind']}.name"), (events[1:], f"events.{events[0]['kind']}")):
        steps[at] = replace(found.steps[at], events=told)
        assert where in {one.where for one in replayed(replace(found, steps=steps))}


def test_recording_twice_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a few: the others are made alike."""
    few = constructs.constructs()[::9]
    monkeypatch.setattr(constructs, "constructs", lambda: few)
    scenario = [path for path in make.scenarios() if path.stem == "refusal"]
    written = []
    for number in "12":
        made = [*make.whole_cases("9.9.9", scenario), *make.played("9.9.9")]
        make.record(made, tmp_path / number, tmp_path / "files")
        written.append({path.name: path.read_bytes() for path in (tmp_path / number).iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) > len(few)


def test_a_release_that_is_out_is_not_recorded_over(tmp_path: Path) -> None:
    made, kept = tmp_path / "made", tmp_path / "kept"
    made.mkdir()
    (made / "a.json.gz").write_bytes(b"now")
    assert make.settle(made, kept, again=False) == []
    assert make.settle(made, kept, again=False) == []
    (kept / "a.json.gz").write_bytes(b"then")
    (kept / "b.json.gz").write_bytes(b"gone since")
    assert make.settle(made, kept, again=False) == ["a.json.gz", "b.json.gz"]
    assert (kept / "a.json.gz").read_bytes() == b"then"
    assert make.settle(made, kept, again=True) == []
    assert [path.read_bytes() for path in kept.iterdir()] == [b"now"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    found = recording(GOOD_PATH)
    make.record([found], tmp_path / "0.0.0", tmp_path / "files")
    assert read(tmp_path / "0.0.0" / GOOD_PATH.name, tmp_path / "files") == found
