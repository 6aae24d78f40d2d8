"""What a coder does with statements through the pages' own address for acts, and what can be relied on afterwards."""

from __future__ import annotations

import dataclasses
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bridge import TEXTS, filled
from fastapi.testclient import TestClient
from starlette.datastructures import FormData

from whipcount.documents import document_from_text
from whipcount.model import Coder, Status
from whipcount.record import Record
from whipcount.web.app import create_app
from whipcount.web.marking import lanes, runs
from whipcount.web.review import perform

Act = Callable[..., Any]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return filled(tmp_path / "bridge.whip")


@pytest.fixture
def client(record: Record) -> TestClient:
    return TestClient(create_app(record), base_url="http://localhost", follow_redirects=False)


@pytest.fixture
def act(client: TestClient) -> Act:
    token = re.search(r'<meta name="token" content="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]

    def done(name: str, status: int = 200, **fields: Any) -> Any:
        headers = {"accept": "application/json", "x-token": token}
        answer = client.post("/acts", data={"act": name, **fields}, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    return done


def words(record: Record, key: str) -> str:
    entry = record.entry(key)
    return record.document(entry.document).words(entry.statement.content)


def test_accepting_and_rejecting_count_at_once(client: TestClient, record: Record, act: Act) -> None:
    act("accept", key="first:s1")
    assert record.entry("first:s1").status == Status.ACCEPTED
    act("reject", key="first:s2")
    assert "France" not in client.get("/statements").text
    page = client.get("/documents/first?statement=s2").text
    assert "rejected" in page and "1 to judge" not in page


def test_every_field_can_be_corrected(record: Record, act: Act) -> None:
    changes = {
        "option": "toll", "stance": "support", "lean": "favourable", "conditions": ["money"], "speaker": "Anna B. Kiss",
        "speaker_kind": "state", "voice": "ascribed", "date": "2025-01-09",
    }  # fmt: skip
    for name, value in changes.items():
        act("correct", key="first:s1", **{name: value})
    said = record.entry("first:s1").statement
    assert {name: getattr(said, name) for name in changes} == {**changes, "conditions": ("money",)}
    act("correct", key="first:s1", stance="", conditions="")
    assert record.entry("first:s1").statement.stance is None
    assert record.entry("first:s1").statement.lean is None, "only a stance that is open leans"
    assert record.entry("first:s1").statement.conditions == ()


def test_an_actor_gets_the_id_by_which_it_is_known(record: Record, act: Act) -> None:
    act("correct", key="first:s1", speaks_for="germany")
    said = record.entry("first:s1").statement
    assert (said.speaks_for, said.actor_id) == ("Germany", "DEU")
    act("correct", key="first:s1", speaks_for="Ruritania")
    said = record.entry("first:s1").statement
    assert (said.speaks_for, said.actor_id) == ("Ruritania", None)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("accept", {"key": "first:s99"}),
        ("accept", {}),
        ("dance", {"key": "first:s1"}),
        ("correct", {"key": "first:s1"}),
        ("correct", {"key": "first:s1", "stance": "perhaps"}),
        ("correct", {"key": "first:s1", "speaker": " "}),
        ("correct", {"key": "first:s1", "content": "5-2"}),
        ("correct", {"key": "first:s1", "content": "0-99999"}),
        ("correct", {"key": "first:s1", "content": "a-b"}),
        ("split", {"key": "first:s1", "at": "0"}),
        ("split", {"key": "first:s1", "at": "-1"}),
        ("merge", {"key": "first:s1", "with": "second:s1"}),
        ("merge", {"key": "first:s1", "with": "first:s1"}),
        ("add", {"document": "first", "content": ""}),
        ("add", {"document": "nowhere", "content": "0-4"}),
        ("undo", {}),
        ("redo", {}),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line_and_changes_nothing(
    record: Record, act: Act, name: str, fields: dict[str, str]
) -> None:
    before = record.entries(rejected=True)
    answer = act(name, 422, **fields)
    assert answer["error"] and "\n" not in answer["error"]
    assert record.entries(rejected=True) == before and record.history() == []


def test_words_can_be_chosen_anew_and_in_two_parts(record: Record, act: Act) -> None:
    text = TEXTS["first"]
    first, second = text.index("will not"), text.index("France")
    act("correct", key="first:s1", content=f"{first}-{first + 8}")
    assert words(record, "first:s1") == "will not"
    act("correct", key="first:s1", content=f"{second}-{second + 6}", more="1")
    assert words(record, "first:s1") == "will not … France"


def test_a_statement_is_split_and_one_undo_makes_it_whole(record: Record, act: Act) -> None:
    whole, text = words(record, "first:s1"), TEXTS["first"]
    made = act("split", key="first:s1", at=text.index("build"))["key"]
    assert words(record, "first:s1") == "Hungary will not"
    assert words(record, made) == "build the bridge"
    assert record.entry(made).statement.speaker == "Anna Kiss"
    act("undo")
    assert words(record, "first:s1") == whole
    assert made not in {entry.key for entry in record.entries(document="first")}
    act("redo")
    assert words(record, made) == "build the bridge"


def test_two_statements_become_one_and_one_undo_makes_them_two(record: Record, act: Act) -> None:
    act("merge", key="first:s1", **{"with": "first:s2"})
    assert words(record, "first:s1") == "Hungary will not build the bridge … France wants a toll"
    assert [entry.key for entry in record.entries(document="first")] == ["first:s1"]
    act("undo")
    assert [entry.key for entry in record.entries(document="first")] == ["first:s1", "first:s2"]
    assert words(record, "first:s1") == "Hungary will not build the bridge"


def test_added_words_have_no_blanks_at_their_ends_and_the_speaker_of_what_they_are_in(record: Record, act: Act) -> None:
    start = TEXTS["first"].index(" build the")
    answer = act("add", document="first", content=f"{start}-{start + 7}")
    assert words(record, answer["key"]) == "build"
    entry = record.entry(answer["key"])
    assert entry.statement.speaker == "Anna Kiss" and entry.statement.option is None
    assert not entry.coder.is_model and entry.status == Status.CODED


def test_a_remark_stands_beside_the_statement_until_it_is_taken_back(client: TestClient, act: Act) -> None:
    act("note", key="first:s1", note="ask <b>Ada</b>")
    page = client.get("/documents/first").text
    assert "ask &lt;b&gt;Ada" in page
    act("undo")
    assert "ask &lt;b&gt;Ada" not in client.get("/documents/first").text


def test_undo_and_redo_walk_back_and_forth_through_everything_done(record: Record, act: Act) -> None:
    act("accept", key="first:s1")
    act("correct", key="first:s1", stance="support")
    act("reject", key="first:s2")
    assert act("undo")["key"] == "first:s2"
    act("undo")
    act("undo")
    assert all(entry.status == Status.SUGGESTED for entry in record.entries())
    act("undo", 422)
    for _ in range(3):
        act("redo")
    act("redo", 422)
    assert record.entry("first:s1").statement.stance == "support"
    assert record.entry("first:s2").status == Status.REJECTED
    act("undo")
    act("accept", key="second:s1")
    act("redo", 422)


def test_what_is_sent_twice_under_one_name_is_done_once(record: Record, act: Act) -> None:
    start = TEXTS["first"].index("France")
    add = {"document": "first", "content": f"{start}-{start + 6}", "once": "a-name-of-its-own"}
    assert act("add", **add)["key"] == act("add", **add)["key"]
    for _ in range(3):
        act("correct", key="first:s1", stance="support", once="sixth-name-of-its-own")
        act("accept", key="first:s1", once="another-name-of-its-own")
        act("note", key="first:s1", note="x", once="third-name-of-its-own")
        act("split", key="second:s1", at=TEXTS["second"].index("build"), once="fourth-name-of-its-own")
        act("undo", once="fifth-name-of-its-own")
    assert [a.act for a in record.history()] == ["undo", "undo", "add", "correct", "define", "accept", "correct", "add"]


def test_one_name_of_two_coders_is_two_acts(record: Record) -> None:
    form = FormData({"act": "accept", "key": "first:s1", "once": "the-very-same-name"})
    for name in ("ada", "cem"):
        perform(record, form, Coder(name, "", False))
    assert {each.coder.name for each in record.history()} == {"ada", "cem"}


def test_the_queue_goes_from_the_least_certain_on_and_skips_what_is_judged(
    client: TestClient, record: Record, act: Act
) -> None:
    order = [entry.key for entry in record.queue(coder="x")]
    assert [row["key"] for row in client.get("/review.json").json()["statements"]] == order
    assert client.get("/review/next.json").json()["key"] == order[0]
    assert client.get(f"/review/next.json?after={order[0]}").json()["key"] == order[1]
    seen = []
    while key := client.get("/review/next.json").json()["key"]:
        seen.append(key)
        act("accept", key=key)
    assert seen == order
    act("undo")
    assert client.get("/review/next.json").json()["key"] == order[-1]


def test_the_forms_work_without_a_script(client: TestClient, record: Record) -> None:
    page = client.get("/documents/first?statement=s1").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]  # type: ignore[index]
    data = {"token": token, "act": "accept", "key": "first:s1", "back": "/documents/first"}
    answer = client.post("/acts", data=data)
    assert answer.status_code == 303 and answer.headers["location"] == "/documents/first?statement=s1#s1"
    assert record.entry("first:s1").status == Status.ACCEPTED
    assert client.post("/acts", data={**data, "token": "guessed"}).status_code == 403
    answer = client.post("/acts", data={"token": token, "act": "finish", "document": "first", "back": "//evil.example"})
    assert answer.headers["location"] == "/review"


def test_the_text_on_the_page_is_the_text_of_the_record_to_the_character(client: TestClient, record: Record) -> None:
    for id in TEXTS:
        page = client.get(f"/documents/{id}").text
        inside = re.search(r"<article[^>]*>(.*?)</article>", page, re.DOTALL)[1]  # type: ignore[index]
        assert html.unescape(re.sub(r"<[^>]+>", "", inside)) == record.document(id).text


def test_statements_that_overlap_have_lines_of_their_own(record: Record) -> None:
    assert lanes({"a": ((0, 10),), "b": ((5, 15),), "c": ((10, 20),)}) == {"a": 0, "b": 1, "c": 0}
    document = record.document("first")
    said = record.entries(document="first")[0].statement
    (start, end), *_ = said.content
    other = dataclasses.replace(said, id="other", content=((start + 8, end + 10),))
    found = runs(document, [said, other])
    assert "".join(run.text for run in found) == document.text
    for one, id in ((said, "s1"), (other, "other")):
        covered = [run for run in found if id in run.of and "content" in run.marks]
        assert "".join(run.text for run in covered).startswith(document.text[one.content[0][0] :][:8])
    both = [run for run in found if len(run.lanes) == 2]
    assert "".join(run.text for run in both) == document.text[start + 8 : end]


@pytest.mark.parametrize("text", ["a\r\nb said c.", "\ud83d\ude00 x"[2:] + "👍 b\0c"])
def test_a_page_holds_the_very_characters_of_a_text(text: str) -> None:
    document = document_from_text(text, id="x")
    page = "".join(str(run.exact) for run in runs(document, []))
    assert "\r" not in page and "\0" not in page
    assert html.unescape(page).replace("\ufffd", "\0") == document.text
