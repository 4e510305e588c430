"""The auditors' room: find a case, replay it, verify it, run it again, take a pack of it along."""

from app.web.auditing import deadlines, finding, packing, replay, rerun, tabs, verifying

__all__ = ["deadlines", "finding", "packing", "replay", "rerun", "tabs", "verifying"]
