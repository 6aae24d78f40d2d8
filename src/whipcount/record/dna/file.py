"""Discourse Network Analyzer's `.dna` files (SQLite), read in place and never changed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import sqlite3
import unicodedata
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from whipcount.errors import RecordError, UsageError

ROUNDS = 100_000
DATA_TABLES = {
    "boolean": "DATABOOLEAN",
    "integer": "DATAINTEGER",
    "long text": "DATALONGTEXT",
    "short text": "DATASHORTTEXT",
}


def is_dna(path: Path) -> bool:
    """Whether a file is an SQLite database with DNA's tables."""
    try:
        with sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return False
    return {"STATEMENTTYPES", "VARIABLES", "ENTITIES"} <= {name.upper() for name in names}


def password_fits(stored: str, password: str) -> bool:
    """Whether a password is the one that DNA stored: base64 of 16 bytes of salt and the digest of salt and password.

    The digest is SHA-256, 100,000 rounds, over the NFC form in UTF-8 (jasypt's StrongPasswordEncryptor).
    """
    raw = base64.b64decode(stored)
    salt, wanted = raw[:16], raw[16:]
    digest = salt + unicodedata.normalize("NFC", password).encode()
    for _ in range(ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return hmac.compare_digest(digest, wanted)


def password_stored(password: str) -> str:
    """A password as DNA keeps it: see `password_fits`."""
    salt = os.urandom(16)
    digest = salt + unicodedata.normalize("NFC", password).encode()
    for _ in range(ROUNDS):
        digest = hashlib.sha256(digest).digest()
    return base64.b64encode(salt + digest).decode()


class DnaFile:
    """One `.dna` file; RecordError if it cannot be read, UsageError if a password is given that no coder has."""

    def __init__(self, path: Path, password: str | None = None) -> None:
        if not is_dna(path):
            raise RecordError(f"{path}: is not a DNA 3 file; open it in DNA 3 and save it again")
        self.path = path
        if password is not None:
            stored = [row["Password"] for row in self.rows("SELECT Password FROM CODERS")]
            if not any(password_fits(p, password) for p in stored):
                raise UsageError(f"{path}: no coder has this password; try again or leave --password out")

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """The rows of a query, by the names of its columns."""
        try:
            connection = sqlite3.connect(f"file:{quote(str(self.path.resolve()))}?mode=ro", uri=True)
            try:
                cursor = connection.execute(query, values)
                names = [column[0] for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor]
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise RecordError(f"{self.path}: cannot be read ({error}); check that it is whole") from None

    def statement_types(self) -> dict[str, int]:
        """Statement types by label."""
        return {row["Label"]: row["ID"] for row in self.rows("SELECT ID, Label FROM STATEMENTTYPES ORDER BY ID")}

    def variables(self, statement_type: str) -> dict[str, str]:
        """Variables of a statement type with their data types; UsageError if there is no such type."""
        types = self.statement_types()
        if statement_type not in types:
            raise UsageError(f"{self.path}: no statement type {statement_type!r}; it has {', '.join(types)}")
        rows = self.rows("SELECT Variable, DataType FROM VARIABLES WHERE StatementTypeId = ? ORDER BY ID",
                          (types[statement_type],))  # fmt: skip
        return {row["Variable"]: row["DataType"] for row in rows}

    def events(self, statement_type: str = "DNA Statement") -> tuple[pl.DataFrame, dict[str, str]]:
        """Statements of a type as the columns of `analysis.events.Events`, sorted by time and id, and variables' types."""
        kinds = self.variables(statement_type)
        type_id = self.statement_types()[statement_type]
        rows = self.rows(
            "SELECT s.ID AS statement, s.DocumentId AS document, d.Date AS seconds, d.Author AS author, d.Source AS source,"
            " d.Section AS section, d.Type AS type, d.Title AS title FROM STATEMENTS s JOIN DOCUMENTS d ON d.ID = s.DocumentId"
            " WHERE s.StatementTypeId = ? ORDER BY d.Date, s.DocumentId, s.Start, s.ID",
            (type_id,),
        )
        data: dict[str, list[Any]] = {
            "statement": [row["statement"] for row in rows],
            "document": [row["document"] for row in rows],
            "time": [row["seconds"] for row in rows],
            **{f"document:{f}": [row[f] for row in rows] for f in ("author", "source", "section", "type", "title")},
            "document:id": [str(row["document"]) for row in rows],
        }
        for variable, kind in kinds.items():
            text = "e.Value" if kind == "short text" else "t.Value"
            join = " JOIN ENTITIES e ON e.ID = t.Entity" if kind == "short text" else ""
            values = {
                row["StatementId"]: row["value"]
                for row in self.rows(
                    f"SELECT t.StatementId, {text} AS value FROM {DATA_TABLES[kind]} t{join}"  # noqa: S608 - fixed names
                    " JOIN VARIABLES v ON v.ID = t.VariableId WHERE v.Variable = ? AND v.StatementTypeId = ?",
                    (variable, type_id),
                )
            }
            empty: Any = 0 if kind in ("boolean", "integer") else ""
            data[variable] = [values.get(statement, empty) for statement in data["statement"]]
        frame = pl.DataFrame(data, infer_schema_length=None)
        if len(frame):
            frame = frame.with_columns(pl.from_epoch(pl.col("time"), time_unit="s"))
        return frame, kinds
