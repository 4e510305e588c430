"""Whoever alters, removes or shortens the files of the log is found out, and so is who does it to looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.cases import Waymark, commands, queries
from app.cases.checkpoints.tables import checkpoint
from app.cases.looks.tables import look, look_head
from app.history.chain import GENESIS
from app.history.checkpoints import Key, Leaf, Log, LogAltered, PublicKey, kept_key
from app.history.checkpoints import folder as files
from tests.chaos.world import NOW, PRACTITIONER, World, days
from tests.db.reads.looking import read
from tests.db.reads.test_chain import as_owner

Tamper = Callable[[Path], object]


@pytest.fixture
def w(sqlite_world: World) -> Waymark:
    """Three checkpoints, each with entries of its own."""
    settings = sqlite_world.waymark.settings
    made = replace(sqlite_world.waymark, settings=replace(settings, checkpoints=settings.var / "log"))
    for number in range(3):
        sqlite_world.start()
        commands.write_checkpoint(made, NOW + days(number))
    return made


def folder(w: Waymark) -> Path:
    assert w.settings.checkpoints is not None
    return w.settings.checkpoints


def key(w: Waymark) -> Key:
    return kept_key(w.settings.checkpoint_key, "")


def faults(w: Waymark, **more: object) -> list[int]:
    """Numbers of the checkpoints that are named."""
    found = queries.verify_history(w, **more)  # type: ignore[arg-type]
    assert found.faults == ()
    assert found.log is not None
    assert all(one.what for one in found.log.faults)
    assert found.whole == (not found.log.faults)
    return [one.number for one in found.log.faults]


def change(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


def first_line_last(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[1:], lines[0]]))


def last_line_gone(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def leaves(number: int) -> Callable[[Path], Path]:
    return lambda log: files.leaves_of(log, number)


def a_line_more(path: Path) -> None:
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])


TAMPERS: dict[str, tuple[list[int], Tamper]] = {
    "another hash": ([2], lambda log: change(files.leaves_of(log, 2), b'"hash":"', b'"hash":"0')),
    "another number": ([2], lambda log: change(files.leaves_of(log, 2), b'"seq":1}', b'"seq":9}')),
    "rubbish": ([2], lambda log: change(files.leaves_of(log, 2), b'{"case"', b'["case"')),
    "other order": ([2], lambda log: first_line_last(files.leaves_of(log, 2))),
    "an entry gone": ([2], lambda log: last_line_gone(files.leaves_of(log, 2))),
    "an entry more": ([3], lambda log: a_line_more(files.leaves_of(log, 3))),
    "cut within a line": ([3], lambda log: leaves(3)(log).write_bytes(leaves(3)(log).read_bytes()[:-20])),
    "entries emptied": ([1], lambda log: files.leaves_of(log, 1).write_bytes(b"")),
    "entries gone": ([2], lambda log: files.leaves_of(log, 2).unlink()),
    "another size": ([2], lambda log: change(files.note_of(log, 2), b"/history\n", b"/history\n1")),
    "another day": ([2], lambda log: change(files.note_of(log, 2), b"2026-11-03", b"2026-11-04")),
    "a checkpoint emptied": ([2], lambda log: files.note_of(log, 2).write_bytes(b"")),
    "a checkpoint gone": ([2], lambda log: files.note_of(log, 2).unlink()),
    "no text": ([2], lambda log: files.note_of(log, 2).write_bytes(b"\xff\xfe")),
    "the last gone": ([3], lambda log: (files.note_of(log, 3).unlink(), files.leaves_of(log, 3).unlink())),
    "an old one again": ([3], lambda log: files.note_of(log, 3).write_bytes(files.note_of(log, 2).read_bytes())),
    "all gone": ([1, 2, 3], lambda log: [one.unlink() for one in log.iterdir()]),
}


@pytest.mark.rule("XX-3", "breaks")
def test_whatever_is_done_to_the_files_is_found_and_named(w: Waymark) -> None:
    assert faults(w) == []
    kept = {one: one.read_bytes() for one in folder(w).iterdir()}
    for name, (named, tamper) in TAMPERS.items():
        tamper(folder(w))
        assert faults(w)[: len(named)] == named, name
        for path, data in kept.items():
            path.write_bytes(data)
    assert faults(w) == []


@pytest.mark.parametrize("kind", ["another hash", "rubbish", "an entry gone"])
def test_the_line_is_named_where_this_machine_knew_it(w: Waymark, kind: str) -> None:
    was = [Leaf.read(line) for line in files.lines(folder(w), 2)]
    TAMPERS[kind][1](folder(w))
    found = queries.verify_history(w).log
    assert found is not None
    assert [one.leaf for one in found.faults if one.leaf] == [was[-1 if kind == "an entry gone" else 0]]
    for one in w.settings.var.glob("checkpoints-*"):
        one.unlink()
    found = queries.verify_history(w).log
    assert found is not None
    assert [(one.number, one.leaf) for one in found.faults] == [(2, None)]


def resigned(w: Waymark, by: Key) -> None:
    """The log up to the second checkpoint, with one entry rewritten, all signed anew."""
    log = folder(w)
    change(files.leaves_of(log, 1), b'"hash":"', b'"hash":"0')
    fresh = log.with_name("fresh")
    fresh.mkdir()
    with Log(fresh).index() as index:
        for number in (1, 2, 3):
            its = [leaf for line in files.lines(log, number) if (leaf := Leaf.read(line))]
            Log(fresh).append(index, its, by, NOW + days(number - 1))
    for one in fresh.iterdir():
        one.replace(log / one.name)


def test_a_log_that_was_signed_anew_by_another_key_is_found(w: Waymark) -> None:
    resigned(w, Key(key(w).name, b"x" * 32))
    assert faults(w) == [1, 2, 3]


def test_a_log_that_was_signed_anew_by_the_same_key_is_found_by_what_was_kept(w: Waymark) -> None:
    """Who has the key, too, is found by what the database remembers, and by what somebody took away."""
    brought = files.read_note(folder(w), 2)
    assert faults(w, given=[brought]) == []
    resigned(w, key(w))
    found = queries.verify_history(w)
    assert found.log is not None
    assert [one.number for one in found.log.faults] == [1, 2, 3]
    with sa.create_engine(w.settings.database_url).begin() as owner:
        owner.exec_driver_sql("DROP TRIGGER checkpoint_no_delete")
        owner.execute(checkpoint.delete())
    # the entry whose leaf was altered is now taken for an altered entry: said either way
    assert not queries.verify_history(w).whole
    told = queries.verify_history(w, given=[brought]).log
    assert told is not None
    assert [one.number for one in told.faults] == [0]
    assert "you brought" in told.faults[0].what


def test_a_brought_note_of_another_key_is_no_proof(w: Waymark) -> None:
    other = Key("other", bytes(32))
    assert faults(w, given=[other.sign("text\n"), "rubbish"]) == [0, 0]
    assert faults(w, key=other.public) == [1, 2, 3]
    assert faults(w, key=PublicKey.read(key(w).public.vkey)) == []


def test_the_writer_does_not_go_on_behind_a_log_that_lost_its_end(sqlite_world: World, w: Waymark) -> None:
    files.note_of(folder(w), 3).unlink()
    sqlite_world.start()
    with pytest.raises(LogAltered, match="Checkpoint 3 was in"):
        commands.write_checkpoint(w, NOW + days(3))
    # nor when this machine has forgotten: the database has not
    for one in w.settings.var.glob("checkpoints-*"):
        one.unlink()
    with pytest.raises(LogAltered, match="Checkpoint 3 was in"):
        commands.write_checkpoint(w, NOW + days(3))
    assert files.numbers(folder(w)) == [1, 2]


def test_a_writer_without_its_index_makes_it_anew(sqlite_world: World, w: Waymark) -> None:
    for one in w.settings.var.glob("checkpoints-*"):
        one.unlink()
    sqlite_world.start()
    written = commands.write_checkpoint(w, NOW + days(3))
    assert (written.number, written.doubts) == (4, ())
    assert faults(w) == []


def test_a_writer_without_its_index_does_not_sign_what_is_not_signed(w: Waymark) -> None:
    for one in w.settings.var.glob("checkpoints-*"):
        one.unlink()
    change(files.leaves_of(folder(w), 2), b'"hash":"', b'"hash":"0')
    with pytest.raises(LogAltered, match="not those that it signs"):
        commands.write_checkpoint(w, NOW + days(3))


def test_looks_that_were_written_anew_with_their_end_are_found(sqlite_world: World, w: Waymark) -> None:
    case_id, now = sqlite_world.case_at("confirm_sharing")
    for number in range(3):
        read(sqlite_world, PRACTITIONER, case_id, now + days(number / 24), "answers")
    commands.write_checkpoint(w, now + days(1))
    assert queries.verify_looks(w) == (3, ())
    with as_owner(sqlite_world) as connection:
        before = connection.execute(sa.select(look.c.hash).where(look.c.seq == 1)).scalar_one()
        connection.execute(look.delete().where(look.c.seq > 1))
        connection.execute(look_head.update().values(seq=1, hash=before))
    assert queries.verify_looks(sqlite_world.waymark) == (1, ())
    _number, (fault,) = queries.verify_looks(w)
    assert (fault.case_id, fault.seq) == (case_id, 2)
    assert fault.what.startswith("entries 2 to 3 are missing; at the checkpoint of ")
    # a writer that comes by sees that the end is another one, without reading all
    (doubt,) = commands.write_checkpoint(w, now + days(2)).doubts
    assert (doubt.case_id, doubt.seq) == (case_id, 2)
    with sa.create_engine(w.settings.database_url).begin() as connection:
        connection.execute(look.delete())
        connection.execute(look_head.update().values(seq=0, hash=GENESIS))
    _number, (fault,) = queries.verify_looks(w)
    assert (fault.case_id, fault.seq) == (case_id, 1)
