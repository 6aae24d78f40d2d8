"""Structure of networks: what was planted is found, chance is not, and every figure leads to its statements."""

from __future__ import annotations

import datetime
import random

import numpy as np
import polars as pl
import pytest

from whipcount.analysis import coalitions as methods
from whipcount.analysis.backbone import nested, smallest
from whipcount.analysis.coalitions import METHODS, coalitions
from whipcount.analysis.cohesion import cohesion, wilson
from whipcount.analysis.events import DOCUMENT_FIELDS, Events
from whipcount.analysis.networks import Design, network
from whipcount.analysis.phases import phases
from whipcount.analysis.polarization import polarization
from whipcount.analysis.scaling import scaling
from whipcount.analysis.spectra import spectrum
from whipcount.analysis.ties import blocs, ties
from whipcount.errors import UsageError

START = datetime.datetime(2031, 1, 1)
DESIGN = Design(onemode=True)
Row = tuple[str, str, int, int, int]
"""Actor, concept, level, day, document."""


def events(rows: list[Row]) -> Events:
    rows = sorted(rows, key=lambda row: row[3])
    frame = pl.DataFrame({
        "statement": [f"s{n}" for n in range(len(rows))],
        "document": [f"d{row[4]}" for row in rows],
        "time": [START + datetime.timedelta(days=row[3]) for row in rows],
        "organization": [row[0] for row in rows],
        "concept": [row[1] for row in rows],
        "agreement": [row[2] for row in rows],
        **{f"document:{f}": [""] * len(rows) for f in DOCUMENT_FIELDS},
    })  # fmt: skip
    return Events(frame, {"organization": "short text", "concept": "short text", "agreement": "boolean"})


def camps(
    sizes: tuple[int, ...], noise: float = 0.1, per_actor: int = 12, seed: int = 5
) -> tuple[Events, list[list[str]]]:
    """A debate in which each camp has its own pattern of sides on eight concepts, with some noise."""
    chance = random.Random(seed)
    patterns = [[1] * 8, [0] * 8, [1, 0] * 4, [1, 1, 0, 0] * 2]
    rows: list[Row] = []
    members: list[list[str]] = []
    for camp, size in enumerate(sizes):
        members.append([f"{'ABCD'[camp]}{n}" for n in range(size)])
        for actor in members[-1]:
            for _ in range(per_actor):
                concept = chance.randrange(8)
                side = patterns[camp][concept] ^ (chance.random() < noise)
                rows.append((actor, f"c{concept}", side, chance.randrange(300), chance.randrange(200)))
    return events(rows), members


@pytest.mark.parametrize("name", METHODS)
def test_each_method_finds_two_plain_camps(name: str) -> None:
    made, members = camps((6, 5), noise=0.0)
    (found,) = coalitions(made, DESIGN, methods=[name])
    assert found.members() == members and found.modularity > 0.3


def test_the_best_split_comes_first_and_chance_repeats() -> None:
    made, members = camps((6, 5), per_actor=20)
    found = coalitions(made, DESIGN)
    assert [one.modularity for one in found] == sorted((one.modularity for one in found), reverse=True)
    assert len(found) == len(METHODS) and found[0].members() == members
    assert found == coalitions(made, DESIGN)
    assert max(coalitions(made, DESIGN, methods=["ward"], number=2)[0].blocs) == 1


def test_modularity_is_that_of_networkx() -> None:
    import networkx

    matrix = np.abs(np.random.default_rng(1).normal(size=(9, 9)))
    matrix = matrix + matrix.T
    np.fill_diagonal(matrix, 0)
    blocs_ = [0, 0, 1, 1, 2, 0, 1, 2, 2]
    sets = [{n for n, b in enumerate(blocs_) if b == k} for k in range(3)]
    wanted = networkx.community.modularity(networkx.from_numpy_array(matrix), sets)
    assert methods.modularity(matrix, blocs_) == pytest.approx(wanted)


def test_coalitions_of_few_or_nobody_are_none() -> None:
    assert coalitions(events([("A", "c", 1, 0, 0), ("B", "c", 1, 1, 1)]), DESIGN) == []
    assert coalitions(events([]), DESIGN) == []
    with pytest.raises(UsageError, match="no method 'spin'; use single"):
        coalitions(events([]), DESIGN, methods=["spin"])


def test_polarization_finds_a_minority_where_equal_blocs_cannot() -> None:
    made, (many, few) = camps((9, 2), noise=0.05, per_actor=30)
    found = polarization(made, DESIGN)
    assert found.members() == [many, few] and found.exact and found.score > 0.1
    assert len(polarization(made, DESIGN, measure="absdiff").members()[1]) == 5


