"""What the read-out sees: the values of the scored variables, on every input.

A program answers by these values alone, so a statement about them that holds wherever
they are seen holds for the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tpdebug.columns import stack
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.findings import Evidence, Place
from tpdebug.inputs import Letters
from tpdebug.parts import PART, Part, all_or_sample
from tpdebug.program import Program

Ints = NDArray[Any]
Rows = tuple[Ints, Ints, Ints, Letters]
MOST = 5_000_000
SAMPLES = 20_000


@dataclass(frozen=True, eq=False)
class Readouts:
    """What the read-out sees at one position, of all inputs of one length or several.

    Attributes:
        places: the scored variables there; of a pooled program, at every position.
        seen: the combinations of their values (value indices or counts) that occur,
            each once, `[rows, places]`.
        answers: the class index that each gives, `[rows]`.
        times: for how many inputs, `[rows]`.
        examples: one of them, as letter indices, `[rows, letters]`.
        evidence: which inputs those are.
    """

    places: tuple[Place, ...]
    seen: Ints
    answers: Ints
    times: Ints
    examples: Letters
    evidence: Evidence

    def row(self, seen: Sequence[int]) -> int:
        """The row of a combination of values.

        Raises:
            KeyError: it does not occur.
        """
        return self._rows[np.asarray(seen, self.seen.dtype).tobytes()]

    @cached_property
    def _rows(self) -> dict[bytes, int]:
        return {row.tobytes(): i for i, row in enumerate(self.seen)}


class Survey:
    """Looks at what the read-out sees, for any length and position.

    Args:
        program: the program.
        most: a length with more inputs than this is sampled.
        samples, seed: how.
    """

    def __init__(
        self,
        program: Program,
        most: int = MOST,
        samples: int = SAMPLES,
        seed: int = 0,
    ) -> None:
        self.program = program
        self._evaluator = Evaluator(program)
        self.options = {"most": most, "samples": samples, "seed": seed}
        self._known: dict[tuple[int, int | None], Readouts] = {}

    def of(self, length: int, position: int | None) -> Readouts:
        """What is seen at a position of the inputs of one length.

        Args:
            length: in letters.
            position: as the program counts, 0 is the begin token; None if pooled.
        """
        if (length, position) not in self._known:
            domain = replace(self.program.domain, lengths=(length, length))
            parts, evidence = all_or_sample(domain, size=PART, **self.options)
            positions = self.positions(length)
            found = self._look(parts, length, positions, evidence)
            for at, readouts in zip(positions, found, strict=True):
                self._known[length, at] = readouts
        return self._known[length, position]

    def evidence(self) -> Evidence:
        """What a statement about all lengths that were looked at rests on."""
        lengths = {length: found.evidence for (length, _), found in self._known.items()}
        return together(lengths.values())

    def places(self, length: int, position: int | None) -> tuple[Place, ...]:
        """The scored variables that the answer at a position depends on."""
        whole = range(length + len(self.program.domain.wrap(())))
        at = whole if position is None else [position]
        return tuple(Place(name, p) for p in at for name in self.program.scored)

    def positions(self, length: int) -> list[int | None]:
        """Where there are answers; None for the one of a pooled program."""
        if self.program.classifier.pooled:
            return [None]
        return [i + self.program.domain.offset for i in range(length)]

    def _look(
        self,
        parts: Iterable[Part],
        length: int,
        positions: Sequence[int | None],
        evidence: Evidence,
    ) -> list[Readouts]:
        """Evaluate all inputs of a length, and keep each combination once."""
        kept: list[list[Rows]] = [[] for _ in positions]
        for part in parts:
            done = self._evaluator.evaluate(part.columns())
            for at, (answers, _) in enumerate(self._evaluator.winners(done)):
                seen = self._rows(done, length, positions[at], part.size)
                right = stack([answers], part.size)[:, 0]
                first, times = _once(seen, np.ones(part.size, np.int64))
                rows = seen[first], right[first], times, part.letters(first)
                kept[at].append(rows)
        found = []
        for position, looked in zip(positions, kept, strict=True):
            seen, right, times, examples = (
                np.concatenate(column) for column in zip(*looked, strict=True)
            )
            first, times = _once(seen, times)
            places = self.places(length, position)
            columns = seen[first], right[first], times, examples[first]
            found.append(Readouts(places, *columns, evidence))
        return found

    def _rows(
        self, done: Evaluation, length: int, position: int | None, size: int
    ) -> Ints:
        """The values of all places, `[inputs, places]`."""
        places = self.places(length, position)
        if not places:
            return np.zeros((size, 0), np.uint8)
        return stack([done.values[p.variable][p.position] for p in places], size)


def together(evidence: Iterable[Evidence]) -> Evidence:
    """What a statement about inputs of several lengths rests on."""
    each = list(evidence)
    inputs = sum(one.inputs for one in each)
    if all(one.kind == "proved" for one in each):
        return Evidence("proved", inputs)
    seed = next(one.seed for one in each if one.seed is not None)
    return Evidence("sampled", inputs, seed)


def _once(seen: Ints, times: Ints) -> tuple[Ints, Ints]:
    """Where each row is for the first time, and how often it is there in all."""
    rows = np.ascontiguousarray(seen)
    if not rows.shape[1]:
        return np.zeros(1, np.int64), times.sum(keepdims=True)
    keys = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1])))[:, 0]
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    return first, np.bincount(which, times).astype(np.int64)
