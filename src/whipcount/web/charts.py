"""Charts as SVG, drawn here without a library.  Colours come from classes, so that pages and reports can set them.

Every text passes through `escape`; the functions return Markup that holds nothing else from outside.
"""

from __future__ import annotations

import datetime
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from whipcount.analysis.positions import Run
from whipcount.model import Entry, Voice
from whipcount.web.addresses import link

GLYPHS = {
    "support": '<circle cx="8" cy="8" r="7"/><path class="sign" d="M4.5 8.3l2.5 2.5 4.5-5"/>',
    "oppose": '<rect x="1" y="1" width="14" height="14" rx="1"/><path class="sign" d="M5 5l6 6M11 5l-6 6"/>',
    "conditional": '<path d="M8 .5L15.5 8 8 15.5.5 8z"/><path class="sign" d="M5 8h6"/>',
    "undecided": '<circle class="hollow" cx="8" cy="8" r="6"/><path class="line" d="M5.5 8h5"/>',
    "divided": '<path class="left" d="M8 1a7 7 0 0 0 0 14z"/><path class="right" d="M8 1h7v14H8z"/>',
    "neutral": '<circle class="hollow" cx="8" cy="8" r="3"/>',
    "unknown": '<circle class="hollow dotted" cx="8" cy="8" r="6"/>',
}
"""A shape for every stance, so that none is told by colour alone."""

ROW, LEFT, WIDTH = 34, 170, 1000


def glyph(stance: str) -> Markup:
    """The sign of a stance, 16 by 16; the word itself must stand beside it."""
    shape = GLYPHS.get(stance, GLYPHS["unknown"])
    name = stance if stance in GLYPHS else "unknown"
    return Markup(  # noqa: S704  a shape of ours, and its name
        f'<svg class="glyph {name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shape}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the timeline: an actor, its runs of positions, and the dated statements that they rest on."""

    actor: str
    runs: Sequence[Run]
    entries: Sequence[Entry]


def timeline(bands: Sequence[Band], first: str, last: str, title: str, linked: bool = True) -> Markup:
    """Positions over time: a bar for every run of one stance, a sign for every dated statement.

    `first` and `last` are ISO dates.  `linked` makes each sign a link to the statement in its document.
    """
    start, end = _ordinal(first), max(_ordinal(last), _ordinal(first) + 1)

    def x(date: str | None) -> float:
        day = _ordinal(date) if date else start
        return round(LEFT + (WIDTH - LEFT - 30) * (day - start) / (end - start), 1)

    height = ROW * len(bands) + 40
    parts = [f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="img"><title>{escape(title)}</title>']
    for month in _months(first, last):
        at = x(month.isoformat())
        parts.append(f'<path class="grid" d="M{at} 22V{height - 8}"/>')
        parts.append(f'<text class="tick" x="{at + 4}" y="16">{month:%b %Y}</text>')
    for row, band in enumerate(bands):
        y = 30 + row * ROW
        middle = y + ROW // 2
        parts.append(f'<path class="grid" d="M0 {y + ROW}H{WIDTH}"/>')
        parts.append(f'<text class="label" x="0" y="{middle + 5}">{escape(_short(band.actor))}</text>')
        starts = [x(run.since) for run in band.runs] + [x(last)]
        for run, (left, right) in zip(band.runs, itertools.pairwise(starts), strict=True):
            stance = run.stance.value if run.stance else "divided"
            width = max(right - left, 3)
            parts.append(f'<rect class="bar {stance}" x="{left}" y="{y + 9}" width="{width:.1f}" height="{ROW - 18}">')
            parts.append(f"<title>{escape(band.actor)}: {stance} since {escape(run.since or 'unknown')}</title></rect>")
        for date, several in itertools.groupby(sorted(band.entries, key=_date), key=_date):
            same_day = list(several)
            for place, entry in enumerate(same_day):
                apart = (place - (len(same_day) - 1) / 2) * min(12, 24 / len(same_day))
                parts.append(_sign(entry, x(date), middle + apart, linked))
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def _sign(entry: Entry, x: float, y: float, linked: bool) -> str:
    stance = entry.statement.stance.value if entry.statement.stance else "neutral"
    words = f"{entry.date}: {entry.statement.speaker}, {stance} ({entry.statement.voice.value})"
    body = f'<g class="glyph {stance}" transform="translate({x - 8:.1f} {y - 8:.1f})">'
    ring = "" if entry.statement.voice == Voice.FIRST_HAND else '<circle class="ring" cx="8" cy="8" r="11"/>'
    body += f"<title>{escape(words)}</title>{ring}{GLYPHS[stance]}</g>"
    if not linked:
        return body
    return f'<a href="{escape(statement_link(entry))}" aria-label="{escape(words)}">{body}</a>'


def seats(places: Sequence[tuple[str, str]], words: Mapping[str, str], title: str) -> Markup:
    """Members as seats in half rings, one (name, stance) each, in the order given, from left to right."""
    number = max(len(places), 1)
    rows = max(1, round(math.sqrt(number / 4)))
    radii = [130 + 34 * row for row in range(rows)]
    shares = [round(number * radius / sum(radii)) for radius in radii]
    shares[-1] += number - sum(shares)
    spots = []
    for radius, share in zip(radii, shares, strict=True):
        for place in range(share):
            angle = math.pi * (place + 0.5) / share
            spots.append((angle, 300 - radius * 1.25 * math.cos(angle), radii[-1] + 24 - radius * math.sin(angle)))
    spots.sort()
    height = radii[-1] + 44
    parts = [f'<svg class="seats" viewBox="0 0 600 {height}" role="img"><title>{escape(title)}</title>']
    for (name, stance), (_, x, y) in zip(places, spots, strict=False):
        shape = GLYPHS.get(stance, GLYPHS["unknown"])
        parts.append(f'<g class="glyph {stance if stance in GLYPHS else "unknown"}"')
        parts.append(f' transform="translate({x - 12:.1f} {y - 12:.1f}) scale(1.5)">')
        parts.append(f"<title>{escape(name)}: {escape(words.get(stance, stance))}</title>{shape}</g>")
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def statement_link(entry: Entry) -> str:
    """Where the words of a statement are shown: its document, with the statement chosen."""
    id = quote(entry.statement.id, safe="")
    return link(f"/documents/{quote(entry.document, safe='')}", statement=entry.statement.id) + f"#{id}"


def _date(entry: Entry) -> str:
    return entry.date or ""


def _short(name: str, longest: int = 22) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"


def _ordinal(date: str) -> int:
    """Day number of an ISO date or a prefix of one; 1 for what is no date."""
    parts = [*date.split("-"), "01", "01"][:3]
    try:
        return datetime.date(*map(int, parts)).toordinal()
    except (TypeError, ValueError):
        return 1


def _months(first: str, last: str) -> list[datetime.date]:
    """First days of months between two dates, not more than about ten of them."""
    day = datetime.date.fromordinal(_ordinal(first)).replace(day=1)
    end = datetime.date.fromordinal(_ordinal(last))
    found = []
    while day <= end:
        found.append(day)
        day = (day + datetime.timedelta(days=32)).replace(day=1)
    return [month for month in found[:: max(1, len(found) // 10)] if month.toordinal() >= _ordinal(first)]
