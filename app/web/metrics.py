"""Counts for Prometheus, for whoever holds the token; without a token in the settings the page is not there."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from flask import Response, request
from prometheus_client.core import GaugeMetricFamily

from app.cases.views import Figures
from app.errors import NotFound
from app.traffic import render
from app.traffic.counting import CONTENT_TYPE
from app.web.blueprint import bp
from app.web.doors import doors

NAMES = {
    "open_tasks": "Tasks that are open.",
    "overdue_tasks": "Open tasks whose date is past.",
    "due_cases": "Cases with a timer that is due and has not fired.",
    "mail_waiting": "E-mails to be sent.",
    "mail_failed": "E-mails that were given up.",
    "messages_waiting": "Messages between cases that nobody has taken yet.",
}


@bp.get("/metrics")
def metrics() -> Response:
    """A wrong token is answered as a page that is not there: nobody learns whether there is one."""
    token = doors().w.settings.metrics_token
    given = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        raise NotFound
    return Response(render(_gauges(doors().queries.figures(doors().w))), content_type=CONTENT_TYPE)


def _gauges(found: Figures) -> Iterator[GaugeMetricFamily]:
    cases = GaugeMetricFamily("waymark_cases", "Cases, by process and status.", labels=("process", "status"))
    for (process, status), number in sorted(found.cases.items()):
        cases.add_metric([process, status], number)
    yield cases
    incidents = GaugeMetricFamily("waymark_incidents", "Failures that are not solved, by state.", labels=("state",))
    for state, number in sorted(found.incidents.items()):
        incidents.add_metric([state], number)
    yield incidents
    what = "Cases by what came of running them again from their history: met, differs, or cannot be run."
    reruns = GaugeMetricFamily("waymark_reruns", what, labels=("outcome",))
    for outcome, number in sorted(found.reruns.items()):
        reruns.add_metric([outcome], number)
    yield reruns
    for name, what in NAMES.items():
        yield GaugeMetricFamily(f"waymark_{name}", what, value=getattr(found, name))
    yield from _proof(found)
    late = "How long the earliest timer that is due has been waiting to fire."
    yield GaugeMetricFamily("waymark_timer_lateness_seconds", late, value=found.lateness)


def _proof(found: Figures) -> Iterator[GaugeMetricFamily]:
    """What there is none of yet is left out: an age of nought would say that all is well."""
    told = (
        ("checkpoint_age_seconds", "Time since the newest signed checkpoint of the histories.", found.checkpoint_age),
        ("history_faults", "Altered histories and files of the log, by the last nightly check.", found.history_faults),
    )
    for name, what, value in told:
        if value is not None:
            yield GaugeMetricFamily(f"waymark_{name}", what, value=value)
