"""A folder and the workshop never overwrite each other silently; bundles leave and come in by the shell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from app import db, definitions
from app.cases import commands, queries
from app.cli import main, preparing
from app.identity.people import create_account
from app.settings import Settings
from tests.db.workshop.shop import FORM, GAP, HOUR, MAIN, NOW, TWIN, Shop, gap, opened, relabelled


class Shell:
    """Commands over the database of a workshop, beside a folder with what is in force there."""

    def __init__(self, shop: Shop, settings: Settings, folder: Path) -> None:
        self.shop, self.folder = shop, folder
        self.env = {
            "WAYMARK_DATABASE_URL": settings.database_url,
            "WAYMARK_VAR": str(settings.var),
            "WAYMARK_DEMO": "1",
        }
        (folder / "gaps").mkdir(parents=True)
        for name, data in gap().files.items():
            (folder / "gaps" / name).write_bytes(data)

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env=self.env)

    def deploy(self, *more: str) -> Result:
        return self("deploy", str(self.folder), *more)

    def change_folder(self) -> bytes:
        data = relabelled(gap().files[FORM], "From the folder")
        (self.folder / "gaps" / FORM).write_bytes(data)
        return data

    def form_in_force(self) -> bytes:
        with db.reading(self.shop.w.engine) as connection:
            return definitions.current(connection, GAP).bundle.files[FORM]


@pytest.fixture
def shell(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Shell]:
    shop = opened(sqlite_settings)
    with db.transaction(shop.w.engine) as connection:
        create_account(connection, "owner", "owner", hashed="x")
        create_account(connection, "manager", "manager", hashed="x")
    yield Shell(shop, sqlite_settings, tmp_path / "processes")
    shop.w.engine.dispose()


def test_a_folder_replaces_what_a_folder_put_there(shell: Shell) -> None:
    """The control: without the workshop nothing stands in the way."""
    data = shell.change_folder()
    assert shell.deploy().exit_code == 0
    assert shell.form_in_force() == data


def test_a_folder_does_not_replace_what_the_workshop_deployed(shell: Shell) -> None:
    shell.shop.deploy(shell.shop.changed())
    shell.change_folder()
    (shell.folder / "gaps" / "new.bpmn").write_bytes(gap().files[MAIN].replace(b"policy_gap", b"policy_new"))
    before = shell.shop.in_force()
    refused = shell.deploy()
    assert refused.exit_code == 1
    words = "policy_gap: version 2 was deployed in the workshop by Person owner on 3 March 2026: “It was too long”."
    assert words in refused.stderr
    assert f"waymark bundle out {GAP} {GAP}.zip" in refused.stderr
    # the whole is refused, the new process too
    assert shell.shop.in_force() == before
    assert shell.deploy("--replacing", f"{GAP}=1").exit_code == 1
    assert shell.deploy("--replacing", GAP).exit_code == 2
    assert shell.deploy("--replacing", f"{GAP}=2").exit_code == 0
    assert {key: version for key, (version, _) in shell.shop.in_force().items()} == {GAP: 3, TWIN: 2, "policy_new": 1}


def test_a_folder_does_not_replace_a_roll_back(shell: Shell) -> None:
    data = shell.change_folder()
    shell.deploy()
    commands.roll_back(shell.shop.w, shell.shop.owner, GAP, 1, "Too long", NOW + HOUR)
    refused = shell.deploy()
    assert "version 3 was put in force again in the workshop by Person owner" in refused.stderr
    assert shell.form_in_force() == gap().files[FORM] != data


def test_the_same_content_is_no_conflict_and_tells_its_folder(shell: Shell) -> None:
    draft_id = shell.shop.changed()
    shell.shop.deploy(draft_id)
    (shell.folder / "gaps" / FORM).write_bytes(relabelled(gap().files[FORM], "Ask less"))
    answer = shell.deploy("--format", "json")
    assert answer.exit_code == 0
    assert [(one["key"], one["version"], one["new"]) for one in orjson.loads(answer.stdout)] == [(GAP, 2, False)]
    with db.reading(shell.shop.w.engine) as connection:
        found = definitions.current(connection, GAP)
    assert (found.family, found.source) == ("gaps", "workshop")


def test_preparing_leaves_what_the_workshop_deployed_and_says_so(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.shop.deploy(shell.shop.changed())
    kept = shell.form_in_force()
    shell.change_folder()
    (shell.folder / "gaps" / "new.bpmn").write_bytes(gap().files[MAIN].replace(b"policy_gap", b"policy_new"))
    monkeypatch.setattr(preparing, "SHIPPED", (shell.folder,))
    for name, value in shell.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WAYMARK_DEMO", "0")
    preparing.prepare(Settings.from_env())
    told = capsys.readouterr().err
    assert "policy_gap: version 2 was deployed in the workshop by Person owner" in told
    assert "It stays in force" in told
    assert "Deployed policy_new, version 1." in told
    assert shell.form_in_force() == kept


def test_a_bundle_goes_out_and_comes_in_as_a_draft(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "gap.zip"
    assert shell("bundle", "out", GAP, str(file)).stdout == f"policy_gap-1: {file}\n"
    with zipfile.ZipFile(file) as packed:
        assert {name: packed.read(name) for name in packed.namelist() if name != "waymark.json"} == gap().files
    (address,) = shell("bundle", "in", str(file), "--by", "owner").stdout.splitlines()
    draft_id = address.rpartition("/")[2]
    view = shell.shop.draft(draft_id)
    assert (view.changed, view.draft.base_version, view.draft.source) == ((), 1, "bundle")
    (made,) = orjson.loads(shell("bundle", "in", str(file), "--by", "owner", "--format", "json").stdout)
    assert made["address"].endswith(f"/workshop/drafts/{made['draft']}")


def test_what_cannot_go_or_come_is_said(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "gap.zip"
    assert "no such version" in shell("bundle", "out", GAP, str(file), "--version", "7").stderr
    assert "no such version" in shell("bundle", "out", "nothing", str(file)).stderr
    assert not file.exists()
    file.write_bytes(b"not a zip")
    assert "“gap.zip” is not a zip file." in shell("bundle", "in", str(file), "--by", "owner").stderr
    shell("bundle", "out", GAP, str(file))
    assert shell("bundle", "in", str(file), "--by", "manager").exit_code == 1


def test_a_bundle_that_came_in_begins_with_the_version_that_it_was(shell: Shell) -> None:
    """What was deployed while somebody worked on a file is not undone by bringing it in."""
    shop = shell.shop
    _, data = queries.export_version(shop.w, shop.owner, GAP, 1)
    shop.deploy(shop.changed())
    draft_id = commands.import_bundle(shop.w, shop.owner, edited(data), NOW)[0]
    view = shop.draft(draft_id)
    assert (view.draft.base_version, view.behind, view.changed) == (1, True, (FORM,))


def edited(data: bytes) -> bytes:
    """As if somebody had changed a form on their own machine and packed it anew, in a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(f"mine/{name}", relabelled(text, "At home") if name == FORM else text)
    return out.getvalue()
