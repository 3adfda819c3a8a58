"""Commands that only read a program start fast: they load nothing heavy.

Each command runs in a child process that reports the modules it loaded; a second test
shows that a heavy import would be noticed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SORT = Path(__file__).resolve().parent.parent / "examples" / "sort.py"
HEAVY = ("torch", "pandas", "libcst", "scipy", "hypothesis", "pylint", "coverage")
DRIVER = """
import json, sys
from tpdebug.cli import main
{extra}
try:
    main(json.loads(sys.argv[1]), prog_name="tpdebug")
except SystemExit as error:
    assert not error.code, error.code
found = sorted({{name.split(".")[0] for name in sys.modules}})
print(json.dumps(found), file=sys.stderr)
"""


def loaded(*arguments: str, extra: str = "") -> set[str]:
    """The top-level modules that a command loads."""
    child = subprocess.run(
        [sys.executable, "-c", DRIVER.format(extra=extra), json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(child.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("train", "--help"),
        ("run", str(SORT), "--input", "3 1 4 2"),
        ("explain", str(SORT), "--input", "3 1 4 2"),
        ("explain", str(SORT), "--input", "3 1 4 2", "--format", "json"),
    ],
    ids=lambda arguments: " ".join(Path(a).name for a in arguments[:2]),
)
def test_reading_commands_load_nothing_heavy(arguments: tuple[str, ...]) -> None:
    assert not loaded(*arguments) & set(HEAVY)


def test_a_slice_that_is_not_written_needs_no_libcst() -> None:
    arguments = ("slice", str(SORT), "--input", "3 1 4 2")
    assert not loaded(*arguments) & {"torch", "pandas", "libcst"}


def test_help_does_not_even_load_numpy() -> None:
    assert not loaded("--help") & {"numpy", "rich"}


@pytest.mark.parametrize("module", ["libcst", "scipy"])
def test_a_heavy_import_would_be_noticed(module: str) -> None:
    assert loaded("--help", extra=f"import {module}") & set(HEAVY) >= {module}


def test_importing_an_emitted_program_loads_the_standard_library_only() -> None:
    code = f"import runpy, sys; runpy.run_path({str(SORT)!r}); print(*sys.modules)"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not set(child.stdout.split()) & {*HEAVY, "numpy", "rich", "click"}
