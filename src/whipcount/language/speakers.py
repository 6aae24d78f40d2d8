"""Attributions -> statements: who is speaking, for which actor, in which voice; unknown stays unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from whipcount.language import descriptions, roles
from whipcount.language.actors import Actors, Mention, Sense
from whipcount.language.cast import Cast, Person
from whipcount.language.issuer import OWN, issuers
from whipcount.language.names import fold, office, public_body
from whipcount.language.postures import postures
from whipcount.language.quotes import DASHES, inside_marks, trim
from whipcount.language.voice import Speaker, Voices
from whipcount.language.whoswho import WhosWho
from whipcount.model import Attribution, Document, QuoteType, Span, Spans, SpeakerKind, Statement, Voice


def statements(
    document: Document,
    attributions: Sequence[Attribution],
    actors: Actors,
    debate_names: Collection[str] = (),
    known: WhosWho | None = None,
) -> list[Statement]:
    """One statement per utterance and actor, in text order, without options.

    `debate_names` are names that the codebook uses, `known` what other documents of the debate tell of who is who.

    The rules are those of discourse coding: office-holders speak for their state or body, experts for nobody, an outlet
    only where no source behind it is named; lists are one statement an actor; groups stay groups.
    """
    resolver = Resolver(document, actors, attributions, debate_names, known)
    narrated = list(postures(resolver.cast, document.body, attributions))
    spoken = [
        (attribution, content, source, speaker)
        for attribution in sorted((*attributions, *narrated), key=lambda a: a.content[0] if a.content else (0, 0))
        if (content := _content(document.text, attribution.content))
        for source, speaker in resolver.speakers(attribution)
        if attribution.id or speaker.voice is Voice.NARRATED
    ]
    disowned = _disowned(document.text, [(content, speaker) for _, content, _, speaker in spoken])
    result: list[Statement] = []
    for attribution, content, source, heard in spoken:
        speaker = heard
        if heard.name in disowned:
            speaker = replace(heard, actor=None, actor_id=None, voice=Voice.COMMENTARY)
        told = speaker.voice is Voice.NARRATED
        result.append(
            Statement(
                id=f"s{len(result) + 1}",
                content=content,
                source=source,
                cue=attribution.cue,
                speaker="narrator" if told else speaker.name,
                speaker_kind=SpeakerKind.NARRATOR if told else speaker.kind,
                speaker_id=None if told else speaker.id,
                voice=speaker.voice,
                attribution=attribution.id or None,
                quote_type=attribution.quote_type,
                speaks_for=speaker.actor,
                actor_id=speaker.actor_id,
                chain=speaker.chain,
                date=None,
                confidence=round(attribution.confidence * speaker.sure, 3),
            )
        )
    return result


class Strangers:
    """Named people who speak, no experts, of whom nothing tells for whom: how often each did, over any number of texts."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()
        self._known: set[str] = set()

    def hear(self, said: Iterable[Statement]) -> None:
        """Count the speakers of further statements; who speaks for an actor once is no stranger."""
        for one in said:
            if one.speaks_for or one.speaker_id:
                self._known.add(one.speaker)
            elif one.speaker_kind is SpeakerKind.PERSON and " " in one.speaker:
                self._times[one.speaker] += 1

    def most(self, number: int) -> list[tuple[str, int]]:
        """Those who spoke most often, twice at least."""
        found = [(name, times) for name, times in self._times.most_common() if times > 1 and name not in self._known]
        return found[:number]


def _disowned(text: str, spoken: Sequence[tuple[Spans, Speaker]]) -> set[str]:
    """People whose own side says that they did not speak for it: the last before it says so."""
    names: set[str] = set()
    for place, (content, speaker) in enumerate(spoken):
        if speaker.actor and any(descriptions.DISOWNS.search(text, *span) for span in content):
            earlier = (s for _, s in reversed(spoken[max(0, place - 8) : place]))
            fitting = (s.name for s in earlier if s.kind is SpeakerKind.PERSON and s.actor == speaker.actor)
            names.update(name for name in [next(fitting, speaker.name)] if name != speaker.name)
    return names


def _content(text: str, spans: Spans) -> Spans:
    """Contents without the marks and stops at their ends; inner ones stay."""
    result = []
    for start, end in spans:
        while start < end and text[start] in descriptions.MARKS:
            start += 1
        while end > start and text[end - 1] in descriptions.MARKS:
            end -= 1
        if start < end:
            result.append((start, end))
    return tuple(result)


