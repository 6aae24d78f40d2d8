"""Does a bloc hold together?  Agreement among its members against agreement with everybody else, over time.

Each actor has a mean side on each concept of a period, from 0 (lowest level of the qualifier) to 1 (highest).  Two actors
agree on a concept by 1 less the difference of their means.  Agreement within is the mean over all pairs of members and
concepts on which both speak; agreement between that over pairs of a member and an outsider.  A talkative actor thus counts
no more than a silent one.

Intervals are bootstrap percentiles over documents, because statements of one article do not vary on their own (Efron and
Tibshirani, An Introduction to the Bootstrap, 1993).  Few articles that happen to agree would have no spread at all, so an
interval is never narrower than Wilson's for as many documents as there are: a figure from six articles looks like one.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, java_order, places, select
from whipcount.analysis.windows import spans
from whipcount.errors import UsageError

Members = Collection[str] | Callable[[datetime.date], Collection[str]]
"""The members of a bloc: always the same, or by date."""


NOBODY = "no member of the bloc makes a statement here; check the names with `whipcount network`"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with an interval; all None where there is nothing to take it from.

    pairs      pairs of actors and concepts it is the mean of
    documents  documents that the statements behind it are from
    """

    value: float | None
    low: float | None
    high: float | None
    pairs: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True)
