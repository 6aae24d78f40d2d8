"""Coalitions: actors who say the same, found by several methods side by side, the best by modularity.

Methods that start from a distance work on Jaccard distances between actors' profiles: which concepts each has taken which
side on.  Methods that start from a network work on the one-mode subtract network with negative ties left out.  All splits
are then judged by the same measure, the modularity of that network (Newman, PNAS 103, 2006).  These are the methods of
rDNA's multiclust but for infomap and the spin glass, of which there is no library under a permissive licence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.analysis.events import Events
from whipcount.analysis.networks import Design, Matrix, Selection, build, counts, full, labels, select
from whipcount.errors import UsageError

if TYPE_CHECKING:
    import networkx

Blocs = NDArray[np.int64]
"""The number of each actor's bloc."""


@dataclass(frozen=True, slots=True)
class Coalitions:
    """One split of the actors: by which method, with how many blocs, and its modularity (at most 1).

    blocs  the number of each actor's bloc, 0 for the largest
    """

    method: str
    modularity: float
    actors: tuple[str, ...]
    blocs: tuple[int, ...]

    def members(self) -> list[list[str]]:
        """The blocs, largest first."""
        pairs = list(zip(self.actors, self.blocs, strict=True))
        return [[actor for actor, bloc in pairs if bloc == n] for n in range(max(self.blocs, default=-1) + 1)]


@dataclass(frozen=True, slots=True)
class Ground:
    """What the methods work on: positive ties between actors, distances of their profiles, and a seed for chance."""

    ties: Matrix
    distance: Matrix
    seed: int


def coalitions(
    events: Events,
    design: Design,
    *,
    methods: Iterable[str] | None = None,
    number: int | None = None,
    most: int = 5,
    seed: int = 1,
) -> list[Coalitions]:
    """The best split of each method, the one with the highest modularity first.

    `number` fixes how many blocs; without it 2 to `most` are tried, and methods that find the number themselves do.  The
    network is one-mode subtract, normalized as the design says, by `average` if it says nothing.  UsageError if there is no
    such method; no result for fewer than three actors.
    """
    chosen = list(methods) if methods is not None else list(METHODS)
    for name in chosen:
        if name not in METHODS:
            raise UsageError(f"no method {name!r}; use {', '.join(METHODS)}")
    if number is not None and number < 2:
        raise UsageError(f"{number} blocs are no coalitions; give 2 or more")
    normalization = "average" if design.normalization == "no" else design.normalization
    design = replace(design, onemode=True, aggregation="subtract", normalization=normalization)
    selection = select(events, design)
    rows, columns = labels(selection, design)
    return _ranked(build(selection, design, rows, columns).matrix, profile(selection, rows, columns), rows,
                   chosen, [number] if number else list(range(2, most + 1)), seed)  # fmt: skip


def _ranked(
    subtract: Matrix, profiles: NDArray[np.bool_], actors: Sequence[str], methods: Sequence[str],
    numbers: Sequence[int], seed: int,
) -> list[Coalitions]:  # fmt: skip
    size = len(actors)
    if size < 3:
        return []
    ground = Ground(np.where(subtract > 0, subtract, 0.0), jaccard(profiles), seed)
    found = []
    for name in methods:
        splits = [numbered(METHODS[name](ground, k)) for k in numbers if k <= size]
        if not splits:
            continue
        best = max(splits, key=lambda split: (round(modularity(ground.ties, split), 12), -split.max()))
        found.append(Coalitions(name, modularity(ground.ties, best), tuple(actors), tuple(best.tolist())))
    return sorted(found, key=lambda one: (-round(one.modularity, 12), max(one.blocs), methods.index(one.method)))


def profile(selection: Selection, rows: Sequence[str], columns: Sequence[str]) -> NDArray[np.bool_]:
    """Which concepts each actor has taken which side on: one column a concept and level."""
    return np.hstack([full(level) > 0 for level in counts(selection, rows, columns)])


