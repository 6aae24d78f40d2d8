"""A first codebook for articles nobody knows: what is claimed, grouped by meaning, as YAML to edit.

Claims are the contents of attributions.  They are grouped by average linkage of their sentence vectors (Sokal and
Michener 1958), cut where it gives the most groups worth an option, so that neither their number nor a distance need be
guessed.  An option's wording is taken from its own quotations: a program cannot word a proposition, a person edits it.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from whipcount.coding.conditions import clauses
from whipcount.coding.encoder import Encoder, Vectors
from whipcount.coding.wording import SMALL, STEM, WORD
from whipcount.model import Attribution, Document, Member, SpeakerKind, Statement, Voice

CUTS = tuple(distance / 100 for distance in range(30, 81, 5))
"""Cosine distances at which the tree of claims may be cut."""
ALIKE = 0.9
"""Cosine from which two claims are one told twice: it counts once."""
SHORTEST, LONGEST = 5, 60
"""Words of a claim: fewer say nothing alone, more say too many things."""
LARGEST = 0.1
"""Share of all claims from which a group is cut again: it is the debate, not an option."""
MOST = 3000
"""Claims that are grouped; of more, every so-many-th is taken (the tree needs all pairs of distances)."""
QUOTED = 5
"""Quotations given with an option, as its paraphrases."""
LABEL = 110
"""Characters of a label."""
AGAINST = re.compile(r"\b(?:not?|never|nor|neither|without|cannot|refus\w+|reject\w*|\w+n['’]t)\b", re.IGNORECASE)
OPENS = re.compile(
    r"^(?:(?:that|whether|if|and|but|so|because|as)\s+|the (?:idea|possibility|prospect|proposal|option) of\s+)+",
    re.IGNORECASE,
)
MARKS = re.compile(r"[\"“”„»«]")


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody is said to have said: its words, and the document they stand in."""

    words: str
    document: str


@dataclass(frozen=True, slots=True)
class Group:
    """Claims about one thing, the most typical first; `key` are the words that set them off from other groups."""

    claims: tuple[Claim, ...]
    key: tuple[str, ...]

    @property
    def documents(self) -> int:
        """In how many documents they stand."""
        return len({claim.document for claim in self.claims})


def claims(document: Document, attributions: Iterable[Attribution]) -> list[Claim]:
    """The contents of a document's attributions that are long enough to say something, and short enough to say one."""
    found = []
    for attribution in attributions:
        words = " ".join(document.words(attribution.content).split()).strip(" \"“”„»«'‘’,;:")
        if SHORTEST <= len(words.split()) <= LONGEST:
            found.append(Claim(words, document.id))
    return found


def terms(document: Document, attributions: Iterable[Attribution]) -> list[Claim]:
    """The clauses in a document's attributions that set terms ("only if ...")."""
    found = []
    for a in attributions:
        said = Statement(a.id, a.content, a.source, "", SpeakerKind.UNNAMED, Voice.UNNAMED)
        found += [Claim(" ".join(document.text[s:e].split()), document.id) for s, e in clauses(document, said)]
    return found


def groups(found: Sequence[Claim], encoder: Encoder, least: int, most: int) -> list[Group]:
    """At most `most` groups of at least `least` different claims, those from the most documents first."""
    found = list(found)[:: math.ceil(len(found) / MOST) or 1]
    if len(found) < max(least, 2):
        return []
    vectors = encoder.encode([claim.words for claim in found])
    kept = _different(vectors)
    if len(kept) < max(least, 2):
        return []
    large = _parts(vectors, kept, least, CUTS)
    keys = _keywords([[found[row].words for row in rows] for rows in large])
    result = []
    for rows, key in zip(large, keys, strict=True):
        centre = vectors[rows].mean(axis=0)
        order = sorted(rows, key=lambda row: (-float(vectors[row] @ centre), row))
        result.append(Group(tuple(found[row] for row in order), key))
    return sorted(result, key=lambda group: (-group.documents, -len(group.claims), group.key))[:most]


def _parts(vectors: Vectors, rows: list[int], least: int, cuts: Sequence[float]) -> list[list[int]]:
    """Groups of at least `least` rows at the cut that gives the most (of such, that takes in most); too large ones are cut again."""
    tree = linkage(vectors[rows].astype(np.float64), "average", metric="cosine")
    labels = [fcluster(tree, distance, "distance").tolist() for distance in cuts]
    sizes = [[size for size in Counter(cut).values() if size >= least] for cut in labels]
    best = max(range(len(cuts)), key=lambda place: (len(sizes[place]), sum(sizes[place]), -place))
    members: dict[int, list[int]] = {}
    for row, label in zip(rows, labels[best], strict=True):
        members.setdefault(label, []).append(row)
    found: list[list[int]] = []
    for group in (group for group in members.values() if len(group) >= least):
        large = len(group) > max(4 * least, LARGEST * len(rows))
        parts = _parts(vectors, group, least, cuts[:best]) if large and best else []
        found += parts if len(parts) > 1 else [group]
    return found


