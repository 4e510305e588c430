"""What each operation does: one call of the case layer, its answer given on as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.cases import Waymark
from app.cases.commands import Target, Upload
from app.cases.views import CaseFilter, TaskFilter
from app.identity import Session

#: as many as `queries.history` gives at once
HISTORY_PAGE = 200
#: previews at once: each is worked out when it is asked for
MIGRATIONS_PAGE = 50


@dataclass(frozen=True)
class Call:
    """One request. `queries` and `commands`: the modules of `app.cases`. `key`: the Idempotency-Key, if any."""

    w: Waymark
    queries: Any
    commands: Any
    session: Session
    body: Mapping[str, Any]
    query: Mapping[str, Any]
    key: str | None

    @property
    def who(self) -> tuple[Any, Any]:
        return self.w, self.session.actor


def list_processes(call: Call) -> Any:
    found = call.queries.startable(*call.who)
    return {
        "items": [
            {
                "key": one.key,
                "name": one.name,
                "documentation": one.documentation,
                "version": one.version,
                "about": one.about,
                "start_form": call.queries.start_form(*call.who, one.key, now=call.session.now),
            }
            for one in found
        ]
    }


def get_start_form(call: Call, key: str) -> Any:
    query = call.query
    return call.queries.start_form(*call.who, key, query["previous_case"], query["employer"], now=call.session.now)


def start_case(call: Call, key: str) -> Any:
    return call.commands.start(
        *call.who,
        key,
        call.body["answers"],
        call.session.now,
        key=call.key,
        previous_case=call.body["previous_case"],
        employer=call.body["employer"],
    )


def list_cases(call: Call) -> Any:
    query = call.query
    return call.queries.cases(*call.who, CaseFilter(query["q"], query["process"], query["going"]), query["page"])


def get_case(call: Call, case_id: str) -> Any:
    return call.queries.case(*call.who, case_id, call.session.now, call.query["page"])


def get_case_people(call: Call, case_id: str) -> Any:
    return call.queries.case_people(*call.who, case_id, call.session.now)


def get_meetings(call: Call, case_id: str) -> Any:
    return call.queries.meetings(*call.who, case_id, call.session.now)


def join_case(call: Call, case_id: str) -> None:
    body = call.body
    call.commands.join(
        *call.who, case_id, body["role"], body["person"], body["reason"], call.session.now, why=body["why"]
    )


def leave_case(call: Call, case_id: str) -> None:
    body = call.body
    call.commands.leave(
        *call.who, case_id, body["role"], body["person"], body["reason"], call.session.now, why=body["why"]
    )


def get_history(call: Call, case_id: str) -> Any:
    items = call.queries.history(*call.who, case_id, call.query["after"], HISTORY_PAGE, now=call.session.now)
    return {"items": items, "next_after": items[-1]["seq"] if len(items) == HISTORY_PAGE else None}


def get_saying(call: Call, case_id: str, wait_id: str) -> Any:
    return call.queries.say(*call.who, case_id, wait_id, call.session.now)


def say(call: Call, case_id: str, wait_id: str) -> Any:
    return call.commands.say(*call.who, case_id, wait_id, call.body["answers"], call.session.now, key=call.key)


def list_migrations(call: Call, key: str) -> Any:
    query = call.query
    found = call.queries.moves(*call.who, key, call.session.now, query["to"], query["after"])
    items = list(islice(found, MIGRATIONS_PAGE))
    return {"items": items, "next_after": items[-1].reference if len(items) == MIGRATIONS_PAGE else None}


def preview_migration(call: Call, case_id: str) -> Any:
    return call.queries.move(*call.who, case_id, call.session.now, call.query["to"])


def migrate_case(call: Call, case_id: str) -> Any:
    body = call.body
    version = call.commands.migrate(
        *call.who, case_id, body["reason"], call.session.now, to=body["to"], seen=body["seen"]
    )
    return {"case_id": case_id, "version": version}


def undo_migration(call: Call, case_id: str) -> Any:
    version = call.commands.migrate_back(*call.who, case_id, call.body["reason"], call.session.now)
    return {"case_id": case_id, "version": version}


def list_tasks(call: Call) -> Any:
    query = call.query
    wanted = TaskFilter(query["q"], query["process"], query["due"])
    return call.queries.inbox(*call.who, query["scope"], query["cursor"], now=call.session.now, wanted=wanted)


def get_task(call: Call, task_id: str) -> Any:
    return call.queries.task(*call.who, task_id, call.session.now)


def claim_task(call: Call, task_id: str) -> Any:
    return {"id": task_id, "version": call.commands.claim(*call.who, task_id, call.session.now)}


def unclaim_task(call: Call, task_id: str) -> Any:
    return {"id": task_id, "version": call.commands.unclaim(*call.who, task_id, call.session.now)}


def pass_on_task(call: Call, task_id: str) -> Any:
    version = call.commands.pass_on(*call.who, task_id, call.body["person"], call.session.now)
    return {"id": task_id, "version": version}


def save_draft(call: Call, task_id: str) -> None:
    call.commands.save_draft(*call.who, task_id, call.body["answers"], call.session.now)


def upload_task_file(call: Call, task_id: str) -> Any:
    return call.commands.upload(*call.who, Target(task_id=task_id), Upload(**call.body), call.session.now)


def upload_start_file(call: Call, key: str) -> Any:
    return call.commands.upload(*call.who, Target(None, key, **call.query), Upload(**call.body), call.session.now)


def get_file(call: Call, case_id: str, file_id: str) -> Any:
    return call.queries.attachment(*call.who, case_id, file_id, call.session.now)


def complete_task(call: Call, task_id: str) -> Any:
    return call.commands.complete(
        *call.who, task_id, call.body["answers"], call.body["version"], call.session.now, key=call.key
    )


HANDLERS: Mapping[str, Callable[..., Any]] = {
    "listProcesses": list_processes,
    "getStartForm": get_start_form,
    "startCase": start_case,
    "listCases": list_cases,
    "getCase": get_case,
    "getCasePeople": get_case_people,
    "getMeetings": get_meetings,
    "joinCase": join_case,
    "leaveCase": leave_case,
    "getHistory": get_history,
    "getSaying": get_saying,
    "say": say,
    "listMigrations": list_migrations,
    "previewMigration": preview_migration,
    "migrateCase": migrate_case,
    "undoMigration": undo_migration,
    "listTasks": list_tasks,
    "getTask": get_task,
    "claimTask": claim_task,
    "unclaimTask": unclaim_task,
    "passOnTask": pass_on_task,
    "saveDraft": save_draft,
    "completeTask": complete_task,
    "uploadTaskFile": upload_task_file,
    "uploadStartFile": upload_start_file,
    "getFile": get_file,
}
