"""The judge of `make tck` finds what is wrong, and says when it has no cases to judge by."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from dmn_builder import decision, dmn, literal, table

from tests.tck import __main__ as tck
from tests.tck import source
from tests.tck.judge import Verdict, judge
from tests.tck.models import NOT_HELD
from tests.tck.suite import questions

SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
NIL = '<value xsi:nil="true"/>'


def value(kind: str, text: str) -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def case(decision: str, expected: str, inputs: str = "", attributes: str = "") -> str:
    result = f'<resultNode name="{decision}" {attributes}><expected>{expected}</expected></resultNode>'
    return f'<testCase id="1">{inputs}{result}</testCase>'


def checkout(root: Path, model: bytes, second: str, third: str = "") -> Path:
    """A checkout with one model and its cases at each level."""
    for level, cases in ((2, second), (3, third or second)):
        folder = root / "TestCases" / f"compliance-level-{level}" / "0001-own"
        folder.mkdir(parents=True)
        (folder / "own.dmn").write_bytes(model)
        (folder / "own-test-01.xml").write_text(
            f'<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="{SCHEMA}">'
            f"<modelName>own.dmn</modelName>{cases}</testCases>"
        )
    return root


def judged(root: Path, logic: str, cases: str) -> list[Verdict]:
    level = checkout(root, dmn(decision("p", logic)), cases) / "TestCases" / "compliance-level-2"
    return [judge(question) for question in questions(level)]


@pytest.mark.parametrize(
    ("logic", "expected", "right"),
    [
        (literal("1/3"), value("decimal", "0.3333333333"), True),
        (literal("1/3"), value("decimal", "0.3333"), False),
        (literal('"1"'), value("decimal", "1"), False),
        (literal("1"), value("string", "1"), False),
        (literal("true"), value("boolean", "true"), True),
        (literal('"true"'), value("boolean", "true"), False),
        (literal("null"), NIL, True),
        (literal("false"), NIL, False),
        (literal('@"2026-03-01"'), value("date", "2026-03-01"), True),
        (literal('@"2026-03-01T00:00:00"'), value("date", "2026-03-01"), False),
        (literal('@"2026-03-01T10:00:00+01:00"'), value("dateTime", "2026-03-01T09:00:00Z"), True),
        (literal('@"2026-03-01T09:00:00"'), value("dateTime", "2026-03-01T09:00:00Z"), False),
        (literal('@"P1M"'), value("duration", "P1M"), True),
        (
            literal('[1, "a"]'),
            f"<list><item>{value('decimal', '1')}</item><item>{value('string', 'a')}</item></list>",
            1,
        ),
        (literal("[1]"), f"<list><item>{value('decimal', '1')}</item><item>{NIL}</item></list>", False),
        (literal("{a: 1}"), f'<component name="a">{value("decimal", "1")}</component>', True),
        (literal("{a: 1, b: 2}"), f'<component name="a">{value("decimal", "1")}</component>', False),
        (table(["n"], ["x"], [(["> 5"], ["1"])]), NIL, True),
        (literal("1 +"), NIL, False),
    ],
)
def test_right_is_right_and_wrong_is_wrong(tmp_path: Path, logic: str, expected: str, right: bool) -> None:
    assert [verdict.right for verdict in judged(tmp_path, logic, case("p", expected))] == [right]


def test_a_fault_in_words_counts_where_a_fault_is_asked(tmp_path: Path) -> None:
    (verdict,) = judged(tmp_path, literal("1 +"), case("p", NIL, attributes='errorResult="true"'))
    assert (verdict.right, verdict.told) == (True, True)


def test_inputs_are_typed(tmp_path: Path) -> None:
    given = f'<inputNode name="days">{value("decimal", "5")}</inputNode>'
    (verdict,) = judged(tmp_path, literal("days * 2"), case("p", value("decimal", "10"), given))
    assert verdict.right


def test_what_a_table_cannot_hold_is_set_apart(tmp_path: Path) -> None:
    (verdict,) = judged(tmp_path, "<context/>", case("p", value("decimal", "10")))
    assert (verdict.right, verdict.not_held) == (False, "is a boxed context")


def test_null_for_want_of_what_is_not_held_is_no_merit(tmp_path: Path) -> None:
    needs = '<knowledgeRequirement><requiredKnowledge href="#bkm"/></knowledgeRequirement>'
    (verdict,) = judged(tmp_path, needs + literal("bkm"), case("p", NIL))
    assert (verdict.right, verdict.not_held) == (False, NOT_HELD["businessKnowledgeModel"])


def test_a_fault_elsewhere_in_the_file_does_not_count(tmp_path: Path) -> None:
    model = dmn(decision("p", literal("q + 1"), requires=["q"]), decision("q", literal("1")), decision("r", "<list/>"))
    level = checkout(tmp_path, model, case("p", value("decimal", "2"))) / "TestCases" / "compliance-level-2"
    assert [judge(question).right for question in questions(level)] == [True]


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "recorded.toml"
    monkeypatch.setattr(tck, "RECORDED", path)
    path.write_text("[level-2.out]\n[level-3]\nright = 1\n")
    return path


GOOD, BAD = value("decimal", "1"), value("decimal", "2")


@pytest.mark.parametrize(
    ("second", "third", "code"),
    [
        (case("p", GOOD), case("p", GOOD), 0),
        (case("p", BAD), case("p", GOOD), 1),
        (case("p", GOOD), case("p", BAD), 1),
        (case("p", GOOD), case("p", GOOD) + case("p", BAD), 0),
        (case("p", GOOD) + case("q", GOOD), case("p", GOOD), 1),
        ("", case("p", GOOD), 1),
    ],
)
def test_the_verb_ends_by_what_is_recorded(tmp_path: Path, recorded: Path, second: str, third: str, code: int) -> None:
    where = checkout(tmp_path, dmn(decision("p", literal("1"))), second, third)
    assert tck.main(["--tck", str(where), "-v"]) == code


def test_what_is_left_out_must_be_named(tmp_path: Path, recorded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = dmn(decision("p", literal("1")), decision("q", "<list/>"))
    where = checkout(tmp_path, model, case("p", GOOD) + case("q", GOOD), case("p", GOOD))
    assert tck.main(["--tck", str(where)]) == 1
    assert "leaves out 0001-own" in capsys.readouterr().out
    recorded.write_text('[level-2.out]\n"0001-own" = "a list"\n[level-3]\nright = 1\n')
    assert tck.main(["--tck", str(where)]) == 0


def test_without_cases_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tck.main(["--tck", str(tmp_path)]) == 2
    assert "holds no checkout" in capsys.readouterr().err


def _repository(root: Path) -> str:
    """A git repository with one case; its commit."""
    checkout(root, dmn(decision("p", literal("1"))), case("p", GOOD))
    (root / "results").mkdir()
    (root / "results" / "large.txt").write_text("not needed")
    git = ["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "cases"]):
        subprocess.run([*git, *words], check=True, capture_output=True)  # noqa: S603
    return subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


def test_the_pinned_commit_is_fetched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "origin").mkdir()
    commit = _repository(tmp_path / "origin")
    monkeypatch.setattr(source, "REPOSITORY", (tmp_path / "origin").as_uri())
    monkeypatch.setattr(source, "COMMIT", commit)
    monkeypatch.setattr(source, "KEPT", tmp_path / "kept")
    cases = source.official_cases(None)
    assert cases == tmp_path / "kept" / commit / "TestCases"
    assert not (cases.parent / "results").exists()
    monkeypatch.setattr(source, "REPOSITORY", "file:///nowhere")
    assert source.official_cases("") == cases


def test_a_network_that_refuses_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(source, "REPOSITORY", (tmp_path / "nowhere").as_uri())
    monkeypatch.setattr(source, "KEPT", tmp_path / "kept")
    assert tck.main([]) == 2
    assert "make tck TCK=/path/to/tck" in capsys.readouterr().err
