"""Every figure on every page leads to its statements in one click, and each of those to its words in one more."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from fastapi.testclient import TestClient
from lxml import html

import whipcount
from whipcount.institutions.catalogue import find, state_code

REGIONS = Path(whipcount.__file__).parent / "knowledge" / "actors" / "regions.yaml"

PAGES = [
    "/",
    "/?at=2025-02&by=coalition",
    "/timeline?option=levy",
    "/timeline?actor=Spain",
    "/verdicts",
    "/verdicts/nato/fund",
    "/verdicts/nato/reform?view=europe",
    "/verdicts/eu-qmv/levy",
    "/verdicts/coalition-of-the-willing/levy",
    "/coalitions",
    "/coalitions?at=2025-02-15",
    "/sources",
    "/ask?q=Italy",
]

FIGURES = "//main//*[contains(@class, 'figure') or contains(@class, 'said')][self::td or self::span]"


def figures(page: html.HtmlElement) -> list[html.HtmlElement]:
    """What a page shows as a number of statements or seats."""
    counted = [node for node in page.xpath(FIGURES) if re.search(r"\d", node.text_content())]
    return counted + page.xpath("//main//*[contains(@class, 'tally')]/*[.//a]")


def lists(page: html.HtmlElement) -> set[str]:
    """The lists of statements to which a page leads."""
    return {href for href in page.xpath("//main//@href") if urlsplit(href).path == "/statements"}


@pytest.mark.parametrize("address", PAGES)
def test_every_number_is_a_link_or_in_one(knot: TestClient, address: str) -> None:
    for figure in figures(html.fromstring(knot.get(address).text)):
        assert figure.xpath("ancestor-or-self::a | .//a"), html.tostring(figure)


@pytest.mark.parametrize("address", PAGES)
def test_every_list_that_a_page_leads_to_has_statements_with_highlighted_words(knot: TestClient, address: str) -> None:
    found = lists(html.fromstring(knot.get(address).text))
    assert found
    for href in found:
        page = html.fromstring(knot.get(href).text)
        words = page.xpath("//li[contains(@class, 'statement')]/blockquote/a/@href")
        assert words, f"{address} leads to {href}, which has no statement"
        for place in words:
            document = knot.get(place.split("#")[0])
            assert re.search(r'<mark[^>]*class="[^"]*\bchosen\b', document.text), f"{href} leads to {place}"


def test_a_figure_counts_the_statements_it_leads_to(knot: TestClient) -> None:
    page = html.fromstring(knot.get("/sources").text)
    for link in page.xpath("//td[contains(@class, 'figure')]//a | //table[contains(@class, 'matrix')]//td//a"):
        number = int(re.match(r"\s*(\d+)", link.text_content())[1])  # type: ignore[index]
        listed = knot.get(link.get("href").replace("/statements", "/statements.json")).json()
        assert sum(s["speaks_for"] is not None and s["voice"] != "commentary" for s in listed["statements"]) == number


def test_a_tie_leads_to_the_statements_of_both_on_what_they_share(knot: TestClient) -> None:
    data = knot.get("/coalitions.json").json()
    page = html.fromstring(knot.get("/coalitions").text)
    drawn = [href for href in lists(page) if len(parse_qs(urlsplit(href).query).get("actor", ())) == 2]
    assert drawn and data["ties"]
    for href in drawn:
        asked = parse_qs(urlsplit(href).query)
        listed = knot.get(href.replace("/statements", "/statements.json")).json()["statements"]
        assert {s["speaks_for"] for s in listed} == set(asked["actor"])
        assert {s["option"] for s in listed} <= set(asked["option"])


@pytest.mark.parametrize("name", ["board", "timeline", "network", "sources", "waits"])
def test_every_chart_comes_as_a_file(knot: TestClient, name: str) -> None:
    svg = knot.get(f"/charts/{name}.svg")
    if svg.status_code == 404:
        assert "nothing to draw" in svg.text
        return
    assert svg.headers["content-type"] == "image/svg+xml" and "var(--" not in svg.text
    assert "<a " not in svg.text and "<i>Ruritania" not in svg.text and "<script" not in svg.text
    html.fromstring(svg.text.encode())
    rows = knot.get(f"/charts/{name}.csv").text.splitlines()
    assert len(rows) > 1
    png = knot.get(f"/charts/{name}.png")
    assert png.content.startswith(b"\x89PNG")


def test_a_report_comes_as_html_and_pdf_with_what_was_chosen(client: TestClient) -> None:
    made = client.get("/report.html?option=build&part=positions&part=changes")
    assert "Build the bridge" in made.text and "Charge a toll" not in made.text and "<script" not in made.text
    assert client.get("/report.pdf?option=build").content.startswith(b"%PDF")
    assert client.get("/report.html?option=nothing").status_code == 404
    assert client.get("/report.docx").status_code == 404


def test_switches_change_the_verdict_and_the_address_keeps_them(client: TestClient) -> None:
    page = html.fromstring(client.get("/verdicts/nato/build").text)
    no = next(a.get("href") for a in page.xpath("//*[@aria-label='What if: Hungary']//a") if a.text == "no")
    after = html.fromstring(client.get(no).text)
    assert "Blocked" in after.xpath("string(//*[contains(@class, 'outcome')])")
    back = next(a.get("href") for a in after.xpath("//*[@aria-label='What if: Hungary']//a") if a.text == "record")
    assert "Open" in html.fromstring(client.get(back).text).xpath("string(//*[contains(@class, 'outcome')])")


def test_the_map_shows_members_in_their_sign_and_nobody_else(client: TestClient) -> None:
    page = client.get("/verdicts/nato/build?view=europe").text
    assert "Hungary: yes, if" in page and "Ukraine: no member" in page
    assert client.get("/verdicts/nato/build?view=moon").status_code == 404


def test_words_are_found_with_the_names_that_hold_them(client: TestClient) -> None:
    found = client.get("/ask.json?q=build").json()
    assert [each["name"] for each in found["named"]["option"]] == ["Build the bridge"]
    assert found["number"] == 2 and all("build" in s["words"] for s in found["statements"])
    assert client.get("/ask.json?q=-").json()["number"] == 0


def test_actors_are_grouped_by_the_region_of_their_state(knot: TestClient) -> None:
    groups = {each["name"]: each["actors"] for each in knot.get("/board.json?by=region").json()["groups"]}
    assert "Spain" in groups["Southern Europe (2)"] and "Italy" in groups["Southern Europe (2)"]
    assert [name for name in groups if name.startswith("In no region")] in ([], [list(groups)[-1]])
    members = [m for row in yaml.safe_load(REGIONS.read_text("utf-8")) for m in row["members"]]
    assert len(members) == len(set(members))
    assert {state_code(name) for name in find("unga").members_at("2025-01-01")} <= set(members)
