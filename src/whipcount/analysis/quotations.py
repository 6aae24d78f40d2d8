"""How a quotation changed from outlet to outlet, aligned word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whipcount.analysis.positions import days_between
from whipcount.model import Document, Entry

WORD = re.compile(r"\w+(?:['’\-]\w+)*|[^\w\s]")
"""A word with its apostrophes and hyphens, or a sign of punctuation."""

ALIKE = 0.5
"""Share of words that two wordings have in common, in order, when one is taken for a version of the other."""

DAYS_APART = 7
"""Days within which outlets report one utterance."""


@dataclass(frozen=True, slots=True)
class Step:
    """A run of words that stayed, went, came, or gave way to others: `same`, `left out`, `added` or `changed`."""

    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """The wording in one document; `steps` lead to it from the first version, and `likeness` (0 to 1) says how far that is."""

    entry: Entry
    words: str
    likeness: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Quotation:
    """One utterance of a speaker in the wordings of several documents, the earliest first."""

    speaker: str
    versions: tuple[Version, ...]


def quotations(
    entries: Iterable[Entry], documents: Mapping[str, Document], *, alike: float = ALIKE, days: int = DAYS_APART
) -> list[Quotation]:
    """Utterances that more than one document has, most versions first.

    Statements are versions of one utterance when speaker and words agree (`alike`), and their dates, where known, are no more
    than `days` apart.  Identical copies are versions too.  Each is aligned with the earliest, which need not be the original.
    """
    by_speaker: dict[str, list[tuple[Entry, list[str]]]] = {}
    taken: set[tuple[str, object]] = set()
    for entry in sorted(entries, key=lambda e: (e.date or "9", e.document, e.key)):
        spot = entry.document, entry.statement.content
        if spot in taken or entry.document not in documents:
            continue  # another statement on the same words
        taken.add(spot)
        tokens = WORD.findall(documents[entry.document].words(entry.statement.content))
        if len(tokens) > 3:
            by_speaker.setdefault(entry.statement.speaker_id or entry.statement.speaker, []).append((entry, tokens))
    found = []
    for said in by_speaker.values():
        groups: list[list[tuple[Entry, list[str]]]] = []
        for entry, tokens in said:
            fitting = (g for g in groups if _near(g[0][0], entry, days) and likeness(g[0][1], tokens) >= alike)
            group = next(fitting, None)
            if group is None:
                groups.append([(entry, tokens)])
            elif all(entry.document != other.document for other, _ in group):
                group.append((entry, tokens))
        for group in groups:
            if len(group) > 1:
                first = group[0][1]
                versions = tuple(
                    Version(e, documents[e.document].words(e.statement.content), likeness(first, t), steps(first, t))
                    for e, t in group
                )
                found.append(Quotation(group[0][0].statement.speaker, versions))
    return sorted(found, key=lambda q: (-len(q.versions), q.versions[0].entry.date or "9", q.speaker))


def likeness(one: list[str], other: list[str]) -> float:
    """Share of the words of the shorter wording that the other has in the same order, whatever their case.

    A single word in common counts only if it has four letters or more: "the" and "of" are in any two sentences.
    """
    a, b = ([word.casefold() for word in words if word[0].isalnum()] for words in (one, other))
    shorter = min(len(a), len(b))
    if not shorter:
        return 0.0
    blocks = difflib.SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 1 or (block.size and len(a[block.a]) > 3)) / shorter


def steps(one: list[str], other: list[str]) -> tuple[Step, ...]:
    """How the second wording comes from the first, word by word; a change of case alone is none."""
    names = {"equal": "same", "delete": "left out", "insert": "added", "replace": "changed"}
    matcher = difflib.SequenceMatcher(None, [w.casefold() for w in one], [w.casefold() for w in other], autojunk=False)
    return tuple(
        Step(names[tag], " ".join(one[a:b]), " ".join(other[c:d])) for tag, a, b, c, d in matcher.get_opcodes()
    )


def _near(one: Entry, other: Entry, days: int) -> bool:
    apart = days_between(one.date, other.date)
    return apart is None or abs(apart) <= days
