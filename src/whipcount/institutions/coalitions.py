"""Counting coalitions exactly: of all ways in which some seats may change their ballot, how many meet a formula.

Every rule is an and/or of linear tests, so a coalition matters only through the sum of points in each test.

- Seats that bring the same points to every test are alike: with few kinds of seat, count by kind (closed form in
  binomials).
- Otherwise meet in the middle: list the sums of each half of the seats, and for each subset of one half count, by
  binary search, the subsets of the other that complete it.  One test may have any weights; the others are tried sum by
  sum, of which counts of members and votes have few.  27 seats take 2 x 2^14 subsets instead of 2^27.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import UsageError
from whipcount.institutions.formula import Ballot, Ballots, Formula, Test, met_by

Ints = NDArray[np.int64]
Numbers = NDArray[Any]
KINDS, HALF, SUMS = 300_000, 21, 20_000
"""Limits of what is counted: combinations of kinds, seats in one half, and different sums of the narrow tests in it."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many coalitions of each size meet the formula.

    sizes   sizes[k]: coalitions of k movers that do;  with_seat  seat -> the same, for those that hold the seat
    Where seats move with a stated chance, both are probabilities instead of numbers.
    """

    sizes: tuple[Any, ...]
    with_seat: Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Game:
    """The formula as numbers: points that each free seat adds to each test by moving, and what is still missing."""

    free: tuple[str, ...]
    gains: tuple[tuple[int, ...], ...]
    missing: tuple[int, ...]
    formula: Formula
    tests: tuple[Test, ...]
    chances: tuple[Fraction, ...] | None


def reached(
    formula: Formula, ballots: Ballots, movers: Mapping[str, Ballot]
) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """Points that each mover adds to each test of the formula by its move, and the points that each test still misses."""
    tests = formula.tests()
    columns = [dict(zip(test.seats, test.weights, strict=True)) for test in tests]
    gains = {
        seat: tuple(
            test.points(weights[seat], to) - test.points(weights[seat], ballots[seat]) if seat in weights else 0
            for test, weights in zip(tests, columns, strict=True)
        )
        for seat, to in movers.items()
    }
    have = [
        sum(test.points(w, ballots[seat]) for seat, w in weights.items())
        for test, weights in zip(tests, columns, strict=True)
    ]
    return gains, tuple(test.needed - points for test, points in zip(tests, have, strict=True))


def count(
    formula: Formula, ballots: Ballots, movers: Mapping[str, Ballot], chances: Mapping[str, Fraction] | None = None
) -> Count:
    """Coalitions of `movers` (seat -> the ballot it changes to) after whose move the formula is met.

    `ballots` are complete; seats outside `movers` keep theirs.  With `chances` (seat -> probability that it moves, each
    on its own) the coalitions are weighed by how likely they are: the sizes then sum to the probability of passing.
    Raises UsageError beyond what can be counted exactly: more than 41 unlike seats, or too many unlike
    weights in more than one test.
    """
    by_seat, missing = reached(formula, ballots, movers)
    free, gains, tests = tuple(by_seat), tuple(by_seat.values()), formula.tests()
    odds = None if chances is None else tuple(chances[seat] for seat in free)
    game = _Game(free, gains, missing, formula, tests, odds)
    kinds: dict[_Kind, list[str]] = {}
    for at, (seat, gain) in enumerate(zip(free, gains, strict=True)):
        kinds.setdefault((gain, odds[at] if odds else None), []).append(seat)
    if prod(len(seats) + 1 for seats in kinds.values()) <= KINDS:
        return _by_kind(game, kinds)
    return _in_the_middle(game)


_Kind = tuple[tuple[int, ...], Fraction | None]
"""What makes seats alike: their gains, and the chance that they move."""


def _ways(chosen: int, of: int, chance: Fraction | None) -> Any:
    """Ways to choose some of a kind, or the probability that as many move."""
    if chance is None:
        return comb(of, chosen)
    return comb(of, chosen) * chance**chosen * (1 - chance) ** (of - chosen)


def _by_kind(game: _Game, kinds: Mapping[_Kind, list[str]]) -> Count:
    """Choose how many of each kind move; binomials count the ways."""
    groups = [(gain, chance, seats) for (gain, chance), seats in kinds.items()]
    none: Any = 0 if game.chances is None else Fraction(0)
    sizes = [none] * (len(game.free) + 1)
    held = [[none] * (len(game.free) + 1) for _ in groups]
    for chosen in product(*(range(len(seats) + 1) for _, _, seats in groups)):
        sums = [
            sum(n * gain[t] for n, (gain, _, _) in zip(chosen, groups, strict=True)) for t in range(len(game.tests))
        ]
        if not met_by(game.formula, (total >= need for total, need in zip(sums, game.missing, strict=True))):
            continue
        ways = prod(_ways(n, len(seats), chance) for n, (_, chance, seats) in zip(chosen, groups, strict=True))
        size = sum(chosen)
        sizes[size] += ways
        for row, n, (_, _, seats) in zip(held, chosen, groups, strict=True):
            row[size] += ways * n // len(seats) if game.chances is None else ways * Fraction(n, len(seats))
    by_seat = {seat: tuple(row) for row, (_, _, seats) in zip(held, groups, strict=True) for seat in seats}
    return Count(tuple(sizes), {seat: by_seat[seat] for seat in game.free})


def _in_the_middle(game: _Game) -> Count:
    """Split the seats in two halves and match their subsets."""
    seats = len(game.free)
    keys = [tuple(gain[t] for gain in game.gains) for t in range(len(game.tests))]
    half = seats // 2
    if half >= HALF:
        raise UsageError(f"{seats} unlike seats are too many to count exactly")
    # The test with most different sums is matched by binary search, the others by trying each of their sums.
    wide = max(keys, key=lambda key: (len({abs(points) for points in key}), key))
    low, high = _Side(game, range(half), keys, wide), _Side(game, range(half, seats), keys, wide)
    if max(len(low.kinds), len(high.kinds)) > SUMS:
        raise UsageError(f"{seats} unlike seats under {len(set(keys))} weighted tests are too many to count exactly")
    number: Any = int if game.chances is None else float
    sizes = [number(0)] * (seats + 1)
    with_seat: dict[str, tuple[Any, ...]] = {}
    for side, other in ((low, high), (high, low)):
        matches = side.matches(other, game, keys, wide) * side.weight[:, None]
        for size in range(len(side.seats) + 1):
            rows = side.size == size
            totals = matches[rows].sum(axis=0)
            if side is low:
                for more, total in enumerate(totals):
                    sizes[size + more] += number(total)
        for bit, seat in enumerate(side.seats):
            held = [number(0)] * (seats + 1)
            holds = (side.mask >> bit) & 1 == 1
            for size in range(1, len(side.seats) + 1):
                for more, total in enumerate(matches[holds & (side.size == size)].sum(axis=0)):
                    held[size + more] += number(total)
            with_seat[game.free[seat]] = tuple(held)
    return Count(tuple(sizes), {seat: with_seat[seat] for seat in game.free})


class _Side:
    """Every subset of one half of the seats, by size and wide sum: mask, weight, sums, and kinds of narrow sums."""

    def __init__(self, game: _Game, seats: range, keys: list[tuple[int, ...]], wide: tuple[int, ...]) -> None:
        self.seats = list(seats)
        weight: Numbers = np.ones(1, dtype=np.int64 if game.chances is None else np.float64)
        for seat in self.seats if game.chances is not None else []:
            chance = float(game.chances[seat])  # type: ignore[index]
            weight = np.concatenate([weight * (1 - chance), weight * chance])
        size, wides = _sums([1] * len(self.seats)), _sums([wide[seat] for seat in self.seats])
        self.mask = np.lexsort((wides, size))
        self.size, self.wide = size[self.mask], wides[self.mask]
        self.weight = np.resize(weight, len(self.mask))[self.mask]
        self.ends = np.searchsorted(self.size, np.arange(len(self.seats) + 2))
        self.names = sorted(set(keys) - {wide})
        narrow = [_sums([key[seat] for seat in self.seats])[self.mask] for key in self.names]
        self.narrow = np.stack(narrow or [np.zeros_like(self.mask)], axis=1)
        self.kinds, kind = np.unique(self.narrow, axis=0, return_inverse=True)
        order = np.argsort(kind.reshape(-1), kind="stable")
        self.rows = np.split(order, np.cumsum(np.bincount(kind.reshape(-1)))[:-1])

    def matches(self, other: _Side, game: _Game, keys: list[tuple[int, ...]], wide: tuple[int, ...]) -> Numbers:
        """For each subset of this half and each size: weight of the subsets of the other of that size that complete
        it."""
        result: Numbers = np.zeros((len(self.mask), len(other.seats) + 1), dtype=other.weight.dtype)
        # The needs of the tests that share the wide weights, ascending: reaching one reaches those before it.
        needs = sorted({need for key, need in zip(keys, game.missing, strict=True) if key == wide})
        column = {key: at for at, key in enumerate(self.names)}
        for own, rows in zip(self.kinds, self.rows, strict=True):
            before = np.zeros(len(other.mask), dtype=bool)
            for reached in (None, *needs):
                tests = (
                    np.bool_(reached is not None and need <= reached)
                    if key == wide
                    else other.narrow[:, column[key]] >= need - own[column[key]]
                    for key, need in zip(keys, game.missing, strict=True)
                )
                met = before | met_by(game.formula, tests)
                fresh, before = met & ~before, met
                if not fresh.any():
                    continue
                for size in range(len(other.seats) + 1):
                    part = slice(other.ends[size], other.ends[size + 1])
                    chosen, weight = fresh[part], other.weight[part]
                    if reached is None:
                        result[rows, size] += weight[chosen].sum()
                        continue
                    # tail[i]: weight of everything from place i on, in order of the wide sums
                    tail = np.concatenate([np.cumsum(weight[chosen][::-1])[::-1], np.zeros(1, weight.dtype)])
                    places = np.searchsorted(other.wide[part][chosen], reached - self.wide[rows], side="left")
                    result[rows, size] += tail[places]
        return result


def _sums(values: list[int]) -> Ints:
    """Sum of `values` over every subset, in order of its mask."""
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums
