"""Attributions -> statements: who is speaking, for which actor, in which voice; unknown stays unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from whipcount.language.actors import Actors, Mention, Sense
from whipcount.language.cast import EXPERT, OFFICIAL, Cast, Person, names
from whipcount.language.names import fold, office
from whipcount.language.quotes import DASHES, inside_marks, trim
from whipcount.model import Attribution, Document, QuoteType, Span, Spans, SpeakerKind, Statement, Voice

_OPENING = '"“«„—–-'
_MARKS = "\"“”«»„‟‘’'`—–- \t\n\r\u00a0,.;:!?…()[]"
_HE = {"he", "him", "his", "himself"}
_SHE = {"she", "her", "herself"}
_THEY = {"they", "them", "their", "we", "us", "our", "i", "it"}
_RELATIVE = {"who", "which", "that", "whose", "whom"}
_UNNAMED = re.compile(
    r"(?i)\b(?:sources?|officials?|diplomats?|insiders?|aides?|people|persons?|interlocutors?|lawmakers?|politicians?|advisers?|"
    r"representatives?|observers?|negotiators?|staffers?|operatives?|residents?|witnesses|delegates?|envoys?|soldiers?|critics?|supporters?|voters?)\b"
)
_COLLECTIVE = re.compile(
    r"(?i)\b(?:officials|authorities|government|leadership|side|administration|cabinet|leaders|ministry|delegation|parliament|army|"
    r"military|foreign office|embassy|presidency|lawmakers)\b"
)
_MINISTRY = re.compile(
    r"(?i)\b(?:ministry|department|foreign office|government|authorities|embassy|parliament|army|military|presidency|cabinet)\b"
)
_SINGULAR = re.compile(
    r"(?i)^(?:the|this|that|same|the same|our)?\s*(?:[\w’'-]+\s+){0,3}?(?:diplomat|official|expert|analyst|scholar|professor|scientist|"
    r"interlocutor|source|minister|president|premier|chancellor|spokes\w+|secretary|politician|leader|senator|ambassador|envoy|"
    r"commissioner|historian|economist|researcher|specialist|chief|head|representative|observer|author|general|admiral|candidate|"
    r"mayor|governor|negotiator|lawmaker|adviser|director|chair\w*|boss|deputy)\b"
)
_DIPLOMAT = re.compile(
    r"(?i)\b(?:foreign|ambassador|envoy|diplomat\w*|representative|spokes\w+|state secretary|consul)\b"
)
_BETWEEN = re.compile(r",|\b(?:and|or|as well as|but also)\b")
_SUBJECT = re.compile(r"(?:^|[\s“”\"])((?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t|[Tt]he (?:[\w’'-]+ )?[\w’'-]+))$")
_ADDRESS = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Lord|Lady|Gen|Col|Sen)\b\.?\s+(?=[A-Z])")
_PASSIVE = "unnamed source"
_POSTURE = re.compile(
    r"(?i)^[^.]{0,60}?\b(?:is|are|was|were)?\s*(?:ready|willing|prepared|reluctant|unwilling|wants?|intends?|plans?|hopes?|seeks?|"
    r"refus\w+|oppos\w+|support\w+|reject\w+|agree\w*|consider\w+|going to|will|would|wish\w*|accept\w*)\b"
)
_INDEFINITE = re.compile(
    r"(?i)^(?:an?|one|some|several|many|two|three|senior|unnamed|anonymous|unidentified|other|few|various)\b"
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whom a source span means, and the actor spoken for; `sure` is 1 where nothing had to be inferred."""

    name: str
    kind: SpeakerKind
    actor: str | None = None
    actor_id: str | None = None
    id: str | None = None
    voice: Voice = Voice.COMMENTARY
    sure: float = 1.0
    role: str = ""
    gender: str = ""
    chain: tuple[str, ...] = ()


