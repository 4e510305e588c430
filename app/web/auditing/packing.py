"""A pack of a case, to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from flask import Response, render_template

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import recently_proven, session

_PIECE = 1 << 16


@bp.get("/audit/cases/<case_id>/pack")
def audit_pack(case_id: str) -> str:
    """What a pack would hold."""
    mine = session()
    head, inside = doors().queries.pack_inside(doors().w, mine.actor, case_id, mine.now)
    return render_template("auditing/pack.html", head=head, tab="pack", inside=inside)


@bp.post("/audit/cases/<case_id>/pack")
@recently_proven
def audit_pack_made(case_id: str) -> Response:
    """The pack, made now and kept nowhere."""
    mine = session()
    name, content = doors().commands.make_pack(doors().w, mine.actor, case_id, mine.now)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    reply = Response(_pieces(content), content_type="application/zip", headers=headers)
    # also where nothing is read of it
    reply.call_on_close(content.close)
    return reply


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while piece := content.read(_PIECE):
            yield piece