def test_search_reaches_the_optimum_of_a_larger_debate() -> None:
    made, members = camps((14, 5), noise=0.05, per_actor=30)
    found = polarization(made, DESIGN)
    assert not found.exact and found.members() == [sorted(bloc) for bloc in members]


def test_without_conflict_there_is_no_polarization() -> None:
    made, _ = camps((7,), noise=0.0)
    assert polarization(made, DESIGN).score == pytest.approx(0.0, abs=0.01)


def test_the_spectrum_is_that_of_the_laplacian() -> None:
    path = np.array([[0, 1, 0], [1, 0, 1], [0, 1, -5.0]])
    assert spectrum(path) == pytest.approx(np.array([0, 1, 3]) / 4)
    assert spectrum(np.zeros((3, 3))).tolist() == [0, 0, 0]


def test_the_backbone_leaves_out_the_concept_that_tells_nothing() -> None:
    made, _ = camps((5, 5), noise=0.0)
    # one actor alone on a concept ties nobody
    more = events([*plain(made), ("A0", "alone", 1, 5, 300)])
    steps = nested(more, Design(onemode=True, aggregation="subtract"))
    assert steps[0].concepts == ("alone",) and steps[0].backbone_loss == pytest.approx(0)
    found = smallest(more, Design(onemode=True, aggregation="subtract", normalization="average"))
    assert "alone" in found.redundant and 0 < len(found.backbone) < 9
    by_chance = smallest(more, Design(onemode=True, aggregation="subtract", normalization="average"), iterations=300)
    assert by_chance.backbone_loss <= 2 * found.backbone_loss + 0.05


def plain(made: Events) -> list[Row]:
    rows = made.frame.select("organization", "concept", "agreement", "time", "document").rows()
    return [(a, c, x, (t - START).days, int(d[1:])) for a, c, x, t, d in rows]


def test_ties_add_up_to_the_cell_and_name_the_statements() -> None:
    made, (one, other) = camps((4, 3))
    designs = {a: network(made, Design(onemode=True, aggregation=a)) for a in ("congruence", "conflict")}
    for a, b in ((one[0], one[1]), (one[0], other[0])):
        found = ties(made, DESIGN, a, b)
        at = designs["congruence"].rows.index(a), designs["congruence"].rows.index(b)
        assert sum(tie.congruence for tie in found) == designs["congruence"].matrix[at]
        assert sum(tie.conflict for tie in found) == designs["conflict"].matrix[at]
        for tie in found:
            for actor, side in zip((a, b), tie.sides, strict=True):
                named = made.frame.filter(pl.col("statement").is_in(side.statements))
                assert named["organization"].unique().to_list() == [actor] and len(named) == sum(side.levels.values())
                assert named["concept"].unique().to_list() == [tie.concept]
    assert ties(made, DESIGN, "A0", "nobody") == []


def test_sub_blocs_agree_pair_by_pair() -> None:
    made, members = camps((5, 4), noise=0.0, per_actor=30)
    found = blocs(made, DESIGN, least=3)
    assert [list(bloc.members) for bloc in found] == members
    assert all(tie.congruence > 0 and tie.conflict == 0 for bloc in found for tie in bloc.ties)
    assert len(found[0].concepts) == 8
    assert blocs(made, DESIGN, among=["A0", "A1", "B0"]) == []


def test_cohesion_of_six_articles_looks_like_six_articles() -> None:
    few, (a, _) = camps((3, 3), noise=0.0, per_actor=4)
    rows = [(*row[:3], row[3], row[3] % 6) for row in plain(few)]
    ((one,), trend) = cohesion(events(rows), DESIGN, a)
    many, _ = camps((3, 3), noise=0.0, per_actor=80)
    ((other,), _) = cohesion(many, DESIGN, a)
    assert one.within.value == other.within.value == 1.0 and trend is None
    assert one.within.documents == 6 and one.within.low == pytest.approx(wilson(1.0, 6)[0]) and one.within.low < 0.65
    assert other.within.low is not None and other.within.low > 0.95
    assert other.contrast.value == 1.0 and set(one.members) == set(a)
    named = events(rows).frame.filter(pl.col("statement").is_in(one.statements))
    assert set(named["organization"]) == set(a)


def test_a_bloc_that_frays_is_seen_to_and_one_that_holds_is_not() -> None:
    chance = random.Random(2)
    rows: list[Row] = []
    for month in range(10):
        for n in range(60):
            actor = f"A{n % 4}"
            leaves = actor in ("A2", "A3") and chance.random() < month / 10
            rows.append((actor, f"c{n % 3}", 0 if leaves else 1, month * 30 + n % 29, month * 60 + n))
    members = ["A0", "A1", "A2", "A3"]
    found, trend = cohesion(events(rows), DESIGN, members, unit="months", size=2)
    assert len(found) == 5 and trend is not None and trend.within.high is not None and trend.within.high < 0
    steady = [(a, c, 1 if chance.random() < 0.9 else 0, d, k) for a, c, _, d, k in rows]
    _, trend = cohesion(events(steady), DESIGN, members, unit="months", size=2)
    assert trend is not None and trend.within.low is not None and trend.within.high is not None
    assert trend.within.low < 0 < trend.within.high
    half = lambda day: members if day < datetime.date(2031, 6, 1) else members[:2]
    found, _ = cohesion(events(rows), DESIGN, half, unit="months", size=5)
    assert [len(one.members) for one in found] == [4, 2]
    with pytest.raises(UsageError, match="no member of the bloc"):
        cohesion(events(rows), DESIGN, ["Nobody"])


