"""The Reader in a real browser: everything by keyboard, several coders at once, a connection that breaks, no barriers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bridge import BOOK, CODER, filled, said
from chromium import AXE, barriers, launched, served

from whipcount.documents import document_from_text
from whipcount.model import Coder, Entry, Stance, Status
from whipcount.record import Record
from whipcount.record.accounts import Accounts, Role
from whipcount.web.app import create_app
from whipcount.web.house import create_house

pytestmark = pytest.mark.browser

PASSWORD = "several words in a row"
STRANGE = "Größe 👍🏽 first\r\n\r\nThe tunnel 👩‍👩‍👧 will be built, Eve said.\r\nMore <i>words</i> &amp; signs, Eve said."


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with launched() as found:
        yield found


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = filled(tmp_path / "bridge.whip")
    strange = said("s1", STRANGE, "The tunnel 👩‍👩‍👧 will be built", "Eve", "Eve", "build", Stance.SUPPORT)
    made.add(document_from_text(STRANGE, id="strange", title="Strange"), [], [strange], CODER, BOOK)
    return made


@pytest.fixture
def address(record: Record) -> Iterator[str]:
    with served(create_app(record)) as found:
        yield found


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    found = browser.new_page(viewport={"width": 1360, "height": 860})
    found.set_default_timeout(60_000)
    trouble: list[str] = []
    found.on("pageerror", lambda error: trouble.append(str(error)))
    found.goto(f"{address}/documents/first")
    yield found
    assert trouble == []
    found.close()


def until(page: Any, true: Callable[[], bool]) -> None:
    """Wait until something is so; AssertionError if it does not become so."""
    for _ in range(1200):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come about")


def entry(record: Record, key: str) -> Entry:
    return record.entry(key)


def chosen(page: Any) -> str | None:
    return page.evaluate("document.querySelector('.card.chosen')?.dataset.key ?? null")


def form_of(page: Any, key: str) -> None:
    """Wait for the fields of a statement."""
    page.wait_for_selector(f'.card.chosen[data-key="{key}"] .fields')


def test_a_whole_review_by_keyboard(page: Any, record: Record) -> None:
    page.keyboard.press("j")
    assert chosen(page) == "first:s1"
    page.keyboard.press("a")
    assert chosen(page) == "first:s2", "accepting leads to the next one"
    until(page, lambda: entry(record, "first:s1").status == Status.ACCEPTED)
    form_of(page, "first:s2")
    page.keyboard.press("2")
    until(page, lambda: entry(record, "first:s2").statement.stance == Stance.OPPOSE)
    page.keyboard.press("u")
    until(page, lambda: entry(record, "first:s2").statement.stance == Stance.SUPPORT)
    page.keyboard.press("r")
    until(page, lambda: entry(record, "first:s2").statement.stance == Stance.OPPOSE)
    page.wait_for_selector('.card.chosen select[name=stance].changed')
    page.keyboard.press("x")
    until(page, lambda: entry(record, "first:s2").status == Status.REJECTED)
    page.keyboard.press("Control+z")
    until(page, lambda: entry(record, "first:s2").status == Status.CORRECTED)


def test_fields_and_notes_are_saved_at_enter_and_left_alone_at_escape(page: Any, record: Record) -> None:
    page.keyboard.press("j")
    form_of(page, "first:s1")
    page.keyboard.press("f")
    page.keyboard.type("germany")
    page.keyboard.press("Enter")
    until(page, lambda: entry(record, "first:s1").statement.actor_id == "DEU")
    page.wait_for_selector(".whose b:text('Germany')")
    form_of(page, "first:s1")
    page.keyboard.press("p")
    page.keyboard.type("Somebody else")
    page.keyboard.press("Escape")
    assert page.input_value("[name=speaker]") == "Anna Kiss"
    page.keyboard.press("n")
    page.keyboard.type("a and x are letters here")
    page.keyboard.press("Enter")
    page.wait_for_selector(".remark:text('letters here')")
    assert entry(record, "first:s1").status == Status.CORRECTED
    assert entry(record, "first:s1").statement.speaker == "Anna Kiss"


def test_words_are_chosen_by_keyboard_and_become_a_statement(page: Any, record: Record) -> None:
    page.keyboard.press("j")
    form_of(page, "first:s1")
    page.keyboard.press("h")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.evaluate("getSelection().toString()") == "build the bridge,"
    page.keyboard.press("+")
    until(page, lambda: len(record.entries(document="first")) == 3)
    new = next(e for e in record.entries(document="first") if e.status == Status.CODED)
    assert record.document("first").words(new.statement.content) == "build the bridge,"
    until(page, lambda: chosen(page) == new.key)


def test_a_statement_is_split_and_merged_again_by_keyboard(page: Any, record: Record) -> None:
    page.keyboard.press("j")
    form_of(page, "first:s1")
    page.keyboard.press("h")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("t")
    until(page, lambda: len(record.entries(document="first")) == 3)
    page.wait_for_selector(".card:nth-child(3)")
    form_of(page, "first:s1")
    page.keyboard.press("m")
    until(page, lambda: len(record.entries(document="first")) == 2)
    words = record.document("first").words(entry(record, "first:s1").statement.content)
    assert words == "Hungary will not … build the bridge"


@pytest.mark.parametrize(("key", "field"), [("q", "source"), ("g", "cue")])
def test_the_browser_holds_the_very_text_and_counts_as_the_record_does(
    page: Any, record: Record, address: str, key: str, field: str
) -> None:
    page.goto(f"{address}/documents/strange?statement=s1")
    assert page.evaluate("document.getElementById('text').textContent") == record.document("strange").text
    page.evaluate(
        """() => {
          const mark = document.querySelector("mark.chosen.content");
          const range = document.createRange();
          range.selectNodeContents(mark);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }"""
    )
    before = entry(record, "strange:s1").statement.content
    page.keyboard.press(key)
    until(page, lambda: getattr(entry(record, "strange:s1").statement, field) == before)


def test_a_connection_that_breaks_in_the_middle_of_a_save_loses_nothing_and_saves_once(
    page: Any, record: Record
) -> None:
    page.keyboard.press("j")
    form_of(page, "first:s1")
    state = {"broken": 2}

    def breaking(route: Any) -> None:
        if state["broken"]:
            state["broken"] -= 1
            route.fetch()  # the server has it, but its answer is lost on the way
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/acts", breaking)
    page.keyboard.press("1")
    page.wait_for_selector("#saved.trouble:text('No connection')")
    page.wait_for_selector("#saved:text('Saved')")
    assert state["broken"] == 0
    assert entry(record, "first:s1").statement.stance == Stance.SUPPORT
    assert [act.act for act in record.history(document="first")] == ["correct"]


def test_what_waits_survives_a_closed_page(page: Any, record: Record, address: str) -> None:
    page.keyboard.press("j")
    form_of(page, "first:s1")
    page.route("**/acts", lambda route: route.abort("internetdisconnected"))
    page.keyboard.press("x")
    page.wait_for_selector("#saved.trouble")
    assert entry(record, "first:s1").status == Status.SUGGESTED
    page.unroute("**/acts")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}/documents/second")
    until(page, lambda: entry(record, "first:s1").status == Status.REJECTED)
    assert len(record.history()) == 1


def test_two_coders_at_once_see_each_other_and_lose_nothing(browser: Any, tmp_path: Path, record: Record) -> None:
    accounts = Accounts.open(tmp_path / "accounts.db", create=True)
    for name in ("ada", "cem"):
        accounts.add(name, PASSWORD)
        accounts.set_role(name, "bridge", Role.CODER)
    with served(create_house({"bridge": record}, accounts)) as address:
        pages = []
        for name in ("ada", "cem"):
            page = browser.new_context().new_page()
            page.set_default_timeout(60_000)
            page.goto(address)
            page.fill("[name=name]", name)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_selector(".board")
            page.goto(f"{address}/p/bridge/documents/first?statement=s1")
            pages.append(page)
        ada, cem = pages
        ada.keyboard.press("a")
        cem.keyboard.press("1")
        ada.keyboard.press("x")
        until(ada, lambda: len(record.history()) == 3)
        until(ada, lambda: ada.inner_text("#saved") == "Saved.")
        done = {(act.coder.name, act.act, act.statement) for act in record.history()}
        assert done == {
            ("ada", "accept", "first:s1"), ("cem", "correct", "first:s1"), ("ada", "reject", "first:s2"),
        }  # fmt: skip
        cem.goto(f"{address}/p/bridge/documents/first?statement=s2")
        assert "by ada" in cem.inner_text(".card.chosen .status")
        cem.keyboard.press("u")
        until(cem, lambda: entry(record, "first:s1").status == Status.ACCEPTED)
        assert entry(record, "first:s2").status == Status.REJECTED, "each undoes what is their own"
        for page in pages:
            page.context.close()


def test_the_queue_leads_through_everything(page: Any, record: Record, address: str) -> None:
    page.goto(f"{address}/review")
    page.click("a.button.main")
    for _ in range(6):
        if not record.queue(coder="nobody"):
            break
        waiting = len(record.queue(coder="nobody"))
        page.wait_for_selector(".card.chosen .fields")
        page.keyboard.press("a")
        until(page, lambda waiting=waiting: len(record.queue(coder="nobody")) < waiting)  # type: ignore[misc]
        page.wait_for_timeout(300)
    page.wait_for_selector("#saved:text('Nothing is left to judge')")


def test_an_adjudicator_settles_by_keyboard(page: Any, record: Record, address: str) -> None:
    for name, stance in (("ada", "support"), ("cem", "undecided")):
        coder = Coder(name, "", False)
        record.assign(["first", "second"], name, coder)
        record.review("first:s1", "correct", {"stance": stance}, coder)
        record.review("second:s1", "accept", {}, coder)
    page.goto(f"{address}/adjudicate")
    page.keyboard.press("2")
    page.wait_for_selector("text=differ on nothing that is not settled")
    assert entry(record, "first:s1").statement.stance == Stance.UNDECIDED


WORK = ["/documents/first", "/documents/first?statement=s1", "/documents/evil?statement=s1", "/documents", "/review",
        "/codebook", "/actors", "/coders", "/agreement", "/adjudicate", "/exchange", "/documents/nowhere"]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, address: str, record: Record, scheme: str) -> None:
    if not AXE.exists():
        pytest.skip(f"no axe at {AXE}; `make test` fetches it with npm")
    for name, stance in (("ada", "support"), ("cem", "undecided")):
        record.review("first:s1", "correct", {"stance": stance}, Coder(name, "", False))
    found = {}
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page.set_default_timeout(60_000)
    for path in WORK:
        page.goto(address + path)
        if barriers(page):
            found[path] = barriers(page)
    page.goto(f"{address}/documents/first")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    found |= {"cheat sheet": barriers(page)} if barriers(page) else {}
    page.close()
    assert found == {}


def test_axe_finds_nothing_serious_at_the_door(browser: Any, tmp_path: Path, record: Record) -> None:
    if not AXE.exists():
        pytest.skip(f"no axe at {AXE}; `make test` fetches it with npm")
    accounts = Accounts.open(tmp_path / "accounts.db", create=True)
    accounts.add("ada", PASSWORD)
    accounts.set_role("ada", "bridge", Role.ADMIN)
    accounts.set_role("ada", "other", Role.ADMIN)
    with served(create_house({"bridge": record, "other": record}, accounts)) as address:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        assert barriers(page) == []
        page.fill("[name=name]", "ada")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".choices")
        assert barriers(page) == []
        for path in ("/account", "/p/bridge/coders"):
            page.goto(address + path)
            assert barriers(page) == []
        page.close()


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_no_working_page_scrolls_sideways(browser: Any, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740})
    page.set_default_timeout(60_000)
    for path in WORK:
        page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    page.close()
