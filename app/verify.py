"""Checks a pack that Waymark made of one case, without Waymark: this file, Python 3.11 and, for signatures, the package
`cryptography`. Copied alone to any machine it runs as `python verify.py PACK.zip [--key VKEY]`. Exit code 0: what could
be checked holds; 1: something was altered; 2: this is no pack that can be read.

A pack is a zip: `pack.json` (what it is, SHA-256 of every other file), `history.json` (the entries of the case),
`history.csv` (the same as a table), `definitions/DIGEST/…` (the files by which the case ran), `diagrams/…` (those of
its last version, also drawn), `rules.json`, `proofs/checkpoint.txt` and `proofs/inclusion.json`.

The hash of an entry is SHA-256 over the hash before it, a line break, and its text. At intervals Waymark signs, outside
of its database, the root of a tree over all entries of all cases (RFC 9162). So no text can be changed without its
hash, and no hash without the signed root, whoever owns the database. Of an entry that is withheld the pack has the hash
alone: that it is there is proven, and what it says is not.

Every pack is taken for hostile: nothing is unpacked to disk; sizes, counts and depths are bounded.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import json
import struct
import sys
import zlib
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

FORMAT = "waymark-pack/1"
GENESIS = "0" * 64
#: bytes of the zip's own list, of one file and of all files; files
MAX_LIST, MAX_FILE, MAX_ALL, MAX_FILES = 2_000_000, 64_000_000, 256_000_000, 4_000
HEADER = ["number", "when", "who", "what", "process", "element", "name", "rules", "version", "hash", "shown", "details"]
#: a cell that begins so is taken for a formula by spreadsheets; an apostrophe stands before it
RISKY = tuple("=+-@\t\r\n＝＋－＠")


class Unreadable(Exception):
    """This is no pack, or none that can be read safely."""


class Altered(Exception):
    """Something in the pack is not as it was made."""


USUAL = (OSError, ArithmeticError, ValueError, TypeError, RuntimeError, EOFError, MemoryError)
#: what reading something hostile may raise
HOSTILE = (*USUAL, BadZipFile, zlib.error, struct.error, csv.Error)


def plain(value: object) -> str:
    """Something from the pack, for a terminal: one line, nothing that steers the terminal, not too long."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value)[:121])
    return text if len(text) <= 120 else text[:120] + "…"


def checked(file: Any) -> Any:
    """The record at the end, before Python reads the list of files that it names: one of millions fills memory."""
    file.seek(max(0, file.seek(0, 2) - 42))
    tail = file.read(42)
    if tail[-22:-18] != b"PK\x05\x06" or tail[-2:] != b"\0\0" or tail[:4] == b"PK\x06\x07":
        raise Unreadable("it does not end as a pack does")
    if int.from_bytes(tail[-12:-10], "little") > MAX_FILES or int.from_bytes(tail[-10:-6], "little") > MAX_LIST:
        raise Unreadable("it has too many files")
    return file


def read(path: str) -> dict[str, bytes]:
    """Name to content of every file in the zip."""
    found: dict[str, bytes] = {}
    left = MAX_ALL
    with open(path, "rb") as file, ZipFile(checked(file)) as pack:
        for info in pack.infolist():
            name = info.filename
            if name in found:
                raise Unreadable(f"two of its files have the name {plain(name)}")
            if set(name) & set("\\:") or not name.isprintable() or set(name.split("/")) & {"", ".", ".."}:
                raise Unreadable(f"a file in it has the name {plain(name)}")
            if info.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
                raise Unreadable(f"{plain(name)} is packed in a way that packs are not")
            with pack.open(info) as content:
                # what the zip says of sizes is not believed
                found[name] = content.read(min(MAX_FILE, left) + 1)
            left -= len(found[name])
            if left < 0 or len(found[name]) > MAX_FILE:
                raise Unreadable(f"it is too large, at {plain(name)}")
    return found


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def a(kind: type, value: Any, what: str) -> Any:
    """The value, if it is of this kind."""
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Unreadable(f"{what} is not as it should be")
    return value


