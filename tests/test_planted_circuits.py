"""Programs in which it is known what is behind the answers: nothing else is named."""

from __future__ import annotations

from random import Random

import pytest

from analyzers.circuits import Survey, slice_class
from tpdebug.domain import Domain
from tpdebug.evaluate import Evaluator
from tpdebug.inputs import blocks
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Value,
)
from tpdebug.program import Program

LETTERS = ("a", "b", "c")
DOMAIN = Domain(LETTERS, (1, 4), begin="<s>")
TOKENS, POSITIONS = (*LETTERS, "<s>"), range(5)
MUCH = 100


def head(random: Random, name: str) -> CategoricalHead:
    """A head that copies a letter from where it finds one or two others."""
    inputs: list[tuple[str, tuple[Value, ...]]]
    inputs = [("tokens", TOKENS), ("positions", tuple(POSITIONS))]
    variable, values = random.choice(inputs)
    wants = {value: random.sample(values, random.choice([1, 2])) for value in values}
    return CategoricalHead(name, variable, variable, "tokens", Predicate.of(wants))


def table(random: Random, name: str, first: str, second: str) -> LookupTable:
    """A table of two letters with 0 or 1 for each combination."""
    keys = [(a, b) for a in TOKENS for b in TOKENS]
    entries = tuple((key, random.randrange(2)) for key in keys)
    return LookupTable(name, (first, second), entries, 0)


def planted(seed: int) -> tuple[Program, set[str]]:
    """A program, and the nodes that its answers depend on."""
    random = Random(seed)
    heads = [head(random, f"attn_0_{i}") for i in range(5)]
    random.shuffle(heads)
    first, second, *others = heads
    nodes: list[Node] = list(heads)
    scores: dict[tuple[str, Value | None], list[int]] = {}
    classes: tuple[str, ...] = ("n", "y")
    if seed % 2:
        nodes.append(table(random, "mlp_0_0", first.name, second.name))
        responsible = {first.name, second.name, "mlp_0_0"}
        scores |= {("mlp_0_0", i): [MUCH * (i == c) for c in (0, 1)] for i in (0, 1)}
    else:
        responsible = {first.name}
        others = [second, *others]
        classes = LETTERS
        for letter in LETTERS:
            scores[first.name, letter] = [MUCH * (letter == c) for c in classes]
        # Nothing to copy is read at position 0; it is as good as the first letter.
        scores[first.name, "<s>"] = scores[first.name, LETTERS[0]]
    count = NumericalHead(
        "num_attn_0_0",
        "tokens",
        "tokens",
        "ones",
        Predicate.where(TOKENS, TOKENS, lambda q, k: q == k),
    )
    nodes.append(count)
    scores["num_attn_0_0", None] = [random.randint(-2, 2) for _ in classes]
    for other in others:  # each adds a little that never changes an answer
        for value in TOKENS:
            scores[other.name, value] = [random.randint(-5, 5) for _ in classes]
    return Program(DOMAIN, tuple(nodes), Classifier.of(classes, scores)), responsible


@pytest.mark.parametrize("seed", range(40))
def test_the_class_circuit_names_exactly_what_is_responsible(seed: int) -> None:
    program, responsible = planted(seed)
    evaluator, survey = Evaluator(program), Survey(program)
    answered = {
        program.classifier.classes[i]
        for block in blocks(program.domain)
        for row in evaluator.answers(block)
        for i in row
    }
    named = set()
    for answer in answered:
        found = slice_class(program, answer, most=60, survey=survey)
        assert found.looked == sum(each.tokens for each in found.circuits)
        names = {name for name, _ in found.nodes}
        assert names <= responsible
        named |= names
    assert named == (responsible if len(answered) > 1 else set())
