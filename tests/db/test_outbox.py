"""Messages: written with the case, sent afterwards, never twice to the reader, never with a smuggled header."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from app import db, outbox
from app.identity import people, recipients
from app.outbox.send import ATTEMPTS, LEASE, retry_after
from app.outbox.tables import outbox as table
from app.settings import Settings

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
TEXTS = {"task-opened": outbox.Template("{reference}: for you", "Dear {person}\n\nSee {link}\n\nDue by {due}.\n")}


def row(recipient: str = "mo", **changes: Any) -> dict[str, Any]:
    return {
        "case_id": "case-1",
        "task_id": "task-1",
        "recipient_id": recipient,
        "template": "task-opened",
        "params": {"reference": "R-2026-00007", "due": "2026-03-10T17:00:00+00:00"},
        **changes,
    }


@pytest.fixture
def house(engine: sa.Engine) -> sa.Engine:
    with db.transaction(engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_person(conn, "Mo Khan", "acme", email="mo@acme.test", person_id="mo")
        people.create_person(conn, "Silent Sam", "acme", person_id="sam")
    return engine


def put(engine: sa.Engine, *rows: dict[str, Any], now: datetime = NOW) -> None:
    with db.transaction(engine) as conn:
        batch = db.Batch()
        outbox.put(batch, rows, now)
        batch.run(conn)


def send(engine: sa.Engine, settings: Settings, now: datetime = NOW) -> outbox.Sent:
    return outbox.send_due(engine, settings, now, recipients, TEXTS)


def stored(engine: sa.Engine) -> Any:
    with db.reading(engine) as conn:
        return conn.execute(sa.select(table)).one()


def written(settings: Settings) -> list[EmailMessage]:
    files = sorted((settings.var / "mail").glob("*.eml"))
    found = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
    assert all(isinstance(message, EmailMessage) for message in found)
    return found  # type: ignore[return-value]


def test_a_message_goes_out_once(house: sa.Engine, settings: Settings) -> None:
    put(house, row())
    assert send(house, settings) == outbox.Sent(sent=1)
    assert send(house, settings, NOW + timedelta(days=1)) == outbox.Sent()
    (message,) = written(settings)
    assert message["To"] == "Mo Khan <mo@acme.test>"
    assert message["Subject"] == "R-2026-00007: for you"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines() == [
        "Dear Mo Khan",
        "",
        "See http://127.0.0.1:8000/tasks/task-1",
        "",
        "Due by 5pm on Tuesday 10 March 2026.",
    ]


def test_nothing_is_sent_of_what_was_rolled_back(house: sa.Engine, settings: Settings) -> None:
    def fail() -> None:
        with db.transaction(house) as conn:
            batch = db.Batch()
            outbox.put(batch, [row()], NOW)
            batch.run(conn)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert send(house, settings) == outbox.Sent()


def test_the_same_message_is_put_once(house: sa.Engine, settings: Settings) -> None:
    put(house, row(), row())
    put(house, row())
    put(house, row(), now=NOW + timedelta(days=7))
    assert send(house, settings).sent == 1
    assert send(house, settings, NOW + timedelta(days=7)).sent == 1


def test_a_message_cannot_carry_answers(house: sa.Engine) -> None:
    with pytest.raises(ValueError, match="reference"):
        put(house, row(params={"reference": "R-1", "reason": "back pain"}))


def test_who_has_no_address_finds_the_message_on_the_page(house: sa.Engine, settings: Settings) -> None:
    put(house, row("sam"), row("ghost"))
    assert send(house, settings) == outbox.Sent(unaddressed=2)
    assert send(house, settings, NOW + timedelta(days=1)) == outbox.Sent()
    with db.transaction(house) as conn:
        (message,) = outbox.for_person(conn, "sam", unread_only=True)
        assert (message.template, message.task_id, message.read) == ("task-opened", "task-1", False)
        assert outbox.mark_read(conn, "mo", [message.id], NOW) == 0
        assert outbox.mark_read(conn, "sam", [message.id], NOW) == 1
        assert outbox.for_person(conn, "sam", unread_only=True) == []
        assert outbox.for_person(conn, "sam")[0].read


@pytest.mark.parametrize(
    "payload",
    [
        "\r\nBcc: all@acme.test",
        "\nSubject: other",
        "\r\n\r\n<script>",
        "\x0bBcc: x@y.test",
        "\u2028Bcc: x@y.test",
        "\x00",
    ],
)
def test_no_payload_becomes_a_header(house: sa.Engine, settings: Settings, payload: str) -> None:
    with db.transaction(house) as conn:
        # Past every cleaning that people.create_person does.
        conn.execute(
            sa.text("UPDATE person SET name = :name WHERE id = 'mo'"), {"name": "Mo" + payload.replace("\x00", "")}
        )
    put(house, row(params={"reference": "R-1" + payload.replace("\x00", ""), "due": ""}))
    assert send(house, settings).sent == 1
    (message,) = written(settings)
    ours = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
    assert message.keys() == [*ours, "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    assert [address.addr_spec for address in message["To"].addresses] == ["mo@acme.test"]


@pytest.mark.parametrize("address", ["mo@acme.test\r\nBcc: all@acme.test", "mo@", "a@b.test, c@d.test", "@", "mo"])
def test_a_bad_address_is_parked_at_once(house: sa.Engine, settings: Settings, address: str) -> None:
    with db.transaction(house) as conn:
        conn.execute(sa.text("UPDATE person SET email = :email WHERE id = 'mo'"), {"email": address})
    put(house, row())
    assert send(house, settings) == outbox.Sent(parked=1)
    assert (stored(house).last_error, stored(house).next_at) == ("BadAddress", None)
    assert written(settings) == []


def test_a_server_that_is_away_is_tried_again_and_given_up_after_eight(house: sa.Engine, settings: Settings) -> None:
    away = replace(settings, smtp_url="smtp://127.0.0.1:1")
    put(house, row())
    now, waits = NOW, []
    for _ in range(ATTEMPTS - 1):
        assert send(house, away, now) == outbox.Sent(retried=1)
        waits.append(stored(house).next_at - now)
        assert send(house, away, stored(house).next_at - timedelta(seconds=1)) == outbox.Sent()
        now = stored(house).next_at
    assert waits == [timedelta(minutes=2**n) for n in range(ATTEMPTS - 1)]
    assert send(house, away, now) == outbox.Sent(parked=1)
    assert stored(house).failed_at == now
    assert stored(house).last_error == "ConnectionRefusedError"
    assert send(house, settings, now + timedelta(days=30)) == outbox.Sent()


def test_waits_grow_to_six_hours() -> None:
    assert retry_after(30) == timedelta(hours=6)


def test_a_sender_that_died_is_replaced_with_the_same_message_id(house: sa.Engine, settings: Settings) -> None:
    put(house, row())

    class Killed(BaseException):
        pass

    def die(*_: Any, **_values: Any) -> Any:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        # After the mail left, before the row is marked.
        patch.setattr("app.outbox.send._mark", die)
        with pytest.raises(Killed):
            send(house, settings)
    (first,) = written(settings)
    assert send(house, settings, NOW + LEASE - timedelta(seconds=1)) == outbox.Sent()
    assert send(house, settings, NOW + LEASE) == outbox.Sent(sent=1)
    (second,) = written(settings)
    assert first["Message-ID"] == second["Message-ID"]


def test_many_senders_share_the_work(house: sa.Engine, settings: Settings) -> None:
    put(house, *(row(task_id=f"task-{n}") for n in range(40)))
    results: list[outbox.Sent] = []

    def work() -> None:
        while (sent := outbox.send_due(house, settings, NOW, recipients, TEXTS, limit=5)).sent:
            results.append(sent)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while (left := send(house, settings)).sent:
        results.append(left)
    assert sum(sent.sent for sent in results) == 40
    assert len(written(settings)) == 40


class Mailbox:
    """What a mail server got. `refuse`: recipient to the answer that it gives."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)
        return "250 OK"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[tuple[Mailbox, Settings]]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, replace(settings, smtp_url=f"smtp://127.0.0.1:{port}?from=oh@provider.test")
    controller.stop()


