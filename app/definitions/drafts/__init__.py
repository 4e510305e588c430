"""Drafts of processes: what somebody is changing, kept save by save, until it is deployed or dropped."""

from app.definitions.drafts.draft import DEPLOYED, DROPPED, OPEN, Draft, Head
from app.definitions.drafts.store import close, get, list_open, move_base, open_draft, rename, save, saves

__all__ = [
    "DEPLOYED",
    "DROPPED",
    "OPEN",
    "Draft",
    "Head",
    "close",
    "get",
    "list_open",
    "move_base",
    "open_draft",
    "rename",
    "save",
    "saves",
]
