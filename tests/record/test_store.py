"""A record gives back what it was given, adds nothing twice, and overwrites nothing."""

from __future__ import annotations

import dataclasses
import sqlite3
from pathlib import Path

import pytest
from ferry import ATTRIBUTION, CODEBOOK, CODER, document, statement
from sqlalchemy import text

from whipcount.errors import RecordError, UsageError
from whipcount.model import Coder, Stance
from whipcount.record import Record

ME = Coder("Ada", is_model=False)


def test_what_goes_in_comes_out(record: Record) -> None:
    assert record.documents() == [document("d1")]
    assert record.document("d1") == document("d1")
    assert record.attributions("d1") == [ATTRIBUTION]
    assert record.codebook() == record.codebook("ferry") == CODEBOOK
    (entry,) = record.entries()
    assert (entry.statement, entry.coder, entry.key) == (statement(), CODER, "d1:s1")
    assert (entry.outlet, entry.date) == ("Harbour Post", "2031-05-04")


def test_the_same_text_read_again_adds_nothing(record: Record) -> None:
    assert record.has(document("d1").sha256, CODER, CODEBOOK)
    assert not record.add(document("other name"), [ATTRIBUTION], [statement()], CODER, CODEBOOK)
    assert len(record.documents()) == len(record.entries()) == 1


def test_another_text_under_a_taken_id_is_kept_under_its_own(record: Record) -> None:
    assert record.add(document("d1", "Nobody said a word."), [], [], CODER, CODEBOOK)
    first, second = record.documents()
    assert first.id == "d1" and second.id.startswith("d1-") and second.text == "Nobody said a word."


def test_a_newer_reader_takes_the_place_of_an_older_one_and_both_stay(record: Record) -> None:
    newer = dataclasses.replace(CODER, version="2")
    assert not record.has(document("d1").sha256, newer, CODEBOOK)
    record.add(document("d1"), [ATTRIBUTION], [statement(stance=Stance.OPPOSE)], newer, CODEBOOK)
    (entry,) = record.entries()
    assert (entry.key, entry.statement.stance, entry.statement.attribution) == ("d1:r2.s1", Stance.OPPOSE, "r2.a1")
    assert record.entry("d1:s1").statement.stance == Stance.SUPPORT
    assert record.attributions("d1")[0].id == "r2.a1"


def test_the_newest_codebook_of_a_name_is_current_and_a_return_to_an_older_one_counts(record: Record) -> None:
    changed = dataclasses.replace(CODEBOOK, title="The ferry, again")
    for codebook in (changed, CODEBOOK, CODEBOOK):
        record.add_codebook(codebook)
        assert record.codebook("ferry") == codebook
    assert record.codebook("no such") is None


def test_the_newest_judgement_counts_and_all_are_kept(record: Record) -> None:
    record.review("d1:s1", "reject", {}, ME)
    assert record.entries() == [] and record.entry("d1:s1").statement == statement()
    record.review("d1:s1", "correct", {"stance": "oppose", "speaks_for": "Port Ash", "date": None}, ME)
    (entry,) = record.entries(actor="Port Ash")
    assert entry.statement.stance == Stance.OPPOSE
    assert record.entries(actor="Port Quill") == []
    record.review("d1:s1", "correct", {"voice": "ascribed"}, ME)
    (entry,) = record.entries(actor="Port Ash", voice="ascribed", stance="oppose")
    record.review("d1:s1", "accept", {}, Coder("Ben", is_model=False))
    (accepted,) = record.entries()
    assert accepted.statement == entry.statement and accepted.judges == ("Ada", "Ben")
    assert [act.act for act in record.reviews("d1:s1")] == ["reject", "correct", "correct", "accept"]
    assert record.judged() == {"d1:s1"}


