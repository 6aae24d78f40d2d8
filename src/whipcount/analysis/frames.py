"""A record for a notebook: the tables of the command line as polars frames, and the values behind them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from whipcount.analysis.positions import positions
from whipcount.record import Record, values

if TYPE_CHECKING:
    import polars

    from whipcount.model import Document, Entry, Position


STATEMENT = (
    "key",
    "date",
    "actor",
    "actor_id",
    "option",
    "stance",
    "lean",
    "conditions",
    "condition_text",
    "voice",
    "speaker",
    "speaker_id",
    "speaker_kind",
    "chain",
    "words",
    "confidence",
    "outlet",
    "title",
    "document",
    "coder",
    "content",
    "source",
)
"""Fields of a statement as a row."""


def statement_rows(record: Record, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Statements as rows with the fields `STATEMENT`; `words` are those in the document that it stands on."""
    documents: dict[str, Document] = {}
    rows = []
    for entry in entries:
        if entry.document not in documents:
            documents[entry.document] = record.document(entry.document)
        said = values.plain(entry.statement) | {
            "key": entry.key,
            "date": entry.date,
            "actor": entry.statement.speaks_for,
            "words": documents[entry.document].words(entry.statement.content),
            "outlet": entry.outlet,
            "title": entry.title,
            "document": entry.document,
            "coder": entry.coder.name,
        }
        rows.append({name: said[name] for name in STATEMENT})
    return rows


class Debate:
    """A record whose methods give frames and values; use it with `with`, or close it."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @classmethod
    def open(cls, where: str | Path) -> Debate:
        """The debate in an existing record; RecordError if there is none."""
        return cls(Record.open(where))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.record.close()

    def documents(self) -> list[Document]:
        """All documents."""
        return self.record.documents()

    def entries(self, **filters: Any) -> list[Entry]:
        """Statements as they stand; the filters are those of `Record.entries`."""
        return self.record.entries(**filters)

    def position_values(self, at: str | None = None) -> list[Position]:
        """Positions as known at an ISO date, by the rules of `whipcount.analysis.positions`."""
        return positions(self.record.entries(), at)

    def statements(self, **filters: Any) -> polars.DataFrame:
        """One row a statement, with the words it stands on; the filters are those of `Record.entries`."""
        import polars

        rows = statement_rows(self.record, self.record.entries(**filters))
        lists: dict[str, Any] = dict.fromkeys(("conditions", "condition_text", "chain"), polars.List(polars.String))
        lists |= dict.fromkeys(("content", "source"), polars.List(polars.List(polars.Int64)))
        schema = {name: lists.get(name, polars.String) for name in STATEMENT} | {"confidence": polars.Float64}
        return polars.DataFrame(rows, schema=schema)

    def positions(self, at: str | None = None) -> polars.DataFrame:
        """One row an actor and option: where it stands at an ISO date, since when, on which statements."""
        import polars

        rows = [
            {
                "actor": position.actor,
                "option": position.option,
                "stance": position.stance and str(position.stance),
                "lean": position.lean and str(position.lean),
                "conditions": list(position.conditions),
                "divided": position.divided,
                "voices": [str(voice) for voice in position.voices],
                "statements": list(position.statements),
                "since": position.since,
                "changed": position.changed and str(position.changed),
            }
            for position in self.position_values(at)
        ]
        text, texts = polars.String, polars.List(polars.String)
        schema: dict[str, Any] = {"actor": text, "option": text, "stance": text, "lean": text, "conditions": texts}
        schema |= {"divided": polars.Boolean, "voices": texts, "statements": texts, "since": text, "changed": text}
        return polars.DataFrame(rows, schema=schema)
