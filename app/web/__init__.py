"""The pages: Flask, Jinja, NHS service manual components. No rules, no SQL; everything goes through app.cases."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader

from app.web import assets, errors, security
from app.web.blueprint import bp
from app.web.doors import Doors

#: The largest form that is read, in bytes; the largest of ours is a tenth of it.
LARGEST_FORM = 512 * 1024


def register(app: Flask, doors: Doors) -> None:
    """Put the pages into `app`."""
    # views register themselves
    from app.web import admin, cases, clock, emergency, inbox, login, looks, notices, seenby, start, tasks  # noqa: F401

    app.extensions["waymark"] = doors
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_FORM, MAX_FORM_MEMORY_SIZE=LARGEST_FORM, MAX_FORM_PARTS=2000)
    # the components' templates test for what is not there
    app.jinja_options = {
        "undefined": ChainableUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "loader": ChoiceLoader([PackageLoader("app.web"), PackageLoader("nhsuk_frontend_jinja")]),
    }
    app.register_blueprint(assets.bp)
    app.register_blueprint(bp)
    app.after_request(security.add_headers)
    errors.register(app)
