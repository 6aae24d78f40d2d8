"""Copies and rewritten versions of one story, by the word sequences that two documents share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from whipcount.model import Document

SHINGLE = 5
COMMON = 50
"""A shingle in more documents than this is a phrase of the language or of a page, and says nothing of copying."""


def shingles(document: Document) -> set[int]:
    """Hashes of each run of five words of the article, in lower case."""
    words = re.findall(r"\w+", " ".join(document.text[s:e] for s, e in document.body).lower())
    return {hash(tuple(words[i : i + SHINGLE])) for i in range(max(0, len(words) - SHINGLE + 1))}


def similar(documents: Sequence[Document], threshold: float = 0.2) -> list[tuple[str, str, float]]:
    """Pairs of ids with the Jaccard overlap of their shingles, `threshold` or more, most alike first.

    Nicholls (International Journal of Communication 13, 2019) measures copying between outlets in this way.
    """
    sets = [shingles(d) for d in documents]
    holders: dict[int, list[int]] = defaultdict(list)
    for index, members in enumerate(sets):
        for shingle in members:
            holders[shingle].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for where in holders.values():
        if 2 <= len(where) <= COMMON:
            for i, one in enumerate(where):
                for other in where[i + 1 :]:
                    shared[one, other] += 1
    pairs = []
    for (one, other), number in shared.items():
        overlap = number / (len(sets[one]) + len(sets[other]) - number)
        if overlap >= threshold:
            pairs.append((documents[one].id, documents[other].id, round(overlap, 4)))
    return sorted(pairs, key=lambda p: (-p[2], p[0], p[1]))
