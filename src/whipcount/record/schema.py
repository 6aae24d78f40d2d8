"""The tables of a record.  They are made and changed by `migrations`; here they are named for queries.

Every row is written once: triggers refuse to change or remove any (`append_only`).  Whatever people do is a new row in
`acts`: who did it, when, to what, what stood there before; undoing it is another act.  A codebook that changes is a new
row in `codebooks`; a document read anew, by another coder or with another codebook, is a new row in `readings` with its
own statements.  No table holds the time of a reading, so that the same inputs give the same record, interrupted or not.

The index of words for full-text search stands beside these tables (`record.search`).
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True)


def _of(table: str, *, optional: bool = False) -> Column[int]:
    """A reference to one row of `table`, called after its singular."""
    return Column(table.removesuffix("s"), ForeignKey(f"{table}.number"), nullable=optional, index=True)


codebooks = Table(
    "codebooks",
    metadata,
    _number(),
    Column("name", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False, index=True),
    Column("content", JSON, nullable=False),
)

coders = Table(
    "coders",
    metadata,
    _number(),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("is_model", Boolean, nullable=False),
    UniqueConstraint("name", "version", "is_model"),
)

actors = Table(
    "actors",
    metadata,
    _number(),
    Column("name", Text, nullable=False, index=True),
    Column("id", Text, nullable=False),
    UniqueConstraint("name", "id"),
)

documents = Table(
    "documents",
    metadata,
    _number(),
    Column("id", Text, nullable=False, unique=True),
    Column("sha256", Text, nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("body", JSON, nullable=False),
    Column("title", Text),
    Column("outlet", Text, index=True),
    Column("date", Text, index=True),
    Column("date_basis", Text, nullable=False),
    Column("language", Text),
    Column("author", Text),
    Column("origin", Text, nullable=False),
    Column("fields", JSON, nullable=False),
)

links = Table(
    "links",
    metadata,
    _number(),
    _of("documents"),
    Column("name", Text, nullable=False),
    Column("relation", Text, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    _number(),
    _of("documents"),
    _of("coders"),
    _of("codebooks", optional=True),
)

attributions = Table(
    "attributions",
    metadata,
    _number(),
    _of("readings"),
    Column("id", Text, nullable=False),
    Column("source", JSON, nullable=False),
    Column("cue", JSON, nullable=False),
    Column("content", JSON, nullable=False),
    Column("quote_type", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    UniqueConstraint("reading", "id"),
)

statements = Table(
    "statements",
    metadata,
    _number(),
    _of("documents"),
    _of("readings"),
    Column("id", Text, nullable=False),
    Column("content", JSON, nullable=False),
    Column("source", JSON, nullable=False),
    Column("cue", JSON, nullable=False),
    Column("rationale", JSON, nullable=False),
    Column("weighed", JSON, nullable=False),
    Column("attribution", Text),
    Column("quote_type", Text, nullable=False),
    Column("speaker", Text, nullable=False),
    Column("speaker_id", Text),
    Column("speaker_kind", Text, nullable=False),
    _of("actors", optional=True),
    Column("voice", Text, nullable=False, index=True),
    Column("chain", JSON, nullable=False),
    Column("option", Text, index=True),
    Column("stance", Text),
    Column("lean", Text),
    Column("conditions", JSON, nullable=False),
    Column("condition_text", JSON, nullable=False),
    Column("date", Text, index=True),
    Column("confidence", Float, nullable=False),
    Column("type", Text, nullable=False, index=True),
    Column("variables", JSON, nullable=False),
    UniqueConstraint("document", "id"),
)

acts = Table(
    "acts",
    metadata,
    _number(),
    Column("uid", Text, nullable=False, unique=True),
    Column("batch", Text, nullable=False, index=True),
    _of("coders"),
    Column("made", Text, nullable=False),
    Column("act", Text, nullable=False),
    _of("statements", optional=True),
    _of("documents", optional=True),
    Column("kind", Text, index=True),
    Column("name", Text),
    Column("undoes", Text, index=True),
    Column("settles", Boolean, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("before", JSON, nullable=False),
    Column("note", Text),
)


def append_only(connection: Connection, *tables: str) -> None:
    """Make the database refuse to change or remove a row of `tables`."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'a record is append-only: % cannot be changed', TG_TABLE_NAME; END $$"
            )
        )
    for table in tables:
        for act in ("UPDATE", "DELETE"):
            rule = f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"{rule} FOR EACH STATEMENT EXECUTE FUNCTION append_only()"))
            elif connection.dialect.name == "sqlite":
                connection.execute(
                    text(f"{rule} BEGIN SELECT RAISE(ABORT, 'a record is append-only: {table} cannot be changed'); END")
                )
