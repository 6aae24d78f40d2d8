import hashlib
from dataclasses import replace

import pytest

from whipcount.coding.codebook import parse
from whipcount.coding.coder import StatementCoder
from whipcount.coding.weighed import OPTION, STANCE, likely, runner_up
from whipcount.model import Codebook, Document, SpeakerKind, Stance, Statement, Voice

BOOK = parse(
    """name: bridge
title: A bridge over the Marn
options:
- id: build-bridge
  label: Build a bridge over the river
  definition: The county builds a road bridge over the Marn.
  paraphrases: [a crossing for cars at Holm, the bridge will spoil the valley]
- id: ban-logging
  label: Ban logging in the old forest
  definition: Felling trees in the old forest is forbidden.
  paraphrases: [no more felling, the trees must stay, foresters would lose their jobs]
- id: raise-fares
  label: Raise the fares of buses and trains
  definition: Tickets for public transport become dearer.
  paraphrases: [dearer tickets, passengers must pay more]
conditions:
- {id: loan, label: The state bank grants a loan}
- {id: forest-law, label: Parliament passes the forest law}
""",
    "bridge.yaml",
)


@pytest.fixture(scope="module")
def coder() -> StatementCoder:
    return StatementCoder.load()


def spoken(text: str, *parts: tuple[str, str, str]) -> tuple[Document, list[Statement]]:
    """A document and a statement for each (source, cue, content) found in it."""
    statements = []
    for number, (source, cue, content) in enumerate(parts, 1):
        at = [((text.index(p), text.index(p) + len(p)),) for p in (content, source, cue)]
        statements.append(
            Statement(
                f"s{number}", at[0], at[1], source, SpeakerKind.PERSON, Voice.FIRST_HAND, at[2], speaks_for=source
            )
        )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document("d", text, ((0, len(text)),), digest), statements


def one(coder: StatementCoder, said: str, book: Codebook = BOOK) -> Statement:
    document, statements = spoken(f"On Monday Arvo Lind said that {said}.", ("Arvo Lind", "said", said))
    return coder.code(document, statements, book)[0]


def test_option_and_side_are_told(coder: StatementCoder) -> None:
    assert one(coder, "we will build a bridge over the river").option == "build-bridge"
    assert one(coder, "we will build a bridge over the river").stance is Stance.SUPPORT
    assert one(coder, "they refused to ban logging in the old forest").option == "ban-logging"
    assert one(coder, "they refused to ban logging in the old forest").stance is Stance.OPPOSE


def test_terms_are_named_from_the_codebook(coder: StatementCoder) -> None:
    found = one(coder, "they would build a bridge over the river only if the state bank grants the loan")
    assert found.stance is Stance.CONDITIONAL
    assert found.conditions == ("loan",)
    assert found.condition_text == ("only if the state bank grants the loan",)


def test_an_option_is_told_by_its_label_alone(coder: StatementCoder) -> None:
    labels = tuple(replace(o, definition="", paraphrases=()) for o in BOOK.options)
    book = replace(BOOK, options=labels)
    assert one(coder, "we will build a bridge over the river", book).option == "build-bridge"
    assert one(coder, "no tree in the old forest may be felled", book).option == "ban-logging"
    assert one(coder, "her sister plays the cello", book).option is None


def test_what_fits_no_option_has_none(coder: StatementCoder) -> None:
    found = one(coder, "the concert in the cathedral had moved him to tears")
    assert (found.option, found.stance, found.conditions) == (None, None, ())


def test_two_actors_swapped_swap_and_change_nothing_else(coder: StatementCoder) -> None:
    text = (
        "The council met. {0} said that we will build a bridge over the river. The plan of {0} angers {1}. "
        "{1} said no: passengers must not pay more for their tickets."
    )

    def coded(first: str, second: str) -> list[tuple[object, ...]]:
        document, statements = spoken(
            text.format(first, second),
            (first, "said", "we will build a bridge over the river"),
            (second, "said no", "passengers must not pay more for their tickets"),
        )
        swap = {first: "A", second: "B"}
        return [
            (swap[s.speaker], s.option, s.stance, s.conditions, s.confidence)
            for s in coder.code(document, statements, BOOK)
        ]

    assert coded("Brenovia", "Istrael") == coded("Istrael", "Brenovia") == coded("Ukraine", "Russia")


def test_every_statement_comes_back_with_its_actor(coder: StatementCoder) -> None:
    text = "Oda and Per said that dearer tickets are wrong."
    document, statements = spoken(
        text, ("Oda", "said", "dearer tickets are wrong"), ("Per", "said", "dearer tickets are wrong")
    )
    found = coder.code(document, statements, BOOK)
    assert [s.id for s in found] == [f"s{n}" for n in range(1, len(found) + 1)]
    assert {s.speaks_for for s in found} == {"Oda", "Per"}
    assert all(0 <= s.confidence <= 1 for s in found)
    assert coder.code(document, [], BOOK) == []


def test_a_statement_keeps_what_was_weighed(coder: StatementCoder) -> None:
    found = one(coder, "we will build a bridge over the river")
    options, stances = likely(found.weighed, OPTION), likely(found.weighed, STANCE)
    assert options[0][0] == found.option
    assert stances[0][0] == found.stance
    assert sum(p for _, p in stances) == pytest.approx(1, abs=0.06)
    second = runner_up(found, STANCE)
    assert second is not None and second[0] != found.stance and second[1] <= stances[0][1]
    nothing = one(coder, "the concert in the cathedral had moved him to tears")
    assert runner_up(nothing, OPTION) != ("", 0) and likely(nothing.weighed, OPTION)[0][0] == ""
