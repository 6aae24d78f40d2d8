"""Decision rules as values that compose: what a body makes of its members' ballots.

Every rule states the tests that the ballots must meet (`formula`).  Rules are joined by `AllOf` and `AnyOf`.  All
rules are monotone: a yes never hurts and a no never helps, so a verdict is certain exactly when the worst and the best
ballots of the unknown members agree.

How each ballot is treated is a property of the rule:

    rule            yes    no        abstain             absent              not participating
    Consensus       -      objects   no objection        no objection        no objection
    Unanimity       -      blocks    does not block (1)  does not block      does not block
    QualifiedVote   for    against   counts as no yes    counts as no yes    leaves the base
    WeightedVote    for    against   counts as no yes    counts as no yes    counts as no yes
    VetoVote        for    veto (2)  no veto, no yes     no veto, no yes     no veto, no yes
    CastVote        for    against   leaves the base     leaves the base     leaves the base
    AllSign         signs  refuses   refuses             has not signed      refuses
    OptIn           joins  stays out stays out           stays out           stays out

    (1) declared (constructive) abstainers block at a third of members with a third of population, TEU 31(1)
    (2) of a permanent member; any other no is just no yes
An unknown ballot is never guessed: `verdict` tries both ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

from whipcount.institutions.formula import (
    CAST,
    DECLARED,
    EVERYONE,
    NO,
    NOT_YES,
    PRESENT,
    YES,
    AllTests,
    AnyTest,
    Ballot,
    Ballots,
    Formula,
    Test,
)

FEW = 8
"""As many parties are named in the words of a rule; more are only numbered."""


class Rule(Protocol):
    """What every rule can say: who votes, which tests the ballots must meet, and in which words."""

    @property
    def seats(self) -> tuple[str, ...]:
        """The seats whose ballots it reads, in order."""

    def formula(self, ballots: Ballots) -> Formula:
        """Its tests; `ballots` settle who takes part, where that moves a threshold."""

    def words(self) -> str:
        """The rule in one plain clause."""


def _ones(seats: tuple[str, ...]) -> tuple[int, ...]:
    return (1,) * len(seats)


def _weights(seats: Iterable[str], table: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(table[seat] for seat in seats)


@dataclass(frozen=True)
class Consensus:
    """Adopted unless a member objects; silence and abstention are assent (NATO practice; OSCE Rules of Procedure).

    `minus` names members whose objection is not counted (OSCE consensus-minus-one, Prague 1992).
    """

    seats: tuple[str, ...]
    minus: frozenset[str] = frozenset()

    def formula(self, ballots: Ballots) -> Formula:
        """No objection."""
        seats = tuple(seat for seat in self.seats if seat not in self.minus)
        return Test("no objection", seats, _ones(seats), NO, "<=", Fraction(0), "objections")

    def words(self) -> str:
        """The rule in one plain clause."""
        left_out = f", leaving out {', '.join(sorted(self.minus))}" if self.minus else ""
        return f"consensus of {len(self.seats) - len(self.minus)} members{left_out}: any one objection blocks"


@dataclass(frozen=True)
class Unanimity:
    """No member votes no; an abstention does not block (TFEU 238(4)).

    With `weights`, declared abstainers block together: at a third of the members that comprise at least a third of the
    population (TEU 31(1), second subparagraph); or, with `members` 0 and `beyond`, with more than a third of the
    weighted votes (TEU 23(1) from 1 May 1999, Treaty of Amsterdam, until the Treaty of Lisbon).

    members, weight   the shares of members and of `weights` at which they block, both needed
    beyond            they block only with more than the share of weight, not at it
    """

    seats: tuple[str, ...]
    weights: Mapping[str, int] = field(default_factory=dict)
    members: Fraction = Fraction(1, 3)
    weight: Fraction = Fraction(1, 3)
    beyond: bool = False
    unit: str = "people"

    def formula(self, ballots: Ballots) -> Formula:
        """No no, and too few declared abstainers to block."""
        no_no = Test("no member against", self.seats, _ones(self.seats), NO, "<=", Fraction(0), "votes against")
        if not self.weights:
            return no_no
        held, sense = _weights(self.seats, self.weights), "<=" if self.beyond else "<"
        name = f"{self.unit} of declared abstainers"
        few: Formula = Test(name, self.seats, held, DECLARED, sense, self.weight, self.unit, EVERYONE)
        if self.members:
            states = Test(
                "declared abstainers", self.seats, _ones(self.seats), DECLARED, "<", self.members, "members", EVERYONE
            )
            few = AnyTest((states, few))
        return AllTests((no_no, few))

    def words(self) -> str:
        """The rule in one plain clause."""
        more = ""
        if self.weights:
            at = f"at {percent(self.members)} of members with " if self.members else "with "
            more = f"; declared abstainers block {at}{'more than ' if self.beyond else ''}{percent(self.weight)} of {self.unit}"
        return f"unanimity of {len(self.seats)} members: any one no blocks, abstention does not{more}"


@dataclass(frozen=True)
class QualifiedVote:
    """Shares of members and of weight, with a clause on blocking minorities (TEU 16(4), TFEU 238(2) and (3)).

    members, weight   the shares that the members in favour must reach, of those taking part
    at_least          fewest members in favour while all take part (15 in TEU 16(4)); 0 for none
    blockers          fewest members of a blocking minority: with fewer the weight share is deemed attained; 0 for none.
                      When not all take part: the fewest who hold more than the complement of `weight`, plus one
    """

    seats: tuple[str, ...]
    weights: Mapping[str, int]
    members: Fraction
    weight: Fraction
    at_least: int = 0
    blockers: int = 0
    unit: str = "people"

    def formula(self, ballots: Ballots) -> Formula:
        """Share of members and (share of weight or too few blockers)."""
        here = tuple(seat for seat in self.seats if ballots.get(seat) != Ballot.NOT_PARTICIPATING)
        everyone = len(here) == len(self.seats)
        ones, weights = _ones(self.seats), _weights(self.seats, self.weights)
        states = Test("members in favour", self.seats, ones, YES, ">=", self.members, "members", PRESENT)
        weight = Test(f"{self.unit} in favour", self.seats, weights, YES, ">=", self.weight, self.unit, PRESENT)
        parts: list[Formula] = [states]
        if self.at_least and everyone:
            fewest = Fraction(self.at_least)
            parts.append(Test("fewest members in favour", self.seats, ones, YES, ">=", fewest, "members"))
        if self.blockers:
            blockers = self.blockers if everyone else self._blockers(here)
            few = Test("blocking minority", self.seats, ones, NOT_YES, "<", Fraction(blockers), "members not in favour")
            parts.append(AnyTest((weight, few)))
        else:
            parts.append(weight)
        return AllTests(tuple(parts))

    def _blockers(self, here: tuple[str, ...]) -> int:
        """The fewest of those `here` holding more than the complement of the share, plus one (TFEU 238(3)(a))."""
        total, held = sum(self.weights[seat] for seat in here), 0
        for count, weight in enumerate(sorted((self.weights[seat] for seat in here), reverse=True), 1):
            held += weight
            if held > (1 - self.weight) * total:
                return count + 1
        return len(here) + 1

    def words(self) -> str:
        """The rule in one plain clause."""
        clause = f"; a blocking minority needs at least {self.blockers} members" if self.blockers else ""
        return (
            f"at least {percent(self.members)} of {len(self.seats)} members with at least {percent(self.weight)}"
            f" of {self.unit}{clause}; an abstention is not a yes"
        )


@dataclass(frozen=True)
class WeightedVote:
    """A fixed number of weighted votes, of members, and a share of population (EEC Treaty Art. 148 to Nice, to 2014).

    votes    least sum of `weights` in favour;  members  least number of members in favour, 0 for none
    share    least share of `population` that those in favour comprise; no population, no such test
    """

    seats: tuple[str, ...]
    weights: Mapping[str, int]
    votes: int
    members: int = 0
    population: Mapping[str, int] = field(default_factory=dict)
    share: Fraction = Fraction(0)

    def formula(self, ballots: Ballots) -> Formula:
        """Enough votes, enough members, enough population."""
        weights = _weights(self.seats, self.weights)
        parts: list[Formula] = [Test("votes in favour", self.seats, weights, YES, ">=", Fraction(self.votes), "votes")]
        if self.members:
            fewest = Fraction(self.members)
            parts.append(Test("members in favour", self.seats, _ones(self.seats), YES, ">=", fewest, "members"))
        if self.population:
            people = _weights(self.seats, self.population)
            parts.append(Test("people in favour", self.seats, people, YES, ">=", self.share, "people", EVERYONE))
        return AllTests(tuple(parts))

    def words(self) -> str:
        """The rule in one plain clause."""
        by = f" by at least {self.members} of {len(self.seats)} members" if self.members else ""
        people = f" with at least {percent(self.share)} of people" if self.population else ""
        return (
            f"{self.votes} of {sum(_weights(self.seats, self.weights))} votes{by}{people}; an abstention is not a yes"
        )


@dataclass(frozen=True)
class VetoVote:
    """A fixed number of yes votes and no veto (UN Charter 27(3) as practised; 7 of 11 before 1966).

    A permanent member's abstention or absence is no veto (ICJ, Namibia opinion, 1971, para. 22).  `parties` to a
    dispute must abstain under Chapter VI: their votes are not counted.  No `permanent` members: a procedural vote,
    27(2).
    """

    seats: tuple[str, ...]
    yes: int
    permanent: tuple[str, ...] = ()
    parties: frozenset[str] = frozenset()

    def formula(self, ballots: Ballots) -> Formula:
        """Enough in favour, and no veto."""
        seats = tuple(seat for seat in self.seats if seat not in self.parties)
        holders = tuple(seat for seat in self.permanent if seat in seats)
        enough = Test("votes in favour", seats, _ones(seats), YES, ">=", Fraction(self.yes), "votes")
        if not holders:
            return enough
        return AllTests((enough, Test("no veto", holders, _ones(holders), NO, "<=", Fraction(0), "vetoes")))

    def words(self) -> str:
        """The rule in one plain clause."""
        veto = f" and no veto of {', '.join(self.permanent)}" if self.permanent else ", without veto"
        parties = f"; {', '.join(sorted(self.parties))} must abstain as party to the dispute" if self.parties else ""
        return f"{self.yes} of {len(self.seats)} votes{veto}{parties}"


@dataclass(frozen=True)
class CastVote:
    """A share of the votes cast for and against; abstainers and absentees leave the base (UNGA Rules 85 and 86).

    share, strictly   1/2 strictly is the simple majority; 2/3 not strictly the two-thirds majority
    entitled          least share of all members in favour as well (Council of Europe Statute, Art. 20); None for none
    """

    seats: tuple[str, ...]
    share: Fraction
    strictly: bool = False
    entitled: Fraction | None = None

    def formula(self, ballots: Ballots) -> Formula:
        """Share of votes cast, and at least one in favour."""
        ones, sense = _ones(self.seats), ">" if self.strictly else ">="
        parts: list[Formula] = [
            Test("votes cast in favour", self.seats, ones, YES, sense, self.share, "votes", CAST),
            Test("anyone in favour", self.seats, ones, YES, ">=", Fraction(1), "votes"),
        ]
        if self.entitled is not None:
            quota = self.entitled * len(self.seats)
            parts.append(Test("members in favour", self.seats, ones, YES, ">", quota, "members"))
        return AllTests(tuple(parts))

    def words(self) -> str:
        """The rule in one plain clause."""
        degree = "more than" if self.strictly else "at least"
        return f"{degree} {percent(self.share)} of the votes cast for and against; abstentions are not counted"


@dataclass(frozen=True)
class AllSign:
    """Every named party must say yes: treaties, ceasefires, ratifications, consents, one actor's own decision."""

    seats: tuple[str, ...]

    def formula(self, ballots: Ballots) -> Formula:
        """Every party in favour."""
        quota = Fraction(len(self.seats))
        return Test("parties in favour", self.seats, _ones(self.seats), YES, ">=", quota, "parties")

    def words(self) -> str:
        """The rule in one plain clause."""
        if len(self.seats) == 1:
            return f"{self.seats[0]} decides alone"
        named = f" ({', '.join(self.seats)})" if len(self.seats) <= FEW else ""
        return f"each of {len(self.seats)} parties must agree{named}"


