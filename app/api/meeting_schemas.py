"""The shapes of a meeting, as it goes out."""

from __future__ import annotations

from marshmallow import Schema, fields

from app.api import schemas


class MeetingPart(Schema):
    id = fields.String(required=True, metadata={"description": "What it is about, such as `notice` or `minutes`."})
    title = fields.String(required=True)
    entries = fields.List(
        fields.Nested(schemas.Submission),
        required=True,
        metadata={"description": "What was answered about it, by whom and when, oldest first."},
    )


class Meeting(Schema):
    number = fields.Integer(required=True)
    at = fields.DateTime("iso", required=True, allow_none=True, metadata={"description": "Null before a date is set."})
    parts = fields.List(fields.Nested(MeetingPart), required=True)


class RaciLine(Schema):
    who = fields.String(required=True)
    part = fields.String(
        required=True, metadata={"description": "Responsible, Accountable (one alone), Consulted or Informed."}
    )
    attendance = fields.String(required=True, metadata={"description": "`required`, `optional`, or empty."})
    duties = fields.String(required=True, metadata={"description": "What they do there, in words."})


class Meetings(Schema):
    case_id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    meetings = fields.List(fields.Nested(Meeting), required=True)
    raci = fields.List(fields.Nested(RaciLine), required=True)
    ahead = fields.Boolean(required=True, metadata={"description": "Whether the newest is still to come."})
    policy = fields.String(required=True, metadata={"description": "Name and version of the policy."})
