"""Executing a program file in a child process: the independent check on `evaluate`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tpdebug
from tpdebug.errors import UserError
from tpdebug.read.source import Published

# The child keeps its real output to itself, so that a program may print. Files that the
# paper's converter made look for others by a path of their authors: here, next to them.
DRIVER = """
import json, os, runpy, sys, types
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
path, job = sys.argv[1], json.load(sys.stdin)
beside = lambda name: os.path.join(os.path.dirname(path), name)
for name in job["modules"]:
    parts = name.split(".")
    for count in range(1, len(parts)):
        parent = types.ModuleType(".".join(parts[:count]))
        parent.__path__ = []
        sys.modules[parent.__name__] = parent
    module = types.ModuleType(name)
    vars(module).update(runpy.run_path(beside(parts[-1] + ".py"), run_name=name))
    sys.modules[name] = module
if job["published"]:
    import pandas
    def read_csv(name, *args, read=pandas.read_csv, **options):
        return read(beside(job["files"][name]), *args, **options)
    pandas.read_csv = read_csv
if job["measure"]:
    import coverage
    pattern = "".join("?" if c in "*?[]{}" else c for c in path)  # no special meaning
    measuring = coverage.Coverage(
        data_file=None, config_file=False, branch=True, include=[pattern]
    )
    measuring.start()
run = runpy.run_path(path)["run"]
answers = []
for number, tokens in enumerate(job["inputs"]):
    if job["measure"]:
        measuring.switch_context(str(number))
    answers.append(run(tokens))
found = {"answers": answers}
if job["measure"]:
    measuring.stop()
    data, found["arcs"] = measuring.get_data(), []
    for number in range(len(answers)):
        data.set_query_context(str(number))
        found["arcs"].append(sorted(data.arcs(path) or []))
json.dump(found, out)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What executing a file on some inputs gave, and what coverage.py measured.

    Attributes:
        answers: as of `execute`.
        arcs: for each input the jumps from line to line inside of `run` and what it
            calls in this file; a negative number is the start or the end of a function.
    """

    answers: list[tuple[str, ...]]
    arcs: list[list[tuple[int, int]]]


def execute(
    path: str | Path,
    inputs: Sequence[Sequence[str]],
    *,
    timeout: float = 60.0,
    published: Published | None = None,
) -> list[tuple[str, ...]]:
    """Run `path` on each input and return its answers.

    Only this function executes a program file; everything else reads it.

    Args:
        path: a program file.
        inputs: the letters of each input.
        timeout: how long the child may take in all, in seconds.
        published: what a file that the paper's converter made needs (it needs pandas
            as well); None for one of ours.

    Returns:
        The answers at each letter; one answer for a pooled program.

    Raises:
        UserError: the program failed or took too long.
    """
    found = _run(path, inputs, timeout, published, measure=False)
    return _answers(path, found, published)


def measure_lines(
    path: str | Path,
    inputs: Sequence[Sequence[str]],
    *,
    timeout: float = 60.0,
    published: Published | None = None,
) -> Measured:
    """Run `path` on each input under coverage.py, each input a context of its own.

    Args:
        path, inputs, timeout, published: as of `execute`.

    Raises:
        UserError: the program failed or took too long.
    """
    found = _run(path, inputs, timeout, published, measure=True)
    arcs = [[(int(a), int(b)) for a, b in row] for row in found["arcs"]]
    return Measured(_answers(path, found, published), arcs)


def _run(
    path: str | Path,
    inputs: Sequence[Sequence[str]],
    timeout: float,
    published: Published | None,
    measure: bool,
) -> dict[str, Any]:
    """What the child process found.

    Raises:
        UserError: it failed or took too long.
    """
    job: dict[str, Any] = {"published": published is not None, "modules": []}
    if published is not None:
        job |= {"modules": published.modules, "files": dict(published.files)}
    left, right = _around(published)
    job["inputs"] = [[*left, *letters, *right] for letters in inputs]
    job["measure"] = measure
    package = str(Path(tpdebug.__file__).resolve().parent.parent)
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", DRIVER, os.path.realpath(path)],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"{path} did not end within {timeout:g} s") from None
    if child.returncode != 0:
        reason = (child.stderr.strip().splitlines() or ["no message"])[-1]
        raise UserError(f"{path} failed when it was executed: {reason}")
    try:
        found: dict[str, Any] = json.loads(child.stdout)
    except ValueError:
        raise UserError(f"{path} gave no answers when it was executed") from None
    return found


def _answers(
    path: str | Path, found: dict[str, Any], published: Published | None
) -> list[tuple[str, ...]]:
    """The answers at each letter; one answer for a pooled program.

    Raises:
        UserError: they are none.
    """
    left, right = _around(published)
    cut = slice(len(left), -1 if right else None)
    try:
        return [
            (row,) if isinstance(row, str) else tuple(row)[cut]
            for row in found["answers"]
        ]
    except TypeError:
        raise UserError(f"{path} gave no answers when it was executed") from None


def _around(published: Published | None) -> tuple[list[str], list[str]]:
    """The special tokens that a program wants around its input."""
    begin = None if published is None else published.begin
    end = None if published is None else published.end
    return [begin] if begin is not None else [], [end] if end is not None else []
