"""The board: where every actor stands on every option at a date, and how much that rests on."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from typing import Any

from whipcount.model import Position, Voice
from whipcount.web.addresses import link
from whipcount.web.blocs import grouped
from whipcount.web.present import Column, Present
from whipcount.web.words import gettext, stance, told

LATELY = 30
"""Days for which a change is marked as recent."""


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

    @property
    def notes(self) -> list[str]:
        """What is printed below the stance: its conditions, on whose word, what it was before."""
        found, more = [], len(self.conditions) - 2
        if self.conditions:
            several = told("{names} and {number} more", names="; ".join(self.conditions[:2]), number=more)
            found.append(told("if {conditions}", conditions=several if more > 0 else "; ".join(self.conditions)))
        if self.ascribed_only:
            found.append(gettext("on others’ word"))
        if self.position.changed:
            before = stance(self.position.changed.value)
            lately = told("↻ changed, was {stance}", stance=before)
            found.append(lately if self.lately else told("was {stance}", stance=before))
        return found

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


Row = tuple[str, tuple[Cell | None, ...]]
"""An actor and its cells, one for every column, None where nothing is known."""


@dataclass(frozen=True, slots=True)
class Board:
    """Actors by options, in the order of the codebook.

    at       ISO date asked for, or None;  dates  all dates of statements, in order
    groups   (heading, rows);  left_out  number of actors that are not shown
    earlier, later   the nearest dates with statements before and after the one shown
    """

    at: str | None
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    dates: tuple[str, ...]
    earlier: str | None
    later: str | None
    left_out: int = 0

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all groups."""
        return tuple(row for _, rows in self.groups for row in rows)

    def plain(self) -> dict[str, Any]:
        """The board as JSON can hold it: one object for every position."""
        cells = [cell.plain() for _, row in self.rows for cell in row if cell]
        return {
            "at": self.at,
            "options": [{"id": column.id, "label": column.label} for column in self.columns],
            "actors": [actor for actor, _ in self.rows],
            "groups": [{"name": name, "actors": [actor for actor, _ in rows]} for name, rows in self.groups if name],
            "positions": cells,
        }


def board(found: Present, at: str | None = None, *, by: str = "", sort: str = "", most: int | None = None) -> Board:
    """The board of what the record holds at `at` (an ISO date or a prefix of one; None: all that is known).

    by     id of a bloc, "coalition" or "region": the actors are grouped so;  sort  "name", or those with most statements first
    most   so many actors are shown at most
    """
    course, dates = found.course, found.dates
    positions = {(position.actor, position.option): position for position in found.positions(at)}
    said = {key: course.said(*key, at) for key in positions}
    options = {option for _, option in positions}
    columns = [column for column in found.columns if column.id in options]
    weight: Counter[str] = Counter()
    for (actor, _), number in said.items():
        weight[actor] += number
    actors = sorted(weight, key=lambda actor: actor if sort == "name" else (-weight[actor], actor))
    today = at or (dates[-1] if dates else "")

    def cell(actor: str, option: str) -> Cell | None:
        position = positions.get((actor, option))
        if position is None:
            return None
        number = said[actor, option]
        return Cell(
            position=position,
            stance=stance_of(position),
            said=number,
            strength=1 if number < 2 else 2 if number < 4 else 3,
            conditions=tuple(found.labels.get(condition, condition) for condition in position.conditions),
            ascribed_only=bool(position.voices) and Voice.FIRST_HAND not in position.voices,
            lately=position.changed is not None and _days(position.since, today) <= LATELY,
            href=link("/statements", actor=actor, option=option, at=at),
        )

    def rows_of(names: list[str]) -> tuple[Row, ...]:
        return tuple((actor, tuple(cell(actor, column.id) for column in columns)) for actor in names)

    shown = set(sorted(weight, key=lambda actor: (-weight[actor], actor))[:most])
    groups = grouped([actor for actor in actors if actor in shown], by, at, lambda: found.coalitions(at))
    place = bisect_right(dates, at, key=lambda date: date[: len(at)]) if at else len(dates)
    return Board(
        at=at,
        columns=tuple(columns),
        groups=tuple((name, rows_of(names)) for name, names in groups),
        dates=tuple(dates),
        earlier=dates[place - 2] if place > 1 else None,
        later=dates[place] if place < len(dates) else None,
        left_out=len(actors) - len(shown),
    )


def stance_of(position: Position) -> str:
    """The word for a position: its stance, "divided", or "neutral"."""
    return "divided" if position.divided else position.stance.value if position.stance else "neutral"


def _days(since: str | None, until: str) -> int:
    """Days between two ISO dates; very many when one is not a whole date."""
    try:
        return (datetime.date.fromisoformat(until) - datetime.date.fromisoformat(since or "")).days
    except ValueError:
        return 10**6
