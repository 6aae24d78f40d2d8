"""Statements of a record as columns, for counting millions of them at once; what they are is what `Record.entries` says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from sqlalchemy import ColumnElement, Connection, Select, Text, case, cast, not_, or_, select

from whipcount.model import Entry, Lean, Stance, Voice
from whipcount.record import standing
from whipcount.record.rows import entries_query, newest, opinions, worked_on
from whipcount.record.schema import actors, acts, documents, readings, statements

if TYPE_CHECKING:
    from whipcount.record.store import Record

FAST = ("sqlite",)
"""Databases that are read without a Python object for every cell."""

WORDS: dict[str, list[str]] = {"stance": [*map(str, Stance)], "lean": [*map(str, Lean)], "voice": [*map(str, Voice)]}
"""Columns that hold one of a few words; they come out of the database as numbers, which is quicker."""

SAID = ("key", "document", "date", "actor", "option", "stance", "lean", "voice", "speaker", "outlet", "title")
"""Columns of a statement."""

OF_DOCUMENT = ("author", "section", "document_type", "time")
"""What else is known of its document; `time` is the time of day."""

COLUMNS = (*SAID, *OF_DOCUMENT)


def columns(record: Record, only: Collection[str] = COLUMNS) -> pl.LazyFrame:
    """Columns of all statements with an actor and an option, without commentary, as they stand; untouched ones first.

    `only` names the columns wanted of `COLUMNS`; `date` is the statement's, else its document's.
    """
    more = [name for name in OF_DOCUMENT if name in only]
    wanted = [name for name in SAID if name in only or (name == "document" and (more or "key" in only))]
    # what somebody acted on is looked at one by one, with all in its document where that was read anew since; all else
    # stands as it was coded
    outlived = select(readings.c.document).where(readings.c.number.in_(worked_on()), readings.c.number.not_in(newest()))
    acted = or_(
        statements.c.number.in_(select(acts.c.statement).where(acts.c.statement.is_not(None))),
        statements.c.document.in_(outlived),
        statements.c.document.in_(select(acts.c.document).where(acts.c.document.is_not(None))),
    )
    with record.looking() as connection:
        if connection.execute(select(acts.c.number).limit(1)).first() is None:
            found = _as_coded(connection, wanted)
        else:
            judged = standing.entries(connection, entries_query().where(acted))
            plain = _as_coded(connection, wanted, not_(acted))
            texts = [pl.col(name).cast(pl.String) for name in wanted]
            found = pl.concat([plain.select(texts), of_entries(judged).lazy().select(wanted)])
        known = _of_documents(connection, more)
    # most documents have no time of day, and nothing else may be wanted
    if not any(known[name].null_count() < len(known) for name in more):
        return found.with_columns(pl.lit(None, pl.String).alias(name) for name in more)
    kind = found.collect_schema()["document"]
    return found.join(known.with_columns(pl.col("document").cast(kind)).lazy(), on="document", how="left")


def _of_documents(connection: Connection, wanted: Collection[str]) -> pl.DataFrame:
    """What `OF_DOCUMENT` names, by the id of the document."""
    fields = cast(documents.c.fields, Text).label("fields")
    frame = table(connection, select(documents.c.id.label("document"), documents.c.author, fields))
    held = {"section": "$.section", "document_type": "$.type", "time": "$.time"}
    frame = frame.with_columns(pl.col("fields").str.json_path_match(path).alias(name) for name, path in held.items())
    return frame.select(pl.col("document", *wanted).cast(pl.String))


def of_entries(entries: Iterable[Entry]) -> pl.DataFrame:
    """The same columns of statements that are there as values."""
    rows = [
        {
            "key": entry.key,
            "document": entry.document,
            "date": entry.date,
            "actor": entry.statement.speaks_for,
            "option": entry.statement.option,
            "stance": entry.statement.stance,
            "lean": entry.statement.lean,
            "voice": entry.statement.voice,
            "speaker": entry.statement.speaker,
            "outlet": entry.outlet,
            "title": entry.title,
        }
        for entry in entries
        if entry.statement.speaks_for and entry.statement.option and entry.statement.voice != Voice.COMMENTARY
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(SAID, pl.String))


def _as_coded(connection: Connection, wanted: Collection[str], *which: ColumnElement[bool]) -> pl.LazyFrame:
    """Statements as they were coded."""
    superseded = or_(readings.c.number.not_in(newest()), readings.c.number.in_(opinions()))
    fields: dict[str, Any] = {"in_document": statements.c.document, "in_actor": statements.c.actor}
    fields["option"] = statements.c.option
    for name, words in WORDS.items():
        if name in wanted:
            fields[name] = case(*((statements.c[name] == word, n) for n, word in enumerate(words)))
    fields |= {name: statements.c[name] for name in ("date", "speaker") if name in wanted}
    if "key" in wanted:
        fields["id"] = statements.c.id
    query = select(*(column.label(name) for name, column in fields.items())).where(
        statements.c.actor.is_not(None),
        statements.c.option.is_not(None),
        statements.c.voice != str(Voice.COMMENTARY),
        *which,
    )
    if connection.execute(select(readings.c.number).where(superseded).limit(1)).first() is not None:
        query = query.where(statements.c.reading.in_(newest()), statements.c.reading.not_in(opinions()))
    frame = table(connection, query.order_by(statements.c.number))
    category: Callable[[str], pl.Expr] = lambda name: pl.col(name).cast(pl.String).cast(pl.Categorical)
    names = table(connection, select(actors.c.number.label("in_actor"), actors.c.name.label("actor")))
    of_document: dict[str, Any] = {"in_document": documents.c.number, "document": documents.c.id}
    of_document |= {"published": documents.c.date, "outlet": documents.c.outlet, "title": documents.c.title}
    of_document = {name: c for name, c in of_document.items() if name in (*wanted, "in_document", "published")}
    named = table(connection, select(*(column.label(name) for name, column in of_document.items())))
    frame = _with(frame, names.with_columns(category("actor")), "in_actor")
    frame = _with(frame, named.with_columns(map(category, list(of_document)[1:])), "in_document")
    made = [category("option")]
    if "date" in wanted:
        made.append(pl.coalesce(category("date"), "published").alias("date"))
    for name in [name for name in WORDS if name in wanted]:
        made.append(
            pl.lit(pl.Series(WORDS[name], dtype=pl.Enum(WORDS[name]))).gather(pl.col(name).cast(pl.Int64)).alias(name)
        )
    if "key" in wanted:
        made.append((pl.col("document").cast(pl.String) + ":" + pl.col("id")).alias("key"))
    return frame.lazy().with_columns(made).select(wanted)


def _with(frame: pl.DataFrame, more: pl.DataFrame, on: str) -> pl.DataFrame:
    """The frame with the columns of another for the number in `on`, which every row has."""
    numbers = more[on].cast(pl.Int64).to_numpy()
    at = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.int64)
    at[numbers] = np.arange(len(more))
    return frame.hstack(more.drop(on)[at[frame[on].cast(pl.Int64).to_numpy()]])


def table(connection: Connection, query: Select[Any]) -> pl.DataFrame:
    """The result of a query."""
    if connection.dialect.name in FAST and connection.engine.url.database:
        from adbc_driver_sqlite import dbapi

        text = str(query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        with dbapi.connect(connection.engine.url.database) as other, other.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": "65536"})
            cursor.execute(text)
            found = pl.DataFrame(cursor.fetch_polars())
            # of no rows the database tells no types
            return found if len(found) else found.cast(pl.String)
    return pl.read_database(query, connection)
