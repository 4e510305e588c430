"""A bundle as bytes for the database, and back."""

from __future__ import annotations

import orjson
import zstandard

from app.engine.bundle import Bundle
from app.errors import WaymarkError

#: A bundle unpacks to no more than this.
MAX_BYTES = 64_000_000


class DefinitionDamaged(WaymarkError):
    """A deployed process is not what was deployed. Nothing runs on it until it is restored from a backup."""


def pack(bundle: Bundle) -> bytes:
    """zstd(orjson) of {file name: content}; each byte is one character, so that any encoding survives."""
    files = {name: data.decode("latin-1") for name, data in sorted(bundle.files.items())}
    # module function: a shared compressor is not safe between threads
    return zstandard.compress(orjson.dumps(files))


def unpack(key: str, sha256: str, content: bytes) -> Bundle:
    """The bundle, checked against its digest. Raises DefinitionDamaged."""
    try:
        files = orjson.loads(zstandard.decompress(content, max_output_size=MAX_BYTES))
        bundle = Bundle(key, {name: text.encode("latin-1") for name, text in files.items()})
    except (zstandard.ZstdError, ValueError, AttributeError) as error:
        raise DefinitionDamaged from error
    if bundle.sha256 != sha256:
        raise DefinitionDamaged
    return bundle
