"""A retention policy of the tests' own: short periods, counted from the end of a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cases.keeping import policy

SHORT = """
version = "test-1"
effective = 2026-11-02
owner = "Nobody"
source = "the tests"
notice_days = 10
[request]
notice_days = 14
rule = "the employee's request"
keep = { public = "Because it is harmless.", employer = "Because a test says so." }
[[period]]
process = "*"
employer = "*"
class = "clinical"
keep = "P30D"
from = "end"
rule = "the clinical period"
[[period]]
process = "referral"
employer = "*"
class = "restricted"
keep = "P1Y"
from = "leaving"
rule = "the leaving period"
"""


@pytest.fixture
def policy_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that is in force; a test may write another."""
    file = tmp_path / "retention.toml"
    file.write_text(SHORT)
    monkeypatch.setattr(policy, "FILE", file)
    return file
