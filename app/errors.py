"""Every error that a person can meet, one class each: the docstring is the sentence they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


class WaymarkError(Exception):
    """Something went wrong. Nothing was changed."""

    status = 500
    #: Stable name for machines (RFC 9457 `type`), derived from the class name.
    code = "error"

    def __init__(self, detail: str | None = None, **facts: Any) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        self.facts = facts
        super().__init__(self.detail)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            name = cls.__name__
            cls.code = "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


@dataclass(frozen=True, order=True)
class Finding:
    """What lint found. `message` is a sentence in a process owner's words, `advice` what to do instead."""

    file: str
    element: str
    severity: Literal["error", "warning"]
    rule: str
    message: str
    advice: str = ""


class NotFound(WaymarkError):
    """This page or item does not exist, or it is not yours to see."""

    status = 404


class NotAllowed(WaymarkError):
    """You may not do this."""

    status = 403


class NotLoggedIn(WaymarkError):
    """Log in to go on."""

    status = 401


class Conflict(WaymarkError):
    """Somebody else was faster. Nothing of yours was lost; look again before you go on."""

    status = 409


class AlreadyDone(Conflict):
    """This task has already been completed. Your answers were not saved a second time."""


class TaskClosed(Conflict):
    """This task is no longer open."""


class ClaimedByAnother(Conflict):
    """A colleague has already taken this task."""


class CaseEnded(Conflict):
    """This case has ended. Nothing more can be done in it."""


class NotWaiting(Conflict):
    """The case does not wait for this now."""


class SaidTooLate(NotWaiting):
    """This can no longer be said here: the case has gone on, or somebody else was faster."""


class InvalidAnswers(WaymarkError):
    """There is a problem with your answers."""

    status = 422

    def __init__(self, messages: dict[str, str], detail: str | None = None) -> None:
        """`messages`: form path (`items.0.text`) to one sentence."""
        self.messages = messages
        super().__init__(detail)


class BadRequest(WaymarkError):
    """The request could not be understood."""

    status = 400


class TooManyRequests(WaymarkError):
    """You have sent very much in a short time. Wait a little, then send it again."""

    status = 429

    def __init__(self, seconds: int) -> None:
        """`seconds`: after which it may be tried again."""
        self.seconds = seconds
        super().__init__()


class DefinitionRefused(WaymarkError):
    """The process cannot be deployed as it is. What was deployed before stays in force."""

    status = 422

    def __init__(self, findings: list[Finding], detail: str | None = None) -> None:
        self.findings = findings
        super().__init__(detail)


class EngineFailure(WaymarkError):
    """The next step of the case could not be worked out. Nothing was changed; an administrator has been told."""
