"""Whatever is altered in a pack is found, and named. The pack itself, untouched, is the control."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.history.checkpoints import Key
from app.verify import main
from tests.unit.packs import kit
from tests.unit.packs.kit import ENTRIES, KEY, Files, edited, packed, put, rechained

Spoil = Callable[[Files], Files]
OTHER = Key(KEY.name, bytes(32))


@pytest.fixture(scope="module")
def pack() -> kit.Made:
    return kit.made()


def said(capsys: pytest.CaptureFixture[str], path: str, *more: str) -> tuple[int, str]:
    return main([path, *more]), capsys.readouterr().out


def test_the_untouched_pack_is_sound(pack: kit.Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, put(tmp_path, pack.data), "--key", KEY.public.vkey)
    assert code == 0, told
    assert f"{ENTRIES} entries, numbered without a gap" in told
    assert f"signed with the key that you gave, holds entries 1 to {ENTRIES}" in told
    assert "what 3 entries say that are withheld, and 1 that are shown in part" in told
    assert told.endswith("SOUND, as far as it was checked\n")
    # put together anew it is still the same pack: what follows spoils it by its content alone
    assert said(capsys, put(tmp_path, packed(pack.files)), "--key", KEY.public.vkey)[0] == 0


def entry(number: int, **changed: Any) -> Spoil:
    def edit(value: Any) -> None:
        value["entries"][number - 1].update(changed)

    return lambda content: edited(content, "history.json", edit)


def entries(change: Callable[[list[Any]], Any]) -> Spoil:
    return lambda content: edited(content, "history.json", lambda value: change(value["entries"]))


def text(number: int, old: str, new: str) -> Spoil:
    def edit(value: Any) -> None:
        one = value["entries"][number - 1]
        assert old in one["body"]
        one["body"] = one["body"].replace(old, new)

    return lambda content: edited(content, "history.json", edit)


def cell(old: str, new: str) -> Spoil:
    def spoil(content: Files) -> Files:
        assert old.encode() in content["history.csv"]
        return {**content, "history.csv": content["history.csv"].replace(old.encode(), new.encode(), 1)}

    return spoil


def without(name: str) -> Spoil:
    def spoil(content: Files) -> Files:
        found = next(one for one in content if one.startswith(name))
        return {one: data for one, data in content.items() if one != found}

    return spoil


def file(name: str, old: bytes, new: bytes) -> Spoil:
    def spoil(content: Files) -> Files:
        found = next(one for one in content if one.startswith(name) and old in content[one])
        return {**content, found: content[found].replace(old, new)}

    return spoil


def leaves(change: Callable[[list[Any]], Any]) -> Spoil:
    return lambda content: edited(content, "proofs/inclusion.json", lambda value: change(value["leaves"]))


def swap(found: list[Any]) -> None:
    found[1], found[2] = found[2], found[1]


def renumbered(found: list[Any]) -> None:
    """Two entries change places and numbers."""
    swap(found)
    for number in (2, 3):
        found[number - 1]["seq"] = number


def cut(content: Files) -> Files:
    """The last two entries, with their rows, proofs and the head."""
    content = edited(content, "history.json", lambda value: value["entries"].__delitem__(slice(-2, None)))
    content = edited(content, "proofs/inclusion.json", lambda value: value["leaves"].__delitem__(slice(-2, None)))
    last = json.loads(content["history.json"])["entries"][-1]
    rows = content["history.csv"].split(b"\r\n")
    content["history.csv"] = b"\r\n".join([*rows[:-3], b""])
    return edited(content, "pack.json", lambda value: value.update(head={"seq": ENTRIES - 2, "hash": last["hash"]}))


def hidden(content: Files) -> Files:
    """An entry that was whole is made one that is withheld, everywhere but in its hash."""

    def edit(value: Any) -> None:
        one = value["entries"][2]
        del one["body"]
        one["withheld"] = True

    content = edited(content, "history.json", edit)
    one = json.loads(content["history.json"])["entries"][2]
    rows = content["history.csv"].decode("utf-8-sig").split("\r\n")
    rows[3] = f'"3","{one["at"]}","","A step that is withheld","","","","","","{one["hash"]}","withheld",""'
    return {**content, "history.csv": "\r\n".join(rows).encode("utf-8-sig")}


HASH = "0" * 64
#: name to (what is done, what is said). Whoever does it puts the list of digests in pack.json right
SPOILT: dict[str, tuple[Spoil, str]] = {
    "the text of an entry": (text(6, '"turn":6', '"turn":9'), "entry 6: its hash is not that of its text"),
    "who acted": (text(2, "amir.shah", "ruth.bell"), "entry 2: its hash is not that of its text"),
    "a text and all hashes behind it": (
        lambda content: rechained(content, 9, '"turn":9', '"turn":8'),
        "entry 9: it is not the one that the checkpoint holds",
    ),
    "a text before one that is withheld": (
        lambda content: rechained(content, 3, '"turn":3', '"turn":8'),
        "entry 3: it is not the one that the checkpoint holds",
    ),
    "a hash": (entry(6, hash=HASH), "entry 6: its hash is not that of its text"),
    "the hash of one that is withheld": (entry(5, hash=HASH), "entry 6: its hash is not that of its text"),
    "the hash of one before one that is withheld": (
        entry(4, hash=HASH),
        "entry 4: it is not the one that the checkpoint holds",
    ),
    "the time": (entry(6, at="2026-03-03T09:00:00+00:00"), "entry 6: its text is that of another entry"),
    "one is missing": (entries(lambda found: found.pop(5)), "entry 6 is missing; number 7 stands in its place"),
    "one that is withheld is missing": (entries(lambda found: found.pop(7)), "entry 8 is missing"),
    "one is there twice": (entries(lambda found: found.insert(5, found[5])), "entry 7 is missing; number 6"),
    "one was put behind": (
        entries(lambda found: found.append({**found[7], "seq": ENTRIES + 1})),
        f"entry {ENTRIES + 1} is the last, and not the one",
    ),
    "two change places": (entries(swap), "entry 2 is missing; number 3 stands in its place"),
    "two change places and numbers": (entries(renumbered), "entry 2: its hash is not that of its text"),
    "the end is cut": (entries(lambda found: found.pop()), f"entry {ENTRIES - 1} is the last, and not the one"),
    "the end is cut everywhere but in the log": (
        lambda content: edited(cut(content), "proofs/inclusion.json", _two_more(content)),
        f"entry {ENTRIES - 1}: the checkpoint holds it, and it or its proof is missing here",
    ),
    "an entry of another case": (
        lambda content: edited(content, "pack.json", lambda value: value["case"].update(id="another")),
        "history.json is of another case",
    ),
    "a proof": (leaves(lambda found: found[3]["path"].__setitem__(0, HASH)), "entry 4: its proof does not lead"),
    "a proof is missing": (leaves(lambda found: found.pop(3)), "entry 4: the checkpoint holds it"),
    "the place in the log": (leaves(lambda found: found[3].update(index=7)), "entry 4: its proof does not lead"),
    "a proof is too long": (leaves(lambda found: found[3]["path"].append(HASH)), "entry 4: its proof does not lead"),
    "a proof is too short": (leaves(lambda found: found[3]["path"].pop()), "entry 4: its proof does not lead"),
    "the size of the log": (file("proofs/checkpoint", b"\n20\n", b"\n19\n"), "was changed after it was signed"),
    "no checkpoint at all": (file("proofs/checkpoint", b"\n\n", b"\n"), "not in the form of one"),
    "a file of the version": (file("definitions", b"Check the dates", b"Check nothing"), "not those by which the case"),
    "a version is missing": (
        lambda content: edited(content, "pack.json", lambda value: value["definitions"].clear()),
        "entry 1: it ran on a version that is not in the pack",
    ),
    "a diagram": (file("diagrams/leave.bpmn", b"Check the dates", b"Check nothing"), "diagrams/leave.bpmn is not the"),
    "a diagram is missing": (without("diagrams/leave.bpmn"), "diagrams/leave.bpmn is not the"),
    "a cell": (cell('"Amir Shah"', '"Ruth Bell"'), "entry 1: history.csv says something else"),
    "a formula without its apostrophe": (cell("'=Check", "=Check"), "entry 2: history.csv says something else"),
    "a row": (cell('"2","2026', '"3","2026'), "entry 2: history.csv says something else"),
    "details": (cell('""turn"":6', '""turn"":5'), "entry 6: history.csv says something else"),
    "a column": (cell("number", "No."), "history.csv has other columns"),
    "a row too many": (file("history.csv", b'"2","2026', b'"","2026"\r\n"2","2026'), "not a row for each entry"),
    "what is shown in part": (
        entries(lambda found: found[6]["part"]["data"].update(element="other")),
        "entry 7: history.csv says something else",
    ),
}  # fmt: skip


def _two_more(content: Files) -> Callable[[Any], None]:
    """The proofs as they were: whoever cut the end could not take them out of the log, and left them here."""
    proofs = json.loads(content["proofs/inclusion.json"])["leaves"]
    return lambda value: value.update(leaves=proofs)


@pytest.mark.parametrize("name", SPOILT)
def test_it_is_found_and_named(pack: kit.Made, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil, expected = SPOILT[name]
    spoilt = spoil(pack.files)
    assert spoilt != pack.files
    code, told = said(capsys, put(tmp_path, packed(spoilt)), "--key", KEY.public.vkey)
    assert (code, told.splitlines()[-1]) == (1, "ALTERED"), told
    assert expected in told.partition("WRONG:")[2], told


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (file("README", b"today", b"to-day"), "the file README.txt was changed"),
        (without("rules.json"), "the file rules.json is missing"),
        (lambda content: {**content, "notes.txt": b""}, "the file notes.txt was added"),
    ],
)
def test_a_file_that_pack_json_does_not_know(
    pack: kit.Made, spoil: Spoil, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = said(capsys, put(tmp_path, packed(spoil(pack.files), listed=False)))
    assert (code, expected in told) == (1, True), told


def test_who_rewrites_everything_cannot_sign_it(
    pack: kit.Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a key such a pack is of a piece, and the answer says what was not checked; with the key it is not."""
    rewritten = kit.made(kit.gathered())
    note = rewritten.files["proofs/checkpoint.txt"].decode()
    files = {**rewritten.files, "proofs/checkpoint.txt": OTHER.sign(note.partition("\n\n")[0] + "\n").encode()}
    path = put(tmp_path, packed(files))
    code, told = said(capsys, path)
    assert (code, "the signature: ask the provider for the key" in told) == (0, True)
    code, told = said(capsys, path, "--key", KEY.public.vkey)
    assert (code, "not signed with the key that you gave" in told) == (1, True), told


