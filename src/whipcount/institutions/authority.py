"""Whose position counts: the offices whose holders speak for a state, in general and in each body, as data.

Under the Vienna Convention on the Law of Treaties (1969), Art. 7(2), heads of state, heads of government and foreign
ministers represent their state by virtue of their functions.  Bodies add their own (`knowledge/institutions/
authority.yaml`).  Where office holders disagree, a position is divided; `heard` lets the user say whose word counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from whipcount.errors import UsageError
from whipcount.language.actors import Actors
from whipcount.model import Entry, Voice


@dataclass(frozen=True, slots=True)
class Spoken:
    """A statement of an actor's own, and by what authority it was made.

    key      of the statement;  stance  as coded, None for a neutral report
    offices  that the speaker held for the actor on that day, as far as the actor data know
    binds    whether one of them may speak for a member in the body
    """

    key: str
    speaker: str
    stance: str | None
    offices: tuple[str, ...]
    binds: bool

    def to_json(self) -> dict[str, Any]:
        """The statement as data."""
        return {
            "key": self.key,
            "speaker": self.speaker,
            "stance": self.stance,
            "offices": list(self.offices),
            "binds": self.binds,
        }


@cache
def _rows() -> Mapping[str, Any]:
    text = (resources.files("whipcount.knowledge") / "institutions" / "authority.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def authority(institution_id: str) -> tuple[str, ...]:
    """The offices whose holders may speak for a member in this body; those of Art. 7(2) where it has none of its own."""
    rows = _rows()
    row = rows["bodies"].get(institution_id.partition(":")[0], {})
    return (*rows["offices"], *(office for office in row.get("offices", ()) if office not in rows["offices"]))


def offices_of(entry: Entry, actors: Actors) -> tuple[str, ...]:
    """The offices that the speaker of a statement held, on its day, for the actor whose position it is."""
    persons = actors.person(entry.statement.speaker, entry.date)
    if len(persons) != 1:
        return ()
    own = entry.statement.speaks_for
    return tuple(
        dict.fromkeys(t.office for t in actors.tenures(persons[0], entry.date) if actors.actor(t.actor).name == own)
    )


def spoken(entries: Iterable[Entry], actor: str, option: str, institution_id: str, actors: Actors) -> list[Spoken]:
    """What the actor's own office holders said on an option, oldest first, each with the authority it was said by."""
    binding = authority(institution_id)
    found = []
    for entry in sorted(entries, key=lambda entry: (entry.date or "", entry.key)):
        said = entry.statement
        if (said.speaks_for, said.option, said.voice) == (actor, option, Voice.FIRST_HAND):
            offices = offices_of(entry, actors)
            stance = str(said.stance) if said.stance else None
            found.append(Spoken(entry.key, said.speaker, stance, offices, any(office in binding for office in offices)))
    return found


def heard(entries: Iterable[Entry], whose: Mapping[str, str], actors: Actors) -> list[Entry]:
    """The statements without those of an actor's other office holders: `{"Croatia": "head-of-government"}`.

    What others say of the actor stays.  UsageError if nobody who holds that office speaks for the actor.
    """
    kept, found = [], set()
    for entry in entries:
        said = entry.statement
        office = whose.get(said.speaks_for or "")
        if office is None or said.voice != Voice.FIRST_HAND:
            kept.append(entry)
        elif office in offices_of(entry, actors):
            kept.append(entry)
            found.add(said.speaks_for)
    silent = next((actor for actor in whose if actor not in found), None)
    if silent is not None:
        raise UsageError(f"{silent}={whose[silent]}: nobody known to hold that office speaks for {silent} on record")
    return kept
