"""The verdict: what an institution's rule makes of the positions on record, and what would settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, islice
from math import comb
from typing import Any

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.ballots import TRUTH, Cast, Reading, cast, supposed
from whipcount.institutions.catalogue import Institution
from whipcount.institutions.coalitions import count
from whipcount.institutions.explain import explain
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Margin, Outcome, blockers, filled, margins, settle
from whipcount.institutions.rules import AllOf, AnyOf, Elsewhere, Event, OptIn, Rule
from whipcount.model import Codebook, Position

SHOWN, TRIED = 5, 20_000


@dataclass(frozen=True, slots=True)
class Movers:
    """The smallest sets of seats whose change of ballot alone makes the outcome certain.

    size   seats in each set, None when no change of ballots does;  number  how many such sets there are, None if
    uncounted shown  the sets nearest to the record, nearest first
    """

    size: int | None
    number: int | None
    shown: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Verdict:
    """What the rule makes of the ballots, with the reasons.  Costly parts are worked out when first asked for.

    labels  option or condition id -> its label in the codebook, where there is one
    """

    institution: Institution
    option: str
    date: str | None
    outcome: Outcome
    rule: Rule | None
    casts: tuple[Cast, ...]
    reading: Reading
    assume: Mapping[str, str]
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The legal source of the rule in force."""
        return self.institution.source_at(self.date)

    @property
    def ballots(self) -> dict[str, Ballot]:
        """Seat -> ballot."""
        return {seat.seat: seat.ballot for seat in self.casts}

    @cached_property
    def thresholds(self) -> list[Margin]:
        """Each test of the rule: met, missed or open, and by how much."""
        return margins(self.rule, self.ballots) if self.rule else []

    @cached_property
    def blockers(self) -> list[str]:
        """Seats whose ballots on record block."""
        return blockers(self.rule, self.ballots) if self.rule and self.outcome is Outcome.BLOCKED else []

    @property
    def unknown(self) -> list[str]:
        """Seats whose ballot is not known."""
        return [seat.seat for seat in self.casts if seat.ballot is Ballot.UNKNOWN]

    @cached_property
    def swing(self) -> list[str]:
        """Unknown seats that decide in at least one way of filling in the others; all unknown ones where that is too
        many."""
        if self.rule is None or self.outcome is not Outcome.OPEN:
            return []
        ballots = self.ballots
        try:
            found = count(
                self.rule.formula(ballots), filled(ballots, Ballot.NO), dict.fromkeys(self.unknown, Ballot.YES)
            )
        except UsageError:
            return self.unknown
        total = sum(found.sizes)
        return [seat for seat in self.unknown if 2 * sum(found.with_seat[seat]) > total]

    @cached_property
    def to_pass(self) -> Movers:
        """The smallest sets of seats whose yes would make it pass whatever the unknown do."""
        return self._movers(Ballot.YES)

    @cached_property
    def to_block(self) -> Movers:
        """The smallest sets of seats whose no would block it whatever the unknown do."""
        return self._movers(Ballot.NO)

    def _movers(self, to: Ballot) -> Movers:
        if self.rule is None:
            return Movers(None, None, ())
        passing = to is Ballot.YES
        ballots = self.ballots
        formula = self.rule.formula(ballots)
        start = filled(ballots, Ballot.NO if passing else Ballot.YES)
        if formula.met(start) is passing:
            return Movers(0, 1, ((),))
        fixed = {to, Ballot.NOT_PARTICIPATING}
        movers = [seat for seat in self.casts if ballots[seat.seat] not in fixed]
        movers.sort(key=lambda seat: (seat.distance if passing else _FROM_NO[seat.distance], seat.seat))
        names = [seat.seat for seat in movers]
        if formula.met(start | dict.fromkeys(names, to)) is not passing:
            return Movers(None, 0, ())
        try:
            sizes = count(formula, start, dict.fromkeys(names, to)).sizes
        except UsageError:
            return self._nearest(names, start, to, None)
        numbers = [found if passing else comb(len(names), size) - found for size, found in enumerate(sizes)]
        size = next(size for size, number in enumerate(numbers) if number)
        return replace(self._nearest(names, start, to, size), number=int(numbers[size]))

    def _nearest(self, names: list[str], start: Mapping[str, Ballot], to: Ballot, size: int | None) -> Movers:
        """Sets of `size` seats that do it, taken in order of distance from the record; without size, one small set."""
        if self.rule is None:
            return Movers(None, None, ())
        formula, passing = self.rule.formula(self.ballots), to is Ballot.YES

        def does(chosen: Sequence[str]) -> bool:
            return formula.met({**start, **dict.fromkeys(chosen, to)}) is passing

        place = {name: at for at, name in enumerate(names)}
        if size is not None:
            tried = islice(combinations(names, size), TRIED)
            shown = tuple(islice((chosen for chosen in tried if does(chosen)), SHOWN))
            if shown:
                return Movers(size, None, shown)
        # Drop the farthest seats that are not needed: a least set, though perhaps not the smallest.
        kept = list(names)
        for name in reversed(names):
            without = [other for other in kept if other != name]
            if does(without):
                kept = without
        return Movers(size if size is not None else len(kept), None, (tuple(sorted(kept, key=place.__getitem__)),))

    def likelihood(self, chances: Mapping[str, float | Fraction]) -> dict[str, Any]:
        """The exact probability of passing if each unknown seat says yes with its stated chance, on its own.

        `chances` are the user's assumptions (0 to 1) for every unknown seat, never a forecast of ours.  Returns
        `probability`, and `sensitivity`: seat -> probability with its yes, less that with its no.  UsageError for a
        chance that is missing or no probability, or more seats than can be computed exactly.
        """
        missing = [seat for seat in self.unknown if seat not in chances]
        wrong = [seat for seat, chance in chances.items() if not 0 <= chance <= 1]
        if missing or wrong:
            raise UsageError(f"give a chance between 0 and 1 for {', '.join(missing or wrong)}")
        if self.rule is None:
            return {"probability": 0.0, "sensitivity": {}, "label": "the rule gives this body no such power"}
        ballots = self.ballots
        start, formula = filled(ballots, Ballot.NO), self.rule.formula(ballots)
        odds = {seat: Fraction(chances[seat]) for seat in self.unknown}

        def chance_given(fixed: Mapping[str, Ballot]) -> float:
            free = [seat for seat in odds if seat not in fixed]
            before = {**start, **fixed}
            return float(sum(count(formula, before, dict.fromkeys(free, Ballot.YES), odds).sizes))

        sensitivity = {seat: chance_given({seat: Ballot.YES}) - chance_given({seat: Ballot.NO}) for seat in odds}
        return {"probability": chance_given({}), "sensitivity": sensitivity, "label": "the user's assumption"}

    def explain(self) -> str:
        """The verdict in plain sentences."""
        return explain(self)

    def to_json(self) -> dict[str, Any]:
        """The verdict as data, ready for `json.dumps`."""
        return {
            "institution": self.institution.id,
            "name": self.institution.name,
            "option": self.option,
            "label": self.labels.get(self.option),
            "date": self.date,
            "verdict": str(self.outcome),
            "rule": self.rule.words() if self.rule else None,
            "source": self.source,
            "binding_on": self.institution.binding,
            "thresholds": [line.to_json() for line in self.thresholds],
            "blockers": self.blockers,
            "unknown": self.unknown,
            "swing": self.swing,
            "to_pass": _movers_json(self.to_pass),
            "to_block": _movers_json(self.to_block),
            "ballots": [
                {
                    "seat": seat.seat,
                    "ballot": str(seat.ballot),
                    "reason": seat.reason,
                    "statements": list(seat.statements),
                    "waits_for": list(seat.waits_for),
                    "ascribed": seat.ascribed,
                    "divided": seat.divided,
                    "assumed": seat.assumed,
                }
                for seat in self.casts
            ],
            "reading": {
                "by_stance": {str(stance): str(ballot) for stance, ballot in self.reading.by_stance.items()},
                "unmet": str(self.reading.unmet),
                "count_ascribed": self.reading.count_ascribed,
            },
            "assume": dict(self.assume),
            "notes": [note for note in (self.institution.note, *self.notes) if note],
            "explanation": self.explain(),
        }


