"""What somebody who means harm tries on a server with several people: every route, every role, every field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bridge import BOOK, filled
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from whipcount.documents import document_from_text
from whipcount.model import Codebook, Coder, Condition, Option, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record
from whipcount.record.accounts import Accounts, Role
from whipcount.web.app import create_app, project
from whipcount.web.house import create_house

HOME = "http://localhost"
PASSWORD = "several words in a row"
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}${7*7}"

CHANGES = {
    "/acts": Role.CODER,
    "/exchange/upload": Role.CODER,
    "/exchange/stop": Role.CODER,
    "/exchange/record/upload": Role.CODER,
    "/milestones": Role.CODER,
    "/milestones/remove": Role.CODER,
    "/coders/assign": Role.ADJUDICATOR,
    "/adjudicate": Role.ADJUDICATOR,
    "/members": Role.ADMIN,
    "/codebook": Role.ADMIN,
    "/actors": Role.ADMIN,
}
"""Every address that changes something, and who may."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    place = tmp_path_factory.mktemp("hostile")
    accounts = Accounts.open(place / "accounts.db", create=True)
    for role in Role:
        accounts.add(role.name.lower(), PASSWORD)
        accounts.set_role(role.name.lower(), "bridge", role)
    accounts.add("stranger", PASSWORD)
    return create_house({"bridge": filled(place / "bridge.whip")}, accounts)


@pytest.fixture(scope="module")
def visitors(house: FastAPI) -> dict[str, tuple[TestClient, str]]:
    """A client for each account, signed in, with the token of its forms."""
    found = {}
    for name in ("stranger", *(role.name.lower() for role in Role)):
        client = TestClient(house, base_url=HOME, headers={"origin": HOME}, follow_redirects=False)
        client.post("/sign-in", data={"name": name, "password": PASSWORD})
        token = re.search(r'<meta name="token" content="([^"]+)"', client.get("/account").text)[1]  # type: ignore[index]
        found[name] = client, token
    return found


Visitors = dict[str, tuple[TestClient, str]]


def posts(app: FastAPI) -> set[str]:
    found = set()
    for route in app.router.routes:
        if isinstance(route, APIRoute) and route.methods - {"GET", "HEAD"}:
            found.add(route.path)
    return found


def test_every_change_is_known_to_this_test(tmp_path: Path) -> None:
    with Record.open(tmp_path / "x.whip", create=True) as record:
        app = project(record)
        flat = posts(app) or {
            route.path
            for each in app.router.routes
            for route in getattr(getattr(each, "original_router", None), "routes", ())
            if isinstance(route, APIRoute) and route.methods - {"GET", "HEAD"}
        }
        assert flat == set(CHANGES)


@pytest.mark.parametrize("path", CHANGES)
def test_nobody_changes_what_their_role_does_not_let_them(visitors: Visitors, path: str) -> None:
    for role in Role:
        client, token = visitors[role.name.lower()]
        answer = client.post(f"/p/bridge{path}", data={"token": token})
        allowed = answer.status_code != 403
        assert allowed == (role >= CHANGES[path]), f"{role.name}: {answer.status_code}"
    client, token = visitors["stranger"]
    assert client.post(f"/p/bridge{path}", data={"token": token}).status_code == 404
    client, _ = visitors["admin"]
    assert client.post(f"/p/bridge{path}", data={"token": "guessed"}).status_code == 403
    assert client.get(f"/p/bridge{path}").status_code in (200, 404, 405), "nothing is changed by looking"


