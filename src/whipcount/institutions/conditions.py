"""Conditions that wait on each other: every option's verdict at once, and the knots between them.

A condition is a fact, an event, or brought about by another option: it then holds when that option passes, fails when
it is blocked, and is unknown while it is open.  The least fixpoint in Kleene's three-valued logic is reached from
"nothing is known" by settling conditions until none moves: rules are monotone, so a settled condition is never
unsettled.  What is still open then may hang in a circle: a knot.

Everything that a page or a script needs is plain data in `Web.to_json`; `Web.verdict` gives any single verdict as it
stands in the debate, `moved` what a what-if changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.ballots import TRUTH, Reading
from whipcount.institutions.competence import bodies_for
from whipcount.institutions.explain import REACHED, quoted
from whipcount.institutions.formula import Ballot
from whipcount.institutions.outcome import Compiled, Outcome, Running, listed
from whipcount.institutions.rules import Elsewhere, parts_of
from whipcount.institutions.verdict import MEMBERSHIP, Verdict, decided, labels_of, recast
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
class Change:
    """A single change, and what it does to a knot.

    assume   what to assume: `NAME on OPTION=support` or `CONDITION=true`
    settles  the options of the knot that it settles, with their outcomes
    frees    the options of the knot that then wait for nobody in it, though others keep them open
    """

    assume: str
    settles: tuple[tuple[str, Outcome], ...]
    frees: tuple[str, ...] = ()

    def words(self, labels: Mapping[str, str]) -> str:
        """The change and its effect as a clause."""
        name, _, value = self.assume.rpartition("=")
        member, mark, option = name.rpartition(" on ")
        given = (
            f"{member} says yes on {quoted(option, labels)}" if mark else f"it is {value} that {quoted(name, labels)}"
        )
        ends = [f"{quoted(option, labels)} {REACHED[outcome]}" for option, outcome in self.settles]
        if self.frees:
            names = listed([quoted(option, labels) for option in self.frees])
            ends.append(f"{names} {'hangs' if len(self.frees) == 1 else 'hang'} on nobody in the circle any more")
        return f"{given} (then {listed(ends)})"


@dataclass(frozen=True, slots=True)
class Knot:
    """Options that wait for each other in a circle, and the single changes that would untie it.

    waits     who waits for what within the circle
    changes   those that settle most options come first
    together  the options' outcomes if every one of its conditions were taken to hold at once: whether a package would do
    """

    options: tuple[str, ...]
    waits: tuple[Wait, ...]
    changes: tuple[Change, ...]
    together: tuple[tuple[str, Outcome], ...] = ()

    def words(self, labels: Mapping[str, str]) -> str:
        """The knot in plain sentences."""
        said = ["Deadlock: " + "; and ".join(wait.words(labels) for wait in self.waits) + "."]
        if self.changes:
            ways = "; ".join(change.words(labels) for change in self.changes)
            said.append(f"Any one of these would untie it: {ways}.")
        else:
            said.append("No single change would untie it.")
        if self.together and all(outcome is Outcome.PASSES for _, outcome in self.together):
            said.append("As one package, each given for the others, all of it passes.")
        elif self.together:
            ends = [f"{quoted(option, labels)} {REACHED[outcome]}" for option, outcome in self.together]
            said.append(f"Even as one package, {listed(ends)}.")
        return " ".join(said)


@dataclass(frozen=True)
class Web:
    """The whole graph at its fixpoint.

    verdicts   option -> one verdict per institution that decides it;  outcomes  option -> all of them taken together
    facts      condition -> whether it holds, where that is settled;  because  condition -> the words for what settled it
    waits      every open option that waits for another
    labels     option or condition id -> its label
    """

    codebook: Codebook
    date: str | None
    verdicts: Mapping[str, tuple[Verdict, ...]]
    outcomes: Mapping[str, Outcome]
    facts: Mapping[str, bool]
    because: Mapping[str, str]
    waits: tuple[Wait, ...]
    positions: Mapping[tuple[str, str], Position]
    speakers: Mapping[str, Sequence[str]]
    conditions: frozenset[str]
    assume: Mapping[str, str] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    knots: tuple[Knot, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def verdict(self, institution_id: str, option: str) -> Verdict:
        """The verdict of any institution on an option of the debate, with all that the graph has settled.

        UsageError for an institution or option that does not exist, or an assumption that fits neither.
        """
        for found in self.verdicts.get(option, ()):
            if institution_id == found.institution.call:
                return found
        if option not in self.outcomes:
            raise UsageError(f"no option called {option!r}; known: {', '.join(sorted(self.outcomes))}")
        institution = catalogue.find(institution_id)
        return decided(
            institution,
            option,
            self.positions,
            self.date,
            speakers=self.speakers.get(option, ()),
            conditions=self.conditions,
            assume=_fitting(self.assume, institution, option, self.date, self.speakers.get(option, ())),
            reading=self.reading,
            facts=self.facts,
            because=self.because,
            labels=self.labels,
        )

    def explain(self) -> str:
        """Every option's outcome, what waits for what, and the knots, a line each."""
        lines = [f"{quoted(option, self.labels)} {REACHED[outcome]}." for option, outcome in self.outcomes.items()]
        lines += [self.waiting(wait) for wait in self.waits]
        return "\n".join(lines + [knot.words(self.labels) for knot in self.knots])

    def waiting(self, wait: Wait) -> str:
        """A wait, and what that on which it waits hangs on in its turn, as a sentence."""
        deciding = [f"{v.institution.name} ({listed(v.hangs_on, 4)})" for v in self.verdicts[wait.on] if v.hangs_on]
        further = f", which hangs on {listed(deciding, 4)}" if deciding else ""
        return f"Waiting: {wait.words(self.labels)}{further}."

    def to_json(self) -> dict[str, Any]:
        """The graph as data: options and conditions as nodes, who waits for what as edges, and the knots.

        `edges` run from condition to option (with the `members` who wait) and from the option that brings a condition
        about to that condition.  The verdicts' own detail is in `Verdict.to_json`.
        """
        brought = _brought(self.codebook, self.outcomes)
        members: dict[tuple[str, str], list[str]] = {}
        for option, found in self.verdicts.items():
            seats = {seat.seat for verdict in found for seat in verdict.casts}
            for actor in self.speakers.get(option, ()):
                for condition in self.positions[actor, option].conditions if actor in seats else ():
                    members.setdefault((condition, option), []).append(actor)
        edges = [{"from": c, "to": o, "members": names} for (c, o), names in sorted(members.items())]
        edges += [{"from": option, "to": condition, "members": []} for condition, option in brought.items()]
        return {
            "date": self.date,
            "outcomes": {option: str(outcome) for option, outcome in self.outcomes.items()},
            "facts": dict(self.facts),
            "options": [
                {
                    "id": option,
                    "label": self.labels.get(option, option),
                    "verdict": str(outcome),
                    "bodies": [
                        {
                            "institution": verdict.institution.call,
                            "name": verdict.institution.name,
                            "verdict": str(verdict.outcome),
                            "hangs_on": verdict.hangs_on,
                        }
                        for verdict in self.verdicts[option]
                    ],
                }
                for option, outcome in self.outcomes.items()
            ],
            "conditions": [
                {
                    "id": condition,
                    "label": self.labels.get(condition, condition),
                    "holds": self.facts.get(condition),
                    "brought_about_by": brought.get(condition),
                    "because": self.because.get(condition),
                }
                for condition in sorted(self.conditions)
            ],
            "edges": edges,
            "waits": [
                {
                    "option": wait.option,
                    "members": list(wait.members),
                    "condition": wait.condition,
                    "on": wait.on,
                    "words": self.waiting(wait),
                }
                for wait in self.waits
            ],
            "knots": [
                {
                    "options": list(knot.options),
                    "changes": [
                        {
                            "assume": change.assume,
                            "settles": {option: str(outcome) for option, outcome in change.settles},
                            "frees": list(change.frees),
                            "words": change.words(self.labels),
                        }
                        for change in knot.changes
                    ],
                    "together": {option: str(outcome) for option, outcome in knot.together},
                    "words": knot.words(self.labels),
                }
                for knot in self.knots
            ],
            "assume": dict(self.assume),
            "reading": self.reading.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Move:
    """A verdict that a what-if moves."""

    option: str
    institution: str
    before: Outcome
    after: Outcome

    def to_json(self) -> dict[str, str]:
        """The move as data."""
        return {
            "option": self.option,
            "institution": self.institution,
            "before": str(self.before),
            "after": str(self.after),
        }


def moved(before: Web, after: Web) -> list[Move]:
    """Every verdict of the debate that differs between two states of it, in the order of the codebook."""
    was = {(v.option, v.institution.call): v.outcome for found in before.verdicts.values() for v in found}
    return [
        Move(v.option, v.institution.call, was[v.option, v.institution.call], v.outcome)
        for found in after.verdicts.values()
        for v in found
        if was.get((v.option, v.institution.call), v.outcome) is not v.outcome
    ]


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
        self.brought, self.conditions = _brought(codebook, self.groups), frozenset(named)
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
            mine = _fitting(stances, institution, option, self.at, self.speakers[option]) if stances else {}
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


def _brought(codebook: Codebook, options: Mapping[str, Any]) -> dict[str, str]:
    """Condition -> the option that brings it about."""
    return {item.id: item.brought_about_by for item in codebook.conditions if item.brought_about_by in options}


def _fitting(
    assume: Mapping[str, str],
    institution: catalogue.Institution,
    option: str,
    at: str | None,
    speakers: Sequence[str],
) -> dict[str, str]:
    """Of what is assumed, what concerns this body on this option."""
    members = set(institution.members_at(at)) or set(speakers)
    rule = institution.rule_at(at) if members and (institution.named or not institution.open) else None
    seats = set(rule.seats) if rule else members
    inner = {part.option for part in parts_of(rule) if isinstance(part, Elsewhere)} if rule else set()
    found = {}
    for key, value in assume.items():
        actor, mark, about = key.rpartition(" on ")
        name = catalogue.state_name(actor if mark else key)
        joins = MEMBERSHIP.get(value.strip().casefold())
        here = not mark or about == option
        if joins is not None:
            concerns = here and (bool(mark) or name in members)
        elif mark:
            concerns = (here and (name in seats or institution.open)) or (
                about in inner and f"{name} on {about}" in seats
            )
        else:
            concerns = name in seats
        if concerns:
            found[key] = value
    return found


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
