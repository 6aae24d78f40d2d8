from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.coding.codebook import check, load, parse, written
from whipcount.errors import InputError
from whipcount.model import Member

GOOD = """name: bridge
title: A bridge over the Marn
options:
- id: build-bridge
  label: Build the bridge
  institution: council
  paraphrases: [a crossing at Holm, "no bridge will be built here"]
conditions:
- {id: loan, label: The bank grants a loan, brought_about_by: event}
"""
CAST = """cast:
- {name: Holm, kind: state, forms: [Holmstad, the upper bank], people: [Ada Berg (mayor), Nils Ek]}
- {name: Ferry Owners, kind: union, also: [the ferrymen], leader: Ola Krag}
- Storvik
"""


def test_a_codebook_is_read_whole() -> None:
    book = parse(GOOD, "bridge.yaml")
    assert book.option("build-bridge").institution == "council"
    assert book.option("build-bridge").paraphrases == ("a crossing at Holm", "no bridge will be built here")
    assert book.conditions[0].brought_about_by == "event"


def test_a_codebook_keeps_its_cast(tmp_path: Path) -> None:
    book = parse(GOOD + CAST, "bridge.yaml")
    assert book.cast[0] == Member("Holm", "state", ("Holmstad", "the upper bank"), ("Ada Berg (mayor)", "Nils Ek"))
    assert book.cast[1:] == (Member("Ferry Owners", "union", ("the ferrymen",)), Member("Storvik"))
    assert parse(written(book), "again.yaml") == book
    path = tmp_path / "b.yaml"
    path.write_text(GOOD + CAST)
    assert [("line 12" in line, "'leader'" in line) for line in check(path)] == [(True, True)]
    with pytest.raises(InputError, match="line 13: an actor of the cast has no name"):
        parse(GOOD + CAST.replace("- Storvik", "- {kind: state}"), "b.yaml")
    with pytest.raises(InputError, match="line 13: the actor 'Holm' is listed in line 11"):
        parse(GOOD + CAST.replace("- Storvik", "- {name: Holm}"), "b.yaml")


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("  label: Build the bridge\n", "", 4, "label"),
        ("institution", "institutoin", 6, "institutoin"),
        ("name: bridge\n", "", 1, "name"),
        ("id: build-bridge", "id: build bridge", 4, "hyphens"),
        ("{id: loan", "{id: [loan", 9, "check"),
        ("[a crossing", "{a: b} #", 7, "list"),
    ],
)
def test_a_fault_is_told_with_its_line(old: str, new: str, line: int, word: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(GOOD.replace(old, new, 1), "bridge.yaml")
    assert f"bridge.yaml, line {line}:" in str(caught.value)
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_options_with_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.yaml"
    path.write_text(GOOD.replace("conditions:", "- {id: build-bridge, label: Again}\nconditions:"))
    assert ["line 8" in line and "taken by line 4" in line for line in check(path)] == [True]


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "none.yaml")
    assert len(check(tmp_path / "none.yaml")) == 1


def test_anchors_cannot_blow_up() -> None:
    with pytest.raises(InputError, match="anchor"):
        parse("a: &a [x]\nb: *a\n", "b.yaml")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_codebook_or_one_clear_line(text: str) -> None:
    try:
        parse(text, "b.yaml")
    except InputError as error:
        assert str(error).startswith("b.yaml, line ")
        assert "\n" not in str(error)


def test_what_brings_a_condition_about_must_be_known() -> None:
    for good in ("fact", "event", "build-bridge", "a vote of the county council"):
        assert parse(GOOD.replace("by: event", f"by: {good}"), "b.yaml").conditions[0].brought_about_by == good
    with pytest.raises(
        InputError, match="line 9: 'build-brigde' brings condition 'loan' about but is no option: write"
    ):
        parse(GOOD.replace("by: event", "by: build-brigde"), "b.yaml")
