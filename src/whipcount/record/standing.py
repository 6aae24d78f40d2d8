"""Statements as they stand: what was coded with what people judged, for everybody or as one coder sees it.

Judgements are applied in the order of their making: a correction adds its fields to those before, a rejection leaves
the statement out, an acceptance takes it back in as it stands.  What somebody settled counts before all other
judgements.  Where several coders judge a document apart from each other ("blind"), the work of the first of them counts
until it is settled, so that nothing is counted twice; and where one of them codes without suggestions, those of models
stop counting once a coder is through with the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from whipcount.model import Coder, Entry, Statement, Status
from whipcount.record import acts, rows, values
from whipcount.record.schema import acts as table
from whipcount.record.schema import documents, statements

OUTCOMES = {"accept": Status.ACCEPTED, "reject": Status.REJECTED, "correct": Status.CORRECTED}


@dataclass(frozen=True, slots=True)
class Assignment:
    """A document handed to a coder.

    blind        the coder does not see what other people make of it
    suggestions  the coder sees what models found in it
    done         the coder has said to be through with it
    """

    document: str
    coder: str
    blind: bool
    suggestions: bool
    done: bool


@dataclass(slots=True)
class Desk:
    """Who has which document, by the rows of documents; which are withdrawn, and what was corrected in them."""

    assigned: dict[int, dict[str, dict[str, Any]]]
    done: set[tuple[int, str]]
    withdrawn: set[int]
    corrected: dict[int, dict[str, Any]]

    @classmethod
    def of(cls, connection: Connection, *of: ColumnElement[bool]) -> Desk:
        """The desk as it is now, for all documents or those under conditions."""
        desk = cls({}, set(), set(), {})
        which = table.c.document.in_(select(documents.c.number).where(*of)) if of else table.c.document.is_not(None)
        for row in acts.in_force(connection, which, table.c.act != "undo"):
            if row.act == "assign":
                desk.assigned.setdefault(row.document, {})[row.fields["coder"]] = row.fields
            elif row.act == "done":
                desk.done.add((row.document, row.who))
            elif row.act == "withdraw":
                desk.withdrawn.add(row.document)
            elif row.act == "correct":
                desk.corrected.setdefault(row.document, {}).update(row.fields)
        return desk

    def blind(self, document: int) -> list[str]:
        """The coders who work on a document apart from each other, in the order in which it was handed to them."""
        return [coder for coder, how in self.assigned.get(document, {}).items() if how["blind"]]

    def coded_anew(self, document: int) -> bool:
        """Whether somebody who was not shown the suggestions of models is through with a document."""
        given = self.assigned.get(document, {})
        return any(not how["suggestions"] and (document, coder) in self.done for coder, how in given.items())


def entries(
    connection: Connection,
    query: Select[Any],
    *,
    viewer: str | None = None,
    own: bool = False,
    rejected: bool = False,
    every: bool = False,
    opinions: bool = False,
) -> list[Entry]:
    """The statements that a query of `rows.entries_query` finds, as they stand for everybody or for `viewer`.

    `own` leaves only what `viewer` coded or judged, with nobody else's judgements; `rejected` keeps rejected ones, too,
    and `every` those that do not count (or are withdrawn), but not what `viewer` may not see; `opinions` keeps what models
    coded in documents that another model had read before them.
    """
    acted: dict[int, list[Any]] = {}
    wanted = query.with_only_columns(statements.c.number).order_by(None)
    for row in acts.in_force(connection, table.c.statement.in_(wanted), table.c.act != "undo"):
        acted.setdefault(row.statement, []).append(row)
    added = select(table.c.statement).where(table.c.act == "add", table.c.statement.in_(wanted))
    by_hand = set(connection.scalars(added))
    # one statement is looked up for each act, and must not take longer the more was done elsewhere
    here = query.with_only_columns(statements.c.document).order_by(None)
    desk = Desk.of(connection, documents.c.number.in_(here)) if every else Desk.of(connection)
    result = []
    found = connection.execute(query).mappings().all()
    kept = Kept(found, acted)
    second = set() if opinions or every else set(connection.scalars(rows.opinions()))
    for coded in found:
        if coded["reading"] in second or not (every or kept(coded)):
            continue
        done = acted.get(coded["number"], [])
        if coded["number"] in by_hand and all(act.act != "add" for act in done):
            continue  # its coding was taken back
        given = _seen(coded, [act for act in done if act.act != "add"], desk, viewer, own, every)
        if given is None or (coded["document"] in desk.withdrawn and not every):
            continue
        entry = _entry(coded, given, desk.corrected.get(coded["document"]))
        if rejected or entry.status != Status.REJECTED:
            result.append(entry)
    return result


class Kept:
    """Which statements of models count when a document was read anew by a model of the same name.

    An utterance that people have judged stays as they left it, whatever a newer reading makes of it; everything else is
    that of the newest reading.  The same utterance: words in common, spoken for the same actor.
    """

    def __init__(self, found: Sequence[Any], acted: Mapping[int, Sequence[Any]]) -> None:
        self._worked: dict[tuple[int, str, str | None], list[Any]] = {}
        for row in found:
            if row["is_model"] and any(act.act in OUTCOMES for act in acted.get(row["number"], ())):
                self._worked.setdefault(self._place(row), []).append(row)

    @staticmethod
    def _place(row: Any) -> tuple[int, str, str | None]:
        return row["document"], row["coder"], row["issue"]

    def __call__(self, row: Any) -> bool:
        """Whether a statement counts."""
        judged = [
            other["reading"]
            for other in self._worked.get(self._place(row), ())
            if other["speaks_for"] == row["speaks_for"]
            and any(start < f and t < end for start, end in row["content"] for t, f in other["content"])
        ]
        return bool(row["reading"] == max(judged) if row["is_model"] and judged else row["newest"])


def _seen(row: Any, given: list[Any], desk: Desk, viewer: str | None, own: bool, every: bool) -> list[Any] | None:
    """The judgements on a statement that count for a viewer; None if the statement does not."""
    author = None if row["is_model"] else row["coder"]
    document = row["document"]
    how = desk.assigned.get(document, {}).get(viewer or "")
    if own and row["is_model"] and row["coder"] == viewer:
        return []
    if own:
        mine = [act for act in given if act.who == viewer and not act.settles]
        return mine if mine or author == viewer else None
    if how is not None and how["blind"]:
        if author not in (None, viewer) or (author is None and not how["suggestions"]):
            return None
        return [act for act in given if act.who == viewer and not act.settles]
    settled = [act for act in given if act.settles]
    if settled:
        return settled
    apart = desk.blind(document)
    if every and author in apart[1:]:
        return [act for act in given if act.who == author or act.who not in apart]
    if author in apart[1:] or (author is None and desk.coded_anew(document) and not given and not every):
        return None
    return [act for act in given if act.who not in apart[1:]]


def _entry(row: Any, given: Iterable[Any], document: dict[str, Any] | None) -> Entry:
    status = Status.SUGGESTED if row["is_model"] else Status.CODED
    fields: dict[str, Any] = {}
    judges = []
    for act in given:
        if act.fields:
            fields = merged(fields, act.fields)
        settled = act.settles and act.act != "reject"
        status = Status.SETTLED if settled else OUTCOMES[act.act]
        judges.append(act.who)
    statement = rows.corrected(values.statement(rows.with_actor(row)), fields)
    of = {"title": row["title"], "outlet": row["outlet"], "date": row["published"]} | (document or {})
    return Entry(
        statement=statement,
        document=row["in_document"],
        coder=Coder(row["coder"], row["version"], row["is_model"]),
        title=of["title"],
        outlet=of["outlet"],
        date=statement.date or of["date"],
        status=status,
        judges=tuple(dict.fromkeys(judges)),
    )


def merged(fields: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Corrections after further ones; variables are corrected one by one."""
    result = fields | more
    if "variables" in fields and "variables" in more:
        result["variables"] = fields["variables"] | more["variables"]
    return result


def plain_fields(statement: Statement, names: Iterable[str]) -> dict[str, Any]:
    """Some fields of a statement as JSON can hold them."""
    every = values.plain(statement)
    return {name: every[name] for name in names if name in every}


def differences(connection: Connection, number: int | None, statement: Statement) -> dict[str, Any]:
    """The fields in which a statement differs from how it was first coded."""
    query = rows.entries_query(superseded=True).where(statements.c.number == number)
    first = values.plain(values.statement(rows.with_actor(connection.execute(query).mappings().one())))
    return {name: value for name, value in values.plain(statement).items() if value != first[name]}
