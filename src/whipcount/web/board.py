"""The board: where every actor stands on every option at a date, and how much that rests on."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from whipcount.analysis.positions import positions
from whipcount.model import Codebook, Entry, Position, Voice
from whipcount.web.addresses import link

LATELY = 30
"""Days for which a change is marked as recent."""


@dataclass(frozen=True, slots=True)
class Column:
    """An option as a column: its id and what is printed above it."""

    id: str
    label: str
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """An actor's position on an option, as the board shows it.

    stance    a stance, "divided", or "neutral" where there are only neutral reports
    said      number of statements up to the date, which are those that `href` leads to
    strength  1 to 3: one, two or three, more statements
    lately    whether the stance changed within `LATELY` days of the date
    """

    position: Position
    stance: str
    said: int
    strength: int
    conditions: tuple[str, ...]
    ascribed_only: bool
    lately: bool
    href: str

    def plain(self) -> dict[str, Any]:
        """The cell as JSON can hold it."""
        found = self.position
        return {
            "actor": found.actor,
            "option": found.option,
            "stance": found.stance,
            "lean": found.lean,
            "divided": found.divided,
            "conditions": list(found.conditions),
            "since": found.since,
            "before": found.changed,
            "changed_lately": self.lately,
            "ascribed_only": self.ascribed_only,
            "voices": list(found.voices),
            "count": self.said,
            "rests_on": list(found.statements),
            "statements": self.href,
        }


@dataclass(frozen=True, slots=True)
class Board:
    """Actors, those with most statements first, by options, in the order of the codebook.

    at       ISO date asked for, or None;  dates  all dates of statements, in order
    earlier, later   the nearest dates with statements before and after the one shown
    """

    at: str | None
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    dates: tuple[str, ...]
    earlier: str | None
    later: str | None

    def plain(self) -> dict[str, Any]:
        """The board as JSON can hold it: one object for every position."""
        cells = [cell.plain() for _, row in self.rows for cell in row if cell]
        return {
            "at": self.at,
            "options": [{"id": column.id, "label": column.label} for column in self.columns],
            "actors": [actor for actor, _ in self.rows],
            "positions": cells,
        }


def board(entries: Sequence[Entry], codebook: Codebook | None, at: str | None = None) -> Board:
    """The board of these statements at `at` (an ISO date or a prefix of one; None: all that is known)."""
    counted = [entry for entry in entries if counts(entry)]
    dates = tuple(sorted({entry.date for entry in counted if entry.date}))
    known = [entry for entry in counted if known_at(entry, at)]
    said = Counter((entry.statement.speaks_for, entry.statement.option) for entry in known)
    found = {(position.actor, position.option): position for position in positions(known, at)}
    columns = [column for column in columns_of(entries, codebook) if any(option == column.id for _, option in found)]
    weight: Counter[str] = Counter()
    for (actor, _), number in said.items():
        weight[actor or ""] += number
    actors = sorted({actor for actor, _ in found}, key=lambda actor: (-weight[actor], actor))
    today = at or (dates[-1] if dates else "")
    labels = condition_labels(codebook)

    def cell(actor: str, option: str) -> Cell | None:
        position = found.get((actor, option))
        if position is None:
            return None
        number = said[actor, option]
        asked = {"actor": actor, "option": option, "at": at}
        return Cell(
            position=position,
            stance=stance_of(position),
            said=number,
            strength=1 if number < 2 else 2 if number < 4 else 3,
            conditions=tuple(labels.get(condition, condition) for condition in position.conditions),
            ascribed_only=bool(position.voices) and Voice.FIRST_HAND not in position.voices,
            lately=position.changed is not None and _days(position.since, today) <= LATELY,
            href=link("/statements", **asked),
        )

    rows = tuple((actor, tuple(cell(actor, column.id) for column in columns)) for actor in actors)
    shown = [date for date in dates if not at or date[: len(at)] <= at]
    later = [date for date in dates if at and date[: len(at)] > at]
    return Board(
        at=at,
        columns=tuple(columns),
        rows=rows,
        dates=dates,
        earlier=shown[-2] if len(shown) > 1 else None,
        later=later[0] if later else None,
    )


def counts(entry: Entry) -> bool:
    """Whether a statement can bear on a position: it has an actor and an option, and is not commentary."""
    said = entry.statement
    return said.speaks_for is not None and said.option is not None and said.voice != Voice.COMMENTARY


def known_at(entry: Entry, at: str | None) -> bool:
    """Whether the statement was made by that date; one without a date always counts, as in `positions`."""
    return not at or entry.date is None or entry.date[: len(at)] <= at


def stance_of(position: Position) -> str:
    """The word for a position: its stance, "divided", or "neutral"."""
    return "divided" if position.divided else position.stance.value if position.stance else "neutral"


def columns_of(entries: Sequence[Entry], codebook: Codebook | None) -> list[Column]:
    """The codebook's options in its order, then any others that statements name."""
    columns = [Column(o.id, o.label, o.definition) for o in codebook.options] if codebook else []
    known = {column.id for column in columns}
    others = sorted({e.statement.option for e in entries if e.statement.option} - known)
    return columns + [Column(id, id) for id in others]


def condition_labels(codebook: Codebook | None) -> dict[str, str]:
    """Condition id -> what is printed for it."""
    return {condition.id: condition.label for condition in codebook.conditions} if codebook else {}


def _days(since: str | None, until: str) -> int:
    """Days between two ISO dates; very many when one is not a whole date."""
    try:
        return (datetime.date.fromisoformat(until) - datetime.date.fromisoformat(since or "")).days
    except ValueError:
        return 10**6
