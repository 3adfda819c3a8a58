"""Searches in processes of their own, so that all cores are used."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

from trainers.search.once import Found, Problem, find

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def in_processes(problem: Problem, seeds: Sequence[int], jobs: int) -> Iterator[Found]:
    """Search once for each seed; yields in the order in which they end.

    Args:
        problem: what to search for.
        seeds: which inputs are looked at first.
        jobs: how many processes.
    """
    context = multiprocessing.get_context("spawn")
    with (
        _one_thread_each(),
        ProcessPoolExecutor(
            min(jobs, len(seeds)), mp_context=context, initializer=_ignore_interrupts
        ) as pool,
    ):
        try:
            running = [pool.submit(_find, problem, seed) for seed in seeds]
            for future in as_completed(running):
                yield future.result()
        except BaseException:
            # An interruption must not wait for what takes minutes.
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _find(problem: Problem, seed: int) -> Found:
    *_, found = find(problem, seed)
    assert isinstance(found, Found)
    return found


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that waits for this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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
