"""Published files that are damaged or hostile: refused soon, in words, never executed.

Each case is a good program with one edit, and what must be said of it.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.published import run_here, saved
from tests.running import python
from tests.spoiled import (
    AFTER,
    CASE,
    CASES,
    CSV,
    IN_RUN,
    NUMBERS,
    PY,
    TOUCH,
    edit,
)
from tests.strategies import inputs
from tests.test_published import HERE, SMALL, WORDY, published_programs
from tests.test_read_fuzz import damages
from tpdebug.errors import ReadError, UserError
from tpdebug.evaluate import answers
from tpdebug.program import Program
from tpdebug.read import read


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is said of each case, and the most memory that reading them took, in kB."""
    folder = tmp_path_factory.mktemp("spoiled")
    code = "import pathlib, sys, tests.spoiled as t; "
    code += "t.read_all(pathlib.Path(sys.argv[1]))"
    found: dict[str, Any] = json.loads(python("-c", code, str(folder)))
    return found


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_in_words(name: str, outcome: dict[str, Any]) -> None:
    kind, message = outcome["said"][name]
    assert kind == "refused", message
    assert CASES[name][2] in message
    assert PY in message
    assert all(len(line) < 600 for line in message.splitlines())


def test_reading_them_takes_little_memory(outcome: dict[str, Any]) -> None:
    assert outcome["peak"] < 500_000


def test_the_good_programs_are_read(tmp_path: Path) -> None:
    for program in (SMALL, WORDY, NUMBERS):
        assert read(saved(program, tmp_path)).program == program


def test_every_reason_is_given_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = saved(SMALL, tmp_path)
    for file, edits in {
        PY: (
            (AFTER, f"\nprint(1){AFTER}"),
            ("[0] for row", "[1] for row"),
            ("return k_position == 0", "return eval('1')"),
            ("k_token == 'a'", "1 // 0"),
            ("num_mlp_0_0_output_scores]", "num_mlp_0_0_output_scores, no_scores]"),
            ("argmax", "argmin"),
            ("examples = [", "examples = [0, "),
        ),
        CSV: (("ones,_", "ones,x"),),
    }.items():
        edit(file, *edits)(tmp_path)
    with pytest.raises(ReadError) as caught:
        read(path)
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
    for says in (
        *("cannot read `print(1)` here", "aggregate differs", "cannot read `eval"),
        *("ZeroDivisionError", "no_scores is no line of scores", "argmin", "pairs"),
        "no row that can be used for ones: _",
    ):
        assert says in str(caught.value)


