"""On whose word each outlet reports each actor, and which reports are copies of one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from whipcount.documents.duplicates import similar
from whipcount.model import Document, Entry, Relation, Voice


@dataclass(frozen=True, slots=True)
class Sourcing:
    """What one outlet has of one actor on one option: statements by voice, commentary left out.

    outlet is None where it is not known;  `translated` counts statements in documents that are translations;  the shares are
    of all `statements`, 0 to 1;  `keys` name the statements.
    """

    outlet: str | None
    actor: str
    option: str
    statements: int
    voices: dict[Voice, int]
    translated: int = 0
    keys: tuple[str, ...] = ()

    @property
    def share_unnamed(self) -> float:
        """Share that rests on sources without a name."""
        return self.voices[Voice.UNNAMED] / self.statements

    @property
    def share_ascribed(self) -> float:
        """Share that is somebody else's word about the actor."""
        return self.voices[Voice.ASCRIBED] / self.statements

    @property
    def share_translated(self) -> float:
        """Share that came through a translation."""
        return self.translated / self.statements


def sourcing(entries: Iterable[Entry], documents: Mapping[str, Document] | None = None) -> list[Sourcing]:
    """Counts of statements for every outlet, actor and option that occur together, sorted by these.

    With `documents`, by id, those that came through a translation are counted too.  Statements are counted as they come: see
    `counted_once` for copies.
    """
    counts: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        said = entry.statement
        if said.speaks_for and said.option and said.voice != Voice.COMMENTARY:
            counts.setdefault((entry.outlet or "", said.speaks_for, said.option), []).append(entry)
    found = []
    for (outlet, actor, option), said_ in sorted(counts.items()):
        voices: dict[Voice, int] = {voice: 0 for voice in Voice if voice != Voice.COMMENTARY}
        for entry in said_:
            voices[entry.statement.voice] += 1
        through = sum(_translated(documents.get(entry.document)) for entry in said_) if documents else 0
        keys = tuple(entry.key for entry in said_)
        found.append(Sourcing(outlet or None, actor, option, len(said_), voices, through, keys))
    return found


def _translated(document: Document | None) -> bool:
    return document is not None and any(link.relation == Relation.TRANSLATED for link in document.chain)


@dataclass(frozen=True, slots=True)
class Copies:
    """Documents that are copies or rewritten versions of one story.

    documents  ids, the earliest first, which stands for all;  overlap  the least share of word sequences that links two
    """

    documents: tuple[str, ...]
    overlap: float
    outlets: tuple[str, ...] = field(default=())


def copies(documents: Sequence[Document], threshold: float = 0.2) -> list[Copies]:
    """Groups of documents linked by copying, largest first; `threshold` as for `documents.duplicates.similar`."""
    head = {d.id: d.id for d in documents}

    def top(id: str) -> str:
        while head[id] != id:
            id = head[id]
        return id

    pairs = similar(documents, threshold)
    for one, other, _ in pairs:
        head[top(other)] = top(one)
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(top(document.id), []).append(document)
    least: dict[str, float] = {}
    for one, _, overlap in pairs:
        least[top(one)] = min(overlap, least.get(top(one), 1.0))
    found = []
    for name, members in groups.items():
        if len(members) > 1:
            members.sort(key=lambda d: (d.date or "9", d.id))
            outlets = tuple(dict.fromkeys(d.outlet for d in members if d.outlet))
            found.append(Copies(tuple(d.id for d in members), least[name], outlets))
    return sorted(found, key=lambda group: (-len(group.documents), group.documents))


def counted_once(entries: Iterable[Entry], groups: Iterable[Copies]) -> list[Entry]:
    """The statements without those that a copy repeats.

    In documents that are copies of one story, statements with the same speaker, actor, option and stance are one; the one in
    the earliest document stays.  What only a later version says stays, too.
    """
    group_of = {id: (number, place) for number, g in enumerate(groups) for place, id in enumerate(g.documents)}
    entries = list(entries)
    first: dict[tuple[object, ...], tuple[int, str]] = {}
    keyed: list[tuple[object, ...] | None] = []
    for entry in entries:
        said = entry.statement
        if entry.document not in group_of:
            keyed.append(None)
            continue
        number, place = group_of[entry.document]
        key = number, said.speaker_id or said.speaker, said.speaks_for, said.option, said.stance
        keyed.append(key)
        first[key] = min(first.get(key, (place, entry.document)), (place, entry.document))
    return [e for e, key in zip(entries, keyed, strict=True) if key is None or first[key][1] == e.document]
