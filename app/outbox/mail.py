"""One message as e-mail (RFC 5322): built, and given to a mail server or written to a folder."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from app import db
from app.errors import WaymarkError
from app.settings import Settings

#: seconds that a mail server may take for one step
TIMEOUT = 15


class BadAddress(WaymarkError):
    """This person's e-mail address cannot be used."""


class NotEncrypted(OSError):
    """The mail server offers no encryption, so nothing was sent to it."""


class Carrier(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hand over one message. Raises `OSError` or `smtplib.SMTPException`."""


def sender_of(settings: Settings) -> str:
    """`?from=` of the SMTP URL, else waymark@ and the host of the site."""
    given = parse_qs(urlsplit(settings.smtp_url or "").query).get("from")
    return given[0] if given else f"waymark@{urlsplit(settings.base_url).hostname or 'localhost'}"


def build(
    settings: Settings, to: tuple[str, str], subject: str, text: str, message_id: str, at: datetime
) -> EmailMessage:
    """`to`: (name, address). Raises `BadAddress`. Line breaks never reach a header: the policy refuses them,
    and what people typed is cleaned of them before."""
    sender = sender_of(settings)
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = Address("Waymark", addr_spec=sender)
        message["To"] = Address(one_line(to[0]), addr_spec=to[1])
    except (ValueError, IndexError, MessageError) as error:
        raise BadAddress from error
    message["Subject"] = one_line(subject)
    message["Date"] = at
    message["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    # RFC 3834: no holiday replies to this, please.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def one_line(text: str) -> str:
    """Without control characters and line breaks, 200 characters at most."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]


@contextmanager
def carrier(settings: Settings) -> Iterator[Carrier]:
    """The mail server of the settings, connected once for a batch; without one, the folder `var/mail`."""
    if settings.smtp_url is None:
        yield Folder(settings.var / "mail")
        return
    server = _connect(settings.smtp_url)
    try:
        yield _Server(server)
    finally:
        # QUIT, so that the server does not wait for more; one that is gone cannot be told.
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


class Folder:
    """Each message as one `.eml` file, named by its Message-ID: a second copy overwrites the first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        target = self.path / f"{name}.eml"
        partial = target.with_suffix(".part")
        partial.write_bytes(bytes(message))
        partial.replace(target)


class _Server:
    def __init__(self, server: smtplib.SMTP) -> None:
        self.server = server

    def send(self, message: EmailMessage) -> None:
        self.server.send_message(message)


def _connect(url: str) -> smtplib.SMTP:
    """smtp:// (STARTTLS, RFC 3207) or smtps:// (RFC 8314); user and password as in any URL.

    Raises `NotEncrypted` where a server elsewhere offers no STARTTLS: somebody between may have taken the offer away. A
    server on this machine needs none, and `?tls=off` says that the way to another one is safe by itself.
    """
    parts = urlsplit(url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=context)
        elif not db.is_local(host) and parse_qs(parts.query).get("tls") != ["off"]:
            server.close()
            raise NotEncrypted
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
