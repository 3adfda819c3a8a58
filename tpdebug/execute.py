"""Executing a program file in a child process: the independent check on `evaluate`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import tpdebug
from tpdebug.errors import UserError

# The child keeps its real output to itself, so that a program may print.
DRIVER = """
import json, os, runpy, sys
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
run = runpy.run_path(sys.argv[1])["run"]
answers = [run(tokens) for tokens in json.load(sys.stdin)]
json.dump(answers, out)
"""


def execute(
    path: str | Path, inputs: Sequence[Sequence[str]], *, timeout: float = 60.0
) -> list[tuple[str, ...]]:
    """Run `path` on each input and return its answers.

    Only this function executes a program file; everything else reads it.

    Args:
        path: a program file.
        inputs: the letters of each input.
        timeout: how long the child may take in all, in seconds.

    Returns:
        The answers at each letter; one answer for a pooled program.

    Raises:
        UserError: the program failed or took too long.
    """
    package = str(Path(tpdebug.__file__).resolve().parent.parent)
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-c", DRIVER, os.path.abspath(path)],
            input=json.dumps([list(letters) for letters in inputs]),
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
        found = json.loads(child.stdout)
        return [(row,) if isinstance(row, str) else tuple(row) for row in found]
    except (ValueError, TypeError):
        raise UserError(f"{path} gave no answers when it was executed") from None
