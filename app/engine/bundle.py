"""A definition as deployed: the diagram, what it calls, its decision tables and forms, content-addressed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Bundle:
    """`key`: id of the main BPMN process. `files`: file name (`referral.bpmn`, `consent.form`) to bytes."""

    key: str
    files: Mapping[str, bytes]

    @cached_property
    def sha256(self) -> str:
        """Hex digest over key, names and contents; the same files give the same digest on any machine."""
        digest = hashlib.sha256(self.key.encode() + b"\0")
        for name in sorted(self.files):
            digest.update(name.encode() + b"\0" + hashlib.sha256(self.files[name]).digest())
        return digest.hexdigest()

    def __hash__(self) -> int:
        return hash(self.sha256)

    def of_kind(self, suffix: str) -> dict[str, bytes]:
        """The files whose name ends in `suffix` (".bpmn", ".dmn", ".form"), by name."""
        return {name: data for name, data in sorted(self.files.items()) if name.endswith(suffix)}
