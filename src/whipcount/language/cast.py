"""The people of one document: who is named, in which role, for which actor.

The text itself is the first evidence ("Polish Prime Minister Donald Tusk"), the dated data the second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from whipcount.language.actors import Actor, Actors, Mention, Sense
from whipcount.language.names import fold, office, same_person, surname
from whipcount.model import Document, Span, SpeakerKind

_WORD = r"[^\W\d_][\w’'-]*\.?"
_PARTICLE = r"(?:von|van|der|den|de|da|do|di|la|le|el|al|bin|ibn|ben|della|del|dos|ter|zu)"
_CAPITAL = (
    r"(?:(?:[A-Z]\.){2,}|(?:Mr|Mrs|Ms|Dr|Gen|Sen|Gov|Lt|Col|Prof|Rep|St|Adm|Maj|Capt|[A-Z])\.|[A-ZÀ-ÖØ-ÞĀ-Ž][\w’'-]*)"
)
"""A capitalised word; a stop belongs to it in initials and abbreviated titles only, else it ends the sentence."""
RUN = re.compile(rf"{_CAPITAL}(?:[ \u00a0]+(?:{_PARTICLE}[ \u00a0]+){{0,2}}{_CAPITAL}){{0,8}}")

TITLE_WORDS = frozenset(
    (
        "president prime minister premier chancellor foreign defence defense interior finance energy economy "
        "trade agriculture environment climate health justice labour labor transport education culture secretary "
        "general state deputy vice first second senior chief head high representative commissioner ambassador "
        "envoy special spokesman spokeswoman spokesperson senator congressman congresswoman rep sen gov governor "
        "mayor king queen prince princess emperor pope admiral general colonel major lieutenant captain commander "
        "marshal mr mrs ms miss dr prof professor sir lord dame lady judge justice speaker leader chairman "
        "chairwoman chairperson chair director analyst expert scholar economist historian lawyer journalist "
        "secretary-general director-general commander-in-chief former ex acting interim incoming outgoing new "
        "then-president then-prime vice-president vice-chancellor "
        "top official diplomat negotiator union party affairs security national permanent press white house the a "
        "an its his her their president-elect potus minister-president political scientist researcher fellow "
        "attorney counsel treasurer whip mp mep moderator veteran retired "
    ).split()
)
BODY_WORDS = frozenset(
    (
        "ministry council commission committee parliament union party federation association agency network "
        "institute university company corporation bank court congress senate assembly office department board "
        "league movement front alliance group organisation organization authority secretariat house bundestag "
        "duma rada diet chamber tribunal fund centre center foundation post times herald gazette tribune news "
        "daily journal observer press agency service treaty pact act summit conference bloc executive government "
        "cabinet delegation presidency church trust club society college school army navy police guard force "
        "forces left greens democrats socialists liberals conservatives workers citizens people's coalition "
        "republic kingdom states islands monday tuesday wednesday thursday friday saturday sunday january "
        "february march april may june july august september october november december european europeans western "
        "eastern northern southern asian african american latin arab studies some many several other most all "
        "both few no but and affairs policy tv radio channel media "
    ).split()
)
EXPERT = re.compile(
    r"(?i)\b(?:analysts?|experts?|professors?|scholars?|scientists?|researchers?|research (?:director|fellow)|economists?|historians?|"
    r"political scientist|commentators?|columnists?|journalists?|observers?|pundits?|fellow|lecturer|think[- ]tank|institute|university|"
    r"pollster|academics?|specialists?|lawyer|author|former|ex-\w+|retired|scientific (?:director|adviser))\b"
)
OFFICIAL = re.compile(
    r"(?i)\b(?:ministers?|president|premier|chancellor|spokes(?:man|woman|person)|secretary|commissioner|ambassador|envoy|"
    r"representative|negotiator|chief|leader|head|chair(?:man|woman|person)?|governor|mayor|senator|lawmaker|mp|mep|deputy|speaker|"
    r"king|queen|director|adviser|advisor|boss|commander|admiral|general|official|diplomat|whip|treasurer|potus|party leader)\b"
)


_BELONGS = re.compile(
    r"(?P<owner>[A-Z][\w-]+(?: (?:of the )?[A-Z][\w-]+){0,3})[’']s\b|\b(?:of|for) (?:the )?(?P<of>[A-Z][\w-]+(?: [A-Z][\w-]+){0,3})"
)
"""An actor that the data do not know, in a role: "Ostrel's energy minister", "president of Ilmara"."""


@dataclass(slots=True)
class Person:
    """Somebody whom the document names in full, or whom the data know."""

    name: str
    role: str = ""
    gender: str = ""
    spans: list[Span] = field(default_factory=list)
    actor: Actor | None = None
    expert: bool = False
    official: bool = False
    elect: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A personal name in the text and the words of role before it."""

    span: Span
    name: str
    role: str


