"""Which rules the tests exercise: recorded by test, merged from workers, as a table."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tpdebug.errors import UserError, counted
from tpdebug.plugin.settings import Settings

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from analyzers.coverage import RuleCoverage
    from tpdebug.findings import Coverage
    from tpdebug.read import Source

Input = tuple[str, ...]

AT_ONCE = 10_000
"""So many inputs of a test are kept before they are evaluated."""


class Covering:
    """Records what the tests exercise.

    Attributes:
        recorded: by the real path of each program.
        found: the result, once the session is over.
    """

    def __init__(self, settings: Settings, config: pytest.Config) -> None:
        self.settings = settings
        self.config = config
        self.recorded: dict[str, RuleCoverage] = {}
        self.found: dict[str, Coverage] = {}
        self.problems: list[str] = []
        self.saved = False
        self.waiting: dict[tuple[str, str], list[Input]] = {}
        self.sources: dict[str, Source] = {}

    def add(
        self, path: str, source: Source, test: str, inputs: Iterable[Input]
    ) -> None:
        """Record that a test asks a program about inputs."""
        self.sources.setdefault(path, source)
        waiting = self.waiting.setdefault((path, test), [])
        waiting += inputs
        if len(waiting) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Evaluate what is waiting."""
        waiting, self.waiting = self.waiting, {}
        for (path, test), inputs in waiting.items():
            if path not in self.recorded:
                from analyzers.coverage import RuleCoverage

                self.recorded[path] = RuleCoverage(self.sources[path].program)
            self.recorded[path].add(test, inputs)

    def sent(self) -> str:
        """What a worker sends to the process that adds up."""
        return json.dumps({path: one.data() for path, one in self.recorded.items()})

    def receive(self, text: str | None) -> None:
        """Take over what a worker sent; nothing comes from one that died."""
        if text is None:
            self.problems.append("a worker sent nothing: what it ran is not counted")
            return
        for path, data in json.loads(text).items():
            try:
                self._merge(path, data)
            except UserError as error:
                self.problems.append(str(error))

    def _merge(self, path: str, data: Any) -> None:
        from analyzers.coverage import RuleCoverage

        source = self._source(path)
        name = self._name(path)
        other = RuleCoverage.of_data(source.program, data, name)
        if path in self.recorded:
            self.recorded[path].merge(other)
        else:
            self.recorded[path] = other

    def _source(self, path: str) -> Source:
        if path not in self.sources:
            from tpdebug.read import read

            self.sources[path] = read(path)
        return self.sources[path]

    def finish(self) -> bool:
        """Compute the result and write files; return whether it is enough."""
        from analyzers.coverage import RuleCoverage, rule_coverage

        values = self.settings.values
        for path in self.settings.programs:
            if path not in self.recorded:
                try:
                    self.recorded[path] = RuleCoverage(self._source(path).program)
                except UserError:
                    continue  # collecting it has said so
        for path in sorted(self.recorded):
            self.found[path] = rule_coverage(
                self.recorded[path],
                self._source(path).map,
                most=values["most"],
                samples=values["samples"],
                seed=values["seed"],
            )
        if values["cov_save"] is not None:
            try:
                self._save(Path(self.config.invocation_params.dir / values["cov_save"]))
            except UserError as error:
                self.problems.append(str(error))
                return False
            self.saved = True
        least = values["cov_fail_under"]
        return least is None or 100 * self.share >= least

    @property
    def share(self) -> float:
        """The part of the rules of all programs that was exercised."""
        counts = [found.rules for found in self.found.values()]
        reachable = sum(count.reachable for count in counts)
        return sum(count.exercised for count in counts) / max(reachable, 1)

    def _save(self, folder: Path) -> None:
        """A file for each program, named after it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"cannot write {folder}: {error.strerror}") from None
        for path, one in self.recorded.items():
            name = self._name(path).replace("..", "").strip("/\\")
            one.save(folder / f"{name.replace('/', '-').replace(os.sep, '-')}.json")

    def _name(self, path: str) -> str:
        return os.path.relpath(path, os.path.realpath(self.settings.root))

    def print(self, terminal: TerminalReporter) -> None:
        """Print the table, as pytest-cov prints one of lines."""
        from tpdebug.render.coverage_summary import coverage_table

        if self.config.option.collectonly:
            return
        terminal.write_sep("_", "tpdebug: coverage of rules", blue=True)
        found = {self._name(path): one for path, one in self.found.items()}
        if found:
            for line in coverage_table(found, terminal._tw.fullwidth):
                terminal.write_line(line)
        else:
            terminal.write_line("No test asked a program about anything.")
        for problem in self.problems:
            terminal.write_line(f"WARNING: {problem}", yellow=True)
        folder = self.settings.values["cov_save"]
        if self.saved and found:
            files = counted(len(found), "file")
            terminal.write_line(f"Wrote {files} for tpdebug coverage --data: {folder}")
        self._print_verdict(terminal)

    def _print_verdict(self, terminal: TerminalReporter) -> None:
        from tpdebug.findings import percent

        least = self.settings.values["cov_fail_under"]
        if least is None:
            return
        if 100 * self.share >= least:
            says = f"Required rule coverage of {least:g} % reached"
            terminal.write_line(f"{says}: {percent(self.share)}", green=True)
        else:
            says = f"Required rule coverage of {least:g} % not reached"
            line = f"FAIL {says}: {percent(self.share)}"
            terminal.write_line(line, red=True, bold=True)
