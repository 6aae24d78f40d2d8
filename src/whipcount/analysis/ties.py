"""What ties two actors: concept by concept, with the statements of both; and groups in which every pair is tied."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, Selection, counts, full, labels, select, similarity

CLIQUES = 2_000
"""Groups looked at before a search for sub-blocs gives up finding more."""


@dataclass(frozen=True, slots=True)
class Side:
    """An actor's statements on one concept: how many of each level, and their names."""

    levels: dict[Any, int]
    statements: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """Two actors on one concept.

    congruence, conflict  what the concept adds to the cell of the pair in the one-mode networks, not normalized
    """

    one: str
    other: str
    concept: str
    congruence: float
    conflict: float
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Backing:
    """What a bloc rests on.

    concepts    those on which two or more members speak and all are on one side, most speakers first
    statements  names of the members' statements on them
    """

    concepts: tuple[str, ...]
    statements: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bloc:
    """Actors of whom every pair agrees on enough concepts and differs on few.

    concepts  those on which all who speak of them are on one side, most members first
    ties      all ties within, strongest agreement first
    """

    members: tuple[str, ...]
    concepts: tuple[str, ...]
    ties: tuple[Tie, ...]


def ties(events: Events, design: Design, one: str, other: str) -> list[Tie]:
    """The concepts on which both actors speak, most congruence first; together they make the cell of the pair."""
    return _Pairs(events, design).of(one, other)


def backing(events: Events, design: Design, blocs: Sequence[Sequence[str]]) -> list[Backing]:
    """What each of several blocs rests on, in their order."""
    pairs = _Pairs(events, design)
    return [pairs.backing([actor for actor in members if actor in pairs.rows]) for members in blocs]


def blocs(
    events: Events, design: Design, *, among: Sequence[str] | None = None, least: int = 2, dissent: float = 0.0,
    size: int = 3,
) -> list[Bloc]:  # fmt: skip
    """Sub-blocs: all largest groups of `size` or more actors in which every pair is on one side on `least` concepts or more.

    A pair may differ on a share of `dissent` (0 to 1) of the concepts on which both speak.  `among` leaves only these actors.
    The largest and, of equal ones, those tied by most concepts come first.
    """
    import networkx

    pairs = _Pairs(events, design)
    graph = networkx.Graph()
    actors = [actor for actor in pairs.rows if among is None or actor in among]
    for one, other in itertools.combinations(actors, 2):
        agree, differ = pairs.concepts(one, other)
        if agree >= least and differ <= dissent * (agree + differ):
            graph.add_edge(one, other)
    found = []
    for members in itertools.islice(networkx.find_cliques(graph), CLIQUES):
        if len(members) >= size:
            members = sorted(members, key=pairs.rows.index)
            tied = [tie for a, b in itertools.combinations(members, 2) for tie in pairs.of(a, b)]
            tied.sort(key=lambda tie: tie.conflict - tie.congruence)
            found.append(Bloc(tuple(members), pairs.shared(members), tuple(tied)))
    return sorted(found, key=lambda bloc: (-len(bloc.members), -len(bloc.concepts), bloc.members))


class _Pairs:
    """The statements of a design by actor, concept and level."""

    def __init__(self, events: Events, design: Design) -> None:
        design = replace(design, onemode=True, aggregation="subtract", normalization="no")
        self.selection: Selection = select(events, design)
        self.rows, self.columns = labels(self.selection, design)
        self.counts = [full(level) for level in counts(self.selection, self.rows, self.columns)]
        self.numeric = self.selection.kind in ("boolean", "integer")
        alike: tuple[Matrix, Matrix] = similarity(self.selection) if self.numeric else _same(len(self.counts))
        self.agree, self.differ = alike
        self._names: dict[tuple[str, str], tuple[Any, ...]] | None = None

    def _cells(self, one: str, other: str) -> tuple[np.ndarray, np.ndarray]:
        """Congruence and conflict of a pair, by concept."""
        stack = np.stack(self.counts)
        a, b = stack[:, self.rows.index(one)], stack[:, self.rows.index(other)]
        return np.einsum("kc,km,mc->c", a, self.agree, b), np.einsum("kc,km,mc->c", a, self.differ, b)

    def concepts(self, one: str, other: str) -> tuple[int, int]:
        """Number of concepts on which a pair agrees more than it differs, and differs at least as much."""
        congruence, conflict = self._cells(one, other)
        return int((congruence > conflict).sum()), int(((conflict >= congruence) & (conflict > 0)).sum())

    def of(self, one: str, other: str) -> list[Tie]:
        """The ties of a pair, most congruence first; none if one of them says nothing."""
        if one not in self.rows or other not in self.rows or one == other:
            return []
        congruence, conflict = self._cells(one, other)
        at = np.flatnonzero(congruence + conflict)
        order = sorted(at.tolist(), key=lambda n: (conflict[n] - congruence[n], n))
        return [
            Tie(one, other, self.columns[n], float(congruence[n]), float(conflict[n]),
                (self._side(one, n), self._side(other, n)))
            for n in order
        ]  # fmt: skip

    def _side(self, actor: str, concept: int) -> Side:
        if self._names is None:
            row, column = self.selection.row, self.selection.column
            grouped = self.selection.kept.group_by(pl.col(row).cast(pl.String), pl.col(column).cast(pl.String))
            table = grouped.agg(pl.col("statement").sort_by("time", maintain_order=True))
            self._names = {(a, c): tuple(said) for a, c, said in table.iter_rows()}
        at = self.rows.index(actor)
        levels = {
            level: int(count[at, concept])
            for level, count in zip(self.selection.levels, self.counts, strict=True)
            if count[at, concept]
        }
        return Side(levels, self._names.get((actor, self.columns[concept]), ()))

    def backing(self, members: Sequence[str]) -> Backing:
        """The concepts that hold members together, and their statements on them."""
        concepts = self.shared(members) if len(members) > 1 else ()
        sides = [self._side(actor, self.columns.index(concept)) for concept in concepts for actor in members]
        return Backing(concepts, tuple(name for side in sides for name in side.statements))

    def shared(self, members: Sequence[str]) -> tuple[str, ...]:
        """Concepts on which two or more of the members speak and none on another side than the rest, most speakers first."""
        at = [self.rows.index(actor) for actor in members]
        main = np.stack([count[at] for count in self.counts])
        speaks = main.sum(axis=0) > 0
        side = np.where(speaks, main.argmax(axis=0), -1)
        found = []
        for n, concept in enumerate(self.columns):
            sides = {int(s) for s in side[:, n]} - {-1}
            if len(sides) == 1 and speaks[:, n].sum() > 1:
                found.append((-int(speaks[:, n].sum()), concept))
        return tuple(concept for _, concept in sorted(found))


def _same(size: int) -> tuple[np.ndarray, np.ndarray]:
    return np.eye(size), 1 - np.eye(size)
