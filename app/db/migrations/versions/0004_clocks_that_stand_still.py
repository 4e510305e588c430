"""clocks that stand still: since when, and for what the case waits"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("paused", types.Json(), nullable=True))
    op.add_column("timer", sa.Column("paused", types.Json(), nullable=True))


def downgrade() -> None:
    op.drop_column("timer", "paused")
    op.drop_column("task", "paused")
