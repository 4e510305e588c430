"""The HTTP API under `/api/v1`, for other programs; see `operations`."""

from app.api.server import PREFIX, create_api, mount

__all__ = ["PREFIX", "create_api", "mount"]
