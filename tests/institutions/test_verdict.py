"""What a user reads off a verdict: the outcome, the reasons, and what waits for what."""

from __future__ import annotations

import json

import pytest

from whipcount.errors import InputError, UsageError
from whipcount.institutions.catalogue import find, read, shipped
from whipcount.institutions.conditions import web
from whipcount.institutions.outcome import Outcome
from whipcount.institutions.verdict import verdict
from whipcount.model import Codebook, Condition, Option, Position, Stance, Voice

DATE = "2025-03-17"


def position(actor: str, stance: Stance, option: str = "force", *conditions: str) -> Position:
    voices = (Voice.FIRST_HAND,)
    return Position(actor, option, stance, conditions=conditions, voices=voices, statements=(f"d:{actor}",))


def all_of(institution: str) -> list[Position]:
    return [position(name, Stance.SUPPORT) for name in find(institution).members_at(DATE)]


def test_one_objection_blocks_nato_and_says_on_whose_word() -> None:
    found = verdict("NATO", "force", [*all_of("nato"), position("Hungary", Stance.OPPOSE)], DATE)
    assert found.outcome is Outcome.BLOCKED
    assert found.blockers == ["Hungary"]
    assert found.to_pass.shown == (("Hungary",),)
    data = json.loads(json.dumps(found.to_json()))
    assert [row["statements"] for row in data["ballots"] if row["seat"] == "Hungary"] == [["d:Hungary"]]


def test_the_silent_member_is_unknown_and_decides() -> None:
    found = verdict("eu-cfsp", "force", [p for p in all_of("eu-cfsp") if p.actor != "Malta"], DATE)
    assert (found.outcome, found.swing) == (Outcome.OPEN, ["Malta"])
    assert found.likelihood({"Malta": 0.25}).probability == 0.25


def test_a_conditional_yes_follows_its_condition() -> None:
    record = [*all_of("nato")[:-1], position("United States", Stance.CONDITIONAL, "force", "mandate")]
    assert verdict("nato", "force", record, DATE).outcome is Outcome.OPEN
    assert verdict("nato", "force", record, DATE, assume={"mandate": "true"}).outcome is Outcome.PASSES
    assert verdict("nato", "force", record, DATE, assume={"mandate": "false"}).outcome is Outcome.BLOCKED


@pytest.mark.parametrize(
    ("institution", "assume"),
    [("nowhere", {}), ("nato", {"Russia": "support"}), ("nato", {"France": "perhaps"}), ("nato:France", {})],
)
def test_what_does_not_exist_is_said_in_one_line(institution: str, assume: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        verdict(institution, "force", all_of("nato"), DATE, assume=assume)


def test_two_that_wait_for_each_other_are_a_deadlock_and_one_word_unties_it() -> None:
    options = (
        Option("force", "Force in Ukraine", decision_body=("host-state consent",)),
        Option("backstop", "Backstop", decision_body=("United States",)),
    )
    conditions = (Condition("has-backstop", "", "backstop"), Condition("has-force", "", "force"))
    record = [
        position("Ukraine", Stance.CONDITIONAL, "force", "has-backstop"),
        position("United States", Stance.CONDITIONAL, "backstop", "has-force"),
    ]
    codebook = Codebook("d", "d", options, conditions)
    (knot,) = web(codebook, record, DATE).knots
    assert {change.assume for change in knot.changes} >= {"Ukraine on force=support", "has-force=true"}
    after = web(codebook, record, DATE, assume={"Ukraine on force": "support"})
    assert after.outcomes["backstop"] is Outcome.PASSES
    assert (
        "Deadlock: on “Force in Ukraine”, Ukraine waits for “Backstop”; and on “Backstop”"
        in web(codebook, record, DATE).explain()
    )
    assert "Ukraine says yes on “Force in Ukraine” (then " in knot.words({"force": "Force in Ukraine"})


def test_members_change_with_the_date_and_sources_are_cited() -> None:
    assert [len(find("nato").members_at(d)) for d in ("1950-01-01", "2023-04-04", "2024-03-07")] == [12, 31, 32]
    assert {len(find("unsc").members_at(f"{y}-06-01")) for y in range(1966, 2027)} == {15}
    assert all(row.source for row in shipped())
    assert {row.id for row in shipped() if not row.open and not row.rule_at(DATE)} == {"eu-national-forces"}


def test_a_mistake_in_a_users_own_institution_names_its_line() -> None:
    text = "- id: river\n  name: River\n  source: Art. 1\n  members: [AUT, Hungary]\n  rule: {kind: concensus}\n"
    with pytest.raises(InputError, match=r"own.yaml:5: "):
        read(text, "own.yaml")


OPTION = Option("force", "NATO leads the force")
CODEBOOK = Codebook("d", "d", (OPTION,), (Condition("mandate", "the United Nations give a mandate"),))


def test_an_explanation_says_who_objects_and_uses_the_labels_of_the_codebook() -> None:
    record = [position("Hungary", Stance.OPPOSE), position("France", Stance.CONDITIONAL, "force", "mandate")]
    words = verdict("nato", "force", record, DATE, codebook=CODEBOOK).explain()
    assert "NATO: “NATO leads the force” is blocked, as known on 2025-03-17." in words
    assert "Blocked by Hungary, which is on record against it." in words
    assert "France for “the United Nations give a mandate”" in words
    assert "missed by" not in words and "Waiting" in words and " mandate;" not in words


def test_who_has_not_spoken_is_counted_and_long_lists_are_cut() -> None:
    words = verdict("nato", "force", [position("France", Stance.SUPPORT)], DATE).explain()
    assert "Nobody on record objects; 31 members are not known." in words
    assert "and 23 more" in words and len(words) < 900


def test_thresholds_are_told_with_what_is_missing() -> None:
    record = [position(name, Stance.SUPPORT) for name in ("France", "Germany", "Malta")]
    words = verdict("eu-qmv", "force", record, DATE).explain()
    assert "Members in favour: 3 of 27 on record, 27 possible, at least 15 needed." in words
    record += [position(n, Stance.OPPOSE) for n in find("eu-qmv").members_at(DATE) if n not in ("France", "Germany")]
    words = verdict("eu-qmv", "force", record[:2] + record[3:], DATE).explain()
    assert "Members in favour: 2 of 27, at least 15 needed: 13 short." in words
