"""The language of the pages: English, or what a message catalogue makes of the words that are marked for it.

Catalogues are gettext's: `messages/LANGUAGE/LC_MESSAGES/whipcount.mo`, made from `messages/whipcount.pot`.  What documents
say, what a codebook names and who speaks is never translated.
"""

from __future__ import annotations

import gettext as catalogues
import json
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

MESSAGES = Path(__file__).parent / "messages"
ENGLISH = "en"

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def gettext(words: str) -> str:
    """The words in the language of the page that is being made; in English where its catalogue has none for them."""
    return _catalogue(_spoken.get()).gettext(words)


def ngettext(one: str, more: str, number: int) -> str:
    """The words for one, or for another number, in the language of the page that is being made."""
    return _catalogue(_spoken.get()).ngettext(one, more, number)


def counted(number: int) -> str:
    """So many statements, in words."""
    return ngettext("%(shown)s statement", "%(shown)s statements", number) % {"shown": f"{number:,}"}


def told(sentence: str, **parts: object) -> str:
    """A sentence in the language of the page, with its parts in braces filled in."""
    return gettext(sentence).format(**parts)


def N_(words: str) -> str:
    """Words that are looked up where they are shown, and stand here for the catalogue to know them."""
    return words


STANCES = {
    "support": N_("for"),
    "oppose": N_("against"),
    "conditional": N_("yes, if"),
    "undecided": N_("undecided"),
    "divided": N_("divided"),
    "neutral": N_("no stance"),
    "unknown": N_("unknown"),
}
"""Stance -> the word printed beside its sign."""

def stance(name: str) -> str:
    """The word printed beside the sign of a stance."""
    return gettext(STANCES.get(name, name))


def spoken() -> str:
    """The language (ISO 639) of the page that is being made."""
    return _spoken.get()


def scripted() -> dict[str, str]:
    """The words of our scripts in the language of the page; empty in English, which they hold themselves."""
    if spoken() == ENGLISH:
        return {}
    known = json.loads((MESSAGES / "scripts.json").read_text(encoding="utf-8"))
    return {words: gettext(words) for words in known}


@cache
def languages() -> tuple[str, ...]:
    """English, and every language that has a catalogue."""
    return (ENGLISH, *sorted(found.parts[-3] for found in MESSAGES.glob("*/LC_MESSAGES/whipcount.mo")))


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    return catalogues.translation("whipcount", MESSAGES, [language], fallback=True)


def wanted(accepted: str) -> str:
    """The language that a browser likes best (the header Accept-Language, RFC 9110) of those that there are."""
    liked = []
    for place, part in enumerate(accepted[:400].split(",")):
        name, _, weight = part.partition(";q=")
        try:
            liked.append((-float(weight or 1), place, name.strip().lower().split("-")[0]))
        except ValueError:
            continue
    return next((name for weight, _, name in sorted(liked) if weight and name in languages()), ENGLISH)


class Spoken:
    """ASGI middleware: pages are made in the language that the browser asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, with the language set."""
        accepted = dict(scope.get("headers") or ()).get(b"accept-language", b"").decode("latin-1")
        before = _spoken.set(wanted(accepted))
        try:
            await self.app(scope, receive, send)
        finally:
            _spoken.reset(before)
