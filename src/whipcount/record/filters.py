"""Narrowing statements by any field, as it stands after judgements."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from whipcount.errors import UsageError
from whipcount.model import Entry, Statement
from whipcount.record.schema import actors, coders, documents, statements
from whipcount.record.schema import acts as table

Wanted = str | Collection[str] | None


def _said(name: str) -> Callable[[Entry], Collection[Any]]:
    def values(entry: Entry) -> Collection[Any]:
        value = getattr(entry.statement, name)
        return value if isinstance(value, tuple) else (value,)

    return values


FIELDS: dict[str, Callable[[Entry], Collection[Any]]] = {
    **{
        name: _said(name)
        for name in Statement.__slots__
        if name not in ("id", "content", "source", "cue", "rationale", "weighed", "variables", "confidence", "date")
    },
    "actor": lambda entry: (entry.statement.speaks_for, entry.statement.actor_id),
    "document": lambda entry: (entry.document,),
    "title": lambda entry: (entry.title,),
    "outlet": lambda entry: (entry.outlet,),
    "coder": lambda entry: (entry.coder.name,),
    "status": lambda entry: (entry.status,),
    "judge": lambda entry: entry.judges,
    "key": lambda entry: (entry.key,),
}
"""What statements can be narrowed by: the values that a statement has under each name."""

COLUMNS: dict[str, ColumnElement[Any]] = {
    "document": documents.c.id,
    "coder": coders.c.name,
    "option": statements.c.option,
    "voice": statements.c.voice,
    "stance": statements.c.stance,
    "type": statements.c.type,
}
"""Names that the database can narrow by first."""

FIXED = ("document", "coder", "type")
"""Those of them that no judgement changes."""


def fits(entry: Entry, wanted: Mapping[str, Wanted]) -> bool:
    """Whether a statement has one of the wanted values under each name; UsageError if there is no such name.

    A name that is no field is one of the variables of a statement type, if it begins with "variable:".
    """
    for name, values in wanted.items():
        if values is None:
            continue
        if name.startswith("variable:"):
            held: Collection[Any] = (entry.statement.variables.get(name.removeprefix("variable:")),)
        elif name in FIELDS:
            held = FIELDS[name](entry)
        else:
            raise UsageError(f"{name}: statements have no such field; the fields are {', '.join(sorted(FIELDS))}")
        asked = (values,) if isinstance(values, str) else values
        if not any(("" if value is None else str(value)) in asked for value in held or ("",)):
            return False
    return True


def conditions(wanted: Mapping[str, Wanted]) -> list[ColumnElement[bool]]:
    """Conditions of the database that leave no wanted statement out; judged ones are left in where that may change it."""
    judged = statements.c.number.in_(select(table.c.statement).where(table.c.statement.is_not(None)))
    found: list[ColumnElement[bool]] = []
    for name, values in wanted.items():
        asked = [values] if isinstance(values, str) else list(values or ())
        if values is None or "" in asked:
            continue
        if name == "actor":
            found.append(or_(actors.c.name.in_(asked), actors.c.id.in_(asked), judged))
        elif name in COLUMNS:
            narrow = COLUMNS[name].in_(asked)
            found.append(narrow if name in FIXED else or_(narrow, judged))
    return found
