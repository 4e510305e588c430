"""How the database is reached: over TLS when it is on another machine."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.db.connect import encrypted


@pytest.mark.parametrize(
    ("address", "mode"),
    [
        ("postgresql://u:p@db.example/waymark", "require"),
        ("postgresql://u:p@10.0.0.7:5433/waymark", "require"),
        ("postgresql://u:p@db.example/waymark?sslmode=verify-full", "verify-full"),
        ("postgresql://u:p@db.example/waymark?sslmode=disable", "disable"),
        ("postgresql://u:p@localhost/waymark", None),
        ("postgresql://u:p@[::1]/waymark", None),
        ("postgresql:///waymark", None),
        ("postgresql:///waymark?host=/run/postgresql", None),
        ("postgresql:///waymark?host=db.example", "require"),
    ],
)
def test_to_another_machine_only_over_tls_unless_the_address_says_otherwise(address: str, mode: str | None) -> None:
    assert encrypted(sa.make_url(address)).query.get("sslmode") == mode
