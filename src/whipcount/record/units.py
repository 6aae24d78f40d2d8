"""Positions in a text, in characters as here and in UTF-16 units as in Java and JavaScript."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate


class Units:
    """Offsets in a text, from UTF-16 units to characters and back."""

    def __init__(self, text: str) -> None:
        # starts[i] is the unit at which character i begins; None where the two are the same
        wide = max(text, default="") > "\uffff"
        self.starts = [0, *accumulate(1 + (c > "\uffff") for c in text)] if wide else None
        self.length = len(text)

    def characters(self, unit: int) -> int:
        """The character that holds a unit, at most the length of the text."""
        if self.starts is None:
            return min(unit, self.length)
        return min(bisect_right(self.starts, unit) - 1, self.length)

    def unit(self, character: int) -> int:
        """The unit at which a character begins."""
        return character if self.starts is None else self.starts[character]
