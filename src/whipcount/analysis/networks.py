"""Discourse networks: who is tied to what, and who to whom, through statements.

The formulas are those of Leifeld's Discourse Network Analyzer, A being the number of statements by (row, column, level of
the qualifier).  With `compat` DNA's results are reproduced, its defects included; without it the result is what the
documentation says:

- duplicates by month or week take the year into account (DNA joins January 2022 and January 2023);
- `cosine` is a cosine similarity (DNA divides by the product of the activity totals, here `dna-cosine`);
- two-mode `combine` with `prominence` divides each column by its filled cells (DNA fails).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whipcount.analysis.events import Events
from whipcount.errors import UsageError

AGGREGATIONS = ("ignore", "combine", "subtract", "congruence", "conflict")
NORMALIZATIONS = ("no", "activity", "prominence", "average", "jaccard", "cosine", "dna-cosine")
DUPLICATES = ("include", "document", "week", "month", "year", "acrossrange")
COMPATIBLE = ("dna-3.1.2", "dna-3.0.11.5")

Matrix = NDArray[np.float64]
Levels = list[Any]
"""Counts of statements, one matrix a level of the qualifier: numpy arrays, or scipy's sparse ones for large networks."""

DENSE = 20_000_000
"""Cells up to which a matrix of counts is dense."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Values of one variable or document field to leave out; `inverted` keeps only them."""

    variable: str
    values: frozenset[str]
    inverted: bool = False
    of_document: bool = False


@dataclass(frozen=True, slots=True)
class Design:
    """What network to make.  UsageError for settings that do not exist or do not go together."""

    onemode: bool
    rows: str = "organization"
    columns: str = "concept"
    qualifier: str | None = "agreement"
    aggregation: str = "ignore"
    normalization: str = "no"
    duplicates: str = "include"
    start: datetime.datetime | None = None
    stop: datetime.datetime | None = None
    isolates: bool = False
    exclusions: tuple[Exclusion, ...] = ()
    rows_of_document: bool = False
    columns_of_document: bool = False
    qualifier_of_document: bool = False
    compat: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for value, known, name in (
            (self.aggregation, AGGREGATIONS, "aggregation"),
            (self.normalization, NORMALIZATIONS, "normalization"),
            (self.duplicates, DUPLICATES, "duplicates"),
            (self.compat, (None, *COMPATIBLE), "compat"),
        ):
            if value not in known:
                raise UsageError(f"no {name} {value!r}; use {', '.join(str(k) for k in known if k)}")
        if self.onemode and self.aggregation == "combine":
            raise UsageError("a one-mode network cannot combine; use ignore, subtract, congruence or conflict")
        if not self.onemode and self.aggregation in ("congruence", "conflict"):
            raise UsageError("a two-mode network has no congruence or conflict; use ignore, combine or subtract")
        wrong = ("activity", "prominence") if self.onemode else ("average", "jaccard", "cosine", "dna-cosine")
        if self.normalization in wrong:
            raise UsageError(
                f"normalization {self.normalization} is not for {'one' if self.onemode else 'two'}-mode networks"
            )

    def needs(self) -> set[str]:
        """The variables and document fields that the network is made from; `id` where documents must be told apart."""
        names = {self.rows, self.columns, *(exclusion.variable for exclusion in self.exclusions)}
        names |= {self.qualifier} if self.qualifier else set()
        return names | ({"id"} if self.duplicates == "document" else set())


