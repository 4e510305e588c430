"""Every rule of lint: it is in the catalogue, something breaks it, something sound does not, and it says what to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from app import decisions, outbox
from app.cli import main as shell
from app.definitions import diagnoses, purposes
from app.definitions.lint import bundles, catalogue, lint, lint_paths
from app.definitions.rules import read
from app.engine import Bundle, check
from app.errors import Finding
from app.settings import ROOT
from tests.unit.definitions.borrowed import BORROWED, NEIGHBOURS, TABLES
from tests.unit.definitions.sample import KNOWN, TABLE, bundle, looked_at
from tests.unit.definitions.spoiling import SPOILING
from tests.unit.definitions.test_lint import SPOILT, spoilt
from tests.unit.engine.test_check import ERRORS, sound
from tests.unit.engine.test_check import bundle as drawn

#: said by the engine's own check, and by lint in other words
OTHERWISE = bundles._SAID_HERE
RULES = catalogue.rules()


def _stopped(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    def stumbles(_: object) -> None:
        raise KeyError

    monkeypatch.setattr(bundles, "CHECKS", (stumbles,))
    return looked_at(bundle())


REGISTERS: dict[str, Callable[[], list[Finding]]] = {
    "rules-ledger": lambda: read(b"[")[1],
    "purposes-register": lambda: purposes.read(b"[")[1],
    "diagnoses-list": lambda: diagnoses.read(b'[conditions.a]\nwords = ["stress"]')[1],
    "notice": lambda: outbox.check(b"[x", "notices.toml"),
}


def _without_a_place(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """Findings about files that are not in a bundle."""
    if rule == "lint-stopped":
        return _stopped(monkeypatch)
    if rule == "dmn-rows":
        row = TABLE[TABLE.index("<rule ") : TABLE.index("</rule>") + 7]
        return decisions.check(TABLE.replace(row, row * 3_000).encode(), "policy.dmn")
    if rule in REGISTERS:
        return REGISTERS[rule]()
    if rule == "unreadable":
        return []
    if rule == "process-missing":
        told = CliRunner().invoke(shell, ["lint", str(tmp_path), "--format", "json"])
        return [Finding(**one) for one in orjson.loads(told.stdout)["findings"]]
    (tmp_path / "a.txt").write_text("x")
    return lint_paths([tmp_path / "a.txt"])


def broken(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """Findings in something that breaks the rule."""
    if rule in SPOILING:
        return looked_at(SPOILING[rule]())
    for name, old, new, expected in SPOILT:
        if expected[1] == rule:
            return looked_at(spoilt(name, old, new))
    for expected, diagram, tops in ERRORS:
        if expected == rule:
            return lint(drawn(diagram, tops=tops, files={"consent.form": b"{}"}))
    return _without_a_place(rule, tmp_path, monkeypatch)


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"unreadable"}))
def test_something_breaks_it_and_is_told_what_to_do(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [one for one in broken(rule, tmp_path, monkeypatch) if one.rule == rule]
    assert found
    for one in catalogue.advised(found):
        assert one.severity == RULES[rule].severity or rule in VARIES
        assert one.message.strip()
        assert one.message[-1] in ".?!)"
        assert one.advice.strip()


#: an error where it cannot run, a warning where it can
VARIES = {"form-property", "form-version", "form-type", "dmn-cells"}


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"unreadable", "lint-stopped", "dmn-rows", "file"}))
def test_the_example_is_what_lint_says(rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {one.message for one in broken(rule, tmp_path, monkeypatch) if one.rule == rule}
    assert RULES[rule].example in said or rule in {"rules-ledger", "purposes-register"}


def test_a_sound_bundle_breaks_none() -> None:
    assert looked_at(bundle()) == []
    assert check(drawn(sound(), files={"consent.form": b"{}"})) == []


@pytest.mark.parametrize("rule", sorted(NEIGHBOURS))
def test_what_differs_in_one_point_breaks_none_of_its_kind(rule: str) -> None:
    kind = rule.partition("-")[0]
    assert [one for one in looked_at(NEIGHBOURS[rule]()) if one.rule.startswith(f"{kind}-")] == []


def test_all_that_is_borrowed_has_a_neighbour() -> None:
    assert {**BORROWED, **TABLES}.keys() == NEIGHBOURS.keys()


def _written() -> set[str]:
    """Every rule id that the code can say."""
    found: set[str] = set()
    for folder in _FOLDERS:
        for path in (ROOT / "app" / folder).glob("*.py"):
            for call in ast.walk(ast.parse(path.read_text())):
                if isinstance(call, ast.Call) and _name(call) in _SAYING:
                    found |= {one for one in map(_text, call.args) if re.fullmatch("[a-z]+(-[a-z]+)+", one)}
    return found


_FOLDERS = ("engine/lint", "definitions", "definitions/lint", "forms", "decisions", "decisions/lint", "outbox", "cli")
_SAYING = ("error", "warning", "warn", "Finding", "_finding", "_of_form", "_one_of", "add", "say")


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _text(argument: ast.expr) -> str:
    return str(argument.value) if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else ""


def test_the_catalogue_has_every_rule_that_the_code_can_say() -> None:
    assert _written() - RULES.keys() - OTHERWISE == set()
    assert len(_written()) > 100


def test_findings_of_a_rule_without_advice_are_given_the_catalogues() -> None:
    bare = Finding("", "", "error", "call-cycle", "Round and round.")
    assert catalogue.advised([bare, bare]) == [
        Finding("", "", "error", "call-cycle", "Round and round.", RULES["call-cycle"].advice)
    ]
    assert catalogue.advised([Finding("", "", "error", "of-nobody", "Oh.")])[0].advice


def test_the_shell_lists_them() -> None:
    told = CliRunner().invoke(shell, ["lint", "--rules"])
    assert told.exit_code == 0
    assert all(
        f"{rule.id} ({rule.severity})\n  {rule.example}\n  {rule.advice}\n" in told.stdout for rule in RULES.values()
    )
    listed = orjson.loads(CliRunner().invoke(shell, ["lint", "--rules", "--format", "json"]).stdout)
    assert [one["id"] for one in listed] == list(RULES)


def test_findings_do_not_depend_on_the_order_of_the_files() -> None:
    made = SPOILING["loop-stuck"]()
    turned = Bundle(made.key, dict(reversed(list(made.files.items()))))
    assert lint(made, KNOWN) == lint(turned, KNOWN)
