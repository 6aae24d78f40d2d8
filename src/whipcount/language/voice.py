"""In which voice a source speaks: for its side, as commentary on others, ascribed, or through the narrator's words.

Rules over the words of the utterance, the same for every actor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from whipcount.language import descriptions
from whipcount.language.actors import Actor, Sense
from whipcount.language.cast import Cast, Person
from whipcount.language.names import fold
from whipcount.language.postures import listed
from whipcount.model import Attribution, QuoteType, Span, Spans, SpeakerKind, Voice

_SELF = re.compile(
    r"(?i)\b(?:we|our|ours|us|ourselves|i|my|me|mine|myself|(?:his|her|its|their) (?:country|government|party|ministry|troops|side|own|position|members)"
    r"|he|she|it (?:will|would|has|had|was|is|wants?))\b"
)
_WILL = re.compile(
    r"(?i)\b(?:should|must|ought|needs? to|have to|has to|wants?|demands?|calls? (?:for|on)|ready|willing|prepared|supports?|opposes?|rejects?|"
    r"agrees?|accepts?|unacceptable|acceptable|important|essential|necessary|not (?:send|accept|agree|allow|support|join|sign)|no longer|never|"
    r"let|please|rule[sd]? out|propos\w+|offer\w*|red line|welcome\w*|refus\w+|commit\w*|guarantee\w*|in favou?r|against|cannot|can’t|can't|"
    r"right to|deserves?|belongs?|condition\w*|only if|unless|no (?:troops|deal|soldiers|plans?|need|place|talks|question))\b"
)
_ACCUSE = re.compile(r"(?i)\b(?:accus\w+|blam\w+|denounc\w+)\b")
_POSTURE_CUE = re.compile(
    r"(?i)^(?:(?:has|have|had|is|are|was|were|been|attracted|with|from|of|an?|the|some|its|their|his|her|strong|deep|burning|keen|great|little|growing) )*"
    r"(?:interests?|concerns?|objections?|reluctan\w+|desire|wish(?:es)?|ambitions?|willingness|readiness|unwilling\w*|wary|keen|ready|willing|"
    r"prepared|proposed(?: by)?|put forward(?: by)?|answered evasively|evasive|unacceptable|enthusias\w+|scepticism|skepticism|opposition|support|"
    r"hesita\w+|in favou?r|against)(?: (?:to|from|by|for|in|of|about|over|towards?))?$"
)

_DEED_CUE = re.compile(
    r"(?i)^(?:(?:have|has|had|did|does|do|will|is|are|was|were|been|being|not|never|also|now|all|both|still|once|twice|since|again|already|just|yet|to|"
    r"\w+ly|\w+n[’']t)\s)*"
    r"(?:block(?:s|ed|ing)?|veto(?:es|ed|ing)?|vot(?:es?|ed|ing)|adopt(?:s|ed|ing)|prohibit(?:s|ed|ing)?|ban(?:s|ned)|suspend(?:s|ed)|impos(?:es|ed)|"
    r"postpon(?:es|ed)|transfer(?:s|red)|prevent(?:s|ed|ing)?|drop(?:s|ped)|shelv(?:es|ed)|bur(?:ies|ied)|scrap(?:s|ped)|attach(?:es|ed)|abstain(?:s|ed)|"
    r"stay(?:s|ed) away|gave up|given up|(?:keeps|kept)(?! \w+ing)|signs|signed|passes|fight(?:s|ing)|push(?:es|ed|ing) for|press(?:es|ing) for|lobby(?:ing)?|lobbied|"
    r"weighing|considering|discussing|examining|exploring|debating|preparing|planning|plans?|wait(?:s|ing)|awaits|decides?|decided|settled|"
    r"like|dislikes?|loves?|made it a point|holds? out|holding out|held out|digs?|dug|blows?|comes? round|came round|"
    r"cool(?:s|ed)?|soften(?:s|ed)|harden(?:s|ed)|split|divided|dead set|yet to|(?:ready|willing|prepared|unwilling|reluctant) to|stop(?:s|ped) short)\b"
)


def is_posture(cue: str, *, several: bool) -> bool:
    """Whether a cue reports how an actor stands and not that it spoke: "concerns from", "is wary of".

    Of an actor that is `several` people, a deed is one, too ("vetoed", "is weighing", "has yet to decide"): that somebody
    spoke for it is not said.
    """
    return bool(_POSTURE_CUE.match(cue.strip())) or (several and bool(_DEED_CUE.match(cue.strip())))


_ASSERT = re.compile(
    r"(?i)\b(?:sa(?:id|ys?|ying)|told|tells|according to|add(?:s|ed|ing)|not(?:ed|es|ing)|warn(?:s|ed|ing)|stat(?:ed|es|ing)|claim(?:s|ed)|"
    r"point(?:s|ed) out|emphasi[sz]\w+|stress\w+|describ\w+|call(?:s|ed)|believ\w+|argu\w+|replied|assess\w+|predict\w+|voic\w+|explain\w+|went on)\b"
)


_DEMAND = re.compile(
    r"(?i)\b(?:urg(?:e[sd]?|ing)|ask(?:s|ed|ing)?|call(?:s|ed|ing)? (?:on|upon|for)|demand\w*|appeal\w*|press(?:es|ed|ing)|push\w*|"
    r"plead\w*|invit\w+|encourag\w+|want(?:s|ed)?|expect(?:s|ed)?)\b"
)
_TO_DO = re.compile(r"^[^,.;:]{2,60}? to (?!be\b|the\b|a\b|an\b)[a-z]{3,}")


def comments(cue: str, content: str, *, leads: bool, others: bool, own: int | None) -> bool:
    """Whether an office-holder only comments on somebody else: an accusation, a forecast or account of another's deeds.

    `leads` says that the content begins with another actor or person, `others` that it names one at all, and `own` is
    the place in it of the first mention of the speaker's own side.  Commentary begins with another, speaks of its own
    side late or never, and wants, promises or judges nothing; what others are asked to do is what the speaker wants.
    """
    if own is not None and own <= 40:
        return False
    if _DEMAND.search(cue) and _TO_DO.match(content):
        return False
    if _ACCUSE.search(cue):
        return others
    return leads and bool(_ASSERT.search(cue)) and not _SELF.search(content) and not _WILL.search(content)


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

    def less(self, factor: float) -> Speaker:
        """The same, less sure."""
        return replace(self, sure=self.sure * factor)


class Voices:
    """For whom the people of one document speak, and in which voice each utterance is theirs."""

    def __init__(self, text: str, cast: Cast) -> None:
        self.text = text
        self.cast = cast

    def of(self, person: Person) -> Speaker:
        """A person as a speaker: office-holders speak for their actor, experts and unknown people for nobody."""
        base = Speaker(person.name, SpeakerKind.PERSON, id=self._id(person), role=person.role, gender=person.gender)
        if person.expert and not (person.known and person.official):
            return base if person.known else replace(base, kind=SpeakerKind.EXPERT)
        actor = person.actor
        if person.elect and actor:
            name = f"{actor.name} (incoming {person.name.split()[-1]} administration)"
            return replace(base, actor=name, voice=Voice.FIRST_HAND)
        if person.official and actor:
            return self.speaking_for(base, actor).less(0.8 if person.elsewhere else 1)
        if presumed := self.cast.presumed(person):
            return self.speaking_for(base, presumed).less(0.6)
        return base.less(0.7)

    def speaking_for(self, speaker: Speaker, actor: Actor) -> Speaker:
        """The speaker as a representative of an actor, or of the one whose organ it is."""
        owner = self.cast.sovereign(actor.id) if actor.id else actor
        return replace(speaker, actor=owner.name, actor_id=owner.id or None, voice=Voice.FIRST_HAND)

    def _id(self, person: Person) -> str | None:
        return fold(person.name).replace(" ", "-") if person.known else None

    def voiced(self, speaker: Speaker, attribution: Attribution, source: Spans) -> Speaker:
        """The speaker in the voice that the utterance gives it: narrated, ascribed, or commentary on others."""
        cue = " ".join(self.text[slice(*span)] for span in attribution.cue)
        indirect = attribution.quote_type is not QuoteType.DIRECT
        content = " ".join(self.text[slice(*span)] for span in attribution.content)
        if speaker.actor and source and indirect and not descriptions.FIRST.search(content) and speaker.voice is not Voice.UNNAMED:
            spoken = self.text[source[-1][1] :].lstrip(" )*_")[:1] == ":"
            inside = any(start <= source[0][0] < end for start, end in attribution.content)
            cues = [self.text[slice(*span)] for span in attribution.cue]
            if (
                any(is_posture(one, several=speaker.kind in (SpeakerKind.STATE, SpeakerKind.ORGANISATION)) for one in cues)
                if cue
                else not spoken and (inside or attribution.quote_type is QuoteType.INDIRECT)
            ):
                return replace(speaker, voice=Voice.NARRATED)
        if speaker.kind in (SpeakerKind.OUTLET, SpeakerKind.UNNAMED) and speaker.actor is None:
            return self._ascribed(speaker, attribution)
        if speaker.voice is Voice.FIRST_HAND and speaker.kind is not SpeakerKind.UNNAMED:
            first = attribution.content[0][0]
            known = [m for span in attribution.content for m in self.cast.within(span) if m.ids[0][0] != "="]
            own = [m.span[0] - first for m in known if self.cast.sovereign(m.ids[0]).name == speaker.actor]
            others = [m.span[0] - first for m in known if self.cast.sovereign(m.ids[0]).name != speaker.actor]
            others += [
                at - first
                for person in self.cast.people
                for at, _ in person.spans
                if person.name != speaker.name and any(start <= at < end for start, end in attribution.content)
            ]
            leads = any(self._lead(first, at) for at in others)
            if comments(cue, content, leads=leads, others=bool(others), own=min(own, default=None)):
                return replace(speaker, actor=None, actor_id=None, voice=Voice.COMMENTARY)
        return speaker

    def joint(self, speaker: Speaker, attribution: Attribution) -> list[Speaker]:
        """What is said of the speaker's side, or of one that it is ascribed to, and others at once is ascribed to these.

        "Peru and Chile are united", says Peru's minister; "Peru, Chile and Bolivia would join", says a newspaper.
        """
        start, end = attribution.content[0]
        together = next(listed(self.cast, (start, end)), ())
        if not speaker.actor or len(together) < 2 or together[0][0] - start > 30:
            return []
        if not descriptions.POSTURE.match(self.text[together[-1][1] : end]):
            return []
        sides = [self._actor_at(span) for span in together]
        others = dict.fromkeys(side for side in sides if side and side.name != speaker.actor)
        if not any(side and side.name == speaker.actor for side in sides):
            return []
        return [replace(self.speaking_for(speaker, other), voice=Voice.ASCRIBED).less(0.7) for other in others]

    def _actor_at(self, span: Span) -> Actor | None:
        """The state or body that a mention or an office-holder named at `span` stands for."""
        mention = next((m for m in self.cast.within(span) if m.span == span), None)
        if mention:
            return self.cast.sovereign(mention.ids[0])
        held = next((p.actor for p in self.cast.people if span in p.spans), None)
        return self.cast.sovereign(held.id) if held and held.id else held

    def _lead(self, first: int, at: int) -> bool:
        """Whether nothing but articles, titles and nationalities stands between the start of a content and a name."""
        words = self.text[first : first + max(at, 0)].split()
        return len(words) < 6 and all(
            (w[0].isupper() and w[-1] != ",") or w.lower() in ("the", "that", "leader") for w in words
        )

    def _ascribed(self, speaker: Speaker, attribution: Attribution) -> Speaker:
        """What an outlet or unnamed source says that an actor wants is ascribed to it, if the words begin with it."""
        start, end = attribution.content[0]
        people = [(span, p) for p in self.cast.people for span in p.spans if start <= span[0] < min(end, start + 20)]
        subject = [
            m
            for m in self.cast.within((start, min(end, start + 60)))
            if m.sense in (Sense.NAME, Sense.CAPITAL, Sense.SEAT, Sense.GROUP)
        ]
        if people and descriptions.POSTURE.match(self.text[people[0][0][1] : end]):
            held = self.of(people[0][1])
            if held.actor:
                return replace(speaker, actor=held.actor, actor_id=held.actor_id, voice=Voice.ASCRIBED).less(0.7)
        together = next(listed(self.cast, (start, end)), ())
        if not subject or subject[0].span[0] - start > 12 or not together:
            return speaker
        if not descriptions.POSTURE.match(self.text[max(subject[0].span[1], together[-1][1]) : end]):
            return speaker
        actor = self.cast.sovereign(subject[0].ids[0])
        return replace(speaker, actor=actor.name, actor_id=actor.id or None, voice=Voice.ASCRIBED).less(0.7)
