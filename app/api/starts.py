"""What the API says of starting cases."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

_BEFORE = "Id of the case that the new one follows."
_EMPLOYER = "For whom somebody of the provider starts a case about nobody; else their own."


class StartQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    previous_case = fields.String(
        load_default=None, validate=validate.Length(max=36), metadata={"description": _BEFORE}
    )
    employer = fields.String(load_default=None, validate=validate.Length(max=64), metadata={"description": _EMPLOYER})


class Startable(Schema):
    """A process that the caller may start from this case."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    documentation = fields.String(required=True)
    version = fields.Integer(required=True)
    about = fields.String(
        required=True,
        validate=validate.OneOf(["employee", "yourself", "nobody"]),
        metadata={"description": "Whom its cases are about."},
    )
    barred_by = fields.String(
        required=True, metadata={"description": "Why it cannot be started yet, in a sentence; empty when it can."}
    )