@dataclass(frozen=True)
class OptIn:
    """Whoever wants to takes part; enough must: members, weight (troops), or named enablers.  Nobody has a veto."""

    seats: tuple[str, ...]
    mass: int = 1
    weights: Mapping[str, int] = field(default_factory=dict)
    weight: int = 0
    enablers: tuple[str, ...] = ()
    unit: str = "troops"

    def formula(self, ballots: Ballots) -> Formula:
        """Enough contributors, enough weight, and every enabler."""
        parts: list[Formula] = [
            Test("contributors", self.seats, _ones(self.seats), YES, ">=", Fraction(self.mass), "members")
        ]
        if self.weight:
            weights = tuple(self.weights.get(seat, 0) for seat in self.seats)
            parts.append(Test(f"{self.unit} offered", self.seats, weights, YES, ">=", Fraction(self.weight), self.unit))
        if self.enablers:
            quota = Fraction(len(self.enablers))
            parts.append(Test("enablers", self.enablers, _ones(self.enablers), YES, ">=", quota, "enablers"))
        return AllTests(tuple(parts))

    def words(self) -> str:
        """The rule in one plain clause."""
        weight = f" offering {self.weight} {self.unit}" if self.weight else ""
        enablers = f", among them {', '.join(self.enablers)}" if self.enablers else ""
        return f"opt-in: at least {self.mass} taking part{weight}{enablers}; nobody has a veto"


