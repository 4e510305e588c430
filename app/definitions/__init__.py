"""Definitions: bundles of diagram, decision tables and forms, deployed by content, and their lint."""

from app.definitions.collecting import collect
from app.definitions.diagram import WITHDRAWN, is_withdrawal, withdrawn
from app.definitions.store import Deployed, current, current_all, deploy, get, list_deployments

__all__ = [
    "WITHDRAWN",
    "Deployed",
    "collect",
    "current",
    "current_all",
    "deploy",
    "get",
    "is_withdrawal",
    "list_deployments",
    "withdrawn",
]
