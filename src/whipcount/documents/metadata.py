"""What a text says of itself: title, author, outlet, language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from whipcount.documents.dates import DATELINE, DAY_AND_MONTH, FULL_DATE
from whipcount.model import Spans

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
_CALLED = r"[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,2}"
_TOLD = re.compile(
    r"\b(?:told|tells|asked by|(?:in an|an|in) interview (?:with|for|to)|interviewed by|explains to)\s+"
    rf"(?P<to>{_CALLED})|\b[Tt]he\s+(?P<of>{_CALLED})\s+(?:interlocutor|correspondent|interviewee)s?\b"
)

_CAPITAL_WORD = r"[A-ZÀ-Þ\u0400-\u042f](?:[\w’'&-]|\.(?=\w))*"
_NAME = rf"{_CAPITAL_WORD}(?:[ \t]+(?:(?:of|and|the|&)[ \t]+)?{_CAPITAL_WORD}){{0,4}}"
_RIGHTS = re.compile(
    rf"(?:©|\(c\)|[Cc]opyright)\s*(?:©\s*)?(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)\d\d)?,?\s+(?:by\s+)?(?:[Tt]he\s+)?(?P<name>{_NAME})"
)
_NOT_OURS = re.compile(
    r"(?i:do(?:es)? not (?:necessarily )?(?:reflect|represent) .{0,60}?\b(?:views?|opinions?|positions?|policy|stance)\s+"
    rf"(?:of\s+)?(?:the\s+)?)(?P<name>{_NAME})[.\s]*$",
    re.MULTILINE,
)
_OTHERS = re.compile(r"(?i)\bofficial\b|\ball(?: rights)?\b|\b(?:images?|photos?|pictures|getty|shutterstock)\b")
"""What stands in notices that name somebody else: a picture agency, the author's employer, nobody."""
_BYLINE = re.compile(
    r"By\s+(?P<name>[A-ZÀ-Þ][\w’'.-]*(?:[ \t]+(?:(?:de|van|von|der|la|bin|al|el)[ \t]+)?[A-ZÀ-Þ][\w’'.-]*){1,3})"
    r"(?=\s*(?:$|[|,•·–—]|in\b|and\b|for\b|\d))"
)
_SIGNED = re.compile(r"[A-ZÀ-Þ][^\W\d_]+(?:[ -][A-ZÀ-Þ](?:[^\W\d_]+|\.)){1,3}")
_NEXT_SENTENCE = re.compile(r"[a-z]{3}[.!?][\"”’»]?\s*[A-Z]")
STOP_WORDS = {
    "en": "the and of to in that is was for on with as by said from have",
    "de": "der die und das nicht ist mit den von ein eine auf für sich im",
    "fr": "le la les et des une est que pour dans qui sur pas avec du",
    "es": "el los las y que del una por con para es se no su al",
    "it": "il di che la per una con non del sono della nel gli anche",
    "pl": "nie się na że jest do w z to jak po przez dla od",
    "pt": "o os que não uma com para por dos das em um é do",
    "nl": "de het een en van niet dat op te zijn voor met is",
}


def title_of(text: str, body: Spans) -> str | None:
    """The first line of the article if it looks like a headline: short, no speech, and no full stop at its end."""
    for start, end in body:
        line = text[start:end].split("\n", 1)[0].strip()
        if line:
            open_end = line.rstrip("\"”’»')]")[-1:] not in set(".,;:")
            speech = line[0] in "-–—" or _NEXT_SENTENCE.search(line)
            headline = 8 <= len(line) <= 200 and len(line.split()) >= 3 and open_end and not speech
            return line if headline else None
    return None


def author_of(text: str, body: Spans) -> str | None:
    """The name in a byline ("By ...") of the first six lines, or alone below the last paragraph of the article."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines[:6]):
        match = _BYLINE.match(line) if len(line) < 160 else None
        # alone in the first line it may be a headline, "By Any Means"
        if match and match["name"] not in _outlets() and (number or match.end() < len(line)):
            return match["name"]
    last = [line.strip() for s, e in body[-2:] for line in text[s:e].split("\n") if line.strip()][-2:]
    if len(last) == 2 and len(last[0]) > 80 and _SIGNED.fullmatch(last[1]) and last[1] not in _outlets():
        return last[1]
    return None


def outlet_of(text: str, body: Spans) -> str | None:
    """The outlet that a page names as its own, None if it names none.

    In this order: a byline ("By ... | Outlet | date"); a notice of rights ("© 2025 Outlet"); a notice that words are
    not the views of the outlet; the agency of a dateline; the one known outlet to which people speak twice ("told X").
    """
    for line in text.lstrip().split("\n")[:5]:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 3 and FULL_DATE.search(parts[2]) and 2 <= len(parts[1]) <= 60:
            return parts[1]
    for edge in (text[-4000:], text[:2000]):
        for notice in (_RIGHTS, _NOT_OURS):
            found = notice.search(edge)
            if found and not _OTHERS.search(found.group()):
                return str(found["name"])
    agency = agency_of(text, body)
    if agency:
        return agency
    names = [m["to"] or m["of"] for s, e in body for m in _TOLD.finditer(text[s:e])]
    names = [name for name in names if name in _outlets()]
    return names[0] if len(names) >= 2 and len(set(names)) == 1 else None


def agency_of(text: str, body: Spans) -> str | None:
    """The agency in the dateline that one of the article's first lines begins with ("PARIS, March 17 (Agency) -")."""
    head = [line.strip() for s, e in body[:3] for line in text[s:e].split("\n")[:4]]
    for line in head[:4]:
        match = DATELINE.match(line[:120])
        name = (match["agency"] or match["head"]).strip() if match else ""
        if match and (name in _outlets() or (match["agency"] and DAY_AND_MONTH.search(match["head"]))):
            return name
    return None


@cache
def _outlets() -> frozenset[str]:
    """Names of outlets in the shipped data."""
    rows = yaml.load((KNOWLEDGE / "outlets.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return frozenset(name for row in rows for name in (row[0], *row[1]))


def language_of(text: str, body: Spans) -> str | None:
    """ISO 639-1 code by the share of a language's commonest words; None when no language is clear."""
    words = re.findall(r"\w+", " ".join(text[s:e] for s, e in body)[:20000].lower())
    if len(words) < 5:
        return None
    shares = {code: sum(w in set(common.split()) for w in words) / len(words) for code, common in STOP_WORDS.items()}
    best, second = sorted(shares, key=lambda c: -shares[c])[:2]
    return best if shares[best] > 0.08 and shares[best] > 1.3 * shares[second] else None
