"""A program as a network again: the same answers to every input, and back to itself.

A program that goes to a network and back is the same up to its normal form: nodes have
the names that `lift` gives, an embedding is a table on tokens for each variable, and
scores have no scale. With the names of the program (`lift_like`) it is the same.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

torch = pytest.importorskip("torch")

from tests.cases import CASES, Case  # noqa: E402
from tests.strategies import programs  # noqa: E402
from tests.test_examples import PROGRAMS  # noqa: E402
from tpdebug.errors import UserError  # noqa: E402
from tpdebug.evaluate import Evaluator  # noqa: E402
from tpdebug.inputs import blocks, sample  # noqa: E402
from tpdebug.nodes import (  # noqa: E402
    Classifier,
    Embedding,
    LookupTable,
    Node,
    Predicate,
    Preference,
    inputs_of,
)
from tpdebug.program import Program  # noqa: E402
from tpdebug.read import load  # noqa: E402
from trainers.discrete import INPUTS  # noqa: E402
from trainers.lift import lift, lift_like  # noqa: E402
from trainers.lower import lower, tokens_of  # noqa: E402
from trainers.network import Network  # noqa: E402


def differing(program: Program, inputs: list[np.ndarray]) -> int:
    """On how many inputs network and program do not give the same answers."""
    network, evaluator = Network(lower(program)), Evaluator(program)
    count = 0
    for block in inputs:
        found = network.predictions(tokens_of(program.domain, block)).numpy()
        if not program.classifier.pooled:
            found = found[:, program.domain.letters]
        count += int((found != evaluator.answers(block)).any(1).sum())
    return count


def normal(program: Program) -> Program:
    """A program as `lift` writes one down: nodes by number, tables for embeddings."""
    names = {"tokens": "tokens", "positions": "positions", "ones": "ones"}
    for name in list(program.variables)[INPUTS:]:
        names[name] = f"v{len(names)}"
    nodes: list[Node] = []
    for node in program.nodes:
        read = [names[name] for name in inputs_of(node)]
        match node:
            case Embedding():
                for column, name in enumerate(node.names):
                    pairs = zip(program.domain.vocabulary, node.codes, strict=True)
                    codes = {(token,): row[column] for token, row in pairs}
                    table = LookupTable.of(names[name], ["tokens"], codes, 0)
                    nodes.append(table)
            case LookupTable():
                nodes.append(replace(node, name=names[node.name], inputs=tuple(read)))
            case _:
                query, key, value = read
                same = replace(node, name=names[node.name])
                nodes.append(replace(same, query=query, key=key, value=value))
    scores = {
        (names[row.variable], row.value): row.scores for row in program.classifier.rows
    }
    known = program.classifier
    scored = Classifier.of(known.classes, scores, 1, known.pooled)
    return replace(program, nodes=tuple(nodes), classifier=scored, task="any")


def lifted(program: Program) -> Program:
    """A program that was lowered and lifted, without being told its names."""
    classes = program.classifier.classes
    return lift(lower(program), program.domain, classes, "any", [])


@settings(max_examples=200)
@given(programs())
def test_a_program_comes_back_from_its_network(program: Program) -> None:
    assert normal(lifted(program)) == normal(program)
    assert lift_like(program, lower(program), []) == program


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_an_example_comes_back_from_its_network(path: Path) -> None:
    program = load(path)
    assert normal(lifted(program)) == normal(program)
    assert lift_like(program, lower(program), []) == program


def test_an_edited_network_does_not_come_back_as_it_was() -> None:
    program = next(case.program for case in CASES if case.name == "induction")
    network = lower(program)
    first, *others = network.nodes
    edited = replace(first, predicate=~first.predicate)
    found = lift_like(program, replace(network, nodes=(edited, *others)), [])
    assert found != program
    assert [node.name for node in found.nodes] == ["attn_0_0", "attn_1_0"]


def test_scores_that_floats_cannot_add_up_exactly_are_refused() -> None:
    program = CASES[0].program
    rows = tuple(
        replace(row, scores=tuple(s * 2**54 for s in row.scores))
        for row in program.classifier.rows
    )
    large = replace(program, classifier=replace(program.classifier, rows=rows))
    with pytest.raises(UserError, match="too fine, for a network"):
        lower(large)


@settings(max_examples=60)
@given(programs())
def test_the_network_of_any_program_answers_as_the_program(program: Program) -> None:
    assert differing(program, list(blocks(program.domain))) == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_network_of_a_program_by_hand_answers_as_the_program(case: Case) -> None:
    assert differing(case.program, sample(case.program.domain, 500, 0)) == 0
    theirs = case.program.with_tie("matches")
    assert differing(theirs, sample(theirs.domain, 500, 0)) == 0


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_network_of_an_example_answers_as_the_program(path: Path) -> None:
    program = load(path)
    assert differing(program, sample(program.domain, 2000, 0)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_network_answers_all_inputs_of_an_example_before_and_after_an_edit(
    path: Path,
) -> None:
    """On the whole domain, or on 20,000 inputs of one that is too large."""
    program = load(path)
    most = 500_000
    large = program.domain.count > most
    inputs = sample(program.domain, 20_000, 0) if large else blocks(program.domain)
    shown = list(inputs)
    assert differing(program, shown) == 0
    edited = replace(program, nodes=tuple(map(edit, program.nodes)))
    assert edited != program
    assert differing(edited, shown) == 0


def edit(node: Node) -> Node:
    """The node with its first rule changed, if it is a head."""
    if isinstance(node, LookupTable | Embedding):
        return node
    if isinstance(node.predicate, Preference):
        return replace(node, predicate=Preference.of(dict(node.predicate.cases[1:])))
    return replace(node, predicate=Predicate.of(dict(node.predicate.cases[1:])))
