"""Whipcount reads the coverage of a political negotiation and keeps the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from whipcount.analysis.frames import Debate

__all__ = ["open"]


def open(where: str | Path) -> Debate:
    """The record at a path or database URL, with methods that give polars frames and values of `whipcount.model`.

    RecordError if there is none.
    """
    from whipcount.analysis.frames import Debate

    return Debate.open(where)
