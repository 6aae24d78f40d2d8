"""The steps of the schema end where the queries begin, and a newer record is left to a newer program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from whipcount.errors import RecordError
from whipcount.record import Record, migrations, schema
from whipcount.record.database import connect


def test_the_steps_make_the_tables_that_the_queries_name(record: Record) -> None:
    with connect(record.where, create=False).connect() as connection:
        ours = {"include_object": lambda _, name, kind, reflected, __: kind != "table" or not name.startswith("words")}
        assert compare_metadata(MigrationContext.configure(connection, opts=ours), schema.metadata) == []


def test_head_is_the_last_step() -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == migrations.HEAD


def test_a_record_of_a_newer_version_is_not_touched(file: Record) -> None:
    file.close()
    with sqlite3.connect(file.where) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for create in (False, True):
        with pytest.raises(RecordError, match="newer version"):
            Record.open(file.where, create=create)


def test_every_table_is_append_only(file: Record) -> None:
    file.close()
    with sqlite3.connect(file.where) as connection:
        triggers = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        mode = connection.execute("PRAGMA journal_mode").fetchone()
    assert triggers == {f"{table}_no_{act}" for table in schema.metadata.tables for act in ("update", "delete")}
    assert mode == ("wal",)
