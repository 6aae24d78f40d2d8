"""What people's judgements in a record teach the coder of its debate, and which coder was taught by them.

A taught coder is the coder that was there and its lessons, nothing else: the record keeps the lessons (as a definition,
which can be undone), and the heads are fitted from them anew, in seconds, wherever they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from whipcount.coding.encoder import Encoder
from whipcount.coding.learning import Lesson, Taught, overlap
from whipcount.coding.llm import ASKED
from whipcount.model import Codebook, Coder, Entry, Stance, Statement, Status
from whipcount.reading import Reading
from whipcount.record.store import Record

KIND = "lessons"
"""The kind of definition under which a record keeps what its coder was taught, by the codebook's name."""


def untaught(coder: Coder) -> bool:
    """Whether it is a model that reads documents itself, and was taught nothing in this record."""
    return coder.is_model and not coder.name.startswith(ASKED) and ", taught " not in coder.version


def lessons(record: Record, codebook: Codebook) -> list[Lesson]:
    """What people made of the utterances of a record, one lesson each; without their judgements taken back."""
    read = {reading.document.id: reading for _, reading in record.readings(codebook, untaught)}
    judged: dict[tuple[str, int, int], list[Entry]] = {}
    for entry in record.entries(rejected=True):
        if entry.document in read and entry.statement.content:
            content = entry.statement.content
            judged.setdefault((entry.document, content[0][0], content[-1][1]), []).append(entry)
    found = []
    for (document, _, _), entries in judged.items():
        worked = [entry for entry in entries if entry.status is not Status.SUGGESTED]
        if not worked:
            continue
        taken = {
            entry.statement.option: entry.statement.stance
            for entry in worked
            if entry.status is not Status.REJECTED and entry.statement.option
        }
        left = {entry.statement.option for entry in entries if entry.status is Status.SUGGESTED}
        group = _of(read[document], worked[0].statement)
        found.append(_lesson(read[document], group, taken, left - taken.keys()))
    return found


def _of(reading: Reading, statement: Statement) -> list[Statement]:
    """The statements of a reading about the utterance of a statement; itself, if there are none."""
    shared = [overlap(statement.content, other.content) for other in reading.statements]
    best = max(shared, default=0)
    if not best:
        return [statement]
    content = reading.statements[shared.index(best)].content
    return [other for other in reading.statements if other.content == content]


def _lesson(
    reading: Reading, group: list[Statement], taken: Mapping[str, Stance | None], left: Iterable[str | None]
) -> Lesson:
    before = {s.option: s.stance for s in group if s.option}
    return Lesson(reading.document, group[0], dict(taken), frozenset(filter(None, left)), before)


def keep(record: Record, codebook: Codebook, learnt: list[Lesson], by: Coder) -> None:
    """Have the record keep what its coder was taught."""
    record.define_all([(KIND, codebook.name, [lesson.plain() for lesson in learnt])], by)


def taught(record: Record, codebook: Codebook, encoder: Encoder | None = None) -> Taught | None:
    """The coder that the record's own lessons made of the one that is there; None if there are no lessons."""
    kept: list[dict[str, Any]] = record.definitions(KIND).get(codebook.name) or []
    if not kept:
        return None
    read = {reading.document.sha256: reading for _, reading in record.readings(codebook, untaught)}
    found = []
    for lesson in kept:
        if lesson["document"] in read:
            reading = read[lesson["document"]]
            content = tuple((start, end) for start, end in lesson["content"])
            group = [s for s in reading.statements if s.content == content]
            taken = {option: Stance(stance) if stance else None for option, stance in lesson["taken"].items()}
            if group:
                found.append(_lesson(reading, group, taken, lesson["open"]))
    return Taught(found, codebook, encoder or Encoder()) if found else None


def as_taught(coder: Coder, teacher: Taught | None) -> Coder:
    """The name and version of a coder that was taught, if it was."""
    return replace(coder, version=f"{coder.version}, {teacher.version}") if teacher else coder


def taught_anew(reading: Reading, teacher: Taught | None) -> Reading:
    """A reading whose statements a taught coder codes anew, if there is one."""
    if teacher is None:
        return reading
    coded = teacher.code(reading.document, reading.statements)
    # as when it is read: a posture that the narrator tells counts only where it is one on an option
    return replace(reading, statements=tuple(s for s in coded if s.attribution or s.option))


def code_anew(record: Record, codebook: Codebook, teacher: Taught) -> tuple[int, int]:
    """Have a taught coder code all that was read; how many statements, and how many of them came out otherwise.

    A new reading by a new version of the coder: what was there stays, and what people judged stands as they left it.
    """
    statements = changed = 0
    for who, reading in record.readings(codebook, untaught):
        new = taught_anew(reading, teacher)
        record.add(new.document, new.attributions, new.statements, as_taught(who, teacher), codebook)
        before = {(s.content, s.speaks_for, s.option, s.stance) for s in reading.statements}
        statements += len(new.statements)
        changed += sum((s.content, s.speaks_for, s.option, s.stance) not in before for s in new.statements)
    return statements, changed
