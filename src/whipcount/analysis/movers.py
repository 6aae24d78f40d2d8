"""Who moved first: on each option, the actors that took a side in the order in which they did, with the words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whipcount.analysis.positions import WINDOW, days_between, histories
from whipcount.model import Entry, Stance


@dataclass(frozen=True, slots=True)
class Move:
    """An actor arriving at a stance.

    place     1 for the first who moved there;  0 for those whose first known stance it is: nobody saw them move
    before    the stance left behind; None for those, and where the actor was divided
    days      after the first mover; None where a date is not whole
    evidence  keys of the last statement of the old stance and the first of the new; the first is "" where there is no old
    """

    option: str
    stance: Stance
    place: int
    actor: str
    date: str | None
    before: Stance | None
    days: int | None
    evidence: tuple[str, str]


def movers(
    entries: Iterable[Entry],
    since: str | None = None,
    until: str | None = None,
    *,
    count_ascribed: bool = True,
    window: int = WINDOW,
) -> list[Move]:
    """For each option and stance who was there from the start and who moved to it, oldest first.

    Only stances that somebody moved to are listed, between two ISO dates (both included); an actor that moved more than
    once counts from its first arrival.  Positions follow from statements by the rules of `positions`.  Who moved first need
    not have moved the others.
    """
    arrivals: dict[tuple[str, Stance], dict[str, Move]] = {}
    known = histories(entries, until, count_ascribed=count_ascribed, window=window)
    for (actor, option), runs in known.items():
        for number, run in enumerate(runs):
            if run.stance is None:
                continue
            first = next((e.key for e in run.entries if e.date == run.since), run.entries[0].key)
            last = runs[number - 1].entries[-1].key if number else ""
            before = runs[number - 1].stance if number else None
            move = Move(option, run.stance, 1 if number else 0, actor, run.since, before, None, (last, first))
            arrivals.setdefault((option, run.stance), {}).setdefault(actor, move)
    found = []
    for _, by_actor in sorted(arrivals.items()):
        moved = [
            m for m in by_actor.values() if m.place and (since is None or (m.date is not None and m.date >= since))
        ]
        if not moved:
            continue
        moved.sort(key=lambda m: (m.date or "", m.actor))
        found += sorted((m for m in by_actor.values() if not m.place), key=lambda m: (m.date or "", m.actor))
        for move in moved:
            place = 1 + sum((other.date or "") < (move.date or "") for other in moved)
            days = days_between(moved[0].date, move.date)
            found.append(Move(move.option, move.stance, place, move.actor, move.date, move.before, days, move.evidence))
    return found
