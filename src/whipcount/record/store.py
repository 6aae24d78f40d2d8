"""The record: documents, what was read in them, and what people made of it, in one append-only file."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sqlalchemy import Connection, Engine, Select, func, insert, or_, select
from sqlalchemy.exc import SQLAlchemyError

from whipcount.errors import RecordError, UsageError
from whipcount.model import Attribution, Codebook, Coder, Document, Entry, Statement
from whipcount.record import rows, schema, values
from whipcount.record.database import connect, prepare, shown
from whipcount.record.schema import (
    actors,
    attributions,
    codebooks,
    coders,
    documents,
    readings,
    reviews,
    statements,
)

Judgement = Literal["accept", "reject", "correct"]

CORRECTABLE = (
    "speaker",
    "speaker_id",
    "speaker_kind",
    "voice",
    "speaks_for",
    "actor_id",
    "option",
    "stance",
    "lean",
    "date",
)
"""Fields of a statement that a review may correct; where the words are is not among them."""


@dataclass(frozen=True, slots=True)
class Review:
    """One judgement on a statement: by whom, when (ISO, UTC), and the fields it corrects."""

    verdict: Judgement
    fields: dict[str, str | None]
    coder: Coder
    made: str


class Record:
    """A store of documents, statements and reviews.  RecordError, in one line, when it cannot be read or written."""

    def __init__(self, engine: Engine, where: str) -> None:
        self._engine = engine
        self.where = where

    @classmethod
    def open(cls, where: str | Path, create: bool = False) -> Record:
        """The record at `where`, the path of an SQLite file or a database URL.

        An older schema is brought up to date.  RecordError if there is none (and `create` is not set), if the file is
        something else, or if a newer version of whipcount made it.
        """
        engine = connect(where, create)
        try:
            prepare(engine, where, create)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, shown(where))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A connection to read by."""
        with self._errors(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self._errors(), self._engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise RecordError(f"{self.where}: {reason}") from error

    # Codebooks

    def add_codebook(self, codebook: Codebook) -> None:
        """Make `codebook` the current one of its name; earlier versions stay with what was read by them."""
        with self._writing() as connection:
            rows.codebook_number(connection, codebook)

    def codebook(self, name: str | None = None) -> Codebook | None:
        """The current codebook called `name`, or the newest of all; None if there is none."""
        query = select(codebooks.c.content).order_by(codebooks.c.number.desc()).limit(1)
        if name is not None:
            query = query.where(codebooks.c.name == name)
        with self.looking() as connection:
            content = connection.scalar(query)
        return values.codebook(content) if content else None

    # Documents and what was read in them

    def has(self, sha256: str, coder: Coder, codebook: Codebook | None) -> bool:
        """Whether the text with this digest was read by this coder (name and version) with this very codebook."""
        with self.looking() as connection:
            return rows.was_read(connection, sha256, coder, codebook)

    def add(
        self,
        document: Document,
        attributions: Sequence[Attribution],
        statements: Sequence[Statement],
        coder: Coder,
        codebook: Codebook | None,
    ) -> bool:
        """Keep a document and what `coder` read in it, in one transaction; False if that is already there.

        The same text is the same document, whatever its id; a new text under a taken id gets its digest's first eight
        digits appended.  From the second reading of a document on, ids of attributions and statements begin with the
        number of the reading ("r2.s1"), so that the key of a statement names it for good.
        """
        with self._writing() as connection:
            if rows.was_read(connection, document.sha256, coder, codebook):
                return False
            number = rows.document_number(connection, document)
            earlier = connection.scalar(select(func.count()).where(readings.c.document == number)) or 0
            prefix = rows.prefix(earlier + 1)
            reading = rows.add(
                connection,
                readings,
                document=number,
                coder=rows.coder_number(connection, coder),
                codebook=rows.codebook_number(connection, codebook) if codebook else None,
            )
            found = [{**values.plain(a), "id": prefix + a.id, "reading": reading} for a in attributions]
            if found:
                connection.execute(insert(schema.attributions), found)
            found = [rows.statement_row(connection, s, prefix, number, reading) for s in statements]
            if found:
                connection.execute(insert(schema.statements), found)
        return True

    def documents(self) -> list[Document]:
        """All documents, in the order in which they were added."""
        with self.looking() as connection:
            return rows.documents_of(connection, select(documents).order_by(documents.c.number))

    def document(self, id: str) -> Document:
        """The document called `id`; UsageError if there is none."""
        with self.looking() as connection:
            found = rows.documents_of(connection, select(documents).where(documents.c.id == id))
        if not found:
            raise UsageError(f"{id}: no such document in {self.where}")
        return found[0]

    def attributions(self, document_id: str) -> list[Attribution]:
        """The attributions of a document, those of its newest reading."""
        newest = (
            select(func.max(readings.c.number))
            .join(documents, documents.c.number == readings.c.document)
            .where(documents.c.id == document_id)
        )
        query = select(attributions).where(attributions.c.reading == newest.scalar_subquery())
        with self.looking() as connection:
            return [
                values.attribution(dict(row))
                for row in connection.execute(query.order_by(attributions.c.number)).mappings()
            ]

    # Statements and reviews

    def entries(
        self,
        *,
        actor: str | None = None,
        option: str | None = None,
        document: str | None = None,
        outlet: str | None = None,
        since: str | None = None,
        until: str | None = None,
        voice: str | None = None,
        coder: str | None = None,
    ) -> list[Entry]:
        """The statements as they stand, in the order in which they were added.

        The newest judgement on each is applied: rejected statements are left out, corrected fields replaced.  Of
        several readings of one document by coders of one name, with codebooks of one name, the newest counts.  `actor`
        is the name or the id of the actor spoken for; `since` and `until` are ISO dates, both included, and leave out
        statements without a date; `coder` is the coder's name.
        """
        query = rows.entries_query()
        for column, wanted in ((documents.c.id, document), (documents.c.outlet, outlet), (coders.c.name, coder)):
            if wanted is not None:
                query = query.where(column == wanted)
        judged = statements.c.number.in_(select(reviews.c.statement))
        for column, wanted in ((statements.c.option, option), (statements.c.voice, voice)):
            if wanted is not None:
                query = query.where(or_(column == wanted, judged))
        if actor is not None:
            query = query.where(or_(actors.c.name == actor, actors.c.id == actor, judged))
        return [
            entry
            for entry in self._entries(query)
            if (actor is None or actor in (entry.statement.speaks_for, entry.statement.actor_id))
            and (option is None or entry.statement.option == option)
            and (voice is None or entry.statement.voice == voice)
            and (since is None or (entry.date is not None and entry.date >= since))
            and (until is None or (entry.date is not None and entry.date[: len(until)] <= until))
        ]

    def entry(self, key: str) -> Entry:
        """The statement called `key` as it stands, rejected or not; UsageError if there is none."""
        document, _, id = key.rpartition(":")
        query = rows.entries_query(superseded=True).where(documents.c.id == document, statements.c.id == id)
        for entry in self._entries(query, rejected=True):
            return entry
        raise UsageError(f"{key}: no such statement in {self.where}; `whipcount statements` lists their keys")

    def _entries(self, query: Select[Any], rejected: bool = False) -> list[Entry]:
        with self.looking() as connection:
            newest = select(func.max(reviews.c.number)).group_by(reviews.c.statement)
            judgements = {
                row.statement: row for row in connection.execute(select(reviews).where(reviews.c.number.in_(newest)))
            }
            result = []
            for row in connection.execute(query).mappings():
                judgement = judgements.get(row["number"])
                if judgement and judgement.verdict == "reject" and not rejected:
                    continue
                fields = judgement.fields if judgement and judgement.verdict == "correct" else {}
                result.append(rows.entry_of(row, fields))
            return result

    def review(
        self, key: str, verdict: Judgement, fields: dict[str, str | None], coder: Coder, made: str | None = None
    ) -> None:
        """Add a judgement on the statement called `key`; the newest one counts, earlier ones stay.

        `fields` are the corrected ones of a "correct", with None for "nothing"; they replace those of earlier
        corrections.  `made` is the time of the judgement (ISO), None for now.  UsageError if the statement, the
        verdict, a field or a value does not exist.
        """
        entry = self.entry(key)
        if verdict not in ("accept", "reject", "correct"):
            raise UsageError(f"{verdict}: no such verdict; use accept, reject or correct")
        if bool(fields) != (verdict == "correct"):
            raise UsageError(f"{key}: a correction needs the corrected fields, and only a correction has any")
        for name in fields:
            if name not in CORRECTABLE:
                raise UsageError(f"{name}: cannot be corrected; the fields are {', '.join(CORRECTABLE)}")
        rows.corrected(entry.statement, fields)
        with self._writing() as connection:
            rows.add(
                connection,
                reviews,
                statement=connection.scalar(rows.number_of(key)),
                coder=rows.coder_number(connection, coder),
                verdict=verdict,
                fields=fields,
                made=made or datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            )

    def reviews(self, key: str) -> list[Review]:
        """All judgements on the statement called `key`, oldest first."""
        query = (
            select(reviews, coders.c.name, coders.c.version, coders.c.is_model)
            .join(coders, coders.c.number == reviews.c.coder)
            .where(reviews.c.statement == rows.number_of(key).scalar_subquery())
            .order_by(reviews.c.number)
        )
        with self.looking() as connection:
            return [
                Review(row.verdict, dict(row.fields), Coder(row.name, row.version, row.is_model), row.made)
                for row in connection.execute(query)
            ]

    def judged(self) -> set[str]:
        """Keys of all statements that somebody judged."""
        query = select(documents.c.id, statements.c.id).join(documents, documents.c.number == statements.c.document)
        with self.looking() as connection:
            found = connection.execute(query.where(statements.c.number.in_(select(reviews.c.statement))))
            return {f"{document}:{statement}" for document, statement in found}

    def newest_key(self, sha256: str, statement: str) -> str:
        """The key of a statement of the newest reading of the text with this digest, by its id in that reading."""
        query = select(documents.c.id, func.count()).join(readings, readings.c.document == documents.c.number)
        with self.looking() as connection:
            row = connection.execute(query.where(documents.c.sha256 == sha256).group_by(documents.c.id)).one()
        return f"{row[0]}:{rows.prefix(row[1])}{statement}"

    def check(self) -> list[str]:
        """What is not sound in this record, one line each; an empty list if all is well."""
        from whipcount.record.soundness import faults

        with self.looking() as connection:
            return faults(connection)
