"""Who is who in a debate: whom its documents introduce, for those that name them by surname alone.

One article writes "Minister Orla Vance of Karvania", the next one "Vance said".  What every document says by itself is
gathered first; then each is read knowing the others.  Where documents disagree, what more than half of them say counts,
else nothing is known; what one says of an office holds for a year before and after its date.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from whipcount.language.actors import Actor
from whipcount.language.names import fold, same_person, surname

HOLDS = timedelta(days=366)
"""How far from the date of a text what it says of somebody's office is taken to hold."""


@dataclass(frozen=True, slots=True)
class Introduction:
    """Somebody as a document of a date introduces them; `presumed` if the actor does not stand beside the name."""

    name: str
    role: str
    gender: str
    actor: Actor | None
    expert: bool
    official: bool
    presumed: bool = False
    date: str | None = None


class WhosWho:
    """Those whom the documents of a debate introduce, in whatever order."""

    def __init__(self, introductions: Iterable[Introduction]) -> None:
        groups: dict[str, list[list[Introduction]]] = defaultdict(list)
        for who in sorted(introductions, key=_order):
            alike = groups[surname(who.name)]
            group = next((g for g in alike if same_person(g[0].name, who.name)), None)
            if group is None:
                alike.append([who])
            else:
                group.append(who)
        self._people = dict(groups)

    def person(self, name: str, at: str | None = None) -> Introduction | None:
        """The one whom a full name or surname means in a text of a date (YYYY-MM-DD), None if nobody.

        Of several who are called so nothing is known.  Texts without a date count at any.
        """
        near = ([who for who in group if _holds(who.date, at)] for group in self._people.get(surname(name), []))
        found = [group for group in near if group]
        if len(fold(name).split()) > 1:
            found = [group for group in found if same_person(group[0].name, name)]
        if len(found) > 1:
            return Introduction(name, "", "", None, expert=False, official=False)
        return _one(found[0]) if found else None


def _order(who: Introduction) -> tuple[int, str, str, str, str]:
    """An order that does not depend on that of the documents; long names first."""
    return -len(who.name), who.name, who.role, str(who.actor), who.date or ""


def _holds(said: str | None, at: str | None) -> bool:
    """Whether what a text of one date says holds for a text of another."""
    try:
        return not said or not at or abs(date.fromisoformat(said) - date.fromisoformat(at)) <= HOLDS
    except ValueError:
        return True  # a year or month alone tells too little


def _one(those: list[Introduction]) -> Introduction:
    """What most say of one person; what stands beside the name goes before what is only presumed."""
    told = [who for who in those if not who.presumed] or those
    actors = Counter(who.actor for who in told if who.actor)
    for short in list(actors):  # "Labour's Mirela Dunav" and "of the Labour Alliance" are of one actor
        longer = [other for other in actors if set(fold(short.name).split()) < set(fold(other.name).split())]
        if len(longer) == 1:
            actors[longer[0]] += actors.pop(short)
    best = actors.most_common(1)
    actor = best[0][0] if best and 2 * best[0][1] > actors.total() else None
    experts = sum(who.expert for who in told)
    genders = {who.gender for who in those if who.gender}
    return Introduction(
        those[0].name,
        next((who.role for who in told if who.actor == actor and who.role), ""),
        genders.pop() if len(genders) == 1 else "",
        actor,
        expert=2 * experts > len(told),
        official=2 * experts < len(told) and actor is not None,
    )
