"""What was measured, as a table for people and as one JSON object for machines."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


@dataclass(frozen=True)
class Result:
    """Times in milliseconds. Counts are for one completed task in process, its login included."""

    n: int
    database: str
    in_process_ms: float
    in_process_p95_ms: float
    in_process_cpu_ms: float
    statements: int
    round_trips: int
    commits: int
    http_ms: float
    http_p95_ms: float
    http_page_ms: float
    http_page_p95_ms: float
    posts_per_second: float
    clients: int
    workers: int
    server_cpu_ms: float | None
    floor_ms: float
    floor_p95_ms: float

    def as_json(self) -> dict[str, object]:
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}

    def table(self) -> str:
        times = (
            ("bare BEGIN, UPDATE, COMMIT (floor)", self.floor_ms, self.floor_p95_ms),
            ("a completed task in process", self.in_process_ms, self.in_process_p95_ms),
            ("the same as a form post over HTTP", self.http_ms, self.http_p95_ms),
            ("the page with its form over HTTP", self.http_page_ms, self.http_page_p95_ms),
        )
        lines = [f"{'':36}{'median ms':>10}{'p95 ms':>10}{'x floor':>10}"]
        lines += [f"{what:36}{mid:10.2f}{high:10.2f}{mid / self.floor_ms:10.1f}" for what, mid, high in times]
        spent = f", {self.server_cpu_ms:.2f} ms of CPU each" if self.server_cpu_ms else ""
        traffic = f"{self.statements} statements, {self.round_trips} round trips, {self.commits} commit"
        lines += [
            "",
            f"One task in process: {traffic}; {self.in_process_cpu_ms:.2f} ms of CPU in Python.",
            f"{self.clients} clients on {self.workers} workers: {self.posts_per_second:.0f} posts a second{spent}.",
            f"The floor alone: {1000 / self.floor_ms:.0f} commits a second.",
            f"Medians of {self.n}; {self.database}.",
        ]
        return "\n".join(lines)
