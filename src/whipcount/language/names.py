"""Names of people and of their offices: folding, titles, and when two spellings name one person.

Rules only, no lists of particular people.  Spellings differ by accents (Orbán, Orban), by transliteration (Zelenskyy,
Zelensky), by initials (J. D. Vance, JD Vance, Jay Dee Vance) and by slips of translation (Kaya Kallas).
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii
from rapidfuzz.distance import Indel

_POSSESSIVE = re.compile(r"(?<=[\w.])['’]s?(?=\s|$)", re.IGNORECASE)
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)|\b(\w)\.")
_APOSTROPHES = re.compile(r"['’‘`ʼ]")
_NOT_WORD = re.compile(r"[^0-9a-z]+")

# fmt: off
TITLES = frozenset(
    [
        "mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "dame", "lord", "lady", "baroness",
        "baron", "count", "president", "prime", "minister", "premier", "pm", "chancellor", "secretary",
        "foreign", "defence", "defense", "finance", "interior", "energy", "justice", "vice", "deputy",
        "acting", "former", "ex", "ambassador", "senator", "congressman", "congresswoman", "representative",
        "governor", "mayor", "king", "queen", "prince", "princess", "emperor", "sheikh", "ayatollah", "pope",
        "general", "gen", "col", "colonel", "lt", "maj", "major", "admiral", "adm", "captain", "marshal",
        "commissioner", "speaker", "chairman", "chairwoman", "chair", "spokesman", "spokeswoman",
        "spokesperson", "envoy", "leader", "director", "chief", "commander", "herr", "frau", "monsieur",
        "madame", "signor", "comrade", "judge", "rep", "sen", "gov", "his", "her", "excellency", "the",
        "state", "elect", "taoiseach",
    ]
)
"""Folded words that stand before a name and are no part of it."""
# fmt: on

# fmt: off
_PARTICLES = frozenset(
    [
        "von", "van", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "du", "des", "la", "le",
        "el", "al", "bin", "ibn", "ben", "abu", "ap", "af", "av", "zu", "ter", "ten", "op", "mac", "st",
    ]
)
# fmt: on

_MINISTRY = r"(?:(?:the|\w+) ){0,3}"
OFFICES: tuple[tuple[str, str], ...] = (
    (r"(?:prime minister|president|chancellor)s?[- ]elect", "president-elect"),
    (r"spokes(?:man|woman|person)|press secretary|press officer|official representative", "spokesperson"),
    (r"vice[- ]president", "vice-president"),
    (r"(?:deputy|vice)[- ](?:prime minister|premier|chancellor)", "deputy-head-of-government"),
    (
        r"(?:deputy|vice|assistant) (?:foreign minister|minister of foreign affairs|head of the foreign ministry"
        r"|secretary of state)",
        "deputy-foreign-minister",
    ),
    (r"(?:deputy|vice) (?:defen[cs]e minister|(?:minister|secretary) of defen[cs]e)", "deputy-defence-minister"),
    (r"(?:eu|european)(?:'s|’s)? (?:foreign policy|diplomacy) (?:chief|head)", "high-representative"),
    (r"foreign policy chief|high representative|head of european diplomacy", "high-representative"),
    (r"(?:top|chief) (?:eu|european) diplomat", "high-representative"),
    (r"(?:eu|european union)(?:'s|’s)? (?:top|chief) diplomat", "high-representative"),
    (r"prime minister|premier|pm|head of (?:the )?government|chancellor|taoiseach", "head-of-government"),
    (r"minister (?:of|for) foreign affairs|foreign (?:affairs )?(?:minister|secretary)", "foreign-minister"),
    (r"secretary of state|(?:top|chief) diplomat", "foreign-minister"),
    (
        rf"head of {_MINISTRY}(?:foreign (?:ministry|office)|ministry of foreign affairs|state department|diplomacy)",
        "foreign-minister",
    ),
    (r"minister (?:of|for) (?:national )?defen[cs]e|defen[cs]e (?:minister|secretary|chief)", "defence-minister"),
    (r"secretary of (?:defen[cs]e|war)|war secretary|pentagon (?:chief|head)", "defence-minister"),
    (
        rf"head of {_MINISTRY}(?:pentagon|department of defen[cs]e|ministry of defen[cs]e|defen[cs]e ministry)",
        "defence-minister",
    ),
    (r"secretary[- ]general|nato (?:chief|head)|head of nato", "secretary-general"),
    (r"director[- ]general|managing director", "director-general"),
    (r"(?:permanent representative|ambassador|envoy) (?:to|at) the (?:un|united nations)", "un-ambassador"),
    (r"ambassador", "ambassador"),
    (r"(?:special )?envoy|special representative", "envoy"),
    (r"commissioner", "commissioner"),
    (r"advis[eo]r|aide", "adviser"),
    (r"chief of staff|head of (?:the )?presidential (?:office|administration)", "chief-of-staff"),
    (
        r"president|head of state|head of the white house|king|queen|emperor|pope|monarch|supreme leader"
        r"|head of the fifth republic|(?!(?:opposition|party|group|union|church|rebel|team|faction)\b)\w+ leader",
        "head-of-state",
    ),
)
"""Words for offices, most particular first; each pattern is matched on whole words, whatever their case."""

_OFFICE_PATTERNS = tuple((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), office) for pattern, office in OFFICES)
_BODY = re.compile(
    r"\b(?:(?:foreign|defen[cs]e|interior|finance|energy|justice|economy) (?:affairs )?(?:ministry|office|department)"
    r"|ministry (?:of|for) [a-z]+|(?:department|embassy|government|cabinet|presidency|administration|parliament"
    r"|presidential office|mission)|general staff|armed forces|military|army|diplomacy|authorities|officials?)\b"
)

_LETTERS = {
    name: letter
    for letter, names in (
        ("a", "ay"), ("b", "bee"), ("c", "cee"), ("d", "dee"), ("e", "ee"), ("f", "ef eff"), ("g", "gee"),
        ("h", "aitch"), ("j", "jay"), ("k", "kay"), ("l", "el ell"), ("m", "em"), ("n", "en"), ("o", "oh"),
        ("p", "pee"), ("q", "cue queue"), ("r", "ar arr"), ("s", "ess"), ("t", "tee"), ("v", "vee"), ("x", "ex"),
        ("y", "wye"), ("z", "zee zed"),
    )
    for name in names.split()
}  # fmt: skip
_SAME_GIVEN: tuple[frozenset[str], ...] = tuple(
    frozenset(line.split())
    for line in (
        "volodymyr vladimir wolodymyr uladzimir wladimir",
        "aleksandr alexander oleksandr aliaksandr alyaksandr alex sasha aleksander alexandr",
        "dmytro dmitry dmitri dmitrii dimitri",
        "andrii andriy andrei andrey andrej andrew",
        "mykhailo mikhail michael mihail mike",
        "serhii serhiy sergei sergey siarhei sergej serge",
        "oleksii oleksiy alexei alexey aleksei aleksey",
        "mykola nikolai nikolay",
        "yevhen yevgeny evgeny evgenii",
        "yurii yuriy yuri yury juri",
        "olena elena yelena helen",
        "maria mariya marija",
        "yulia yuliia julia iuliia",
        "kateryna ekaterina yekaterina catherine",
        "joseph joe josep",
        "antony anthony tony antonio",
        "elizabeth liz elisabeth",
        "donald don",
        "james jim jimmy jd",
        "william bill will",
        "robert bob rob bobby",
        "thomas tom",
        "steven steve stephen",
        "peter pete pyotr petr",
        "mohammed mohammad muhammad mohamed muhammed",
        "radoslaw radek",
        "george giorgos georgios",
        "jennifer jen",
        "gregory greg",
        "timothy tim",
        "daniel dan",
        "edward ed eduard",
    )
)
_RESPELL = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"(?:sch|sz|sh|tch|ch|cz)", "s"),
        (r"(?:kh|g)", "h"),
        (r"(?:zh|dz|ts|tz|c(?=[eiy]))", "z"),
        (r"(?:ck|c|q)", "k"),
        (r"x", "ks"),
        (r"ph", "f"),
        (r"w", "v"),
        (r"ou|oo", "u"),
        (r"[yj]", "i"),
        (r"(.)\1+", r"\1"),
        (r"(?<=[aeou])i(?=$)|(?<=[bdfhklmnprstvz])i(?=[aeou])", ""),
    )
)


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The name without article, case, accents, script, possessive, punctuation: "the Élysée's" -> "elysee"."""
    plain = _POSSESSIVE.sub("", name.strip())
    if not plain.isascii():
        plain = anyascii(plain)
    plain = _INITIALS.sub(lambda match: match[1] or match[2] + " ", plain)
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", plain).casefold()).strip().removeprefix("the ")


