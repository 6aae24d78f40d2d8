"""The variables of DNA's statement types, and the fields of a statement that they are."""

from __future__ import annotations

from typing import Any

from whipcount.model import SpeakerKind, Stance, Statement

ROLES = {
    "person": ("speaker", "short text"),
    "organization": ("speaks_for", "short text"),
    "concept": ("option", "short text"),
    "agreement": ("stance", "boolean"),
}
"""The variables of DNA's default statement type: the field of a statement that each is, and its data type."""

SHORT = 190
"""Longest short text, in characters."""

EMPTY: dict[str, str | int | bool] = {"boolean": False, "integer": 0, "short text": "", "long text": ""}


def values_of(said: Statement) -> dict[str, Any]:
    """The values of a statement by the names of DNA's variables."""
    alone = said.speaker_kind == SpeakerKind.ORGANISATION and said.speaker == said.speaks_for and bool(said.type)
    roles = {
        "person": "" if alone else said.speaker,
        "organization": said.speaks_for or "",
        "concept": said.option or "",
        "agreement": said.stance == Stance.SUPPORT,
    }
    if said.type:
        return roles | said.variables
    extra = {
        "stance": str(said.stance or ""),
        "voice": str(said.voice),
        "conditions": "; ".join(said.conditions or said.condition_text),
        "chain": "; ".join(said.chain),
    }
    return roles | extra | said.variables