_FROM_NO = {0: 5, 1: 4, 2: 2, 3: 3, 4: 1, 5: 0}
"""Distance of a no from the record, by the distance of a yes."""


def _movers_json(movers: Movers) -> dict[str, Any]:
    return {"size": movers.size, "number": movers.number, "shown": [list(chosen) for chosen in movers.shown]}


def verdict(
    institution_id: str,
    option: str,
    positions: Sequence[Position],
    at: str | None,
    *,
    codebook: Codebook | None = None,
    assume: Mapping[str, str] | None = None,
    count_ascribed: bool = True,
    facts: Mapping[str, bool] | None = None,
) -> Verdict:
    """What the institution's rule makes of `positions` on `option` at the date `at` (ISO; None: now).

    institution_id  id or name, members of an open one after a colon (`treaty:Russia,Ukraine`)
    assume          member -> stance or ballot, condition or event -> true or false: the what-if
    count_ascribed  whether positions known only from what others say count as ballots
    facts           conditions already settled, by the verdict on another option (see `conditions`)
    Raises UsageError for an institution, option, member, condition or stance that does not exist.
    """
    institution = catalogue.find(institution_id)
    assume = dict(assume or {})
    known = {item.id for item in codebook.options} if codebook else {position.option for position in positions}
    if known and option not in known:
        raise UsageError(f"no option called {option!r}; known: {', '.join(sorted(known))}")
    by_seat = {(position.actor, position.option): position for position in positions}
    conditions = {item.id for item in codebook.conditions} if codebook else set()
    conditions |= {condition for position in positions for condition in position.conditions}
    reading = Reading(count_ascribed=count_ascribed)
    labels = labels_of(codebook)
    notes: list[str] = []
    members = institution.members_at(at)
    joinable = institution.open and not institution.named
    if joinable:
        if institution.rules[0][2]["kind"] != "opt-in":
            why = f"Whose decision it is has not been said: write {institution.id}:NAME,NAME."
            return Verdict(institution, option, at, Outcome.OPEN, None, (), reading, assume, (why,), labels)
        extra = {catalogue.state_name(key) for key in assume if key not in conditions}
        members = tuple(sorted({actor for actor, about in by_seat if about == option} | extra))
        notes.append("Its members are the actors on record for this option; others may still join.")
    rule = institution.rule_at(at, members=members) if members or not institution.open else OptIn((), 1)
    if rule is None:
        why = f"The body has no such power ({institution.source_at(at)})."
        return Verdict(institution, option, at, Outcome.NOT_COMPETENT, None, (), reading, assume, (why,), labels)
    events = _events(rule)
    truths = dict(facts or {})
    chosen: dict[str, str] = {}
    for key, value in assume.items():
        seat = key if key in rule.seats else catalogue.state_name(key)
        if key in conditions or key in events:
            truth = TRUTH.get(value.strip().casefold())
            if truth is None:
                raise UsageError(f"{key}={value}: a condition is true or false")
            truths[key] = truth
        elif seat in rule.seats:
            chosen[seat] = value
        else:
            raise UsageError(
                f"{key!r} is neither a member of {institution.name}{f' on {at}' if at else ''} nor a condition; "
                f"members: {', '.join(rule.seats[:60]) or 'none'}; "
                f"conditions: {', '.join(sorted(conditions | events)) or 'none'}"
            )
    casts = tuple(_seat(seat, option, events, by_seat, truths, chosen, reading, labels) for seat in rule.seats)
    ballots = {item.seat: item.ballot for item in casts}
    outcome = settle(rule.formula(ballots), ballots)
    if joinable and outcome is Outcome.BLOCKED:
        outcome = Outcome.OPEN
        notes.append("Those on record are not enough, but nobody can block it.")
    return Verdict(institution, option, at, outcome, rule, casts, reading, assume, tuple(notes), labels)


