"""The workshop: process owners of a provider change processes and put them in force."""

from app.web.workshop import bundles, deploying, drafts, processes  # noqa: F401 # views register themselves