@lru_cache(maxsize=20_000)
def strip_titles(name: str) -> str:
    """The name without leading titles and offices: "Foreign Minister Dr. Tajani" -> "Tajani".  A bare title stays."""
    words = name.split()
    start = 0
    while start < len(words) and fold(words[start]) in TITLES:
        start += 1
    return " ".join(words[start:]) if start < len(words) else name.strip()


@lru_cache(maxsize=20_000)
def family_name(name: str) -> str:
    """The family name of a name in western order, particles included: "Ursula von der Leyen" -> "von der Leyen"."""
    words = name.replace(",", " ").split()
    if len(words) > 2 and fold(words[-1]) in {"jr", "sr", "ii", "iii"}:
        words = words[:-1]
    start = len(words) - 1
    while start > 0 and fold(words[start - 1]) in _PARTICLES:
        start -= 1
    return " ".join(words[max(start, 0) :])


def surname(name: str) -> str:
    """Last part of a folded name, particles left out: "Ursula von der Leyen" -> "leyen"."""
    return (fold(name).split() or [""])[-1]


def initial(name: str) -> str:
    """How a family name begins to the ear; two names of one person share it."""
    words = [word for word in fold(family_name(name)).split() if word not in _PARTICLES]
    return sound(words[0] if words else name)[:1]


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """A key that the usual transliterations of one word share: "Zelenskyy", "Zelensky", "Zelenskiy"."""
    key = fold(word).replace(" ", "")
    for pattern, to in _RESPELL:
        key = pattern.sub(to, key)
    return key


