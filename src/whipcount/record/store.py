"""The record: documents, what was read in them, and what people made of it, in one append-only file."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from sqlalchemy import Connection, Engine, func, or_, select, tuple_
from sqlalchemy.exc import SQLAlchemyError

from whipcount.errors import RecordError, UsageError
from whipcount.model import Attribution, Codebook, Coder, Document, Entry, Statement, Status
from whipcount.reading import Reading
from whipcount.record import acts, filters, rows, schema, search, standing, values
from whipcount.record.acts import Act
from whipcount.record.database import connect, prepare, shown
from whipcount.record.doubt import first_to_judge
from whipcount.record.schema import attributions, codebooks, coders, documents, readings, statements
from whipcount.record.standing import Assignment, Desk

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
    "conditions",
    "chain",
    "content",
    "source",
    "cue",
    "variables",
)
"""Fields of a statement that a judgement may correct."""

DOCUMENT_FIELDS = ("title", "outlet", "date", "author", "language")
"""What may be corrected of a document; its text may not."""

SPANS = ("content", "source", "cue", "rationale")

MANY = 500
"""Documents asked for in one query."""


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
    def writing(self) -> Iterator[Connection]:
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
        with self.writing() as connection:
            rows.codebook_number(connection, codebook, current=True)

    def learn_codebook(self, codebook: Codebook) -> bool:
        """Keep a codebook that another copy of the record has; False if it, current or not, is here already."""
        with self.writing() as connection:
            known = connection.scalar(select(codebooks.c.number).where(codebooks.c.digest == values.digest(codebook)))
            rows.codebook_number(connection, codebook)
        return known is None

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
            return rows.reading_number(connection, sha256, coder, codebook) is not None

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
        with self.writing() as connection:
            if rows.reading_number(connection, document.sha256, coder, codebook) is not None:
                return False
            if codebook is not None:
                rows.codebook_number(connection, codebook, current=True)
            rows.add_reading(connection, document, attributions, statements, coder, codebook)
        return True

    def add_document(self, document: Document) -> bool:
        """Keep a document that nobody has read yet; False if its text is already there."""
        with self.writing() as connection:
            known = connection.scalar(select(documents.c.number).where(documents.c.sha256 == document.sha256))
            rows.document_number(connection, document)
        return known is None

    def documents(self, *, withdrawn: bool = False) -> list[Document]:
        """All documents, in the order in which they were added; `withdrawn` ones only when asked for."""
        with self.looking() as connection:
            desk = Desk.of(connection)
            query = select(documents).order_by(documents.c.number)
            if desk.withdrawn and not withdrawn:
                query = query.where(documents.c.number.not_in(desk.withdrawn))
            return rows.documents_of(connection, query, desk.corrected)

    def document(self, id: str) -> Document:
        """The document called `id`; UsageError if there is none."""
        found = self.documents_called([id]).get(id)
        if found is None:
            raise UsageError(f"{id}: no such document in {self.where}")
        return found

    def documents_called(self, ids: Collection[str]) -> dict[str, Document]:
        """The documents with these ids, by id; those that there are."""
        found: dict[str, Document] = {}
        wanted = sorted(set(ids))
        with self.looking() as connection:
            for start in range(0, len(wanted), MANY):
                on = documents.c.id.in_(wanted[start : start + MANY])
                desk = Desk.of(connection, on)
                read = rows.documents_of(connection, select(documents).where(on), desk.corrected)
                found |= {document.id: document for document in read}
        return found

    def search(self, query: str, limit: int = 100) -> list[search.Hit]:
        """The documents that hold all words of a query, newest first, with the places where they stand.

        "words in quotation marks" follow each other, `word*` may go on, `-word` must not occur, OR asks for either
        side; case and accents do not matter.  UsageError if the query has no word.
        """
        wanted = search.parse(query)
        found = []
        with self.looking() as connection:
            desk = Desk.of(connection)
            rows_ = connection.execute(
                select(documents)
                .where(search.candidates(connection, wanted))
                .order_by(documents.c.date.desc().nulls_last(), documents.c.number)
                .execution_options(yield_per=100)
            )
            for row in rows_:
                if row.number in desk.withdrawn:
                    continue
                of = {"title": row.title, "outlet": row.outlet, "date": row.date} | desk.corrected.get(row.number, {})
                spans = [search.find(row.text, side, row.title or "") for side in wanted]
                places = {span for side in spans for span in side or ()}
                if any(side is not None for side in spans):
                    hit = search.Hit(row.id, of["title"], of["outlet"], of["date"], tuple(sorted(places)))
                    found.append(hit)
                    if len(found) == limit:
                        break
        return found

    def attributions(self, document_id: str) -> list[Attribution]:
        """The attributions of a document, those of its newest reading by a model (by a person, if there is none)."""
        newest = (
            select(readings.c.number)
            .join(documents, documents.c.number == readings.c.document)
            .join(coders, coders.c.number == readings.c.coder)
            .where(documents.c.id == document_id)
            .order_by(coders.c.is_model.desc(), readings.c.number.desc())
            .limit(1)
        )
        query = select(attributions).where(attributions.c.reading == newest.scalar_subquery())
        with self.looking() as connection:
            return [
                values.attribution(dict(row))
                for row in connection.execute(query.order_by(attributions.c.number)).mappings()
            ]

    # Statements as they stand

    def entries(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        text: str | None = None,
        least: float = 0.0,
        seen_by: str | None = None,
        rejected: bool = False,
        **wanted: filters.Wanted,
    ) -> list[Entry]:
        """The statements as they stand (see `record.standing`), in the order in which they were added.

        Of several readings of one document by models of one name, with codebooks of one name, the newest counts, but
        for utterances that people have judged; a model that read it after one of another name counts only if asked for
        as `coder`.
        `since` and `until` are ISO dates, both included, and leave out statements without a date; `text` is a query as
        for `search` that the words of a statement must fit; `least` the least confidence; `seen_by` the name of the
        coder through whose eyes to look; `rejected` keeps what was rejected, with its status.  All other names are
        fields (`filters.FIELDS`; `actor` is the name or id of the actor spoken for) or "variable:NAME", each with a
        value or several of which one must fit; "" is for none.
        """
        query = rows.entries_query().where(*filters.conditions(wanted))
        with self.looking() as connection:
            found = standing.entries(
                connection, query, viewer=seen_by, rejected=rejected, opinions=wanted.get("coder") is not None
            )
        found = [
            entry
            for entry in found
            if entry.statement.confidence >= least
            and filters.fits(entry, wanted)
            and (since is None or (entry.date is not None and entry.date >= since))
            and (until is None or (entry.date is not None and entry.date[: len(until)] <= until))
        ]
        return found if text is None else self.with_words(found, text)

    def with_words(self, entries: Sequence[Entry], query: str) -> list[Entry]:
        """Those of some statements whose own words fit a query as for `search`; UsageError if it has no word."""
        wanted, words = search.parse(query), {}
        with self.looking() as connection:
            found = select(documents.c.id, documents.c.text).where(search.candidates(connection, wanted))
            words = dict(connection.execute(found).all())

        holds = search.holding(wanted)

        def fits(entry: Entry) -> bool:
            text, spans = words[entry.document], entry.statement.content
            return holds(text[slice(*spans[0])] if len(spans) == 1 else " … ".join(text[a:b] for a, b in spans))

        return [entry for entry in entries if entry.document in words and fits(entry)]

    def entry(self, key: str, seen_by: str | None = None) -> Entry:
        """The statement called `key` as it stands, whether it counts or not; UsageError if `seen_by` sees none."""
        with self.looking() as connection:
            return self._entry(connection, key, seen_by)

    def _entry(self, connection: Connection, key: str, seen_by: str | None = None) -> Entry:
        document, _, id = key.rpartition(":")
        query = rows.entries_query(superseded=True).where(documents.c.id == document, statements.c.id == id)
        for entry in standing.entries(connection, query, viewer=seen_by, rejected=True, every=True):
            return entry
        raise UsageError(f"{key}: no such statement in {self.where}; `whipcount statements` lists their keys")

    def named(self, keys: Collection[str]) -> dict[str, Entry]:
        """The statements called `keys` as they stand, by key, whether they count or not; those that are there."""
        pairs = [key.rpartition(":")[::2] for key in keys]
        query = rows.entries_query(superseded=True).where(tuple_(documents.c.id, statements.c.id).in_(pairs))
        with self.looking() as connection:
            found = standing.entries(connection, query, rejected=True, every=True)
        return {entry.key: entry for entry in found}

    def codings(self, coder: str) -> list[Entry]:
        """What one coder coded or judged, with nobody else's judgements; what it rejected has that status.

        The material of agreement (`analysis.agreement`) and of adjudication.
        """
        with self.looking() as connection:
            query = rows.entries_query()
            return standing.entries(connection, query, viewer=coder, own=True, rejected=True, opinions=True)

    def readings(self, codebook: Codebook, by: Callable[[Coder], bool]) -> list[tuple[Coder, Reading]]:
        """The newest reading of each document with this very codebook by a coder that suits, as it was made.

        Judgements do not show in it; ids are as the coder gave them.  Withdrawn documents are left out.
        """
        suits = [coder for coder in self.coders() if by(coder)]
        with self.looking() as connection:
            return rows.readings_of(connection, codebook, suits, Desk.of(connection).withdrawn)

    def queue(self, coder: str, limit: int | None = None) -> list[Entry]:
        """What a coder has not judged yet, as that coder sees it, disputed and least certain ones first.

        A coder to whom documents were assigned is shown those that are not done, anybody else all documents.
        """
        mine = {given.document for given in self.assignments(coder=coder) if not given.done}
        handed = bool(self.assignments(coder=coder))
        found = [
            entry
            for entry in self.entries(seen_by=coder)
            if coder not in entry.judges and entry.coder.name != coder and (not handed or entry.document in mine)
            and (handed or entry.status in (Status.SUGGESTED, Status.CODED))
        ]  # fmt: skip
        return first_to_judge(self, found)[:limit]

    # What people do

    def review(
        self,
        key: str,
        verdict: Judgement,
        fields: Mapping[str, Any],
        coder: Coder,
        made: str | None = None,
        *,
        settles: bool = False,
        note: str | None = None,
        once: str | None = None,
    ) -> str:
        """Add a judgement on the statement called `key`; the uid of the act.

        `fields` are the corrected ones of a "correct", with None for "nothing"; they come on top of earlier
        corrections.  `settles`: it decides between coders.  `made` is the time of the judgement (ISO), None for now.
        UsageError if the statement, the verdict, a field or a value does not exist.
        """
        return self.review_all([(key, verdict, fields)], coder, made, settles=settles, note=note, once=once)[0]

    def review_all(
        self,
        judgements: Iterable[tuple[str, Judgement, Mapping[str, Any]]],
        coder: Coder,
        made: str | None = None,
        *,
        settles: bool = False,
        note: str | None = None,
        once: str | None = None,
        adding: Iterable[tuple[str, Statement]] = (),
    ) -> list[str]:
        """Several judgements in one act, kept (and taken back) all or none; their uids.  Otherwise as `review`.

        `adding` are statements to code by hand in the same act, each with its document; their uids come last.  `once`
        is a name for the act from whoever asks for it: under one name it is done once, however often it is asked for,
        as a browser does whose connection broke before it had the answer.
        """
        together, uids = once or uuid.uuid4().hex, []
        made = acts.time_of(made) if made else None
        with self.writing() as connection:
            if once and (known := acts.of_batch(connection, once)):
                return known
            for key, verdict, fields in judgements:
                entry = self._entry(connection, key, coder.name)
                before = self._judged(connection, entry, verdict, fields)
                number = connection.scalar(rows.number_of(key))
                if settles and verdict != "reject":
                    # what is settled stands for itself, whatever was corrected before
                    fields = standing.differences(connection, number, entry.statement) | dict(fields)
                uids.append(
                    acts.write(connection, coder, verdict, made, batch=together, statement=number, settles=settles,
                               fields=dict(fields), before=before, note=note)
                )  # fmt: skip
            for document, statement in adding:
                uids.append(self._add_statement(connection, document, statement, coder, None, together)[1])
        return uids

    def _judged(
        self, connection: Connection, entry: Entry, verdict: Judgement, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What stood in the fields before a judgement; UsageError if it makes no sense."""
        if verdict not in ("accept", "reject", "correct"):
            raise UsageError(f"{verdict}: no such verdict; use accept, reject or correct")
        if bool(fields) != (verdict == "correct"):
            raise UsageError(f"{entry.key}: a correction needs the corrected fields, and only a correction has any")
        for name in fields:
            if name not in CORRECTABLE:
                raise UsageError(f"{name}: cannot be corrected; the fields are {', '.join(CORRECTABLE)}")
        corrected = rows.corrected(entry.statement, dict(fields))
        self._inside(connection, entry.document, corrected)
        before = {"status": str(entry.status)}
        return before | standing.plain_fields(entry.statement, fields)

    def _inside(self, connection: Connection, document: str, statement: Statement) -> None:
        length = connection.scalar(select(func.length(documents.c.text)).where(documents.c.id == document))
        for name in SPANS:
            if any(end > (length or 0) or start >= end for start, end in getattr(statement, name)):
                raise UsageError(f"{document}: {name} {getattr(statement, name)} lies outside the text or is empty")

    def add_statement(
        self,
        document: str,
        statement: Statement,
        coder: Coder,
        codebook: Codebook | None = None,
        *,
        once: str | None = None,
    ) -> str:
        """Code a statement by hand; its key.  Its own id is not kept: it gets one that no other copy of the record has.

        UsageError if there is no such document or its spans lie outside the text.  `once` as in `review_all`.
        """
        with self.writing() as connection:
            if once and (known := acts.of_batch(connection, once)):
                return acts.history(connection, [schema.acts.c.uid == known[0]])[0].statement or ""
            return self._add_statement(connection, document, statement, coder, codebook, once)[0]

    def _add_statement(
        self,
        connection: Connection,
        document: str,
        statement: Statement,
        coder: Coder,
        codebook: Codebook | None,
        batch: str | None,
    ) -> tuple[str, str]:
        """Code a statement by hand; its key, and the uid of the act."""
        uid = uuid.uuid4().hex
        found = connection.scalar(select(documents.c.number).where(documents.c.id == document))
        if found is None:
            raise UsageError(f"{document}: no such document in {self.where}")
        self._inside(connection, document, statement)
        number, prefix = rows.open_reading(connection, found, coder, codebook)
        made = dataclasses.replace(statement, id=f"h{uid[:12]}", attribution=None)
        row = rows.statement_row(connection, made, prefix, found, number)
        added = rows.add(connection, schema.statements, **row)
        acts.write(connection, coder, "add", uid=uid, batch=batch or uid, statement=added)
        return f"{document}:{prefix}{made.id}", uid

    def correct_document(self, id: str, fields: Mapping[str, str | None], coder: Coder, note: str | None = None) -> str:
        """Correct what is known of a document (title, outlet, date, author, language); the uid of the act."""
        for name in fields:
            if name not in DOCUMENT_FIELDS:
                raise UsageError(f"{name}: cannot be corrected; the fields are {', '.join(DOCUMENT_FIELDS)}")
        before = acts.changed(values.plain(self.document(id)), fields)
        return self._on_documents([id], "correct", coder, note=note, fields=dict(fields), before=before)[0]

    def withdraw(self, ids: Iterable[str], coder: Coder, note: str | None = None) -> list[str]:
        """Leave documents and all their statements out, until that is undone; the uids of the acts, one batch."""
        return self._on_documents(ids, "withdraw", coder, note=note)

    def assign(
        self,
        ids: Iterable[str],
        to: str,
        by: Coder,
        *,
        blind: bool = True,
        suggestions: bool = True,
    ) -> list[str]:
        """Hand documents to the coder called `to`; the uids of the acts, one batch.

        `blind`: the coder sees nobody else's work; `suggestions`: the coder sees what models found.
        """
        fields = {"coder": to, "blind": blind, "suggestions": suggestions}
        return self._on_documents(ids, "assign", by, fields=fields)

    def finish(self, document: str, coder: Coder, *, once: str | None = None) -> str:
        """Say that a coder is through with a document; the uid of the act.  `once` as in `review_all`."""
        return self._on_documents([document], "done", coder, once=once)[0]

    def _on_documents(
        self, ids: Iterable[str], act: acts.Word, coder: Coder, *, once: str | None = None, **given: Any
    ) -> list[str]:
        together, uids = once or uuid.uuid4().hex, []
        with self.writing() as connection:
            if once and (known := acts.of_batch(connection, once)):
                return known
            for id in ids:
                number = connection.scalar(select(documents.c.number).where(documents.c.id == id))
                if number is None:
                    raise UsageError(f"{id}: no such document in {self.where}")
                uids.append(acts.write(connection, coder, act, batch=together, document=number, **given))
        return uids

    def assignments(self, coder: str | None = None, document: str | None = None) -> list[Assignment]:
        """Which documents are handed to whom, in the order of the documents and of handing them out."""
        query = select(documents.c.number, documents.c.id).order_by(documents.c.number)
        with self.looking() as connection:
            desk = Desk.of(connection)
            found = connection.execute(query.where(documents.c.number.in_(desk.assigned))).all()
        return [
            Assignment(id, name, how["blind"], how["suggestions"], (number, name) in desk.done)
            for number, id in found
            if document in (None, id) and number not in desk.withdrawn
            for name, how in desk.assigned[number].items()
            if coder in (None, name)
        ]

    def define(
        self, kind: str, name: str, content: Any, coder: Coder, note: str | None = None, *, once: str | None = None
    ) -> str | None:
        """Define something by kind and name (a statement type, say), over what stood there; the uid of the act.

        None if it stands there already as given.  `once` as in `review_all`.
        """
        return next(iter(self.define_all([(kind, name, content)], coder, note, once=once)), None)

    def define_all(
        self,
        given: Iterable[tuple[str, str, Any]],
        coder: Coder,
        note: str | None = None,
        *,
        once: str | None = None,
    ) -> list[str]:
        """Define several things in one act; what stands there already as given is passed over.  Their uids."""
        together, uids = once or uuid.uuid4().hex, []
        known: dict[str, dict[str, Any]] = {}
        with self.writing() as connection:
            if once and (done := acts.of_batch(connection, once)):
                return done
            for kind, name, content in given:
                if kind not in known:
                    known[kind] = acts.definitions(connection, kind)
                before = known[kind].get(name)
                if before == content:
                    continue
                known[kind][name] = content
                uids.append(
                    acts.write(connection, coder, "define", batch=together, kind=kind, name=name, note=note,
                               fields={"content": content}, before={"content": before})
                )  # fmt: skip
        return uids

    def definitions(self, kind: str) -> dict[str, Any]:
        """What is defined under a kind, by name."""
        with self.looking() as connection:
            return acts.definitions(connection, kind)

    def undo(self, uid: str, coder: Coder, note: str | None = None, *, once: str | None = None) -> list[str]:
        """Take back an act and all that was done together with it (an undo, too); the uids of the undoing acts.

        `once` as in `review_all`.
        """
        with self.writing() as connection:
            if once and (known := acts.of_batch(connection, once)):
                return known
            return acts.undo(connection, uid, coder, note, once)

    def undo_last(self, coder: Coder) -> list[str]:
        """Take back what `coder` did last; the uids of the undoing acts.  UsageError if there is nothing."""
        with self.writing() as connection:
            uid = acts.newest_of(connection, coder.name)
            if uid is None:
                raise UsageError(f"{coder.name}: has done nothing in {self.where} that could be undone")
            return acts.undo(connection, uid, coder)

    def history(self, *, document: str | None = None, coder: str | None = None, limit: int | None = 100) -> list[Act]:
        """What was done, the latest first: on a document and its statements, by a coder, or in all."""
        conditions: list[Any] = []
        with self.looking() as connection:
            if document is not None:
                number = select(documents.c.number).where(documents.c.id == document).scalar_subquery()
                inside = select(statements.c.number).where(statements.c.document == number)
                conditions.append(or_(schema.acts.c.document == number, schema.acts.c.statement.in_(inside)))
            if coder is not None:
                conditions.append(coders.c.name == coder)
            return acts.history(connection, conditions, latest_first=True, limit=limit)

    def done_once(self, once: str) -> list[Act]:
        """What was done under a name (see `review_all`), oldest first; empty if nothing was."""
        with self.looking() as connection:
            return acts.history(connection, [schema.acts.c.batch == once])

    def reviews(self, key: str) -> list[Act]:
        """All that was done to the statement called `key`, oldest first."""
        with self.looking() as connection:
            return acts.history(connection, [schema.acts.c.statement == rows.number_of(key).scalar_subquery()])

    def coders(self) -> list[Coder]:
        """Everybody who has read, coded or judged anything here."""
        with self.looking() as connection:
            found = connection.execute(select(coders).order_by(coders.c.number))
            return [Coder(row.name, row.version, row.is_model) for row in found]

    def judged(self) -> set[str]:
        """Keys of all statements that somebody judged, but for judgements taken back."""
        with self.looking() as connection:
            done = schema.acts.c.act.in_(("accept", "reject", "correct"))
            numbers = {
                row.statement
                for row in acts.in_force(connection, schema.acts.c.statement.is_not(None), done)
                if row.statement is not None
            }
            query = select(statements.c.number, documents.c.id, statements.c.id.label("statement")).join(
                documents, documents.c.number == statements.c.document
            )
            judged = select(schema.acts.c.statement).where(schema.acts.c.statement.is_not(None))
            found = connection.execute(query.where(statements.c.number.in_(judged)))
            return {f"{row.id}:{row.statement}" for row in found if row.number in numbers}

    def check(self) -> list[str]:
        """What is not sound in this record, one line each; an empty list if all is well."""
        from whipcount.record.soundness import faults

        with self.looking() as connection:
            return faults(connection)
