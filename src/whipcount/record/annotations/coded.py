"""Documents with coded statements, as records and annotation tools exchange them, and what the formats share."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whipcount.errors import InputError
from whipcount.model import Coder, DateBasis, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.record import rows, values
from whipcount.record.store import Record

NAMES = {
    **dict.fromkeys(("option", "concept", "code", "claim", "issue"), "option"),
    **dict.fromkeys(("stance", "agreement", "position", "sentiment", "polarity"), "stance"),
    **dict.fromkeys(("actor", "organization", "organisation", "speaks_for", "speaks for"), "speaks_for"),
    **dict.fromkeys(("speaker", "person", "source"), "speaker"),
    "voice": "voice",
    "date": "date",
}
"""What attributes and columns of other tools are called, and the field of a statement that each is."""

STANCES = {
    **dict.fromkeys(("support", "yes", "true", "1", "pro", "for", "agree", "positive", "+"), Stance.SUPPORT),
    **dict.fromkeys(
        ("oppose", "no", "false", "0", "-1", "contra", "against", "disagree", "negative", "-"), Stance.OPPOSE
    ),
    **dict.fromkeys(("conditional", "only if", "yes, if"), Stance.CONDITIONAL),
    **dict.fromkeys(("undecided", "neutral", "mixed", "unclear"), Stance.UNDECIDED),
}
"""What other tools call a stance."""

LARGEST = 1 << 30
"""Bytes that one part of a project may unpack to."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A document with statements coded in it by one coder."""

    document: Document
    statements: tuple[Statement, ...]
    coder: Coder


def coded(record: Record) -> Iterator[Coded]:
    """The documents of a record with their statements as they stand, by coder; ids are those within a reading."""
    said: dict[str, list[tuple[Statement, Coder]]] = {document.id: [] for document in record.documents()}
    for entry in record.entries():
        id = re.sub(r"^r\d+\.", "", entry.statement.id)
        said[entry.document].append((dataclasses.replace(entry.statement, id=id, attribution=None), entry.coder))
    for document in record.documents():
        listed = said[document.id]
        yield from by_coder(document, listed) if listed else [Coded(document, (), Coder("import", is_model=False))]


def keep(record: Record, coded: Iterable[Coded]) -> tuple[int, int]:
    """Add coded documents to a record; how many statements were added, and how many were there already."""
    added = known = 0
    for part in coded:
        length = len(part.document.text)
        for statement in part.statements:
            if any(not 0 <= start <= end <= length for start, end in statement.content):
                raise InputError(f"{part.document.id}: {statement.id} lies outside the text; export both together")
        with record.writing() as connection:
            reading = rows.reading_number(connection, part.document.sha256, part.coder, None)
            if reading is None and part.statements:
                rows.add_reading(connection, part.document, [], part.statements, part.coder, None)
                added += len(part.statements)
            elif reading is None:
                rows.document_number(connection, part.document)
            else:
                fresh = rows.unknown(connection, reading, part.statements)
                rows.add_missing(connection, reading, fresh)
                added, known = added + len(fresh), known + len(part.statements) - len(fresh)
    return added, known


def label_of(statement: Statement) -> str:
    """What an annotation of a statement is called."""
    return statement.option or statement.type or "statement"


def plain(statement: Statement) -> dict[str, Any]:
    """A statement without its place, as notes hold it; what is empty or usual is left out."""
    usual = values.plain(Statement("", (), (), "", SpeakerKind.NARRATOR, Voice.COMMENTARY))
    return {k: v for k, v in values.plain(statement).items() if k != "content" and v != usual[k]}


def statement_of(
    id: str, content: Iterable[tuple[int, int]], label: str | None, note: Any, attributes: dict[str, Any] | None = None
) -> Statement:
    """A statement from an annotation: its note if it has one of ours, else its label and attributes.

    InputError if the note holds what a statement cannot.
    """
    held: dict[str, Any] = {"id": id, "source": [], "speaker": "", "speaker_kind": "narrator", "voice": "commentary"}
    ours = isinstance(note, dict) and isinstance(note.get("id"), str)
    if ours:
        held |= note
    spans = sorted((int(start), int(end)) for start, end in content)
    try:
        made = values.statement({**held, "content": [list(span) for span in spans]})
        if not ours or (label is not None and label != label_of(made)):
            held |= fields_of({"option": label, **(attributes or {})})
            made = values.statement({**held, "content": [list(span) for span in spans]})
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"annotation {id}: {error}") from None
    return made


