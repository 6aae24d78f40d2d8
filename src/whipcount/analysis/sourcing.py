"""On whose word each outlet reports each actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from whipcount.model import Entry, Voice


@dataclass(frozen=True, slots=True)
class Sourcing:
    """What one outlet has of one actor on one option: statements by voice, commentary left out.

    outlet is None where it is not known;  `share_unnamed` and `share_ascribed` are shares of all `statements`, 0 to 1.
    """

    outlet: str | None
    actor: str
    option: str
    statements: int
    voices: dict[Voice, int]

    @property
    def share_unnamed(self) -> float:
        """Share that rests on sources without a name."""
        return self.voices[Voice.UNNAMED] / self.statements

    @property
    def share_ascribed(self) -> float:
        """Share that is somebody else's word about the actor."""
        return self.voices[Voice.ASCRIBED] / self.statements


def sourcing(entries: Iterable[Entry]) -> list[Sourcing]:
    """Counts of statements for every outlet, actor and option that occur together, sorted by these."""
    counts: dict[tuple[str, str, str], dict[Voice, int]] = {}
    for entry in entries:
        said = entry.statement
        if said.speaks_for and said.option and said.voice != Voice.COMMENTARY:
            key = (entry.outlet or "", said.speaks_for, said.option)
            voices = counts.setdefault(key, {voice: 0 for voice in Voice if voice != Voice.COMMENTARY})
            voices[said.voice] += 1
    return [
        Sourcing(outlet or None, actor, option, sum(voices.values()), voices)
        for (outlet, actor, option), voices in sorted(counts.items())
    ]
