"""Whether anything was changed: every row of every table, but for what reading itself marks."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from app import db
from tests.web.safety.site import Site

#: that somebody looked, or tried a password, is written down
LOOKS = frozenset({"look", "look_head", "sign_in_attempt"})
#: a login seen again, a token used, a notice read, a try to log in
MARKS = {"login_session": {"seen_at"}, "outbox": {"read_at"}, "api_token": {"used_at"}}


def fingerprint(site: Site) -> str:
    """A digest of all that is stored."""
    seen = hashlib.sha256()
    with db.reading(site.w.engine) as connection:
        for table in db.metadata.sorted_tables:
            if table.name in LOOKS:
                continue
            columns = [one for one in table.c if one.name not in MARKS.get(table.name, ())]
            for row in sorted(map(repr, connection.execute(sa.select(*columns)))):
                seen.update(f"{table.name}: {row}\n".encode())
    return seen.hexdigest()
