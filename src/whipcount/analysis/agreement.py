"""How far coders agree: per field, with intervals, and where they do not.

Statements of two coders are one unit if both judged the same statement, else if their words overlap; of several that
overlap, those are paired that share most words, then most of actor, option and stance.  On each field the units that
both coded are compared: share of equal values, Cohen's kappa (Cohen 1960, Educational and Psychological Measurement
20:37-46) for two coders, Krippendorff's alpha for any number (Krippendorff 2004, Content Analysis, ch. 11; nominal, or
interval for variables that are whole numbers).  Whether something is a statement at all is the field `statement`, whose
units include those that one coder rejected; finding the words oneself is measured by F1 over spans.

Intervals are percentiles of a bootstrap over documents: statements of one article are no independent evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from whipcount.errors import UsageError
from whipcount.model import Entry, Span, Status
from whipcount.record import values
from whipcount.record.store import CORRECTABLE, Judgement

FIELDS = ("speaker", "speaker_kind", "speaks_for", "voice", "option", "stance", "lean", "conditions", "date")
"""Fields of a statement on which agreement is computed, besides `statement`, the spans, and variables of its type."""

SHARED = 0.5
"""Share of words (of the shorter coding) from which two codings can be of one statement."""

Floats = npt.NDArray[np.float64]
Unit = dict[str, Entry]
"""One statement as several coders coded it, by the name of the coder."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on one field by one measure.

    measure   "percent", "kappa", "alpha", or for spans "f1-exact", "f1-overlap" and "f1-characters"
    value     None where it is not defined (a field on which everybody always says the same has no alpha)
    low,high  95 % interval by bootstrap over documents; None with fewer than two documents
    units     compared units;  documents  in how many documents
    """

    field: str
    measure: str
    coders: tuple[str, ...]
    value: float | None
    low: float | None
    high: float | None
    units: int
    documents: int


def units(codings: Mapping[str, Iterable[Entry]]) -> list[Unit]:
    """The codings of each coder, put together into units, in the order of documents and of the words in them."""
    by_document: dict[str, dict[str, list[Entry]]] = defaultdict(dict)
    for coder, entries in codings.items():
        for entry in entries:
            by_document[entry.document].setdefault(coder, []).append(entry)
    found: list[Unit] = []
    for given in by_document.values():
        inside: list[Unit] = []
        for coder, entries in given.items():
            _pair(inside, coder, entries)
        found += sorted(inside, key=lambda unit: min(entry.statement.content for entry in unit.values()))
    return found


def _pair(inside: list[Unit], coder: str, entries: Sequence[Entry]) -> None:
    """Put a coder's statements of one document into the units there are, or into new ones."""
    by_key = {entry.key: unit for unit in inside for entry in unit.values()}
    left = []
    for entry in entries:
        if entry.key in by_key:
            by_key[entry.key][coder] = entry
        else:
            left.append(entry)
    free = [unit for unit in inside if coder not in unit and any(e.status != Status.REJECTED for e in unit.values())]
    kept = [entry for entry in left if entry.status != Status.REJECTED]
    if free and kept:
        likeness = np.array(
            [[max(map(_likeness, unit.values(), [entry] * len(unit))) for unit in free] for entry in kept]
        )
        for i, j in zip(*linear_sum_assignment(likeness, maximize=True), strict=True):
            if likeness[i, j] >= SHARED:
                free[j][coder] = kept[i]
                left.remove(kept[i])
    inside += [{coder: entry} for entry in left]


def _likeness(first: Entry, second: Entry) -> float:
    a, b = first.statement, second.statement
    ones, others = _characters(a.content), _characters(b.content)
    shared = len(ones & others) / max(1, min(len(ones), len(others)))
    if shared < SHARED:
        return 0.0
    same = (a.type == b.type, a.speaks_for == b.speaks_for, a.option == b.option, a.stance == b.stance)
    return shared + sum(same) / 100


