"""The algebra that every rule must keep, whoever sits in it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome, outcome
from whipcount.institutions.power import indices
from whipcount.institutions.rules import (
    AllOf,
    AllSign,
    AnyOf,
    CastVote,
    Consensus,
    OptIn,
    QualifiedVote,
    Rule,
    Unanimity,
    VetoVote,
)

SEATS = tuple("ABCDEF")
SETTLED = [ballot for ballot in Ballot if ballot is not Ballot.UNKNOWN]


def simple(weights: dict[str, int], n: int, share: Fraction) -> st.SearchStrategy[Rule]:
    return st.sampled_from(
        [
            Consensus(SEATS),
            Unanimity(SEATS),
            Unanimity(SEATS, weights),
            QualifiedVote(SEATS, weights, share, Fraction(13, 20), blockers=n),
            QualifiedVote(SEATS, weights, Fraction(18, 25), share),
            VetoVote(SEATS, n, SEATS[:2]),
            VetoVote(SEATS, n),
            CastVote(SEATS, Fraction(1, 2), strictly=True),
            CastVote(SEATS, Fraction(2, 3), entitled=share),
            AllSign(SEATS[:n]),
            OptIn(SEATS, n, weights, 9, SEATS[:1]),
        ]
    )


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    weights = {seat: draw(st.integers(1, 30)) for seat in SEATS}
    leaf = simple(weights, draw(st.integers(1, 6)), Fraction(draw(st.integers(1, 20)), 20))
    kind = draw(st.sampled_from(["one", "all", "any"]))
    if kind == "one":
        return draw(leaf)
    parts = (draw(leaf), draw(leaf))
    return AllOf(parts) if kind == "all" else AnyOf(parts)


def ballots(choices: list[Ballot] = SETTLED) -> st.SearchStrategy[dict[str, Ballot]]:
    return st.fixed_dictionaries({seat: st.sampled_from(choices) for seat in SEATS})


@given(rules(), ballots(), st.sampled_from(SEATS))
def test_a_yes_never_hurts_and_a_no_never_helps(rule: Rule, cast: dict[str, Ballot], seat: str) -> None:
    before = outcome(rule, cast)
    if before is Outcome.PASSES:
        assert outcome(rule, cast | {seat: Ballot.YES}) is Outcome.PASSES
    else:
        assert outcome(rule, cast | {seat: Ballot.NO}) is Outcome.BLOCKED


@given(rules(), ballots(list(Ballot)), st.data())
def test_a_certain_verdict_stands_however_the_unknown_vote(
    rule: Rule, cast: dict[str, Ballot], data: st.DataObject
) -> None:
    before = outcome(rule, cast)
    filled = {s: data.draw(st.sampled_from(SETTLED)) if b is Ballot.UNKNOWN else b for s, b in cast.items()}
    if before is not Outcome.OPEN:
        assert outcome(rule, filled) is before


@given(rules(), st.sets(st.sampled_from(SEATS)))
def test_a_coalition_wins_exactly_if_the_others_do_not_block(rule: Rule, yes: set[str]) -> None:
    others_no = {s: Ballot.YES if s in yes else Ballot.NO for s in SEATS}
    blocks = outcome(rule, {s: Ballot.UNKNOWN if s in yes else Ballot.NO for s in SEATS}) is Outcome.BLOCKED
    assert (outcome(rule, others_no) is Outcome.PASSES) is not blocks


@given(rules(), ballots(), st.permutations(SEATS))
def test_renaming_members_changes_nothing_else(rule: Rule, cast: dict[str, Ballot], names: list[str]) -> None:
    new = dict(zip(SEATS, names, strict=True))

    def renamed(value: Rule) -> Rule:
        if isinstance(value, AllOf | AnyOf):
            return type(value)(tuple(renamed(part) for part in value.parts))
        fields = dict(vars(value))
        for key, item in fields.items():
            if isinstance(item, tuple):
                fields[key] = tuple(new[s] for s in item)
            elif isinstance(item, dict):
                fields[key] = {new[s]: w for s, w in item.items()}
        return type(value)(**fields)

    other = renamed(rule)
    assert outcome(other, {new[s]: b for s, b in cast.items()}) is outcome(rule, cast)
    mine, theirs = indices(rule), indices(other)
    assert {new[s]: value for s, value in mine.items()} == theirs


def test_abstention_means_something_else_in_every_body() -> None:
    cast = dict.fromkeys(SEATS, Ballot.YES) | {"A": Ballot.ABSTAIN, "B": Ballot.ABSTAIN}
    weights = dict.fromkeys(SEATS, 1)
    assert outcome(Consensus(SEATS), cast) is Outcome.PASSES
    assert outcome(Unanimity(SEATS), cast) is Outcome.PASSES
    assert outcome(QualifiedVote(SEATS, weights, Fraction(3, 4), Fraction(1, 2)), cast) is Outcome.BLOCKED
    assert outcome(VetoVote(SEATS, 4, ("A",)), cast) is Outcome.PASSES
    assert outcome(CastVote(SEATS, Fraction(1)), cast) is Outcome.PASSES
    assert outcome(AllSign(SEATS), cast) is Outcome.BLOCKED


def test_constructive_abstention_blocks_at_both_thirds_only() -> None:
    people = {"A": 30, "B": 30, "C": 10, "D": 10, "E": 50, "F": 50}
    rule = Unanimity(SEATS, people)
    yes = dict.fromkeys(SEATS, Ballot.YES)
    assert outcome(rule, yes | {"A": Ballot.DECLARED, "B": Ballot.DECLARED}) is Outcome.BLOCKED
    assert outcome(rule, yes | {"C": Ballot.DECLARED, "D": Ballot.DECLARED}) is Outcome.PASSES
    assert outcome(rule, yes | {"A": Ballot.ABSTAIN, "B": Ballot.ABSTAIN}) is Outcome.PASSES


def test_a_party_to_the_dispute_has_no_vote() -> None:
    rule = VetoVote(SEATS, 4, ("A", "B"), frozenset({"A"}))
    assert outcome(rule, dict.fromkeys(SEATS, Ballot.YES) | {"A": Ballot.NO}) is Outcome.PASSES
