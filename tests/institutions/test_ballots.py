"""Positions to ballots and options to bodies: on whose word, with which doubts, and in whose power."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import InputError, UsageError
from whipcount.institutions.ballots import Reading, cast, supposed
from whipcount.institutions.catalogue import read
from whipcount.institutions.competence import institution_for
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome
from whipcount.institutions.tally import tally
from whipcount.institutions.verdict import verdict
from whipcount.model import Lean, Option, Position, Stance, Voice

DATE = "2025-03-17"
OWN, OTHERS = (Voice.FIRST_HAND,), (Voice.ASCRIBED, Voice.UNNAMED)


def record(*positions: Position) -> list[Position]:
    """France and these."""
    return [Position("France", "force", Stance.SUPPORT, voices=OWN), *positions]


def test_what_others_say_counts_only_if_the_user_wants_it_and_is_flagged_either_way() -> None:
    known = record(Position("Germany", "force", Stance.SUPPORT, voices=OTHERS, statements=("d:s1",)))
    for counts, outcome in ((True, Outcome.PASSES), (False, Outcome.OPEN)):
        found = verdict("treaty:France,Germany", "force", known, DATE, reading=Reading(count_ascribed=counts))
        (seat,) = [seat for seat in found.casts if seat.seat == "Germany"]
        assert (found.outcome, seat.ascribed, seat.statements) == (outcome, True, ("d:s1",))
        assert "Germany" in found.explain() and found.to_json()["reading"]["count_ascribed"] is counts


def test_one_word_of_its_own_is_enough_not_to_be_ascribed() -> None:
    mixed = Position("Germany", "force", Stance.SUPPORT, voices=(*OTHERS, Voice.FIRST_HAND))
    assert not cast("Germany", mixed, {}, Reading()).ascribed


def test_office_holders_who_disagree_leave_the_ballot_unknown_until_it_is_resolved() -> None:
    known = record(Position("Croatia", "force", None, divided=True, voices=OWN, statements=("d:pm", "d:president")))
    found = verdict("treaty:France,Croatia", "force", known, DATE)
    assert (found.outcome, found.swing) == (Outcome.OPEN, ["Croatia"])
    assert "d:president" in found.casts[1].statements or "d:president" in found.casts[0].statements
    assert "disagree" in found.explain()
    resolved = verdict("treaty:France,Croatia", "force", known, DATE, assume={"Croatia": "oppose"})
    assert resolved.blockers == ["Croatia"]


@pytest.mark.parametrize(
    ("position", "facts", "ballot", "waits"),
    [
        (None, {}, Ballot.UNKNOWN, ()),
        (Position("A", "o", Stance.UNDECIDED, lean=Lean.FAVOURABLE, voices=OWN), {}, Ballot.UNKNOWN, ()),
        (Position("A", "o", None, voices=OWN), {}, Ballot.UNKNOWN, ()),
        (Position("A", "o", Stance.CONDITIONAL, voices=OWN), {}, Ballot.UNKNOWN, ()),
        (
            Position("A", "o", Stance.CONDITIONAL, conditions=("x", "y"), voices=OWN),
            {"x": True},
            Ballot.UNKNOWN,
            ("y",),
        ),
        (Position("A", "o", Stance.CONDITIONAL, conditions=("x", "y"), voices=OWN), {"x": False}, Ballot.NO, ()),
        (Position("A", "o", Stance.CONDITIONAL, conditions=("x",), voices=OWN), {"x": True}, Ballot.YES, ()),
    ],
    ids=["silent", "leaning", "neutral", "unnamed condition", "one of two", "one fails", "holds"],
)
def test_a_doubt_is_never_a_guess(
    position: Position | None, facts: Mapping[str, bool], ballot: Ballot, waits: tuple[str, ...]
) -> None:
    found = cast("A", position, facts, Reading())
    assert (found.ballot, found.waits_for) == (ballot, waits)


def test_the_mapping_can_be_changed_and_is_recorded() -> None:
    lenient = Reading({**Reading().by_stance, Stance.UNDECIDED: Ballot.ABSTAIN}, unmet=Ballot.UNKNOWN)
    assert cast("A", Position("A", "o", Stance.UNDECIDED, voices=OWN), {}, lenient).ballot is Ballot.ABSTAIN
    unmet = Position("A", "o", Stance.CONDITIONAL, conditions=("x",), voices=OWN)
    assert cast("A", unmet, {"x": False}, lenient).ballot is Ballot.UNKNOWN
    assert supposed("A", " Abstain ").assumed
    with pytest.raises(UsageError, match="perhaps"):
        supposed("A", "perhaps")


def test_movers_nearest_to_the_record_come_first() -> None:
    known = [
        Position("France", "force", Stance.CONDITIONAL, conditions=("x",), voices=OWN),
        Position("Germany", "force", Stance.UNDECIDED, lean=Lean.UNFAVOURABLE, voices=OWN),
        Position("Italy", "force", Stance.OPPOSE, voices=OWN),
        Position("Poland", "force", Stance.SUPPORT, voices=OWN),
    ]
    found = verdict("coalition-of-the-willing", "force", known, DATE)
    assert found.to_pass.size == 1 and found.to_pass.number == 3
    assert found.to_pass.shown == (("France",), ("Germany",), ("Italy",))


@pytest.mark.parametrize(
    ("body", "label", "ids"),
    [
        (("UN Security Council resolution",), "A mandate", ["unsc"]),
        (("NATO",), "A NATO force", ["nato"]),
        (("NATO membership",), "Ukraine joins", ["nato-accession"]),
        (("France",), "A base", ["individual:France"]),
        (("consent of the host state",), "Troops in Ukraine", ["host-consent:Ukraine"]),
        (("bilateral treaty",), "France and Germany sign", ["treaty:France,Germany"]),
        (("bilateral treaty",), "They sign", ["treaty"]),
        (("NATO; UN Security Council",), "Both", ["nato", "unsc"]),
        (("the Council of Elrond",), "A journey", []),
        ((), "Nobody", []),
    ],
)
def test_who_decides_is_read_from_the_codebook_and_never_guessed(
    body: tuple[str, ...], label: str, ids: list[str]
) -> None:
    assert institution_for(Option("o", label, decision_body=body)) == ids


def test_the_institution_that_a_codebook_sets_comes_first() -> None:
    assert institution_for(Option("o", "O", decision_body=("NATO",), institution="osce")) == ["osce", "nato"]


ROW = {"item": "1", "date": "2024-05-01", "member": "NOR", "ballot": "no"}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([{"item": "1", "date": "2024-05-01", "member": "NOR"}], "row 2: no column 'ballot'"),
        ([ROW | {"date": "1 May"}], "row 2: date '1 May' is not ISO"),
        ([ROW | {"member": "Norway"}], "row 2: member 'NORWAY' is not an ISO 3166-1"),
        ([ROW, ROW | {"member": "FRA", "ballot": "aye"}], "row 3: ballot 'aye' is unknown"),
        ([ROW, ROW | {"ballot": "yes"}], "row 3: NOR has two ballots on item '1'"),
        ([ROW, ROW | {"member": "FRA", "date": "2024-05-02"}], "row 3: item '1' has two dates"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(rows: list[dict[str, str]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        list(tally("nato", rows))


def test_a_roll_call_says_who_voted_without_being_a_member_and_who_is_missing() -> None:
    (found,) = tally("nato", [ROW, ROW | {"member": "RUS", "ballot": "yes"}])
    assert found["verdict"] == "blocked" and found["blockers"] == ["Norway"]
    assert any("Russia" in reason for reason in found["reasons"])
    (powerless,) = tally("eu-national-forces", [ROW | {"member": "FRA"}])
    assert powerless["verdict"] == "not-competent"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- id: a\n  name: A\n  source: S\n  members: [AUT]\n  rule: {kind: cast}\n", "a.yaml:5: a: .*needs 'share'"),
        ("- id: a\n  name: A\n  source: S\n  members: [AUT]\n  rule: {kind: cast, share: 3}\n", "5: .*between 0 and 1"),
        ("- id: a\n  name: A\n  source: S\n  members: {list: eurasia}\n  rule: {kind: consensus}\n", "4: .*'eurasia'"),
        ("- id: a\n  name: A\n  members: [AUT]\n  rule: {kind: consensus}\n", "1: a: needs a text 'source'"),
        ("- id: a\n  name: A\n  source: S\n  members: [AUT]\n  rule: {kind: weighted, votes: 2}\n", "5: .*'weights'"),
        ("- id: a\n  name: A\n  source: S\n  members: [{state: AUT, from: soon}]\n  rule: {kind: consensus}\n", "4: "),
        (
            "- id: a\n  name: A\n  source: S\n  members: [AUT]\n  rule:\n    kind: all\n    parts: [{kind: no-power}]\n",
            "7: .*stands alone",
        ),
        ("id: [", "1: not YAML|2: not YAML"),
        ("just words", "1: no institutions"),
    ],
)
def test_a_mistake_in_an_institution_is_named_with_its_line(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(text, "a.yaml")


YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc:-[]{}&* #'\n", max_size=6) | st.just("consensus"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "name",
                    "source",
                    "members",
                    "rule",
                    "rules",
                    "kind",
                    "parts",
                    "share",
                    "weights",
                    "fewest",
                    "aliases",
                    "of",
                    "list",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(YAML | st.text("abc:-[]{}&*!#'\" \n", max_size=60))
@settings(deadline=None, max_examples=60)
def test_whatever_stands_in_a_users_file_is_read_or_refused_with_its_line(value: object) -> None:
    text = value if isinstance(value, str) else yaml.safe_dump(value)
    try:
        read(text, "own.yaml")
    except InputError as error:
        assert re.match(r"own\.yaml:\d+: ", str(error)) and "\n" not in str(error)
