"""A pack as a zip, written file after file."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Mapping
from tempfile import SpooledTemporaryFile
from typing import IO

from app.cases.audit.packing.contents import about, files
from app.cases.audit.packing.gathering import Gathered

#: bytes of a pack that are held in memory; the rest goes to a file that nobody else can open, and is gone with it
IN_MEMORY = 4_000_000
#: the oldest day that a zip can name: a pack says in pack.json when it was made, and nowhere else
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def zipped(found: Gathered, made: Mapping[str, str]) -> IO[bytes]:
    """The zip, at its beginning; the caller closes it. Its last file says what the others are. The same history and
    checkpoint give the same bytes, but for `made`: when, by whom, by which way and release."""
    out: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- whoever is handed it closes it
    digests: dict[str, str] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, data in files(found):
            digests[name] = hashlib.sha256(data).hexdigest()
            _put(pack, name, data)
        _put(pack, "pack.json", about(found, made, digests))
    out.seek(0)
    return out


def _put(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _NO_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, 0o644 << 16
    pack.writestr(info, data)
