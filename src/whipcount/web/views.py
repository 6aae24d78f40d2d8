"""What each page shows: the same content once as values for a template and once as data for JSON."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.datastructures import QueryParams

from whipcount.analysis.positions import counts, known_at
from whipcount.errors import UsageError
from whipcount.model import Document, Entry
from whipcount.record import Record
from whipcount.record.filters import fits
from whipcount.record.values import plain
from whipcount.web.addresses import link
from whipcount.web.blocs import blocs
from whipcount.web.board import board
from whipcount.web.charts import grid, statement_link
from whipcount.web.pages import View
from whipcount.web.present import present
from whipcount.web.words import gettext, told

PAGE = 100
"""Statements or documents on one page."""

ROWS = 40
"""Actors on the board unless all are asked for."""

NARROW = ("actor", "option", "document", "outlet", "voice", "stance", "speaker", "coder", "judge", "chain", "key")
"""Fields by which statements can be narrowed in an address."""

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
    """The entries with their words."""
    entries = list(entries)
    read = record.documents_called({entry.document for entry in entries})
    decide, found, labels = frozenset(deciding), [], present(record).labels
    for entry in entries:
        document = read[entry.document]
        said = entry.statement
        found.append(
            Evidence(
                entry=entry,
                words=document.words(said.content),
                document=document,
                href=statement_link(entry),
                option=labels.get(said.option or "", said.option or ""),
                conditions=tuple(labels.get(c, c) for c in said.conditions) or said.condition_text,
                decides=entry.key in decide,
            )
        )
    return found


def board_view(record: Record, at: str | None, by: str, sort: str, every: bool) -> View:
    """The board at a date."""
    found = present(record)
    until = dated(at)
    shown = board(found, until, by=by, sort=sort, most=None if every else ROWS)
    actors = {actor for actor, _ in found.course.groups}
    view = {
        "board": shown,
        "title": found.codebook.title if found.codebook else "Positions",
        "entries": len(found.entries),
        "documents": len(found.by_document),
        "by": by,
        "sort": sort,
        "every": every,
        "blocs": [(id, name) for id, (name, _) in blocs(actors, until).items()],
        "cell_link": lambda cell: cell.href,
        "column_link": lambda column: link("/timeline", option=column.id, at=until),
        "here": {"at": until, "by": by, "sort": sort, "every": "1" if every else None},
    }
    return View(view, shown.plain())


def board_chart(
    record: Record, at: str | None, by: str = "", sort: str = ""
) -> tuple[Markup | None, str, list[dict[str, Any]]]:
    """The board as a chart, its title, and its positions as rows."""
    found = present(record)
    shown = board(found, dated(at), by=by, sort=sort, most=ROWS)
    title = found.codebook.title if found.codebook else gettext("Positions")
    title = told("{title}, as known on {date}", title=title, date=at) if at else title
    rows = [
        {
            "actor": cell.position.actor,
            "option": cell.position.option,
            "stance": cell.stance,
            "conditions": "; ".join(cell.position.conditions),
            "since": cell.position.since,
            "before": cell.position.changed,
            "ascribed_only": cell.ascribed_only,
            "statements": cell.said,
        }
        for _, row in shown.rows
        for cell in row
        if cell
    ]
    cells = [(actor, [(c.stance, c.said, c.ascribed_only) if c else None for c in row]) for actor, row in shown.rows]
    return (grid([c.label for c in shown.columns], cells, title) if rows else None), title, rows


def statements_view(record: Record, asked: QueryParams) -> View:
    """The statements that match `actor`, `option`, `document`, `outlet`, `voice` and the like (each may be repeated).

    `since`, and `at` or `until`, bound their dates; `q` are words that they must hold; `key` names single statements.
    """
    at, since = dated(asked.get("at") or asked.get("until")), dated(asked.get("since"))
    chosen = {name: tuple(v for v in asked.getlist(name) if v or name == "outlet") for name in NARROW}
    chosen = {name: values for name, values in chosen.items() if values}
    words = asked.get("q") or None
    found = present(record)
    entries: Iterable[Entry] = found.entries
    if words:
        entries = statements_with(record, words)
    elif "actor" in chosen:
        of_actor = {entry.key: entry for name in chosen["actor"] for entry in found.by_actor.get(name, ())}
        entries = of_actor.values()
    entries = [
        entry
        for entry in entries
        if fits(entry, chosen) and known_at(entry, at) and (not since or (entry.date or "") >= since)
    ]
    one = {name: values[0] for name, values in chosen.items() if len(values) == 1}
    if "actor" in chosen and "option" in chosen:
        entries = [entry for entry in entries if counts(entry)]
    entries.sort(key=lambda entry: (entry.date or "", entry.key), reverse=True)
    rests = [
        position
        for position in (found.positions(at) if {"actor", "option"} <= chosen.keys() else ())
        if position.actor in chosen["actor"] and position.option in chosen["option"]
    ]
    number = _page_number(asked.get("page"))
    part = entries[(number - 1) * PAGE : number * PAGE]
    deciding = [key for position in rests for key in position.statements if not _neutral(position)]
    rows = evidence(record, part, deciding)
    single = rests[0] if len(rests) == 1 and len(one) >= 2 else None
    shown = {
        "rows": rows,
        "chosen": chosen,
        "words": words,
        "heading": _heading(chosen, found.labels, words),
        "at": at,
        "since": since,
        "number": len(entries),
        "position": single,
        **_pages(number, len(entries), "/statements", {k: asked.getlist(k) for k in asked if k != "page"}),
    }
    data = {
        "asked": {**{name: list(values) for name, values in chosen.items()}, "q": words, "at": at, "since": since},
        "number": len(entries),
        "statements": [row.plain() for row in rows],
    }
    return View(shown, data)


def statements_with(record: Record, words: str) -> list[Entry]:
    """The statements whose own words fit a query; none if it holds no word to look for."""
    try:
        return record.with_words(present(record).entries, words)
    except UsageError:
        return []


def _heading(chosen: Mapping[str, Sequence[str]], labels: Mapping[str, str], words: str | None) -> str:
    """What a list of statements is about, in a few words."""

    def few(names: Sequence[str]) -> str:
        return (
            told("{names} and {number} more", names=", ".join(names[:3]), number=len(names) - 3)
            if len(names) > 3
            else ", ".join(names)
        )

    parts = [few(chosen[name]) for name in ("actor", "speaker", "outlet", "voice", "stance") if name in chosen]
    parts += [few([labels.get(option, option) for option in chosen["option"]])] if "option" in chosen else []
    parts += [f"“{words}”"] if words else []
    return ": ".join(parts) or gettext("Statements")


def documents_view(record: Record, page: str | None) -> View:
    """All documents, newest first, with the number of statements in each."""
    said = Counter({id: len(entries) for id, entries in present(record).by_document.items()})
    every = sorted(record.documents(), key=lambda document: (document.date or "", document.id), reverse=True)
    number = _page_number(page)
    part = every[(number - 1) * PAGE : number * PAGE]
    rows = [(document, said[document.id], link("/documents/" + quote(document.id, safe=""))) for document in part]
    fields = ("id", "title", "outlet", "date", "date_basis", "language", "author", "chain", "origin", "sha256")
    data = [{k: plain(document)[k] for k in fields} | {"statements": count} for document, count, _ in rows]
    pages = _pages(number, len(every), "/documents", {})
    return View({"rows": rows, "number": len(every), **pages}, {"number": len(every), "documents": data})


def _neutral(position: Any) -> bool:
    return position.stance is None and not position.divided


def _page_number(asked: str | None) -> int:
    return int(asked) if asked and re.fullmatch(r"[1-9][0-9]{0,6}", asked) else 1


def _pages(number: int, total: int, path: str, asked: Mapping[str, object]) -> dict[str, str | None]:
    """Addresses of the pages before and after, None where there is none."""

    def address(page: int) -> str:
        return link(path, **{**asked, "page": page})

    return {
        "before": address(number - 1) if number > 1 else None,
        "after": address(number + 1) if number * PAGE < total else None,
    }
