"""Conditions that wait on each other: every option's verdict at once, and the knots between them.

A condition is a fact, an event, or brought about by another option: it then holds when that option passes, fails when
it is blocked, and is unknown while it is open.  The least fixpoint in Kleene's three-valued logic is reached from
"nothing is known" by settling conditions until none moves: rules are monotone, so a settled condition is never
unsettled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.ballots import TRUTH
from whipcount.institutions.competence import bodies_for
from whipcount.institutions.explain import REACHED, quoted
from whipcount.institutions.outcome import Outcome, listed
from whipcount.institutions.verdict import Verdict, labels_of, verdict
from whipcount.model import Codebook, Position


@dataclass(frozen=True, slots=True)
class Wait:
    """An option that waits for another: these members say yes only under the condition that the other brings about."""

    option: str
    members: tuple[str, ...]
    condition: str
    on: str

    def words(self, labels: Mapping[str, str]) -> str:
        """The wait as a clause."""
        verb = "waits" if len(self.members) == 1 else "wait"
        return f"on {quoted(self.option, labels)}, {listed(self.members)} {verb} for {quoted(self.on, labels)}"


@dataclass(frozen=True, slots=True)
class Knot:
    """Options that wait for each other in a circle, and the single changes that would settle one of them at least.

    changes  (what to assume, as `NAME on OPTION=support` or `CONDITION=true`; the options it settles, with outcomes)
    """

    options: tuple[str, ...]
    waits: tuple[Wait, ...]
    changes: tuple[tuple[str, tuple[tuple[str, Outcome], ...]], ...]

    def words(self, labels: Mapping[str, str]) -> str:
        """The knot in plain sentences."""
        circle = "Deadlock: " + "; and ".join(wait.words(labels) for wait in self.waits) + "."
        if not self.changes:
            return f"{circle} No single change would untie it."
        ways = []
        for change, settled in self.changes:
            name, _, value = change.rpartition("=")
            member, mark, option = name.rpartition(" on ")
            given = (
                f"{member} says yes on {quoted(option, labels)}"
                if mark
                else f"it is {value} that {quoted(name, labels)}"
            )
            ends = [f"{quoted(option, labels)} {REACHED[outcome]}" for option, outcome in settled]
            ways.append(f"{given} (then {listed(ends)})")
        return f"{circle} Any one of these would untie it: {'; '.join(ways)}."


@dataclass(frozen=True)
class Web:
    """The whole graph at its fixpoint.

    verdicts   option -> one verdict per institution that decides it;  outcomes  option -> all of them taken together
    facts      condition -> whether it holds, where that is settled;  waits  every open option that waits for another
    labels     option or condition id -> its label
    """

    verdicts: Mapping[str, tuple[Verdict, ...]]
    outcomes: Mapping[str, Outcome]
    facts: Mapping[str, bool]
    waits: tuple[Wait, ...]
    knots: tuple[Knot, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def explain(self) -> str:
        """Every option's outcome, what waits for what, and the knots, a line each."""
        lines = [f"{quoted(option, self.labels)} {REACHED[outcome]}." for option, outcome in self.outcomes.items()]
        lines += [f"Waiting: {wait.words(self.labels)}." for wait in self.waits]
        return "\n".join(lines + [knot.words(self.labels) for knot in self.knots])

    def to_json(self) -> dict[str, Any]:
        """The graph as data, without the verdicts' own detail."""
        return {
            "outcomes": {option: str(outcome) for option, outcome in self.outcomes.items()},
            "facts": dict(self.facts),
            "waits": [
                {"option": w.option, "members": list(w.members), "condition": w.condition, "on": w.on}
                for w in self.waits
            ],
            "knots": [
                {
                    "options": list(knot.options),
                    "changes": [{"assume": change, "settles": dict(settled)} for change, settled in knot.changes],
                    "words": knot.words(self.labels),
                }
                for knot in self.knots
            ],
        }