_SOUNDED = str.maketrans({"č": "ch", "ć": "ch", "š": "sh", "ś": "sh", "ž": "zh", "ż": "zh", "ź": "zh", "ř": "rzh", "ş": "sh", "ç": "ch"})


def sounds(word: str) -> frozenset[str]:
    """The keys of a word read with its accents and without: "Dačić" shares one with "Daczić", one with "Dacic"."""
    return frozenset((sound(word), sound(word.casefold().translate(_SOUNDED))))


def _alike(one: str, other: str) -> bool:
    """Whether two folded words are spellings of one: equal by sound, or long and nearly equal from the same letter."""
    if one == other:
        return True
    if min(len(one), len(other)) < 4:
        return False
    return sound(one) == sound(other) or (
        min(len(one), len(other)) >= 5
        and sound(one)[:1] == sound(other)[:1]
        and float(Indel.normalized_similarity(one, other)) >= 0.88
    )


def _same_given(one: list[str], other: list[str]) -> bool:
    """Whether two lists of folded given names may be one person's: initials, short forms and spelled letters count."""
    if not one or not other:
        return True
    letters = ["".join(_LETTERS.get(word, word) for word in words) for words in (one, other)]
    initials = ["".join(word[0] for word in words) for words in (one, other)]
    if letters[0] == letters[1]:
        return True
    if all(len(part) == 2 and len(words[0]) <= 2 for part, words in zip(letters, (one, other), strict=True)):
        return False
    for mine, theirs in ((0, 1), (1, 0)):
        if len(letters[mine]) <= 3 and len((one, other)[mine][0]) <= 3 and letters[mine] == initials[theirs]:
            return True
    first, second = one[0], other[0]
    if len(first) == 1 or len(second) == 1:
        return first[0] == second[0]
    if any(first in names and second in names for names in _SAME_GIVEN):
        return True
    close = first[0] == second[0] and min(len(first), len(second)) >= 4
    return (
        _alike(first, second)
        or (close and float(Indel.normalized_similarity(first, second)) >= 0.85)
        or (close and sorted(first) == sorted(second))
    )


@lru_cache(maxsize=65536)
def same_person(a: str, b: str) -> bool:
    """Whether two names may be one person's: titles dropped, then family names alike and given names compatible.

    A bare family name agrees with any full name that ends in it.  Conservative: short names must be equal, longer ones
    equal by sound or at least 88 per cent alike (Indel similarity) from the same first letter.
    """
    one, other = strip_titles(a), strip_titles(b)
    if not fold(one) or not fold(other):
        return False
    if fold(one).replace(" ", "") == fold(other).replace(" ", ""):
        return True
    families = fold(family_name(one)).split(), fold(family_name(other)).split()
    cores = [[word for word in family if word not in _PARTICLES] or family for family in families]
    if not _alike(" ".join(cores[0]), " ".join(cores[1])):
        return False
    given = [fold(name).split()[: -len(family)] for name, family in zip((one, other), families, strict=True)]
    return _same_given([word for word in given[0] if word], [word for word in given[1] if word])


def office(phrase: str) -> str | None:
    """The office that a phrase names: "the French foreign minister" -> "foreign-minister"; None if it names none.

    Offices of organisations share the words of states': "president" is "head-of-state"; whose it is decides.
    """
    plain = " ".join(phrase.split())
    for pattern, name in _OFFICE_PATTERNS:
        if pattern.search(plain):
            return name
    return None


def public_body(phrase: str) -> bool:
    """Whether the phrase names a part of a state by rule: "the Russian Foreign Ministry", "the Polish government"."""
    return _BODY.search(" ".join(phrase.casefold().split())) is not None
