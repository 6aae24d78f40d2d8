"""When a debate turned: dates after which an actor, or everybody, speaks otherwise of an option than before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.model import Entry, Stance, Voice

SCORE = {Stance.SUPPORT: 1.0, Stance.CONDITIONAL: 0.5, Stance.UNDECIDED: 0.5, Stance.OPPOSE: 0.0}
"""What a stance counts for: 1 for the option, 0 against."""

EVIDENCE = 3
"""Statements shown from either side of a turning point."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """A date from which statements on an option take another side.

    actor          None for all actors together
    before, after  mean of `SCORE` over the documents on either side;  documents  their numbers
    p              share of random orders of the documents with as clear a break somewhere
    evidence       keys of the last statements before, and of the first after
    """

    option: str
    actor: str | None
    date: str
    before: float
    after: float
    documents: tuple[int, int]
    p: float
    evidence: tuple[tuple[str, ...], tuple[str, ...]]


def turning_points(
    entries: Iterable[Entry],
    *,
    by_actor: bool = False,
    level: float = 0.05,
    least: int = 3,
    permutations: int = 499,
    seed: int = 1,
) -> list[TurningPoint]:
    """Turning points of every option, oldest first; with `by_actor`, of every actor on every option.

    Documents are taken in order of date, one value each, so that an article counts once.  The clearest break is looked for,
    with `least` documents or more on either side, and kept if fewer than `level` of random orders of the documents have one
    as clear; then both sides are searched in the same way (binary segmentation; Scott and Knott, Biometrics 30, 1974).
    With many options some breaks are due to chance: of 20 that never turned, one passes at 0.05.
    """
    grouped: dict[tuple[str, str | None], list[Entry]] = {}
    for entry in entries:
        said = entry.statement
        if said.option and said.stance and said.speaks_for and said.voice != Voice.COMMENTARY and entry.date:
            grouped.setdefault((said.option, said.speaks_for if by_actor else None), []).append(entry)
    found = []
    random = np.random.default_rng(seed)
    for (option, actor), said_ in sorted(grouped.items(), key=lambda item: (item[0][0], item[0][1] or "")):
        documents: dict[tuple[str, str], list[Entry]] = {}
        for entry in sorted(said_, key=lambda e: (e.date or "", e.document, e.key)):
            documents.setdefault((entry.date or "", entry.document), []).append(entry)
        order = list(documents)
        values = np.array(
            [sum(SCORE[e.statement.stance] for e in documents[d] if e.statement.stance) / len(documents[d]) for d in order]
        )
        for first, at, stop, p in _breaks(values, [d for d, _ in order], level, least, permutations, random):
            sides = [[e for d in order[a:b] for e in documents[d]] for a, b in ((first, at), (at, stop))]
            found.append(
                TurningPoint(
                    option,
                    actor,
                    order[at][0],
                    float(values[first:at].mean()),
                    float(values[at:stop].mean()),
                    (at - first, stop - at),
                    p,
                    (tuple(e.key for e in sides[0][-EVIDENCE:]), tuple(e.key for e in sides[1][:EVIDENCE])),
                )
            )
    return sorted(found, key=lambda one: (one.date, one.option, one.actor or ""))


def _breaks(
    values: NDArray[np.float64], dates: Sequence[str], level: float, least: int, permutations: int,
    random: np.random.Generator,
) -> list[tuple[int, int, int, float]]:  # fmt: skip
    """(first, break, stop, p) of each break: documents from `first` and from `break`, up to `stop`."""
    found = []
    waiting = [(0, len(values))]
    while waiting:
        first, stop = waiting.pop()
        # documents of one day are on one side
        allowed = [n - first for n in range(first + least, stop - least + 1) if dates[n] != dates[n - 1]]
        part = values[first:stop]
        if not allowed or part.std() < 1e-12:
            continue
        gains = _gains(part[None], allowed)[0]
        best = int(gains.argmax())
        shuffled = random.permuted(np.broadcast_to(part, (permutations, len(part))), axis=1)
        p = float((1 + (_gains(shuffled, allowed).max(axis=1) >= gains[best] - 1e-12).sum()) / (permutations + 1))
        if p <= level:
            at = first + allowed[best]
            found.append((first, at, stop, p))
            waiting += [(first, at), (at, stop)]
    return found


def _gains(rows: NDArray[np.float64], allowed: Sequence[int]) -> NDArray[np.float64]:
    """Sum of squares between the two sides of each allowed break, one row a sequence."""
    size = rows.shape[1]
    left = np.cumsum(rows, axis=1)[:, np.array(allowed) - 1]
    n = np.array(allowed, dtype=float)
    total = rows.sum(axis=1, keepdims=True)
    gains: NDArray[np.float64] = (left - total * n / size) ** 2 * size / (n * (size - n))
    return gains
