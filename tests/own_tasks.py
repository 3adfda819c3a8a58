"""Own tasks to train for: files of cases, and the command."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tpdebug.cli import main
from trainers.config import Own
from trainers.own import cases_task

SMALL = ("--steps", "60", "--restarts", "1", "--heads", "2")


def train(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def listed(
    folder: Path, rows: Sequence[tuple[Any, Any]], name: str = "d.jsonl"
) -> Path:
    path = folder / name
    lines = (json.dumps({"input": x, "expected": y}) for x, y in rows)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def shifted(count: int, letters: str = "abc", seed: int = 0) -> list[tuple[str, Any]]:
    """Cases whose answer is the letter before; the first is not scored."""
    drawn = random.Random(seed)
    rows = []
    for _ in range(count):
        word = drawn.choices(letters, k=drawn.randint(2, 5))
        rows.append((" ".join(word), [None, *word[:-1]]))
    return rows


def task_of(folder: Path, rows: Sequence[tuple[Any, Any]], **options: Any) -> Any:
    return cases_task(Own(cases=str(listed(folder, rows)), **options), seed=0)
