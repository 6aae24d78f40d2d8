"""What only a browser can tell: the keyboard leads from board to words, and no page scrolls sideways."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from whipcount.record import Record
from whipcount.web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
         "--disable-component-update", "--disable-sync"]  # fmt: skip

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(record: Record) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(create_app(record), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield launched
        launched.close()


def test_the_keyboard_leads_from_the_board_to_highlighted_words(browser: Any, address: str) -> None:
    page = browser.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.locator(".board tbody th a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/statements?**")
    page.locator(".statement blockquote a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/**")
    chosen = page.locator("mark.chosen.content").first
    assert chosen.inner_text() == "Hungary will build the bridge if the bank pays"
    box = chosen.bounding_box()
    assert box and 0 <= box["y"] < page.viewport_size["height"]
    assert trouble == []
    page.close()


def test_the_pages_work_without_javascript(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.fill("input[name=at]", "2025-02-01")
    page.click("form.dates button")
    assert "at=2025-02-01" in page.url
    page.locator(".board a.cell").first.click()
    page.locator(".statement blockquote a").first.click()
    assert page.locator("mark.chosen").count() > 0
    context.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_content(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.close()


PATHS = ["/", "/statements", "/documents", "/documents/evil", "/timeline", "/verdicts", "/verdicts/nato/build"]


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_no_page_scrolls_sideways(browser: Any, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 740})
    for path in PATHS:
        page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    page.close()
