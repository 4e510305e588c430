"""What `cases.queries` and `cases.commands` answer: plain values, already redacted for the person who asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.expressions import Environment
from app.files import KINDS, size_in_words
from app.forms import Form, Option


@dataclass(frozen=True)
class TaskRef:
    """A task in a list of what comes next. `mine`: the person who asked may do it now."""

    id: str
    name: str
    mine: bool


@dataclass(frozen=True)
class Started:
    case_id: str
    reference: str
    next_tasks: tuple[TaskRef, ...]


@dataclass(frozen=True)
class Done:
    case_id: str
    #: "running", "completed" or "cancelled"
    status: str
    next_tasks: tuple[TaskRef, ...]


@dataclass(frozen=True)
class Startable:
    key: str
    name: str
    documentation: str
    form_id: str
    version: int
    #: "employee", "yourself" (an employee may start it about themselves) or "nobody"
    about: str = "employee"
    #: why it cannot be started from that case yet; empty when it can
    barred_by: str = ""


@dataclass(frozen=True)
class FormView:
    """A form to show. `schema`: form-js JSON with options resolved. `answers`: draft, else start values."""

    form: Form
    schema: Mapping[str, Any]
    options: Mapping[str, Sequence[Option]]
    answers: Mapping[str, Any]
    facts: Mapping[str, Any]
    #: now, in the calendar of the case, for conditions that read today's date
    env: Environment | None = None
    #: of a start form: the new case will follow another one
    follows: bool = False


@dataclass(frozen=True)
class TaskRow:
    id: str
    name: str
    case_id: str
    reference: str
    process_name: str
    #: name of the employee whom the case is about
    subject: str
    role: str
    due_at: datetime | None
    overdue: bool
    due_soon: bool
    claimed_by: str | None
    can_claim: bool
    opened_at: datetime
    done_at: datetime | None
    #: its clock stands still: it has no date until the clock runs on
    paused_since: datetime | None = None
    #: it stands in the queue, and a conflict of interest keeps this person from taking it: the reason, in a sentence
    barred_by: str = ""
    #: nobody may do it as things are: somebody else has to be named for the role
    stuck: bool = False


@dataclass(frozen=True)
class Page:
    items: list[TaskRow]
    next_cursor: str | None
    #: open tasks per scope: {"mine": 3, "groups": 2}
    counts: Mapping[str, int]
    #: (key, name) of the processes whose tasks are in this part of the inbox
    processes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class ClockLine:
    """A deadline that is set. `kind`: "due", "warn", "escalate", "remind" or "timer"; `how`: how it was counted.

    `ends_task`: the case then goes on without what it belongs to. `paused_since`: its clock stands still, `at` is when
    it would have been; `waiting_for`: why, in words.
    """

    name: str
    at: datetime
    how: str
    kind: str
    ends_task: bool = False
    paused_since: datetime | None = None
    waiting_for: str = ""


@dataclass(frozen=True)
class TaskView:
    id: str
    name: str
    #: why this person is asked, in the process owner's words
    why: str
    rules: tuple[str, ...]
    role: str
    state: str
    version: int
    case_id: str
    reference: str
    process_name: str
    subject: str
    opened_at: datetime
    due_at: datetime | None
    due_how: str
    overdue: bool
    #: when this person was warned about the deadline, if they were
    warned_at: datetime | None
    claimed_by: str | None
    can_claim: bool
    can_unclaim: bool
    can_work: bool
    drafted_at: datetime | None
    form: FormView
    clocks: list[ClockLine]
    #: the newest earlier answers in the case that this person may see
    submissions: list[SubmissionView]
    #: there are more of them, on the page of the case
    more_submissions: bool = False
    #: its clock stands still: since when, and for what the case waits, in words
    paused_since: datetime | None = None
    waiting_for: str = ""
    #: a conflict of interest keeps this person from doing it: the reason, in a sentence
    barred_by: str = ""
    #: it can be handed to a colleague of the team
    can_pass_on: bool = False
    #: its form is about what waits for release, and this person may look at what others will see then
    before_release: bool = False
    #: what is started from here (property `begins`), if this person may
    begins: Startable | None = None


@dataclass(frozen=True)
class FileView:
    """A file without its content. `kind`: of `app.files.KINDS`; `size`: bytes; `scanned`: a scanner found no virus."""

    id: str
    name: str
    kind: str
    size: int
    scanned: bool = True

    @property
    def what(self) -> str:
        """“PDF, 1.2 MB”"""
        return f"{KINDS[self.kind].label}, {size_in_words(self.size)}"


@dataclass(frozen=True)
class FileContent:
    """A file to hand out: `pieces` can be read once."""

    file: FileView
    pieces: Iterator[bytes]

    @property
    def media_type(self) -> str:
        return KINDS[self.file.kind].media_type


@dataclass(frozen=True)
class SubmissionView:
    """One submitted form. `fields`: (label, value in words), only what the reader may see; `files`: those in it, by the
    label of their field."""

    title: str
    at: datetime
    who: str
    fields: list[tuple[str, str]]
    hidden: int = 0
    files: Mapping[str, Sequence[FileView]] = field(default_factory=dict)
    #: it came with a message of another case; `at` is when
    brought: bool = False


@dataclass(frozen=True)
class TimelineEntry:
    at: datetime
    who: str
    what: str
    detail: str = ""
    rules: tuple[str, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class DiagramView:
    """One diagram of the case. `marks`: element ids where the case stands; `done`: elements passed."""

    process: str
    name: str
    marks: list[str]
    done: list[str]
    #: text twin of `marks` and `done`: the names that people know
    standing: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PartyView:
    role: str
    label: str
    name: str


@dataclass(frozen=True)
class PartyEntry:
    """Somebody who is or was in a case. `why`, `ended_why`: kind of reason in words, "" where the reader may not know
    or a form named them. `until`: None while they are in it."""

    role: str
    label: str
    person_id: str
    name: str
    since: datetime
    added_by: str
    why: str
    until: datetime | None
    ended_by: str
    ended_why: str
    can_leave: bool


@dataclass(frozen=True)
class ContactView:
    id: str
    label: str
    name: str
    address: str
    since: datetime
    added_by: str


@dataclass(frozen=True)
class CasePeople:
    """`may_add`, `may_replace`: (role, label). `nobody`: sentences about tasks for which somebody has to be named."""

    case_id: str
    reference: str
    process_name: str
    now: list[PartyEntry]
    before: list[PartyEntry]
    contacts: list[ContactView]
    may_add: list[tuple[str, str]]
    may_replace: list[tuple[str, str]]
    may_keep_contact: bool
    nobody: list[str]


@dataclass(frozen=True)
class Choices:
    """Who can be brought into a case in a role: `people` as (id, name). `by_name`: or a guest by their username.
    `replaces`: whoever comes follows the holder. `own`: the employee's own choice, of which nobody asks what kind of
    reason it has."""

    case_id: str
    reference: str
    process_name: str
    role: str
    label: str
    holders: list[str]
    people: list[tuple[str, str]]
    by_name: bool
    replaces: bool
    own: bool


@dataclass(frozen=True)
class Sayable:
    """What this person may say to the case at any time. `id`: of the wait; `name`: the button's words; `why`: what it
    does, in the process owner's words."""

    id: str
    name: str
    why: str
    process: str
    element: str
    role: str
    rules: tuple[str, ...]
    since: datetime
    #: whose open task it is about, where it sits on one
    holder: str = ""
    #: which of how many of the same name
    number: int = 1
    many: int = 1
    #: a conflict of interest keeps this person from saying it: the reason, in a sentence
    barred_by: str = ""


