"""The historical record and published values, reproduced by the rules.  The data stay where they are."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from whipcount.institutions.catalogue import find, state_name
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Outcome, outcome
from whipcount.institutions.power import indices, power
from whipcount.institutions.rules import QualifiedVote, VetoVote
from whipcount.institutions.tally import tally

VOTES = Path(__file__).parents[3] / "shared" / "data" / "votes"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not VOTES.is_dir(), reason="the reference votes are not at ../shared"),
]


def read(name: str) -> list[dict[str, str]]:
    with (VOTES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("listed", [True, False], ids=["absentees listed", "absentees left out"])
def test_every_vote_of_the_security_council(listed: bool) -> None:
    words = {"yes": "yes", "no": "no", "abstain": "abstain"} | ({"not_recorded": "absent"} if listed else {})
    expected, rows = {}, []
    for vote in read("unsc_votes.csv"):
        expected[vote["id"]] = "passes" if vote["adopted"] == "1" else "blocked"
        for column, word in words.items():
            for member in filter(None, vote[column].split(";")):
                row = {"item": vote["id"], "date": vote["date"], "member": member, "ballot": word}
                rows.append(row | {"procedural": vote["procedural"]})
    assert {found["item"]: found["verdict"] for found in tally("unsc", rows)} == expected


def test_every_tally_of_the_security_council() -> None:
    for vote in read("unsc_tallies_1946_2022.csv"):
        if vote["rule_checkable"] != "1":
            continue
        rule = find("unsc").rule_at(vote["date"] or vote["year"])
        assert isinstance(rule, VetoVote)
        # Only who vetoed is known: the other votes are filled in, permanent members first, to the tally.
        vetoes = [state_name(code) for code in vote["vetoed_by"].replace(",", ";").split(";") if code.strip()]
        free = [*(s for s in rule.permanent if s not in vetoes), *(s for s in rule.seats if s not in rule.permanent)]
        yes, no = int(vote["yes"]), max(0, int(vote["no"]) - len(vetoes))
        ballots = dict.fromkeys(rule.seats, Ballot.ABSTAIN) | dict.fromkeys(vetoes, Ballot.NO)
        ballots |= dict.fromkeys(free[:yes], Ballot.YES) | dict.fromkeys(
            free[len(free) - no :] if no else [], Ballot.NO
        )
        passes = outcome(rule, ballots) is Outcome.PASSES
        assert passes == (vote["status"] == "adopted"), vote


def test_every_roll_call_of_the_general_assembly() -> None:
    states = (VOTES / "unga_columns.txt").read_text().split()
    words = {"Y": "yes", "N": "no", "A": "abstain", "-": "absent"}
    expected, rows = {}, []
    for vote in read("unga_rollcalls_2012_2019.csv"):
        expected[vote["rcid"]] = "passes" if int(vote["n_yes"]) > int(vote["n_no"]) else "blocked"
        for state, letter in zip(states, vote["votes"], strict=True):
            rows.append({"item": vote["rcid"], "date": vote["date"], "member": state, "ballot": words[letter]})
    assert {found["item"]: found["verdict"] for found in tally("unga", rows)} == expected


def test_boundary_cases_of_the_double_majority() -> None:
    members = find("eu-qmv").members_at("2024-12-31")
    for case in read("eu_qmv_examples.csv"):
        yes = {state_name(code) for code in case["yes"].split(";")}
        taking_part = {state_name(c) for c in case["participating_if_not_all"].split(";") if c} or set(members)
        ballots = {s: Ballot.NO if s in taking_part else Ballot.NOT_PARTICIPATING for s in members}
        ballots |= dict.fromkeys(yes, Ballot.YES)
        rule = find("eu-qmv" if case["on_commission_or_hr_proposal"] == "1" else "eu-qmv-72").rule_at("2024-12-31")
        assert rule is not None
        assert (outcome(rule, ballots) is Outcome.PASSES) == (case["adopted"] == "1"), case["label"]


def test_power_to_the_digits_given() -> None:
    found = {row["member"]: row for row in power("eu-qmv", "2019-06-01")}
    games = {
        "UNSC_since_1966": (power("unsc", "2020-01-01"), {"P5": "FRA", "E10": "VNM"}),
    }
    for row in read("power_reference.csv"):
        wanted = {
            "banzhaf": row["banzhaf_absolute"],
            "banzhaf_normalised": row["banzhaf_normalised"],
            "shapley_shubik": row["shapley_shubik"],
        }
        if row["game"] == "EU28_2019_QMV":
            assert {key: found[row["member"]][key] for key in wanted} == {k: float(v) for k, v in wanted.items()}
        elif row["game"] in games:
            rows, names = games[row["game"]]
            mine = next(r for r in rows if r["member"] == names[row["member"]])
            assert {k: Fraction(v) for k, v in mine["exact"].items()} == {k: Fraction(v) for k, v in wanted.items()}


@pytest.mark.parametrize(
    ("weights", "quota", "banzhaf", "shapley"),
    [
        (
            [4, 4, 4, 2, 2, 1],
            12,
            ["10/42", "10/42", "10/42", "6/42", "6/42", "0"],
            ["14/60"] * 3 + ["9/60"] * 2 + ["0"],
        ),
        ([50, 49, 1], 51, ["3/5", "1/5", "1/5"], ["2/3", "1/6", "1/6"]),
    ],
)
def test_textbook_games(weights: list[int], quota: int, banzhaf: list[str], shapley: list[str]) -> None:
    seats = tuple("ABCDEF"[: len(weights)])
    rule = QualifiedVote(seats, dict(zip(seats, weights, strict=True)), Fraction(0), Fraction(quota, sum(weights)))
    found = list(indices(rule).values())
    assert [row[1] for row in found] == [Fraction(x) for x in banzhaf]
    assert [row[2] for row in found] == [Fraction(x) for x in shapley]
