"""The page of positions over time: who moved when and on whose word, what happened meanwhile, and when the debate turned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from markupsafe import Markup

from whipcount.analysis.changes import Change, between
from whipcount.analysis.positions import Course
from whipcount.analysis.turning import TurningPoint
from whipcount.errors import UsageError
from whipcount.model import Entry
from whipcount.record import Record
from whipcount.record.milestones import Milestone, milestones
from whipcount.web.addresses import link
from whipcount.web.charts import Band, Mark, statement_link, timeline
from whipcount.web.pages import View
from whipcount.web.present import Present, present
from whipcount.web.views import dated
from whipcount.web.words import told

MOST, SIGNS = 30, 600
"""Lines of one chart; statements up to which each has its sign, with more only those that begin a position do."""

LISTED = 60
"""Changes in the list below the chart."""


def timeline_view(record: Record, option: str | None, actor: str | None, at: str | None) -> View:
    """How all actors came to stand where they stand on one option, or one actor on all options.

    The most discussed option when neither is asked for.  UsageError if there is no such option or actor.
    """
    found, until = present(record), dated(at)
    option, actor = _asked(found, option, actor)
    keys = found.keys(option, actor)
    these = [entry for key in keys for entry in found.course.known(*key, until)]
    bands = bands_of(found.course, keys, until, by_option=found.labels if actor else None)
    label = actor or found.labels.get(option or "", "")
    moved = between(found.course.histories(keys, until))[::-1]
    lines = _lines(bands)
    happened = [one for one in milestones(record) if until is None or one.date[: len(until)] <= until]
    turned = found.turns(option, actor, until)
    runs = [
        {
            "actor": run.entries[0].statement.speaks_for,
            "option": run.entries[0].statement.option,
            "since": run.since,
            "stance": run.stance,
            "statements": [entry.key for entry in run.entries],
        }
        for band in bands
        for run in band.runs
    ]
    shown = {
        "chart": chart_of(bands, these, label, until, marks=_marks(happened, turned)),
        "label": label,
        "option": option,
        "actor": actor,
        "actors": sorted({name for name, _ in found.course.groups}),
        "columns": [column for column in found.columns if found.said[column.id]],
        "said": found.said,
        "at": until,
        "bands": bands[:lines] if sum(len(band.runs) for band in bands[:lines]) <= LISTED else [],
        "left_out": max(0, len(bands) - lines),
        "number": len(these),
        "changes": [_moved(change, found) for change in moved[:LISTED]],
        "changes_left_out": max(0, len(moved) - LISTED),
        "milestones": happened,
        "turns": [
            {
                "turn": turn,
                "sign": _letter(place),
                "option": found.labels.get(turn.option, turn.option),
                "from": statement_link(found.by_key[turn.evidence[0][-1]]),
                "to": statement_link(found.by_key[turn.evidence[1][0]]),
            }
            for place, turn in enumerate(turned)
        ],
        "here": {"option": option, "actor": actor, "at": until},
    }
    listed = [{"date": c.date, "actor": c.actor, "option": c.option, "before": c.before, "after": c.after,
               "evidence": list(c.evidence)} for c in moved]  # fmt: skip
    data = {"option": option, "actor": actor, "at": until, "runs": runs, "changes": listed,
            "milestones": [asdict(one) for one in happened], "turns": [asdict(turn) for turn in turned]}  # fmt: skip
    return View(shown, data)


def chart_for(
    record: Record, option: str | None, actor: str | None, at: str | None
) -> tuple[Markup | None, str, list[dict[str, Any]]]:
    """The chart, its title, and its rows: one for every run."""
    view = timeline_view(record, option, actor, at)
    rows = [{**run, "statements": "; ".join(run["statements"])} for run in view.data["runs"]]
    return view.shown["chart"], told("Positions over time: {label}", label=view.shown["label"]), rows


def chart_of(
    bands: Sequence[Band],
    these: Sequence[Entry],
    label: str,
    at: str | None,
    leads: bool = True,
    marks: Sequence[Mark] = (),
) -> Markup | None:
    """The chart of the first lines; None if nothing in it has a date."""
    dates = sorted(entry.date for entry in these if entry.date)
    if not dates:
        return None
    few = bands[: _lines(bands)]
    if len(these) > SIGNS:
        few = [Band(b.actor, b.runs, [e for run in b.runs for e in run.entries[:1] if e.date], b.href) for b in few]
    return timeline(few, dates[0], max(at or "", dates[-1]), told("Positions over time: {label}", label=label), leads, marks)


def _marks(happened: Sequence[Milestone], turned: Sequence[TurningPoint]) -> list[Mark]:
    """Milestones by number and turns by letter, as the lists below the chart name them."""
    return [
        *(Mark(one.date, one.label, f"#milestone-{n}", str(n)) for n, one in enumerate(happened, start=1)),
        *(
            Mark(turn.date, told("turn from {before} to {after}", before=f"{turn.before:.2f}", after=f"{turn.after:.2f}"), f"#turn-{_letter(n)}", _letter(n))
            for n, turn in enumerate(turned)
        ),
    ]


def _letter(place: int) -> str:
    """A, B, ... Z, A2, B2, ..."""
    return chr(65 + place % 26) + (str(place // 26 + 1) if place >= 26 else "")


def _lines(bands: Sequence[Band]) -> int:
    """How many lines are drawn: `MOST`, or fewer where they hold so many positions that nobody could tell them apart."""
    runs, number = 0, 0
    while number < min(len(bands), MOST) and (not number or runs + len(bands[number].runs) <= SIGNS):
        runs += len(bands[number].runs)
        number += 1
    return number


def bands_of(
    course: Course, keys: Iterable[tuple[str, str]], at: str | None, by_option: dict[str, str] | None = None
) -> list[Band]:
    """The histories of actors on options as lines named by actor (or by option, with their labels), those with most
    dated statements first."""
    found = []
    for (actor, option), runs in course.histories(keys, at).items():
        name = by_option.get(option, option) if by_option is not None else actor
        dated = [entry for entry in course.known(actor, option, at) if entry.date]
        found.append(Band(name, runs, dated, link("/statements", actor=actor, option=option, at=at)))
    return sorted(found, key=lambda band: (-len(band.entries), band.actor))


def _asked(found: Present, option: str | None, actor: str | None) -> tuple[str | None, str | None]:
    if actor:
        if actor not in {name for name, _ in found.course.groups}:
            raise UsageError(f"{actor[:80]!r}: no such actor takes a position; the board names them")
        return None, actor
    if option and option not in found.labels:
        raise UsageError(f"{option[:80]!r}: no such option; `whipcount statements` and the board name them")
    return option or max((c.id for c in found.columns), key=lambda id: found.said[id], default=None), None


def _moved(change: Change, found: Present) -> dict[str, Any]:
    before, after = (found.by_key[key] for key in change.evidence)
    return {
        "date": change.date,
        "actor": change.actor,
        "option": found.labels.get(change.option, change.option),
        "before": change.before.value if change.before else "divided",
        "after": change.after.value if change.after else "divided",
        "speaker": after.statement.speaker,
        "voice": after.statement.voice.value,
        "outlet": after.outlet,
        "from": statement_link(before),
        "to": statement_link(after),
    }