@dataclass(frozen=True, slots=True)
class Network:
    """A matrix with the labels of its rows and columns, the span of time it stands for, and the statements in it.

    activity  number of statements of each row and of each column (of a one-mode network: of what ties the rows)
    """

    rows: list[str]
    columns: list[str]
    matrix: Matrix
    start: datetime.datetime | None = None
    stop: datetime.datetime | None = None
    middle: datetime.datetime | None = None
    statements: int = 0
    onemode: bool = False
    activity: tuple[list[int], list[int]] | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values, as `whipcount network --json` writes them."""
        result: dict[str, Any] = {"rows": self.rows, "columns": self.columns, "matrix": self.matrix.tolist()}
        for name, value in (("start", self.start), ("stop", self.stop), ("datetime", self.middle)):
            if value is not None:
                result[name] = value.isoformat()
        return {**result, "statements": self.statements}


@dataclass(frozen=True, slots=True)
class Selection:
    """Statements that a design keeps, and what it takes its labels and levels from."""

    kept: pl.DataFrame
    considered: pl.DataFrame
    row: str
    column: str
    qualifier: str | None
    levels: list[Any]
    kind: str


def java_order(labels: Sequence[str]) -> list[str]:
    """Labels without the empty one, in the order of their UTF-16 code units, as DNA sorts them."""
    return sorted({label for label in labels if label}, key=lambda label: label.encode("utf-16-be"))


def select(events: Events, design: Design) -> Selection:
    """Filter in DNA's order: dates and document fields, values, empty labels, duplicates."""
    try:
        row = events.column(design.rows, of_document=design.rows_of_document)
        column = events.column(design.columns, of_document=design.columns_of_document)
        qualifier = (
            events.column(design.qualifier, of_document=design.qualifier_of_document) if design.qualifier else None
        )
    except KeyError as error:
        raise UsageError(f"no variable {error.args[0]!r}; there are {', '.join(events.kinds)}") from None
    frame = events.frame
    spans = [pl.col("time") >= design.start] if design.start else []
    spans += [pl.col("time") <= design.stop] if design.stop else []
    spans += [_outside(f"document:{e.variable}", e) for e in design.exclusions if e.of_document]
    considered = frame.filter(spans) if spans else frame
    kind = "document" if qualifier and qualifier.startswith("document:") else events.kinds.get(qualifier or "", "none")
    inside = [_outside(events.column(e.variable), e) for e in design.exclusions if not e.of_document]
    text = [name for name in (row, column) if not considered[name].dtype.is_numeric()]
    if qualifier:
        inside.append(pl.col(qualifier).is_not_null())
        text += [qualifier] if kind in ("short text", "document") and design.aggregation != "ignore" else []
    inside += [pl.col(name) != "" for name in text]
    # only what is looked at later is carried along
    carried = dict.fromkeys(["statement", "document", "time", row, column, *([qualifier] if qualifier else [])])
    frame = considered.lazy().filter(inside).select(list(carried)).collect()
    kept = _without_duplicates(
        frame, design, [row, column, *([qualifier] if qualifier and design.aggregation != "ignore" else [])]
    )
    levels: list[Any] = []
    if qualifier:
        if kind == "boolean":
            levels = [0, 1]
        else:
            source = kept if kind == "document" else considered
            empty = () if design.aggregation == "ignore" else ("", None)
            levels = [v for v in source[qualifier].unique().to_list() if v not in empty]
            levels = (
                sorted(levels, key=lambda v: v.encode("utf-16-be"))
                if kind in ("short text", "document")
                else sorted(levels)
            )
    return Selection(kept, considered, row, column, qualifier, levels, kind)


def _outside(column: str, exclusion: Exclusion) -> pl.Expr:
    inside = pl.col(column).cast(pl.String).is_in(list(exclusion.values))
    return inside if exclusion.inverted else ~inside


def _without_duplicates(frame: pl.DataFrame, design: Design, keys: list[str]) -> pl.DataFrame:
    """The first statement in time of each key within the scope; linear in the number of statements."""
    if design.duplicates == "include":
        return frame
    time = pl.col("time")
    scopes: dict[str, list[pl.Expr]] = {
        "document": [pl.col("document")],
        "week": [time.dt.week()] if design.compat else [time.dt.iso_year(), time.dt.week().alias("week")],
        "month": [time.dt.month()] if design.compat else [time.dt.year(), time.dt.month().alias("month")],
        "year": [time.dt.year()],
        "acrossrange": [],
    }
    scope = [expression.alias(f"scope {n}") for n, expression in enumerate(scopes[design.duplicates])]
    names = [f"scope {n}" for n in range(len(scope))]
    ordered = frame.sort("time", maintain_order=True).with_columns(scope)
    return ordered.unique([*keys, *names], keep="first", maintain_order=True).drop(names)


