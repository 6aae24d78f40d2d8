import hashlib
from dataclasses import replace

import pytest

from whipcount.coding.codebook import parse
from whipcount.coding.encoder import Encoder
from whipcount.coding.learning import Lesson, Taught, benefit, digest
from whipcount.model import Document, SpeakerKind, Stance, Statement, Voice

BOOK = parse(
    """name: ferry
title: The ferry
options:
- {id: build, label: The port builds a ferry}
- {id: sell, label: The port sells the old quay}
conditions:
- {id: loan, label: The state bank grants a loan}
""",
    "ferry.yaml",
)
QUAY = [
    "parting with the landing stage would be a mistake",
    "the old landing stage is not for sale",
    "nobody should buy our landing stage from the town",
    "the landing stage must stay in public hands",
    "we shall keep the landing stage where our boats tie up",
    "a buyer for the landing stage is not wanted here",
    "handing the landing stage to a company is wrong",
    "the landing stage belongs to the town and will go on doing so",
]
FERRY = [
    "a new ship for cars is needed by the summer",
    "the yard will deliver a vessel for eighty cars",
    "we are glad that a ship will cross the sound again",
    "the crossing needs its ship at last",
    "the town wants a vessel that runs in winter",
    "ordering the ship now is the right thing to do",
]
MISSED = {"option:build": 0.6, "option:sell": 0.2, "option:": 0.4, "stance:support": 0.5, "stance:oppose": 0.4}
FOUND = {"option:build": 0.7, "option:sell": 0.1, "option:": 0.3, "stance:support": 0.8, "stance:oppose": 0.1}


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder(1)


def said(words: str, weighed: dict[str, float], actor: str = "Ash") -> tuple[Document, Statement]:
    text = f"{actor} said that {words}."
    start = text.index(words)
    statement = Statement(
        "s1", ((start, start + len(words)),), ((0, len(actor)),), actor, SpeakerKind.STATE, Voice.FIRST_HAND,
        speaks_for=actor, option="build", stance=Stance.SUPPORT, confidence=0.3, weighed=weighed,
    )  # fmt: skip
    return Document("d", text, ((0, len(text)),), hashlib.sha256(text.encode()).hexdigest()), statement


def lesson(words: str, option: str | None) -> Lesson:
    document, statement = said(words, MISSED if option == "sell" else FOUND)
    taken = {"sell": Stance.OPPOSE} if option == "sell" else {"build": Stance.SUPPORT} if option else {}
    return Lesson(document, statement, taken, before={"build": Stance.SUPPORT})


LESSONS = [*(lesson(words, "sell") for words in QUAY[1:]), *(lesson(words, "build") for words in FERRY[1:])]


def codes(taught: Taught, words: str, weighed: dict[str, float]) -> list[tuple[str | None, Stance | None]]:
    document, statement = said(words, weighed)
    return [(s.option, s.stance) for s in taught.code(document, [statement])]


def test_what_was_corrected_is_coded_right_where_it_is_said_again(encoder: Encoder) -> None:
    assert codes(Taught([], BOOK, encoder), QUAY[0], MISSED) == [("build", Stance.SUPPORT)]
    taught = Taught(LESSONS, BOOK, encoder)
    assert codes(taught, QUAY[0], MISSED) == [("sell", Stance.OPPOSE)]
    assert codes(taught, FERRY[0], FOUND) == [("build", Stance.SUPPORT)]


def test_held_out_in_turn_the_lessons_help(encoder: Encoder) -> None:
    before, after = benefit(LESSONS, BOOK, encoder)
    assert before == pytest.approx(5 / 12)
    assert after > 0.8


def test_what_is_about_nothing_can_be_learnt(encoder: Encoder) -> None:
    taught = Taught([replace(one, taken={}) for one in LESSONS], BOOK, encoder)
    assert codes(taught, QUAY[0], MISSED) == [(None, None)]


def test_an_option_that_nobody_judged_is_no_lesson(encoder: Encoder) -> None:
    shy = [replace(one, open=frozenset({"build"})) for one in LESSONS[:7]]
    assert ("build", Stance.SUPPORT) in codes(Taught(shy, BOOK, encoder), FERRY[0], FOUND)


def test_the_order_of_lessons_and_the_names_of_actors_do_not_matter(encoder: Encoder) -> None:
    one, other = Taught(LESSONS, BOOK, encoder), Taught(LESSONS[::-1], BOOK, encoder)
    assert one.version == other.version and digest(LESSONS) != digest(LESSONS[1:])
    results = set()
    for actor in ("Russia", "Ukraine", "Luxembourg", "Ash"):
        document, statement = said(QUAY[0], MISSED, actor)
        results.add(tuple((s.option, s.stance, s.confidence) for s in one.code(document, [statement])))
    assert len(results) == 1


def test_terms_are_read_where_a_stance_turns_conditional(encoder: Encoder) -> None:
    words = [
        f"{start} only if the state bank grants a loan" for start in ("yes but", "gladly,", "a ship", "we order it")
    ]
    given = {**FOUND, "stance:conditional": 0.1}
    teach = []
    for one in words[1:] * 3:
        document, statement = said(one, given)
        teach.append(Lesson(document, statement, {"build": Stance.CONDITIONAL}))
    document, statement = said(words[0], given)
    found = Taught(teach, BOOK, encoder).code(document, [statement])[0]
    assert found.stance is Stance.CONDITIONAL
    assert found.conditions == ("loan",)
    assert found.speaks_for == "Ash" and found.content == statement.content
