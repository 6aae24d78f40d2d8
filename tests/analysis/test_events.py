"""Networks are the same whatever the statements are read from, and files say what the network says."""

from __future__ import annotations

import csv
import io
import json
import random
from dataclasses import replace
from pathlib import Path

import networkx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whipcount
from whipcount.analysis import graphs
from whipcount.analysis.events import Events, from_entries, from_parquet, from_record
from whipcount.analysis.networks import Design, Network, network
from whipcount.documents.document import document_from_text
from whipcount.errors import RecordError, UsageError
from whipcount.model import Coder, Lean, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record

READER = Coder("reader", "1")


def statement(number: int, actor: str | None, option: str, stance: Stance | None, **more: object) -> Statement:
    fields = {"speaks_for": actor, "option": option, "stance": stance, "voice": Voice.FIRST_HAND, **more}
    return Statement(f"s{number}", ((0, 3),), (), "the minister", speaker_kind=SpeakerKind.PERSON, **fields)  # type: ignore[arg-type]


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record of 30 documents in which actors disagree, one statement corrected and one rejected."""
    chance = random.Random(3)
    path = tmp_path / "debate.whip"
    with Record.open(path, create=True) as store:
        for n in range(30):
            date = None if n == 7 else f"2031-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
            text = f"Text number {n}"
            document = document_from_text(text, id=f"d{n}", title=f"T{n}", outlet=f"Outlet {n % 3}", date=date)
            said = [
                statement(
                    k,
                    chance.choice(["Port Quill", "Port Ash", "Östersund", None]),
                    chance.choice(["build", "sell"]),
                    chance.choice([*Stance, None]),
                    lean=chance.choice([None, *Lean]),
                    date=chance.choice([None, "2030-05", "2030-05-06"]),
                    voice=chance.choice([Voice.FIRST_HAND, Voice.COMMENTARY]),
                )
                for k in range(4)
            ]
            store.add(document, [], said, READER, None)
    return path


def same(one: Events, other: Events) -> bool:
    names = [name for name in one.frame.columns if name != "statement"]
    frames = [e.frame.select(pl.col(n).cast(pl.String) for n in names).sort(names) for e in (one, other)]
    return frames[0].equals(frames[1])


def test_record_entries_and_parquet_give_the_same_events(record: Path, tmp_path: Path) -> None:
    with whipcount.open(record) as debate:
        wanted = from_entries(debate.entries())
        assert len(wanted.frame) > 20 and same(from_record(debate.record), wanted)
        debate.statements().write_parquet(tmp_path / "s.parquet")
        assert same(from_parquet(tmp_path / "s.parquet"), wanted)
        design = Design(onemode=True, aggregation="subtract", duplicates="document")
        few = from_record(debate.record, only=design.needs())
        assert network(few, design).to_json() == network(wanted, design).to_json()


def test_an_empty_record_has_no_ties(tmp_path: Path) -> None:
    with Record.open(tmp_path / "empty.whip", create=True) as store:
        for only in (None, Design(onemode=True).needs()):
            assert network(from_record(store, only=only), Design(onemode=True, aggregation="congruence")).rows == []


def test_another_database_than_sqlite_gives_the_same(record: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with whipcount.open(record) as debate:
        wanted = from_record(debate.record)
        monkeypatch.setattr("whipcount.record.columns.FAST", ())
        assert same(from_record(debate.record), wanted)


def test_judgements_count(record: Path) -> None:
    with whipcount.open(record) as debate:
        entries = debate.entries()
        support = [e for e in entries if e.statement.stance == Stance.SUPPORT and e.statement.speaks_for]
        reviewer = Coder("Ines", is_model=False)
        debate.record.review(support[0].key, "reject", {}, reviewer)
        debate.record.review(support[1].key, "correct", {"speaks_for": "Port Elm"}, reviewer)
        events = from_record(debate.record)
        assert same(events, from_entries(debate.entries()))
        assert support[0].key not in events.frame["statement"].to_list()


def test_stances_between_yes_and_no_count_by_the_rule_given(record: Path) -> None:
    with whipcount.open(record) as debate:
        entries = debate.entries()
        usual = from_entries(entries).frame["stance"].to_list()
        given_ = from_entries(entries, {"support": 1, "oppose": -1}).frame["stance"].to_list()
    assert set(usual) == {-2, -1, 0, 1, 2, None} and set(given_) == {1, -1, None}


def test_a_file_that_is_no_table_of_statements_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "no.parquet").write_bytes(b"PAR1 but no more")
    pl.DataFrame({"actor": ["a"], "option": ["o"]}).write_parquet(tmp_path / "few.parquet")
    for name, said in (("no.parquet", "cannot be read"), ("few.parquet", "has no column stance, date")):
        with pytest.raises(RecordError, match=said):
            from_parquet(tmp_path / name)


def test_a_statement_type_brings_its_variables_and_what_is_known_of_documents(tmp_path: Path) -> None:
    document = replace(
        document_from_text("Text", id="d1", date="2031-03-04", outlet="Post", title="T"), author="O'Neil"
    )
    document = replace(document, fields={"section": "Front", "type": "news", "time": "10:30:00"})
    held = [{"story": "villain", "degree": 2}, {"story": "hero", "degree": -1}]
    said = [statement(n, "Port Quill", None, None, type="Story", variables=v) for n, v in enumerate(held)]
    plain = statement(9, "Port Quill", "build", Stance.SUPPORT)
    with Record.open(tmp_path / "r.whip", create=True) as store:
        store.add(document, [], [*said, plain], READER, None)
        variables = [{"name": "story", "kind": "short text"}, {"name": "degree", "kind": "integer"}]
        store.define("type", "Story", {"label": "Story", "variables": variables}, READER)
        events = from_record(store, statement_type="Story")
        made = network(events, Design(onemode=False, rows="story", columns="author", qualifier="degree", aggregation="subtract",
                                      columns_of_document=True))  # fmt: skip
        assert (made.rows, made.columns, made.matrix.tolist()) == (["hero", "villain"], ["O'Neil"], [[-1.0], [2.0]])
        assert events.frame["time"][0].hour == 10
        (row,) = from_record(store).frame.rows(named=True)
        assert (row["document:author"], row["document:section"], row["document:type"]) == ("O'Neil", "Front", "news")
        assert row["time"].hour == 10 and row["concept"] == "build"
        with pytest.raises(UsageError, match=r"no statement type 'Other' in .*; it has Story"):
            from_record(store, statement_type="Other")


LABEL = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
WEIGHT = st.one_of(st.just(0.0), st.integers(-9, 9).map(float), st.floats(-1e6, 1e6).filter(lambda v: abs(v) > 1e-6))


@st.composite
def made(draw: st.DrawFn) -> Network:
    """A network with any labels and weights, one-mode or two-mode."""
    rows = draw(st.lists(LABEL, min_size=1, max_size=5, unique=True))
    onemode = draw(st.booleans())
    columns = rows if onemode else draw(st.lists(LABEL, min_size=1, max_size=4, unique=True))
    cells = draw(st.lists(WEIGHT, min_size=len(rows) * len(columns), max_size=len(rows) * len(columns)))
    matrix = np.array(cells).reshape(len(rows), len(columns))
    return Network(rows, columns, np.triu(matrix) + np.triu(matrix, 1).T if onemode else matrix, onemode=onemode)


def of_graph(graph: networkx.Graph, like: Network) -> np.ndarray:
    """The matrix of a graph whose nodes are n1, n2, ... in the order of `like`."""
    names = [f"n{n}" for n in range(1, len(graph) + 1)]
    whole = networkx.to_numpy_array(graph, nodelist=names)
    return whole if like.onemode else whole[: len(like.rows), len(like.rows) :]


@settings(deadline=None, max_examples=60)
@given(made())
def test_graphml_gexf_and_pajek_say_what_the_network_says(one: Network) -> None:
    read = networkx.parse_graphml(graphs.graphml(one))
    assert np.array_equal(of_graph(read, one), one.matrix)
    labels = one.rows if one.onemode else one.rows + one.columns
    assert [read.nodes[f"n{n}"]["label"] for n in range(1, len(labels) + 1)] == labels
    gexf = (
        graphs.gexf(one)
        .replace("http://gexf.net/1.3", "http://www.gexf.net/1.2draft")
        .replace('version="1.3"', 'version="1.2"')
    )
    read = networkx.read_gexf(io.BytesIO(gexf.encode()))
    assert np.array_equal(of_graph(read, one), one.matrix)
    lines = graphs.pajek(one).splitlines()
    assert len(lines) == len(labels) + 2 + sum(1 for _ in graphs.ties(one))


@settings(deadline=None, max_examples=60)
@given(made())
def test_tables_say_what_the_network_says(one: Network) -> None:
    rows = list(csv.reader(io.StringIO(graphs.matrix_csv(one))))
    assert [[float(v) for v in row[1:]] for row in rows[1:]] == one.matrix.tolist()
    text = graphs.ucinet(one)
    cells = text.partition("data:\n")[2].split()
    assert np.array_equal(np.array(cells, dtype=float).reshape(one.matrix.shape), one.matrix)
    back = json.loads(graphs.as_json(one))
    assert (back["rows"], back["columns"], back["matrix"]) == (one.rows, one.columns, one.matrix.tolist())
    edges = list(csv.DictReader(io.StringIO(graphs.edge_list(one))))
    assert [float(e["weight"]) for e in edges] == [weight for *_, weight in graphs.ties(one)]


def test_labels_cannot_command_a_spreadsheet_or_break_a_file() -> None:
    one = Network(['=cmd|"/c"', "a\x00<b>&"], ["x\ny", '"q"'], np.array([[-1.0, 0], [0, 2]]))
    assert graphs.edge_list(one).splitlines()[1].startswith("\"'=cmd") and ",-1" in graphs.matrix_csv(one)
    read = networkx.parse_graphml(graphs.graphml(one))
    assert read.nodes["n2"]["label"] == "a\ufffd<b>&"
    assert '"x y"' in graphs.ucinet(one) and "\"'q'\"" in graphs.pajek(one)
    with pytest.raises(UsageError, match="no network format 'xls'; use graphml"):
        graphs.written(one, "xls")


def test_a_graph_of_networkx_keeps_both_modes_apart() -> None:
    graph = graphs.graph(Network(["a", "b"], ["b", "c"], np.array([[1.0, 0], [2, -1]])))
    assert set(graph.nodes) == {"a", "b", ("b", 1), "c"}
    assert graph.edges["b", ("b", 1)]["weight"] == 2 and graph.edges["b", "c"]["weight"] == -1