def test_agreement_is_the_mean_over_pairs_and_concepts() -> None:
    made, (one, other) = camps((4, 5), noise=0.3, per_actor=9)
    sides = {
        (actor, concept): value
        for actor, concept, value in made.frame.group_by("organization", "concept")
        .agg(pl.col("agreement").mean())
        .rows()
    }
    pairs: dict[bool, list[float]] = {True: [], False: []}
    for (a, c), x in sides.items():
        for (b, d), y in sides.items():
            if c == d and a in one and (b in other or a < b):
                pairs[b in one].append(1 - abs(x - y))
    ((found,), _) = cohesion(made, DESIGN, one)
    assert (found.within.value, found.between.value) == pytest.approx((np.mean(pairs[True]), np.mean(pairs[False])))
    assert (found.within.pairs, found.between.pairs) == (len(pairs[True]), len(pairs[False]))
    assert found.worst[0][3] == pytest.approx(min(pairs[True]))


def test_the_interval_of_wilson_is_the_published_one() -> None:
    # 8 of 10: Brown, Cai and DasGupta, Statistical Science 16, 2001
    assert wilson(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_turn_of_the_debate_is_found_and_chance_is_not_significant() -> None:
    chance = random.Random(4)
    before, after = (("A", "B"), ("C", "D")), (("A", "C"), ("B", "D"))
    rows: list[Row] = []
    for day in range(0, 300, 2):
        for actor in "ABCD":
            pairs = (before if day < 150 else after) if actor else before
            side = int(actor in pairs[0])
            talk = 3 if (day < 150) == (actor in "AB") else 1
            rows += [(actor, f"c{chance.randrange(3)}", side, day, day) for _ in range(talk)]
    found = phases(events(rows), DESIGN, "weeks", 6, permutations=99)
    strong = [turn for turn in found.turns if turn.p <= 0.05]
    assert strong and any(abs((turn.date - START).days - 150) <= 25 for turn in strong)
    assert len(found.times) == len(found.states) and found.distance.shape == (len(found.times),) * 2
    still = [(a, c, x, chance.randrange(300), n) for n, (a, c, x, _, _) in enumerate(rows)]
    calm = phases(events(still), DESIGN, "weeks", 6, permutations=99)
    assert sum(turn.p <= 0.05 for turn in calm.turns) <= 1
    # a document that tells of both times
    both = phases(events([(*row[:4], row[4] % 25) for row in rows]), DESIGN, "weeks", 6, permutations=9)
    assert all(0 < turn.p <= 1 for turn in both.turns)
    with pytest.raises(UsageError, match="make them smaller"):
        phases(events(rows), DESIGN, "days", 298)


def test_scaling_puts_camps_apart_and_says_how_sure_it_is() -> None:
    made, (one, other) = camps((5, 5), per_actor=30)
    found = scaling(made, DESIGN, replicates=40)
    place = {actor.name: actor for actor in found.actors}
    assert min(place[a].value[0] for a in one) > max(place[b].value[0] for b in other)
    assert all(p.low[0] <= p.value[0] <= p.high[0] for p in found.actors) and found.fit > 0.8
    small, _ = camps((5, 5), per_actor=4)
    wide = scaling(small, DESIGN, replicates=40)
    assert np.mean([p.deviation[0] for p in wide.actors]) > np.mean([p.deviation[0] for p in found.actors])
    assert scaling(made, DESIGN, replicates=5) == scaling(made, DESIGN, replicates=5)


def test_a_second_dimension_tells_four_camps_apart() -> None:
    made, members = camps((4, 4, 4, 4), noise=0.02, per_actor=40)
    where = {p.name: np.array(p.value) for p in scaling(made, DESIGN, dimensions=2, replicates=5).actors}
    centres = [np.mean([where[a] for a in camp], axis=0) for camp in members]
    for camp, centre in zip(members, centres, strict=True):
        for actor in camp:
            assert min(centres, key=lambda c: ((where[actor] - c) ** 2).sum()) is centre
    with pytest.raises(UsageError, match="three or more"):
        scaling(events([("A", "c", 1, 0, 0)]), DESIGN)
