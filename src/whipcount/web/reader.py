"""What the Reader shows: a document with its statements marked, and beside it each statement with what was done to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from whipcount.errors import UsageError
from whipcount.model import Codebook, Document, Entry, Lean, SpeakerKind, Stance, Status, Voice
from whipcount.record import Record
from whipcount.record.acts import Act
from whipcount.record.values import plain
from whipcount.web import marking
from whipcount.web.addresses import link
from whipcount.web.cast import actors_of
from whipcount.web.pages import View
from whipcount.web.present import columns_of, condition_labels
from whipcount.web.words import N_

STATUSES = {
    Status.SUGGESTED: N_("suggested"),
    Status.CODED: N_("coded by hand"),
    Status.ACCEPTED: N_("accepted"),
    Status.CORRECTED: N_("corrected"),
    Status.REJECTED: N_("rejected"),
    Status.SETTLED: N_("settled"),
}

VOICES = {
    Voice.FIRST_HAND: N_("first-hand: the actor's own representative"),
    Voice.ASCRIBED: N_("ascribed: somebody else says what it wants"),
    Voice.UNNAMED: N_("unnamed source"),
    Voice.NARRATED: N_("narrated by the outlet"),
    Voice.COMMENTARY: N_("commentary: nobody's position"),
}


SHEET = {
    N_("Go"): {
        "j ↓": N_("next statement"),
        "k ↑": N_("the one before"),
        ".": N_("the least certain one anywhere"),
        "z": N_("through with this document"),
        "?": N_("this sheet"),
    },
    N_("Judge"): {
        "a": N_("accept as it stands, and go on"),
        "x": N_("reject, and go on"),
        "1 2 3 4": N_("for, against, yes if, undecided"),
        "0": N_("a neutral report, no stance"),
        "u": N_("undo (also Ctrl Z)"),
        "r": N_("redo (also Ctrl Shift Z)"),
    },
    N_("Correct a field"): {
        "e o": N_("option"),
        "s": N_("stance"),
        "l": N_("lean"),
        "c": N_("conditions"),
        "f": N_("speaks for"),
        "p": N_("speaker"),
        "i": N_("kind of speaker"),
        "v": N_("voice"),
        "d": N_("date"),
        "n": N_("note"),
        "Enter": N_("save the field"),
        "Esc": N_("leave it as it was"),
    },
    N_("Words"): {
        "h": N_("choose words with the arrow keys"),
        "← →": N_("by word, with Shift to extend"),
        "w": N_("the selected words are the content"),
        "W": N_("… belong to the content, too"),
        "q": N_("… are the source"),
        "g": N_("… are the cue"),
        "+": N_("… are a new statement"),
        "t": N_("split where the selection begins"),
        "m": N_("merge with the next statement"),
    },
}
"""Keys of the Reader by what they are for; `static/reader.js` does what they say."""


@dataclass(frozen=True, slots=True)
class Card:
    """A statement beside its document.

    number   counted from 1 in the order of the text, as the text itself shows it
    sure     the coder's confidence in per cent, None where a person coded it
    words, source   of the statement and of its source;  done  what was done to it, oldest first
    changed  names of the fields that people corrected
    """

    entry: Entry
    number: int
    words: str
    source: str
    href: str
    option: str
    conditions: tuple[str, ...]
    sure: int | None
    note: str
    done: tuple[Act, ...]
    changed: frozenset[str]

    @property
    def open(self) -> bool:
        """Whether nobody has judged it yet."""
        return self.entry.status in (Status.SUGGESTED, Status.CODED)

    def plain(self) -> dict[str, Any]:
        """The statement as JSON can hold it."""
        return {
            **plain(self.entry.statement),
            "key": self.entry.key,
            "words": self.words,
            "status": str(self.entry.status),
            "judges": list(self.entry.judges),
            "coder": self.entry.coder.name,
            "counts_from": self.entry.date,
            "note": self.note or None,
            "href": self.href,
            "history": [
                {"act": act.act, "coder": act.coder.name, "made": act.made, "fields": act.fields, "before": act.before,
                 "note": act.note, "undone": act.undone}
                for act in self.done
            ],
        }  # fmt: skip


def reader_view(record: Record, id: str, statement: str | None, coder: str, queued: bool = False) -> View:
    """A document as `coder` sees it, with the words of `statement` marked most; UsageError if there is none such."""
    document, codebook = record.document(id), record.codebook()
    entries = record.entries(document=id, seen_by=coder, rejected=True)
    if statement and statement not in {entry.statement.id for entry in entries}:
        raise UsageError(f"{id}: no statement {statement[:80]!r} in this document; its page without one lists them")
    cards = cards_of(record, document, entries, codebook, coder, queued)
    standing = [card.entry.statement for card in cards if card.entry.status != Status.REJECTED]
    if statement and statement not in {said.id for said in standing}:
        standing += [card.entry.statement for card in cards if card.entry.statement.id == statement]
    runs = marking.runs(document, standing, statement)
    mine = next((given for given in record.assignments(coder=coder, document=id)), None)
    shown = {
        "document": document,
        "runs": runs,
        "cards": cards,
        "numbers": {card.entry.statement.id: card.number for card in cards},
        "chosen": next((card for card in cards if card.entry.statement.id == statement), None),
        "queued": queued,
        "assignment": mine,
        "left": sum(card.open for card in cards),
        "here": "/documents/" + quote(id, safe=""),
        "sheet": SHEET,
        "statuses": STATUSES,
        **choices(record, codebook, entries),
    }
    data = {
        **plain(document),
        "attributions": [plain(attribution) for attribution in record.attributions(id)],
        "statements": [card.plain() for card in cards],
    }
    return View(shown, data)


def cards_of(
    record: Record,
    document: Document,
    entries: Iterable[Entry],
    codebook: Codebook | None,
    coder: str,
    queued: bool = False,
) -> list[Card]:
    """The statements of a document in the order of its text, with what was done to each."""
    done = defaultdict(list)
    blind = any(given.blind for given in record.assignments(coder=coder, document=document.id))
    for act in reversed(record.history(document=document.id, limit=None)):
        if act.statement and (not blind or act.coder.name == coder):
            done[act.statement].append(act)
    notes = record.definitions("note")
    labels = {column.id: column.label for column in columns_of((), codebook)}
    conditions = condition_labels(codebook)
    ordered = sorted(entries, key=lambda entry: (entry.statement.content or ((0, 0),), entry.key))
    return [
        Card(
            entry=entry,
            number=number,
            words=document.words(entry.statement.content),
            source=document.words(entry.statement.source),
            href=statement_address(entry, queue=1 if queued else None),
            option=labels.get(entry.statement.option or "", entry.statement.option or ""),
            conditions=tuple(conditions.get(c, c) for c in entry.statement.conditions)
            or entry.statement.condition_text,
            sure=round(100 * entry.statement.confidence) if entry.coder.is_model else None,
            note=str(notes.get(entry.key) or ""),
            done=tuple(done[entry.key]),
            changed=frozenset(name for act in done[entry.key] if not act.undone for name in act.fields),
        )
        for number, entry in enumerate(ordered, 1)
    ]


def statement_address(entry: Entry, **more: object) -> str:
    """Where the words of a statement are shown: its document, with the statement chosen."""
    path = "/documents/" + quote(entry.document, safe="")
    return link(path, statement=entry.statement.id, **more) + "#" + quote(entry.statement.id, safe="")


def choices(record: Record, codebook: Codebook | None, entries: Iterable[Entry]) -> dict[str, Any]:
    """What may stand in the fields of a statement, by field."""
    options = [(column.id, column.label) for column in columns_of(tuple(entries), codebook)]
    return {
        "options": options,
        "stances": [str(stance) for stance in Stance],
        "leans": [str(lean) for lean in Lean],
        "voices": {str(voice): words for voice, words in VOICES.items()},
        "kinds": [str(kind) for kind in SpeakerKind],
        "codebook_conditions": condition_labels(codebook),
        "actor_names": actors_of(record).every(),
    }
