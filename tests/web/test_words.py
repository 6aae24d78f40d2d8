"""The pages speak the reader's language: every word that is ours is in the catalogue, and comes from it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from bridge import filled
from fastapi.testclient import TestClient
from knot import filled as two_camps
from lxml import html

from whipcount.web import words
from whipcount.web.app import create_app

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import messages

PAGES = [
    "/", "/?at=2025-03&by=region&sort=name", "/statements", "/statements?at=2025-03-20", "/documents", "/documents/first?statement=s1",
    "/timeline", "/timeline?at=2025-03-20", "/verdicts", "/verdicts/nato/build", "/coalitions", "/sources", "/ask", "/ask?q=bridge",
    "/report", "/review", "/codebook", "/actors", "/coders", "/agreement", "/adjudicate", "/exchange", "/nowhere",
]  # fmt: skip

OURS_IN_ENGLISH = {"whipcount", "JSON", "CSV", "SVG", "PNG", "PDF", "HTML", "DNA", "YAML", "GraphML", "Excel"}
"""Names, which no language translates."""


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


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Words that a record brings with it, and what institutions and their rules are called and say."""
    here, house = Path(__file__).parent, Path(words.__file__).parents[1]
    brought = [here / "bridge.py", here / "knot.py", *(house / "knowledge" / "actors").glob("*.yaml")]
    brought += (house / "institutions").glob("*.py")
    brought += (house / "knowledge" / "institutions").rglob("*.yaml")
    found = set(re.findall(r"[A-Za-z]+", "".join(path.read_text(encoding="utf-8") for path in brought)))
    return found | {"actors", "people", "yaml", "csv", "GBR"}  # files of actors; codes of states are data, too


def left_in_english(page: str, known: set[str]) -> set[str]:
    """Words of a page that came from no catalogue and no record."""
    tree = html.fromstring(page)
    for node in tree.xpath("//script | //style | //code | //kbd | //textarea | //article[@id='text'] | //blockquote"):
        node.getparent().remove(node) if node.tail is None else node.clear(keep_tail=True)
        found = set()
    whole = "\x00".join(tree.xpath("//text() | //@title | //@aria-label | //@placeholder"))
    while "⟦" in whole:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", "", whole)
        if shorter == whole:
            break
        whole = shorter
    for word in re.findall(r"[A-Za-z]{3,}", whole):
        if word not in known | OURS_IN_ENGLISH:
            found.add(word)
    return found


@pytest.mark.usefixtures("brackets")
@pytest.mark.parametrize("address", PAGES)
def test_every_word_of_ours_comes_from_the_catalogue(address: str, known: set[str], tmp_path: Path) -> None:
    for fill in (filled, two_camps):
        with fill(tmp_path / f"{fill.__module__}.whip") as record:
            client = TestClient(create_app(record), base_url="http://localhost")
            answer = client.get(address, headers={"accept-language": "xx, en;q=0.5"})
            if answer.status_code == 404 and "nowhere" not in address:
                continue  # this record has no such document
            page = answer.text
            assert '<html lang="xx">' in page
            assert left_in_english(page, known) == set()
            assert "⟦" not in client.get(address).text, "who asks for nothing gets English"


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
