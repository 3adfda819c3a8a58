"""Training heads with scores: faithful, reproducible, and what they are good for."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")
import torch

from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import answers
from tpdebug.execute import execute
from tpdebug.inputs import blocks, decode
from tpdebug.nodes import CategoricalHead, NumericalHead, Predicate, Preference
from tpdebug.read import load, read
from tpdebug.write import save
from trainers.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from trainers.config import Config, Run
from trainers.finishing import train
from trainers.hard import harden
from trainers.network import Network
from trainers.own import function_task
from trainers.parameters import initial
from trainers.pipeline import data_for, differences, lifted, trainer_for
from trainers.tasks import Task, task

LETTERS = tuple("abcd")
KINDS: dict[str, tuple[Domain, dict[str, int | str]]] = {
    "both sides": (Domain(LETTERS, (1, 5)), {"layers": 2, "heads": 2}),
    "causal": (Domain(LETTERS, (1, 5), causal=True), {"layers": 2, "heads": 2}),
    "with tokens around": (
        Domain(LETTERS, (1, 4), "<s>", "</s>"),
        {"layers": 2, "heads": 1, "mlps": 1},
    ),
    "beside counts": (
        Domain(LETTERS, (1, 4), "<s>", causal=True),
        {
            "layers": 2,
            "heads": 2,
            "numerical_heads": 1,
            "numerical_mlps": 1,
            "predicates": "many",
        },
    ),
}


def copying(domain: Domain) -> Task:
    """A task that needs nothing: what a network does with it is all the same."""
    return function_task(list, domain)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_any_network_is_the_program_and_the_file_that_it_becomes(
    kind: str, seed: int, tmp_path: Path
) -> None:
    domain, settings = KINDS[kind]
    chosen = copying(domain)
    config = Config(attention="score", restarts=1, **settings)  # type: ignore[arg-type]
    trainer = trainer_for(chosen, config)
    source = torch.Generator().manual_seed(seed)
    flat = initial(trainer.shape, source).unsqueeze(0)
    flat = flat + torch.randn(flat.shape, generator=source)  # so that gates differ
    hard = harden(flat, trainer.shape)
    found = lifted(chosen, hard.discrete(), 0)
    program, everything = found.program, list(blocks(domain))
    assert sum(map(len, everything)) == domain.count
    assert differences(found.network, program, everything) == 0
    inputs = [row for block in everything for row in decode(domain, block)]
    cases = [(letters, tuple(letters)) for letters in inputs]
    padded = data_for(chosen, cases)
    before = Network(hard.discrete()).predictions(padded.tokens)
    real = padded.scored
    assert torch.equal(hard.predictions(padded.tokens)[0][real], before[real])
    assert torch.equal(found.network.predictions(padded.tokens)[real], before[real])
    path = tmp_path / "prog.py"
    save(program, path)
    assert load(path) == program
    assert execute(path, inputs) == answers(program, inputs)
    copies = [node for node in program.nodes if isinstance(node, CategoricalHead)]
    sums = [node for node in program.nodes if isinstance(node, NumericalHead)]
    assert any(isinstance(node.predicate, Preference) for node in copies)
    assert all(isinstance(node.predicate, Predicate) for node in sums)


def largest(letters: list[str]) -> list[str]:
    return [max(letters)] * len(letters)


def test_one_head_with_scores_finds_the_largest_letter_and_says_how() -> None:
    chosen = function_task(largest, Domain(LETTERS, (1, 5)))
    small = {"heads": 1, "restarts": 4, "steps": 300}
    found = train(chosen, attention="score", **small)
    assert found.accuracy.sentence.startswith("Right on all 1,364 inputs")
    (head,) = found.program.nodes
    assert isinstance(head, CategoricalHead)
    assert isinstance(head.predicate, Preference)
    for _, groups in head.predicate.cases:
        assert groups[0] == ("d",)
    other = train(chosen, **small)
    assert other.accuracy.inputs_right < 1_364


@pytest.mark.parametrize("method", ["search", "both"])
def test_a_search_has_no_heads_with_scores(method: str, tmp_path: Path) -> None:
    output = tmp_path / "sort.py"
    result = run("sort", "--method", method, "--attention", "score", "-o", output)
    says = "--attention score goes with --method gradient"
    assert (result.exit_code, result.stdout) == (2, "")
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not output.exists()
    with pytest.raises(UserError, match=says):
        train(task("sort", 5, 5), method=method, attention="score")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


SMALL = (
    *("sort", "--method", "gradient", "--vocabulary", "6", "--length", "5"),
    *("--heads", "2", "--steps", "60", "--restarts", "2", "--attention", "score"),
)


def test_a_run_keeps_how_it_attends_and_gives_the_same_bytes_again(
    tmp_path: Path,
) -> None:
    first = run(*SMALL, "--run-dir", tmp_path)
    assert first.exit_code == 0, first.output
    kept = json.loads((tmp_path / "config.json").read_text())
    assert kept["settings"]["attention"] == "score"
    words = shlex.split(kept["command"])
    assert "--attention score" in kept["command"]
    again = run(*words[2:-1], tmp_path / "again.py")
    assert again.exit_code == 0, again.output
    text = (tmp_path / "sort.py").read_text()
    assert "select_best" in text
    assert (tmp_path / "again.py").read_text() == text.replace("sort.py", "again.py")
    assert read(text).program == load(tmp_path / "sort.py")


def test_a_checkpoint_goes_on_with_scores(tmp_path: Path) -> None:
    chosen = copying(KINDS["causal"][0])
    config = Config(attention="score", heads=2, restarts=2, steps=40)
    whole, half = trainer_for(chosen, config), trainer_for(chosen, config)
    for _ in range(20):
        whole.advance()
        half.advance()
    path = tmp_path / "x.ckpt"
    save_checkpoint(Checkpoint(path, Run("x", 0, 0, config), half.state()))
    loaded = load_checkpoint(path)
    assert loaded.run.config == config
    later = trainer_for(chosen, loaded.run.config)
    later.restore(loaded.state)
    for _ in range(10):
        assert torch.equal(whole.advance(), later.advance())


def test_a_checkpoint_from_before_there_were_scores_has_predicates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = copying(KINDS["causal"][0])
    config = Config(heads=2, restarts=2, steps=40)
    trainer = trainer_for(chosen, config)
    trainer.advance()

    def before(each: Run) -> dict[str, object]:
        data = asdict(each)
        assert data["config"].pop("attention") == "predicate"
        return data

    monkeypatch.setattr("trainers.checkpoint.asdict", before)
    path = tmp_path / "x.ckpt"
    save_checkpoint(Checkpoint(path, Run("x", 0, 0, config), trainer.state()))
    loaded = load_checkpoint(path)
    assert loaded.run.config == config
    later = trainer_for(chosen, loaded.run.config)
    later.restore(loaded.state)
    assert torch.equal(trainer.advance(), later.advance())


def test_the_help_says_what_it_is_for() -> None:
    text = " ".join(run("--help").stdout.split())
    assert "--attention [predicate|score]" in text
    assert "a score for each key" in text
    assert "[default: predicate]" in text
