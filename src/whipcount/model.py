"""The words of whipcount as immutable values.  Every room speaks in these; this module knows no room.

Offsets are Unicode code points into `Document.text`, end exclusive: `text[start:end]` is the evidence, always.
Dates are ISO 8601 strings, `YYYY-MM-DD` or a prefix of it (`YYYY`, `YYYY-MM`) where no more is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Span = tuple[int, int]
"""A stretch of a document's text: (start, end)."""

Spans = tuple[Span, ...]
"""Stretches that make one unit, in text order; a quotation broken by its cue has two."""


class DateBasis(StrEnum):
    """How a document's date is known.  A file's own date is never one of them."""

    STATED = "stated"
    METADATA = "metadata"
    INFERRED = "inferred"
    UNKNOWN = "unknown"


class QuoteType(StrEnum):
    """Direct: in quotation marks; indirect: in the reporter's words; mixed: both."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


class SpeakerKind(StrEnum):
    """What sort of source is speaking."""

    PERSON = "person"
    STATE = "state"
    ORGANISATION = "organisation"
    OUTLET = "outlet"
    UNNAMED = "unnamed"
    EXPERT = "expert"
    NARRATOR = "narrator"


class Voice(StrEnum):
    """On whose word a position stands.  Commentary is nobody's position."""

    FIRST_HAND = "first-hand"
    ASCRIBED = "ascribed"
    UNNAMED = "unnamed"
    NARRATED = "narrated"
    COMMENTARY = "commentary"


class Stance(StrEnum):
    """Where a statement stands towards an option as it is worded."""

    SUPPORT = "support"
    OPPOSE = "oppose"
    CONDITIONAL = "conditional"
    UNDECIDED = "undecided"


class Lean(StrEnum):
    """Direction of an undecided or conditional stance."""

    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"


class Status(StrEnum):
    """What people have made of a statement: as a model suggested or a person coded it, judged, or settled for good.

    Settled: somebody decided between coders who judged the same statement apart from each other.
    """

    SUGGESTED = "suggested"
    CODED = "coded"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    SETTLED = "settled"


class Relation(StrEnum):
    """How one link of a chain had the words from the next."""

    PUBLISHED = "published"
    REPUBLISHED = "republished"
    TRANSLATED = "translated"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain, from the page inwards: who passed the words on, and how."""

    name: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Document:
    """One article or official statement.

    id         stable: given by the input, else derived from the content
    text       the whole text as given or extracted, never altered
    body       the spans of `text` that are the article; the rest is page furniture, kept but not read
    date       ISO date of publication or None, `date_basis` says how it is known
    chain      how the words reached the page, outermost link first
    origin     where it was read from, for messages and listings
    sha256     digest of the UTF-8 text: the same text is the same document; "+1", "+2" ... follow it where the same text
               was deliberately kept as another document (a DNA project may hold a text twice)
    fields     what else is known of it, by name (`section`, `type`, `notes`, `time` ...)
    """

    id: str
    text: str
    body: Spans
    sha256: str
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    date_basis: DateBasis = DateBasis.UNKNOWN
    language: str | None = None
    author: str | None = None
    chain: tuple[Link, ...] = ()
    origin: str = ""
    fields: dict[str, str] = field(default_factory=dict, hash=False)

    def words(self, spans: Spans) -> str:
        """The words at `spans`, parts joined by an ellipsis."""
        return " … ".join(self.text[start:end] for start, end in spans)


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be read: what, where, and what to do about it, in one line."""

    origin: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is said to say or think what, as spans (the terms of PARC and PolNeAR).

    `source` is empty for a passive without an agent, `cue` for narration and colons.  Contents include their quotation
    marks.  `confidence` is the reader's probability, 0 to 1, that content and source are right.
    """

    id: str
    source: Spans
    cue: Spans
    content: Spans
    quote_type: QuoteType
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Statement:
    """An utterance coded for one actor and, given a codebook, one option.

    attribution  id of the attribution it comes from; None for a narrated position
    content      spans of the words, without outer quotation marks;  source, cue likewise as spans
    speaker      canonical English name or a description;  speaker_id the id in the actor data, if it is there
    speaks_for   plain name of the actor whose position it is;  None for commentary and disowned remarks
    chain        outlets and unnamed sources through which this statement came, beyond the document's own
    option       option id or None;  stance None beside an option is a neutral report about it
    conditions   condition ids of the codebook;  condition_text the clauses as worded
    date         ISO date on which it was said, as far as known
    confidence   0 to 1;  rationale  the words that decided option and stance
    weighed      what the coder weighed: probabilities by "option:ID" ("option:" for none of them) and, given the option
                 or the likeliest one, by "stance:WORD" ("stance:" for no side); small ones are left out
    type         label of a statement type that the record defines, empty for the one described here; its values are in
    variables    by name: text, whole number, yes or no
    """

    id: str
    content: Spans
    source: Spans
    speaker: str
    speaker_kind: SpeakerKind
    voice: Voice
    cue: Spans = ()
    attribution: str | None = None
    quote_type: QuoteType = QuoteType.INDIRECT
    speaker_id: str | None = None
    speaks_for: str | None = None
    actor_id: str | None = None
    chain: tuple[str, ...] = ()
    option: str | None = None
    stance: Stance | None = None
    lean: Lean | None = None
    conditions: tuple[str, ...] = ()
    condition_text: tuple[str, ...] = ()
    date: str | None = None
    confidence: float = 1.0
    rationale: Spans = ()
    weighed: dict[str, float] = field(default_factory=dict, hash=False)
    type: str = ""
    variables: dict[str, str | int | bool] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Option:
    """One proposition that actors take sides on, worded as a positive sentence."""

    id: str
    label: str
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    paraphrases: tuple[str, ...] = ()
    decision_body: tuple[str, ...] = ()
    institution: str | None = None
    tier: str = "core"


@dataclass(frozen=True, slots=True)
class Condition:
    """A state of the world a position may depend on; `brought_about_by` a fact, an event, or an option's id."""

    id: str
    label: str
    brought_about_by: str = "fact"


