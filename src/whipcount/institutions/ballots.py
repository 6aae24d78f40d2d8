"""From positions to ballots: the mapping is data, visible and adjustable, and recorded with every verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from whipcount.errors import UsageError
from whipcount.institutions.formula import Ballot
from whipcount.model import Position, Stance, Voice

OWN = frozenset({Voice.FIRST_HAND})


@dataclass(frozen=True, slots=True)
class Reading:
    """How stances become ballots.

    by_stance        stance -> ballot; a conditional stance becomes its ballot once all its conditions hold
    unmet            ballot of a conditional stance when one of its conditions is known not to hold
    count_ascribed   whether a position that rests on no word of the actor's own counts as a ballot
    """

    by_stance: Mapping[str, Ballot] = field(
        default_factory=lambda: {
            Stance.SUPPORT: Ballot.YES,
            Stance.OPPOSE: Ballot.NO,
            Stance.CONDITIONAL: Ballot.YES,
            Stance.UNDECIDED: Ballot.UNKNOWN,
        }
    )
    unmet: Ballot = Ballot.NO
    count_ascribed: bool = True


@dataclass(frozen=True, slots=True)
class Cast:
    """The ballot of one seat and what it rests on.

    reason       in words;  statements  keys of the statements behind it, latest last
    waits_for    conditions not known to hold on which a yes depends
    ascribed     rests only on what others say the actor wants;  divided  its office holders disagree
    assumed      set by the user, not by the record
    distance     how far a yes is from the record: 0 has it, 1 conditional or leaning for, 2 undecided, 3 silent or
                 divided, 4 leaning against, 5 opposed
    """

    seat: str
    ballot: Ballot
    reason: str
    statements: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    ascribed: bool = False
    divided: bool = False
    assumed: bool = False
    distance: int = 3


def cast(
    seat: str,
    position: Position | None,
    facts: Mapping[str, bool],
    reading: Reading,
    labels: Mapping[str, str] | None = None,
) -> Cast:
    """The ballot of `seat` by its position on record (None: silent), given which conditions hold.

    `facts` maps condition ids to true or false; a condition not in it is unknown.  `labels` are the words for them.
    """
    if position is None:
        return Cast(seat, Ballot.UNKNOWN, "has said nothing on record")
    keys = position.statements
    ascribed = bool(position.voices) and not OWN & set(position.voices)
    if position.divided:
        return Cast(seat, Ballot.UNKNOWN, "has office holders who disagree", keys, divided=True, ascribed=ascribed)
    if position.stance is None:
        return Cast(seat, Ballot.UNKNOWN, "is on record without a stance", keys, ascribed=ascribed)
    lean = {"favourable": 1, "unfavourable": 4}.get(position.lean or "", 2)
    distance = {Stance.SUPPORT: 0, Stance.CONDITIONAL: 1, Stance.UNDECIDED: lean, Stance.OPPOSE: 5}[position.stance]
    said = f"{'is said by others to be' if ascribed else 'is on record'} {_WHERE[position.stance]}"
    if ascribed and not reading.count_ascribed:
        return Cast(seat, Ballot.UNKNOWN, f"{said}; not counted", keys, ascribed=True, distance=distance)
    ballot, reason = reading.by_stance[position.stance], said
    waits: tuple[str, ...] = ()
    if position.stance is Stance.CONDITIONAL:
        failed = tuple(condition for condition in position.conditions if facts.get(condition) is False)
        waits = tuple(condition for condition in position.conditions if condition not in facts)
        words = "; ".join((labels or {}).get(id) or id for id in failed or waits or position.conditions)
        if failed:
            ballot, reason = reading.unmet, f"{said}, provided: {words}, which does not hold"
        elif waits:
            ballot, reason = Ballot.UNKNOWN, f"{said}, provided: {words}"
        elif not position.conditions:
            ballot, reason = Ballot.UNKNOWN, f"{said}, on a condition that is not named"
        else:
            reason = f"{said}, provided: {words}, which holds"
    return Cast(seat, ballot, reason, keys, waits, ascribed, distance=distance)


_WHERE = {
    Stance.SUPPORT: "for it",
    Stance.OPPOSE: "against it",
    Stance.CONDITIONAL: "for it",
    Stance.UNDECIDED: "undecided",
}
"""Stance -> where the actor is on record, or said to be."""

STANCES = {
    "support": Ballot.YES,
    "oppose": Ballot.NO,
    "undecided": Ballot.UNKNOWN,
    "silent": Ballot.UNKNOWN,
    **{str(ballot): ballot for ballot in Ballot},
}
"""Words that may be assumed of a member, and the ballot each stands for."""

TRUTH = {"true": True, "false": False, "yes": True, "no": False}


def supposed(seat: str, word: str) -> Cast:
    """The ballot that the user assumes for `seat`; UsageError for a word that is neither a stance nor a ballot."""
    ballot = STANCES.get(word.strip().casefold())
    if ballot is None:
        raise UsageError(f"{seat}={word}: {word!r} is no stance; say one of {', '.join(STANCES)}")
    return Cast(seat, ballot, f"is assumed to say: {word}", assumed=True, distance=0 if ballot is Ballot.YES else 5)


def positions_by_actor(positions: Sequence[Position], option: str) -> dict[str, Position]:
    """Actor -> its position on `option`."""
    return {position.actor: position for position in positions if position.option == option}
