"""The static slice: what is left out has no influence on any input."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.circuits import Survey, slice_static
from analyzers.circuits.occurring import occurring
from tests.strategies import programs
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluation, Evaluator
from tpdebug.evaluate.codes import index_of
from tpdebug.findings import Place, StaticSlice
from tpdebug.inputs import blocks
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    LookupTable,
    Node,
    NumericalHead,
    Predicate,
    Rule,
    outputs_of,
)
from tpdebug.program import Program

EXAMPLE = str(Path(__file__).resolve().parent.parent / "examples" / "sort.py")
ALL = {"most": 10**6, "samples": 1, "seed": 0}


def any_position(program: Program, data: st.DataObject) -> int | None:
    if program.classifier.pooled:
        return None
    first = program.domain.offset
    last = first + program.domain.lengths[1] - 1
    return data.draw(st.none() | st.integers(first, last))


@settings(max_examples=60)
@given(programs())
def test_what_occurs_is_the_same_if_circuits_are_looked_for_on_the_way(
    program: Program,
) -> None:
    assert Survey(program).occurring() == occurring(program, **ALL)


@settings(max_examples=60)
@given(programs(), st.data())
def test_the_answer_is_a_function_of_the_scored_variables_that_matter(
    program: Program, data: st.DataObject
) -> None:
    classes = program.classifier.classes
    answer = data.draw(st.none() | st.sampled_from(classes))
    program = replace(program, classifier=replace(program.classifier, pooled=False))
    position = any_position(program, data) or program.domain.offset
    found = slice_static(program, answer, position)
    given_answers: dict[tuple[int, ...], set[str | bool]] = {}
    for block in blocks(program.domain):
        place = position - program.domain.offset
        if place >= block.shape[1]:
            continue
        trace = Evaluator(program).trace(block)
        for row, got in enumerate(trace.answers[:, place]):
            seen = tuple(
                int(trace.variables[name][row, position]) for name in found.scored
            )
            says = classes[got] if answer is None else classes[got] == answer
            given_answers.setdefault(seen, set()).add(says)
    assert all(len(says) == 1 for says in given_answers.values())


@settings(max_examples=60)
@given(programs(), st.data())
def test_what_is_left_out_can_be_anything_that_occurs(
    program: Program, data: st.DataObject
) -> None:
    position = any_position(program, data)
    found = slice_static(program, position=position)
    seen = occurring(program, **ALL)
    others = [name for name, node in program.writers.items() if not is_in(node, found)]
    assume(others)
    chosen: dict[str, list[int]] = {}
    for name in others:
        index = index_of(program.variables[name])
        for p in range(program.domain.positions):
            values = seen.values.get(Place(name, p)) or seen.at(
                name, range(program.domain.positions)
            )
            value = data.draw(st.sampled_from(sorted(values, key=str)))
            chosen.setdefault(name, []).append(index[value])
    frozen = Frozen(program, chosen)
    place = None if position is None else position - program.domain.offset
    for block in blocks(program.domain):
        if place is None or place < block.shape[1]:
            expected, got = Evaluator(program).answers(block), frozen.answers(block)
            at = slice(None) if place is None else slice(place, place + 1)
            assert (expected[:, at] == got[:, at]).all()


def is_in(node: Node, found: StaticSlice) -> bool:
    return outputs_of(node)[0] in found.nodes


class Frozen(Evaluator):
    """A program in which some variables have a fixed value at each position."""

    def __init__(self, program: Program, chosen: dict[str, list[int]]) -> None:
        super().__init__(program)
        self.chosen = chosen

    def _apply(self, node: Node, done: Evaluation) -> None:
        super()._apply(node, done)
        for name in set(outputs_of(node)) & set(self.chosen):
            columns = done.values[name]
            done.values[name] = [
                np.full(1, self.chosen[name][p], column.dtype)
                for p, column in enumerate(columns)
            ]


def test_a_head_that_nothing_can_find_is_not_read_from() -> None:
    letters = ("a", "b")
    domain = Domain(letters, (2, 2), begin="<s>")
    nodes = (
        LookupTable.of("same", ("tokens",), {}, "a"),
        CategoricalHead(
            "first", "positions", "positions", "tokens", Predicate.of({2: [1]})
        ),
        NumericalHead("none", "tokens", "tokens", "ones", Predicate.of({"a": []})),
    )
    scores = {("same", "a"): [3, 0], ("first", "a"): [0, 9], ("none", None): [1, 0]}
    program = Program(domain, nodes, Classifier.of("ny", scores))
    found = slice_static(program, position=2)
    assert (found.scored, found.nodes) == (("first",), ("first",))
    cases = [rule for rule in found.rules if rule.kind == "case"]
    assert cases == [Rule("case", "first", (2,))]
    assert found.among == (3, 3, sum(1 for _ in program.rules()))
    # At position 1 it reads the begin token: always the same.
    assert slice_static(program, position=1).scored == ()


def test_a_position_without_an_answer_is_refused() -> None:
    program = Program(Domain(("a",), (1, 2)), (), Classifier.of("x", {}))
    with pytest.raises(DomainError, match="use 0 to 1"):
        slice_static(program, position=2)


def test_the_command_says_what_can_matter_at_a_position() -> None:
    result = CliRunner().invoke(main, ["slice", EXAMPLE, "--position", "2"])
    assert result.exit_code == 0
    assert "The answer at position 2: " in result.output
    result = CliRunner().invoke(
        main, ["slice", EXAMPLE, "--position", "2", "--format", "json"]
    )
    found = json.loads(result.output)
    assert found["position"] == 2
    assert len(found["rules"]) <= found["among"]["rules"]
    assert found["evidence"]["kind"] == "proved"
    result = CliRunner().invoke(
        main, ["slice", EXAMPLE, "--position", "2", "--format", "svg"]
    )
    assert result.exit_code == 2
    assert np.all([word in result.output for word in ("--input", "--output")])
