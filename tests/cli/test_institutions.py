"""Verdicts, tallies and voting power from the command line, and what is shown to others."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def members(fake: None, tmp_path: Path, codebook: str, whipcount_: Any) -> str:
    """A record in which all members of the alliance but one are in favour."""
    from whipcount.institutions.catalogue import find

    said = "\n".join(f"{seat}: {'no' if seat == 'Norway' else 'yes'}" for seat in find("nato").members_at("2025-01-01"))
    (tmp_path / "votes.txt").write_text(said)
    path = str(tmp_path / "votes.whip")
    assert whipcount_("read", tmp_path / "votes.txt", "--record", path, "--codebook", codebook)[0] == 0
    return path


def test_a_verdict_names_who_blocks_and_a_what_if_changes_it(members: str, whipcount_: Any) -> None:
    found = json.loads(whipcount_("verdict", "nato", "build", "--record", members, "--json")[1])
    assert (found["verdict"], found["blockers"]) == ("blocked", ["Norway"])
    table = whipcount_("verdict", "nato", "build", "--record", members)[1]
    assert table.startswith("BLOCKED") and "Norway" in table
    assumed = json.loads(
        whipcount_("verdict", "nato", "build", "--record", members, "--assume", "Norway=support", "--json")[1]
    )
    assert (assumed["verdict"], assumed["assume"]) == ("passes", {"Norway": "support"})


def test_a_tally_and_voting_power(tmp_path: Path, whipcount_: Any) -> None:
    ballots = tmp_path / "ballots.csv"
    ballots.write_text("item,date,member,ballot\nR1,2024-05-01,NOR,no\nR1,2024-05-01,FRA,yes\n", encoding="utf-8-sig")
    (item,) = json.loads(whipcount_("tally", "nato", "--ballots", ballots, "--json")[1])
    assert (item["item"], item["verdict"], item["blockers"]) == ("R1", "blocked", ["Norway"])
    rows = json.loads(whipcount_("power", "unsc", "--date", "2024-05-01", "--json")[1])
    assert sum(row["shapley_shubik"] for row in rows) == pytest.approx(1)
    ballots.write_text("item,date,member,ballot\nR1,2024-05-01,NOR,perhaps\n")
    status, _, err = whipcount_("tally", "nato", "--ballots", ballots)
    assert status == 2 and "ballots.csv, line 2: " in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("assume", ["Norway", "=support", "Norway=lukewarm", "Atlantis=support"])
def test_a_what_if_that_makes_no_sense_is_refused(assume: str, members: str, whipcount_: Any) -> None:
    status, out, err = whipcount_("verdict", "nato", "build", "--record", members, "--assume", assume)
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_a_roll_call_becomes_positions_of_the_highest_voice(tmp_path: Path, codebook: str, whipcount_: Any) -> None:
    votes, record = tmp_path / "votes.csv", tmp_path / "votes.whip"
    votes.write_text("item,date,member,ballot\nR1,2024-05-01,NOR,no\nR1,2024-05-01,FRA,yes\nR1,2024-05-01,ITA,absent\n")
    given = ["import", votes, "--votes", "build", "--institution", "nato", "--record", record, "--codebook", codebook]
    assert whipcount_(*given)[0] == 0
    rows = json.loads(whipcount_("positions", record, "--json")[1])
    assert {row["actor"]: (row["stance"], row["voice"]) for row in rows} == {
        "Norway": ("oppose", ["first-hand"]),
        "France": ("support", ["first-hand"]),
    }
    found = json.loads(whipcount_("verdict", "nato", "build", "--record", record, "--json")[1])
    assert (found["verdict"], found["blockers"]) == ("blocked", ["Norway"])
    status, _, err = whipcount_(*given[:3], "burn", *given[4:])
    assert status == 2 and "no option called 'burn'" in err and len(err.splitlines()) == 1


def test_how_positions_are_read_and_how_likely_it_is_are_the_users_to_say(members: str, whipcount_: Any) -> None:
    asked = ["verdict", "nato", "build", "--record", members, "--json"]
    read = json.loads(whipcount_(*asked, "--read-as", "oppose=abstain")[1])
    assert (read["verdict"], read["reading"]["by_stance"]["oppose"]) == ("passes", "abstain")
    chance = json.loads(whipcount_(*asked, "--assume", "Norway=undecided", "--probability", "Norway=0.25")[1])
    assert chance["likelihood"]["probability"] == 0.25
    for wrong in (("--read-as", "oppose=perhaps"), ("--probability", "Norway=2"), ("--speaks", "Croatia=barber")):
        status, out, err = whipcount_(*asked, *wrong)
        assert (status, out, len(err.splitlines())) == (2, "", 1), wrong


def test_an_institution_of_ones_own_decides_and_its_mistake_is_named_with_its_line(
    tmp_path: Path, members: str, whipcount_: Any
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("- {id: trio, name: Trio, source: our treaty, rule: {kind: consensus}, members: [NOR, FRA, ITA]}\n")
    asked = ["verdict", "trio", "build", "--record", members, "--institutions", own, "--json"]
    assert json.loads(whipcount_(*asked)[1])["blockers"] == ["Norway"]
    assert "Trio" in whipcount_("institutions", "--institutions", own)[1]
    own.write_text("- {id: trio, name: Trio, source: our treaty, rule: {kind: whim}, members: [NOR]}\n")
    status, _, err = whipcount_(*asked)
    assert status == 2 and "own.yaml:1: " in err and len(err.splitlines()) == 1


def test_a_report_is_one_file(debate: str, tmp_path: Path, whipcount_: Any) -> None:
    out = tmp_path / "count.html"
    assert whipcount_("report", debate, "--out", out, "--at", "2031-01-31")[0] == 0
    assert "Ash" in out.read_text()


def test_the_pages_are_served_to_this_machine(debate: str, whipcount_: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "whipcount", "serve", debate, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert f"http://127.0.0.1:{port}" in process.stdout.readline()
            assert _status(f"http://127.0.0.1:{port}/", process) == 200
            status, _, err = whipcount_("serve", debate, "--port", port)
            assert status == 2 and "another program" in err
        finally:
            process.terminate()


def _status(url: str, process: subprocess.Popen[str]) -> int:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url) as page:
                return int(page.status)
        except urllib.error.URLError:
            try:
                process.wait(0.1)
                return -1
            except subprocess.TimeoutExpired:
                continue
    return -2
