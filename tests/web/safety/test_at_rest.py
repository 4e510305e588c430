"""What people typed is nowhere in plain text: not in the database, the engine's state, logs, headers or mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
import zstandard

from app import outbox
from app.cases.tables import case as case_table
from app.history import history_event
from app.identity.people import recipients
from app.settings import ROOT
from tests.web.safety.script import STEPS
from tests.web.safety.story import CANARY, Case, Played
from tests.web.safety.test_traces import names_of_the_gp_step

At = Callable[[str], Case]
IN_BYTES = re.compile(CANARY.pattern.encode())


@pytest.mark.parametrize("name", list(STEPS))
def test_no_column_of_the_database_holds_a_text(story: Played, name: str) -> None:
    data = story.stages[name].data
    assert story.stages[name].case_id.encode() in data
    assert not IN_BYTES.search(data)
    # the same, as SQLite writes UTF-16
    assert not IN_BYTES.search(data.replace(b"\0", b""))


def test_neither_the_engines_state_nor_the_history_holds_one(at: At) -> None:
    site = at("read").site
    for row in site.world.rows(sa.select(case_table.c.state)):
        state = zstandard.ZstdDecompressor().decompress(row.state)
        assert b"released_at" in state
        assert not IN_BYTES.search(state)
    for row in site.world.rows(sa.select(history_event.c.body)):
        assert not CANARY.search(row.body)


def test_no_log_line_and_no_header_holds_one(story: Played) -> None:
    assert any("INSERT INTO" in line for line in story.logged)
    assert [line for line in story.logged if CANARY.search(line)] == []
    assert len(story.headers) == len(STEPS)
    assert [head for head in story.headers if CANARY.search(head)] == []


def test_mail_holds_neither_a_text_nor_a_trace_of_the_gp_step_for_the_employer(at: At) -> None:
    site = at("read").site
    for file in (site.folder / "mail").glob("*"):
        file.unlink()
    sent = outbox.send_due(site.w.engine, site.w.settings, site.now, recipients, outbox.load(ROOT / "processes"), 500)
    assert sent.sent >= 5
    words = names_of_the_gp_step()
    for file in (site.folder / "mail").glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        whole = f"{mail.items()} {mail.get_content()}"
        assert not CANARY.search(whole)
        if "northfield" in str(mail["To"]) and "grace" not in str(mail["To"]):
            assert [word for word in words if word in whole] == []