@pytest.mark.parametrize(
    ("key", "verdict", "fields"),
    [
        ("d1:s9", "accept", {}),
        ("nonsense", "accept", {}),
        ("d1:s1", "approve", {}),
        ("d1:s1", "correct", {}),
        ("d1:s1", "accept", {"stance": "oppose"}),
        ("d1:s1", "correct", {"content": "x"}),
        ("d1:s1", "correct", {"stance": "lukewarm"}),
        ("d1:s1", "correct", {"voice": None}),
    ],
)
def test_a_judgement_that_makes_no_sense_is_refused_in_one_line(
    record: Record, key: str, verdict: str, fields: dict[str, str | None]
) -> None:
    with pytest.raises(UsageError) as error:
        record.review(key, verdict, fields, ME)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)
    assert record.reviews("d1:s1") == []


def test_filters_narrow_and_hostile_values_are_only_values(record: Record) -> None:
    assert record.entries(actor="port-quill", option="build", voice="first-hand", outlet="Harbour Post", coder="reader")
    assert record.entries(since="2031-05-04", until="2031-05") and not record.entries(since="2031-05-05")
    assert record.entries(actor="x' OR 1=1 --") == record.entries(document="%") == []
    with pytest.raises(UsageError):
        record.document("'; DROP TABLE documents; --")


def test_nothing_can_be_changed_or_removed(record: Record) -> None:
    record.review("d1:s1", "reject", {}, ME)
    for table in ("documents", "attributions", "statements", "acts", "codebooks", "readings"):
        for order in (f"DELETE FROM {table}", f"UPDATE {table} SET number = number + 1"):
            with pytest.raises(RecordError, match="append-only"), record.writing() as connection:
                connection.execute(text(order))
    assert len(record.reviews("d1:s1")) == 1


def test_a_reading_is_kept_whole_or_not_at_all(record: Record) -> None:
    twice = [statement("s1"), statement("s1")]
    with pytest.raises(RecordError):
        record.add(document("d2", "Mara Quill said the ferry can be built."), [], twice, CODER, CODEBOOK)
    assert len(record.documents()) == 1 and record.check() == []


def test_a_sound_record_has_no_faults_and_a_tampered_one_names_them(file: Record) -> None:
    assert file.check() == []
    file.close()
    with sqlite3.connect(file.where) as connection:
        connection.execute("DROP TRIGGER documents_no_update")
        connection.execute("UPDATE documents SET text = 'short'")
    faults = file.check()
    assert any("digest" in fault for fault in faults) and any("d1:s1: content" in fault for fault in faults)


def test_what_is_not_a_record_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a text file that is longer than a header")
    (tmp_path / "empty").touch()
    with sqlite3.connect(tmp_path / "other") as connection:
        connection.execute("CREATE TABLE cheese (name)")
    (tmp_path / "damaged").write_bytes(b"SQLite format 3\0" + b"\x07" * 4000)
    for name in ("missing", "text", "empty", "other", "damaged", ".", "no/such/folder"):
        with pytest.raises(RecordError) as error:
            Record.open(tmp_path / name)
        assert "\n" not in str(error.value) and str(error.value).startswith(str(tmp_path))
    for url in (
        "nonsense://x",
        "postgresql://nobody:secret@localhost:1/x",
        "://",
        "mysql://u:secret@localhost/x",
        f"sqlite:///{tmp_path}/missing",
    ):
        with pytest.raises(RecordError) as error:
            Record.open(url)
        assert "\n" not in str(error.value) and "secret" not in str(error.value)
    assert not (tmp_path / "missing").exists()


def test_creating_spares_a_file_that_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Mara, this is not a record.")
    with pytest.raises(RecordError):
        Record.open(path, create=True)
    assert path.read_text() == "Dear Mara, this is not a record."


def test_several_documents_are_found_by_their_ids_as_they_stand(record: Record) -> None:
    for id in ("two", "three"):
        record.add(document(id, f"Text of {id}."), [], [], CODER, CODEBOOK)
    record.correct_document("two", {"title": "Corrected"}, CODER)
    found = record.documents_called(["two", "d1", "none such", "two"])
    assert set(found) == {"two", "d1"}
    assert found["two"] == record.document("two") and found["two"].title == "Corrected"
