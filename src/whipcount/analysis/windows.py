"""Networks that move through time: windows of time units, and kernel smoothing around a moving midpoint."""

from __future__ import annotations

import datetime
import math
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, Network, Selection, build, labels, places, select
from whipcount.errors import UsageError

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
MONTHS = {"months": 1, "years": 12}
UNITS = (*SECONDS, *MONTHS, "events")
KERNELS = ("uniform", "epanechnikov", "triangular", "gaussian")


def later(time: datetime.datetime, number: int, unit: str) -> datetime.datetime:
    """The time a number of units later; in a shorter month, its last day."""
    if unit in SECONDS:
        return time + datetime.timedelta(seconds=number * SECONDS[unit])
    month = time.month - 1 + number * MONTHS[unit]
    year, month = time.year + month // 12, month % 12 + 1
    return time.replace(year=year, month=month, day=min(time.day, monthrange(year, month)[1]))


def between(times: pl.Series, middle: datetime.datetime, unit: str) -> np.ndarray:
    """Whole units from each time to the middle, truncated towards zero."""
    if unit in SECONDS:
        seconds = (pl.Series([middle]).cast(times.dtype) - times).dt.total_microseconds().to_numpy() / 1e6
        return np.trunc(seconds / SECONDS[unit])
    months = (middle.year * 12 + middle.month) - (times.dt.year().cast(pl.Int64) * 12 + times.dt.month()).to_numpy()
    into = (times - times.dt.truncate("1mo")).dt.total_microseconds().to_numpy()
    start_of_month = middle.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    own = (middle - start_of_month) // datetime.timedelta(microseconds=1)
    months = months - ((months > 0) & (own < into)) + ((months < 0) & (own > into))
    return np.trunc(months / MONTHS[unit])


def windows(events: Events, design: Design, unit: str, size: int) -> Iterator[Network]:
    """A network for each window that lies wholly inside the range, one unit after another.

    A window reaches round((size - 1) / 2) units to each side of its middle, both ends included.  With the unit `events`
    it holds floor(size / 2) statements to each side of the middle one; statements of one time are taken in the order
    in which they stand (DNA draws among them at random, so that its results differ from run to run).
    """
    selection = checked(events, design, unit, size)
    kept = selection.kept.sort("time", maintain_order=True)
    fixed = labels(selection, design) if design.isolates else None

    def slice_of(first: int, stop: int) -> Network:
        part = replace(selection, kept=kept[first:stop])
        return build(part, design, *(fixed or labels(part, design)))

    if unit == "events":
        times, half = kept["time"].to_list(), size // 2
        for at in range(half, len(times) - half):
            made = slice_of(at - half, at + half + 1)
            yield replace(made, start=times[at - half], stop=times[at + half], middle=times[at])
        return
    if not len(selection.considered):
        return
    first, last = _ends(selection)
    half = math.floor((size - 1) / 2 + 0.5)
    step = 0
    while True:
        middle = later(first, half + step, unit)
        start, stop = later(middle, -half, unit), later(middle, half, unit)
        if stop > last:
            return
        begin = kept["time"].search_sorted(start, side="left")
        yield replace(
            slice_of(begin, kept["time"].search_sorted(stop, side="right")), start=start, stop=stop, middle=middle
        )
        step += 1


def checked(events: Events, design: Design, unit: str, size: int) -> Selection:
    """The statements of a design; UsageError if a window of this unit and size makes no sense."""
    if unit not in UNITS:
        raise UsageError(f"no time unit {unit!r}; use {', '.join(UNITS)}")
    if size < 1:
        raise UsageError(f"window size {size} is too small; give 1 or more")
    return select(events, design)


def _ends(selection: Selection) -> tuple[datetime.datetime, datetime.datetime]:
    times = selection.kept["time"] if len(selection.kept) else selection.considered["time"]
    first, last = times.min(), times.max()
    assert isinstance(first, datetime.datetime) and isinstance(last, datetime.datetime)
    return first, last


def weight(kernel: str, distance: np.ndarray, inside: np.ndarray, compat: str | None) -> np.ndarray:
    """Weight at a distance before the middle, in half widths; 0 outside the window, but for the Gaussian.

    DNA's triangular kernel is |1 - d| and, before 3.1.2, its Epanechnikov 0.75 (1 - d)^2: the past weighs other than the
    future.  Without `compat` both are symmetric.
    """
    if kernel == "gaussian":
        return np.asarray(np.exp(-0.5 * distance**2) / math.sqrt(2 * math.pi))
    if kernel == "uniform":
        return np.where(inside, 0.5, 0.0)
    if kernel == "triangular":
        return np.where(inside, np.abs(1 - distance) if compat else 1 - np.abs(distance), 0.0)
    curve = 0.75 * (1 - distance) ** 2 if compat == "dna-3.0.11.5" else 0.75 * (1 - distance**2)
    return np.where(inside, curve, 0.0)