def statements(document: Document, attributions: Sequence[Attribution], actors: Actors) -> list[Statement]:
    """One statement per utterance and actor, in text order, without options.

    The rules are those of discourse coding: office-holders speak for their state or body, experts for nobody, an outlet
    only where no source behind it is named; lists are one statement an actor; groups stay groups.
    """
    resolver = Resolver(document, actors, attributions)
    result: list[Statement] = []
    for attribution in attributions:
        content = _content(document.text, attribution.content)
        if not content:
            continue
        for source, speaker in resolver.speakers(attribution):
            narrated = speaker.voice is Voice.NARRATED
            result.append(
                Statement(
                    id=f"s{len(result) + 1}",
                    content=content,
                    source=source,
                    cue=attribution.cue,
                    speaker="narrator" if narrated else speaker.name,
                    speaker_kind=SpeakerKind.NARRATOR if narrated else speaker.kind,
                    speaker_id=None if narrated else speaker.id,
                    voice=speaker.voice,
                    attribution=attribution.id,
                    quote_type=attribution.quote_type,
                    speaks_for=speaker.actor,
                    actor_id=speaker.actor_id,
                    chain=speaker.chain,
                    date=None,
                    confidence=round(attribution.confidence * speaker.sure, 3),
                )
            )
    return result


def _content(text: str, spans: Spans) -> Spans:
    """Contents without the marks and stops at their ends; inner ones stay."""
    result = []
    for start, end in spans:
        while start < end and text[start] in _MARKS:
            start += 1
        while end > start and text[end - 1] in _MARKS:
            end -= 1
        if start < end:
            result.append((start, end))
    return tuple(result)


