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
from scipy import sparse

from whipcount.analysis.events import Events
from whipcount.errors import UsageError

AGGREGATIONS = ("ignore", "combine", "subtract", "congruence", "conflict")
NORMALIZATIONS = ("no", "activity", "prominence", "average", "jaccard", "cosine", "dna-cosine")
DUPLICATES = ("include", "document", "week", "month", "year", "acrossrange")
COMPATIBLE = ("dna-3.1.2", "dna-3.0.11.5")

Matrix = NDArray[np.float64]


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


@dataclass(frozen=True, slots=True)
class Network:
    """A matrix with the labels of its rows and columns, the span of time it stands for, and the statements in it."""

    rows: list[str]
    columns: list[str]
    matrix: Matrix
    start: datetime.datetime | None = None
    stop: datetime.datetime | None = None
    middle: datetime.datetime | None = None
    statements: int = 0

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
    if design.start:
        frame = frame.filter(pl.col("time") >= design.start)
    if design.stop:
        frame = frame.filter(pl.col("time") <= design.stop)
    for exclusion in (e for e in design.exclusions if e.of_document):
        frame = _without(frame, f"document:{exclusion.variable}", exclusion)
    considered = frame
    kind = "document" if qualifier and qualifier.startswith("document:") else events.kinds.get(qualifier or "", "none")
    for exclusion in (e for e in design.exclusions if not e.of_document):
        frame = _without(frame, events.column(exclusion.variable), exclusion)
    frame = frame.filter((pl.col(row) != "") & (pl.col(column) != ""))
    if qualifier and kind in ("short text", "document") and design.aggregation != "ignore":
        frame = frame.filter(pl.col(qualifier) != "")
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


def _without(frame: pl.DataFrame, column: str, exclusion: Exclusion) -> pl.DataFrame:
    inside = pl.col(column).cast(pl.String).is_in(list(exclusion.values))
    return frame.filter(inside if exclusion.inverted else ~inside)


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
    return frame.with_columns(scope).unique([*keys, *names], keep="first", maintain_order=True).drop(names)


def counts(selection: Selection, rows: Sequence[str], columns: Sequence[str]) -> list[sparse.csr_array]:
    """A: one sparse matrix (rows x columns) of statement counts per level; a single one without a qualifier."""
    shape = (len(rows), len(columns))
    frame = selection.kept
    place_row = {label: i for i, label in enumerate(rows)}
    place_column = {label: i for i, label in enumerate(columns)}
    i = np.fromiter((place_row[v] for v in frame[selection.row]), dtype=np.int64, count=len(frame))
    j = np.fromiter((place_column[v] for v in frame[selection.column]), dtype=np.int64, count=len(frame))
    if selection.qualifier is None:
        return [sparse.csr_array((np.ones(len(i)), (i, j)), shape=shape)]
    place = {level: n for n, level in enumerate(selection.levels)}
    k = np.fromiter((place.get(v, -1) for v in frame[selection.qualifier]), dtype=np.int64, count=len(frame))
    return [
        sparse.csr_array((np.ones(int((k == n).sum())), (i[k == n], j[k == n])), shape=shape)
        for n in range(len(selection.levels))
    ]


def labels(selection: Selection, design: Design) -> tuple[list[str], list[str]]:
    """Row and column labels: of the statements kept, or with isolates of all that were considered."""
    frame = selection.considered if design.isolates else selection.kept
    return java_order(frame[selection.row].cast(pl.String).to_list()), java_order(
        frame[selection.column].cast(pl.String).to_list()
    )


def network(events: Events, design: Design) -> Network:
    """The network of a design over all its statements."""
    selection = select(events, design)
    return build(selection, design, *labels(selection, design))


def build(selection: Selection, design: Design, rows: list[str], columns: list[str]) -> Network:
    """The matrix of the statements kept, for the given labels."""
    levels = counts(selection, rows, columns)
    if not levels:
        levels = [sparse.csr_array((len(rows), len(columns)))]
    matrix = _onemode(levels, selection, design) if design.onemode else _twomode(levels, selection, design)
    times = selection.kept["time"] if len(selection.kept) else selection.considered["time"]
    first, last = (times.min(), times.max()) if len(times) else (None, None)
    return Network(rows, rows if design.onemode else columns, matrix, first, last, None, len(selection.kept))  # type: ignore[arg-type]


