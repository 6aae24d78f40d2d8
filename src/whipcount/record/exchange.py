"""A whole record as lines of JSON, and back: one line a reading, with all that is needed to make the record again.

The lines are those of `whipcount extract` with more fields; lines of `extract` itself can be read too.  Exporting what
was imported gives the same lines, and importing another copy of a record merges the two.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, select

from whipcount.errors import InputError, UsageError
from whipcount.model import Attribution, Codebook, Coder, DateBasis, Document, Link, Statement
from whipcount.record import rows, values
from whipcount.record.acts import WORDS, Act, history, time_of, write
from whipcount.record.schema import actors, acts, attributions, codebooks, coders, documents, readings, statements
from whipcount.record.store import Record

SPANS = ("content", "source", "cue", "rationale")

KINDS: dict[str, Any] = {"str": str, "str | None": str | None, "float": int | float}
"""What may stand in a field of the model, by the way its type is written there."""


def lines(record: Record) -> Iterator[dict[str, Any]]:
    """The readings of a record in the order of their making, then what no reading holds.

    Those are codebooks by which nothing was read, documents that nobody read, and acts that are not on statements.  A
    codebook is written out once, then named by digest.  Acts stand with the reading whose statements they are about;
    those about documents and definitions have lines of their own.
    """
    written: set[str] = set()
    seen: dict[int, int] = {}
    query = (
        select(readings, coders.c.name, coders.c.version, coders.c.is_model, codebooks.c.digest, codebooks.c.content)
        .join(coders, coders.c.number == readings.c.coder)
        .outerjoin(codebooks, codebooks.c.number == readings.c.codebook)
        .order_by(readings.c.number)
    )
    with record.looking() as connection:
        for reading in connection.execute(query):
            seen[reading.document] = seen.get(reading.document, 0) + 1
            prefix = rows.prefix(seen[reading.document])
            document = rows.documents_of(connection, select(documents).where(documents.c.number == reading.document))[0]
            line = values.plain(document)
            line["coder"] = {"name": reading.name, "version": reading.version, "is_model": reading.is_model}
            line["codebook"] = reading.digest if reading.digest in written else reading.content
            if reading.digest:
                written.add(reading.digest)
            found = connection.execute(
                select(attributions).where(attributions.c.reading == reading.number).order_by(attributions.c.number)
            )
            line["attributions"] = [
                _local(values.plain(values.attribution(dict(row))), prefix) for row in found.mappings()
            ]
            said = connection.execute(
                select(statements, actors.c.name.label("speaks_for"), actors.c.id.label("actor_id"))
                .outerjoin(actors, actors.c.number == statements.c.actor)
                .where(statements.c.reading == reading.number)
                .order_by(statements.c.number)
            )
            line["statements"] = [
                _local(values.plain(values.statement(rows.with_actor(row))), prefix) for row in said.mappings()
            ]
            inside = select(statements.c.number).where(statements.c.reading == reading.number)
            acted = history(connection, [acts.c.statement.in_(inside)])
            line["acts"] = [
                {**_act(act), "statement": (act.statement or "").removeprefix(f"{document.id}:{prefix}")}
                for act in acted
            ]
            yield line
        left = select(codebooks.c.content, codebooks.c.digest).order_by(codebooks.c.number)
        for row in connection.execute(left):
            if row.digest not in written:
                written.add(row.digest)
                yield {"codebook": row.content}
        unread = select(documents).where(documents.c.number.not_in(select(readings.c.document)))
        for document in rows.documents_of(connection, unread.order_by(documents.c.number)):
            yield values.plain(document)
        digests = dict(connection.execute(select(documents.c.id, documents.c.sha256)).all())
        for act in history(connection, [acts.c.statement.is_(None)]):
            yield {**_act(act), "document": digests[act.document] if act.document else None}


def _act(act: Act) -> dict[str, Any]:
    """An act as a line holds it; what is empty is left out."""
    row = asdict(act)
    for name in ("statement", "document", "undone"):
        row.pop(name)
    kept = ("uid", "batch", "act", "coder", "made", "fields")
    return {name: value for name, value in row.items() if name in kept or value}


def _local(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    row["id"] = row["id"].removeprefix(prefix)
    if row.get("attribution"):
        row["attribution"] = row["attribution"].removeprefix(prefix)
    return row


def take(
    record: Record,
    texts: Iterable[str | dict[str, Any]],
    coder: Coder,
    codebook: Codebook | None = None,
    refused: Callable[[int, str], None] | None = None,
) -> tuple[int, int]:
    """Add lines of JSON to a record; how many of them brought something new, and how many were there already.

    What is there already is added to: statements coded by hand and acts that it does not have yet.  So taking the lines
    of another copy of a record merges the two, and the order of merging does not matter.  `coder` and `codebook` are for lines that name none, as those of `extract` do.  A line that cannot be taken is
    handed to `refused` with its number and the reason; without it InputError stops the import.
    """
    added = known = 0
    by_digest: dict[str, Codebook] = {}
    for number, text in enumerate(texts, 1):
        if isinstance(text, str) and not text.strip():
            continue
        try:
            line = json.loads(text) if isinstance(text, str) else text
            new = _take_line(record, line, coder, codebook, by_digest)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InputError, UsageError) as error:
            reason = _reason(error)
            if refused is None:
                raise InputError(f"line {number}: {reason}") from error
            refused(number, reason)
        else:
            added += new
            known += not new
    return added, known


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON ({error.msg}, column {error.colno}); repair or remove it"
    if isinstance(error, KeyError):
        return f"has no field {error}"
    return "is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _take_line(
    record: Record, line: dict[str, Any], coder: Coder, codebook: Codebook | None, by_digest: dict[str, Codebook]
) -> bool:
    if isinstance(line, dict) and "uid" in line and "text" not in line:
        with record.writing() as connection:
            number = None
            if line.get("document"):
                number = connection.scalar(select(documents.c.number).where(documents.c.sha256 == line["document"]))
                if number is None:
                    raise InputError("is an act on a document that is not here; import the whole export")
            return _take_act(connection, line, document=number)
    if isinstance(line, dict) and set(line) == {"codebook"}:
        issue = _codebook(line["codebook"], by_digest)
        return issue is not None and record.learn_codebook(issue)
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        raise InputError("is not a reading: it has no `text`; export again, or take the output of `whipcount extract`")
    document = _document(line)
    issue = _codebook(line.get("codebook"), by_digest) or codebook
    who = _coder(line["coder"]) if line.get("coder") else coder
    found = [values.attribution(row) for row in line.get("attributions") or ()]
    said = [values.statement(row) for row in line.get("statements") or ()]
    items: list[Attribution | Statement] = [*found, *said]
    for value in (document, *document.chain, *items):
        _check_types(value)
    for item in items:
        for field in SPANS:
            if any(end > len(document.text) for _, end in getattr(item, field, ())):
                raise InputError(f"{document.id}, {item.id}: {field} lies outside the text")
    if "statements" not in line and "coder" not in line:
        return record.add_document(document)
    with record.writing() as connection:
        reading = rows.reading_number(connection, document.sha256, who, issue)
        new = reading is None
        if reading is None:
            reading = rows.add_reading(connection, document, found, said, who, issue)
        elif not who.is_model:
            new = rows.add_missing(connection, reading, said)
        numbers = rows.statements_of(connection, reading)
        for act in line.get("acts") or line.get("reviews") or ():
            if act["statement"] not in numbers:
                raise InputError(f"{document.id}: an act is on {act['statement']}, which is no statement here")
            new |= _take_act(connection, act, statement=numbers[act["statement"]], of=document.sha256)
    return new


def _take_act(connection: Connection, act: dict[str, Any], *, of: str = "", **target: int | None) -> bool:
    """Add an act unless it is there; lines of older exports name no uid: theirs follows from their content."""
    word = act.get("act") or act["verdict"]
    if word not in WORDS or not isinstance(act.get("fields") or {}, dict):
        raise InputError(f"{word!r} is nothing that can be done to a record")
    made = time_of(str(act["made"]))
    content = json.dumps([of, act.get("statement"), word, act.get("fields"), act["coder"], made], sort_keys=True)
    uid = str(act.get("uid") or hashlib.sha256(content.encode()).hexdigest()[:32])
    if connection.scalar(select(acts.c.number).where(acts.c.uid == uid)) is not None:
        return False
    given = {name: act[name] for name in ("kind", "name", "undoes", "settles", "before", "note") if act.get(name)}
    batch, fields = str(act.get("batch") or uid), act.get("fields") or {}
    write(connection, _coder(act["coder"]), word, made, uid=uid, batch=batch, fields=fields, **given, **target)
    return True


def _document(line: dict[str, Any]) -> Document:
    text = line["text"]
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    named = line.get("sha256", digest)
    if not isinstance(named, str) or not re.fullmatch(re.escape(digest) + r"(\+[1-9][0-9]{0,8})?", named):
        raise InputError(f"{line.get('id')}: the text was changed after it was read (its digest differs)")
    given = {"body": [[0, len(text)]], "author": None, "origin": "", **line, "sha256": named}
    given.setdefault("date_basis", DateBasis.METADATA if line.get("date") else DateBasis.UNKNOWN)
    for field in ("title", "outlet", "date", "language"):
        given.setdefault(field, None)
    given["id"] = str(line.get("id") or digest[:16])
    return values.document(given, line.get("chain") or ())


def _check_types(value: Document | Link | Attribution | Statement) -> None:
    """InputError if a field that the model says is text (or a number, or texts) is something else."""
    for field in fields(value):
        held = getattr(value, field.name)
        if isinstance(held, KINDS.get(str(field.type), object)) and (
            field.type != "tuple[str, ...]" or all(isinstance(part, str) for part in held)
        ):
            continue
        raise InputError(f"{field.name} is {held!r}, which is not {field.type}")


def _coder(row: dict[str, Any]) -> Coder:
    return Coder(str(row["name"]), str(row["version"]), bool(row["is_model"]))


def _codebook(value: Any, by_digest: dict[str, Codebook]) -> Codebook | None:
    if value is None:
        return None
    if isinstance(value, str):
        if value not in by_digest:
            raise InputError(f"names a codebook ({value[:12]}) that no earlier line holds; import the whole export")
        return by_digest[value]
    codebook = values.codebook(value)
    by_digest[values.digest(codebook)] = codebook
    return codebook
