"""The pages of the workshop over a database with everybody of the demo and one small process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from app import db, definitions
from app.cases import Waymark, commands, demo, queries
from app.cases.simulating import NO_PASSWORD
from app.definitions.drafts import Draft
from app.engine import Bundle
from app.identity import Actor
from app.identity.people import actor_of_person
from app.settings import ROOT, Settings
from tests.databases import settings_for
from tests.web.safety.site import FILE, T0, Site, csrf, log_in

BOUNDARY = "of-a-browser"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
OWNER, PROCESS, DIAGRAM, FORM = "owen.pike", "policy_gap", "policy_gap.bpmn", "policy-gap.form"


@cache
def small() -> Bundle:
    """A process of four files, of which lint finds nothing to say."""
    family = definitions.collect(ROOT / "processes/policy_review", ROOT / "forms")
    return next(one for one in family if one.key == PROCESS)


def furnish(settings: Settings) -> None:
    w = Waymark.open(settings)
    with db.transaction(w.engine) as connection:
        demo.create_people(connection, NO_PASSWORD)
        definitions.deploy(connection, small(), "system", "first", T0)
        for name in (OWNER, "amir.shah", "ada.stone"):
            log_in(connection, name)
    w.engine.dispose()


@dataclass(frozen=True)
class Shop:
    """A site with one open draft."""

    site: Site
    draft_id: str

    def path(self, rest: str = "") -> str:
        return f"/workshop/drafts/{self.draft_id}{rest}"

    @property
    def draft(self) -> Draft:
        return queries.draft_files(self.site.w, self.owner, self.draft_id)

    @property
    def owner(self) -> Actor:
        with db.reading(self.site.w.engine) as connection:
            return actor_of_person(connection, OWNER)

    def get(self, rest: str, name: str = OWNER) -> TestResponse:
        return self.site.get(name, self.path(rest))

    def save(self, name: str, data: bytes, *, seen: int | None = None, script: bool = True) -> TestResponse:
        """Send a file as its editor does, or as the page does without scripts."""
        fields = {"_csrf": csrf(OWNER), "seen": str(self.draft.version if seen is None else seen)}
        headers = {"Accept": "application/json" if script else "text/html", "Content-Type": MULTIPART}
        body = multipart(fields, name, data)
        return self.site.browser(OWNER).post(self.path(f"/files/{name}"), data=body, headers=headers)


def multipart(fields: Mapping[str, str], name: str, data: bytes) -> bytes:
    """The body of a post with one file, as a browser sends it."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{text}' for key, text in fields.items()
    ]
    parts.append(f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
    return "\r\n".join(parts).encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.fixture(scope="module")
def counter(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, bytes]]:
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / FILE).write_bytes(sqlite_template)
    furnish(settings_for(folder))
    data = (folder / FILE).read_bytes()
    site = Site(tmp_path_factory.mktemp("counter"))
    yield site, data
    site.close()


@pytest.fixture
def shop(counter: tuple[Site, bytes]) -> Shop:
    site, data = counter
    site.put(data)
    found = Shop(site, "")
    return replace(found, draft_id=commands.open_draft(site.w, found.owner, PROCESS, "Ask sooner", T0))
