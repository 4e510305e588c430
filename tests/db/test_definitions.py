"""Deployed bundles on both databases: versions, content, what happens at the same time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app import db, definitions
from app.definitions import store
from app.definitions.packing import DefinitionDamaged, pack, unpack
from app.definitions.tables import bundle as bundles
from app.definitions.tables import deployment
from app.engine.bundle import Bundle
from app.errors import NotFound

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def bundle(key: str = "referral", name: str = "Referral") -> Bundle:
    bpmn = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
        f'<process id="{key}" name="{name}"><startEvent id="s" camunda:formRef="start"/></process></definitions>'
    )
    form = b'{"schemaVersion":19,"id":"start","components":[{"type":"text","id":"t","text":"# Begin"}]}'
    return Bundle(key, {f"{key}.bpmn": bpmn.encode(), "start.form": form, "odd.dmn": bytes(range(256))})


@pytest.fixture(autouse=True)
def _forget():
    store.cache.clear()


def test_a_deployed_process_is_current_and_reads_back_the_same(engine):
    with db.transaction(engine) as connection:
        deployed = definitions.deploy(connection, bundle(), "p1", "First", NOW)
    store.cache.clear()
    with db.reading(engine) as connection:
        found = definitions.current(connection, "referral")
        assert found == deployed
        assert found.bundle.files == bundle().files
        assert (found.version, found.name, found.start_form.title) == (1, "Referral", "Begin")
        assert (found.deployed_at, found.deployed_by, found.reason) == (NOW, "p1", "First")


def test_the_same_content_is_no_new_version(engine):
    with db.transaction(engine) as connection:
        first = definitions.deploy(connection, bundle(), "p1", "First", NOW)
        again = definitions.deploy(connection, bundle(), "p2", "Again", NOW + timedelta(days=1))
    assert again == first


def test_going_back_is_a_version_of_its_own_with_the_old_content(engine):
    with db.transaction(engine) as connection:
        for number, name in enumerate(("One", "Two", "One"), 1):
            deployed = definitions.deploy(connection, bundle(name=name), "p1", name, NOW + timedelta(days=number))
            assert deployed.version == number
        assert definitions.current(connection, "referral").name == "One"
        listed = definitions.list_deployments(connection, "referral")
        stored = connection.execute(sa.select(sa.func.count()).select_from(bundles)).scalar_one()
    assert [(one.version, one.name) for one in listed] == [(3, "One"), (2, "Two"), (1, "One")]
    assert stored == 2


def test_each_process_has_its_own_versions(engine):
    with db.transaction(engine) as connection:
        definitions.deploy(connection, bundle("b"), "p1", "", NOW)
        definitions.deploy(connection, bundle("a"), "p1", "", NOW)
        definitions.deploy(connection, bundle("b", "Newer"), "p1", "", NOW + timedelta(days=1))
        assert [(one.key, one.version) for one in definitions.current_all(connection)] == [("a", 1), ("b", 2)]
        assert len(definitions.list_deployments(connection)) == 3
        assert definitions.current(connection, "c") is None


def test_a_bundle_is_read_from_the_database_once(engine):
    with db.transaction(engine) as connection:
        sha = definitions.deploy(connection, bundle(), "p1", "", NOW).sha256
    with db.reading(engine) as connection:
        found = definitions.get(connection, sha)
    assert definitions.get(None, sha) is found


def test_an_unknown_digest_is_not_found(engine):
    with db.reading(engine) as connection, pytest.raises(NotFound):
        definitions.get(connection, "0" * 64)


def test_content_that_was_altered_is_refused(engine):
    altered = pack(bundle(name="Forged"))
    with db.transaction(engine) as connection:
        sha = definitions.deploy(connection, bundle(), "p1", "", NOW).sha256
        connection.execute(bundles.update().values(content=altered))
        with pytest.raises(DefinitionDamaged):
            definitions.get(connection, sha)


@pytest.mark.parametrize("content", [b"", b"junk", pack(bundle())[:-4]])
def test_content_that_cannot_be_unpacked_is_refused(content):
    with pytest.raises(DefinitionDamaged):
        unpack("referral", bundle().sha256, content)


def test_two_deployments_at_once_never_share_a_version(engine, monkeypatch):
    """The second writer is told; what the first one put in force stays."""
    with db.transaction(engine) as connection:
        definitions.deploy(connection, bundle(), "p1", "", NOW)
        row = {"id": "other", "process_key": "referral", "version": 2, "sha256": bundle().sha256}
        connection.execute(deployment.insert(), {**row, "deployed_at": NOW, "deployed_by": "p2", "reason": ""})
    with db.reading(engine) as connection:
        seen = definitions.list_deployments(connection, "referral")[-1]
    monkeypatch.setattr(store, "current", lambda *_: seen)
    with pytest.raises(store.DeployedMeanwhile), db.transaction(engine) as connection:
        definitions.deploy(connection, bundle(name="Two"), "p1", "", NOW)
    monkeypatch.undo()
    with db.reading(engine) as connection:
        assert definitions.current(connection, "referral").deployed_by == "p2"
