"""What people judged outlives what models make of a document later, and teaches them."""

from __future__ import annotations

import dataclasses

import pytest
from ferry import ATTRIBUTION, CODEBOOK, CODER, document, statement

from whipcount.model import Coder, Stance, Status
from whipcount.record import Record
from whipcount.record.columns import columns
from whipcount.record.doubt import disputed, doubt, first_to_judge
from whipcount.record.lessons import keep, lessons, taught, untaught

MARA = Coder("Mara", "", False)
TAUGHT = Coder("reader", "1, taught 12 (00000000)")
LLM = Coder("llm small", "1")
TEXT = "Mara Quill said the ferry must be built. Oda Kay said the quay must stay."
HERE, THERE = ((16, 39),), ((54, 72),)


@pytest.fixture
def two(record: Record) -> Record:
    """A record with a second document, in which two utterances were coded."""
    said = [statement("s1"), dataclasses.replace(statement("s2"), content=THERE, speaks_for="Kay", confidence=0.5)]
    record.add(document("d2", TEXT), [ATTRIBUTION], said, CODER, CODEBOOK)
    return record


def anew(record: Record, coder: Coder) -> None:
    """Have another coder say the opposite of everything in the second document."""
    said = [
        dataclasses.replace(statement("s1"), stance=Stance.OPPOSE),
        dataclasses.replace(statement("s2"), content=THERE, speaks_for="Kay", stance=Stance.OPPOSE),
    ]
    record.add(document("d2", TEXT), [ATTRIBUTION], said, coder, CODEBOOK)


def columns_of(record: Record) -> list[tuple[str, str]]:
    return sorted(columns(record, ("key", "stance")).select("key", "stance").collect().rows())


def standing(record: Record) -> list[tuple[str, Stance | None, Status]]:
    return [(e.key, e.statement.stance, e.status) for e in record.entries(document="d2")]


def test_a_judgement_outlives_a_newer_reading(two: Record) -> None:
    two.review("d2:s1", "correct", {"stance": "undecided"}, MARA)
    anew(two, TAUGHT)
    assert columns_of(two) == [("d1:s1", "support"), ("d2:r2.s2", "oppose"), ("d2:s1", "undecided")]
    assert standing(two) == [
        ("d2:s1", Stance.UNDECIDED, Status.CORRECTED),
        ("d2:r2.s2", Stance.OPPOSE, Status.SUGGESTED),
    ]
    two.undo_last(MARA)
    assert [key for key, _, _ in standing(two)] == ["d2:r2.s1", "d2:r2.s2"]
    assert [key for key, _ in columns_of(two)] == ["d1:s1", "d2:r2.s1", "d2:r2.s2"]


def test_what_was_rejected_does_not_come_back(two: Record) -> None:
    two.review("d2:s2", "reject", {}, MARA)
    anew(two, TAUGHT)
    assert [key for key, _, _ in standing(two)] == ["d2:r2.s1"]
    assert [e.key for e in two.entries(document="d2", stance="oppose")] == ["d2:r2.s1"]


def test_a_second_opinion_does_not_count_but_can_be_seen(two: Record) -> None:
    before = standing(two)
    anew(two, LLM)
    assert standing(two) == before
    assert [key for key, _ in columns_of(two)] == ["d1:s1", "d2:s1", "d2:s2"]
    assert [e.statement.stance for e in two.entries(coder="llm small")] == [Stance.OPPOSE, Stance.OPPOSE]
    assert [e.statement.stance for e in two.codings("llm small")] == [Stance.OPPOSE, Stance.OPPOSE]
    assert disputed(two) >= {"d2:s1", "d2:s2"}
    assert [e.key for e in first_to_judge(two, two.entries())] == ["d2:s2", "d2:s1", "d1:s1"]


def test_doubt_is_the_lead_over_the_runner_up() -> None:
    sure = statement(weighed={"option:build": 0.9, "option:": 0.1, "stance:support": 0.95, "stance:oppose": 0.05})
    torn = statement(weighed={"option:build": 0.9, "option:": 0.1, "stance:support": 0.5, "stance:oppose": 0.48})
    missed = statement(option=None, stance=None, weighed={"option:build": 0.49, "option:": 0.51})
    assert doubt(sure) == pytest.approx(0.2)
    assert doubt(torn) == pytest.approx(0.98)
    assert doubt(missed) == pytest.approx(0.98)
    assert doubt(statement(confidence=0.7)) == pytest.approx(0.3)


def test_lessons_are_what_people_made_of_utterances(two: Record) -> None:
    two.review("d1:s1", "accept", {}, MARA)
    two.review("d2:s1", "correct", {"option": None, "stance": None}, MARA)
    two.review("d2:s2", "reject", {}, MARA)
    found = {(one.document.id, one.statement.content): one for one in lessons(two, CODEBOOK)}
    assert dict(found["d1", HERE].taken) == {"build": Stance.SUPPORT}
    assert dict(found["d2", HERE].taken) == dict(found["d2", THERE].taken) == {}
    assert dict(found["d2", HERE].before) == {"build": Stance.SUPPORT}
    two.undo_last(MARA)
    assert len(lessons(two, CODEBOOK)) == 2


def test_what_was_taught_is_kept_and_can_be_undone(two: Record) -> None:
    two.review("d1:s1", "accept", {}, MARA)
    two.review("d2:s2", "correct", {"stance": "oppose"}, MARA)
    found = lessons(two, CODEBOOK)
    keep(two, CODEBOOK, found, MARA)
    coder = taught(two, CODEBOOK)
    assert coder is not None and coder.version.startswith("taught 2 (")
    anew(two, Coder("reader", f"1, {coder.version}"))
    again = taught(two, CODEBOOK)
    assert again is not None and again.version == coder.version
    assert len(lessons(two, CODEBOOK)) == 2
    two.undo_last(MARA)
    assert taught(two, CODEBOOK) is None
    assert untaught(CODER) and not untaught(LLM) and not untaught(MARA)
