"""How often something may be asked for: buckets that fill up again with time (a token bucket for every key)."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

KEYS = 10_000
"""Keys remembered; the one not seen for longest is forgotten, so that many addresses cannot fill the memory."""


class Limit:
    """At most `number` takes at once for one key, and `number` more in `seconds`."""

    def __init__(self, number: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._number, self._rate, self._clock = number, number / seconds, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one; 0 if it was there, else the seconds after which there is one again."""
        now = self._clock()
        left, since = self._left.pop(key, (float(self._number), now))
        left = min(self._number, left + (now - since) * self._rate)
        wait = 0.0 if left >= 1 else (1 - left) / self._rate
        self._left[key] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > KEYS:
            self._left.popitem(last=False)
        return wait

    def forget(self, key: str) -> None:
        """Let the key have its full number again."""
        self._left.pop(key, None)
