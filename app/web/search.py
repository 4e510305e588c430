"""Looking for cases and tasks: what is looked for is a name as a rule, and stands in no address in the clear."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as Reply

from app.web.blueprint import bp
from app.web.security import SEARCH, one_line, sealed_words

#: list to its page, and the filters that it knows
LISTS = {"cases": ("web.cases", ("process", "going")), "inbox": ("web.inbox", ("scope", "process", "due"))}


@bp.post("/find")
def find() -> Reply:
    """On to the list, with the words sealed and the filters as they are."""
    page, names = LISTS.get(request.form.get("list", ""), LISTS["cases"])
    text = one_line(request.form.get(SEARCH, ""))
    asked: dict[str, Any] = {name: request.form.get(name) or None for name in names}
    asked[SEARCH] = sealed_words(text) if text else None
    return redirect(url_for(page, **asked), 303)
