"""Other versions of the shipped processes, and moving cases to them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from app import db, definitions, engine
from app.cases import commands, queries
from app.cases.queries.moves import MovePreview
from app.definitions import Deployed
from app.engine import Bundle
from app.identity import Actor
from tests.db.rules.playing import Play

OWNER = "owen.pike"
REASON = "The autumn review asked for it"
#: file, and what to make of its text
Edit = tuple[str, Callable[[str], str]]


def replaced(file: str, old: str, new: str) -> Edit:
    """`old` stands in the file once."""

    def edit(text: str) -> str:
        assert text.count(old) == 1, (file, old, text.count(old))
        return text.replace(old, new)

    return file, edit


def redrawn(file: str, element: str, new: str) -> Edit:
    """The element under another id, wherever it is named."""
    named = re.compile(
        rf'((?:\bid|sourceRef|targetRef|attachedToRef|bpmnElement)="|<bpmn:flowNodeRef>){element}(?=["<])'
    )
    return file, lambda text: named.sub(rf"\g<1>{new}", text)


def unclassed(file: str) -> Edit:
    """No element or field has a class that hides it any more."""
    hides = re.compile(r'(name="class" value=|"class": )"(?:restricted|clinical)"')
    return file, lambda text: hides.sub(r'\1"employer"' if file.endswith(".form") else r'\1"public"', text)


def deploy(play: Play, *edits: Edit, key: str = "referral") -> Deployed:
    """A new version of what is in force; with these edits."""
    with db.transaction(play.waymark.engine) as connection:
        now = definitions.current(connection, key)
        assert now is not None
        files = dict(now.bundle.files)
        for file, edit in edits:
            files[file] = edit(files[file].decode()).encode()
        bundle = Bundle(key, files)
        engine.load(bundle)
        return definitions.deploy(connection, bundle, OWNER, REASON, play.now)


def preview(play: Play, to: int | None = None) -> MovePreview:
    return queries.move(play.waymark, play.actor(OWNER), play.case_id, play.now, to)


def told(play: Play) -> list[tuple[str, str]]:
    """The preview's changes as (kind, step)."""
    return [(one.kind, one.name) for one in preview(play).changes]


def move(play: Play, to: int | None = None, by: str = OWNER, seen: int | None = None) -> int:
    return commands.migrate(play.waymark, play.actor(by), play.case_id, REASON, play.now, to=to, seen=seen)


def back(play: Play, by: str = OWNER, reason: str = "It was the wrong one") -> int:
    return commands.migrate_back(play.waymark, play.actor(by), play.case_id, reason, play.now)


def all_of(play: Play, owner: Actor, now: datetime) -> list[tuple[str, str]]:
    """Reference and outcome of every case of the process."""
    found = commands.migrate_all(play.waymark, owner, "referral", REASON, now)
    return [(one.reference, one.outcome) for one in found]


#: a task for the manager right after the employee's consent
CHECK = replaced(
    "referral.bpmn",
    '<bpmn:sequenceFlow id="consent_given_to_assess_and_report"',
    '<bpmn:userTask id="check_dates" name="Check the dates" camunda:formRef="more-information" '
    'camunda:candidateGroups="referring_manager"><bpmn:documentation>So that nobody is called in on leave.'
    "</bpmn:documentation></bpmn:userTask>"
    '<bpmn:sequenceFlow id="check_dates_to_assess" sourceRef="check_dates" targetRef="assess_and_report" />'
    '<bpmn:sequenceFlow id="consent_given_to_assess_and_report"',
)
#: … and the flow to it
LEAD = replaced(
    "referral.bpmn",
    'sourceRef="consent_given" targetRef="assess_and_report"',
    'sourceRef="consent_given" targetRef="check_dates"',
)
#: a reminder for the office, a day before triage is late
REMINDER = replaced(
    "assessment.bpmn",
    '<bpmn:boundaryEvent id="triage_late"',
    '<bpmn:boundaryEvent id="triage_soon" name="Triage soon late" attachedToRef="triage" cancelActivity="false">'
    '<bpmn:extensionElements><camunda:properties><camunda:property name="deadline" value="warn" />'
    "</camunda:properties></bpmn:extensionElements>"
    '<bpmn:timerEventDefinition id="ts"><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">P1D</bpmn:timeDuration>'
    '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:boundaryEvent id="triage_late"',
)
RENAMED = replaced("assessment.bpmn", 'name="Triage the referral"', 'name="Look at the referral"')
TO_PRACTITIONER = replaced(
    "assessment.bpmn",
    'id="triage" name="Triage the referral" camunda:formRef="triage" camunda:formRefBinding="deployment" '
    'camunda:candidateGroups="oh_admin"',
    'id="triage" name="Triage the referral" camunda:formRef="triage" camunda:formRefBinding="deployment" '
    'camunda:candidateGroups="practitioner"',
)
#: the step that is open under another id: no case there can be moved
REDRAWN = redrawn("assessment.bpmn", "triage", "triage_2")
LABEL = replaced(
    "triage.form", '"label": "Can the referral be accepted?"', '"label": "Shall the referral be accepted?"'
)