class Resolver:
    """Remembers who has spoken so far in one document, and resolves one source after another."""

    def __init__(self, document: Document, actors: Actors, attributions: Sequence[Attribution] = ()) -> None:
        self.document = document
        self.text = document.text
        self.actors = actors
        self.cast = Cast(document, actors)
        self.history: list[tuple[int, Speaker]] = []
        self.reported = [span for a in attributions for span in a.content]

    def speakers(self, attribution: Attribution) -> list[tuple[Spans, Speaker]]:
        """Each source mention of the attribution with whom it means; several for a list of actors."""
        at = attribution.content[0][0]
        source = attribution.source or self._beside(attribution)
        if not source:
            speaker = self._without_source(attribution, at)
            found: list[tuple[Spans, Speaker]] = [((), speaker)]
        else:
            found = [((span,), self._resolve(span, attribution)) for span in self._split(source)]
        narrated = not attribution.cue and attribution.quote_type is QuoteType.INDIRECT
        result = []
        for source, speaker in found:
            spoken = speaker
            if narrated and source and speaker.kind in (SpeakerKind.STATE, SpeakerKind.ORGANISATION):
                spoken = replace(speaker, voice=Voice.NARRATED)
            elif speaker.kind in (SpeakerKind.OUTLET, SpeakerKind.UNNAMED) and speaker.actor is None:
                spoken = self._ascribed(speaker, attribution)
            result.append((source, spoken))
            if source:
                self.history.append((source[0][0], speaker))
        return result

    # ---------------------------------------------------------------- sources
    def _split(self, spans: Spans) -> list[Span]:
        """The members of a list of actors or people, or the mention as it stands; a list cut off at its left is completed."""
        if len(spans) > 1 and all(self._single(span) for span in spans):
            return list(spans)
        first, last = spans[0][0], spans[-1][1]
        lead = re.search(
            r"((?:[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?,? (?:and |as well as )?){1,8})$",
            self.text[max(0, first - 120) : first],
        )
        if lead and (self.text[first:last].startswith("and ") or re.search(r"(?:,| and)\s$", lead.group(1))):
            start = max(0, first - 120) + lead.start(1)
            if self.actors.mentions(self.text, (start, start + 30)) and "," in self.text[start:last] + ",":
                first = start
        whole = self.text[first:last]
        edges = [0, *(edge for m in _BETWEEN.finditer(whole) for edge in m.span()), len(whole)]
        pieces = [trim(self.text, (first + a, first + b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        pieces = [p for p in pieces if p[0] < p[1]]
        if len(pieces) > 1 and all(self._single(p) for p in pieces):
            return pieces
        listed = re.search(r"(?i)\b(?:such as|including|like|among them)\s+(.+)$", whole)
        if listed:
            start = first + listed.start(1)
            inner = self._split(((start, last),))
            if all(self._single(p) for p in inner):
                return inner
        return [spans[0]]

    def _single(self, span: Span) -> bool:
        """Whether a piece of a list is one actor or one person and nothing else."""
        piece = self.text[slice(*span)]
        mentions = self.actors.mentions(self.text, span)
        if len(mentions) == 1 and mentions[0].sense is not Sense.DEMONYM:
            return len(piece) - len(mentions[0].text) <= len("the ")
        if any(True for _ in names(self.text, self.actors, span)):
            return len(piece.split()) <= 6
        return bool(re.fullmatch(r"(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?", piece)) and not mentions

    def _beside(self, attribution: Attribution) -> Spans:
        """The subject that stands right before a cue to which the reader gave no source."""
        if not attribution.cue:
            return ()
        span = self._ending_at(attribution.cue[0][0])
        return (span,) if span else ()

    def _ending_at(self, position: int) -> Span | None:
        """The actor, person, pronoun or description that ends right before a position, a comma apart at most."""
        first = max(self.text.rfind("\n", 0, position) + 1, position - 80)
        before = self.text[first:position].rstrip(" ,")
        end = first + len(before)
        if self.text.count(",", end, position) > 1:
            return None
        spans = [m.span for m in self.actors.mentions(self.text, (first, end)) if m.sense is not Sense.DEMONYM]
        spans += [named.span for named in names(self.text, self.actors, (first, end))]
        closest = [span for span in spans if span[1] == end]
        if closest:
            return min(closest)
        subject = _SUBJECT.search(before)
        return (first + subject.start(1), end) if subject else None

    def _without_source(self, attribution: Attribution, at: int) -> Speaker:
        """A quotation that goes on without a cue has the speaker before it; anything else has nobody named."""
        if attribution.quote_type is not QuoteType.INDIRECT and not attribution.cue and self.history:
            position, speaker = self.history[-1]
            if self.text.count("\n\n", position, at) <= 1 and at - position < 1500:
                return replace(speaker, sure=speaker.sure * 0.8)
        return Speaker(_PASSIVE, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5)

    def _resolve(self, span: Span, attribution: Attribution) -> Speaker:
        raw = self.text[slice(*span)].strip(" ,;:[](){}\n")
        source = re.sub(r"(?i)^(?:by|for|from|of|to|but|and|while|as)\s+", "", raw)
        words = fold(source).split()
        if not words:
            return Speaker(_PASSIVE, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.3)
        if words[0] in _RELATIVE and len(words) == 1:
            antecedent = self._ending_at(span[0])
            if antecedent:
                return self._resolve(antecedent, attribution)
            return self._pronoun("it", span[0])
        if words[0] in _HE | _SHE | _THEY and len(words) <= 2:
            return self._pronoun(words[0], span[0])
        person = self._person(source, span)
        if person:
            return person
        mentions = self.actors.mentions(self.text, span)
        outlet = next((m for m in mentions if m.sense is Sense.OUTLET), None)
        chain: tuple[str, ...] = (self.actors.actor(outlet.ids[0]).name,) if outlet else ()
        others = [m for m in mentions if m.sense not in (Sense.OUTLET, Sense.WEAK)]
        definite = not _INDEFINITE.match(source)
        if definite and _SINGULAR.match(source):
            found = self._description(source, others, span[0])
            if found:
                return replace(found, chain=found.chain or chain)
        if EXPERT.search(source):
            return Speaker(source, SpeakerKind.EXPERT, chain=chain, role=source)
        if _UNNAMED.search(source) and not (_COLLECTIVE.search(source) and definite and others):
            return self._unnamed(source, others, chain)
        if others:
            return self._actor(source, others)
        weak = next((m for m in mentions if m.sense is Sense.WEAK), None)
        if weak and self._established(weak):
            return self._actor(source, [weak])
        if outlet:
            return Speaker(chain[0], SpeakerKind.OUTLET, voice=Voice.COMMENTARY, id=chain[0])
        return self._unknown(source, span)

    def _person(self, source: str, span: Span) -> Speaker | None:
        """A person named in the source, in full or by surname."""
        start = self.text.find(source[:20], span[0], span[1] + 1)
        where = (max(start, span[0]), span[1])
        for named in names(self.text, self.actors, where):
            people = self.cast.by_name(named.name)
            if people:
                return self._speaker(people[0], where[0])
        tokens = [t for t in re.findall(r"[^\W\d_][\w’'-]*", source) if t[0].isupper()]
        bare = [re.sub(r"[’']s$", "", t) for t in tokens]
        for token in reversed(bare):
            if self.actors.mentions(token) or fold(token) in ("president", "minister"):
                continue
            people = self.cast.by_name(token)
            if len(people) == 1 and not EXPERT.fullmatch(token):
                return self._speaker(people[0], where[0])
            if len(people) > 1:
                role = source.replace(token, "")
                fitting = [p for p in people if role.strip() and fold(role) in fold(p.role)]
                recent = [p for p in people if any(s.name == p.name for _, s in self.history[-6:])]
                chosen = fitting or recent or people
                return replace(self._speaker(chosen[-1], where[0]), sure=1.0 if len(chosen) == 1 else 0.5)
        return None

    def _speaker(self, person: Person, at: int) -> Speaker:
        actor = person.actor
        if person.expert and not person.known:
            return Speaker(person.name, SpeakerKind.EXPERT, role=person.role, gender=person.gender, id=self._id(person))
        if person.elect and actor:
            name = f"{actor.name} (incoming {person.name.split()[-1]} administration)"
            return Speaker(
                person.name,
                SpeakerKind.PERSON,
                name,
                None,
                self._id(person),
                Voice.FIRST_HAND,
                role=person.role,
                gender=person.gender,
            )
        if person.official and actor:
            owner = self.actors.sovereign(actor.id) if actor.id else actor
            return Speaker(
                person.name,
                SpeakerKind.PERSON,
                owner.name,
                owner.id or None,
                self._id(person),
                Voice.FIRST_HAND,
                role=person.role,
                gender=person.gender,
            )
        if person.official:
            near = self._actor_near(at)
            if near:
                return Speaker(
                    person.name,
                    SpeakerKind.PERSON,
                    near.actor,
                    near.actor_id,
                    self._id(person),
                    Voice.FIRST_HAND,
                    0.6,
                    role=person.role,
                    gender=person.gender,
                )
            return Speaker(
                person.name, SpeakerKind.PERSON, id=self._id(person), sure=0.6, role=person.role, gender=person.gender
            )
        return Speaker(
            person.name, SpeakerKind.PERSON, id=self._id(person), sure=0.7, role=person.role, gender=person.gender
        )

    def _id(self, person: Person) -> str | None:
        return fold(person.name).replace(" ", "-") if person.known else None

    def _actor_near(self, at: int) -> Speaker | None:
        """The actor that spoke last in the same paragraph."""
        for position, speaker in reversed(self.history):
            if "\n" in self.text[position:at]:
                return None
            if speaker.actor:
                return speaker
        return None

    def _pronoun(self, word: str, at: int) -> Speaker:
        """The last speaker that the pronoun fits; for he and she also the last person named in the paragraph."""
        kinds = (SpeakerKind.PERSON, SpeakerKind.EXPERT)
        gender = "m" if word in _HE else "f" if word in _SHE else ""
        line = self.text.rfind("\n", 0, at) + 1
        # whoever is named inside the quotation that the pronoun utters is only talked about in it
        dialogue = self.text[line : line + 1] in DASHES
        marks = inside_marks(self.text[line:at])
        quoted = {line + i for i, inside in enumerate(marks) if inside or dialogue}
        history = [(pos, s) for pos, s in self.history if pos not in quoted]
        if gender:
            near = [
                (span[0], p)
                for p in self.cast.people
                for span in p.spans
                if line <= span[0] < at
                and span[0] not in quoted
                and p.gender in ("", gender)
                and not any(s <= span[0] < e for s, e in self.reported)
            ]
            near.sort(key=lambda pair: pair[0])
            spoken = [(pos, s) for pos, s in history if s.kind in kinds and s.gender in ("", gender)]
            subject = [
                (pos, p)
                for pos, p in near
                if not re.search(
                    r"(?i)\b(?:with|to|by|of|and|from|on|against|about)\s+$|['’]s\s+$",
                    self.text[max(line, pos - 12) : pos],
                )
            ]
            if subject and (not spoken or subject[-1][0] > spoken[-1][0]):
                return replace(self._speaker(subject[-1][1], at), sure=0.75)
            unnamed = [(pos, s) for pos, s in history[-2:] if s.kind is SpeakerKind.UNNAMED and s.name != _PASSIVE]
            if unnamed and (not spoken or unnamed[-1][0] > spoken[-1][0]):
                return replace(unnamed[-1][1], sure=0.7)
            if spoken:
                found = spoken[-1][1]
                self._learn_gender(found, gender)
                return replace(found, gender=gender, sure=found.sure * 0.85)
            if near:
                return replace(self._speaker(near[-1][1], at), sure=0.6)
        elif word in ("they", "them", "their"):
            for _, speaker in reversed(history[-4:]):
                plural = speaker.kind in (SpeakerKind.STATE, SpeakerKind.ORGANISATION) or fold(speaker.name).endswith(
                    "s"
                )
                if plural:
                    return replace(speaker, sure=speaker.sure * 0.7)
        elif history:
            found = history[-1][1]
            return replace(found, sure=found.sure * 0.6)
        return Speaker(word, SpeakerKind.UNNAMED, voice=Voice.COMMENTARY, sure=0.2)

    def _learn_gender(self, speaker: Speaker, gender: str) -> None:
        for person in self.cast.people:
            if person.name == speaker.name and not person.gender:
                person.gender = gender

    def _description(self, source: str, others: list[Mention], at: int) -> Speaker | None:
        """ "The minister", "the Izvestia interlocutor", "the American president": the speaker it describes, if one fits."""
        if others:
            actor = self.actors.actor(others[0].ids[0])
            holder = self.cast.holder(source, actor)
            if holder:
                return replace(self._speaker(holder, at), sure=0.9)
            wanted = office(source)
            for person in reversed(self.cast.people):
                if person.actor and person.actor.id == actor.id and wanted and office(person.role) == wanted:
                    return replace(self._speaker(person, at), sure=0.8)
            if wanted:
                owner = self.actors.sovereign(actor.id)
                return Speaker(
                    source, SpeakerKind.PERSON, owner.name, owner.id, None, Voice.FIRST_HAND, 0.7, role=source
                )
            return None
        noun = fold(source).split()[-1] if not re.search(r"(?i)\b(?:of|at|from|for)\b", source) else ""
        expert = bool(EXPERT.search(source)) or noun in ("interlocutor", "specialist", "author")
        wanted = office(source)
        for _, speaker in reversed(self.history):
            role = fold(speaker.role)
            if (noun and noun in role.split()) or (wanted and office(speaker.role) == wanted):
                return replace(speaker, sure=speaker.sure * 0.85)
            if expert and speaker.kind is SpeakerKind.EXPERT:
                return replace(speaker, sure=speaker.sure * 0.85)
        for person in reversed([p for p in self.cast.people if p.spans and p.spans[0][0] < at]):
            if (noun and noun in fold(person.role).split()) or (wanted and office(person.role) == wanted):
                return replace(self._speaker(person, at), sure=0.7)
        if noun:
            for _, speaker in reversed(self.history[-8:]):
                if speaker.kind is SpeakerKind.UNNAMED and noun in fold(speaker.name).split():
                    return replace(speaker, sure=speaker.sure * 0.8)
        if noun in ("diplomat", "official", "politician", "interlocutor"):
            for _, speaker in reversed(self.history[-3:]):
                fits = noun == "interlocutor" or _DIPLOMAT.search(speaker.role)
                if speaker.kind is SpeakerKind.PERSON and fits:
                    return replace(speaker, sure=speaker.sure * 0.7)
        if wanted and not expert:
            near = self._actor_near(at)
            if near:
                return Speaker(
                    source, SpeakerKind.PERSON, near.actor, near.actor_id, None, Voice.FIRST_HAND, 0.5, role=source
                )
        return None

    def _unnamed(self, source: str, others: list[Mention], chain: tuple[str, ...]) -> Speaker:
        """Unnamed people; they speak for the one state or body that their description puts them in."""
        name = re.sub(
            r"(?i)^(?:an?|the|some|several|one)\s+",
            "",
            source.split(" cited by", maxsplit=1)[0].split(" quoted by", maxsplit=1)[0],
        )
        ids = {m.ids[0] for m in others if m.sense in (Sense.NAME, Sense.DEMONYM, Sense.SEAT)}
        if len(ids) == 1 and re.search(
            r"(?i)official|diplomat|source|representative|spokes|adviser|negotiator|delegat|government|ministry", source
        ):
            actor = self.actors.sovereign(ids.pop())
            return Speaker(
                f"anonymous {name}",
                SpeakerKind.UNNAMED,
                actor.name,
                actor.id,
                None,
                Voice.UNNAMED,
                0.85,
                name,
                chain=chain,
            )
        return Speaker(
            f"anonymous {name}", SpeakerKind.UNNAMED, None, None, None, Voice.UNNAMED, 0.9, name, chain=chain
        )

    def _actor(self, source: str, mentions: list[Mention]) -> Speaker:
        """A state, body or group that speaks as such; a ministry or government speaks for its state."""
        mention = next((m for m in mentions if m.sense is Sense.NAME and self.actors.actor(m.ids[0]).of), None)
        mention = mention or next((m for m in mentions if m.sense in (Sense.NAME, Sense.GROUP)), mentions[0])
        if _MINISTRY.search(source) or mention.sense is Sense.DEMONYM:
            mention = mentions[0]
        actor = self.actors.actor(mention.ids[0])
        owner = self.actors.sovereign(actor.id)
        ministry = _MINISTRY.search(source) and actor.kind is SpeakerKind.STATE
        name = re.sub(r"^(?:the|The) ", "", source) if ministry or mention.sense is Sense.SEAT else actor.name
        return Speaker(
            name,
            actor.kind,
            owner.name,
            owner.id,
            actor.id,
            Voice.FIRST_HAND,
            0.85 if mention.sense in (Sense.WEAK, Sense.CAPITAL) else 1.0,
            role=source,
        )

    def _established(self, mention: Mention) -> bool:
        """Whether the text has named the body in full before a weak name ("the alliance") stands for it."""
        before = self.actors.mentions(self.text, (max(0, mention.span[0] - 3000), mention.span[0]))
        return any(m.sense is Sense.NAME and m.ids[0] == mention.ids[0] for m in before) or mention.text == "Brussels"

    def _unknown(self, source: str, span: Span) -> Speaker:
        """A source that the data do not know: a capitalised name is an actor of its own, anything else a description."""
        if _ADDRESS.match(source):
            return Speaker(_ADDRESS.sub("", source), SpeakerKind.PERSON, sure=0.5, role=source)
        bare = re.sub(r"(?i)^(?:the|an?)\s+", "", source)
        head = re.split(r",| who | which | that |[’']s ", bare)[0].strip()
        if re.match(r"[A-Z]", head) and len(head.split()) <= 6 and not OFFICIAL.search(head):
            possessor = re.match(r"((?:[A-Z][\w-]+ ?){1,3})[’']s ", bare)
            name = possessor.group(1).strip() if possessor else head
            kind = SpeakerKind.STATE if len(name.split()) == 1 else SpeakerKind.ORGANISATION
            return Speaker(name, kind, name, None, None, Voice.FIRST_HAND, 0.7, role=source)
        near = self._actor_near(span[0])
        if (
            re.match(r"(?i)(?:its|their|the)\b", source)
            and (OFFICIAL.search(source) or _MINISTRY.search(source))
            and near
        ):
            return Speaker(
                bare,
                SpeakerKind.PERSON if OFFICIAL.search(source) else SpeakerKind.STATE,
                near.actor,
                near.actor_id,
                None,
                Voice.FIRST_HAND,
                0.55,
                role=source,
            )
        return Speaker(bare, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5, role=source)

    def _ascribed(self, speaker: Speaker, attribution: Attribution) -> Speaker:
        """What an outlet or unnamed source says that an actor wants is ascribed to it, if the words begin with it."""
        start, end = attribution.content[0]
        subject = [
            m
            for m in self.actors.mentions(self.text, (start, min(end, start + 60)))
            if m.sense in (Sense.NAME, Sense.CAPITAL, Sense.SEAT, Sense.GROUP)
        ]
        if not subject or subject[0].span[0] - start > 12 or not _POSTURE.match(self.text[subject[0].span[1] : end]):
            return speaker
        actor = self.actors.sovereign(subject[0].ids[0])
        return replace(speaker, actor=actor.name, actor_id=actor.id, voice=Voice.ASCRIBED, sure=speaker.sure * 0.7)