def test_a_note_that_was_changed_after_it_was_signed(
    pack: kit.Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = file("proofs/checkpoint", b"time 2026-03-02", b"time 2027-03-02")(pack.files)
    code, told = said(capsys, put(tmp_path, packed(spoilt)), "--key", KEY.public.vkey)
    assert (code, "the checkpoint was changed after it was signed" in told) == (1, True), told


def test_what_came_after_the_checkpoint_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, kit.made(kit.gathered(until=6)).data)
    code, told = said(capsys, path, "--key", KEY.public.vkey)
    assert code == 0
    assert "holds entries 1 to 6" in told
    assert "entries 7 to 10, the first of 2026-03-02T09:00:00+00:00: nothing signs them" in told


@pytest.mark.parametrize("take", ["proofs/checkpoint.txt", "proofs/inclusion.json"])
def test_a_pack_without_proofs_is_none_for_who_has_a_key(
    pack: kit.Made, take: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The proofs cannot be left out unseen: of a log that holds nothing of the case, or of no log."""
    bare = kit.made(kit.gathered(until=0))
    code, told = said(capsys, put(tmp_path, bare.data))
    assert (code, "there is no checkpoint, so its maker could have written all of it anew" in told) == (0, True)
    assert said(capsys, put(tmp_path, bare.data), "--key", KEY.public.vkey)[0] == 1
    emptied = leaves(lambda found: found.clear())(pack.files)
    code, told = said(capsys, put(tmp_path, packed(emptied)), "--key", KEY.public.vkey)
    assert (code, "holds no entry of this case" in told) == (1, True), told
    code, _ = said(capsys, put(tmp_path, packed(without(take)(pack.files))), "--key", KEY.public.vkey)
    assert code in {1, 2}


@pytest.mark.parametrize("key", ["", "x", "a+b+c", KEY.public.vkey[:-4], KEY.public.vkey.replace("waymark", "way")])
def test_a_key_that_is_not_whole(pack: kit.Made, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, put(tmp_path, pack.data), "--key", key)
    assert (code, "the key that you gave is not whole" in told) == (2, True), told


def test_one_may_say_that_an_entry_was_withheld_and_it_is_counted(
    pack: kit.Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever passes a pack on can take the text of an entry out: it stays there by its hash, and is told as such."""
    code, told = said(capsys, put(tmp_path, packed(hidden(pack.files))), "--key", KEY.public.vkey)
    assert (code, "what 4 entries say that are withheld" in told) == (0, True), told
