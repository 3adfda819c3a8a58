"""Whether an edited program answers as before, on every input that is looked at.

Most edits change an answer soon, so they are tried on a few inputs first. Whatever
changed an answer later is kept among these few (counterexample-guided search: Clarke et
al., CAV 2000; Solar-Lezama, ASPLOS 2006). What passes is checked on all inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzers.rewrites import answer_edited, behind, edited, rewritten, target
from analyzers.survey import survey
from tpdebug.columns import Column, align, columns_any, expand
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.findings import Copied, Edit, Evidence, Fixed, Replaced, Unscored
from tpdebug.inputs import Letters, columns_of
from tpdebug.parts import Part
from tpdebug.program import Program

TRIED = 48
"""So many inputs of each length are tried first."""
KEPT = 8
"""So many counterexamples of each part are kept."""

QUICK = Fixed | Copied | Replaced | Unscored
"""Edits that an evaluator is given without making the program anew."""

Answers = list[Column]


class Sameness:
    """Answers of a program, to compare with.

    Attributes:
        program: the program.
        parts: the inputs that are looked at.
        evidence: what a statement about these inputs rests on.
    """

    def __init__(
        self,
        program: Program,
        parts: Sequence[Part],
        evidence: Evidence,
        *,
        seed: int = 0,
        jobs: int | None = None,
    ) -> None:
        self.program = program
        self.parts = parts
        self.evidence = evidence
        self.jobs = jobs
        self.evaluator = Evaluator(program)
        kind = np.min_scalar_type(len(program.classifier.classes))
        self._answers: list[Answers] = [[]] * len(parts)

        def answers(number: int) -> Answers:
            found = answer_edited(self.evaluator, parts[number].columns())
            return [answer.astype(kind) for answer in found]

        for number, found in survey(parts, answers, jobs=jobs):
            self._answers[number] = found
        self._tried: dict[int, Tried] = {}
        self._upon: Upon | None = None
        self._drawn(np.random.default_rng(seed))
        self._order = sorted(self._tried, reverse=True)

    def likely(self, edits: Sequence[Edit], upon: Sequence[Edit] = ()) -> bool:
        """Whether some edits change no answer on the few inputs that are tried.

        Args:
            edits: the edits.
            upon: edits that are done before. What they leave is kept until others are
                given, so that only what `edits` touch is computed again.
        """
        upon = tuple(upon)
        if not all(isinstance(edit, QUICK) for edit in (*upon, *edits)):
            answers = Upon((), changed(self.evaluator, [*upon, *edits])).after(())
        else:
            if self._upon is None or self._upon.edits != upon:
                self._upon = Upon(upon, edited(self.evaluator, upon))
            answers = self._upon.after(edits)
        for place, length in enumerate(self._order):
            tried = self._tried[length]
            if any(c.any() for c in differing(answers(tried), tried.answers)):
                self._order.insert(0, self._order.pop(place))
                return False
        return True

    def holds(self, edits: Sequence[Edit]) -> bool:
        """Whether some edits change no answer on any input that is looked at."""
        return self.likely(edits) and self.all_the_same(edits)

    def all_the_same(self, edits: Sequence[Edit]) -> bool:
        """The same, without trying; what changes an answer is tried from now on."""
        return self.agrees(changed(self.evaluator, edits))

    def agrees(self, evaluator: Evaluator) -> bool:
        """The same for another evaluator of the program."""
        same = True
        for number, rows in sorted(self._differing(evaluator)):
            if len(rows):
                same = False
                self._keep(number, spread(rows))
        return same

    def count(self, edits: Sequence[Edit]) -> int:
        """How many inputs some edits answer differently."""
        found = self._differing(changed(self.evaluator, edits))
        return sum(len(rows) for _, rows in found)

    def _differing(
        self, evaluator: Evaluator
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """For each part its number, and the inputs that are answered differently."""

        def rows(number: int) -> NDArray[np.int64]:
            part, answers = self.parts[number], self._answers[number]
            said = answer_edited(evaluator, part.columns())
            found = columns_any(differing(said, answers))
            return np.flatnonzero(expand(found, part.size))

        return survey(self.parts, rows, jobs=self.jobs)

    def some(self, parts: Sequence[Part]) -> list[Tried]:
        """Some inputs and their answers."""
        found = []
        for part in parts:
            answers = answer_edited(self.evaluator, part.columns())
            found.append(Tried(part.block(), [expand(a, part.size) for a in answers]))
        return found

    def tried(self) -> list[list[Column]]:
        """The inputs that are tried, a block for each length."""
        return [columns_of(some.letters) for some in self._tried.values()]

    def _drawn(self, draw: np.random.Generator) -> None:
        """Some inputs of each length."""
        totals: dict[int, int] = {}
        for part in self.parts:
            totals[part.length] = totals.get(part.length, 0) + part.size
        for number, part in enumerate(self.parts):
            many = -(-TRIED * part.size // totals[part.length])
            rows = draw.choice(part.size, min(many, part.size), replace=False)
            self._keep(number, np.sort(rows))

    def _keep(self, number: int, rows: NDArray[np.int64]) -> None:
        """Try these from now on."""
        part = self.parts[number]
        answers = [expand(a, part.size)[rows] for a in self._answers[number]]
        fresh = Tried(part.letters(rows), answers)
        before = self._tried.get(part.length)
        self._tried[part.length] = fresh if before is None else before.joined(fresh)


class Tried:
    """A few inputs of one length and their answers at each letter."""

    def __init__(self, letters: Letters, answers: Answers) -> None:
        self.letters = letters
        self.answers = answers

    def joined(self, other: Tried) -> Tried:
        """Both together."""
        pairs = zip(self.answers, other.answers, strict=True)
        letters = np.concatenate([self.letters, other.letters])
        return Tried(letters, [np.concatenate(pair) for pair in pairs])


class Upon:
    """A program with some edits done, to go on from: what was evaluated is kept.

    Attributes:
        edits: these.
        evaluator: the program after them.
    """

    def __init__(self, edits: tuple[Edit, ...], evaluator: Evaluator) -> None:
        self.edits = edits
        self.evaluator = evaluator
        self._done: dict[Tried, Evaluation] = {}

    def after(self, edits: Sequence[Edit]) -> Callable[[Tried], Iterator[Column]]:
        """Answers a letter at a time, after further edits that an evaluator takes."""
        evaluator = edited(self.evaluator, edits)
        written = [target(edit) for edit in edits if not isinstance(edit, Unscored)]
        nodes = behind(evaluator, written)

        def answers(tried: Tried) -> Iterator[Column]:
            if tried not in self._done:
                columns = columns_of(tried.letters)
                self._done[tried] = self.evaluator.evaluate(columns)
            done = Evaluation(dict(self._done[tried].values))
            evaluator.compute(done, nodes)
            return evaluator.answered(done)

        return answers


def changed(evaluator: Evaluator, edits: Sequence[Edit]) -> Evaluator:
    """An evaluator after some edits."""
    if all(isinstance(edit, QUICK) for edit in edits):
        return edited(evaluator, edits)
    return Evaluator(rewritten(evaluator.program, edits))


def spread(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """A few of some inputs, from all over."""
    return rows[:: max(1, len(rows) // KEPT)][:KEPT]


def differing(found: Iterable[Column], answers: Answers) -> Iterator[Column]:
    """At each letter, which inputs of a block are answered differently."""
    pairs = (align(*pair) for pair in zip(found, answers, strict=True))
    return (a != b for a, b in pairs)
