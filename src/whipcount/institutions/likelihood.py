"""How likely a question passes, given chances that the user states: computed, never sampled.

A formula sees a coalition only through the sum of points in each test.  Where few different sums occur (votes of one
each, however unlike the chances) the distribution of sums is carried from seat to seat in exact fractions, forwards and
backwards, which also gives what each seat changes.  Where the sums are too many (27 populations) the coalitions are
met in the middle (`coalitions`), exact at every threshold and rounded only as floating-point numbers are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from whipcount.institutions.coalitions import count, reached
from whipcount.institutions.formula import Ballot, Ballots, Formula, met_by

SUMS = 4_000
"""Different sums that are carried from seat to seat; beyond, the coalitions are met in the middle."""

LABEL = "assumed by the user; not a forecast"


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The chance of passing under stated chances of each unknown seat, each on its own.

    probability  exact fraction, or a fraction nearest to the floating-point result
    chances      seat -> the chance of its yes that was assumed
    if_yes_no    seat -> the chance of passing with its yes, and with its no
    """

    probability: Fraction
    chances: Mapping[str, Fraction]
    if_yes_no: Mapping[str, tuple[Fraction, Fraction]]

    @property
    def sensitivity(self) -> dict[str, float]:
        """Seat -> by how much its yes instead of its no raises the chance, greatest first."""
        gain = {seat: float(yes - no) for seat, (yes, no) in self.if_yes_no.items()}
        return dict(sorted(gain.items(), key=lambda item: (-item[1], item[0])))

    def to_json(self) -> dict[str, Any]:
        """The likelihood as data, labelled as what it is."""
        return {
            "probability": float(self.probability),
            "label": LABEL,
            "chances": {seat: float(chance) for seat, chance in self.chances.items()},
            "sensitivity": self.sensitivity,
            "if_yes": {seat: float(yes) for seat, (yes, _) in self.if_yes_no.items()},
            "if_no": {seat: float(no) for seat, (_, no) in self.if_yes_no.items()},
        }


def likelihood(formula: Formula, start: Ballots, chances: Mapping[str, Fraction]) -> Likelihood:
    """The chance that the formula is met when each seat of `chances` says yes with its chance, else no.

    `start` are complete ballots with those seats at no.  UsageError beyond what can be computed exactly.
    """
    seats = tuple(chances)
    gains, missing = reached(formula, start, dict.fromkeys(seats, Ballot.YES))
    # whole numbers over one denominator: after n seats, over its n-th power
    whole = lcm(*(chance.denominator for chance in chances.values()))
    moves = [(gains[seat], int(chances[seat] * whole)) for seat in seats]
    layers = _forwards(moves, missing, whole)
    if layers is None:
        return _in_the_middle(formula, start, chances)
    passing = {sums: int(_meets(formula, sums, missing)) for sums in layers[-1]}
    either: dict[str, tuple[Fraction, Fraction]] = {}
    for at in reversed(range(len(seats))):
        gain, chance = moves[at]
        before: dict[tuple[int, ...], int] = {}
        yes = no = 0
        for sums, weight in layers[at].items():
            with_it, without = passing[_more(sums, gain, missing)], passing[sums]
            yes, no = yes + weight * with_it, no + weight * without
            before[sums] = chance * with_it + (whole - chance) * without
        ways = whole ** (len(seats) - 1)
        either[seats[at]], passing = (Fraction(yes, ways), Fraction(no, ways)), before
    (probability,) = passing.values()
    return Likelihood(Fraction(probability, whole ** len(seats)), chances, {seat: either[seat] for seat in seats})


def _forwards(
    moves: list[tuple[tuple[int, ...], int]], missing: tuple[int, ...], whole: int
) -> list[dict[tuple[int, ...], int]] | None:
    """Before each seat, and after the last: sums reached -> their probability, over `whole` to the number of seats; None
    where they are too many.

    A sum is kept only up to what is missing: more of it changes nothing.
    """
    layer: dict[tuple[int, ...], int] = {(0,) * len(missing): 1}
    layers = [layer]
    for gain, chance in moves:
        after: dict[tuple[int, ...], int] = {}
        for sums, weight in layer.items():
            more = _more(sums, gain, missing)
            after[more] = after.get(more, 0) + weight * chance
            after[sums] = after.get(sums, 0) + weight * (whole - chance)
        if len(after) > SUMS:
            return None
        layers.append(layer := after)
    return layers


def _more(sums: tuple[int, ...], gain: tuple[int, ...], missing: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(max(min(s + g, m), 0) for s, g, m in zip(sums, gain, missing, strict=True))


def _meets(formula: Formula, sums: tuple[int, ...], missing: tuple[int, ...]) -> bool:
    return bool(met_by(formula, iter([s >= m for s, m in zip(sums, missing, strict=True)])))


def _in_the_middle(formula: Formula, start: Ballots, chances: Mapping[str, Fraction]) -> Likelihood:
    found = count(formula, start, dict.fromkeys(chances, Ballot.YES), chances)
    total = Fraction(sum(found.sizes))
    either = {}
    for seat, chance in chances.items():
        with_it = Fraction(sum(found.with_seat[seat]))
        if 0 < chance < 1:
            either[seat] = (with_it / chance, (total - with_it) / (1 - chance))
            continue
        others = {other: odds for other, odds in chances.items() if other != seat}
        moves = dict.fromkeys(others, Ballot.YES)
        yes, no = (
            Fraction(sum(count(formula, {**start, seat: own}, moves, others).sizes)) for own in (Ballot.YES, Ballot.NO)
        )
        either[seat] = (yes, no)
    return Likelihood(total, chances, either)