def names(text: str, actors: Actors, span: Span) -> Iterator[Named]:
    """Names of people of two words or more: capitalised runs less titles, actors and words of bodies."""
    for match in RUN.finditer(text, *span):
        parts = [
            (m.group(), match.start() + m.start(), match.start() + m.end()) for m in re.finditer(r"\S+", match.group())
        ]
        skip, mentions = 0, actors.mentions(text, match.span())
        while skip < len(parts):
            held = next((m for m in mentions if m.span[0] == parts[skip][1] and m.sense is not Sense.PERSON), None)
            if held and held.span[1] >= parts[-1][2] - 2:
                break
            if held:
                skip += sum(parts[skip][1] <= p[1] < held.span[1] for p in parts)
            elif parts[skip][0].lower().rstrip(".,") in TITLE_WORDS or _possessive(parts[skip][0]):
                skip += 1
            else:
                break
        rest = parts[skip:]
        while rest and _possessive(rest[-1][0]) and len(rest) > 2:
            break
        if not 2 <= len(rest) <= 5:
            continue
        if any(m.span[0] >= rest[0][1] and m.sense not in (Sense.DEMONYM, Sense.WEAK) for m in mentions):
            continue
        if re.search(r"(?i)\bthe\s$", text[max(span[0], rest[0][1] - 4) : rest[0][1]]):
            continue
        words = [p[0].lower().removesuffix("’s").removesuffix("'s").rstrip(".,") for p in rest]
        if any(w in BODY_WORDS for w in words) or words[-1] in TITLE_WORDS:
            continue
        start, end = rest[0][1], rest[-1][2]
        name = re.sub(r"[’']s$", "", text[start:end]).rstrip(".,")
        role = _role_before(text, actors, max(span[0], start - 110), start)
        yield Named((start, start + len(name)), name, role)


def _role_before(text: str, actors: Actors, first: int, start: int) -> str:
    """The words of role that stand right before a name: "Germany's defence minister", "Kremlin spokesman".

    A name set off by a comma ("Ukraine's ambassador in London, Vadym ...") has its role before the comma.
    """
    before = re.split(r"(?<![A-Z])[.!?]|[;:\n“”\"«»(]", text[first:start])[-1]
    if before.rstrip().endswith(","):
        before = before.rstrip()[:-1].rsplit(",", 1)[-1]
        return before.strip() if OFFICIAL.search(before) or EXPERT.search(before) else ""
    before = before.rsplit(",", 1)[-1]
    offset = start - len(before)
    covered = [m.span for m in actors.mentions(text, (offset, start))]
    words = [(m.group(), offset + m.start()) for m in re.finditer(r"\S+", before)]
    keep = len(words)
    while keep:
        word, at = words[keep - 1]
        bare = word.lower().strip(".,").removesuffix("'s").removesuffix("’s")
        known = any(s <= at < e for s, e in covered)
        if not (
            known
            or bare in TITLE_WORDS
            or bare in ("of", "for", "affairs", "at")
            or _possessive(word)
            or word[0].isupper()
        ):
            break
        keep -= 1
    return " ".join(w for w, _ in words[keep:])


def _possessive(word: str) -> bool:
    return word.endswith(("’s", "'s"))


def apposition(text: str, end: int) -> str:
    """The words after a name up to the next comma or verb-like break: ", research director at the institute"."""
    tail = text[end : end + 220]
    match = re.match(r"(?:[’']s)?\s*(?:,|\(|—|–)\s*([^,;:.\n()“”\"]{3,160})", tail)
    if not match:
        return ""
    words = match.group(1)
    if re.match(r"(?i)(?:said|says|told|added|who|which|and|but|adding|saying|speaking|that)\b", words):
        return ""
    return words


