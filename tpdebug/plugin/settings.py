"""The options of the pytest plugin, from the command line and the configuration file.

Standard library and pytest only: this is loaded whenever pytest starts.
"""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

FILES = ("cases", "against", "model")

HELD = ("task", "oracle", *FILES, "holds", "lengths", "alphabet")
"""What the marker takes; the same as `tpdebug.testing.Checker`."""

LINE = ("task", "oracle", "cases", "model", "lengths", "alphabet", "min_accuracy")
"""What a line of `tpdebug_programs` may say about its program."""


def percentage(text: str) -> float:
    """A number from 0 to 100.

    Raises:
        ArgumentTypeError: it is something else.
    """
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no percentage, from 0 to 100")
    return value


def whole(least: int, most: int) -> Callable[[str], int]:
    """Numbers in a range, as a type of argparse."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(
                f"{text!r} is no number from {least:,} to {most:,}"
            )
        return int(text)

    return read


def truth(text: str) -> bool:
    """A switch in a configuration file."""
    known = {"true": True, "1": True, "yes": True, "on": True}
    known |= {"false": False, "0": False, "no": False, "off": False}
    if text.lower() not in known:
        raise argparse.ArgumentTypeError(f"{text!r} is neither true nor false")
    return known[text.lower()]


@dataclass(frozen=True, slots=True)
class Option:
    """`--tpdebug-NAME`, and `tpdebug_NAME` in the configuration file."""

    name: str
    read: Callable[[str], Any]
    default: Any
    metavar: str
    help: str

    @property
    def key(self) -> str:
        """The name with underscores."""
        return self.name.replace("-", "_")


OPTIONS = (
    Option("task", str, None, "NAME", "Right is a task of the paper, such as sort."),
    Option(
        *("oracle", str, None, "MODULE:FUNCTION"),
        "Right is what a function from letters to answers gives.",
    ),
    Option(
        *("cases", str, None, "FILE"),
        "Inputs with right answers, JSONL or CSV: the check examples.",
    ),
    Option(
        *("model", str, None, "PATH"),
        "A checkpoint or run folder of tpdebug train: the check faithfulness.",
    ),
    Option(
        *("min-accuracy", percentage, 100.0, "PERCENT"),
        "How many inputs have to be answered right, of all (default: 100).",
    ),
    Option(
        *("most", whole(1, 2**33), 500_000, "N"),
        "Sample if there are more inputs than this (default: 500000).",
    ),
    Option(
        *("samples", whole(1, 10_000_000), 20_000, "N"),
        "How many inputs to draw then (default: 20000).",
    ),
    Option("seed", whole(0, 2**63), 0, "N", "What is drawn depends on it."),
    Option(
        *("suspects", whole(0, 1000), 3, "N"),
        "How many suspicious rules a failure shows (default: 3; 0: do not look).",
    ),
    Option("cov", truth, False, "", "Measure which rules the tests exercise."),
    Option(
        *("cov-fail-under", percentage, None, "PERCENT"),
        "Fail if fewer of the rules are exercised; implies --tpdebug-cov.",
    ),
    Option(
        *("cov-save", str, None, "FOLDER"),
        "Write what was exercised, test by test, for tpdebug coverage --data; implies "
        "--tpdebug-cov.",
    ),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A program, and what to hold it against."""

    path: Path
    task: str | None = None
    oracle: str | None = None
    cases: Path | None = None
    model: Path | None = None
    lengths: str | None = None
    alphabet: str | None = None
    min_accuracy: float = 100.0


@dataclass(frozen=True, slots=True)
class Settings:
    """All that was asked for.

    Attributes:
        named: the programs that the command line names.
        programs: these and those of the configuration file, by their real path.
        root: the root directory of pytest.
        values: the options, by name.
    """

    named: tuple[Path, ...]
    programs: Mapping[str, Asked]
    root: Path
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def covers(self) -> bool:
        """Whether coverage of rules is measured."""
        given = ("cov", "cov_fail_under", "cov_save")
        return any(self.values[key] not in (None, False) for key in given)

    def asked_of(self, path: Path) -> Asked | None:
        """What is asked of a file, if it is one of the programs."""
        if not self.programs:
            return None
        return self.programs.get(os.path.realpath(path))

    def add_to(self, config: pytest.Config) -> None:
        """Have the programs collected: all, if it is not said what to collect."""
        source = pytest.Config.ArgsSource
        chosen = config.args_source is source.ARGS
        programs = [asked.path for asked in self.programs.values()]
        if self.named and not chosen:
            config.args = [str(path) for path in self.named]
        else:
            more = self.named if chosen else programs
            config.args += [str(path) for path in more if str(path) not in config.args]


SETTINGS = pytest.StashKey[Settings]()
WATCH = pytest.StashKey[Any]()
"""Where the settings, and what follows the tests, are kept in pytest's `config`."""


