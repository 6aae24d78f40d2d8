"""The pages speak the reader's language: every word that is ours is in the catalogue, and comes from it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from bridge import filled
from fastapi.testclient import TestClient
from knot import filled as two_camps
from lxml import html

from whipcount.model import Coder
from whipcount.web import words
from whipcount.web.app import create_app

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import messages

PAGES = [
    "/", "/?at=2025-03&by=region&sort=name", "/statements", "/statements?at=2025-03-20", "/documents", "/documents/first?statement=s1",
    "/timeline", "/timeline?at=2025-03-20", "/verdicts", "/verdicts/nato/build", "/coalitions", "/sources", "/ask", "/ask?q=bridge",
    "/report", "/review", "/codebook", "/actors", "/coders", "/acts?coder=Eva", "/agreement", "/adjudicate", "/exchange", "/nowhere",
]  # fmt: skip

OURS_IN_ENGLISH = {"whipcount", "JSON", "CSV", "SVG", "PNG", "PDF", "HTML", "DNA", "YAML", "GraphML", "Excel", "yaml", "csv"}
"""Names and ends of files, which no language translates."""


def turned(message: str) -> str:
    """A message in a language of brackets, with its names and marks where they were."""
    return f"⟦{message}⟧"


@pytest.fixture(scope="module")
def brackets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A catalogue in which every message stands in brackets, for the language `xx`."""
    folder = tmp_path_factory.mktemp("messages")
    gathered, _ = messages.gathered()
    catalog = Catalog(locale="en", charset="utf-8")
    for message in gathered:
        if message.id:
            several = isinstance(message.id, tuple)
            catalog.add(message.id, tuple(map(turned, message.id)) if several else turned(message.id))
    place = folder / "xx" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "whipcount.mo").write_bytes(messages.compiled(catalog))
    (folder / "scripts.json").write_text((words.MESSAGES / "scripts.json").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "MESSAGES", folder)
        for each in (words.languages, words._catalogue):
            each.cache_clear()
        yield
    for each in (words.languages, words._catalogue):
        each.cache_clear()


def texts(value: Any) -> Iterator[str]:
    """The texts in a page's data, without the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


@cache
def named() -> str:
    """What states, groups and institutions are called, with their rules."""
    folder = Path(words.__file__).parents[1] / "knowledge"
    files = [*(folder / "institutions").rglob("*.yaml"), *(folder / "actors").rglob("*.yaml"), folder / "example" / "x"]
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.is_file())


@cache
def ours() -> frozenset[str]:
    """Every message of the catalogue."""
    gathered, _ = messages.gathered()
    return frozenset(m.id if isinstance(m.id, str) else m.id[0] for m in gathered)


def brought(client: TestClient, address: str) -> str:
    """What the record brings to a page: the texts of its data, but for words of ours."""
    path, _, query = address.partition("?")
    twins = ["/board.json", "/codebook.json", "/statements.json", "/documents.json", "/actors.json", "/verdicts.json"]
    twins.append(("/board" if path == "/" else path) + ".json" + (f"?{query}" if query else ""))
    found = []
    for twin in twins:
        answer = client.get(twin)
        if answer.headers["content-type"].startswith("application/json"):
            found += [text for text in texts(answer.json()) if text not in ours()]
    return "\n".join(found)


def left_in_english(page: str, known: str) -> set[str]:
    """Words side by side that came from no catalogue and no record."""
    tree = html.fromstring(page)
    for node in tree.xpath("//script | //style | //code | //kbd | //textarea | //article[@id='text'] | //blockquote"):
        node.getparent().remove(node) if node.tail is None else node.clear(keep_tail=True)
    whole = "\x00".join(tree.xpath("//text() | //@title | //@aria-label | //@placeholder"))
    while whole != (shorter := re.sub(r"⟦[^⟦⟧]*⟧", "\x00", whole)):
        whole = shorter
    phrases = re.findall(r"[A-Za-z][\w’'-]*(?: [A-Za-z][\w’'-]*)*", whole)
    return {each for each in phrases if len(each) > 2 and each not in known and each not in OURS_IN_ENGLISH}


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize("address", PAGES)
def test_every_word_of_ours_comes_from_the_catalogue(address: str, tmp_path: Path) -> None:
    for fill in (filled, two_camps):
        with fill(tmp_path / f"{fill.__module__}.whip") as record:
            record.review(record.entries()[0].key, "correct", {"voice": "ascribed"}, Coder("Eva", "", False))
            client = TestClient(create_app(record), base_url="http://localhost")
            answer = client.get(address, headers={"accept-language": "xx, en;q=0.5"})
            if answer.status_code == 404 and "nowhere" not in address:
                continue  # this record has no such document
            assert '<html lang="xx">' in answer.text
            assert left_in_english(answer.text, brought(client, address) + named()) == set()
            assert "⟦" not in client.get(address).text, "who asks for nothing gets English"


@pytest.mark.usefixtures("brackets")
def test_a_report_holds_the_same_in_every_language(tmp_path: Path) -> None:
    with filled(tmp_path / "bridge.whip") as record:
        client = TestClient(create_app(record), base_url="http://localhost")
        for part in ("", "?part=positions"):
            ways = [client.get(f"/report.html{part}", headers=h).text for h in ({}, {"accept-language": "xx"})]
            assert len({len(html.fromstring(way).xpath("//main//*")) for way in ways}) == 1
        assert client.get("/report.pdf", headers={"accept-language": "xx"}).content.startswith(b"%PDF")


def test_the_catalogue_to_translate_from_is_up_to_date() -> None:
    gathered, scripts = messages.gathered()
    with (messages.MESSAGES / "whipcount.pot").open("rb") as file:
        held = read_po(file)
    assert {m.id for m in held if m.id} == {m.id for m in gathered if m.id}, "run `python tools/messages.py`"
    assert json.loads((messages.MESSAGES / "scripts.json").read_text(encoding="utf-8")) == scripts


@pytest.mark.usefixtures("brackets")
def test_scripts_get_their_words_with_the_page(client: TestClient) -> None:
    page = html.fromstring(client.get("/", headers={"accept-language": "xx"}).text)
    (said,) = page.xpath("//script[@id='words']/text()")
    assert json.loads(said)["Saved."] == "⟦Saved.⟧"
    assert not html.fromstring(client.get("/").text).xpath("//script[@id='words']")


@pytest.mark.usefixtures("brackets")
def test_the_browser_says_which_language_it_likes_best() -> None:
    assert words.wanted("de, xx;q=0.8, en;q=0.5") == "xx"
    assert words.wanted("en-GB, xx;q=0.8") == "en"
    assert words.wanted("xx;q=0, fr") == words.wanted("") == words.wanted("xx;q=much") == "en"
    assert words.wanted("../../etc") == "en"
