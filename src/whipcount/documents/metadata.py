"""What a text says of itself: title, outlet, date and how it is known, language."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from whipcount.model import DateBasis, Spans

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_FULL = re.compile(
    rf"(?i)\b(?:(?P<m1>{_MONTH})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>(?:19|20)\d\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m2>{_MONTH})\.?,?\s+(?P<y2>(?:19|20)\d\d)"
    r"|(?P<y3>(?:19|20)\d\d)-(?P<m3>\d\d)-(?P<d3>\d\d))\b"
)
_PART = re.compile(
    rf"(?i)\b(?:(?P<m1>{_MONTH})\.?\s+(?P<d1>\d{{1,2}})|(?P<d2>\d{{1,2}})\s+(?P<m2>{_MONTH}))\b(?!,?\s+(?:19|20)\d\d)"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_TOLD = re.compile(
    r"\b(?:told|tells|asked by|in an interview with|interviewed by|explains to)\s+((?:[A-Z][\w’'-]+)(?:\s+[A-Z][\w’'-]+){0,2})"
)

_DATELINE = re.compile(r"[A-ZÀ-Þ][\w .'’/-]{1,40},\s.{3,30}?(?:\([\w .&-]{2,40}\)|[-–—])")

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


class Known(NamedTuple):
    """A date and how it is known."""

    value: str | None
    basis: DateBasis


def _iso(match: re.Match[str]) -> str | None:
    group = match.groupdict()
    for n in "123":
        if group.get(f"y{n}"):
            month = group[f"m{n}"]
            number = int(month) if month.isdigit() else MONTHS[month.lower()]
            day = int(group[f"d{n}"])
            return f"{group[f'y{n}']}-{number:02}-{day:02}" if 1 <= number <= 12 and 1 <= day <= 31 else None
    return None


def date_of(text: str, body: Spans) -> Known:
    """The date of publication as far as the text tells.

    STATED: a full date in the first or last two lines that name no sentence around it (a byline, a dateline).
    INFERRED: the day and month of a dateline ("PARIS, March 17 (Agency) -"), in the only year that the text names.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for line in lines[:6] + lines[-2:]:
        match = _FULL.search(line)
        if match and (len(line) < 120 or match.start() < 60):
            value = _iso(match)
            if value:
                return Known(value, DateBasis.STATED)
    article = " ".join(text[s:e] for s, e in body)
    years = set(_YEAR.findall(article))
    for line in lines[:4]:
        match = _PART.search(line[:80])
        if match and _DATELINE.match(line) and len(years) == 1:
            month, day = MONTHS[(match["m1"] or match["m2"]).lower()], int(match["d1"] or match["d2"])
            if 1 <= day <= 31:
                return Known(f"{years.pop()}-{month:02}-{day:02}", DateBasis.INFERRED)
    return Known(None, DateBasis.UNKNOWN)


def title_of(text: str, body: Spans) -> str | None:
    """The first line of the article if it looks like a headline: short, and no full stop at its end."""
    for start, end in body:
        line = text[start:end].split("\n", 1)[0].strip()
        if line:
            headline = 8 <= len(line) <= 200 and len(line.split()) >= 3 and line[-1] not in ".,;:"
            return line if headline else None
    return None


def outlet_of(text: str, body: Spans) -> str | None:
    """The outlet of a byline ("By ... | Outlet | date"), or the one known outlet to which people speak twice ("told X")."""
    for line in text.lstrip().split("\n")[:5]:
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 3 and _FULL.search(parts[2]) and 2 <= len(parts[1]) <= 60:
            return parts[1]
    names = [m.group(1) for s, e in body for m in _TOLD.finditer(text[s:e])]
    names = [name for name in names if name in _outlets()]
    return names[0] if len(names) >= 2 and len(set(names)) == 1 else None


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
