"""How often a program is right: on every input where that can be, else sampled."""

from __future__ import annotations

from collections.abc import Iterator

from tpdebug.cases import Cases
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Accuracy, Evidence
from tpdebug.inputs import Letters
from tpdebug.oracles import Oracle
from tpdebug.parts import all_or_sample
from tpdebug.program import Program
from tpdebug.tally import Tally, tally

ENUMERATE_UP_TO = 500_000
SAMPLE = 10_000


def measure(
    program: Program,
    oracle: Oracle,
    *,
    most: int = ENUMERATE_UP_TO,
    samples: int = SAMPLE,
    seed: int = 0,
) -> Accuracy:
    """Compare a program with the right answers.

    Args:
        program: what to measure.
        oracle: the right answers; where it lists them, only those inputs are looked at.
        most: enumerate a domain of at most this many inputs.
        samples, seed: what to draw from a larger one.
    """
    if isinstance(oracle, Cases):
        parts, evidence = oracle.parts(), Evidence("listed", len(oracle.cases))
    else:
        parts, evidence = all_or_sample(
            program.domain, most=most, samples=samples, seed=seed
        )
    evaluator = Evaluator(program)
    found = Tally()
    for part in parts:
        found.add(tally(evaluator, oracle, part)[0])
    return accuracy_of(found, evidence)


def accuracy_of(found: Tally, evidence: Evidence) -> Accuracy:
    """State what was counted; a sample with its interval."""
    inputs, inputs_right, letters, letters_right = found.totals
    counts = (letters, letters_right, inputs, inputs_right)
    if evidence.kind != "sampled":
        return Accuracy(*counts, evidence)
    return Accuracy(*counts, evidence, _clopper_pearson(inputs_right, inputs))


def blocks_of(domain: Domain, seed: int) -> tuple[Iterator[Letters], Evidence]:
    """All inputs of a domain, or a sample of a large one, in blocks of one length."""
    options = {"most": ENUMERATE_UP_TO, "samples": SAMPLE, "seed": seed}
    parts, evidence = all_or_sample(domain, **options)
    return (part.block() for part in parts), evidence


def _clopper_pearson(right: int, inputs: int) -> tuple[float, float]:
    if not inputs:
        return 0.0, 1.0
    from scipy.stats import binomtest

    found = binomtest(right, inputs).proportion_ci(0.95, method="exact")
    return float(found.low), float(found.high)
