"""Logging in by a real OpenID Connect provider, over HTTP from end to end."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from app import db
from app.identity.tables import account, identity_event, login_session, membership, outside_login, person
from tests.web.outside.conftest import BASE, FORM, House, Open, RealProvider, over_there

AMIR = {
    "email": "amir.shah@northfield.example",
    "email_verified": True,
    "name": "Somebody Else",
    "groups": ["managers"],
}


def rows(house: House, query: sa.Select[tuple[object, ...]]) -> list[sa.Row[tuple[object, ...]]]:
    with db.reading(house.doors.w.engine) as conn:
        return list(conn.execute(query))


def roles(house: House, person_id: str) -> set[str]:
    held = sa.select(membership.c.role, membership.c.org_id).where(membership.c.person_id == person_id)
    assert {row.org_id for row in rows(house, held)} <= {"northfield"}
    return {row.role for row in rows(house, held)}


def who(house: House) -> str:
    found = house.client.get("/account")
    assert found.status_code == 200, found.headers
    (row,) = rows(house, sa.select(login_session).where(login_session.c.issuer == "northfield"))
    return str(row.person_id)


def test_a_person_who_is_known_comes_in_as_themselves(house: House, provider: RealProvider) -> None:
    provider.next("amir-of-northfield", **AMIR, preferred_username="amir")
    address = house.begin("?next=/cases")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 43
    assert len(asked["nonce"][0]) >= 43
    answer = house.come_back(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cases")
    assert house.client.get("/cases").status_code == 200
    # named as a party before, by their organisation: name, username and password stay what they were
    (bound,) = rows(house, sa.select(outside_login))
    assert (bound.person_id, bound.subject) == ("amir.shah", "amir-of-northfield")
    assert rows(house, sa.select(person.c.name).where(person.c.id == "amir.shah"))[0].name == "Amir Shah"
    assert (
        rows(house, sa.select(account.c.username).where(account.c.person_id == "amir.shah"))[0].username == "amir.shah"
    )
    # and nothing of what the provider gave is kept
    assert "eyJ" not in repr(
        [rows(house, sa.select(table)) for table in (login_session, outside_login, identity_event)]
    )


def test_a_person_who_is_new_gets_an_account_here_and_is_the_same_the_next_time(
    house: House, provider: RealProvider
) -> None:
    new = {"email": "mo.khan@northfield.example", "email_verified": True, "name": "Mo Khan", "preferred_username": "mo"}
    provider.next("mo-1", **new, groups=["managers", "unknown"])
    assert house.come_back(house.begin()).status_code == 303
    person_id = who(house)
    (made,) = rows(house, sa.select(person).where(person.c.id == person_id))
    assert (made.name, made.org_id, made.email) == ("Mo Khan", "northfield", "mo.khan@northfield.example")
    assert roles(house, person_id) == {"employee", "manager"}
    (own,) = rows(house, sa.select(account).where(account.c.person_id == person_id))
    assert (own.username, own.password_hash) == ("mo", "")
    # the e-mail address changes over there, to another person's: still the same person, with the roles of today
    provider.next("mo-1", **{**new, "email": "amir.shah@northfield.example"}, groups=["hr"])
    assert house.come_back(house.begin()).status_code == 303
    assert who(house) == person_id
    assert roles(house, person_id) == {"employee", "hr"}
    kinds = [row.kind for row in rows(house, sa.select(identity_event).order_by(identity_event.c.at))]
    assert kinds.count("membership-ended") == 1
    assert {"account-created", "account-bound", "membership-added"} <= set(kinds)


def test_an_account_without_a_password_opens_to_no_password(house: House, provider: RealProvider) -> None:
    provider.next(
        "mo-2", email="mo.two@northfield.example", email_verified=True, name="Mo", preferred_username="mo.two"
    )
    house.come_back(house.begin())
    now = house.doors.real_now
    for password in ("", "nobody has this password"):
        assert house.doors.sign_in("mo.two", password, None).token is None
    assert now


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "amir.shah@northfield.example", "email_verified": False},
        {"email": "amir.shah@northfield.example"},
        {"email": "amir.shah@northfield.example", "email_verified": "true"},
        {"email_verified": True},
        {"email": "not an address", "email_verified": True},
    ],
)
def test_an_address_that_is_not_verified_opens_nothing(
    house: House, provider: RealProvider, claims: dict[str, object]
) -> None:
    provider.next("eve", name="Eve", **claims)
    answer = house.come_back(house.begin())
    assert answer.status_code == 401
    assert "did not confirm an e-mail address" in answer.text
    assert rows(house, sa.select(outside_login)) == []
    assert house.client.get("/inbox").status_code == 303


def test_the_same_address_in_another_organisation_is_another_person(house: House, provider: RealProvider) -> None:
    provider.next("fiona", email="fiona.mackay@harbour.example", email_verified=True, name="Fiona", groups=["managers"])
    house.come_back(house.begin())
    person_id = who(house)
    assert person_id != "fiona.mackay"
    (made,) = rows(house, sa.select(person).where(person.c.id == person_id))
    assert made.org_id == "northfield"
    assert roles(house, person_id) == {"employee", "manager"}


def test_an_address_of_an_account_that_is_bound_already_is_refused(house: House, provider: RealProvider) -> None:
    provider.next("amir-1", **AMIR)
    assert house.come_back(house.begin()).status_code == 303
    provider.next("amir-2", **AMIR)
    answer = house.come_back(house.begin())
    assert (answer.status_code, "bound to another login" in answer.text) == (401, True)


def test_a_closed_account_stays_closed(house: House, provider: RealProvider) -> None:
    with db.transaction(house.doors.w.engine) as conn:
        conn.execute(account.update().where(account.c.person_id == "amir.shah").values(active=False))
    provider.next("amir-1", **AMIR)
    answer = house.come_back(house.begin())
    assert (answer.status_code, "is closed" in answer.text) == (401, True)


def test_a_code_is_worth_nothing_twice(house: House, provider: RealProvider) -> None:
    provider.next("amir-1", **AMIR)
    back = over_there(house.begin())
    kept = house.client.get_cookie("waymark_way", path="/")
    assert kept
    assert house.client.get(back).status_code == 303
    # the browser has nothing left to come back with; and somebody who copied it meets the provider's refusal
    assert "begun too long ago" in house.client.get(back).text
    house.client.set_cookie("waymark_way", kept.value, path="/")
    assert "does not prove who you are" in house.client.get(back).text


def test_state_belongs_to_a_browser_and_to_one_login(house: House, provider: RealProvider) -> None:
    provider.next("amir-1", **AMIR)
    back = over_there(house.begin())
    stranger = house.client.application.test_client()
    assert "begun too long ago, or in another browser" in stranger.get(back).text
    stranger.get("/login/with/northfield")
    assert "begun too long ago, or in another browser" in stranger.get(back).text
    assert stranger.get("/inbox").status_code == 303


def test_who_says_no_over_there_reads_our_words(house: House, provider: RealProvider) -> None:
    provider.next("amir-1", refuses=True)
    answer = house.come_back(house.begin())
    assert answer.status_code == 401
    assert "was ended before it was done" in answer.text
    assert "said by the provider" not in answer.text
    assert "access_denied" not in answer.text


def test_logging_out_leads_to_the_logout_over_there(house: House, provider: RealProvider) -> None:
    provider.next("amir-1", **AMIR)
    house.come_back(house.begin())
    page = house.client.get("/account").text
    token = page.partition('name="_csrf" value="')[2].partition('"')[0]
    answer = house.client.post("/logout", data={"_csrf": token})
    assert answer.headers["Location"] == "/login?out=northfield"
    assert "Log out there, too" in house.client.get("/login?out=northfield").text
    leads = house.client.get("/login/with/northfield/out").headers["Location"]
    assert leads.startswith(f"{provider.issuer}/session/end?")
    assert parse_qs(urlsplit(leads).query)["post_logout_redirect_uri"] == [f"{BASE}/login"]
    assert house.client.get("/inbox").status_code == 303


@pytest.mark.parametrize(("amr", "there"), [(["pwd"], "/login/set-up?next=/"), (["pwd", "otp"], "/")])
def test_the_second_step_of_the_provider_counts_where_the_file_says_so(
    open_house: Open, provider: RealProvider, amr: list[str], there: str
) -> None:
    form = FORM.replace('organisation = "northfield"', 'organisation = "calder"').replace(
        '["manager"]', '["practitioner"]'
    )
    house = open_house(provider.issuer, form=form.replace('["hr"]', '["oh_admin"]'), second_step="required")
    claims = {"email": "nina.kaur@calder.example", "email_verified": True, "groups": ["managers"]}
    provider.next("nina", **claims, amr=amr)
    answer = house.come_back(house.begin())
    assert (answer.status_code, answer.headers["Location"]) == (303, there)
    assert (house.client.get("/inbox").status_code == 200) == (there == "/")