def _characters(spans: Iterable[Span]) -> set[int]:
    return {place for start, end in spans for place in range(start, end)}


def agreement(
    codings: Mapping[str, Sequence[Entry]],
    documents: Iterable[str] | None = None,
    *,
    rounds: int = 1000,
    seed: int = 1,
) -> list[Agreement]:
    """Agreement of two or more coders on all fields; UsageError if there is nothing to compare.

    `codings` by coder are those of `Record.codings`.  `documents` are those that all of them coded (also those in which
    somebody found nothing); without it, those in which at least two of them coded something.
    """
    names = tuple(codings)
    if len(names) < 2:
        raise UsageError("agreement is between two coders or more; name them with --coder, or see `whipcount history`")
    said: dict[str, set[str]] = defaultdict(set)
    for coder, entries in codings.items():
        for entry in entries:
            said[entry.document].add(coder)
    chosen = list(dict.fromkeys(documents)) if documents is not None else [d for d, who in said.items() if len(who) > 1]
    if not chosen:
        raise UsageError(f"{', '.join(names)}: have no document in common yet; assign some to both and let them code")
    place = {document: i for i, document in enumerate(chosen)}
    inside = {coder: [entry for entry in entries if entry.document in place] for coder, entries in codings.items()}
    paired = units(inside)
    weights = _resamples(len(chosen), rounds, seed)
    found = []
    for field, said_of in _ratings(paired, names).items():
        rated = [
            (place[next(iter(unit.values())).document], ratings)
            for unit, ratings in zip(paired, said_of, strict=True)
            if len(ratings) > 1
        ]
        if rated:
            found += _on_field(field, rated, names, len(chosen), weights)
    return found + _on_spans(inside, names, place, weights)


def _resamples(documents: int, rounds: int, seed: int) -> Floats:
    """How often each document is drawn in each round, the first row being the documents themselves."""
    chance = np.full(documents, 1 / documents)
    drawn = np.random.default_rng(seed).multinomial(documents, chance, size=rounds if documents > 1 else 0)
    return np.vstack([np.ones((1, documents)), drawn]).astype(float)