def test_an_admin_of_a_project_makes_members_of_it_only(house: FastAPI, visitors: Visitors) -> None:
    client, token = visitors["admin"]
    answer = client.post("/p/bridge/members", data={"token": token, "member": "new one", "role": "coder"})
    first = re.search(r'<code class="once">([^<]+)</code>', answer.text)[1]  # type: ignore[index]
    other = TestClient(house, base_url=HOME, headers={"origin": HOME}, follow_redirects=False)
    assert other.post("/sign-in", data={"name": "new one", "password": first}).status_code == 303
    assert other.get("/p/bridge/").headers["location"] == "/account"
    for wrong in ({"member": "<b>", "role": "coder"}, {"member": "x", "role": "king"}, {"member": "", "role": "none"}):
        assert client.post("/p/bridge/members", data={"token": token, **wrong}).status_code == 422
    last = client.post("/p/bridge/members", data={"token": token, "member": "admin", "role": "none"})
    assert last.status_code == 422 and "only admin" in last.text


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    book = Codebook(
        "evil", EVIL, (Option("evil", EVIL, EVIL, (EVIL,), (EVIL,), (EVIL,), (EVIL,)),), (Condition("c", EVIL, EVIL),)
    )
    with Record.open(tmp_path_factory.mktemp("evil") / "evil.whip", create=True) as record:
        text = f"{EVIL} is what {EVIL} said."
        said = Statement(
            f"s{EVIL}", ((0, len(EVIL)),), ((len(EVIL) + 9, 2 * len(EVIL) + 9),), EVIL, SpeakerKind.PERSON,
            Voice.FIRST_HAND, speaks_for=EVIL, option="evil", stance=Stance.CONDITIONAL, conditions=("c",),
            chain=(EVIL,), date="2025-01-01",
        )  # fmt: skip
        document = document_from_text(text, id=f"{EVIL}/../x", title=EVIL, outlet=EVIL, author=EVIL, date="2025-01-01")
        record.add(document, [], [said], Coder(EVIL, EVIL, False), book)
        key = record.entries()[0].key
        record.review(key, "accept", {}, Coder(EVIL, "", False), note=EVIL)
        record.define("note", key, EVIL, Coder(EVIL, "", False))
        record.assign([document.id], EVIL, Coder(EVIL, "", False))
        yield TestClient(create_app(record), base_url=HOME)


def test_no_field_of_a_record_becomes_part_of_a_page(evil: TestClient) -> None:
    row = evil.get("/statements.json").json()["statements"][0]
    pages = ["/", "/statements", "/documents", row["href"], "/review", "/codebook", "/actors", "/coders", "/agreement",
             "/adjudicate", "/exchange", "/exchange?took=<script>alert(1)</script>,2", "/timeline"]  # fmt: skip
    for path in pages:
        answer = evil.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text, path
        assert not re.search(r"<[a-z][^>]*\son\w+=", re.sub(r'"[^"]*"', '""', answer.text)), path


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/vendor/../../app.py",
     "/documents/..%2f..%2fetc%2fpasswd", "/documents/%00", "/documents/' OR 1=1 --", "/statements?actor=' OR 1=1 --"],
)  # fmt: skip
def test_no_address_leads_to_a_file_or_into_the_database(evil: TestClient, path: str) -> None:
    answer = evil.get(path)
    assert answer.status_code in (200, 404)
    assert "create_app" not in answer.text and "root:" not in answer.text
    if answer.status_code == 200:
        assert "0 statements" in answer.text


def test_a_codebook_cannot_make_objects_or_grow_without_end(tmp_path: Path) -> None:
    with Record.open(tmp_path / "x.whip", create=True) as record:
        record.add_codebook(BOOK)
        client = TestClient(create_app(record), base_url=HOME)
        token = re.search(r'<meta name="token" content="([^"]+)"', client.get("/").text)[1]  # type: ignore[index]
        bomb = "a: &a [x, x]\nb: &b [*a, *a]\nname: *b\n"
        for text in ("!!python/object/apply:os.system ['true']", bomb, "{" * 5000, "\x00", "- " * 3000):
            answer = client.post("/codebook", data={"token": token, "text": text})
            assert answer.status_code == 422 and "Traceback" not in answer.text
        assert record.codebook() == BOOK
