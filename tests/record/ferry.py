"""Small invented documents and statements for tests of the record."""

from __future__ import annotations

import hashlib

from whipcount.model import (
    Attribution,
    Codebook,
    Coder,
    Condition,
    Document,
    Link,
    Option,
    QuoteType,
    Relation,
    SpeakerKind,
    Stance,
    Statement,
    Voice,
)

CODER = Coder("reader", "1")
CODEBOOK = Codebook(
    "ferry", "The ferry", (Option("build", "The port builds the ferry"),), (Condition("loan", "A loan"),)
)


def document(id: str, text: str = "Mara Quill said the ferry must be built.") -> Document:
    """A document with all fields filled."""
    return Document(
        id,
        text,
        ((0, len(text)),),
        hashlib.sha256(text.encode()).hexdigest(),
        title="Ferry",
        outlet="Harbour Post",
        date="2031-05-04",
        language="en",
        author="N. N.",
        chain=(Link("Harbour Post", Relation.PUBLISHED), Link("Wire", Relation.TRANSLATED)),
        origin="ferry.txt",
    )


def statement(id: str = "s1", **fields: object) -> Statement:
    """A first-hand statement for Port Quill on the option `build`."""
    values: dict[str, object] = {
        "speaker": "Mara Quill",
        "speaker_kind": SpeakerKind.PERSON,
        "voice": Voice.FIRST_HAND,
        "cue": ((11, 15),),
        "attribution": "a1",
        "speaks_for": "Port Quill",
        "actor_id": "port-quill",
        "chain": ("Wire",),
        "option": "build",
        "stance": Stance.SUPPORT,
        "conditions": ("loan",),
        "condition_text": ("once there is a loan",),
        "confidence": 0.9,
        "rationale": ((16, 39),),
    }
    return Statement(id, ((16, 39),), ((0, 10),), **(values | fields))  # type: ignore[arg-type]


ATTRIBUTION = Attribution("a1", ((0, 10),), ((11, 15),), ((16, 39),), QuoteType.INDIRECT, 0.9)
