"""Names as written and as meant: folding, titles, offices, and when two names are one person's."""

from __future__ import annotations

import re

from anyascii import anyascii
from rapidfuzz.distance import DamerauLevenshtein

TITLES = {"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "lord", "dame", "lady", "gen", "general", "adm",
          "admiral", "col", "colonel", "lt", "sen", "rep", "gov", "the", "vice"}

OFFICES: tuple[tuple[str, str], ...] = (
    (r"(?:vice[- ]president)", "vice-president"),
    (r"president[- ]elect", "president-elect"),
    (r"(?:deputy|vice|first deputy|assistant) (?:foreign minister|minister of foreign affairs|head of the foreign ministry|secretary of state)",
     "deputy-foreign-minister"),
    (r"deputy (?:prime minister|premier)|vice[- ]premier", "deputy-head-of-government"),
    (r"prime minister|premier|chancellor|head of (?:the )?government|\bPM\b", "head-of-government"),
    (r"foreign minister|minister (?:of|for) foreign affairs|foreign secretary|secretary of state|top diplomat|chief diplomat|"
     r"head of (?:the )?(?:\w+ )?(?:foreign ministry|ministry of foreign affairs|state department|diplomacy)", "foreign-minister"),
    (r"defen[cs]e minister|minister (?:of|for) defen[cs]e|defen[cs]e secretary|secretary of (?:defen[cs]e|war)|pentagon (?:chief|head)|"
     r"head of (?:the )?(?:\w+ )*(?:pentagon|department of defen[cs]e|ministry of defen[cs]e|defen[cs]e ministry)", "defence-minister"),
    (r"spokes(?:man|woman|person)|official representative|press secretary", "spokesperson"),
    (r"high representative|(?:eu|european)(?:'s|’s)? (?:foreign policy|diplomacy) (?:chief|head)|foreign policy chief|head of european diplomacy|top (?:eu|european) diplomat",
     "high-representative"),
    (r"secretary[- ]general|nato (?:chief|head)|head of nato", "secretary-general"),
    (r"president|head of state|head of the white house|king|queen|emperor|supreme leader|\w+ leader|head of the fifth republic", "head-of-state"),
)
"""Words for offices, most particular first; each pattern is matched on lower-case text."""

_OFFICES = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), office) for pattern, office in OFFICES)


def fold(name: str) -> str:
    """Lower-case ASCII without titles' dots, possessives and punctuation, for comparing names."""
    text = re.sub(r"[’']s\b", "", name)
    text = anyascii(text).lower()
    text = re.sub(r"\b((?:[a-z]\.){2,})", lambda m: m.group().replace(".", ""), text)
    text = " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
    return text.removeprefix("the ")


def office(text: str) -> str | None:
    """The office that a description names, None if it names none."""
    for pattern, name in _OFFICES:
        if pattern.search(text):
            return name
    return None


def surname(name: str) -> str:
    """Last part of a folded name, with its particles left out."""
    parts = fold(name).split()
    return parts[-1] if parts else ""


def same_person(one: str, other: str) -> bool:
    """Whether two names can be one person's: equal, one the other's surname, or a like spelling of each part.

    Like spelling: at most one letter in four differs per part, and the first letters agree; initials match their names.
    """
    a, b = fold(one).split(), fold(other).split()
    a, b = [p for p in a if p not in TITLES], [p for p in b if p not in TITLES]
    if not a or not b:
        return False
    if len(a) == 1 or len(b) == 1:
        return _alike(a[-1], b[-1])
    if not _alike(a[-1], b[-1]):
        return False
    return _alike(a[0], b[0]) or (min(len(a[0]), len(b[0])) == 1 and a[0][0] == b[0][0])


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    longest = max(len(one), len(other))
    return longest > 3 and one[0] == other[0] and DamerauLevenshtein.distance(one, other) <= longest // 4
