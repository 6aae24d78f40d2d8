"""What a record holds at the moment, kept in memory so that pages come at once however large it is.

A record only grows: when something was added, only the documents it is about are read again.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from whipcount.analysis.positions import Course, counts
from whipcount.analysis.sides import coalitions, sides, ties
from whipcount.analysis.turning import TurningPoint, turning_points
from whipcount.model import Codebook, Entry, Position
from whipcount.record import Record
from whipcount.record.extent import Extent, touched

FEW = 200
"""As many documents are read again one by one; after more changes everything is."""

ORDERS = 99
"""Random orders with which the breaks of a debate are compared for a page; `whipcount turns` takes more."""

DATES = 40
"""Dates whose positions are remembered."""

_held: WeakKeyDictionary[Record, tuple[Extent, Present]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Column:
    """An option as a column: its id and what is printed above it."""

    id: str
    label: str
    definition: str = ""


def columns_of(entries: Iterable[Entry], codebook: Codebook | None) -> list[Column]:
    """The codebook's options in its order, then any others that statements name."""
    options = codebook.options if codebook else ()
    others = sorted({e.statement.option for e in entries if e.statement.option} - {o.id for o in options})
    return [*(Column(o.id, o.label, o.definition) for o in options), *(Column(id, id) for id in others)]


def condition_labels(codebook: Codebook | None) -> dict[str, str]:
    """Condition id -> what is printed for it."""
    return {condition.id: condition.label for condition in codebook.conditions} if codebook else {}


class Present:
    """The statements of a record as they stand for everybody, and what follows from them; never changed."""

    def __init__(self, codebook: Codebook | None, by_document: dict[str, list[Entry]]) -> None:
        self.codebook = codebook
        self.by_document = by_document
        self._positions: dict[str | None, list[Position]] = {}
        self._turns: dict[tuple[str | None, str | None], list[TurningPoint]] = {}
        self.memory: dict[str, Any] = {}
        """What pages worked out from it and keep as long as it holds, by name."""

    @cached_property
    def entries(self) -> list[Entry]:
        """All statements, by document in the order of adding."""
        return [entry for said in self.by_document.values() for entry in said]

    @cached_property
    def counted(self) -> list[Entry]:
        """Those that can bear on a position."""
        return [entry for entry in self.entries if counts(entry)]

    @cached_property
    def dates(self) -> list[str]:
        """The days on which something was said that can bear on a position."""
        return sorted({entry.date for entry in self.counted if entry.date})

    @cached_property
    def said(self) -> Counter[str | None]:
        """Option -> how many statements that can bear on a position are about it."""
        return Counter(entry.statement.option for entry in self.counted)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The codebook's options in its order, then any others that statements name."""
        return tuple(columns_of(self.entries, self.codebook))

    @cached_property
    def labels(self) -> dict[str, str]:
        """What is printed for an option or a condition, by its id."""
        return condition_labels(self.codebook) | {column.id: column.label for column in self.columns}

    @cached_property
    def course(self) -> Course:
        """Positions at any date."""
        return Course(self.counted)

    @cached_property
    def by_key(self) -> dict[str, Entry]:
        """Statements by their keys."""
        return {entry.key: entry for entry in self.entries}

    @cached_property
    def by_actor(self) -> dict[str, list[Entry]]:
        """Statements by the actor spoken for, under its name and under its id; those for nobody under ""."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            for name in {entry.statement.speaks_for or "", entry.statement.actor_id or ""}:
                found.setdefault(name, []).append(entry)
        return found

    def keys(self, option: str | None, actor: str | None) -> list[tuple[str, str]]:
        """The actors and options with statements on an option or, where one is named, of an actor."""
        return [key for key in self.course.groups if (key[0] == actor if actor else key[1] == option)]

    def turns(self, option: str | None, actor: str | None, at: str | None) -> list[TurningPoint]:
        """When the debate on an option turned, or an actor on any; what holds without a date is remembered, since the
        breaks are compared with many random orders."""
        asked = option, actor
        if at is None and asked in self._turns:
            return self._turns[asked]
        these = [entry for key in self.keys(option, actor) for entry in self.course.known(*key, at)]
        found = turning_points(these, by_actor=actor is not None, permutations=ORDERS)
        if at is None:
            self._turns[asked] = found
        return found

    def positions(self, at: str | None) -> list[Position]:
        """Every position at a date."""
        found = self._positions.get(at)
        if found is None:
            found = self._positions[at] = self.course.positions(at)
            for old in list(self._positions)[:-DATES]:
                self._positions.pop(old, None)
        return found

    def coalitions(self, at: str | None) -> list[tuple[str, ...]]:
        """The coalitions at a date, largest first."""
        return coalitions(ties(sides(self.positions(at))))


def present(record: Record) -> Present:
    """What the record holds now."""
    with _lock:
        extent = Extent.of(record)
        held = _held.get(record)
        if held and held[0] == extent:
            return held[1]
        changed = touched(record, held[0]) if held else set()
        if held and len(changed) <= FEW:
            by_document = {**held[1].by_document, **{id: [] for id in changed if id not in held[1].by_document}}
            fresh = _by_document(record.entries(document=tuple(changed)) if changed else ())
            by_document.update({id: fresh.get(id, []) for id in changed})
        else:
            by_document = _by_document(record.entries())
        found = Present(record.codebook(), by_document)
        _held[record] = (extent, found)
        return found


def warm(record: Record) -> None:
    """Read the record before anybody asks, so that the first page comes as fast as the others.

    What was read stays, so the garbage collector need not look through it again and again: on a large record that would
    hold up a page for most of a second, now and then.
    """
    found = present(record)
    found.positions(None)
    found.by_key, found.by_actor, found.course, found.said  # noqa: B018  read for what they keep
    for column in found.columns:
        found.turns(column.id, None, None)
    gc.collect()
    gc.freeze()


def _by_document(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.document, []).append(entry)
    return found
