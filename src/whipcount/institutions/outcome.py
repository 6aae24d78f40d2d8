"""What a rule makes of ballots: passes, blocked or open, by how much, and who stands in the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from whipcount.institutions.formula import Ballot, Ballots, Formula, Test, met_by
from whipcount.institutions.rules import Rule


class Outcome(StrEnum):
    """What the rule makes of the ballots.  Certain only when no ballot of an unknown member can change it."""

    PASSES = "passes"
    BLOCKED = "blocked"
    OPEN = "open"
    NOT_COMPETENT = "not-competent"


def filled(ballots: Ballots, ballot: Ballot) -> dict[str, Ballot]:
    """The ballots with every unknown one set to `ballot`."""
    return {seat: ballot if cast is Ballot.UNKNOWN else cast for seat, cast in ballots.items()}


def settle(formula: Formula, ballots: Ballots) -> Outcome:
    """Passes with every unknown against, blocked with every unknown in favour, else open (rules are monotone)."""
    if formula.met(filled(ballots, Ballot.NO)):
        return Outcome.PASSES
    return Outcome.OPEN if formula.met(filled(ballots, Ballot.YES)) else Outcome.BLOCKED


def outcome(rule: Rule, ballots: Ballots) -> Outcome:
    """What `rule` makes of `ballots`; a seat without a ballot is unknown."""
    complete = {seat: ballots.get(seat, Ballot.UNKNOWN) for seat in rule.seats}
    return settle(rule.formula(complete), complete)


class Running:
    """The tests of one formula over ballots that change: points at worst and at best, kept up to date change by change.

    Agrees with `settle` after every change, at the cost of the tests that the changed seat is in.
    """

    def __init__(self, compiled: Compiled, ballots: Ballots) -> None:
        self.compiled = compiled
        self.worst = [-need for need in compiled.needed]
        self.best = list(self.worst)
        for seat, ballot in ballots.items():
            self._add(seat, ballot, 1)

    def change(self, seat: str, before: Ballot, after: Ballot) -> None:
        """A seat's ballot changes."""
        self._add(seat, before, -1)
        self._add(seat, after, 1)

    def _add(self, seat: str, ballot: Ballot, sign: int) -> None:
        worst, best = (Ballot.NO, Ballot.YES) if ballot is Ballot.UNKNOWN else (ballot, ballot)
        for test, weight, units in self.compiled.columns.get(seat, ()):
            self.worst[test] += sign * weight * units[worst]
            self.best[test] += sign * weight * units[best]

    def outcome(self) -> Outcome:
        """What the formula makes of the ballots now."""
        if met_by(self.compiled.formula, (points >= 0 for points in self.worst)):
            return Outcome.PASSES
        return Outcome.OPEN if met_by(self.compiled.formula, (points >= 0 for points in self.best)) else Outcome.BLOCKED


