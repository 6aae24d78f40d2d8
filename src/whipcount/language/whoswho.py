"""Who is who in a debate: whom its codebook lists, and whom its documents introduce.

The cast of the codebook goes first.  Of others, one article writes "Minister Orla Vance of Karvania", the next one
"Vance said": what every document says by itself is gathered first; then each is read knowing the others.  Where documents
disagree, what more than half of them say counts, else nothing is known; what one says of an office holds for a year
before and after its date, and for two if nothing nearer is known.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from whipcount.language import roles
from whipcount.language.actors import Actor, Actors, Sense
from whipcount.language.names import fold, same_person, strip_titles, surname
from whipcount.model import Member, SpeakerKind

HOLDS = (timedelta(days=366), timedelta(days=731))
"""How far from the date of a text what it says of somebody's office is taken to hold, and how far if nothing nearer is known."""
KINDS = {
    **dict.fromkeys(("state", "country", "government", "region", "province", "territory", "city", "town"), SpeakerKind.STATE),
    **dict.fromkeys(("outlet", "newspaper", "news agency", "broadcaster"), SpeakerKind.OUTLET),
    "person": SpeakerKind.PERSON,
}
"""What the kinds of a cast are among speakers; any other is an organisation."""
ABROAD = re.compile(r"\b(?:against|with|to|for|on|from|between|towards?) (?:the )?(?:[A-Z][\w-]*\W*(?:and )?)+")
"""Names in a title that are not those of where the debate is at home."""
NOT_SHORT = roles.PUBLIC_NOUNS | roles.LOCAL_NOUNS | roles.OUTLET_NOUNS


@dataclass(frozen=True, slots=True)
class Introduction:
    """Somebody as a document of a date introduces them; `presumed` if the actor does not stand beside the name.

    Somebody in an office of a state, but without actor, is at home, if the debate is.
    """

    name: str
    role: str
    gender: str
    actor: Actor | None
    expert: bool
    official: bool
    presumed: bool = False
    date: str | None = None


class WhosWho:
    """The cast of a debate's codebook, and those whom its documents introduce, in whatever order.

    `forms` are the actors of the cast by every form that texts may name them by, `people` those it lists; `places` are
    states and towns that two documents name, and `home` is the state of a debate at home.
    """

    def __init__(
        self,
        introductions: Iterable[Introduction],
        cast: Sequence[Member] = (),
        bodies: Iterable[Actor] = (),
        home: Actor | None = None,
    ) -> None:
        actors = [Actor("", m.name, KINDS.get(m.kind.lower(), SpeakerKind.ORGANISATION), None, m.members) for m in cast]
        self.cast = tuple(cast)
        self.forms = _forms(cast, actors)
        self.people = [who for m, actor in zip(cast, actors, strict=True) for who in _people(m, actor)]
        met = Counter(bodies)
        self._kinds = {actor.name: actor.kind for actor in met}
        self._named = Counter(actor.name for actor in met.elements())
        single = {name for name, kind in self._kinds.items() if " " not in name and kind is SpeakerKind.STATE}
        self.places = {name for name in single if self._named[name] > 1}
        several = {name for name, kind in self._kinds.items() if " " in name and kind is SpeakerKind.ORGANISATION}
        self._bodies = {fold(name): name for name in sorted(several, reverse=True)}
        self.home = home
        groups: dict[str, list[list[Introduction]]] = defaultdict(list)
        for told in sorted(introductions, key=_order):
            who = replace(told, actor=self.whole(told.actor) if told.actor else None if told.expert else home)
            if who.actor is None and not who.expert:
                continue
            alike = groups[surname(who.name)]
            group = next((g for g in alike if same_person(g[0].name, who.name)), None)
            if group is None:
                alike.append([who])
            else:
                group.append(who)
        self._met = dict(groups)

    def states(self) -> set[str]:
        """The states that the cast lists."""
        return {actor.name for actor in self.forms.values() if actor.kind is SpeakerKind.STATE}

    def whole(self, actor: Actor) -> Actor:
        """The body of another document that an actor's name is short for: "Labour", the Labour Alliance elsewhere.

        It begins with the name, a single word, and none but it does; bodies that places have and outlets are not meant.
        """
        if actor.id or actor.name in self.forms or " " in actor.name or actor == self.home:
            return self.forms.get(actor.name, actor)
        short = fold(actor.name)
        longer = [name for name in self._bodies if name.startswith(short + " ")]
        if len(longer) != 1 or set(longer[0].split()) & NOT_SHORT:
            return actor
        return Actor("", self._bodies[longer[0]], SpeakerKind.ORGANISATION)

    def ending(self, noun: str) -> Actor | None:
        """The one body that a noun means by itself, "the Commission", if two documents name it in full and it alone."""
        names = [full for full in self._bodies if full.endswith(" " + noun)]
        if len(names) != 1 or self._named[self._bodies[names[0]]] < 2:
            return None
        return Actor("", self._bodies[names[0]], SpeakerKind.ORGANISATION)

    def suggested(self) -> list[Member]:
        """The actors that the data do not know as a codebook would list them, most named first.

        Those that two documents name, or of whom one introduces somebody.
        """
        people: dict[str, list[str]] = defaultdict(list)
        kinds = dict(self._kinds)
        for group in self._met.values():
            for who in map(_one, group):
                if who.actor and not who.actor.id:
                    kinds.setdefault(who.actor.name, who.actor.kind)
                    people[who.actor.name].append(_with_role(who))
        names = people.keys() | {name for name, times in self._named.items() if times > 1}
        short = {name: self.whole(Actor("", name, kinds[name])).name for name in names}
        return [
            Member(
                name,
                "state" if kinds[name] is SpeakerKind.STATE else "organisation",
                tuple(sorted(form for form, whole in short.items() if whole == name != form)),
                tuple(sorted(people[name])),
            )
            for name in sorted(names, key=lambda name: (-self._named[name], name))
            if short[name] == name
        ]

    def listed(self, name: str) -> list[Introduction]:
        """As whom the codebook lists the one whom a full name or surname means; without actor if two are called so."""
        whole = " " in fold(name)
        found = [w for w in self.people if (same_person(w.name, name) if whole else surname(w.name) == surname(name))]
        if not found and not whole and surname(name) not in self._met:
            found = [w for w in self.people if same_person(surname(w.name), name)]  # spelt in another way
        return found if len({who.name for who in found}) < 2 else [_nobody(name)]

    def person(self, name: str, at: str | None = None) -> Introduction | None:
        """The one whom a full name or surname means in a text of a date (YYYY-MM-DD), None if nobody.

        Of several who are called so nothing is known.  Texts without a date count at any.
        """
        if listed := self.listed(name):
            return listed[0]
        groups = self._met.get(surname(name)) or [g for other in self._alike(surname(name)) for g in self._met[other]]
        for span in HOLDS:
            if found := [near for group in groups if (near := [who for who in group if _holds(who.date, at, span)])]:
                break
        if len(fold(name).split()) > 1:
            found = [group for group in found if same_person(group[0].name, name)]
        if len(found) > 1:
            return _nobody(name)
        return _one(found[0]) if found else None

    def _alike(self, family: str) -> list[str]:
        """The one family name that is the same in another spelling, if there is one: "molnick" for "molnik"."""
        found = [other for other in self._met if same_person(other, family)]
        return found if len(found) == 1 else []


