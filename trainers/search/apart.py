"""Searches in processes of their own, so that all cores are used."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from queue import Empty
from typing import TYPE_CHECKING

from trainers.search.once import Found, Growing, Problem, find

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

_WAIT = 0.2  # seconds
_news: Queue[Growing] | None = None
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def in_processes(
    problem: Problem, seeds: Sequence[int], jobs: int
) -> Iterator[Growing | Found]:
    """Search once for each seed; yields how each stands, and in the end what it found.

    Args:
        problem: what to search for.
        seeds: which inputs are looked at first.
        jobs: how many processes.
    """
    context = multiprocessing.get_context("spawn")
    news: Queue[Growing] = context.Queue()
    with (
        _one_thread_each(),
        ProcessPoolExecutor(
            min(jobs, len(seeds)),
            mp_context=context,
            initializer=_begin,
            initargs=(news,),
        ) as pool,
    ):
        try:
            running = {pool.submit(_find, problem, seed) for seed in seeds}
            while running:
                ended, running = wait(running, timeout=_WAIT)
                with suppress(Empty):
                    while True:
                        yield news.get_nowait()
                yield from (future.result() for future in ended)
        except BaseException:
            # An interruption must not wait for what takes minutes.
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _begin(news: Queue[Growing]) -> None:
    """Leave Ctrl-C to the process that waits for this one, and end when it ends."""
    global _news
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _news = news


def _end_with_parent() -> None:
    """However the parent ended: nobody waits for the search any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _find(problem: Problem, seed: int) -> Found:
    for latest in find(problem, seed):
        if isinstance(latest, Found):
            return latest
        if _news is not None:
            _news.put(latest)
    raise AssertionError("a search ends with what it found")


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """New processes compute with one thread: there are as many as cores."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
