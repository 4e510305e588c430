"""Signed notes (C2SP signed-note) with Ed25519, and the checkpoints that are written as such (C2SP tlog-checkpoint).

    waymark.example/history
    1042
    base64 of the root
    time 2026-11-22T14:00:00+00:00

    — waymark.example/history base64 of key id and signature

The line that begins with `time` is an extension line: it says by the cases' clock when the checkpoint was made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from app.errors import WaymarkError

#: the type of Ed25519 keys and signatures in the specification
_ED25519 = b"\x01"
_SIGNED = "— "


class BadNote(WaymarkError):
    """This is no checkpoint, or it was not signed with the key that was expected."""


class BadKey(WaymarkError):
    """The key for checkpoints cannot be used."""


@dataclass(frozen=True)
class PublicKey:
    """What signatures are checked with. `raw`: 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """4 bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as one line of text, to be handed to whoever checks."""
        return f"{self.name}+{self.id.hex()}+{_b64(_ED25519 + self.raw)}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the raw key in groups of four hex digits, for people to compare: the first 32 of them."""
        digits = hashlib.sha256(self.raw).hexdigest()[:32]
        return " ".join(digits[at : at + 4] for at in range(0, 32, 4))

    @classmethod
    def read(cls, vkey: str) -> PublicKey:
        """Raises `BadKey`."""
        name, raw = _read_key(vkey.strip())
        found = cls(name, raw)
        if found.vkey != vkey.strip():
            raise BadKey("The public key for checkpoints is not whole: its name, its number and its bytes disagree.")
        return found


@dataclass(frozen=True)
class Key:
    """What checkpoints are signed with. `seed`: 32 bytes."""

    name: str
    seed: bytes

    @property
    def public(self) -> PublicKey:
        return PublicKey(self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    @property
    def text(self) -> str:
        """The key as one line, as it is kept."""
        return f"PRIVATE+KEY+{self.name}+{self.public.id.hex()}+{_b64(_ED25519 + self.seed)}"

    @classmethod
    def read(cls, text: str) -> Key:
        """Raises `BadKey`."""
        found = cls(*_read_key(text.strip().removeprefix("PRIVATE+KEY+")))
        if found.text != text.strip():
            raise BadKey("The key for checkpoints is not whole: its name, its number and its bytes disagree.")
        return found

    def sign(self, text: str) -> str:
        """The note: `text`, which ends with a line break, and its signature."""
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())
        return f"{text}\n{_SIGNED}{self.name} {_b64(self.public.id + signature)}\n"


def kept_key(path: Path, name: str) -> Key:
    """The key in a file that only its owner may read, made there once. `name`: of the log, for a new key.

    Raises `BadKey`."""
    if not path.exists():
        _make(path, Key(name, os.urandom(32)))
    try:
        if path.stat().st_mode & 0o077:
            raise BadKey(f"The key for checkpoints in {path} can be read by others. Run: chmod 600 {path}")
        return Key.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadKey(f"The key for checkpoints in {path} cannot be read ({type(error).__name__}).") from None


def _make(path: Path, key: Key) -> None:
    """Written aside and linked into place: two processes that start at once end up with the same whole key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(key.text + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def known_key(path: Path) -> PublicKey:
    """The public half of the key in a file, or the public key that a machine keeps there which only checks.

    Raises `BadKey`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadKey(f"The key for checkpoints in {path} cannot be read ({type(error).__name__}).") from None
    return Key.read(text).public if text.startswith("PRIVATE+KEY+") else PublicKey.read(text)


def _read_key(text: str) -> tuple[str, bytes]:
    """Name and 32 bytes of `name+id+base64`."""
    name, _, rest = text.partition("+")
    data = _bytes(rest.partition("+")[2])
    if not name or any(char.isspace() for char in name) or len(data) != 33 or data[:1] != _ED25519:
        raise BadKey("A key for checkpoints is one line: its name, a plus, its number, a plus, and its bytes.")
    return name, data[1:]


def opened(note: str, key: PublicKey) -> str:
    """The text of a note that this key has signed. Raises `BadNote`."""
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not lines.endswith("\n"):
        raise BadNote("The file is no signed note.")
    for line in lines[:-1].split("\n"):
        name, _, data = line.removeprefix(_SIGNED).partition(" ")
        signature = _bytes(data)
        if line.startswith(_SIGNED) and name == key.name and signature[:4] == key.id:
            _verify(key, signature[4:], f"{text}\n")
            return f"{text}\n"
    raise BadNote("It is not signed with the key that was expected.")


def _verify(key: PublicKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, text.encode())
    except InvalidSignature:
        raise BadNote("Its signature does not match its text.") from None


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint says. `size`: leaves; `root`: 32 bytes; `at`: by the cases' clock, UTC."""

    origin: str
    size: int
    root: bytes
    at: datetime

    @property
    def text(self) -> str:
        moment = self.at.astimezone(UTC).replace(microsecond=0).isoformat()
        return f"{self.origin}\n{self.size}\n{_b64(self.root)}\ntime {moment}\n"

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """From the text of a note. Raises `BadNote`."""
        lines = text.split("\n")
        try:
            origin, size, root, time = lines[:4]
            found = cls(origin, int(size), _bytes(root), datetime.fromisoformat(time.removeprefix("time ")))
        except ValueError:
            raise BadNote("It does not say origin, size, root and time.") from None
        if found.text != text:
            raise BadNote("It does not say origin, size, root and time.")
        return found


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """What is no base64 is no bytes."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
