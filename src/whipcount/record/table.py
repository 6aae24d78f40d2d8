"""Statements from tables, one row each: CSV, Excel, Parquet, and the event lists that DNA exports; and event lists out.

Columns are known by their usual names in English and German, those of DNA, MAXQDA and NVivo among them (`COLUMNS`), or
are told by name.  Columns that fit nothing become variables of the statements.  A row names its document by an id or a
title.  Where a column holds the whole text, or the record has the document already, a statement stands where its words
are found in it; otherwise the document is made of the words of its rows, one after the other.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from whipcount.errors import InputError, UsageError
from whipcount.model import Coder, DateBasis, Document, Entry, Statement
from whipcount.record import values
from whipcount.record.annotations import Coded, document_of, statement_of
from whipcount.record.store import Record

COLUMNS: dict[str, tuple[str, ...]] = {
    "document": ("document_id", "document", "doc_id", "article_id", "document name", "dokumentname", "file", "name"),
    "title": ("document_title", "title", "headline", "titel"),
    "whole": ("full_text", "fulltext", "article", "article_text", "document_text", "body"),
    "words": (
        "words",
        "text",
        "segment",
        "coded text",
        "quote",
        "quotation",
        "statement",
        "codierte segmente",
        "coverage",
    ),
    "published": ("time", "published", "document_date", "publication_date", "datum", "date"),
    "outlet": ("document_source", "outlet", "newspaper", "medium", "publisher"),
    "author": ("document_author", "author", "autor"),
    "section": ("document_section", "section"),
    "kind": ("document_type",),
    "coder": ("coder", "created by", "user", "bearbeitet von", "coder name"),
    "id": ("statement_id", "key", "id"),
    "start": ("start_position", "start", "begin", "start_offset"),
    "end": ("stop_position", "end", "stop", "end_offset"),
    "option": ("option", "concept", "code", "codes", "claim", "issue", "node"),
    "stance": ("stance", "agreement", "position", "qualifier", "polarity"),
    "actor": ("actor", "organization", "organisation", "speaks_for"),
    "speaker": ("speaker", "person", "sprecher"),
    "voice": ("voice",),
}
"""What a column may hold, and the headings by which it is known, the likeliest first."""


OURS = frozenset(
    {"key", "words", "content", "source", "speaker_kind", "speaker_id", "actor_id", "conditions", "confidence"}
)
"""Columns by which a table is known that `export` wrote: its statements come back as they were."""


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a table by the names of its columns; InputError if it cannot be read."""
    end = path.suffix.lower()
    try:
        if end in (".xlsx", ".xls", ".xlsb", ".ods"):
            from python_calamine import CalamineWorkbook

            rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
            head = [str(cell).strip() for cell in rows[0]] if rows else []
            return [dict(zip(head, map(_cell, row), strict=False)) for row in rows[1:] if any(c != "" for c in row)]
        if end == ".parquet":
            import polars

            return polars.read_parquet(path).to_dicts()
        text = path.read_bytes().decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        mark = max(",;\t", key=first.count)
        csv.field_size_limit(1 << 30)
        return [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)]
    except InputError:
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        raise InputError(f"{path}: cannot be read as a table ({reason}); save it again as CSV in UTF-8") from None


