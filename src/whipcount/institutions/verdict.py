"""The verdict: what an institution's rule makes of the positions on record, and what would settle it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.ballots import TRUTH, Cast, Reading, cast, supposed
from whipcount.institutions.catalogue import Institution
from whipcount.institutions.coalitions import count
from whipcount.institutions.explain import explain
from whipcount.institutions.formula import Ballot
from whipcount.institutions.likelihood import Likelihood, likelihood
from whipcount.institutions.movers import Movers, movers
from whipcount.institutions.outcome import Margin, Outcome, blockers, filled, listed, margins, settle
from whipcount.institutions.rules import AllOf, AnyOf, Elsewhere, Event, OptIn, Rule
from whipcount.model import Codebook, Position


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
    def joinable(self) -> bool:
        """Whether others than those on record may still join: then it is never blocked."""
        return self.institution.open and not self.institution.named

    @property
    def hangs_on(self) -> list[str]:
        """Who blocks it, or else whose ballot it hangs on."""
        return self.blockers or self.swing

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
        ballots = self.ballots
        start = filled(ballots, Ballot.NO if to is Ballot.YES else Ballot.YES)
        fixed = {to, Ballot.NOT_PARTICIPATING}
        distance = {
            seat.seat: seat.distance if to is Ballot.YES else _FROM_NO[seat.distance]
            for seat in self.casts
            if seat.ballot not in fixed
        }
        return movers(self.rule.formula(ballots), start, to, distance)

    def likelihood(self, chances: Mapping[str, float | Fraction]) -> Likelihood:
        """How likely it passes if each unknown seat says yes with its stated chance (0 to 1), on its own.

        `chances` are the user's assumptions, never a forecast of ours, and cover every unknown seat; UsageError for one
        that is missing, that names no unknown seat or is no probability, or where it cannot be computed exactly.
        """
        missing = [seat for seat in self.unknown if seat not in chances]
        if missing:
            raise UsageError(f"give a chance between 0 and 1 for {listed(missing)}")
        for seat, chance in chances.items():
            if seat not in self.unknown:
                raise UsageError(
                    f"{seat!r} is not a member whose position is unknown; those are {listed(self.unknown) or 'none'}"
                )
            if not 0 <= chance <= 1:
                raise UsageError(f"{seat}={chance}: a chance is between 0 and 1")
        odds = {seat: Fraction(chances[seat]) for seat in self.unknown}
        if self.rule is None:
            return Likelihood(Fraction(0), odds, {})
        ballots = self.ballots
        return likelihood(self.rule.formula(ballots), filled(ballots, Ballot.NO), odds)

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
            "to_pass": self.to_pass.to_json(),
            "to_block": self.to_block.to_json(),
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
            "reading": self.reading.to_json(),
            "assume": dict(self.assume),
            "notes": [note for note in (self.institution.note, *self.notes) if note],
            "explanation": self.explain(),
        }


_FROM_NO = {0: 5, 1: 4, 2: 2, 3: 3, 4: 1, 5: 0}
"""Distance of a no from the record, by the distance of a yes."""


def verdict(
    institution_id: str,
    option: str,
    positions: Sequence[Position],
    at: str | None,
    *,
    codebook: Codebook | None = None,
    assume: Mapping[str, str] | None = None,
    reading: Reading | None = None,
    facts: Mapping[str, bool] | None = None,
    because: Mapping[str, str] | None = None,
) -> Verdict:
    """What the institution's rule makes of `positions` on `option` at the date `at` (ISO; None: now).

    institution_id  id or name, members of an open one after a colon (`treaty:Russia,Ukraine`)
    assume          the what-if: member -> stance, ballot, `member` or `no-member`; condition or event -> true or false;
                    `MEMBER on OPTION` says it of one option only
    reading         how positions become ballots; None: as usual
    facts           conditions already settled, by the verdict on another option;  because  condition -> the words for
                    what settled it (both as `conditions.web` finds them)
    Raises UsageError for an institution, option, member, condition or stance that does not exist.
    """
    known = {item.id for item in codebook.options} if codebook else {position.option for position in positions}
    if known and option not in known:
        raise UsageError(f"no option called {option!r}; known: {', '.join(sorted(known))}")
    conditions = {item.id for item in codebook.conditions} if codebook else set()
    conditions |= {condition for position in positions for condition in position.conditions}
    return decided(
        catalogue.find(institution_id),
        option,
        {(position.actor, position.option): position for position in positions},
        at,
        speakers=[position.actor for position in positions if position.option == option],
        conditions=conditions,
        assume=dict(assume or {}),
        reading=reading or Reading(),
        facts=facts or {},
        because=because or {},
        labels=labels_of(codebook),
    )


MEMBERSHIP = {"member": True, "no-member": False}
"""Words that may be assumed of who is, or is not, a member."""


def decided(
    institution: Institution,
    option: str,
    by_seat: Mapping[tuple[str, str], Position],
    at: str | None,
    *,
    speakers: Collection[str],
    conditions: Collection[str],
    assume: Mapping[str, str],
    reading: Reading,
    facts: Mapping[str, bool],
    because: Mapping[str, str],
    labels: Mapping[str, str],
) -> Verdict:
    """As `verdict`, of an institution found, with positions by actor and option, the actors on record for this option,
    and the ids of all conditions."""
    notes: list[str] = []
    stances, truths, membership = _told(assume, option, conditions)
    members = institution.members_at(at)
    joinable = institution.open and not institution.named
    empty = Verdict(institution, option, at, Outcome.OPEN, None, (), reading, assume, (), labels)
    if joinable:
        if institution.rules[0][2]["kind"] != "opt-in":
            why = f"Whose decision it is has not been said: write {institution.id}:NAME,NAME."
            return replace(empty, notes=(why,))
        members = tuple(sorted({*speakers, *stances}))
        notes.append("Its members are the actors on record for this option; others may still join.")
    if membership:
        left_out = {name for name, is_member in membership.items() if not is_member}
        unknown = sorted(left_out - set(members))
        if unknown:
            raise UsageError(f"{unknown[0]}=no-member: it is no member of {institution.name} as it is")
        members = tuple(sorted((set(members) | set(membership)) - left_out))
    rule = institution.rule_at(at, members=members) if members or not institution.open else OptIn((), 1)
    if rule is None:
        why = f"The body has no such power ({institution.source_at(at)})."
        return replace(empty, outcome=Outcome.NOT_COMPETENT, notes=(why,))
    seats, events = frozenset(rule.seats), _events(rule)
    chosen: dict[str, str] = {}
    for key, value in stances.items():
        truth = TRUTH.get(value.strip().casefold())
        if key in events and truth is not None:
            truths[key] = truth
        elif key in seats:
            chosen[key] = value
        else:
            raise UsageError(
                f"{key!r} is neither a member of {institution.name}{f' on {at}' if at else ''} nor a condition; "
                f"members: {', '.join(rule.seats[:60]) or 'none'}; "
                f"conditions: {', '.join(sorted({*conditions, *events})) or 'none'}"
            )
    truths = {**facts, **truths}
    casts = tuple(_seat(seat, option, events, by_seat, truths, chosen, reading, labels, because) for seat in rule.seats)
    ballots = {item.seat: item.ballot for item in casts}
    found = replace(empty, rule=rule, casts=casts, outcome=settle(rule.formula(ballots), ballots))
    if joinable and found.outcome is Outcome.BLOCKED:
        notes.append("Those on record are not enough, but nobody can block it.")
        found = replace(found, outcome=Outcome.OPEN)
    return replace(found, notes=(*notes, *reading.changed()))


def recast(
    verdict: Verdict,
    seat: str,
    by_seat: Mapping[tuple[str, str], Position],
    facts: Mapping[str, bool],
    because: Mapping[str, str],
) -> Cast:
    """The ballot of a seat that waited for a condition, now that more `facts` are settled."""
    actor, mark, elsewhere = seat.rpartition(" on ")
    position = by_seat.get((actor, elsewhere)) if mark else by_seat.get((seat, verdict.option))
    return cast(seat, position, facts, verdict.reading, verdict.labels, because)


def _told(
    assume: Mapping[str, str], option: str, conditions: Collection[str]
) -> tuple[dict[str, str], dict[str, bool], dict[str, bool]]:
    """What is assumed of an option: seat -> stance or ballot, condition -> whether it holds, name -> membership."""
    stances: dict[str, str] = {}
    truths: dict[str, bool] = {}
    membership: dict[str, bool] = {}
    for key, value in assume.items():
        if key in conditions:
            truth = TRUTH.get(value.strip().casefold())
            if truth is None:
                raise UsageError(f"{key}={value}: a condition is true or false")
            truths[key] = truth
            continue
        name, mark, about = key.rpartition(" on ")
        seat = catalogue.state_name(key)
        if mark:
            seat = catalogue.state_name(name)
            seat = seat if about == option else f"{seat} on {about}"
        is_member = MEMBERSHIP.get(value.strip().casefold())
        if is_member is None:
            stances[seat] = value
        else:
            membership[seat] = is_member
    return stances, truths, membership


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
    because: Mapping[str, str],
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
    return cast(seat, position, truths, reading, labels, because)


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