class Compiled:
    """A formula laid out by seat: each seat's tests with its weight there and the points of each ballot."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        tests = formula.tests()
        self.needed = [test.needed for test in tests]
        self.columns: dict[str, list[tuple[int, int, Mapping[Ballot, int]]]] = {}
        for at, test in enumerate(tests):
            units = {ballot: test.points(1, ballot) for ballot in Ballot}
            for seat, weight in zip(test.seats, test.weights, strict=True):
                self.columns.setdefault(seat, []).append((at, weight, units))


def treatment(rule: Rule) -> list[dict[str, str]]:
    """What each ballot does under the rule, worked out from its tests: a row for each group of seats treated alike.

    `seats` names them; each ballot is "for" (does what a yes does), "against" (what a no does), "neither", "leaves the
    base" or "tried both ways" (unknown).
    """
    tests = rule.formula(dict.fromkeys(rule.seats, Ballot.NO)).tests()
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for seat in rule.seats:
        mine = [test for test in tests if seat in test.seats]
        row = tuple((str(ballot), _effect(mine, ballot)) for ballot in Ballot)
        alike.setdefault(row, []).append(seat)
    whole = len(alike) == 1
    return [{"seats": "every member" if whole else listed(names, 6), **dict(row)} for row, names in alike.items()]


def _effect(tests: Sequence[Test], ballot: Ballot) -> str:
    """What a ballot does in these tests."""
    if ballot is Ballot.UNKNOWN:
        return "tried both ways"
    points = {own: [test.points(1, own) for test in tests] for own in (ballot, Ballot.YES, Ballot.NO)}
    if points[ballot] == points[Ballot.YES]:
        return "for"
    if any(test.base is not None and ballot not in test.base for test in tests):
        return "leaves the base"
    return "against" if points[ballot] == points[Ballot.NO] else "neither"


def listed(names: Sequence[str], most: int = 8, between: str = ", ") -> str:
    """Names as a list in words: all of them up to `most`, else the first ones and how many more."""
    if len(names) > most + 1:
        return f"{between.join(names[:most])} and {len(names) - most} more"
    return between.join(names[:-1]) + (" and " if between == ", " else between) + names[-1] if names[1:] else names[0]


FORBIDDEN = {"objections": ("objects", "object"), "votes against": ("votes against", "vote against")}
FORBIDDEN |= {"vetoes": ("vetoes", "veto")}
"""What nobody may do for a test to be met: unit -> what one does, what several do."""


@dataclass(frozen=True, slots=True)
class Margin:
    """One test held against the ballots, unknown members at their worst and at their best.

    found   weight counted (worst, best);  base  weight of the base (worst, best), 0 for a fixed quota
    needed  the least (or for `<=` and `<` the most) weight that meets the test: worst, best
    by      seats whose known ballot counts;  unknown  seats whose ballot is not known
    """

    test: Test
    outcome: Outcome
    found: tuple[int, int]
    base: tuple[int, int]
    needed: tuple[int, int]
    by: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def forbids(self) -> bool:
        """Whether a single ballot of a kind is too many: an objection, a veto."""
        return self.test.unit in FORBIDDEN

    def words(self) -> str:
        """The margin as a sentence."""
        if self.forbids:
            one, several = FORBIDDEN[self.test.unit]
            if self.by:
                return f"{listed(self.by)} {one if len(self.by) == 1 else several}."
            number = len(self.unknown)
            doubt = f"; {number} {'member is' if number == 1 else 'members are'} not known" if number else ""
            return f"Nobody {'on record ' if number else ''}{one}{doubt}."
        name, (worst, best) = self.test.name[0].upper() + self.test.name[1:], self.found
        if self.test.sense in {"<", "<="}:
            span = f"{worst:,}" if worst == best else f"{best:,} to {worst:,}"
            return f"{name}: {span} {self.test.unit}, at most {self.needed[0]:,} allowed."
        of = f" of {self.base[0]:,}" if self.base[0] else ""
        if self.outcome is Outcome.BLOCKED:
            short = f"{self.needed[1] - best:,} short"
            return f"{name}: {'at most ' if worst < best else ''}{best:,}{of}, at least {self.needed[1]:,} needed: {short}."
        if self.outcome is Outcome.OPEN:
            return f"{name}: {worst:,}{of} on record, {best:,} possible, at least {self.needed[0]:,} needed."
        spare = worst - self.needed[0]
        enough = f"{spare:,} to spare" if spare else "just enough"
        return f"{name}: {worst:,}{of}, at least {self.needed[0]:,} needed: {enough}."

    def to_json(self) -> dict[str, Any]:
        """The margin as data."""
        return {
            "test": self.test.name,
            "unit": self.test.unit,
            "sense": "at least" if self.test.sense in {">=", ">"} else "at most",
            "found": list(self.found),
            "base": list(self.base),
            "needed": list(self.needed),
            "counted": list(self.by),
            "state": {"passes": "met", "blocked": "missed"}.get(str(self.outcome), "open"),
        }


def _limit(test: Test, base: int) -> int:
    """The least (most) whole weight that meets the test over this base."""
    exact = test.quota * base if test.base is not None else test.quota
    match test.sense:
        case ">=":
            return -int(-exact // 1)
        case ">":
            return int(exact // 1) + 1
        case "<=":
            return int(exact // 1)
        case _:
            return -int(-exact // 1) - 1


def margin(test: Test, ballots: Ballots) -> Margin:
    """The test held against the ballots."""
    worst, worst_base = test.found(filled(ballots, Ballot.NO))
    best, best_base = test.found(filled(ballots, Ballot.YES))
    needed = (_limit(test, worst_base), _limit(test, best_base))
    by = tuple(seat for seat in test.seats if ballots[seat] in test.counted)
    unknown = tuple(seat for seat in test.seats if ballots[seat] is Ballot.UNKNOWN)
    return Margin(test, settle(test, ballots), (worst, best), (worst_base, best_base), needed, by, unknown)


def margins(rule: Rule, ballots: Ballots) -> list[Margin]:
    """Every test of the rule held against the ballots, in the order of the rule."""
    complete = {seat: ballots.get(seat, Ballot.UNKNOWN) for seat in rule.seats}
    return [margin(test, complete) for test in rule.formula(complete).tests()]


def blockers(rule: Rule, ballots: Ballots) -> list[str]:
    """Seats whose known ballot counts against a test that is missed and needed, in seat order."""
    complete = {seat: ballots.get(seat, Ballot.UNKNOWN) for seat in rule.seats}
    against: set[str] = set()

    def walk(formula: Formula) -> None:
        if settle(formula, complete) is not Outcome.BLOCKED:
            return
        if isinstance(formula, Test):
            for seat, weight in zip(formula.seats, formula.weights, strict=True):
                cast = complete[seat]
                if cast is not Ballot.UNKNOWN and formula.points(weight, cast) < formula.points(weight, Ballot.YES):
                    against.add(seat)
            return
        for part in formula.parts:
            walk(part)

    walk(rule.formula(complete))
    return [seat for seat in rule.seats if seat in against]
