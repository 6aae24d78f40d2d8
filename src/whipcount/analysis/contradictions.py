"""Who contradicts whom under one name: a person its own earlier word, or office-holders of one actor each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whipcount.analysis.positions import days_between
from whipcount.model import Entry, Stance, Voice

OPPOSITE = {Stance.SUPPORT: Stance.OPPOSE, Stance.OPPOSE: Stance.SUPPORT}


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Support and oppose for one option under one actor's name.

    kind           "itself": one speaker took both sides;  "colleagues": two speakers of the actor did
    before, after  the statements, the earlier first;  days  between them, None where a date is not whole
    """

    actor: str
    option: str
    kind: str
    before: Entry
    after: Entry
    days: int | None


def contradictions(
    entries: Iterable[Entry], *, within: int | None = None, count_ascribed: bool = False
) -> list[Contradiction]:
    """All contradictions, those closest in time first.

    Of a speaker's statements on an option each is held against the one before it, and against the last of each colleague;
    a change of mind is one contradiction, not one for every pair.  `within` leaves out those further apart in days.  Only
    an actor's own word counts, unless `count_ascribed`: what others say of it contradicts it easily.
    """
    grouped: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        said = entry.statement
        heard = said.voice == Voice.FIRST_HAND or (count_ascribed and said.voice != Voice.COMMENTARY)
        if heard and said.speaks_for and said.option and said.stance in OPPOSITE:
            grouped.setdefault((said.speaks_for, said.option), []).append(entry)
    found = []
    for (actor, option), said_ in grouped.items():
        last: dict[str, Entry] = {}
        for entry in sorted(said_, key=lambda e: (e.date or "", e.key)):
            speaker = entry.statement.speaker_id or entry.statement.speaker
            for who, before in last.items():
                if before.statement.stance == OPPOSITE[entry.statement.stance]:  # type: ignore[index]
                    kind = "itself" if who == speaker else "colleagues"
                    days = days_between(before.date, entry.date)
                    if within is None or (days is not None and days <= within):
                        found.append(Contradiction(actor, option, kind, before, entry, days))
            last[speaker] = entry
    far = 10**9
    return sorted(found, key=lambda c: (c.days if c.days is not None else far, c.actor, c.option, c.after.key))
