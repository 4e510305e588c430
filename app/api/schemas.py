"""The shapes of bodies, in and out. The same classes check what comes in, write what goes out, and describe both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from app.api import starts

#: as large as PostgreSQL's integer
_MAX_VERSION = 2**31 - 1


def _free(description: str) -> fields.Dict:
    return fields.Dict(keys=fields.String(), required=True, metadata={"description": description})


def _time(description: str = "", *, nullable: bool = False) -> fields.DateTime:
    return fields.DateTime("iso", required=True, allow_none=nullable, metadata={"description": description})


class Body(Schema):
    """What comes in: unknown members are refused, so that a misspelt one is not lost in silence."""

    class Meta:
        unknown = RAISE


class Start(Body):
    answers = _free("Answers to the start form, by field key.")
    previous_case = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=36),
        metadata={"description": "Id of the case that this one follows."},
    )
    employer = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=64),
        metadata={"description": "For whom somebody of the provider starts a case about nobody; else their own."},
    )


class TasksQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    scope = fields.String(load_default="mine", validate=validate.OneOf(["mine", "groups", "done"]))
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(1, 500),
        metadata={"description": "`next_cursor` of the page before."},
    )


class CaseQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    page = fields.Integer(
        load_default=1,
        validate=validate.Range(1, 1000),
        metadata={"description": "Of `timeline` and `submissions`: 1 is the newest."},
    )


class HistoryQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, _MAX_VERSION),
        metadata={"description": "Sequence number of the last entry that was read."},
    )


class MigrationQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    to = fields.Integer(
        load_default=None,
        validate=validate.Range(1, _MAX_VERSION),
        metadata={"description": "Version to move to; without it, the one in force."},
    )


class MigrationsQuery(MigrationQuery):
    after = fields.String(
        load_default="",
        validate=validate.Length(max=20),
        metadata={"description": "Reference of the last case that was read."},
    )


class Reason(Body):
    reason = fields.String(
        required=True,
        validate=validate.Length(1, 2000),
        metadata={"description": "Why; those who are in the case read it."},
    )


class Migrate(Reason):
    to = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, _MAX_VERSION),
        metadata={"description": "Version to move to; without it, the one in force."},
    )
    seen = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, _MAX_VERSION),
        metadata={"description": "`seen` of the preview."},
    )


class _Change(Body):
    role = fields.String(required=True, validate=validate.Length(1, 40), metadata={"description": "Case role."})
    person = fields.String(required=True, validate=validate.Length(1, 64), metadata={"description": "Person id."})
    why = fields.String(
        required=True,
        validate=validate.OneOf(["absence", "left", "conflict", "wish", "handover", "other"]),
        metadata={"description": "Kind of reason; it stands in the history."},
    )
    reason = fields.String(
        load_default="",
        validate=validate.Length(max=2000),
        metadata={"description": "In words, sealed like an answer; needed with `other`."},
    )


class Join(_Change):
    """Who is to come into the case."""


class Leave(_Change):
    """Who is to leave it."""


class PassOn(Body):
    person = fields.String(
        required=True, validate=validate.Length(1, 64), metadata={"description": "Person id of a colleague."}
    )


class Draft(Body):
    answers = _free("Answers so far; they are kept as they are and not checked.")


class Complete(Body):
    version = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, _MAX_VERSION),
        metadata={"description": "The task's version that the person saw."},
    )
    answers = _free("Answers to the task's form, by field key.")


class TaskRef(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    mine = fields.Boolean(required=True, metadata={"description": "Whether the caller may work on it now."})


class Started(Schema):
    case_id = fields.String(required=True)
    reference = fields.String(required=True)
    next_tasks = fields.List(fields.Nested(TaskRef), required=True)


class Done(Schema):
    case_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["running", "completed", "cancelled"]))
    next_tasks = fields.List(fields.Nested(TaskRef), required=True)


class TaskVersion(Schema):
    id = fields.String(required=True)
    version = fields.Integer(required=True)


class FormOut(Schema):
    """A form: the schema that draws and checks it, with every choice filled in."""

    id = fields.String(attribute="form.id", required=True)
    schema = _free("form-js JSON (schemaVersion 19), options resolved.")
    answers = _free("Values to begin with: the draft, else what is known already.")
    facts = _free("Routing facts of the case that the form's rules may use.")


class Process(Schema):
    key = fields.String(required=True)
    name = fields.String(required=True)
    documentation = fields.String(required=True)
    version = fields.Integer(required=True)
    about = fields.String(required=True, metadata={"description": "As in `Startable`."})
    start_form = fields.Nested(FormOut, required=True)


class Processes(Schema):
    items = fields.List(fields.Nested(Process), required=True)


class TaskRow(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    case_id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    subject = fields.String(required=True, metadata={"description": "Whom the case is about."})
    role = fields.String(required=True)
    due_at = _time(nullable=True)
    overdue = fields.Boolean(required=True)
    due_soon = fields.Boolean(required=True)
    claimed_by = fields.String(required=True, allow_none=True)
    can_claim = fields.Boolean(required=True)
    opened_at = _time()
    done_at = _time(nullable=True)
    paused_since = _time("Its clock stands still since then; it has no date meanwhile.", nullable=True)
    barred_by = fields.String(
        required=True, metadata={"description": "The conflict of interest that keeps the caller from it, if any."}
    )
    stuck = fields.Boolean(required=True, metadata={"description": "Somebody else has to be named for it."})


class Counts(Schema):
    mine = fields.Integer(required=True)
    groups = fields.Integer(required=True)


class TaskPage(Schema):
    items = fields.List(fields.Nested(TaskRow), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    counts = fields.Nested(Counts, required=True)


class ClockLine(Schema):
    name = fields.String(required=True)
    at = _time()
    how = fields.String(required=True, metadata={"description": "How it was counted, in a sentence."})
    kind = fields.String(required=True)
    paused_since = _time("The clock stands still since then; `at` is when it would have been.", nullable=True)
    waiting_for = fields.String(required=True, metadata={"description": "Why it stands still, if the caller may know."})


class Answer(Schema):
    """One answer in words; the views have it as a pair."""

    label = fields.String(required=True, attribute="0")
    value = fields.String(required=True, attribute="1")

    def get_attribute(self, obj: tuple[str, str], attr: str, default: Any) -> str:
        return obj[int(attr)]


class File(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "As it is kept: without path and unseen characters."})
    kind = fields.String(required=True, metadata={"description": "Found in its content: pdf, docx, …"})
    size = fields.Integer(required=True, metadata={"description": "Bytes, as kept: pictures lose what tells of them."})
    scanned = fields.Boolean(required=True, metadata={"description": "Whether a scanner found no virus in it."})


class Submission(Schema):
    title = fields.String(required=True)
    at = _time()
    who = fields.String(required=True)
    answers = fields.List(
        fields.Nested(Answer),
        attribute="fields",
        required=True,
        metadata={"description": "What the caller may see, in words."},
    )
    hidden = fields.Integer(required=True, metadata={"description": "How many answers the caller may not see."})
    brought = fields.Boolean(
        required=True, metadata={"description": "Whether it came with a message of another case; `at` is when."}
    )
    files = fields.Function(
        lambda one: [{"label": label, "files": File(many=True).dump(found)} for label, found in one.files.items()],
        required=True,
        metadata={"type": "array", "items": {"type": "object"}, "description": "The files among them, by field label."},
    )


class Task(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    why = fields.String(required=True, metadata={"description": "Why this person is asked."})
    rules = fields.List(fields.String(), required=True)
    role = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    case_id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    subject = fields.String(required=True)
    opened_at = _time()
    due_at = _time(nullable=True)
    due_how = fields.String(required=True)
    overdue = fields.Boolean(required=True)
    warned_at = _time(nullable=True)
    paused_since = _time("Its clock stands still since then; it has no date meanwhile.", nullable=True)
    waiting_for = fields.String(required=True, metadata={"description": "Why it stands still, if the caller may know."})
    claimed_by = fields.String(required=True, allow_none=True)
    can_claim = fields.Boolean(required=True)
    can_unclaim = fields.Boolean(required=True)
    can_work = fields.Boolean(required=True)
    can_pass_on = fields.Boolean(required=True)
    barred_by = fields.String(required=True, metadata={"description": "As in a list of tasks."})
    drafted_at = _time(nullable=True)
    form = fields.Nested(FormOut, required=True)
    clocks = fields.List(fields.Nested(ClockLine), required=True)
    submissions = fields.List(fields.Nested(Submission), required=True)
    more_submissions = fields.Boolean(
        required=True, metadata={"description": "Whether there are earlier ones, to be found in the case."}
    )
    begins = fields.Nested(
        starts.Startable,
        required=True,
        allow_none=True,
        metadata={"description": "What is started while doing this task, if the caller may."},
    )


class Party(Schema):
    role = fields.String(required=True)
    label = fields.String(required=True)
    name = fields.String(required=True)


class PartyEntry(Schema):
    role = fields.String(required=True)
    label = fields.String(required=True)
    person_id = fields.String(required=True)
    name = fields.String(required=True)
    since = _time()
    added_by = fields.String(required=True, metadata={"description": "Name; empty where that is not known."})
    why = fields.String(
        required=True,
        metadata={"description": "Kind of reason in words; empty where a form named them or the caller may not know."},
    )
    until = _time("When they left; null while they are in it.", nullable=True)
    ended_by = fields.String(required=True)
    ended_why = fields.String(required=True)


class Contact(Schema):
    label = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    since = _time()
    added_by = fields.String(required=True)


class CasePeople(Schema):
    now = fields.List(fields.Nested(PartyEntry), required=True)
    before = fields.List(fields.Nested(PartyEntry), required=True)
    contacts = fields.List(
        fields.Nested(Contact), required=True, metadata={"description": "Outside of Waymark; for those who may know."}
    )
    nobody = fields.List(
        fields.String(), required=True, metadata={"description": "Tasks for which somebody has to be named."}
    )


class TimelineEntry(Schema):
    at = _time()
    who = fields.String(required=True)
    what = fields.String(required=True)
    detail = fields.String(required=True)
    rules = fields.List(fields.String(), required=True)
    kind = fields.String(required=True)


class Diagram(Schema):
    process = fields.String(required=True)
    name = fields.String(required=True)
    marks = fields.List(fields.String(), required=True, metadata={"description": "Elements where the case stands."})
    done = fields.List(fields.String(), required=True, metadata={"description": "Elements passed."})
    standing = fields.List(fields.String(), required=True)


class PreviousCase(Schema):
    """The case before; the views have it as a pair."""

    id = fields.String(required=True, attribute="0")
    reference = fields.String(required=True, attribute="1")

    def get_attribute(self, obj: tuple[str, str], attr: str, default: Any) -> str:
        return obj[int(attr)]


class Sayable(Schema):
    """Something that the caller may say to the case at any time."""

    id = fields.String(required=True, metadata={"description": "Of the wait: `wait_id` in addresses."})
    name = fields.String(required=True)
    why = fields.String(required=True, metadata={"description": "What it does."})
    element = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": "The part in which the caller says it."})
    rules = fields.List(fields.String(), required=True)
    since = _time()
    holder = fields.String(required=True, metadata={"description": "Whose open task it is about, if it sits on one."})
    number = fields.Integer(required=True, metadata={"description": "Which of how many (`many`) of the same name."})
    many = fields.Integer(required=True)
    barred_by = fields.String(required=True, metadata={"description": "As in a list of tasks."})


class Say(Schema):
    said = fields.Nested(Sayable, required=True)
    case_id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    subject = fields.String(required=True)
    form = fields.Nested(FormOut, required=True)


class Saying(Body):
    answers = _free("Answers to its form, by field key; empty where it has none.")


class Policy(Schema):
    """The policy that the case runs under."""

    name = fields.String(required=True)
    version = fields.String(required=True)
    effective = fields.Date(required=True, allow_none=True, metadata={"description": "From when it is in force."})
    why = fields.String(required=True, metadata={"description": "Why it is this one."})
    source = fields.String(required=True)


class Case(Schema):
    id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["running", "completed", "cancelled"]))
    status_words = fields.String(required=True)
    subject = fields.String(required=True)
    parties = fields.List(fields.Nested(Party), required=True)
    opened_at = _time()
    ended_at = _time(nullable=True)
    previous_case = fields.Nested(PreviousCase, required=True, allow_none=True)
    policy = fields.Nested(Policy, required=True, allow_none=True)
    can_withdraw = fields.Boolean(required=True)
    can_cancel = fields.Boolean(required=True)
    can_follow_up = fields.Boolean(required=True)
    starts = fields.List(fields.Nested(starts.Startable), required=True)
    tasks = fields.List(fields.Nested(TaskRow), required=True)
    clocks = fields.List(fields.Nested(ClockLine), required=True)
    can_say = fields.List(fields.Nested(Sayable), required=True)
    timeline = fields.List(fields.Nested(TimelineEntry), required=True)
    flags = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Soft rules that were gone past with a reason, by id, in order."},
    )
    submissions = fields.List(fields.Nested(Submission), required=True)
    diagrams = fields.List(fields.Nested(Diagram), required=True)
    page = fields.Integer(required=True)
    more_timeline = fields.Boolean(required=True, metadata={"description": "Whether the next page has earlier ones."})
    more_submissions = fields.Boolean(required=True, metadata={"description": "As `more_timeline`."})


class History(Schema):
    items = fields.List(
        fields.Dict(keys=fields.String()),
        required=True,
        metadata={"description": "Entries of the case's chained log, oldest first, as the caller may see them."},
    )
    next_after = fields.Integer(
        required=True, allow_none=True, metadata={"description": "`after` for the next page; null at the end."}
    )


class MigrationChange(Schema):
    kind = fields.String(required=True)
    step = fields.String(required=True, attribute="name")
    what = fields.String(required=True, attribute="sentence")


class MigrationRefusal(Schema):
    step = fields.String(required=True, attribute="name")
    why = fields.String(required=True, attribute="sentence")
    advice = fields.String(required=True)


class Migration(Schema):
    """What moving one case would do. Nothing that the case contains."""

    case_id = fields.String(required=True)
    reference = fields.String(required=True)
    process_name = fields.String(required=True)
    from_version = fields.Integer(required=True)
    to_version = fields.Integer(required=True)
    seen = fields.Integer(required=True, metadata={"description": "Send it along when the case is moved."})
    possible = fields.Boolean(required=True)
    changes = fields.List(fields.Nested(MigrationChange), required=True)
    refusals = fields.List(fields.Nested(MigrationRefusal), required=True)


class Migrations(Schema):
    items = fields.List(fields.Nested(Migration), required=True)
    next_after = fields.String(
        required=True, allow_none=True, metadata={"description": "`after` for the next page; null at the end."}
    )


class CaseVersion(Schema):
    case_id = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "The version that the case runs on now."})


class Problem(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "A URN that names the kind of problem, for machines."})
    title = fields.String(required=True, metadata={"description": "The kind of problem, for people."})
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What happened this time."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "For 422: the message for each field, by its path."},
    )


def messages(errors: Mapping[str, Any], path: str = "") -> dict[str, str]:
    """marshmallow's nested messages as {path: sentence}."""
    found: dict[str, str] = {}
    for key, value in errors.items():
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            found |= messages(value, here)
        else:
            found[here] = " ".join(str(one) for one in value)
    return found
