"""From positions to ballots: the mapping is data, visible and adjustable, and recorded with every verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from whipcount.errors import UsageError
from whipcount.institutions.formula import Ballot
from whipcount.model import Lean, Position, Stance, Voice


@dataclass(frozen=True, slots=True)
class Reading:
    """How positions become ballots: data that the user may change, recorded with every verdict.

    by_stance        stance -> ballot; a conditional stance becomes its ballot once all its conditions hold
    unmet            ballot of a conditional stance when one of its conditions is known not to hold
    silent           ballot of who has said nothing on record: unknown, never a guess (yes once a silence procedure is
                     over)
    divided          ballot of whose office holders disagree
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
    silent: Ballot = Ballot.UNKNOWN
    divided: Ballot = Ballot.UNKNOWN
    count_ascribed: bool = True

    def to_json(self) -> dict[str, Any]:
        """The mapping as data."""
        return {
            "by_stance": {str(stance): str(ballot) for stance, ballot in self.by_stance.items()},
            "unmet": str(self.unmet),
            "silent": str(self.silent),
            "divided": str(self.divided),
            "count_ascribed": self.count_ascribed,
        }

    def changed(self) -> list[str]:
        """What differs from the usual reading, a sentence each."""
        mine, usual = _flat(self), _flat(Reading())
        return [f"“{word}” is read as {ballot}." for word, ballot in mine.items() if usual[word] != ballot]


READ_AS = (*Stance, "unmet", "silent", "divided")
"""What a reading maps to a ballot: the stances, an unmet condition, silence and division."""


def _flat(reading: Reading) -> dict[str, str]:
    shown = {str(stance): str(reading.by_stance[stance]) for stance in Stance}
    shown |= {word: str(getattr(reading, word)) for word in ("unmet", "silent", "divided")}
    return shown | {"ascribed": "counted" if reading.count_ascribed else "unknown, not counted"}


def read_as(pairs: Mapping[str, str], *, count_ascribed: bool = True) -> Reading:
    """The usual reading with changes: `{"undecided": "abstain", "silent": "yes"}`.

    Keys are those of `READ_AS`, and `ascribed`, whose value is `counted` or `unknown`.  UsageError for any other.
    """
    reading = Reading(count_ascribed=count_ascribed)
    stances = dict(reading.by_stance)
    others: dict[str, Ballot] = {}
    for key, value in pairs.items():
        word, given = key.strip().casefold(), value.strip().casefold()
        if word == "ascribed" and given in ("counted", "unknown"):
            count_ascribed = given == "counted"
            continue
        if word not in READ_AS:
            raise UsageError(f"{key}={value}: {key!r} is no stance; say one of {', '.join([*READ_AS, 'ascribed'])}")
        if given not in [str(ballot) for ballot in Ballot]:
            allowed = "counted, unknown" if word == "ascribed" else ", ".join(Ballot)
            raise UsageError(f"{key}={value}: {value!r} is no ballot; say one of {allowed}")
        if word in ("unmet", "silent", "divided"):
            others[word] = Ballot(given)
        else:
            stances[Stance(word)] = Ballot(given)
    return Reading(stances, count_ascribed=count_ascribed, **others)


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
    because: Mapping[str, str] | None = None,
) -> Cast:
    """The ballot of `seat` by its position on record (None: silent), given which conditions hold.

    `facts` maps condition ids to true or false; a condition not in it is unknown.  `labels` are the words for them,
    `because` the words for what settled them.
    """
    if position is None:
        return Cast(seat, reading.silent, "has said nothing on record")
    keys = position.statements
    ascribed = bool(position.voices) and Voice.FIRST_HAND not in position.voices
    if position.divided:
        return Cast(seat, reading.divided, "has office holders who disagree", keys, divided=True, ascribed=ascribed)
    if position.stance is None:
        return Cast(seat, Ballot.UNKNOWN, "is on record without a stance", keys, ascribed=ascribed)
    distance = (
        (_LEAN[position.lean] if position.lean else 2)
        if position.stance is Stance.UNDECIDED
        else _DISTANCE[position.stance]
    )
    said = f"{'is said by others to be' if ascribed else 'is on record'} {_WHERE[position.stance]}"
    if ascribed and not reading.count_ascribed:
        return Cast(seat, Ballot.UNKNOWN, f"{said}; not counted", keys, ascribed=True, distance=distance)
    ballot, reason = reading.by_stance[position.stance], said
    waits: tuple[str, ...] = ()
    if position.stance is Stance.CONDITIONAL:
        failed = tuple(condition for condition in position.conditions if facts.get(condition) is False)
        waits = tuple(condition for condition in position.conditions if condition not in facts)
        settled = [why for id in position.conditions if id in facts and (why := (because or {}).get(id))]
        why = f" ({'; '.join(dict.fromkeys(settled))})" if settled else ""
        words = "; ".join((labels or {}).get(id) or id for id in failed or waits or position.conditions)
        if failed:
            ballot, reason = reading.unmet, f"{said}, provided: {words}, which does not hold{why}"
        elif waits:
            ballot, reason = Ballot.UNKNOWN, f"{said}, provided: {words}"
        elif not position.conditions:
            ballot, reason = Ballot.UNKNOWN, f"{said}, on a condition that is not named"
        else:
            reason = f"{said}, provided: {words}, which holds{why}"
    return Cast(seat, ballot, reason, keys, waits if ballot is Ballot.UNKNOWN else (), ascribed, distance=distance)


_LEAN = {Lean.FAVOURABLE: 1, Lean.UNFAVOURABLE: 4}
_DISTANCE = {Stance.SUPPORT: 0, Stance.CONDITIONAL: 1, Stance.OPPOSE: 5}
"""How far a yes is from the record: see `Cast.distance`."""

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
