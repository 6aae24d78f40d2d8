"""A whole debate at once: what waits for what, what a what-if moves, and whose word and which reading counts."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules import SEATS, ballots, rules

from whipcount.errors import InputError, UsageError
from whipcount.institutions.authority import heard, spoken
from whipcount.institutions.ballots import read_as
from whipcount.institutions.catalogue import card, find, state_code
from whipcount.institutions.conditions import web
from whipcount.institutions.formula import Ballot
from whipcount.institutions.graph import moved
from whipcount.institutions.likelihood import likelihood
from whipcount.institutions.movers import movers
from whipcount.institutions.outcome import Compiled, Outcome, Running, settle
from whipcount.institutions.rollcalls import statements_of
from whipcount.institutions.rules import Rule
from whipcount.institutions.tally import tally
from whipcount.institutions.verdict import verdict
from whipcount.language.actors import Actors
from whipcount.model import (
    Codebook,
    Coder,
    Condition,
    Entry,
    Option,
    Position,
    SpeakerKind,
    Stance,
    Statement,
    Voice,
)

DATE = "2025-03-17"
OWN = (Voice.FIRST_HAND,)
PASSES, BLOCKED, OPEN = Outcome.PASSES, Outcome.BLOCKED, Outcome.OPEN
SUPPORT, OPPOSE, IF = Stance.SUPPORT, Stance.OPPOSE, Stance.CONDITIONAL


def position(actor: str, option: str, stance: Stance, *conditions: str) -> Position:
    return Position(actor, option, stance, conditions=conditions, voices=OWN)


CHAIN = Codebook(
    "d",
    "d",
    (
        Option("mandate", "The United Nations give a mandate", institution="unsc"),
        Option("troops", "Italy sends troops", institution="individual:Italy"),
        Option("bridge", "Ukraine builds the bridge", institution="individual:Ukraine"),
    ),
    (Condition("un-mandate", "a mandate", "mandate"), Condition("italy-comes", "Italy comes", "troops")),
)
RECORD = [
    *(position(name, "mandate", SUPPORT) for name in find("unsc").members_at(DATE) if name != "Russia"),
    position("Italy", "troops", IF, "un-mandate"),
    position("Ukraine", "bridge", IF, "italy-comes"),
]


def test_a_chain_of_conditions_ends_with_the_one_who_decides() -> None:
    found = web(CHAIN, RECORD, DATE)
    assert dict(found.outcomes) == {"mandate": OPEN, "troops": OPEN, "bridge": OPEN} and not found.knots
    assert "on “Italy sends troops”, Italy waits for “The United Nations give a mandate”" in found.explain()
    assert "which hangs on UN Security Council (Russia)" in found.explain()
    for stance, outcome in (("abstain", PASSES), ("oppose", BLOCKED)):
        after = web(CHAIN, RECORD, DATE, assume={"Russia on mandate": stance})
        assert set(after.outcomes.values()) == {outcome}
        assert {move.option for move in moved(found, after)} == {"mandate", "troops", "bridge"}
    (italy,) = after.verdict("individual:Italy", "troops").casts
    assert "“The United Nations give a mandate” is blocked" in italy.reason


def test_the_graph_is_plain_data_whose_edges_join_its_nodes() -> None:
    data = web(CHAIN, RECORD, DATE).to_json()
    nodes = {row["id"] for row in data["options"]} | {row["id"] for row in data["conditions"]}
    assert all({edge["from"], edge["to"]} <= nodes for edge in data["edges"])
    assert {"from": "un-mandate", "to": "troops", "members": ["Italy"]} in data["edges"]
    assert {"from": "mandate", "to": "un-mandate", "members": []} in data["edges"]


def test_members_can_be_added_and_left_out_by_assumption() -> None:
    said = [position(name, "o", SUPPORT) for name in find("nato").members_at(DATE) if name != "Hungary"]
    assert verdict("nato", "o", said, DATE).swing == ["Hungary"]
    assert verdict("nato", "o", said, DATE, assume={"Hungary": "no-member"}).outcome is PASSES
    more = {"Hungary": "no-member", "Ukraine": "member"}
    assert verdict("nato", "o", said, DATE, assume=more).swing == ["Ukraine"]
    with pytest.raises(UsageError, match="no member"):
        verdict("nato", "o", said, DATE, assume={"Japan": "no-member"})


def test_silence_is_unknown_unless_the_reading_says_otherwise_and_the_verdict_keeps_the_reading() -> None:
    said = [position("France", "o", SUPPORT)]
    assert verdict("nato", "o", said, DATE).outcome is OPEN
    found = verdict("nato", "o", said, DATE, reading=read_as({"silent": "yes"}))
    assert found.outcome is PASSES
    assert found.to_json()["reading"]["silent"] == "yes" and "“silent” is read as yes." in found.explain()
    for wrong in ({"quiet": "yes"}, {"silent": "aye"}, {"ascribed": "yes"}):
        with pytest.raises(UsageError, match="say one of"):
            read_as(wrong)


def test_a_deadlock_that_others_keep_open_is_freed_though_not_settled() -> None:
    options = (Option("a", "A", institution="treaty:France,Poland"), Option("b", "B", institution="individual:Spain"))
    codebook = Codebook("d", "d", options, (Condition("ca", "", "a"), Condition("cb", "", "b")))
    said = [position("France", "a", IF, "cb"), position("Spain", "b", IF, "ca")]
    (knot,) = web(codebook, said, DATE).knots
    frees = {change.assume: (dict(change.settles), change.frees) for change in knot.changes}
    assert frees["Spain on b=support"] == ({"b": PASSES}, ("a",))
    assert frees["France on a=support"] == ({}, ("a", "b"))
    assert dict(knot.together) == {"a": OPEN, "b": PASSES}


@given(rules(), ballots(list(Ballot)), st.lists(st.tuples(st.sampled_from(SEATS), st.sampled_from(list(Ballot)))))
@settings(deadline=None)
def test_a_count_kept_up_to_date_is_the_count_made_anew(
    rule: Rule, cast: dict[str, Ballot], changes: list[tuple[str, Ballot]]
) -> None:
    formula = rule.formula(cast)
    running = Running(Compiled(formula), cast)
    for seat, ballot in changes:
        running.change(seat, cast[seat], ballot)
        cast = cast | {seat: ballot}
        assert running.outcome() is settle(formula, cast)


@given(rules(), ballots(), st.lists(st.sampled_from([Fraction(n, 7) for n in range(8)]), min_size=6, max_size=6))
@settings(deadline=None, max_examples=30)
def test_a_likelihood_is_the_sum_over_all_assignments_and_so_is_what_each_member_changes(
    rule: Rule, cast: dict[str, Ballot], odds: list[Fraction]
) -> None:
    free = dict(zip(SEATS[:4], odds, strict=False))
    formula = rule.formula(cast)

    def total(fixed: dict[str, Ballot]) -> Fraction:
        whole = Fraction(0)
        others = [seat for seat in free if seat not in fixed]
        for votes in product([Ballot.YES, Ballot.NO], repeat=len(others)):
            weight = Fraction(1)
            for seat, vote in zip(others, votes, strict=True):
                weight *= free[seat] if vote is Ballot.YES else 1 - free[seat]
            whole += weight * formula.met({**cast, **fixed, **dict(zip(others, votes, strict=True))})
        return whole

    found = likelihood(formula, {**cast, **dict.fromkeys(free, Ballot.NO)}, free)
    assert found.probability == total({})
    assert found.if_yes_no == {s: (total({s: Ballot.YES}), total({s: Ballot.NO})) for s in free}


def test_unlike_chances_of_the_whole_assembly_are_computed_exactly() -> None:
    rule = find("unga").rule_at(DATE)
    assert rule is not None
    chances = {seat: Fraction(n % 97 + 1, 100) for n, seat in enumerate(rule.seats)}
    no = dict.fromkeys(rule.seats, Ballot.NO)
    found = likelihood(rule.formula(no), no, chances)
    mirrored = likelihood(rule.formula(no), no, {seat: 1 - chance for seat, chance in chances.items()})
    # 193 votes are never tied: who wins with these chances loses with the opposite ones
    assert found.probability + mirrored.probability == 1


@given(rules(), ballots([Ballot.NO, Ballot.ABSTAIN]), st.lists(st.integers(0, 5), min_size=6, max_size=6))
@settings(deadline=None)
def test_the_movers_shown_first_have_least_far_to_go(rule: Rule, cast: dict[str, Ballot], far: list[int]) -> None:
    distance = dict(zip(SEATS, far, strict=True))
    formula = rule.formula(cast)
    found = movers(formula, cast, Ballot.YES, distance)
    if not found.size:
        return
    does = [s for s in combinations(SEATS, found.size) if formula.met({**cast, **dict.fromkeys(s, Ballot.YES)})]
    lengths = sorted(sum(distance[seat] for seat in s) for s in does)
    assert found.number == len(does)
    assert [sum(distance[seat] for seat in s) for s in found.shown] == lengths[:5]


@pytest.mark.parametrize(
    ("id", "date", "abstainers", "outcome"),
    [
        ("eu-cfsp", "2025-01-01", "DEU FRA ITA ESP POL ROU NLD BEL", PASSES),  # eight: less than a third of members
        ("eu-cfsp", "2025-01-01", "DEU FRA ITA ESP POL ROU NLD BEL CZE", BLOCKED),
        ("eu-cfsp", "2025-01-01", "MLT LUX CYP EST LVA SVN LTU HRV IRL", PASSES),  # nine small ones
        ("eu-cfsp", "2003-01-01", "DEU FRA ITA", BLOCKED),  # 30 of 87 votes: more than a third
        ("eu-cfsp", "2003-01-01", "DEU FRA ESP", PASSES),  # 28 of 87
        ("eu-cfsp", "2003-01-01", "DEU FRA PRT AUT", PASSES),  # 29 of 87 is exactly a third: not more
        ("eu-cfsp", "1995-06-01", "DEU FRA ITA GBR", PASSES),
    ],
)
def test_constructive_abstention_by_date(id: str, date: str, abstainers: str, outcome: Outcome) -> None:
    apart = abstainers.split()
    row = {"item": "1", "date": date, "member": "", "ballot": "yes"}
    rows = [
        row | {"member": code, "ballot": "abstain" if code in apart else "yes"}
        for code in (state_code(name) for name in find(id).members_at(date))
    ]
    (found,) = tally(id, rows)
    assert found["verdict"] == str(outcome)


def test_who_may_be_set_apart_is_named_in_the_call() -> None:
    rows = [{"item": "1", "date": DATE, "member": code, "ballot": "no"} for code in ("RUS", "BLR")]
    assert next(tally("osce-minus-one:Russia", rows))["blockers"] == ["Belarus"]
    veto = [{"item": "1", "date": DATE, "member": "RUS", "ballot": "no"}]
    veto += [
        {"item": "1", "date": DATE, "member": c, "ballot": "yes"} for c in "FRA GBR USA CHN DZA DNK GRC GUY KOR".split()
    ]
    assert [next(tally(id, veto))["verdict"] for id in ("unsc", "unsc-chapter-vi:Russia")] == ["blocked", "passes"]
    for call in ("osce-minus-one", "osce-minus-one:Russia,France", "unsc-chapter-vi:Atlantis"):
        with pytest.raises(UsageError):
            find(call)


def test_ballots_of_who_is_no_member_are_not_counted_where_treaties_say_who_is() -> None:
    rows = [{"item": "1", "date": "2024-05-01", "member": "RUS", "ballot": "no"}]
    (found,) = tally("nato", rows)
    assert found["verdict"] == "open" and any("not counted: Russia" in reason for reason in found["reasons"])
    (before,) = tally("eu-qmv", [{"item": "1", "date": "2020-01-31", "member": "GBR", "ballot": "no"}])
    (after,) = tally("eu-qmv", [{"item": "1", "date": "2020-02-01", "member": "GBR", "ballot": "no"}])
    assert before["counts"]["no"] == 1 and "no" not in after["counts"]


@pytest.mark.parametrize(
    ("id", "ballot", "does"),
    [
        ("nato", "abstain", {"for"}),
        ("eu-qmv", "abstain", {"against"}),
        ("eu-qmv", "not-participating", {"leaves the base"}),
        ("unga", "absent", {"leaves the base"}),
        ("unsc", "abstain", {"against", "neither"}),
        ("eu-cfsp", "declared-abstention", {"neither"}),
        ("normandy-format", "absent", {"against"}),
    ],
)
def test_what_each_ballot_does_is_told_from_the_rule_itself(id: str, ballot: str, does: set[str]) -> None:
    rows = card(find(id), DATE)["ballots"]
    assert {row[ballot] for row in rows} == does and {row["unknown"] for row in rows} == {"tried both ways"}


def entry(key: str, speaker: str, stance: Stance, date: str = "2024-05-01") -> Entry:
    said = Statement(
        key,
        ((0, 1),),
        (),
        speaker,
        SpeakerKind.PERSON,
        Voice.FIRST_HAND,
        speaks_for="Croatia",
        option="o",
        stance=stance,
    )
    return Entry(said, "d", Coder("c"), date=date)


def test_whose_word_counts_is_data_and_the_user_may_say() -> None:
    actors = Actors.load()
    date = "2024-05-01"
    (president,), (premier,) = (actors.holders(o, "HRV", date) for o in ("head-of-state", "head-of-government"))
    entries = [entry("s1", president, OPPOSE), entry("s2", premier, SUPPORT), entry("s3", "A mayor", OPPOSE)]
    said = spoken(entries, "Croatia", "o", "nato", actors)
    assert [(s.offices, s.binds) for s in said] == [
        (("head-of-state",), True),
        (("head-of-government",), True),
        ((), False),
    ]
    assert [e.key for e in heard(entries, {"Croatia": "head-of-government"}, actors)] == ["d:s2"]
    with pytest.raises(UsageError, match="nobody known"):
        heard(entries, {"Croatia": "un-ambassador"}, actors)


def test_a_roll_call_becomes_the_members_own_words() -> None:
    rows = [
        {"item": "7", "date": "2022-02-25", "member": code, "ballot": ballot, "line": f"v.csv:{n}"}
        for n, (code, ballot) in enumerate([("FRA", "yes"), ("RUS", "no"), ("CHN", "abstain"), ("GAB", "absent")], 2)
    ]
    ((document, statements),) = statements_of(rows, "o", institution_id="unsc")
    assert [(s.speaks_for, s.stance, s.voice) for s in statements] == [
        ("France", SUPPORT, Voice.FIRST_HAND),
        ("Russia", OPPOSE, Voice.FIRST_HAND),
        ("China", Stance.UNDECIDED, Voice.FIRST_HAND),
    ]
    assert [document.words(s.content) for s in statements] == ["yes", "no", "abstain"]
    assert document.date == "2022-02-25" and "UN Security Council" in (document.title or "")
    with pytest.raises(InputError, match=r"v.csv:2: item '7' names no option"):
        list(statements_of(rows, None))
