"""The auditors' room: find a case, replay it, verify it, run it again, take a pack of it along."""

from app.web.auditing import finding, packing, replay, rerun, tabs, verifying

__all__ = ["finding", "packing", "replay", "rerun", "tabs", "verifying"]