def jaccard(profiles: NDArray[np.bool_]) -> Matrix:
    """Jaccard distances between rows; two empty rows are as far apart as can be."""
    both = profiles.astype(float) @ profiles.T.astype(float)
    held = profiles.sum(axis=1)
    either = held[:, None] + held[None, :] - both
    result = 1 - np.divide(both, either, out=np.zeros_like(both), where=either > 0)
    np.fill_diagonal(result, 0.0)
    return np.asarray(result)


def modularity(ties: Matrix, blocs: Blocs | Sequence[int]) -> float:
    """Modularity of a split of an undirected network without negative ties; 0 if there are no ties."""
    total = ties.sum()
    if not total:
        return 0.0
    membership = np.asarray(blocs)
    strength = ties.sum(axis=1)
    together = membership[:, None] == membership[None, :]
    return float((ties - np.outer(strength, strength) / total)[together].sum() / total)


def numbered(blocs: Iterable[int]) -> Blocs:
    """The same split with blocs numbered from the largest, of equal ones that with the first actor first."""
    values = [int(bloc) for bloc in blocs]
    order = sorted(set(values), key=lambda bloc: (-values.count(bloc), values.index(bloc)))
    return np.array([order.index(bloc) for bloc in values], dtype=np.int64)


def hierarchical(linkage: str) -> Callable[[Ground, int], Blocs]:
    """Agglomerative clustering of the distances, cut into `number` blocs."""

    def method(ground: Ground, number: int) -> Blocs:
        from scipy.cluster import hierarchy
        from scipy.spatial.distance import squareform

        tree = hierarchy.linkage(squareform(ground.distance, checks=False), linkage)
        return np.asarray(hierarchy.fcluster(tree, number, "maxclust"), dtype=np.int64)

    return method


def equivalence(ground: Ground, number: int) -> Blocs:
    """Structural equivalence: actors with the same ties to the same others (complete linkage of Euclidean distances)."""
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import pdist

    return np.asarray(
        hierarchy.fcluster(hierarchy.linkage(pdist(ground.ties), "complete"), number, "maxclust"), dtype=np.int64
    )


def kmeans(ground: Ground, number: int) -> Blocs:
    """K-means on the rows of the distance matrix, the best of ten starts."""
    from scipy.cluster.vq import kmeans2

    best, least = np.zeros(len(ground.distance), dtype=np.int64), np.inf
    number = min(number, len(np.unique(ground.distance, axis=0)))
    for start in range(10):
        centres, blocs = kmeans2(ground.distance, number, minit="++", rng=np.random.default_rng(ground.seed + start))
        cost = ((ground.distance - centres[blocs]) ** 2).sum()
        if cost < least - 1e-12:
            best, least = np.asarray(blocs, dtype=np.int64), cost
    return best


def pam(ground: Ground, number: int) -> Blocs:
    """Partitioning around medoids: build, then swap a medoid for another actor as long as it helps.

    Kaufman and Rousseeuw, Finding Groups in Data, 1990.
    """
    distance, size = ground.distance, len(ground.distance)
    medoids: list[int] = [int(distance.sum(axis=1).argmin())]
    while len(medoids) < number:
        nearest = distance[:, medoids].min(axis=1)
        gain = np.maximum(nearest[:, None] - distance, 0).sum(axis=0)
        gain[medoids] = -1
        medoids.append(int(gain.argmax()))
    cost, better = distance[:, medoids].min(axis=1).sum(), True
    while better:
        better = False
        for at in range(number):
            for other in set(range(size)) - set(medoids):
                tried = [*medoids[:at], other, *medoids[at + 1 :]]
                now = distance[:, tried].min(axis=1).sum()
                if now < cost - 1e-12:
                    medoids, cost, better = tried, now, True
    return np.asarray(distance[:, medoids].argmin(axis=1))


