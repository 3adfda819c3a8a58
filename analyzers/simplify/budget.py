"""What can go if a few inputs may be answered differently.

Greedy: what saves most lines for the inputs that it changes is done first. How many
these are is estimated on a sample, and counted on all inputs before anything is taken.
What an edit changes mostly grows with what else was done, so an estimate is renewed
only when its turn comes (lazy greedy: Minoux 1978).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from analyzers.lint.seen import Seen
from analyzers.rewrites import edited, target
from analyzers.sameness import Sameness, Upon, differing
from analyzers.simplify.fill import cost
from analyzers.simplify.removing import candidates
from analyzers.simplify.shorter import ways_to_say
from analyzers.survey import Progress
from tpdebug.columns import columns_any
from tpdebug.findings import Copied, Edit, Fixed, Replaced, Unscored
from tpdebug.nodes import Embedding, Head, LookupTable
from tpdebug.parts import all_or_sample
from tpdebug.program import Program
from tpdebug.write.layout import WIDTH

SAMPLED = 4_000
"""So many inputs are estimated on."""
IN_RUN = 5
"""The lines around a function, and of the node in `run`, about."""
FREE = 0.5
"""What changes nothing in the sample counts as so many inputs of it."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Something that could be done, in one of several ways.

    Attributes:
        node: the variable that it is about.
        ways: the ways.
        lines: how many lines a way saves, about.
    """

    node: str
    ways: Sequence[tuple[Edit, ...]]
    lines: Callable[[tuple[Edit, ...]], float]


def savings(seen: Seen) -> Iterator[Saving]:
    """What can be done: what can be removed, and functions that can be shorter."""
    program = seen.program
    nodes = {n.name: n for n in program.nodes if not isinstance(n, Embedding)}
    lengths = {name: _lines(program, node) for name, node in nodes.items()}
    rows = Counter(row.variable for row in program.classifier.rows)

    def without(way: tuple[Edit, ...]) -> float:
        saved = 0.0
        for edit in way:
            if isinstance(edit, Unscored):
                some = edit.values
                saved += rows[edit.variable] if some is None else len(some)
            else:
                saved += lengths[target(edit)] + IN_RUN
        return saved

    def shorter(way: tuple[Edit, ...]) -> float:
        (edit,) = way
        assert isinstance(edit, Replaced)
        return lengths[edit.node.name] - _lines(program, edit.node)

    for ways in candidates(seen):
        if ways:
            yield Saving(target(ways[0][0]), ways, without)
    for name, node in nodes.items():
        said = [(Replaced(way),) for way in ways_to_say(program, node)]
        yield Saving(name, said, shorter)


def _lines(program: Program, node: Head | LookupTable) -> float:
    """How long a function is, in lines and parts of lines."""
    _, lines, characters = cost(program, node)
    return lines + characters / WIDTH


def spend(
    same: Sameness,
    savings: Iterable[Saving],
    budget: int,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[list[Edit], int]:
    """Find edits that answer at most so many inputs differently.

    Args:
        same: the program.
        savings: what could be done.
        budget: how many inputs.
        seed: what to draw the sample with.
        progress: is told how many savings are settled, and how many there are.

    Returns:
        The edits, and how many inputs they answer differently.
    """
    estimates = _Estimates(same, budget, seed)
    open_ = [(estimates.best(saving), saving) for saving in savings]
    heap = [
        (-worth, number, 0, way, saving)
        for number, ((worth, way), saving) in enumerate(open_)
        if worth > 0
    ]
    heapq.heapify(heap)
    total, many, spent, gone = len(heap), 0, 0, set[str]()
    while heap:
        if progress is not None:
            progress(total - len(heap), total)
        _, number, when, way, saving = heapq.heappop(heap)
        if saving.node in gone:
            continue
        if when < many:
            renewed, way = estimates.best(saving)
            if renewed > 0:
                heapq.heappush(heap, (-renewed, number, many, way, saving))
            continue
        changed = same.count([*estimates.taken, *way])
        if changed <= budget:
            many, spent = many + 1, changed
            estimates.take(way)
            gone |= {e.variable for e in way if isinstance(e, Fixed | Copied)}
    return estimates.taken, spent


class _Estimates:
    """How much a saving is worth, judged by a sample."""

    def __init__(self, same: Sameness, budget: int, seed: int) -> None:
        domain = same.program.domain
        parts = same.parts
        if sum(part.size for part in parts) > SAMPLED:
            parts, _ = all_or_sample(domain, most=0, samples=SAMPLED, seed=seed)
        self.tried = same.some(parts)
        size = sum(len(tried.letters) for tried in self.tried)
        share = min(1.0, budget / same.evidence.inputs) * size
        self.most = share + 3 * sqrt(share) + 1
        self.same = same
        self.upon = Upon((), same.evaluator)

    @property
    def taken(self) -> list[Edit]:
        """What is done."""
        return list(self.upon.edits)

    def take(self, way: Sequence[Edit]) -> None:
        """Do something."""
        edits = (*self.upon.edits, *way)
        self.upon = Upon(edits, edited(self.same.evaluator, edits))

    def best(self, saving: Saving) -> tuple[float, tuple[Edit, ...]]:
        """The best way: lines it saves for an input; 0 if that costs too much."""
        best: tuple[float, tuple[Edit, ...]] = 0.0, ()
        for way in saving.ways:
            changed = self._changed(way)
            if changed is not None:
                worth = saving.lines(way) / (changed + FREE)
                best = max(best, (worth, way), key=lambda each: each[0])
        return best

    def _changed(self, way: Sequence[Edit]) -> int | None:
        """How many inputs of the sample are answered differently; None if too many."""
        answers, total = self.upon.after(way), 0
        for tried in self.tried:
            rows = columns_any(differing(answers(tried), tried.answers))
            total += int(np.count_nonzero(rows))
            if total > self.most:
                return None
        return total
