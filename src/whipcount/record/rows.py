"""Values of `whipcount.model` to rows of a record and back, each inside the caller's transaction."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, case, func, insert, or_, select

from whipcount.errors import UsageError
from whipcount.model import Attribution, Codebook, Coder, Document, Statement
from whipcount.reading import Reading
from whipcount.record import search, values
from whipcount.record.schema import (
    actors,
    acts,
    attributions,
    codebooks,
    coders,
    documents,
    links,
    readings,
    statements,
)


def add(connection: Connection, table: Any, **row: Any) -> int:
    """Insert one row; its number."""
    key: Any = connection.execute(insert(table).values(**row)).inserted_primary_key
    return int(key[0])


def prefix(reading: int) -> str:
    """What ids of the `reading`-th reading of a document, counted from 1, begin with."""
    return f"r{reading}." if reading > 1 else ""


def with_actor(row: Any) -> dict[str, Any]:
    """A row of statements joined with actors, as fields of a statement."""
    return {**row, "speaks_for": row["speaks_for"] or None, "actor_id": row["actor_id"] or None}


def reading_number(connection: Connection, sha256: str, coder: Coder, codebook: Codebook | None) -> int | None:
    """The row of the reading of this text by this coder with this codebook; None if there is none."""
    query = (
        select(readings.c.number)
        .join(documents, documents.c.number == readings.c.document)
        .join(coders, coders.c.number == readings.c.coder)
        .outerjoin(codebooks, codebooks.c.number == readings.c.codebook)
        .where(documents.c.sha256 == sha256, coders.c.name == coder.name, coders.c.version == coder.version)
        .where(coders.c.is_model == coder.is_model)
        .where(codebooks.c.digest == values.digest(codebook) if codebook else readings.c.codebook.is_(None))
    )
    return connection.scalar(query.order_by(readings.c.number).limit(1))


def prefix_of(connection: Connection, reading: int) -> str:
    """What ids of a reading's attributions and statements begin with."""
    document = select(readings.c.document).where(readings.c.number == reading).scalar_subquery()
    earlier = select(func.count()).where(readings.c.document == document, readings.c.number <= reading)
    return prefix(connection.scalar(earlier) or 1)


def statements_of(connection: Connection, reading: int) -> dict[str, int]:
    """The rows of a reading's statements by their ids in it."""
    start = prefix_of(connection, reading)
    query = select(statements.c.id, statements.c.number).where(statements.c.reading == reading)
    return {id.removeprefix(start): number for id, number in connection.execute(query)}


def add_missing(connection: Connection, reading: int, said: Sequence[Statement]) -> bool:
    """Add statements to a reading that it does not have by id; whether there were any."""
    known, start = statements_of(connection, reading), prefix_of(connection, reading)
    document = connection.scalar(select(readings.c.document).where(readings.c.number == reading)) or 0
    new = [statement_row(connection, s, start, document, reading) for s in said if s.id not in known]
    if new:
        connection.execute(insert(statements), new)
    return bool(new)


def document_number(connection: Connection, document: Document) -> int:
    """The row of a document, added with its chain unless its text is there."""
    number = connection.scalar(select(documents.c.number).where(documents.c.sha256 == document.sha256))
    if number is not None:
        return int(number)
    row = values.plain(document)
    chain = row.pop("chain")
    if connection.scalar(select(documents.c.number).where(documents.c.id == document.id)) is not None:
        row["id"] = f"{document.id}-{document.sha256[:8]}"
    number = add(connection, documents, **row)
    search.index(connection, number, document.title or "", document.text)
    if chain:
        connection.execute(insert(links), [{**link, "document": number} for link in chain])
    return number


def codebook_number(connection: Connection, codebook: Codebook, *, current: bool = False) -> int:
    """The newest row of a codebook with this content, added if new; `current`: unless the newest of its name is it."""
    digest = values.digest(codebook)
    known = select(codebooks.c.number, codebooks.c.digest).where(codebooks.c.name == codebook.name)
    if not current:
        known = known.where(codebooks.c.digest == digest)
    row = connection.execute(known.order_by(codebooks.c.number.desc()).limit(1)).first()
    if row and row.digest == digest:
        return int(row.number)
    return add(connection, codebooks, name=codebook.name, digest=digest, content=values.plain(codebook))


def coder_number(connection: Connection, coder: Coder) -> int:
    """The row of a coder, added if new."""
    query = select(coders.c.number).where(coders.c.name == coder.name, coders.c.version == coder.version)
    number = connection.scalar(query.where(coders.c.is_model == coder.is_model))
    if number is not None:
        return int(number)
    return add(connection, coders, name=coder.name, version=coder.version, is_model=coder.is_model)