@dataclass(frozen=True)
class SayView:
    """The page on which it is said. `form`: without fields where the diagram asks nothing."""

    said: Sayable
    case_id: str
    reference: str
    process_name: str
    subject: str
    form: FormView


@dataclass(frozen=True)
class PolicyView:
    """The policy that a case runs under (NW-15). `effective`: from when it is in force, None where it does not say;
    `why`: why it is this one, without a full stop; "" for what it does not say."""

    name: str
    version: str
    effective: date | None
    why: str
    source: str


@dataclass(frozen=True)
class CaseView:
    id: str
    reference: str
    process_name: str
    version: int
    status: str
    status_words: str
    subject: str
    parties: list[PartyView]
    opened_at: datetime
    ended_at: datetime | None
    previous_case: tuple[str, str] | None
    can_withdraw: bool
    can_cancel: bool
    can_follow_up: bool
    tasks: list[TaskRow]
    clocks: list[ClockLine]
    timeline: list[TimelineEntry]
    submissions: list[SubmissionView]
    diagrams: list[DiagramView]
    #: ids of the soft rules that were gone past with a reason, in order
    flags: list[str] = field(default_factory=list)
    #: of `timeline` and `submissions`, 1 being the newest, and whether there are earlier ones
    page: int = 1
    more_timeline: bool = False
    more_submissions: bool = False
    #: one is to come, of which this person may know time and place
    has_appointment: bool = False
    #: it has, or had, a meeting of which this person may know
    has_meeting: bool = False
    #: what may be started from this case
    starts: Sequence[Startable] = ()
    #: the reader sees the case by emergency access, which ends then
    emergency_until: datetime | None = None
    process_key: str = ""
    #: the reader may see who looked into the case: at their own ("mine"), or as its practitioner ("case")
    looks: str = ""
    #: this person may look at what others see of the case
    can_see_as: bool = False
    #: what this person may say at any time
    can_say: list[Sayable] = field(default_factory=list)
    #: the case would hear at once if this person, whom it is about, took back a consent of its own scope
    can_take_back: bool = False
    #: None where the case has no such fact, or the reader may not know it
    policy: PolicyView | None = None


