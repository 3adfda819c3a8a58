"""What the running test asks programs about, and what is answered wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tpdebug.plugin.settings import Settings

if TYPE_CHECKING:
    from tpdebug.cli.held import Held
    from tpdebug.findings import Localization
    from tpdebug.plugin.covering import Covering
    from tpdebug.plugin.marked import ProgramUnderTest
    from tpdebug.read import Source
    from tpdebug.testing import Checker

Input = tuple[str, ...]

Known: TypeAlias = "dict[object, tuple[Held, Localization]]"
"""Rules to blame that were found before, where they are the same for every test."""

MOST_WRONG = 500
"""So many wrong inputs of a test are kept, the smallest."""


class Wrong:
    """Inputs of one check that are answered wrong, the smallest of them."""

    def __init__(self, path: Path, held: Held) -> None:
        self.path = path
        self.held = held
        self.inputs: set[Input] = set()

    def add(self, inputs: Iterable[Input]) -> None:
        """Remember some."""
        self.inputs.update(inputs)
        if len(self.inputs) > 2 * MOST_WRONG:
            self.inputs = set(self.in_order()[:MOST_WRONG])

    def in_order(self) -> list[Input]:
        """The shortest first, then in the order of the alphabet."""
        index = self.held.check.program.domain.letter_index
        return sorted(self.inputs, key=lambda x: (len(x), [index[a] for a in x]))


class Watch:
    """Follows the tests.

    Attributes:
        known: what was found about programs before.
        programs: those that tests have asked for.
        coverage: what they exercise, if that is measured.
    """

    def __init__(self, settings: Settings, config: pytest.Config) -> None:
        self.settings = settings
        self.test: str | None = None
        self.wrong: dict[int, Wrong] = {}
        self.known: Known = {}
        self.programs: dict[object, ProgramUnderTest] = {}
        self.coverage: Covering | None = None
        if settings.covers:
            from tpdebug.plugin.covering import Covering

            self.coverage = Covering(settings, config)

    def start(self, test: str) -> None:
        """A test begins."""
        self.test = test
        self.wrong = {}

    def stop(self) -> None:
        """It is over."""
        self.wrong = {}
        if self.coverage is not None:
            self.coverage.flush()
        self.test = None

    def asked(self, checker: Checker, letters: Input, wrong: bool) -> None:
        """A checker looked at an input; what Checkers of no file do is not kept."""
        if checker.path is None or self.test is None:
            return
        self.exercised(checker.path, checker.held.source, [letters])
        # The same line either way: Hypothesis names lines that only failing runs take.
        self.failed(checker.path, checker.held, [letters] * wrong)

    def exercised(self, path: Path, source: Source, inputs: Iterable[Input]) -> None:
        """The running test asks a program about inputs."""
        if self.coverage is not None and self.test is not None:
            self.coverage.add(os.path.realpath(path), source, self.test, inputs)

    def failed(self, path: Path, held: Held, inputs: Iterable[Input]) -> None:
        """The running test has inputs that are answered wrong."""
        known = self.wrong.setdefault(id(held), Wrong(path, held))
        known.add(inputs)

    def explain(self, item: pytest.Item, report: pytest.TestReport) -> None:
        """Add what is known to the report of a failed test."""
        for wrong in self.wrong.values():
            if not wrong.inputs:
                continue
            from tpdebug.plugin.blaming import Blamed, blamed

            found: Blamed = blamed(
                wrong.held,
                wrong.in_order(),
                suspects=self.settings.values["suspects"],
                root=self.settings.root,
                known=self.known,
            )
            name = os.path.relpath(wrong.path, self.settings.root)
            report.sections.append((f"tpdebug: {name}", found.text))
            report.user_properties += found.properties
            item.user_properties += found.properties  # JUnit XML takes the last ones
