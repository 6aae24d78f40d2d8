"""A debate with every condition settled that can be: verdicts, waits and knots, as data and in words.

Everything that a page or a script needs is plain data in `Web.to_json`; `Web.verdict` gives any single verdict as it
stands in the debate, `moved` what a what-if changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from whipcount.errors import UsageError
from whipcount.institutions import catalogue
from whipcount.institutions.ballots import Reading
from whipcount.institutions.explain import REACHED, quoted
from whipcount.institutions.knots import Knot, Wait
from whipcount.institutions.outcome import Outcome, listed
from whipcount.institutions.rules import Elsewhere, parts_of
from whipcount.institutions.verdict import MEMBERSHIP, Verdict, decided
from whipcount.model import Codebook, Position


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
            assume=fitting(self.assume, institution, option, self.date, self.speakers.get(option, ())),
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
        brought = brought_about(self.codebook, self.outcomes)
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


def brought_about(codebook: Codebook, options: Mapping[str, Any]) -> dict[str, str]:
    """Condition -> the option that brings it about."""
    return {item.id: item.brought_about_by for item in codebook.conditions if item.brought_about_by in options}


def fitting(
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
