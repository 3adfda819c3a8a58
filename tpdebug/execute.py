"""Executing a program file in a child process: the independent check on `evaluate`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
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
run = runpy.run_path(path)["run"]
answers = [run(tokens) for tokens in job["inputs"]]
json.dump(answers, out)
"""


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
    job: dict[str, Any] = {"published": published is not None, "modules": []}
    begin, end = None, None
    if published is not None:
        begin, end = published.begin, published.end
        job |= {"modules": published.modules, "files": dict(published.files)}
    left, right = [begin][: begin is not None], [end][: end is not None]
    job["inputs"] = [[*left, *letters, *right] for letters in inputs]
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
        found = json.loads(child.stdout)
        rows = [(row,) if isinstance(row, str) else tuple(row) for row in found]
    except (ValueError, TypeError):
        raise UserError(f"{path} gave no answers when it was executed") from None
    cut = slice(len(left), -1 if right else None)
    return [
        row if isinstance(answer, str) else row[cut]
        for row, answer in zip(rows, found, strict=True)
    ]
