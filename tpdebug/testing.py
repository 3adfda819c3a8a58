"""Property tests of programs with Hypothesis: inputs to draw, and what has to be right.

    from hypothesis import given
    from tpdebug.testing import Checker, inputs

    check = Checker("sort.py", task="sort")

    @given(inputs(check))
    def test_sort(letters):
        check(letters)

Importing this loads Hypothesis and the standard library; numpy and all else is loaded
by the first check.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
from hypothesis.errors import InvalidArgument

from tpdebug.errors import DomainError
from tpdebug.observing import tell
from tpdebug.program import Program
from tpdebug.strategies import inputs, tokens

if TYPE_CHECKING:
    from analyzers.falsify.checks import Judged
    from tpdebug.oracles import Function, Oracle

__all__ = ["Checker", "inputs", "property_test", "tokens"]


class Checker:
    """Checks a program on one input at a time; made once, called in a test.

    Within a test of Hypothesis it also tells Hypothesis how near the answer is to
    being wrong (`hypothesis.target`), so that it looks where that is least.

    Args:
        program: a file, which is read and never executed, or a program.
        task: what is right: a task of the paper; by default the one the file names.
        oracle: or a function from letters to the right answers (None: not scored), an
            oracle, or the name of a function, `module:function` or `file.py:function`.
        cases: or a file of inputs and right answers.
        against: or another program, whose answers are right.
        model: or a checkpoint of `tpdebug train`: what the network answers is right.
        holds: or the name of a property, such as "permutation".
        lengths: how many letters, such as `1-5`; by default all that the program takes.
        alphabet: which letters, separated by spaces; by default all of them.

    Attributes:
        program: the program on the inputs in question.
        domain: these inputs.
        path: the file, if the program is one.

    Raises:
        UserError: something cannot be read, or does not fit.
    """

    def __init__(
        self,
        program: str | Path | Program,
        *,
        task: str | None = None,
        oracle: Oracle | Function | str | None = None,
        cases: str | Path | None = None,
        against: str | Path | None = None,
        model: str | Path | None = None,
        holds: str | None = None,
        lengths: str | None = None,
        alphabet: str | None = None,
    ) -> None:
        from tpdebug.cli.held import held

        self.held = held(
            program,
            task=task,
            oracle=oracle,
            cases=None if cases is None else Path(cases),
            against=None if against is None else Path(against),
            model=None if model is None else Path(model),
            holds=holds,
            lengths=lengths,
            alphabet=alphabet,
        )
        self.path: Path | None = None
        if not isinstance(program, Program):
            self.path = Path(os.path.abspath(program))
        self.program = self.held.check.program
        self.domain = self.program.domain

    def __call__(self, letters: Iterable[str]) -> None:
        """Make sure that the answers to an input are right.

        Raises:
            AssertionError: one is wrong; the message shows what is right.
            DomainError: it is no input of the program.
        """
        __tracebackhide__ = True
        judged = self._judged(letters)
        self._guide(int(judged.least[0]))
        if judged.fails[0]:
            raise AssertionError(self._says(judged))

    def margin(self, letters: Iterable[str]) -> int:
        """How far the right answers are before the others, at the least; < 0 is wrong.

        In units of the program's scores; very large if nothing is scored.
        """
        return int(self._judged(letters).least[0])

    def _judged(self, letters: Iterable[str]) -> Judged:
        from tpdebug.inputs import encode

        accepted = self.domain.accept(tuple(letters))
        reason = self.domain.why_not(accepted)
        if reason is not None:
            raise DomainError(reason)
        judged = self.held.check.look(encode(self.domain, [accepted]))
        tell(self, accepted, bool(judged.fails[0]))
        return judged

    def _guide(self, margin: int) -> None:
        """Tell Hypothesis how near it is to a failure."""
        from analyzers.falsify.checks import FAR

        if margin < FAR and hypothesis.currently_in_test_context():
            try:
                hypothesis.target(-float(max(margin, -1)), label=self.held.check.name)
            except InvalidArgument:  # told already, for another input of this example
                return

    def _says(self, judged: Judged) -> str:
        """What is wrong, in words."""
        classes = self.program.classifier.classes
        labels = (*self.held.check.oracle.labels, "-")
        right = " ".join(labels[i] for i in judged.labels[0])
        said = " ".join(classes[i] for i in judged.answers[0])
        given = " ".join(self.domain.alphabet[i] for i in judged.letters[0])
        return f'"{given}" is answered "{said}", but "{right}" is right'


def property_test(
    check: Checker,
    examples: Sequence[Sequence[str]] = (),
    **settings: Any,
) -> Callable[[], None]:
    """A test of a program on random inputs and on some that are given, for pytest.

    Args:
        check: what to check.
        examples: inputs that are always tried, before the others.
        settings: settings of Hypothesis, such as `max_examples`.

    >>> check = Checker("examples/sort.py", task="sort")
    >>> test_sort = property_test(check, ["3 1 2".split()], max_examples=20)
    >>> test_sort()
    """

    def test(letters: Sequence[str]) -> None:
        check(letters)

    wrapped: Any = hypothesis.given(inputs(check))(test)
    for letters in reversed(examples):
        wrapped = hypothesis.example(tuple(letters))(wrapped)
    found: Callable[[], None] = hypothesis.settings(**settings)(wrapped)
    return found
