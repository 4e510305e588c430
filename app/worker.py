"""`waymark worker`: looks every few seconds at what is due. Any number may run, on any number of machines.

APScheduler only ticks. What is due stands in the database, and the database decides who does it: a
worker that is killed loses nothing, for another finds the same rows.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from types import FrameType

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from app import db, logs, outbox
from app.cases import Waymark, commands
from app.clock import SystemClock
from app.errors import WaymarkError
from app.identity import clock as clocks
from app.identity import recipients
from app.settings import ROOT, Settings

log = logging.getLogger("waymark.worker")

#: cases served before the worker looks at the mail and at its signals again
BATCH = 50


@dataclass
class Worker:
    """One worker. `stopping` ends the tick that runs after its current case, and lets no other begin."""

    waymark: Waymark
    stopping: threading.Event = field(default_factory=threading.Event)
    caught_up: bool = False
    #: ticks so far, and the first at which checkpoints are tried again
    ticks: int = 0
    rests_until: int = 0

    def tick(self) -> None:
        """Do what is due. Never raises: a database that is away now may be back at the next tick."""
        self.ticks += 1
        self._try("timers", self._timers)
        if not self.caught_up:
            self._try("waits", self._catch_up)
        self._try("messages", self._messages)
        self._try("mail", self._mail)
        self._try("keeping", self._keeping)
        self._try("files", self._files)
        self._try("rerun", self._rerun)
        self._try("checkpoints", self._checkpoints)
        self._try("verify", self._verify)

    def _try(self, part: str, work: Callable[[], Mapping[str, int]]) -> None:
        if self.stopping.is_set():
            return
        try:
            done = work()
        except Exception:
            log.exception("tick failed", extra={"part": part})
            return
        if any(done.values()):
            log.info("tick", extra={"part": part, **done})

    def _timers(self) -> dict[str, int]:
        """Due timers and failed steps whose next try has come, until nothing is due."""
        total = 0
        while not self.stopping.is_set():
            fired = commands.fire_due(self.waymark, limit=BATCH)
            total += fired
            if fired < BATCH:
                break
        return {"cases": total}

    def _catch_up(self) -> dict[str, int]:
        """Once: what cases from before an upgrade wait for."""
        cases = commands.catch_up(self.waymark)
        self.caught_up = True
        return {"cases": cases}

    def _messages(self) -> dict[str, int]:
        """Messages between cases, until none is left that somebody waits for."""
        total = 0
        while not self.stopping.is_set():
            delivered = commands.deliver(self.waymark, limit=BATCH)
            total += delivered
            if delivered < BATCH:
                break
        return {"messages": total}

    def _keeping(self) -> dict[str, int]:
        """Once a night: what is to be erased is announced, and what was announced for long enough goes."""
        done = commands.keep_house(self.waymark, stopping=self.stopping.is_set)
        return {"announced": done.announced, "erased": done.erased}

    def _rerun(self) -> dict[str, int]:
        """A few of the cases that are to be run again this night."""
        done = commands.rerun_changed(self.waymark, stopping=self.stopping.is_set)
        return {"rerun": done.rerun, "faults": done.faults}

    def _checkpoints(self) -> dict[str, int]:
        """Every hour or so: what was written since goes to the log outside of the database. A log that cannot be
        written is told once a minute, not at every tick: it stays so until somebody comes."""
        if self.ticks < self.rests_until:
            return {}
        try:
            done = commands.checkpoint_when_due(self.waymark)
        except WaymarkError as error:
            log.error("checkpoint not written", extra={"reason": error.code})  # noqa: TRY400 -- the reason says it all
            self.rests_until = self.ticks + max(1, round(60 / self.waymark.settings.tick_seconds))
            return {}
        return {"checkpoint": done.number, "new": done.new} if done is not None else {}

    def _verify(self) -> dict[str, int]:
        """Once a night: all histories, against the log outside of the database."""
        found = commands.check_history_nightly(self.waymark)
        return {"cases": found.cases, "faults": len(found.told)} if found is not None else {}

    def _files(self) -> dict[str, int]:
        """Uploads that nobody sent."""
        return {"files": commands.clear_files(self.waymark)}

    def _mail(self) -> dict[str, int]:
        waymark = self.waymark
        with db.reading(waymark.engine) as conn:
            now = clocks.read(conn, demo=waymark.settings.demo).now
        return vars(outbox.send_due(waymark.engine, waymark.settings, now, recipients, _texts(), BATCH))

    def run(self) -> None:
        """Tick until `stopping` is set; a tick that runs then is waited for."""
        every = self.waymark.settings.tick_seconds
        scheduler = BackgroundScheduler(jobstores={"default": MemoryJobStore()}, timezone=UTC)
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=every,
            next_run_time=SystemClock().now(),
            max_instances=1,
            coalesce=True,
            # However late a tick is, it is still wanted.
            misfire_grace_time=None,
        )
        # first, or the first tick may be told before it
        log.info("worker started", extra={"tick_seconds": every})
        scheduler.start()
        self.stopping.wait()
        scheduler.shutdown(wait=True)
        self.waymark.engine.dispose()
        log.info("worker stopped")


def _texts() -> Mapping[str, outbox.Template]:
    """The notices' texts; a broken file must not keep people from being told at all."""
    try:
        return outbox.load(ROOT / "processes")
    except outbox.BadTemplates as error:
        log.warning("notices unreadable", extra={"findings": len(error.findings)})
        return {}


def main() -> int:
    """Run until SIGTERM or SIGINT; 0 when stopped so."""
    logs.configure()
    worker = Worker(Waymark.open(Settings.from_env()))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
