"""Many rules altered, each to what is best for it; or only those that promise most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from analyzers.alter import current
from analyzers.effects import NOTHING, Best, Effects
from analyzers.screen import Screen, Tried, too_many
from analyzers.spectra import Spectra
from analyzers.survey import Progress, cores
from tpdebug.findings import Evidence

COUNTED = 24
"""Of the cases and entries that help on a sample, so many are counted on all inputs."""

Result = TypeVar("Result")


@dataclass(frozen=True)
class Altered:
    """What altering rules does.

    Attributes:
        bests: the best alternative of each rule, counted on all inputs.
        screened: the sample that the others were tried on, if there are any.
        guesses: how many more answers are right there, of those that help.
    """

    bests: Mapping[int, Best]
    screened: Evidence | None = None
    guesses: Mapping[int, int] = field(default_factory=dict)


def altered(
    effects: Effects,
    spectra: Spectra,
    numbers: Sequence[int],
    jobs: int | None,
    progress: Progress | None,
    *,
    failing: int,
    seed: int = 0,
) -> Altered:
    """The best alternative of each rule; of those that promise most, if it is too much.

    Args:
        effects, spectra: of the program.
        numbers: the rules.
        jobs: how many threads; default: one for each core.
        progress: is told how many rules are done, and how many there are.
        failing: how many inputs fail.
        seed: what a sample is drawn with.
    """
    if not too_many(failing, len(numbers)):
        return Altered(alter_all(effects, spectra, numbers, jobs, progress))
    rows = {n for n in numbers if spectra.rules[n].kind == "score"}
    screen = Screen(effects, seed=seed)

    def work(number: int) -> Best | Tried | None:
        rule = spectra.rules[number]
        return (
            effects.best(rule) if number in rows else next(screen.helping(rule), None)
        )

    tried = each(work, numbers, effects, jobs, progress)
    bests = {n: best for n, best in tried.items() if isinstance(best, Best)}
    found = {n: some for n, some in tried.items() if isinstance(some, tuple)}
    order = sorted(found, key=lambda n: -found[n][0].net)
    counted = order[:COUNTED]
    exact = each(lambda n: effects.effect(found[n][1]), counted, effects, jobs, None)
    for number, effect in exact.items():
        now = Best(current(effects.program, spectra.rules[number]), NOTHING)
        bests[number] = Best(found[number][1], effect) if effect.net > 0 else now
    guesses = {n: found[n][0].net for n in order[COUNTED:]}
    return Altered(bests, Evidence("sampled", screen.size, seed), guesses)


def alter_all(
    effects: Effects,
    spectra: Spectra,
    numbers: Sequence[int],
    jobs: int | None,
    progress: Progress | None,
) -> dict[int, Best]:
    """The best alternative of each rule, several rules at a time."""

    def work(number: int) -> Best:
        return effects.best(spectra.rules[number])

    return each(work, numbers, effects, jobs, progress)


def each(
    work: Callable[[int], Result],
    numbers: Sequence[int],
    effects: Effects,
    jobs: int | None,
    progress: Progress | None,
) -> dict[int, Result]:
    """Do some work on each rule, several at a time."""
    pool = ThreadPoolExecutor(jobs or cores())
    found = dict[int, Result]()
    try:
        for number, result in zip(numbers, pool.map(work, numbers), strict=True):
            found[number] = result
            if progress is not None:
                progress(len(found), len(numbers))
    except BaseException:
        effects.stopped.set()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return found
