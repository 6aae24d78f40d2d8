"""Counting coalitions exactly: of all ways in which some seats may change their ballot, how many meet a formula.

Every rule is an and/or of linear tests, so a coalition matters only through the sum of points in each test.

- Seats that bring the same points to every test are alike: with few kinds of seat, count by kind (closed form in
  binomials).
- Otherwise meet in the middle: list the sums of each half of the seats, and for each subset of one half count, by
  binary search, the subsets of the other that complete it.  One test may have any weights; the others must have few
  distinct sums, as counts of members do.  27 seats take 2 x 2^14 subsets instead of 2^27.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import comb, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import UsageError
from whipcount.institutions.rules import AllTests, Ballot, Ballots, Formula, Test

Ints = NDArray[np.int64]
Numbers = NDArray[Any]
KINDS = 300_000
HALF = 20


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

    def met(self, met: Sequence[bool]) -> bool:
        """Whether the formula is met, given which tests are."""
        return _met(self.formula, iter(met))


def _met(formula: Formula, met: Iterator[bool]) -> bool:
    if isinstance(formula, Test):
        return next(met)
    values = [_met(part, met) for part in formula.parts]
    return all(values) if isinstance(formula, AllTests) else any(values)


def count(
    formula: Formula, ballots: Ballots, movers: Mapping[str, Ballot], chances: Mapping[str, Fraction] | None = None
) -> Count:
    """Coalitions of `movers` (seat -> the ballot it changes to) after whose move the formula is met.

    `ballots` are complete; seats outside `movers` keep theirs.  With `chances` (seat -> probability that it moves, each
    on its own) the coalitions are weighed by how likely they are: the sizes then sum to the probability of passing.
    Raises UsageError beyond what can be counted exactly: more than 40 unlike seats, or two tests with unlike weights.
    """
    tests = formula.tests()
    columns = [dict(zip(test.seats, test.weights, strict=True)) for test in tests]
    free = tuple(movers)
    gains = tuple(
        tuple(
            test.points(weights[seat], movers[seat]) - test.points(weights[seat], ballots[seat])
            if seat in weights
            else 0
            for test, weights in zip(tests, columns, strict=True)
        )
        for seat in free
    )
    have = [
        sum(test.points(w, ballots[seat]) for seat, w in weights.items())
        for test, weights in zip(tests, columns, strict=True)
    ]
    missing = tuple(test.needed - points for test, points in zip(tests, have, strict=True))
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
        if not game.met([total >= need for total, need in zip(sums, game.missing, strict=True)]):
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
    seats, tests = len(game.free), len(game.tests)
    # Tests whose points do not differ between the halves' subsets of one size need no column of their own.
    keys = [tuple(gain[t] for gain in game.gains) for t in range(tests)]
    wide = sorted({key for key in keys if len({abs(points) for points in key if points}) > 2})
    if len(wide) > 2 or seats > 2 * HALF or (len(wide) == 2 and wide[0] != wide[1]):
        raise UsageError(f"{seats} unlike seats under {len(wide)} weighted tests are too many to count exactly")
    half = seats // 2
    low, high = _Side(game, range(half), keys, wide), _Side(game, range(half, seats), keys, wide)
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
    """Every subset of one half of the seats: its mask, size, narrow sums and wide sum."""

    def __init__(self, game: _Game, seats: range, keys: list[tuple[int, ...]], wide: list[tuple[int, ...]]) -> None:
        self.seats = list(seats)
        self.mask = np.arange(1 << len(self.seats), dtype=np.int64)
        self.size = _sums([1] * len(self.seats))
        self.narrow = {key: _sums([key[seat] for seat in self.seats]) for key in set(keys) - set(wide)}
        self.wide = _sums([wide[0][seat] for seat in self.seats]) if wide else np.zeros_like(self.mask)
        self.weight: Numbers = np.ones(len(self.mask), dtype=np.int64)
        if game.chances is not None:
            self.weight = np.ones(1)
            for seat in self.seats:
                chance = float(game.chances[seat])
                self.weight = np.concatenate([self.weight * (1 - chance), self.weight * chance])
        columns = [self.size, *(self.narrow[key] for key in sorted(self.narrow))]
        self.kinds, self.kind = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        self.kind = self.kind.reshape(-1)

    def matches(self, other: _Side, game: _Game, keys: list[tuple[int, ...]], wide: list[tuple[int, ...]]) -> Numbers:
        """For each subset of this half and each size: weight of the subsets of the other of that size that complete
        it."""
        result: Numbers = np.zeros((len(self.mask), len(other.seats) + 1), dtype=other.weight.dtype)
        order = sorted(self.narrow)
        # The needs of the tests that share the wide weights, ascending: reaching one reaches those before it.
        needs = sorted({need for key, need in zip(keys, game.missing, strict=True) if key in wide})
        pools, tails = [], []
        for number in range(len(other.kinds)):
            wides, weights = other.wide[other.kind == number], other.weight[other.kind == number]
            by_wide = np.argsort(wides, kind="stable")
            pools.append(wides[by_wide])
            # tails[i]: weight of everything from place i on
            tails.append(np.concatenate([np.cumsum(weights[by_wide][::-1])[::-1], [0]]))
        rows = [np.flatnonzero(self.kind == number) for number in range(len(self.kinds))]
        for mine, own in enumerate(self.kinds):
            for theirs, its in enumerate(other.kinds):
                total = {key: int(own[1 + at] + its[1 + at]) for at, key in enumerate(order)}

                def verdict(reached: int | None, total: dict[tuple[int, ...], int] = total) -> bool:
                    return game.met(
                        [
                            (reached is not None and need <= reached) if key in wide else total[key] >= need
                            for key, need in zip(keys, game.missing, strict=True)
                        ]
                    )

                size = int(its[0])
                if verdict(None):
                    result[rows[mine], size] += tails[theirs][0]
                    continue
                least = next((need for need in needs if verdict(need)), None)
                if least is not None:
                    short = least - self.wide[rows[mine]]
                    result[rows[mine], size] += tails[theirs][np.searchsorted(pools[theirs], short, side="left")]
        return result


def _sums(values: list[int]) -> Ints:
    """Sum of `values` over every subset, in order of its mask."""
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums
