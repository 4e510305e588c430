"""The workshop: process owners of a provider change processes, try them out and put them in force."""

from app.web.workshop import bundles, deploying, drafts, moving, processes, trying  # noqa: F401 # views register themselves
