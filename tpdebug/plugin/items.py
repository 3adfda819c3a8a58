"""A program as pytest sees it: a file that holds checks, each an item."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import pytest

from tpdebug.errors import UserError
from tpdebug.plugin.settings import SETTINGS, WATCH, Asked

if TYPE_CHECKING:
    from tpdebug.plugin.checks import Checks, Verdict


WIDTH = 78


class CheckFailedError(Exception):
    """A check found something; the message is its report.

    Attributes:
        says: the result in a sentence.
        where: the file and line to look at first.
    """

    def __init__(self, says: str, text: str, where: tuple[str, int] | None) -> None:
        super().__init__(text)
        self.says = says
        self.where = where


class ProgramFile(pytest.File):
    """A program file."""

    asked: Asked
    checks: Checks

    def collect(self) -> Iterator[pytest.Item]:
        """The checks of the program, which is read and not executed."""
        from tpdebug.plugin.checks import Checks

        values = dict(self.config.stash[SETTINGS].values)
        try:
            self.checks = Checks(self.asked, values)
        except UserError as error:
            raise self.CollectError(_short(error)) from None
        for kind, name in self.checks.names.items():
            # As text, so that pytest tells the brackets from the name: for --lf.
            whole = f"{self.nodeid}::{name}"
            item: CheckItem = CheckItem.from_parent(self, name=name, nodeid=whole)
            item.tpdebug_check = kind
            yield item


class CheckItem(pytest.Item):
    """One check of a program."""

    parent: ProgramFile
    tpdebug_check: str

    def runtest(self) -> None:
        """Do the check.

        Raises:
            CheckFailedError: the program does not pass.
        """
        from tpdebug.plugin.checks import NotGivenError

        checks = self.parent.checks
        try:
            with redirect_stdout(sys.stderr):  # an oracle may print
                verdict = checks.run(self.tpdebug_check)
        except NotGivenError as reason:
            pytest.skip(str(reason))
        except UserError as error:
            raise CheckFailedError(_short(error), str(error), None) from None
        if self.tpdebug_check == "examples":
            inputs, checks.exercised = checks.exercised, []
            self.config.stash[WATCH].exercised(self.path, checks.source, inputs)
        self.user_properties.append(("tpdebug_result", verdict.says))
        if not verdict.passed:
            raise self._failed(verdict)
        self.add_report_section("call", "tpdebug", verdict.says)

    def _failed(self, verdict: Verdict) -> CheckFailedError:
        """The report of a failure."""
        lines = wrap(verdict.says, WIDTH)
        lines += [f"  {line}" for line in verdict.more]
        where = None
        if verdict.held is not None and verdict.failing:
            from tpdebug.plugin.blaming import blamed

            settings = self.config.stash[SETTINGS]
            found = blamed(
                verdict.held,
                verdict.failing,
                suspects=settings.values["suspects"],
                root=settings.root,
                known=self.config.stash[WATCH].known,
                heading=verdict.smallest,
            )
            lines += ["", found.text]
            where = found.where
            self.user_properties += found.properties
        return CheckFailedError(verdict.brief, "\n".join(lines), where)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]
        """The report, without a traceback: nothing of it is of this file."""
        error = excinfo.value
        if not isinstance(error, CheckFailedError):
            return super().repr_failure(excinfo)
        found = excinfo.getrepr(style="value")
        crash = getattr(found, "reprcrash", None)
        if crash is not None:  # what -q, --tb=line and JUnit XML show
            crash.message = f"{error.says}"
            crash.path, crash.lineno = error.where or (str(self.path), 1)
        return found

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it is, and the heading of a failure."""
        return self.path, None, f"{self.parent.name}: {self.name}"


def _short(error: UserError) -> str:
    """The message of an error, or the first reasons if there are many."""
    lines = str(error).split("\n")
    more = len(lines) - 6
    return "\n".join(lines[:6] + ([f"and {more} more"] if more > 0 else []))
