"""A regression test for inputs that a program answered wrong: a file for pytest."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tpdebug.findings import FailureKind
from tpdebug.write.literals import literal

WIDTH = 88

TEMPLATE = '''\
"""{title}

Written by: {command}
"""

from pathlib import Path

from hypothesis import example, given
from tpdebug.testing import Checker, inputs

HERE = Path(__file__).resolve().parent
CHECK = {check}


@given(inputs(CHECK).map(" ".join))
{examples}
def test_{name}(text: str) -> None:
    CHECK(text.split())
'''


def regression_test(
    path: Path,
    program: Path,
    held: Mapping[str, str | Path],
    kinds: Sequence[FailureKind],
    command: str,
) -> str:
    """The text of a test that fails until the program answers right.

    Args:
        path: where it will stand; it finds the program from there.
        program: the program file.
        held: the other arguments of `tpdebug.testing.Checker`.
        kinds: the failures; the smallest input of each becomes an example.
        command: the command that found them.
    """
    examples = "\n".join(line for kind in kinds for line in _example(kind))
    stem = re.sub(r"\W+", "_", program.stem)
    title = f"Inputs that {program.name} answered wrong once, and random ones."
    return TEMPLATE.format(
        title=_in_docstring(title),
        command=_in_docstring(command),
        check=_check(path, program, held),
        examples=examples,
        name=stem.lower(),
    )


def _check(path: Path, program: Path, held: Mapping[str, str | Path]) -> str:
    """The call that makes the checker."""
    arguments = [_beside(path, program)]
    for name, value in held.items():
        arguments.append(f"{name}={_argument(path, name, value)}")
    line = f"Checker({', '.join(arguments)})"
    if len("CHECK = ") + len(line) <= WIDTH:
        return line
    return "Checker(\n" + "".join(f"    {a},\n" for a in arguments) + ")"


def _argument(path: Path, name: str, value: str | Path) -> str:
    """An argument, which may name a file."""
    if isinstance(value, Path):
        return _beside(path, value)
    place, colon, function = value.rpartition(":")
    if name == "oracle" and place.endswith(".py"):
        return f"str({_beside(path, Path(place))}) + {literal(colon + function)}"
    return literal(value)


def _beside(path: Path, file: Path) -> str:
    """A path from the folder of the test."""
    folder = os.path.realpath(path.parent)
    try:
        relative = os.path.relpath(os.path.realpath(file), folder)
    except ValueError:  # on another drive
        relative = os.path.realpath(file)
    return f"HERE / {literal(Path(relative).as_posix())}"


def _example(kind: FailureKind) -> list[str]:
    """What is wrong, and the input as an example."""
    at = "" if kind.position is None else f" at position {kind.position}"
    says = f"# {kind.answer} instead of {kind.expected}{at}"
    text = literal(" ".join(kind.smallest.input))
    line = f"@example({text})"
    if len(line) > WIDTH:
        line = f"@example(\n    {text}\n)"
    return [_printable(says), line]


def _in_docstring(text: str) -> str:
    r"""A text that may stand between three quotes."""
    return _printable(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
