"""Whose an official statement is, and who "the Council" and "we" are in it."""

from __future__ import annotations

import pytest

from whipcount.documents import document_from_text
from whipcount.language.actors import Actors
from whipcount.language.cast import Cast
from whipcount.language.issuer import issuers
from whipcount.reading import Pipeline


@pytest.fixture(scope="module")
def actors() -> Actors:
    return Actors.load()


@pytest.mark.parametrize(
    ("title", "outlet", "whose"),
    [
        ("Statement by the North Atlantic Council on Ukraine", None, ["NATO"]),
        ("Joint statement of France, Germany and Poland", None, ["France", "Germany", "Poland"]),
        ("European Council conclusions, 20 March 2025", None, ["European Union"]),
        ("G7 Leaders' Statement on the Middle East", None, ["G7"]),
        ("Statement by the Ministry of Oceans of Hanju", None, ["Hanju"]),
        ("Conclusions of the Conference of Regional Premiers", None, ["Conference of Regional Premiers"]),
        ("Statement following the talks of 17 October", "Government of Kenya", ["Kenya"]),
        ("Statement by Josep Borrell on Belarus", None, []),
        ("Statement by Kenya's minister causes an outcry", "Daily Nation", []),
        ("Kremlin statement draws criticism", "Daily Nation", []),
        ("UN resolution on Gaza fails", "Daily Nation", []),
        ("NATO statement on the war in the east angers Moscow", "Daily Nation", []),
        ("Macron rejects the statement of the Kremlin", "Daily Nation", []),
        ("Talks go on", "NATO", []),
        ("", None, []),
    ],
)
def test_the_title_or_the_outlet_tells_whose_a_statement_is(
    title: str, outlet: str | None, whose: list[str], actors: Actors
) -> None:
    document = document_from_text("We met in Nairobi.", title=title, outlet=outlet)
    assert [actor.name for actor in issuers(document, Cast(document, actors))] == whose


def test_in_a_statement_the_council_and_we_are_who_issues_it() -> None:
    text = "The Council said that the mission should stay. We reject any change of borders. Kenya said that it would send police."
    title = "Conclusions of the Council of the European Union"
    said = Pipeline().read(document_from_text(text, title=title)).statements
    assert [s.speaks_for for s in said if "mission" in text[slice(*s.content[0])]] == ["European Union"]
    assert [s.speaks_for for s in said if "police" in text[slice(*s.content[0])]] == ["Kenya"]
    plain = Pipeline().read(document_from_text(text, title="The talks go on")).statements
    assert "European Union" not in {s.speaks_for for s in plain}
