"""When a text was published, and how that is known: dates that texts state, tables give, files are named by."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from whipcount.model import DateBasis, Spans

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
FULL_DATE = re.compile(
    rf"(?i)\b(?:(?P<m1>{_MONTH})\.?\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>(?:19|20)\d\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<m2>{_MONTH})\.?,?\s+(?P<y2>(?:19|20)\d\d)"
    r"|(?P<y3>(?:19|20)\d\d)-(?P<m3>\d\d)-(?P<d3>\d\d)"
    r"|(?P<d4>\d{1,2})\.\s?(?P<m4>\d{1,2})\.\s?(?P<y4>(?:19|20)\d\d))(?!\d)"
)
DAY_AND_MONTH = re.compile(
    rf"(?i)\b(?:(?P<m1>{_MONTH})\.?\s+(?P<d1>\d{{1,2}})|(?P<d2>\d{{1,2}})\s+(?P<m2>{_MONTH}))\b(?!,?\s+(?:19|20)\d\d)"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
DATELINE = re.compile(
    r"(?P<head>[A-ZÀ-Þ][\w.'’-]*(?:[ /][A-ZÀ-Þ][\w.'’-]*){0,3}(?:,\s[^()\n]{3,30}?)?)\s*"
    r"(?:\((?P<agency>[\w .&-]{2,40})\)\s*[-–—:]?|[-–—])"
)
_ABOUT_DATES = re.compile(
    r"(?i)\b(?:first|published|posted|created|updated|last|modified|date|dated|released|issued|on|at|by|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|\d{1,2}[:.]\d\d(?::\d\d)?|[ap]\.?m|gmt|utc|"
    r"cest|cet|bst|msk|est|edt)\b"
)
_LATER = re.compile(r"(?i)\b(?:updated|modified|edited)\b")


class Known(NamedTuple):
    """A date and how it is known."""

    value: str | None
    basis: DateBasis


def _iso(match: re.Match[str]) -> str | None:
    group = match.groupdict()
    for n in "1234":
        if group.get(f"y{n}"):
            month = group[f"m{n}"]
            number = int(month) if month.isdigit() else MONTHS[month.lower()]
            return _valid(int(group[f"y{n}"]), number, int(group[f"d{n}"]))
    return None


def _valid(year: int, month: int, day: int) -> str | None:
    """The ISO date, None if the calendar has no such day."""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def date_given(value: str) -> str | None:
    """The ISO date, month or year that a field of a table, or a file's name, begins with or is; None if it is no date.

    Read are ISO dates and times, `20250317`, `17 March 2025`, `March 17, 2025`, `17.03.2025`; of `17/03/2025` and
    `03/17/2025` those that can be read in one way only, for nobody says which order a file has.
    """
    value = value.strip()
    if match := re.match(r"((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?!\d)", value):
        return _valid(*map(int, match.groups()))
    if match := re.match(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?$", value):
        return match.group()
    if match := re.match(r"(\d{1,2})/(\d{1,2})/((?:19|20)\d\d)(?!\d)", value):
        one, other, year = map(int, match.groups())
        if one <= 12 and other <= 12 and one != other:
            return None
        return _valid(year, other, one) if one > 12 else _valid(year, one, other)
    match = FULL_DATE.search(value)
    return _iso(match) if match and len(value) < 60 else None


def date_in_name(stem: str) -> str | None:
    """The one full date, `2025-03-17` or `20250317`, in a file's name; None if there is none, or several."""
    found = re.findall(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)|(?<!\d)(?:19|20)\d{6}(?!\d)", stem)
    dates = {date for date in map(date_given, found) if date}
    return dates.pop() if len(dates) == 1 else None


def date_of(text: str, body: Spans) -> Known:
    """The date of publication as far as the text tells.

    STATED: a full date in the first six or last two lines, in a line that is about it (a byline, "Posted on ...", a
    dateline); a date that a sentence or a headline speaks of is no date of publication.
    INFERRED: the day and month of a dateline ("PARIS, March 17 (Agency) -"), in the only year that the text names.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    # far below the article are comments and other news, with dates of their own
    end = (body[-1][1] if body else 0) + 150
    below = [line.strip() for line in text[:end].split("\n") if line.strip()]
    edges = lines[:6] + below[6:][-2:]
    for line in sorted(edges, key=lambda line: _LATER.search(line) is not None):
        match = FULL_DATE.search(line)
        value = _iso(match) if match and _tells_date(line, match) else None
        if value:
            return Known(value, DateBasis.STATED)
    article = " ".join(text[s:e] for s, e in body)
    years = set(_YEAR.findall(article))
    for line in lines[:4]:
        match, head = DAY_AND_MONTH.search(line[:80]), DATELINE.match(line)
        if match and head and match.end() <= head.end() and len(years) == 1:
            month, day = MONTHS[(match["m1"] or match["m2"]).lower()], int(match["d1"] or match["d2"])
            value = _valid(int(years.pop()), month, day)
            if value:
                return Known(value, DateBasis.INFERRED)
    return Known(None, DateBasis.UNKNOWN)


def _tells_date(line: str, match: re.Match[str]) -> bool:
    """Whether a line is there for its date's sake: a dateline, nothing but the date, or a date set off in a byline."""
    head = DATELINE.match(line)
    if head and match.end() <= head.end():
        return True
    if len(line) > 120 or (line.endswith((".", "!", "?")) and len(line.split()) > 6):
        return False
    rest = _ABOUT_DATES.sub(" ", line[: match.start()] + " " + line[match.end() :])
    words = re.findall(r"\w+", rest)
    if not words:
        return True
    before, after = line[: match.start()].rstrip(), line[match.end() :].lstrip()
    labelled = _ABOUT_DATES.search(line[: match.start()].strip(" |•·-–—,:")[:12]) is not None
    apart = before.endswith(("|", "•", "·", "–", "—", ",", "/", ":")) or after.startswith(
        ("|", "•", "·", "–", "—", "/")
    )
    return len(words) <= 10 and (apart or labelled)
