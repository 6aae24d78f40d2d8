"""A small record of our own making: three documents, four actors, every voice and stance that the pages show."""

from __future__ import annotations

from pathlib import Path

from whipcount.documents import document_from_text
from whipcount.model import (
    Attribution,
    Codebook,
    Coder,
    Condition,
    DateBasis,
    Option,
    QuoteType,
    Spans,
    SpeakerKind,
    Stance,
    Statement,
    Voice,
)
from whipcount.record import Record

BOOK = Codebook(
    name="bridge",
    title="The bridge <over> the strait",
    options=(
        Option("build", "Build the bridge", institution="nato"),
        Option("toll", "Charge a toll", institution="coalition-of-the-willing"),
        Option("ferry", "Keep the ferry"),
    ),
    conditions=(Condition("money", "the bank pays"),),
)
CODER = Coder("reader", "1")

TEXTS = {
    "first": "Capitals quarrel\n\nHungary will not build the bridge, Anna Kiss said. "
    "Officials said France wants a toll.",
    "second": "Capitals agree\n\nHungary will build the bridge if the bank pays, Anna Kiss said.",
    "evil": '<script>alert("x")</script> & co\n\n<img src=x onerror=alert(1)> "We like the ferry," said <b>Eve</b>.',
}
DATES = {"first": "2025-01-10", "second": "2025-03-20", "evil": "2025-03-21"}


def span(text: str, words: str) -> Spans:
    start = text.index(words)
    return ((start, start + len(words)),)


def said(
    id: str, text: str, content: str, source: str, actor: str, option: str, stance: Stance | None, **more: object
) -> Statement:
    values: dict[str, object] = {
        "speaker": source,
        "speaker_kind": SpeakerKind.PERSON,
        "voice": Voice.FIRST_HAND,
        **more,
    }
    return Statement(
        id=id, content=span(text, content), source=span(text, source), cue=span(text, "said"),
        speaks_for=actor, option=option, stance=stance, **values,  # type: ignore[arg-type]
    )  # fmt: skip


def filled(where: Path) -> Record:
    record = Record.open(where, create=True)
    first, second, evil = TEXTS["first"], TEXTS["second"], TEXTS["evil"]
    ascribed = {"voice": Voice.ASCRIBED, "speaker_kind": SpeakerKind.UNNAMED, "chain": ("unnamed officials",)}
    statements = {
        "first": [
            said("s1", first, "Hungary will not build the bridge", "Anna Kiss", "Hungary", "build", Stance.OPPOSE),
            said("s2", first, "France wants a toll", "Officials", "France", "toll", Stance.SUPPORT, **ascribed),
        ],
        "second": [
            said(
                "s1", second, "Hungary will build the bridge if the bank pays", "Anna Kiss", "Hungary", "build",
                Stance.CONDITIONAL, conditions=("money",),
            ),
        ],
        "evil": [said("s1", evil, '"We like the ferry,"', "<b>Eve</b>", "<i>Ruritania</i>", "ferry", Stance.SUPPORT)],
    }  # fmt: skip
    for id, text in TEXTS.items():
        document = document_from_text(
            text,
            id=id,
            title=text.split("\n")[0],
            outlet="Example <Wire>",
            date=DATES[id],
            date_basis=DateBasis.METADATA,
        )
        read = [Attribution("a1", (), (), ((0, 3),), QuoteType.INDIRECT)]
        record.add(document, read, statements[id], CODER, BOOK)
    return record
