"""From a network to its program: on which inputs rounding must change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from tpdebug.domain import Domain
from tpdebug.inputs import Letters, blocks, decode
from tpdebug.program import Program
from trainers import pipeline
from trainers.config import Config, Own, Run
from trainers.discrete import Discrete
from trainers.own import function_task, task_of
from trainers.pipeline import lifted
from trainers.split import split
from trainers.tasks import Task

Seen = list[tuple[str, ...]]


def network(task: Task, seed: int = 0) -> Discrete:
    """A network without nodes whose answer says something of letters and places."""
    drawn = np.random.default_rng(seed)
    domain, classes = task.domain, len(task.classes)
    rows = [
        drawn.normal(size=(n, classes))
        for n in (len(domain.vocabulary), domain.positions, 1)
    ]
    return Discrete((), tuple(rows), classes, domain.causal, task.pooled)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> tuple[Seen, list[Seen]]:
    """The inputs that rounding looks at, and those of each comparison."""
    rounding: Seen = []
    compared: list[Seen] = []
    lift, differences = pipeline.lift, pipeline.differences

    def watched(
        found: Any, domain: Domain, classes: Any, name: str, inputs: Iterable[Letters]
    ) -> Program:
        rounding.extend(row for block in inputs for row in decode(domain, block))
        return lift(found, domain, classes, name, inputs)

    def watching(found: Any, program: Program, inputs: Iterable[Letters]) -> int:
        rows = (decode(program.domain, block) for block in inputs)
        compared.append([row for block in rows for row in block])
        return differences(found, program, inputs)

    monkeypatch.setattr(pipeline, "lift", watched)
    monkeypatch.setattr(pipeline, "differences", watching)
    return rounding, compared


def listed(folder: Path, pooled: bool) -> Task:
    """Cases with an answer for each letter, or one in all."""
    lines = []
    for first in "abcdef":
        for second in "abcdef":
            expected = [first, second]
            label = "up" if first < second else "down"
            case = {"input": [first, second], "expected": label if pooled else expected}
            lines += [json.dumps(case)]
    path = folder / "d.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return task_of(Run("d", 0, 0, Config(), Own(cases=str(path))))


@pytest.mark.parametrize("pooled", [False, True])
def test_listed_cases_to_learn_and_choose_by(
    pooled: bool, tmp_path: Path, seen: tuple[Seen, list[Seen]]
) -> None:
    task = listed(tmp_path, pooled)
    assert task.pooled == pooled
    parts = split(task, 0)
    found = lifted(task, network(task), 0)
    rounding, (first, second) = seen
    known = {letters for letters, _ in (*parts.train, *parts.valid)}
    fresh = {letters for letters, _ in parts.test}
    assert len(rounding) == len(known)
    assert set(rounding) == set(first) == known
    assert len(second) == len(fresh)
    assert set(second) == fresh
    assert not known & fresh
    assert found.accuracy.evidence.kind == "listed"


@pytest.mark.parametrize("pooled", [False, True])
def test_the_whole_of_a_domain(pooled: bool, seen: tuple[Seen, list[Seen]]) -> None:
    domain = Domain(("a", "b", "c"), (1, 4), "<s>", "</s>")

    def answer(letters: Any) -> Any:
        return letters[0] if pooled else letters

    task = function_task(answer, domain)
    found = lifted(task, network(task), 0)
    rounding, (first, second) = seen
    everything = [row for block in blocks(domain) for row in decode(domain, block)]
    assert sorted(rounding) == sorted(first) == sorted(everything)
    assert second == []
    assert found.differ == 0


def test_a_sample_of_a_large_domain_and_another_one(
    seen: tuple[Seen, list[Seen]],
) -> None:
    task = function_task(list, Domain(tuple("abcdefgh"), (1, 12), "<s>"))
    found = lifted(task, network(task), 0)
    rounding, (first, second) = seen
    assert len(rounding) == len(first) == len(second) == 10_000
    assert rounding == first != second
    assert found.program.classifier.scale >= 10
    assert found.accuracy.evidence.kind == "sampled"


def test_a_program_that_is_not_its_network_is_a_bug(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = function_task(list, Domain(("a", "b", "c"), (1, 4), "<s>", "</s>"))
    lift = pipeline.lift
    monkeypatch.setattr(
        pipeline, "lift", lambda _, *others: lift(network(task, seed=1), *others)
    )
    with pytest.raises(RuntimeError, match="does not predict what the network does"):
        lifted(task, network(task), 0)
