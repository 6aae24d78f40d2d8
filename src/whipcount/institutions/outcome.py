"""What a rule makes of ballots: passes, blocked or open, by how much, and who stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from whipcount.institutions.formula import Ballot, Ballots, Formula, Test
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


@dataclass(frozen=True, slots=True)
class Margin:
    """One test held against the ballots, unknown members at their worst and at their best.

    found   weight counted (worst, best);  base  weight of the base (worst, best), 0 for a fixed quota
    needed  the least (or for `<=` and `<` the most) weight that meets the test: worst, best
    """

    test: Test
    outcome: Outcome
    found: tuple[int, int]
    base: tuple[int, int]
    needed: tuple[int, int]

    def words(self) -> str:
        """The margin as a sentence."""
        upward = self.test.sense in {">=", ">"}
        limit = f"{'at least' if upward else 'at most'} {self.needed[0]:,}"
        span = f"{self.found[0]:,}" if self.found[0] == self.found[1] else f"{min(self.found):,} to {max(self.found):,}"
        base = f" of {self.base[0]:,}" if self.base[0] else ""
        gap = abs(self.found[0] - self.needed[0])
        by = {Outcome.PASSES: f"met by {gap:,}" if gap else "just met", Outcome.BLOCKED: f"missed by {self._short():,}"}
        state = by.get(self.outcome, "open")
        name = self.test.name[0].upper() + self.test.name[1:]
        return f"{name}: {span}{base} {self.test.unit}, {limit} needed, {state}."

    def _short(self) -> int:
        return abs(self.found[1] - self.needed[1])

    def to_json(self) -> dict[str, Any]:
        """The margin as data."""
        return {
            "test": self.test.name,
            "unit": self.test.unit,
            "sense": "at least" if self.test.sense in {">=", ">"} else "at most",
            "found": list(self.found),
            "base": list(self.base),
            "needed": list(self.needed),
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
    return Margin(test, settle(test, ballots), (worst, best), (worst_base, best_base), needed)


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
