"""How often a program is right: on every input where that can be, else sampled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np

from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Accuracy, Evidence
from tpdebug.inputs import Letters, blocks, decode, sample
from tpdebug.program import Program

Target: TypeAlias = Callable[[Sequence[str]], Sequence[str | None]]
"""Maps an input to the right answer at each letter (None: not scored)."""

ENUMERATE_UP_TO = 500_000
SAMPLE = 10_000


def measure(
    program: Program,
    target: Target,
    *,
    most: int = ENUMERATE_UP_TO,
    samples: int = SAMPLE,
    seed: int = 0,
) -> Accuracy:
    """Compare a program with the right answers.

    Args:
        program: what to measure.
        target: the right answers.
        most: enumerate a domain of at most this many inputs.
        samples, seed: what to draw from a larger one.
    """
    parts, evidence = all_or_sample(
        program.domain, most=most, samples=samples, seed=seed
    )
    letters = letters_right = inputs = inputs_right = 0
    evaluator = Evaluator(program)
    for block in parts:
        wanted = wanted_classes(program, target, block)
        right = evaluator.answers(block) == wanted
        scored = wanted >= 0
        letters += int(scored.sum())
        letters_right += int((right & scored).sum())
        inputs += len(block)
        inputs_right += int((right | ~scored).all(axis=1).sum())
    counts = (letters, letters_right, inputs, inputs_right)
    if evidence.kind == "proved":
        return Accuracy(*counts, evidence)
    return Accuracy(*counts, evidence, _clopper_pearson(inputs_right, inputs))


def all_or_sample(
    domain: Domain,
    *,
    most: int = ENUMERATE_UP_TO,
    samples: int = SAMPLE,
    seed: int = 0,
) -> tuple[Iterable[Letters], Evidence]:
    """All inputs of a domain, or a sample of one with more than `most`.

    Also returns what a statement about these inputs rests on.
    """
    if domain.count <= most:
        return blocks(domain), Evidence("proved", domain.count)
    return sample(domain, samples, seed), Evidence("sampled", samples, seed)


def wanted_classes(
    program: Program, target: Target, block: Letters
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """The right class indices of a block `[inputs, letters]`; -1 is not scored.

    A label that the program does not have as a class becomes -2: never right.
    """
    index: dict[str | None, int] = {
        c: i for i, c in enumerate(program.classifier.classes)
    }
    index[None] = -1
    rows = [
        [index.get(label, -2) for label in target(letters)]
        for letters in decode(program.domain, block)
    ]
    return np.array(rows, dtype=np.int64)


def _clopper_pearson(right: int, inputs: int) -> tuple[float, float]:
    from scipy.stats import binomtest

    found = binomtest(right, inputs).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)
