"""DNA projects go through a record without loss, and what a record writes is a project that DNA's rules accept."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ferry import CODEBOOK, CODER, document, statement
from hypothesis import given
from hypothesis import strategies as st

from whipcount.errors import RecordError, UsageError
from whipcount.model import Coder, Stance
from whipcount.record import Record, dna
from whipcount.record.dna.file import DnaFile, password_fits, password_stored
from whipcount.record.dna.schema import SCHEMA
from whipcount.record.units import Units

ME = Coder("Ada", is_model=False)

SAID = {
    "DATABOOLEAN": "Value",
    "DATAINTEGER": "Value",
    "DATALONGTEXT": "Value",
    "DATASHORTTEXT": "(SELECT Value FROM ENTITIES e WHERE e.ID = t.Entity)",
}


def content(path: Path) -> dict[str, list[Any]]:
    """All that a project says: every table, without the ids that nothing refers to."""
    found: dict[str, list[Any]] = {}
    with sqlite3.connect(path) as connection:
        for table in (
            "SETTINGS CODERS DOCUMENTS STATEMENTTYPES VARIABLES REGEXES STATEMENTS ENTITIES ATTRIBUTEVARIABLES".split()
        ):
            # DNA needs an empty value of each short-text variable; a project that lacks one gets it
            some = " WHERE Value != ''" if table == "ENTITIES" else ""
            found[table] = sorted(connection.execute(f"SELECT * FROM {table}{some}").fetchall(), key=repr)
        for table in ("VARIABLELINKS", "CODERRELATIONS"):
            found[table] = sorted(row[1:] for row in connection.execute(f"SELECT * FROM {table}"))
        # an attribute that has no row is an empty one
        wanted = "SELECT EntityId, AttributeVariableId, AttributeValue FROM ATTRIBUTEVALUES WHERE AttributeValue != ''"
        found["ATTRIBUTEVALUES"] = sorted(connection.execute(wanted))
        for table, value in SAID.items():
            found[table] = sorted(connection.execute(f"SELECT StatementId, VariableId, {value} FROM {table} t"))
    connection.close()
    return found


def columns(path: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: [
                *((row[1], row[2], row[3], row[5]) for row in connection.execute(f"PRAGMA table_info({table})")),
                *sorted(row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({table})")),
            ]
            for table in tables
        }


def through(path: Path, folder: Path) -> Path:
    """The project after a way through a record."""
    out = folder / "out.dna"
    with Record.open(folder / "r.whip", create=True) as record:
        dna.take(record, path, ME)
        assert record.check() == []
        assert dna.write(record, out).password is None
    return out


@pytest.mark.shared
@pytest.mark.parametrize("name", ["sample.dna", "synth-small.dna"])
def test_a_project_of_dna_comes_back_as_it_was(name: str, shared: Path, tmp_path: Path) -> None:
    source = shared / "data" / "dna" / name
    out = through(source, tmp_path)
    assert content(out) == content(source)
    assert columns(out) == columns(source), "the tables, columns and keys that DNA expects"
    if name == "sample.dna":
        assert DnaFile(out, "sample").events()[0].equals(DnaFile(source).events()[0])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small invented project with all that is rare: pictographs, equal texts, no coder, links, parents, quotes."""
    path = tmp_path / "odd.dna"
    with sqlite3.connect(path) as db:
        db.executescript(SCHEMA)
        db.executescript(
            """
            INSERT INTO SETTINGS VALUES ('version', '3.1.2'), ('date', '2031-01-01');
            INSERT INTO CODERS (ID, Name, Password, FontSize, PermissionEditCoders) VALUES
              (1, 'Admin', 'x', 12, 1), (5, 'Bo; "B" O''Neil', 'y', 15, 0);
            INSERT INTO CODERRELATIONS VALUES (7, 1, 5, 0, 1, 0, 1), (9, 5, 1, 1, 1, 1, 1);
            INSERT INTO STATEMENTTYPES VALUES (3, 'DNA Statement', 1, 2, 3), (8, 'Story', 9, 9, 9);
            INSERT INTO VARIABLES VALUES (2, 'person', 'short text', 3), (4, 'organization', 'short text', 3),
              (6, 'concept', 'short text', 3), (7, 'agreement', 'boolean', 3), (11, 'hero', 'short text', 8),
              (12, 'weight', 'integer', 8), (13, 'memo', 'long text', 8), (14, 'true', 'boolean', 8);
            INSERT INTO VARIABLELINKS VALUES (1, 2, 4);
            INSERT INTO REGEXES VALUES ('fer+y', 1, 2, 3);
            INSERT INTO ENTITIES VALUES (1, 2, '', 0, 0, 0, NULL), (2, 4, '', 0, 0, 0, NULL), (3, 6, '', 0, 0, 0, NULL),
              (4, 11, '', 0, 0, 0, NULL), (20, 2, 'Mara Quill', 1, 1, 1, NULL), (21, 4, 'Port Quill', 1, 1, 1, 22),
              (22, 4, 'Port', NULL, NULL, NULL, NULL), (23, 6, 'Build; "it"', 0, 0, 0, NULL), (24, 11, 'Nobody', 0, 0, 0, 4);
            INSERT INTO ATTRIBUTEVARIABLES VALUES (1, 4, 'Type'), (2, 4, 'Notes');
            INSERT INTO ATTRIBUTEVALUES VALUES (1, 21, 1, 'City'), (2, 22, 2, 'has ''quotes''');
            INSERT INTO DOCUMENTS VALUES
              (4, 'One', 'A 🚢 ferry, said Mara Quill 🚢🚢 at last.', 5, 'N. N.', 'Post', 'p. 1', 'a
            note', 'news', 1929830462),
              (6, 'One again', 'A 🚢 ferry, said Mara Quill 🚢🚢 at last.', NULL, '', '', '', '', '', -86400),
              (7, 'One', 'A 🚢 ferry, said Mara Quill 🚢🚢 at last.', 5, 'N. N.', 'Post', 'p. 1', 'a
            note', 'news', 1929830462),
              (9, '', '', 1, '', '', '', '', '', 0);
            INSERT INTO STATEMENTS VALUES (1, 3, 4, 2, 9, 5), (2, 3, 4, 2, 9, 1), (17, 8, 4, 28, 34, 5), (3, 3, 6, 0, 4, NULL);
            INSERT INTO DATABOOLEAN VALUES (1, 1, 7, 1), (2, 2, 7, 0), (3, 3, 7, 1), (4, 17, 14, 0);
            INSERT INTO DATAINTEGER VALUES (1, 17, 12, -300);
            INSERT INTO DATALONGTEXT VALUES (1, 17, 13, 'long
            and "quoted"');
            INSERT INTO DATASHORTTEXT VALUES (1, 1, 2, 20), (2, 1, 4, 21), (3, 1, 6, 23), (4, 2, 2, 1), (5, 2, 4, 21),
              (6, 2, 6, 23), (7, 3, 2, 20), (8, 3, 4, 2), (9, 3, 6, 3), (10, 17, 11, 24);
            """
        )
    db.close()
    return path


