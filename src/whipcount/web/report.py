"""The record, or what was chosen of it, as one file to send to someone who has no whipcount: HTML or PDF.

The HTML holds no script and loads nothing; the PDF is set by Typst from the same content, which it is given as data.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from markupsafe import Markup

from whipcount.analysis.changes import Change, changes
from whipcount.analysis.positions import known_at
from whipcount.analysis.sides import coalitions, sides, ties
from whipcount.errors import UsageError
from whipcount.institutions.verdict import Verdict
from whipcount.model import Entry, Position
from whipcount.record import Record
from whipcount.web.addresses import link
from whipcount.web.board import Board, board
from whipcount.web.coalitions import network_chart
from whipcount.web.export import standalone, typeset
from whipcount.web.pages import HERE, STATIC, View, templates
from whipcount.web.present import Present, present
from whipcount.web.timelines import bands_of, chart_of
from whipcount.web.verdicts import OUTCOMES, SIGNS, figure, places_of, verdicts
from whipcount.web.views import Evidence, dated, evidence
from whipcount.web.words import N_, gettext, spoken, stance, told

PARTS = {
    "positions": N_("The table of positions"),
    "time": N_("Positions over time"),
    "verdicts": N_("Verdicts with seats"),
    "coalitions": N_("Coalitions"),
    "changes": N_("Changes"),
    "evidence": N_("Evidence: every statement with its words"),
}
"""What a report may hold, in its order."""

MOST = 5_000
"""Statements of one report; with more nobody reads it."""

METHOD = (
    N_(
        "A statement counts when it speaks for an actor on an option and is not commentary. A position is derived from "
        "statements and never entered by hand."
    ),
    N_(
        "The newest day decides. An actor’s own word outranks what others report of it, on that day and for a week after."
    ),
    N_("An actor is divided when its office holders support and oppose the same option within a week."),
    N_("A neutral report takes no stance and decides nothing. What nobody said is unknown, not assumed."),
    N_(
        "A verdict holds the institution’s rule against the positions; it is certain only if no unknown member could change "
        "it. A stance in the news is not a ballot, and nothing here is a forecast."
    ),
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says, whatever it is set in.

    charts  (heading, drawing);  groups  (actor, option) -> its statements with their words, newest first
    """

    title: str
    at: str | None
    parts: Collection[str]
    board: Board
    charts: list[tuple[str, Markup]]
    verdicts: list[tuple[Verdict, Markup | None]]
    network: Markup | None
    changes: list[Change]
    groups: dict[tuple[str, str], list[Evidence]]
    labels: dict[str, str]
    number: int
    documents: int
    coders: list[str]

    @property
    def lede(self) -> str:
        """What it is about, in a sentence."""
        sentence = gettext(
            "Where {actors} actors stand on {options} options: {statements} statements in {documents} documents. "
            "Every figure leads to its words further down."
        )
        if self.at:
            sentence = gettext(
                "Where {actors} actors stand on {options} options, as known on {date}: {statements} statements in {documents} "
                "documents. Every figure leads to its words further down."
            )
        return sentence.format(
            actors=len(self.board.rows), options=len(self.board.columns), date=self.at, statements=self.number,
            documents=self.documents,
        )  # fmt: skip

    @property
    def places(self) -> dict[tuple[str, str], int]:
        """(actor, option) -> the number of its evidence."""
        return {key: place for place, key in enumerate(self.groups, 1)}

    @property
    def method(self) -> list[str]:
        """How it was made, in sentences."""
        who = ", ".join(self.coders) or gettext("nobody")
        check = told(
            "Statements were coded by {coders}. Automatic coding makes mistakes: check the words before you quote a figure.",
            coders=who,
        )
        return [*map(gettext, METHOD), check]


