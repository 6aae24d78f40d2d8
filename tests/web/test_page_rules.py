"""Several people on one server: who gets in, who sees what, and what a foreign page or a guesser cannot do."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from bridge import filled
from fastapi import FastAPI
from fastapi.testclient import TestClient

from whipcount.errors import UsageError
from whipcount.record import Record
from whipcount.record.accounts import Accounts, Role
from whipcount.web.house import create_house
from whipcount.web.limits import Limit

HOME = "http://localhost"
PASSWORD = "several words in a row"
ROLES = {"ada": Role.ADMIN, "jan": Role.ADJUDICATOR, "cem": Role.CODER, "rea": Role.READER}


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    found = Accounts.open(tmp_path_factory.mktemp("house") / "accounts.db", create=True)
    for name, role in ROLES.items():
        found.add(name, PASSWORD)
        found.set_role(name, "bridge", role)
    found.add("zoe", PASSWORD)
    found.set_role("zoe", "tunnel", Role.ADMIN)
    yield found
    found.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, accounts: Accounts) -> FastAPI:
    place = tmp_path_factory.mktemp("records")
    tunnel = Record.open(place / "tunnel.whip", create=True)
    return create_house({"bridge": filled(place / "bridge.whip"), "tunnel": tunnel}, accounts)


def visitor(house: FastAPI, name: str | None = None) -> TestClient:
    client = TestClient(house, base_url=HOME, headers={"origin": HOME}, follow_redirects=False)
    if name:
        answer = client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303
    return client


def token_of(client: TestClient, address: str = "/p/bridge/") -> str:
    return re.search(r'<meta name="token" content="([^"]+)"', client.get(address).text)[1]  # type: ignore[index]


def test_nobody_gets_past_the_door_without_an_account(house: FastAPI) -> None:
    client = visitor(house)
    for path in ("/", "/account", "/p/bridge/", "/p/nothing/", "/p/bridge/documents/evil"):
        answer = client.get(path)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")
    assert client.get("/p/bridge/board.json").status_code == 401
    assert client.post("/p/bridge/anything").headers["location"] == "/sign-in"


def test_signing_in_leads_to_where_one_wanted_to_go(house: FastAPI) -> None:
    client = visitor(house)
    wanted = client.get("/p/bridge/statements?actor=Hungary").headers["location"]
    page = client.get(wanted).text
    next = re.search(r'name="next" value="([^"]+)"', page)[1]  # type: ignore[index]
    answer = client.post("/sign-in", data={"name": "rea", "password": PASSWORD, "next": next})
    assert answer.headers["location"] == "/p/bridge/statements?actor=Hungary"
    assert client.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(house: FastAPI, next: str) -> None:
    answer = visitor(house).post("/sign-in", data={"name": "rea", "password": PASSWORD, "next": next})
    assert answer.headers["location"] == "/"


def test_the_cookie_is_for_this_server_only_and_no_script_reads_it(house: FastAPI) -> None:
    data = {"name": "rea", "password": PASSWORD}
    cookie = visitor(house).post("/sign-in", data=data).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    secure = TestClient(house, base_url="https://localhost", follow_redirects=False)
    answer = secure.post("/sign-in", data=data, headers={"origin": "https://localhost"})
    assert "secure" in answer.headers["set-cookie"].lower()


def test_wrong_passwords_and_unknown_names_look_the_same(house: FastAPI) -> None:
    client = visitor(house)
    wrong = client.post("/sign-in", data={"name": "rea", "password": "another password"})
    unknown = client.post("/sign-in", data={"name": "nobody", "password": "another password"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text == unknown.text


def test_a_guesser_has_to_wait(tmp_path: Path) -> None:
    accounts = Accounts.open(tmp_path / "accounts.db", create=True)
    accounts.add("rea", PASSWORD)
    client = visitor(create_house({}, accounts))
    tries = [client.post("/sign-in", data={"name": "rea", "password": "a wrong password"}) for _ in range(8)]
    assert [answer.status_code for answer in tries][-1] == 429 and int(tries[-1].headers["retry-after"]) > 0
    assert client.post("/sign-in", data={"name": "rea", "password": PASSWORD}).status_code == 429


def test_a_member_of_one_project_sees_nothing_of_another(house: FastAPI) -> None:
    zoe = visitor(house, "zoe")
    home = zoe.get("/")
    assert home.headers["location"] == "/p/tunnel/"
    missing = zoe.get("/p/nothing/documents/evil")
    for path in ("/p/bridge/", "/p/bridge/documents/evil", "/p/bridge/board.json", "/p/bridge/x"):
        answer = zoe.get(path)
        assert answer.status_code == missing.status_code == 404
        assert "Hungary" not in answer.text
    page = zoe.get("/p/tunnel/").text + zoe.get("/p/tunnel/statements").text
    assert "Hungary" not in page and "bridge" not in page


def test_every_address_of_a_project_stays_in_it(house: FastAPI) -> None:
    client = visitor(house, "rea")
    seen, waiting = set(), ["/p/bridge/"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        page = client.get(address).text
        for found in re.findall(r'(?:href|action)="(/[^"#]*)', page):
            found = found.replace("&amp;", "&")
            assert found.startswith(("/p/bridge/", "/static/")) or found in ("/", "/account", "/sign-out"), found
            # switches link to every combination of what-ifs: one address of each path and set of parameters is enough
            kind = re.sub(r"=[^&]*", "", found)
            if found.startswith("/p/bridge/") and kind not in seen and ".json" not in found:
                waiting.append(found)
                seen.add(kind)
    assert len(seen) > 10


def test_leaving_ends_the_session_on_the_server(house: FastAPI) -> None:
    client = visitor(house, "rea")
    cookie = client.cookies["whipcount"]
    assert client.post("/sign-out", data={"token": token_of(client)}).status_code == 303
    client.cookies.set("whipcount", cookie)
    assert client.get("/p/bridge/").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"x-token": "guessed"}],
)
def test_a_foreign_page_changes_nothing(house: FastAPI, headers: dict[str, str]) -> None:
    client = visitor(house, "rea")
    data = {} if "x-token" in headers else {"token": token_of(client)}
    assert client.post("/sign-out", data=data, headers=headers).status_code == 403
    assert client.get("/p/bridge/").status_code == 200


def test_a_foreign_page_signs_nobody_in(house: FastAPI) -> None:
    client = TestClient(house, base_url=HOME, follow_redirects=False)
    data = {"name": "rea", "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 403
    assert client.post("/sign-in", data=data, headers={"origin": "https://evil.example"}).status_code == 403


def test_the_first_password_must_be_replaced(tmp_path: Path) -> None:
    accounts = Accounts.open(tmp_path / "accounts.db", create=True)
    first = accounts.add("rea") or ""
    accounts.set_role("rea", "bridge", Role.READER)
    client = visitor(create_house({"bridge": filled(tmp_path / "bridge.whip")}, accounts))
    client.post("/sign-in", data={"name": "rea", "password": first})
    assert client.get("/p/bridge/").headers["location"] == "/account"
    token = token_of(client, "/account")
    short = client.post("/account", data={"token": token, "before": first, "password": "short"})
    assert short.status_code == 422 and "12 to 256" in short.text
    wrong = client.post("/account", data={"token": token, "before": "x", "password": PASSWORD})
    assert wrong.status_code == 403
    other = visitor(create_house({}, accounts))
    other.post("/sign-in", data={"name": "rea", "password": first})
    done = client.post("/account", data={"token": token, "before": first, "password": PASSWORD})
    assert done.status_code == 303 and client.get("/p/bridge/").status_code == 200
    assert other.get("/").headers["location"] == "/sign-in", "sessions with the old password are over"


def test_the_file_of_accounts_holds_no_password_and_no_token(tmp_path: Path) -> None:
    where = tmp_path / "accounts.db"
    accounts = Accounts.open(where, create=True)
    accounts.add("rea", PASSWORD)
    token = accounts.begin("rea")
    dump = "\n".join(sqlite3.connect(where).iterdump())
    assert PASSWORD not in dump and token not in dump
    assert "$argon2id$" in dump
    assert where.stat().st_mode & 0o077 == 0


def test_a_project_keeps_an_admin(tmp_path: Path) -> None:
    accounts = Accounts.open(tmp_path / "accounts.db", create=True)
    accounts.add("ada", PASSWORD)
    accounts.set_role("ada", "bridge", Role.ADMIN)
    with pytest.raises(UsageError, match="only admin"):
        accounts.set_role("ada", "bridge", Role.READER)
    accounts.add("jan", PASSWORD)
    accounts.set_role("jan", "bridge", Role.ADMIN)
    accounts.set_role("ada", "bridge", None)
    assert accounts.members("bridge") == {"jan": Role.ADMIN}


@pytest.mark.parametrize("name", ["", " x", "a" * 70, "<b>", "x\ny", "x "])
def test_names_that_are_none_are_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(UsageError):
        accounts.add(name, PASSWORD)


def test_a_limit_fills_up_again_with_time() -> None:
    now = [0.0]
    limit = Limit(2, 10, clock=lambda: now[0])
    assert [limit.take("a"), limit.take("a")] == [0, 0]
    assert limit.take("a") == pytest.approx(5) and limit.take("b") == 0
    now[0] = 5.1
    assert limit.take("a") == 0 and limit.take("a") > 0


def test_a_request_that_is_too_long_is_not_read(house: FastAPI) -> None:
    client = visitor(house)
    answer = client.post("/sign-in", content=b"name=" + b"x" * 1_100_000)
    assert answer.status_code == 413 and answer.text.count("\n") == 1

    def slowly() -> Iterator[bytes]:
        for _ in range(12):
            yield b"x" * 100_000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/sign-in", content=slowly(), headers=headers).status_code == 413