class Cohesion:
    """A bloc in one period.

    within, between  agreement, 0 to 1;  contrast  their difference: what membership goes along with
    members          those who spoke;  statements  names of all statements of members behind `within`
    worst            pairs of members and concepts with the least agreement: (one, other, concept, agreement)
    """

    start: datetime.datetime
    stop: datetime.datetime
    within: Estimate
    between: Estimate
    contrast: Estimate
    members: tuple[str, ...]
    statements: tuple[Any, ...]
    worst: tuple[tuple[str, str, str, float], ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """Change of agreement within the bloc, and of the contrast, a year; fraying when the whole interval is below 0."""

    within: Estimate
    contrast: Estimate


def cohesion(
    events: Events,
    design: Design,
    members: Members,
    *,
    unit: str | None = None,
    size: int = 1,
    replicates: int = 500,
    level: float = 0.95,
    seed: int = 1,
) -> tuple[list[Cohesion], Trend | None]:
    """Cohesion of a bloc over the whole range, or for one period of `size` units after another; and its trend.

    There is a trend from three periods on.  UsageError if the qualifier is not a number or yes and no, or if nobody of the
    bloc speaks.
    """
    design = replace(design, onemode=False, aggregation="ignore", normalization="no")
    selection = select(events, design)
    if selection.qualifier is None or selection.kind not in ("boolean", "integer"):
        raise UsageError("cohesion needs a qualifier that is a number or yes and no; use agreement or stance")
    kept = selection.kept.sort("time", maintain_order=True)
    if not len(kept):
        raise UsageError(NOBODY)
    actors = java_order(kept[selection.row].unique().cast(pl.String).to_list())
    concepts = java_order(kept[selection.column].unique().cast(pl.String).to_list())
    levels = selection.levels
    spread = float(max(levels) - min(levels)) if levels else 0.0
    names = kept["document"].unique(maintain_order=True)
    lookup = {name: n for n, name in enumerate(names.to_list())}
    documents = np.array([lookup[name] for name in kept["document"].to_list()], dtype=np.int64)
    i, j = places(kept[selection.row], actors), places(kept[selection.column], concepts)
    x = (kept[selection.qualifier].to_numpy().astype(float) - min(levels, default=0)) / (spread or 1.0)
    random = np.random.default_rng(seed)
    # the same documents are drawn for all periods, so that a trend has an interval too
    weights = random.multinomial(len(lookup), np.full(len(lookup), 1 / max(1, len(lookup))), replicates).astype(float)
    found, drawn, middles = [], [], []
    for start, stop in spans(kept["time"], unit, size):
        inside = np.flatnonzero(kept["time"].is_between(start, stop).to_numpy())
        belong = set(members((start + (stop - start) / 2).date()) if callable(members) else members)
        group = np.array([actor in belong for actor in actors])
        part = _Period(i[inside], j[inside], x[inside], documents[inside], group, len(concepts))
        one, samples = part.cohesion(weights, level)
        said = kept["statement"].gather(inside[group[i[inside]]])
        speaking = sorted({actors[n] for n in i[inside] if group[n]})
        worst = tuple((actors[a], actors[b], concepts[c], value) for a, b, c, value in part.worst(5))
        found.append(Cohesion(start, stop, *one, tuple(speaking), tuple(said.to_list()), worst))
        drawn.append(samples)
        middles.append((start + (stop - start) / 2).timestamp() / 31_556_952)
    if not any(one.members for one in found):
        raise UsageError(NOBODY)
    return found, _trend(found, drawn, np.array(middles), level)


class _Period:
    """The statements of one period as means of actors on concepts, drawn by documents."""

    def __init__(
        self, i: NDArray[np.int32], j: NDArray[np.int32], x: NDArray[np.float64], documents: NDArray[np.int64],
        group: NDArray[np.bool_], concepts: int,
    ) -> None:  # fmt: skip
        cells, self.cell = np.unique(i.astype(np.int64) * max(1, concepts) + j, return_inverse=True)
        self.x, self.documents = x, documents
        self.actor, self.concept = cells // max(1, concepts), cells % max(1, concepts)
        self.member = group[self.actor]
        self.concepts = [np.flatnonzero(self.concept == concept) for concept in np.unique(self.concept)]

    def means(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean of each actor on each concept, one row a draw of documents; nan where it falls silent."""
        from scipy import sparse

        shape = (weights.shape[1], len(self.actor))
        at = (self.documents, self.cell)
        number = (sparse.csr_array((np.ones(len(self.x)), at), shape=shape).T @ weights.T).T
        total = (sparse.csr_array((self.x, at), shape=shape).T @ weights.T).T
        mean: NDArray[np.float64] = np.full(total.shape, np.nan)
        np.divide(total, number, out=mean, where=number > 0)
        return mean

    def agreement(self, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean agreement of pairs within and between, one value a draw; nan where there is no pair."""
        mean, draws = self.means(weights), len(weights)
        gap, pairs = np.zeros((2, draws)), np.zeros((2, draws))
        for at in self.concepts:
            inside, outside = at[self.member[at]], at[~self.member[at]]
            (within, n), (others, m), (every, k) = (_gaps(mean[:, part]) for part in (inside, outside, at))
            gap += np.stack([within, every - within - others])
            pairs += np.stack([n, k - n - m])
        result: NDArray[np.float64] = np.full((2, draws), np.nan)
        np.divide(pairs - gap, pairs, out=result, where=pairs > 0)
        return result[0], result[1]

    def cohesion(
        self, weights: NDArray[np.float64], level: float
    ) -> tuple[tuple[Estimate, Estimate, Estimate], tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Within, between and contrast with intervals; and the draws of within and contrast."""
        once, drawn = self.agreement(np.ones((1, weights.shape[1]))), self.agreement(weights)
        pairs, cells = [0, 0], [np.zeros(len(self.actor), dtype=bool) for _ in range(2)]
        for at in self.concepts:
            inside = int(self.member[at].sum())
            number = inside * (inside - 1) // 2, inside * (len(at) - inside)
            for side in (0, 1):
                pairs[side] += number[side]
                cells[side][at[self.member[at]] if side == 0 else at] |= number[side] > 0
        articles = [len(np.unique(self.documents[held[self.cell]])) for held in cells]
        estimates = [_estimate(float(once[n][0]), drawn[n], pairs[n], articles[n], level) for n in (0, 1)]
        draws = drawn[0] - drawn[1]
        contrast = _difference(float(once[0][0] - once[1][0]), draws, estimates[0], estimates[1], level)
        return (estimates[0], estimates[1], contrast), (drawn[0], draws)

    def worst(self, number: int) -> list[tuple[int, int, int, float]]:
        """Pairs of members and concepts with the least agreement, if it is less than whole: actors, concept, agreement."""
        mean = self.means(np.ones((1, int(self.documents.max(initial=0)) + 1)))[0]
        found: list[tuple[float, int, int]] = []
        for at in self.concepts:
            inside = at[self.member[at]]
            a, b = np.triu_indices(len(inside), 1)
            agree = 1 - np.abs(mean[inside[a]] - mean[inside[b]])
            least = np.argsort(agree, kind="stable")[:number]
            found += [(float(agree[n]), int(inside[a[n]]), int(inside[b[n]])) for n in least if agree[n] < 1]
        return [
            (int(self.actor[a]), int(self.actor[b]), int(self.concept[a]), value)
            for value, a, b in sorted(found)[:number]
        ]


def _gaps(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of the differences of all pairs in each row, and their number; nan is nobody.

    Of sorted values the k-th of n adds 2 k - n + 1 times itself, so that no pair is looked at.
    """
    ordered = np.sort(values, axis=1)
    n = (~np.isnan(values)).sum(axis=1)
    factor = 2 * np.arange(values.shape[1])[None, :] - n[:, None] + 1
    return np.nansum(ordered * factor, axis=1), n * (n - 1) / 2


def wilson(share: float, number: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share among `number` (Journal of the American Statistical Association 22, 1927)."""
    from statistics import NormalDist

    if not number:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + level / 2)
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number) * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return max(0.0, middle - half), min(1.0, middle + half)


def _estimate(value: float, draws: NDArray[np.float64], pairs: int, documents: int, level: float) -> Estimate:
    if np.isnan(value):
        return Estimate(None, None, None)
    low, high = wilson(value, documents, level)
    inner = _percentiles(draws, level) or (low, high)
    return Estimate(float(value), min(low, inner[0]), max(high, inner[1]), pairs, documents)


def _difference(value: float, draws: NDArray[np.float64], one: Estimate, other: Estimate, level: float) -> Estimate:
    """A difference; its interval at least as wide as Newcombe's from the intervals of both sides (1998)."""
    if one.value is None or other.value is None:
        return Estimate(None, None, None)
    assert one.low is not None and one.high is not None and other.low is not None and other.high is not None
    low = value - math.hypot(one.value - one.low, other.high - other.value)
    high = value + math.hypot(one.high - one.value, other.value - other.low)
    inner = _percentiles(draws, level) or (low, high)
    documents = max(one.documents, other.documents)
    return Estimate(float(value), min(low, inner[0]), max(high, inner[1]), one.pairs + other.pairs, documents)


def _percentiles(draws: NDArray[np.float64], level: float) -> tuple[float, float] | None:
    draws = draws[~np.isnan(draws)]
    if len(draws) < 20:
        return None
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _trend(
    found: list[Cohesion], drawn: list[tuple[NDArray[np.float64], NDArray[np.float64]]], years: NDArray[np.float64],
    level: float,
) -> Trend | None:  # fmt: skip
    results = []
    for which, name in enumerate(("within", "contrast")):
        estimates: list[Estimate] = [getattr(one, name) for one in found]
        at = [n for n, one in enumerate(estimates) if one.value is not None]
        if len(at) < 3:
            results.append(Estimate(None, None, None))
            continue
        # a period counts by its documents
        weight = np.array([estimates[n].documents for n in at], dtype=float)
        slope = _slope(years[at], np.array([[estimates[n].value for n in at]], dtype=float), weight)[0]
        slopes = _slope(years[at], np.array([drawn[n][which] for n in at]).T, weight)
        interval = _percentiles(slopes, level) or (-math.inf, math.inf)
        number = int(weight.sum())
        results.append(Estimate(float(slope), interval[0], interval[1], len(at), number))
    return Trend(*results) if results[0].value is not None else None


def _slope(x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slope of the weighted line through each row of y; missing values are left out."""
    w = np.where(np.isnan(y), 0.0, weight)
    y = np.nan_to_num(y)
    total = w.sum(axis=1, keepdims=True)
    total[total == 0] = np.nan
    dx = x - (w * x).sum(axis=1, keepdims=True) / total
    spread = (w * dx * dx).sum(axis=1)
    slopes: NDArray[np.float64] = np.full(len(y), np.nan)
    np.divide((w * dx * y).sum(axis=1), spread, out=slopes, where=spread > 1e-12)
    return slopes


def estimates(found: Iterator[Cohesion] | list[Cohesion]) -> pl.DataFrame:
    """One row a period: start, stop, and value, low, high and documents of within, between and contrast."""
    rows = []
    for one in found:
        row: dict[str, Any] = {"start": one.start, "stop": one.stop, "members": list(one.members)}
        for name in ("within", "between", "contrast"):
            estimate: Estimate = getattr(one, name)
            row |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
            row |= {f"{name}_documents": estimate.documents}
        rows.append(row)
    return pl.DataFrame(rows)