def concor(ground: Ground, number: int) -> Blocs:
    """CONCOR: correlations of correlations until all are 1 or -1 split a bloc in two; then the largest is split again.

    Breiger, Boorman and Arabie, Journal of Mathematical Psychology 12, 1975.
    """
    blocs = np.zeros(len(ground.ties), dtype=np.int64)
    unsplit: set[int] = set()
    while blocs.max() + 1 < number:
        sizes = {int(b): int((blocs == b).sum()) for b in set(blocs.tolist()) - unsplit}
        largest = max(sizes, key=lambda b: (sizes[b], -b), default=None)
        if largest is None or sizes[largest] < 2:
            break
        inside = np.flatnonzero(blocs == largest)
        half = _halves(ground.ties[:, inside])
        if half.all() or not half.any():
            unsplit.add(largest)
            continue
        blocs[inside[half]] = blocs.max() + 1
    return blocs


def _halves(profiles: Matrix) -> NDArray[np.bool_]:
    matrix = profiles
    for _ in range(100):
        spread = matrix.std(axis=0)
        centred = (matrix - matrix.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        matrix = centred.T @ centred / len(centred)
        if (np.abs(np.abs(matrix) - 1) < 1e-6).all():
            break
    return np.asarray(matrix[:, 0] < 0)


def louvain(ground: Ground, number: int) -> Blocs:
    """Louvain (Blondel and others, 2008); finds the number of blocs itself."""
    import networkx

    return _of_sets(networkx.community.louvain_communities(_graph(ground), seed=ground.seed), len(ground.ties))


def leiden(ground: Ground, number: int) -> Blocs:
    """Leiden (Traag, Waltman and van Eck, Scientific Reports 9, 2019); finds the number of blocs itself."""
    from graspologic_native import leiden as search

    at = np.argwhere(np.triu(ground.ties, 1) > 0)
    if not len(at):
        return np.arange(len(ground.ties))
    edges = [(str(i), str(j), float(ground.ties[i, j])) for i, j in at.tolist()]
    _, partition = search(
        edges=edges, starting_communities=None, resolution=1.0, randomness=0.001, iterations=10,
        use_modularity=True, seed=ground.seed, trials=1,
    )  # fmt: skip
    # actors without ties are alone
    return np.array([partition.get(str(n), -1 - n) for n in range(len(ground.ties))])


def fastgreedy(ground: Ground, number: int) -> Blocs:
    """Greedy merging by modularity (Clauset, Newman and Moore, 2004); finds the number of blocs itself."""
    import networkx

    graph = _graph(ground)
    if not graph.number_of_edges():
        return np.arange(len(ground.ties))
    found = networkx.community.greedy_modularity_communities(graph, weight="weight")
    return _of_sets(found, len(ground.ties))


def propagation(ground: Ground, number: int) -> Blocs:
    """Label propagation (Raghavan, Albert and Kumara, 2007); finds the number of blocs itself."""
    import networkx

    found = networkx.community.asyn_lpa_communities(_graph(ground), weight="weight", seed=ground.seed)
    return _of_sets(found, len(ground.ties))


def betweenness(ground: Ground, number: int) -> Blocs:
    """Edge betweenness (Girvan and Newman, 2002): the ties that most shortest paths take go first; strong ties are short."""
    import networkx

    graph = _graph(ground)
    for _, _, data in graph.edges(data=True):
        data["length"] = 1 / data["weight"]

    def busiest(left: networkx.Graph) -> tuple[int, int]:
        paths = networkx.edge_betweenness_centrality(left, weight="length")
        edge: tuple[int, int] = max(sorted(paths), key=lambda edge: round(paths[edge], 12))
        return edge

    found: Sequence[set[int]] = list(networkx.connected_components(graph))
    finer = networkx.community.girvan_newman(graph, most_valuable_edge=busiest)
    while len(found) < number and graph.number_of_edges():
        found = next(finer)
    return _of_sets(found, len(ground.ties))


def eigenvector(ground: Ground, number: int) -> Blocs:
    """Leading eigenvector of the modularity matrix (Newman, 2006), the bloc with most to gain split first."""
    ties, total = ground.ties, ground.ties.sum()
    blocs = np.zeros(len(ties), dtype=np.int64)
    if not total:
        return blocs
    strength = ties.sum(axis=1)
    matrix = ties - np.outer(strength, strength) / total
    while blocs.max() + 1 < number:
        best: tuple[float, Blocs] | None = None
        for bloc in range(blocs.max() + 1):
            inside = np.flatnonzero(blocs == bloc)
            if len(inside) < 2:
                continue
            part = matrix[np.ix_(inside, inside)]
            part = part - np.diag(part.sum(axis=1))
            values, vectors = np.linalg.eigh(part)
            half = inside[vectors[:, -1] < 0]
            if values[-1] > 1e-10 and 0 < len(half) < len(inside) and (best is None or values[-1] > best[0]):
                best = values[-1], half
        if best is None:
            break
        blocs[best[1]] = blocs.max() + 1
    return blocs


def walktrap(ground: Ground, number: int, steps: int = 4) -> Blocs:
    """Walktrap (Pons and Latapy, 2006): actors whom short random walks bring to the same others are merged, by Ward's rule."""
    size = len(ground.ties)
    # a tie to oneself, as strong as the others on average, keeps walks from going back and forth
    count = (ground.ties > 0).sum(axis=1)
    own = np.divide(ground.ties.sum(axis=1), count, out=np.ones(size), where=count > 0)
    ties = ground.ties + np.diag(own)
    strength = ties.sum(axis=1)
    walks = np.linalg.matrix_power(ties / strength[:, None], steps)
    mean = {n: walks[n] for n in range(size)}
    members = {n: [n] for n in range(size)}
    next_to = {n: set(np.flatnonzero(ground.ties[n] > 0).tolist()) - {n} for n in range(size)}

    def cost(one: int, other: int) -> float:
        a, b = len(members[one]), len(members[other])
        return float(a * b / (a + b) * ((mean[one] - mean[other]) ** 2 / strength).sum() / size)

    costs = {(a, b): cost(a, b) for a in next_to for b in next_to[a] if a < b}
    while len(members) > number and costs:
        a, b = min(costs, key=lambda pair: (costs[pair], pair))
        new = max(members) + 1
        share = len(members[a]) / (len(members[a]) + len(members[b]))
        mean[new] = share * mean[a] + (1 - share) * mean[b]
        members[new] = members.pop(a) + members.pop(b)
        next_to[new] = (next_to.pop(a) | next_to.pop(b)) - {a, b}
        costs = {pair: value for pair, value in costs.items() if not {a, b} & set(pair)}
        for other in next_to[new]:
            next_to[other] = (next_to[other] - {a, b}) | {new}
            costs[other, new] = cost(other, new)
    return _of_sets(members.values(), size)


def _graph(ground: Ground) -> networkx.Graph:
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(len(ground.ties)))
    at = np.argwhere(np.triu(ground.ties, 1) > 0).tolist()
    graph.add_weighted_edges_from((i, j, float(ground.ties[i, j])) for i, j in at)
    return graph


def _of_sets(sets: Iterable[Iterable[int]], size: int) -> Blocs:
    blocs = np.zeros(size, dtype=np.int64)
    for number, members in enumerate(sets):
        blocs[list(members)] = number
    return blocs


METHODS: dict[str, Callable[[Ground, int], Blocs]] = {
    "single": hierarchical("single"),
    "average": hierarchical("average"),
    "complete": hierarchical("complete"),
    "ward": hierarchical("ward"),
    "kmeans": kmeans,
    "pam": pam,
    "equivalence": equivalence,
    "concor": concor,
    "louvain": louvain,
    "leiden": leiden,
    "fastgreedy": fastgreedy,
    "walktrap": walktrap,
    "eigenvector": eigenvector,
    "betweenness": betweenness,
    "propagation": propagation,
}
"""The methods by name."""
