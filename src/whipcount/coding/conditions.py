"""The terms a position is tied to: clauses cut out by their connectives, matched to the codebook's conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from whipcount.coding.encoder import Encoder
from whipcount.coding.wording import stems
from whipcount.model import Codebook, Document, Option, Span, Statement

OPENERS = re.compile(
    r"\b(?:only (?:if|when|after|once|with)|if and only if|if|unless|"
    r"provided(?: that)?|providing that|on condition(?: that| of)?|"
    r"as long as|so long as|once|until|not before|in exchange for|in return for|subject to|contingent on|"
    r"depends? on|hinges on|tied to|without|except with)\b",
    re.IGNORECASE,
)
CLOSE = re.compile(r"[,;:.?!\n\"”“]|\s[–—-]\s")
LONGEST = 240
"""Characters after which a clause is cut."""

LIKE = 0.45
"""Cosine from which a clause is taken to mean a condition of the codebook; below it lexical overlap must help."""
SHARED = 0.5
"""Share of a label's stems which, found in the clause, makes up for a lower cosine."""
REPEATS = 0.75
"""Share of a clause's stems which, found in the option's label and definition, makes it a mere repetition."""


def clauses(document: Document, statement: Statement) -> list[Span]:
    """Spans of the clauses in the statement's content that set terms, without trailing punctuation."""
    found: list[Span] = []
    for start, end in statement.content:
        part, last = document.text[start:end], 0
        for match in OPENERS.finditer(part):
            if match.start() < last:
                continue
            close = CLOSE.search(part, match.end(), min(len(part), match.end() + LONGEST))
            last = close.start() if close else min(len(part), match.end() + LONGEST)
            if len(part[match.end() : last].split()) >= 2:
                found.append((start + match.start(), start + match.start() + len(part[match.start() : last].rstrip())))
    return found


def repeats(clause: str, option: Option) -> bool:
    """Whether `clause` says no more than the option itself does ("after a ceasefire" of a force after a ceasefire)."""
    words = set(stems(OPENERS.sub(" ", clause)))
    return bool(words) and len(words & set(stems(f"{option.label} {option.definition}"))) >= REPEATS * len(words)


def matched(texts: Sequence[str], codebook: Codebook, encoder: Encoder) -> list[str]:
    """Ids of the codebook's conditions that the clauses `texts` name, each once, in the order of the clauses."""
    if not texts or not codebook.conditions:
        return []
    labels = [condition.label for condition in codebook.conditions]
    vectors = encoder.encode([*labels, *texts])
    cosines = vectors[len(labels) :] @ vectors[: len(labels)].T
    found: list[str] = []
    for text, row in zip(texts, cosines, strict=True):
        words = set(stems(text))
        for index in np.argsort(-row, kind="stable")[:1]:
            own = set(stems(labels[index]))
            shared = len(own & words) / max(len(own), 1)
            if row[index] >= LIKE or shared >= SHARED:
                found.append(codebook.conditions[int(index)].id)
    return list(dict.fromkeys(found))
