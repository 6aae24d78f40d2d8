"""What a reader of the pages relies on: figures lead to words, addresses repeat, and no text ever runs."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from whipcount.documents import document_from_text
from whipcount.model import Coder, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record
from whipcount.web.app import create_app
from whipcount.web.boundary import POLICY, host_name
from whipcount.web.marking import runs
from whipcount.web.report import report_html

PAGES = [
    "/",
    "/?at=2025-02",
    "/statements",
    "/statements?actor=Hungary&option=build",
    "/documents",
    "/documents/evil?statement=s1",
    "/timeline",
    "/timeline?option=ferry",
    "/verdicts",
    "/verdicts/nato/build",
    "/verdicts/nato/build?assume=Hungary=support",
    "/verdicts/nato/build?view=europe",
    "/verdicts/coalition-of-the-willing/toll",
    "/coalitions",
    "/sources",
    "/ask?q=bridge",
    "/ask?q=<script>alert(1)</script>",
]


@pytest.mark.parametrize("address", [*PAGES, "/nowhere", "/documents/nowhere"])
def test_no_text_of_a_record_runs_on_any_page(client: TestClient, address: str) -> None:
    page = client.get(address).text
    for hostile in ("<script>alert", "<img src=x", "<i>Ruritania", "<b>Eve", "Example <Wire>", "bridge <over>"):
        assert hostile not in page
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page), "the policy forbids inline styles and handlers"


@pytest.mark.parametrize("address", [*PAGES, "/nowhere", "/board.json", "/static/whipcount.css"])
def test_every_answer_carries_the_policy(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_every_figure_of_the_board_leads_to_as_many_statements_and_those_to_their_words(client: TestClient) -> None:
    for at in ("", "?at=2025-02"):
        cells = client.get(f"/board.json{at}").json()["positions"]
        assert cells
        board = client.get(f"/{at}").text
        for cell in cells:
            assert html.escape(cell["statements"]) in board
            found = client.get(cell["statements"].replace("/statements?", "/statements.json?")).json()["statements"]
            assert len(found) == cell["count"]
            assert set(cell["rests_on"]) <= {row["key"] for row in found}
            for row in found:
                page = client.get(row["href"])
                assert page.status_code == 200
                assert f'id="{row["id"]}"' in page.text
                chosen = re.findall(
                    r'<mark class="[^"]*content[^"]*chosen[^"]*"[^>]*>(.*?)</mark>', page.text, re.DOTALL
                )
                assert "".join(html.unescape(part) for part in chosen) == row["words"]


def test_the_board_shows_condition_change_and_ascription(client: TestClient) -> None:
    page = client.get("/").text
    assert "if the bank pays" in page
    assert "changed" in page and "was against" in page
    assert "on others’ word" in page
    assert "changed" not in client.get("/?at=2025-02").text.partition("<tbody>")[2]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_names_its_twin_and_the_twin_is_data(client: TestClient, address: str) -> None:
    page = client.get(address).text
    twin = html.unescape(re.search(r'href="([^"]+)">This page as JSON', page)[1])  # type: ignore[index]
    answer = client.get(twin)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()


def test_the_json_of_a_document_gives_offsets_into_its_text(client: TestClient) -> None:
    found = client.get("/documents/first.json").json()
    for said in found["statements"]:
        start, end = said["content"][0]
        assert found["text"][start:end] == said["words"]
    assert found["attributions"][0]["id"] == "a1"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/documents/nowhere", 404),
        ("/documents/first?statement=s99", 404),
        ("/verdicts/nobody/build", 404),
        ("/verdicts/nato/nothing", 404),
        ("/verdicts/nato/build?assume=Hungary", 404),
        ("/timeline?option=nothing", 404),
        ("/?at=yesterday", 404),
        ("/nowhere", 404),
    ],
)
def test_what_is_not_there_is_said_in_one_line(client: TestClient, address: str, status: int) -> None:
    path, _, query = address.partition("?")
    twin = ("/board" if path == "/" else path) + ".json" + (f"?{query}" if query else "")
    answer = client.get(twin)
    assert answer.status_code == status
    assert "\n" not in answer.json()["error"].strip()
    page = client.get(address)
    assert page.status_code == status
    assert html.escape(answer.json()["error"].replace(".json", ""), quote=False)[:12] in html.unescape(page.text)
    assert "Traceback" not in page.text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""])
def test_other_hosts_are_not_answered(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8400", "127.0.0.1:9", "127.0.0.2", "[::1]:8400", "[::1]"])
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


def test_further_hosts_are_answered_when_named(record: Record) -> None:
    client = TestClient(create_app(record, hosts=["desk.example"]), base_url="http://desk.example")
    assert client.get("/").status_code == 200


def test_host_name_leaves_out_the_port() -> None:
    assert host_name("[::1]:80") == "::1"
    assert host_name("Localhost:80") == "localhost"


def test_a_what_if_is_shown_as_one(client: TestClient) -> None:
    before = client.get("/verdicts/nato/build.json").json()
    after = client.get("/verdicts/nato/build.json?assume=Hungary=oppose").json()
    assert before["verdict"] == "open" and after["verdict"] == "blocked"
    assert after["assume"] == {"Hungary": "oppose"} and after["blockers"] == ["Hungary"]
    assert "Back to the record" in client.get("/verdicts/nato/build?assume=Hungary=oppose").text


def test_runs_give_the_text_back_and_survive_damaged_spans(record: Record) -> None:
    document = record.document("evil")
    statements = [entry.statement for entry in record.entries(document="evil")]
    assert "".join(run.text for run in runs(document, statements, "s1")) == document.text
    short = Document(id="x", text="ab", body=((0, 99),), sha256="")
    assert "".join(run.text for run in runs(short, statements, "s1")) == "ab"


def test_the_report_is_one_file_whose_figures_lead_to_words(record: Record) -> None:
    report = report_html(record)
    assert "<script" not in report and "http://" not in report and "https://" not in report
    for hostile in ("<img src=x", "<i>Ruritania", "<b>Eve", "bridge <over>"):
        assert hostile not in report
    for target in re.findall(r'href="#(\w+)"', report):
        assert f'id="{target}"' in report
    assert "Hungary will build the bridge if the bank pays" in report
    assert "Hungary will build the bridge if the bank pays" not in report_html(record, at="2025-02")


def test_an_empty_record_without_codebook_has_pages_that_say_so(tmp_path: Path) -> None:
    Record.open(tmp_path / "empty.whip", create=True).close()
    client = TestClient(create_app(tmp_path / "empty.whip"), base_url="http://localhost")
    for address in ("/", "/statements", "/documents", "/timeline", "/verdicts"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "nothing" in answer.text
    assert client.get("/verdicts/nato/anything.json").status_code == 200
    with Record.open(tmp_path / "empty.whip") as record:
        assert "No statement" in report_html(record)


def test_an_id_with_signs_of_addresses_in_it_is_found(tmp_path: Path) -> None:
    id = "a/b?c#d é &.json"
    with Record.open(tmp_path / "odd.whip", create=True) as record:
        text = "The ferry stays, Eve said."
        statement = Statement(
            "s#1", ((0, 15),), ((17, 20),), "Eve", SpeakerKind.PERSON, Voice.FIRST_HAND,
            speaks_for="Eve", option="ferry", stance=Stance.SUPPORT, date="2025",
        )  # fmt: skip
        record.add(document_from_text(text, id=id), [], [statement], Coder("reader"), None)
        client = TestClient(create_app(record), base_url="http://localhost")
        row = client.get("/statements.json").json()["statements"][0]
        page = client.get(row["href"])
        assert page.status_code == 200 and "chosen" in page.text
        for address in ("/", "/timeline", "/documents", "/statements"):
            assert client.get(address).status_code == 200
