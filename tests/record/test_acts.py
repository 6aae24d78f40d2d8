"""Whatever people do to a record can be seen and taken back, and coders can work apart from each other."""

from __future__ import annotations

import dataclasses

import pytest
from ferry import CODEBOOK, CODER, document, statement
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whipcount.errors import UsageError
from whipcount.model import Coder, SpeakerKind, Stance, Statement, Status, Voice
from whipcount.record import Record

ADA, BEN, CAT = (Coder(name, is_model=False) for name in ("Ada", "Ben", "Cat"))


def by_hand(**fields: object) -> Statement:
    values: dict[str, object] = {"speaks_for": "Port Quill", "option": "build", "stance": Stance.OPPOSE}
    return Statement(
        "any", ((16, 39),), ((0, 10),), "Mara Quill", SpeakerKind.PERSON, Voice.FIRST_HAND, **(values | fields)
    )  # type: ignore[arg-type]


def test_an_act_says_who_when_and_what_was_there_before(record: Record) -> None:
    record.review("d1:s1", "correct", {"stance": "oppose", "conditions": []}, ADA, note="read the last line")
    record.review("d1:s1", "reject", {}, BEN)
    rejected, corrected = record.history()
    assert corrected.before == {"status": "suggested", "stance": "support", "conditions": ["loan"]}
    assert (corrected.coder, corrected.statement, corrected.note) == (ADA, "d1:s1", "read the last line")
    assert rejected.before == {"status": "corrected"} and rejected.made > corrected.made
    assert [act.coder for act in record.history(coder="Ada", document="d1")] == [ADA]


def test_everything_can_be_undone_and_done_again(record: Record) -> None:
    before = record.entries()
    acts = [
        record.review("d1:s1", "reject", {}, ADA),
        record.withdraw(["d1"], ADA)[0],
        record.correct_document("d1", {"outlet": "Other Post", "date": "2031-06-01"}, ADA),
        record.assign(["d1"], "Ben", ADA, suggestions=False)[0],
        record.finish("d1", BEN),
        record.define("type", "Story", {"hero": "short text"}, ADA),
    ]
    key = record.add_statement("d1", by_hand(), ADA, CODEBOOK)
    for uid in reversed(acts):
        record.undo(uid, BEN)
    assert [entry.key for entry in record.entries()] == ["d1:s1", key]
    record.undo_last(ADA)
    assert record.entries() == before and record.document("d1") == document("d1")
    assert record.assignments() == [] and record.definitions("type") == {}
    undo = record.history(limit=1)[0]
    record.undo(undo.uid, ADA)
    assert [entry.key for entry in record.entries()] == ["d1:s1", key]
    with pytest.raises(UsageError, match="already"):
        record.undo(acts[0], ADA)
    with pytest.raises(UsageError, match="no such act"):
        record.undo("nonsense", ADA)


def test_what_was_done_together_is_undone_together(record: Record) -> None:
    other = record.add_statement("d1", by_hand(), ADA, CODEBOOK)
    uids = record.review_all([("d1:s1", "reject", {}), (other, "correct", {"option": None})], BEN)
    record.undo(uids[0], BEN)
    assert [entry.statement.option for entry in record.entries()] == ["build", "build"]
    with pytest.raises(UsageError):
        record.review_all([("d1:s1", "reject", {}), ("d1:s9", "accept", {})], BEN)
    assert len(record.entries()) == 2


def test_a_person_codes_by_hand_and_a_new_codebook_leaves_it_there(record: Record) -> None:
    first = record.add_statement("d1", by_hand(), ADA, CODEBOOK)
    second = record.add_statement("d1", by_hand(option="sell"), ADA, dataclasses.replace(CODEBOOK, title="Anew"))
    assert {first, second} <= {entry.key for entry in record.entries()}
    assert {entry.status for entry in record.entries(coder="Ada")} == {Status.CODED}
    record.review(first, "correct", {"content": [[16, 30]], "variables": {"tone": 2}}, ADA)
    moved = record.entry(first).statement
    assert (moved.content, moved.variables) == (((16, 30),), {"tone": 2})
    for wrong in ({"content": [[16, 400]]}, {"content": [[5, 5]]}, {"variables": {"x": [1]}}, {"conditions": 3}):
        with pytest.raises(UsageError):
            record.review(first, "correct", wrong, ADA)
    with pytest.raises(UsageError):
        record.add_statement("d1", dataclasses.replace(by_hand(), content=((0, 4000),)), ADA)
    with pytest.raises(UsageError):
        record.add_statement("d9", by_hand(), ADA)


def test_blind_coders_do_not_see_each_other_and_nothing_is_counted_twice(record: Record) -> None:
    for name in ("Ada", "Ben"):
        record.assign(["d1"], name, CAT, suggestions=False)
    ours = record.add_statement("d1", by_hand(), ADA, CODEBOOK)
    theirs = record.add_statement("d1", by_hand(stance=Stance.CONDITIONAL), BEN, CODEBOOK)
    assert [entry.key for entry in record.entries(seen_by="Ada")] == [ours]
    assert [entry.key for entry in record.entries(seen_by="Ben")] == [theirs]
    assert [entry.key for entry in record.entries()] == ["d1:s1", ours], "the first coder's work counts"
    record.finish("d1", ADA)
    assert [entry.key for entry in record.entries()] == [ours], "a person's own coding outranks the model"
    record.review_all([(theirs, "accept", {}), (ours, "reject", {})], CAT, settles=True)
    (settled,) = record.entries()
    assert (settled.key, settled.status, settled.statement.stance) == (theirs, Status.SETTLED, Stance.CONDITIONAL)
    assert [entry.key for entry in record.codings("Ada")] == [ours], "what Ada coded stays what Ada coded"


