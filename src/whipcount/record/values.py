"""The values of `whipcount.model` as plain data (what JSON and a database column can hold), and back.

`plain` and the functions named after the values are inverse: `statement(plain(s)) == s`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from whipcount.model import (
    Attribution,
    Codebook,
    Condition,
    DateBasis,
    Document,
    Lean,
    Link,
    Member,
    Option,
    QuoteType,
    Relation,
    Spans,
    SpeakerKind,
    Stance,
    Statement,
    Voice,
)

Row = Mapping[str, Any]


def plain(value: Document | Attribution | Statement | Codebook) -> dict[str, Any]:
    """The fields of a value; spans become lists of [start, end], words of the house become strings."""
    return dict(json.loads(json.dumps(asdict(value))))


def digest(codebook: Codebook) -> str:
    """SHA-256 of a codebook's content: two codebooks that say the same have the same digest."""
    content = plain(codebook)
    if not codebook.cast:
        del content["cast"]  # so that codebooks of records made before there was a cast keep their digest
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def spans(value: Sequence[Sequence[int]]) -> Spans:
    """Spans from lists of [start, end]; ValueError if one is not a pair of whole numbers in order."""
    result = []
    for start, end in value:
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end):
            raise ValueError(f"[{start!r}, {end!r}] is not a span")
        result.append((start, end))
    return tuple(result)


def document(row: Row, chain: Sequence[Row]) -> Document:
    """A document from its fields and the fields of its links, outermost first."""
    return Document(
        id=row["id"],
        text=row["text"],
        body=spans(row["body"]),
        sha256=row["sha256"],
        title=row["title"],
        outlet=row["outlet"],
        date=row["date"],
        date_basis=DateBasis(row["date_basis"]),
        language=row["language"],
        author=row["author"],
        chain=tuple(Link(link["name"], Relation(link["relation"])) for link in chain),
        origin=row["origin"],
        fields=_texts(row.get("fields") or {}),
    )


def attribution(row: Row) -> Attribution:
    """An attribution from its fields."""
    return Attribution(
        id=row["id"],
        source=spans(row["source"]),
        cue=spans(row["cue"]),
        content=spans(row["content"]),
        quote_type=QuoteType(row["quote_type"]),
        confidence=row.get("confidence", 1.0),
    )


def statement(row: Row) -> Statement:
    """A statement from its fields; fields that have a default in the model may be absent."""
    return Statement(
        id=row["id"],
        content=spans(row["content"]),
        source=spans(row["source"]),
        speaker=row["speaker"],
        speaker_kind=SpeakerKind(row["speaker_kind"]),
        voice=Voice(row["voice"]),
        cue=spans(row.get("cue") or ()),
        attribution=row.get("attribution"),
        quote_type=QuoteType(row.get("quote_type") or QuoteType.INDIRECT),
        speaker_id=row.get("speaker_id"),
        speaks_for=row.get("speaks_for"),
        actor_id=row.get("actor_id"),
        chain=tuple(row.get("chain") or ()),
        option=row.get("option"),
        stance=Stance(row["stance"]) if row.get("stance") else None,
        lean=Lean(row["lean"]) if row.get("lean") else None,
        conditions=tuple(row.get("conditions") or ()),
        condition_text=tuple(row.get("condition_text") or ()),
        date=row.get("date"),
        confidence=row.get("confidence", 1.0),
        rationale=spans(row.get("rationale") or ()),
        weighed=_numbers(row.get("weighed") or {}),
        type=row.get("type") or "",
        variables=_variables(row.get("variables") or {}),
    )


def _texts(given: Any) -> dict[str, str]:
    if not isinstance(given, Mapping) or not all(isinstance(value, str) for value in given.values()):
        raise ValueError(f"{given!r} are not fields with text")
    return dict(given)


def _numbers(given: Any) -> dict[str, float]:
    if not isinstance(given, Mapping) or not all(isinstance(value, int | float) for value in given.values()):
        raise ValueError(f"{given!r} are not probabilities by name")
    return {str(name): float(value) for name, value in given.items()}


def _variables(given: Any) -> dict[str, str | int | bool]:
    if not isinstance(given, Mapping) or not all(isinstance(value, str | int) for value in given.values()):
        raise ValueError(f"{given!r} are not variables: each is text, a whole number, or yes or no")
    return dict(given)


def codebook(row: Row) -> Codebook:
    """A codebook from its fields."""
    options = []
    for option in row["options"]:
        several = {name: tuple(option[name]) for name in ("include", "exclude", "paraphrases", "decision_body")}
        options.append(Option(**{**option, **several}))
    return Codebook(
        name=row["name"],
        title=row["title"],
        options=tuple(options),
        conditions=tuple(Condition(**condition) for condition in row["conditions"]),
        stances=dict(row["stances"]),
        cast=tuple(
            Member(**{**member, **{name: tuple(member[name]) for name in ("forms", "people", "members")}})
            for member in row.get("cast") or ()
        ),
    )
