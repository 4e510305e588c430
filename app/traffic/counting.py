"""Requests of this process, by rule, method and status: `/cases/<case_id>`, never the path itself.

The registry belongs to the process, as the counters do: with several server processes each counts its own, and says
its number.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
#: methods that have a series of their own; anybody can invent another
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})

# when a count began says nothing here, and doubles the lines
disable_created_metrics()  # type: ignore[no-untyped-call]
_registry = CollectorRegistry()
_requests = Counter(
    "waymark_requests",
    "Requests answered by this server process, by rule.",
    ("process", "rule", "method", "status"),
    registry=_registry,
)


def count(app: Flask, prefix: str = "") -> None:
    """Count what `app` answers, from now on. `prefix`: where it is mounted."""

    def answered(response: Response) -> Response:
        rule = prefix + request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else "other"
        _requests.labels(str(os.getpid()), rule, method, str(response.status_code)).inc()
        return response

    app.after_request(answered)


def render(gauges: Iterable[GaugeMetricFamily]) -> bytes:
    """Everything that is counted here, and the `gauges`, as Prometheus reads it."""
    registry = CollectorRegistry()
    registry.register(_Given(gauges))
    return generate_latest(_registry) + generate_latest(registry)


class _Given(Collector):
    def __init__(self, gauges: Iterable[GaugeMetricFamily]) -> None:
        self.gauges = list(gauges)

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self.gauges
