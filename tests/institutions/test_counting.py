"""Counts, likelihoods, swings and movers are exact: the same as trying every assignment."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import SEATS, ballots, rules

from whipcount.institutions import coalitions
from whipcount.institutions.ballots import Cast, Reading
from whipcount.institutions.catalogue import Institution, find
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome, outcome
from whipcount.institutions.power import indices
from whipcount.institutions.rules import Rule, WeightedVote
from whipcount.institutions.verdict import Verdict

SOME = [Ballot.YES, Ballot.NO, Ballot.ABSTAIN, Ballot.UNKNOWN, Ballot.UNKNOWN]
CHANCES = [Fraction(n, 10) for n in (0, 3, 5, 7, 10)]


def judged(rule: Rule, cast: dict[str, Ballot]) -> Verdict:
    casts = tuple(Cast(seat, cast[seat], "") for seat in rule.seats)
    body = Institution("body", "Body", "source", ())
    return Verdict(body, "option", None, outcome(rule, cast), rule, casts, Reading(), {})


def passes(rule: Rule, cast: dict[str, Ballot]) -> bool:
    return outcome(rule, cast) is Outcome.PASSES


@given(rules(), ballots(SOME), st.lists(st.sampled_from(CHANCES), min_size=6, max_size=6))
@settings(deadline=None)
def test_the_probability_is_that_of_all_assignments_together(
    rule: Rule, cast: dict[str, Ballot], odds: list[Fraction]
) -> None:
    found = judged(rule, cast)
    chances = {seat: odds[SEATS.index(seat)] for seat in found.unknown}
    total = Fraction(0)
    for votes in product([Ballot.YES, Ballot.NO], repeat=len(chances)):
        weight = Fraction(1)
        for (_, chance), vote in zip(chances.items(), votes, strict=True):
            weight *= chance if vote is Ballot.YES else 1 - chance
        total += weight * passes(rule, cast | dict(zip(chances, votes, strict=True)))
    assert found.likelihood(chances).probability == pytest.approx(total)


@given(rules(), ballots(SOME))
@settings(deadline=None)
def test_the_smallest_movers_are_the_smallest_and_all_are_counted(rule: Rule, cast: dict[str, Ballot]) -> None:
    found = judged(rule, cast)
    for to, movers in ((Ballot.YES, found.to_pass), (Ballot.NO, found.to_block)):
        sure = Outcome.PASSES if to is Ballot.YES else Outcome.BLOCKED
        free = [seat for seat in rule.seats if cast[seat] not in {to, Ballot.NOT_PARTICIPATING}]
        for size in range(len(free) + 1):
            sets = {s for s in combinations(free, size) if outcome(rule, cast | dict.fromkeys(s, to)) is sure}
            if sets:
                assert (movers.size, movers.number) == (size, len(sets))
                assert {frozenset(shown) for shown in movers.shown} <= {frozenset(s) for s in sets}
                break
        else:
            assert movers.size is None


@given(rules(), ballots(SOME))
@settings(deadline=None)
def test_it_hangs_on_those_who_decide_in_some_assignment(rule: Rule, cast: dict[str, Ballot]) -> None:
    found = judged(rule, cast)
    expected = []
    for seat in found.unknown if found.outcome is Outcome.OPEN else []:
        others = [other for other in found.unknown if other != seat]
        for votes in product([Ballot.YES, Ballot.NO], repeat=len(others)):
            filled = cast | dict(zip(others, votes, strict=True))
            if passes(rule, filled | {seat: Ballot.YES}) and not passes(rule, filled | {seat: Ballot.NO}):
                expected.append(seat)
                break
    assert found.swing == expected


@given(rules())
@settings(deadline=None, max_examples=50)
def test_meeting_in_the_middle_counts_as_counting_by_kind(rule: Rule) -> None:
    by_kind = indices(rule)
    kinds, coalitions.KINDS = coalitions.KINDS, 0
    try:
        assert indices(rule) == by_kind
    finally:
        coalitions.KINDS = kinds


def test_two_unlike_weights_at_once() -> None:
    weights = dict(zip(SEATS, (9, 7, 5, 4, 2, 1), strict=True))
    people = dict(zip(SEATS, (80, 10, 60, 31, 44, 17), strict=True))
    rule = WeightedVote(SEATS, weights, 17, 3, people, Fraction(31, 50))
    winning = [
        s
        for size in range(7)
        for s in combinations(SEATS, size)
        if size >= 3 and sum(weights[x] for x in s) >= 17 and 50 * sum(people[x] for x in s) >= 31 * 242
    ]
    kinds, coalitions.KINDS = coalitions.KINDS, 0
    try:
        found = indices(rule)
    finally:
        coalitions.KINDS = kinds
    for seat in SEATS:
        holds = sum(seat in s for s in winning)
        assert found[seat][0] == Fraction(2 * holds - len(winning), 32)


@pytest.mark.parametrize(
    ("date", "votes", "of"),
    [
        ("1960", 12, 17),
        ("1973-01-01", 41, 58),
        ("1985-12-31", 45, 63),
        ("1986-01-01", 54, 76),
        ("2004-04-30", 62, 87),
        ("2004-05-01", 88, 124),
        ("2004-11-01", 232, 321),
        ("2007-01-01", 255, 345),
        ("2014-10-31", 260, 352),
    ],
)
def test_votes_in_the_council_by_date(date: str, votes: int, of: int) -> None:
    rule = find("eu-qmv").rule_at(date)
    assert isinstance(rule, WeightedVote)
    assert (rule.votes, sum(rule.weights[seat] for seat in rule.seats)) == (votes, of)


def test_the_triple_majority_of_nice_needs_all_three() -> None:
    rule = find("eu-qmv").rule_at("2010-06-01")
    assert isinstance(rule, WeightedVote)
    large = sorted(rule.seats, key=lambda seat: (-rule.weights[seat], seat))
    # The fourteen with most votes are exactly a majority of members.
    yes = large[:14]
    assert sum(rule.weights[seat] for seat in yes) >= 255
    assert passes(rule, dict.fromkeys(rule.seats, Ballot.NO) | dict.fromkeys(yes, Ballot.YES))
    without = dict.fromkeys(rule.seats, Ballot.YES) | dict.fromkeys(large[:3], Ballot.NO)
    assert sum(rule.weights[seat] for seat in large[3:]) >= 255
    # 258 votes of 24 members, but only 59 % of the people: the three largest are against.
    assert not passes(rule, without)
