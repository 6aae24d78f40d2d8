"""Who waits for whom on which condition, the circles that these waits close, and what would untie them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from whipcount.institutions.explain import REACHED, quoted
from whipcount.institutions.outcome import Outcome, listed


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
