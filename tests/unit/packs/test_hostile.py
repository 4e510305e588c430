"""A pack may be made by anybody: the checker answers in words, whatever it is given, and needs little for it."""

from __future__ import annotations

import ast
import io
import random
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app import verify
from app.settings import ROOT
from tests.unit.packs import kit
from tests.unit.packs.kit import Files, edited, lying, packed, put

FILE = ROOT / "app" / "verify.py"


@pytest.fixture(scope="module")
def pack() -> kit.Made:
    return kit.made()


def zip_of(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files:
            made.writestr(name, data)
    return out.getvalue()


def doubled(name: str) -> bytes:
    """A zip in which two files have one name."""
    data = zip_of(("a" * len(name), b"{}"), (name, b"{}"))
    return data.replace(b"a" * len(name), name.encode())


def many() -> bytes:
    """An end that names a list of millions of files."""
    data = zip_of(("pack.json", b"{}"))
    return data[:-12] + struct.pack("<HL", 0xFFFF, 0xFFFFFFFF) + data[-6:]


ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "it does not end as a pack does"),
    "no zip": (lambda: b"PK" * 1000, "it does not end as a pack does"),
    "words behind the end": (lambda: zip_of(("pack.json", b"{}")) + b"x", "it does not end as a pack does"),
    "a list of millions": (many, "it has too many files"),
    "out of the folder": (lambda: zip_of(("../pack.json", b"{}")), "a file in it has the name ../pack.json"),
    "from the root": (lambda: zip_of(("/pack.json", b"{}")), "a file in it has the name /pack.json"),
    "by a drive": (lambda: zip_of(("C:pack.json", b"{}")), "a file in it has the name C:pack.json"),
    "with backslashes": (lambda: zip_of(("..x", b"")).replace(b"..x", b"..\\"), "a file in it has the name ..\\"),
    "a name that steers a terminal": (lambda: zip_of(("\x1b[2Jx", b"")), "a file in it has the name ?[2Jx"),
    "one name twice": (lambda: doubled("pack.json"), "two of its files have the name pack.json"),
    "no pack.json": (lambda: zip_of(("x", b"")), "it has no pack.json"),
    "another way to pack": (lambda: zip_of(("pack.json", b"{}"), method=zipfile.ZIP_LZMA), "packed in a way"),
    "another format": (lambda: zip_of(("pack.json", b'{"format": 1}'), ("history.json", b"{}")), "its format is 1"),
    "deep JSON": (lambda: zip_of(("pack.json", b"[" * 200_000)), "CANNOT BE READ"),
    "a name twice in JSON": (lambda: zip_of(("pack.json", b'{"a": 1, "a": 2}')), "a name stands twice"),
    "a number without end": (lambda: zip_of(("pack.json", b"9" * 10_000)), "CANNOT BE READ"),
    "no UTF-8": (lambda: zip_of(("pack.json", b'{"\xff": 1}')), "CANNOT BE READ"),
}


def said(capsys: pytest.CaptureFixture[str], path: str) -> tuple[int, str]:
    return verify.main([path]), capsys.readouterr().out


@pytest.mark.parametrize("name", ZIPS)
def test_what_is_no_pack(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make, expected = ZIPS[name]
    code, told = said(capsys, put(tmp_path, make()))
    assert (code, expected in told) == (2, True), told


def test_no_file_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, str(tmp_path / "none.zip"))[0] == 2
    assert said(capsys, str(tmp_path))[0] == 2


