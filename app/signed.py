"""Signatures by the server's secret key (HMAC-SHA-256, RFC 2104), each for one purpose."""

from __future__ import annotations

import hashlib
import hmac


def mark(key: bytes, purpose: str, text: str) -> str:
    """64 hex digits. A mark made for one purpose is worth nothing for another."""
    return hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()


def holds(key: bytes, purpose: str, text: str, given: str) -> bool:
    """Whether `given` is the mark; takes as long whatever is wrong with it."""
    return hmac.compare_digest(mark(key, purpose, text).encode(), given.encode())


def link_token(key: bytes, link_id: str) -> str:
    """What a link for a new password carries: its id and a mark, made when the mail is sent and kept nowhere."""
    return f"{link_id}.{mark(key, 'reset link', link_id)}"


def link_id(key: bytes, token: str) -> str | None:
    """The id in such a token; None when we did not make it."""
    found, _, given = token.partition(".")
    return found if holds(key, "reset link", found, given) else None
