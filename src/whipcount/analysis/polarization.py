"""How far a debate falls apart into blocs that agree inside and conflict with each other.

Two measures of a split of the actors, both on the congruence network C and the conflict network D:

signed   Q = sum over pairs within blocs of (C_ij - c_i c_j / 2c) - (D_ij - d_i d_j / 2d), divided by 2c + 2d, where c_i
         and d_i are row sums and 2c and 2d their totals: modularity of signed networks (Gomez, Jensen and Arenas,
         Physical Review E 80, 016114, 2009).  0 for a single bloc, at most 1.  Blocs may be of any size, so that a
         minority of two is found.
absdiff  DNA's: how much more congruence lies within blocs, and conflict between them, than if both were spread evenly.  It
         rises with lopsided splits, so DNA allows only blocs that differ in size by one at most; a minority bloc cannot
         be represented.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, Network, network
from whipcount.analysis.windows import smoothed, windows
from whipcount.errors import UsageError

MEASURES = ("signed", "absdiff")
EXHAUSTIVE = 20_000
"""Splits up to which all are tried, so that the result is the optimum."""


@dataclass(frozen=True, slots=True)
class Polarization:
    """The most polarized split found.

    score    the measure;  exact  whether all splits were tried
    actors   labels;  blocs  the number of each one's bloc, 0 for the largest
    """

    measure: str
    score: float
    actors: tuple[str, ...]
    blocs: tuple[int, ...]
    exact: bool
    network: Network

    def members(self) -> list[list[str]]:
        """The blocs, largest first."""
        return [
            [actor for actor, bloc in zip(self.actors, self.blocs, strict=True) if bloc == number]
            for number in range(max(self.blocs, default=-1) + 1)
        ]


def absdiff(congruence: Matrix, conflict: Matrix, blocs: Sequence[int], *, normalize: bool = True) -> float:
    """DNA's score of a split: distance from congruence and conflict spread evenly within and between blocs, halved.

    With n_c actors in bloc c, W = sum of n_c (n_c - 1) and B = n (n - 1) - W, what is expected of a pair within c is
    n_c (n_c - 1) / W of the mean congruence within, and of a pair between a and b n_a n_b / B of the mean conflict between.
    Normalized, the score is divided by the total of both networks.
    """
    membership = np.asarray(blocs)
    sizes = np.bincount(membership)[membership].astype(float)
    together = membership[:, None] == membership[None, :]
    inside = together & ~np.eye(len(membership), dtype=bool)
    within, between = float(inside.sum()), float((~together).sum())
    expected = np.zeros_like(congruence)
    if within:
        expected += inside * (sizes * (sizes - 1))[:, None] / within**2 * np.abs(congruence).sum()
    if between:
        expected += ~together * np.outer(sizes, sizes) / between**2 * np.abs(conflict).sum()
    wanted, unwanted = np.where(together, congruence, conflict), np.where(together, conflict, congruence)
    score = (np.abs(wanted - expected) + np.abs(unwanted))[inside | ~together].sum() / 2
    total = np.abs(congruence).sum() + np.abs(conflict).sum()
    return float(score / total if normalize and total else score)


def signed(congruence: Matrix, conflict: Matrix, blocs: Sequence[int]) -> float:
    """Modularity of a split of a signed network; 0 where there are no ties."""
    membership = np.asarray(blocs)
    surplus, total = _surplus(congruence, conflict)
    together = membership[:, None] == membership[None, :]
    return float(surplus[together].sum() / total) if total else 0.0


def _surplus(congruence: Matrix, conflict: Matrix) -> tuple[Matrix, float]:
    """What each pair adds when it is in one bloc, and what the sum is divided by."""
    parts = []
    for matrix in (congruence, conflict):
        total = matrix.sum()
        rows = matrix.sum(axis=1)
        parts.append(matrix - np.outer(rows, rows) / total if total else matrix)
    return parts[0] - parts[1], float(congruence.sum() + conflict.sum())


def polarization(
    events: Events,
    design: Design,
    *,
    measure: str = "signed",
    blocs: int = 2,
    normalize: bool = True,
    restarts: int = 20,
    seed: int = 1,
) -> Polarization:
    """The most polarized split of a design's actors into `blocs` (for `signed`, at most so many).

    The networks are one-mode congruence and conflict, normalized as the design says, by `average` if it says nothing.  Up
    to `EXHAUSTIVE` splits all are tried; beyond that, moves and swaps of actors from `restarts` random splits are made as
    long as they raise the score.  The same seed gives the same result.
    """
    congruence, conflict = (network(events, variant) for variant in _variants(design))
    return split(congruence, conflict, measure, blocs, normalize=normalize, restarts=restarts, seed=seed)


def _variants(design: Design) -> list[Design]:
    normalization = "average" if design.normalization == "no" else design.normalization
    return [
        replace(design, onemode=True, aggregation=aggregation, normalization=normalization)
        for aggregation in ("congruence", "conflict")
    ]


def over_time(
    events: Events, design: Design, unit: str, size: int, *, kernel: str | None = None, indent: bool = True,
    measure: str = "signed", blocs: int = 2, normalize: bool = True, restarts: int = 20, seed: int = 1,
) -> Iterator[Polarization]:  # fmt: skip
    """The polarization of each window, or around each midpoint with a kernel.

    DNA takes the subtract network for both congruence and conflict here, and for kernels other than the Gaussian only
    the statements strictly inside each window; with `compat` so does this.
    """
    variants = _variants(design)
    if design.compat:
        variants = [replace(variants[0], aggregation="subtract")] * 2
    pairs = []
    for variant in variants:
        if not kernel:
            pairs.append(windows(events, variant, unit, size))
        elif design.compat and kernel != "gaussian":
            pairs.append(smoothed(events, variant, unit, size, kernel, indent=indent, alone=True))
        else:
            pairs.append(smoothed(events, variant, unit, size, kernel, indent=indent))
    for congruence, conflict in zip(*pairs, strict=True):
        for one in (congruence, conflict):
            np.fill_diagonal(one.matrix, 0.0)
        yield split(congruence, conflict, measure, blocs, normalize=normalize, restarts=restarts, seed=seed)


def split(
    congruence: Network, conflict: Network, measure: str = "signed", blocs: int = 2, *, normalize: bool = True,
    restarts: int = 20, seed: int = 1,
) -> Polarization:  # fmt: skip
    """The most polarized split of two one-mode networks of the same actors; see `polarization`."""
    if measure not in MEASURES:
        raise UsageError(f"no measure {measure!r} of polarization; use {', '.join(MEASURES)}")
    if blocs < 2:
        raise UsageError(f"{blocs} blocs are no split; give 2 or more")
    size = len(congruence.rows)
    if size < 2:
        return Polarization(measure, 0.0, tuple(congruence.rows), (0,) * size, True, congruence)
    blocs = min(blocs, size)
    surplus, total = _surplus(congruence.matrix, conflict.matrix)
    if measure == "signed":

        def score(membership: NDArray[np.int64]) -> float:
            return float(surplus[membership[:, None] == membership[None, :]].sum() / total) if total else 0.0
    else:

        def score(membership: NDArray[np.int64]) -> float:
            return absdiff(congruence.matrix, conflict.matrix, membership.tolist(), normalize=normalize)

    balanced = measure == "absdiff"
    number = math.factorial(size) if balanced and blocs > 2 else math.comb(size, size // 2) if balanced else blocs**size
    exact = number <= EXHAUSTIVE
    if exact:
        every = (
            _balanced(size, blocs) if balanced else ((0, *m) for m in itertools.product(range(blocs), repeat=size - 1))
        )
        splits = [np.array(membership) for membership in every]
    else:
        random = np.random.default_rng(seed)
        starts = [random.permutation(np.arange(size) % blocs) for _ in range(restarts)]
        splits = [_swapped(score, one) if balanced else _moved(surplus, one, blocs) for one in starts]
    best = max(splits, key=lambda membership: (round(score(membership), 12), tuple(-membership)))
    return Polarization(measure, score(best), tuple(congruence.rows), _by_size(best), exact, congruence)


def _balanced(size: int, blocs: int) -> Iterator[tuple[int, ...]]:
    """All splits into blocs that differ in size by one at most."""
    if blocs == 2:
        for chosen in itertools.combinations(range(size), size // 2):
            membership = [0] * size
            for n in chosen:
                membership[n] = 1
            yield tuple(membership)
    else:
        yield from set(itertools.permutations([n % blocs for n in range(size)]))


def _swapped(score: Callable[[NDArray[np.int64]], float], membership: NDArray[np.int64]) -> NDArray[np.int64]:
    """Actors of two blocs change places as long as that raises the score."""
    now, better = score(membership), True
    while better:
        better = False
        for a, b in itertools.combinations(range(len(membership)), 2):
            if membership[a] == membership[b]:
                continue
            membership[[a, b]] = membership[[b, a]]
            other = score(membership)
            if other > now + 1e-12:
                now, better = other, True
            else:
                membership[[a, b]] = membership[[b, a]]
    return membership


def _moved(surplus: Matrix, membership: NDArray[np.int64], blocs: int) -> NDArray[np.int64]:
    """The actor that gains most by it changes its bloc, as long as one gains; then two change places, if that helps more."""
    everybody = np.arange(len(membership))
    own = surplus.diagonal()
    while True:
        with_bloc = surplus @ np.eye(blocs)[membership]
        here = with_bloc[everybody, membership]
        gain = with_bloc - (here - own)[:, None]
        gain[everybody, membership] = 0.0
        actor, bloc = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[actor, bloc] > 1e-12:
            membership[actor] = bloc
            continue
        # each would gain or lose alone; together they do not meet in the bloc that the other leaves
        there = gain[:, membership]
        both = there + there.T - 2 * surplus
        both[membership[:, None] == membership[None, :]] = 0.0
        one, other = np.unravel_index(int(both.argmax()), both.shape)
        if both[one, other] <= 1e-12:
            return membership
        membership[[one, other]] = membership[[other, one]]


def _by_size(membership: NDArray[np.int64]) -> tuple[int, ...]:
    """Blocs numbered from the largest, of equal ones that with the first actor first."""
    values = membership.tolist()
    order = sorted(set(values), key=lambda bloc: (-values.count(bloc), values.index(bloc)))
    return tuple(order.index(bloc) for bloc in values)