def _different(vectors: Vectors) -> list[int]:
    """Rows of which none is nearly like an earlier one."""
    kept: list[int] = []
    for row in range(len(vectors)):
        if not kept or float((vectors[kept] @ vectors[row]).max()) < ALIKE:
            kept.append(row)
    return kept


def _keywords(texts: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Per group up to four words that are frequent in it and rare in others (class-based tf-idf)."""
    bags, shown = [], Counter[tuple[str, str]]()
    for group in texts:
        bag: Counter[str] = Counter()
        for text in group:
            words = [w.lower() for w in WORD.findall(text) if w.lower() not in SMALL and w.isalpha() and len(w) > 2]
            for stem, word in {(STEM.sub("", word) or word, word) for word in words}:
                bag[stem] += 1
                shown[stem, word] += 1
        bags.append(bag)
    spread = Counter(stem for bag in bags for stem in bag)
    result = []
    for bag in bags:
        scored = sorted(bag, key=lambda s: (-bag[s] * math.log(1 + len(bags) / spread[s]), s))[:4]
        result.append(tuple(max((n, w) for (s, w), n in shown.items() if s == stem)[1] for stem in scored))
    return result


def label_of(group: Group) -> str:
    """A typical claim to word the option by: one that denies nothing and is short, where there is such a one."""

    def rank(place: int) -> tuple[bool, bool, int]:
        words = group.claims[place].words
        return bool(AGAINST.search(words)), len(words) > LABEL or "…" in words, place

    words = MARKS.sub("", OPENS.sub("", group.claims[min(range(len(group.claims)), key=rank)].words))
    if len(words) > LABEL:
        words = words[:LABEL].rsplit(" ", 1)[0].rstrip(",;:–- ") + " …"
    return words[:1].upper() + words[1:].rstrip(".!")


def write(
    name: str,
    options: Sequence[Group],
    conditions: Sequence[Group],
    documents: int,
    found: int,
    cast: Sequence[Member] = (),
    strangers: Sequence[tuple[str, int]] = (),
) -> str:
    """The YAML of a codebook with an option a group, to be edited; `documents` and `found` claims stand behind it.

    `cast` are the actors that the articles introduce, `strangers` speakers of whom they do not say for whom they speak,
    with how often they do.
    """
    lines = [
        f"# Suggested from {found} claims in {documents} documents: a start, not a codebook yet.  Please",
        "# - reword each label as one positive proposition that actors can be for or against, and say what it means;",
        "# - join options that are one, remove those that nobody negotiates, add what is missing;",
        "# - keep paraphrases in favour and against; the quotations here are typical of their group.",
        f"# Then run `whipcount codebook check {name}.yaml` and read with --codebook.",
        f"name: {_quoted(name)}",
        f"title: {_quoted(name.replace('-', ' ').capitalize())}",
        "",
        "options:",
    ]
    taken: set[str] = set()
    for group in options:
        lines += [
            f"- id: {_id(group, taken)}",
            f"  label: {_quoted(label_of(group))}",
            f"  definition: {_quoted('Claims on: ' + ', '.join(group.key))}",
            f"  # {len(group.claims)} claims in {group.documents} documents; typical ones:",
            "  paraphrases:",
            *(f"  - {_quoted(claim.words)}" for claim in group.claims[:QUOTED]),
        ]
    if conditions:
        lines += ["", "# what positions were tied to; `brought_about_by` is a fact, an event, or the id of an option"]
        lines += ["conditions:"]
    for group in conditions:
        lines += [
            f"- id: {_id(group, taken, 'if-')}",
            f"  label: {_quoted(label_of(group))}",
            "  brought_about_by: fact",
        ]
    if cast or strangers:
        lines += ["", "# who takes part and is not known to the world: add forms and people, remove who takes no part"]
        lines += ["cast:" if cast else "cast: []"]
    for member in cast:
        forms = f", forms: [{', '.join(map(_quoted, member.forms))}]" if member.forms else ""
        people = f", people: [{', '.join(map(_quoted, member.people))}]" if member.people else ""
        lines.append(f"- {{name: {_quoted(member.name)}, kind: {member.kind}{forms}{people}}}")
    if strangers:
        lines += ["# they speak, but no article says for whom; put them among the people of theirs:"]
        lines += [f"#   {_quoted(name)}  {times} times" for name, times in strangers]
    return "\n".join(lines) + "\n"


def _id(group: Group, taken: set[str], start: str = "") -> str:
    plain = ["".join(c for c in word if c.isascii() and c.isalnum()) for word in group.key[:3]]
    base = start + ("-".join(filter(None, plain))[:60] or "option")
    id = next(one for one in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if one not in taken)
    taken.add(id)
    return id


def _quoted(text: str) -> str:
    """A text as YAML, in quotes whatever is in it."""
    return json.dumps("".join(c if c.isprintable() else " " for c in text), ensure_ascii=False)
