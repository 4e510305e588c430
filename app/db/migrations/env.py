"""Alembic's entry: the connection comes from `db.upgrade`."""

import importlib

from alembic import context

from app.db.schema import metadata

for noun in ("identity", "definitions", "history", "records", "outbox", "cases"):
    importlib.import_module(f"app.{noun}.tables")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