class Cast:
    """People named in a document, and how far each has come up to a point in it."""

    def __init__(self, document: Document, actors: Actors) -> None:
        self.text = document.text
        self.actors = actors
        self.date = document.date
        self.people: list[Person] = []
        for span in document.body:
            for named in names(document.text, actors, span):
                self._enter(named)
        for match in re.finditer(r"\b[Pp]resident[- ][Ee]lect (?:[A-Z]\w+ )?([A-Z][\w’-]+)", document.text):
            for person in self.by_name(match.group(1)):
                person.elect = True
        for person in self.people:
            self._settle(person)

    def _enter(self, named: Named) -> None:
        role = f"{named.role} {apposition(self.text, named.span[1])}".strip()
        known = self.actors.person(named.name, self.date)
        name = known[0] if len(known) == 1 and " " in fold(named.name) else named.name
        for person in self.people:
            if person.name == name or (" " in fold(person.name) and same_person(person.name, name)):
                person.spans.append(named.span)
                if not (person.official or person.expert):
                    person.role = f"{person.role} {role}".strip()
                self._role(person, role)
                return
        person = Person(name, role, self.actors.gender(name), [named.span], known=name in known)
        self._role(person, role)
        self.people.append(person)

    def _role(self, person: Person, role: str) -> None:
        if not role:
            return
        person.elect |= bool(re.search(r"(?i)\bpresident[- ]elect\b", role))
        if EXPERT.search(role):
            person.expert = True
        elif OFFICIAL.search(role) or role.endswith(("'s", "’s")):
            person.official = True
        if person.actor is None:
            person.actor = self.affiliation(role)

    def affiliation(self, role: str) -> Actor | None:
        """The actor that a role belongs to: "Germany's defence minister", "Kremlin spokesman", "minister of Ostrel"."""
        mentions = [m for m in self.actors.mentions(role) if m.sense not in (Sense.OUTLET, Sense.WEAK)]
        if mentions:
            return self.actors.actor(mentions[0].ids[0])
        unknown = _BELONGS.search(role)
        name = (unknown["owner"] or unknown["of"]) if unknown else ""
        if name and name.split()[0].lower() not in TITLE_WORDS | BODY_WORDS:
            return Actor("", name, SpeakerKind.ORGANISATION)
        return None

    def _settle(self, person: Person) -> None:
        """Fill from the data what the text leaves open: the office held at the document's date."""
        tenures = self.actors.tenures(person.name, self.date)
        if person.elect:
            tenures = [t for t in self.actors.tenures(person.name, None) if t.office == "president-elect"] or tenures
        if tenures and not person.expert:
            person.official = True
            text_actor = person.actor
            chosen = next((t for t in tenures if text_actor and t.actor == text_actor.id), tenures[-1])
            person.actor = self.actors.actor(chosen.actor)
            person.elect |= chosen.office == "president-elect"
        elif person.known and not tenures and not person.official:
            person.expert = True

    def by_name(self, name: str) -> list[Person]:
        """People whom a full name or surname may mean, those named in the text before those in the data."""
        parts = fold(name).split()
        if not parts:
            return []
        if len(parts) > 1:
            found = [p for p in self.people if same_person(p.name, name)]
        else:
            found = [p for p in self.people if surname(p.name) == parts[0] or parts[0] in fold(p.name).split()]
            found = found or [p for p in self.people if same_person(surname(p.name), name)]
        if found:
            return found
        known = self.actors.person(name, self.date)
        if len(known) == 1 and (len(parts) > 1 or self.actors.tenures(known[0], self.date)):
            person = Person(known[0], "", self.actors.gender(known[0]), known=True)
            self._settle(person)
            self.people.append(person)
            return [person]
        return []

    def holder(self, role: str, actor: Actor) -> Person | None:
        """Who holds the office that `role` names for an actor at the document's date; None if not one is known."""
        name = office(role)
        if name is None:
            return None
        for candidate in (name, *(("head-of-government",) if name == "head-of-state" else ())):
            people = self.actors.holders(candidate, actor.id, self.date)
            if len(people) > 1:
                people = [p for p in people if any(q.name == p for q in self.people)]
            if len(people) == 1:
                return self.by_name(people[0])[0]
        return None


def mention_of(mentions: list[Mention], senses: tuple[Sense, ...]) -> Mention | None:
    """The first mention in one of the senses."""
    return next((m for m in mentions if m.sense in senses), None)
