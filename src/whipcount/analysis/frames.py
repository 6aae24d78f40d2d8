"""A record for a notebook: the tables of the command line as polars frames, and the values behind them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from whipcount.analysis.positions import positions
from whipcount.coding.weighed import OPTION, STANCE, runner_up
from whipcount.record import Record, values

if TYPE_CHECKING:
    import networkx
    import polars

    from whipcount.analysis.coalitions import Coalitions
    from whipcount.analysis.cohesion import Cohesion, Members, Trend
    from whipcount.analysis.contradictions import Contradiction
    from whipcount.analysis.events import Events
    from whipcount.analysis.movers import Move
    from whipcount.analysis.networks import Design, Network
    from whipcount.analysis.polarization import Polarization
    from whipcount.analysis.quotations import Quotation
    from whipcount.analysis.sourcing import Copies
    from whipcount.analysis.turning import TurningPoint
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


WHY = (
    "key",
    "actor",
    "option",
    "option_sure",
    "next_option",
    "next_option_sure",
    "stance",
    "stance_sure",
    "next_stance",
    "next_stance_sure",
    "decided_by",
    "judges",
)
"""Why a statement was coded as it was: what was taken and the runner-up, each with its probability, and the words."""


def why_rows(record: Record, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Statements as rows with the fields `WHY`.

    `decided_by` are the coder's words in the document; probabilities are missing where the coder gave none, and
    `judges` are the people whose judgement stands instead of the coder's.
    """
    documents: dict[str, Document] = {}
    rows = []
    for entry in entries:
        if entry.document not in documents:
            documents[entry.document] = record.document(entry.document)
        said = entry.statement
        row: dict[str, Any] = {
            "key": entry.key,
            "actor": said.speaks_for,
            "option": said.option or "none",
            "stance": (said.stance or "no side") if said.option else None,
            "decided_by": documents[entry.document].words(said.rationale or said.content),
            "judges": list(entry.judges),
        }
        for name, kind, taken, none in (
            ("option", OPTION, said.option, "none"),
            ("stance", STANCE, said.stance, "no side"),
        ):
            second = runner_up(said, kind) if kind == OPTION or said.option else None
            known = said.weighed if kind == OPTION or said.option else {}
            row[f"{name}_sure"] = known.get(kind + (taken or ""))
            row[f"next_{name}"] = (second[0] or none) if second else None
            row[f"next_{name}_sure"] = second[1] if second else None
        rows.append(row)
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

    def events(self, statement_type: str | None = None) -> Events:
        """All statements as a table of events, what the functions on networks and structure start from."""
        from whipcount.analysis.events import from_record

        return from_record(self.record, statement_type=statement_type)

    def network(self, **design: Any) -> Network:
        """A network; the settings are those of `whipcount.analysis.networks.Design`."""
        from whipcount.analysis.networks import Design, network

        return network(self.events(), Design(**{"onemode": False, **design}))

    def graph(self, **design: Any) -> networkx.Graph:
        """A network as a graph of networkx; see `network`."""
        from whipcount.analysis.graphs import graph

        return graph(self.network(**design))

    def coalitions(self, **options: Any) -> list[Coalitions]:
        """Coalitions by many methods, the best first; options as for `whipcount.analysis.coalitions.coalitions`."""
        from whipcount.analysis.coalitions import coalitions

        return coalitions(self.events(), _structure(), **options)

    def polarization(self, **options: Any) -> Polarization:
        """The most polarized split; options as for `whipcount.analysis.polarization.polarization`."""
        from whipcount.analysis.polarization import polarization

        return polarization(self.events(), _structure(), **options)

    def cohesion(self, members: Members, **options: Any) -> tuple[list[Cohesion], Trend | None]:
        """Cohesion of a bloc, and its trend; options as for `whipcount.analysis.cohesion.cohesion`."""
        from whipcount.analysis.cohesion import cohesion

        return cohesion(self.events(), _structure(), members, **options)

    def contradictions(self, **options: Any) -> list[Contradiction]:
        """Who contradicts whom under one name; options as for `whipcount.analysis.contradictions.contradictions`."""
        from whipcount.analysis.contradictions import contradictions

        return contradictions(self.entries(), **options)

    def movers(self, **options: Any) -> list[Move]:
        """Who moved first; options as for `whipcount.analysis.movers.movers`."""
        from whipcount.analysis.movers import movers

        return movers(self.entries(), **options)

    def turning_points(self, **options: Any) -> list[TurningPoint]:
        """When the debate turned; options as for `whipcount.analysis.turning.turning_points`."""
        from whipcount.analysis.turning import turning_points

        return turning_points(self.entries(), **options)

    def quotations(self, **options: Any) -> list[Quotation]:
        """How quotations changed between outlets; options as for `whipcount.analysis.quotations.quotations`."""
        from whipcount.analysis.quotations import quotations

        return quotations(self.entries(), {document.id: document for document in self.documents()}, **options)

    def copies(self, threshold: float = 0.2) -> list[Copies]:
        """Documents that are copies of one story; see `whipcount.analysis.sourcing.copies`."""
        from whipcount.analysis.sourcing import copies

        return copies(self.documents(), threshold)

    def sourcing(self, *, all_copies: bool = False) -> polars.DataFrame:
        """One row an outlet, actor and option: on whose word; a story counts once unless `all_copies`."""
        import polars

        from whipcount.analysis.sourcing import counted_once, sourcing

        documents = {document.id: document for document in self.documents()}
        entries = self.entries()
        if not all_copies:
            entries = counted_once(entries, self.copies())
        rows = [
            {
                "outlet": row.outlet,
                "actor": row.actor,
                "option": row.option,
                "statements": row.statements,
                "share_unnamed": row.share_unnamed,
                "share_ascribed": row.share_ascribed,
                "share_translated": row.share_translated,
                "evidence": list(row.keys),
            }
            for row in sourcing(entries, documents)
        ]
        schema: dict[str, Any] = dict.fromkeys(("outlet", "actor", "option"), polars.String)
        schema |= {"statements": polars.Int64}
        schema |= dict.fromkeys(("share_unnamed", "share_ascribed", "share_translated"), polars.Float64)
        return polars.DataFrame(rows, schema=schema | {"evidence": polars.List(polars.String)})


def _structure() -> Design:
    """The design that the commands on structure start from: an actor's word on an option counts once a document."""
    from whipcount.analysis.networks import Design

    return Design(onemode=True, aggregation="subtract", duplicates="document")
