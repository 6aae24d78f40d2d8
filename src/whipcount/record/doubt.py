"""On which statements a judgement is worth most: those that models dispute, then those whose choice was closest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from whipcount.coding.weighed import OPTION, STANCE, runner_up
from whipcount.model import Entry, Statement

if TYPE_CHECKING:
    from whipcount.record.store import Record

Place = tuple[str, int, int, str | None]
"""An utterance of an actor: document, where it begins and ends, actor."""


def doubt(statement: Statement) -> float:
    """How close the coder's choice was, 0 (certain) to 1 (a draw), by option or stance, whichever was closer.

    Margin sampling (Scheffer, Decomain and Wrobel 2001); without probabilities, one less the confidence.
    """
    if not statement.weighed:
        return 1 - statement.confidence
    margins = []
    for kind, taken in ((OPTION, statement.option), (STANCE, statement.stance)):
        second = runner_up(statement, kind)
        if second is not None and (kind == OPTION or statement.option):
            margins.append(statement.weighed.get(kind + (taken or ""), 0.0) - second[1])
    return 1 - abs(min(margins, key=abs, default=1.0))


def disputed(record: Record) -> set[str]:
    """Keys of the statements of a record on whose option or stance two models differ."""
    coded: dict[Place, dict[str, set[tuple[str | None, str | None]]]] = {}
    keys: dict[Place, list[str]] = {}
    names = {coder.name for coder in record.coders() if coder.is_model}
    if len(names) < 2:
        return set()
    for entry in record.entries(coder=names):
        s = entry.statement
        if s.content:
            place = (entry.document, s.content[0][0], s.content[-1][1], s.speaks_for)
            coded.setdefault(place, {}).setdefault(entry.coder.name, set()).add((s.option, s.stance))
            keys.setdefault(place, []).append(entry.key)
    apart = (place for place, by in coded.items() if len({frozenset(codes) for codes in by.values()}) > 1)
    return {key for place in apart for key in keys[place]}


def first_to_judge(record: Record, entries: Iterable[Entry]) -> list[Entry]:
    """Statements in the order in which a judgement on them is worth most: disputed ones, then by doubt."""
    apart = disputed(record)
    return sorted(entries, key=lambda entry: (entry.key not in apart, -round(doubt(entry.statement), 3), entry.key))
