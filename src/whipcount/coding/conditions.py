"""The terms a position is tied to: clauses cut out by their connectives, matched to the codebook's conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whipcount.coding.encoder import Encoder
from whipcount.coding.wording import stems
from whipcount.model import Codebook, Document, Option, Span, Statement

OPENERS = re.compile(
    r"\b(?:only (?:if|when|after|once|with|as part of|within|under|alongside|then)|if and only if|if|unless|"
    r"provided(?: that)?|providing(?: that)?|assuming(?: that)?|on condition(?: that| of)?|in (?:the )?(?:case|event) (?:of|that)|"
    r"as long as|so long as|as soon as|once|until|not before|no earlier than|before|after|pending|in exchange for|in return for|subject to|"
    r"contingent (?:up)?on|conditional (?:up)?on|depend(?:s|ed|ing)? (?:up)?on|hing(?:es|ed|ing) on|tied to|linked to|without|except with|"
    r"with (?:the |a |an )?(?:\w+ ){0,2}(?:approval|consent|agreement|permission|authori[sz]ation|mandate|backing|blessing|guarantees?)|"
    r"under (?:the |a |an )(?:\w+ ){0,2}(?:mandate|flag|umbrella)|"
    r"(?:must|should|would have to|has to|have to|needs? to) (?:first|be followed by|be accompanied by|come with|go with|include)|"
    r"(?:requires?|needs?|calls? for|insists? on|demands?|waits? for) (?:first )?(?:the |a |an )?)\b",
    re.IGNORECASE,
)
CLOSE = re.compile(r"[,;:.?!\n\"”“]|\s[–—-]\s")
LONGEST = 240
"""Characters after which a clause is cut."""

LIKE, LIKE_WHOLE = 0.35, 0.4
"""Cosines from which a clause, or the whole of what was said, is taken to mean a condition of the codebook; chosen on the
invented debates, where two in three named so are right."""
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


def matched(texts: Sequence[str], said: str, codebook: Codebook, option: str, encoder: Encoder) -> list[str]:
    """Ids of the codebook's conditions that the clauses `texts` name, each once, in the order of the clauses.

    Where they name none, that which the whole of what was `said` on `option` is like.  What the option itself brings
    about is no condition of it.
    """
    conditions = [condition for condition in codebook.conditions if condition.brought_about_by != option]
    if not conditions:
        return []
    labels = [condition.label for condition in conditions]
    vectors = encoder.encode([*labels, *texts, said])
    *clauses, whole = vectors[len(labels) :] @ vectors[: len(labels)].T
    found = [int(row.argmax()) for row in clauses if row.max() >= LIKE]
    if not found and whole.max() >= LIKE_WHOLE:
        found = [int(whole.argmax())]
    return [conditions[index].id for index in dict.fromkeys(found)]
