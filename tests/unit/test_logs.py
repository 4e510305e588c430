"""One event, one line, nothing of what people typed."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import orjson
import pytest

from app import logs


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logger = logging.getLogger("waymark.test")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    logger.addHandler(handler)
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)
    logger.propagate = True


@pytest.mark.parametrize("payload", ["a\nb", "a\r\nb", "a\u2028b", 'a"}\n{"level": "forged', "\x00", "\x1b[31m"])
def test_no_payload_makes_a_second_line(lines: io.StringIO, payload: str) -> None:
    logging.getLogger("waymark.test").warning("tick %s", payload, extra={"part": payload})
    line, rest = lines.getvalue().split("\n")
    assert rest == ""
    told = orjson.loads(line)
    assert (told["level"], told["event"], told["part"]) == ("warning", f"tick {payload}", payload)


def test_an_exceptions_message_stays_out(lines: io.StringIO) -> None:
    def fail() -> None:
        raise ValueError("Grace has a bad back")

    try:
        fail()
    except ValueError:
        logging.getLogger("waymark.test").exception("failed")
    told = orjson.loads(lines.getvalue())
    assert told["error"] == "ValueError"
    assert told["trace"][-1].endswith(" fail")
    assert "back" not in lines.getvalue()
