"""Comparing with the original on a domain that is too large to simplify on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from analyzers.rewrites import answer_edited
from analyzers.sameness import differing, spread
from analyzers.survey import Progress, survey
from tpdebug.columns import columns_any, expand
from tpdebug.evaluate import Evaluator
from tpdebug.parts import Listed, Part, all_parts
from tpdebug.program import Program

ENOUGH = 40
"""After so many parts with such inputs it is broken off."""
PATIENCE = 400
"""Or so many parts after the first one."""


def counterexamples(
    first: Program,
    second: Program,
    *,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> list[Part]:
    """Some inputs that two programs of one domain answer differently, if there are any.

    Always the same ones: those of the first parts that have any, in a fixed order that
    mixes the domain.

    Args:
        first, second: the programs.
        jobs: how many parts to evaluate at a time; default: one for each core.
        progress: is told how many inputs are done, and how many there are.
    """
    parts = list(all_parts(first.domain))
    np.random.default_rng(0).shuffle(parts)
    evaluators = Evaluator(first), Evaluator(second)

    def apart_in(number: int) -> Part | None:
        part = parts[number]
        columns = part.columns()
        one, other = (answer_edited(each, columns) for each in evaluators)
        apart = columns_any(differing(one, other))
        rows = np.flatnonzero(expand(apart, part.size))
        return part.some(spread(rows)) if len(rows) else None

    found: list[Part] = []
    done: dict[int, Part | None] = {}
    reached, most = 0, len(parts)
    for number, some in survey(parts, apart_in, jobs=jobs, progress=progress):
        done[number] = some
        while reached in done and reached < most and len(found) < ENOUGH:
            some = done.pop(reached)
            reached += 1
            if some is not None:
                most = most if found else min(most, reached + PATIENCE)
                found.append(some)
        if reached >= most or len(found) >= ENOUGH:
            break
    return list(joined(found))


def joined(parts: Iterable[Part]) -> Iterator[Part]:
    """All inputs of one length as one part, which takes far less time than many."""
    lengths: dict[int, list[Part]] = {}
    for part in parts:
        lengths.setdefault(part.length, []).append(part)
    for length, some in lengths.items():
        rows = np.concatenate([part.block() for part in some])
        yield Listed(some[0].domain, length, len(rows), rows)
