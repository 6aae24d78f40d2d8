"""Reading what was uploaded, one document after the other in the background, with its progress for all to see."""

from __future__ import annotations

import dataclasses
import itertools
import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whipcount import documents
from whipcount.errors import InputError, WhipcountError
from whipcount.language.whoswho import WhosWho
from whipcount.model import Codebook, Document, Failure
from whipcount.reading import Pipeline
from whipcount.record import Record
from whipcount.record.acts import now
from whipcount.web import cast
from whipcount.web.fetching import fetch
from whipcount.web.words import N_

SHOWN = 20
"""Jobs that are remembered, and failures of each that are named."""

WAITING = 8
"""Jobs of a project that may wait or run at one time."""

_worker = ThreadPoolExecutor(1, thread_name_prefix="reading")
"""Reading takes a whole core; more at once would make the pages slow and nothing faster."""


@dataclass(slots=True)
class Job:
    """Reading one upload: how far it is, and what could not be read."""

    number: int
    who: str
    what: str
    begun: str
    total: int | None = None
    read: int = 0
    known: int = 0
    failed: int = 0
    failures: list[str] = field(default_factory=list)
    state: str = N_("waits")
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def done(self) -> int:
        """Documents that it is through with."""
        return self.read + self.known + self.failed

    def fail(self, words: str) -> None:
        """Note that something could not be read."""
        self.failed += 1
        if len(self.failures) < SHOWN:
            self.failures.append(" ".join(words.split())[:300])

    def plain(self) -> dict[str, Any]:
        """The job as JSON can hold it."""
        names = ("number", "who", "what", "begun", "total", "done", "read", "known", "failed", "failures", "state")
        return {name: getattr(self, name) for name in names}


class Jobs:
    """The jobs of one project.  They end with the server; what was read by then is in the record."""

    def __init__(self, kept: Record, load: Callable[[list[Path]], Pipeline] = Pipeline) -> None:
        self._kept = kept
        self._load = load
        self._lock = threading.Lock()
        self._jobs: list[Job] = []
        self._number = 0
        self._pipelines: dict[tuple[tuple[str, str], ...], Pipeline] = {}

    def all(self) -> list[Job]:
        """The latest jobs, newest first."""
        with self._lock:
            return self._jobs[:SHOWN]

    def busy(self) -> bool:
        """Whether one waits or runs."""
        return any(job.state in ("waits", "reads") for job in self.all())

    def begin(self, who: str, what: str, folder: Path, urls: list[str]) -> Job:
        """Read the files in a folder, which is then removed, and the pages at addresses; InputError if too many wait."""
        with self._lock:
            if sum(job.state in ("waits", "reads") for job in self._jobs) >= WAITING:
                shutil.rmtree(folder, ignore_errors=True)
                raise InputError("too many uploads wait to be read; try again when some are done")
            self._number += 1
            job = Job(self._number, who, what, now()[:19])
            self._jobs = [job, *self._jobs][:SHOWN]
        _worker.submit(self._run, job, folder, urls)
        return job

    def stop(self, number: int) -> None:
        """Stop a job after the document it is at."""
        for job in self.all():
            if job.number == number:
                job.stopped.set()

    def _run(self, job: Job, folder: Path, urls: list[str]) -> None:
        try:
            job.state = N_("reads")
            _fetch_all(job, folder, urls)
            codebook = self._kept.codebook()
            pipeline = self._pipeline()
            job.total = documents.count([str(folder)])
            met = itertools.chain(self._kept.documents(), documents.read([str(folder)]))
            who = pipeline.whos_who(met, codebook)
            for found in documents.read([str(folder)]):
                if job.stopped.is_set():
                    break
                self._one(job, _named(found, folder), pipeline, codebook, who)
            job.state = N_("stopped") if job.stopped.is_set() else N_("done")
        except Exception as error:
            job.state = N_("broke off")
            known = isinstance(error, WhipcountError)
            job.failures.append(str(error) if known else f"{type(error).__name__}: tell whoever runs this server")
            if not known:
                logging.getLogger(__name__).exception("job %d", job.number)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _one(
        self, job: Job, found: Document | Failure, pipeline: Pipeline, codebook: Codebook | None, known: WhosWho
    ) -> None:
        if isinstance(found, Failure):
            job.fail(str(found))
            return
        coder = pipeline.coder(codebook)
        if self._kept.has(found.sha256, coder, codebook):
            job.known += 1
            return
        reading = pipeline.attempt(found, codebook, known)
        if isinstance(reading, Failure):
            job.fail(str(reading))
            return
        self._kept.add(found, reading.attributions, reading.statements, coder, codebook)
        job.read += 1

    def _pipeline(self) -> Pipeline:
        """The models, with the project's own actors as they are now."""
        texts = tuple(cast.own_files(self._kept).items())
        if texts not in self._pipelines:
            folder = Path(tempfile.mkdtemp(prefix="whipcount-actors-"))
            self._pipelines = {texts: self._load(cast.write(folder, dict(texts)))}
        return self._pipelines[texts]


def _fetch_all(job: Job, folder: Path, urls: list[str]) -> None:
    for number, url in enumerate(urls, 1):
        if job.stopped.is_set():
            return
        job.total = len(urls)
        try:
            data, suffix = fetch(url)
        except InputError as error:
            job.fail(str(error))
        else:
            (folder / f"page-{number:04d}{suffix}").write_bytes(data)


def _named(found: Document | Failure, folder: Path) -> Document | Failure:
    """The result without the folder of the upload, which means nothing to anybody."""
    return dataclasses.replace(found, origin=found.origin.replace(f"{folder}/", ""))
