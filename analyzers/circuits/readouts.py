"""What the read-out sees: the values of the scored variables, on every input.

A program answers by these values alone, so a statement about them that holds wherever
they are seen holds for the program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers.circuits.occurring import Marks, Occurring
from analyzers.survey import survey
from tpdebug.columns import Column, expand, longest, numbered, stack
from tpdebug.evaluate import Evaluation, Evaluator, Trace
from tpdebug.findings import Evidence, Place
from tpdebug.inputs import Letters, decode, encode, sample
from tpdebug.parts import PART, Part, all_or_sample, listed_parts
from tpdebug.program import Program

Ints = NDArray[Any]
Rows = tuple[Ints, Ints, Ints, Letters]
MOST = 1 << 21
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
        self.evaluator = Evaluator(program)
        self.options = {"most": most, "samples": samples, "seed": seed}
        self._known: dict[tuple[int, int | None], Readouts] = {}
        self._marks: dict[int, Marks] = {}
        self._offset = program.domain.offset

    def trace(self, letters: Sequence[str]) -> Trace:
        """Everything that happens on one input.

        Raises:
            DomainError: it is none of the domain.
        """
        return self.traces([letters])

    def traces(self, inputs: Sequence[Sequence[str]]) -> Trace:
        """The same of several inputs of one length.

        Raises:
            DomainError: one of them is none of the domain.
        """
        accepted = [self.program.domain.accept(letters) for letters in inputs]
        return self.evaluator.trace(encode(self.program.domain, accepted))

    def of(self, length: int, position: int | None) -> Readouts:
        """What is seen at a position of the inputs of one length.

        Args:
            length: in letters.
            position: as the program counts, 0 is the begin token; None if pooled.
        """
        if (length, position) not in self._known:
            self._look(length, [position])
        return self._known[length, position]

    def everywhere(self, length: int) -> list[Readouts]:
        """The same of every position that has an answer, in one go."""
        positions = self.positions(length)
        if length not in self._marks:
            self._marks[length] = Marks(self.program)
            self._look(length, positions, self._marks[length])
        return [self._known[length, at] for at in positions]

    def occurring(self) -> Occurring:
        """The values that variables take on the inputs of all lengths."""
        marks, evidence = Marks(self.program), []
        shortest, longest = self.program.domain.lengths
        for length in range(shortest, longest + 1):
            evidence.append(self.everywhere(length)[0].evidence)
            marks.add(self._marks[length])
        return marks.occurring(together(evidence))

    def around(self, letters: Sequence[str], position: int | None) -> Readouts:
        """What is seen where inputs are drawn that have letters of a given one.

        From each a random share of its letters is kept, the others are drawn: so there
        are inputs among them on which much is the same. (Perturbation: Ribeiro, Singh,
        Guestrin, AAAI 2018.)
        """
        length, seed = len(letters), self.options["seed"]
        domain = replace(self.program.domain, lengths=(length, length))
        (drawn,) = sample(domain, self.options["samples"], seed)
        random = np.random.default_rng(seed)
        share = random.random((len(drawn), 1))
        kept = random.random(drawn.shape) < share
        mixed = np.where(kept, encode(domain, [letters]), drawn)
        if domain.keys is not None:
            inputs = decode(domain, mixed)
            mixed = mixed[[domain.why_not(each) is None for each in inputs]]
        parts = list(listed_parts(domain, [mixed]))
        evidence = Evidence("sampled", len(mixed), seed)
        return self._looked_at(parts, [position], evidence)[0]

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
        self, length: int, positions: Sequence[int | None], marks: Marks | None = None
    ) -> None:
        """Evaluate all inputs of a length, and keep each combination once."""
        read = self._read(length, positions)
        domain = replace(self.program.domain, lengths=(read, read))
        parts, evidence = all_or_sample(domain, size=PART, **self.options)
        found = self._looked_at(parts, positions, evidence, marks)
        for position, readouts in zip(positions, found, strict=True):
            self._known[length, position] = self._longer(readouts, length - read)

    def _looked_at(
        self,
        parts: Sequence[Part],
        positions: Sequence[int | None],
        evidence: Evidence,
        marks: Marks | None = None,
    ) -> list[Readouts]:
        """What is seen at some positions of inputs that are all of one length.

        All that occurs there is added to the marks, if there are any.
        """

        def work(number: int) -> tuple[list[Rows], Marks | None]:
            part = parts[number]
            done = self.evaluator.evaluate(part.columns())
            answers = [answer for answer, _ in self.evaluator.winners(done)]
            rows = [self._rows(done, answers, part, at) for at in positions]
            return rows, None if marks is None else Marks(self.program).look(done)

        looked = {}
        for number, (some, seen_there) in survey(parts, work):
            looked[number] = some
            if marks is not None and seen_there is not None:
                marks.add(seen_there)
        each = zip(*(looked[number] for number in range(len(parts))), strict=True)
        found = []
        for position, rows in zip(positions, each, strict=True):
            seen, right, times, examples = (
                np.concatenate(column) for column in zip(*rows, strict=True)
            )
            first, times = _once(seen, times)
            places = self.places(parts[0].length, position)
            columns = seen[first], right[first], times, examples[first]
            found.append(Readouts(places, *columns, evidence))
        return found

    def _longer(self, found: Readouts, more: int) -> Readouts:
        """The same of inputs with more letters, whatever these are."""
        times, evidence = found.times, found.evidence
        if evidence.kind == "proved":
            ways = len(self.program.domain.alphabet) ** more
            times = times * ways
            evidence = Evidence("proved", evidence.inputs * ways)
        examples = np.pad(found.examples, ((0, 0), (0, more)))
        return replace(found, times=times, examples=examples, evidence=evidence)

    def _count(self, length: int) -> int:
        return self.program.domain.count_of_length(length)

    def _read(self, length: int, positions: Sequence[int | None]) -> int:
        """How many letters the answers there depend on: a causal program reads no more.

        The letters after them can be any.
        """
        domain = self.program.domain
        free = self._count(length) == len(domain.alphabet) ** length
        if not (domain.causal and free) or None in positions:
            return length
        return max(at - domain.offset + 1 for at in positions if at is not None)

    def _rows(
        self,
        done: Evaluation,
        answers: Sequence[Column],
        part: Part,
        position: int | None,
    ) -> Rows:
        """The combinations of values in a part.

        What depends on the first letters only is one row for all inputs that begin so.
        """
        answer = answers[0 if position is None else position - self._offset]
        places = self.places(part.length, position)
        columns = [done.values[p.variable][p.position] for p in places]
        size = longest([answer, *columns])
        right = expand(answer, size)
        seen = stack(columns, size) if columns else np.zeros((size, 0), np.uint8)
        alike = part.size // size
        first, times = _once(seen, np.full(size, alike))
        return seen[first], right[first], times, part.letters(first * alike)


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
    if not seen.shape[1]:
        return np.zeros(1, np.int64), times.sum(keepdims=True)
    first, which = numbered(seen)
    return first, np.bincount(which, times).astype(np.int64)
