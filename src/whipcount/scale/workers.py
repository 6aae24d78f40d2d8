"""Documents read by several processes, on this machine or a cluster, by Dask; whoever is killed costs nothing."""

from __future__ import annotations

import itertools
import logging
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from whipcount.errors import UsageError
from whipcount.language.whoswho import WhosWho
from whipcount.model import Codebook, Document, Failure
from whipcount.reading import Pipeline, Reading

PART = 4
"""Documents that a process is handed at once: enough to hide the handing, few enough to lose little with a process."""

PATIENCE = 10
"""Seconds to wait for a scheduler to answer, and before looking whether anybody is still at work."""

GONE = ("Status.closed", "Status.failed")

POISON = "ended every process that read it, perhaps for want of memory; split it or leave it out"

DEATHS = 2
"""Processes that may die at a part, and then at a document of it, before it is given up."""

AHEAD = 3
"""Parts on their way per process, so that none waits for the documents to be opened."""


def shipped(actors: tuple[Path, ...]) -> Pipeline:
    """What reads in each process: the models that are shipped, on one core."""
    return Pipeline(actors, threads=1)


def read_all(
    items: Iterable[Document | Failure],
    workers: str,
    codebook: Codebook | None,
    actors: Sequence[Path] = (),
    known: WhosWho | None = None,
    make: Callable[[tuple[Path, ...]], Pipeline] = shipped,
) -> Iterator[Reading | Failure]:
    """Each document read, in the order of `items`; failures among the items are handed on.

    `known` is whom the documents of the debate introduce.

    `workers` is a number of processes to start here, or the address of a Dask scheduler ("tcp://host:8786") whose
    workers have whipcount installed.  A process that dies is replaced and its documents are read again; a document at
    which two die is a Failure.  UsageError if Dask is missing, the number makes no sense or nobody answers there.
    """
    distributed = _dask()
    with ExitStack() as stack:
        client, cluster, processes = _client(distributed, workers, stack)

        def submit(part: Sequence[Document | Failure]) -> Any:
            return client.submit(_read, part, codebook, tuple(actors), known, make, pure=False)

        source = iter(items)
        waiting: deque[tuple[list[Document | Failure], Any]] = deque()
        while True:
            while len(waiting) < AHEAD * processes and (part := list(itertools.islice(source, PART))):
                waiting.append((part, submit(part)))
            if not waiting:
                return
            part, future = waiting.popleft()
            try:
                yield from _await(future, cluster, processes)
            except distributed.KilledWorker:
                # most likely only one of its documents is to blame
                for item in part:
                    try:
                        yield from _await(submit([item]), cluster, processes)
                    except distributed.KilledWorker:
                        yield item if isinstance(item, Failure) else Failure(item.origin or item.id, POISON)


def _await(future: Any, cluster: Any, processes: int) -> list[Reading | Failure]:
    """The result of a part.  Where all processes here are gone, and nobody starts them again, new ones are started."""
    while True:
        try:
            return list(future.result(timeout=PATIENCE))
        except TimeoutError:
            if cluster is not None and all(str(nanny.status) in GONE for nanny in cluster.workers.values()):
                cluster.scale(0)
                cluster.scale(processes)


def _read(
    part: Sequence[Document | Failure],
    codebook: Codebook | None,
    actors: tuple[Path, ...],
    known: WhosWho | None,
    make: Callable[[tuple[Path, ...]], Pipeline],
) -> list[Reading | Failure]:
    """What a process does: a part, with models that it loads once."""
    pipeline = _pipeline(actors, make)
    return [item if isinstance(item, Failure) else pipeline.attempt(item, codebook, known) for item in part]


@lru_cache(maxsize=1)
def _pipeline(actors: tuple[Path, ...], make: Callable[[tuple[Path, ...]], Pipeline]) -> Pipeline:
    return make(actors)


def _dask() -> Any:
    try:
        import dask
        import distributed
    except ImportError:
        raise UsageError(
            "--workers needs Dask, which is not installed; run: pip install distributed cryptography"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    dask.config.set({
        "distributed.scheduler.allowed-failures": DEATHS - 1,
        # on a busy machine a process takes its time to come back; it is not lost
        "distributed.deploy.lost-worker-timeout": "1 hour",
        "distributed.comm.timeouts.connect": "2 minutes",
    })  # fmt: skip
    return distributed


def _client(distributed: Any, workers: str, stack: ExitStack) -> tuple[Any, Any, int]:
    """A client of the processes, the cluster if we started it, and how many they are; they end with `stack`."""
    if "://" in workers:
        try:
            client = stack.enter_context(distributed.Client(workers, timeout=PATIENCE))
        except (OSError, ValueError) as error:
            raise UsageError(f"{workers}: no Dask scheduler answers there; check the address ({error})") from None
        return client, None, max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    if not workers.isdecimal() or not 1 <= int(workers) <= 1024:
        raise UsageError(f"--workers {workers}: write a number of processes, or the address of a Dask scheduler")
    with _deaf():
        cluster = distributed.LocalCluster(
            n_workers=int(workers),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # only we may hand tasks to our processes, not whoever else is on this machine
            security=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
    stack.enter_context(cluster)
    return stack.enter_context(distributed.Client(cluster)), cluster, int(workers)


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started here do not hear Ctrl-C, which a terminal sends to all of them: we hear it, and end them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, heard)
