"""Conditions that wait on each other: every option's verdict at once, by settling one condition after the other.

A condition is a fact, an event, or brought about by another option: it then holds when that option passes, fails when
it is blocked, and is unknown while it is open.  The least fixpoint in Kleene's three-valued logic is reached from
"nothing is known" by settling conditions until none moves: rules are monotone, so a settled condition is never
unsettled.  What is still open then may hang in a circle: a knot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import networkx as nx

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.ballots import TRUTH, Reading
from whipcount.institutions.competence import bodies_for
from whipcount.institutions.explain import REACHED, quoted
from whipcount.institutions.formula import Ballot
from whipcount.institutions.graph import Web, brought_about, fitting
from whipcount.institutions.knots import Change, Knot, Wait
from whipcount.institutions.outcome import Compiled, Outcome, Running
from whipcount.institutions.verdict import Verdict, decided, labels_of, recast
from whipcount.model import Codebook, Position


def web(
    codebook: Codebook,
    positions: Sequence[Position],
    at: str | None,
    *,
    decided_by: Mapping[str, Sequence[str]] | None = None,
    assume: Mapping[str, str] | None = None,
    reading: Reading | None = None,
    knots: bool = True,
) -> Web:
    """Verdicts on every option of `codebook` at the date `at` (ISO; None: now), to the fixpoint over its conditions.

    decided_by  option -> institution ids, which must all pass; without it, `bodies_for` the option
    assume      condition -> true or false; member -> stance, on every option, or `MEMBER on OPTION` -> stance on one
    reading     how positions become ballots; None: as usual
    knots       whether to look for circles and what would untie them
    Raises UsageError for an unknown institution, or an assumption that names nothing in the debate.
    """
    debate = _Debate(codebook, positions, at, decided_by or {}, reading or Reading())
    found = debate.settled(dict(assume or {}))
    if not knots:
        return found

    def again(change: Mapping[str, str]) -> Web:
        return debate.settled({**found.assume, **change})

    return replace(found, knots=tuple(_knot(circle, found, again) for circle in _circles(found.waits)))


class _Debate:
    """What stays the same however often its conditions are settled under other assumptions."""

    def __init__(
        self,
        codebook: Codebook,
        positions: Sequence[Position],
        at: str | None,
        decided_by: Mapping[str, Sequence[str]],
        reading: Reading,
    ) -> None:
        self.codebook, self.at, self.reading, self.labels = codebook, at, reading, labels_of(codebook)
        self.groups = {
            option.id: [(id,) for id in decided_by[option.id]] if option.id in decided_by else bodies_for(option)
            for option in codebook.options
        }
        self.positions = {(position.actor, position.option): position for position in positions}
        self.speakers: dict[str, list[str]] = {option: [] for option in self.groups}
        named = {item.id for item in codebook.conditions}
        named.update(*{position.conditions for position in positions})
        for actor, option in self.positions:
            self.speakers.setdefault(option, []).append(actor)
        self.brought, self.conditions = brought_about(codebook, self.groups), frozenset(named)
        self.bodies = {
            option: [catalogue.find(id) for id in dict.fromkeys(id for group in groups for id in group)]
            for option, groups in self.groups.items()
        }
        self.calls = {
            option: [[catalogue.find(id).call for id in group] for group in groups]
            for option, groups in self.groups.items()
        }
        self.compiled: dict[int, Compiled] = {}

    def settled(self, assume: Mapping[str, str]) -> Web:
        """The graph at its fixpoint under these assumptions."""
        facts = {key: TRUTH.get(value.strip().casefold()) for key, value in assume.items() if key in self.conditions}
        wrong = next((key for key, truth in facts.items() if truth is None), None)
        if wrong is not None:
            raise UsageError(f"{wrong}={assume[wrong]}: a condition is true or false")
        known = {key: truth for key, truth in facts.items() if truth is not None}
        because = dict.fromkeys(known, "assumed")
        stances = {key: value for key, value in assume.items() if key not in self.conditions}
        used: set[str] = set()
        sittings = {option: self._sittings(option, stances, known, because, used) for option in self.groups}
        idle = next((key for key in stances if key not in used), None)
        if idle is not None:
            raise UsageError(f"{idle!r} is neither a condition nor a member of an institution in this debate")
        waiting: dict[str, set[str]] = {}
        for option, sitting in sittings.items():
            for condition in {c for body in sitting for c in body.waiting}:
                waiting.setdefault(condition, set()).add(option)
        outcomes = {option: self._together(option, sittings[option]) for option in sittings}
        brings: dict[str, list[str]] = {}
        for condition, option in self.brought.items():
            brings.setdefault(option, []).append(condition)
        fresh = list(outcomes)
        while fresh:
            option = fresh.pop()
            if outcomes[option] not in _SETTLED:
                continue
            for condition in brings.get(option, ()):
                if condition in known:
                    continue
                known[condition] = outcomes[option] is Outcome.PASSES
                because[condition] = f"{quoted(option, self.labels)} {REACHED[outcomes[option]]}"
                for other in waiting.get(condition, ()):
                    turned = [body.learn(condition, known, because) for body in sittings[other]]
                    if any(turned):
                        reached = self._together(other, sittings[other])
                        if reached is not outcomes[other]:
                            outcomes[other] = reached
                            fresh.append(other)
        verdicts = {option: tuple(sitting.verdict() for sitting in found) for option, found in sittings.items()}
        still = [option for option in verdicts if outcomes[option] is Outcome.OPEN]
        waits = tuple(wait for option in still for wait in self._waits(option, verdicts[option]))
        return Web(
            self.codebook, self.at, verdicts, outcomes, known, because, waits, self.positions, self.speakers,
            self.conditions, assume, self.reading, (), self.labels,
        )  # fmt: skip

    def _sittings(
        self,
        option: str,
        stances: Mapping[str, str],
        facts: Mapping[str, bool],
        because: Mapping[str, str],
        used: set[str],
    ) -> list[_Sitting]:
        sittings = []
        for institution in self.bodies[option]:
            mine = fitting(stances, institution, option, self.at, self.speakers[option]) if stances else {}
            used |= set(mine)
            verdict = decided(
                institution,
                option,
                self.positions,
                self.at,
                speakers=self.speakers[option],
                conditions=self.conditions,
                assume=mine,
                reading=self.reading,
                facts=facts,
                because=because,
                labels=self.labels,
            )
            sittings.append(_Sitting(verdict, self.positions, self.compiled))
        return sittings

    def _together(self, option: str, sittings: Sequence[_Sitting]) -> Outcome:
        by_body = {sitting.institution.call: sitting.outcome for sitting in sittings}
        return _every([_some([by_body[call] for call in group]) for group in self.calls[option]])

    def _waits(self, option: str, verdicts: Sequence[Verdict]) -> list[Wait]:
        members: dict[str, dict[str, None]] = {}
        for verdict in verdicts:
            for seat in verdict.casts:
                for condition in seat.waits_for:
                    if condition in self.brought:
                        members.setdefault(condition, {})[seat.seat] = None
        return [Wait(option, tuple(names), condition, self.brought[condition]) for condition, names in members.items()]


_SETTLED = {Outcome.PASSES, Outcome.BLOCKED}


class _Sitting:
    """One body on one option while conditions settle: only the seats that wait for one are looked at again."""

    def __init__(
        self,
        verdict: Verdict,
        positions: Mapping[tuple[str, str], Position],
        compiled: dict[int, Compiled],
    ) -> None:
        self.first, self.positions, self.institution = verdict, positions, verdict.institution
        self.outcome = verdict.outcome
        self.casts = {seat.seat: seat for seat in verdict.casts}
        self.waiting: dict[str, list[str]] = {}
        for seat in verdict.casts:
            for condition in seat.waits_for:
                self.waiting.setdefault(condition, []).append(seat.seat)
        self.running: Running | None = None
        if self.waiting and verdict.rule is not None:
            ballots = verdict.ballots
            plain = Ballot.NOT_PARTICIPATING not in ballots.values()
            layout = compiled.get(id(verdict.rule)) if plain else None
            if layout is None:
                layout = Compiled(verdict.rule.formula(ballots))
                if plain:
                    compiled[id(verdict.rule)] = layout
            self.running = Running(layout, ballots)

    def learn(self, condition: str, facts: Mapping[str, bool], because: Mapping[str, str]) -> bool:
        """A condition is settled: those who wait for it are read again; whether the outcome is another now."""
        if self.running is None or condition not in self.waiting:
            return False
        for seat in self.waiting.get(condition, ()):
            before = self.casts[seat]
            after = recast(self.first, seat, self.positions, facts, because)
            self.casts[seat] = after
            self.running.change(seat, before.ballot, after.ballot)
        reached = self.running.outcome()
        if reached is self.outcome or (self.first.joinable and reached is Outcome.BLOCKED):
            return False
        self.outcome = reached
        return True

    def verdict(self) -> Verdict:
        """The verdict as it stands now."""
        if self.running is None:
            return self.first
        return replace(self.first, casts=tuple(self.casts.values()), outcome=self.outcome)


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


def _knot(circle: set[str], found: Web, again: Callable[[Mapping[str, str]], Web]) -> Knot:
    """The knot of the options in `circle`, each change of one assumption tried by settling the debate `again` with it."""
    waits = tuple(wait for wait in found.waits if wait.option in circle and wait.on in circle)
    tries = {wait.condition: "true" for wait in waits}
    tries |= {f"{member} on {wait.option}": "support" for wait in waits for member in wait.members}
    changes = []
    for key, value in tries.items():
        after = again({key: value})
        settled = tuple((o, after.outcomes[o]) for o in sorted(circle) if after.outcomes[o] is not Outcome.OPEN)
        knotted = set().union(*_circles(after.waits))
        freed = tuple(o for o in sorted(circle) if after.outcomes[o] is Outcome.OPEN and o not in knotted)
        if settled or freed:
            changes.append(Change(f"{key}={value}", settled, freed))
    changes.sort(key=lambda change: (-len(change.settles), -len(change.frees)))
    package = again({wait.condition: "true" for wait in waits}).outcomes
    return Knot(tuple(sorted(circle)), waits, tuple(changes), tuple((o, package[o]) for o in sorted(circle)))