def report(
    record: Record, *, at: str | None = None, options: Collection[str] = (), parts: Collection[str] = tuple(PARTS)
) -> Report:
    """What the record holds at `at` (ISO date; None: all) on these options (empty: all), in these parts.

    UsageError if `at` is no date, there is no such option or part, or it would hold more than anybody reads.
    """
    until, whole = dated(at), present(record)
    for name, known in ((set(options) - whole.labels.keys(), "option"), (set(parts) - PARTS.keys(), "part")):
        if name:
            raise UsageError(f"{sorted(name)[0][:60]!r}: no such {known} for a report")
    if options:
        chosen = {id: [e for e in said if e.statement.option in options] for id, said in whole.by_document.items()}
        whole = Present(whole.codebook, chosen)
    entries = [entry for entry in whole.counted if known_at(entry, until)]
    if len(entries) > MOST:
        raise UsageError(f"{len(entries)} statements are too many for one report; choose options or an earlier date")
    positions, labels, charts = whole.positions(until), whole.labels, []
    for option in _most_discussed(entries) if "time" in parts else ():
        these = [entry for entry in entries if entry.statement.option == option]
        bands = bands_of(whole.course, [key for key in whole.course.groups if key[1] == option], until)
        if chart := chart_of(bands, these, labels[option], until, leads=False):
            charts.append((labels[option], chart))
    found = verdicts(whole.codebook, positions, until) if "verdicts" in parts else []
    bonds = ties(sides(positions))
    return Report(
        title=whole.codebook.title if whole.codebook else "Positions",
        at=until,
        parts=parts,
        board=board(whole, until),
        charts=charts,
        verdicts=[
            (each, figure(places_of(each, until), "seats", each.institution.name) if each.casts else None)
            for each in found
            if not options or each.option in options
        ],
        network=network_chart(whole, bonds, coalitions(bonds), until) if "coalitions" in parts else None,
        changes=changes(entries, until=until) if "changes" in parts else [],
        groups=_groups(record, entries, positions),
        labels=labels,
        number=len(entries),
        documents=len({entry.document for entry in entries}),
        coders=sorted({f"{entry.coder.name} {entry.coder.version}".strip() for entry in entries}),
    )


def report_html(record: Record, **chosen: Any) -> str:
    """A report as one HTML file; every figure leads to the words that it counts, within it.  Arguments as `report`."""
    made = report(record, **chosen)
    style = "".join((STATIC / sheet).read_text(encoding="utf-8") for sheet in ("whipcount.css", "charts.css"))
    places = made.places
    return (
        templates()
        .get_template("report.html")
        .render(
            style=Markup(style),  # noqa: S704  our own sheet, not a record's text
            report=made,
            board=made.board,
            evidence_link=lambda cell: f"#e{places[cell.position.actor, cell.position.option]}",
            network=_without_links(made.network),
            seats=[(each, _without_links(chart)) for each, chart in made.verdicts],
            places=places,
            labels=made.labels,
            outcomes=OUTCOMES,
            signs=SIGNS,
            version=version("whipcount"),
        )
    )


