"""A record exported and imported is the same record; lines that are wrong are named and left out."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ferry import ATTRIBUTION, CODEBOOK, CODER, document, statement

from whipcount.errors import InputError
from whipcount.model import Coder, Stance
from whipcount.reading import Reading
from whipcount.record import Record
from whipcount.record.exchange import lines, take


def test_an_export_makes_the_same_record_again(record: Record, new: Callable[[], Record]) -> None:
    newer = dataclasses.replace(CODER, version="2")
    record.add(document("d1"), [ATTRIBUTION], [statement(stance=Stance.OPPOSE)], newer, CODEBOOK)
    record.add(document("d2", "Nothing was said here, by anybody."), [], [], CODER, None)
    for key in ("d1:s1", "d1:r2.s1"):
        record.review(key, "correct", {"stance": "undecided"}, Coder("Ada", is_model=False))
    exported = [json.dumps(line) for line in lines(record)]
    with new() as again:
        assert take(again, exported, Coder("import")) == (3, 0)
        assert [json.dumps(line) for line in lines(again)] == exported
        assert again.entries() == record.entries() and again.documents() == record.documents()
        assert again.reviews("d1:r2.s1") == record.reviews("d1:r2.s1")
        assert again.codebook() == record.codebook()
        assert take(again, exported, Coder("import")) == (0, 3)


def test_output_of_extract_can_be_taken(tmp_path: Path) -> None:
    line = Reading(document("d1"), (ATTRIBUTION,), (statement(),)).line()
    with Record.open(tmp_path / "new.whip", create=True) as record:
        take(record, [json.dumps(line)], CODER, CODEBOOK)
        assert record.entries()[0].statement == statement()
        assert record.attributions("d1") == [ATTRIBUTION]
        assert record.document("d1").chain == document("d1").chain and record.check() == []


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"id": "x"}',
        '{"id": "x", "text": "short", "statements": [{"id": "s1"}]}',
        '{"id": "x", "text": "short", "attributions": [{"id": "a", "source": [], "cue": [], "content": [[0, 99]], '
        '"quote_type": "direct"}]}',
        '{"id": "x", "text": "short", "attributions": [{"id": "a", "source": [], "cue": [], "content": [[3, 1]], '
        '"quote_type": "direct"}]}',
        '{"id": "x", "text": "short", "sha256": "0"}',
        '{"id": "x", "text": "short", "codebook": "unknown digest"}',
        '{"id": "x", "text": "\\ud800"}',
        '{"id": "x", "text": "short", "chain": ["Wire"]}',
        '{"id": "x", "text": "short", "title": {"a": 1}}',
        "[" * 100000,
    ],
)
def test_a_wrong_line_is_named_and_does_not_stop_the_others(line: str, tmp_path: Path) -> None:
    refused: list[tuple[int, str]] = []
    good = json.dumps(Reading(document("d1"), (), ()).line())
    with Record.open(tmp_path / "new.whip", create=True) as record:
        assert take(record, [line, good], CODER, refused=lambda *args: refused.append(args)) == (1, 0)
        assert [number for number, _ in refused] == [1] and "\n" not in refused[0][1]
        with pytest.raises(InputError, match="line 1"):
            take(record, [line], CODER)


def copies(record: Record, new: Callable[[], Record]) -> tuple[Record, Record]:
    """Two copies of a record, as on two machines."""
    exported = list(lines(record))
    made = new(), new()
    for copy in made:
        take(copy, exported, Coder("import"))
    return made


def shape(record: Record) -> set[str]:
    """What a record says, whatever the order in which it came together."""
    acts = {f"{a.uid} {a.act} {a.fields} {a.undone}" for a in record.history(limit=None)}
    said = {f"{e.statement.id.split('.')[-1]} {e.coder} {e.statement.stance} {e.status}" for e in record.entries()}
    return acts | said | {d.sha256 for d in record.documents()}


def test_copies_that_grew_apart_are_merged_without_loss_or_doubles(record: Record, new: Callable[[], Record]) -> None:
    ada, ben = Coder("Ada", is_model=False), Coder("Ben", is_model=False)
    here, there = copies(record, new)
    here.review("d1:s1", "reject", {}, ada)
    here.add_statement("d1", statement(stance=Stance.CONDITIONAL), ada, CODEBOOK)
    here.add(document("d2", "Nobody said anything."), [], [], CODER, CODEBOOK)
    there.add_statement("d1", statement(stance=Stance.OPPOSE), ben, CODEBOOK)
    there.add_statement("d1", statement(stance=Stance.UNDECIDED), ada, CODEBOOK)
    there.add_document(document("d2", "Somebody said something."))
    there.correct_document("d1", {"outlet": "Other Post"}, ben)
    there.undo(there.review("d1:s1", "correct", {"stance": "oppose"}, ben), ben)
    there.define("type", "Story", {"hero": "short text"}, ben)
    from_here, from_there = list(lines(here)), list(lines(there))
    take(here, from_there, Coder("import"))
    take(there, from_here, Coder("import"))
    assert shape(here) == shape(there)
    assert {e.statement.stance for e in here.entries()} == {Stance.CONDITIONAL, Stance.OPPOSE, Stance.UNDECIDED}
    assert len(here.documents()) == 3 and here.document("d1").outlet == "Other Post"
    assert take(here, list(lines(there)), Coder("import"))[0] == 0, "nothing is added twice"
    assert here.check() == there.check() == []


def test_a_merge_leaves_the_current_codebook_as_it_is(record: Record, new: Callable[[], Record]) -> None:
    here, there = copies(record, new)
    newer = dataclasses.replace(CODEBOOK, title="The ferry, again")
    here.add_codebook(newer)
    there.add(document("d2", "Nobody said anything."), [], [], CODER, CODEBOOK)
    take(here, list(lines(there)), Coder("import"))
    assert here.codebook("ferry") == newer
    take(there, list(lines(here)), Coder("import"))
    assert there.codebook("ferry") == newer, "a codebook by which nothing was read yet travels, too"
