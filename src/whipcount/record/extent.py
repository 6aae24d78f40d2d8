"""How far a record has grown, and what has been touched since: what is kept of it in memory need not be read again."""

from __future__ import annotations

from dataclasses import astuple, dataclass

from sqlalchemy import func, select

from whipcount.record.schema import acts, codebooks, documents, readings, statements
from whipcount.record.store import Record


@dataclass(frozen=True, slots=True)
class Extent:
    """The newest row of each table that grows; equal extents of one record mean equal content, since nothing changes."""

    codebooks: int
    documents: int
    readings: int
    statements: int
    acts: int

    @classmethod
    def of(cls, record: Record) -> Extent:
        """How far the record has grown by now."""
        tables = (codebooks, documents, readings, statements, acts)
        with record.looking() as connection:
            newest = [select(func.coalesce(func.max(table.c.number), 0)).scalar_subquery() for table in tables]
            return cls(*connection.execute(select(*newest)).one())

    def __bool__(self) -> bool:
        return any(astuple(self))


def touched(record: Record, since: Extent) -> set[str]:
    """Ids of the documents that were added, read, or acted upon (or a statement in them) after `since`."""
    said_of = select(acts.c.statement).where(acts.c.number > since.acts, acts.c.statement.is_not(None))
    parts = (
        select(documents.c.number).where(documents.c.number > since.documents),
        select(readings.c.document).where(readings.c.number > since.readings),
        select(statements.c.document).where(statements.c.number > since.statements),
        select(acts.c.document).where(acts.c.number > since.acts, acts.c.document.is_not(None)),
        select(statements.c.document).where(statements.c.number.in_(said_of)),
    )
    with record.looking() as connection:
        found: set[str] = set()
        for part in parts:
            found.update(connection.scalars(select(documents.c.id).where(documents.c.number.in_(part))))
    return found
