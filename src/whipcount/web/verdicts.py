"""What the pages on verdicts show: an institution's rule held against the positions: seats, blockers, moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from whipcount.analysis.positions import positions
from whipcount.errors import UsageError
from whipcount.institutions.ballots import Cast
from whipcount.institutions.catalogue import shipped
from whipcount.institutions.verdict import Verdict, verdict
from whipcount.model import Codebook, Position
from whipcount.record import Record
from whipcount.web.addresses import link
from whipcount.web.board import columns_of, condition_labels, counts, known_at
from whipcount.web.charts import seats
from whipcount.web.pages import View
from whipcount.web.views import dated

SEATS = {
    "support": "yes",
    "oppose": "no",
    "conditional": "yes, if",
    "undecided": "abstains or stays away",
    "divided": "divided",
    "unknown": "unknown",
}
"""Sign of a seat -> the word for its ballot, in the order in which seats stand from left to right."""

OUTCOMES = {"passes": "Passes", "blocked": "Blocked", "open": "Open", "not-competent": "Not competent"}
SIGNS = {"passes": "support", "blocked": "oppose", "open": "undecided", "not-competent": "neutral"}


def verdicts_view(record: Record, at: str | None) -> View:
    """The verdict on every option whose codebook names an institution."""
    codebook, until = record.codebook(), dated(at)
    found = verdicts(codebook, known_positions(record, until), until)
    labels = {column.id: column.label for column in columns_of(record.entries(), codebook)}
    rows = [
        {
            "label": labels.get(each.option, each.option),
            "name": each.institution.name,
            "outcome": str(each.outcome),
            "hangs": each.blockers or each.swing,
            "href": address(each.institution.id, each.option, until),
        }
        for each in found
    ]
    shown = {
        "rows": rows,
        "at": until,
        "columns": [{"id": id, "label": label} for id, label in labels.items()],
        "institutions": [(institution.id, institution.name) for institution in shipped()],
        **_words(),
    }
    return View(shown, {"at": until, "verdicts": [each.to_json() for each in found]})


def verdict_view(record: Record, institution: str, option: str, at: str | None, assumed: Sequence[str]) -> View:
    """One verdict; `assumed` are what-ifs as they stand in the address, `Hungary=support`."""
    until, codebook = dated(at), record.codebook()
    assume = {}
    for text in filter(None, assumed):
        who, equals, what = text.partition("=")
        if not (who.strip() and equals and what.strip()):
            raise UsageError(
                f"assume={text[:80]!r}: write it as Hungary=support, or a condition as agreement-first=true"
            )
        assume[who.strip()] = what.strip()
    found = verdict(institution, option, known_positions(record, until), until, codebook=codebook, assume=assume)
    labels = {column.id: column.label for column in columns_of(record.entries(), codebook)}
    casts = sorted(found.casts, key=lambda seat: (list(SEATS).index(sign(seat)), seat.seat))
    conditions = condition_labels(codebook)
    rows = [
        {
            "name": seat.seat,
            "sign": sign(seat),
            "reason": seat.reason,
            "waits": [conditions.get(id, id) for id in seat.waits_for],
            "assumed": seat.assumed,
            "number": len(seat.statements),
            "href": _words_of(seat.seat, option, until),
        }
        for seat in casts
    ]
    title = f"{len(casts)} seats of {found.institution.name}: " + ", ".join(
        f"{sum(row['sign'] == name for row in rows)} {word}" for name, word in SEATS.items()
    )
    shown = {
        "verdict": found,
        "data": found.to_json(),
        "label": labels.get(option, option),
        "rows": rows,
        "chart": seats([(seat.seat, sign(seat)) for seat in casts], SEATS, title) if casts else None,
        "at": until,
        "here": address(found.institution.id, option, None).split("?")[0],
        "assume": assume,
        "conditions": conditions,
        **_words(),
    }
    return View(shown, found.to_json())


def verdicts(codebook: Codebook | None, found: Sequence[Position], at: str | None) -> list[Verdict]:
    """The verdict on every option of the codebook that names an institution which is in the catalogue."""
    known = {institution.id for institution in shipped()}
    options = [option for option in codebook.options if option.institution in known] if codebook else []
    return [verdict(option.institution or "", option.id, found, at, codebook=codebook) for option in options]


def known_positions(record: Record, at: str | None) -> list[Position]:
    """Positions from what counts by that date."""
    return positions([entry for entry in record.entries() if counts(entry) and known_at(entry, at)], at)


def sign(seat: Cast) -> str:
    """The sign for a seat: how it would vote by its position on record."""
    if seat.divided:
        return "divided"
    if seat.waits_for:
        return "conditional"
    return {"yes": "support", "no": "oppose", "unknown": "unknown"}.get(str(seat.ballot), "undecided")


def address(institution: str, option: str, at: str | None) -> str:
    """Where a verdict is shown."""
    return link(f"/verdicts/{quote(institution, safe=':,')}/{quote(option, safe='')}", at=at)


def _words_of(seat: str, option: str, at: str | None) -> str:
    return link("/statements", actor=seat, option=option, at=at)


def _words() -> dict[str, Any]:
    return {"outcomes": OUTCOMES, "signs": SIGNS, "seat_words": SEATS}
