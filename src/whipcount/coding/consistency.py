"""An actor rarely takes two sides on one option in one text: what its other statements there say is evidence, too."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def consistent(sides: Floats, groups: Sequence[Hashable | None], share: float) -> Floats:
    """(n, k) probabilities of each row's sides once the other rows of its group have been heard.

    `groups` says who speaks on what in which text; rows whose group is None stand alone.  The mean logarithm of the others'
    probabilities counts `share` as much as a row's own: a product of experts (Hinton 2002), so that a sure statement still
    stands against its neighbours.
    """
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        if group is not None:
            members.setdefault(group, []).append(row)
    own = np.log(np.maximum(sides, 1e-6))
    heard = own.copy()
    for rows in members.values():
        if len(rows) > 1:
            others = (own[rows].sum(axis=0) - own[rows]) / (len(rows) - 1)
            heard[rows] += share * others
    raised = np.exp(heard - heard.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)
