"""When actors changed where they stand, and the words on either side of each change."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from whipcount.analysis.positions import WINDOW, Run, histories
from whipcount.model import Entry, Stance


@dataclass(frozen=True, slots=True)
class Change:
    """One actor's change on one option.

    date           ISO date of the first statement of the new stance
    before, after  the stances; None where the actor was or became divided
    evidence       keys of the last statement before and the first after
    """

    actor: str
    option: str
    date: str | None
    before: Stance | None
    after: Stance | None
    evidence: tuple[str, str]


def changes(
    entries: Iterable[Entry],
    since: str | None = None,
    until: str | None = None,
    *,
    count_ascribed: bool = True,
    window: int = WINDOW,
) -> list[Change]:
    """All changes between two ISO dates, both included, oldest first; positions by the rules of `positions`.

    Nothing changes from a stance of which no statement has a date: nobody knows which came first.
    """
    return between(histories(entries, until, count_ascribed=count_ascribed, window=window), since)


def between(runs_of: Mapping[tuple[str, str], Sequence[Run]], since: str | None = None) -> list[Change]:
    """The changes in histories, by actor and option, that are not older than `since`; as `changes` gives them."""
    found = []
    for (actor, option), runs in runs_of.items():
        for before, after in itertools.pairwise(runs):
            if before.entries[-1].date is None:
                continue
            if since is not None and (after.since is None or after.since < since):
                continue
            evidence = (before.entries[-1].key, _first(after.entries, after.since))
            found.append(Change(actor, option, after.since, before.stance, after.stance, evidence))
    return sorted(found, key=lambda change: (change.date or "", change.actor, change.option))


def _first(entries: tuple[Entry, ...], since: str | None) -> str:
    """The first statement of the day on which the new stance begins; a divided run may lean on older ones."""
    return next((entry.key for entry in entries if entry.date == since), entries[-1].key)
