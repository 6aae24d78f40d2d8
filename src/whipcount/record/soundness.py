"""Whether a record is sound: the file whole, texts what their digests say, and evidence where it is said to be."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Connection, select

from whipcount.record.acts import WORDS
from whipcount.record.schema import acts, attributions, documents, readings, statements

SPANS = ("content", "source", "cue")


def faults(connection: Connection) -> list[str]:
    """What is not sound, one line each: where, and what."""
    found = []
    if connection.dialect.name == "sqlite":
        found += [f"file: {row[0]}" for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        found += [
            f"{row[0]}: row {row[1]} refers to a missing row"
            for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
        ]
    lengths: dict[int, tuple[str, int]] = {}
    for row in connection.execute(select(documents)):
        lengths[row.number] = row.id, len(row.text)
        if hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).hexdigest() != row.sha256.partition("+")[0]:
            found.append(f"{row.id}: the text is not the one that was read (its digest differs)")
        found += _outside(row.id, "body", row.body, len(row.text))
    of_reading = {
        row.number: row.document for row in connection.execute(select(readings.c.number, readings.c.document))
    }
    for place in connection.execute(select(attributions)).mappings():
        found += _misplaced(place, lengths.get(of_reading.get(place["reading"], 0)), SPANS)
    for place in connection.execute(select(statements)).mappings():
        found += _misplaced(place, lengths.get(place["document"]), (*SPANS, "rationale"))
        if of_reading.get(place["reading"]) != place["document"]:
            found.append(f"statement {place['id']}: its reading is of another document")
    known = {row.uid for row in connection.execute(select(acts.c.uid))}
    for row in connection.execute(select(acts.c.uid, acts.c.act, acts.c.undoes)):
        if row.act not in WORDS:
            found.append(f"act {row.uid}: {row.act} is nothing that can be done")
        if row.undoes is not None and row.undoes not in known:
            found.append(f"act {row.uid}: takes back {row.undoes}, which is not there")
    return found


def _misplaced(row: Any, document: tuple[str, int] | None, fields: tuple[str, ...]) -> list[str]:
    if document is None:
        return [f"{row['id']}: belongs to no document"]
    id, length = document
    return [line for field in fields for line in _outside(f"{id}:{row['id']}", field, row[field], length)]


def _outside(name: str, field: str, spans: Any, length: int) -> list[str]:
    try:
        inside = all(0 <= start <= end <= length for start, end in spans)
    except (TypeError, ValueError):
        inside = False
    return [] if inside else [f"{name}: {field} {spans} lies outside the text of {length} characters"]