def web(
    codebook: Codebook,
    positions: Sequence[Position],
    at: str | None,
    *,
    decided_by: Mapping[str, Sequence[str]] | None = None,
    assume: Mapping[str, str] | None = None,
    count_ascribed: bool = True,
    knots: bool = True,
) -> Web:
    """Verdicts on every option of `codebook` at the date `at` (ISO; None: now), to the fixpoint over its conditions.

    decided_by  option -> institution ids, which must all pass; without it, `bodies_for` the option
    assume      condition -> true or false; member -> stance, on every option, or `MEMBER on OPTION` -> stance on one
    knots       whether to look for circles and what would untie them
    Raises UsageError for an unknown institution, or an assumption that names nothing in the debate.
    """
    chosen = decided_by or {}
    groups = {
        option.id: [(id,) for id in chosen[option.id]] if option.id in chosen else bodies_for(option)
        for option in codebook.options
    }
    bodies = {option: list(dict.fromkeys(id for group in found for id in group)) for option, found in groups.items()}
    grouped: dict[str, list[Position]] = {option.id: [] for option in codebook.options}
    for position in positions:
        grouped.setdefault(position.option, []).append(position)
    assume = dict(assume or {})
    brought = {item.id: item.brought_about_by for item in codebook.conditions if item.brought_about_by in bodies}
    named = {item.id for item in codebook.conditions} | {c for position in positions for c in position.conditions}
    given = {key: TRUTH.get(value.strip().casefold()) for key, value in assume.items() if key in named}
    wrong = [key for key, truth in given.items() if truth is None]
    if wrong:
        raise UsageError(f"{wrong[0]}={assume[wrong[0]]}: a condition is true or false")
    facts = {key: truth for key, truth in given.items() if truth is not None}
    stances = {key: value for key, value in assume.items() if key not in named}
    used: set[str] = set()

    def decide(option: str) -> tuple[Verdict, ...]:
        found = []
        for body in bodies[option]:
            mine = {}
            institution = catalogue.find(body)
            members = institution.members_at(at) or tuple(position.actor for position in grouped[option])
            for key, value in stances.items():
                actor, mark, about = key.rpartition(" on ")
                name = catalogue.state_name(actor if mark else key)
                if name in members and (not mark or about == option):
                    mine[name] = value
                    used.add(key)
            found.append(
                verdict(body, option, grouped[option], at, assume=mine, count_ascribed=count_ascribed, facts=facts)
            )
        return tuple(found)

    def together(option: str) -> Outcome:
        by_body = dict(zip(bodies[option], verdicts[option], strict=True))
        return _every([_some([by_body[id].outcome for id in group]) for group in groups[option]])

    verdicts = {option: decide(option) for option in bodies}
    idle = [key for key in stances if key not in used]
    if idle:
        raise UsageError(f"{idle[0]!r} is neither a condition nor a member of an institution in this debate")
    while True:
        fresh = {}
        for condition, option in brought.items():
            outcome = together(option)
            if condition not in facts and outcome in {Outcome.PASSES, Outcome.BLOCKED}:
                fresh[condition] = outcome is Outcome.PASSES
        if not fresh:
            break
        facts |= fresh
        for option, reached in verdicts.items():
            if any(not fresh.keys().isdisjoint(seat.waits_for) for found in reached for seat in found.casts):
                verdicts[option] = decide(option)
    outcomes = {option: together(option) for option in verdicts}
    waits = tuple(
        Wait(option, members, condition, on)
        for option, found in verdicts.items()
        if outcomes[option] is Outcome.OPEN
        for condition, on in brought.items()
        if (members := tuple(dict.fromkeys(c.seat for v in found for c in v.casts if condition in c.waits_for)))
    )
    result = Web(verdicts, outcomes, facts, waits, (), labels_of(codebook))
    if not knots:
        return result

    def again(change: Mapping[str, str]) -> Web:
        return web(
            codebook,
            positions,
            at,
            decided_by=decided_by,
            assume={**assume, **change},
            count_ascribed=count_ascribed,
            knots=False,
        )

    return replace(result, knots=tuple(_knot(circle, result, again) for circle in _circles(waits)))


def _some(outcomes: Sequence[Outcome]) -> Outcome:
    """One of these bodies is enough."""
    order = (Outcome.PASSES, Outcome.OPEN, Outcome.BLOCKED, Outcome.NOT_COMPETENT)
    return next(outcome for outcome in order if outcome in outcomes)


def _every(outcomes: Sequence[Outcome]) -> Outcome:
    """All of these must pass; those not competent do not count.  Nobody known to decide: open."""
    order = (Outcome.BLOCKED, Outcome.OPEN, Outcome.PASSES, Outcome.NOT_COMPETENT)
    return next((outcome for outcome in order if outcome in outcomes), Outcome.OPEN)


def _circles(waits: Sequence[Wait]) -> list[set[str]]:
    """Sets of options that wait for each other, an option that waits for itself included."""
    graph = nx.DiGraph()
    graph.add_edges_from((wait.option, wait.on) for wait in waits)
    circles = (set(part) for part in nx.strongly_connected_components(graph))
    return sorted((c for c in circles if len(c) > 1 or graph.has_edge(*(list(c) * 2))), key=sorted)


def _knot(circle: set[str], found: Web, again: Any) -> Knot:
    waits = tuple(wait for wait in found.waits if wait.option in circle and wait.on in circle)
    tries = {wait.condition: "true" for wait in waits}
    tries |= {f"{member} on {wait.option}": "support" for wait in waits for member in wait.members}
    changes = []
    for key, value in tries.items():
        after = again({key: value}).outcomes
        settled = tuple((option, after[option]) for option in sorted(circle) if after[option] is not Outcome.OPEN)
        if settled:
            changes.append((f"{key}={value}", settled))
    return Knot(tuple(sorted(circle)), waits, tuple(changes))
