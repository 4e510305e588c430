"""A furnished site for each test, from one database made once in a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.databases import settings_for
from tests.web.safety.matrix.furnished import town_of
from tests.web.safety.matrix.town import Town
from tests.web.safety.site import FILE, Site, furnished
from tests.web.safety.story import Case, Played, play


@pytest.fixture(scope="session")
def site_template(sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("site")
    (folder / FILE).write_bytes(sqlite_template)
    furnished(settings_for(folder))
    return (folder / FILE).read_bytes()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application; each test puts a database of its own under it."""
    made = Site(tmp_path_factory.mktemp("server"))
    yield made
    made.close()


@pytest.fixture
def site(server: Site, site_template: bytes) -> Site:
    """Everybody is there, no case yet."""
    return server.put(site_template)


@pytest.fixture(scope="session")
def story(server: Site, site_template: bytes) -> Played:
    """The whole case, with the database as it was after each of its steps."""
    return play(server, site_template)


@pytest.fixture
def at(server: Site, story: Played) -> Callable[[str], Case]:
    """The site after a step of the story, and the case there."""

    def go(step: str) -> Case:
        stage = story.stages[step]
        return Case(server.put(stage.data), stage.case_id, stage.steps)

    return go


@pytest.fixture(scope="session")
def matrix_site(
    server: Site, sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Site, bytes, Town]:
    """The world of the matrix: a site, its database, and the ids in it."""
    folder = tmp_path_factory.mktemp("matrix")
    (folder / FILE).write_bytes(sqlite_template)
    town = town_of(settings_for(folder))
    return server, (folder / FILE).read_bytes(), town