def _cell(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def mapping(names: Iterable[str], told: Mapping[str, str]) -> dict[str, str]:
    """Which column holds what, by what is told and else by usual headings; UsageError if a told one does not exist."""
    listed = [name for name in names if name]
    found: dict[str, str] = {}
    for what, name in told.items():
        if what not in COLUMNS:
            raise UsageError(f"{what}: a column can hold {', '.join(COLUMNS)}")
        if name not in listed:
            raise UsageError(f"{name}: no such column; the table has {', '.join(listed)}")
        found[what] = name
    by_heading = {name.strip().lower(): name for name in reversed(listed)}
    for what, headings in COLUMNS.items():
        for heading in headings:
            column = by_heading.get(heading)
            if what not in found and column is not None and column not in found.values():
                found[what] = column
    return found


def read(path: Path, usual: Coder, told: Mapping[str, str], record: Record) -> Iterator[Coded]:
    """The rows of a table as coded documents (see above); InputError if no column holds words or a whole text."""
    rows = rows_of(path)
    where = mapping(rows[0] if rows else (), told)
    if rows and not where.keys() & {"words", "whole"}:
        raise InputError(
            f"{path}: no column holds the words; name it with --map words=COLUMN (it has {', '.join(rows[0])})"
        )
    known = {key: document for document in record.documents() for key in (document.id, document.title) if key}
    by_document: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows, 1):
        key = next((str(row[where[w]]) for w in ("document", "title", "whole") if w in where and row[where[w]]), None)
        by_document.setdefault(key or f"{path.stem}-{number}", []).append(row)
    for key, listed in by_document.items():
        held = {what: [_text(row.get(name)) for row in listed] for what, name in where.items()}
        whole = next((text for text in held.get("whole", ()) if text), None)
        words = held.get("words", [""] * len(listed))
        document = known.get(key) or known.get(next(iter(held.get("title", ())), "")) if whole is None else None
        places: list[tuple[int, int] | None]
        if document is None:
            if whole is None:
                whole, places = _excerpts(words)
            else:
                places = [_place(whole, w, held, n) for n, w in enumerate(words)]
            document = _document(key, whole, held, path)
        else:
            places = [_place(document.text, w, held, n) for n, w in enumerate(words)]
        said: dict[Coder, list[Statement]] = {}
        for number, (row, place) in enumerate(zip(listed, places, strict=True)):
            if row.keys() >= OURS:
                who = _plain(row["coder"])
                said.setdefault(Coder(who, is_model=False) if who else usual, []).append(_own(row, place, document))
                continue
            attributes: dict[str, Any] = {
                name: row.get(where[name])
                for name in ("option", "stance", "actor", "speaker", "voice")
                if name in where
            }
            own = {str(name): value for name, value in row.items() if name and name not in where.values()}
            id = held["id"][number] if "id" in held else f"row{number + 1}"
            id = id.rpartition(":")[2] or f"row{number + 1}"
            if place is None and words[number]:
                own["words"] = words[number]
            made = statement_of(
                f"s{id}" if id.isdecimal() else id, [place] if place else [], None, None, {**own, **attributes}
            )
            # what is no word of ours keeps the name of its column
            kept = {where.get(k, k) if k in ("stance", "voice") else k: v for k, v in made.variables.items()}
            made = dataclasses.replace(made, variables=kept)
            who = held["coder"][number] if "coder" in held else ""
            said.setdefault(Coder(who, is_model=False) if who else usual, []).append(made)
        for coder, statements in said.items():
            yield Coded(document, tuple(statements), coder)


def _own(row: Mapping[str, Any], place: tuple[int, int] | None, document: Document) -> Statement:
    """A statement from a row that `export` wrote; where the document's text is another, it stands where its words do.

    InputError if a cell holds what a statement cannot.
    """
    try:
        spans = {name: _spans(row[name]) for name in ("content", "source")}
        if document.words(tuple(spans["content"])) != _plain(row["words"]):
            spans = {"content": [place] if place else [], "source": []}
        names = ("speaker_id", "actor_id", "option", "stance", "lean")
        lists = {name: _list(row.get(name)) for name in ("conditions", "condition_text", "chain")}
        date = _plain(row.get("date"))
        return values.statement(
            {
                **spans,
                **{name: _plain(row.get(name)) or None for name in names},
                **lists,
                "id": _plain(row["key"]).rpartition(":")[2],
                "speaks_for": _plain(row.get("actor")) or None,
                "speaker": _plain(row.get("speaker")),
                "speaker_kind": _plain(row["speaker_kind"]),
                "voice": _plain(row.get("voice")),
                "date": date if date != (document.date or "") else None,
                "confidence": float(row["confidence"]),
            }
        )
    except (ValueError, TypeError) as error:
        raise InputError(f"row {_plain(row['key'])}: {error}") from None


