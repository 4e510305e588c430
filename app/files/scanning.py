"""The hook for a virus scanner. Without a clear word from it, nothing is taken.

`WAYMARK_SCANNER`:

    clamd://host:3310           clamd over TCP
    clamd+unix:///path          clamd over its socket
    command:/path/to/program    a program that reads the file from standard input: exit code 0 clean, 1 infected
"""

from __future__ import annotations

import logging
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from app.files.errors import ScannerAway
from app.files.markers import pieces

log = logging.getLogger("waymark.files")

#: seconds
CONNECT, ANSWER = 5.0, 60.0
#: bytes at a time to the scanner
PIECE = 64 * 1024
LONGEST_ANSWER = 1000


class Scanner(Protocol):
    def clean(self, stream: BinaryIO) -> bool:
        """Is it clean? Raises `ScannerAway` when that cannot be told."""


@lru_cache(maxsize=8)
def scanner(setting: str) -> Scanner | None:
    """The scanner that a setting names; None for "". Raises `ValueError` for one that cannot be understood."""
    if not setting:
        return None
    kind, _, rest = setting.partition(":")
    parts = urlsplit(setting)
    if kind == "clamd" and parts.hostname:
        return Clamd((parts.hostname, parts.port or 3310))
    if kind == "clamd+unix" and parts.path.startswith("/"):
        return Clamd(parts.path)
    if kind == "command" and rest.startswith("/"):
        return Program(rest)
    raise ValueError("WAYMARK_SCANNER must be clamd://host:port, clamd+unix:///path or command:/path/to/program")


@dataclass(frozen=True)
class Clamd:
    """clamd's INSTREAM (clamd(8), COMMANDS): pieces with their length in four bytes, a length of nought at the end."""

    address: str | tuple[str, int]

    def clean(self, stream: BinaryIO) -> bool:
        try:
            answer = self._asked(stream)
        except OSError as error:
            raise _away(type(error).__name__) from error
        if answer.endswith(b" FOUND"):
            return False
        if answer == b"stream: OK":
            return True
        raise _away("answer")

    def _asked(self, stream: BinaryIO) -> bytes:
        with self._connected() as wire:
            wire.settimeout(ANSWER)
            wire.sendall(b"zINSTREAM\0")
            for piece in pieces(stream, PIECE):
                wire.sendall(len(piece).to_bytes(4, "big") + piece)
            wire.sendall(bytes(4))
            return b"".join(_answered(wire)).partition(b"\0")[0].strip()

    def _connected(self) -> socket.socket:
        if not isinstance(self.address, str):
            return socket.create_connection(self.address, CONNECT)
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(CONNECT)
        try:
            wire.connect(self.address)
        except OSError:
            wire.close()
            raise
        return wire


def _answered(wire: socket.socket) -> Iterator[bytes]:
    length = 0
    while length < LONGEST_ANSWER and (piece := wire.recv(LONGEST_ANSWER)):
        yield piece
        length += len(piece)
        if b"\0" in piece:
            return


@dataclass(frozen=True)
class Program:
    """Any program. It gets nothing of our environment, and no more than a minute."""

    path: str

    def clean(self, stream: BinaryIO) -> bool:
        code = self._ran(stream)
        if code in {0, 1}:
            return code == 0
        raise _away(f"exit code {code}")

    def _ran(self, stream: BinaryIO) -> int:
        nothing = subprocess.DEVNULL
        try:
            running = subprocess.Popen(  # noqa: S603 -- the administrator's own program, without a shell
                [self.path],
                stdin=subprocess.PIPE,
                stdout=nothing,
                stderr=nothing,
                env={"PATH": "/usr/bin:/bin"},
                cwd="/",
            )
        except OSError as error:
            raise _away(type(error).__name__) from error
        late = threading.Timer(ANSWER, running.kill)
        late.start()
        try:
            _fed(running, stream)
            return running.wait()
        finally:
            late.cancel()


def _fed(running: subprocess.Popen[bytes], stream: BinaryIO) -> None:
    """A program may know enough before it has read everything."""
    if running.stdin is None:
        return
    try:
        with running.stdin as to:
            for piece in pieces(stream, PIECE):
                to.write(piece)
    except BrokenPipeError:
        pass


def _away(why: str) -> ScannerAway:
    """For the log of the people who run it; nothing of the file."""
    log.warning("scanner away", extra={"why": why})
    return ScannerAway()
