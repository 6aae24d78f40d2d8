"""The record in one self-contained HTML file, to send to someone who has no whipcount: no script, nothing loaded."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version

from markupsafe import Markup

from whipcount.analysis.changes import changes
from whipcount.model import Entry, Position
from whipcount.record import Record
from whipcount.web.board import board, counts, known_at
from whipcount.web.charts import timeline
from whipcount.web.pages import STATIC, templates
from whipcount.web.verdicts import OUTCOMES, SIGNS, known_positions, verdicts
from whipcount.web.views import Evidence, bands_of, dated, evidence


def report_html(record: Record, *, at: str | None = None) -> str:
    """The table of positions, a chart, verdicts, changes and the evidence, as known on `at` (ISO date; None: all).

    Every figure leads to the words that it counts, within the file.  UsageError if `at` is no date.
    """
    until, codebook = dated(at), record.codebook()
    entries = [entry for entry in record.entries() if counts(entry) and known_at(entry, until)]
    found = board(entries, codebook, until)
    positions = known_positions(record, until)
    labels = {column.id: column.label for column in found.columns}
    charts = [(labels[option], _chart(entries, option, labels[option], until)) for option in _most_discussed(entries)]
    style = (STATIC / "whipcount.css").read_text(encoding="utf-8")
    return (
        templates()
        .get_template("report.html")
        .render(
            style=Markup(style),  # noqa: S704  our own sheet, not a record's text
            title=codebook.title if codebook else "Positions",
            board=found,
            charts=[(label, chart) for label, chart in charts if chart],
            verdicts=verdicts(codebook, positions, until),
            changes=changes(entries, until=until),
            groups=_groups(record, entries, positions),
            labels=labels,
            outcomes=OUTCOMES,
            signs=SIGNS,
            number=len(entries),
            documents=len({entry.document for entry in entries}),
            coders=sorted({f"{entry.coder.name} {entry.coder.version}".strip() for entry in entries}),
            version=version("whipcount"),
        )
    )


def _most_discussed(entries: list[Entry]) -> list[str]:
    """The three options with most dated statements."""
    said = Counter(entry.statement.option or "" for entry in entries if entry.date)
    return [option for option, _ in sorted(said.items(), key=lambda item: (-item[1], item[0]))[:3]]


def _chart(entries: list[Entry], option: str, label: str, at: str | None) -> Markup | None:
    these = [entry for entry in entries if entry.statement.option == option]
    dates = sorted(entry.date for entry in these if entry.date)
    if not dates:
        return None
    return timeline(bands_of(these, at), dates[0], at or dates[-1], f"Positions over time: {label}", linked=False)


def _groups(record: Record, entries: list[Entry], positions: list[Position]) -> dict[tuple[str, str], list[Evidence]]:
    """(actor, option) -> its statements with their words, newest first, in the order of the board's figures."""
    deciding = {key for position in positions if position.stance or position.divided for key in position.statements}
    grouped: dict[tuple[str, str], list[Evidence]] = {}
    for row in evidence(record, sorted(entries, key=lambda e: (e.date or "", e.key), reverse=True), deciding):
        said = row.entry.statement
        grouped.setdefault((said.speaks_for or "", said.option or ""), []).append(row)
    return dict(sorted(grouped.items()))
