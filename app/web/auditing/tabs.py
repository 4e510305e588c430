"""The tabs above every page about one case in the auditors' room. One whose page is not there is left out."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

from app.web.blueprint import bp

#: id, words, endpoint that takes `case_id`
TABS = (
    ("replay", "Replay", "web.audit_replay"),
    ("verify", "Verify", "web.audit_case_verify"),
    ("rerun", "Run again", "web.audit_rerun"),
    ("pack", "Pack", "web.audit_pack"),
)


def audit_tabs(case_id: str) -> list[tuple[str, str, str]]:
    """(id, words, address), as the macro `tabs` takes them."""
    there = current_app.view_functions
    return [(tab, words, url_for(to, case_id=case_id)) for tab, words, to in TABS if to in there]


def audit_tab_name(tab: str) -> str:
    return next(words for found, words, _to in TABS if found == tab)


@bp.app_context_processor
def known() -> dict[str, Any]:
    return {"audit_tabs": audit_tabs, "audit_tab_name": audit_tab_name}