def report_pdf(record: Record, **chosen: Any) -> bytes:
    """A report as PDF.  Arguments as `report`."""
    made = report(record, **chosen)
    labels, places = made.labels, made.places
    content = {
        "title": made.title,
        "lede": made.lede,
        "positions": [
            [
                cell.position.actor,
                labels.get(cell.position.option, cell.position.option),
                stance(cell.stance) + (", " + told("if {conditions}", conditions="; ".join(cell.conditions)) if cell.conditions else ""),
                cell.position.since or "",
                f"{cell.said}{' *' if cell.ascribed_only else ''}",
                places[cell.position.actor, cell.position.option],
            ]
            for _, row in made.board.rows
            for cell in row
            if cell
        ]
        if "positions" in made.parts
        else [],
        "charts": [{"heading": label, "svg": standalone(chart, label)} for label, chart in made.charts],
        "verdicts": [
            {
                "heading": f"{labels.get(each.option, each.option)}: {gettext(OUTCOMES[str(each.outcome)])}",
                "words": each.explain(),
                "svg": standalone(chart, each.institution.name) if chart else None,
            }
            for each, chart in made.verdicts
        ],
        "network": standalone(made.network, gettext("Who stands with whom")) if made.network else None,
        "changes": [
            f"{c.date or gettext('date unknown')}: {c.actor} on “{labels.get(c.option, c.option)}”, {_word(c.before)} → {_word(c.after)}"
            for c in made.changes
        ],
        "evidence": [
            {
                "place": places[actor, option],
                "heading": f"{actor}: {labels.get(option, option)}",
                "statements": [
                    {
                        "words": row.words,
                        "facts": " · ".join(
                            filter(
                                None,
                                (
                                    stance(said.value if (said := row.entry.statement.stance) else "neutral"),
                                    row.entry.statement.speaker,
                                    gettext(row.entry.statement.voice.value),
                                    row.entry.date,
                                    row.entry.outlet,
                                    row.entry.title,
                                ),
                            )
                        ),
                    }
                    for row in rows
                ],
            }
            for (actor, option), rows in made.groups.items()
        ]
        if {"evidence", "positions"} & set(made.parts)
        else [],
        "method": made.method,
        "made": told("Made with whipcount {version}.", version=version("whipcount")),
        "said": {
            "lang": spoken(),
            "positions": gettext("Positions"),
            "heads": [gettext("Actor"), gettext("Option"), gettext("Stance"), gettext("Since"), gettext("Said")],
            "ascribed": gettext("* only on the word of others. Each number leads to its statements."),
            "time": gettext("Over time"),
            "verdicts": gettext("Verdicts"),
            "network": gettext("Who stands with whom"),
            "changes": gettext("Changes"),
            "evidence": gettext("Evidence"),
            "method": gettext("Method"),
        },
    }
    source = (HERE / "templates" / "report.typ").read_text("utf-8")
    return typeset(source, {"report": json.dumps(content)}, "pdf")


def report_view(record: Record, at: str | None, options: Collection[str], parts: Collection[str]) -> View:
    """The page on which a report is chosen."""
    found, until = present(record), dated(at)
    asked = {"at": until, "option": list(options) or None, "part": list(parts) or None}
    shown = {
        "at": until,
        "columns": found.columns,
        "options": options,
        "parts": PARTS,
        "chosen": parts or PARTS,
        "html": link("/report.html", **asked),
        "pdf": link("/report.pdf", **asked),
        "number": len(found.counted),
        "most": MOST,
    }
    return View(shown, {"at": until, "options": list(options), "parts": list(parts or PARTS)})


def _word(given: Any) -> str:
    return stance(given.value if given else "divided")


def _without_links(chart: Markup | None) -> Markup | None:
    """A chart whose links would lead out of the file."""
    return Markup(re.sub(r"</?a\b[^>]*>", "", chart)) if chart else None  # noqa: S704  escaped where it was drawn


def _most_discussed(entries: list[Entry]) -> list[str]:
    """The three options with most dated statements."""
    said = Counter(entry.statement.option or "" for entry in entries if entry.date)
    return [option for option, _ in sorted(said.items(), key=lambda item: (-item[1], item[0]))[:3]]


def _groups(record: Record, entries: list[Entry], positions: list[Position]) -> dict[tuple[str, str], list[Evidence]]:
    """(actor, option) -> its statements with their words, newest first, in the order of the board's figures."""
    deciding = {key for position in positions if position.stance or position.divided for key in position.statements}
    grouped: dict[tuple[str, str], list[Evidence]] = {}
    for row in evidence(record, sorted(entries, key=lambda e: (e.date or "", e.key), reverse=True), deciding):
        said = row.entry.statement
        grouped.setdefault((said.speaks_for or "", said.option or ""), []).append(row)
    return dict(sorted(grouped.items()))
