"""How the words of each document reached its page, without reading the documents."""

from __future__ import annotations

from sqlalchemy import select

from whipcount.model import Link, Relation
from whipcount.record.schema import documents, links
from whipcount.record.store import Record


def chains(record: Record) -> dict[str, tuple[Link, ...]]:
    """Id of every document with a chain -> its links, outermost first."""
    found: dict[str, tuple[Link, ...]] = {}
    query = select(documents.c.id, links.c.name, links.c.relation).join(
        documents, documents.c.number == links.c.document
    )
    with record.looking() as connection:
        for id, name, relation in connection.execute(query.order_by(links.c.number)):
            found[id] = (*found.get(id, ()), Link(name, Relation(relation)))
    return found


def texts(record: Record, ids: list[str]) -> dict[str, str]:
    """Id -> text of these documents."""
    with record.looking() as connection:
        found: dict[str, str] = {}
        for start in range(0, len(ids), 500):
            query = select(documents.c.id, documents.c.text).where(documents.c.id.in_(ids[start : start + 500]))
            found.update(connection.execute(query).all())
    return found
