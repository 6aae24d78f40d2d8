"""Networks, structure and sources on the command line: from a file to figures that name their statements."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import whipcount
from whipcount.documents.document import document_from_text
from whipcount.model import Coder, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record

SIDES = {"France": "110", "Germany": "110", "Italy": "111", "Hungary": "001", "Russia": "001"}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Five actors on three options over 24 months; Hungary and Russia are on one side."""
    rows = [
        {
            "key": f"d{month}-{n}:s{option}",
            "document": f"d{month}-{n}",
            "date": f"{2030 + month // 12}-{month % 12 + 1:02d}-{n + 1:02d}",
            "actor": actor,
            "option": f"option-{option}",
            "stance": "support" if side == "1" else "oppose",
            "voice": "first-hand",
        }
        for month in range(24)
        for n, (actor, sides) in enumerate(SIDES.items())
        for option, side in enumerate(sides)
        if (month + n + option) % 2
    ]
    path = tmp_path / "table.parquet"
    pl.DataFrame(rows).write_parquet(path)
    return path


def test_a_network_has_all_the_forms_that_scripts_rely_on(table: Path, tmp_path: Path, whipcount_: Any) -> None:
    common = ("network", table, "--type", "onemode", "--aggregation", "subtract", "--normalization", "average")
    said = json.loads(whipcount_(*common, "--json")[1])
    assert said["rows"] == said["columns"] == sorted(SIDES) and said["matrix"][0][0] == 0
    at = {name: n for n, name in enumerate(said["rows"])}
    assert said["matrix"][at["France"]][at["Germany"]] > 0 > said["matrix"][at["France"]][at["Hungary"]]
    rows = list(csv.reader(io.StringIO(whipcount_(*common, "--csv")[1])))
    assert [float(v) for v in rows[1][1:]] == said["matrix"][0]
    span = ("--from", "2030-03-01", "--to", "2031-06-30", "--window", "months", "--window-size", "6")
    series = json.loads(whipcount_(*common, *span, "--json")[1])
    assert len(series) > 5 and all({"rows", "columns", "matrix", "start", "stop"} <= set(one) for one in series)
    smooth = json.loads(whipcount_(*common, *span, "--kernel", "gaussian", "--json")[1])
    assert smooth[0]["matrix"] != series[0]["matrix"]
    both = json.loads(whipcount_("network", table, "--type", "onemode", "--aggregation", "both", "--json")[1])
    assert [one["aggregation"] for one in both] == ["congruence", "conflict"]
    left = ("--exclude", "actor=Russia", "--exclude", "option=option-2", "--duplicates", "document", "--isolates")
    few = json.loads(whipcount_("network", table, *left, "--json")[1])
    assert "Russia" not in few["rows"] or not any(few["matrix"][few["rows"].index("Russia")])
    assert whipcount_("network", table, *span, "--out", tmp_path / "n.graphml")[0] == 0
    assert len(list(tmp_path.glob("n-*.graphml"))) == len(series)


def test_windows_and_stances_that_make_no_sense_are_refused_in_one_line(table: Path, whipcount_: Any) -> None:
    for wrong, told in (
        (("--window", "fortnights"), "no time unit"),
        (("--kernel", "gaussian"), "--window months"),
        (("--aggregation", "combine", "--type", "onemode"), "cannot combine"),
        (("--weight", "maybe=1"), "no stance 'maybe'"),
        (("--exclude", "colour=red"), "no variable 'colour'"),
        (("--out", "/nowhere/n.graphml"), "cannot be written"),
        (("--out", "n.xls"), "no network format"),
    ):
        said = whipcount_("network", table, *wrong)
        assert said[0] == 2 and told in said[2] and len(said[2].strip().splitlines()) == 1


STRUCTURE: dict[str, tuple[str, ...]] = {
    "coalitions": ("--method", "ward", "--method", "leiden"),
    "polarization": (),
    "backbone": (),
    "phases": ("--window", "months", "--window-size", "6", "--permutations", "19"),
    "scale": ("--replicates", "5"),
    "ties": ("--one", "France", "--other", "Germany"),
    "blocs": ("--size", "2", "--bloc", "nato"),
    "cohesion": ("--bloc", "nato", "--window", "months", "--window-size", "6", "--replicates", "50"),
    "movers": (),
    "turns": (),
    "contradictions": (),
}


@pytest.mark.parametrize("command", STRUCTURE)
def test_each_view_of_structure_is_a_table_and_json(command: str, table: Path, whipcount_: Any) -> None:
    for form in ((), ("--json",), ("--csv",)):
        said = whipcount_(command, table, *STRUCTURE[command], *form)
        assert said[0] == 0, said[2]
        if form == ("--json",):
            json.loads(said[1])


ROW = {"date": "2030-01-01", "actor": "A", "option": "o", "stance": "support"}
LITTLE: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "one statement": [ROW],
    "no yes or no": [ROW | {"actor": actor, "stance": "undecided"} for actor in "ABC"],
    "no dates": [ROW | {"date": date} for date in ("2030", "soon", "2030-13-45", None)],
    "one side": [ROW | {"actor": actor} for actor in "ABCD"],
}


