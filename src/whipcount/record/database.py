"""Opening the database behind a record: one SQLite file, or whatever a database URL names."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from whipcount.errors import RecordError
from whipcount.record import migrations

PATIENCE = 30.0
"""Seconds to wait while another program writes to the same file."""

WRITERS = 0x77686970
"""Key of the lock that writers to a PostgreSQL database take in turn, as they do in SQLite."""

FILE = "sqlite:///"
"""What the URL of an SQLite file begins with."""


def shown(where: str | Path) -> str:
    """`where` as it may be printed: without the password of a database URL."""
    try:
        return make_url(str(where)).render_as_string() if "://" in str(where) else str(where)
    except ArgumentError:
        return "the database URL"


def connect(where: str | Path, create: bool) -> Engine:
    """An engine for `where`; RecordError if there is nothing there that could be a record."""
    if "://" in str(where) and not str(where).startswith(FILE):
        try:
            url = make_url(str(where))
            if url.drivername in ("postgresql", "postgres"):
                url = url.set(drivername="postgresql+pg8000")
            engine = create_engine(url, pool_pre_ping=True, json_deserializer=_loads)
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise RecordError(f"{shown(where)}: not a database that can be opened ({error})") from error
    else:
        path = Path(str(where).removeprefix(FILE))
        if not path.exists() and not create:
            raise RecordError(f"{path}: no such record; make one with `whipcount read PATH... --record {path}`")
        if path.is_dir() or not path.parent.is_dir():
            raise RecordError(f"{path}: not a place for a record; name a file in an existing folder")
        if path.exists() and path.stat().st_size:
            with path.open("rb") as file:
                if file.read(16) != b"SQLite format 3\0":
                    raise RecordError(f"{path}: not a record of whipcount; name another file")
        elif not create:
            raise RecordError(f"{path}: an empty file, not a record; remove it and read again")
        engine = create_engine(
            URL.create("sqlite", database=str(path)), connect_args={"timeout": PATIENCE}, json_deserializer=_loads
        )
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", _on_begin_of_server)
    return engine


def _loads(text: str) -> Any:
    # most lists of a statement are empty
    return [] if text == "[]" else json.loads(text)


def _on_connect(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun below, not guessed by the driver
    connection.execute("PRAGMA foreign_keys = ON")
    # with a write-ahead log a killed program loses nothing; a power cut may lose the last documents, and damages none
    connection.execute("PRAGMA synchronous = NORMAL")


def _on_begin(connection: Connection) -> None:
    # a writer takes the lock before it looks, so that what it saw is still so when it writes
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _on_begin_of_server(connection: Connection) -> None:
    if connection.get_execution_options().get("writes", False):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITERS})


def prepare(engine: Engine, where: str | Path, create: bool) -> None:
    """Bring the schema up to date, making it if `create` is set; RecordError if it is not a record or too new."""
    name = shown(where)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
            revision = (
                connection.scalar(text("SELECT version_num FROM alembic_version"))
                if "alembic_version" in tables
                else None
            )
        if revision == migrations.HEAD:
            return
        if revision is not None and str(revision) > migrations.HEAD:
            raise RecordError(f"{name}: made by a newer version of whipcount (schema {revision}); install that version")
        if revision is None and tables:
            raise RecordError(f"{name}: a database, but not a record of whipcount; name another file")
        if revision is None and not create:
            raise RecordError(f"{name}: holds no record; make one with `whipcount read PATH... --record {name}`")
        if engine.dialect.name == "sqlite":
            raw = engine.raw_connection()
            raw.cursor().execute("PRAGMA journal_mode = WAL")  # the mode stays with the file
            raw.close()
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            migrations.upgrade(connection)
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise RecordError(f"{name}: cannot be opened as a record: {reason}") from error
