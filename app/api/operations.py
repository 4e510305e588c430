"""The one table of what the API can do. Routes, checks and the OpenAPI document all come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from marshmallow import Schema

from app.api import meeting_schemas, schemas, searching, starts

#: what any operation that needs a token may answer
ALWAYS = (400, 401, 403, 429)


@dataclass(frozen=True)
class Operation:
    """`path` in OpenAPI's form below `/api/v1`. `errors`: statuses besides `ALWAYS`, 404 and 503."""

    id: str
    method: Literal["GET", "POST", "PUT"]
    path: str
    summary: str
    scope: Literal["read", "write"]
    answer: type[Schema] | None
    status: int = 200
    body: type[schemas.Body] | None = None
    query: type[Schema] | None = None
    #: takes the header Idempotency-Key
    idempotent: bool = False
    errors: tuple[int, ...] = ()
    #: takes a file as multipart/form-data, or answers with one
    upload: bool = False
    download: bool = False
    description: str = ""

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return re.sub(r"\{(\w+)\}", r"<\1>", self.path)

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


_BODY = (413, 415)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "listProcesses",
        "GET",
        "/processes",
        "What this person may start, each with its start form",
        "read",
        schemas.Processes,
    ),
    Operation(
        "getStartForm",
        "GET",
        "/processes/{key}/form",
        "The start form, from another case filled in with what is known there",
        "read",
        schemas.FormOut,
        query=starts.StartQuery,
        errors=(404, 409),
    ),
    Operation(
        "startCase",
        "POST",
        "/processes/{key}/cases",
        "Start a case with the answers to its start form",
        "write",
        schemas.Started,
        201,
        body=schemas.Start,
        idempotent=True,
        errors=(404, 409, 422, *_BODY),
    ),
    Operation(
        "listCases",
        "GET",
        "/cases",
        "Cases that this person may look into, the newest first",
        "read",
        searching.CasePage,
        query=searching.CasesQuery,
    ),
    Operation(
        "getCase",
        "GET",
        "/cases/{case_id}",
        "A case as this person may see it",
        "read",
        schemas.Case,
        query=schemas.CaseQuery,
        errors=(404,),
    ),
    Operation(
        "getCasePeople",
        "GET",
        "/cases/{case_id}/people",
        "Who is in a case and who was, since when and why",
        "read",
        schemas.CasePeople,
        errors=(404,),
    ),
    Operation(
        "getMeetings",
        "GET",
        "/cases/{case_id}/meetings",
        "The meetings of a case, the newest first, as this person may see them",
        "read",
        meeting_schemas.Meetings,
        errors=(404,),
    ),
    Operation(
        "joinCase",
        "POST",
        "/cases/{case_id}/people",
        "Bring somebody into a case; in a role for one person they follow the one before",
        "write",
        None,
        204,
        body=schemas.Join,
        errors=(404, 409, 422, *_BODY),
    ),
    Operation(
        "leaveCase",
        "POST",
        "/cases/{case_id}/people/leave",
        "Take somebody out of a case; their open tasks go to the queue",
        "write",
        None,
        204,
        body=schemas.Leave,
        errors=(404, 409, 422, *_BODY),
    ),
    Operation(
        "getHistory",
        "GET",
        "/cases/{case_id}/history",
        "The case's chained log",
        "read",
        schemas.History,
        query=schemas.HistoryQuery,
        errors=(404,),
    ),
    Operation(
        "getSaying",
        "GET",
        "/cases/{case_id}/say/{wait_id}",
        "What the caller may say to the case at any time, with its form",
        "read",
        schemas.Say,
        errors=(404, 409),
    ),
    Operation(
        "say",
        "POST",
        "/cases/{case_id}/say/{wait_id}",
        "Say it, with the answers to its form",
        "write",
        schemas.Done,
        body=schemas.Saying,
        idempotent=True,
        errors=(404, 409, 422, *_BODY),
        description="The ids are in `can_say` of the case. What the case does not wait for any more answers 409.",
    ),
    Operation(
        "listMigrations",
        "GET",
        "/processes/{key}/migrations",
        "For its owner: what moving each running case to another version would do",
        "read",
        schemas.Migrations,
        query=schemas.MigrationsQuery,
        errors=(404,),
    ),
    Operation(
        "previewMigration",
        "GET",
        "/cases/{case_id}/migration",
        "For its owner: what moving this case to another version would do",
        "read",
        schemas.Migration,
        query=schemas.MigrationQuery,
        errors=(404, 409),
    ),
    Operation(
        "migrateCase",
        "POST",
        "/cases/{case_id}/migration",
        "Move a case to another version of its process",
        "write",
        schemas.CaseVersion,
        body=schemas.Migrate,
        errors=(404, 409, 422, *_BODY),
        description="`seen` is what the preview gave: a case that has gone on since is not moved and answers 409.",
    ),
    Operation(
        "undoMigration",
        "POST",
        "/cases/{case_id}/migration/undo",
        "Take a case back to the version and state before its move, if nothing has happened since",
        "write",
        schemas.CaseVersion,
        body=schemas.Reason,
        errors=(404, 409, 422, *_BODY),
    ),
    Operation(
        "listTasks",
        "GET",
        "/tasks",
        "The inbox: mine, my groups' or done; due first",
        "read",
        schemas.TaskPage,
        query=searching.TasksQuery,
    ),
    Operation(
        "getTask",
        "GET",
        "/tasks/{task_id}",
        "A task with its form, the choices filled in, and its version",
        "read",
        schemas.Task,
        errors=(404, 409),
    ),
    Operation(
        "claimTask",
        "POST",
        "/tasks/{task_id}/claim",
        "Take a task from a group's queue",
        "write",
        schemas.TaskVersion,
        errors=(404, 409),
    ),
    Operation(
        "unclaimTask",
        "POST",
        "/tasks/{task_id}/unclaim",
        "Give a task back to the queue",
        "write",
        schemas.TaskVersion,
        errors=(404, 409),
    ),
    Operation(
        "passOnTask",
        "POST",
        "/tasks/{task_id}/pass-on",
        "Hand a task that one has taken to a colleague of the same team",
        "write",
        schemas.TaskVersion,
        body=schemas.PassOn,
        errors=(404, 409, 422, *_BODY),
    ),
    Operation(
        "saveDraft",
        "PUT",
        "/tasks/{task_id}/draft",
        "Keep answers, unchecked, until the task is completed",
        "write",
        None,
        204,
        body=schemas.Draft,
        errors=(404, 409, *_BODY),
    ),
    Operation(
        "uploadTaskFile",
        "POST",
        "/tasks/{task_id}/files",
        "Keep a file for a field of the task's form until it is completed",
        "write",
        schemas.File,
        upload=True,
        errors=(404, 409, 422, *_BODY),
        description="Give the `id` among the answers of the field, as one of a list. What is not sent is cleared away "
        "after a day, unless a saved draft names it.",
    ),
    Operation(
        "uploadStartFile",
        "POST",
        "/processes/{key}/files",
        "Keep a file for a field of a start form until the case is started",
        "write",
        schemas.File,
        query=starts.StartQuery,
        upload=True,
        errors=(404, 422, *_BODY),
    ),
    Operation(
        "getFile",
        "GET",
        "/cases/{case_id}/files/{file_id}",
        "A file that was sent, for who may see the answer that holds it",
        "read",
        None,
        download=True,
        errors=(404, 410),
    ),
    Operation(
        "completeTask",
        "POST",
        "/tasks/{task_id}/complete",
        "Complete a task with the answers to its form",
        "write",
        schemas.Done,
        body=schemas.Complete,
        idempotent=True,
        errors=(404, 409, 422, *_BODY),
        description="A second completion changes nothing and answers 409; with the same Idempotency-Key it gives the "
        "first answer again.",
    ),
)