def actor_number(connection: Connection, name: str, id: str) -> int:
    """The row of an actor, added if new."""
    number = connection.scalar(select(actors.c.number).where(actors.c.name == name, actors.c.id == id))
    return int(number) if number is not None else add(connection, actors, name=name, id=id)


def statement_row(
    connection: Connection, statement: Statement, prefix: str, document: int, reading: int
) -> dict[str, Any]:
    """The columns of a statement, its actor replaced by its row."""
    row = values.plain(statement)
    name, id = row.pop("speaks_for"), row.pop("actor_id")
    row["actor"] = actor_number(connection, name or "", id or "") if name or id else None
    row["id"] = prefix + statement.id
    row["attribution"] = prefix + statement.attribution if statement.attribution else None
    return {**row, "document": document, "reading": reading}


def add_reading(
    connection: Connection,
    document: Document,
    found: Sequence[Attribution],
    said: Sequence[Statement],
    coder: Coder,
    codebook: Codebook | None,
) -> int:
    """A new reading of a document (added with it, if new), its attributions and statements; its row."""
    number = document_number(connection, document)
    earlier = connection.scalar(select(func.count()).where(readings.c.document == number)) or 0
    start = prefix(earlier + 1)
    issue = codebook_number(connection, codebook) if codebook else None
    reading = add(connection, readings, document=number, coder=coder_number(connection, coder), codebook=issue)
    new = [{**values.plain(a), "id": start + a.id, "reading": reading} for a in found]
    if new:
        connection.execute(insert(attributions), new)
    new = [statement_row(connection, s, start, number, reading) for s in said]
    if new:
        connection.execute(insert(statements), new)
    return reading


def open_reading(connection: Connection, document: int, coder: Coder, codebook: Codebook | None) -> tuple[int, str]:
    """The reading to which statements coded by hand are added, made if new, and what their ids begin with."""
    who, issue = coder_number(connection, coder), codebook_number(connection, codebook) if codebook else None
    found = connection.execute(
        select(readings.c.number, readings.c.coder, readings.c.codebook)
        .where(readings.c.document == document)
        .order_by(readings.c.number)
    ).all()
    for place, reading in enumerate(found, 1):
        if (reading.coder, reading.codebook) == (who, issue):
            return int(reading.number), prefix(place)
    return add(connection, readings, document=document, coder=who, codebook=issue), prefix(len(found) + 1)


def readings_of(
    connection: Connection, codebook: Codebook, suits: Sequence[Coder], without: Collection[int]
) -> list[tuple[Coder, Reading]]:
    """The newest reading of each document by one of some coders with a codebook, as it was made."""
    query = (
        select(readings, coders.c.name, coders.c.version, coders.c.is_model)
        .join(coders, coders.c.number == readings.c.coder)
        .join(codebooks, codebooks.c.number == readings.c.codebook)
        .where(codebooks.c.digest == values.digest(codebook))
        .order_by(readings.c.number)
    )
    newest: dict[int, tuple[int, Coder]] = {}
    for row in connection.execute(query):
        coder = Coder(row.name, row.version, row.is_model)
        if coder in suits and row.document not in without:
            newest[row.document] = (row.number, coder)
    result = []
    for document, (number, coder) in sorted(newest.items()):
        start = prefix_of(connection, number)
        found = connection.execute(select(attributions).where(attributions.c.reading == number))
        said = connection.execute(
            select(statements, actors.c.name.label("speaks_for"), actors.c.id.label("actor_id"))
            .outerjoin(actors, actors.c.number == statements.c.actor)
            .where(statements.c.reading == number)
            .order_by(statements.c.number)
        )
        reading = Reading(
            documents_of(connection, select(documents).where(documents.c.number == document))[0],
            tuple(values.attribution(_bare(dict(row), start)) for row in found.mappings()),
            tuple(values.statement(_bare(with_actor(row), start)) for row in said.mappings()),
        )
        result.append((coder, reading))
    return result


def _bare(row: Mapping[str, Any], start: str) -> dict[str, Any]:
    """A row whose ids are as the coder gave them."""
    attribution = row.get("attribution")
    return {**row, "id": row["id"].removeprefix(start), "attribution": attribution and attribution.removeprefix(start)}


def documents_of(
    connection: Connection, query: Select[Any], corrected: Mapping[int, Mapping[str, Any]] | None = None
) -> list[Document]:
    """The documents that a query on their table finds, with their chains and what was `corrected` in them."""
    wanted = query.with_only_columns(documents.c.number).order_by(None)
    chains: dict[int, list[Any]] = {}
    for link in connection.execute(
        select(links).where(links.c.document.in_(wanted)).order_by(links.c.number)
    ).mappings():
        chains.setdefault(link["document"], []).append(link)
    found = connection.execute(query).mappings()
    return [
        values.document({**row, **(corrected or {}).get(row["number"], {})}, chains.get(row["number"], []))
        for row in found
    ]


