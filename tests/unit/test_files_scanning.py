"""The scanner's hook: clamd's own protocol against a server that speaks it, and a program of the administrator's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from app.files import ScannerAway, scanner
from app.files.scanning import Clamd, Program
from tests.files_kit import EICAR, PDF

LARGE = PDF * 2000


def received(wire: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        piece = wire.recv(length - len(found))
        assert piece
        found += piece
    return found


def clamd_answer(wire: socket.socket) -> bytes:
    """As clamd's INSTREAM does: pieces with their length, a length of nought, an answer that ends with a NUL."""
    assert received(wire, 10) == b"zINSTREAM\0"
    data = b""
    while length := int.from_bytes(received(wire, 4), "big"):
        data += received(wire, length)
        if len(data) > 10_000_000:
            return b"INSTREAM size limit exceeded. ERROR\0"
    return b"stream: Eicar-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@contextmanager
def serving(server: socket.socket, answer: Callable[[socket.socket], bytes]) -> Iterator[None]:
    def serve() -> None:
        with server.accept()[0] as wire:
            wire.sendall(answer(wire))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        server.close()


@contextmanager
def clamd(answer: Callable[[socket.socket], bytes] = clamd_answer) -> Iterator[str]:
    server = socket.create_server(("127.0.0.1", 0))
    with serving(server, answer):
        yield f"clamd://127.0.0.1:{server.getsockname()[1]}"


def is_clean(setting: str, data: bytes) -> bool:
    found = scanner(setting)
    assert found is not None
    return found.clean(BytesIO(data))


@pytest.mark.parametrize(("data", "clean"), [(PDF, True), (LARGE, True), (EICAR, False), (LARGE + EICAR, False)])
def test_clamd_over_tcp_says_what_is_infected(socket_enabled: None, data: bytes, clean: bool) -> None:
    with clamd() as setting:
        assert is_clean(setting, data) is clean


def test_clamd_over_its_socket(socket_enabled: None, tmp_path: Path) -> None:
    path = tmp_path / "clamd"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    with serving(server, clamd_answer):
        assert is_clean(f"clamd+unix://{path}", EICAR) is False


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"stream: Broken ERROR\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"OK\0",
        b"stream: OK then\0",
        b"x" * 5000,
    ],
)
def test_whatever_is_no_clear_word_takes_nothing(socket_enabled: None, said: bytes) -> None:
    def answer(wire: socket.socket) -> bytes:
        clamd_answer(wire)
        return said

    with clamd(answer) as setting, pytest.raises(ScannerAway):
        is_clean(setting, PDF)


def test_a_scanner_that_is_away_takes_nothing(socket_enabled: None, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for setting in (f"clamd://127.0.0.1:{port}", f"clamd+unix://{tmp_path}/none", f"command:{tmp_path}/none"):
        with pytest.raises(ScannerAway):
            is_clean(setting, PDF)


def program(folder: Path, body: str) -> str:
    path = folder / "scan"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o700)
    return f"command:{path}"


@pytest.mark.parametrize(("data", "clean"), [(PDF, True), (EICAR, False), (LARGE + EICAR, False)])
def test_a_program_reads_the_file_and_says_by_its_code(tmp_path: Path, data: bytes, clean: bool) -> None:
    assert is_clean(program(tmp_path, "if grep -q EICAR-STANDARD; then exit 1; fi"), data) is clean


@pytest.mark.parametrize("body", ["exit 2", "kill -9 $$", "exit 127"])
def test_any_other_end_of_a_program_takes_nothing(tmp_path: Path, body: str) -> None:
    with pytest.raises(ScannerAway):
        is_clean(program(tmp_path, body), LARGE)


def test_a_program_may_know_before_it_has_read_everything(tmp_path: Path) -> None:
    assert is_clean(program(tmp_path, "exit 1"), LARGE * 20) is False


def test_a_program_gets_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYMARK_MASTER_KEY", "secret")
    assert is_clean(program(tmp_path, f"env > {tmp_path}/seen; cat > /dev/null"), PDF)
    assert "secret" not in (tmp_path / "seen").read_text()


def test_settings_name_a_scanner_or_are_refused() -> None:
    assert scanner("") is None
    assert scanner("clamd://av.example") == Clamd(("av.example", 3310))
    assert scanner("clamd+unix:///run/clamd.sock") == Clamd("/run/clamd.sock")
    assert scanner("command:/usr/bin/scan") == Program("/usr/bin/scan")
    for odd in ("clamd", "clamd://", "command:scan", "http://x", "clamd+unix://host"):
        with pytest.raises(ValueError, match="WAYMARK_SCANNER"):
            scanner(odd)
