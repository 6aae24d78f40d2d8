"""Codebook, actors, coders, agreement, import and export: the pages on which a project is set up and looked after."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import socket
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from bridge import BOOK, CODER, TEXTS, filled
from fastapi.testclient import TestClient

from whipcount.coding.codebook import parse, written
from whipcount.documents import document_from_text
from whipcount.errors import InputError
from whipcount.language.whoswho import WhosWho
from whipcount.model import (
    Attribution,
    Codebook,
    Coder,
    Document,
    Failure,
    Member,
    QuoteType,
    SpeakerKind,
    Stance,
    Statement,
    Voice,
)
from whipcount.reading import Reading
from whipcount.record import Record
from whipcount.web import exchange, fetching, jobs
from whipcount.web.app import create_app
from whipcount.web.tables import csv_text

Post = Callable[..., Any]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return filled(tmp_path / "bridge.whip")


@pytest.fixture
def client(record: Record) -> TestClient:
    return TestClient(create_app(record), base_url="http://localhost", follow_redirects=False)


@pytest.fixture
def post(client: TestClient) -> Post:
    token = re.search(r'<meta name="token" content="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]

    def sent(address: str, data: dict[str, Any], **more: Any) -> Any:
        return client.post(address, data={**data, "token": token}, **more)

    return sent


# Codebook and actors


def test_a_codebook_is_written_as_it_is_read() -> None:
    assert parse(written(BOOK), "x") == BOOK


def test_a_codebook_is_edited_and_a_wrong_one_is_refused_with_its_line_and_kept_for_mending(
    client: TestClient, record: Record, post: Post
) -> None:
    text = written(BOOK).replace("Charge a toll", "Charge no toll")
    assert post("/codebook", {"text": text.replace("\n", "\r\n")}).status_code == 303
    book = record.codebook()
    assert book and book.option("toll").label == "Charge no toll"
    assert "Charge no toll" in client.get("/codebook").text
    answer = post("/codebook", {"text": "name: x\noptions:\n  - id: a\n    label: A\n    <b>: c\n"})
    assert answer.status_code == 422 and "line 5" in answer.text and "<b>" not in answer.text
    assert "&lt;b&gt;: c" in answer.text
    assert parse(client.get("/codebook.yaml").text, "x").option("toll").label == "Charge no toll"


def test_the_codebook_page_keeps_and_shows_the_cast(client: TestClient, record: Record, post: Post) -> None:
    cast = "cast:\n- {name: Port <b>Board</b>, kind: authority, forms: [the Board], people: [Ada Berg (chair)]}\n"
    assert post("/codebook", {"text": written(BOOK) + cast}).status_code == 303
    book = record.codebook()
    assert book and book.cast == (Member("Port <b>Board</b>", "authority", ("the Board",), ("Ada Berg (chair)",)),)
    text = client.get("/codebook").text
    assert "Port &lt;b&gt;Board" in text and "Ada Berg (chair)" in text and "<b>" not in text
    assert parse(client.get("/codebook.yaml").text, "x").cast == book.cast


def test_a_project_adds_actors_of_its_own_which_corrections_then_know(
    client: TestClient, record: Record, post: Post
) -> None:
    own = "- {id: RURITANIA, name: Ruritania, variants: [the Ruritanians], kind: state}\n"
    assert post("/actors", {"actors": own, "people": ""}).status_code == 303
    post("/acts", {"act": "correct", "key": "first:s1", "speaks_for": "the Ruritanians"})
    said = record.entry("first:s1").statement
    assert (said.speaks_for, said.actor_id) == ("Ruritania", "RURITANIA")
    assert "RURITANIA" in client.get("/actors").text
    wrong = post("/actors", {"actors": "- {id: X}\n", "people": ""})
    assert wrong.status_code == 422 and "actors.yaml, line 1" in wrong.text and "/tmp" not in wrong.text
    assert client.get("/actors.json").json()["own"]["actors.yaml"] == own


# Several coders


def coded(record: Record, name: str, stance: str) -> None:
    record.review("first:s1", "correct", {"stance": stance}, Coder(name, "", False))
    record.review("second:s1", "accept", {}, Coder(name, "", False))


@pytest.fixture
def differing(record: Record) -> Record:
    record.assign(["first", "second"], "ada", Coder("jan", "", False))
    record.assign(["first", "second"], "cem", Coder("jan", "", False))
    coded(record, "ada", "support")
    coded(record, "cem", "undecided")
    return record


def test_what_a_coder_did_is_counted_and_each_number_leads_to_as_many_statements_and_their_words(
    client: TestClient, differing: Record
) -> None:
    differing.review("second:s1", "reject", {}, Coder("ada", "", False))
    page = client.get("/coders").text
    numbers = {link.replace("&amp;", "&"): int(number) for link, number in
               re.findall(r'<a href="(/acts\?[^"]+)">(\d+)</a>', page)}  # fmt: skip
    assert numbers["/acts?coder=ada"] == 2
    assert numbers["/acts?coder=ada&act=reject"] == numbers["/acts?coder=ada&act=correct"] == 1
    for address, number in numbers.items():
        found = re.findall(r'<td><a href="(/documents/[^"#]+)#', client.get(address).text)
        assert len(found) == number
        assert all("chosen" in client.get(place.replace("&amp;", "&")).text for place in found)
    assert "Judged: 2 statements." in client.get("/acts?coder=ada").text
    assert "Rejected: 1 statement." in client.get("/acts?coder=ada&act=reject").text
    assert client.get("/acts?coder=nobody").status_code == 404
    assert client.get("/acts?coder=ada&act=burn").status_code == 404


def test_agreement_is_shown_per_field_with_what_is_open(client: TestClient, differing: Record) -> None:
    data = client.get("/agreement.json?coder=ada&coder=cem").json()
    equal = {each["field"]: each["value"] for each in data["agreement"] if each["measure"] == "percent"}
    assert equal["stance"] == 0.5 and equal["option"] == 1
    page = client.get("/agreement?coder=ada&coder=cem").text
    assert "differ on" in page and "1 statement</a>" in page
    assert client.get("/agreement?coder=ada&coder=nobody").status_code == 404


def test_an_adjudicator_takes_one_version_and_the_case_is_closed(
    client: TestClient, differing: Record, post: Post
) -> None:
    page = client.get("/adjudicate?coder=ada&coder=cem").text
    assert "1 of 1 statements" in page and TEXTS["first"][18:40] in page
    keys = re.findall(r'name="key" value="([^"]+)"', page)
    form = {"coder": ["ada", "cem"], "key": keys, "take": "cem"}
    assert post("/adjudicate", form).status_code == 303
    assert differing.entry("first:s1").statement.stance == Stance.UNDECIDED
    assert client.get("/adjudicate.json?coder=ada&coder=cem").json()["left"] == 0
    assert client.get("/agreement.json?coder=ada&coder=cem").json()["agreement"], "the codings stay as they are"


def test_an_adjudicator_mixes_fields_of_two_versions(client: TestClient, differing: Record, post: Post) -> None:
    differing.review("first:s1", "correct", {"voice": "ascribed"}, Coder("cem", "", False))
    form = {"coder": ["ada", "cem"], "key": "first:s1", "take": "ada", "field-voice": "cem"}
    assert post("/adjudicate", form).status_code == 303
    said = differing.entry("first:s1").statement
    assert (said.stance, said.voice) == (Stance.SUPPORT, Voice.ASCRIBED)


def test_an_adjudicator_can_say_that_it_is_no_statement(differing: Record, post: Post) -> None:
    post("/adjudicate", {"coder": ["ada", "cem"], "key": "first:s1", "take": "none"})
    assert "first:s1" not in {entry.key for entry in differing.entries()}
    answer = post("/adjudicate", {"coder": ["ada", "cem"], "key": "second:s1", "take": "ada"})
    assert answer.status_code == 422


def test_documents_are_handed_out_to_be_coded_apart(client: TestClient, record: Record, post: Post) -> None:
    coded(record, "ada", "support")
    form = {"coder": ["ada", "cem"], "number": "2", "blind": "1", "suggestions": "1"}
    assert post("/coders/assign", form).status_code == 303
    given = client.get("/coders.json").json()["assignments"]
    assert {(each["coder"], each["blind"]) for each in given} == {("ada", True), ("cem", True)} and len(given) == 4
    for wrong in ({"number": "2"}, {"coder": "ada", "number": "0"}, {"coder": "ada", "number": "x"}):
        assert post("/coders/assign", wrong).status_code == 422


# Import and export


class Quick:
    """Reads as the models do, but finds the first word only."""

    def __init__(self, actors: list[Path]) -> None:
        self.actors = actors

    def coder(self, codebook: Codebook | None) -> Coder:
        return CODER

    def whos_who(self, documents: Iterable[Document | Failure], codebook: Codebook | None = None) -> WhosWho:
        return WhosWho([])

    def attempt(self, document: Document, codebook: Codebook | None, known: WhosWho) -> Reading:
        said = Statement("s1", ((0, 3),), (), "narrator", SpeakerKind.NARRATOR, Voice.NARRATED)
        return Reading(document, (Attribution("a1", (), (), ((0, 3),), QuoteType.INDIRECT),), (said,))


@pytest.fixture
def uploading(record: Record, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(exchange, "Jobs", lambda kept: jobs.Jobs(kept, Quick))  # type: ignore[arg-type]
    client = TestClient(create_app(record), base_url="http://localhost", follow_redirects=False)
    client.headers["x-token"] = re.search(r'<meta name="token" content="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]
    client.headers["accept"] = "application/json"
    return client


def ended(client: TestClient) -> dict[str, Any]:
    for _ in range(600):
        job: dict[str, Any] = client.get("/exchange.json").json()["jobs"][0]
        if job["state"] not in ("waits", "reads"):
            return job
        time.sleep(0.05)
    raise AssertionError("the reading did not end")


def test_uploaded_files_are_read_and_what_cannot_be_is_named(uploading: TestClient, record: Record) -> None:
    files = [
        ("files", ("../../etc/pass<wd>.txt", b"Plain words of a text, Eve said.", "text/plain")),
        ("files", ("same.txt", b"One text, Eve said.", "text/plain")),
        ("files", ("same.txt", b"Another text, Eve said.", "text/plain")),
        ("files", ("known.txt", TEXTS["first"].encode(), "text/plain")),
        ("files", ("broken.pdf", b"%PDF-1.4 nothing", "application/pdf")),
        ("files", ("tool.exe", b"MZ", "application/octet-stream")),
    ]
    assert uploading.post("/exchange/upload", files=files).status_code == 200
    job = ended(uploading)
    assert job["state"] == "done" and job["read"] == 3 and job["known"] == 1
    assert any(line.startswith("broken.pdf:") for line in job["failures"])
    ids = {document.id for document in record.documents()}
    assert {"pass_wd_", "same", "same-2"} <= ids
    assert "/tmp" not in json.dumps(job)


def test_a_pasted_text_has_the_title_outlet_and_date_given_with_it(uploading: TestClient, record: Record) -> None:
    form = {"text": "A text that was pasted, Eve said.", "title": "Its title", "outlet": "Wire", "date": "2025-04-01"}
    uploading.post("/exchange/upload", data=form)
    assert ended(uploading)["read"] == 1
    found = next(d for d in record.documents() if d.title == "Its title")
    assert (found.outlet, found.date) == ("Wire", "2025-04-01")


def test_nothing_chosen_is_said(uploading: TestClient) -> None:
    assert "choose files" in uploading.post("/exchange/upload", data={"text": " "}).json()["error"]


def test_a_packed_bomb_is_refused(uploading: TestClient) -> None:
    bomb = gzip.compress(b"a " * 100_000_000, 9)
    assert len(bomb) < 1_000_000
    uploading.post("/exchange/upload", files=[("files", ("bomb.txt.gz", bomb, "application/gzip"))])
    job = ended(uploading)
    assert job["failed"] == 1 and "MB" in job["failures"][0]


def test_a_record_goes_out_and_comes_in_again(
    uploading: TestClient, record: Record, tmp_path: Path
) -> None:
    record.review("first:s1", "reject", {}, Coder("ada", "", False))
    out = uploading.get("/exchange/record.jsonl")
    with Record.open(tmp_path / "other.whip", create=True) as other:
        client = TestClient(create_app(other), base_url="http://localhost")
        token = re.search(r'<meta name="token" content="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]
        files = {"record": ("record.jsonl", out.content)}
        client.post("/exchange/record/upload", files=files, headers={"x-token": token})
        assert [e.key for e in other.entries()] == [e.key for e in record.entries()]
        wrong = {"record": ("record.jsonl", b"not json\n")}
        answer = client.post("/exchange/record/upload", files=wrong, headers={"x-token": token})
        assert answer.status_code == 422 and "line 1" in answer.text


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    text = "=HYPERLINK(\"http://evil.example\") is what Eve said.\n\n+1, -1 and @x are others, Eve said."
    with Record.open(tmp_path / "odd.whip", create=True) as record:
        said = [
            Statement(f"s{n}", ((start, start + 12),), (), words, SpeakerKind.PERSON, Voice.FIRST_HAND, speaks_for=words)
            for n, (start, words) in enumerate([(0, "=1+1"), (text.index("+1"), "@SUM(A1)"), (text.index("-1"), "\tx")])
        ]
        document = document_from_text(text, id="-odd", title="=cmd|' /C calc'!A0", outlet="+wire")
        record.add(document, [], said, CODER, None)
        client = TestClient(create_app(record), base_url="http://localhost")
        answer = client.get("/exchange/statements.csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert len(rows) == 4
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)
    assert csv_text(["a"], [{"a": 0.5}, {"a": -1}]) == "a\r\n0.5\r\n-1\r\n"


# What the server fetches


PRIVATE = ["127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",
           "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "224.0.0.1", "not an address"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_behind_the_server_is_fetched(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.socket, "create_connection", lambda *_: pytest.fail("it connected"))
    for found in ([address], ["93.184.216.34", address]):
        with pytest.raises(InputError):
            fetching.fetch("http://innocent.example/", lambda host, port, found=found: found)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "http://a.example:22/", "http://u:p@a.example/",
     "//a.example", "http://", "http://[::1", "http://a.example:x/", "javascript:alert(1)"],
)  # fmt: skip
def test_no_other_kind_of_address_is_fetched(url: str) -> None:
    with pytest.raises((InputError, ValueError)):
        fetching.fetch(url, lambda host, port: ["93.184.216.34"])


def test_a_public_page_is_fetched_at_the_address_that_was_checked_and_each_redirect_is_checked_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {
        "a.example": b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 9\r\n\r\n<p>Hi</p>",
        "b.example": b"HTTP/1.1 302 Found\r\nlocation: http://c.example/\r\ncontent-length: 0\r\n\r\n",
        "d.example": b"HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\ncontent-length: 0\r\n\r\n",
    }
    where = {"93.184.216.34": "a.example", "93.184.216.35": "b.example", "93.184.216.36": "d.example"}
    connected: list[str] = []
    kept: list[socket.socket] = []

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address[0])
        ours, theirs = socket.socketpair()
        kept.append(theirs)
        theirs.sendall(answers[where[address[0]]])
        return ours

    monkeypatch.setattr(fetching.socket, "create_connection", connect)
    names = {name: [number] for number, name in where.items()} | {"c.example": ["127.0.0.1"]}

    def look_up(host: str, port: int) -> list[str]:
        return names[host]

    assert fetching.fetch("http://a.example/x?y", look_up) == (b"<p>Hi</p>", ".html")
    with pytest.raises(InputError, match="public internet"):
        fetching.fetch("http://b.example/", look_up)
    with pytest.raises(InputError, match="not a page"):
        fetching.fetch("http://d.example/", look_up)
    assert connected == ["93.184.216.34", "93.184.216.35", "93.184.216.36"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("../../x.txt", "x.txt"), ("C:\\a\\b.pdf", "b.pdf"), (".bashrc", "bashrc"), ("", "file"), ("a\x1b[2J\n.txt", "a_[2J_.txt"),
     ("é" * 200 + ".txt", "é" * 50 + ".txt"), ("..", "file"), ("x/", "file")],
)  # fmt: skip
def test_names_of_files_lead_nowhere(given: str, kept: str) -> None:
    assert exchange.safe_name(given) == kept
