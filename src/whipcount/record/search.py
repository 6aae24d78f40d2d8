"""Full-text search: which documents hold all the words asked for, and where they stand.

Words are compared without case and accents; scripts that set no spaces are searched character by character.  An index of
each document's words names the candidates (FTS5 in SQLite, a GIN index in PostgreSQL); phrases are then looked for in
the text itself, so that both databases find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, cast, column, or_, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from whipcount.errors import UsageError
from whipcount.model import Spans
from whipcount.record.schema import documents

LONGEST = 100
"""Characters of a word that are compared."""

WORD = re.compile(r"[぀-ヿ㐀-鿿豈-﫿฀-๿຀-໿က-႟ក-៿]|(?:[^\W぀-ヿ㐀-鿿豈-﫿฀-๿຀-໿က-႟ក-៿][̀-ͯ]*)+")
"""One character of Chinese, Japanese, Thai, Lao, Burmese or Khmer, or a run of letters and digits of any other script."""

QUERY = re.compile(r'(-?)(?:"([^"]*)"|([^\s"]+))')


@dataclass(frozen=True, slots=True)
class Hit:
    """A document in which the words were found.

    spans  where they stand in its text, in order; empty if they stand in the title only
    """

    document: str
    title: str | None
    outlet: str | None
    date: str | None
    spans: Spans


@dataclass(frozen=True, slots=True)
class Term:
    """Words that must follow each other (`unwanted`: that must not); `open` if the last may go on ("sanction*")."""

    words: tuple[str, ...]
    open: bool = False
    unwanted: bool = False


def tokens(given: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text, folded, with their offsets."""
    for match in WORD.finditer(given):
        if folded := _fold(match.group()):
            yield folded, match.start(), match.end()


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()[:LONGEST]
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold()).casefold()
    return "".join(c for c in parts if c.isalnum() or c == "_")[:LONGEST]


def parse(query: str) -> tuple[tuple[Term, ...], ...]:
    """The alternatives of a query, each the terms that must all hold; UsageError if it asks for no word.

    Words stand side by side (all must occur); "several words" in quotation marks follow each other; `word*` may go on;
    `-word` must not occur; OR between two sides asks for either.
    """
    sides: list[list[Term]] = [[]]
    for minus, phrase, word in QUERY.findall(query):
        if word == "OR" and not minus:
            sides.append([])
            continue
        given = phrase or word
        words = tuple(folded for folded, _, _ in tokens(given))
        if words:
            sides[-1].append(Term(words, given.rstrip().endswith("*"), bool(minus)))
    wanted = tuple(tuple(side) for side in sides if any(not term.unwanted for term in side))
    if not wanted:
        raise UsageError(
            f'{query[:60]!r}: no word to search for; write some, for example: troops "security guarantee*"'
        )
    return wanted


def find(given: str, side: tuple[Term, ...], also: str = "") -> Spans | None:
    """Where the terms stand in a text; None unless all wanted ones stand there (or in `also`) and no unwanted one does."""
    here, there = list(tokens(given)), list(tokens(also))
    spans: list[tuple[int, int]] = []
    for term in side:
        found = list(_places(here, term))
        if bool(found or any(_places(there, term))) == term.unwanted:
            return None
        spans += found
    return tuple(sorted(set(spans)))


def holding(wanted: Sequence[tuple[Term, ...]]) -> Callable[[str], bool]:
    """What tells of a text whether `find` finds one of the sides in it; many short texts are gone through at once."""
    plain = all(len(word) < LONGEST for side in wanted for term in side for word in term.words)
    sides = [[(term.words[0], _pattern(term).search, term.unwanted) for term in side] for side in wanted]

    def holds(given: str) -> bool:
        if not plain or not given.isascii():
            return any(find(given, side) is not None for side in wanted)
        low = given.lower()
        for side in sides:
            for first, search, unwanted in side:
                if (first not in low or search(low) is None) is not unwanted:
                    break
            else:
                return True
        return False

    return holds


@lru_cache(256)
def _pattern(term: Term) -> re.Pattern[str]:
    """What a term is in a text without accents, where words end as a regular expression's do."""
    words = r"\W+".join(re.escape(word) for word in term.words)
    return re.compile(rf"\b{words}" + ("" if term.open else r"\b"))


def _places(words: list[tuple[str, int, int]], term: Term) -> Iterator[tuple[int, int]]:
    size = len(term.words)
    for i in range(len(words) - size + 1):
        fits = all(words[i + k][0] == term.words[k] for k in range(size - 1))
        last, wanted = words[i + size - 1][0], term.words[-1]
        if fits and (last.startswith(wanted) if term.open else last == wanted):
            yield words[i][1], words[i + size - 1][2]


def create(connection: Connection) -> None:
    """Make the index and put all documents into it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("CREATE TABLE words (document INTEGER PRIMARY KEY, lexemes TSVECTOR NOT NULL)"))
        connection.execute(text("CREATE INDEX ix_words_lexemes ON words USING gin (lexemes)"))
    else:
        connection.execute(
            text(
                "CREATE VIRTUAL TABLE words USING fts5(lexemes, content='', detail=none, tokenize=\"ascii tokenchars '_'\")"
            )
        )
    for row in connection.execute(select(documents.c.number, documents.c.title, documents.c.text)):
        index(connection, row.number, row.title or "", row.text)


def index(connection: Connection, number: int, title: str, words: str) -> None:
    """Put one document into the index."""
    distinct = sorted({word for word, _, _ in tokens(title + "\n" + words)})
    if connection.dialect.name == "postgresql":
        order = text(
            "INSERT INTO words (document, lexemes) VALUES (:number, array_to_tsvector(CAST(:words AS text[])))"
        )
        connection.execute(order, {"number": number, "words": distinct})
    else:
        order = text("INSERT INTO words (rowid, lexemes) VALUES (:number, :words)")
        connection.execute(order, {"number": number, "words": " ".join(distinct)})


def candidates(connection: Connection, query: tuple[tuple[Term, ...], ...]) -> ColumnElement[bool]:
    """The condition on `documents` that every wanted word is in the index of one."""
    postgres = connection.dialect.name == "postgresql"
    sides = []
    for side in query:
        wanted = [
            (word, term.open and place == len(term.words) - 1)
            for term in side
            if not term.unwanted
            for place, word in enumerate(term.words)
        ]
        if postgres:
            lexemes = " & ".join(f"'{word}'" + (":*" if goes_on else "") for word, goes_on in wanted)
            found: Select[Any] = select(column("document")).select_from(table("words"))
            found = found.where(column("lexemes").op("@@")(cast(lexemes, TSQUERY)))
        else:
            lexemes = " AND ".join(f'"{word}"' + ("*" if goes_on else "") for word, goes_on in wanted)
            found = select(column("rowid")).select_from(table("words")).where(column("words").op("MATCH")(lexemes))
        sides.append(documents.c.number.in_(found))
    return or_(*sides)
