"""Files in the database: sealed in pieces, kept as they were sent, counted, cleared away, on both databases."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.cases import Waymark, commands, queries
from app.cases.commands import Target, Upload
from app.cases.views import FileView
from app.engine import Bundle
from app.errors import InvalidAnswers, NotFound
from app.files import ScannerAway, Spool
from app.history import history_event
from app.records import RecordUnreadable, attachment, attachments
from app.records.attachments import attachment_piece
from app.settings import ROOT
from benchmarks.wire import counted
from tests.chaos.world import EMPLOYEE, MANAGER, NOW, STRANGER, World
from tests.files_kit import EICAR, PDF, pdf
from tests.unit.engine.models import Diagram

REFERRAL = Target(process_key="referral")
DAY = timedelta(days=1)
TEN = pdf(size=9_900_000)


@contextmanager
def spooled(data: bytes, limit: int = 10_000_000) -> Iterator[Spool]:
    with Spool(limit) as spool:
        for start in range(0, len(data), 100_000):
            spool.write(data[start : start + 100_000])
        yield spool


def put(
    world: World, data: bytes = PDF, who: str = MANAGER, target: Target = REFERRAL, at: datetime = NOW, **more: Any
) -> FileView:
    waymark = Waymark(world.engine, replace(world.waymark.settings, **more.pop("settings", {})))
    path = more.pop("path", "documents")
    with spooled(data) as spool:
        given = Upload(path, more.pop("name", "plan.pdf"), spool, more.pop("key", ""))
        return commands.upload(waymark, world.actors[who], target, given, at)


def started(world: World, *ids: str) -> str:
    answers = {**world.answers("start", NOW), "documents": list(ids)}
    return commands.start(world.waymark, world.actors[MANAGER], "referral", answers, NOW).case_id


def asked(world: World, number: int = 1) -> tuple[str, str]:
    """(case id, id of a task whose form takes files), in a process of one task."""
    diagram = Diagram("asking", "Asking").start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.user("answer", camunda__formRef="gp-received", camunda__candidateGroups="referring_manager").end()
    forms = {f"{name}.form": (ROOT / "forms" / f"{name}.form").read_bytes() for name in ("referral", "gp-received")}
    bundle = Bundle("asking", {"asking.bpmn": diagram.chain("start", "answer", "end").xml(), **forms})
    with db.transaction(world.engine) as connection:
        definitions.deploy(connection, bundle, "system", str(number), NOW)
    answers = world.answers("start", NOW)
    case_id = commands.start(world.waymark, world.actors[MANAGER], "asking", answers, NOW, f"s{number}").case_id
    return case_id, world.task(case_id, "answer")


def rows(world: World, table: sa.Table) -> list[sa.Row[Any]]:
    return world.rows(sa.select(table))


def read(world: World, case_id: str, file_id: str, who: str = EMPLOYEE) -> bytes:
    return b"".join(queries.attachment(world.waymark, world.actors[who], case_id, file_id, NOW).pieces)


def test_a_file_goes_into_the_case_sealed_and_comes_out_as_it_was(world: World) -> None:
    kept = put(world, TEN, name="Größe.pdf")
    case_id = started(world, kept.id)
    found = queries.attachment(world.waymark, world.actors[EMPLOYEE], case_id, kept.id, NOW)
    assert (found.file.name, found.file.what) == ("Größe.pdf", "PDF, 9.9 MB")
    assert b"".join(found.pieces) == TEN
    pieces = rows(world, attachment_piece)
    assert len(pieces) == -(-len(TEN) // attachments.PIECE)
    assert not any(b"xxxxxxxx" in bytes(one.sealed) for one in pieces)
    (history,) = [one for one in rows(world, history_event) if one.kind == "command.start"]
    assert '"documents"' in history.body
    assert "Gr" not in history.body
    with pytest.raises(NotFound):
        read(world, case_id, kept.id, STRANGER)


def test_memory_stays_flat_for_a_large_file(sqlite_world: World) -> None:
    world = sqlite_world
    small = put(world)
    with spooled(TEN) as spool:
        given = Upload("documents", "plan.pdf", spool)
        tracemalloc.start()
        kept = commands.upload(world.waymark, world.actors[MANAGER], REFERRAL, given, NOW)
        case_id = started(world, kept.id, small.id)
        length = sum(
            len(piece)
            for piece in queries.attachment(world.waymark, world.actors[EMPLOYEE], case_id, kept.id, NOW).pieces
        )
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert length == len(TEN)
    assert peak < 6_000_000


def test_what_was_sent_cannot_be_changed_or_taken_away(world: World) -> None:
    kept = put(world)
    case_id = started(world, kept.id)
    for statement in (
        "UPDATE attachment SET size = 1",
        "DELETE FROM attachment",
        "DELETE FROM attachment_piece",
        "UPDATE attachment_piece SET number = number + 1",
        f"INSERT INTO attachment_piece VALUES ('{kept.id}', 99, '')",  # noqa: S608 -- our own id
    ):
        with pytest.raises(sa.exc.DBAPIError, match="is not changed"), db.transaction(world.engine) as connection:
            connection.exec_driver_sql(statement)
    with db.transaction(world.engine) as connection:
        attachments.take_away(connection, [kept.id])
    assert read(world, case_id, kept.id) == PDF


def test_a_piece_that_was_altered_or_is_missing_is_not_handed_out(sqlite_world: World) -> None:
    world = sqlite_world
    kept = put(world, pdf(size=600_000))
    with db.transaction(world.engine) as connection:
        for trigger in ("attachment_piece_no_update", "attachment_piece_no_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
    case_id = started(world, kept.id)
    swap = "UPDATE attachment_piece SET number = CASE number WHEN 0 THEN 11 WHEN 1 THEN 10 ELSE 12 END"
    back = "UPDATE attachment_piece SET number = number - 10"
    for statements in ((swap, back), ("DELETE FROM attachment_piece WHERE number = 0",)):
        with db.transaction(world.engine) as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        with pytest.raises(RecordUnreadable):
            read(world, case_id, kept.id)


def test_files_of_one_case_have_a_limit_together(world: World) -> None:
    settings = {"largest_case": 1500}
    case_id = started(world)
    task = Target(task_id=world.task(case_id, "give_consent"))
    with pytest.raises(InvalidAnswers) as none:
        put(world, who=EMPLOYEE, target=task)
    assert none.value.messages == {"documents": "No file is asked for here"}
    for number in range(len(PDF) and 3000 // (len(PDF) + 100)):
        put(world, PDF.replace(b"1.7", b"1.%d" % (number % 10), 1), key=f"k{number}", settings=settings)
    with pytest.raises(InvalidAnswers) as full:
        put(world, pdf(size=2900), settings=settings)
    assert "does not fit" in full.value.messages["documents"]


def test_what_nobody_sends_is_cleared_away_after_a_day(world: World) -> None:
    sent = put(world, key="a")
    case_id = started(world, sent.id)
    put(world, key="b", at=NOW + timedelta(hours=2))
    assert commands.clear_files(world.waymark, NOW + DAY) == 0
    assert commands.clear_files(world.waymark, NOW + DAY + timedelta(hours=3)) == 1
    assert commands.clear_files(world.waymark, NOW + 9 * DAY) == 0
    assert [one.id for one in rows(world, attachment)] == [sent.id]
    assert {one.attachment_id for one in rows(world, attachment_piece)} == {sent.id}
    assert read(world, case_id, sent.id) == PDF


def test_a_draft_keeps_its_files_until_its_task_is_over(world: World) -> None:
    (case_id, task_id), now = asked(world), NOW
    target = Target(task_id=task_id)
    named, other = (put(world, target=target, path="report_files", key=key, name=f"{key}.pdf") for key in "ab")
    commands.save_draft(world.waymark, world.actors[MANAGER], task_id, {"report_files": [named.id]}, now)
    assert commands.clear_files(world.waymark, now + 2 * DAY) == 1
    assert [one.id for one in rows(world, attachment)] == [named.id]
    assert set(queries.uploads(world.waymark, world.actors[MANAGER], target)) == {named.id}
    commands.cancel(world.waymark, world.actors[MANAGER], case_id, "Gone", now + 2 * DAY)
    assert commands.clear_files(world.waymark, now + 3 * DAY) == 1
    assert other.id != named.id


def test_to_erase_a_class_is_to_erase_its_files(world: World) -> None:
    kept = put(world)
    case_id = started(world, kept.id)
    with db.transaction(world.engine) as connection:
        connection.exec_driver_sql("UPDATE cases SET data_keys = '{}'")
    with pytest.raises((NotFound, RecordUnreadable)):
        read(world, case_id, kept.id)


def test_a_completion_without_files_asks_nothing_more_of_the_database(postgres_world: World) -> None:
    world = postgres_world
    answers = {"received_on": "2026-11-02", "kept_at": "Shelf 4"}
    tasks = [asked(world, number)[1] for number in range(3)]
    kept = put(world, target=Target(task_id=tasks[2]), path="report_files")
    commands.complete(world.waymark, world.actors[MANAGER], tasks[0], answers, None, NOW)
    with counted(world.engine) as without:
        commands.complete(world.waymark, world.actors[MANAGER], tasks[1], answers, None, NOW)
    answers["report_files"] = [kept.id]  # type: ignore[assignment]
    with counted(world.engine) as with_file:
        commands.complete(world.waymark, world.actors[MANAGER], tasks[2], answers, None, NOW)
    assert with_file.statements == without.statements + 1


@pytest.mark.parametrize(("code", "words"), [(1, "may hold a virus"), (0, "")])
def test_an_infected_file_is_refused_and_nothing_is_stored(
    sqlite_world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture, code: int, words: str
) -> None:
    program = tmp_path / "scan"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\nexit {code}\n")
    program.chmod(0o700)
    settings = {"scanner": f"command:{program}"}
    if not words:
        assert put(sqlite_world, EICAR, name="eicar.txt", settings=settings).scanned
        assert rows(sqlite_world, attachment)[0].scan == "clean"
        return
    with pytest.raises(InvalidAnswers) as refused:
        put(sqlite_world, EICAR, name="eicar.txt", settings=settings)
    assert words in refused.value.messages["documents"]
    assert rows(sqlite_world, attachment) == rows(sqlite_world, attachment_piece) == []
    assert "infected file refused" in caplog.text
    assert "eicar" not in caplog.text


def test_without_a_word_from_the_scanner_nothing_is_taken(sqlite_world: World) -> None:
    with pytest.raises(ScannerAway, match="Try again later"):
        put(sqlite_world, settings={"scanner": "command:/nowhere/scan"})
    assert rows(sqlite_world, attachment) == []