@dataclass(frozen=True, slots=True)
class Member:
    """An actor of the debate as its codebook lists it: what else it is called, who speaks for it, who it is made of.

    A form is a name, a capital or a phrase with its article ("the bidder"); `people` are "Jane Doe" or "Jane Doe (mayor)",
    `members` names of other actors; `kind` is free, and a state unless it says something else.
    """

    name: str
    kind: str = "state"
    forms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """An issue under study: its options, conditions and cast, and the definitions of the stances."""

    name: str
    title: str
    options: tuple[Option, ...]
    conditions: tuple[Condition, ...] = ()
    stances: dict[str, str] = field(default_factory=dict)
    cast: tuple[Member, ...] = ()

    def option(self, id: str) -> Option:
        """The option called `id`; KeyError if the codebook has none."""
        for option in self.options:
            if option.id == id:
                return option
        raise KeyError(id)


@dataclass(frozen=True, slots=True)
class Coder:
    """Who coded a statement: a person, or a model with its version."""

    name: str
    version: str = ""
    is_model: bool = True


@dataclass(frozen=True, slots=True)
class Position:
    """Where an actor stands on an option at a date, derived from statements, never entered by hand.

    stance      None when the evidence is only neutral or the actor's office holders disagree (`divided`)
    since       ISO date of the first statement of the present stance
    voices      the voices of the statements it rests on;  statements  their ids, latest last
    changed     the stance before this one, if there was another
    """

    actor: str
    option: str
    stance: Stance | None
    lean: Lean | None = None
    conditions: tuple[str, ...] = ()
    divided: bool = False
    voices: tuple[Voice, ...] = ()
    statements: tuple[str, ...] = ()
    since: str | None = None
    changed: Stance | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement as it stands in a record: what was coded, where, by whom.

    date    ISO date that the statement counts from: its own, else its document's; None when neither is known
    status  what people have made of it;  judges  their names, latest last
    """

    statement: Statement
    document: str
    coder: Coder
    title: str | None = None
    outlet: str | None = None
    date: str | None = None
    status: Status = Status.SUGGESTED
    judges: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of the statement in the whole record: document id, a colon, statement id."""
        return f"{self.document}:{self.statement.id}"
