"""Running written programs: in a namespace of this process, or as files of another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tpdebug.program import Program
from tpdebug.write import write

ROOT = Path(__file__).resolve().parent.parent
ASK = (
    "import json, runpy, sys\n"
    "names = runpy.run_path(sys.argv[1])\n"
    "print(json.dumps([names['run'](list(x)) for x in json.load(sys.stdin)]))\n"
)


def text_of(program: Program, **options: Any) -> str:
    """The source text of a program."""
    return write(program, **options).code


def execute(text: str, path: str = "program.py") -> dict[str, Any]:
    """Execute source text as an import would; return its names."""
    names: dict[str, Any] = {"__name__": "program", "__file__": path}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of an edit like "\\,"; it runs
        exec(compile(text, path, "exec", dont_inherit=True), names)
    return names


def run_all(
    text: str, inputs: Iterable[Sequence[str]], path: str = "program.py"
) -> list[tuple[str, ...]]:
    """Execute source text and answer inputs; a single answer is a tuple of one."""
    run = execute(text, path)["run"]
    found = (run(list(letters)) for letters in inputs)
    return [(a,) if isinstance(a, str) else tuple(a) for a in found]


def python(
    *arguments: str, given: str | bytes = "", seed: int = 0, isolated: bool = False
) -> bytes:
    """Run a child Python in the repository and return what it prints."""
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
    flags = ["-I", "-S"] if isolated else []
    data = given.encode() if isinstance(given, str) else given
    child = subprocess.run(
        [sys.executable, *flags, *arguments],
        input=data,
        capture_output=True,
        env=environment,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert child.returncode == 0, child.stderr.decode()
    return child.stdout


def run_file(
    path: Path, inputs: Iterable[Sequence[str]], isolated: bool = False
) -> list[tuple[str, ...]]:
    """Answer inputs with a program file in a child process."""
    asked = json.dumps([list(letters) for letters in inputs])
    found = json.loads(python("-c", ASK, str(path), given=asked, isolated=isolated))
    return [(a,) if isinstance(a, str) else tuple(a) for a in found]


def examples(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """Collect examples of a strategy, the same ones every time."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found
