"""A file that was sent, to be saved: it is never shown in a page of ours."""

from __future__ import annotations

from flask import Response, request

from app import files
from app.cases.views import FileContent
from app.errors import NotFound
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session

#: what a browser asks for when somebody follows a link or saves it; not a picture, a frame or a script of a page
_SAVING = frozenset({"document", "empty"})


@bp.get("/cases/<case_id>/files/<file_id>")
def file(case_id: str, file_id: str) -> Response:
    if request.headers.get("Sec-Fetch-Dest", "document") not in _SAVING:
        raise NotFound
    mine = session()
    return handed_out(doors().queries.attachment(doors().w, mine.actor, case_id, file_id, mine.now))


def handed_out(found: FileContent) -> Response:
    """Piece by piece, with its type, and without any right should a browser open it all the same."""
    response = Response(found.pieces, content_type=found.media_type, direct_passthrough=True)
    response.content_length = found.file.size
    response.headers["Content-Disposition"] = files.disposition(found.file.name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