def add_options(parser: pytest.Parser) -> None:
    """Tell pytest the options, and what may stand in the configuration file."""
    group = parser.getgroup("tpdebug", "learned programs (tpdebug)")
    group.addoption(
        "--tpdebug",
        action="append",
        default=[],
        metavar="PROGRAM",
        help="Check this program: examples, accuracy, closed world, faithfulness. "
        "Repeatable.",
    )
    parser.addini(
        "tpdebug_programs",
        "Programs to check, one a line, each a path from the root directory, and what "
        "is right: sort.py task=sort min_accuracy=99",
        type="linelist",
        default=[],
    )
    for option in OPTIONS:
        how: dict[str, Any] = {"type": option.read, "metavar": option.metavar}
        if option.read is truth:
            how = {"action": "store_true"}
        dest = f"tpdebug_{option.key}"
        group.addoption(
            f"--tpdebug-{option.name}", dest=dest, default=None, help=option.help, **how
        )
        says = f"The same as --tpdebug-{option.name}."
        parser.addini(dest, says, type="string", default=None)


def settings_of(config: pytest.Config) -> Settings:
    """Read all options; the command line is before the configuration file.

    Raises:
        UsageError: one of them cannot be.
    """
    root = config.rootpath
    given = {o.key: getattr(config.option, f"tpdebug_{o.key}", None) for o in OPTIONS}
    written = {option.key: _written(config, option) for option in OPTIONS}
    here = config.invocation_params.dir
    for values, folder in ((given, here), (written, root)):
        values.update(placed(values, folder))
    lines = dict(_line(root, line) for line in config.getini("tpdebug_programs"))
    named = tuple(Path(os.path.abspath(here / path)) for path in config.option.tpdebug)
    programs: dict[str, Asked] = {}
    for path in [*named, *lines]:
        key = os.path.realpath(path)
        line = {os.path.realpath(p): values for p, values in lines.items()}.get(key, {})
        programs.setdefault(key, _asked(path, (given, line, written)))
    values = {
        option.key: _first(option.key, (given, written), option.default)
        for option in OPTIONS
    }
    return Settings(named, programs, root, values)


def placed(values: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The files among some values, as seen from a folder."""
    found: dict[str, Any] = {
        key: folder / values[key] for key in FILES if values.get(key) is not None
    }
    oracle = values.get("oracle")
    if isinstance(oracle, str) and oracle.rpartition(":")[0].endswith(".py"):
        found["oracle"] = str(folder / oracle)
    return found


def _written(config: pytest.Config, option: Option) -> Any:
    text = config.getini(f"tpdebug_{option.key}")
    if text is None or text == "":
        return None
    try:
        return option.read(str(text))
    except argparse.ArgumentTypeError as error:
        where = config.inipath or "the configuration"
        raise pytest.UsageError(f"{where}: tpdebug_{option.key}: {error}") from None


def _line(root: Path, line: str) -> tuple[Path, dict[str, Any]]:
    """`sort.py task=sort`."""
    start = f"tpdebug_programs: {line!r}"
    try:
        path, *rest = shlex.split(line)
    except ValueError as error:
        raise pytest.UsageError(f"{start}: {error}") from None
    values: dict[str, Any] = {}
    for word in rest:
        key, equals, value = word.partition("=")
        if not equals or key not in LINE:
            raise pytest.UsageError(
                f"{start}: {word!r} is none of {', '.join(f'{k}=' for k in LINE)}"
            )
        values[key] = value
    if "min_accuracy" in values:
        try:
            values["min_accuracy"] = percentage(values["min_accuracy"])
        except argparse.ArgumentTypeError as error:
            raise pytest.UsageError(f"{start}: {error}") from None
    return Path(os.path.abspath(root / path)), values | placed(values, root)


def _asked(path: Path, levels: tuple[Mapping[str, Any], ...]) -> Asked:
    """What the first of some levels says; of task and oracle, one level says both."""
    right = next(
        (level for level in levels if level.get("task") or level.get("oracle")), {}
    )
    found = {key: _first(key, levels, None) for key in LINE}
    found |= {key: right.get(key) for key in ("task", "oracle")}
    if found["min_accuracy"] is None:
        found["min_accuracy"] = 100.0
    return Asked(path, **found)


def _first(key: str, levels: tuple[Mapping[str, Any], ...], default: Any) -> Any:
    known = (level[key] for level in levels if level.get(key) is not None)
    return next(known, default)


def marked_wrongly(item: pytest.Item) -> Iterator[str]:
    """What is wrong with the markers of a test, in sentences."""
    for mark in item.iter_markers("tpdebug"):
        start = f"{item.nodeid}: @pytest.mark.tpdebug"
        if len(mark.args) != 1 or not isinstance(mark.args[0], str | os.PathLike):
            yield f'{start} takes one program, a path: @pytest.mark.tpdebug("sort.py")'
        unknown = sorted(set(mark.kwargs) - set(HELD))
        if unknown:
            yield f"{start} has no {unknown[0]!r}; it takes {', '.join(HELD)}"
