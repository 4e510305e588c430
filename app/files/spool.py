"""Where an upload waits while it is examined: in memory while it is small, then in a file that nobody can read.

What is written to the disk is encrypted (AES-CTR, NIST SP 800-38A) with a key that lives only in this object: a
machine that is switched off or copied keeps nothing of it. It is a scratch pad; what is kept is sealed in the records.
"""

from __future__ import annotations

import io
import os
import tempfile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

#: bytes that are kept in memory
IN_MEMORY = 256 * 1024
BLOCK = 16
#: bytes that one read fetches
READ = 64 * 1024


class Spool(io.RawIOBase):
    """Written once from start to end, then read from anywhere. Of more than `limit` bytes the rest is let go."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        #: bytes that came in, those let go included
        self.size = 0
        self._kept = 0
        self._at = 0
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- closed by `close`
        self._key, self._nonce = os.urandom(32), os.urandom(8)
        self._writing = self._cipher(0)

    @property
    def too_large(self) -> bool:
        return self.size > self.limit

    def _cipher(self, block: int) -> CipherContext:
        counter = self._nonce + block.to_bytes(8, "big")
        return Cipher(AES(self._key), CTR(counter)).encryptor()

    def write(self, data: Any) -> int:
        """Append. Always takes everything, so that a post is read to its end."""
        chunk = bytes(data)
        self.size += len(chunk)
        kept = chunk[: max(0, self.limit - self._kept)]
        if kept:
            self._file.seek(self._kept)
            self._file.write(self._writing.update(kept))
            self._kept += len(kept)
        return len(chunk)

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), self._kept - self._at)
        if wanted <= 0:
            return 0
        block, skip = divmod(self._at, BLOCK)
        self._file.seek(block * BLOCK)
        plain = self._cipher(block).update(self._file.read(wanted + skip))[skip:]
        view[: len(plain)] = plain
        self._at += len(plain)
        return len(plain)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._kept}[whence]
        if start + offset < 0:
            raise OSError("before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def reader(self) -> io.BufferedReader:
        """From the beginning, fetched in large pieces. The spool stays open when this is let go."""
        return io.BufferedReader(_View(self), READ)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


class _View(io.RawIOBase):
    """A place of its own in a spool, so that a reader that is let go does not close it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._at = 0

    def readinto(self, buffer: Any) -> int:
        self._spool.seek(self._at)
        read = self._spool.readinto(buffer)
        self._at += read
        return read

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._spool.seek(self._at)
        self._at = self._spool.seek(offset, whence)
        return self._at

    def tell(self) -> int:
        return self._at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
