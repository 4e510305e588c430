"""For a process server: `gunicorn wsgi:app`. Settings come from the environment."""

from app import create_app, logs
from app.settings import Settings

# before anything is logged: without this the server would print messages and traces as they are
logs.configure()
app = create_app(Settings.from_env())
