"""A verdict in plain sentences, with the labels of the codebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Margin, Outcome, listed

if TYPE_CHECKING:
    from whipcount.institutions.movers import Movers
    from whipcount.institutions.verdict import Verdict

REACHED = {
    Outcome.PASSES: "passes",
    Outcome.BLOCKED: "is blocked",
    Outcome.OPEN: "is open",
    Outcome.NOT_COMPETENT: "is not in its power",
}
"""Outcome -> the words for it after the option."""


def quoted(id: str, labels: Mapping[str, str]) -> str:
    """The label of an option or condition in quotation marks; the id itself where there is none."""
    return f"“{labels[id]}”" if labels.get(id) else id


def explain(verdict: Verdict) -> str:
    """Outcome, rule, who blocks or is not known, thresholds, what would settle it, and what it rests on."""
    when = f", as known on {verdict.date}" if verdict.date else ""
    option, name = quoted(verdict.option, verdict.labels), verdict.institution.name
    said = [f"{name}: {option} {REACHED[verdict.outcome]}{when}."]
    if verdict.rule is None:
        return " ".join([*said, *(verdict.notes or (f"{verdict.source}.",))])
    said.append(f"The rule: {verdict.rule.words()} ({verdict.source}).")
    reasons = {seat.seat: seat.reason for seat in verdict.casts}
    if verdict.blockers:
        said.append(f"Blocked by {listed([f'{s}, which {reasons[s]}' for s in verdict.blockers], 6, '; ')}.")
    said += [line.words() for line in _telling(verdict.thresholds, bool(verdict.blockers))]
    if verdict.unknown:
        heard = [seat.seat for seat in verdict.casts if seat.ballot is Ballot.UNKNOWN and seat.statements]
        said.append(f"Not known: {listed(list(dict.fromkeys([*heard, *verdict.unknown])))}.")
    if verdict.swing and verdict.swing != verdict.unknown:
        said.append(f"It hangs on {listed(verdict.swing)}.")
    if verdict.outcome is not Outcome.PASSES:
        said.append(moved(verdict.to_pass, verdict.blockers, passing=True))
    if verdict.outcome is not Outcome.BLOCKED:
        said.append(moved(verdict.to_block, (), passing=False))
    waits = [
        f"{seat.seat} for {' and '.join(quoted(id, verdict.labels) for id in seat.waits_for)}"
        for seat in verdict.casts
        if seat.waits_for
    ]
    said += [f"Waiting: {listed(waits, 6, '; ')}."] if waits else []
    divided = [seat.seat for seat in verdict.casts if seat.divided]
    said += [f"Office holders disagree in {listed(divided)}."] if divided else []
    ascribed = [seat.seat for seat in verdict.casts if seat.ascribed]
    counted = "counted" if verdict.reading.count_ascribed else "not counted"
    said += [f"Known only from what others say, and {counted}: {listed(ascribed)}."] if ascribed else []
    assumed = [f"{quoted(key, verdict.labels)} = {value}" for key, value in verdict.assume.items()]
    said += [f"Assumed, not on record: {listed(assumed)}."] if assumed else []
    return " ".join([*said, *verdict.notes])


def _telling(lines: Sequence[Margin], named: bool) -> list[Margin]:
    """The thresholds worth a sentence: not those of one seat, nor what the blockers or a stricter line say already."""
    told: list[Margin] = []
    for line in lines:
        single = len(line.test.seats) == 1
        said = named and line.forbids and line.outcome is Outcome.BLOCKED
        idle = line.outcome is Outcome.PASSES and line.test.sense == "<" and line.found == (0, 0)
        twice = any((line.found, line.needed) == (other.found, other.needed) for other in told)
        if not (single or said or idle or twice):
            told.append(line)
    return told


def moved(movers: Movers, against: Sequence[str], *, passing: bool) -> str:
    """Whose yes would make it pass, or whose no would block it, for certain; where it takes all, those `against` come first."""
    ballot, does = ("yes", "make it pass") if passing else ("no", "block it")
    if movers.size is None:
        return f"No change of ballots can {does}."
    if not movers.size:
        return f"Nothing more is needed to {does}."
    nearest = listed(movers.shown[0])
    if movers.number == 1:
        nearest = listed(sorted(movers.shown[0], key=lambda seat: seat not in against))
        if movers.size == 1:
            return f"The {ballot} of {nearest} alone would {does} for certain."
        return f"To {does} for certain, all {movers.size} of these must say {ballot}: {nearest}."
    ways = f"{movers.number:,} ways" if movers.number else "ways not counted"
    more = "one more" if movers.size == 1 else f"{movers.size} more"
    return f"It takes {more} to say {ballot} to {does} for certain ({ways}); nearest to the record: {nearest}."