def test_a_mail_server_gets_the_batch(house: sa.Engine, mailbox: tuple[Mailbox, Settings]) -> None:
    box, settings = mailbox
    put(house, row(), row(task_id=None))
    assert send(house, settings) == outbox.Sent(sent=2)
    assert {message["From"] for message in box.got} == {"Waymark <oh@provider.test>"}
    assert {message["Message-ID"].rpartition("@")[2] for message in box.got} == {"provider.test>"}
    assert any("http://127.0.0.1:8000/cases/case-1" in message.get_content() for message in box.got)


@pytest.mark.parametrize(
    ("answer", "sent"),
    [("550 no such user", outbox.Sent(parked=1)), ("450 come back later", outbox.Sent(retried=1))],
)
def test_the_servers_word_decides_whether_to_try_again(
    house: sa.Engine, mailbox: tuple[Mailbox, Settings], answer: str, sent: outbox.Sent
) -> None:
    box, settings = mailbox
    box.refuse["mo@acme.test"] = answer
    put(house, row())
    assert send(house, settings) == sent
    assert "acme" not in stored(house).last_error


def test_a_server_elsewhere_that_offers_no_encryption_gets_nothing(
    house: sa.Engine, mailbox: tuple[Mailbox, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody between could have taken the offer away. What is meant for this machine is sent as before."""
    box, settings = mailbox
    monkeypatch.setattr("app.outbox.mail.db.is_local", lambda _host: False)
    put(house, row())
    assert send(house, settings) == outbox.Sent(retried=1)
    assert stored(house).last_error == "NotEncrypted"
    assert box.got == []
    open_way = replace(settings, smtp_url=f"{settings.smtp_url}&tls=off")
    assert send(house, open_way, stored(house).next_at) == outbox.Sent(sent=1)
