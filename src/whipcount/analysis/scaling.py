"""Where actors and concepts lie in one or two dimensions, and how sure that is.

The model is that of roll calls: the chance that actor i is on the high side of concept j is logistic in b_j + a_j . x_i, with
x_i the actor's place and a_j how the concept divides (Clinton, Jackman and Rivers, American Political Science Review 98,
2004).  Places have a standard normal prior, concepts normal ones of standard deviation 2.  A qualifier of more levels than two
enters as a share, 0 for the lowest and 1 for the highest.

The estimate is the maximum of the posterior; its uncertainty is the spread over draws of documents with replacement, each
turned to lie as close to the estimate as it can (rDNA samples the posterior instead and takes statements as independent).
The direction of a dimension means nothing: it is set so that the first actor by name with a place off the middle is at the
positive end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, java_order, places, select
from whipcount.errors import UsageError

Array = NDArray[np.float64]
SPREAD = 2.0
"""Standard deviation of the priors of concepts."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an actor or a concept lies: one value a dimension, with an interval of 95 % and its standard deviation.

    statements  number of statements it rests on
    """

    name: str
    value: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    deviation: tuple[float, ...]
    statements: int


@dataclass(frozen=True, slots=True)
class Scale:
    """Places of actors, and of concepts: how strongly they divide along each dimension, and which way.

    fit  share of statements on the side that the model thinks more likely
    """

    actors: tuple[Place, ...]
    concepts: tuple[Place, ...]
    fit: float


def scaling(events: Events, design: Design, *, dimensions: int = 1, replicates: int = 100, seed: int = 1) -> Scale:
    """Places in one or two dimensions.

    UsageError for a qualifier that is neither a number nor yes and no, or fewer than three actors.
    """
    if dimensions not in (1, 2):
        raise UsageError(f"no scaling in {dimensions} dimensions; use 1 or 2")
    selection = select(events, replace(design, onemode=False, aggregation="ignore", normalization="no"))
    if selection.qualifier is None or selection.kind not in ("boolean", "integer"):
        raise UsageError("scaling needs a qualifier that is a number or yes and no; use agreement or stance")
    kept = selection.kept
    actors = java_order(kept[selection.row].unique().cast(pl.String).to_list())
    concepts = java_order(kept[selection.column].unique().cast(pl.String).to_list())
    if len(actors) < 3:
        raise UsageError(f"{len(actors)} actors cannot be scaled; there must be three or more")
    low, high = float(min(selection.levels)), float(max(selection.levels))
    x = (kept[selection.qualifier].to_numpy().astype(float) - low) / ((high - low) or 1.0)
    i, j = places(kept[selection.row], actors), places(kept[selection.column], concepts)
    documents = kept["document"].rank("dense").to_numpy().astype(np.int64) - 1
    number = int(documents.max()) + 1

    def counts(weight: Array) -> tuple[Array, Array]:
        every, yes = np.zeros((len(actors), len(concepts))), np.zeros((len(actors), len(concepts)))
        np.add.at(every, (i, j), weight)
        np.add.at(yes, (i, j), weight * x)
        return every, yes

    random = np.random.default_rng(seed)
    every, yes = counts(np.ones(len(x)))
    starts = [_fit(every, yes, _start(every, yes, dimensions, random if n else None)) for n in range(4)]
    best = min(starts, key=lambda result: result[1])[0]
    where, divide, base = _turned(*_parts(best, len(actors), len(concepts), dimensions))
    draws = []
    for _ in range(replicates):
        weight = random.multinomial(number, np.full(number, 1 / number)).astype(float)[documents]
        drawn, _ = _fit(*counts(weight), _packed(where, divide, base))
        draws.append(_closest(*_parts(drawn, len(actors), len(concepts), dimensions)[:2], where))
    chance = 1 / (1 + np.exp(-(base + where @ divide.T)))
    right = (yes * (chance >= 0.5) + (every - yes) * (chance < 0.5)).sum()
    return Scale(
        _places(actors, where, np.array([d[0] for d in draws]), every.sum(axis=1)),
        _places(concepts, divide, np.array([d[1] for d in draws]), every.sum(axis=0)),
        float(right / every.sum()),
    )


def _start(every: Array, yes: Array, dimensions: int, random: np.random.Generator | None) -> Array:
    """Leading singular vectors of the sides taken, or a place at random."""
    size = every.shape[0] * dimensions + every.shape[1] * (dimensions + 1)
    if random is not None:
        return np.asarray(random.normal(0, 0.5, size))
    sides = np.divide(2 * yes - every, every, out=np.zeros_like(every), where=every > 0)
    u, s, v = np.linalg.svd(sides - sides.mean(axis=0), full_matrices=False)
    kept = min(dimensions, len(s))
    where, divide = np.zeros((every.shape[0], dimensions)), np.zeros((every.shape[1], dimensions))
    where[:, :kept] = u[:, :kept] * np.sqrt(len(u))
    divide[:, :kept] = v[:kept].T * s[:kept] / np.sqrt(len(u))
    return _packed(where, divide, np.zeros(every.shape[1]))


def _packed(where: Array, divide: Array, base: Array) -> Array:
    return np.concatenate([where.ravel(), divide.ravel(), base])


def _parts(packed: Array, actors: int, concepts: int, dimensions: int) -> tuple[Array, Array, Array]:
    at = actors * dimensions
    return (
        packed[:at].reshape(actors, dimensions),
        packed[at : at + concepts * dimensions].reshape(concepts, dimensions),
        packed[at + concepts * dimensions :],
    )


def _fit(every: Array, yes: Array, start: Array) -> tuple[Array, float]:
    """The maximum of the posterior from a start, and its negative logarithm."""
    from scipy.optimize import minimize

    actors, concepts = every.shape
    dimensions = (len(start) - concepts) // (actors + concepts)

    def cost(packed: Array) -> tuple[float, Array]:
        where, divide, base = _parts(packed, actors, concepts, dimensions)
        eta = base + where @ divide.T
        loss = (every * np.logaddexp(0, eta) - yes * eta).sum()
        prior = (where**2).sum() / 2 + ((divide**2).sum() + (base**2).sum()) / (2 * SPREAD**2)
        error = every / (1 + np.exp(-eta)) - yes
        slopes = error @ divide + where, error.T @ where + divide / SPREAD**2, error.sum(axis=0) + base / SPREAD**2
        return float(loss + prior), _packed(*slopes)

    result = minimize(cost, start, jac=True, method="L-BFGS-B")
    return np.asarray(result.x), float(result.fun)


def _turned(where: Array, divide: Array, base: Array) -> tuple[Array, Array, Array]:
    """The same places along their principal axes, the first actor off the middle on the positive side of each."""
    if where.shape[1] > 1:
        _, _, axes = np.linalg.svd(where, full_matrices=False)
        where, divide = where @ axes.T, divide @ axes.T
    for n in range(where.shape[1]):
        off = np.flatnonzero(np.abs(where[:, n]) > 0.1 * max(1e-9, np.abs(where[:, n]).max()))
        if len(off) and where[off[0], n] < 0:
            where[:, n] *= -1
            divide[:, n] *= -1
    return where, divide, base


def _closest(where: Array, divide: Array, target: Array) -> tuple[Array, Array]:
    """The places turned or mirrored to lie as close to the target as they can (orthogonal Procrustes)."""
    u, _, v = np.linalg.svd(where.T @ target)
    return where @ (u @ v), divide @ (u @ v)


def _places(names: Sequence[str], value: Array, draws: Array, statements: Array) -> tuple[Place, ...]:
    # the estimate itself counts as a draw, so that the interval holds it
    every = np.concatenate([value[None], draws]) if len(draws) else value[None]
    low, high = np.quantile(every, [0.025, 0.975], axis=0)
    low, high = np.minimum(low, value), np.maximum(high, value)
    deviation = every.std(axis=0)
    value, low, high, deviation = (np.asarray(part) for part in (value, low, high, deviation))
    return tuple(
        Place(
            name,
            tuple(value[n].tolist()),
            tuple(low[n].tolist()),
            tuple(high[n].tolist()),
            tuple(deviation[n].tolist()),
            int(statements[n]),
        )
        for n, name in enumerate(names)
    )
