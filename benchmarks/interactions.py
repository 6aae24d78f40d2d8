"""How long a step takes in a real browser on a large record: from the key or click to the new picture.

    python benchmarks/interactions.py [STATEMENTS] [RECORD]

The record is that of `pages.py`; what is judged here goes into a copy of it.  Each step is done forty times, each time another:
printed are the median, the 95th percentile and the slowest in milliseconds.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pages import ARGUMENTS, CHROMIUM, OPTIONS, large, painted, served

TIMES = 40

EXCHANGED = """async ([part, doing, value]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const old = document.querySelector(part);
  const start = performance.now();
  if (doing === "click") document.querySelectorAll(value)[0].click();
  else {
    const field = document.querySelector(doing);
    field.value = value;
    field.dispatchEvent(new Event(field.type === "range" ? "input" : "change", { bubbles: true }));
  }
  while (document.querySelector(part) === old) await new Promise((done) => setTimeout(done, 1));
  await frame();
  return performance.now() - start;
}"""
"""Change a field, or click a link, and wait until another part of the page is painted in place of the old one."""

PRESSED = """async (key) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const words = document.querySelector("#saved");
  const before = document.querySelector(".card.chosen").dataset.key;
  words.textContent = "";
  const start = performance.now();
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const done = () => key === "a" ? words.textContent === "Saved." : document.querySelector(".card.chosen").dataset.key !== before;
  while (!done()) await new Promise((then) => setTimeout(then, 1));
  await frame();
  return performance.now() - start;
}"""
"""Press a key of the reader and wait until what was judged is saved, or another statement is chosen."""


def steps(page: Page, address: str, chance: random.Random) -> Iterator[tuple[str, Callable[[], float]]]:
    """Name of a step, and what does it once and tells the milliseconds."""

    def changed(part: str, doing: str, values: list[str]) -> Callable[[], float]:
        order = iter(values)
        return lambda: float(page.evaluate(EXCHANGED, [part, doing, next(order)]))

    days = [f"20{chance.randrange(21, 25)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 28):02}" for _ in range(200)]
    page.goto(address + "/")
    yield "board: another date", changed("#board", "#at", days)
    last = int(page.get_attribute("[data-replay] input", "max") or 1)
    page.goto(address + "/")
    yield "board: slider", changed("#board", "[data-replay] input", [str(chance.randrange(last)) for _ in range(200)])
    page.goto(address + "/")
    yield "board: other groups", changed("#board", "#by", ["coalition", "region", "eu", ""] * TIMES)
    page.goto(address + "/timeline")
    yield "timeline: another option", changed("#timeline", "#option", [f"o{(n * 7 + 1) % OPTIONS}" for n in range(200)])
    page.goto(address + "/coalitions")
    yield "coalitions: another date", changed("#coalitions", "#at", days)
    page.goto(address + "/verdicts/eu-qmv/o1")
    yield "verdict: what if", changed("#verdict", "click", ["#verdict .switch a:not([aria-current])"] * 200)
    cells = [f"/statements?actor={actor}&option=o{n}" for actor in ("France", "Italy", "Spain", "Ukraine") for n in range(OPTIONS)]
    order = iter(chance.sample(cells, len(cells)))
    yield "from a cell to its statements", lambda: painted(page, address + next(order))
    documents = iter(chance.sample(range(1000), 1000))
    yield "from a statement to its words", lambda: painted(page, f"{address}/documents/d{next(documents):06}?statement=s3#s3")
    words = iter([f"{a} {b} {n}" for n in range(20) for a in ("France", "Italy", "minister") for b in ("measure", "remark")])
    yield "ask", lambda: painted(page, f"{address}/ask?q={next(words).replace(' ', '+')}")
    for name, key in (("reader: accept", "a"), ("reader: next statement", "j")):
        count = iter(range(10_000))

        def press(key: str = key, count: Iterator[int] = count) -> float:
            if next(count) % 8 == 0:  # a document has ten statements
                page.goto(f"{address}/documents/d{next(documents):06}?statement=s0#s0")
                page.wait_for_selector(".card.chosen")
            return float(page.evaluate(PRESSED, key))

        yield name, press


def main(number: int, where: Path) -> None:
    """Print the table."""
    where.parent.mkdir(parents=True, exist_ok=True)
    if not where.exists():
        large(where, number)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy = Path(shutil.copy(where, Path(folder) / "copy.whip"))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with served(copy) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            print(f"{number:,} statements, {TIMES} times each: milliseconds to the new picture")
            for name, once in steps(page, address, random.Random(3)):
                times = sorted(once() for _ in range(TIMES))
                slow = times[int(0.95 * (TIMES - 1))]
                print(f"{name:32} median {statistics.median(times):6.0f}  p95 {slow:6.0f}  slowest {times[-1]:6.0f}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000, Path(sys.argv[2]) if sys.argv[2:] else Path("build/large.whip"))
