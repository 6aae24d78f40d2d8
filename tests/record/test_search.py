"""Searching finds documents by their words, whatever the case, accents or script."""

from __future__ import annotations

import pytest
from ferry import CODER, document
from hypothesis import given
from hypothesis import strategies as st

from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.record.search import find, holding, parse, tokens

TEXTS = {
    "quay": "The Müller quay was sold; nobody bought the QUAY.",
    "bonds": "Bond-holders of quays said: “sell, don't wait”.",
    "kana": "東京都は港を売らないと述べた。",
    "greek": "Το λιμάνι δεν πωλείται, είπε η Ελένη.",
}


@pytest.fixture
def library(record: Record) -> Record:
    for id, text in TEXTS.items():
        record.add(document(id, text), [], [], CODER, None)
    return record


QUERIES: list[tuple[str, set[str]]] = [
    ("quay", {"quay"}),
    ("quay*", {"quay", "bonds"}),
    ("MULLER sold", {"quay"}),
    ('"quay was sold"', {"quay"}),
    ('"sold quay"', set()),
    ("quay* -nobody", {"bonds"}),
    ("sell OR sold", {"bonds", "quay"}),
    ("bond holders", {"bonds"}),
    ("東京", {"kana"}),
    ("ΛΙΜΆΝΙ", {"greek"}),
    ("ferry", {"d1", "quay", "bonds", "kana", "greek"}),  # the title of all
    ("' OR 1=1 --", set()),
    ("NEAR(quay", set()),
    ("a:b*", set()),
]


def test_queries(library: Record) -> None:
    for query, found in QUERIES:
        assert {hit.document for hit in library.search(query)} == found, query


def test_places_are_those_of_the_words(library: Record) -> None:
    (hit,) = library.search("müller quay")
    assert [TEXTS["quay"][start:end] for start, end in hit.spans] == ["Müller", "quay", "QUAY"]
    (hit,) = library.search("東京")
    assert TEXTS["kana"][hit.spans[0][0] : hit.spans[0][1]] == "東京"
    assert len(library.search("ferry", limit=2)) == 2


@pytest.mark.parametrize("query", ["", "-quay", '"', "***", "OR"])
def test_a_query_without_a_word_is_refused(query: str) -> None:
    with pytest.raises(UsageError):
        parse(query)


@given(st.text())
def test_a_text_is_found_by_each_of_its_words_and_by_all_of_them(text: str) -> None:
    words = list(tokens(text))
    for _, start, end in words:
        spans = find(text, parse(f'"{text[start:end]}"')[0])
        assert spans is not None and (start, end) in spans
    if words:
        assert find(text, parse('"' + " ".join(text[start:end] for _, start, end in words) + '"')[0]) is not None


@given(
    st.text(st.sampled_from("abAB_ .-'é7"), max_size=30),
    st.lists(st.from_regex(r'-?(a|ab|b_a|"a b"|"b a"|b7|é)\*?', fullmatch=True), min_size=1, max_size=3),
)
def test_looking_fast_and_looking_for_places_find_the_same(text: str, words: list[str]) -> None:
    try:
        sides = parse(" ".join(words))
    except UsageError:
        return
    for side in sides:
        assert holding([side])(text) == (find(text, side) is not None)
