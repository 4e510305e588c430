"""The pages: Flask, Jinja, NHS service manual components. No rules, no SQL; everything goes through app.cases."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader

from app.traffic import count
from app.web import assets, errors, limits, security, uploads
from app.web.blueprint import bp
from app.web.doors import Doors

#: The largest form that is read, in bytes; the largest of ours is a tenth of it.
LARGEST_FORM = 512 * 1024


def register(app: Flask, doors: Doors) -> None:
    """Put the pages into `app`."""
    from app.web import (  # noqa: F401 # views register themselves
        account,
        admin,
        again,
        auditing,
        audits,
        calendars,
        cases,
        clock,
        emergency,
        files,
        inbox,
        keeping,
        lists,
        login,
        looks,
        me,
        me_consents,
        me_copy,
        measures,
        meetings,
        metrics,
        notices,
        outside,
        parties,
        people,
        requests,
        reset,
        said,
        search,
        second,
        seenby,
        start,
        tasks,
        tokens,
        voices,
        workshop,
    )
    from app.web.workshop import room

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
    limits.install(app, doors.w.settings)
    uploads.install(app)
    room.install(app)
    app.register_blueprint(assets.bp)
    app.register_blueprint(bp)
    app.after_request(security.add_headers)
    if doors.w.settings.metrics_token:
        count(app)
    errors.register(app)
