"""Phases of a debate: times in which the network stays much the same, and the turns between them.

The networks of moving windows are compared with each other (`analysis.spectra`), windows alike are clustered into states, and
where the state changes the debate turns (Shimada, Hirata, Ikeguchi and Aihara, Scientific Reports 6, 34944, 2016; rDNA's
phaseTransitions).  Windows overlap, so that states always look smooth: whether a turn is more than chance is asked anew, of
the documents on either side of it, by a permutation test.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whipcount.analysis.coalitions import METHODS, Ground, modularity, numbered
from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, Selection, labels, onemode, places, select
from whipcount.analysis.spectra import distances, spectral_distance, spectrum
from whipcount.analysis.windows import later, smoothed, windows
from whipcount.errors import UsageError

CLUSTERINGS = ("single", "average", "complete", "ward", "pam", "eigenvector")
"""Ways of finding states, all tried; the best by modularity of likeness is kept."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of state.

    date      middle of the first window of the new state
    distance  between the networks of the documents in one window's width before and after that date
    p         share of permutations of these documents between the two sides with as large a distance (at least 1 in N + 1)
    documents number before and after;  statements  names of the statements on either side
    """

    date: datetime.datetime
    before: int
    after: int
    distance: float
    p: float
    documents: tuple[int, int]
    statements: tuple[tuple[object, ...], tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Phases:
    """States over time.

    times       middle of each window;  states  its state, numbered in order of appearance from 1
    modularity  how well the states part the windows, of the best method
    """

    method: str
    modularity: float
    times: tuple[datetime.datetime, ...]
    states: tuple[int, ...]
    turns: tuple[Turn, ...]
    distance: Matrix


def phases(
    events: Events,
    design: Design,
    unit: str,
    size: int,
    *,
    kernel: str | None = None,
    distance: str = "spectral",
    least: int = 2,
    most: int = 6,
    permutations: int = 199,
    seed: int = 1,
) -> Phases:
    """The phases of a design's one-mode network in windows of `size` units; UsageError if there are fewer than four windows.

    The number of states, `least` to `most`, is found by modularity.  The same seed gives the same result.
    """
    normalization = "average" if design.normalization == "no" else design.normalization
    design = replace(design, onemode=True, normalization=normalization, isolates=True)
    if design.aggregation == "ignore" and design.qualifier:
        design = replace(design, aggregation="subtract")
    series = list(
        smoothed(events, design, unit, size, kernel, indent=False) if kernel else windows(events, design, unit, size)
    )
    times = tuple(one.middle for one in series if one.middle is not None)
    if len(series) < 4:
        raise UsageError(f"{len(series)} windows of {size} {unit} fit into the range; make them smaller to see phases")
    apart = distances(series, distance, design.compat)
    method, best, states = _states(apart, least, most, seed)
    selection = select(events, design)
    turns = [
        _turn(selection, design, times[n], states[n - 1], states[n], unit, size, permutations, seed)
        for n in range(1, len(states))
        if states[n] != states[n - 1]
    ]
    return Phases(method, best, times, tuple(states), tuple(turns), apart)


def _states(apart: Matrix, least: int, most: int, seed: int) -> tuple[str, float, list[int]]:
    """The clustering of windows with the highest modularity in the network of likeness."""
    scale = apart.max()
    likeness = 1 - apart / scale if scale else np.ones_like(apart)
    np.fill_diagonal(likeness, 0.0)
    ground = Ground(likeness, apart, seed)
    best: tuple[float, str, NDArray[np.int64]] = (0.0, "none", np.zeros(len(apart), dtype=np.int64))
    for name in CLUSTERINGS:
        for number in range(least, min(most, len(apart) - 1) + 1):
            split = numbered(METHODS[name](ground, number))
            value = modularity(likeness, split)
            if value > best[0] + 1e-12:
                best = value, name, split
    order = list(dict.fromkeys(best[2].tolist()))
    return best[1], best[0], [order.index(n) + 1 for n in best[2].tolist()]


def _turn(
    selection: Selection, design: Design, date: datetime.datetime, before: int, after: int, unit: str, size: int,
    permutations: int, seed: int,
) -> Turn:  # fmt: skip
    time = pl.col("time")
    sides = [
        selection.kept.filter(time >= later(date, -size, unit), time < date),
        selection.kept.filter(time >= date, time <= later(date, size, unit)),
    ]
    documents = [side["document"].unique(maintain_order=True).to_list() for side in sides]
    # a document that tells of both times counts on either side
    number = [len(names) for names in documents]
    pool = replace(selection, kept=pl.concat(sides))
    rows, columns = labels(pool, replace(design, isolates=False))
    place = [
        {name: n + first for n, name in enumerate(names)}
        for names, first in zip(documents, (0, number[0]), strict=True)
    ]
    at = [where[name] for where, side in zip(place, sides, strict=True) for name in side["document"].to_list()]
    of_document = _by_document(pool, np.array(at, dtype=np.int64), sum(number), rows, columns)
    shape = (len(selection.levels) if selection.qualifier else 1, len(rows), len(columns))

    def apart(first: NDArray[np.bool_]) -> float:
        one, other = (
            spectrum(onemode(list((side.astype(float) @ of_document).reshape(shape)), selection, design), design.compat)
            for side in (first, ~first)
        )
        return spectral_distance(one, other, design.compat)

    before_it = np.arange(sum(number)) < number[0]
    observed = apart(before_it)
    random = np.random.default_rng(seed)
    as_large = sum(apart(random.permutation(before_it)) >= observed - 1e-12 for _ in range(permutations))
    said = [tuple(side["statement"].to_list()) for side in sides]
    return Turn(date, before, after, observed, (as_large + 1) / (permutations + 1),
                (number[0], number[1]), (said[0], said[1]))  # fmt: skip


def _by_document(
    selection: Selection, documents: NDArray[np.int64], number: int, rows: Sequence[str], columns: Sequence[str]
) -> Any:
    """Counts of statements, sparse: one row a document, one column a level, row and column of the network."""
    from scipy import sparse

    kept = selection.kept
    level = {value: n for n, value in enumerate(selection.levels)}
    names = kept[selection.qualifier].to_list() if selection.qualifier else []
    k = np.array([level[value] for value in names] or [0] * len(kept), dtype=np.int64)
    cell = (k * len(rows) + places(kept[selection.row], rows)) * len(columns) + places(kept[selection.column], columns)
    size = max(1, len(level) if selection.qualifier else 1) * len(rows) * len(columns)
    return sparse.csr_array((np.ones(len(cell)), (documents, cell)), shape=(number, size))
