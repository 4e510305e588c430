"""The sentences of the rules that a diagram cites by their ids, from processes/rules.toml."""

from __future__ import annotations

import tomllib
from functools import lru_cache

from app.settings import ROOT

LEDGER = ROOT / "processes" / "rules.toml"


@lru_cache(maxsize=1)
def sentences() -> dict[str, str]:
    """Rule id to its sentence; empty when there is no ledger."""
    if not LEDGER.is_file():
        return {}
    found = tomllib.loads(LEDGER.read_text(encoding="utf-8"))
    return {rule: facts["sentence"] for rule, facts in found.get("rules", {}).items()}
