"""A library from memory: own files first, and around them what is in force."""

from __future__ import annotations

from pathlib import Path

from app.definitions.collecting import from_files, library

XMLNS = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'


def diagram(key: str, calls: str = "", form: str = "ask") -> bytes:
    call = f'<callActivity id="c" calledElement="{calls}"/>' if calls else ""
    start = f'<startEvent id="s" camunda:formRef="{form}"/>' if form else '<startEvent id="s"/>'
    return f'<definitions {XMLNS}><process id="{key}">{start}{call}</process></definitions>'.encode()


def test_it_is_what_a_folder_would_be(tmp_path: Path) -> None:
    files = {"a.bpmn": diagram("a", "b"), "b.bpmn": diagram("b", form=""), "ask.form": b"{}", "odd.dmn": b"<x"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found, on_disk = from_files(files), library([tmp_path])
    assert found.bundle("a") == on_disk.bundle("a")
    assert found.findings == on_disk.findings
    assert [one.file for one in found.findings] == ["odd.dmn"]


def test_what_is_called_comes_from_around_and_own_files_come_first() -> None:
    own = {"a.bpmn": diagram("a", "b")}
    around = [{"b.bpmn": diagram("b", form=""), "ask.form": b"1"}, {"ask.form": b"2", "a.bpmn": diagram("a", form="")}]
    assert from_files(own, around).bundle("a").files == {**own, **around[0]}
    assert from_files({**own, "ask.form": b"0"}, around).bundle("a").files["ask.form"] == b"0"


def test_what_was_taken_out_does_not_come_back() -> None:
    own, around = {"a.bpmn": diagram("a", "b")}, [{"b.bpmn": diagram("b", form=""), "ask.form": b"1"}]
    assert from_files(own, around, without=["ask.form"]).bundle("a").files.keys() == {"a.bpmn", "b.bpmn"}


def test_a_process_that_moved_to_another_file_is_not_there_twice() -> None:
    own, around = {"new.bpmn": diagram("a")}, [{"old.bpmn": diagram("a")}, {"broken.bpmn": b"<"}]
    found = from_files(own, around)
    assert (found.findings, found.processes["a"].file, set(found.files)) == ([], "new.bpmn", {"new.bpmn"})
