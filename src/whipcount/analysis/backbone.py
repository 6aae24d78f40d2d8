"""The concepts that carry a discourse: the smallest set of them whose network still looks like the whole one.

Leifeld's backbone: take concepts (the columns) out, make the one-mode network of what is left, and measure how far its
spectrum is from that of the full network (`analysis.spectra`).  A penalty on size, exp(-p (C - b) / C) for b of C
concepts, finds the size too; the nested order takes out the least important concept first.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, counts, full, labels, onemode, select
from whipcount.analysis.spectra import spectral_distance, spectrum
from whipcount.errors import UsageError


@dataclass(frozen=True, slots=True)
class Backbone:
    """A set of concepts and the distance of its network, and of that of the rest, to the full network.

    statements  number of statements on the backbone's concepts
    """

    backbone: tuple[str, ...]
    redundant: tuple[str, ...]
    backbone_loss: float
    redundant_loss: float
    statements: int


@dataclass(frozen=True, slots=True)
class Step:
    """One round of the nested backbone: the concepts taken out, and the losses of what is left and what is out."""

    iteration: int
    concepts: tuple[str, ...]
    backbone_loss: float
    redundant_loss: float
    statements: int


class Concepts:
    """The concepts of a design and the loss of any set of them."""

    def __init__(self, events: Events, design: Design) -> None:
        if not design.onemode:
            design = replace(design, onemode=True)
        self.design = design
        self.selection = select(events, design)
        self.rows, self.names = labels(self.selection, design)
        if not self.names:
            raise UsageError("no statement has both variables; there is no backbone to find")
        self._levels = [full(level) for level in counts(self.selection, self.rows, self.names)]
        self._whole = spectrum(self._network(range(len(self.names))), design.compat)
        self._known: dict[frozenset[int], float] = {}

    def _network(self, chosen: Iterable[int]) -> Matrix:
        columns = sorted(chosen)
        return onemode([level[:, columns] for level in self._levels], self.selection, self.design)

    def loss(self, chosen: Iterable[int]) -> float:
        """Distance of the network of these concepts (by number) to the full one."""
        key = frozenset(chosen)
        if key not in self._known:
            made = spectrum(self._network(key), self.design.compat)
            self._known[key] = spectral_distance(made, self._whole, self.design.compat)
        return self._known[key]

    def statements(self, chosen: Iterable[int]) -> int:
        """Number of statements on these concepts."""
        columns = sorted(chosen)
        return int(sum(level[:, columns].sum() for level in self._levels))

    def penalized(self, chosen: frozenset[int], penalty: float) -> float:
        """The loss, made larger the more concepts are in the set."""
        size = len(self.names)
        return self.loss(chosen) * math.exp(-penalty * (size - len(chosen)) / size)

    def result(self, chosen: frozenset[int], penalty: float = 0.0) -> Backbone:
        """A set of concepts with its losses, penalized if asked for."""
        rest = frozenset(range(len(self.names))) - chosen
        return Backbone(
            tuple(self.names[n] for n in sorted(chosen)),
            tuple(self.names[n] for n in sorted(rest)),
            self.penalized(chosen, penalty),
            self.penalized(rest, penalty),
            self.statements(chosen),
        )


def evaluate(events: Events, design: Design, backbone: Iterable[str], penalty: float = 0.0) -> Backbone:
    """The losses of a given set of concepts; UsageError if one of them does not occur."""
    concepts = Concepts(events, design)
    place = {name: n for n, name in enumerate(concepts.names)}
    wanted = list(backbone)
    for name in wanted:
        if name not in place:
            raise UsageError(f"no concept {name!r}; there are {', '.join(concepts.names)}")
    return concepts.result(frozenset(place[name] for name in wanted), penalty)


def nested(events: Events, design: Design) -> list[Step]:
    """All concepts in the order in which they can be spared, least important first.

    Each round takes out the concept without which the network stays closest to the full one; those that tie go together.
    """
    concepts = Concepts(events, design)
    left, steps = frozenset(range(len(concepts.names))), list[Step]()
    while left:
        losses = {n: concepts.loss(left - {n}) for n in sorted(left)}
        least = min(losses.values())
        out = [n for n, loss in losses.items() if loss == least]
        left = left - set(out)
        steps.append(
            Step(
                len(steps) + 1,
                tuple(concepts.names[n] for n in out),
                concepts.loss(left),
                concepts.loss(frozenset(range(len(concepts.names))) - left),
                concepts.statements(left),
            )
        )
    return steps


def smallest(
    events: Events,
    design: Design,
    *,
    penalty: float = 3.5,
    size: int | None = None,
    iterations: int = 10_000,
    seed: int = 1,
) -> Backbone:
    """The best backbone: of `size` concepts, or of any size under a penalty, the full set left out.

    Where there are no more sets than `iterations` all are tried; otherwise simulated annealing looks for it: moves add,
    remove or swap a concept, and a worse set is accepted with probability exp(-difference) times the temperature
    1 - 1 / (1 + exp(5 - 12 t / T)), as in DNA.  The best set seen is returned (DNA returns the last), and the same seed
    gives the same result.  The losses of the result are without the penalty.
    """
    concepts = Concepts(events, design)
    number = len(concepts.names)
    if not 1 <= (1 if size is None else size) < number:
        raise UsageError(f"no backbone of {size or 1} among {number} concepts; the size must be smaller")

    def cost(chosen: frozenset[int]) -> float:
        return concepts.loss(chosen) if size is not None else concepts.penalized(chosen, penalty)

    sizes = [size] if size is not None else list(range(1, number))
    if sum(math.comb(number, k) for k in sizes) <= iterations:
        every = (frozenset(some) for k in sizes for some in itertools.combinations(range(number), k))
        return concepts.result(min(every, key=lambda chosen: (cost(chosen), len(chosen), sorted(chosen))))
    random = np.random.default_rng(seed)
    everything = frozenset(range(number))
    current = frozenset(random.choice(number, size or int(random.integers(1, number)), replace=False).tolist())
    best, best_cost = current, cost(current)
    now = best_cost
    for step in range(1, iterations + 1):
        move = "swap" if size is not None else ("add", "remove", "swap")[int(random.integers(3))]
        inside, outside = sorted(current), sorted(everything - current)
        if (move == "add" and len(outside) == 1) or (move == "remove" and len(inside) == 1):
            continue
        proposed = set(current)
        if move != "add":
            proposed.remove(inside[int(random.integers(len(inside)))])
        if move != "remove":
            proposed.add(outside[int(random.integers(len(outside)))])
        other = cost(frozenset(proposed))
        temperature = 1 - 1 / (1 + math.exp(5 - 12 * step / iterations))
        if other < now or random.random() < math.exp(now - other) * temperature:
            current, now = frozenset(proposed), other
            if now < best_cost:
                best, best_cost = current, now
    return concepts.result(best)