def test_a_bomb(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is larger than a pack may be, and files that are so together, whatever the zip says of them."""
    monkeypatch.setattr(verify, "MAX_FILE", 1_000_000)
    monkeypatch.setattr(verify, "MAX_ALL", 1_500_000)
    one = zip_of(("pack.json", bytes(1_000_001)))
    assert "it is too large, at pack.json" in said(capsys, put(tmp_path, one))[1]
    two = zip_of(("a", bytes(900_000)), ("b", bytes(900_000)))
    assert "it is too large, at b" in said(capsys, put(tmp_path, two))[1]
    code, told = said(capsys, put(tmp_path, lying(one, "pack.json", 10)))
    assert code == 2, told
    # a file as large as may be is read
    assert "Expecting value" in said(capsys, put(tmp_path, zip_of(("pack.json", b" " * 1_000_000))))[1]


SHAPES: dict[str, Callable[[Files], Files]] = {
    "no entries": lambda files: edited(files, "history.json", lambda value: value.pop("entries")),
    "entries by name": lambda files: edited(files, "history.json", lambda value: value.update(entries={})),
    "an entry that is none": lambda files: edited(files, "history.json", lambda value: value["entries"].append(1)),
    "an entry that is both": lambda files: edited(
        files, "history.json", lambda value: value["entries"][0].update(withheld=True)
    ),
    "an entry that is nothing": lambda files: edited(
        files, "history.json", lambda value: value["entries"][3].update(withheld=False)
    ),
    "a text that is no JSON": lambda files: edited(
        files, "history.json", lambda value: value["entries"][1].update(body="{")
    ),
    "a text that is a list": lambda files: edited(
        files, "history.json", lambda value: value["entries"][1].update(body="[]")
    ),
    "a part without data": lambda files: edited(
        files, "history.json", lambda value: value["entries"][6].update(part={"kind": "x"})
    ),
    "a version that cannot be named": lambda files: edited(
        files, "history.json", lambda value: value["entries"][6]["part"]["data"].update(definition=[1])
    ),
    "people that are none": lambda files: edited(files, "history.json", lambda value: value.update(people=[])),
    "versions without number": lambda files: edited(
        files, "pack.json", lambda value: value.update(definitions=[{"sha256": "0", "key": "k"}] * 5_000)
    ),
    "a path of numbers": lambda files: edited(
        files, "proofs/inclusion.json", lambda value: value["leaves"][0].update(path=[1])
    ),
    "a place that is true": lambda files: edited(
        files, "proofs/inclusion.json", lambda value: value["leaves"][0].update(index=True)
    ),
    "a deep name": lambda files: edited(
        files, "history.json", lambda value: value["entries"][6]["part"]["data"].update(name=_deep())
    ),
}


def _deep() -> object:
    found: object = "x"
    for _ in range(900):
        found = [found]
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_json_of_another_shape(pack: kit.Made, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, put(tmp_path, packed(SHAPES[name](pack.files))))
    assert code in {1, 2}, told
    assert told.startswith("CANNOT BE READ") or "ALTERED" in told


def test_any_bytes_changed(pack: kit.Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whichever byte is another, the answer is words; and “sound” only when what is read is still the same."""
    dice, codes = random.Random(7), set()  # noqa: S311 -- the same bytes in each run
    for _ in range(150):
        data = bytearray(pack.data)
        for _ in range(dice.randint(1, 3)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path = put(tmp_path, bytes(data))
        code, told = said(capsys, path)
        codes.add(code)
        assert code in {0, 1, 2}, told
        if code == 0:
            assert verify.read(path) == pack.files
    assert 2 in codes


def test_it_reads_no_project_and_stands_alone(pack: kit.Made, tmp_path: Path) -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    named = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in named}
    assert roots <= sys.stdlib_module_names | {"cryptography"}
    assert len(FILE.read_text(encoding="utf-8").splitlines()) <= 350
    (tmp_path / "verify.py").write_bytes(FILE.read_bytes())
    put(tmp_path, pack.data)
    # without the packages of this environment, too: only a signature needs one
    alone = [sys.executable, "-I", "-S", "verify.py", "pack.zip"]
    for more, expected in (([], (0, "SOUND")), (["--key", kit.KEY.public.vkey], (2, "pip install cryptography"))):
        done = subprocess.run(  # noqa: S603 -- our own interpreter and file
            [*alone, *more], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, expected[1] in done.stdout, done.stderr) == (expected[0], True, "")