def test_an_odd_project_comes_back_as_it_was(project: Path, tmp_path: Path) -> None:
    assert content(through(project, tmp_path)) == content(project)


def test_a_second_import_adds_nothing_and_another_project_is_added(
    project: Path, tmp_path: Path, new: Callable[[], Record]
) -> None:
    record = new()
    first = dna.take(record, project, ME)
    assert (first.documents, first.statements, first.known) == (4, 4, 0)
    before = record.entries()
    assert len(record.documents()) == 4, "equal texts are different documents where the project says so"
    again = dna.take(record, project, ME)
    assert (again.documents, again.statements, again.known) == (0, 0, 4) and record.entries() == before
    other = shutil.copy(project, tmp_path / "other.dna")
    with sqlite3.connect(other) as db:
        db.execute("UPDATE DATABOOLEAN SET Value = 0 WHERE StatementId = 1")
        db.execute("UPDATE DOCUMENTS SET Text = 'Something else', Coder = 1 WHERE ID = 9")
    db.close()
    merged = dna.take(record, Path(other), ME)
    assert (merged.documents, merged.statements) == (1, 1)
    assert {e.statement.stance for e in record.entries(actor="Port Quill")} == {Stance.SUPPORT, Stance.OPPOSE}


def test_statements_of_dna_are_statements_here(project: Path, tmp_path: Path) -> None:
    with Record.open(tmp_path / "r.whip", create=True) as record:
        dna.take(record, project, ME)
        entry = record.entries(coder='Bo; "B" O\'Neil', actor="Port Quill")[0]
        said, text = entry.statement, record.document(entry.document).text
        assert (said.speaker, said.option, said.stance, said.type) == (
            "Mara Quill",
            'Build; "it"',
            "support",
            "DNA Statement",
        )
        assert text[slice(*said.content[0])] == "🚢 ferr", "positions are characters, not UTF-16 units"
        assert (entry.outlet, entry.date, record.document("4").fields["time"]) == ("Post", "2031-02-26", "00:01:02")
        story = record.entries(type="Story")[0].statement
        assert story.variables == {
            "hero": "Nobody",
            "weight": -300,
            "memo": 'long\n            and "quoted"',
            "true": False,
        }
        assert record.definitions("entity")['["DNA Statement", "organization", "Port Quill"]']["child_of"] == "Port"


