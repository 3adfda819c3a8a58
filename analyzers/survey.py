"""Going through many inputs, part by part: on several cores, with progress."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import islice
from queue import SimpleQueue
from threading import Event
from typing import TypeAlias, TypeVar

from tpdebug.parts import Part

Result = TypeVar("Result")
Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many inputs are done, and how many there are."""

AHEAD = 3
"""How many parts are waiting for each core; more would only take memory."""


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def keep_memory() -> None:
    """Let the C library keep what arrays have used, for the arrays after them.

    By default glibc gives each array of this size back to the system at once, and
    asking for it again takes a quarter of the time (measured on dyck2). Elsewhere
    this does nothing.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        return
    for option, size in ((-1, 1 << 30), (-2, 1 << 26), (-3, 1 << 28)):
        mallopt(option, size)  # M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD


def survey(
    parts: Sequence[Part],
    work: Callable[[int], Result],
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
    waiting: Sequence[int] | None = None,
    stopped: Event | None = None,
) -> Iterator[tuple[int, Result]]:
    """Do some work on each part, and yield its number and the result when it is done.

    The parts are done in no fixed order. numpy leaves the interpreter to others while
    it computes, so threads use all cores, and nothing has to be sent to them. Results
    come in a `SimpleQueue`: an interruption while it is read leaves it intact.

    Args:
        parts: the inputs.
        work: is called with the number of a part.
        jobs: how many to do at a time; default: one for each core.
        progress: is told at the start and after each part.
        waiting: the parts to do; default: all.
        stopped: is set when an error or an interruption ends the survey, before the
            parts that have begun are waited for.
    """
    keep_memory()
    numbers = iter(range(len(parts)) if waiting is None else waiting)
    total = sum(part.size for part in parts)
    left = total if waiting is None else sum(parts[n].size for n in waiting)
    done = total - left
    jobs = jobs or cores()
    pool = ThreadPoolExecutor(jobs)
    running: dict[Future[Result], int] = {}
    ready: SimpleQueue[Future[Result]] = SimpleQueue()
    if progress is not None:
        progress(done, total)
    try:
        while True:
            for number in islice(numbers, jobs * AHEAD - len(running)):
                future = pool.submit(work, number)
                running[future] = number
                future.add_done_callback(ready.put)
            if not running:
                return
            future = ready.get()
            if future.exception() is not None:
                future = _first_failed(future, running, ready)
            number = running.pop(future)
            yield number, future.result()
            done += parts[number].size
            if progress is not None:
                progress(done, total)
    except BaseException:
        if stopped is not None:
            stopped.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _first_failed(
    failed: Future[Result],
    running: Mapping[Future[Result], int],
    ready: SimpleQueue[Future[Result]],
) -> Future[Result]:
    """Of the parts that fail, the first one: whichever is done first."""
    before = {future for future in running if running[future] < running[failed]}
    while before:
        future = ready.get()
        before.discard(future)
        if future.exception() is not None and running[future] < running[failed]:
            failed = future
            before = {f for f in before if running[f] < running[failed]}
    return failed
