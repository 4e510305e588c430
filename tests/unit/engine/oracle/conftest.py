"""What `make oracle` says at the end."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    found = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "oracle" and getattr(report, "when", "") == "call"
    ]
    if not found or "WAYMARK_ORACLE_MODELS" not in os.environ:
        return
    made: Counter[str] = Counter()
    for batch in found:
        made.update(batch["made"])
    write = terminalreporter.write_line
    terminalreporter.section("token game")
    for construct, count in sorted(made.items()):
        write(f"{count:7,}  {construct}")
    deviations = [told for batch in found for told in batch["deviations"]]
    models, steps = (sum(batch[what] for batch in found) for what in ("models", "steps"))
    write(f"{models:,} models, {steps:,} steps, {sum(made.values()):,} constructs, {len(deviations)} deviations")
    for told in deviations:
        seed = told.split(",", 1)[0].removeprefix("seed ")
        write(f"  {told.splitlines()[0]}; look into it with: make oracle SEED={seed}")
