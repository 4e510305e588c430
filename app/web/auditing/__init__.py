"""The auditors' room: find a case, replay it, verify it, run it again, take a pack of it along."""

from app.web.auditing import deadlines, finding, replay, rerun, tabs

__all__ = ["deadlines", "finding", "replay", "rerun", "tabs"]
