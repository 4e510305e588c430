"""Holds, erasures that are announced or done, when people left, and when the nightly work was last done."""

import sqlalchemy as sa

from app.db.schema import metadata
from app.db.types import Json, UTCTime

#: What must not be erased, whatever a period or a request says. Never deleted: lifted.
hold = sa.Table(
    "hold",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    # the case in which it was set, and whose history tells of it
    sa.Column("case_id", sa.String(36), sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    # it covers every case about this person, those to come as well
    sa.Column("whole_person", sa.Boolean, nullable=False),
    # sealed with a data key of the case, see `holds.reason_of`
    sa.Column("reason", sa.LargeBinary, nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", UTCTime, nullable=False),
    sa.Column("lifted_by", sa.String(64)),
    sa.Column("lifted_at", UTCTime),
)
sa.Index("ix_hold_case_id", hold.c.case_id)
sa.Index("ix_hold_subject_id", hold.c.subject_id)

#: What is to be erased, from the day on which it is announced. One row is one line of the preview.
erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    # "retention" (a period has ended), "request" (the person asked) or "order" (an administrator's, by two people)
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("person_id", sa.String(64), nullable=False),
    # the one case that a period has ended for; None: all cases about the person
    sa.Column("case_id", sa.String(36)),
    sa.Column("classes", Json, nullable=False),
    # in words, as it stands where a value stood: "Erased under …"
    sa.Column("rule", sa.Text, nullable=False),
    # version of the retention policy
    sa.Column("policy", sa.String(40), nullable=False),
    # of an order, in the administrator's words
    sa.Column("reason", sa.Text),
    # also name, e-mail and login, once no case is left
    sa.Column("name_too", sa.Boolean, nullable=False),
    sa.Column("asked_by", sa.String(64)),
    sa.Column("confirmed_by", sa.String(64)),
    sa.Column("announced_at", UTCTime, nullable=False),
    # not before
    sa.Column("due_at", UTCTime, nullable=False),
    # "unconfirmed", "waiting"; "done", "withdrawn", "dropped": over
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("closed_at", UTCTime),
    # {"erased": [case id …], "kept": [case id …], "person": whether their key went}
    sa.Column("outcome", Json),
)
sa.Index("ix_erasure_state_due_at", erasure.c.state, erasure.c.due_at)
sa.Index("ix_erasure_person_id", erasure.c.person_id)
sa.Index(
    "ix_erasure_case_id",
    erasure.c.case_id,
    unique=True,
    postgresql_where=erasure.c.state == "waiting",
    sqlite_where=erasure.c.state == "waiting",
)

#: When somebody left their employer: Waymark does not know it by itself.
leaving = sa.Table(
    "leaving",
    metadata,
    sa.Column("person_id", sa.String(64), primary_key=True),
    # ISO date
    sa.Column("left_on", sa.String(10), nullable=False),
    sa.Column("entered_by", sa.String(64), nullable=False),
    sa.Column("entered_at", UTCTime, nullable=False),
)

#: Work that is done once a night, by whichever worker comes first.
nightly = sa.Table(
    "nightly",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    # ISO date of the last night whose work was finished
    sa.Column("night", sa.String(10), nullable=False),
    sa.Column("finished_at", UTCTime),
)