def fields_of(attributes: dict[str, Any]) -> dict[str, Any]:
    """Fields of a statement from attributes by any of their usual names; the others are its variables."""
    found: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for name, value in attributes.items():
        known = NAMES.get(name.strip().lower())
        if value is None or value == "":
            continue
        if known == "stance":
            word = STANCES.get(str(value).strip().lower())
            if word is None:
                variables[name] = str(value)
            else:
                found["stance"] = word
        elif known == "voice" and str(value) not in list(Voice):
            variables[name] = str(value)
        elif known:
            found[known] = str(value)
        else:
            variables[name] = value if isinstance(value, bool | int) else str(value)
    if found.get("speaks_for") or found.get("speaker"):
        person = bool(found.get("speaker"))
        found.setdefault("speaker", found.get("speaks_for"))
        found["speaker_kind"] = SpeakerKind.PERSON if person else SpeakerKind.ORGANISATION
        found.setdefault("voice", Voice.FIRST_HAND)
    return found | ({"variables": variables} if variables else {})


def document_of(id: str, text: str, given: Any = None, origin: str = "") -> Document:
    """A document from its text and, if an export of ours has them, the rest of its fields."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    held: dict[str, Any] = {
        "id": id, "body": [[0, len(text)]], "title": None, "outlet": None, "date": None, "language": None,
        "date_basis": DateBasis.UNKNOWN, "author": None, "origin": origin,
    }  # fmt: skip
    if isinstance(given, dict):
        held |= {k: v for k, v in given.items() if k not in ("text", "sha256")}
    twin = str(given.get("sha256", "")).partition("+")[1:] if isinstance(given, dict) else ("", "")
    try:
        return values.document({**held, "text": text, "sha256": digest + "".join(twin)}, held.get("chain") or ())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"document {id}: {error}") from None


def about(document: Document) -> dict[str, Any]:
    """A document without its text, as notes hold it."""
    return {k: v for k, v in values.plain(document).items() if k != "text"}


def coder_of(given: Any, usual: Coder) -> Coder:
    """The coder whom a tool names, by the fields of an export of ours or by name alone; else the usual one."""
    if isinstance(given, dict) and isinstance(given.get("name"), str):
        return Coder(given["name"], str(given.get("version", "")), bool(given.get("is_model", False)))
    return Coder(given, "", False) if isinstance(given, str) and given else usual


def coder_fields(coder: Coder) -> dict[str, Any]:
    """A coder as notes hold it."""
    return {"name": coder.name, "version": coder.version, "is_model": coder.is_model}


def by_coder(document: Document, said: Iterable[tuple[Statement, Coder]]) -> Iterator[Coded]:
    """The statements of a document by coder, in their order; one empty coding if there is none."""
    by: dict[Coder, list[Statement]] = {}
    for statement, coder in said:
        by.setdefault(coder, []).append(statement)
    for coder, statements in by.items():
        yield Coded(document, tuple(statements), coder)


def by_document(coded: Iterable[Coded]) -> dict[str, tuple[Document, list[tuple[Statement, Coder]]]]:
    """Document id -> the document with all that was coded in it, for formats that keep a document in one place."""
    found: dict[str, tuple[Document, list[tuple[Statement, Coder]]]] = {}
    for part in coded:
        listed = found.setdefault(part.document.id, (part.document, []))[1]
        listed += [(statement, part.coder) for statement in part.statements]
    return found


def json_or_none(text: str) -> Any:
    """What a note holds, if it is JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def coder_of_note(note: Any, usual: Coder) -> Coder:
    """The coder whom a note of an export of ours names; else the usual one."""
    return coder_of(note.get("coder") if isinstance(note, dict) else None, usual)


def load(path: Path) -> Any:
    """A JSON file; InputError if it is none."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{path}: is not JSON ({type(error).__name__}); export it again") from None
