"""Which spans of a text are the article, and which are page furniture: menus, counters, ads, comments, related news.

A line is furniture if it is a known phrase of pages, is written in another script than the document, or stands in a run
of short lines without sentences at the page's head or foot.  What is doubtful is kept: evidence lost is worse than a
menu read.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from whipcount.model import Span, Spans

PHRASES = re.compile(
    r"""(?ix)^\W*(?:
      skip\ to\ (?:main\ )?content | advertisement | advertising | live\ broadcast | main\ slide | beginning\ of\ the\ article |
      select\ important | on | off | log\ ?in | sign\ (?:in|up|out) | subscribe(?:\ now|\ to\ .{0,60})? | share(?:\ (?:this|on)\b.{0,60})? |
      print(?:\ this)? | e-?mail | comments?(?:\ \(\d+\))? | \d+\ comments? | leave\ a\ comment | post\ a\ comment | reply | menu | search | home |
      related(?:\ (?:news|articles?|stories|topics|content))? | read\ (?:also|more|next)\b.{0,80} | see\ also | more\ (?:on|from)\b.{0,60} |
      most\ (?:read|popular|viewed|commented) | recommended(?:\ for\ you)? | you\ (?:may|might)\ also\ like.{0,40} | trending(?:\ now)? | tags?:.{0,200} |
      (?:image|photo|picture)\ (?:source|credit|by)s?\b.{0,200} | photo:.{0,200} | ©.{0,200} | copyright\b.{0,200} | all\ rights\ reserved.{0,80} |
      (?:we\ use|this\ (?:site|website)\ uses)\ cookies.{0,300} | accept\ (?:all\ )?cookies | cookie\ (?:policy|settings) | privacy\ policy | terms\ of\ (?:use|service) |
      view\ video | watch\ (?:the\ )?video | play\ video | listen\ to\ (?:this\ )?article.{0,40} | follow\ us\b.{0,80} | newsletter.{0,80} |
      (?:facebook|twitter|x|telegram|whatsapp|linkedin|vkontakte|vk|instagram|youtube|copy\ link|e-mail)(?:\s+(?:facebook|twitter|x|telegram|whatsapp|linkedin|vk|copy\ link))* |
      published\ (?:on|at)?:?\s*[\d./: -]+ | updated:?.{0,40} | \d+\s*(?:views|shares|likes|min(?:ute)?s?\ read) |
      you\ can\ find\ more\b.{0,120}\bpage\b.{0,40} | the\ (?:rest|continuation)\ of\ the\ (?:article|text)\ (?:is\ )?below.{0,80}
    )\W*$"""
)
"""Whole lines that pages carry around articles.  Each alternative is bounded, so the match is linear."""

COMMENTS = re.compile(r"(?i)^\W*(?:(?:\d+\s+)?comments?(?:\s+\(?\d+\)?)?|discussion|leave a (?:comment|reply)|all comments)\W*$")
SENTENCE = re.compile(r"[.!?…][\"”»’')\]]*\s*$")
SHORT = 60


def _lines(text: str) -> list[Span]:
    """Lines with a word or sign in them, without blanks at their ends."""
    spans = []
    for match in re.finditer(r"[^\r\n\u2028\u2029]+", text):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + len(line) - len(line.lstrip())
            spans.append((start, start + len(stripped)))
    return spans


def _script(char: str) -> str:
    """First word of the character's Unicode name, which for letters is its script."""
    return unicodedata.name(char, "UNKNOWN ").split(" ", 1)[0]


def _scripts(line: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for char, number in Counter(c for c in line if c.isalpha()).items():
        counts[_script(char)] += number
    return counts


def body(text: str) -> Spans:
    """Spans of `text` that are the article, in order; all lines if nothing would be left.

    A foreign line is furniture if fewer than a tenth of its letters are in the main script of the document.
    """
    lines = _lines(text)
    if not lines:
        return ()
    scripts = [_scripts(text[s:e]) for s, e in lines]
    total: Counter[str] = Counter()
    for counts in scripts:
        total.update(counts)
    main = total.most_common(1)[0][0] if total else ""
    keep = []
    for (start, end), counts in zip(lines, scripts, strict=True):
        letters = sum(counts.values())
        foreign = letters > 0 and counts[main] < 0.1 * letters
        bare = letters == 0 and end - start < SHORT
        keep.append(not (foreign or bare or (end - start < 400 and PHRASES.match(text[start:end]))))
    _drop_edges(text, lines, keep)
    if not any(keep):
        keep = [True] * len(lines)
    return tuple(_joined(lines, keep))


def _drop_edges(text: str, lines: list[Span], keep: list[bool]) -> None:
    """Leave out runs of short lines without a sentence that furniture interrupts, before and after the article."""
    def fragment(i: int) -> bool:
        start, end = lines[i]
        words = text[start:end].split()
        return end - start < SHORT and len(words) <= 5 and not SENTENCE.search(text[start:end])

    prose = [i for i in range(len(lines)) if lines[i][1] - lines[i][0] >= 2 * SHORT and keep[i]]
    if not prose:
        return
    head = [i for i in range(prose[0]) if not keep[i]]
    if len(head) >= 2:
        for i in range(head[-1]):
            keep[i] = keep[i] and not fragment(i)
    for i in range(prose[0], len(lines)):
        start, end = lines[i]
        if COMMENTS.match(text[start:end]) and i > prose[-1]:
            for j in range(i, len(lines)):
                keep[j] = False
            return
    tail = range(prose[-1] + 1, len(lines))
    if sum(not keep[i] for i in tail) >= 2:
        for i in tail:
            keep[i] = keep[i] and not fragment(i)


def _joined(lines: list[Span], keep: list[bool]) -> list[Span]:
    """Neighbouring kept lines as one span."""
    spans: list[Span] = []
    previous = False
    for line, kept in zip(lines, keep, strict=True):
        if kept:
            spans[-1:] = [(spans[-1][0], line[1])] if spans and previous else [*spans[-1:], line]
        previous = kept
    return spans