def number_of(key: str) -> Select[Any]:
    """The query for the row of the statement called `key`."""
    document, _, id = key.rpartition(":")
    return (
        select(statements.c.number)
        .join(documents, documents.c.number == statements.c.document)
        .where(documents.c.id == document, statements.c.id == id)
    )


def entries_query(superseded: bool = False) -> Select[Any]:
    """Statements with their documents and coders; unless `superseded`, of the newest readings and of those that
    people have worked on (`standing` leaves out of these what a newer reading replaces)."""
    query = (
        select(
            statements,
            actors.c.name.label("speaks_for"),
            actors.c.id.label("actor_id"),
            documents.c.id.label("in_document"),
            documents.c.title,
            documents.c.outlet,
            documents.c.date.label("published"),
            documents.c.language,
            coders.c.name.label("coder"),
            coders.c.version,
            coders.c.is_model,
            codebooks.c.name.label("issue"),
            statements.c.reading.in_(newest()).label("newest"),
        )
        .join(documents, documents.c.number == statements.c.document)
        .join(readings, readings.c.number == statements.c.reading)
        .join(coders, coders.c.number == readings.c.coder)
        .outerjoin(codebooks, codebooks.c.number == readings.c.codebook)
        .outerjoin(actors, actors.c.number == statements.c.actor)
        .order_by(statements.c.number)
    )
    if superseded:
        return query
    return query.where(or_(statements.c.reading.in_(newest()), statements.c.reading.in_(worked_on())))


def worked_on() -> Select[Any]:
    """Readings with statements that people acted on."""
    acted = select(acts.c.statement).where(acts.c.statement.is_not(None))
    return select(statements.c.reading).where(statements.c.number.in_(acted))


def opinions() -> Select[Any]:
    """Readings by models of documents that another model had read with the same issue before.

    They are second opinions: compared, not counted, so that nothing is counted twice.
    """
    issue = func.coalesce(codebooks.c.name, "")
    read = (
        select(readings.c.number, readings.c.document, issue.label("issue"), coders.c.name)
        .join(coders, coders.c.number == readings.c.coder)
        .outerjoin(codebooks, codebooks.c.number == readings.c.codebook)
        .where(coders.c.is_model)
    )
    every, first = read.subquery(), read.subquery()
    earliest = select(func.min(every.c.number).label("number")).group_by(every.c.document, every.c.issue).subquery()
    every = read.subquery()
    return (
        select(every.c.number)
        .join(first, (first.c.document == every.c.document) & (first.c.issue == every.c.issue))
        .join(earliest, earliest.c.number == first.c.number)
        .where(every.c.name != first.c.name)
    )


def newest() -> Select[Any]:
    """The newest reading of each document by each coder with each issue; of a person, all."""
    # what a person coded stays when the codebook grows; a model reads everything anew
    by_person = case((coders.c.is_model, 0), else_=readings.c.number)
    return (
        select(func.max(readings.c.number))
        .join(coders, coders.c.number == readings.c.coder)
        .outerjoin(codebooks, codebooks.c.number == readings.c.codebook)
        .group_by(readings.c.document, coders.c.name, codebooks.c.name, by_person)
    )


def corrected(statement: Statement, fields: dict[str, Any]) -> Statement:
    """The statement with `fields` replaced; UsageError if a value is not one of the words of the house."""
    if not fields:
        return statement
    more = {"variables": statement.variables | fields["variables"]} if "variables" in fields else {}
    try:
        return values.statement({**values.plain(statement), **fields, **more})
    except (ValueError, TypeError) as error:
        raise UsageError(f"correction: {error}") from error


def unknown(connection: Connection, reading: int, made: Iterable[Statement]) -> list[Statement]:
    """The statements that a reading does not have; one with the same id and another content gets an id of its own."""
    query = select(statements, actors.c.name.label("speaks_for"), actors.c.id.label("actor_id"))
    query = query.outerjoin(actors, actors.c.number == statements.c.actor).where(statements.c.reading == reading)
    start = prefix_of(connection, reading)
    known = {
        row["id"].removeprefix(start): values.statement(with_actor(row)) for row in connection.execute(query).mappings()
    }
    fresh = []
    for statement in made:
        other = f"{statement.id}-{hashlib.sha256(json.dumps(values.plain(statement)).encode()).hexdigest()[:8]}"
        there = known.get(statement.id)
        if there is None:
            fresh.append(statement)
        elif dataclasses.replace(there, id=statement.id) != statement and other not in known:
            fresh.append(dataclasses.replace(statement, id=other))
    return fresh
