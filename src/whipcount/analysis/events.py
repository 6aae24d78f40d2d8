"""Statements as a table of events: what networks are made of, wherever the statements come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from whipcount.model import Entry, Stance

DOCUMENT_FIELDS = ("author", "source", "section", "type", "id", "title")
WEIGHTS = {Stance.SUPPORT: 1, Stance.OPPOSE: 0}
"""Agreement of a stance: DNA knows yes and no; conditional and undecided statements have none and are left out."""


@dataclass(frozen=True, slots=True)
class Events:
    """A table with one row a statement, sorted by time.

    frame   columns `statement`, `document`, `time` (datetime), one a variable, and `document:FIELD` for document fields
    kinds   data type of each variable: boolean, integer, short text or long text
    """

    frame: pl.DataFrame
    kinds: dict[str, str]

    def column(self, name: str, *, of_document: bool = False) -> str:
        """Column of a variable or document field; KeyError if there is neither."""
        if name in self.kinds and not of_document:
            return name
        if name in DOCUMENT_FIELDS:
            return f"document:{name}"
        raise KeyError(name)


def from_entries(entries: Iterable[Entry]) -> Events:
    """Events of a whipcount record in DNA's words: person, organization, concept, agreement.

    Commentary, statements without an option or date, and stances that are neither support nor oppose are left out.
    """
    rows = [
        {
            "statement": entry.key,
            "document": entry.document,
            "time": (entry.date or "")[:10],
            "person": entry.statement.speaker,
            "organization": entry.statement.speaks_for,
            "concept": entry.statement.option,
            "agreement": WEIGHTS[entry.statement.stance],
            "document:author": "",
            "document:source": entry.outlet or "",
            "document:section": "",
            "document:type": "",
            "document:id": entry.document,
            "document:title": entry.title or "",
        }
        for entry in entries
        if entry.statement.speaks_for
        and entry.statement.option
        and entry.statement.stance in WEIGHTS
        and len(entry.date or "") >= 10
    ]
    names = ("person", "organization", "concept", "agreement")
    kinds = dict(zip(names, ("short text", "short text", "short text", "boolean"), strict=True))
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(
        ("statement", "document", "time", *names, *(f"document:{f}" for f in DOCUMENT_FIELDS)), pl.String
    )
    schema["agreement"] = pl.Int64
    frame = pl.DataFrame(rows, schema=schema)
    frame = frame.with_columns(pl.col("time").str.to_datetime("%Y-%m-%d")).sort("time", maintain_order=True)
    return Events(frame, kinds)
