"""Logins by an organisation's own OpenID Connect provider: who it is, how it is asked, and who comes in by it."""

from app.identity.outside.arriving import Arrived, arrive
from app.identity.outside.errors import Cancelled, OutsideLoginFailed
from app.identity.outside.flow import Flow, begin, finish
from app.identity.outside.issuers import BadIssuers, Issuer, issuers_of, load
from app.identity.outside.provider import Provider, Providers

__all__ = [
    "Arrived",
    "BadIssuers",
    "Cancelled",
    "Flow",
    "Issuer",
    "OutsideLoginFailed",
    "Provider",
    "Providers",
    "arrive",
    "begin",
    "finish",
    "issuers_of",
    "load",
]
