"""Networks that move through time: windows of time units, and kernel smoothing around a moving midpoint."""

from __future__ import annotations

import datetime
import math
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from scipy import sparse

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, Network, Selection, build, labels, select
from whipcount.errors import UsageError

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400, "weeks": 604_800}
MONTHS = {"months": 1, "years": 12}
UNITS = (*SECONDS, *MONTHS)
KERNELS = ("uniform", "epanechnikov", "triangular", "gaussian")


def later(time: datetime.datetime, number: int, unit: str) -> datetime.datetime:
    """The time a number of units later; in a shorter month, its last day."""
    if unit in SECONDS:
        return time + datetime.timedelta(seconds=number * SECONDS[unit])
    month = time.month - 1 + number * MONTHS[unit]
    year, month = time.year + month // 12, month % 12 + 1
    return time.replace(year=year, month=month, day=min(time.day, monthrange(year, month)[1]))


def between(first: datetime.datetime, second: datetime.datetime, unit: str) -> int:
    """Whole units from the first time to the second, truncated towards zero."""
    if unit in SECONDS:
        return int((second - first).total_seconds() / SECONDS[unit])
    months = (second.year - first.year) * 12 + second.month - first.month
    rest = (second.day, second.time()) < (first.day, first.time())
    if months > 0 and rest:
        months -= 1
    elif months < 0 and (second.day, second.time()) > (first.day, first.time()):
        months += 1
    return int(months / MONTHS[unit])


def windows(events: Events, design: Design, unit: str, size: int) -> Iterator[Network]:
    """A network for each window that lies wholly inside the range, one unit after another.

    A window reaches round((size - 1) / 2) units to each side of its middle, both ends included.
    """
    selection = _checked(events, design, unit, size)
    times = selection.considered["time"]
    if not len(times):
        return
    first, last = _ends(selection, design)
    half = math.floor((size - 1) / 2 + 0.5)
    step = 0
    fixed = labels(selection, design) if design.isolates else None
    while True:
        middle = later(first, half + step, unit)
        start, stop = later(middle, -half, unit), later(middle, half, unit)
        if stop > last:
            return
        inside = selection.kept.filter((pl.col("time") >= start) & (pl.col("time") <= stop))
        part = replace(selection, kept=inside)
        rows, columns = fixed or labels(part, design)
        made = build(part, design, rows, columns)
        yield replace(made, start=start, stop=stop, middle=middle)
        step += 1


def _checked(events: Events, design: Design, unit: str, size: int) -> Selection:
    if unit not in UNITS:
        raise UsageError(f"no time unit {unit!r}; use {', '.join(UNITS)}")
    if size < 1:
        raise UsageError(f"window size {size} is too small; give 1 or more")
    return select(events, design)


def _ends(selection: Selection, design: Design) -> tuple[datetime.datetime, datetime.datetime]:
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
    events: Events, design: Design, unit: str, size: int, kernel: str, *, indent: bool = True
) -> Iterator[Network]:
    """A kernel-smoothed network at each midpoint, one unit after another; every statement of the range weighs in.

    Two-mode: sum of weights, signed by the qualifier.  One-mode: sum over pairs of the geometric mean of their weights times
    the similarity of their levels (Leifeld); any normalization is by average activity over the whole range.
    """
    if kernel not in KERNELS:
        raise UsageError(f"no kernel {kernel!r}; use {', '.join(KERNELS)}")
    selection = _checked(events, design, unit, size)
    if not len(selection.kept):
        return
    if design.compat:
        # DNA takes the place of an integer among its values sorted as text, not the integer: -1, -2, 0, 1, 2
        selection = replace(selection, levels=sorted(selection.levels, key=str))
    first, last = _ends(selection, design)
    width = size + size % 2
    rows, columns = labels(selection, design)
    frame = selection.kept
    i = np.array([rows.index(v) for v in frame[selection.row]])
    j = np.array([columns.index(v) for v in frame[selection.column]])
    place = {level: n for n, level in enumerate(selection.levels)}
    k = np.array([place[v] for v in frame[selection.qualifier]]) if selection.qualifier else np.zeros(len(frame), int)
    times = frame["time"].to_list()
    middle, end = (later(first, width // 2, unit), later(last, -(width // 2), unit)) if indent else (first, last)
    origin, step = middle, 0
    while middle <= end:
        start, stop = later(middle, -(width // 2), unit), later(middle, width // 2, unit)
        distance = np.array([2 * between(t, middle, unit) / width for t in times])
        inside = np.array([start <= t <= stop for t in times])
        weights = weight(kernel, distance, inside, design.compat)
        matrix = (_onemode if design.onemode else _twomode)(
            i, j, k, weights, (len(rows), len(columns)), selection, design
        )
        names = rows if design.onemode else columns
        yield Network(rows, names, matrix, start, stop, middle, int((weights > 0).sum()))
        step += 1
        middle = later(origin, step, unit)


def _twomode(i: np.ndarray, j: np.ndarray, k: np.ndarray, weights: np.ndarray, shape: tuple[int, int],
             selection: Selection, design: Design) -> Matrix:  # fmt: skip
    sign = np.ones(len(i))
    if design.aggregation == "subtract" and selection.kind == "boolean":
        sign = np.where(k == 1, 1.0, -1.0)
    elif design.aggregation == "subtract" and selection.kind == "integer":
        sign = k.astype(float) if design.compat else np.array(selection.levels, dtype=float)[k]
    return np.asarray(sparse.csr_array((weights * sign, (i, j)), shape=shape).todense(), dtype=np.float64)


def _onemode(i: np.ndarray, j: np.ndarray, k: np.ndarray, weights: np.ndarray, shape: tuple[int, int],
             selection: Selection, design: Design) -> Matrix:  # fmt: skip
    size = max(1, len(selection.levels))
    root = np.sqrt(weights)
    mass = [sparse.csr_array((root[k == n], (i[k == n], j[k == n])), shape=shape) for n in range(size)]
    spread = float(max(1, size - 1))
    if selection.kind in ("boolean", "integer"):
        values = (
            np.arange(size) if design.compat or selection.kind == "boolean" else np.array(selection.levels, dtype=float)
        )
        spread = float(values.max() - values.min()) or 1.0
        apart = np.abs(values[:, None] - values[None, :]) / spread
    else:
        apart = 1.0 - np.eye(size)
    kinds = {"ignore": np.ones((size, size)), "congruence": 1 - apart, "conflict": apart, "subtract": 1 - 2 * apart}
    similar = kinds[design.aggregation]
    matrix = np.zeros((shape[0], shape[0]))
    for n in range(size):
        for m in range(size):
            matrix += np.asarray((mass[n] @ mass[m].T).todense()) * similar[n, m]
    if design.normalization == "no":
        return matrix
    factor = np.zeros_like(matrix)
    for n in range(size):
        count = np.asarray(
            sparse.csr_array((np.ones(int((k == n).sum())), (i[k == n], j[k == n])), shape=shape).todense()
        )
        for column in range(shape[1]):
            pair = count[:, column][:, None] + count[:, column][None, :]
            factor += np.divide(2.0, pair, out=np.zeros_like(pair), where=pair > 0)
    return matrix * factor
