"""Who speaks, and in which paper, changes nothing about what is coded."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

import whipcount
from whipcount.coding.codebook import load
from whipcount.coding.coder import StatementCoder
from whipcount.coding.wording import names_of
from whipcount.documents import read
from whipcount.model import Codebook, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.reading import Pipeline

EXAMPLE = Path(whipcount.__file__).parent / "knowledge" / "example"
ACTORS = ("Russia", "Ukraine", "Poland", "Hungary", "Malta", "China", "Washington", "Brussels")
SAYINGS = (
    "it will send soldiers once {} agrees",
    "it has no intention of sending soldiers, whatever {} does",
    "the offer of {} to station peacekeepers is welcome",
    "troops from {} would be a target",
    "a truce for thirty days is a good idea, and {} should sign it",
    "it did not rule out that its own soldiers would follow those of {}",
    "only a mandate of the Security Council, not of {}, would change its mind",
    "sanctions must stay until {} withdraws",
    "it is still thinking about the proposal of {}",
    "the talks with {} begin on Tuesday",
)
TEXT = "The ministers met on Monday. After the talks with {other}, {one} said that {words}. Then {other} left the hall."


def said(one: str, other: str, saying: str) -> tuple[Document, Statement]:
    words = saying.format(other)
    text = TEXT.format(one=one, other=other, words=words)
    start, source = text.index(words), text.index(f"{one} said")
    statement = Statement(
        "s1",
        ((start, start + len(words)),),
        ((source, source + len(one)),),
        one,
        SpeakerKind.STATE,
        Voice.FIRST_HAND,
        ((source + len(one) + 1, source + len(one) + 5),),
        speaks_for=one,
    )
    return Document("d", text, ((0, len(text)),), hashlib.sha256(text.encode()).hexdigest()), statement


def test_swapping_actors_changes_no_stance() -> None:
    """Friend and rival, large and small.  Where the codebook itself names one of them ("without Russia's consent"), who is
    mentioned may decide which option it is, but not the side taken."""
    book, coder = load(EXAMPLE / "codebook.yaml"), StatementCoder.load()
    named = names_of(book)
    pairs = list(permutations(ACTORS, 2))[::5]
    same = every = 0
    for saying in SAYINGS:
        for one, other in pairs:
            here, there = (coded(coder, book, *who, saying) for who in ((one, other), (other, one)))
            shared = here.keys() & there.keys()
            same += sum(here[option] == there[option] for option in shared)
            every += len(shared)
            assert {one, other} & named or here == there
    assert same >= 0.99 * every
    assert every > 0.5 * len(pairs) * len(SAYINGS)


def coded(coder: StatementCoder, book: Codebook, one: str, other: str, saying: str) -> dict[str | None, Stance | None]:
    document, statement = said(one, other, saying)
    return {s.option: s.stance for s in coder.code(document, [statement], book)}


@pytest.mark.parametrize("name", ["06-lavrov-riyadh.txt", "11-macron-sovereign.txt"])
def test_swapping_the_outlet_changes_nothing_at_all(name: str) -> None:
    pipeline, book = Pipeline(), load(EXAMPLE / "codebook.yaml")
    document = next(iter(read([str(EXAMPLE / name)])))
    assert isinstance(document, Document)
    readings = [
        pipeline.read(replace(document, outlet=outlet, author=None, origin=f"{outlet}.txt"), book).statements
        for outlet in ("Izvestia", "The Times", None)
    ]
    assert readings[0]
    assert readings[0] == readings[1] == readings[2]
