"""Commands print what the record holds, safely for terminals and spreadsheets, and fail in one line."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars
import pytest

import whipcount

TABLES = ("statements", "positions", "changes", "sourcing", "review", "doctor")


@pytest.mark.parametrize("command", TABLES)
def test_every_table_comes_as_json_and_csv_too(command: str, debate: str, whipcount_: Any) -> None:
    status, table, _ = whipcount_(command, debate)
    assert status == 0 and len(table.splitlines()) > 1
    rows = json.loads(whipcount_(command, debate, "--json")[1])
    cells = list(csv.DictReader(io.StringIO(whipcount_(command, debate, "--csv")[1])))
    assert rows and len(rows) == len(cells)
    assert set(cells[0]) <= set(rows[0])


def test_positions_say_where_actors_stand_and_since_when(debate: str, whipcount_: Any) -> None:
    rows = {row["actor"]: row for row in json.loads(whipcount_("positions", debate, "--json")[1])}
    assert rows["Ash"]["stance"] == "oppose" and rows["Ash"]["since"] == "2031-02-01"
    assert rows["Ash"]["before"] == "support" and rows["Ash"]["evidence"] == ["two:s1"]
    (then,) = json.loads(whipcount_("positions", debate, "--at", "2031-01-31", "--actor", "Ash", "--json")[1])
    assert then["stance"] == "support"
    (change,) = json.loads(whipcount_("changes", debate, "--json")[1])
    assert (change["actor"], change["last_before"], change["first_after"]) == ("Ash", "one:s1", "two:s1")


def test_words_of_documents_are_neither_markup_nor_formula(debate: str, whipcount_: Any) -> None:
    assert "[red]Elm" in whipcount_("statements", debate)[1]
    cells = csv.DictReader(io.StringIO(whipcount_("statements", debate, "--csv")[1]))
    assert {row["outlet"] for row in cells} == {"'=Post", "Wire"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_like_a_formula_is_made_harmless(start: str, capsys: pytest.CaptureFixture[str]) -> None:
    from whipcount.cli.output import show

    show(["a"], [{"a": f"{start}1+1"}], json=False, csv=True)
    assert capsys.readouterr().out.splitlines()[1] == f"'{start}1+1"


def test_what_controls_a_terminal_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from whipcount.cli.output import show

    show(["a"], [{"a": "x\x1b[2Jy\u202ez"}], json=False, csv=False)
    assert "\x1b" not in capsys.readouterr().out


def test_review_takes_statements_off_the_queue_and_changes_positions(debate: str, whipcount_: Any) -> None:
    queue = json.loads(whipcount_("review", debate, "--json")[1])
    assert len(queue) == 4
    assert whipcount_("review", debate, "two:s1", "--reject", "--coder", "Ada")[0] == 0
    assert whipcount_("review", debate, "one:s2", "--correct", "stance=conditional", "--correct", "date=")[0] == 0
    assert len(json.loads(whipcount_("review", debate, "--json")[1])) == 2
    rows = {row["actor"]: row["stance"] for row in json.loads(whipcount_("positions", debate, "--json")[1])}
    assert (rows["Ash"], rows["Quill"]) == ("support", "conditional")
    assert "Ada: reject" in whipcount_("review", debate, "two:s1")[2]


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl", "out.parquet"])
def test_export_writes_what_its_name_says(name: str, debate: str, tmp_path: Path, whipcount_: Any) -> None:
    assert whipcount_("export", debate, "--out", tmp_path / name)[0] == 0
    if name.endswith(".parquet"):
        assert polars.read_parquet(tmp_path / name).height == 4
    elif name.endswith(".csv"):
        assert polars.read_csv(tmp_path / name).height == 4
    else:
        again = tmp_path / "again.whip"
        assert whipcount_("import", tmp_path / name, "--record", again)[0] == 0
        assert whipcount_("export", again, "--out", "-")[1] == (tmp_path / name).read_text()


def test_extract_imported_is_what_read_would_have_kept(
    debate: str, articles: str, codebook: str, tmp_path: Path, whipcount_: Any
) -> None:
    (tmp_path / "e.jsonl").write_text(whipcount_("extract", articles, "--codebook", codebook)[1])
    other = tmp_path / "other.whip"
    assert whipcount_("import", tmp_path / "e.jsonl", "--record", other, "--codebook", codebook)[0] == 0
    assert whipcount_("positions", other, "--json")[1] == whipcount_("positions", debate, "--json")[1]


def test_the_python_api_gives_the_same_as_frames(debate: str) -> None:
    with whipcount.open(debate) as opened:
        assert opened.statements(actor="Ash").get_column("stance").to_list() == ["support", "oppose"]
        frame = opened.positions(at="2031-01-31")
        assert dict(zip(frame["actor"], frame["stance"], strict=True)) == {"Ash": "support", "Quill": "oppose"}


def test_a_new_codebook_says_what_to_fill_in_and_is_never_written_over(tmp_path: Path, whipcount_: Any) -> None:
    path = tmp_path / "my-debate.yaml"
    assert whipcount_("codebook", "new", path)[0] == 0
    status, _, err = whipcount_("codebook", "check", path)
    examples = [n for n, line in enumerate(path.read_text().splitlines(), 1) if "<" in line]
    assert status == 1 and [f"line {number}:" in line for number, line in zip(examples, err.splitlines(), strict=True)]
    path.write_text(path.read_text().replace("<", "").replace(">", ""))
    assert whipcount_("codebook", "check", path)[0] == 0
    path.write_text("name: x\noptions:\n- {id: build, label: Build it}\n- {id: toll, label: Toll, paraphrases: [ships pay]}\n")
    status, out, _ = whipcount_("codebook", "check", path)
    assert status == 0 and "without paraphrases: build;" in out
    status, _, err = whipcount_("codebook", "new", path)
    assert status == 2 and "is there already" in err
    path.write_text("name: x\n")
    status, _, err = whipcount_("codebook", "check", path)
    assert status == 1 and err


@pytest.mark.parametrize(
    "arguments",
    [
        ("positions",),
        ("positions", "no-such.whip"),
        ("positions", "{debate}", "--at", "yesterday"),
        ("positions", "{debate}", "--at", "2031-13-01"),
        ("statements", "{debate}", "--voice", "loud"),
        ("statements", "{debate}", "--limit", "0"),
        ("nonsense",),
        ("read", "x.txt"),
        ("read", "{articles}", "--record", "no/such/folder/r.whip"),
        ("read", "{articles}", "--record", "{articles}"),
        ("extract",),
        ("extract", "{articles}", "--codebook", "no-such.yaml"),
        ("review", "{debate}", "--accept"),
        ("review", "{debate}", "one:s1", "--accept", "--reject"),
        ("review", "{debate}", "one:s1", "--correct", "stance"),
        ("review", "{debate}", "one:s1", "--correct", "stance=lukewarm"),
        ("review", "{debate}", "one:s77", "--accept"),
        ("export", "{debate}", "--out", "statements.docx"),
        ("export", "{debate}", "--out", "no/such/folder/x.csv"),
        ("import", "no-such.jsonl", "--record", "x.whip"),
        ("tally", "no-such-body", "--ballots", "{articles}"),
        ("tally", "nato", "--ballots", "no-such.csv"),
        ("power", "no-such-body"),
        ("serve", "{debate}", "--host", "0.0.0.0"),
        ("serve", "no-such.whip"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(
    arguments: tuple[str, ...], debate: str, articles: str, whipcount_: Any
) -> None:
    status, out, err = whipcount_(*(argument.format(debate=debate, articles=articles) for argument in arguments))
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1 and "Traceback" not in err


def test_help_loads_nothing_heavy() -> None:
    heavy = "{'onnxruntime', 'polars', 'scipy', 'fastapi', 'sqlalchemy', 'dask'} & set(sys.modules)"
    code = f"import sys; from whipcount.cli.main import run; run(['--help']); sys.exit(repr({heavy}) if {heavy} else 0)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_a_reader_that_leaves_early_is_no_error(debate: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "whipcount", "statements", debate, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    err = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait() == 0 and "Traceback" not in err


def test_a_dna_project_goes_in_and_out_and_two_records_become_one(debate: str, tmp_path: Path, whipcount_: Any) -> None:
    project, other = tmp_path / "ferry.dna", tmp_path / "other.whip"
    status, _, err = whipcount_("export", debate, "--out", project, "--password", "quay")
    assert status == 0 and "4 statements" in err
    assert whipcount_("import", project, "--record", other, "--password", "wrong")[0] == 2 and not other.exists()
    assert whipcount_("import", project, "--record", other, "--password", "quay")[0] == 0
    rows = json.loads(whipcount_("positions", other, "--json")[1])
    assert {row["actor"]: row["stance"] for row in rows} == {"Ash": "oppose", "Quill": "oppose", "[red]Elm": "support"}
    assert whipcount_("review", debate, "one:s2", "--reject", "--coder", "Ada")[0] == 0
    assert "2 added" in whipcount_("import", debate, "--record", other)[2]
    assert "Ada" in whipcount_("history", other)[1]
    assert "0 added" in whipcount_("import", debate, "--record", other)[2]


def test_what_was_done_is_shown_and_undone(debate: str, whipcount_: Any) -> None:
    whipcount_("review", debate, "one:s2", "--correct", "stance=undecided", "--coder", "Ada", "--note", "unsure")
    (act,) = json.loads(whipcount_("history", debate, "--json")[1])
    assert (act["coder"], act["on"], act["before"]["stance"], act["note"]) == ("Ada", "one:s2", "oppose", "unsure")
    assert whipcount_("history", debate, "--undo", act["act"])[0] == 0
    assert json.loads(whipcount_("statements", debate, "--actor", "Quill", "--json")[1])[0]["stance"] == "oppose"
    assert whipcount_("history", debate, "--undo-last", "--coder", "Ada")[0] == 2


def test_two_coders_work_apart_and_their_agreement_is_told(debate: str, whipcount_: Any) -> None:
    assert whipcount_("assign", debate, "Ada", "Ben", "--sample", 2)[0] == 0
    for coder, stance in (("Ada", "support"), ("Ben", "oppose")):
        for key in ("one:s1", "one:s2", "two:s1", "two:s2"):
            value = stance if key == "two:s2" else "support" if key == "one:s1" else "oppose"
            assert whipcount_("review", debate, key, "--correct", f"stance={value}", "--coder", coder)[0] == 0
        assert whipcount_("review", debate, "--mine", "--coder", coder)[2] == "nothing is left to judge\n"
        whipcount_("assign", debate, coder, "--done")
    assert all(row["done"] for row in json.loads(whipcount_("assign", debate, "--json")[1]))
    rows = json.loads(whipcount_("agreement", debate, "--json")[1])
    stance = {row["measure"]: row for row in rows if row["field"] == "stance"}
    assert stance["percent"]["value"] == 0.75 and stance["kappa"]["documents"] == 2
    assert {row["key"] for row in json.loads(whipcount_("agreement", debate, "--differences", "--json")[1])} == {
        "two:s2"
    }
    assert whipcount_("review", debate, "two:s2", "--reject", "--settle", "--coder", "Cat")[0] == 0
    assert len(json.loads(whipcount_("statements", debate, "--json")[1])) == 3


def test_documents_are_found_by_their_words(debate: str, whipcount_: Any) -> None:
    (row,) = json.loads(whipcount_("search", debate, 'QUILL "no, never"', "--json")[1])
    assert row["document"] == "one" and "Quill: no" in row["words"] and len(row["spans"]) == 2
    assert whipcount_("search", debate, "-ferry")[0] == 2


def test_a_damaged_record_is_repaired_into_a_new_one(debate: str, tmp_path: Path, whipcount_: Any) -> None:
    status, out, _ = whipcount_("doctor", debate, "--repair", "--json")
    assert status == 0 and {row["table"]: row["saved"] for row in json.loads(out)}["documents"] == 2
    repaired = whipcount_("positions", debate + ".repaired", "--json")[1]
    assert repaired == whipcount_("positions", debate, "--json")[1]
    assert whipcount_("doctor", debate, "--repair")[0] == 2, "nothing is written over"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("p.qdpx", None),
        ("p.jsonld", None),
        ("p.json", None),
        ("tsv", "webanno"),
        ("brat", "brat"),
        ("d.jsonl", "doccano"),
    ],
)
def test_statements_go_to_other_tools_and_come_back(
    name: str, form: str | None, debate: str, tmp_path: Path, whipcount_: Any
) -> None:
    how = ["--format", form] if form else []
    assert whipcount_("export", debate, "--out", tmp_path / name, *how)[0] == 0
    other = tmp_path / "other.whip"
    assert "4 statements added" in whipcount_("import", tmp_path / name, "--record", other, *how)[2]
    assert whipcount_("positions", other, "--json")[1] == whipcount_("positions", debate, "--json")[1]
    assert "4 there already" in whipcount_("import", tmp_path / name, "--record", other, *how)[2]


def test_a_table_is_taken_by_its_headings_after_a_preview(debate: str, tmp_path: Path, whipcount_: Any) -> None:
    path, other = tmp_path / "coded.xlsx", tmp_path / "other.whip"
    assert whipcount_("export", debate, "--out", path)[0] == 0
    out = whipcount_("import", path, "--record", other, "--preview")[1]
    assert "variable" in out and not other.exists()
    assert whipcount_("import", path, "--record", other, "--map", "words=no such")[0] == 2
    assert whipcount_("import", path, "--record", other)[0] == 0
    rows = {row["actor"]: row["stance"] for row in json.loads(whipcount_("positions", other, "--json")[1])}
    assert rows == {"Ash": "oppose", "Quill": "oppose", "[red]Elm": "support"}
    events = tmp_path / "events.csv"
    assert whipcount_("export", debate, "--out", events, "--format", "dna-events")[0] == 0
    assert len(events.read_text().splitlines()) == 5


def test_milestones_are_taken_from_a_table_listed_and_removed(debate: str, tmp_path: Path, whipcount_: Any) -> None:
    table = tmp_path / "happened.csv"
    table.write_text("date,label,source\n2031-01-15,Summit of two,The Wire\n2031-02-02,Ballot,\n", encoding="utf-8")
    assert whipcount_("milestones", debate, "--add", str(table))[0] == 0
    rows = json.loads(whipcount_("milestones", debate, "--json")[1])
    assert [row["label"] for row in rows] == ["Summit of two", "Ballot"] and rows[0]["source"] == "The Wire"
    assert "0 of 2" in whipcount_("milestones", debate, "--add", str(table))[2]
    assert whipcount_("milestones", debate, "--remove", "2031-02-02 Ballot")[0] == 0
    assert len(json.loads(whipcount_("milestones", debate, "--json")[1])) == 1
    table.write_text("date,label\n2031-01-15,Summit of two\n2031,Vote\n", encoding="utf-8")
    status, _, error = whipcount_("milestones", debate, "--add", str(table))
    assert status == 2 and "happened.csv, line 3: '2031' is no date" in error
    assert len(json.loads(whipcount_("milestones", debate, "--json")[1])) == 1