def counts(selection: Selection, rows: Sequence[str], columns: Sequence[str]) -> Levels:
    """A: one matrix (rows x columns) of statement counts per level; a single one without a qualifier.

    Dense as long as that takes no more room than the statements themselves may, else sparse.
    """
    shape = (len(rows), len(columns))
    kept = selection.kept
    i, j = places(kept[selection.row], rows), places(kept[selection.column], columns)
    if selection.qualifier is None:
        k, size = np.zeros(len(i), dtype=np.int32), 1
    else:
        k, size = _levels(kept[selection.qualifier], selection.levels), len(selection.levels)
        if (k < 0).any():
            i, j, k = i[k >= 0], j[k >= 0], k[k >= 0]
    if shape[0] * shape[1] > DENSE:
        from scipy import sparse

        return [
            sparse.csr_array((np.ones(int((k == n).sum())), (i[k == n], j[k == n])), shape=shape) for n in range(size)
        ]
    number = size * shape[0] * shape[1]
    every = np.bincount((k * shape[0] + i) * shape[1] + j, minlength=number)[:number]
    return list(every.reshape(size, *shape).astype(np.float64))


def _levels(values: pl.Series, levels: Sequence[Any]) -> NDArray[np.int32]:
    """Index of each value among the levels; -1 for a value that is none."""
    if not values.dtype.is_numeric():
        return places(values, levels)
    if levels == [0, 1] and values.min() in (0, 1) and values.max() in (0, 1):
        return values.to_numpy().astype(np.int32)
    order = np.argsort(np.array(levels))
    given, held = np.array(levels)[order], values.to_numpy()
    at = np.searchsorted(given, held).clip(max=len(given) - 1)
    found: NDArray[np.int32] = np.where(given[at] == held, order[at], -1).astype(np.int32)
    return found


def places(values: pl.Series, names: Sequence[str]) -> NDArray[np.int32]:
    """Index of each value among the names."""
    if not len(values):
        return np.zeros(0, dtype=np.int32)
    if values.dtype not in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String).cast(pl.Enum(names))
    known, place = values.unique(), {name: n for n, name in enumerate(names)}
    codes = values.to_physical().to_numpy()
    lookup = np.zeros(int(codes.max()) + 1, dtype=np.int32)
    lookup[known.to_physical().to_numpy()] = [place[name] for name in known.cast(pl.String).to_list()]
    found: NDArray[np.int32] = lookup[codes]
    return found


def labels(selection: Selection, design: Design) -> tuple[list[str], list[str]]:
    """Row and column labels: of the statements kept, or with isolates of all that were considered."""
    frame = selection.considered if design.isolates else selection.kept
    rows, columns = (
        java_order(frame[name].unique().cast(pl.String).to_list()) for name in (selection.row, selection.column)
    )
    return rows, columns


def network(events: Events, design: Design) -> Network:
    """The network of a design over all its statements."""
    selection = select(events, design)
    return build(selection, design, *labels(selection, design))


def build(selection: Selection, design: Design, rows: list[str], columns: list[str]) -> Network:
    """The matrix of the statements kept, for the given labels."""
    levels = counts(selection, rows, columns)
    if not levels:
        levels = [np.zeros((len(rows), len(columns)))]
    matrix = onemode(levels, selection, design) if design.onemode else _twomode(levels, selection, design)
    times = selection.kept["time"] if len(selection.kept) else selection.considered["time"]
    first, last = (times.min(), times.max()) if len(times) else (None, None)
    total = _total(levels)
    activity = [[int(n) for n in np.asarray(total.sum(axis=axis)).ravel()] for axis in (1, 0)]
    return Network(
        rows,
        rows if design.onemode else columns,
        matrix,
        first,  # type: ignore[arg-type]
        last,  # type: ignore[arg-type]
        statements=len(selection.kept),
        onemode=design.onemode,
        activity=(activity[0], activity[1]),
    )


def full(matrix: Any) -> Matrix:
    """The matrix as a dense array of its own."""
    return np.asarray(matrix if isinstance(matrix, np.ndarray) else matrix.todense(), dtype=np.float64)


