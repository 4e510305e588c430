"""No page leads nowhere: what a template links to is there."""

from __future__ import annotations

import re
from pathlib import Path

from app import web
from tests.web.safety.site import Site

TEMPLATES = Path(web.__file__).parent / "templates"
_LINK = re.compile(r"""url_for\(\s*["']([\w.]+)["']""")


def _linked() -> dict[str, str]:
    """Endpoint to a template that links to it."""
    return {
        endpoint: path.name
        for path in sorted(TEMPLATES.rglob("*.html"))
        for endpoint in _LINK.findall(path.read_text(encoding="utf-8"))
    }


def test_each_link_in_a_template_leads_somewhere(server: Site) -> None:
    there = {rule.endpoint for rule in server.app.url_map.iter_rules()}
    linked = _linked()
    assert len(linked) > 50
    assert {endpoint: name for endpoint, name in linked.items() if endpoint not in there} == {}
