"""Coalitions are who stands together, whatever the actors are called."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.analysis.sides import coalitions, cohesion, sides, ties
from whipcount.model import Position, Stance

FOR, AGAINST, IF, WEIGHING = Stance.SUPPORT, Stance.OPPOSE, Stance.CONDITIONAL, Stance.UNDECIDED


def standing(**stances: tuple[Stance | None, ...]) -> list[Position]:
    return [
        Position(actor, f"o{place}", stance)
        for actor, row in stances.items()
        for place, stance in enumerate(row)
        if stance
    ]


CAMPS = standing(a=(FOR, FOR, None), b=(FOR, IF, AGAINST), c=(FOR, None, AGAINST), x=(AGAINST, AGAINST, FOR),
                 y=(AGAINST, None, FOR), z=(WEIGHING, WEIGHING, WEIGHING))  # fmt: skip


def test_two_camps_are_two_coalitions_and_whoever_takes_no_side_is_in_none() -> None:
    assert coalitions(ties(sides(CAMPS))) == [("a", "b", "c"), ("x", "y")]


def test_a_tie_names_the_options_that_make_it() -> None:
    found = {(tie.first, tie.second): tie for tie in ties(sides(CAMPS))}
    assert found["a", "b"].weight == 1.5 and found["a", "b"].agree == ("o0", "o1")
    assert found["b", "x"].weight == -2.5 and found["b", "x"].differ == ("o0", "o1", "o2")
    assert not any("z" in pair for pair in found)


def test_nobody_and_one_make_no_coalition() -> None:
    assert coalitions([]) == []
    assert coalitions(ties(sides(standing(a=(FOR,))))) == []


def test_cohesion_is_the_share_of_pairs_on_one_side() -> None:
    whole = cohesion(sides(CAMPS), ["a", "b", "c"])
    assert (whole.share, whole.low, whole.high, whole.pairs) == (1.0, 1.0, 1.0, 5)
    mixed = cohesion(sides(CAMPS), ["a", "b", "x"])
    assert mixed.share == 2 / 7 and mixed.low is not None and mixed.high is not None
    assert mixed.low <= mixed.share <= mixed.high
    assert cohesion(sides(CAMPS), ["z"]).share is None


STANCES = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("opqr"), st.sampled_from(list(Stance))),
                   unique_by=lambda row: row[:2], max_size=20)  # fmt: skip


@settings(deadline=None)
@given(STANCES)
def test_turning_every_option_round_leaves_coalitions_as_they_are(rows: list[tuple[str, str, Stance]]) -> None:
    turn = {FOR: AGAINST, AGAINST: FOR}
    kept = [Position(a, o, s) for a, o, s in rows if s != IF]
    turned = [Position(p.actor, p.option, turn.get(p.stance, p.stance) if p.stance else None) for p in kept]
    assert coalitions(ties(sides(kept))) == coalitions(ties(sides(turned)))
