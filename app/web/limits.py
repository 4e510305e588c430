"""How often a visitor may send: posts by session, logins by address."""

from __future__ import annotations

from flask import Flask, request

from app.settings import Settings
from app.traffic import Limits
from app.web import security


def install(app: Flask, settings: Settings) -> None:
    """Refuse with `TooManyRequests` what is too much, before anything is looked up."""
    limits = Limits({"posts": settings.limit_posts, "logins": settings.limit_logins})

    def check() -> None:
        if request.method != "POST":
            return
        if request.endpoint in security.NAMELESS:
            limits.take("logins", security.client_mark())
            return
        session = security.held(security.COOKIE)
        if session and not request.path.startswith("/login"):
            limits.take("posts", session)
        else:
            limits.take("logins", request.remote_addr or "")

    app.before_request(check)
