"""Reviews become acts that can be undone; statement types, fields of documents, and the index of words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from whipcount.record import search
from whipcount.record.schema import append_only

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make `acts` and copy the reviews into it, add the new columns, and index the words of all documents."""
    op.create_table(
        "acts",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("coder", sa.Integer(), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("statement", sa.Integer(), nullable=True),
        sa.Column("document", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("settles", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["coder"], ["coders.number"]),
        sa.ForeignKeyConstraint(["document"], ["documents.number"]),
        sa.ForeignKeyConstraint(["statement"], ["statements.number"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("uid", name=op.f("uq_acts_uid")),
    )
    for column in ("batch", "coder", "statement", "document", "kind", "undoes"):
        op.create_index(op.f(f"ix_acts_{column}"), "acts", [column], unique=False)
    no, empty = sa.false(), sa.text("'{}'")
    connection = op.get_bind()
    reviews = sa.table(
        "reviews", *(sa.column(c) for c in ("number", "statement", "coder", "verdict", "fields", "made"))
    )
    acts = sa.table(
        "acts",
        *(sa.column(c) for c in ("uid", "batch", "coder", "made", "act", "statement", "settles", "fields", "before")),
    )
    zeros = sa.func.substr(sa.literal("0000000000"), 1, 10 - sa.func.length(sa.cast(reviews.c.number, sa.Text)))
    uid = sa.literal("review-") + zeros + sa.cast(reviews.c.number, sa.Text)
    old = sa.select(
        uid, uid, reviews.c.coder, reviews.c.made, reviews.c.verdict, reviews.c.statement, no, reviews.c.fields, empty
    ).order_by(reviews.c.number)
    connection.execute(acts.insert().from_select([column.name for column in acts.columns], old))
    op.drop_table("reviews")
    op.add_column("documents", sa.Column("fields", sa.JSON(), nullable=False, server_default=empty))
    op.add_column("statements", sa.Column("type", sa.Text(), nullable=False, server_default=""))
    op.add_column("statements", sa.Column("variables", sa.JSON(), nullable=False, server_default=empty))
    op.create_index(op.f("ix_statements_type"), "statements", ["type"], unique=False)
    append_only(connection, "acts")
    search.create(connection)
