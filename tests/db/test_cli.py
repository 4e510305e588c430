"""The shell's commands over a real database: what a script reads, and the exit codes."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from app.cases.looks.tables import look_head
from app.cases.tables import case
from app.cli import main
from app.settings import ROOT, Settings

PASSWORD = "correct horse battery"


class Shell:
    def __init__(self, env: dict[str, str]) -> None:
        self.env = env

    def __call__(self, *arguments: str, stdin: str = "", **env: str) -> Result:
        return CliRunner().invoke(main, list(arguments), input=stdin, env={**self.env, **env})

    def good(self, *arguments: str, stdin: str = "") -> str:
        result = self(*arguments, stdin=stdin)
        assert result.exit_code == 0, result.output
        return str(result.stdout)


@pytest.fixture
def shell(settings: Settings) -> Shell:
    return Shell({"WAYMARK_DATABASE_URL": settings.database_url, "WAYMARK_VAR": str(settings.var), "WAYMARK_DEMO": "1"})


@pytest.fixture
def peopled(shell: Shell) -> Shell:
    shell.good("organisation", "create", "well", "--name", "Well Work", "--kind", "provider")
    shell.good("organisation", "create", "acme", "--name", "Acme", "--kind", "employer", "--provider", "well")
    args = ("user", "create", "mo", "--name", "Mo Khan", "--organisation", "acme", "--role", "manager")
    shell.good(*args, "--password-stdin", stdin=f"{PASSWORD}\n")
    return shell


def refused(result: Result, words: str) -> None:
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_people_are_made_and_listed(peopled: Shell) -> None:
    (user,) = orjson.loads(peopled.good("user", "list", "--format", "json"))
    assert user["username"] == "mo"
    assert user["roles"] == [{"organisation": "acme", "role": "manager"}]
    assert user["active"] is True
    assert PASSWORD not in str(user)
    assert peopled.good("user", "list").splitlines()[1].split() == ["mo", "Mo", "Khan", "acme", "True", "manager"]
    acme, _well = orjson.loads(peopled.good("organisation", "list", "--format", "json"))
    assert acme["provider"] == "well"


def test_refusals_are_one_sentence_and_1(peopled: Shell) -> None:
    args = ("user", "create", "MO", "--name", "M", "--organisation", "acme", "--password-stdin")
    refused(peopled(*args, stdin=f"{PASSWORD}\n"), "already has the username mo")
    args = ("user", "create", "other", "--name", "M", "--organisation", "acme", "--password-stdin")
    refused(peopled(*args, stdin="short\n"), "between 12 and 200")
    refused(peopled(*args, stdin=""), "No password")
    refused(peopled("token", "create", "nobody"), "no user")
    refused(peopled("user", "close", "nobody"), "no user")


def test_a_token_is_printed_alone(peopled: Shell) -> None:
    assert peopled.good("token", "create", "mo", "--label", "script").startswith("wm_")
    assert peopled.good("token", "revoke", "mo") == "1 ended\n"


def test_closing_reopening_and_a_new_password(peopled: Shell) -> None:
    peopled.good("token", "create", "mo")
    peopled.good("user", "close", "mo")
    assert orjson.loads(peopled.good("user", "list", "--format", "json"))[0]["active"] is False
    assert peopled.good("token", "revoke", "mo") == "0 ended\n"
    peopled.good("user", "reopen", "mo")
    peopled.good("user", "password", "mo", "--password-stdin", stdin="another long password\n")


def test_the_clock_moves_in_a_demo_only(shell: Shell) -> None:
    moved = orjson.loads(shell.good("clock", "advance", "3d", "--format", "json"))
    shown = orjson.loads(shell.good("clock", "show", "--format", "json"))
    assert shown["moved_seconds"] == 3 * 86400
    assert shown["now"][:13] == moved["now"][:13]
    refused(shell("clock", "advance", "3d", WAYMARK_DEMO="0"), "only be moved in a demo")
    refused(shell("clock", "advance", "soon"), "like 3d or 2w")
    refused(shell("demo", "seed", WAYMARK_DEMO="0"), "WAYMARK_DEMO=1")


def test_deploying_twice_changes_nothing(shell: Shell) -> None:
    first = orjson.loads(
        shell.good("deploy", str(ROOT / "processes" / "referral"), str(ROOT / "forms"), "--format", "json")
    )
    again = orjson.loads(
        shell.good("deploy", str(ROOT / "processes" / "referral"), str(ROOT / "forms"), "--format", "json")
    )
    assert "referral" in {one["key"] for one in first}
    assert {(one["version"], one["new"]) for one in first} == {(1, True)}
    assert [(one["key"], one["version"], one["new"]) for one in again] == [(one["key"], 1, False) for one in first]
    assert "in force already" in shell.good("deploy", str(ROOT / "processes" / "referral"), str(ROOT / "forms"))


def test_what_lint_refuses_is_not_deployed(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "x.bpmn").write_text("<nothing")
    result = shell("deploy", str(tmp_path))
    refused(result, "x.bpmn: error:")
    assert "cannot be deployed" in result.stderr


def test_the_demo_is_filled_once_and_its_history_holds_until_somebody_alters_it(
    shell: Shell, engine: sa.Engine
) -> None:
    shell.good("deploy", str(ROOT / "processes"))
    assert shell.good("demo", "seed") == "The demo is ready.\n"
    assert "nothing was changed" in shell.good("demo", "seed")
    before = orjson.loads(shell.good("history", "verify", "--format", "json"))
    assert before["cases"] >= 1
    assert before["faults"] == []
    with engine.begin() as conn:
        altered = conn.execute(sa.select(case.c.id)).scalars().first()
        conn.execute(case.update().where(case.c.id == altered).values(history_hash="0" * 64))
    result = shell("history", "verify")
    assert result.exit_code == 1
    assert f"({altered}), entry " in result.stderr
    assert "1 with a fault" in result.stdout
    with engine.begin() as conn:
        conn.execute(look_head.insert(), {"case_id": altered, "seq": 3, "hash": "0" * 64})
    result = shell("history", "verify")
    assert f"({altered}), entry 1: the whole history is missing" in result.stderr
    assert "0 looks checked, 1 chains with a fault" in result.stdout


def test_a_database_without_schema_says_what_to_do(shell: Shell, tmp_path: Path) -> None:
    refused(shell("user", "list", WAYMARK_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}"), "waymark db upgrade")
    nowhere = "postgresql://127.0.0.1:1/nothing"
    refused(shell("user", "list", WAYMARK_DATABASE_URL=nowhere), "WAYMARK_DATABASE_URL")


def test_upgrade_says_where_it_stands(shell: Shell, tmp_path: Path) -> None:
    result = shell("db", "upgrade", WAYMARK_DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}")
    assert (result.exit_code, result.stdout.startswith("The database is at revision ")) == (0, True)
