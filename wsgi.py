"""For a process server: `gunicorn wsgi:app`. Settings come from the environment."""

from app import create_app
from app.settings import Settings

app = create_app(Settings.from_env())
