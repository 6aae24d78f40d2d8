"""An OpenAI-compatible endpoint: one question, one answer, within limits of rate and cost, kept for the next time.

Nothing is sent anywhere unless somebody made an `Endpoint` with an address.  Redirects are refused, so that neither the
texts nor the key go to a host that nobody named.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from whipcount.errors import InputError, UsageError, WhipcountError

LARGEST = 4_000_000
"""Bytes of an answer that are read."""
AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses after which the same question may be asked again."""
LONGEST_WAIT = 60.0
"""Seconds waited at most between two attempts, whatever the server asks for."""
CHARACTERS = 3
"""Characters a token, estimated low, so that a limit is not overrun by one question."""


class Spent(WhipcountError):
    """The limit of tokens or cost is reached; what was coded before is kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be asked.  `price` in and out is per million tokens, in whatever currency `cost` is."""

    per_minute: float = 60.0
    tokens: int = 2_000_000
    cost: float | None = None
    price: tuple[float, float] = (0.0, 0.0)
    attempts: int = 4
    seconds: float = 120.0


@dataclass(slots=True)
class Spending:
    """What was asked so far: requests sent, tokens in and out, answers found in the cache."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cached: int = 0

    def cost(self, limits: Limits) -> float:
        """In the currency of the prices."""
        return (self.tokens_in * limits.price[0] + self.tokens_out * limits.price[1]) / 1e6


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(slots=True)
class Endpoint:
    """Where to ask which model.

    url    base address, such as http://localhost:11434/v1;  key  sent as bearer token, never shown
    cache  an SQLite file with answers given before, or None;  clock and sleep  for tests
    """

    url: str
    model: str
    key: str | None = None
    limits: Limits = field(default_factory=Limits)
    cache: Path | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    spending: Spending = field(default_factory=Spending)
    _next: float = 0.0

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise UsageError(f"{self.url}: not an address; write it like http://localhost:11434/v1, keys apart from it")

    @property
    def host(self) -> str:
        """The host that texts are sent to."""
        return urlsplit(self.url).hostname or ""

    def ask(self, question: dict[str, Any], sound: Callable[[str], bool]) -> str | None:
        """The answer to a chat completion request, from the cache or the model; None if none was `sound`.

        `question` is the body without the model's name.  An answer that is not sound is asked for once more, and none
        is kept.  Spent when a limit is reached; InputError when the endpoint refuses or cannot be reached.
        """
        body = json.dumps({"model": self.model, **question}, ensure_ascii=False, sort_keys=True)
        name = hashlib.sha256(f"{self.url}\n{body}".encode()).hexdigest()
        known = self._remembered(name)
        if known is not None and sound(known):
            self.spending.cached += 1
            return known
        for _ in range(2):
            answer = self._content(self._send(body))
            if sound(answer):
                self._remember(name, answer)
                return answer
        return None

    def _send(self, body: str) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "whipcount"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        address = self.url.rstrip("/") + "/chat/completions"
        request = urllib.request.Request(address, body.encode(), headers, method="POST")  # noqa: S310 - checked above
        opener = urllib.request.build_opener(_Stay)
        for attempt in range(1, self.limits.attempts + 1):
            self._allowed(len(body))
            self.sleep(max(0.0, self._next - self.clock()))
            self._next = max(self._next, self.clock()) + 60 / self.limits.per_minute
            self.spending.requests += 1
            asked = None
            try:
                with opener.open(request, timeout=self.limits.seconds) as response:
                    return bytes(response.read(LARGEST))
            except urllib.error.HTTPError as error:
                reason = f"answers {error.code} {error.reason}"
                asked = error.headers.get("Retry-After")
                error.close()
                if error.code not in AGAIN:
                    raise InputError(f"{self.host}: {reason}; check address, model and key") from None
            except (OSError, HTTPException) as error:
                reason = f"cannot be reached ({getattr(error, 'reason', None) or type(error).__name__})"
            if attempt < self.limits.attempts:
                wait = float(asked) if asked and asked.isdecimal() else 2.0**attempt
                self.sleep(min(wait, LONGEST_WAIT))
        raise InputError(
            f"{self.host}: {reason}, {self.limits.attempts} times; try again later, what was coded is kept"
        )

    def _allowed(self, characters: int) -> None:
        spent, more = self.spending, characters // CHARACTERS
        if spent.tokens_in + spent.tokens_out + more > self.limits.tokens:
            raise Spent(f"the limit of {self.limits.tokens} tokens is reached after {spent.requests} requests")
        cost = spent.cost(self.limits) + more * self.limits.price[0] / 1e6
        if self.limits.cost is not None and cost > self.limits.cost:
            raise Spent(f"the limit of cost, {self.limits.cost:g}, is reached after {spent.requests} requests")

    def _content(self, raw: bytes) -> str:
        """The words of an answer; "" if it is none.  What the server says it used is counted, at least an estimate."""
        estimate = len(raw) // (4 * CHARACTERS)
        try:
            answer = json.loads(raw)
            used = answer.get("usage") or {}
            self.spending.tokens_in += max(0, int(used.get("prompt_tokens") or 0))
            self.spending.tokens_out += max(0, int(used.get("completion_tokens") or estimate))
            content = answer["choices"][0]["message"]["content"]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            self.spending.tokens_out += estimate
            return ""
        return content if isinstance(content, str) else ""

    def _remembered(self, name: str) -> str | None:
        if self.cache is None or not self.cache.exists():
            return None
        with self._held() as held:
            row = held.execute("SELECT answer FROM answers WHERE question = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _remember(self, name: str, answer: str) -> None:
        if self.cache is not None:
            with self._held() as held, held:
                held.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (name, answer))

    def _held(self) -> closing[sqlite3.Connection]:
        try:
            held = sqlite3.connect(str(self.cache))
            held.execute("CREATE TABLE IF NOT EXISTS answers (question TEXT PRIMARY KEY, answer TEXT NOT NULL)")
        except sqlite3.Error as error:
            raise InputError(f"{self.cache}: is no cache of answers ({error}); name another file") from None
        return closing(held)
