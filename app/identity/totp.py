"""Time-based one-time passwords (RFC 6238): 6 digits, 30 seconds, SHA-1, as every authenticator app has them. Pure."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

STEP = 30
#: steps before and after the present one whose code is taken too: phones are not quite on time
SKEW = 1
ISSUER = "Waymark"


def new_secret() -> str:
    """160 random bits in base 32 (RFC 4226, section 4)."""
    return pyotp.random_base32(32)


def uri(secret: str, username: str) -> str:
    """What the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def grouped(secret: str) -> str:
    """The secret in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def digits(typed: str) -> str:
    """What was typed, without the blanks that apps show; empty when it is no code."""
    code = "".join(typed.split())
    return code if len(code) == 6 and code.isascii() and code.isdecimal() else ""


def matching_step(secret: str, typed: str, now: datetime, after: int) -> int | None:
    """The step whose code was typed, if it is later than the step `after`: a code that was taken is taken no more."""
    code, present, generator = digits(typed), int(now.timestamp()) // STEP, pyotp.TOTP(secret)
    if not code:
        return None
    found = None
    for step in range(present - SKEW, present + SKEW + 1):
        same = hmac.compare_digest(generator.at(step * STEP), code)
        if same and step > after:
            found = step
    return found
