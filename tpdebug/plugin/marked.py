"""The fixture `tpdebug_program`: the program that the marker of a test names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tpdebug.errors import DomainError, UserError
from tpdebug.plugin.settings import marked_wrongly, placed

if TYPE_CHECKING:
    from analyzers.falsify import Memory
    from tpdebug.domain import Domain
    from tpdebug.findings import Explanation, Falsification, Verification
    from tpdebug.plugin.watch import Watch
    from tpdebug.program import Program
    from tpdebug.read import Source
    from tpdebug.testing import Checker

MOST_KEPT = 100


class ProgramUnderTest:
    """A program, as a test asks it: inputs are letters, or a text with spaces.

    Attributes:
        path: the file, which is read and never executed.
        source: the program, and where its parts stand in the file.

    Raises:
        UserError: something cannot be read, or does not fit together.
    """

    def __init__(self, path: Path, what: dict[str, Any], watch: Watch) -> None:
        from tpdebug.read import read

        self.path = path
        self.source: Source = read(path)
        self._what = what
        self._watch = watch
        if what:
            _ = self.checker  # what is wrong with it is said before the test runs

    @property
    def program(self) -> Program:
        """The whole program."""
        return self.source.program

    @property
    def domain(self) -> Domain:
        """Its inputs."""
        return self.source.program.domain

    @cached_property
    def checker(self) -> Checker:
        """The program held against what the marker says is right.

        Raises:
            UserError: it does not say so, or does not fit.
        """
        from tpdebug.testing import Checker

        return Checker(self.path, **self._what)

    def answers(self, letters: str | Sequence[str]) -> tuple[str, ...]:
        """What the program answers.

        Raises:
            DomainError: it is no input of the program.
        """
        from tpdebug.evaluate import answers

        accepted = self._input(letters)
        self._watch.exercised(self.path, self.source, [accepted])
        (found,) = answers(self.program, [accepted])
        if self._right and self._judge(accepted):
            self._watch.failed(self.path, self.checker.held, [accepted])
        return tuple(found)

    def check(self, letters: str | Sequence[str]) -> None:
        """Make sure that the answers to an input are right.

        Raises:
            AssertionError: one is wrong.
            DomainError: it is no input of the program.
        """
        __tracebackhide__ = True
        self.checker(self._input(letters))

    def verify(self, **options: Any) -> Verification:
        """Compare it with what is right on all inputs, see `tpdebug.verify`."""
        from tpdebug import verify

        check = self.checker.held.check
        found = verify(check.program, check.oracle, name=check.name, **options)
        self._fails(failure.input for failure in found.failures[:MOST_KEPT])
        return found

    def falsify(
        self, *, memory: Memory | None = None, jobs: int | None = None, **settings: int
    ) -> Falsification:
        """Look for inputs that it gets wrong, see `tpdebug.falsify`."""
        from analyzers.falsify import Settings, falsify_check

        check = self.checker.held.check
        found = falsify_check(check, Settings(**settings), memory=memory, jobs=jobs)
        self._fails(kind.smallest.input for kind in found.kinds)
        return found

    def explain(
        self, letters: str | Sequence[str], position: int | None = None, **options: Any
    ) -> Explanation:
        """Say why it answers as it does, see `tpdebug.explain`."""
        from tpdebug import explain

        accepted = self._input(letters)
        self._watch.exercised(self.path, self.source, [accepted])
        return explain(self.program, accepted, position=position, **options)

    def __repr__(self) -> str:
        return f"<program {self.path.name}>"

    @cached_property
    def _right(self) -> bool:
        """Whether it is known what is right."""
        return bool(self._what) or self.program.task is not None

    def _judge(self, letters: tuple[str, ...]) -> bool:
        """Whether an answer is wrong; not, if it cannot be told."""
        from tpdebug.inputs import encode

        try:
            check = self.checker.held.check
            if check.program.domain.why_not(letters) is not None:
                return False
            rows = encode(check.program.domain, [letters])
            return bool(check.look(rows).fails[0])
        except UserError:
            return False

    def _fails(self, inputs: Any) -> None:
        self._watch.failed(self.path, self.checker.held, inputs)

    def _input(self, letters: str | Sequence[str]) -> tuple[str, ...]:
        if isinstance(letters, str):
            return self.domain.parse(letters)
        accepted = self.domain.accept(tuple(letters))
        reason = self.domain.why_not(accepted)
        if reason is not None:
            raise DomainError(reason)
        return accepted


def program_under_test(
    request: pytest.FixtureRequest, watch: Watch
) -> ProgramUnderTest:
    """The program that the marker names; a test without one fails with a sentence."""
    mark = request.node.get_closest_marker("tpdebug")
    if mark is None:
        pytest.fail(
            "tpdebug_program needs to know which program: mark the test with "
            '@pytest.mark.tpdebug("sort.py", task="sort")',
            pytrace=False,
        )
    for says in marked_wrongly(request.node):
        pytest.fail(says, pytrace=False)
    root = request.config.rootpath
    path, what = root / mark.args[0], mark.kwargs | placed(mark.kwargs, root)
    try:
        key = (path, path.stat().st_mtime_ns, *sorted(what.items()))
        if key not in watch.programs:
            watch.programs[key] = ProgramUnderTest(path, what, watch)
        return watch.programs[key]
    except OSError:
        pytest.fail(f"{path} does not exist", pytrace=False)
    except UserError as error:
        pytest.fail(str(error), pytrace=False)