@dataclass(frozen=True)
class Onlooker:
    """Somebody who sees a case. `roles`: in words."""

    person_id: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class SeenBy:
    """A case as somebody else sees it. `once_released`: as they will. `added`: what they see then and not yet now, as
    (form, label, value in words). `waits`: something does wait for release."""

    who: Onlooker
    case: CaseView
    once_released: bool
    waits: bool
    added: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Sharing:
    """Who may see some of what is held, now. `label`: what it is asked for; `what`: the questions that were answered;
    `part`: only the rows of a list that the employee shares. `ground`: why, in words: “They see it because …”."""

    label: str
    what: tuple[str, ...]
    people: tuple[str, ...]
    ground: str
    part: bool = False


@dataclass(frozen=True)
class Notice:
    id: str
    at: datetime
    subject: str
    text: str
    case_id: str
    reference: str
    task_id: str | None
    read: bool


@dataclass(frozen=True)
class CaseRow:
    id: str
    reference: str
    process_name: str
    subject: str
    status_words: str
    opened_at: datetime


@dataclass(frozen=True)
class CaseFilter:
    """What to look for among cases. `text`: words of the reference or the employee's name. `process`: a process key.
    `going`: "yes" (under way), "no" (ended) or "" (either)."""

    text: str = ""
    process: str = ""
    going: str = ""


@dataclass(frozen=True)
class CasePage:
    """`page`: 1 for the newest. `processes`: (key, name) of those that the reader has cases of."""

    items: list[CaseRow]
    page: int
    more: bool
    processes: list[tuple[str, str]]


@dataclass(frozen=True)
class TaskFilter:
    """What to look for in the inbox. `due`: "overdue", "none" (no due date) or ""; the rest as in `CaseFilter`."""

    text: str = ""
    process: str = ""
    due: str = ""


@dataclass(frozen=True)
class AppointmentView:
    """`at`: with its zone. `agreed`: the employee has said yes. `times`: how often one was offered in this case."""

    case_id: str
    reference: str
    at: datetime
    place: str
    agreed: bool
    times: int


@dataclass(frozen=True)
class RaciLine:
    """`who` has which `part` in a meeting, whether they are "required" or "optional", and what they do there."""

    who: str
    part: str
    attendance: str
    duties: str


@dataclass(frozen=True)
class MeetingPart:
    """Something of a meeting, such as its notice: what was answered about it, by whom and when."""

    id: str
    title: str
    entries: list[SubmissionView]


@dataclass(frozen=True)
class MeetingView:
    """`number`: the how manieth of the case. `at`: with its zone, None before a date is set."""

    number: int
    at: datetime | None
    parts: list[MeetingPart]


@dataclass(frozen=True)
class MeetingsView:
    """`meetings`: the newest first. `ahead`: the newest is still to come, and has a time for a calendar. `policy`: name
    and version of the policy by which it is held."""

    case_id: str
    reference: str
    process_name: str
    meetings: list[MeetingView]
    raci: list[RaciLine]
    ahead: bool
    policy: str


@dataclass(frozen=True)
class MeetingAt:
    """`at`: with its zone. `agreed`: the employee has not turned it down. `times`: how often a date was set."""

    case_id: str
    reference: str
    at: datetime
    place: str
    agreed: bool
    times: int


@dataclass(frozen=True)
class Figures:
    """Counts for monitoring. `cases`: by (process key, status). `lateness`: seconds since the earliest timer that is
    due and has not fired; `due_cases`: how many wait for that. `incidents`: by state. `reruns`: cases by what came of
    running them again, the last time. `checkpoint_age`: seconds since the newest, `history_faults`: what the last check
    of all histories found; None before the first."""

    cases: Mapping[tuple[str, str], int]
    open_tasks: int
    overdue_tasks: int
    due_cases: int
    lateness: float
    mail_waiting: int
    mail_failed: int
    messages_waiting: int
    incidents: Mapping[str, int]
    reruns: Mapping[str, int]
    checkpoint_age: float | None
    history_faults: int | None


@dataclass(frozen=True)
class PersonView:
    id: str
    name: str
    username: str | None
    email: str
    organisation: str
    roles: list[str]
    active: bool


@dataclass(frozen=True)
class IncidentView:
    id: str
    case_id: str
    reference: str
    process_name: str
    element: str
    what: str
    since: datetime
    attempts: int
    next_try_at: datetime | None
    #: "retrying", "parked" or "resolved"
    state: str
    #: it is about a message to another case
    message: bool = False


@dataclass(frozen=True)
class DeploymentView:
    key: str
    name: str
    version: int
    deployed_at: datetime
    deployed_by: str
    reason: str
    running: int
