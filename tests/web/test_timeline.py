"""What stands against the words on the timeline: milestones that people put there, and turns of the debate."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bridge import filled, said
from fastapi.testclient import TestClient

from whipcount.documents import document_from_text
from whipcount.model import Coder, Stance
from whipcount.record import Record
from whipcount.record.milestones import KIND, Milestone, keep, milestones
from whipcount.web.app import create_app

ME = Coder("eva", "", False)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return filled(tmp_path / "bridge.whip")


def page_of(record: Record) -> TestClient:
    return TestClient(create_app(record), base_url="http://localhost", follow_redirects=False)


def post(client: TestClient, address: str, **form: str) -> int:
    token = re.search(r'name="token" content="([^"]+)"', client.get("/timeline").text)
    assert token
    answer = client.post(address, data={"token": token.group(1), "back": "/timeline?option=build", **form})
    if answer.status_code == 303:
        assert answer.headers["location"] == "/timeline?option=build#milestones"
    return answer.status_code


def test_a_milestone_is_added_drawn_listed_and_removed(record: Record) -> None:
    client = page_of(record)
    assert post(client, "/milestones", date="2025-02-14", label="Summit <of> two", source="https://example.org/a") == 303
    page = client.get("/timeline?option=build").text
    assert 'href="#milestone-1"' in page and 'id="milestone-1"' in page
    assert "2025-02-14: Summit &lt;of&gt; two" in page and 'href="https://example.org/a"' in page
    assert client.get("/timeline.json?option=build").json()["milestones"] == [
        {"date": "2025-02-14", "label": "Summit <of> two", "source": "https://example.org/a"}
    ]
    assert post(client, "/milestones/remove", name="2025-02-14 Summit <of> two") == 303
    assert milestones(record) == [] and "milestone-1" not in client.get("/timeline?option=build").text


def test_a_milestone_that_is_none_is_refused_in_one_line(record: Record) -> None:
    client = page_of(record)
    assert post(client, "/milestones", date="14 February", label="Summit") == 422
    assert post(client, "/milestones", date="2025-02-30", label="Summit") == 422
    assert post(client, "/milestones", date="2025-02-14", label=" ") == 422
    assert post(client, "/milestones", date="2025-02-14", label="x" * 201) == 422
    assert milestones(record) == []


def test_a_source_that_is_no_web_address_is_text(record: Record) -> None:
    keep(record, [Milestone("2025-02-14", "Summit", "javascript:alert(1)")], ME)
    assert "href=\"javascript" not in page_of(record).get("/timeline").text


def test_what_had_not_happened_yet_is_not_shown(record: Record) -> None:
    keep(record, [Milestone("2025-02-14", "Summit"), Milestone("2025-03-21", "Ballot")], ME)
    page = page_of(record).get("/timeline?option=build&at=2025-03-20").text
    assert "Summit" in page and "Ballot" not in page
    page = page_of(record).get("/timeline?option=build&at=2025-03").text
    assert "Ballot" in page, "a month is known with its last day"


def test_a_form_leads_back_to_our_own_pages_only(record: Record) -> None:
    client = page_of(record)
    token = re.search(r'name="token" content="([^"]+)"', client.get("/").text)
    assert token
    for foreign in ("//evil.example/x", "https://evil.example", "/\\evil.example"):
        form = {"token": token.group(1), "date": "2025-02-14", "label": "Summit", "back": foreign}
        assert client.post("/milestones", data=form).headers["location"] == "/timeline#milestones"


def test_a_turn_of_the_debate_leads_to_the_statements_on_either_side(tmp_path: Path) -> None:
    with Record.open(tmp_path / "turn.whip", create=True) as record:
        for day in range(1, 13):
            stance = Stance.SUPPORT if day < 7 else Stance.OPPOSE
            text = f"Ash has {day} words on the levy, Ann said."
            read = document_from_text(text, id=f"d{day}", date=f"2025-03-{day:02}")
            statement = said("s1", text, "words on the levy", "Ann", "Ash", "levy", stance)
            record.add(read, (), (statement,), Coder("reader", "1"), None)
        client = page_of(record)
        page = client.get("/timeline?option=levy").text
        (turn,) = client.get("/timeline.json?option=levy").json()["turns"]
        assert (turn["date"], turn["before"], turn["after"]) == ("2025-03-07", 1.0, 0.0)
        assert 'href="#turn-A"' in page
        row = page[page.index('id="turn-A"') :]
        assert re.findall(r"/documents/(d\d+)\?", row)[:2] == ["d6", "d7"]


def test_what_an_import_calls_a_milestone_and_is_none_spoils_no_page(record: Record) -> None:
    for name, content in {"a": {"date": "2025-02-14", "else": 1}, "b": "text", "c": {"date": 7, "label": 8}}.items():
        record.define(KIND, name, content, ME)
    keep(record, [Milestone("2025-02-14", "Summit")], ME)
    assert [one.label for one in milestones(record)] == ["Summit"]
    assert "Summit" in page_of(record).get("/timeline").text
