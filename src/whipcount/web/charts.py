"""Charts as SVG, drawn here without a library.  Colours come from classes, so that pages and reports can set them.

Every text passes through `escape`; the functions return Markup that holds nothing else from outside.
"""

from __future__ import annotations

import datetime
import itertools
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup, escape

from whipcount.analysis.positions import Run
from whipcount.model import Entry, Voice
from whipcount.web.addresses import link
from whipcount.web.words import gettext, told
from whipcount.web.words import stance as stance_word

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

ROW, LEFT, WIDTH = 34, 190, 1000


def glyph(stance: str) -> Markup:
    """The sign of a stance, 16 by 16; the word itself must stand beside it."""
    shape = GLYPHS.get(stance, GLYPHS["unknown"])
    name = stance if stance in GLYPHS else "unknown"
    return Markup(  # noqa: S704  a shape of ours, and its name
        f'<svg class="glyph {name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shape}</svg>'
    )


@dataclass(frozen=True, slots=True)
class Band:
    """One line of the timeline: an actor, its runs of positions, the dated statements, and where all of them are."""

    actor: str
    runs: Sequence[Run]
    entries: Sequence[Entry]
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A day across all lines of the timeline: its ISO date, what happened, where that is told, and its sign (a letter)."""

    date: str
    words: str
    href: str
    sign: str


def timeline(
    bands: Sequence[Band], first: str, last: str, title: str, leads: bool = True, marks: Sequence[Mark] = ()
) -> Markup:
    """Positions over time: a bar for every run of one stance, a sign for every dated statement, a line for every mark.

    `first` and `last` are ISO dates; marks outside them are left out.  `leads` makes each sign a link to the statement
    in its document, each bar one to all of its line, and each mark one to where it is told.
    """
    marks = [mark for mark in marks if first <= mark.date <= last]
    start, end = _ordinal(first), max(_ordinal(last), _ordinal(first) + 1)

    def x(date: str | None) -> float:
        day = _ordinal(date) if date else start
        return round(LEFT + (WIDTH - LEFT - 30) * (day - start) / (end - start), 1)

    height = ROW * len(bands) + (64 if marks else 40)
    parts = [f'<svg class="timeline" viewBox="0 0 {WIDTH} {height}" role="group" aria-label="{escape(title)}">']
    for month in _months(first, last):
        at = x(month.isoformat())
        parts.append(f'<path class="grid" d="M{at} 22V{height - 8}"/>')
        parts.append(f'<text class="tick" x="{at + 4}" y="16">{month:%Y-%m}</text>')
    sign = 0.0
    for mark in sorted(marks, key=lambda one: one.date):
        at, words = x(mark.date), f"{mark.date}: {mark.words}"
        sign = max(at, sign + 24)  # signs of days close together stand side by side
        body = f'<g class="mark"><path d="M{at} 22V{height - 34}L{sign} {height - 26}"/>'
        body += f'<circle cx="{sign}" cy="{height - 15}" r="11"/><text x="{sign}" y="{height - 11}">{escape(mark.sign)}</text></g>'
        parts.append(linked(body, mark.href if leads else None, words))
    for row, band in enumerate(bands):
        y = 30 + row * ROW
        middle = y + ROW // 2
        parts.append(f'<path class="grid" d="M0 {y + ROW}H{WIDTH}"/>')
        parts.append(f'<text class="label" x="0" y="{middle + 5}">{escape(_short(band.actor))}</text>')
        starts = [x(run.since) for run in band.runs] + [x(last)]
        for run, (left, right) in zip(band.runs, itertools.pairwise(starts), strict=True):
            stance = run.stance.value if run.stance else "divided"
            width = max(right - left, 3)
            since = run.since or gettext("an unknown date")
            words = told("{actor}: {stance} since {date}", actor=band.actor, stance=stance_word(stance), date=since)
            body = f'<rect class="bar {stance}" x="{left}" y="{y + 9}" width="{width:.1f}" height="{ROW - 18}">'
            parts.append(linked(f"{body}</rect>", band.href if leads else None, words))
        for date, several in itertools.groupby(sorted(band.entries, key=_date), key=_date):
            same_day = list(several)
            for place, entry in enumerate(same_day):
                apart = (place - (len(same_day) - 1) / 2) * min(12, 24 / len(same_day))
                parts.append(_sign(entry, x(date), middle + apart, leads))
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def _sign(entry: Entry, x: float, y: float, leads: bool) -> str:
    stance = entry.statement.stance.value if entry.statement.stance else "neutral"
    words = f"{entry.date}: {entry.statement.speaker}, {stance_word(stance)} ({gettext(entry.statement.voice.value)})"
    body = f'<g class="glyph {stance}" transform="translate({x - 8:.1f} {y - 8:.1f})">'
    ring = "" if entry.statement.voice == Voice.FIRST_HAND else '<circle class="ring" cx="8" cy="8" r="11"/>'
    body += f"{ring}{GLYPHS[stance]}</g>"
    return linked(body, statement_link(entry) if leads else None, words)


def grid(
    columns: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, int, bool] | None]]], title: str
) -> Markup:
    """The board as a drawing: a sign for every position (stance, number of statements, whether only on others' word)."""
    wide, high, left = 64, 30, 190
    wrapped = [textwrap.wrap(label, 24)[:3] for label in columns]
    top = 150
    width, height = left + wide * len(columns) + 110, top + high * len(rows) + 16
    parts = [f'<svg class="grid-chart" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">']
    for place, lines in enumerate(wrapped):
        x = left + wide * place + wide / 2
        for line, text in enumerate(lines):
            at = f"translate({x - 8 + 15 * line:.0f} {top - 12}) rotate(-45)"
            parts.append(f'<text class="tick" transform="{at}">{escape(text)}</text>')
    for row, (name, cells) in enumerate(rows):
        y = top + high * row
        parts.append(f'<path class="grid" d="M0 {y}H{left + wide * len(columns)}"/>')
        parts.append(f'<text x="0" y="{y + 20}">{escape(_short(name))}</text>')
        for place, cell in enumerate(cells):
            if cell is None:
                continue
            stance, said, ascribed = cell
            x = left + wide * place + 12
            ring = '<circle class="ring" cx="8" cy="8" r="11"/>' if ascribed else ""
            parts.append(f'<g class="glyph {stance}" transform="translate({x} {y + 7})">{ring}{GLYPHS[stance]}</g>')
            parts.append(f'<text class="tick" x="{x + 24}" y="{y + 20}">{said}</text>')
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


@dataclass(frozen=True, slots=True)
class Place:
    """A member as a chart shows it: its name, the sign of its ballot, the words for that, and where its words are."""

    name: str
    sign: str
    words: str
    href: str | None = None
    code: str = ""


def seats(places: Sequence[Place], title: str) -> Markup:
    """Members as seats in half rings, in the order given, from left to right; their codes stand below where few sit."""
    number = max(len(places), 1)
    few = number <= 60
    rows = max(1, round(math.sqrt(number / (3.2 if few else 4))))
    step = 42 if few else 34
    radii = [150 + step * row for row in range(rows)]
    shares = [round(number * radius / sum(radii)) for radius in radii]
    shares[-1] += number - sum(shares)
    spots = []
    for radius, share in zip(radii, shares, strict=True):
        for place in range(share):
            angle = math.pi * (place + 0.5) / share
            spots.append((angle, -radius * 1.2 * math.cos(angle), radii[-1] + 24 - radius * math.sin(angle)))
    spots.sort()
    width, height = radii[-1] * 2.4 + 60, radii[-1] + 60
    parts = [
        f'<svg class="seats" viewBox="{-width / 2:.0f} 0 {width:.0f} {height}" role="group" aria-label="{escape(title)}">'
    ]
    for seat, (_, x, y) in zip(places, spots, strict=False):
        words = f"{seat.name}: {seat.words}"
        code = f'<text class="code" x="8" y="27">{escape(seat.code)}</text>' if few and seat.code else ""
        body = f'<g class="glyph {seat.sign}" transform="translate({x - 12:.1f} {y - 12:.1f}) scale(1.5)">'
        parts.append(linked(f"{body}{GLYPHS[seat.sign]}{code}</g>", seat.href, words))
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def shares(places: Sequence[Place], weights: Sequence[float], needed: float | None, title: str) -> Markup:
    """One bar of a hundred per cent: a piece for every member as wide as its weight, and where the threshold lies.

    `needed` is the share (0 to 1) that those from the left must reach.
    """
    total, x = sum(weights) or 1, 0.0
    parts = [f'<svg class="shares" viewBox="0 0 1000 64" role="group" aria-label="{escape(title)}">']
    for place, weight in zip(places, weights, strict=True):
        width = 1000 * weight / total
        words = f"{place.name}, {100 * weight / total:.1f} %: {place.words}"
        body = f'<g class="piece {place.sign}">'
        body += f'<rect x="{x:.1f}" y="16" width="{max(width - 1, 0.6):.1f}" height="32"/>'
        if width > 24:
            body += f'<text x="{x + width / 2:.1f}" y="37">{escape(place.code[:4])}</text>'
        parts.append(linked(body + "</g>", place.href, words))
        x += width
    if needed is not None:
        at = 1000 * needed
        parts.append(f'<path class="needed" d="M{at:.1f} 6V58"/><text class="tick" x="{at + 6:.1f}" y="12">')
        parts.append(f"{100 * needed:.3g} % needed</text>")
    return Markup("".join(parts) + "</svg>")  # noqa: S704  every text in it is escaped


def linked(body: str, href: str | None, words: str) -> str:
    """A part of a drawing with words for who points at it or cannot see it; a link, if it leads somewhere."""
    inside = f"<title>{escape(words)}</title>{body}"
    return f'<a href="{escape(href)}">{inside}</a>' if href else f"<g>{inside}</g>"


def statement_link(entry: Entry) -> str:
    """Where the words of a statement are shown: its document, with the statement chosen."""
    id = quote(entry.statement.id, safe="")
    return link(f"/documents/{quote(entry.document, safe='')}", statement=entry.statement.id) + f"#{id}"


def _date(entry: Entry) -> str:
    return entry.date or ""


def _short(name: str, longest: int = 26) -> str:
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
