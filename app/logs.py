"""Logs for machines: one event is one line of JSON. No answers, no names, no addresses.

    log.info("tick", extra={"cases": 3})   ->   {"at": "…", "level": "info", "event": "tick", "cases": 3}

Of an exception only its class and the lines of code are kept: a message can repeat what somebody typed.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

import orjson

#: what every record has; whatever else it has came in by `extra`
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


#: ids of cases and tasks: 32 hexadecimal digits, with or without dashes
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_ACCESS = logging.getLogger("waymark.access")


class JsonLines(logging.Formatter):
    """Formats a record as one line; line breaks in any value are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in _STANDARD},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line |= failure(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def failure(error: BaseException) -> dict[str, Any]:
    """What may be told about an exception: `error` (its class), `trace` ("file:line function", innermost last)."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "error": type(error).__name__,
        "trace": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
    }


def access(decision: Literal["granted", "refused"], *, actor: str, case: str, way: str, **more: Any) -> None:
    """Who was let see health data, or turned away from a case or task: ids and words of ours, no names, no data.

    `case`: id, or "" when what was asked for has no shape of an id. `more`: ground, class, task, status.
    """
    _ACCESS.info("access", extra={"decision": decision, "actor": actor, "case": case, "way": way, **more})


def refused(status: int, actor: str, way: str, asked: Mapping[str, Any]) -> None:
    """Somebody was turned away from a case or task. `asked`: ids as the address had them; what has no shape of an id
    may be anything that somebody typed, and stays out."""
    if status in {403, 404} and actor and asked.keys() & {"case_id", "task_id"}:
        case, task = (_id(asked.get(name)) for name in ("case_id", "task_id"))
        access("refused", actor=actor, case=case, way=way, task=task, status=status)


def _id(given: Any) -> str:
    return given if isinstance(given, str) and _ID.fullmatch(given) else ""


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send all logs of this process to `stream` (standard error) as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Says each run of each job, every few seconds, and warns when a tick takes longer than the time between two, which
    # is as it should be: the worker then waits for it. What fails in a tick the worker says itself.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
