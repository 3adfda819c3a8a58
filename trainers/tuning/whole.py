"""What a program does on the whole domain, where that can be gone through.

Inputs that are drawn to learn from leave out rare ones. A program that is right on all
of them may fail on others, and even be worse there than it was.
"""

from __future__ import annotations

import numpy as np

from tpdebug.cases import Case
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Accuracy
from tpdebug.inputs import decode
from tpdebug.measure import measure
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.restrict import restrict
from tpdebug.tally import tally
from trainers.pipeline import CHECK_SEED
from trainers.split import Split, answered
from trainers.tasks import Task

MOST_FAILING = 2_000
"""Of more inputs that fail there are enough among those that were drawn."""


class Whole:
    """All inputs that a program shall be right on, or a sample, or the test cases.

    Args:
        program: where finetuning begins.
        task: what is right.

    Attributes:
        before: how often that program is right.
    """

    def __init__(self, program: Program, task: Task) -> None:
        self.task = task
        self.before = self.measured(program)

    def measured(self, program: Program) -> Accuracy:
        """How often a program is right."""
        shown = restrict(program, self.task.domain)
        return measure(shown, self.task.oracle, seed=CHECK_SEED)

    @property
    def _proved(self) -> bool:
        """Whether it is all inputs: a sample is there to measure with only."""
        return self.before.evidence.kind == "proved"

    def worse(self, program: Program) -> bool:
        """Whether fewer letters or fewer inputs are right, if that can be proved."""
        if not self._proved:
            return False
        after, before = self.measured(program), self.before
        return (
            after.letters_right < before.letters_right
            or after.inputs_right < before.inputs_right
        )

    def failing(self, program: Program, parts: Split) -> tuple[Case, ...]:
        """Inputs that a program fails on, with their right answers, if they are few.

        Args:
            program: the program.
            parts: cases to learn from, and to choose by: these are left out. Those to
                test on are not, for all inputs are tested.
        """
        found = self.measured(program)
        if not self._proved or found.inputs - found.inputs_right > MOST_FAILING:
            return ()
        known = {letters for letters, _ in (*parts.train, *parts.valid)}
        shown = restrict(program, self.task.domain)
        evaluator, rows = Evaluator(shown), list[tuple[str, ...]]()
        for part in all_parts(shown.domain):
            _, fails = tally(evaluator, self.task.oracle, part)
            rows += decode(shown.domain, part.letters(np.flatnonzero(fails)))
        return answered(self.task.oracle, [row for row in rows if row not in known])