def _plain(value: Any) -> str:
    """A cell as text, without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    text = _text(value)
    return text[1:] if re.match("'[=+\\-@\t\r]", text) else text


def _list(value: Any) -> list[str]:
    return (
        [part for part in _plain(value).split("; ") if part] if value is None or isinstance(value, str) else list(value)
    )


def _spans(value: Any) -> list[tuple[int, int]]:
    numbers = re.findall(r"\d+", _text(value))
    return [(int(start), int(end)) for start, end in zip(numbers[::2], numbers[1::2], strict=True)]


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _excerpts(words: list[str]) -> tuple[str, list[tuple[int, int] | None]]:
    """A text made of words one after the other, each set of words once, and where they stand."""
    text, at = "", dict[str, tuple[int, int]]()
    for part in words:
        if part and part not in at:
            text += "\n\n" if text else ""
            at[part] = len(text), len(text) + len(part)
            text += part
    return text, [at.get(part) for part in words]


def _place(text: str, words: str, held: Mapping[str, list[str]], row: int) -> tuple[int, int] | None:
    """Where words stand in a text: at the place given if they do, else where they are found first."""
    given = [held[what][row] for what in ("start", "end") if what in held]
    if len(given) == 2 and all(place.isdecimal() for place in given):
        start, end = map(int, given)
        if start < end <= len(text) and (not words or _same(text[start:end], words)):
            return start, end
    if not words:
        return None
    at = text.find(words)
    if at >= 0:
        return at, at + len(words)
    loose = r"\s+".join(re.escape(word) for word in words.split())
    found = re.search(loose, text) if loose else None
    return found.span() if found else None


def _same(here: str, given: str) -> bool:
    # DNA's event list has commas for semicolons and single quotation marks for double ones
    fold = str.maketrans({";": ",", '"': "'"})
    return here.translate(fold).split() == given.translate(fold).split()


def _document(key: str, text: str, held: Mapping[str, list[str]], path: Path) -> Document:
    def first(what: str) -> str | None:
        return next((value for value in held.get(what, ()) if value), None)

    published = first("published")
    date = re.match(r"\d{4}(-\d{2}(-\d{2})?)?", published) if published else None
    time = re.search(r"\d{2}:\d{2}:\d{2}", published) if published else None
    fields = {name: value for name, value in (("section", first("section")), ("type", first("kind"))) if value}
    if time and time[0] != "00:00:00":
        fields["time"] = time[0]
    if len(key) > 200:
        key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    given = {
        "id": key,
        "title": first("title"),
        "outlet": first("outlet"),
        "author": first("author"),
        "date": date[0] if date else None,
        "date_basis": DateBasis.METADATA if date else DateBasis.UNKNOWN,
        "fields": fields,
    }
    return document_of(key, text, given, path.name)


def events(record: Record, entries: Iterable[Entry], type: str) -> str:
    """Statements of a type as the event list that DNA exports (`;` between fields, its changes of signs included).

    The variables are those of the type's definition, or DNA's default ones.
    """
    from whipcount.record.dna.variables import ROLES, values_of
    from whipcount.record.units import Units

    defined = record.definitions("type").get(type, {}).get("variables")
    kinds = {v["name"]: v["kind"] for v in defined} if defined else {name: kind for name, (_, kind) in ROLES.items()}
    head = ["statement_id", "time", *kinds, "start_position", "stop_position", "text", "coder"]
    head += [f"document_{name}" for name in ("id", "title", "author", "source", "section", "type")]
    lines = [";".join(f'"{name}"' for name in head)]
    coders = record.definitions("dna coder")
    documents = {document.id: (document, Units(document.text)) for document in record.documents()}
    chosen = [entry for entry in entries if entry.statement.type == type or not entry.statement.type]
    order = {id: n for n, id in enumerate(documents)}
    chosen.sort(key=lambda e: (documents[e.document][0].date or "", order[e.document], e.statement.content))
    for entry in chosen:
        document, units = documents[entry.document]
        start = min((start for start, _ in entry.statement.content), default=0)
        end = max((end for _, end in entry.statement.content), default=0)
        held = values_of(entry.statement)
        number = re.search(r"s(\d+)$", entry.statement.id)
        time = f"{(document.date or '1970-01-01'):0<10} {document.fields.get('time', '00:00:00')}"
        cells = [number[1] if number else _quoted(entry.statement.id), time]
        for name, kind in kinds.items():
            value = held.get(name, "" if "text" in kind else 0)
            cells.append(_quoted(str(value)) if "text" in kind else str(int(value)))
        cells += [
            str(units.unit(start)),
            str(units.unit(end)),
            _quoted(document.text[start:end]),
            str(coders[entry.coder.name]["ID"]) if entry.coder.name in coders else _quoted(entry.coder.name),
        ]
        of = (
            document.title,
            document.author,
            document.outlet,
            document.fields.get("section"),
            document.fields.get("type"),
        )
        cells += [document.id if document.id.isdecimal() else _quoted(document.id), *(_quoted(v or "") for v in of)]
        lines.append(";".join(cells))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace(";", ",").replace('"', "'") + '"'