def _total(levels: list[sparse.csr_array]) -> sparse.csr_array:
    total = levels[0]
    for level in levels[1:]:
        total = total + level
    return total


def _twomode(levels: list[sparse.csr_array], selection: Selection, design: Design) -> Matrix:
    total = _total(levels)
    if design.aggregation == "combine":
        size = len(levels)
        matrix = sum(
            ((level > 0).astype(float) * 2.0 ** (size - 1 - n) for n, level in enumerate(levels)),
            sparse.csr_array(total.shape),
        )
    elif design.aggregation == "subtract" and selection.kind == "boolean":
        matrix = levels[1] - levels[0]
    elif design.aggregation == "subtract" and selection.kind == "integer":
        matrix = sum(
            (level * float(value) for value, level in zip(selection.levels, levels, strict=True)),
            sparse.csr_array(total.shape),
        )
    else:
        matrix = total
    dense = np.asarray(matrix.todense(), dtype=np.float64)
    if design.normalization in ("activity", "prominence"):
        axis = 1 if design.normalization == "activity" else 0
        base = (
            dense
            if design.aggregation == "ignore"
            else np.asarray(total.todense())
            if design.aggregation == "subtract"
            else (dense > 0)
        )
        dense = _divided(dense, np.expand_dims(base.sum(axis=axis, dtype=np.float64), axis))
    return dense


def _divided(matrix: Matrix, by: Matrix) -> Matrix:
    """The quotient, 0 where the divisor is 0."""
    by = np.broadcast_to(by, matrix.shape)
    return np.divide(matrix, by, out=np.zeros_like(matrix), where=by != 0)


def similarity(selection: Selection) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of congruence and conflict between levels: for numbers 1 - |q-q'|/R and |q-q'|/R, R the range of levels."""
    values = np.array([float(v) for v in selection.levels])
    spread = float(values.max() - values.min()) if len(values) else 0.0
    distance = np.abs(values[:, None] - values[None, :]) / spread if spread else np.zeros((len(values), len(values)))
    return 1 - distance, distance


def _onemode(levels: list[sparse.csr_array], selection: Selection, design: Design) -> Matrix:
    total = _total(levels)
    if design.aggregation == "ignore" or selection.qualifier is None:
        matrix = np.asarray((total @ total.T).todense(), dtype=np.float64)
    elif selection.kind in ("boolean", "integer"):
        agree, differ = similarity(selection)
        weights = {"congruence": agree, "conflict": differ, "subtract": agree - differ}[design.aggregation]
        matrix = np.zeros((total.shape[0], total.shape[0]))
        for n, level in enumerate(levels):
            other = sum((levels[m] * weights[n, m] for m in range(len(levels))), sparse.csr_array(total.shape))
            matrix += np.asarray((level @ other.T).todense())
    else:
        agree_ = sum((level @ level.T for level in levels), sparse.csr_array((total.shape[0], total.shape[0])))
        congruence = np.asarray(agree_.todense(), dtype=np.float64)
        conflict = np.zeros_like(congruence)
        for level in levels:
            absent = (level.todense() == 0).astype(float)
            one_sided = level @ absent.T
            conflict += one_sided + one_sided.T
        matrix = {"congruence": congruence, "conflict": conflict, "subtract": congruence - conflict}[design.aggregation]
    np.fill_diagonal(matrix, 0.0)
    return _normalized(matrix, levels, total, design)


def _normalized(matrix: Matrix, levels: list[sparse.csr_array], total: sparse.csr_array, design: Design) -> Matrix:
    activity = np.asarray(total.sum(axis=1), dtype=np.float64).ravel()
    if design.normalization == "average":
        return _divided(matrix, (activity[:, None] + activity[None, :]) / 2)
    if design.normalization == "dna-cosine" or (design.normalization == "cosine" and design.compat):
        return _divided(matrix, np.outer(activity, activity))
    if design.normalization == "cosine":
        length = np.sqrt(
            np.asarray(sum(level.multiply(level).sum(axis=1) for level in levels), dtype=np.float64).ravel()
        )
        return _divided(matrix, np.outer(length, length))
    if design.normalization == "jaccard":
        both = np.zeros_like(matrix)
        alone = np.zeros_like(matrix)
        for level in levels:
            both += np.asarray((level @ level.T).todense())
            alone += np.asarray(level @ (level.todense() == 0).astype(float).T)
        return _divided(matrix, alone + alone.T + both)
    return matrix