ACCEPTED = {
    "an idle row": (CSV, "ones,_", "tokens,<pad>,1,2,3\nones,_", "1 of the 18 rows"),
    "idle rows twice": (CSV, "ones,_", "a,_,1,2,3\n" * 2 + "ones,_", "1 of the 18"),
    "an idle score": (CSV, "ones,_", "a,9,,inf,NaN\nones,_", "1 of the 18"),
    "blank lines": (CSV, "ones,_", "\n\nones,_", ""),
    "quotes": (CSV, "ones,_,0.0", '"ones","_","0.0"', ""),
    "an exponent": (CSV, "7,-0.125", "7,-1.25E-01", ""),
    "spaces and signs": (CSV, "7,-0.125,0.0", "7, -0.1250,+0", ""),
    "long lines": (CSV, "\n", "\r\n", ""),
    "long lines of Python": (PY, "\n", "\r\n", ""),
    "old lines of Python": (PY, "\n", "\r", ""),
    "a mark": (CSV, "feature", "\ufefffeature", ""),
    "a mark in the program": (PY, "import numpy", "\ufeffimport numpy", ""),
    "no numpy": (PY, "import numpy as np\n", "", ""),
    "a remark": (PY, IN_RUN, f"    'ones'  # {TOUCH}\n    pass\n{IN_RUN}", ""),
    "an idle function": (PY, IN_RUN, f"    def f(x):\n        return x\n{IN_RUN}", ""),
    "types": (PY, "k_position):", "k_position: int) -> bool:", ""),
    "less printing": (PY, '    print(f"y: {y}")\n', "", ""),
    "a case twice": (PY, CASE, f"{CASE}        if q_position in {{1}}: return 1\n", ""),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_has_a_certain_meaning_is_read(name: str, tmp_path: Path) -> None:
    file, old, new, note = ACCEPTED[name]
    path = saved(SMALL, tmp_path, **HERE)
    text = (tmp_path / file).read_bytes().decode()
    assert old in text
    text = text.replace(old, new, text.count(old) if old == "\n" else 1)
    (tmp_path / file).write_bytes(text.encode())
    source = read(path)
    assert source.program == SMALL
    assert note in "\n".join(source.notes)
    pytest.importorskip("pandas")
    asked = ["a", "ab", "bba"]
    assert run_here(path, SMALL.domain, asked) == answers(SMALL, asked)


def test_a_variable_that_is_not_summed_has_no_scores(tmp_path: Path) -> None:
    path = saved(SMALL, tmp_path, **HERE)
    edit(PY, (", mlp_0_0_output_scores", ""))(tmp_path)
    rows = [row for row in SMALL.classifier.rows if row.variable != "mlp_0_0"]
    classifier = replace(SMALL.classifier, rows=tuple(rows))
    assert read(path).program == replace(SMALL, classifier=classifier)


TWICE = "        x = (q_position, 1)\n" + "        x = (x, x)\n" * 60
WITHOUT_END = {
    "calls": "        return f40(q_position)\n",
    "hashes": f"{TWICE}        return x in {{1}}\n",
    "comparisons": f"{TWICE}{TWICE.replace('x', 'y')}        return x == y\n",
    "text": f"{TWICE}        return str(x) == 1\n",
}


@pytest.mark.parametrize("name", WITHOUT_END)
def test_reading_ends_whatever_a_function_computes(name: str, tmp_path: Path) -> None:
    path = saved(SMALL, tmp_path)
    functions = "    def f0(x):\n        return x\n"
    for i in range(40):
        functions += f"    def f{i + 1}(x):\n        return f{i}(x) + f{i}(x)\n"
    edit(PY, (CASE, WITHOUT_END[name] + CASE), (IN_RUN, functions + IN_RUN))(tmp_path)
    limits = "resource.RLIMIT_CPU, (3, 3)", f"resource.RLIMIT_AS, ({10**9}, {10**9})"
    code = "import resource, sys; from tpdebug.read import read\n"
    code += "".join(f"resource.setrlimit({limit})\n" for limit in limits)
    child = subprocess.run(
        [sys.executable, "-c", f"{code}read(sys.argv[1])", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ReadError" in child.stderr
    assert "MemoryError" not in child.stderr


@given(published_programs(exact=True), st.booleans(), st.data())
@settings(max_examples=60)
def test_a_damaged_file_is_refused_or_read_as_pandas_runs_it(
    tmp_path_factory: pytest.TempPathFactory,
    program: Program,
    members: bool,
    data: st.DataObject,
) -> None:
    pytest.importorskip("pandas")
    folder = tmp_path_factory.mktemp("files")
    path = saved(program, folder, members=members, **HERE)
    file = data.draw(st.sampled_from(sorted(folder.iterdir())))
    text = file.read_bytes().decode()
    start = text.find("def run(") if file == path else 0
    damaged = text[:start] + data.draw(damages(text[start:]))
    file.write_bytes(damaged.encode())
    with contextlib.suppress(UserError):
        found = read(path).program
        asked = data.draw(st.lists(inputs(found.domain), min_size=1, max_size=3))
        assert run_here(path, found.domain, asked) == answers(found, asked)


@pytest.mark.parametrize(
    "name", ["score: much", "case: while True: pass", f"{CSV}: missing"]
)
def test_the_command_says_what_is_wrong(name: str, tmp_path: Path) -> None:
    program, spoil, says = CASES[name]
    path = saved(program, tmp_path)
    spoil(tmp_path)
    child = subprocess.run(
        [sys.executable, "-m", "tpdebug", "run", str(path), "--input", "a b"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (child.returncode, child.stdout) == (2, "")
    assert says in child.stderr
    assert len(child.stderr.strip().splitlines()) == 1
