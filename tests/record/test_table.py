"""Tables of other tools become statements that stand where their words are, and DNA's event list is DNA's own."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
import xlsxwriter
from ferry import document
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.cli.exchange import WRITERS
from whipcount.errors import InputError, UsageError
from whipcount.model import Coder, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record, dna, table
from whipcount.record.annotations import keep
from whipcount.record.dna import DnaFile

ME = Coder("Ada", is_model=False)


@pytest.fixture
def empty(tmp_path: Path) -> Record:
    return Record.open(tmp_path / "t.whip", create=True)


@pytest.mark.shared
def test_the_event_list_is_the_one_that_dna_writes(shared: Path, empty: Record, tmp_path: Path) -> None:
    dna.take(empty, shared / "data" / "dna" / "sample.dna", ME)
    theirs = (shared / "data" / "dna" / "dna-3.1.2" / "files" / "eventlist.csv").read_text(encoding="utf-8")
    ours = table.events(empty, empty.entries(), "DNA Statement")
    assert sorted(ours.strip().split("\n")) == sorted(theirs.strip().split("\n"))


@pytest.mark.shared
def test_an_event_list_of_dna_gives_the_networks_of_its_project(shared: Path, empty: Record, tmp_path: Path) -> None:
    folder = shared / "data" / "dna"
    keep(empty, table.read(folder / "dna-3.1.2" / "files" / "eventlist.csv", ME, {}, empty))
    frame, _ = DnaFile(folder / "sample.dna").events()
    entries = empty.entries()
    assert len(entries) == len(frame)
    theirs = sorted(
        zip(frame["organization"], frame["concept"].str.replace_all(";", ","), frame["agreement"], strict=True)
    )
    ours = sorted((e.statement.speaks_for, e.statement.option, int(e.statement.stance == "support")) for e in entries)
    assert ours == theirs
    for entry in entries:
        assert empty.document(entry.document).words(entry.statement.content), "words to every statement"


def test_a_spreadsheet_with_headings_of_its_own(empty: Record, tmp_path: Path) -> None:
    path = tmp_path / "coded.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate([
            ("Document name", "Code", "Segment", "Who", "Position", "Created by", "Weight"),
            ("Ferry", "build", "the ferry  must", "Port Quill", "pro", "Ben", 3),
            ("Other", "sell", "=1+1", "Port Ash", "contra", "Ben", 0),
        ]):  # fmt: skip
            sheet.write_row(n, 0, row)
    empty.add_document(document("d1"))
    assert table.mapping(table.rows_of(path)[0], {"actor": "Who"})["words"] == "Segment"
    assert keep(empty, table.read(path, ME, {"actor": "Who"}, empty)) == (2, 0)
    assert keep(empty, table.read(path, ME, {"actor": "Who"}, empty)) == (0, 2)
    first, second = empty.entries()
    assert (first.document, first.statement.content, first.statement.stance) == ("d1", ((16, 30),), Stance.SUPPORT)
    assert (first.statement.speaks_for, first.coder.name, first.statement.variables) == (
        "Port Quill",
        "Ben",
        {"Weight": 3},
    )
    assert second.document == "Other" and second.statement.stance == Stance.OPPOSE and empty.check() == []


def test_a_text_in_the_table_and_words_that_are_not_in_it(empty: Record, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\ufeffid;article;quote;organization;concept;agreement;date\n"
                    '7;"He said: ""yes""; twice";said;Ash;build;0;2031-05-04T10:00:00\n8;"He said: ""yes""; twice";never;Ash;build;maybe;\n')  # fmt: skip
    keep(empty, table.read(path, ME, {}, empty))
    first, second = empty.entries()
    assert empty.document(first.document).text == 'He said: "yes"; twice' and first.statement.content == ((3, 7),)
    assert (first.date, first.statement.stance, first.statement.id) == ("2031-05-04", Stance.OPPOSE, "s7")
    assert second.statement.content == () and second.statement.variables == {"agreement": "maybe", "words": "never"}


def test_what_is_no_table_is_refused_in_one_line(empty: Record, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("no workbook")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "c.csv").write_text("x,y\n1,2\n")
    (tmp_path / "d.parquet").write_text("x")
    for name in "a.xlsx b.csv c.csv d.parquet".split():
        with pytest.raises(InputError) as error:
            list(table.read(tmp_path / name, ME, {}, empty))
        assert "\n" not in str(error.value)
    for told in ({"words": "no such"}, {"colour": "x"}):
        with pytest.raises(UsageError):
            list(table.read(tmp_path / "c.csv", ME, told, empty))


WORD = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=8)
NAMES = st.lists(WORD, min_size=1, max_size=3).map(" ".join)


@st.composite
def sayings(draw: st.DrawFn) -> list[Statement]:
    """Statements of d1, each on words of its text."""
    text = document("d1").text
    edges = [match.span() for match in re.finditer(r"\S+", text)]
    found = []
    for number in range(draw(st.integers(1, 4))):
        first, last = sorted(draw(st.lists(st.integers(0, len(edges) - 1), min_size=2, max_size=2)))
        found.append(
            Statement(
                f"s{number}",
                ((edges[first][0], edges[last][1]),),
                (),
                draw(NAMES),
                draw(st.sampled_from(SpeakerKind)),
                draw(st.sampled_from(Voice)),
                speaks_for=draw(st.none() | NAMES),
                option=draw(st.none() | WORD),
                stance=draw(st.none() | st.sampled_from(Stance)),
                confidence=draw(st.sampled_from([1.0, 0.25])),
            )
        )
    return found


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
@settings(max_examples=15, deadline=None)
@given(said=sayings())
def test_a_table_that_goes_out_comes_back_with_the_same_statements(suffix: str, said: list[Statement]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        one, two = (Record.open(Path(folder) / f"{name}.whip", create=True) for name in "ab")
        one.add(document("d1"), [], said, ME, None)
        two.add_document(document("d1"))
        path = Path(folder) / f"table.{suffix}"
        WRITERS[suffix](one, str(path), None)
        keep(two, table.read(path, ME, {}, two))
        mine, theirs = ([_bare(record, entry.key) for entry in record.entries()] for record in (one, two))
        assert mine == theirs


def _bare(record: Record, key: str) -> tuple[object, ...]:
    """What a table says of a statement, and its words."""
    entry = record.entry(key)
    said = entry.statement
    words = record.document(entry.document).words(said.content)
    who = (said.speaks_for, said.speaker, said.speaker_kind, said.voice)
    return (*who, said.option, said.stance, said.confidence, entry.date, entry.coder.name, words, entry.document)
