"""The proof that nobody altered a history: of all cases, and of one."""

from __future__ import annotations

import orjson
from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Reply

from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session


@bp.get("/audit/verify")
def audit_verify() -> str:
    """What came of the last check, and the checkpoints."""
    mine = session()
    found = doors().queries.history_checks(doors().w, mine.actor, mine.now)
    return render_template("auditing/verify.html", found=found)


@bp.post("/audit/verify")
def audit_verify_now() -> Reply:
    """Checks what the auditor's organisation looks after."""
    mine = session()
    doors().commands.check_history(doors().w, mine.actor, mine.now)
    return redirect(url_for("web.audit_verify"), 303)


@bp.get("/audit/cases/<case_id>/verify")
def audit_case_verify(case_id: str) -> str:
    """One case, checked while somebody looks."""
    mine = session()
    found = doors().queries.case_proof(doors().w, mine.actor, case_id, mine.now)
    return render_template("auditing/case_verify.html", head=found.head, tab="verify", found=found)


@bp.get("/audit/cases/<case_id>/verify/proof")
def audit_case_proof(case_id: str) -> Response:
    """The newest checkpoint, as it was signed, and the proof that the case's newest entry is in it."""
    mine = session()
    reference, proof = doors().queries.newest_proof(doors().w, mine.actor, case_id, mine.now)
    told = {"note": proof.note, "size": proof.size, "index": proof.index, "leaf": proof.leaf, "path": proof.path}
    headers = {"Content-Disposition": f'attachment; filename="{reference}-proof.json"', "Cache-Control": "no-store"}
    data = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    return Response(data, content_type="application/json", headers=headers)