def test_corrections_are_in_what_is_written(project: Path, tmp_path: Path) -> None:
    with Record.open(tmp_path / "r.whip", create=True) as record:
        dna.take(record, project, ME)
        record.review("4:s1", "correct", {"stance": "oppose", "speaks_for": "Port Ash"}, ME)
        record.review(record.entries(type="Story")[0].key, "reject", {}, ME)
        dna.write(record, tmp_path / "out.dna")
    frame, _ = DnaFile(tmp_path / "out.dna").events()
    row = frame.filter(frame["statement"] == 1).to_dicts()[0]
    assert (row["agreement"], row["organization"], row["person"]) == (0, "Port Ash", "Mara Quill")
    assert DnaFile(tmp_path / "out.dna").events("Story")[0].is_empty()


def test_a_record_of_our_own_becomes_a_project_that_opens_with_a_password(tmp_path: Path) -> None:
    out = tmp_path / "ours.dna"
    with Record.open(tmp_path / "r.whip", create=True) as record:
        text = "Mara 🚢 said the ferry\r\n" + "must be built. " * 20
        said = [
            statement("s1", option="build " * 50),
            statement("s2", stance=Stance.CONDITIONAL),
            statement("s3", speaks_for=None, stance=Stance.OPPOSE),
        ]
        record.add(document("d1", text), [], said, CODER, CODEBOOK)
        written = dna.write(record, out, "secret 🔑")
        assert (written.documents, written.statements, written.password) == (1, 3, "secret 🔑")
        assert any("190" in note for note in written.notes)
        with pytest.raises(RecordError):
            dna.write(record, out)
    assert DnaFile(out, "secret 🔑").statement_types() == {"DNA Statement": 1, "Statement without yes or no": 2}
    with pytest.raises(UsageError):
        DnaFile(out, "wrong")
    frame, kinds = DnaFile(out).events()
    assert frame["agreement"].to_list() == [1, 0] and frame["organization"].to_list() == ["Port Quill", ""]
    assert kinds["conditions"] == "long text" and frame["conditions"][0] == "loan"
    with sqlite3.connect(out) as db:
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        start, stop, written_text = db.execute(
            "SELECT Start, Stop, Text FROM STATEMENTS JOIN DOCUMENTS LIMIT 1"
        ).fetchone()
        raw = written_text.encode("utf-16-le")[2 * start : 2 * stop].decode("utf-16-le")
        assert raw == text[16:39].replace("\r\n", " \n")
        empty = (
            "SELECT count(*) FROM VARIABLES v WHERE DataType = 'short text' AND NOT EXISTS (SELECT 1 FROM ENTITIES e "
        )
        assert db.execute(empty + "WHERE e.VariableId = v.ID AND e.Value = '')").fetchone() == (0,), (
            "DNA needs one each"
        )
        assert db.execute("SELECT Name FROM CODERS WHERE ID = 1").fetchone() == ("Admin",)
    db.close()


def test_a_damaged_or_foreign_file_is_refused_in_one_line(tmp_path: Path, new: Callable[[], Record]) -> None:
    (tmp_path / "text.dna").write_text("no project")
    with pytest.raises(RecordError) as error:
        dna.take(new(), tmp_path / "text.dna", ME)
    assert "\n" not in str(error.value)


@given(st.text(), st.data())
def test_positions_convert_both_ways(text: str, data: st.DataObject) -> None:
    units = Units(text)
    place = data.draw(st.integers(0, len(text)))
    assert units.unit(place) == len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
    assert units.characters(units.unit(place)) == place


def test_passwords_are_kept_as_dna_keeps_them() -> None:
    stored = password_stored("Müller")
    assert password_fits(stored, "Müller") and not password_fits(stored, "Muller")
    assert stored != password_stored("Müller")
