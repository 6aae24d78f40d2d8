"""Which spans of a text are the article, and which are page furniture: menus, counters, ads, comments, related news.

A line is furniture if it is a known phrase of pages, little but links, written in another script than the document, or
stands in a run of labels, counters or clock times.  What is doubtful is kept: evidence lost is worse than a menu read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from whipcount.documents.furniture import ENDINGS, EXACT, OPENINGS
from whipcount.model import Span, Spans

SHORT = 60
"""Characters; a label of a page is shorter."""
LONG = 160
"""Characters; a line as long as this is a paragraph, and no single phrase can make furniture of it."""
MOST_LINES = 100_000
"""A text of more lines is no page; it is left as it is."""

_SENTENCE = re.compile(r"[.!?…。！？؟][\"”»’')\]]*$")
_LINK = re.compile(r"\[[^\[\]\n]{0,300}\]\([^()\s]{0,500}\)|<?https?://[^\s<>]{1,2000}>?")
_COUNTED = re.compile(
    r"(?i)\d[\d.,]*\s*(?:[km]\b)?\s*(?:views?|shares?|likes?|comments?|replies|min(?:ute)?s?\s+read|просмотр\w*|комментари\w*)"
)
_COMMENTS = re.compile(
    r"(?i)(?:\d+\s+)?(?:comments?|комментари[ийя]|kommentare|commentaires|comentarios|commenti|komentarze)"
    r"(?:\s*\(?\d+\)?)?"
)
_DISCLAIMER = re.compile(
    r"(?i)\bdo(?:es)? not (?:necessarily )?(?:reflect|represent) the (?:editorial|editors?\b|views?|opinions?|position)"
)
_SPEECH = tuple("-–—\"“„«'‘>")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def body(text: str) -> Spans:
    """Spans of `text` that are the article, in text order; () only if the text has no word or sign at all.

    When nothing would be left, all of it is the article.
    """
    lines = _lines(text)
    if not lines:
        return ()
    if len(lines) > MOST_LINES:
        return ((lines[0][0], lines[-1][1]),)
    words = [text[start:end] for start, end in lines]
    keep = [not (_is_furniture(line) or foreign) for line, foreign in zip(words, _foreign(words), strict=True)]
    _drop_counters(words, keep)
    _drop_news_lists(words, keep)
    _drop_head(words, keep)
    _drop_foot(words, keep)
    if not any(kept and any(c.isalnum() for c in line) for kept, line in zip(keep, words, strict=True)):
        keep = [True] * len(lines)
    return tuple(_joined(lines, keep))


def _lines(text: str) -> list[Span]:
    """Lines with a word or sign in them, without blanks (and byte-order marks) at their ends."""
    spans = []
    for match in re.finditer(r"[^\r\n\u2028\u2029]+", text):
        line = match.group()
        bare = line.lstrip(" \t\f\v\u00a0\ufeff\x00")
        stripped = bare.rstrip()
        if stripped:
            start = match.end() - len(bare)
            spans.append((start, start + len(stripped)))
    return spans


def _is_furniture(line: str) -> bool:
    """A line that is furniture by its own words."""
    if len(line) > 4000:
        return False
    links = sum(len(m.group()) for m in _LINK.finditer(line))
    if links and (links >= 0.7 * len(line)):
        return True
    if len(line) > 2 * LONG:
        return False
    plain = _EDGES.sub("", line.lower()) if len(line) < LONG else line.lower()
    if plain in EXACT or (all(word in EXACT for word in plain.split()) and plain):
        return True
    if line.lower().lstrip("•*·|> ").startswith(OPENINGS) and not _reports(line):
        return True
    return bool(_COUNTED.fullmatch(plain) or (_DISCLAIMER.search(line) and len(line) < 2 * LONG))


def _reports(line: str) -> bool:
    """An opening phrase that a sentence goes on from: "Watch: this is the end, he said." stays."""
    return bool(_SENTENCE.search(line)) and re.search(r"[\"“”«»]", line) is not None


def _foreign(lines: list[str]) -> list[bool]:
    """Lines short enough to be labels with under a tenth of their letters in the document's main script."""
    counts = [Counter(_script(c) for c in line[:5000] if c.isalpha()) for line in lines]
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    main, most = total.most_common(1)[0] if total else ("", 0)
    if most < 0.7 * total.total():
        return [False] * len(lines)
    return [
        len(line) < LONG and count.total() > 0 and count[main] < 0.1 * count.total()
        for line, count in zip(lines, counts, strict=True)
    ]


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """The character's script: the first word of its Unicode name, the scripts of Chinese, Japanese, Korean as one."""
    name = unicodedata.name(char, "UNKNOWN").split(" ", 1)[0]
    return {"HIRAGANA": "CJK", "KATAKANA": "CJK", "HANGUL": "CJK", "FULLWIDTH": "LATIN"}.get(name, name)


