"""A process of nothing but deadlines: one task with many timers, each of which tells the employee."""

from __future__ import annotations

from datetime import datetime

from app import db, definitions
from app.cases import commands
from app.engine import Bundle
from app.settings import ROOT
from tests.chaos.world import MANAGER, World
from tests.unit.engine.models import Diagram

PROCESS = "watch"


def bundle(timers: int) -> Bundle:
    """`timers`: how many, an hour from each to the next."""
    diagram = Diagram(PROCESS).start(camunda__formRef="referral", props={"starters": "manager hr"})
    diagram.user("wait", camunda__candidateGroups="referring_manager").end().chain("start", "wait", "end")
    for hour in range(1, timers + 1):
        diagram.timer(f"after{hour}", "wait", f"PT{hour}H").notify(f"tell{hour}", template=f"hour-{hour}")
        diagram.end(f"told{hour}").chain(f"after{hour}", f"tell{hour}", f"told{hour}")
    form = (ROOT / "forms" / "referral.form").read_bytes()
    return Bundle(PROCESS, {f"{PROCESS}.bpmn": diagram.xml(), "referral.form": form})


def begin(world: World, cases: int, timers: int, now: datetime) -> list[str]:
    """Deploy the process and start cases in it; their ids."""
    with db.transaction(world.engine) as connection:
        definitions.deploy(connection, bundle(timers), "system", "deadlines", now)
    actor, answers = world.actors[MANAGER], world.answers("start", now)
    return [commands.start(world.waymark, actor, PROCESS, answers, now).case_id for _ in range(cases)]
