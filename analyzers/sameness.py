"""Whether an edited program answers as before, on every input that is looked at.

Most edits change an answer soon, so they are tried on a few inputs first. Whatever
changed an answer later is kept among these few (counterexample-guided search: Clarke et
al., CAV 2000; Solar-Lezama, ASPLOS 2006). What passes is checked on all inputs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzers.rewrites import answer_edited, edited, rewritten, without_rows
from analyzers.survey import Progress, survey
from tpdebug.columns import Column, align, columns_any, expand
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Copied, Edit, Evidence, Fixed, Replaced, Unscored
from tpdebug.inputs import Letters, columns_of
from tpdebug.nodes import Classifier
from tpdebug.parts import Part
from tpdebug.program import Program

TRIED = 48
"""So many inputs of each length are tried first."""
KEPT = 8
"""So many counterexamples of each part are kept."""

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
        self._drawn(np.random.default_rng(seed))
        self._order = sorted(self._tried, reverse=True)

    def likely(self, edits: Sequence[Edit]) -> bool:
        """Whether some edits change no answer on the few inputs that are tried."""
        changed = _Changed(self, edits)
        for place, length in enumerate(self._order):
            tried = self._tried[length]
            if changed.rows(columns_of(tried.letters), tried.answers).any():
                self._order.insert(0, self._order.pop(place))
                return False
        return True

    def holds(self, edits: Sequence[Edit]) -> bool:
        """Whether some edits change no answer on any input that is looked at."""
        return self.likely(edits) and self.all_the_same(edits)

    def all_the_same(self, edits: Sequence[Edit]) -> bool:
        """The same, without trying; what changes an answer is tried from now on."""
        changed, same = _Changed(self, edits), True
        self.checks += 1

        def differing(number: int) -> NDArray[np.int64]:
            part, answers = self.parts[number], self._answers[number]
            rows = expand(changed.rows(part.columns(), answers), part.size)
            found = np.flatnonzero(rows)
            return found[:: max(1, len(found) // KEPT)][:KEPT]

        found = dict(survey(self.parts, differing, jobs=self.jobs))
        for number in sorted(found):
            if len(found[number]):
                same = False
                self._keep(number, found[number])
        return same

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


class _Changed:
    """Says which inputs some edits answer differently."""

    def __init__(self, same: Sameness, edits: Sequence[Edit]) -> None:
        self.classifier: Classifier = same.program.classifier
        if all(isinstance(e, Fixed | Copied | Replaced | Unscored) for e in edits):
            self.evaluator = edited(same.evaluator, edits)
            for edit in edits:
                if isinstance(edit, Unscored):
                    self.classifier = without_rows(self.classifier, edit)
        else:
            program = rewritten(same.program, edits)
            self.evaluator, self.classifier = Evaluator(program), program.classifier

    def rows(self, columns: Sequence[Column], answers: Answers) -> Column:
        """Which inputs of a block: bool, a column."""
        found = answer_edited(self.evaluator, self.classifier, columns)
        pairs = (align(*pair) for pair in zip(found, answers, strict=True))
        return columns_any(a != b for a, b in pairs)
