"""What is behind one answer, wherever a program gives it.

For each place where the answer is given, of all inputs, values are sought that are
enough; what recurs is the circuit of the class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from analyzers.answered import answered_letters, choose
from analyzers.circuits.one import circuit_behind
from analyzers.circuits.readouts import Readouts, Survey
from analyzers.circuits.static import slice_static
from analyzers.circuits.wiring import computing, names_of
from analyzers.survey import Progress
from analyzers.ways import WaysBack
from tpdebug.cases import Input
from tpdebug.errors import DomainError
from tpdebug.evaluate import Trace
from tpdebug.findings import Circuit, ClassCircuit, Recurring
from tpdebug.nodes import Rule
from tpdebug.program import Program
from tpdebug.sourcemap import SourceMap

MOST_LOOKED = 500
TRACED = 256
"""So many inputs are traced at a time."""
Key = TypeVar("Key")
Given: TypeAlias = tuple[Input, int | None, int]
"""An input, a position, and how many inputs it stands for."""


def slice_class(
    program: Program,
    answer: str,
    *,
    most: int = MOST_LOOKED,
    seed: int = 0,
    source: SourceMap | None = None,
    survey: Survey | None = None,
    looking: Progress | None = None,
    progress: Progress | None = None,
) -> ClassCircuit:
    """Find the circuits that recur behind an answer.

    Answers that are given on the same values need the same circuit: one is looked at
    for all of them.

    Args:
        program: the program.
        answer: the class.
        most: look at so many different combinations of values; of more, some are drawn,
            each as often as there are inputs with it.
        seed: what they are drawn with.
        source: where the rules stand.
        survey: what was looked at before.
        looking: is told how many lengths are looked at, and how many there are.
        progress: is told the same of the combinations of values.

    Raises:
        DomainError: there is no such class, or it is never answered.
    """
    survey = survey or Survey(program)
    wanted = _Wanted(program, survey, program.classifier.index(answer), looking)
    if not wanted.tokens:
        raise DomainError(f"the program never answers {answer}")
    drawn = wanted.all() if wanted.rows <= most else wanted.some(most, seed)
    circuits: Counter[tuple[str, ...]] = Counter()
    nodes: Counter[str] = Counter()
    rules: Counter[tuple[Rule, str | None]] = Counter()
    examples: dict[tuple[str, ...], Circuit] = {}
    for number, (given, trace) in enumerate(_traced(survey, drawn)):
        letters, position, times = given
        if progress is not None:
            progress(number, min(wanted.rows, most))
        chosen = choose(program, answered_letters(program, trace, letters), position)
        ways = WaysBack(program, trace, source)
        found = circuit_behind(
            ways, letters, chosen, survey, around=False, scores=False
        )
        names = {value.place.variable for value in found.kept}
        read = tuple(name for name in program.variables if name in names)
        circuits[read] += times
        examples.setdefault(read, found)
        nodes.update(dict.fromkeys(names_of(computing(program, read)), times))
        decided = ((s.rule, s.where) for s in found.steps if s.rule is not None)
        rules.update(dict.fromkeys(decided, times))
    looked = sum(circuits.values())
    return ClassCircuit(
        answer,
        wanted.tokens,
        looked,
        None if wanted.rows <= most else seed,
        tuple(
            Recurring(
                read,
                names_of(computing(program, read)),
                times,
                (examples[read].letters, examples[read].chosen.position),
            )
            for read, times in _ranked(circuits)
        ),
        tuple(_ranked(nodes)),
        tuple((rule, where, times) for (rule, where), times in _ranked(rules)),
        slice_static(program, answer, seen=survey.occurring()),
        survey.evidence(),
    )


def _ranked(counts: Counter[Key]) -> list[tuple[Key, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))


def _traced(survey: Survey, drawn: Iterable[Given]) -> Iterator[tuple[Given, Trace]]:
    """Each with the trace of its input; many are evaluated at a time."""
    for _, alike in groupby(drawn, key=lambda given: len(given[0])):
        while some := list(islice(alike, TRACED)):
            trace = survey.traces([letters for letters, _, _ in some])
            for row, given in enumerate(some):
                yield given, trace.one(row)


class _Wanted:
    """Where a class is answered: the combinations of values, each with an input."""

    def __init__(
        self, program: Program, survey: Survey, answer: int, looking: Progress | None
    ) -> None:
        self._alphabet = program.domain.alphabet
        shortest, longest = program.domain.lengths
        self._found: list[tuple[Readouts, int | None, NDArray[np.int64]]] = []
        for length in range(shortest, longest + 1):
            if looking is not None:
                looking(length - shortest, longest + 1 - shortest)
            positions = survey.positions(length)
            for at, seen in zip(positions, survey.everywhere(length), strict=True):
                self._found.append((seen, at, np.flatnonzero(seen.answers == answer)))
        self.rows = sum(len(rows) for _, _, rows in self._found)
        self.tokens = sum(int(r.times[rows].sum()) for r, _, rows in self._found)

    def all(self) -> Iterator[Given]:
        """Each combination, with how many inputs it stands for."""
        for readouts, position, rows in self._found:
            for row in rows:
                times = int(readouts.times[row])
                yield self._letters(readouts, int(row)), position, times

    def some(self, count: int, seed: int) -> Iterator[Given]:
        """As many as are wanted, drawn as often as there are inputs."""
        times = np.concatenate([r.times[rows] for r, _, rows in self._found])
        owners = [(r, p, row) for r, p, rows in self._found for row in rows]
        drawn = np.random.default_rng(seed).choice(
            len(times), count, p=times / times.sum()
        )
        numbers, often = np.unique(drawn, return_counts=True)
        for number, many in zip(numbers, often, strict=True):
            readouts, position, row = owners[number]
            yield self._letters(readouts, int(row)), position, int(many)

    def _letters(self, readouts: Readouts, row: int) -> Input:
        return tuple(self._alphabet[i] for i in readouts.examples[row])
