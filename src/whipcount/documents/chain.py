"""How the words reached the page: who republished them, who translated them, as far as the page says so."""

from __future__ import annotations

import re

from whipcount.model import Link, Relation

_SOURCE_IN_TITLE = re.compile(r"\((?P<name>[A-Z][^()\n]{2,60}),\s*[A-Z][A-Za-z. ]{1,30}\)\s*$", re.MULTILINE)
_FIRST_IN = re.compile(
    r"(?i)\b(?:first (?:published|appeared) (?:in|on|by)|originally (?:published|appeared) (?:in|on|by)|republished from|"
    r"this (?:article|story) (?:originally )?appeared (?:in|on))\s+(?-i:(?P<name>(?:The\s+)?[A-Z][\w&’'-]*(?:[ \t]+[A-Z][\w&’'-]*){0,4}))"
)
_TRANSLATED = re.compile(
    r"(?i)(?:переведено сервисом|перевод(?:чик)?:|translated (?:by|with)|translation:?(?: by)?|machine translation by)\s+"
    r"(?P<name>[«\"“]?[^\n.,;]{2,60})"
)


def chain(text: str, outlet: str | None) -> tuple[Link, ...]:
    """Links from the page inwards, outermost first: the outlet, the translator, the outlet that the text came from."""
    links = [Link(outlet, Relation.PUBLISHED)] if outlet else []
    translated = _TRANSLATED.search(text)
    if translated:
        links.append(Link(translated["name"].strip(' «»"“”'), Relation.TRANSLATED))
    head = text[:3000]
    first = _SOURCE_IN_TITLE.search(head) or _FIRST_IN.search(text)
    if first:
        links.append(Link(first["name"].strip(), Relation.REPUBLISHED))
    return tuple(links)
