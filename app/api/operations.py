"""The one table of what the API can do. Routes, checks and the OpenAPI document all come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from marshmallow import Schema

from app.api import schemas, searching

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
