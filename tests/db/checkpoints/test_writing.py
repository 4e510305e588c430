"""Checkpoints hold each entry once, in the order in which they took them, whatever happens meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.cases import Waymark, commands, queries
from app.cases.checkpoints.writing import NoCheckpoints
from app.history.checkpoints import CASE, LOOK, Leaf, Log, proof_for
from app.history.checkpoints import folder as files
from app.history.merkle import leaf_hash, verify_inclusion
from tests.chaos.world import NOW, PRACTITIONER, World, days


@pytest.fixture
def w(world: World) -> Waymark:
    """The world's, with a folder for checkpoints."""
    return replace(
        world.waymark, settings=replace(world.waymark.settings, checkpoints=world.waymark.settings.var / "log")
    )


def leaves(w: Waymark) -> list[Leaf]:
    assert w.settings.checkpoints is not None
    there = files.numbers(w.settings.checkpoints)
    found = [Leaf.read(line) for number in there for line in files.lines(w.settings.checkpoints, number)]
    assert None not in found
    return found  # type: ignore[return-value]


def test_each_entry_is_taken_once(world: World, w: Waymark) -> None:
    first = world.start().case_id
    size = world.row(first).history_seq
    one = commands.write_checkpoint(w, NOW)
    assert (one.number, one.size, one.new, one.doubts) == (1, size, size, ())
    second, now = world.case_at("triage")
    world.pass_time(first, now)
    case_id, now = world.case_at("confirm_sharing")
    queries.case(w, world.actors[PRACTITIONER], case_id, now, parts=("answers",))
    two = commands.write_checkpoint(w, now)
    assert two.size == one.size + two.new
    three = commands.write_checkpoint(w, now)
    assert (three.number, three.new, three.root) == (3, 0, two.root)
    found = leaves(w)
    for one_case in (first, second, case_id):
        seqs = [leaf.seq for leaf in found if (leaf.chain, leaf.case_id) == (CASE, one_case)]
        assert seqs == list(range(1, world.row(one_case).history_seq + 1))
    assert [leaf.seq for leaf in found if (leaf.chain, leaf.case_id) == (LOOK, case_id)] == [1]


def test_a_proof_holds_by_itself(world: World, w: Waymark) -> None:
    case_id, now = world.case_at("triage")
    world.start()
    written = commands.write_checkpoint(w, now)
    assert w.settings.checkpoints is not None
    proof = proof_for(w.settings.checkpoints, case_id)
    assert proof is not None
    assert proof == proof_for(w.settings.checkpoints, case_id, cache=w.settings.var)
    path = [bytes.fromhex(step) for step in proof.path]
    root = bytes.fromhex(written.root)
    assert verify_inclusion(leaf_hash(proof.leaf.encode()), proof.index, proof.size, path, root)
    told = Leaf.read(proof.leaf.encode())
    assert told is not None
    assert (told.case_id, told.hash) == (case_id, world.row(case_id).history_hash)
    assert proof_for(w.settings.checkpoints, "another") is None


def test_only_one_writes_and_only_when_it_is_time(world: World, w: Waymark) -> None:
    world.start()
    assert w.settings.checkpoints is not None
    with Log(w.settings.checkpoints).held():
        assert commands.checkpoint_when_due(w) is None
    first = commands.checkpoint_when_due(w)
    assert first is not None
    assert commands.checkpoint_when_due(w) is None
    sooner = replace(w, settings=replace(w.settings, checkpoint_minutes=0))
    assert commands.checkpoint_when_due(sooner) is not None
    assert commands.checkpoint_when_due(world.waymark) is None
    with pytest.raises(NoCheckpoints):
        commands.write_checkpoint(world.waymark, NOW + days(1) + timedelta(hours=1))
