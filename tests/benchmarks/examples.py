"""Trains the programs in examples/ and writes examples/README.md.

    python tests/benchmarks/examples.py [TASK...] [--runs FOLDER] [--no-standard]

Each task is trained by the command that stands in its file; what is there already in
the folder of runs is not trained again, so that the table can be written anew at once.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tpdebug.findings import percent
from trainers.presets import CATEGORICAL, FIRST_TABLE
from trainers.standard import Standard, StandardTrainer
from trainers.tasks import TASKS, task

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples"
# Paper, table 4: lines of the published programs, pruned and formatted, without scores.
PAPER_LINES = {
    "reverse": 713,
    "hist": 160,
    "double_hist": 423,
    "sort": 635,
    "most_freq": 666,
    "dyck1": 892,
    "dyck2": 733,
}
PAPER_ACCURACY = {name: row[3] for name, row in FIRST_TABLE.items()}
PAPER_ACCURACY["induction"] = 100.0


@dataclass(frozen=True, slots=True)
class Example:
    """A program to train.

    Attributes:
        task: what for.
        options: of `tpdebug train`, beside the task.
        folder: where its file goes, below examples/.
    """

    task: str
    options: Sequence[str] = ()
    folder: str = "."

    @property
    def path(self) -> Path:
        """Its file, below examples/."""
        return Path(self.folder) / f"{self.task}.py"


# More rounds would make most_freq longer than half of the paper's program.
SHORTER = {"most_freq": ("--rounds", "10")}
WHOLE = [Example(name, SHORTER.get(name, ())) for name in TASKS]
ROUNDS = {"hist": "8", "double_hist": "4", "most_freq": "4"}
CATEGORICAL_ONLY = [
    Example(name, ("--categorical-only", "--rounds", rounds), "categorical")
    for name, rounds in ROUNDS.items()
]


def main() -> None:
    """Train what is missing, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="default: all")
    parser.add_argument("--runs", type=Path, help="default: a temporary folder")
    parser.add_argument("--no-standard", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        runs = options.runs or Path(temporary)
        for example in (*WHOLE, *CATEGORICAL_ONLY):
            if not options.tasks or str(example.path.with_suffix("")) in options.tasks:
                train(example, runs)
        if not options.no_standard:
            for name in options.tasks or TASKS:
                if name in TASKS:
                    train_standard(name, runs)
        text = "\n".join(page(runs)) + "\n"
    (EXAMPLES / "README.md").write_text(text, encoding="utf-8")


def train(example: Example, runs: Path) -> None:
    """Train a program, unless it is there; copy it to the examples."""
    folder = runs / example.path.with_suffix("")
    if not (folder / "metrics.json").exists():
        command = [sys.executable, "-m", "tpdebug", "train", example.task]
        where = ["--run-dir", str(folder), "--force"]
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([*command, *example.options, *where], check=True)
    target = EXAMPLES / example.path
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(folder / f"{example.task}.py", target)


def train_standard(name: str, runs: Path) -> None:
    """Train a standard Transformer of the size of the paper's program."""
    path = runs / name / "standard.json"
    if path.exists():
        return
    layers, heads, _, _ = FIRST_TABLE.get(name, (2, 1, 0, 0.0))
    trainer = StandardTrainer(task(name), Standard(layers=layers, heads=heads))
    for _ in trainer.run():
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(trainer.result())))


def page(runs: Path) -> list[str]:
    """The README of the examples."""
    return [
        "# Programs that were trained here",
        "",
        "<!-- written by `python tests/benchmarks/examples.py` -->",
        "",
        "Each file says by which command it was made. *Letters* and *inputs* are the",
        "shares answered right of 2,000 inputs held out; *all inputs* counts every",
        "input of the domain (proved) or, where there are too many, of a sample.",
        "*Lines* are those of the file without its score table. *Time* is that of all",
        "phases on two shared cores, all searches counted: at most, since there was",
        "other work at the same time. The paper's figures are those of its tables 1",
        "and 4 (letters held out; lines after pruning). The standard Transformer has",
        "as many layers and heads, and was trained on the same inputs.",
        "",
        *table(WHOLE, runs, PAPER_ACCURACY, standard=True),
        "",
        "Without heads that count (paper: table 3):",
        "",
        *table(
            CATEGORICAL_ONLY, runs, {n: row[3] for n, row in CATEGORICAL.items()}, False
        ),
        "",
        "[LESSONS.md](LESSONS.md) says what was tried.",
    ]


def table(
    examples: Sequence[Example],
    runs: Path,
    paper: dict[str, float],
    standard: bool,
) -> list[str]:
    """One row for each example that has been trained."""
    columns = ["task", "letters", "inputs", "all inputs right", "lines", "time"]
    columns += ["paper: letters", "paper: lines"]
    columns += ["standard: letters", "standard: inputs"] * standard
    rows = [columns, ["---"] * len(columns)]
    for example in examples:
        folder = runs / example.path.with_suffix("")
        found = read(folder / "metrics.json")
        if found is None:
            continue
        exact = f"{found['inputs_right']:,} of {found['inputs']:,}"
        lines = PAPER_LINES.get(example.task) if standard else None
        row = [
            f"[{example.task}]({example.path})",
            percent(found["test"]),
            percent(found["test_sequences"]),
            f"{exact} ({found['evidence']})",
            str(found["lines"]),
            f"{sum(found['seconds'].values()):.0f} s",
            f"{paper[example.task]:.2f} %",
            "" if lines is None else str(lines),
        ]
        if standard:
            other = read(folder / "standard.json")
            names = ("test", "sequences")
            row += ["" if other is None else percent(other[name]) for name in names]
        rows.append(row)
    return [f"| {' | '.join(row)} |" for row in rows]


def read(path: Path) -> dict[str, Any] | None:
    """A file of figures, if it is there."""
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found


if __name__ == "__main__":
    main()