class Pack:
    """The pack, read. `entries`: as in history.json; `told`: what each says, {} where it is withheld. `key`: to trust,
    if any; `open`: in words what could not be checked."""

    def __init__(self, files: dict[str, bytes], key: str | None) -> None:
        self.files, self.key, self.open = files, key, list[str]()
        about, history = (a(dict, self.json(name), name) for name in ("pack.json", "history.json"))
        if about.get("format") != FORMAT:
            raise Unreadable(f"its format is {plain(about.get('format'))}, not {FORMAT}")
        self.case = a(str, a(dict, about.get("case"), "pack.json").get("id"), "pack.json")
        self.listed, self.head = a(dict, about.get("files"), "pack.json"), a(dict, about.get("head"), "pack.json")
        self.versions = [a(dict, one, "pack.json") for one in a(list, about.get("definitions"), "pack.json")]
        if len(self.versions) > MAX_FILES:
            raise Unreadable("it has too many versions")
        self.of, self.people = history.get("case"), a(dict, history.get("people"), "history.json")
        self.entries = [a(dict, one, "an entry") for one in a(list, history.get("entries"), "history.json")]
        self.told = [said(number, entry) for number, entry in enumerate(self.entries, 1)]

    def json(self, name: str) -> Any:
        if name not in self.files:
            raise Unreadable(f"it has no {name}")
        return json.loads(self.files[name], object_pairs_hook=once)

    def under(self, folder: str) -> dict[str, bytes]:
        return {name.removeprefix(folder): data for name, data in self.files.items() if name.startswith(folder)}


def said(number: int, entry: dict[str, Any]) -> dict[str, Any]:
    """What an entry says: from its text where it is whole, of what is shown of it where it is here in part."""
    what = f"entry {number}"
    a(str, entry.get("hash"), what)
    if ("body" in entry) + ("part" in entry) + (entry.get("withheld") is True) != 1:
        raise Unreadable(f"{what} is neither whole, nor in part, nor withheld")
    if "withheld" in entry:
        return {}
    body = json.loads(a(str, entry["body"], what), object_pairs_hook=once) if "body" in entry else entry["part"]
    told: dict[str, Any] = a(dict, body, what)
    a(list, a(dict, told.get("data"), what).get("rules") or [], a(str, told.get("kind"), what))
    return told


def digests(pack: Pack) -> str:
    """This and what follows: each gives in words what holds, or raises `Altered`."""
    for name in sorted(pack.listed.keys() | pack.files.keys() - {"pack.json"}):
        if name not in pack.files or hashlib.sha256(pack.files[name]).hexdigest() != pack.listed.get(name):
            what = "was changed" if name in pack.files else "is missing"
            raise Altered(f"the file {plain(name)} {what if name in pack.listed else 'was added'}")
    return f"{len(pack.listed)} files are those that pack.json lists, by SHA-256"


def chain(pack: Pack) -> str:
    """Each entry has its number and follows from the one before; what is withheld is passed by its hash."""
    before = GENESIS
    if pack.of != pack.case:
        raise Altered("history.json is of another case than pack.json")
    for number, (entry, told) in enumerate(zip(pack.entries, pack.told, strict=True), 1):
        if entry.get("seq") != number:
            raise Altered(f"entry {number} is missing; number {plain(entry.get('seq'))} stands in its place")
        if "body" in entry:
            if hashlib.sha256(f"{before}\n{entry['body']}".encode()).hexdigest() != entry["hash"]:
                raise Altered(f"entry {number}: its hash is not that of its text and of the hash before it")
            if (told.get("case"), told.get("seq"), told.get("at")) != (pack.case, number, entry.get("at")):
                raise Altered(f"entry {number}: its text is that of another entry")
        before = entry["hash"]
    if (pack.head.get("seq"), pack.head.get("hash")) != (len(pack.entries), before):
        raise Altered(f"entry {len(pack.entries)} is the last, and not the one that pack.json says the case ends with")
    return f"{len(pack.entries)} entries, numbered without a gap; each that is whole follows from the one before"


