"""One-mode congruence from a record and from Parquet, the whole job; duplicate removal; memory.

`python networks.py` runs 10^5 and 10^6 statements from a record and up to 10^7 from Parquet, each in a process of its own.
"""

from __future__ import annotations

import json
import re
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

SIZES = ((300, 80), (2_000, 400))


def table(statements: int, actors: int, options: int) -> pl.DataFrame:
    """Made-up statements, ten a document, over five years, in the columns of `Debate.statements`."""
    random = np.random.default_rng(7)
    document = np.arange(statements) // 10
    names = {"actor": actors, "option": options}
    columns = {
        name: pl.Series([f"{name} {n:04d}" for n in range(size)]).gather(random.integers(0, size, statements))
        for name, size in names.items()
    }
    days = pl.date_range(pl.date(2020, 1, 1), pl.date(2024, 12, 31), eager=True).dt.to_string()
    sides = pl.Series(["oppose", "support"])
    return pl.DataFrame(columns).with_columns(
        key=pl.Series(document).cast(pl.String) + ":s" + pl.Series(np.arange(statements) % 10).cast(pl.String),
        document="d" + pl.Series(document).cast(pl.String),
        date=days.gather(document % len(days)),
        stance=sides.gather((random.random(statements) < 0.6).astype(int)),
        voice=pl.lit("first-hand"),
    )


def record(path: Path, rows: pl.DataFrame) -> None:
    """The same statements as a record, written past the program, which is made for one document at a time."""
    from whipcount.record import Record

    Record.open(path, create=True).close()
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO coders VALUES (1, 'reader', '1', 1)")
        actors = rows["actor"].unique().sort().to_list()
        database.executemany("INSERT INTO actors VALUES (?, ?, ?)", [(n, a, a) for n, a in enumerate(actors, 1)])
        number = {actor: n for n, actor in enumerate(actors, 1)}
        documents = rows.group_by("document", maintain_order=True).agg(pl.col("date").first()).rows()
        fields = "number, id, sha256, text, body, date, date_basis, origin, fields"
        database.executemany(
            f"INSERT INTO documents ({fields}) VALUES (?, ?, ?, ?, '[]', ?, 'stated', '', '{{}}')",
            ((n, id, f"{n:064x}", "A text of a few words. " * 20, date) for n, (id, date) in enumerate(documents, 1)),
        )
        database.executemany(
            "INSERT INTO readings VALUES (?, ?, 1, NULL)", ((n, n) for n in range(1, len(documents) + 1))
        )
        fields = (
            "number, document, reading, id, content, source, cue, rationale, quote_type, speaker, speaker_kind, actor, "
            "voice, chain, option, stance, conditions, condition_text, date, confidence, type, variables"
        )
        fixed = "'[[10, 80]]', '[[0, 8]]', '[]', '[[12, 30]]', 'direct', 'Someone', 'person'"
        database.executemany(
            f"INSERT INTO statements ({fields}) VALUES "
            f"(?, ?, ?, ?, {fixed}, ?, 'first-hand', '[]', ?, ?, '[]', '[]', ?, 0.9, '', '{{}}')",
            (
                (n + 1, n // 10 + 1, n // 10 + 1, f"s{n % 10}", number[actor], option, stance, date)
                for n, (actor, option, stance, date) in enumerate(
                    rows.select("actor", "option", "stance", "date").iter_rows()
                )
            ),
        )


def job(source: str, duplicates: str) -> None:
    """Make the network once to warm up on nothing, then time it; print seconds, megabytes and a check sum."""
    from whipcount.analysis.events import from_parquet, from_record
    from whipcount.analysis.networks import Design, network
    from whipcount.record import Record

    design = Design(onemode=True, aggregation="congruence", duplicates=duplicates)
    start, cpu = time.perf_counter(), time.process_time()
    if source.endswith(".parquet"):
        events = from_parquet(Path(source), only=design.needs())
    else:
        with Record.open(source) as store:
            events = from_record(store, only=design.needs())
    made = network(events, design)
    spent = time.perf_counter() - start, time.process_time() - cpu
    # the peak that getrusage tells begins with that of the parent
    status = Path("/proc/self/status")
    told = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    memory = int(told[1]) / 1024 if told else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([*spent, memory, made.statements, float(made.matrix.sum())]))


def run(source: Path, duplicates: str = "include") -> list[float]:
    """The job in a process of its own."""
    command = [sys.executable, __file__, "job", str(source), duplicates]
    return list(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def main() -> None:
    """Print the figures."""
    print("\nNetworks: one-mode congruence, whole job, a process each (start of Python not counted)")
    with tempfile.TemporaryDirectory() as folder:
        for actors, options in SIZES:
            for power in (5, 6, 7):
                rows = table(10**power, actors, options)
                path = Path(folder) / f"{power}.parquet"
                rows.write_parquet(path)
                sources = [path]
                if power < 7 and (actors, options) == SIZES[0]:
                    sources.append(path.with_suffix(".whip"))
                    record(sources[-1], rows)
                del rows
                for source in sources:
                    seconds, cpu, memory, *_ = run(source)
                    kind = "Parquet" if source == path else "record"
                    print(
                        f"  10^{power} statements, {actors} x {options}, {kind:7}: {seconds:6.2f} s "
                        f"(processor {cpu:.2f} s), peak {memory:,.0f} MB"
                    )
        seconds = [run(Path(folder) / f"{power}.parquet", "document")[1] for power in (5, 6)]
        print(f"  duplicates by document: ten times the statements take {seconds[1] / seconds[0]:.1f} times as long")


if __name__ == "__main__":
    if sys.argv[1:2] == ["job"]:
        job(*sys.argv[2:])
    else:
        main()
