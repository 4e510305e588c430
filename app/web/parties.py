"""The people of a case: who is in it and who was; bringing somebody in, taking somebody out, passing a task on."""

from __future__ import annotations

from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Reply

from app.cases.parties.reasons import REASON_NEEDED, WHY
from app.cases.views import CasePeople
from app.errors import Conflict, InvalidAnswers, NotAllowed, NotFound
from app.identity.roles import acts_for_organisation
from app.web.blueprint import bp
from app.web.doors import doors
from app.web.security import session

#: what was done, said on the page that it leads to
DONE = {
    "joined": "They are in the case now. If they followed somebody, that person sees it no more.",
    "left": "They are no longer in the case and see it no more.",
    "contact": "The address has been kept.",
    "dropped": "The address is no longer kept for this case.",
}
NOBODY = "There is nobody with this username whom you can add"


def look(case_id: str) -> CasePeople:
    mine = session()
    found: CasePeople = doors().queries.case_people(doors().w, mine.actor, case_id, mine.now)
    return found


@bp.get("/cases/<case_id>/people")
def case_people(case_id: str) -> str:
    done = DONE.get(request.args.get("done", ""), "")
    return render_template("case_people.html", people=look(case_id), done=done)


@bp.route("/cases/<case_id>/people/<role>/add", methods=["GET", "POST"])
def add_person(case_id: str, role: str) -> Reply | str:
    """Bring somebody in; in a role for one person, put them in the place of the one before."""
    mine = session()
    found = doors().queries.choices(doors().w, mine.actor, case_id, role)
    about = {"choices": found, "why": WHY, "needed": role in REASON_NEEDED}
    if request.method != "POST":
        return render_template("person_add.html", messages={}, given={}, **about)
    given = request.form

    def add() -> None:
        why, reason = "wish" if found.own else given.get("why", ""), given.get("reason", "")
        person = _named(case_id, role, why)
        doors().commands.join(doors().w, mine.actor, case_id, role, person, reason, mine.now, why=why)

    problem = _tried(add)
    if problem is None:
        return redirect(url_for("web.case_people", case_id=case_id, done="joined"), 303)
    return make_response(render_template("person_add.html", messages=problem.messages, given=given, **about), 422)


def _named(case_id: str, role: str, why: str) -> str:
    """Id of the person chosen from the list, or named by their username. Raises `InvalidAnswers` for what is empty."""
    person, username = request.form.get("person", ""), request.form.get("username", "").strip()
    if username:
        person = doors().queries.guest(doors().w, session().actor, case_id, role, username) or ""
    problems = {} if person else {"username": NOBODY} if username else {"person": "Choose who it is"}
    if problems and why not in WHY:
        problems["why"] = "Choose a kind of reason"
    if problems:
        raise InvalidAnswers(problems)
    return person


@bp.route("/cases/<case_id>/people/<role>/remove", methods=["GET", "POST"])
def remove_person(case_id: str, role: str) -> Reply | str:
    """Take somebody out of the case, on a page that says what follows."""
    mine, found = session(), look(case_id)
    able = [one for one in found.now if one.role == role and one.can_leave]
    if not able:
        raise NotFound
    own = not acts_for_organisation(role)
    about: dict[str, Any] = {"people": found, "able": able, "why": WHY, "own": own}
    if request.method != "POST":
        return render_template("person_remove.html", messages={}, given={}, **about)
    given = request.form

    def remove() -> None:
        person = able[0].person_id if len(able) == 1 else given.get("person", "")
        if person not in {one.person_id for one in able}:
            raise InvalidAnswers({"person": "Choose who is to be removed"})
        why, reason = given.get("why", "wish" if own else ""), given.get("reason", "")
        doors().commands.leave(doors().w, mine.actor, case_id, role, person, reason, mine.now, why=why)

    problem = _tried(remove)
    if problem is not None:
        return make_response(
            render_template("person_remove.html", messages=problem.messages, given=given, **about), 422
        )
    if all(one.person_id == mine.actor.person_id for one in able):
        return redirect(url_for("web.cases"), 303)
    return redirect(url_for("web.case_people", case_id=case_id, done="left"), 303)


@bp.route("/cases/<case_id>/contacts/add", methods=["GET", "POST"])
def keep_contact(case_id: str) -> Reply | str:
    """Keep the treating physician's name and address."""
    mine, found = session(), look(case_id)
    if not found.may_keep_contact:
        raise NotFound
    if request.method != "POST":
        return render_template("contact_add.html", people=found, messages={}, given={})
    given = request.form
    name, address = given.get("name", ""), given.get("address", "")
    problem = _tried(lambda: doors().commands.keep_contact(doors().w, mine.actor, case_id, name, address, mine.now))
    if problem is None:
        return redirect(url_for("web.case_people", case_id=case_id, done="contact"), 303)
    return make_response(render_template("contact_add.html", people=found, messages=problem.messages, given=given), 422)


@bp.post("/cases/<case_id>/contacts/<contact_id>/remove")
def drop_contact(case_id: str, contact_id: str) -> Reply:
    mine = session()
    doors().commands.drop_contact(doors().w, mine.actor, case_id, contact_id, mine.now)
    return redirect(url_for("web.case_people", case_id=case_id, done="dropped"), 303)


@bp.route("/tasks/<task_id>/pass-on", methods=["GET", "POST"])
def pass_on(task_id: str) -> Reply | str:
    """Hand a task that one has taken to a colleague of the same team."""
    mine = session()
    team = doors().queries.colleagues(doors().w, mine.actor, task_id)
    task = doors().queries.task(doors().w, mine.actor, task_id, mine.now)
    if request.method != "POST":
        return render_template("pass_on.html", task=task, team=team, messages={})
    person = request.form.get("person", "")
    problem = _tried(lambda: doors().commands.pass_on(doors().w, mine.actor, task_id, person, mine.now))
    if problem is None:
        return redirect(url_for("web.inbox"), 303)
    return make_response(render_template("pass_on.html", task=task, team=team, messages=problem.messages), 422)


def _tried(command: Any) -> InvalidAnswers | None:
    """Run a command. What it refuses is said at the field, a conflict of interest at the person."""
    try:
        command()
    except InvalidAnswers as error:
        return error
    except NotFound:
        raise
    except (NotAllowed, Conflict) as error:
        return InvalidAnswers({"person": error.detail})
    return None