def _ratings(paired: Sequence[Unit], names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """For each field, what each coder says of each unit; a coder who did not see a unit says nothing."""
    own = sorted({name for unit in paired for entry in unit.values() for name in entry.statement.variables})
    found: dict[str, list[dict[str, Any]]] = {"statement": []}
    found |= {name: [] for name in (*FIELDS, *own)}
    for unit in paired:
        kept = {coder: entry for coder, entry in unit.items() if entry.status != Status.REJECTED}
        # where all judged the same statement it is a question whether it is one; else spans tell (below)
        judged = len({entry.key for entry in unit.values()}) == 1 and len(unit) > 1
        found["statement"].append({c: e.status != Status.REJECTED for c, e in unit.items()} if judged else {})
        for name in FIELDS:
            found[name].append({coder: getattr(entry.statement, name) for coder, entry in kept.items()})
        for name in own:
            found[name].append(
                {c: e.statement.variables[name] for c, e in kept.items() if name in e.statement.variables}
            )
    return found


def _on_field(
    field: str, rated: Sequence[tuple[int, dict[str, Any]]], names: Sequence[str], documents: int, weights: Floats
) -> list[Agreement]:
    """All measures on one field, from (document, value by coder) of each unit."""
    numbers = all(isinstance(v, int) and not isinstance(v, bool) for _, ratings in rated for v in ratings.values())
    places = {place for place, _ in rated}
    found = []

    def add(measure: str, who: Sequence[str], drawn: Floats, count: int) -> None:
        found.append(Agreement(field, measure, tuple(who), *_with_interval(drawn), count, len(places)))

    percent = _table([(d, _equal(ratings.values())) for d, ratings in rated], documents)
    add("percent", names, _ratio(*(weights @ percent).T), len(rated))
    add("alpha", names, alpha(rated, documents, weights, interval=numbers), len(rated))
    for pair in combinations(names, 2):
        both = [
            (d, ratings[pair[0]], ratings[pair[1]]) for d, ratings in rated if pair[0] in ratings and pair[1] in ratings
        ]
        if both:
            add("kappa", pair, kappa(both, documents, weights), len(both))
    return found


def _equal(ratings: Iterable[Hashable]) -> tuple[float, float]:
    """Number of equal pairs, and of pairs, as shares of one unit."""
    given = list(ratings)
    pairs = list(combinations(given, 2))
    return sum(a == b for a, b in pairs) / len(pairs), 1.0


def _table(rows: Iterable[tuple[int, Sequence[float]]], documents: int) -> Floats:
    """Sums of the rows of each document."""
    listed = list(rows)
    table = np.zeros((documents, len(listed[0][1]) if listed else 0))
    for document, row in listed:
        table[document] += row
    return table


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def alpha(
    rated: Sequence[tuple[int, Mapping[str, Hashable]]],
    documents: int,
    weights: Floats,
    *,
    interval: bool = False,
) -> Floats:
    """Krippendorff's alpha, one for each row of `weights`; NaN where only one value was given.

    `rated` are (document, value by coder) of units; those with one value count nothing.  alpha = 1 - D_o / D_e with
    D_o the mean disagreement within units (each unit's pairs weighted by 1 / (its number of values - 1)) and D_e that
    of all pairs of values; disagreement is 0 or 1, or the squared difference for `interval`.
    """
    rated = [(d, ratings) for d, ratings in rated if len(ratings) > 1]
    every: dict[Hashable, int] = {}
    for _, ratings in rated:
        for value in ratings.values():
            every.setdefault(value, len(every))
    observed = np.zeros((documents, 1))
    counts = np.zeros((documents, len(every)))
    for document, ratings in rated:
        given = list(ratings.values())
        for value in given:
            counts[document, every[value]] += 1
        for a, b in combinations(given, 2):
            apart = float((a - b) ** 2) if interval else float(a != b)  # type: ignore[operator]
            observed[document] += 2 * apart / (len(given) - 1)
    within, n = (weights @ observed)[:, 0], weights @ counts
    total = n.sum(axis=1)
    if interval:
        scale = np.array([float(value) for value in every])  # type: ignore[arg-type]
        expected = 2 * (total * (n @ scale**2) - (n @ scale) ** 2)
    else:
        expected = total**2 - (n**2).sum(axis=1)
    return 1 - _ratio(within * (total - 1), expected)


def kappa(both: Sequence[tuple[int, Hashable, Hashable]], documents: int, weights: Floats) -> Floats:
    """Cohen's kappa of two coders, one for each row of `weights`; NaN where both always say the same one thing."""
    every: dict[Hashable, int] = {}
    for _, a, b in both:
        every.setdefault(a, len(every))
        every.setdefault(b, len(every))
    equal, first, second = (
        np.zeros((documents, 1)),
        np.zeros((documents, len(every))),
        np.zeros((documents, len(every))),
    )
    for document, a, b in both:
        equal[document] += a == b
        first[document, every[a]] += 1
        second[document, every[b]] += 1
    n = (weights @ first).sum(axis=1)
    observed = _ratio((weights @ equal)[:, 0], n)
    by_chance = _ratio(((weights @ first) * (weights @ second)).sum(axis=1), n**2)
    return _ratio(observed - by_chance, 1 - by_chance)


def _on_spans(
    inside: Mapping[str, Sequence[Entry]], names: Sequence[str], place: Mapping[str, int], weights: Floats
) -> list[Agreement]:
    """F1 of the words that two coders found, of those who coded by hand; each distinct stretch of words once."""
    found = []
    for pair in combinations(names, 2):
        spans = [
            {(e.document, e.statement.content) for e in inside[coder] if e.status != Status.REJECTED} for coder in pair
        ]
        if not all(any(not e.coder.is_model for e in inside[coder]) for coder in pair):
            continue
        measures: dict[str, Callable[[set[Any], set[Any]], tuple[float, float, float]]] = {
            "f1-exact": lambda a, b: (len(a & b), len(a), len(b)),
            "f1-overlap": _overlapping,
            "f1-characters": lambda a, b: (
                len(set().union(*map(_characters, a)) & set().union(*map(_characters, b))),
                len(set().union(*map(_characters, a))),
                len(set().union(*map(_characters, b))),
            ),
        }
        for measure, compare in measures.items():
            table = np.zeros((len(place), 3))
            for document, row in place.items():
                a, b = ({content for d, content in own if d == document} for own in spans)
                table[row] = compare(a, b)
            both, first, second = (weights @ table).T
            drawn = _ratio(2 * both, first + second)
            number = len(spans[0] | spans[1])
            found.append(Agreement("spans", measure, pair, *_with_interval(drawn), number, len(place)))
    return found


def _overlapping(a: set[Any], b: set[Any]) -> tuple[float, float, float]:
    """Pairs that share at least half of the words of the shorter, each stretch in one pair."""
    first, second = sorted(a), sorted(b)
    if not first or not second:
        return 0.0, len(a), len(b)
    shared = np.zeros((len(first), len(second)))
    for i, x in enumerate(first):
        for j, y in enumerate(second):
            ones, others = _characters(x), _characters(y)
            shared[i, j] = len(ones & others) / max(1, min(len(ones), len(others))) >= SHARED
    return float(shared[linear_sum_assignment(shared, maximize=True)].sum()), len(a), len(b)


def _with_interval(drawn: Floats) -> tuple[float | None, float | None, float | None]:
    """The value itself, and its 95 % interval over the resamples in which it is defined."""
    value = None if np.isnan(drawn[0]) else float(drawn[0])
    defined = drawn[1:][~np.isnan(drawn[1:])]
    if value is None or not len(defined):
        return value, None, None
    low, high = np.percentile(defined, [2.5, 97.5])
    return value, float(low), float(high)


def disagreements(codings: Mapping[str, Sequence[Entry]], fields: Sequence[str] = FIELDS) -> list[Unit]:
    """The units on which coders differ: on a field, on whether it is a statement, or one of them has none.

    Only documents in which at least two of the coders coded something are looked at.
    """
    said: dict[str, set[str]] = defaultdict(set)
    for coder, entries in codings.items():
        for entry in entries:
            said[entry.document].add(coder)
    found = []
    for unit in units(codings):
        entries = list(unit.values())
        document = entries[0].document
        if len(said[document]) < 2:
            continue
        kept = {entry.status != Status.REJECTED for entry in entries}
        first, *others = entries
        differ = any(getattr(first.statement, f) != getattr(e.statement, f) for e in others for f in fields) or any(
            first.statement.variables != e.statement.variables for e in others
        )
        missing = kept == {True} and len(unit) < len(said[document])
        if len(kept) > 1 or (kept == {True} and differ) or missing:
            found.append(unit)
    return found


def taking(unit: Unit, coder: str) -> list[tuple[str, Judgement, dict[str, Any]]]:
    """The judgements that settle a unit as one coder has it, for `Record.review_all(..., settles=True)`."""
    chosen = unit[coder]
    others = {entry.key for entry in unit.values()} - {chosen.key}
    dropped: list[tuple[str, Judgement, dict[str, Any]]] = [(key, "reject", {}) for key in sorted(others)]
    if chosen.status == Status.REJECTED:
        return [(chosen.key, "reject", {}), *dropped]
    every = values.plain(chosen.statement)
    fields = {name: every[name] for name in CORRECTABLE if name != "variables" or every[name]}
    return [(chosen.key, "correct", fields), *dropped]
