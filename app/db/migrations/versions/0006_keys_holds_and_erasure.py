"""a key for each case and class, holds, erasure"""

import sqlalchemy as sa
from alembic import op

from app.db import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("data_keys", types.Json(), server_default="{}", nullable=False))
    op.add_column("cases", sa.Column("erased", types.Json(), server_default="{}", nullable=False))
    op.add_column("person_key", sa.Column("key_id", sa.String(length=200), nullable=True))
    op.add_column("person_key", sa.Column("older", types.Json(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("person_key", "older")
    op.drop_column("person_key", "key_id")
    op.drop_column("cases", "erased")
    op.drop_column("cases", "data_keys")
