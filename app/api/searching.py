"""Looking for something in a list, as the pages do: the schemas of its questions and answers."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from app.api import schemas

#: characters of a search
LONGEST = 100


def _words() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST),
        metadata={"description": "Words of the reference or the employee's name. Nothing else is searched."},
    )


def _process() -> fields.String:
    return fields.String(load_default="", metadata={"description": "Key of a process."})


class TasksQuery(schemas.TasksQuery):
    q = _words()
    process = _process()
    due = fields.String(load_default="", validate=validate.OneOf(["", "overdue", "none"]))


class CasesQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    q = _words()
    process = _process()
    going = fields.String(
        load_default="",
        validate=validate.OneOf(["", "yes", "no"]),
        metadata={"description": "yes: under way; no: ended."},
    )
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1000))


class CaseRow(Schema):
    id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    subject = fields.String(required=True)
    status_words = fields.String(required=True)
    opened_at = fields.DateTime("iso", required=True)


class CasePage(Schema):
    items = fields.List(fields.Nested(CaseRow), required=True)
    page = fields.Integer(required=True)
    more = fields.Boolean(required=True, metadata={"description": "Whether the next page has older ones."})
