"""The people and bodies of one document: who is named, in which role, for which actor.

The text itself is the first evidence ("Polish Prime Minister Donald Tusk", "Patria's Iago Turel"), the dated data the
second.  Bodies that the data do not know are found by their form ("Union of Rail Workers", "the Social Alliance").
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from whipcount.language import roles
from whipcount.language.actors import Actor, Actors, Mention, Sense
from whipcount.language.names import fold, office, public_body, same_person, surname
from whipcount.language.quotes import inside_marks
from whipcount.language.whoswho import Introduction, WhosWho
from whipcount.model import Document, Span, SpeakerKind


@dataclass(slots=True)
class Person:
    """Somebody whom the document names, or whom the data know."""

    name: str
    role: str = ""
    gender: str = ""
    spans: list[Span] = field(default_factory=list)
    actor: Actor | None = None
    expert: bool = False
    official: bool = False
    elect: bool = False
    known: bool = False
    apart: bool = False
    elsewhere: bool = False
    """Whether it is another document of the debate that tells the actor."""


@dataclass(frozen=True, slots=True)
class Named:
    """A personal name in the text, the titles before it, and m or f where a title tells."""

    span: Span
    name: str
    title: str = ""
    gender: str = ""


def apposition(text: str, end: int) -> str:
    """The words after a name up to the next comma or verb-like break: ", research director at the institute"."""
    match = re.match(r"(?:[’']s)?\s*(?:,|\(|—|–)\s*([^,;:.\n()“”\"]{3,160})", text[end : end + 220])
    if not match:
        return ""
    words = match.group(1)
    if re.match(
        r"(?i)(?:said|says|told|added|which|and|but|adding|saying|speaking|that|who (?:has|had|said|says))\b", words
    ):
        return ""
    return words


class Cast:
    """People and bodies named in a document.

    `debate_names` are names that the codebook of the debate uses, `known` the cast that it lists and what its other documents tell.
    """

    def __init__(
        self, document: Document, actors: Actors, debate_names: Collection[str] = (), known: WhosWho | None = None
    ) -> None:
        self.debate_names = frozenset(debate_names)
        self.known = known
        self.text = document.text
        self.actors = actors
        self.date = document.date
        self.people: list[Person] = []
        self._bodies: dict[str, Actor] = {}
        self._short: set[str] = set()
        for form, actor in known.forms.items() if known else ():
            self._bodies[fold(form)] = self._listed(actor)
            self._short.add(form)
        self._mentions = actors.mentions(self.text)
        self._starts = [m.span[0] for m in self._mentions]
        self._lower = set(re.findall(r"\b[a-z][a-z-]+\b", self.text))
        for span in document.body:
            for match in roles.OWNER.finditer(self.text, *span):
                self._find_body(match.span())
            for match in roles.ORGAN.finditer(self.text, *span):
                self._find_organ(match)
        self._index()
        found = sorted((n for span in document.body for n in self.names(span)), key=lambda n: " " not in n.name)
        found = self._without_openers(found)
        for named in found:
            self._enter(named)
        self._find_places(document.body)
        self._index()
        for named in found:
            for person in self.people:
                if named.span in person.spans:
                    self._role(person, named)
        for match in re.finditer(r"\b[Pp]resident[- ][Ee]lect (?:[A-Z]\w+ )?([A-Z][\w’-]+)", self.text):
            for person in self.by_name(match.group(1)):
                person.elect = True
        self._index()
        for person in self.people:
            person.spans.sort()
            self._settle(person)
            self._recall(person)

    # ---------------------------------------------------------------- actors
    def _listed(self, actor: Actor) -> Actor:
        """An actor of the codebook's cast, or the one of the data that it names."""
        return self.actors.find(actor.name) or actor

    def _over(self, span: Span) -> list[Mention]:
        """Mentions that share words with a span."""
        first = bisect_left(self._starts, span[0] - 80)
        last = bisect_left(self._starts, span[1])
        return [m for m in self._mentions[first:last] if m.span[1] > span[0]]

    def within(self, span: Span) -> list[Mention]:
        """Mentions of actors and bodies that lie in a span, in order."""
        first = bisect_left(self._starts, span[0])
        last = bisect_left(self._starts, span[1])
        return [m for m in self._mentions[first:last] if m.span[1] <= span[1]]

    def actor(self, id: str) -> Actor:
        """The actor with an id of the data, or the body of the document with a name."""
        return self._bodies[id[1:]] if id.startswith("=") else self.actors.actor(id)

    def sovereign(self, id: str) -> Actor:
        """The actor whose position an organ states."""
        return self._bodies[id[1:]] if id.startswith("=") else self.actors.sovereign(id)

    def _find_body(self, span: Span) -> None:
        """Enter a capitalised run that has the form of a body's name."""
        start, end = span
        words = self.text[start:end].split()
        for link in ("of", "for"):
            if link in words and not {w.lower() for w in words[: words.index(link)]} & roles.BODY_NOUNS:
                start += self.text[start:end].index(f" {link} ") + len(link) + 2
                start += 4 if self.text.startswith("the ", start) else 0
                return self._find_body((start, end))
        while words and self._starter(words[0], start):
            start += len(words[0]) + 1
            words = words[1:]
        if self.text[end - 2 : end] in ("’s", "'s"):
            end -= 2
        name = self.text[start:end].rstrip(".")
        nouns = {w.strip("’'").lower().removesuffix("’s").removesuffix("'s") for w in words} & roles.BODY_NOUNS
        capital = all(w.isupper() for w in words)
        known = any(m.sense in (Sense.DEMONYM, Sense.NAME) for m in self.within((start, end)))
        if known and (public_body(name) or words[-1].lower() in roles.PUBLIC_NOUNS or words[0].lower() in roles.PUBLIC_NOUNS):
            return
        if len(words) < 2 or not nouns or capital or any(m.span == (start, end) for m in self.within((start, end))):
            return
        if words[-1].lower() in roles.TITLE_WORDS - {"state"} or any(
            w.lower() in ("minister", "president") for w in words[:-1]
        ):
            return
        self._enter_body(name)

    def _find_organ(self, match: re.Match[str]) -> None:
        """Take an organ for the body that it is of, here and where the text goes on to call it "the council"."""
        owner = self._bodies.get(fold(match["owner"]))
        if owner is None or owner.kind is not SpeakerKind.ORGANISATION or not set(fold(match["owner"]).split()) & roles.BODY_NOUNS:
            return
        for form in (match.group(), match["organ"]):
            self._bodies[fold(form)] = owner

    def _find_places(self, body: Iterable[Span]) -> None:
        """Enter single names that are no person's: capitalised within a sentence, twice, or as an owner ("Ostrel's").

        Lines in which most words are capitalised are headings and prove nothing.
        """
        surnames = {word for person in self.people for word in fold(person.name).split()}
        seen: Counter[str] = Counter()
        sure: set[str] = set()
        governed: set[str] = set()
        for first, last in body:
            for line in re.finditer(r"[^\n]+", self.text[first:last]):
                words = re.findall(r"[^\W\d_]{4,}", line.group())
                heading = sum(w[0].isupper() for w in words) > 0.6 * len(words) and len(words) > 3
                for match in roles.SINGLE.finditer(line.group()):
                    name, start = match["name"], first + line.start() + match.start("name")
                    if name.lower() in roles.NO_PLACE or name.lower() in self._lower or fold(name) in surnames:
                        continue
                    if self.actors.person(name, self.date) or (self.known and self.known.listed(name)):
                        continue
                    if any(m.span[0] <= start < m.span[1] for m in self._over((start, start + len(name)))):
                        continue
                    seen[name] += 1
                    within = re.search(r"[\w,;’'] $", self.text[max(0, start - 3) : start]) is not None
                    acts = roles.ACTS.match(self.text, start + len(name)) and not re.search(r"(?:s|ed|ing|ly)$", name)
                    if (within and not heading) or match["owner"] or acts:
                        sure.add(name)
                    before = self.text[max(0, start - 60) : start]
                    governs = roles.GOVERNED.match(self.text, start + len(name)) or roles.GOVERNING.search(before)
                    if governs and not self.actors.mentions(name):
                        governed.add(name)
        for name, count in seen.items():
            told = name in self.debate_names or bool(self.known and name in self.known.places)
            named = name in governed or (told and not self.actors.mentions(name))
            if named or (name in sure and count > 1):
                home = self.known and self.known.home and self.known.home.name
                longer = [] if name in governed or name == home else self._starting_with(name)
                if len(longer) == 1:
                    self._bodies[fold(name)] = longer[0]  # "Brisca", of Brisca Marine
                    self._short.add(name)
                else:
                    self._enter_body(name)

    def _starting_with(self, name: str) -> list[Actor]:
        """Bodies that a name may be short for: not those that places have, as a council or a bank."""
        longer = [(full.split(), actor) for full, actor in self._bodies.items() if full.startswith(fold(name) + " ")]
        own = [actor for words, actor in longer if not set(words) & (roles.PUBLIC_NOUNS | roles.LOCAL_NOUNS)]
        return [actor for actor in own if actor.kind is SpeakerKind.ORGANISATION]

    def _starter(self, word: str, start: int) -> bool:
        """Whether a capitalised word only begins a sentence."""
        low = word.lower()
        if low in roles.STARTERS or low in ("the", "a", "an"):
            return True
        before = self.text[max(0, start - 3) : start].rstrip(' "“')
        return (not before or before[-1] in ".!?:\n—–") and low in self._lower and low not in roles.BODY_NOUNS

    def _enter_body(self, name: str) -> Actor:
        key = fold(name)
        if key not in self._bodies:
            inner = self.actors.mentions(name)
            of = (
                inner[0].ids[0]
                if inner and public_body(name) and inner[0].sense in (Sense.DEMONYM, Sense.NAME)
                else None
            )
            owner = self.actors.actor(of) if of else None
            place = (" " not in name and not roles.NO_STATE.search(name)) or (
                " " in name
                and name.split(maxsplit=1)[0].lower() in roles.PLACE_FIRST
                and not set(key.split()) & roles.BODY_NOUNS
            )
            found = owner or Actor("", name, SpeakerKind.STATE if place else SpeakerKind.ORGANISATION)
            self._bodies[key] = self.known.whole(found) if self.known else found
            if self._bodies[key].name != found.name:
                self._short.add(name)
        return self._bodies[key]

    def _index(self) -> None:
        """Find the bodies wherever the text names them, and merge them with the mentions of known actors."""
        adjectives = self._adjectives()
        own = [actor for actor in self._bodies.values() if not actor.id]
        for actor in own:  # one that only another form has named so far
            self._bodies.setdefault(fold(actor.name), actor)
        names = {actor.name for actor in own} | self._short
        forms = sorted({*names, *adjectives}, key=len, reverse=True)
        if not forms:
            return
        found = [m for m in self._mentions if not m.ids[0].startswith("=")]
        pattern = re.compile(r"(?<![\w-])(?:" + "|".join(map(_pattern, forms)) + r")(?!\w)")
        for match in pattern.finditer(self.text):
            over = [m for m in found if m.span[0] < match.end() and match.start() < m.span[1]]
            if any(m.span[1] - m.span[0] >= match.end() - match.start() for m in over):
                continue
            beside = re.match(r" [A-Z]", self.text[match.end() : match.end() + 2]) or re.search(
                r"[A-Z][\w.]* $", self.text[max(0, match.start() - 15) : match.start()]
            )
            if " " not in match.group() and beside:
                continue  # part of a longer name
            found = [m for m in found if m not in over]
            adjective = adjectives.get(match.group())
            key = "=" + fold(adjective or match.group())
            found.append(Mention(match.span(), (key,), Sense.DEMONYM if adjective else Sense.NAME, match.group()))
        self._mentions = sorted(found, key=lambda m: m.span)
        self._starts = [m.span[0] for m in self._mentions]

    def _adjectives(self) -> dict[str, str]:
        """Adjectives of bodies that are single names: "Quillanian" beside "Quillan"."""
        places = [a.name for a in self._bodies.values() if not a.id and " " not in a.name and len(a.name) > 3]
        result = {}
        for word in set(re.findall(r"\b[A-Z][a-z]+(?:ian|ean|an|ese|ish|ic|i)s?\b", self.text)):
            stem = re.sub(r"(?:ian|ean|an|ese|ish|ic|i)s?$", "", word)
            for place in places:
                if (
                    place != word
                    and len(stem) >= 3
                    and place.startswith(stem[: max(3, len(stem) - 1)])
                    and len(place) <= len(stem) + 3
                ):
                    result[word] = place
        return result

    def body(self, name: str, at: int | None = None) -> Actor | None:
        """The actor that a name means: of the data, or a body of the document by full name, part of it or initials."""
        name = re.sub(r"^(?:the|The) ", "", name.strip())
        key = fold(name)
        if not key:
            return None
        if key in self._bodies:
            return self._bodies[key]
        known = self.actors.mentions(name)
        if known and known[0].sense is not Sense.WEAK and len(known[0].text) >= len(name) - 2:
            return self.actors.actor(known[0].ids[0])
        words = key.split()
        if not set(words) & roles.BODY_NOUNS and any(w in fold(p.name).split() for p in self.people for w in words):
            return None
        parts = [
            (full, actor)
            for full, actor in self._bodies.items()
            if len(full) > len(key)
            and (
                set(words) <= set(full.split())
                or key == "".join(w[0] for w in full.split() if w not in ("of", "the", "for", "and"))
            )
        ]
        if parts and at is not None:
            before = [(self._last(actor, at), actor) for _, actor in parts]
            last, nearest = max(before, key=lambda pair: pair[0])
            if last < 0 and len({actor.name for _, actor in parts}) > 1:
                return None
            parts = [("", nearest)]
        if not parts and self.known and key in roles.BODY_NOUNS and name[0].isupper():
            return self.known.ending(key)
        return parts[0][1] if parts else None

    def _last(self, actor: Actor, at: int) -> int:
        return self.text.rfind(actor.name, 0, at)

    def owner(self, name: str, at: int) -> Actor | None:
        """The actor that owns a role; a name that nothing knows becomes a body of the document."""
        given = name
        name = re.sub(r"[’']s?$", "", re.sub(r"^(?:the|The) ", "", name)).strip()
        head, _, tail = name.partition(" of ")
        if tail and not {w.lower() for w in head.split()} & (
            roles.BODY_NOUNS | roles.PUBLIC_NOUNS | {"city", "town", "province", "university"}
        ):
            name = tail.removeprefix("the ")
        if re.fullmatch(r"[A-Z](?:-[A-Z][\w.]*)?|[A-Z]-\w+", name):
            return None
        owns = name != given
        words = name.split()
        while words and (words[0].lower() in roles.STARTERS or words[0].lower() in roles.TITLE_WORDS - {"new"}):
            words = words[1:]
        name = " ".join(words)
        if not name or words[-1].lower() in roles.TITLE_WORDS:
            return None
        if {w.lower() for w in words} <= roles.PORTFOLIOS and not owns:
            return None
        mentions = [m for m in self.actors.mentions(name) if m.sense is not Sense.WEAK]
        whole = mentions and len(mentions[0].text) >= len(name) - 2
        if whole and mentions[0].sense is Sense.OUTLET:
            return None
        adjective = mentions and mentions[0].sense is Sense.DEMONYM and not {w.lower() for w in words} & roles.BODY_NOUNS
        if mentions and (whole or adjective or public_body(name)):
            return self.actors.actor(mentions[0].ids[0])
        if self.body(name, at):
            return self.body(name, at)
        holder = next((p for p in self.people if same_person(p.name, name)), None)
        if holder:
            self._settle(holder)
            return holder.actor
        adjectives = self._adjectives()
        if name in adjectives:
            return self._bodies[fold(adjectives[name])]
        if not name[0].isupper() or (" " not in name and self.actors.person(name)):
            return None  # "some courses", "six in 10"; "Trump" without office is no body
        return self._enter_body(name)

    def opens_only(self, word: str) -> bool:
        """Whether a capitalised word stands nowhere but at the start of sentences, where any word is capitalised."""
        places = (m.start() for m in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", self.text))
        return all(re.search(r"(?:^|[.!?:;—–*\n\"“”(])\s*$", self.text[max(0, at - 3) : at]) for at in places)

    def near(self, at: int, role: str = "") -> Actor | None:
        """The actor named last before a position in its paragraph, but not in a quotation; a role tells of which kind.

        For an office that only states have, it is the state of a debate at home if none is named.
        """
        wanted = (
            SpeakerKind.STATE
            if roles.STATE_ROLE.search(role)
            else SpeakerKind.ORGANISATION
            if roles.BODY_ROLE.search(role)
            else None
        )
        line = self.text.rfind("\n", 0, at) + 1
        senses = (Sense.NAME, Sense.DEMONYM, Sense.CAPITAL, Sense.SEAT)
        quoted = inside_marks(self.text[line:at])
        for mention in reversed([m for m in self.within((line, at)) if m.sense in senses and not quoted[m.span[0] - line]]):
            actor = self.actor(mention.ids[0])
            if wanted is None or actor.kind is wanted:
                return self.sovereign(mention.ids[0])
        return self.known.home if self.known and roles.STATE_WIDE.search(role) else None

    # ---------------------------------------------------------------- people
    def names(self, span: Span) -> Iterable[Named]:
        """Names of people in a span: capitalised runs less titles, actors and words of bodies.

        Two words or more, or one after a title ("Mr Arrec", "interior minister Dask").
        """
        text = self.text
        for match in roles.RUN.finditer(text, *span):
            parts = [
                (m.group(), match.start() + m.start(), match.start() + m.end())
                for m in re.finditer(r"\S+", match.group())
            ]
            mentions = self._over(match.span())
            skip = 0
            for index, (word, start, _) in enumerate(parts[:-1]):
                held = next((m for m in mentions if m.span[0] <= start < m.span[1]), None)
                bare = word.lower().rstrip(".,")
                if held and held.span[1] >= parts[-1][2] - 2:
                    skip = len(parts)
                    break
                if (
                    held
                    or (bare in roles.TITLE_WORDS and not re.fullmatch(r"[A-Z]\.", word))
                    or (bare in roles.EPITHETS and index + 2 < len(parts))
                    or word.endswith(("’s", "'s"))
                    or (
                        index == skip
                        and (self._starter(word, start) or (bare in roles.BODY_NOUNS and index + 2 < len(parts)))
                    )
                ):
                    skip = index + 1
            rest = parts[skip:]
            if not rest or len(rest) > 5:
                continue
            title = " ".join(p[0] for p in parts[:skip])
            lead = text[max(0, rest[0][1] - 40) : rest[0][1]]
            spoken = re.search(rf"(?i)\b(?:{roles.OFFICIAL_NOUN}|{roles.SURNAME_TITLE})\.? $", lead)
            if len(rest) == 1 and not spoken:
                continue
            if any(
                m.span[0] >= rest[0][1] and m.sense is not Sense.DEMONYM and m.sense is not Sense.WEAK for m in mentions
            ):
                continue
            if skip == 0 and re.search(r"(?i)\bthe\s$", lead):
                continue
            words = [p[0].lower().removesuffix("’s").removesuffix("'s").rstrip(".,’'") for p in rest]
            if words[-1] in roles.TITLE_WORDS | roles.EPITHETS or (len(rest) > 1 and not spoken and self._is_body(words)):
                continue
            if len(rest) == 1 and (words[0] in roles.STARTERS or words[0] in roles.BODY_NOUNS or words[0] in roles.TITLE_WORDS):
                continue
            start, end = rest[0][1], rest[-1][2]
            name = re.sub(r"[’']s?$", "", text[start:end]).rstrip(".,")
            gender = "m" if re.search(r"\b(?:[Mm]r|Sir|Lord|King)\b\.? $", lead) else ""
            gender = gender or (
                "f" if re.search(r"(?:\b(?:[Mm]rs|[Mm]s|Madam|Lady|Queen)\b\.?|woman|ress) $", lead) else ""
            )
            yield Named(
                (start, start + len(name)), name.title() if name.isupper() and len(name) > 3 else name, title, gender
            )

    def _without_openers(self, found: list[Named]) -> list[Named]:
        """Without names that are a surname after the first word of a sentence: "Injecting Clinton" beside "Hillary Clinton"."""
        full = Counter(named.name for named in found)
        surnames = Counter(surname(name) for name in full if " " in name)
        kept = []
        for named in found:
            before = self.text[max(0, named.span[0] - 3) : named.span[0]].rstrip(' "“')
            opens = not before or before[-1] in ".!?:\n"
            twin = " " in named.name and surnames[surname(named.name)] > 1 and full[named.name] == 1 and not named.title
            if not (opens and twin and not self.actors.person(named.name)):
                kept.append(named)
        return kept

    def _is_body(self, words: list[str]) -> bool:
        return bool(set(words) & roles.BODY_NOUNS) or words[0] in roles.PLACE_FIRST or words[0] in roles.STARTERS

    def _enter(self, named: Named) -> None:
        known = self.actors.person(named.name, self.date)
        name = known[0] if len(known) == 1 and " " in fold(named.name) else named.name
        people = [p for p in self.people if p.name == name or same_person(p.name, name)]
        if not people and " " not in name:
            people = [p for p in self.people if fold(name) in fold(p.name).split()]
        if len(people) == 1 or (people and " " not in name):
            person = people[-1]
        elif " " not in name and known:
            return
        else:
            person = Person(name, "", self.actors.gender(name), known=name in known)
            self.people.append(person)
        if " " in name and not person.known and person.name.endswith(" " + name):
            person.name = name  # "Republican Jane Doe" is no longer name than "Jane Doe"
        person.spans.append(named.span)
        person.gender = person.gender or named.gender

    def _role(self, person: Person, named: Named) -> None:
        """Role and actor that stand beside a name; what the text has said first stays."""
        start, end = named.span
        lead = roles.COURTESY.sub("", self.text[max(0, start - 120) : start])
        head = re.split(r"(?<![A-Z\b])[.!?](?=\s)|[;:\n“”\"«»(]", lead)[-1]
        found = [(p, m) for p in roles.BEFORE if (m := p.search(head)) and not _empty(m)]
        after = next((m for p in roles.AFTER if (m := p.match(self.text, end)) and not _empty(m)), None)
        beside = apposition(self.text, end)
        here = roles.EXPERT_HERE.search(head)
        expert = roles.EXPERT.search(beside) or roles.EXPERT.search(found[0][1].group() if found else "") or here
        if here:
            person.role = f"{person.role} {here.group()}".strip()
        for match in ([found[0][1]] if found else []) + ([after] if after else []):
            groups = match.groupdict()
            role = (groups.get("role") or groups.get("theirs") or "").strip()
            actor: Actor | None = None
            if groups.get("owner") and not self._common(groups["owner"], match):
                possessive = re.match("[’']s?", match.string[match.end("owner") :])
                actor = self.owner(groups["owner"] + (possessive.group() if possessive else ""), start)
                tail = self.text[match.end() : match.end() + 3]
                lives = re.match(r", (?:of|from) ", match.group()) or re.match(r", [A-Z]", tail)
                if not role and match is after and lives and not (actor and actor.id):
                    continue  # "Johnnie Wilson, of Springfield, Va." lives there
                if actor is None and re.match(r"(?i)campaign|camp|team|transition", role):
                    actor = Actor("", f"{groups['owner']} {role.split()[0]}", SpeakerKind.ORGANISATION)
                if actor is None and role:
                    person.apart = True
            elif groups.get("noun"):
                actor = self.body(groups["noun"], start)
            elif groups.get("theirs"):
                actor = self._subject(start) if match.group().startswith("Its ") else None
                actor = actor or self.near(start)
            if role:
                person.role = f"{person.role} {role}".strip()
                person.elect |= bool(re.search(r"(?i)\bpresident[- ]elect\b", role))
            if person.actor is None:
                person.actor = actor
            if (role or actor) and not expert:
                person.official = True
        if expert and not (person.official and not person.expert and person.actor):
            person.expert = True
        if beside and (roles.OFFICIAL.search(beside) or roles.EXPERT.search(beside)):
            person.role = f"{person.role} {beside}".strip()

    def _subject(self, at: int) -> Actor | None:
        """The actor with which the sentence before a position begins: "Temeris would sign. Its foreign minister ..."."""
        window = max(0, at - 600)
        stops = [m.end() + window for m in re.finditer(r"[.!?][”\"’)]*\s+|\n", self.text[window:at])]
        if not stops:
            return None
        first, last = stops[-2] if len(stops) > 1 else window, stops[-1]
        mention = next((m for m in self.within((first, last)) if m.sense is Sense.NAME), None)
        return self.sovereign(mention.ids[0]) if mention and mention.span[0] - first < 15 else None

    def _common(self, owner: str, match: re.Match[str]) -> bool:
        """Whether what stands before an office is a noun that opens the sentence: "Dam boss Miro Tasik"."""
        opens = not match.string[: match.start("owner")].strip()
        return opens and " " not in owner and owner.lower() in self._lower and not self.actors.mentions(owner)

    def _settle(self, person: Person) -> None:
        """Fill from the data what the text leaves open: the office held at the document's date."""
        tenures = self.actors.tenures(person.name, self.date)
        if person.elect:
            tenures = [t for t in self.actors.tenures(person.name, None) if t.office == "president-elect"] or tenures
        if tenures:
            person.official, person.expert = True, False
            text_actor = person.actor
            chosen = next((t for t in tenures if text_actor and t.actor == text_actor.id), tenures[-1])
            person.actor = self.actors.actor(chosen.actor)
            person.elect |= chosen.office == "president-elect"
        elif person.known and not tenures and not person.official:
            person.expert = True

    def _recall(self, person: Person) -> None:
        """Fill from the codebook's cast and other documents of the debate what this one and the data leave open."""
        if self.known and not person.known and (listed := self.known.listed(person.name)):
            of = next((who for who in listed if person.actor == self._side(who)), listed[0])
            if of.actor:
                person.name = of.name if " " not in person.name else person.name
                person.actor, person.official, person.expert = self._side(of), True, False
                person.role = person.role or of.role
            return
        who = self.known.person(person.name, self.date) if self.known and not person.known and person.actor is None else None
        if who is None or person.expert or person.apart:
            return
        person.name = who.name if " " not in person.name else person.name
        person.role, person.gender = person.role or who.role, person.gender or who.gender
        here = self.body(who.actor.name) if who.actor and not who.actor.id else None  # "Labour", here the Labour Alliance
        person.actor, person.expert, person.official = here or who.actor, who.expert, who.official or person.official
        person.elsewhere = True

    def _side(self, who: Introduction) -> Actor | None:
        """The actor of somebody whom the codebook lists."""
        return self._listed(who.actor) if who.actor else None

    def presumed(self, person: Person) -> Actor | None:
        """The actor of somebody in a leading role of whom the text does not say whose.

        The one named last; else the state of which the person first vouches for something: "confirmed that Peru supports".
        """
        if person.actor or not person.official or person.apart or not person.spans or not roles.LEADS.search(person.role):
            return None
        near = self.near(person.spans[0][0], person.role)
        vouches = roles.VOUCHES.match(self.text, person.spans[0][1])
        if near or not vouches:
            return near
        first = next((m for m in self._over((vouches.end(), vouches.end() + 1)) if m.sense is Sense.NAME), None)
        actor = self.sovereign(first.ids[0]) if first else None
        return actor if actor and actor.kind is SpeakerKind.STATE and roles.STATE_ROLE.search(person.role) else None

    def introductions(self) -> list[Introduction]:
        """Those whom this text introduces and the data do not know, with the actor or as experts."""
        found = []
        for p in self.people:
            if p.known or p.apart or p.elect:
                continue
            actor = p.actor or self.presumed(p)
            if p.expert or (p.official and (actor or roles.STATE_WIDE.search(p.role))):
                presumed = p.actor is None and not p.expert
                found.append(Introduction(p.name, p.role, p.gender, actor, p.expert, p.official, presumed, self.date))
        return found

    def bodies(self) -> list[Actor]:
        """The bodies and places that this text names and the data do not know."""
        return sorted({a for a in self._bodies.values() if not a.id}, key=lambda a: a.name)

    def governments(self) -> set[str]:
        """The states of which this text names a minister or somebody whom the data know in office."""
        held = [p for p in self.people if p.official and p.actor and (p.known or roles.STATE_WIDE.search(p.role))]
        owners = [self.actors.sovereign(p.actor.id) if p.actor.id else p.actor for p in held if p.actor]
        return {owner.name for owner in owners if owner.kind is SpeakerKind.STATE}

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
        who = self.known.person(name, self.date) if self.known else None
        known = self.actors.person(name, self.date)
        holds = len(known) == 1 and (len(parts) > 1 or bool(self.actors.tenures(known[0], self.date)))
        if who:
            if holds and not same_person(who.name, known[0]):
                return [Person(name)]  # an office-holder of the data or somebody of this debate: who can tell
            person = Person(who.name, who.role, who.gender, [], self._side(who), who.expert, who.official, elsewhere=True)
            self.people.append(person)
            return [person]
        if not known and len(parts) == 1:
            known = self._heard(name)
            holds = len(known) == 1
        if holds:
            person = Person(known[0], "", self.actors.gender(known[0]), known=True)
            self._settle(person)
            self.people.append(person)
            return [person]
        return []

    def _heard(self, surname: str) -> list[str]:
        """Those whose surname sounds so and who hold an office of an actor that the text names."""
        if len(surname) < 5:
            return []
        named = {self.sovereign(id).id for mention in self._mentions for id in mention.ids}
        people = self.actors.heard(surname, self.date)
        return [p for p in people if any(self.actors.sovereign(t.actor).id in named for t in self.actors.tenures(p, self.date))]

    def listed_as(self, role: str, actor: Actor | None = None) -> Person | None:
        """The one person whom the codebook lists in an office, of an actor or of all; None if none or several."""
        who = [w for w in self.known.people if _is_role(w.role, role)] if self.known else []
        who = [w for w in who if actor is None or self._side(w) == actor]
        return self.by_name(who[0].name)[0] if len({w.name for w in who}) == 1 else None

    def holder(self, role: str, actor: Actor) -> Person | None:
        """Who holds the office that `role` names for an actor at the document's date; None if not one is known."""
        if listed := self.listed_as(role, actor):
            return listed
        name = office(role)
        if name is None or not actor.id:
            return None
        names = (name, "head-of-government", "president") if name == "head-of-state" else (name,)
        owners = dict.fromkeys((actor.id, self.actors.sovereign(actor.id).id))
        for candidate, owner in ((n, o) for n in names for o in owners):
            people = self.actors.holders(candidate, owner, self.date)
            if len(people) > 1:  # the date is unknown: whom the text names
                people = [p for p in people if re.search(rf"(?<![\w-]){re.escape(p.split()[-1])}(?![\w-])", self.text)]
            if len(people) == 1:
                return self.by_name(people[0])[0]
        return None

    def common(self) -> Actor | None:
        """The actor named most often."""
        counted = Counter(m.ids[0] for m in self._mentions if m.sense in (Sense.NAME, Sense.DEMONYM, Sense.CAPITAL))
        return self.sovereign(counted.most_common(1)[0][0]) if counted else None


def _is_role(role: str, told: str) -> bool:
    """Whether a text's words for an office are those of the cast: "the economy minister", "minister of education"."""
    small = {"the", "of", "for", "a", "an", "its", "his", "her", "their", "own"}
    listed, words = (set(re.sub(r"[’']s\b", "", fold(text)).split()) - small for text in (role, told))
    return bool(listed) and listed <= words and not (words - listed) & (roles.TITLE_WORDS | {"deputy", "former", "office"})


def _pattern(form: str) -> str:
    """How a text may write a form: "the Council", at the start of a sentence "The", but not "the Council of Elders"."""
    if form.startswith("the "):
        return "[Tt]he " + re.escape(form[4:]) + r"(?! (?:of|for) (?:the )?[A-Z])"
    return re.escape(form)


def _empty(match: re.Match[str]) -> bool:
    """Whether an owner is no more than a title or a word that begins a sentence."""
    owner = match.groupdict().get("owner")
    if owner is None:
        return False
    words = owner.split()
    return all(w.lower() in roles.STARTERS or w.lower() in roles.TITLE_WORDS or w in ("The", "A", "An", "Mr", "Ms") for w in words)
