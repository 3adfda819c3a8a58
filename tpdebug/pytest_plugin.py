"""The pytest plugin: programs as tests, a marker and a fixture, coverage of rules.

pytest imports this in every session, so it imports nothing heavy: numpy and Hypothesis
are loaded when a program is collected, or a test asks for one. `tpdebug.plugin` has
what it does then.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tpdebug import __version__
from tpdebug.plugin.settings import (
    SETTINGS,
    WATCH,
    add_options,
    marked_wrongly,
    settings_of,
)

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

    from tpdebug.plugin.items import ProgramFile
    from tpdebug.plugin.marked import ProgramUnderTest
    from tpdebug.plugin.watch import Watch

MARKER = (
    "tpdebug(program, *, task=None, oracle=None, cases=None, against=None, model=None, "
    "holds=None, lengths=None, alphabet=None): the program, a path from the root "
    "directory, that the fixture tpdebug_program is about, and what is right for it."
)


def pytest_report_header() -> str:
    """The line in pytest's header."""
    return f"tpdebug: {__version__}"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the same for the configuration file."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and have the programs collected."""
    from tpdebug.observing import observers
    from tpdebug.plugin.watch import Watch

    config.addinivalue_line("markers", MARKER)
    settings = settings_of(config)
    config.stash[SETTINGS] = settings
    if not hasattr(config, "workerinput"):
        settings.add_to(config)
    watch = Watch(settings, config)
    config.stash[WATCH] = watch
    observers.append(watch.asked)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop watching."""
    from tpdebug.observing import observers

    watch = config.stash.get(WATCH, None)
    if watch is not None and watch.asked in observers:
        observers.remove(watch.asked)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """A program is collected as a program, and not imported as a module of tests."""
    found = yield
    asked = parent.config.stash[SETTINGS].asked_of(file_path)
    if asked is None:
        return found
    from tpdebug.plugin.items import ProgramFile

    file: ProgramFile = ProgramFile.from_parent(parent, path=file_path)
    file.asked = asked
    return [file]


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Refuse wrong markers; a program that is named twice is checked once."""
    wrong = [says for item in items for says in marked_wrongly(item)]
    if wrong and not hasattr(config, "workerinput"):  # there the fixture refuses them
        raise pytest.UsageError(*wrong)
    seen: set[str] = set()
    for item in [*items]:
        if getattr(item, "tpdebug_check", None) is not None:
            if item.nodeid in seen:
                items.remove(item)
            seen.add(item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Know which test asks what."""
    watch = item.config.stash[WATCH]
    watch.start(item.nodeid)
    try:
        return (yield)
    finally:
        watch.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say below a failure which input is wrong, and which rules are to blame."""
    report = yield
    if call.when == "call" and report.failed:
        item.config.stash[WATCH].explain(item, report)
    return report


@pytest.fixture
def tpdebug_program(request: pytest.FixtureRequest) -> ProgramUnderTest:
    """The program that the marker `tpdebug` of the test names.

    It has `answers`, `check`, `verify`, `falsify` and `explain`; see docs/pytest.md.
    """
    from tpdebug.plugin.marked import program_under_test

    watch: Watch = request.config.stash[WATCH]
    return program_under_test(request, watch)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Add up what was exercised; too little of it fails the run."""
    config = session.config
    watch = config.stash.get(WATCH, None)
    if watch is None or watch.coverage is None or config.option.collectonly:
        return
    if hasattr(config, "workeroutput"):
        config.workeroutput["tpdebug_coverage"] = watch.coverage.sent()
    elif exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        good = watch.coverage.finish()
        if not good and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist recorded."""
    watch = node.config.stash.get(WATCH, None)
    if watch is not None and watch.coverage is not None:
        output = getattr(node, "workeroutput", None) or {}
        watch.coverage.receive(output.get("tpdebug_coverage"))


def pytest_terminal_summary(
    terminalreporter: TerminalReporter, config: pytest.Config
) -> None:
    """Print the table of what was exercised."""
    watch = config.stash.get(WATCH, None)
    if watch is not None and watch.coverage is not None:
        watch.coverage.print(terminalreporter)
