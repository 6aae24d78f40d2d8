"""Words as the coder sees them: sentences around a statement, names masked, words cut to stems.

Names are masked so that who speaks cannot sway what is coded: a text with two actors swapped reads the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from whipcount.model import Codebook, Document, Span, Spans, Statement

NAME = "someone"
"""What stands for every masked name."""

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
END = re.compile(r"(?<=[.!?…])[\"”»’')\]]*\s+|\n+|(?<=[a-z][.!?])(?=[A-Z“\"])")
STEM = re.compile(r"(?:'s|’s|ational|ations?|ements?|ments?|ings?|ness|ities|ity|ied|ies|edly|ed|es|s|ly)$")
MARKS = re.compile("[⟨⟩]")
SMALL = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her him his i if in "
    "into is it its me my no not of on or our own s she should so some such than that the their them then "
    "there these they this those to "
    "us was we were what when which who will with would you your t one any more".split()
)


def stems(text: str) -> list[str]:
    """Lower-case content words of `text` without common endings."""
    words = (match.group().lower() for match in WORD.finditer(text))
    return [STEM.sub("", word) or word for word in words if word not in SMALL and word != NAME]


def sentences(text: str, body: Spans) -> list[Span]:
    """Spans of the sentences of the article, in text order, blanks trimmed."""
    found = []
    for start, end in body or ((0, len(text)),):
        part, last = text[start:end], 0
        ends = [(m.start(), m.end()) for m in END.finditer(part)] + [(len(part), len(part))]
        for stop, following in ends:
            left = last + len(part[last:stop]) - len(part[last:stop].lstrip())
            if part[left:stop].strip():
                found.append((start + left, start + left + len(part[left:stop].rstrip())))
            last = following
    return found


def texts_of(codebook: Codebook) -> list[str]:
    """What the codebook says of its options."""
    return [t for o in codebook.options for t in (o.label, o.definition, *o.include, *o.paraphrases)]


def names_of(codebook: Codebook) -> frozenset[str]:
    """Capitalised words that the codebook uses inside its sentences ("NATO"): they name options, not speakers."""
    found = (m for text in texts_of(codebook) for m in WORD.finditer(text) if m.start())
    return frozenset(m.group() for m in found if m.group()[0].isupper())


class Names:
    """The names of one document, and how to mask them.

    A word is a name if it is capitalised inside a sentence somewhere in the text; `I` is none.
    """

    def __init__(self, text: str) -> None:
        common: set[str] = set()
        inside: set[str] = set()
        for match in WORD.finditer(text):
            word = match.group()
            before = text[max(0, match.start() - 3) : match.start()].rstrip(" \t")
            opens = not before or before[-1] in ".!?…\n\r:;\"“”'‘’«»—–-(["
            if word[0].islower():
                common.add(word)
            elif not opens and word not in ("I", "I'm", "I've", "I'd", "I'll"):
                inside.add(word)
        self._names = {word for word in inside if word.lower() not in common}

    def mask(self, text: str, keep: frozenset[str] = frozenset()) -> str:
        """`text` with every run of names not in `keep` replaced by one placeholder."""

        def one(match: re.Match[str]) -> str:
            word = match.group()
            root = re.sub(r"['’]s$", "", word)
            return NAME if (word in self._names or root in self._names) and root not in keep else word

        masked = WORD.sub(one, text)
        return re.sub(rf"\b{NAME}(?:[\s.&-]+{NAME}\b)+", NAME, masked)


@dataclass(frozen=True, slots=True)
class Passage:
    """A statement's words with what stands around them, names masked but for those that the codebook uses.

    content   its own words;  sentence  the sentences they stand in;  before  up to two sentences before these
    """

    content: str
    sentence: str
    before: tuple[str, ...]


def _cut(text: str, start: int, end: int, holes: Iterable[Span], fill: str) -> str:
    parts, last = [], start
    for left, right in sorted(holes):
        if right <= last or left >= end:
            continue
        parts += [text[last : max(left, last)], fill]
        last = max(last, right)
    return "".join([*parts, text[last:end]])


def _around(content: Spans, spans: Sequence[Span]) -> tuple[int, Span]:
    """Index of the first of the sentences `spans` that `content` stands in, and from where to where these reach."""
    left, right = content[0][0], content[-1][1]
    own = [i for i, (start, end) in enumerate(spans) if start < right and end > left]
    if not own:
        return 0, (left, right)
    return own[0], (min(spans[own[0]][0], left), max(spans[own[-1]][1], right))


def passages(document: Document, statements: Sequence[Statement], codebook: Codebook) -> list[Passage]:
    """One passage per statement; statements without content give empty ones."""
    text = document.text
    spans = sentences(text, document.body)
    names = Names(text)
    keep = names_of(codebook)
    result = []
    for statement in statements:
        if not statement.content:
            result.append(Passage("", "", ()))
            continue
        first, (start, end) = _around(statement.content, spans)
        sentence = _cut(text, start, end, statement.source, f" {NAME} ")
        before = tuple(names.mask(text[s:e], keep) for s, e in spans[max(0, first - 2) : first])
        content = names.mask(document.words(statement.content), keep)
        result.append(Passage(content, names.mask(sentence, keep), before))
    return result


def marked_passages(
    document: Document, statements: Sequence[Statement], keep: frozenset[str] = frozenset()
) -> list[str]:
    """Per statement: the sentence before and its own sentences, names not in `keep` masked, its own words in ⟨marks⟩."""
    text = document.text
    spans = sentences(text, document.body)
    names = Names(text)

    def masked(start: int, end: int) -> str:
        return names.mask(MARKS.sub(" ", text[start:end]), keep)

    result = []
    for statement in statements:
        if not statement.content:
            result.append("")
            continue
        place, (start, end) = _around(statement.content, spans)
        parts, last = [masked(*spans[place - 1]) + " | "] if place else [], start
        holes = sorted([(s, e, True) for s, e in statement.content] + [(s, e, False) for s, e in statement.source])
        for first, stop, said in holes:
            if first < last or stop > end:
                continue
            parts += [masked(last, first), f"⟨{masked(first, stop)}⟩" if said else f" {NAME} "]
            last = stop
        result.append("".join([*parts, masked(last, end)]))
    return result
