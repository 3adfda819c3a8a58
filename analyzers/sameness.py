"""Whether an edited program answers as before, on every input that is looked at.

Most edits change an answer soon, so they are tried on a few inputs first. Whatever
changed an answer later is kept among these few (counterexample-guided search: Clarke et
al., CAV 2000; Solar-Lezama, ASPLOS 2006). What passes is checked on all inputs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzers.rewrites import answer_edited, behind, edited, rewritten
from analyzers.survey import Progress, survey
from tpdebug.columns import Column, align, columns_any, expand
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.findings import Copied, Edit, Evidence, Fixed, Replaced, Unscored
from tpdebug.inputs import Letters, columns_of
from tpdebug.nodes import Node
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
        checks: how often all of them were evaluated.
    """

    def __init__(
        self,
        program: Program,
        parts: Sequence[Part],
        evidence: Evidence,
        *,
        seed: int = 0,
        jobs: int | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.program = program
        self.parts = parts
        self.evidence = evidence
        self.jobs = jobs
        self.checks = 0
        self.evaluator = Evaluator(program)
        kind = np.min_scalar_type(len(program.classifier.classes))
        self._answers: list[Answers] = [[]] * len(parts)

        def answers(number: int) -> Answers:
            found = self.evaluator.answer(parts[number].columns())
            return [answer.astype(kind) for answer, _ in found]

        for number, found in survey(parts, answers, jobs=jobs, progress=progress):
            self._answers[number] = found
        self._tried: dict[int, _Tried] = {}
        self._upon: _Upon | None = None
        self._drawn(np.random.default_rng(seed))
        self._order = sorted(self._tried, reverse=True)

    def likely(self, edits: Sequence[Edit], upon: Sequence[Edit] = ()) -> bool:
        """Whether some edits change no answer on the few inputs that are tried.

        Args:
            edits: the edits.
            upon: edits that are done before. What they leave is kept until others are
                given, so that only what `edits` touch is computed again.
        """
        if not all(isinstance(edit, QUICK) for edit in (*upon, *edits)):
            return self._likely(_changed(self.evaluator, [*upon, *edits]))
        if self._upon is None or self._upon.edits != tuple(upon):
            self._upon = _Upon(tuple(upon), edited(self.evaluator, upon))
        evaluator, base = edited(self._upon.evaluator, edits), self._upon
        return self._likely(evaluator, base, behind(evaluator, edits))

    def _likely(
        self,
        evaluator: Evaluator,
        base: _Upon | None = None,
        nodes: Sequence[Node] = (),
    ) -> bool:
        for place, length in enumerate(self._order):
            tried = self._tried[length]
            if base is None:
                found = iter(answer_edited(evaluator, columns_of(tried.letters)))
            else:
                done = Evaluation(dict(base.at(length, tried).values))
                found = evaluator.resumed(done, nodes)
            if any(c.any() for c in _differing(found, tried.answers)):
                self._order.insert(0, self._order.pop(place))
                return False
        return True

    def holds(self, edits: Sequence[Edit]) -> bool:
        """Whether some edits change no answer on any input that is looked at."""
        return self.likely(edits) and self.all_the_same(edits)

    def all_the_same(self, edits: Sequence[Edit]) -> bool:
        """The same, without trying; what changes an answer is tried from now on."""
        return self.agrees(_changed(self.evaluator, edits))

    def agrees(self, evaluator: Evaluator) -> bool:
        """The same for another evaluator of the program."""
        self.checks += 1
        same = True

        def differing(number: int) -> NDArray[np.int64]:
            part, answers = self.parts[number], self._answers[number]
            said = answer_edited(evaluator, part.columns())
            rows = columns_any(_differing(said, answers))
            found = np.flatnonzero(expand(rows, part.size))
            return found[:: max(1, len(found) // KEPT)][:KEPT]

        found = dict(survey(self.parts, differing, jobs=self.jobs))
        for number in sorted(found):
            if len(found[number]):
                same = False
                self._keep(number, found[number])
        return same

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
        fresh = _Tried(part.letters(rows), answers)
        before = self._tried.get(part.length)
        self._tried[part.length] = fresh if before is None else before.joined(fresh)


class _Tried:
    """A few inputs of one length and their answers."""

    def __init__(self, letters: Letters, answers: Answers) -> None:
        self.letters = letters
        self.answers = answers

    def joined(self, other: _Tried) -> _Tried:
        """Both together."""
        pairs = zip(self.answers, other.answers, strict=True)
        letters = np.concatenate([self.letters, other.letters])
        return _Tried(letters, [np.concatenate(pair) for pair in pairs])


class _Upon:
    """The inputs that are tried, evaluated with some edits done.

    Attributes:
        edits: these.
        evaluator: the program after them.
    """

    def __init__(self, edits: tuple[Edit, ...], evaluator: Evaluator) -> None:
        self.edits = edits
        self.evaluator = evaluator
        self._done: dict[int, tuple[_Tried, Evaluation]] = {}

    def at(self, length: int, tried: _Tried) -> Evaluation:
        """The inputs of a length, evaluated."""
        known = self._done.get(length)
        if known is None or known[0] is not tried:
            known = tried, self.evaluator.evaluate(columns_of(tried.letters))
            self._done[length] = known
        return known[1]


def _changed(evaluator: Evaluator, edits: Sequence[Edit]) -> Evaluator:
    """An evaluator after some edits."""
    if all(isinstance(edit, QUICK) for edit in edits):
        return edited(evaluator, edits)
    return Evaluator(rewritten(evaluator.program, edits))


def _differing(found: Iterable[Column], answers: Answers) -> Iterator[Column]:
    """At each letter, which inputs of a block are answered differently."""
    pairs = (align(*pair) for pair in zip(found, answers, strict=True))
    return (a != b for a, b in pairs)