class Resolver:
    """Remembers who has spoken so far in one document, and resolves one source after another."""

    def __init__(
        self,
        document: Document,
        actors: Actors,
        attributions: Sequence[Attribution] = (),
        debate_names: Collection[str] = (),
        known: WhosWho | None = None,
    ) -> None:
        self.document = document
        self.text = document.text
        self.actors = actors
        self.cast = Cast(document, actors, debate_names, known)
        self.voices = Voices(self.text, self.cast)
        self.issuers = [
            self.voices.speaking_for(Speaker(a.name, a.kind, sure=0.7), a) for a in issuers(document, self.cast)
        ]
        self.history: list[tuple[int, Speaker]] = []
        self.heard: Spans = ()
        self.groups: list[list[Speaker]] = []
        self.interview = len(descriptions.QUESTION.findall(self.text)) >= descriptions.QUESTIONS
        self.reported = [span for a in attributions for span in a.content]

    def speakers(self, attribution: Attribution) -> list[tuple[Spans, Speaker]]:
        """Each source mention of the attribution with whom it means; several for a list of actors."""
        at = attribution.content[0][0]
        source = attribution.source or self._beside(attribution)
        found: list[tuple[Spans, Speaker]]
        group = self._group(source[0]) if len(source) == 1 else []
        issued = not group and bool(self.issuers) and self._issued(source)
        if group or issued:
            found = [(source, speaker) for speaker in group or self.issuers]
        elif not source:
            found = [((), self._without_source(attribution, at))]
        else:
            found = [((span,), self._resolve(span, attribution)) for span in self._split(source, attribution.content)]
        if len(found) > 1:
            self.groups.append([speaker for _, speaker in found])
        result = []
        for spans, speaker in found:
            voiced = speaker if issued else self.voices.voiced(speaker, attribution, spans)
            result.append((spans, voiced))
            if len(found) == 1:
                result += [(spans, other) for other in self.voices.joint(voiced if voiced.actor else speaker, attribution)]
            self.heard = spans or self.heard
            if spans or speaker.name != descriptions.PASSIVE:
                self.history.append((spans[0][0] if spans else at, speaker))
        return result

    # ---------------------------------------------------------------- sources
    def _issued(self, source: Spans) -> bool:
        """Whether a source in an official statement is whoever issues it; so is none at all."""
        if len(source) != 1:
            return not source
        words = self.text[slice(*source[0])].strip()
        own = not self.history or self.history[-1][1].actor in {speaker.actor for speaker in self.issuers}
        return bool(OWN.fullmatch(words)) or (own and fold(words) in (*descriptions.WE, *descriptions.THEY, "it"))

    def _group(self, span: Span) -> list[Speaker]:
        """The speakers of the list that "they", "both unions" or "the three parties" takes up again."""
        source = fold(self.text[slice(*span)])
        words = source.split()
        if not words or not self.groups:
            return []
        wanted = next((descriptions.NUMBER[w] for w in words[:2] if w in descriptions.NUMBER), None)
        if wanted is None or len(words) > 4 or (words[0] in descriptions.NUMBER and words[0] != "both" and source[0].isupper()):
            return []
        group = next((g for g in reversed(self.groups) if len(g) == wanted), [])
        return [speaker.less(0.8) for speaker in group]

    def _split(self, spans: Spans, content: Spans = ()) -> list[Span]:
        """The members of a list of actors or people, or the mention as it stands; a list cut off at its left is completed."""
        if len(spans) > 1 and all(self._single(span) for span in spans):
            return list(spans)
        first, last = spans[0][0], spans[-1][1]
        floor = max([first - 120, 0, *(end for _, end in content if end <= first)])
        lead = re.search(
            r"((?:(?:the )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*,? (?:and |as well as )?){1,8})$",
            self.text[floor:first],
        )
        within = lead and descriptions.WITHIN.search(self.text, floor, floor + lead.start(1))
        if lead and not within and re.search(r"\band\b", self.text[floor + lead.end(1) - 5 : last]):
            start = floor + lead.start(1)
            if self.cast.within((start, start + 30)) and "," in self.text[start:last] + ",":
                first = start
        whole = self.text[first:last]
        edges = [0, *(edge for m in descriptions.BETWEEN.finditer(whole) for edge in m.span()), len(whole)]
        pieces = [trim(self.text, (first + a, first + b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
        pieces = [p for p in pieces if p[0] < p[1]]
        if len(pieces) > 1 and all(self._single(p) for p in pieces) and not self._one(pieces):
            return pieces
        listed = re.search(r"(?i)\b(?:such as|including|like|among them)\s+(.+)$", whole)
        if listed:
            start = first + listed.start(1)
            inner = self._split(((start, last),))
            if all(self._single(p) for p in inner):
                return inner
        return [spans[0]]

    def _one(self, pieces: list[Span]) -> bool:
        """Whether pieces between commas are one person with an apposition: "Pilar Monteg, Citizens of the Port"."""
        gap = self.text[pieces[0][1] : pieces[1][0]]
        people = [any(True for _ in self.cast.names(p)) for p in pieces]
        return len(pieces) == 2 and "and" not in gap and people[0] != people[1]

    def _single(self, span: Span) -> bool:
        """Whether a piece of a list is one actor or one person and nothing else."""
        piece = self.text[slice(*span)]
        mentions = self.cast.within(span)
        if len(mentions) == 1 and mentions[0].sense is not Sense.DEMONYM:
            return len(piece) - len(mentions[0].text) <= len("the ")
        if any(True for _ in self.cast.names(span)):
            return len(piece.split()) <= 8
        if any(fold(word) in roles.STARTERS for word in piece.split()[:1]):
            return False
        return bool(re.fullmatch(rf"(?:[Tt]he )?(?:{roles.OWNER.pattern})", piece)) and not mentions

    def _beside(self, attribution: Attribution) -> Spans:
        """The subject of a cue to which the reader gave no source: right before it, or of the cue before that it is joined to."""
        if not attribution.cue:
            return ()
        cue = attribution.cue[0][0]
        if span := self._ending_at(cue):
            return (span,)
        start, end = self.heard[-1][1] if self.heard else cue, attribution.cue[0][1]
        joined = any(m.start("verb") == cue for m in descriptions.JOINED.finditer(self.text, start, end))
        return self.heard if joined and not re.search(r"[.!?;][ \n”\"]|\n", self.text[start:cue]) else ()

    def _ending_at(self, position: int) -> Span | None:
        """The actor, person, pronoun or description that ends right before a position, a comma apart at most."""
        first = max(self.text.rfind("\n", 0, position) + 1, position - 80)
        before = self.text[first:position].rstrip(" ,")
        end = first + len(before)
        if self.text.count(",", end, position) > 1 or re.search(r"\b(?:and|but|or)$", before):
            return None
        spans = [m.span for m in self.cast.within((first, end)) if m.sense is not Sense.DEMONYM]
        spans += [named.span for named in self.cast.names((first, end))]
        closest = [span for span in spans if span[1] == end]
        if closest:
            return min(closest)
        subject = descriptions.SUBJECT.search(before)
        return (first + subject.start(1), end) if subject else None

    def _without_source(self, attribution: Attribution, at: int) -> Speaker:
        """A quotation that goes on without a cue has the speaker before it; in an interview, whom its opening names."""
        spoken = attribution.quote_type is not QuoteType.INDIRECT or descriptions.DASHED.search(self.text, max(0, at - 4), at)
        if not attribution.cue and (spoken or self.interview):
            guest = self._guest(at) if self.interview else None
            if guest:
                return guest
            if self.history and at - self.history[-1][0] < 1500:
                position, speaker = self.history[-1]
                if self.text.count("\n\n", position, at) <= 1:
                    return speaker.less(0.8)
                heard = [s for _, s in self.history if s.kind in (SpeakerKind.PERSON, SpeakerKind.EXPERT)]
                if heard:
                    return heard[-1].less(0.5)
        return Speaker(descriptions.PASSIVE, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5)

    def _guest(self, at: int) -> Speaker | None:
        """Who answers in an interview: the first whom it names before its first answer."""
        people = [p for p in self.cast.people if p.spans and p.spans[0][0] < at]
        return self.voices.of(min(people, key=lambda p: p.spans[0])).less(0.7) if people else None

    def _resolve(self, span: Span, attribution: Attribution) -> Speaker:
        raw = self.text[slice(*span)].strip(" ,;:[](){}\n")
        source = re.sub(r"(?i)^(?:by|for|from|of|to|but|and|while|as|even|also)\s+", "", raw)
        words = fold(source).split()
        if not words:
            return Speaker(descriptions.PASSIVE, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.3)
        if told := descriptions.APPOSED.match(source):
            start = self.text.find(told["name"], span[0])
            head = (start, start + len(told["name"]))
            if not self.cast.within(head) and not any(True for _ in self.cast.names(head)):
                return self._resolve(head, attribution)
        if words[0] in descriptions.RELATIVE and len(words) == 1:
            antecedent = self._ending_at(span[0])
            return self._resolve(antecedent, attribution) if antecedent else self._pronoun("it", span[0])
        if source == "A" and self.interview and (guest := self._guest(span[0])):
            return guest
        if re.fullmatch(r"(?:[Tt]he )?U\.?S\.?", source):  # no "us"
            words = ["america"]
        if (
            len(words) <= 2
            and words[0] in descriptions.HE | descriptions.SHE | descriptions.THEY | descriptions.WE
            and (len(words) == 1 or words[1] in ("all", "both", "too", "also", "himself", "herself"))
        ):
            goes_on = any(descriptions.GOES_ON.search(self.text[slice(*cue)]) for cue in attribution.cue)
            return self._pronoun(words[0], span[0], goes_on)
        possessed = re.match(r"^(?:[Tt]he )?[A-Z][^,]*?[’']s? (?=[A-Z])", source)
        if possessed and not self.cast.body(source) and not descriptions.MINISTRY.search(source):
            start = self.text.find(source[possessed.end() :], span[0])
            theirs = self._resolve((start, span[1]), attribution)
            if theirs.id:
                return theirs
            return self._belonging(source[: possessed.end()], source[possessed.end() :], theirs, span)
        spoken = descriptions.TRANSCRIPT.match(source)
        if spoken and not self.cast.body(source):
            name = spoken["name"].title() if spoken["name"].isupper() else spoken["name"]
            return self._belonging(spoken["body"], name, Speaker(name, SpeakerKind.PERSON, role=source), span)
        owned = re.match(r"(?i)(his|her|its|their|our|your)\s+(?=[a-z])", source)
        if owned and not any(True for _ in self.cast.names(span)):
            return self._owned(owned.group(1).lower(), source, span)
        if descriptions.SOMEBODY_OF.match(source) and (of := self._person(source, span)):
            name = "anonymous " + re.sub(r"(?i)^an? ", "", source)
            return replace(of, name=name, kind=SpeakerKind.UNNAMED, id=None, voice=Voice.UNNAMED, role=source).less(0.8)
        headed = descriptions.HEADED.match(source)
        person = (None if headed else self._person(source, span)) or self._apposed(source, span)
        if person:
            return person
        mentions = self.cast.within(span)
        outlet = next((m for m in mentions if m.sense is Sense.OUTLET), None)
        chain: tuple[str, ...] = (self.cast.actor(outlet.ids[0]).name,) if outlet else ()
        others = [m for m in mentions if m.sense not in (Sense.OUTLET, Sense.WEAK)]
        definite = not descriptions.INDEFINITE.match(source)
        if headed:
            found = self._possessed(headed["owner"], headed["head"], source, span)
            if found:
                return found
        if definite and descriptions.SINGULAR.match(source):
            found = self._description(source, others, span[0])
            if found:
                return replace(found, chain=found.chain or chain)
        if not others and descriptions.THE_SEVERAL.match(source) and (group := self._several()):
            return group.less(0.7)
        if roles.EXPERT.search(source):
            return Speaker(source, SpeakerKind.EXPERT, chain=chain, role=source)
        official = others and re.search(r"(?i)\bspokes(?:man|woman|person|people)\b", source)
        if descriptions.SOMEBODY.match(source) and not descriptions.COLLECTIVE.search(source) and not official:
            return self._unnamed(source, others, chain, span[0])
        of_group = others and re.search(r"(?i)\b(?:officials|diplomats)$", others[0].text)  # nobody speaks for all of it
        if others and not definite and others[0].sense is Sense.DEMONYM and source.endswith(others[0].text):
            return self._unnamed(source, others, chain, span[0])  # "one Canadian"
        if descriptions.UNNAMED.search(source) and (of_group or not (descriptions.COLLECTIVE.search(source) and definite and others)):
            return self._unnamed(source, others, chain, span[0])
        newsroom = descriptions.NEWSROOM.search(self.text, *span)
        if newsroom and others and others[0].sense is Sense.DEMONYM and others[0].span[1] <= newsroom.start():
            name = self.text[others[0].span[0] : newsroom.end()]
            return Speaker(name, SpeakerKind.OUTLET, sure=0.8, role="outlet")
        if others and descriptions.named_after(source, self.text[slice(*others[0].span)]):
            return self._own(re.sub(r"^[Tt]he ", "", source))
        if others:
            return self._actor(source, others)
        weak = next((m for m in mentions if m.sense is Sense.WEAK), None)
        if weak and self._established(weak):
            return self._actor(source, [weak])
        if outlet:
            return Speaker(chain[0], SpeakerKind.OUTLET, voice=Voice.COMMENTARY, id=chain[0])
        return self._unknown(source, span)

    def _belonging(self, owner: str, name: str, found: Speaker, span: Span) -> Speaker:
        """Somebody of whom nothing is known but whose they are: "Marsal's Zahra", "ZAHRA (Marsal)"."""
        if (found.actor and found.actor != found.name) or roles.EXPERT.search(found.role):
            return found
        actor = self.cast.owner(owner.strip(), span[0])
        return self.voices.speaking_for(replace(found, name=name, kind=SpeakerKind.PERSON), actor).less(0.8) if actor else found

    def _owned(self, word: str, source: str, span: Span) -> Speaker:
        """ "Her office", "his deputy", "its foreign ministry": somebody of the actor that the pronoun means."""
        owner = self._pronoun({"her": "she", "his": "he"}.get(word, "it"), span[0])
        bare = re.sub(r"(?i)^\w+\s+", "", source)
        if roles.EXPERT.search(bare) and not roles.OFFICIAL.search(bare):
            return Speaker(source, SpeakerKind.EXPERT, sure=0.6, role=bare)
        actor = next((a for a in (self.cast.body(owner.actor or ""),) if a), None)
        if actor and (holder := self.cast.holder(bare, actor)):
            return self.voices.of(holder).less(0.7)
        abroad = [m for m in self.cast.within(span) if m.sense in (Sense.DEMONYM, Sense.NAME)]
        if abroad:  # "his British counterpart"
            other = self.cast.actor(abroad[0].ids[0])
            if "counterpart" in bare and (peer := self.cast.holder(owner.role, other)):
                return self.voices.of(peer).less(0.8)
            return self.voices.speaking_for(Speaker(bare, SpeakerKind.PERSON, sure=0.6, role=bare), other)
        private = re.search(
            r"(?i)\b(?:wife|husband|son|daughter|brother|sister|friends?|mother|father|lawyers?)\b", bare
        )
        body = bool(
            descriptions.MINISTRY.search(bare) or re.search(r"(?i)\b(?:office|party|union|company|members|drivers)\b", bare)
        )
        kind = SpeakerKind.STATE if descriptions.MINISTRY.search(bare) else SpeakerKind.ORGANISATION if body else SpeakerKind.PERSON
        name = f"{bare} of {owner.name}" if owner.name != word else bare
        if private or not owner.actor:
            return Speaker(name, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5, role=bare)
        return Speaker(name, kind, owner.actor, owner.actor_id, None, Voice.FIRST_HAND, 0.6, role=bare)

    def _possessed(self, owner: str, head: str, source: str, span: Span) -> Speaker | None:
        """ "Karsk's foreign ministry", "Ms Wexham's superiors": an office or people of an actor, or of a person's actor."""
        if descriptions.MINISTRY.search(head) or descriptions.PAPER.match("the " + head):
            return None
        for named in re.findall(r"[A-Z][\w-]+", owner)[-1:]:
            people = [] if self.actors.find(named) else self.cast.by_name(named)
            speaker = self.voices.of(people[0]) if people else None
            if speaker is None or not speaker.actor:
                continue
            actor = self.cast.body(speaker.actor)
            holder = self.cast.holder(head, actor) if actor else None
            if holder:
                return self.voices.of(holder).less(0.8)
            return Speaker(source, SpeakerKind.UNNAMED, speaker.actor, speaker.actor_id, None, Voice.UNNAMED, 0.6, head)
        return None

    def _person(self, source: str, span: Span) -> Speaker | None:
        """A person named in the source, in full or by surname."""
        start = self.text.find(source[:20], span[0], span[1] + 1)
        where = (max(start, span[0]), span[1])
        found = list(self.cast.names(where))
        for named in found[-1:] if re.search(r"[’']s? ", source) else found:
            people = self.cast.by_name(named.name)
            if people:
                return self._chosen(people, source.replace(named.name, ""))
            if named.title or named.gender:
                return Speaker(named.name, SpeakerKind.PERSON, sure=0.5, role=named.title, gender=named.gender)
        tokens = [t for t in re.findall(r"[^\W\d_][\w’'-]*", source) if t[0].isupper()]
        bare = [re.sub(r"[’']s$", "", t) for t in tokens]
        for token in reversed(bare):
            if (
                self.actors.mentions(token)
                or fold(token) in ("president", "minister")
                or (self.cast.body(token) and not self.cast.by_name(token))
            ):
                continue
            people = self.cast.by_name(token)
            if people and not roles.EXPERT.fullmatch(token):
                return self._chosen(people, source.replace(token, ""))
        return None

    def _apposed(self, source: str, span: Span) -> Speaker | None:
        """Whoever is named right before a description that only says who it is: "Ann Lee, [an analyst], said"."""
        end = span[0] - 2
        role = re.match(r"(?:an?|the) ", source) and (roles.EXPERT.search(source) or roles.OFFICIAL.search(source))
        if not role or self.text[end : span[0]] != ", ":
            return None
        line = max(self.text.rfind("\n", 0, end) + 1, end - 90)
        named = [n for n in self.cast.names((line, end)) if n.span[1] == end]
        if named and descriptions.BESIDE.search(self.text, line, named[0].span[0]):
            return None  # "at a meeting with Ann Lee, the mayor said"
        people = self.cast.by_name(named[0].name) if named else []
        return self._chosen(people, source) if people else None

    def _chosen(self, people: list[Person], role: str) -> Speaker:
        """The one of several people of one name whose role stands there, else who was heard last."""
        if len(people) == 1:
            return self.voices.of(people[0])
        role = fold(role)
        fitting = [p for p in people if role and role in fold(p.role)]
        recent = [p for p in people if any(s.name == p.name for _, s in self.history[-6:])]
        chosen = fitting or recent or people
        return self.voices.of(chosen[-1]).less(1.0 if len(chosen) == 1 else 0.5)

    def _actor_near(self, at: int) -> Speaker | None:
        """The actor that spoke last in the same paragraph."""
        for position, speaker in reversed(self.history):
            if "\n" in self.text[position:at]:
                return None
            if speaker.actor:
                return speaker
        return None

    # ---------------------------------------------------------------- words for somebody already named
    def _several(self) -> Speaker | None:
        """The group of states that spoke last: "the leaders" after "European leaders"."""
        groups = (s for _, s in reversed(self.history[-6:]) if s.kind is SpeakerKind.STATE)
        return next((s for s in groups if descriptions.SEVERAL.search(s.actor or "")), None)

    def _pronoun(self, word: str, at: int, goes_on: bool = False) -> Speaker:
        """The last speaker that the pronoun fits; for he and she also the last person named in the paragraph.

        Who `goes_on` speaking is the last speaker, whoever has been named since.
        """
        kinds = (SpeakerKind.PERSON, SpeakerKind.EXPERT)
        gender = "m" if word in descriptions.HE else "f" if word in descriptions.SHE else ""
        line = self.text.rfind("\n", 0, at) + 1
        # whoever is named inside the quotation that the pronoun utters is only talked about in it
        dialogue = self.text[line : line + 1] in DASHES
        marks = inside_marks(self.text[line:at])
        quoted = {line + i for i, inside in enumerate(marks) if inside or dialogue}
        history = [(pos, s) for pos, s in self.history if pos not in quoted]
        if gender:
            near = [
                (place, p)
                for p in self.cast.people
                if p.gender in ("", gender)
                for place in self._places(p, line, at)
                if place not in quoted and not any(s <= place < e for s, e in self.reported)
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
            if goes_on and spoken and spoken[-1][0] >= line:
                subject = []
            if subject and (not spoken or subject[-1][0] > spoken[-1][0]):
                return replace(self.voices.of(self._foremost(subject)), sure=0.75)
            unnamed = [(pos, s) for pos, s in history[-2:] if s.kind is SpeakerKind.UNNAMED and s.name != descriptions.PASSIVE]
            if unnamed and (not spoken or unnamed[-1][0] > spoken[-1][0]):
                return replace(unnamed[-1][1], sure=0.7)
            if spoken:
                found = spoken[-1][1]
                self._learn_gender(found, gender)
                return replace(found, gender=gender, sure=found.sure * 0.85)
            if near:
                return replace(self.voices.of(near[-1][1]), sure=0.6)
        elif word in descriptions.THEY:
            for _, speaker in reversed(history[-4:]):
                plural = speaker.kind in (SpeakerKind.STATE, SpeakerKind.ORGANISATION) or descriptions.PLURAL.match(speaker.name)
                if plural:
                    return speaker.less(0.7)
        elif history:
            bodies = [
                s for pos, s in history if s.kind in (SpeakerKind.STATE, SpeakerKind.ORGANISATION) and pos >= line
            ]
            found = bodies[-1] if word in ("it", "its") and bodies else history[-1][1]
            return found.less(0.6)
        return Speaker(word, SpeakerKind.UNNAMED, voice=Voice.COMMENTARY, sure=0.2)

    def _places(self, person: Person, start: int, end: int) -> list[int]:
        """Where a stretch of the text names somebody, in full or by surname."""
        full = [s for s, _ in person.spans if start <= s < end]
        name = re.compile(rf"(?<![\w-]){re.escape(person.name.split()[-1])}(?![\w-])")
        inside = [span for span in person.spans if span[0] < end]
        bare = [m.start() for m in name.finditer(self.text, start, end) if not any(s <= m.start() < e for s, e in inside)]
        return sorted(full + bare)

    def _foremost(self, named: list[tuple[int, Person]]) -> Person:
        """Of the people named last, in one sentence, the last outside its clauses; the last of all if none is."""
        opens = [max(self.text.rfind(stop, 0, at) for stop in ".?!\n") + 1 for at, _ in named]
        last = [(at, person) for (at, person), start in zip(named, opens, strict=True) if start == opens[-1]]
        main = [person for at, person in last if not descriptions.CLAUSE.search(self.text, opens[-1], at)]
        return main[-1] if main else last[-1][1]

    def _learn_gender(self, speaker: Speaker, gender: str) -> None:
        for person in self.cast.people:
            if person.name == speaker.name and not person.gender:
                person.gender = gender

    def _description(self, source: str, others: list[Mention], at: int) -> Speaker | None:
        """ "The minister", "the Izvestia interlocutor", "the American president": the speaker it describes, if one fits."""
        if others and roles.EXPERT.search(source) and not office(source):
            heard = [s for _, s in self.history if s.kind is SpeakerKind.EXPERT]
            fitting = [s for s in heard if others[0].text in s.role] or heard[-1:]
            return fitting[-1].less(0.6) if fitting else None  # "the American expert"
        if others:
            actor = self.cast.actor(others[0].ids[0])
            holder = self.cast.holder(source, actor)
            if holder:
                return self.voices.of(holder).less(0.9)
            wanted = office(source)
            for person in reversed(self.cast.people):
                if person.actor and person.actor.name == actor.name and wanted and office(person.role) == wanted:
                    return self.voices.of(person).less(0.8)
            if wanted:
                kind = SpeakerKind.UNNAMED if wanted in ("spokesperson", "adviser") else SpeakerKind.PERSON
                return self.voices.speaking_for(Speaker(source, kind, sure=0.7, role=source), actor)
            return None
        noun = fold(source).split()[-1] if not re.search(r"(?i)\b(?:of|at|from|for)\b", source) else ""
        expert = bool(roles.EXPERT.search(source)) or noun in ("interlocutor", "specialist", "author")
        wanted = office(source)
        for _, speaker in reversed(self.history):
            role = fold(speaker.role)
            if (noun and noun in role.split()) or (wanted and office(speaker.role) == wanted):
                return speaker.less(0.85)
            if expert and speaker.kind is SpeakerKind.EXPERT:
                return speaker.less(0.85)
        for person in reversed([p for p in self.cast.people if p.spans and p.spans[0][0] < at]):
            if (noun and noun in fold(person.role).split()) or (wanted and office(person.role) == wanted):
                return self.voices.of(person).less(0.7)
        if wanted and not expert and (listed := self.cast.listed_as(source)):
            return self.voices.of(listed).less(0.7)
        if noun:
            for _, speaker in reversed(self.history[-8:]):
                if speaker.kind is SpeakerKind.UNNAMED and noun in fold(speaker.name).split():
                    return speaker.less(0.8)
        if noun == "source":  # a translation's word for whom the article has just named
            recent = [s for _, s in self.history[-2:] if s.kind in (SpeakerKind.EXPERT, SpeakerKind.PERSON)]
            return recent[-1].less(0.5) if recent else None
        if noun in ("diplomat", "official", "politician", "interlocutor"):
            for _, speaker in reversed(self.history[-3:]):
                fits = noun in ("interlocutor", "politician") or descriptions.DIPLOMAT.search(speaker.role)
                if speaker.kind is SpeakerKind.PERSON and fits:
                    return speaker.less(0.7)
        if wanted and not expert:
            near = self._actor_near(at)
            whose = roles.STATE_ROLE.search(source) or roles.BODY_ROLE.search(source)  # "the senator" is of no country
            named = self.cast.near(at, source) if near is None and whose else None
            if near:
                return Speaker(
                    source, SpeakerKind.PERSON, near.actor, near.actor_id, None, Voice.FIRST_HAND, 0.5, source
                )
            if named:
                return self.voices.speaking_for(Speaker(source, SpeakerKind.PERSON, sure=0.4, role=source), named)
        return None

    def _unnamed(self, source: str, others: list[Mention], chain: tuple[str, ...], at: int) -> Speaker:
        """Unnamed people; they speak for the one state or body that their description puts them in."""
        name = re.sub(
            r"(?i)^(?:an?|the|some|several|one)\s+",
            "",
            source.split(" cited by", maxsplit=1)[0].split(" quoted by", maxsplit=1)[0],
        )
        base = Speaker(f"anonymous {name}", SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.9, role=name, chain=chain)
        ids = {
            m.ids[0] for m in others if m.sense in (Sense.NAME, Sense.DEMONYM, Sense.SEAT, Sense.CAPITAL, Sense.GROUP)
        }
        if len(ids) == 1 and re.search(
            r"(?i)official|diplomat|source|representative|spokes|advis|negotiat|delegat|government|ministry|leaders|aide|insider",
            source,
        ):
            actor = self.cast.sovereign(ids.pop())
            return replace(base, actor=actor.name, actor_id=actor.id or None)
        theirs = descriptions.UNNAMED_OF.match(source)
        if not ids and theirs and (owner := self.cast.owner(theirs["owner"], at)):
            return replace(base, actor=owner.name, actor_id=owner.id or None).less(0.8)
        return base

    def _actor(self, source: str, mentions: list[Mention]) -> Speaker:
        """A state, body or group that speaks as such; a ministry or government speaks for its state."""
        mention = next((m for m in mentions if m.sense is Sense.NAME and self.cast.actor(m.ids[0]).of), None)
        mention = mention or next((m for m in mentions if m.sense in (Sense.NAME, Sense.GROUP)), mentions[0])
        if descriptions.MINISTRY.search(source) or mention.sense is Sense.DEMONYM:
            mention = mentions[0]
        actor = self.cast.actor(mention.ids[0])
        owner = self.cast.sovereign(mention.ids[0])
        ministry = descriptions.MINISTRY.search(source) and (actor.kind is SpeakerKind.STATE or not actor.id)
        name = re.sub(r"^(?:the|The) ", "", source) if ministry or mention.sense is Sense.SEAT else actor.name
        return Speaker(
            name,
            actor.kind,
            owner.name,
            owner.id or None,
            actor.id or None,
            Voice.FIRST_HAND,
            0.85 if mention.sense in (Sense.WEAK, Sense.CAPITAL) else 1.0,
            role=source,
        )

    def _established(self, mention: Mention) -> bool:
        """Whether the text has named the body in full before a weak name ("the alliance") stands for it."""
        before = self.cast.within((max(0, mention.span[0] - 3000), mention.span[0]))
        return any(m.sense is Sense.NAME and m.ids[0] == mention.ids[0] for m in before) or mention.text == "Brussels"

    def _unknown(self, source: str, span: Span) -> Speaker:
        """A source that the data do not know: a capitalised name is an actor of its own, anything else a description."""
        bare = re.sub(r"(?i)^(?:the|an?)\s+", "", source)
        if descriptions.PRESS.match(source):
            return self._press(source)
        if {w.lower() for w in bare.split()} & roles.OUTLET_NOUNS and re.match(r"[A-Z]", bare) and len(bare.split()) < 6:
            return self._own(source if source.startswith("The ") else bare)
        if descriptions.PAPER.match(source):
            return self._paper(bare, span)
        noun = descriptions.BODY_NOUN.match(source)
        body = self.cast.body(bare, span[0]) if re.match(r"[A-Z]", bare) or noun else None
        if body is None and noun:
            body = self.cast.body(noun["noun"], span[0])
        if body:
            return self.voices.speaking_for(Speaker(body.name, body.kind, sure=0.8, role=source), body)
        head = re.split(r",| who | which | that |[’']s | of (?=the [a-z])", bare)[0].strip()
        label = self.text[span[1] : span[1] + 1] == ":" and head.isupper() and len(head) > 3 and " " not in head
        if label and not self.actors.mentions(head):
            return Speaker(head.title(), SpeakerKind.PERSON, sure=0.5)  # a surname in a transcript, "BERENDI:"
        if fold(head).rpartition(" ")[2] in roles.EPITHETS:
            return Speaker(bare, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5, role=source)  # "the Ohio Republican"
        if descriptions.SAY.match(self.text, span[1]) and re.fullmatch(r"[A-Z][a-z-]+s", head) and self.cast.opens_only(head):
            return Speaker(bare, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5, role=source)  # "Reporters say"
        if re.match(r"[A-Z]", head) and len(head.split()) <= 6 and not roles.OFFICIAL.search(head) and fold(head) not in descriptions.ALONE:
            if bare.removesuffix("’s").removesuffix("'s") == head and self.actors.person(head):
                return Speaker(head, SpeakerKind.PERSON, sure=0.6)  # a surname of office-holders, none of them at the time
            possessor = re.match(r"((?:[A-Z][\w-]+ ?){1,3})[’']s ", bare)
            actor = self.cast.owner(possessor.group(1).strip() if possessor else head, span[0])
            if actor:
                kind = SpeakerKind.STATE if len(actor.name.split()) == 1 else SpeakerKind.ORGANISATION
                name = bare if possessor or public_body(bare) else actor.name
                return self.voices.speaking_for(Speaker(name, actor.kind if actor.id else kind, sure=0.7, role=source), actor)
        near = self._actor_near(span[0])
        actor = self.cast.near(span[0], source) if near is None else None
        if re.match(r"(?i)(?:its|their|the)\b", source) and (roles.OFFICIAL.search(source) or descriptions.MINISTRY.search(source)):
            kind = SpeakerKind.PERSON if roles.OFFICIAL.search(source) else SpeakerKind.STATE
            if near:
                return Speaker(bare, kind, near.actor, near.actor_id, None, Voice.FIRST_HAND, 0.55, role=source)
            if actor:
                return self.voices.speaking_for(Speaker(bare, kind, sure=0.4, role=source), actor)
        return Speaker(bare, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.5, role=source)

    def _own(self, name: str) -> Speaker:
        """An outlet or body of a name that the data do not know."""
        if {w.lower() for w in name.split()} & roles.OUTLET_NOUNS:
            return Speaker(name, SpeakerKind.OUTLET, sure=0.8, role="outlet")
        return Speaker(name, SpeakerKind.ORGANISATION, name, voice=Voice.FIRST_HAND, sure=0.7, role=name)

    def _press(self, source: str) -> Speaker:
        """ "The paper", "the agency": the outlet that was heard last, else the document's own."""
        for _, speaker in reversed(self.history):
            if speaker.kind is SpeakerKind.OUTLET:
                return speaker.less(0.8)
        name = self.document.outlet if descriptions.HERE.match(source) else None
        return Speaker(name or source, SpeakerKind.OUTLET, sure=0.4, role="outlet")

    def _paper(self, bare: str, span: Span) -> Speaker:
        """A resolution, letter or statement speaks for the body that it is of: the last that spoke, or that is named."""
        study = descriptions.STUDY.search(bare)
        bodies = () if study else (SpeakerKind.STATE, SpeakerKind.ORGANISATION)
        for _, speaker in reversed(self.history[-4:]):
            if speaker.kind in (SpeakerKind.OUTLET, *bodies):
                return speaker.less(0.7)
        actor = None if study else self.cast.near(span[0])
        if actor:
            return self.voices.speaking_for(Speaker(actor.name, actor.kind, sure=0.4, role=bare), actor)
        return Speaker(bare, SpeakerKind.UNNAMED, voice=Voice.UNNAMED, sure=0.4, role=bare)
