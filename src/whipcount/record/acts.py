"""What people do with a record, one row each: who, when, to what, what stood there before; undoing it is another act."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import ColumnElement as Condition
from sqlalchemy import Connection, Row, Select, func, select

from whipcount.errors import UsageError
from whipcount.model import Coder
from whipcount.record import rows
from whipcount.record.schema import acts, coders, documents, statements

Word = Literal["accept", "reject", "correct", "add", "assign", "done", "withdraw", "define", "undo"]

WORDS: tuple[Word, ...] = ("accept", "reject", "correct", "add", "assign", "done", "withdraw", "define", "undo")
"""accept, reject, correct   judge a statement (correct: a document's fields, too)
add                       code a new statement by hand
assign, done              hand a document to a coder; say that one is through with it
withdraw                  leave a document and its statements out
define                    a statement type, the attributes of an entity ... (`kind` and `name`)
undo                      take another act back, an undo included"""


@dataclass(frozen=True, slots=True)
class Act:
    """One act: by whom, when (ISO, UTC), to what.

    uid        names it in every copy of the record;  batch  those done together have the same
    statement  key of a statement, or None;  document  id of a document, or None
    kind,name  what a "define" defines;  undoes  uid of the act that an "undo" takes back
    settles    it decides between coders who judged apart from each other
    fields     new values by name;  before  what they were for whoever acted
    undone     it has been taken back
    """

    uid: str
    batch: str
    act: Word
    coder: Coder
    made: str
    statement: str | None = None
    document: str | None = None
    kind: str | None = None
    name: str | None = None
    undoes: str | None = None
    settles: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    note: str | None = None
    undone: bool = False


def now() -> str:
    """The time as acts hold it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


def time_of(made: str) -> str:
    """A time that somebody gives, as acts hold it; UsageError if it is none."""
    try:
        given = datetime.datetime.fromisoformat(made)
    except ValueError:
        raise UsageError(f"{made[:40]!r} is not a time; write it as 2025-03-17T10:30:00+00:00") from None
    return given.replace(tzinfo=given.tzinfo or datetime.UTC).astimezone(datetime.UTC).isoformat()


def write(connection: Connection, coder: Coder, act: Word, made: str | None = None, **given: Any) -> str:
    """Add an act; its uid.  Unless `made` is given it comes after all earlier acts on the same statement.

    `given` are further columns: `statement` and `document` by their row, `batch`, `fields` and the like.
    """
    uid = given.pop("uid", None) or uuid.uuid4().hex
    if made is None:
        made = now()
        if given.get("statement") is not None:
            # a clock that was set back, or one ahead on another machine, must not let an older judgement win
            latest = connection.scalar(select(func.max(acts.c.made)).where(acts.c.statement == given["statement"]))
            if latest is not None and latest >= made:
                later = datetime.datetime.fromisoformat(latest) + datetime.timedelta(microseconds=1)
                made = later.isoformat(timespec="microseconds")
    columns: dict[str, Any] = {"batch": uid, "settles": False, "fields": {}, "before": {}}
    columns |= {name: value for name, value in given.items() if value is not None}
    rows.add(connection, acts, uid=uid, coder=rows.coder_number(connection, coder), act=act, made=made, **columns)
    return uid


class Undone:
    """Which acts have been taken back: those that an act undoes which has not been taken back itself."""

    def __init__(self, connection: Connection, *on: Condition[bool]) -> None:
        # an undo is on what the act is on that it takes back, so conditions on that find both
        self._by: dict[str, list[str]] = {}
        for row in connection.execute(select(acts.c.uid, acts.c.undoes).where(acts.c.undoes.is_not(None), *on)):
            self._by.setdefault(row.undoes, []).append(row.uid)

    def __contains__(self, uid: str) -> bool:
        return any(undo not in self for undo in self._by.get(uid, ()))


def _query() -> Select[Any]:
    return select(acts, coders.c.name.label("who"), coders.c.version, coders.c.is_model).join(
        coders, coders.c.number == acts.c.coder
    )


def in_force(connection: Connection, on: Condition[bool], *kinds: Condition[bool]) -> list[Row[Any]]:
    """The acts on something, of some kinds, that have not been taken back, in the order in which they count."""
    undone = Undone(connection, on)
    found = connection.execute(_query().where(on, *kinds).order_by(acts.c.made, acts.c.uid))
    return [row for row in found if row.uid not in undone]


def history(
    connection: Connection,
    conditions: Iterable[Condition[bool]],
    *,
    latest_first: bool = False,
    limit: int | None = None,
) -> list[Act]:
    """The acts under these conditions, oldest or latest first."""
    home = documents.alias()
    query = (
        _query()
        .add_columns(statements.c.id.label("statement_id"), home.c.id.label("home"), documents.c.id.label("of"))
        .outerjoin(statements, statements.c.number == acts.c.statement)
        .outerjoin(home, home.c.number == statements.c.document)
        .outerjoin(documents, documents.c.number == acts.c.document)
        .where(*conditions)
    )
    order = (acts.c.made.desc(), acts.c.uid.desc()) if latest_first else (acts.c.made, acts.c.uid)
    query = query.order_by(*order).limit(limit)
    undone = Undone(connection)
    return [
        Act(
            uid=row.uid,
            batch=row.batch,
            act=row.act,
            coder=Coder(row.who, row.version, row.is_model),
            made=row.made,
            statement=f"{row.home}:{row.statement_id}" if row.statement_id is not None else None,
            document=row.of,
            kind=row.kind,
            name=row.name,
            undoes=row.undoes,
            settles=row.settles,
            fields=dict(row.fields),
            before=dict(row.before),
            note=row.note,
            undone=row.uid in undone,
        )
        for row in connection.execute(query)
    ]


def of_batch(connection: Connection, batch: str) -> list[str]:
    """Uids of the acts that were done together under this name, in the order of their making."""
    query = select(acts.c.uid).where(acts.c.batch == batch).order_by(acts.c.number)
    return list(connection.scalars(query))


def undo(
    connection: Connection, uid: str, coder: Coder, note: str | None = None, together: str | None = None
) -> list[str]:
    """Take back an act and all that was done together with it; the uids of the undoing acts.

    UsageError if there is no such act or it has been taken back already.
    """
    batch = connection.scalar(select(acts.c.batch).where(acts.c.uid == uid))
    if batch is None:
        raise UsageError(f"{uid[:40]}: no such act; `whipcount history RECORD` lists them")
    undone = Undone(connection)
    # the latest first, as they would be taken back one by one
    order = acts.c.made.desc(), acts.c.uid.desc()
    found = connection.execute(select(acts).where(acts.c.batch == batch).order_by(*order))
    standing = [row for row in found if row.uid not in undone]
    if not standing:
        raise UsageError(f"{uid[:40]}: has been taken back already")
    together, uids = together or uuid.uuid4().hex, []
    for row in standing:
        uids.append(
            write(connection, coder, "undo", batch=together, undoes=row.uid, statement=row.statement,
                  document=row.document, kind=row.kind, name=row.name, note=note)
        )  # fmt: skip
    return uids


def newest_of(connection: Connection, coder: str) -> str | None:
    """Uid of the newest act of a coder that is in force and no undo; None if there is none."""
    undone = Undone(connection)
    query = (
        select(acts.c.uid)
        .join(coders, coders.c.number == acts.c.coder)
        .where(coders.c.name == coder, acts.c.act != "undo")
        .order_by(acts.c.made.desc(), acts.c.uid.desc())
    )
    return next((uid for uid in connection.scalars(query) if uid not in undone), None)


def definitions(connection: Connection, kind: str) -> dict[str, Any]:
    """What stands under a kind, by name; what was defined as None is left out."""
    found = {
        row.name: row.fields["content"] for row in in_force(connection, acts.c.kind == kind, acts.c.act == "define")
    }
    return {name: content for name, content in found.items() if content is not None}


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `before` under the names of `after`."""
    return {name: before.get(name) for name in after}
