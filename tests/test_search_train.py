"""Training by search, from the command to the program file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")

from tests.running import ROOT
from tpdebug.cli import main
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.inputs import blocks, decode
from tpdebug.read import load
from trainers.config import Config
from trainers.finishing import search_task, train
from trainers.pipeline import differences, lifted, trainer_for
from trainers.search import search
from trainers.searching import problem_of
from trainers.tasks import Task, task

HIST = ("hist", "--vocabulary", "5", "--length", "5")
TASKS = (("hist", 5), ("reverse", 6))


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """What the command says, and the file, whose name is always the same."""
    path = tmp_path_factory.mktemp("search") / "x.py"
    result = run(*HIST, "-o", path)
    assert result.exit_code == 0, result.output
    return result.stdout, path.read_bytes()


def test_hist_is_found_exactly(written: tuple[str, bytes], tmp_path: Path) -> None:
    said, text = written
    assert "Right on all 120 inputs of its domain (proved)." in said
    assert "executed file agree on all 120 inputs" in said
    path = tmp_path / "x.py"
    path.write_bytes(text)
    program, chosen = load(path), task("hist", 5, 5)
    rows = (decode(chosen.domain, block) for block in blocks(chosen.domain))
    inputs = [row for part in rows for row in part]
    assert answers(program, inputs) == [chosen.oracle(row) for row in inputs]
    assert len(program.nodes) == 1


def test_a_seed_gives_the_same_bytes(
    written: tuple[str, bytes], tmp_path: Path
) -> None:
    assert run(*HIST, "-o", tmp_path / "x.py").exit_code == 0
    assert (tmp_path / "x.py").read_bytes() == written[1]


def test_another_hash_seed_gives_the_same_bytes(
    written: tuple[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "x.py"
    command = [sys.executable, "-m", "tpdebug", "train", *HIST, "-o", str(path)]
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    child = subprocess.run(command, env=environment, check=False, capture_output=True)
    assert child.returncode == 0, child.stderr
    assert path.read_bytes() == written[1]


def test_an_interrupted_search_goes_on_to_the_same_program(
    written: tuple[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trainers.finishing as finishing

    going = finishing.search_steps

    def interrupted(*arguments: Any) -> Iterator[Any]:
        yield next(iter(going(*arguments)))
        raise KeyboardInterrupt

    monkeypatch.setattr(finishing, "search_steps", interrupted)
    path, checkpoint = tmp_path / "x.py", tmp_path / "x.py.ckpt"
    stopped = run(*HIST, "-o", path)
    assert stopped.exit_code == 130
    assert f"--resume {checkpoint}" in stopped.stderr
    assert [*tmp_path.iterdir()] == [checkpoint]
    monkeypatch.undo()
    assert run("--resume", checkpoint, "-o", path).exit_code == 0
    assert path.read_bytes() == written[1]
    assert [*tmp_path.iterdir()] == [path]


def test_both_begins_with_what_gradients_found(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    quick = ("--steps", "30", "--restarts", "1", "--heads", "1")
    result = run(*HIST, "--method", "both", *quick, "-o", path)
    assert result.exit_code == 0, result.output
    assert "Right on all 120 inputs of its domain (proved)." in result.stdout
    assert "--method both" in " ".join(load(path).about.split())


def test_both_is_as_good_as_what_it_begins_with() -> None:
    config = Config(method="both", steps=60, restarts=1, heads=1, rounds=1)
    chosen = task("reverse", 6, 6)
    trainer = trainer_for(chosen, config)
    list(trainer.run())
    before = trainer.result().accuracy
    *_, last = search_task(chosen, trainer)
    assert last.best is not None
    found = lifted(chosen, last.best, config.seed)
    assert found.validation >= before - 0.01


@pytest.mark.parametrize(("name", "size"), TASKS)
def test_network_program_and_file_agree_on_every_input(
    name: str, size: int, tmp_path: Path
) -> None:
    from tpdebug.write import save

    chosen: Task = task(name, size, size)
    found = train(chosen, rounds=1)
    everything = list(blocks(chosen.domain))
    assert sum(map(len, everything)) == chosen.domain.count
    assert differences(found.network, found.program, everything) == 0
    path = tmp_path / "x.py"
    save(found.program, path)
    inputs = [row for block in everything for row in decode(chosen.domain, block)]
    assert execute(path, inputs) == answers(found.program, inputs)


def test_no_more_is_read_than_rounds_allow() -> None:
    chosen = task("reverse", 6, 6)
    trainer = trainer_for(chosen, Config(method="search", searches=1, rounds=1))
    steps = list(search_task(chosen, trainer))
    assert [step.searches for step in steps] == [0] * (len(steps) - 1) + [1]
    assert [step.best is None for step in steps] == [True] * (len(steps) - 1) + [False]
    assert len(steps) <= 3
    assert steps[1].accuracy > steps[0].accuracy


def test_other_processes_find_the_same() -> None:
    problem = problem_of(task("reverse", 5, 5), Config(predicates="many", rounds=2))
    alone, *_ = reversed(list(search(problem, 3, searches=2, jobs=1)))
    apart, *_ = reversed(list(search(problem, 3, searches=2, jobs=2)))
    assert alone.best is not None
    assert apart.best is not None
    assert len(alone.best.nodes) == len(apart.best.nodes)
    for one, other in zip(alone.best.scores, apart.best.scores, strict=True):
        assert (one is None) == (other is None)
        assert one is None or (other is not None and (one == other).all())


SEARCHING = """
import multiprocessing
from trainers.config import Config
from trainers.search import search
from trainers.searching import problem_of
from trainers.tasks import task

if __name__ == "__main__":
    problem = problem_of(task("dyck2"), Config(predicates="many"))
    for _ in search(problem, 0, searches=2, jobs=2):
        children = multiprocessing.active_children()
        print(*(child.pid for child in children), flush=True)
"""


def test_other_processes_end_however_this_one_ends(tmp_path: Path) -> None:
    script = tmp_path / "searching.py"
    script.write_text(SEARCHING)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        workers = [int(word) for word in child.stdout.readline().split()]
        child.kill()
    assert len(workers) == 2
    end = time.monotonic() + 20
    while any(map(_runs, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    assert not any(map(_runs, workers))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/status")
    return not (status.exists() and "zombie" in status.read_text())


def test_without_counting_no_head_counts() -> None:
    found = train(task("hist", 5, 5), categorical_only=True, rounds=1)
    names = [node.name for node in found.program.nodes]
    assert names
    assert not any(name.startswith("num_attn") for name in names)


@pytest.mark.parametrize("method", ["search", "both"])
@pytest.mark.parametrize("answers_each", ["input", "letter"])
def test_a_task_that_cannot_be_searched_gets_one_clear_line(
    answers_each: str, method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainers.loop import Trainer

    def never(self: Trainer) -> Any:
        raise AssertionError("trained before it was looked at")

    monkeypatch.setattr(Trainer, "run", never)
    cases = tmp_path / "d.jsonl"
    lines = []
    for word in "bcdefghijklmnop":
        label = "x" if word < "h" else "y"
        expected = label if answers_each == "input" else [label, label]
        lines.append(json.dumps({"input": f"a {word}", "expected": expected}))
    cases.write_text("\n".join(lines) + "\n")
    result = run("--cases", cases, "--method", method, "-o", tmp_path / "x.py")
    assert result.exit_code == 2
    assert "take --method gradient" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output
    assert [*tmp_path.iterdir()] == [cases]
