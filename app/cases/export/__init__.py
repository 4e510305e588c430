"""A copy of all that is held about somebody, and the requests for one (UK GDPR, Article 15)."""
