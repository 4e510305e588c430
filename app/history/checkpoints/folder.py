"""The files of a log: NNNNNN.leaves and NNNNNN.checkpoint, counted from 000001. What is written is never changed.

A checkpoint is there when its `.checkpoint` is; leaves without one are of a writer that was stopped in between, and the
next one writes them anew.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import WaymarkError


class NoLog(WaymarkError):
    """The folder of the checkpoints cannot be used."""


class LogBusy(WaymarkError):
    """Another program is writing a checkpoint at this moment."""


def numbers(folder: Path) -> list[int]:
    """Numbers of the checkpoints that are there, in order. No folder: none."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise NoLog(f"The folder of the checkpoints, {folder}, cannot be read ({type(error).__name__}).") from None
    stems = [name.removesuffix(".checkpoint") for name in names if name.endswith(".checkpoint")]
    return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdecimal())


def leaves_of(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.leaves"


def note_of(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.checkpoint"


def read_note(folder: Path, number: int) -> str:
    """Raises `OSError` or `UnicodeDecodeError`. Line breaks stay as they are: they are signed."""
    return note_of(folder, number).read_bytes().decode("utf-8")


def lines(folder: Path, number: int) -> Iterator[bytes]:
    """The leaves of one checkpoint, one after the other. Raises `OSError`."""
    with leaves_of(folder, number).open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Nobody else writes meanwhile; who is killed holds up nobody. Raises `LogBusy`, `NoLog`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise NoLog(f"The folder of the checkpoints, {folder}, cannot be written ({type(error).__name__}).") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LogBusy from None
    try:
        yield
    finally:
        os.close(descriptor)


def put(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file as a whole or not at all: aside, to the disk, then into its place."""
    aside = path.with_name(f".{path.name}.new")
    with aside.open("wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
