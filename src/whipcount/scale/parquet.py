"""Readings as Parquet: three tables, documents, attributions and statements, in numbered parts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl

from whipcount.errors import InputError
from whipcount.model import Codebook, Coder
from whipcount.reading import Reading
from whipcount.record.values import digest

SPANS = pl.List(pl.List(pl.Int64))
TEXTS = pl.List(pl.String)
LINKS = pl.List(pl.Struct({"name": pl.String, "relation": pl.String}))


def _columns(names: str, **others: Any) -> dict[str, Any]:
    return {name: others.get(name, pl.String) for name in names.split()}


_SAID = {"source": SPANS, "cue": SPANS, "content": SPANS, "confidence": pl.Float64}
TABLES: dict[str, dict[str, Any]] = {
    "documents": _columns(
        "id sha256 title date date_basis author outlet chain language text body reading", chain=LINKS, body=SPANS
    ),
    "attributions": _columns("document id source cue content quote_type confidence words", **_SAID),
    "statements": _columns(
        "document id attribution content source cue quote_type speaker speaker_id speaker_kind speaks_for actor_id "
        "voice chain option stance lean conditions condition_text date confidence rationale words",
        **_SAID, rationale=SPANS, chain=TEXTS, conditions=TEXTS, condition_text=TEXTS,
    ),
}  # fmt: skip
"""The tables and their columns, named as `whipcount extract` names them; `words` are the words of `content`."""

PART = 500
"""Documents a part."""


class Tables:
    """A folder of Parquet files, written part by part; what is in it already is not read again.

    A text counts as read only if it was read by this `coder` with this very `codebook`.  A part's documents are
    written last and by renaming, so a part that was being written when the power went is written again.
    """

    def __init__(self, folder: Path, coder: Coder, codebook: Codebook | None) -> None:
        self.folder = folder
        self.reading = coder.version + (f", {codebook.name} {digest(codebook)[:12]}" if codebook else "")
        try:
            for table in TABLES:
                (folder / table).mkdir(parents=True, exist_ok=True)
            there = sorted((folder / "documents").glob("part-*.parquet"))
            read = [pl.read_parquet(path, columns=["sha256", "reading"]) for path in there]
        except (OSError, pl.exceptions.PolarsError) as error:
            raise InputError(f"{folder}: cannot be written to or continued ({error}); name another folder") from None
        rows = (frame.filter(pl.col("reading") == self.reading)["sha256"].to_list() for frame in read)
        self._known = {sha256 for part in rows for sha256 in part}
        self._number = max((int(re.sub(r"\D", "", path.stem) or 0) for path in there), default=0)
        self._rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}

    def has(self, sha256: str) -> bool:
        """Whether the text with this digest is there, or about to be."""
        return sha256 in self._known

    def add(self, reading: Reading) -> None:
        """Take a reading, unless the text is there already; a full part is written."""
        if self.has(reading.document.sha256):
            return
        self._known.add(reading.document.sha256)
        line = reading.line()
        text = line["text"]
        for table in ("attributions", "statements"):
            for item in line.pop(table):
                words = " … ".join(text[start:end] for start, end in item["content"])
                self._rows[table].append({**item, "document": line["id"], "words": words})
        self._rows["documents"].append({"sha256": reading.document.sha256, "reading": self.reading, **line})
        if len(self._rows["documents"]) >= PART:
            self.write()

    def write(self) -> None:
        """Write what has been taken since the last part."""
        if not self._rows["documents"]:
            return
        self._number += 1
        for table in reversed(TABLES):
            _write(self._rows[table], table, self.folder / table / f"part-{self._number:06}.parquet")
            self._rows[table] = []


def _write(rows: list[dict[str, Any]], table: str, path: Path) -> None:
    columns = TABLES[table]
    unfinished = path.with_suffix(".unfinished")
    pl.DataFrame([{name: row[name] for name in columns} for row in rows], schema=columns).write_parquet(unfinished)
    unfinished.replace(path)
