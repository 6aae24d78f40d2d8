"""Statements keep what their coder weighed, so that the runner-up can be shown and learnt from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; statements coded before have nothing in it."""
    column = sa.Column("weighed", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("statements", column)
