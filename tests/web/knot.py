"""A debate of two camps over two outlets, in which two options wait for each other."""

from __future__ import annotations

from pathlib import Path

from whipcount.documents import document_from_text
from whipcount.model import Codebook, Coder, Condition, DateBasis, Option, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record

BOOK = Codebook(
    name="knot",
    title="A knot",
    options=(
        Option("fund", "Pay into the fund", institution="nato"),
        Option("reform", "Reform the fund", institution="nato"),
        Option("levy", "Raise a levy", institution="eu-qmv"),
    ),
    conditions=(
        Condition("fund-first", "the fund is paid", "fund"),
        Condition("reform-first", "the reform comes", "reform"),
    ),
)

YES, NO, IF = Stance.SUPPORT, Stance.OPPOSE, Stance.CONDITIONAL
OWN, OTHERS, UNNAMED = Voice.FIRST_HAND, Voice.ASCRIBED, Voice.UNNAMED

SAID = [
    ("2025-01-01", "Wire", [("Norway", "fund", IF, OWN, "reform-first"), ("Spain", "reform", IF, OWN, "fund-first")]),
    ("2025-01-02", "Post", [("Italy", "levy", YES, OWN, ""), ("France", "levy", YES, OTHERS, ""), ("Poland", "levy", NO, OWN, "")]),
    ("2025-02-01", "Wire", [("Italy", "reform", YES, OWN, ""), ("France", "reform", YES, OWN, ""), ("Poland", "reform", YES, UNNAMED, "")]),
    ("2025-03-01", "Post", [("France", "levy", NO, OWN, ""), ("Spain", "levy", YES, OWN, "")]),
    ("2025-03-02", "Wire", [("Spain", "levy", YES, OWN, ""), ("Italy", "levy", YES, OWN, "")]),
]  # fmt: skip
"""Date, outlet, and who said what under which condition, on whose word."""


def filled(where: Path) -> Record:
    record = Record.open(where, create=True)
    for place, (date, outlet, several) in enumerate(SAID):
        text, statements = "", []
        for number, (actor, option, stance, voice, condition) in enumerate(several):
            start = len(text)
            words = f"what {actor} wants of the {option} is known well"
            text += f"The minister of {actor} said {words}. "
            statements.append(
                Statement(
                    id=f"s{number}",
                    content=((start + text[start:].index("what"), len(text) - 2),),
                    source=((start, start + len(f"The minister of {actor}")),),
                    speaker=f"Minister of {actor}" if voice != UNNAMED else "officials",
                    speaker_kind=SpeakerKind.PERSON if voice != UNNAMED else SpeakerKind.UNNAMED,
                    voice=voice,
                    chain=() if voice == OWN else ("unnamed officials",),
                    speaks_for=actor,
                    option=option,
                    stance=stance,
                    conditions=(condition,) if condition else (),
                )
            )
        document = document_from_text(
            text, id=f"d{place}", title=f"Day {place}", outlet=outlet, date=date, date_basis=DateBasis.METADATA
        )
        record.add(document, [], statements, Coder("reader", "1"), BOOK)
    return record
