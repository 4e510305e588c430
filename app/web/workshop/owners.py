"""The door of the workshop."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from app.errors import NotFound
from app.web.doors import doors
from app.web.security import session

P = ParamSpec("P")
R = TypeVar("R")


def owners_only(view: Callable[P, R]) -> Callable[P, R]:
    """The view is for process owners of a provider; to others it is not there, before anything else is asked of them.

    Put it directly below the route."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not doors().queries.may_enter(doors().w, session().actor):
            raise NotFound
        return view(*args, **kwargs)

    return guarded
