"""Ballots, and the linear tests that they must meet.

A test holds the weight of the ballots that count against a fixed quota, or against a share of the weight of the ballots
in the base; tests are joined by and, or.  Thresholds are integers and fractions: no float comes near them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import reduce
from operator import and_, or_
from typing import Any


class Ballot(StrEnum):
    """What a member does when the question is put; `unknown` until its position is on record."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"
    DECLARED = "declared-abstention"
    ABSENT = "absent"
    NOT_PARTICIPATING = "not-participating"
    UNKNOWN = "unknown"


Ballots = Mapping[str, Ballot]
"""Seat -> ballot.  A seat is a member's name, or `NAME on OPTION` in a part that decides another option, or an
event."""

YES = frozenset({Ballot.YES})
NO = frozenset({Ballot.NO})
CAST = YES | NO
NOT_YES = frozenset({Ballot.NO, Ballot.ABSTAIN, Ballot.DECLARED, Ballot.ABSENT})
PRESENT = YES | NOT_YES
DECLARED = frozenset({Ballot.DECLARED})
EVERYONE = frozenset(Ballot) - {Ballot.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Test:
    """One linear test: weight of the ballots `counted`, compared with `quota` (times the weight of `base`, if given).

    sense   ">=" at least, ">" more than, "<=" at most, "<" less than;   weights  per seat, in `unit`
    """

    name: str
    seats: tuple[str, ...]
    weights: tuple[int, ...]
    counted: frozenset[Ballot]
    sense: str
    quota: Fraction
    unit: str = "members"
    base: frozenset[Ballot] | None = None

    def points(self, weight: int, ballot: Ballot) -> int:
        """Whole points that a seat of this weight brings; the test is met when the sum reaches `needed`."""
        points = self.quota.denominator * weight * (ballot in self.counted)
        if self.base is not None:
            points -= self.quota.numerator * weight * (ballot in self.base)
        return points if self.sense in {">=", ">"} else -points

    @property
    def needed(self) -> int:
        """The sum of points at which the test is met."""
        target = 0 if self.base is not None else self.quota.numerator
        return (target if self.sense in {">=", ">"} else -target) + (self.sense in {">", "<"})

    def found(self, ballots: Ballots) -> tuple[int, int]:
        """Weight counted, and weight of the base (0 where the quota is fixed)."""
        counted = base = 0
        for seat, weight in zip(self.seats, self.weights, strict=True):
            counted += weight * (ballots[seat] in self.counted)
            base += weight * (self.base is not None and ballots[seat] in self.base)
        return counted, base

    def met(self, ballots: Ballots) -> bool:
        """Whether complete `ballots` meet the test."""
        units = {ballot: self.points(1, ballot) for ballot in Ballot}
        pairs = zip(self.seats, self.weights, strict=True)
        return sum(weight * units[ballots[seat]] for seat, weight in pairs) >= self.needed

    def tests(self) -> tuple[Test, ...]:
        """Itself: a test has no parts."""
        return (self,)


@dataclass(frozen=True, slots=True)
class AllTests:
    """Met when every part is met."""

    parts: tuple[Formula, ...]

    def met(self, ballots: Ballots) -> bool:
        """Whether complete `ballots` meet every part."""
        return all(part.met(ballots) for part in self.parts)

    def tests(self) -> tuple[Test, ...]:
        """Every test in it, in order."""
        return tuple(test for part in self.parts for test in part.tests())


@dataclass(frozen=True, slots=True)
class AnyTest:
    """Met when one part is met."""

    parts: tuple[Formula, ...]

    def met(self, ballots: Ballots) -> bool:
        """Whether complete `ballots` meet some part."""
        return any(part.met(ballots) for part in self.parts)

    def tests(self) -> tuple[Test, ...]:
        """Every test in it, in order."""
        return tuple(test for part in self.parts for test in part.tests())


Formula = Test | AllTests | AnyTest


def met_by(formula: Formula, met: Iterator[Any]) -> Any:
    """Whether the formula is met, given which tests are, in their order: truth values or arrays of them."""
    if isinstance(formula, Test):
        return next(met)
    values = [met_by(part, met) for part in formula.parts]
    return reduce(and_ if isinstance(formula, AllTests) else or_, values)