def definitions(pack: Pack) -> str:
    """The files of each version give the digest by which entries name it; the diagrams to look at are the last's."""
    known = {a(str, version.get("sha256"), "pack.json") for version in pack.versions}
    for version in pack.versions:
        files = pack.under(f"definitions/{version['sha256']}/")
        whole = hashlib.sha256(a(str, version.get("key"), "pack.json").encode() + b"\0")
        for name in sorted(files):
            whole.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
        if whole.hexdigest() != version["sha256"]:
            raise Altered(f"the files of version {plain(version['sha256'])} are not those by which the case ran")
    for number, told in enumerate(pack.told, 1):
        named = told["data"].get("definition") if told else None
        if named and named not in known:
            raise Altered(f"entry {number}: it ran on a version that is not in the pack")
    last = pack.under(f"definitions/{pack.versions[-1]['sha256']}/") if pack.versions else {}
    shown, drawn = pack.under("diagrams/"), {name: data for name, data in last.items() if name.endswith(".bpmn")}
    for name in sorted(drawn.keys() | {name for name in shown if not name.endswith(".svg")}):
        if drawn.get(name) != shown.get(name):
            raise Altered(f"diagrams/{plain(name)} is not the diagram of the version that the case is on")
    return (
        f"{len(known)} version(s) of the process, with {len(drawn)} diagrams, are those that the entries name by digest"
    )


def table(pack: Pack) -> str:
    """The CSV says what the JSON says."""
    csv.field_size_limit(MAX_FILE)
    text = pack.files.get("history.csv", b"").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if rows[:1] != [HEADER] or len(rows) != len(pack.entries) + 1:
        raise Altered("history.csv has other columns, or not a row for each entry")
    for number, (entry, told) in enumerate(zip(pack.entries, pack.told, strict=True), 1):
        row = rows[number] or [""]
        details = json.loads(row[-1], object_pairs_hook=once) if row[-1] else None
        if row[:-1] != columns(pack, entry, told) or details != told.get("data"):
            raise Altered(f"entry {number}: history.csv says something else than history.json")
    return "history.csv says what history.json says"


def columns(pack: Pack, entry: dict[str, Any], told: dict[str, Any]) -> list[str]:
    """A row of the table but for its last cell."""
    data, actor = told.get("data", {}), str(told.get("actor", ""))
    words: list[Any] = [pack.people.get(actor, actor), told["kind"] if told else "A step that is withheld"]
    words += [data.get(name) or "" for name in ("process", "element", "name")]
    words += [" ".join(map(str, data.get("rules") or [])), data.get("definition") or ""]
    shown = "whole" if "body" in entry else "in part" if told else "withheld"
    row = [str(one) for one in (entry.get("seq"), entry.get("at"), *words, entry["hash"], shown)]
    return [f"'{one}" if one.lstrip(" \u00a0").startswith(RISKY) or one[:1] in RISKY else one for one in row]


def checkpoint(pack: Pack) -> str:
    """C2SP tlog-checkpoint: origin, size and root of the tree, signed."""
    text, gap, signatures = pack.files.get("proofs/checkpoint.txt", b"").decode("utf-8", "replace").rpartition("\n\n")
    if not text and pack.key is None:
        pack.open.append("the time of it: there is no checkpoint, so its maker could have written all of it anew")
        return ""
    origin, size, root, time, *_more = [*text.split("\n"), "", "", ""]
    if not gap or not size.isascii() or not size.isdecimal() or len(size) > 15:
        raise Altered("there is no checkpoint in the pack, or it is not in the form of one")
    if pack.key is not None:
        check_signature(text + "\n", signatures, pack.key)
    else:
        pack.open.append("the signature: ask the provider for the key, not in the pack, and give it by --key")
    until = included(pack, int(size), from_base64(root))
    if pack.key is not None and not until:
        raise Altered("the checkpoint holds no entry of this case: nothing here is signed with the key that you gave")
    if until < len(pack.entries):
        what = f"{until + 1} to {len(pack.entries)}, the first of {plain(pack.entries[until].get('at'))}"
        pack.open.append(
            f"entries {what}: nothing signs them, the checkpoint is of {plain(time.removeprefix('time '))}"
        )
    signed = ", signed with the key that you gave," if pack.key is not None else ""
    return f"the checkpoint of {plain(origin)}{signed} holds entries 1 to {until}, each by a proof of its own"


