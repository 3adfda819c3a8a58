"""The program file as a stranger finds it: short, formatted, clean, always the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tpdebug.domain import Domain
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.inputs import blocks, decode
from tpdebug.measure import measure
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    NumericalHead,
    Predicate,
    Preference,
)
from tpdebug.program import Program
from tpdebug.read import load
from tpdebug.write import save, write
from trainers.tasks import task

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SORT = EXAMPLES / "sort.py"

# A decision list returns once a case: its length is the program's, not its style.
SIZE_MESSAGES = "too-many-return-statements,too-many-branches,too-many-locals"


def test_pylint_has_nothing_to_say_but_sizes() -> None:
    command = [sys.executable, "-m", "pylint", "--rcfile=/dev/null", str(SORT)]
    command += [f"--disable={SIZE_MESSAGES}", "--score=n", "--persistent=n"]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stdout) == (0, "")


FORMULAS: tuple[Callable[[int, int], int], ...] = (
    lambda a, b: min(a, b, 4),
    lambda a, b: max(a, b, 2),
    lambda a, b: min(max(a - b + 1, 0), 5),
    lambda a, b: min(a // max(b, 1), 3),
    lambda a, b: (a > b) + (a >= b),
    lambda a, b: int(a == b and a >= 3),
    lambda a, b: 9 if a == b else a,
    lambda a, b: 5 if a <= b - 2 else min(a, b),
)


def test_pylint_has_nothing_to_say_of_formulas(tmp_path: Path) -> None:
    domain = Domain(("a", "b"), (1, 7))
    near = Predicate.where(range(7), range(7), lambda q, k: q - 1 <= k <= q + 1)
    count = NumericalHead("count", "positions", "positions", "ones", near)
    tables = [
        LookupTable.of(
            f"mlp_0_{n}",
            ["count", "positions"],
            {(a, b): apply(a, b) for a, b in product(range(8), range(7))},
            0,
        )
        for n, apply in enumerate(FORMULAS)
    ]
    scores = {(table.name, table.entries[0][1]): [1, 0] for table in tables}
    program = Program(domain, (count, *tables), Classifier.of("xy", scores))
    path = tmp_path / "formulas.py"
    save(program, path)
    assert path.read_text().count("    return TABLE") == 0
    command = [sys.executable, "-m", "pylint", "--rcfile=/dev/null", str(path)]
    command += ["--score=n", "--persistent=n"]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stdout) == (0, "")


def test_pylint_has_nothing_to_say_of_scores(tmp_path: Path) -> None:
    domain = Domain(("a", "b", "c"), (1, 4))
    letters, places = domain.vocabulary, range(4)
    scores: tuple[Callable[[Any, Any], int], ...] = (
        lambda q, k: "cab".find(k),
        lambda q, k: 2 * (k == q) + (k == "a"),
        lambda q, k: sum(map(ord, q + k * 3)) % 5,
    )
    heads = [
        CategoricalHead(
            f"attn_0_{n}", *["tokens"] * 3, Preference.by(letters, letters, apply)
        )
        for n, apply in enumerate(scores)
    ]
    near = Preference.by(places, places, lambda q, k: -abs(int(k) - int(q) - 1))
    heads.append(CategoricalHead("near", "positions", "positions", "tokens", near))
    rows = {(head.name, "a"): [1, 0] for head in heads}
    path = tmp_path / "scored.py"
    save(Program(domain, tuple(heads), Classifier.of("xy", rows)), path)
    assert path.read_text().count("select_best(") == len(heads)
    command = [sys.executable, "-m", "pylint", "--rcfile=/dev/null", str(path)]
    command += ["--score=n", "--persistent=n"]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (child.returncode, child.stdout) == (0, "")


def test_pylint_would_have_something_to_say(tmp_path: Path) -> None:
    path = tmp_path / "sort.py"
    path.write_text(
        SORT.read_text().replace("    return answers", "    x = 1\n    return answers")
    )
    command = [sys.executable, "-m", "pylint", "--rcfile=/dev/null", str(path)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "unused-variable" in child.stdout


def test_ruff_format_leaves_it_alone() -> None:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", SORT]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_it_is_written_again_byte_for_byte_under_any_hash_seed(seed: str) -> None:
    script = (
        "import sys; from tpdebug.read import load; from tpdebug.write import write\n"
        "sys.stdout.write(write(load(sys.argv[1])).code)"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, SORT],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert child.stdout == SORT.read_bytes()


def test_it_is_short_without_its_scores() -> None:
    code = SORT.read_text().split("# fmt: off\nSCORES")[0]
    assert code.count("\n") < 250


def test_it_is_right_on_every_input_as_it_says() -> None:
    program = load(SORT)
    accuracy = measure(program, task("sort").oracle)
    assert accuracy.inputs == 19_530
    assert accuracy.sentence in program.about


def test_executing_it_agrees_with_reading_it_on_every_input() -> None:
    program = load(SORT)
    inputs = [row for b in blocks(program.domain) for row in decode(program.domain, b)]
    assert len(inputs) == 19_530
    assert execute(SORT, inputs) == answers(program, inputs)


@pytest.mark.parametrize("standalone", [False, True])
def test_it_prints_nothing_when_it_is_imported(
    tmp_path: Path, standalone: bool
) -> None:
    path = tmp_path / "sort.py"
    path.write_text(write(load(SORT), standalone=standalone).code)
    script = "import runpy, sys; runpy.run_path(sys.argv[1])['run'](['2', '1'])"
    command = [sys.executable, "-c", script, path]
    child = subprocess.run(command, capture_output=True, check=True)
    assert (child.stdout, child.stderr) == (b"", b"")


@pytest.mark.parametrize(
    ("tokens", "says"),
    [([], "1 to 6 tokens, not 0"), (["1"] * 7, "not 7"), (["9"], "allowed: 0 1 2 3 4")],
)
def test_a_bad_input_raises_a_value_error_that_says_what_is_allowed(
    tokens: list[str], says: str
) -> None:
    script = (
        f"import runpy\ntry:\n    runpy.run_path({str(SORT)!r})['run']({tokens!r})\n"
        "except ValueError as error:\n    print(error)"
    )
    command = [sys.executable, "-c", script]
    child = subprocess.run(command, capture_output=True, text=True, check=True)
    assert says in child.stdout
