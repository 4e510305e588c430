"""what people say at any time, and what goes along with a message"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscription", sa.Column("said", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("subscription", sa.Column("task_id", sa.String(length=36), nullable=True))
    op.add_column("message", sa.Column("encloses", types.Json(), server_default="[]", nullable=False))
    op.add_column("submission", sa.Column("message_id", sa.String(length=36), nullable=True))


def downgrade() -> None:
    op.drop_column("submission", "message_id")
    op.drop_column("message", "encloses")
    op.drop_column("subscription", "task_id")
    op.drop_column("subscription", "said")
