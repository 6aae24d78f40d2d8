"""From a document to what is said in it: attributions, then statements, by the models that are shipped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import WhipcountError
from whipcount.model import Attribution, Codebook, Coder, Document, Failure, Member, Statement

if TYPE_CHECKING:
    from whipcount.coding.coder import StatementCoder
    from whipcount.language.actors import Actor, Actors
    from whipcount.language.reader import Reader
    from whipcount.language.whoswho import Introduction, WhosWho

    Met = tuple[list[Introduction], list[Actor], set[str]]
    """Whom a document introduces, the bodies and places that it names, and the states of whose governments it names somebody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document and what was read in it."""

    document: Document
    attributions: tuple[Attribution, ...]
    statements: tuple[Statement, ...]

    def line(self) -> dict[str, Any]:
        """The reading as `whipcount extract` writes it: plain values, offsets into `text`."""
        document = self.document
        return {
            "id": document.id,
            "title": document.title,
            "date": document.date,
            "date_basis": str(document.date_basis),
            "author": document.author,
            "outlet": document.outlet,
            "chain": [{"name": link.name, "relation": str(link.relation)} for link in document.chain],
            "language": document.language,
            "text": document.text,
            "body": _spans(document.body),
            "attributions": [_attribution(attribution) for attribution in self.attributions],
            "statements": [_statement(statement) for statement in self.statements],
        }


class Pipeline:
    """Reads documents.  Models are loaded when the first document is read; ModelError if one is missing or damaged.

    `actors` are files of further actors, beside those that are shipped; InputError if one is not what it should be.
    `threads` is the number of cores to use, 0 for all.
    """

    def __init__(self, actors: Sequence[Path] = (), threads: int = 0) -> None:
        self._actor_files = tuple(actors)
        self._threads = threads
        self._met: dict[tuple[str, str | None, frozenset[str], tuple[Member, ...]], Met] = {}

    @cached_property
    def _reader(self) -> Reader:
        from whipcount.language.reader import Reader

        return Reader.load(threads=self._threads)

    @cached_property
    def _actors(self) -> Actors:
        from whipcount.language.actors import Actors

        return Actors.load(extra=self._actor_files)

    @cached_property
    def _coder(self) -> StatementCoder:
        from whipcount.coding.coder import StatementCoder

        return StatementCoder.load(threads=self._threads)

    def coder(self, codebook: Codebook | None) -> Coder:
        """Who codes what is read: the models, with the versions that decide what they find."""
        version = f"reader {self._reader.version}"
        if codebook is not None:
            version += f", {self._coder.coder.name} {self._coder.coder.version}"
        return Coder("whipcount", version)

    def whos_who(self, documents: Iterable[Document | Failure], codebook: Codebook | None = None) -> WhosWho:
        """Whom `documents`, those of one debate, introduce: for `read` to know in each what the others tell.

        A document that was met before is not looked at again.
        """
        from whipcount.coding.wording import names_of
        from whipcount.language.cast import Cast
        from whipcount.language.whoswho import WhosWho, home

        names = names_of(codebook) if codebook else frozenset()
        cast = codebook.cast if codebook else ()
        listed, told = WhosWho((), cast), {}
        for document in documents:
            if isinstance(document, Failure):
                continue
            key = document.sha256, document.date, names, cast
            if key not in self._met:
                try:
                    met = Cast(document, self._actors, names, listed)
                    self._met[key] = met.introductions(), met.bodies(), met.governments()
                except Exception:
                    self._met[key] = [], [], set()  # `attempt` says what is wrong with it
            told[key] = self._met[key]
        people = [who for introduced, _, _ in told.values() for who in introduced]
        bodies = [body for _, named, _ in told.values() for body in named]
        who = WhosWho(people, cast, bodies)
        at_home = home(codebook.title, self._actors, who.places) if codebook else None
        governments = {state for *_, held in told.values() for state in held} | who.states()
        return WhosWho(people, cast, bodies, at_home) if at_home and governments <= {at_home.name} else who

    def read(self, document: Document, codebook: Codebook | None = None, known: WhosWho | None = None) -> Reading:
        """What is said in `document`; without a codebook no option, stance or condition is coded.

        `known` is who is who in the debate; without it, only the cast of the codebook is known.
        """
        from whipcount.coding.wording import names_of
        from whipcount.language.speakers import statements
        from whipcount.language.whoswho import WhosWho

        if known is None and codebook is not None:
            known = WhosWho((), codebook.cast)
        attributions = self._reader.read(document)
        found = statements(document, attributions, self._actors, names_of(codebook) if codebook else (), known)
        if codebook is not None:
            coded = self._coder.code(document, found, codebook)
            # a posture that the narrator tells counts only where it is one on an option
            found = [statement for statement in coded if statement.attribution or statement.option]
        return Reading(document, tuple(attributions), tuple(found))

    def attempt(
        self, document: Document, codebook: Codebook | None = None, known: WhosWho | None = None
    ) -> Reading | Failure:
        """As `read`, but a document that cannot be read is a Failure, so that it does not stop the others."""
        try:
            return self.read(document, codebook, known)
        except WhipcountError:
            raise
        except Exception as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            return Failure(document.origin or document.id, f"could not be read ({reason}); the other inputs go on")


def _spans(spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    return [[start, end] for start, end in spans]


def _attribution(attribution: Attribution) -> dict[str, Any]:
    return {
        "id": attribution.id,
        "source": _spans(attribution.source),
        "cue": _spans(attribution.cue),
        "content": _spans(attribution.content),
        "quote_type": str(attribution.quote_type),
        "confidence": attribution.confidence,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "id": statement.id,
        "attribution": statement.attribution,
        "content": _spans(statement.content),
        "source": _spans(statement.source),
        "cue": _spans(statement.cue),
        "quote_type": str(statement.quote_type),
        "speaker": statement.speaker,
        "speaker_id": statement.speaker_id,
        "speaker_kind": str(statement.speaker_kind),
        "speaks_for": statement.speaks_for,
        "actor_id": statement.actor_id,
        "voice": str(statement.voice),
        "chain": list(statement.chain),
        "option": statement.option,
        "stance": statement.stance and str(statement.stance),
        "lean": statement.lean and str(statement.lean),
        "conditions": list(statement.conditions),
        "condition_text": list(statement.condition_text),
        "date": statement.date,
        "confidence": statement.confidence,
        "rationale": _spans(statement.rationale),
        "weighed": statement.weighed,
    }
