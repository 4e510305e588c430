"""Waymark: occupational-health and attendance casework that runs as BPMN diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


def create_app(settings: Settings) -> Flask:
    """The web application: pages and API over one database. `db.upgrade` must have run. Wiring only."""
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from app import api, files, web
    from app.cases import Waymark, commands, queries
    from app.web.doors import Doors

    app = Flask(__name__, static_folder=None)
    app.secret_key = settings.secret_key
    # a scanner that cannot be understood is found now, not at the first upload
    files.scanner(settings.scanner)
    waymark = Waymark.open(settings)
    web.register(app, Doors.open(waymark, queries, commands))
    api.mount(app, waymark)
    if settings.proxies:
        # the visitor's address as the nearest proxies saw it; host and scheme are not theirs to say
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, 0, 0, 0, 0)  # type: ignore[method-assign]
    return app
