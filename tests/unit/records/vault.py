"""A key service as a process of its own: its keys never come into ours. What `WAYMARK_KMS` names in tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from app.settings import ROOT


class Vault:
    """Talks to the process line by line: an order and two values in hex."""

    key_id = "vault/key/1"

    def __init__(self) -> None:
        self.process = subprocess.Popen(  # noqa: S603 -- our own interpreter and file
            [sys.executable, str(Path(__file__))],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wrap(self, plain: bytes, context: bytes) -> bytes:
        return self._ask("wrap", plain, context)

    def unwrap(self, key_id: str, wrapped: bytes, context: bytes) -> bytes:
        if key_id != self.key_id:
            raise KeyError(key_id)
        return self._ask("unwrap", wrapped, context)

    def _ask(self, order: str, value: bytes, context: bytes) -> bytes:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin
        assert stdout
        stdin.write(f"{order} {value.hex()} {context.hex()}\n")
        stdin.flush()
        return bytes.fromhex(stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def serve() -> None:
    """The process: it makes its key when it starts and never tells it."""
    import os

    from app.records import decrypt, encrypt

    key = os.urandom(32)
    for line in sys.stdin:
        order, value, context = line.split()
        does = encrypt if order == "wrap" else decrypt
        sys.stdout.write(does(key, bytes.fromhex(value), bytes.fromhex(context)).hex() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
