"""Whether the time of a refused login tells that a name exists: known against unknown names, in turn.

    python benchmarks/logins.py [--tries 1000]

Prints the ratio of the medians and its spread over ten parts of the run. Locks are off the way: each try is a day
after the last by the clock that is handed in, so that none is refused unseen.
"""

from __future__ import annotations

import argparse
import logging
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app import db
from app.identity import passwords, people, sessions
from app.settings import Settings

PARTS = 10


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures known against unknown names at the login.")
    parser.add_argument("--tries", type=int, default=1000, help="of each kind")
    tries = parser.parse_args().tries
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        engine = _house(Path(folder))
        known, unknown = _measure(engine, tries)
        engine.dispose()
    ratios = [statistics.median(known[part::PARTS]) / statistics.median(unknown[part::PARTS]) for part in range(PARTS)]
    ratio = statistics.median(known) / statistics.median(unknown)
    for name, times in (("known", known), ("unknown", unknown)):
        quarters = statistics.quantiles(times, n=4)
        sys.stdout.write(
            f"{name:8} median {1000 * quarters[1]:.2f} ms, quarters {1000 * quarters[0]:.2f} to"
            f" {1000 * quarters[2]:.2f} ms\n"
        )
    sys.stdout.write(f"known / unknown {ratio:.4f}, over {PARTS} parts {min(ratios):.3f} to {max(ratios):.3f}\n")
    return 0 if abs(ratio - 1) <= 0.05 else 1


def _house(folder: Path) -> sa.Engine:
    settings = Settings(f"sqlite:///{folder / 'waymark.db'}", folder, b"s" * 32, b"m" * 32)
    db.upgrade(settings)
    engine = db.open_engine(settings)
    with db.transaction(engine) as conn:
        people.create_organisation(conn, people.Organisation("acme", "Acme", "employer"))
        people.create_person(conn, "Mo Khan", "acme", person_id="mo")
        people.create_account(conn, "mo", "mo.khan", "correct horse battery")
    return engine


def _measure(engine: sa.Engine, tries: int) -> tuple[list[float], list[float]]:
    """Seconds of each try, in pairs of random order, so that a busy moment of the machine meets both kinds."""
    passwords.nobodys_hash()
    times: dict[str, list[float]] = {"mo.khan": [], "mo.kham": []}
    now = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(tries):
        names = list(times)
        random.shuffle(names)
        for name in names:
            now += timedelta(days=2)
            begun = time.perf_counter()
            sessions.sign_in(engine, name, "wrong horse battery", now, address="somewhere")
            times[name].append(time.perf_counter() - begun)
    return times["mo.khan"], times["mo.kham"]


if __name__ == "__main__":
    sys.exit(main())
