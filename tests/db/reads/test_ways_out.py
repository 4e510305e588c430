"""What leaves in a pack is noted on both databases, and the employee's own holds the files (UN-8)."""

from __future__ import annotations

import io
import zipfile

import pytest

from app.cases import commands
from tests.chaos.world import EMPLOYEE, NOW, OFFICE, World
from tests.db.reads.looking import forms, noted
from tests.db.test_cases_files import put, started
from tests.files_kit import PDF, pdf


@pytest.mark.rule("UN-8", "follows")
def test_a_pack_of_the_office_is_a_look(world: World) -> None:
    case_id, now = world.case_at("read_report")
    office = world.actors[OFFICE]
    request = commands.enter_request(world.waymark, office, EMPLOYEE, "letter", now.date(), now)
    commands.note_request(world.waymark, office, request, "checked", "document", now)
    commands.office_pack(world.waymark, office, request, now)
    told = noted(world, case_id)
    assert {(one["who"], one["kind"], one["subject"]) for one in told} == {(OFFICE, "look.export", EMPLOYEE)}
    assert "report" in forms(told)


def test_the_employees_pack_holds_their_files_whole(world: World) -> None:
    long = pdf(size=600_000)
    ids = put(world, long, name="../../plan.pdf").id, put(world, PDF, name="plan.pdf", key="k2").id
    case_id = started(world, *ids)
    employee = world.actors[EMPLOYEE]
    request = commands.ask_for_copy(world.waymark, employee, NOW)
    with zipfile.ZipFile(io.BytesIO(commands.own_pack(world.waymark, employee, request, NOW)[1])) as found:
        files = {name: found.read(name) for name in found.namelist() if name.startswith("files/")}
        assert 'href="files/' in found.read("index.html").decode()
    lead = f"files/{world.row(case_id).reference}"
    assert sorted(files) == [f"{lead}/01 plan.pdf", f"{lead}/02 plan.pdf"]
    assert sorted(files.values(), key=len) == [PDF, long]
    assert noted(world) == []
