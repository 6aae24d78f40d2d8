"""What a rule makes of ballots: passes, blocked or open, by how much, and who stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
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
