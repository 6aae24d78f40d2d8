"""The smallest sets of members whose change of ballot settles a question: all counted, those nearest to the record shown.

A set is the nearer to the record, the less its members would have to move in all (`Cast.distance`).  Among the sets of
the smallest size the nearest are found by trying, from the least total distance on, how many members of each distance
to take, and then which, leaving off wherever even the heaviest of the rest would not be enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from math import comb
from typing import Any

from whipcount.errors import UsageError
from whipcount.institutions.coalitions import count, reached
from whipcount.institutions.formula import Ballot, Ballots, Formula, met_by

SHOWN, TRIED = 5, 20_000


@dataclass(frozen=True, slots=True)
class Movers:
    """The smallest sets of seats whose change of ballot alone makes the outcome certain.

    size    seats in each set, None when no change of ballots does
    number  how many such sets there are, None if uncounted (then `size` is the least that was found)
    shown   the sets nearest to the record, nearest first
    """

    size: int | None
    number: int | None
    shown: tuple[tuple[str, ...], ...]

    def to_json(self) -> dict[str, Any]:
        """The sets as data."""
        return {"size": self.size, "number": self.number, "shown": [list(chosen) for chosen in self.shown]}


def movers(formula: Formula, start: Ballots, to: Ballot, distance: Mapping[str, int]) -> Movers:
    """The smallest sets of seats in `distance` that make the formula met (`to` yes) or unmet (`to` no) by saying `to`.

    start     complete ballots, those unknown at their worst for that end
    distance  seat that may move -> how far its saying `to` is from the record
    """
    passing = to is Ballot.YES
    if formula.met(start) is passing:
        return Movers(0, 1, ((),))
    names = sorted(distance, key=lambda seat: (distance[seat], seat))
    if formula.met({**start, **dict.fromkeys(names, to)}) is not passing:
        return Movers(None, 0, ())
    try:
        sizes = count(formula, start, dict.fromkeys(names, to)).sizes
    except UsageError:
        kept = _least(formula, start, to, names)
        return Movers(len(kept), None, (kept,))
    numbers = [found if passing else comb(len(names), size) - found for size, found in enumerate(sizes)]
    size = next(size for size, number in enumerate(numbers) if number)
    found = Movers(size, int(numbers[size]), ())
    nearest = tuple(islice(_nearest(_Race(formula, start, to, names), distance, size), SHOWN))
    return replace(found, shown=nearest)


def _least(formula: Formula, start: Ballots, to: Ballot, names: Sequence[str]) -> tuple[str, ...]:
    """A set from which nobody can be left out, the farthest left out first: not always the smallest there is."""
    kept = list(names)
    for name in reversed(names):
        without = [other for other in kept if other != name]
        if formula.met({**start, **dict.fromkeys(without, to)}) is (to is Ballot.YES):
            kept = without
    return tuple(kept)


class _Race:
    """The formula as points that each seat adds by moving, and that are still missing; to block, of its opposite."""

    def __init__(self, formula: Formula, start: Ballots, to: Ballot, names: Sequence[str]) -> None:
        self.names, self.formula, self.passing = list(names), formula, to is Ballot.YES
        sign = 1 if self.passing else -1
        gains, missing = reached(formula, start, dict.fromkeys(names, to))
        # to block, the points must fall below what is needed: one more than what is to spare
        self.missing = [sign * need + (sign < 0) for need in missing]
        self.gains = {name: tuple(sign * points for points in gain) for name, gain in gains.items()}

    def won(self, gained: Sequence[int]) -> bool:
        """Whether so many points on each test are enough."""
        # to block, a test whose points are reached is one that is missed
        tests = ((g >= m) is self.passing for g, m in zip(gained, self.missing, strict=True))
        return bool(met_by(self.formula, tests)) is self.passing


def _nearest(race: _Race, distance: Mapping[str, int], size: int) -> Iterator[tuple[str, ...]]:
    """Sets of `size` that do it, by total distance; after many tries without one, one set of the heaviest."""
    classes = {far: [name for name in race.names if distance[name] == far] for far in sorted(set(distance.values()))}
    every = product(*(range(min(len(names), size) + 1) for names in classes.values()))
    shares = sorted(
        (share for share in every if sum(share) == size),
        key=lambda share: (sum(far * n for far, n in zip(classes, share, strict=True)), [-n for n in share]),
    )
    tries, found = [TRIED], False
    for share in shares:
        for chosen in _chosen(race, list(classes.values()), share, tries):
            found = True
            yield chosen
        if tries[0] <= 0:
            break
    heaviest = tuple(sorted(race.names, key=lambda name: race.gains[name], reverse=True)[:size])
    if not found and race.won([sum(race.gains[name][t] for name in heaviest) for t in range(len(race.missing))]):
        yield heaviest


def _chosen(race: _Race, classes: list[list[str]], share: Sequence[int], tries: list[int]) -> Iterator[tuple[str, ...]]:
    """The sets with so many of each class that do it, in the order of the classes and names."""
    tests = range(len(race.missing))

    def bound(at: int, first: int, left: int) -> list[int]:
        """The most points that what is still to be taken can bring to each test."""
        most = [0] * len(race.missing)
        for index in range(at, len(classes)):
            names, number = (classes[index][first:], left) if index == at else (classes[index], share[index])
            for test in tests if number else ():
                most[test] += sum(sorted((race.gains[name][test] for name in names), reverse=True)[:number])
        return most

    def walk(
        at: int, first: int, left: int, taken: tuple[str, ...], gained: tuple[int, ...]
    ) -> Iterator[tuple[str, ...]]:
        tries[0] -= 1
        if tries[0] <= 0 or not race.won([g + b for g, b in zip(gained, bound(at, first, left), strict=True)]):
            return
        while at < len(classes) and not left:
            at, first = at + 1, 0
            left = share[at] if at < len(classes) else 0
        if at == len(classes):
            yield taken
            return
        for index in range(first, len(classes[at]) - left + 1):
            name = classes[at][index]
            more = tuple(g + p for g, p in zip(gained, race.gains[name], strict=True))
            yield from walk(at, index + 1, left - 1, (*taken, name), more)

    yield from walk(0, 0, share[0], (), (0,) * len(race.missing))