@dataclass(frozen=True)
class Event:
    """A state of the world that must hold first.  Its seat votes yes when it holds, no when it does not."""

    name: str

    @property
    def seats(self) -> tuple[str, ...]:
        """The event itself."""
        return (self.name,)

    def formula(self, ballots: Ballots) -> Formula:
        """The event holds."""
        return Test(f"{self.name} holds", self.seats, (1,), YES, ">=", Fraction(1), "event")

    def words(self) -> str:
        """The rule in one plain clause."""
        return f"{self.name} must hold"


@dataclass(frozen=True)
class Elsewhere:
    """A part decided by its own members on another option: its seats read `NAME on OPTION`."""

    rule: Rule
    option: str

    @property
    def seats(self) -> tuple[str, ...]:
        """The seats of the part, marked with the option."""
        return tuple(f"{seat} on {self.option}" for seat in self.rule.seats)

    def formula(self, ballots: Ballots) -> Formula:
        """The tests of the part, over the marked seats."""
        own = {seat: ballots.get(mark, Ballot.UNKNOWN) for seat, mark in zip(self.rule.seats, self.seats, strict=True)}
        return self._mark(self.rule.formula(own))

    def _mark(self, formula: Formula) -> Formula:
        if isinstance(formula, Test):
            return replace(formula, seats=tuple(f"{seat} on {self.option}" for seat in formula.seats))
        return type(formula)(tuple(self._mark(part) for part in formula.parts))

    def words(self) -> str:
        """The rule in one plain clause."""
        return f"on {self.option}: {self.rule.words()}"


def _union(parts: tuple[Rule, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(seat for part in parts for seat in part.seats))


@dataclass(frozen=True)
class AllOf:
    """Every part must pass.  `staged`: in the order given, so that the first part not passed is where it stands."""

    parts: tuple[Rule, ...]
    staged: bool = False

    @property
    def seats(self) -> tuple[str, ...]:
        """The seats of all parts, each once."""
        return _union(self.parts)

    def formula(self, ballots: Ballots) -> Formula:
        """The tests of every part."""
        return AllTests(tuple(part.formula(ballots) for part in self.parts))

    def words(self) -> str:
        """The rule in one plain clause."""
        return (", then " if self.staged else " and ").join(f"({part.words()})" for part in self.parts)


@dataclass(frozen=True)
class AnyOf:
    """One part is enough."""

    parts: tuple[Rule, ...]

    @property
    def seats(self) -> tuple[str, ...]:
        """The seats of all parts, each once."""
        return _union(self.parts)

    def formula(self, ballots: Ballots) -> Formula:
        """The tests of any part."""
        return AnyTest(tuple(part.formula(ballots) for part in self.parts))

    def words(self) -> str:
        """The rule in one plain clause."""
        return " or ".join(f"({part.words()})" for part in self.parts)


def parts_of(rule: Rule) -> Iterator[Rule]:
    """The rule and every rule inside it."""
    yield rule
    for part in rule.parts if isinstance(rule, AllOf | AnyOf) else (rule.rule,) if isinstance(rule, Elsewhere) else ():
        yield from parts_of(part)


def percent(share: Fraction) -> str:
    """A share in words: whole percent where it is one, else the fraction itself."""
    hundredths = share * 100
    return f"{hundredths.numerator} %" if hundredths.denominator == 1 else f"{share.numerator}/{share.denominator}"
