"""A provider that lies, or somebody in its place: no login, no account, and none of its words on our page."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import db
from app.identity.outside import BadIssuers, load
from app.identity.tables import login_session, outside_login
from tests.web.outside.conftest import House, Open
from tests.web.outside.hostile import Hostile

NOT_PROVEN = "does not prove who you are"


def come_back(house: House, liar: Hostile, **changes: str) -> tuple[int, str]:
    """Begin here, and come back with what the liar answers."""
    query = liar.begun(house.begin())
    sent = {"code": "c", "state": query["state"], **changes}
    answer = house.client.get("/login/with/northfield/back", query_string=sent)
    return answer.status_code, answer.text


def nothing_opened(house: House) -> bool:
    with db.reading(house.doors.w.engine) as conn:
        bound = conn.execute(sa.select(outside_login)).all()
        entered = conn.execute(sa.select(login_session).where(login_session.c.issuer.is_not(None))).all()
    return not bound and not entered and house.client.get("/inbox").status_code == 303


def test_control_an_honest_token_opens(open_house: Open, liar: Hostile) -> None:
    house = open_house(liar.issuer)
    assert come_back(house, liar)[0] == 303
    assert house.client.get("/inbox").status_code == 200
    assert liar.asked[0]["code_verifier"]


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "another audience": {"claims": {"aud": "somebody else"}},
    "for us and for another": {"claims": {"aud": ["waymark", "other"], "azp": "other"}},
    "no audience": {"claims": {"aud": None}},
    "another issuer": {"claims": {"iss": "https://login.harbour.example"}},
    "no subject": {"claims": {"sub": None}},
    "run out": {"claims": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200}},
    "never runs out": {"claims": {"exp": None}},
    "from tomorrow": {"claims": {"iat": int(time.time()) + 86400}},
    "not yet": {"claims": {"nbf": int(time.time()) + 86400}},
    "another access token": {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
    "no signature": {"signed_by": "none"},
    "another key": {"signed_by": "other"},
    "the public key as a secret": {"signed_by": "public"},
    "another algorithm": {"header": {"alg": "PS256"}},
    "a key of another name": {"header": {"kid": "two"}},
    "a subject that is no text": {"claims": {"sub": 7}},
    "a subject without end": {"claims": {"sub": "x" * 300}},
}


@pytest.mark.parametrize("lie", list(LIES))
def test_a_token_that_is_not_right_opens_nothing(open_house: Open, liar: Hostile, lie: str) -> None:
    house = open_house(liar.issuer)
    for name, value in LIES[lie].items():
        setattr(liar, name, value)
    status, text = come_back(house, liar)
    assert (status, NOT_PROVEN in text) == (401, True), text
    assert nothing_opened(house)


@pytest.mark.parametrize("state", ["", "another", "\u00fc"])
def test_another_state_is_refused_before_the_code_goes_anywhere(open_house: Open, liar: Hostile, state: str) -> None:
    house = open_house(liar.issuer)
    status, text = come_back(house, liar, state=state)
    assert (status, "in another browser" in text) == (401, True)
    assert liar.asked == []
    assert nothing_opened(house)


def test_an_answer_of_another_provider_is_refused_before_the_code_goes_anywhere(
    open_house: Open, liar: Hostile
) -> None:
    house = open_house(liar.issuer)
    status, text = come_back(house, liar, iss="https://login.harbour.example")
    assert (status, NOT_PROVEN in text, liar.asked) == (401, True, [])
    liar.metadata = {"authorization_response_iss_parameter_supported": True}
    house = open_house(liar.issuer)
    assert come_back(house, liar)[0] == 401
    assert come_back(house, liar, iss=liar.issuer)[0] == 303


def test_a_login_that_took_too_long_begins_anew(
    open_house: Open, liar: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_house(liar.issuer)
    query = liar.begun(house.begin())
    later = house.doors.real_now.timestamp() + 601
    monkeypatch.setattr("app.identity.outside.flow.Flow.opened", _opened_at(later))
    answer = house.client.get("/login/with/northfield/back", query_string={"code": "c", "state": query["state"]})
    assert (answer.status_code, liar.asked) == (401, [])


def _opened_at(later: float) -> Any:
    from datetime import UTC, datetime

    from app.identity.outside import Flow

    real = Flow.opened.__func__  # type: ignore[attr-defined]
    return classmethod(
        lambda cls, sealer, sealed, issuer, _now: real(cls, sealer, sealed, issuer, datetime.fromtimestamp(later, UTC))
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.harbour.example"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_description_that_leads_elsewhere_is_not_followed(
    open_house: Open, liar: Hostile, metadata: dict[str, str]
) -> None:
    liar.metadata = metadata
    answer = open_house(liar.issuer).client.get("/login/with/northfield")
    assert (answer.status_code, NOT_PROVEN in answer.text) == (401, True)
    assert all(value not in answer.text for value in metadata.values())


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_provider_that_does_not_answer_is_said_so(open_house: Open, liar: Hostile, status: int) -> None:
    liar.status = status
    answer = open_house(liar.issuer).client.get("/login/with/northfield")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)


def test_what_it_tells_of_somebody_else_is_refused(open_house: Open, liar: Hostile) -> None:
    house = open_house(liar.issuer)
    liar.claims = {"email": None}
    liar.userinfo = {"sub": "another", "email": "amir.shah@northfield.example", "email_verified": True}
    assert come_back(house, liar)[0] == 401
    assert nothing_opened(house)
    liar.userinfo["sub"] = "amir"
    assert come_back(house, liar)[0] == 303


def test_a_login_of_another_organisation_with_the_same_subject_is_another_person(
    open_house: Open, liar: Hostile
) -> None:
    house = open_house(liar.issuer)
    with db.transaction(house.doors.w.engine) as conn:
        row = {"issuer": "https://login.harbour.example", "subject": "amir", "person_id": "fiona.mackay"}
        conn.execute(outside_login.insert().values(**row, bound_at=house.doors.real_now))
    assert come_back(house, liar)[0] == 303
    with db.reading(house.doors.w.engine) as conn:
        own = outside_login.c.issuer == liar.issuer
        assert conn.execute(sa.select(outside_login.c.person_id).where(own)).scalar_one() == "amir.shah"


def test_somebody_bound_who_belongs_elsewhere_by_now_is_refused(open_house: Open, liar: Hostile) -> None:
    house = open_house(liar.issuer)
    with db.transaction(house.doors.w.engine) as conn:
        row = {"issuer": liar.issuer, "subject": "amir", "person_id": "fiona.mackay"}
        conn.execute(outside_login.insert().values(**row, bound_at=house.doors.real_now))
    assert come_back(house, liar)[0] == 401
    assert house.client.get("/inbox").status_code == 303


GOOD = '[a]\norganisation = "northfield"\nissuer = "https://a.example"\nclient_id = "w"\nlabel = "A"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "cannot be read"),
        ("[A]\n", "small letters"),
        ('[a]\norganisation = "x"\n', "issuer is missing"),
        (GOOD + "odd = 1\n", "odd is not known"),
        (GOOD.replace("https", "http"), "https address"),
        (GOOD + '[a.groups]\nx = ["king"]\n', "no role 'king'"),
        (GOOD + '[a.groups]\nx = "manager"\n', "lists of texts"),
        (GOOD + 'emails_are_verified = "yes"\n', "true or false"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "oidc.toml").write_text(text)
    with pytest.raises(BadIssuers, match=said):
        load(tmp_path / "oidc.toml", {})


@pytest.mark.parametrize("role", ["administrator", "auditor", "process_owner", "practitioner"])
def test_the_login_of_an_employer_makes_nobody_what_only_a_provider_has(open_house: Open, role: str) -> None:
    form = GOOD.replace("[a]", "[northfield]") + f'[northfield.groups]\nx = ["{role}"]\n'
    with pytest.raises(BadIssuers, match=role):
        open_house("", form=form)