def test_judging_suggestions_apart_and_settling(record: Record) -> None:
    for name in ("Ada", "Ben"):
        record.assign(["d1"], name, CAT)
    record.review("d1:s1", "correct", {"stance": "oppose"}, ADA)
    assert record.queue("Ada") == [] and [entry.key for entry in record.queue("Ben")] == ["d1:s1"]
    record.review("d1:s1", "correct", {"stance": "conditional", "voice": "ascribed"}, BEN)
    assert record.entry("d1:s1", seen_by="Ada").statement.stance == Stance.OPPOSE
    assert record.entries()[0].statement.stance == Stance.OPPOSE
    assert record.codings("Ben")[0].statement.voice == Voice.ASCRIBED
    record.review("d1:s1", "correct", {"stance": "undecided"}, CAT, settles=True)
    record.review("d1:s1", "reject", {}, BEN)
    (entry,) = record.entries()
    assert (entry.statement.stance, entry.statement.voice, entry.judges) == (Stance.UNDECIDED, "first-hand", ("Cat",))
    assert record.queue("Cat") == [], "nothing is left that nobody judged"


def test_assignments_say_who_has_what(record: Record) -> None:
    record.assign(["d1"], "Ada", CAT, blind=False)
    record.finish("d1", ADA)
    (given,) = record.assignments(coder="Ada", document="d1")
    assert (given.blind, given.suggestions, given.done) == (False, True, True)
    with pytest.raises(UsageError):
        record.assign(["d9"], "Ada", CAT)
    record.withdraw(["d1"], CAT)
    assert record.assignments() == record.entries() == record.documents() == []
    assert record.documents(withdrawn=True) == [document("d1")]


STEP = st.sampled_from(["accept", "reject", "correct", "undo", "undo an undo"])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(STEP, st.sampled_from([s.value for s in Stance])), max_size=6))
def test_undoing_all_that_was_done_gives_what_was_there(record: Record, steps: list[tuple[str, str]]) -> None:
    before = record.entry("d1:s1")
    for step, stance in steps:
        if step.startswith("undo"):
            acts = [a for a in record.history() if not a.undone and (a.act == "undo") == (step != "undo")]
            if acts:
                record.undo(acts[0].uid, ADA)
        else:
            record.review("d1:s1", step, {"stance": stance} if step == "correct" else {}, ADA)  # type: ignore[arg-type]
    for act in record.history(limit=None):
        if act.act != "undo" and not act.undone:
            record.undo_last(ADA)
    assert record.entry("d1:s1") == before


def test_filters_take_any_field_and_several_values(record: Record) -> None:
    record.review("d1:s1", "correct", {"variables": {"tone": 2}, "stance": "oppose"}, ADA)
    fits = (
        {"stance": "oppose"},
        {"stance": ["support", "oppose"]},
        {"status": "corrected", "judge": "Ada"},
        {"conditions": "loan", "chain": "Wire", "speaker_kind": "person"},
        {"variable:tone": "2"},
        {"lean": ""},
        {"text": '"ferry must be"'},
        {"text": "nothing OR FERRY"},
        {"least": 0.9},
        {"rejected": True, "type": ""},
    )
    for wanted in fits:
        assert record.entries(**wanted), wanted  # type: ignore[arg-type]
    for wanted in (
        {"stance": "support"},
        {"status": "rejected"},
        {"variable:tone": "3"},
        {"text": "quill"},
        {"least": 0.95},
    ):
        assert not record.entries(**wanted), wanted  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="no such field"):
        record.entries(colour="blue")


def test_a_record_with_reviews_of_the_first_schema_keeps_them(tmp_path: object) -> None:
    from pathlib import Path

    from sqlalchemy import text

    from whipcount.record import migrations
    from whipcount.record.database import connect

    path = Path(str(tmp_path)) / "old.whip"
    engine = connect(path, create=True)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        migrations.upgrade(connection, "0001")
        for order in (
            "INSERT INTO documents VALUES (1,'d1','"
            + document("d1").sha256
            + "','Mara Quill said the ferry must be built.','[]','Ferry',NULL,NULL,'unknown',NULL,NULL,'')",
            "INSERT INTO coders VALUES (1,'reader','1',1),(2,'Ada','',0)",
            "INSERT INTO readings VALUES (1,1,1,NULL)",
            "INSERT INTO statements (number,document,reading,id,content,source,cue,rationale,quote_type,speaker,"
            "speaker_kind,voice,chain,conditions,condition_text,confidence) VALUES (1,1,1,'s1','[[0,4]]','[]','[]','[]',"
            "'indirect','Mara','person','first-hand','[]','[]','[]',1.0)",
            "INSERT INTO reviews VALUES (1,1,2,'reject','{}','2031-01-01T00:00:00+00:00'),"
            "(2,1,2,'correct','{\"stance\": \"oppose\"}','2031-01-01T00:00:00+00:00')",
        ):
            connection.execute(text(order.replace(":", "\\:")))
    engine.dispose()
    with Record.open(path) as record:
        assert [act.act for act in record.reviews("d1:s1")] == ["reject", "correct"]
        assert record.entries(judge="Ada")[0].statement.stance == Stance.OPPOSE
        assert [hit.document for hit in record.search("ferry")] == ["d1"] and record.check() == []


def test_coders_are_all_who_did_anything(record: Record) -> None:
    record.review("d1:s1", "accept", {}, ADA)
    assert record.coders() == [CODER, ADA]
    assert statement() == record.entries()[0].statement
