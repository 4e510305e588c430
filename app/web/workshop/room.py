"""How much a post of the workshop may bring: a diagram is larger than any form."""

from __future__ import annotations

from flask import Flask, g, request

from app.web.security import current_session
from app.web.workshop.editors import LARGEST

#: pages whose posts bring a whole file
TAKING = frozenset({"web.draft_file_save", "web.draft_preview"})
#: bytes around the file: the other inputs, and what the encoding adds
AROUND = 64 * 1024


def install(app: Flask) -> None:
    app.before_request(make_room)


def make_room() -> None:
    """Before anything of the post is read; for people who are logged in alone."""
    if request.method != "POST" or request.endpoint not in TAKING or current_session() is None:
        return
    g.largest_file = LARGEST
    request.max_content_length = LARGEST + AROUND
    request.max_form_memory_size = LARGEST + AROUND