def _total(levels: Levels) -> Any:
    total = levels[0]
    for level in levels[1:]:
        total = total + level
    return total


def _twomode(levels: Levels, selection: Selection, design: Design) -> Matrix:
    total = full(_total(levels))
    if design.aggregation == "combine":
        size = len(levels)
        matrix = np.asarray(
            sum(((full(level) > 0) * 2.0 ** (size - 1 - n) for n, level in enumerate(levels)), 0 * total),
            dtype=np.float64,
        )
    elif design.aggregation == "subtract" and selection.kind == "boolean":
        matrix = full(levels[1] - levels[0])
    elif design.aggregation == "subtract" and selection.kind == "integer":
        matrix = sum((full(level) * float(v) for v, level in zip(selection.levels, levels, strict=True)), 0 * total)
    else:
        matrix = total
    if design.normalization in ("activity", "prominence"):
        axis = 1 if design.normalization == "activity" else 0
        filled = (matrix > 0).astype(np.float64)
        base: Matrix = {"ignore": matrix, "subtract": total}.get(design.aggregation, filled)
        matrix = divided(matrix, base.sum(axis=axis, keepdims=True))
    return matrix


def divided(matrix: Matrix, by: Matrix) -> Matrix:
    """The quotient, 0 where the divisor is 0."""
    by = np.broadcast_to(by, matrix.shape)
    return np.divide(matrix, by, out=np.zeros_like(matrix), where=by != 0)


def similarity(selection: Selection) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of congruence and conflict between levels: for numbers 1 - |q-q'|/R and |q-q'|/R, R the range of levels."""
    values = np.array([float(v) for v in selection.levels])
    spread = float(values.max() - values.min()) if len(values) else 0.0
    distance = np.abs(values[:, None] - values[None, :]) / spread if spread else np.zeros((len(values), len(values)))
    return 1 - distance, distance


def onemode(levels: Levels, selection: Selection, design: Design) -> Matrix:
    """The one-mode network of counts by level: its diagonal is 0."""
    total = _total(levels)
    if design.aggregation == "ignore" or not selection.levels:
        matrix = full(total @ total.T)
    elif selection.kind in ("boolean", "integer"):
        agree, differ = similarity(selection)
        weights = {"congruence": agree, "conflict": differ, "subtract": agree - differ}[design.aggregation]
        matrix = np.zeros((total.shape[0], total.shape[0]))
        for n, level in enumerate(levels):
            other = sum((levels[m] * weights[n, m] for m in range(len(levels)) if weights[n, m]), 0 * total)
            matrix += full(level @ other.T)
    else:
        congruence = full(sum((level @ level.T for level in levels), 0 * (total @ total.T)))
        conflict = np.zeros_like(congruence)
        for level in levels:
            one_sided = full(level @ (full(level) == 0).astype(float).T)
            conflict += one_sided + one_sided.T
        matrix = {"congruence": congruence, "conflict": conflict, "subtract": congruence - conflict}[design.aggregation]
    np.fill_diagonal(matrix, 0.0)
    return _normalized(matrix, levels, total, design)


def _normalized(matrix: Matrix, levels: Levels, total: Any, design: Design) -> Matrix:
    activity = np.asarray(total.sum(axis=1), dtype=np.float64).ravel()
    if design.normalization == "average":
        return divided(matrix, (activity[:, None] + activity[None, :]) / 2)
    if design.normalization == "dna-cosine" or (design.normalization == "cosine" and design.compat):
        return divided(matrix, np.outer(activity, activity))
    if design.normalization == "cosine":
        length = np.sqrt(sum(((full(level) ** 2).sum(axis=1) for level in levels), np.zeros(len(activity))))
        return divided(matrix, np.outer(length, length))
    if design.normalization == "jaccard":
        both, alone = np.zeros_like(matrix), np.zeros_like(matrix)
        for level in levels:
            both += full(level @ level.T)
            alone += full(level @ (full(level) == 0).astype(float).T)
        return divided(matrix, alone + alone.T + both)
    return matrix
