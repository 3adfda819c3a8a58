"""Measures finetuning: on programs with a planted fault, and on published programs.

    python tests/benchmarks/finetune.py --write
    git clone https://github.com/princeton-nlp/TransformerPrograms
    python tests/benchmarks/finetune.py TransformerPrograms/programs --write

Each planted fault is one rule of an example that is changed: a head looks for another
key, or for nothing; a table gives another output; one score is changed. Those that
answer as before on every input are left out. `tpdebug.finetune` gets the right answers
of the task; "mended" is a program that is right on all inputs, "as it was" one with the
rules of the example.

Each published program is finetuned by the command, for its task; what it wrote is then
verified on its whole domain by another command. --only names some of them, maybe with
the steps that they are given, as in rasp/hist/hist:10; their rows of the table are
replaced, and others stay. All of them take half an hour on an idle core.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from analyzers.mutants import mutants
from tpdebug.findings import percent
from tpdebug.read import load
from tpdebug.restrict import inside, restrict
from trainers.finetuning import finetune
from trainers.tasks import task_with

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
from tests.benchmarks.pages import Block  # noqa: E402

PAGE, END = "docs/finetune.md", "<!-- end -->"
WRITTEN = "written by `python tests/benchmarks/finetune.py"
BLOCKS = {
    "planted": Block(PAGE, f"<!-- planted: {WRITTEN} --write` -->", END),
    "published": Block(PAGE, f"<!-- published: {WRITTEN} PROGRAMS --write` -->", END),
}
PLANTED = {"reverse": (1, 5), "hist": (1, 5), "sort": (1, 5)}
"""Examples, and how many letters their inputs have here."""

FAULTS = 8
PUBLISHED = (
    "rasp/most_freq/most_freq",
    "rasp/double_hist/double_hist",
    "rasp/hist/hist",
    "rasp_categorical_only/most_freq/most_freq:60",
    "rasp_categorical_only/double_hist/double_hist:60",
)


def planted(name: str, lengths: tuple[int, int]) -> list[str]:
    """A row of the table of planted faults."""
    whole = load(ROOT / "examples" / f"{name}.py")
    program = restrict(whole, inside(whole.domain, lengths=lengths))
    oracle = task_with(name, whole.domain.alphabet, whole.domain.lengths[1]).oracle
    wrong = mended = same = 0
    seconds = []
    for mutant in mutants(program, FAULTS, seed=0):
        start = time.perf_counter()
        found = finetune(mutant.program, oracle, name=name)
        if found.before.perfect:
            continue
        seconds.append(time.perf_counter() - start)
        wrong += 1
        mended += found.trained.accuracy.perfect
        same += found.program.nodes == program.nodes
        print(name, mutant.fault, found.trained.accuracy.sentence, file=sys.stderr)
    inputs = f"{program.domain.count:,}"
    times = f"{median(seconds):.0f}" if seconds else ""
    return [name, inputs, str(wrong), str(mended), str(same), times]


def published(programs: Path, wanted: str, folder: Path) -> list[str]:
    """A row of the table of published programs."""
    name, _, steps = wanted.partition(":")
    path, task = programs / f"{name}.py", name.rsplit("/", 1)[1]
    out = folder / f"{name.replace('/', '_')}.py"
    options = ["--steps", steps] if steps else []
    before = command("verify", str(path), "--task", task)
    start = worked()
    tuned = command(
        *("finetune", str(path), "--task", task, *options, "-o", str(out), "--force")
    )
    seconds = worked() - start
    after = command("verify", str(out), "--task", task) if tuned["better"] else before
    both = before, after
    right = [f"{each['inputs_right']:,}" for each in both]
    letters = [percent(each["letters_right"] / each["letters"]) for each in both]
    counts = [str(tuned["steps"]), str(len(tuned["changed"])), f"{seconds:.0f}"]
    return [wanted, f"{before['inputs']:,}", *right, *letters, *counts]


def worked() -> float:
    """The seconds that processors worked for commands; the machine may be busy."""
    times = os.times()
    return times.children_user + times.children_system


def command(*words: str) -> dict[str, Any]:
    """What a command gives as JSON."""
    words = (sys.executable, "-m", "tpdebug", *words, "--format", "json")
    found = subprocess.run(words, stdout=subprocess.PIPE, check=False)
    if found.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)} failed")
    result: dict[str, Any] = json.loads(found.stdout)
    return result


def table(head: str, rows: Iterator[list[str]]) -> Iterator[str]:
    """The lines of a table."""
    yield head
    yield "|---|" + "---:|" * (head.count("|") - 2)
    for row in rows:
        yield f"| {' | '.join(row)} |"


def merged(place: Block, lines: list[str]) -> list[str]:
    """Rows of a table, and those of the page for what was not measured now."""
    measured = {line.split("|")[1].split(":")[0].strip() for line in lines[2:]}
    others = [
        line
        for line in place.lines()[2:]
        if line.split("|")[1].split(":")[0].strip() not in measured
    ]
    return [*lines[:2], *sorted([*lines[2:], *others])]


def main() -> None:
    """Measure, print, and write if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("programs", type=Path, nargs="?", help="published programs")
    parser.add_argument("--only", nargs="*", default=PUBLISHED)
    parser.add_argument("--keep", type=Path, help="a folder for what is written")
    parser.add_argument("--write", action="store_true", help=f"into {PAGE}")
    given = parser.parse_args()
    tables = {}
    if given.programs is None:
        head = "| program | inputs | faults | mended | as it was | seconds, median |"
        rows = (planted(name, lengths) for name, lengths in PLANTED.items())
        tables["planted"] = list(table(head, rows))
    else:
        head = (
            "| program | inputs | right before | right after | letters before "
            "| letters after | nodes looked at | nodes changed | processor seconds |"
        )
        with tempfile.TemporaryDirectory() as made:
            folder = given.keep or Path(made)
            rows = (published(given.programs, name, folder) for name in given.only)
            tables["published"] = list(table(head, rows))
    for name, lines in tables.items():
        print("\n".join(lines))
        if given.write:
            BLOCKS[name].put(merged(BLOCKS[name], lines))


if __name__ == "__main__":
    main()
