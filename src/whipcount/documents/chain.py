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


_DIGEST = re.compile(
    r"(?:^|(?<=[.!?\n]))[ \t]{0,4}(?:(?:The )?materials of (?P<of>[A-Z]\w+)|(?P<name>[A-Z]\w+)(?:'s)? materials) contain\b[^.\n]{0,80}\bforeign media\b"
)
"""The notice of digests that translate the foreign press."""


def chain(text: str, agency: str | None = None) -> tuple[Link, ...]:
    """Links behind the page's own outlet, outermost first: the translator, the digest, the outlet that the text came from.

    `agency` is the one in the text's dateline, if there is one.
    """
    links = []
    translated = _TRANSLATED.search(text)
    if translated:
        links.append(Link(translated["name"].strip(' «»"“”'), Relation.TRANSLATED))
    digest = _DIGEST.search(text)
    if digest:
        links.append(Link(digest["of"] or digest["name"], Relation.REPUBLISHED))
    first = _SOURCE_IN_TITLE.search(text[:3000]) or _FIRST_IN.search(text)
    if first:
        links.append(Link(first["name"].strip(), Relation.REPUBLISHED))
    if agency and all(link.name != agency for link in links):
        links.append(Link(agency, Relation.REPUBLISHED))
    return tuple(links)