def _is_bare(line: str) -> bool:
    """Figures and signs alone: a counter, a clock time."""
    return len(line) < SHORT and not any(c.isalpha() for c in line)


def _drop_counters(lines: list[str], keep: list[bool]) -> None:
    """Leave out figures that stand beside other figures or furniture; a number alone may be the article's."""
    out = [not kept or _is_bare(line) for kept, line in zip(keep, lines, strict=True)]
    for i, line in enumerate(lines):
        if _is_bare(line) and (i == 0 or out[i - 1] or (i + 1 < len(lines) and out[i + 1])):
            keep[i] = False


def _drop_news_lists(lines: list[str], keep: list[bool]) -> None:
    """Leave out lists of three or more titles headed by clock times or counters, most of them without a full stop.

    A live blog, whose entries are sentences, stays.
    """
    stamps = [i for i, line in enumerate(lines) if _is_bare(line) and any(c.isdigit() for c in line)]
    runs: list[list[int]] = []
    for i in stamps:
        if runs and i - runs[-1][-1] <= 3:
            runs[-1].append(i)
        else:
            runs.append([i])
    for run in runs:
        between = [i for i in range(run[0], min(run[-1] + 2, len(lines))) if not _is_bare(lines[i])]
        titles = [i for i in between if len(lines[i]) < 1.5 * LONG]
        closed = sum(bool(_SENTENCE.search(lines[i])) for i in titles)
        if len(run) >= 3 and len(titles) >= 3 and len(titles) == len(between) and closed < 0.4 * len(titles):
            for i in range(run[0], between[-1] + 1):
                keep[i] = False


def _is_paragraph(line: str) -> bool:
    """Running text: long, or a sentence of some length."""
    return len(line) >= LONG or (len(line) >= SHORT and _SENTENCE.search(line) is not None)


def _is_label(line: str) -> bool:
    """A few words without a sentence's end, and nobody's speech."""
    return len(line) < SHORT and len(line.split()) <= 5 and not _SENTENCE.search(line) and not line.startswith(_SPEECH)


def _drop_head(lines: list[str], keep: list[bool]) -> None:
    """Leave out labels among the furniture above the article, where there are two pieces of it at least."""
    first = next((i for i, line in enumerate(lines) if keep[i] and _is_paragraph(line)), 0)
    dropped = [i for i in range(first) if not keep[i]]
    if len(dropped) >= 2:
        for i in range(dropped[-1]):
            keep[i] = keep[i] and not _is_label(lines[i])


def _drop_foot(lines: list[str], keep: list[bool]) -> None:
    """Leave out what follows an invitation to comment in the second half, and labels among furniture at the end."""
    half = sum(map(len, lines)) / 2
    last = max((i for i, line in enumerate(lines) if keep[i] and _is_paragraph(line)), default=len(lines))
    passed = 0
    for i, line in enumerate(lines):
        passed += len(line)
        plain = _EDGES.sub("", line.lower()) if len(line) < LONG else ""
        invites = plain.startswith(ENDINGS) or (i > last and _COMMENTS.fullmatch(plain) is not None)
        if invites and passed > half:
            keep[i:] = [False] * (len(lines) - i)
            break
    tail = range(last + 1, len(lines))
    if sum(not keep[i] for i in tail) >= 2:
        for i in tail:
            keep[i] = keep[i] and not (_is_label(lines[i]) and not _is_name(lines[i]))


def _is_name(line: str) -> bool:
    """Two to four capitalised words: a byline under the article."""
    words = line.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def _joined(lines: list[Span], keep: list[bool]) -> list[Span]:
    """Neighbouring kept lines as one span."""
    spans: list[Span] = []
    previous = False
    for line, kept in zip(lines, keep, strict=True):
        if kept:
            spans[-1:] = [(spans[-1][0], line[1])] if previous else [*spans[-1:], line]
        previous = kept
    return spans