def home(title: str, actors: Actors, places: Collection[str] = ()) -> Actor | None:
    """The one state that the title of a codebook names as where it is: "The pension reform in Belmora", not "Aid for Ukraine".

    Its first word is a name if it is an owner ("Ardesh's programme"), one of two, or one of the `places` that documents name.
    """
    title = ABROAD.sub(" ", title)
    states = [actors.sovereign(m.ids[0]) for m in actors.mentions(title) if m.sense in (Sense.NAME, Sense.DEMONYM)]
    for match in re.finditer(r"(?:The )?([A-Z][\w-]+(?: [A-Z\d][\w-]*)*)([’']s)?", title):
        name = match[1].removesuffix(match[2] or "")
        inside = match.start(1) or match[2] or name in places or title[match.end() :].startswith(" and ")
        if inside and " " not in name and name.lower() not in roles.NO_PLACE and not actors.mentions(name):
            states.append(Actor("", name, SpeakerKind.STATE))
    one = len({actor.name for actor in states}) == 1 and states[0].kind is SpeakerKind.STATE and not states[0].members
    return states[0] if one else None


def _nobody(name: str) -> Introduction:
    """Somebody of whom nothing is known, since several are called so."""
    return Introduction(name, "", "", None, expert=False, official=False)


def _forms(cast: Sequence[Member], actors: Sequence[Actor]) -> dict[str, Actor]:
    """The actors by name and form; a form that two share names neither, a lone common noun nobody ("inspectors")."""
    named: dict[str, set[str]] = defaultdict(set)
    found = {}
    for member, actor in zip(cast, actors, strict=True):
        for form in (member.name, *member.forms):
            bare = re.sub(r"^[Tt]he (?=[A-Z])", "", form) if form == member.name else form
            if fold(bare) and fold(bare) not in roles.STARTERS and (" " in bare or not bare[0].islower()):
                named[bare].add(member.name)
                found[bare] = actor
    return {form: actor for form, actor in found.items() if len(named[form]) == 1}


def _people(member: Member, actor: Actor) -> Iterable[Introduction]:
    """ "Jane Doe (mayor)" of an actor's people."""
    for text in member.people:
        name, _, role = text.partition("(")
        yield Introduction(strip_titles(name.strip()), role.strip(" )"), "", actor, expert=False, official=True)


def _with_role(who: Introduction) -> str:
    """A person as a cast lists them; of an office that was told in two ways, the first."""
    words = who.role.translate(str.maketrans("()", "  ")).split()
    again = next((place for place, word in enumerate(words) if word in words[:place]), len(words))
    role = re.sub(r" (?:the|our|its|a|of)$", "", " ".join(words[:again]))
    return f"{who.name} ({role})" if role else who.name


def _order(who: Introduction) -> tuple[int, str, str, str, str]:
    """An order that does not depend on that of the documents; long names first."""
    return -len(who.name), who.name, who.role, str(who.actor), who.date or ""


def _holds(said: str | None, at: str | None, span: timedelta) -> bool:
    """Whether what a text of one date says holds for a text of another."""
    try:
        return not said or not at or abs(date.fromisoformat(said) - date.fromisoformat(at)) <= span
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
