"""Whose an official statement is: "Conclusions of the Council", "Joint statement of Peru and Chile".

In a statement "the ministers", "the Council", "members" and "we" are those who issue it.  Its title tells, or else that
the outlet which it is from is itself a body.
"""

from __future__ import annotations

import re

from whipcount.language import roles
from whipcount.language.actors import Actor
from whipcount.language.cast import Cast
from whipcount.language.names import fold
from whipcount.model import Document, SpeakerKind

_NOUN = r"(?:statement|declaration|communiqu[eé]|conclusions|resolution|summary|readout|appeal)"
_STATEMENT = re.compile(rf"(?i)(?:the )?(?:[\w’'-]+ ){{0,2}}{_NOUN}\b(?=[ ,:]*(?:of|by|from|on|following|after|at)\b|\s*[,:]|\s*$)")
"""How the title of an official statement begins; "Kremlin statement draws criticism" is a headline."""
_LEAD = re.compile(
    r"(?i)(?P<who>.+?)(?:[’']s?)? (?:(?:leaders|foreign ministers|ministers)[’']? |summit |joint |final )*"
    r"(?:statement|declaration|communiqu[eé]|conclusions)(?:\s*[,:].*| (?:on|of|after|following)(?: [^ ]+){1,4})?$"
)
"""A statement named after whose it is; what comes after is short, or it may be a headline."""
_BY = re.compile(r"\b(?:of|by|from)\s+(?:the\s+)?(?:(?:[a-z]+\s+){1,4}(?:of|from)\s+(?:the\s+)?)?(?=[A-Z])")
_ON = re.compile(r"\s(?:on|about|after|following|concerning|regarding|at|in)\s")
_PART = re.compile(r",\s*(?:and\s+)?|\s+and\s+")
OWN = re.compile(
    r"(?i)(?:the |these |their )?(?:(?:two|three|four|five|six|seven|participating|assembled) )*(?:ministers|leaders|heads of state(?: (?:and|or) (?:of )?government)?|"
    r"governments?|ministry|department|council|members|member states|participants|allies|representatives of [a-z ]+|(?:executive )?boards?|committee|"
    r"assembly|conference|signatories|secretariat|presidency)$"
)
"""Words for whoever issues a statement."""

_BODIES = roles.BODY_NOUNS | {"conference", "group", "three", "four", "five", "six", "seven"}


def issuers(document: Document, cast: Cast) -> list[Actor]:
    """The actors whose statement a document is, none where it is not one or nothing tells."""
    title = document.title or ""
    lead = _LEAD.match(title)
    if lead and (actor := _actor(lead["who"], cast)):
        return [actor]
    if not _STATEMENT.match(title):
        return []
    by = _BY.search(title)
    if by:
        named = _PART.split(_ON.split(title[by.end() :], maxsplit=1)[0])
        found = [actor for name in named if (actor := _actor(name, cast))]
        return found if len(found) == len(named) else []
    outlet = re.split(r",| Secretariat| secretariat| Press", document.outlet or "")[0]
    actor = _actor(outlet, cast) if outlet else None
    joint = re.search(r"(?i)\b(?:joint|trilateral|common)\b", title)
    return [actor] if actor and not joint else []


def _actor(name: str, cast: Cast) -> Actor | None:
    """The actor that a whole name means: one of the data, or a body that the document or the codebook names."""
    bare = re.sub(r"^[Tt]he ", "", name.strip(" .:,"))
    organ, of, owner = bare.rpartition(" of ")
    if of and re.match(r"(?:Ministry|Department|Office|Government|Council|Cabinet|Chancellery|Board|Assembly)\b", organ):
        whose = _actor(owner, cast)
        named = whose and fold(whose.name) == fold(owner)
        return whose if whose and (whose.id or named) else Actor("", owner, SpeakerKind.STATE) if " " not in owner else None
    known = [m for m in cast.actors.mentions(bare) if len(m.text) >= len(bare) - 2]
    if known:
        actor = cast.sovereign(known[0].ids[0])
        return actor if actor.kind is not SpeakerKind.OUTLET else None
    if not re.match(r"[A-Z]", bare) or fold(bare) in roles.STARTERS:
        return None
    words = {word.lower() for word in bare.split()}
    body = " " in bare and words & _BODIES and not roles.OFFICIAL.search(bare)
    return cast.body(bare) or (Actor("", bare, SpeakerKind.ORGANISATION) if body else None)