def labels_of(codebook: Codebook | None) -> dict[str, str]:
    """Option or condition id -> its label."""
    if codebook is None:
        return {}
    return {o.id: o.label for o in codebook.options} | {c.id: c.label for c in codebook.conditions}


def _seat(
    seat: str,
    option: str,
    events: frozenset[str],
    by_seat: Mapping[tuple[str, str], Position],
    truths: Mapping[str, bool],
    chosen: Mapping[str, str],
    reading: Reading,
    labels: Mapping[str, str],
) -> Cast:
    """The ballot of one seat: assumed, an event that holds or not, or read from the position on record."""
    if seat in chosen:
        return supposed(seat, chosen[seat])
    if seat in events:
        ballot = {True: Ballot.YES, False: Ballot.NO, None: Ballot.UNKNOWN}[truths.get(seat)]
        reason = {True: "holds", False: "does not hold", None: "is not known to hold"}[truths.get(seat)]
        return Cast(seat, ballot, reason)
    actor, mark, elsewhere = seat.rpartition(" on ")
    position = by_seat.get((actor, elsewhere)) if mark else by_seat.get((seat, option))
    return cast(seat, position, truths, reading, labels)


def _events(rule: Rule) -> frozenset[str]:
    """Names of the events that a rule waits for."""
    match rule:
        case Event():
            return frozenset({rule.name})
        case AllOf() | AnyOf():
            return frozenset().union(*(_events(part) for part in rule.parts))
        case Elsewhere():
            return frozenset(f"{name} on {rule.option}" for name in _events(rule.rule))
    return frozenset()