def check_signature(text: str, signatures: str, vkey: str) -> None:
    """Is the note signed with this key (C2SP signed-note, Ed25519)?"""
    name, _, rest = vkey.strip().partition("+")
    number, _, encoded = rest.partition("+")
    raw = from_base64(encoded)
    if len(raw) != 33 or raw[:1] != b"\x01" or hashlib.sha256(f"{name}\n".encode() + raw).hexdigest()[:8] != number:
        raise Unreadable("the key that you gave is not whole: it is one line, name+number+base64")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise Unreadable("signatures need a package: pip install cryptography") from None
    for line in signatures.split("\n"):
        who, _, data = line.removeprefix("— ").partition(" ")
        signature = from_base64(data)
        if line.startswith("— ") and who == name and signature[:4].hex() == number:
            try:
                return Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signature[4:], text.encode())
            except InvalidSignature:
                raise Altered("the checkpoint was changed after it was signed") from None
    raise Altered("the checkpoint is not signed with the key that you gave")


def included(pack: Pack, size: int, root: bytes) -> int:
    """Up to which number every entry is a leaf of the tree."""
    proofs = a(dict, pack.json("proofs/inclusion.json"), "inclusion.json").get("leaves")
    for number, proof in enumerate(a(list, proofs, "inclusion.json"), 1):
        index, path = a(int, a(dict, proof, "a proof").get("index"), "a proof"), a(list, proof.get("path"), "a proof")
        if proof.get("seq") != number or number > len(pack.entries):
            raise Altered(f"entry {number}: the checkpoint holds it, and it or its proof is missing here")
        if proof.get("hash") != pack.entries[number - 1]["hash"]:
            raise Altered(f"entry {number}: it is not the one that the checkpoint holds")
        leaf = {"case": pack.case, "chain": "case", "hash": proof["hash"], "seq": number}
        line = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        if climbed(line, index, size, path) != root:
            raise Altered(f"entry {number}: its proof does not lead to the root of the checkpoint")
    return len(proofs)


def climbed(leaf: bytes, index: int, size: int, path: list[Any]) -> bytes | None:
    """The root to which a path leads (RFC 9162, 2.1.3.2); None when it has not the length for one."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for step in (bytes.fromhex(a(str, one, "a proof")) for one in path):
        if last == 0:
            return None
        if at & 1 or at == last:
            found = hashlib.sha256(b"\1" + step + found).digest()
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\1" + found + step).digest()
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def verify(path: str, key: str | None = None) -> tuple[list[str], list[str], list[str]]:
    """What holds, what could not be checked, and what is wrong, in words. Raises `Unreadable` or one of `HOSTILE`."""
    pack = Pack(read(path), key)
    holds, wrong = list[str](), list[str]()
    for check in (digests, chain, definitions, table, checkpoint):
        try:
            holds += [told] if (told := check(pack)) else []
        except Altered as error:
            wrong.append(str(error))
    withheld, part = sum(not told for told in pack.told), sum("part" in entry for entry in pack.entries)
    if withheld or part:
        pack.open.append(f"what {withheld} entries say that are withheld, and {part} that are shown in part")
    pack.open.append("names of people, rules.json, README.txt, drawings, the rest of pack.json: its maker says so")
    return holds, pack.open, wrong


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="waymark-verify", description="Check a pack that Waymark made of a case.")
    parser.add_argument("pack", metavar="PACK", help="the zip")
    parser.add_argument("--key", metavar="VKEY", help="the public key of the checkpoints: name+number+base64")
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        holds, open_, wrong = verify(given.pack, given.key)
    except (Unreadable, *HOSTILE) as error:
        sys.stdout.write(f"CANNOT BE READ: {plain(error) or type(error).__name__}\n")
        return 2
    for title, lines in (("Checked, and it holds", holds), ("Not checked", open_), ("WRONG", wrong)):
        if lines:
            sys.stdout.write("\n  - ".join([f"{title}:", *lines]) + "\n")
    sys.stdout.write("ALTERED\n" if wrong else "SOUND, as far as it was checked\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
