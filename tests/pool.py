"""PostgreSQL databases for tests, used again: emptied and filled anew in milliseconds, where making one takes many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

#: beside each copy of a template: what the template held
KEEP = """
DO $$ DECLARE t text; held boolean; BEGIN
  CREATE SCHEMA kept;
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM public.' || quote_ident(t) || ')' INTO held;
    IF held THEN EXECUTE 'CREATE TABLE kept.' || quote_ident(t) || ' AS TABLE public.' || quote_ident(t); END IF;
  END LOOP;
END $$"""
#: whoever restores it is no trigger's business: the history is append-only for everybody else
RESTORE = """
DO $$ DECLARE t text; held boolean; filled text := ''; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM public.' || quote_ident(t) || ')' INTO held;
    IF held THEN filled := filled || ', public.' || quote_ident(t); END IF;
  END LOOP;
  IF filled <> '' THEN EXECUTE 'TRUNCATE ' || substr(filled, 3) || ' CASCADE'; END IF;
  FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'kept'::regnamespace AND relkind = 'r' LOOP
    EXECUTE 'INSERT INTO public.' || quote_ident(t) || ' TABLE kept.' || quote_ident(t);
  END LOOP;
END $$"""
#: all of the schema that a test could have changed
SHAPE = """
SELECT md5(string_agg(line, E'\\n' ORDER BY line)) FROM (
  SELECT concat_ws(' ', 'class', relname, relkind, relowner, relacl) AS line FROM pg_class
    WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, atttypmod, attnotnull, attisdropped, attacl)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid, tgname, tgenabled, tgfoid) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', 'constraint', conrelid, conname, pg_get_constraintdef(pg_constraint.oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'function', proname, proowner, proacl, prosrc) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'schema', nspname, nspowner, nspacl) FROM pg_namespace
  UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setrole, setconfig) FROM pg_db_role_setting
) AS lines"""
OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def run_sql(url: sa.URL, *statements: str) -> None:
    """As the server's owner, outside any transaction."""
    engine = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as conn:
        for statement in statements:
            conn.exec_driver_sql(statement)
    engine.dispose()


@dataclass
class Pool:
    """Copies of one template in one worker. `free`: names and shapes of those that nobody uses now."""

    server: sa.URL
    template: str
    free: list[tuple[str, str]] = field(default_factory=list)
    made: int = 0

    def take(self) -> tuple[str, str]:
        """A database like the template, and its shape."""
        return self.free.pop() if self.free else self._make()

    def _make(self) -> tuple[str, str]:
        self.made += 1
        name = f"{self.template}_{self.made}"
        run_sql(self.server, f"CREATE DATABASE {name} TEMPLATE {self.template}")
        with self._inside(name) as connection:
            connection.exec_driver_sql(KEEP)
            return name, str(connection.exec_driver_sql(SHAPE).scalar_one())

    def give_back(self, name: str, shape: str) -> None:
        """Used again unless somebody changed more than rows."""
        with self._inside(name) as connection:
            connection.exec_driver_sql(OTHERS)
            same = connection.exec_driver_sql(SHAPE).scalar_one() == shape
            if same:
                connection.exec_driver_sql(RESTORE)
        if same:
            self.free.append((name, shape))
        else:
            run_sql(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        for name, _ in self.free:
            run_sql(self.server, f"DROP DATABASE {name} WITH (FORCE)")
        self.free.clear()

    @contextmanager
    def _inside(self, name: str) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.server.set(database=name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection
        engine.dispose()