@pytest.mark.parametrize("name", LITTLE)
def test_too_little_to_go_on_is_said_and_breaks_nothing(name: str, tmp_path: Path, whipcount_: Any) -> None:
    path = tmp_path / "little.parquet"
    pl.DataFrame(LITTLE[name], schema=dict.fromkeys(ROW, pl.String)).write_parquet(path)
    graded = ("--type", "onemode", "--qualifier", "stance", "--aggregation", "subtract", "--normalization", "cosine")
    networks = [(), graded, ("--window", "events", "--window-size", "3"), ("--window", "days", "--kernel", "gaussian")]
    commands = [("network", more) for more in networks] + list(STRUCTURE.items())
    for command, more in commands:
        status, out, err = whipcount_(command, path, *more, "--json")
        assert (status == 0 and json.loads(out) is not None) or (status == 2 and len(err.strip().splitlines()) == 1)


def test_figures_lead_to_their_statements(table: Path, whipcount_: Any) -> None:
    ask = lambda *arguments: json.loads(whipcount_(*arguments, "--json")[1])
    keys = set(pl.read_parquet(table)["key"])
    assert ask("coalitions", table)[0]["members"] == [["France", "Germany", "Italy"], ["Hungary", "Russia"]]
    east = {
        key for key, actor in pl.read_parquet(table).select("key", "actor").rows() if actor in ("Hungary", "Russia")
    }
    for command, name in (("coalitions", "members"), ("polarization", "blocs")):
        found = ask(command, table)
        best = found[0] if command == "coalitions" else found
        assert best[name][1] == ["Hungary", "Russia"] and set(best["backing"][1]["statements"]) == east
        assert best["backing"][1]["concepts"] == ["option-0", "option-1", "option-2"]
    tie = ask("ties", table, "--one", "France", "--other", "Hungary")[0]
    assert set(tie["statements_of_one"]) <= keys and tie["statements_of_one"]
    (bloc,) = ask("blocs", table, "--least", "2", "--size", "3", "--dissent", "0.5")
    assert bloc["members"] == ["France", "Germany", "Italy"] and bloc["ties"][0]["sides"][0]["statements"][0] in keys
    found = ask("cohesion", table, "--bloc", "nato")
    (period,) = found["periods"]
    assert period["members"] == ["France", "Germany", "Hungary", "Italy"] and set(period["statements"]) <= keys
    assert period["worst"][0][3] == 0 and found["trend"] is None
    assert whipcount_("cohesion", table)[0] == 2


STORY = (
    "The ferry will be built, the harbour minister said after a meeting of the council that went on until the morning. "
    "The port has waited for it for thirty years, and the money has been set aside in the budget of this autumn."
)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A story in two outlets, word for word but for the quotation, and a third that has it otherwise."""
    path = tmp_path / "sources.whip"
    quotes = {
        "Post": "we will build it whatever the cost may be",
        "Quill": "we shall build it whatever the cost may be",
    }
    with Record.open(path, create=True) as store:
        for n, (outlet, quote) in enumerate(quotes.items(), 1):
            text = f"{STORY} {quote}"
            span = ((len(STORY) + 1, len(text)),)
            fields = {"speaks_for": "Port Quill", "option": "build", "stance": Stance.SUPPORT}
            statement = Statement("s1", span, (), "Ada Moss", SpeakerKind.PERSON, Voice.FIRST_HAND, **fields)  # type: ignore[arg-type]
            document = document_from_text(text, id=f"d{n}", outlet=outlet, date=f"2031-01-0{n}", title=outlet)
            store.add(document, [], [statement], Coder("reader", "1"), None)
    return path


def test_copies_count_once_unless_asked_and_quotations_are_followed(sources: Path, whipcount_: Any) -> None:
    ask = lambda *arguments: json.loads(whipcount_(*arguments, "--json")[1])
    assert [row["outlet"] for row in ask("sourcing", sources)] == ["Post"]
    rows = ask("sourcing", sources, "--all-copies")
    assert [(row["outlet"], row["evidence"]) for row in rows] == [("Post", ["d1:s1"]), ("Quill", ["d2:s1"])]
    sums = [sum(ask("network", sources, *more)["matrix"][0]) for more in ((), ("--once",))]
    assert sums == [2, 1]
    assert ask("copies", sources)[0]["documents"] == ["d1", "d2"]
    first, second = ask("quotations", sources)
    assert (first["outlet"], second["outlet"]) == ("Post", "Quill")
    assert "[-will-] {+shall+}" in whipcount_("quotations", sources, "--changed")[1]
    assert second["steps"][1] == {"kind": "changed", "before": "will", "after": "shall"}


def test_python_gives_what_the_commands_give(sources: Path, whipcount_: Any) -> None:
    with whipcount.open(sources) as debate:
        assert debate.sourcing()["evidence"].to_list() == [["d1:s1"]]
        assert debate.sourcing(all_copies=True)["outlet"].to_list() == ["Post", "Quill"]
        made = debate.network(aggregation="subtract")
        assert (
            made.to_json()["matrix"]
            == json.loads(whipcount_("network", sources, "--json", "--aggregation", "subtract")[1])["matrix"]
        )
        assert list(debate.graph().edges(data="weight")) == [("Port Quill", "build", 2.0)]
        assert debate.coalitions() == [] and debate.contradictions() == [] and debate.movers() == []
        assert debate.turning_points() == [] and debate.polarization().score == 0
        assert [v.entry.outlet for v in debate.quotations()[0].versions] == ["Post", "Quill"]
        assert debate.cohesion(["Port Quill"])[0][0].members == ("Port Quill",)
