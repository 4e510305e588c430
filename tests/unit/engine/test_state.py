"""State as bytes: the same out as in, small, and the same for ever."""

from __future__ import annotations

import threading
from datetime import timedelta

import orjson
import pytest
import zstandard

from app.engine import Bundle, Complete, advance, digest, formats, state
from app.errors import EngineFailure
from tests.unit.engine.models import MONDAY, Diagram, Play, bundle, instances, load
from tests.unit.engine.test_determinism import busy, play_at_random


def content(play: Play) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(zstandard.decompress(play.state or b""))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_loading_and_dumping_gives_the_same_bytes(seed: int) -> None:
    for step in play_at_random(seed).steps:
        workflow, status = state.load(load(busy()), step.state, MONDAY)
        assert state.dump(workflow, status) == step.state


def test_the_diagram_is_not_in_the_state() -> None:
    play = Play(busy(), {"n": 0, "k": 1, "people": ["x"]})
    assert len(play.state or b"") < 1_500
    assert b"bpmn" not in zstandard.decompress(play.state or b"")


def test_the_digest_does_not_depend_on_the_packing() -> None:
    play = Play(busy(), {"n": 0, "k": 1, "people": []})
    raw = zstandard.decompress(play.state or b"")
    assert digest(play.state or b"") == digest(zstandard.ZstdCompressor(level=19).compress(raw))


def test_a_state_of_another_format_is_refused() -> None:
    play = Play(busy(), {"n": 0, "k": 1, "people": []})
    other = zstandard.compress(orjson.dumps({**content(play), "format": 99}))
    with pytest.raises(EngineFailure, match="format 99"):
        advance(play.definition, other, Complete("x", {}), MONDAY)


def test_a_state_of_an_older_format_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if today's format were two ahead of the one in which the state is stored, which called the facts otherwise."""
    play = Play(busy(), {"n": 0, "k": 1, "people": []})
    stored = content(play)
    older = zstandard.compress(orjson.dumps({**stored, "format": 1, "data": stored.pop("facts")}))
    renamed = {1: lambda old: {"known": old.pop("data"), **old}, 2: lambda old: {"facts": old.pop("known"), **old}}
    monkeypatch.setattr(formats, "UPGRADES", renamed)
    monkeypatch.setattr(formats, "FORMAT", 3)
    workflow, _status = state.load(play.definition, older, MONDAY)
    monkeypatch.setattr(state, "FORMAT", 2)
    assert state.dump(workflow, "running") == play.state


def test_a_state_of_another_diagram_is_refused() -> None:
    play = Play(bundle(Diagram().start().user("a").end().chain("start", "a", "end")))
    other = load(bundle(Diagram().start().user("b").end().chain("start", "b", "end")))
    with pytest.raises(EngineFailure, match="“a”"):
        advance(other, play.state, Complete(play.task("a").id, {}), MONDAY)


def monthly() -> Bundle:
    diagram = Diagram().start().add("exclusiveGateway", "m").user("a", "b").add("parallelGateway", "split")
    diagram.add("parallelGateway", "join").add("exclusiveGateway", "x", default="f_back").end("end", "te")
    diagram.timer("t", "a", "R/P7D").chain("t", "te").chain("start", "m", "split", "a", "join", "x")
    diagram.chain("split", "b", "join").flow("x", "m", element="f_back").flow("x", "end", "${stop}")
    return bundle(diagram)


def test_what_reminders_write_does_not_pile_up() -> None:
    diagram = Diagram().start().add("exclusiveGateway", "m").user("a").add("exclusiveGateway", "x", default="f_back")
    diagram.timer("t", "a", "R/P7D").script("s", "reminded", "if reminded = null then 1 else reminded + 1").end("te")
    diagram.end().chain("t", "s", "te").chain("start", "m", "a", "x").flow("x", "m", element="f_back")
    play = Play(bundle(diagram.flow("x", "end", "${stop}")), {"stop": False})
    sizes = []
    for turn in range(60):
        for _ in range(3):
            play.at((play.now + timedelta(days=7)).isoformat())
        play.do("a", turn=turn)
        sizes.append(len(zstandard.decompress(play.state or b"")))
    assert sizes[-1] < sizes[1] * 1.2
    play.do("a", stop=True)
    assert play.facts()["reminded"] == 1  # each reminder begins from the facts of its task
    assert play.facts()["turn"] == 59


def test_instances_one_after_the_other_do_not_pile_up() -> None:
    diagram = Diagram().start().user("u", inside=instances(sequential=True)).end().chain("start", "u", "end")
    play = Play(bundle(diagram), {"people": list(range(60))})
    first = len(content(play)["scopes"][0][2])  # type: ignore[index, call-overload]
    for _ in range(50):
        play.do("u")
    assert len(content(play)["scopes"][0][2]) <= first + 2  # type: ignore[index, call-overload]


def test_threads_share_a_definition_and_never_a_compressor() -> None:
    definition = load(busy())
    before = definition.fingerprint()
    expected = {seed: digest(play_at_random(seed).state or b"") for seed in range(8)}
    wrong: list[int] = []

    def run(seed: int) -> None:
        found = {digest(play_at_random(seed).state or b"") for _ in range(3)}
        wrong.extend([seed] if found != {expected[seed]} else [])

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert definition.fingerprint() == before


def test_the_fingerprint_sees_a_change() -> None:
    definition = load(monthly())
    before = definition.fingerprint()
    definition.main.task_specs["x"].default_task_spec = "end"
    try:
        assert definition.fingerprint() != before
    finally:
        definition.main.task_specs["x"].default_task_spec = "m"
