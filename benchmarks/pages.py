"""How long the pages of a large record take in a real browser, beside those of the bundled example.

    python benchmarks/pages.py [STATEMENTS] [RECORD]

A record of STATEMENTS (100,000) invented statements is made at RECORD (build/large.whip) unless it is there.  Each page
is opened in Chromium a few times; printed are the milliseconds until its content is painted (median and slowest), and
the ratio to the same page of a record of one hundredth of the size.
"""

from __future__ import annotations

import datetime
import random
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert

from whipcount.documents import document_from_text
from whipcount.institutions import catalogue
from whipcount.model import Codebook, Coder, Condition, DateBasis, Option, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record, rows, schema, search, values
from whipcount.web.app import create_app
from whipcount.web.present import warm

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
OPTIONS = 20
SAID = 10
"""Statements in a document."""

BOOK = Codebook(
    name="large",
    title="A long debate",
    options=tuple(
        Option(f"o{n}", f"Measure number {n} is taken", institution=("nato", "eu-qmv", "unsc")[n % 3])
        for n in range(OPTIONS)
    ),
    conditions=tuple(Condition(f"c{n}", f"measure {n} comes first", f"o{n}") for n in range(OPTIONS)),
)  # fmt: skip

PAGES = {
    "board": "/",
    "board at a date": "/?at=2023-06-01",
    "verdicts": "/verdicts",
    "verdict": "/verdicts/eu-qmv/o1",
    "timeline": "/timeline",
    "statements of a cell": "/statements?actor=France&option=o1",
    "statements": "/statements",
    "coalitions": "/coalitions",
    "sources": "/sources",
    "search": "/ask?q=France+measure",
    "documents": "/documents",
}


PAINTED = """() => new Promise((done) => {
  const look = () => {
    const first = performance.getEntriesByName("first-contentful-paint")[0];
    if (first) done(first.startTime); else setTimeout(look, 5);
  };
  look();
})"""
"""When the first content was painted, which may come after the page has loaded."""


def large(where: Path, number: int) -> None:
    """Make a record of `number` invented statements, always the same."""
    chance = random.Random(7)
    actors = (*catalogue.find("nato").members_at(None), "Ukraine", "Russia", "China", "Austria", "Ireland")
    leaning = {(actor, n): chance.random() for actor in actors for n in range(OPTIONS)}
    first = datetime.date(2021, 1, 1)
    said, texts = [], []
    for place in range(number // SAID):
        sentences, start = [], 0
        for which in range(SAID):
            actor, n = chance.choice(actors), min(int(chance.expovariate(0.15)), OPTIONS - 1)
            lean = leaning[actor, n] + chance.gauss(0, 0.12) + place * SAID / number * (n % 2) * 0.4
            stance = (Stance.OPPOSE, Stance.UNDECIDED, Stance.CONDITIONAL, Stance.SUPPORT)[
                min(3, max(0, int(lean * 4)))
            ]
            sentence = f"The minister of {actor} said in remark {place}.{which} what to make of measure {n}. "
            sentences.append(sentence)
            voice = chance.choices(list(Voice), [6, 2, 1, 1, 1])[0]
            statement = Statement(
                id=f"s{which}",
                content=((start + sentence.index("what"), start + len(sentence) - 2),),
                source=((start, start + len("The minister of ") + len(actor)),),
                speaker=f"Minister {chance.randrange(4)} of {actor}",
                speaker_kind=SpeakerKind.PERSON,
                voice=voice,
                speaks_for=None if voice == Voice.COMMENTARY else actor,
                option=f"o{n}",
                stance=stance,
                conditions=(f"c{chance.randrange(OPTIONS)}",) if stance == Stance.CONDITIONAL else (),
                confidence=round(chance.random(), 2),
            )
            row = values.plain(statement)
            row["actor"] = row.pop("speaks_for") and actors.index(actor) + 1
            del row["actor_id"]
            said.append({**row, "document": place + 1, "reading": place + 1})
            start += len(sentence)
        day = first + datetime.timedelta(days=place * 1500 * SAID // number)
        document = document_from_text(
            "".join(sentences),
            id=f"d{place:06}",
            title=f"Report {place} from the debate",
            outlet=f"Paper {chance.randrange(30)}",
            date=day.isoformat(),
            date_basis=DateBasis.METADATA,
        )
        texts.append({k: v for k, v in values.plain(document).items() if k != "chain"} | {"number": place + 1})
    with Record.open(where, create=True) as record, record.writing() as connection:
        book = rows.codebook_number(connection, BOOK)
        coder = rows.coder_number(connection, Coder("invented", "1"))
        for actor in actors:
            rows.actor_number(connection, actor, "")
        connection.execute(insert(schema.documents), texts)
        for text in texts:
            search.index(connection, text["number"], text["title"], text["text"])
        read = [{"number": t["number"], "document": t["number"], "coder": coder, "codebook": book} for t in texts]
        connection.execute(insert(schema.readings), read)
        connection.execute(insert(schema.statements), said)


@contextmanager
def served(record: Path) -> Iterator[str]:
    """The application on a free port; yields its address."""
    kept = Record.open(record)
    start = time.perf_counter()
    warm(kept)  # as `whipcount serve` does before it says where to look
    print(f"{record.name} is read in {time.perf_counter() - start:.1f} s")
    server = uvicorn.Server(uvicorn.Config(create_app(kept), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def painted(page: Page, address: str) -> float:
    """Milliseconds from asking for a page to its first content on the screen."""
    page.goto(address, wait_until="load")
    return float(page.evaluate(PAINTED))


def main(number: int, where: Path) -> None:
    """Print the table."""
    small = where.with_name(f"{where.stem}-hundredth.whip")
    where.parent.mkdir(parents=True, exist_ok=True)
    for record, size in ((where, number), (small, number // 100)):
        if not record.exists():
            large(record, size)
    times: dict[Path, dict[str, list[float]]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for record in (small, where):
            with served(record) as address:
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                for name, path in PAGES.items():
                    times.setdefault(record, {})[name] = [painted(page, address + path) for _ in range(5)]
                page.close()
        browser.close()
    print(f"{number:,} statements: milliseconds to first content, and times that of {number // 100:,}")
    for name in PAGES:
        found, little = times[where][name], statistics.median(times[small][name])
        middle = statistics.median(found)
        print(
            f"{name:24} first {found[0]:7.0f}  median {middle:7.0f}  slowest {max(found):7.0f}  x{middle / little:.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 100_000, Path(sys.argv[2]) if sys.argv[2:] else Path("build/large.whip"))
