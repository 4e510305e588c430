"""Where files of a post wait while it is read."""

from __future__ import annotations

from typing import IO, Any

from flask import Request, g

from app.files.spool import Spool


class UploadRequest(Request):
    """Files of a post go into a spool of bounded length, encrypted. Until somebody has said how long they may be
    (`g.largest_file`, bytes), as of a stranger's post, nothing of them is kept."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        spool: Any = Spool(g.get("largest_file", 0))
        return spool  # type: ignore[no-any-return]  # a spool is what the parser needs of a file