def smoothed(
    events: Events, design: Design, unit: str, size: int, kernel: str, *, indent: bool = True, alone: bool = False
) -> Iterator[Network]:
    """A kernel-smoothed network at each midpoint, one unit after another; every statement of the range weighs in.

    Two-mode: sum of weights, signed by the qualifier.  One-mode: sum over pairs of the geometric mean of their weights times
    the similarity of their levels (Leifeld); any normalization is by average activity over the whole range.  `indent` keeps
    the windows inside the range.  `alone` takes only the statements strictly inside each window, for labels and activity
    too, as DNA's polarization does.
    """
    if kernel not in KERNELS:
        raise UsageError(f"no kernel {kernel!r}; use {', '.join(KERNELS)}")
    if unit == "events":
        raise UsageError("kernels need a unit of time, not events; use for example --window months")
    selection = checked(events, design, unit, size)
    if not len(selection.kept):
        return
    if design.compat:
        # DNA takes the place of an integer among its values sorted as text, not the integer: -1, -2, 0, 1, 2
        selection = replace(selection, levels=sorted(selection.levels, key=str))
    first, last = _ends(selection)
    half = (size + 1) // 2
    middle, end = (later(first, half, unit), later(last, -half, unit)) if indent else (first, last)
    whole = None if alone else _Placed(selection, design)
    origin, step = middle, 0
    while middle <= end:
        start, stop = later(middle, -half, unit), later(middle, half, unit)
        if alone:
            start, stop = max(start, first), min(stop, last)
        inside = selection.kept["time"].is_between(start, stop, closed="none" if alone else "both")
        placed = whole or _Placed(replace(selection, kept=selection.kept.filter(inside)), design)
        distance = between(placed.times, middle, unit) / half
        weights = weight(kernel, distance, inside.to_numpy() if whole else np.ones(len(distance), bool), design.compat)
        matrix = placed.network(weights)
        yield Network(
            placed.rows,
            placed.rows if design.onemode else placed.columns,
            matrix,
            start,
            stop,
            middle,
            int((weights > 0).sum()),
            onemode=design.onemode,
        )
        step += 1
        middle = later(origin, step, unit)


class _Placed:
    """Statements by row, column and level, and what networks of any weights over them need."""

    def __init__(self, selection: Selection, design: Design) -> None:
        self.selection, self.design = selection, design
        self.rows, self.columns = labels(selection, design)
        frame = selection.kept
        self.times = frame["time"]
        self.shape = (len(self.rows), len(self.columns))
        self.i, self.j = places(frame[selection.row], self.rows), places(frame[selection.column], self.columns)
        place = {level: n for n, level in enumerate(selection.levels)}
        levels = [place[v] for v in frame[selection.qualifier].to_list()] if selection.qualifier else [0] * len(frame)
        self.k = np.array(levels, dtype=np.int64)
        self.factor = self._average() if design.onemode and design.normalization != "no" else 1.0

    def network(self, weights: np.ndarray) -> Matrix:
        """The network in which each statement has this weight."""
        if self.design.onemode:
            return self._onemode(weights) * self.factor
        return self._sum(self._signs() * weights, slice(None))

    def _sum(self, weights: np.ndarray, of: Any) -> Matrix:
        return np.asarray(sparse.csr_array((weights[of], (self.i[of], self.j[of])), shape=self.shape).toarray())

    def _signs(self) -> np.ndarray:
        kind, levels = self.selection.kind, self.selection.levels
        if self.design.aggregation == "subtract" and kind == "boolean":
            return np.where(self.k == 1, 1.0, -1.0)
        if self.design.aggregation == "subtract" and kind == "integer":
            return self.k.astype(float) if self.design.compat else np.array(levels, dtype=float)[self.k]
        return np.ones(len(self.k))

    def _onemode(self, weights: np.ndarray) -> Matrix:
        levels, kind = self.selection.levels, self.selection.kind
        size = max(1, len(levels))
        root = np.sqrt(weights)
        mass = [self._sum(root, self.k == n) for n in range(size)]
        if kind in ("boolean", "integer"):
            by_place = self.design.compat or kind == "boolean"
            values = np.arange(size, dtype=float) if by_place else np.array(levels, dtype=float)
            apart = np.abs(values[:, None] - values[None, :]) / (float(values.max() - values.min()) or 1.0)
        else:
            apart = 1.0 - np.eye(size)
        alike = {"ignore": 0 * apart + 1, "congruence": 1 - apart, "conflict": apart, "subtract": 1 - 2 * apart}
        similar = alike[self.design.aggregation]
        return sum(
            (mass[n] @ mass[m].T * similar[n, m] for n in range(size) for m in range(size) if similar[n, m]),
            np.zeros((self.shape[0], self.shape[0])),
        )

    def _average(self) -> Matrix:
        """What normalization multiplies a one-mode network by: sum of 2 / (n_ijk + n_ljk)."""
        factor = np.zeros((self.shape[0], self.shape[0]))
        for n in range(max(1, len(self.selection.levels))):
            count = self._sum(np.ones(len(self.k)), self.k == n)
            for column in count.T:
                pair = column[:, None] + column[None, :]
                factor += np.divide(2.0, pair, out=np.zeros_like(pair), where=pair > 0)
        return factor


def to_one(made: Network) -> Network:
    """The network divided by the sum of its cells, so that series of different sizes compare; as it is if that is 0."""
    total = float(made.matrix.sum())
    return replace(made, matrix=made.matrix / total) if total else made


def spans(times: pl.Series, unit: str | None, size: int = 1) -> Iterator[tuple[datetime.datetime, datetime.datetime]]:
    """Periods of `size` units on end from the first time to the last, both ends included; one for all without a unit.

    They begin with the calendar: months on the first, weeks on a Monday, years in January.
    """
    first, last = times.min(), times.max()
    if not isinstance(first, datetime.datetime) or not isinstance(last, datetime.datetime):
        return
    if unit is None:
        yield first, last
        return
    if unit == "events" or unit not in UNITS or size < 1:
        known = ", ".join(name for name in UNITS if name != "events")
        raise UsageError(f"no periods of {size} {unit}; use 1 or more of {known}")
    start = first.replace(microsecond=0)
    if unit not in ("seconds", "minutes", "hours"):
        start = start.replace(hour=0, minute=0, second=0)
    if unit == "weeks":
        start -= datetime.timedelta(days=start.weekday())
    if unit in MONTHS:
        start = start.replace(day=1, month=1 if unit == "years" else start.month)
    while start <= last:
        after = later(start, size, unit)
        yield start, after - datetime.timedelta(microseconds=1)
        start = after
