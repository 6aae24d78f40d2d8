"""Who stands with whom: ties between actors by their positions, the coalitions these ties make, and how firmly they hold.

On an option a position for it counts 1, one with conditions 1/2, one against it -1; whoever is undecided, divided or
silent takes no side.  Two actors agree on an option as much as the product of their values says, from -1 to 1; their tie
is the sum over all options.  Coalitions are the communities that make the modularity of the signed network greatest
(Gomez, Jensen and Arenas, Physical Review E 80, 016114, 2009):

    Q = sum over pairs in one community of [(P_ij - p_i p_j / p) - (N_ij - n_i n_j / n)] / (p + n)

with P and N the positive ties and the size of the negative ones, p_i and n_i their row sums and p and n their totals.  It
is found by moving single actors and joining communities as long as that helps, in the order of names, so that the same
positions always give the same coalitions.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.model import Position, Stance

SIDES = {Stance.SUPPORT: 1.0, Stance.CONDITIONAL: 0.5, Stance.OPPOSE: -1.0}
"""Stance -> which side it takes, and how firmly."""

Sides = dict[str, dict[str, float]]
"""Actor -> option -> side."""


@dataclass(frozen=True, slots=True)
class Tie:
    """What binds or parts two actors: their agreement summed over options, and those on which they agree and differ."""

    first: str
    second: str
    weight: float
    agree: tuple[str, ...]
    differ: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cohesion:
    """How far the members of a bloc take the same side.

    share   of all pairs of members on all options on which both take a side, those on the same side; None if there is none
    low, high   95 % of `share` when options are drawn anew from those at hand (percentile bootstrap);  pairs  how many
    """

    share: float | None
    low: float | None
    high: float | None
    pairs: int


def sides(positions: Iterable[Position]) -> Sides:
    """The side of every actor on every option on which it takes one."""
    found: Sides = {}
    for position in positions:
        if position.stance in SIDES:
            found.setdefault(position.actor, {})[position.option] = SIDES[position.stance]
    return found


def ties(taken: Sides) -> list[Tie]:
    """The ties between all actors who take sides on an option in common, by their names."""
    found = []
    for first, second in itertools.combinations(sorted(taken), 2):
        mine, theirs = taken[first], taken[second]
        products = {option: mine[option] * theirs[option] for option in mine if option in theirs}
        if products:
            agree = tuple(option for option, product in products.items() if product > 0)
            differ = tuple(option for option, product in products.items() if product < 0)
            found.append(Tie(first, second, sum(products.values()), agree, differ))
    return found


def coalitions(found: Sequence[Tie]) -> list[tuple[str, ...]]:
    """The communities of two actors or more, largest first, members by name."""
    actors = sorted({name for tie in found for name in (tie.first, tie.second)})
    place = {actor: i for i, actor in enumerate(actors)}
    matrix = np.zeros((len(actors), len(actors)))
    for tie in found:
        i, j = place[tie.first], place[tie.second]
        matrix[i, j] = matrix[j, i] = tie.weight
    labels = _communities(_gains(np.maximum(matrix, 0)) - _gains(np.maximum(-matrix, 0)))
    groups: dict[int, list[str]] = {}
    for actor, label in zip(actors, labels, strict=True):
        groups.setdefault(label, []).append(actor)
    return sorted((tuple(g) for g in groups.values() if len(g) > 1), key=lambda g: (-len(g), g))


def cohesion(taken: Sides, members: Collection[str], *, draws: int = 400, seed: int = 1) -> Cohesion:
    """How far `members` take the same side, with an interval."""
    counts = []
    inside = sorted(set(members) & taken.keys())
    for option in sorted({option for actor in inside for option in taken[actor]}):
        values = [taken[actor][option] for actor in inside if option in taken[actor]]
        yes, no = sum(v > 0 for v in values), sum(v < 0 for v in values)
        pairs = (yes + no) * (yes + no - 1) // 2
        if pairs:
            counts.append((yes * (yes - 1) // 2 + no * (no - 1) // 2, pairs))
    if not counts:
        return Cohesion(None, None, None, 0)
    table = np.array(counts, dtype=float)
    drawn = table[np.random.default_rng(seed).integers(0, len(table), (draws, len(table)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], (2.5, 97.5))
    same, pairs = table.sum(axis=0)
    return Cohesion(float(same / pairs), float(low), float(high), int(pairs))


def _gains(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    total = matrix.sum()
    rows = matrix.sum(axis=1)
    return matrix - np.outer(rows, rows) / total if total else matrix


def _communities(gains: NDArray[np.float64]) -> list[int]:
    """Labels that make the sum of gains within communities great: single moves, then joins, until neither helps."""
    number = len(gains)
    gains = gains - np.diag(np.diag(gains))
    labels = np.arange(number)
    while True:
        before = labels.copy()
        moved = True
        while moved:
            moved = False
            for i in range(number):
                to = np.bincount(labels, weights=gains[i], minlength=number)
                best = int(np.argmax(to))
                if to[best] > to[labels[i]] + 1e-9:
                    labels[i], moved = best, True
        member = np.eye(number)[labels]
        between = member.T @ gains @ member
        np.fill_diagonal(between, -np.inf)
        if number and between.max() > 1e-9:
            first, second = np.unravel_index(int(np.argmax(between)), between.shape)
            labels[labels == second] = first
        if (labels == before).all():
            return [int(label) for label in labels]
