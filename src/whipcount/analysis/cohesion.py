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
        part = _Period(i[inside], j[inside], x[inside], documents[inside], group, len(actors), len(concepts))
        one, samples = part.cohesion(weights, level)
        said = kept["statement"].gather(inside[group[i[inside]]])
        speaking = sorted({actors[n] for n in i[inside] if group[n]})
        worst = tuple((actors[a], actors[b], concepts[c], value) for a, b, c, value in part.worst(5))
        found.append(Cohesion(start, stop, *one, tuple(speaking), tuple(said.to_list()), worst))
        drawn.append(samples)
        middles.append((start + (stop - start) / 2).timestamp() / 31_556_952)
    if not any(one.members for one in found):
        raise UsageError("no member of the bloc makes a statement here; check the names with `whipcount network`")
    return found, _trend(found, drawn, np.array(middles), level)


class _Period:
    """The statements of one period, by actor, concept and document."""

    def __init__(
        self, i: NDArray[np.int32], j: NDArray[np.int32], x: NDArray[np.float64], documents: NDArray[np.int64],
        group: NDArray[np.bool_], actors: int, concepts: int,
    ) -> None:  # fmt: skip
        cells, self.cell = np.unique(i.astype(np.int64) * max(1, concepts) + j, return_inverse=True)
        self.x, self.documents, self.group = x, documents, group
        self.actor, self.concept = cells // max(1, concepts), cells % max(1, concepts)
        pairs = [
            (a, b)
            for concept in np.unique(self.concept)
            for at in [np.flatnonzero(self.concept == concept)]
            for n, a in enumerate(at)
            for b in at[n + 1 :]
            if group[self.actor[a]] or group[self.actor[b]]
        ]
        self.pairs = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        both = group[self.actor[self.pairs]] if pairs else np.zeros((0, 2), dtype=bool)
        self.inside: NDArray[np.bool_] = np.asarray(both.all(axis=1))

    def agreement(self, weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Agreement of each pair on each concept, one row a draw of documents; nan where one of them falls silent."""
        drawn = np.ones((1, len(self.x))) if weights is None else weights[:, self.documents]
        number, total = np.zeros((len(drawn), len(self.actor))), np.zeros((len(drawn), len(self.actor)))
        for n in range(len(self.x)):
            number[:, self.cell[n]] += drawn[:, n]
            total[:, self.cell[n]] += drawn[:, n] * self.x[n]
        mean = np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0)
        agree: NDArray[np.float64] = 1 - np.abs(mean[:, self.pairs[:, 0]] - mean[:, self.pairs[:, 1]])
        return agree

    def cohesion(
        self, weights: NDArray[np.float64], level: float
    ) -> tuple[tuple[Estimate, Estimate, Estimate], tuple[NDArray[np.float64], NDArray[np.float64]]]:
        """Within, between and contrast with intervals; and the draws of within and contrast."""
        once, drawn = self.agreement(), self.agreement(weights)
        sides = []
        for side in (self.inside, ~self.inside):
            value = _mean(once[:, side])[0]
            cells = set(self.pairs[side].ravel().tolist())
            articles = len({int(d) for d, c in zip(self.documents, self.cell, strict=True) if int(c) in cells})
            sides.append((value, _mean(drawn[:, side]), int(side.sum()), articles))
        estimates = [_estimate(value, draws, pairs, n, level) for value, draws, pairs, n in sides]
        (within, draws, _, _), (between, others, _, _) = sides
        contrast = _difference(within - between, draws - others, estimates[0], estimates[1], level)
        return (estimates[0], estimates[1], contrast), (draws, draws - others)

    def worst(self, number: int) -> list[tuple[int, int, int, float]]:
        """Pairs of members and concepts with the least agreement, if it is less than whole."""
        values = self.agreement()[0]
        order = [n for n in np.argsort(values, kind="stable") if self.inside[n] and values[n] < 1][:number]
        return [
            (int(self.actor[a]), int(self.actor[b]), int(self.concept[a]), float(values[n]))
            for n, (a, b) in ((n, self.pairs[n]) for n in order)
        ]


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of each row without what is nan; nan where there is nothing else."""
    number = (~np.isnan(values)).sum(axis=1)
    mean: NDArray[np.float64] = np.full(len(values), np.nan)
    np.divide(np.nansum(values, axis=1), number, out=mean, where=number > 0)
    return mean


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
