"""What each page shows: the same content once as values for a template and once as data for JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from whipcount.analysis.positions import histories, positions
from whipcount.errors import UsageError
from whipcount.model import Document, Entry
from whipcount.record import Record
from whipcount.record.values import plain
from whipcount.web.addresses import link
from whipcount.web.board import board, columns_of, condition_labels, counts, known_at
from whipcount.web.charts import Band, statement_link, timeline
from whipcount.web.pages import View

PAGE = 100
"""Statements or documents on one page."""

DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A statement with its words, as lists of evidence show it.

    decides  whether the actor's present position rests on it
    """

    entry: Entry
    words: str
    document: Document
    href: str
    option: str
    conditions: tuple[str, ...]
    decides: bool

    def plain(self) -> dict[str, Any]:
        """The statement as JSON can hold it."""
        return {
            **plain(self.entry.statement),
            "key": self.entry.key,
            "document": self.entry.document,
            "words": self.words,
            "title": self.entry.title,
            "outlet": self.entry.outlet,
            "counts_from": self.entry.date,
            "document_chain": [{"name": link.name, "relation": link.relation} for link in self.document.chain],
            "decides": self.decides,
            "href": self.href,
        }


def dated(at: str | None) -> str | None:
    """`at` if it is an ISO date or a prefix of one, None if it is empty; UsageError if it is something else."""
    if not at:
        return None
    if not DATE.fullmatch(at):
        raise UsageError(f"{at[:40]!r} is not a date; write it as 2025-03-17, 2025-03 or 2025")
    return at


def evidence(record: Record, entries: Iterable[Entry], deciding: Iterable[str] = ()) -> list[Evidence]:
    """The entries with their words; each document is read once."""
    read: dict[str, Document] = {}
    codebook, decide, found = record.codebook(), frozenset(deciding), []
    labels = {column.id: column.label for column in columns_of((), codebook)}
    conditions = condition_labels(codebook)
    for entry in entries:
        document = read.get(entry.document) or record.document(entry.document)
        read[entry.document] = document
        said = entry.statement
        found.append(
            Evidence(
                entry=entry,
                words=document.words(said.content),
                document=document,
                href=statement_link(entry),
                option=labels.get(said.option or "", said.option or ""),
                conditions=tuple(conditions.get(c, c) for c in said.conditions) or said.condition_text,
                decides=entry.key in decide,
            )
        )
    return found


def board_view(record: Record, at: str | None) -> View:
    """The board at a date."""
    entries, codebook = record.entries(), record.codebook()
    found = board(entries, codebook, dated(at))
    title = codebook.title if codebook else "Positions"
    number = len({e.document for e in entries})
    return View({"board": found, "title": title, "entries": len(entries), "documents": number}, found.plain())


def statements_view(record: Record, asked: Mapping[str, str]) -> View:
    """The statements that match `actor`, `option`, `document`, `outlet`, `voice`, `since`, and `at` or `until`."""
    at, since = dated(asked.get("at") or asked.get("until")), dated(asked.get("since"))
    names = ("actor", "option", "document", "outlet", "voice")
    chosen: dict[str, Any] = {name: asked[name] for name in names if asked.get(name)}
    entries = [entry for entry in record.entries(**chosen, since=since) if known_at(entry, at)]
    if "actor" in chosen and "option" in chosen:
        entries = [entry for entry in entries if counts(entry)]
    entries.sort(key=lambda entry: (entry.date or "", entry.key), reverse=True)
    found = [position for position in positions(entries, at) if {"actor", "option"} <= chosen.keys()]
    number = _page_number(asked.get("page"))
    part = entries[(number - 1) * PAGE : number * PAGE]
    deciding = [key for position in found for key in position.statements if not _neutral(position)]
    rows = evidence(record, part, deciding)
    labels = {column.id: column.label for column in columns_of(entries, record.codebook())}
    shown = {
        "rows": rows,
        "chosen": chosen,
        "at": at,
        "since": since,
        "number": len(entries),
        "option": labels.get(chosen.get("option", ""), chosen.get("option")),
        "position": found[0] if found else None,
        **_pages(number, len(entries), "/statements", asked),
    }
    data = {
        "asked": {**chosen, "at": at, "since": since},
        "number": len(entries),
        "statements": [row.plain() for row in rows],
    }
    return View(shown, data)


def documents_view(record: Record, page: str | None) -> View:
    """All documents, newest first, with the number of statements in each."""
    said = Counter(entry.document for entry in record.entries())
    every = sorted(record.documents(), key=lambda document: (document.date or "", document.id), reverse=True)
    number = _page_number(page)
    part = every[(number - 1) * PAGE : number * PAGE]
    rows = [(document, said[document.id], link("/documents/" + quote(document.id, safe=""))) for document in part]
    fields = ("id", "title", "outlet", "date", "date_basis", "language", "author", "chain", "origin", "sha256")
    data = [{k: plain(document)[k] for k in fields} | {"statements": count} for document, count, _ in rows]
    pages = _pages(number, len(every), "/documents", {})
    return View({"rows": rows, "number": len(every), **pages}, {"number": len(every), "documents": data})


def timeline_view(record: Record, option: str | None, at: str | None) -> View:
    """How actors came to stand where they stand on one option; the most discussed when none is asked for."""
    until = dated(at)
    entries = [entry for entry in record.entries() if counts(entry) and known_at(entry, until)]
    columns = columns_of(entries, record.codebook())
    if option and option not in {column.id for column in columns}:
        raise UsageError(f"{option[:80]!r}: no such option; `whipcount statements` and the board name them")
    said = Counter(entry.statement.option for entry in entries)
    if not option:
        option = max(columns, key=lambda column: said[column.id]).id if columns else None
    these = [entry for entry in entries if entry.statement.option == option]
    bands = bands_of(these, until)
    dates = sorted(entry.date for entry in these if entry.date)
    label = next((column.label for column in columns if column.id == option), "")
    chart = timeline(bands, dates[0], until or dates[-1], f"Positions over time: {label}") if dates else None
    runs = [
        {
            "actor": band.actor,
            "since": run.since,
            "stance": run.stance,
            "statements": [entry.key for entry in run.entries],
        }
        for band in bands
        for run in band.runs
    ]
    shown = {"chart": chart, "label": label, "option": option, "columns": columns, "said": said, "at": until}
    return View({**shown, "bands": bands}, {"option": option, "at": until, "runs": runs})


def bands_of(entries: Sequence[Entry], at: str | None) -> list[Band]:
    """The actors' histories on one option, those with most statements first."""
    found = []
    for (actor, _), runs in histories(entries, at).items():
        own = [entry for entry in entries if entry.statement.speaks_for == actor and entry.date]
        found.append(Band(actor, runs, own))
    return sorted(found, key=lambda band: (-len(band.entries), band.actor))


def _neutral(position: Any) -> bool:
    return position.stance is None and not position.divided


def _page_number(asked: str | None) -> int:
    return int(asked) if asked and re.fullmatch(r"[1-9][0-9]{0,6}", asked) else 1


def _pages(number: int, total: int, path: str, asked: Mapping[str, str]) -> dict[str, str | None]:
    """Addresses of the pages before and after, None where there is none."""

    def address(page: int) -> str:
        return link(path, **{**asked, "page": page})

    return {
        "before": address(number - 1) if number > 1 else None,
        "after": address(number + 1) if number * PAGE < total else None,
    }
