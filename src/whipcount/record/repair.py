"""What can be saved from a damaged SQLite file: every row that can still be read, in a new record."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Table, insert

from whipcount.errors import RecordError
from whipcount.record import schema, search
from whipcount.record.store import Record

GIVE_UP = 10_000
"""Rows that may be missing in a row before the end of a table is taken to be reached."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one table: rows saved, and rows lost (at least; what left no trace cannot be counted)."""

    table: str
    saved: int
    lost: int


def repair(path: Path, out: Path) -> list[Saved]:
    """Write all that can be read of the record at `path` into a new one at `out`; the damaged file stays as it is.

    A row that refers to a lost one is lost, too; so is a document whose text is no longer what was read.  RecordError
    if `out` is there already or nothing at all can be read.
    """
    if out.exists():
        raise RecordError(f"{out}: is there already; move it away or name another file with --out")
    if not path.is_file():
        raise RecordError(f"{path}: no such file to repair")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        for end in ("", "-wal"):
            if Path(f"{path}{end}").exists():
                shutil.copyfile(f"{path}{end}", f"{copy}{end}")
        _pad(copy)
        with sqlite3.connect(copy) as damaged:
            damaged.row_factory = sqlite3.Row
            damaged.text_factory = lambda raw: raw.decode("utf-8")
            found = {table: list(_rows(damaged, table.name)) for table in schema.metadata.sorted_tables}
        damaged.close()
    if not found[schema.documents]:
        raise RecordError(f"{path}: no document can be read; restore a copy of the file, or read the documents again")
    kept: dict[str, set[int]] = {}
    result = []
    with Record.open(out, create=True) as record, record.writing() as connection:
        for table, rows in found.items():
            good = [row for row in map(_plain(table), rows) if row is not None and _whole(table, row, kept)]
            kept[table.name] = {row["number"] for row in good}
            if good:
                connection.execute(insert(table), good)
            highest = max((row["number"] for row in rows), default=0)
            result.append(Saved(table.name, len(good), highest - len(good)))
            if table is schema.documents:
                for row in good:
                    search.index(connection, row["number"], row["title"] or "", row["text"])
    return result


def _pad(copy: Path) -> None:
    """Fill a file that was cut off up to the length that its header states; else SQLite reads nothing of it."""
    with copy.open("rb") as file:
        header = file.read(100)
    size = int.from_bytes(header[16:18], "big")
    stated = int.from_bytes(header[28:32], "big") * (65536 if size == 1 else size)
    if copy.stat().st_size < stated < 1 << 40:
        os.truncate(copy, stated)


def _rows(damaged: sqlite3.Connection, table: str) -> Iterator[sqlite3.Row]:
    """The readable rows of a table: in one go as far as it goes, then number by number."""
    last, missing = 0, 0
    while True:
        try:
            for row in damaged.execute(f"SELECT * FROM {table} WHERE number > ? ORDER BY number", (last,)):  # noqa: S608
                yield row
                last, missing = row["number"], 0
            return
        except (sqlite3.Error, UnicodeDecodeError):
            # step over what cannot be read; a row beyond it can, if the way to it does not lead through the damage
            while missing < GIVE_UP:
                last, missing = last + 1, missing + 1
                try:
                    row = damaged.execute(f"SELECT * FROM {table} WHERE number = ?", (last,)).fetchone()  # noqa: S608
                except (sqlite3.Error, UnicodeDecodeError):
                    continue
                if row is not None:
                    yield row
                    missing = 0
                    break
            else:
                return


def _plain(table: Table) -> Any:
    def plain(row: sqlite3.Row) -> dict[str, Any] | None:
        try:
            values = {column.name: row[column.name] for column in table.columns}
            for column in table.columns:
                if isinstance(column.type, JSON):
                    values[column.name] = json.loads(values[column.name])
                elif isinstance(column.type, Boolean):
                    values[column.name] = bool(values[column.name])
        except (ValueError, TypeError, IndexError):
            return None
        return values

    return plain


def _whole(table: Table, row: dict[str, Any], kept: dict[str, set[int]]) -> bool:
    """Whether a row has all it needs: its values, and the rows that it refers to."""
    for column in table.columns:
        value = row[column.name]
        if value is None and not column.nullable:
            return False
        for key in column.foreign_keys:
            if value is not None and value not in kept[key.column.table.name]:
                return False
    if table is schema.documents:
        digest = hashlib.sha256(str(row["text"]).encode("utf-8", "surrogatepass")).hexdigest()
        return digest == str(row["sha256"]).partition("+")[0]
    return True
