"""Why not another answer: the changes give it, and fewer do not."""

from __future__ import annotations

import json
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analyzers.circuits.contrast import contrast
from analyzers.circuits.readouts import Survey
from tests.strategies import programs
from tpdebug.cli import main
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.evaluate import Evaluator
from tpdebug.findings import Changed, Place
from tpdebug.inputs import encode
from tpdebug.nodes import CategoricalHead, Classifier, Predicate, Value
from tpdebug.program import Program

EXAMPLE = str(Path(__file__).resolve().parent.parent / "examples" / "sort.py")
Seen = dict[Place, Value]


def answer_to(program: Program, seen: Seen) -> str:
    """What the classifier makes of values, said a second time."""
    totals = np.zeros(len(program.classifier.classes), int)
    for place, value in seen.items():
        for row in program.classifier.rows:
            if row.variable == place.variable:
                times = int(value) if row.value is None else int(row.value == value)
                totals += times * np.array(row.scores)
    return program.classifier.classes[int(totals.argmax())]


@settings(max_examples=40)
@given(programs(), st.data())
def test_the_changes_give_the_answer_and_fewer_do_not(
    program: Program, data: st.DataObject
) -> None:
    letters = program.domain.input(data.draw(st.integers(0, program.domain.count - 1)))
    pooled = program.classifier.pooled
    place = data.draw(st.integers(0, 0 if pooled else len(letters) - 1))
    position = None if pooled else place + program.domain.offset
    trace = Evaluator(program).trace(encode(program.domain, [letters]))
    answer = program.classifier.classes[trace.answers[0, place]]
    others = [name for name in program.classifier.classes if name != answer]
    assume(others)
    wanted = data.draw(st.sampled_from(others))
    survey = Survey(program)
    found = contrast(program, letters, position, wanted, survey=survey)
    readouts = survey.of(len(letters), position)
    seen: Seen = {p: trace.value(p.variable, 0, p.position) for p in readouts.places}
    for way in found.ways:
        assert all(seen[c.place] == c.before != c.after for c in way)
        changed = seen | {c.place: c.after for c in way}
        assert answer_to(program, changed) == wanted
    possible = {p: readouts.seen[:, i] for i, p in enumerate(readouts.places)}
    choices: dict[Place, list[Value]] = {}
    for p, numbers in possible.items():
        known = program.variables[p.variable]
        values = [int(n) if known.numerical else known.values[n] for n in set(numbers)]
        choices[p] = [value for value in values if value != seen[p]]
    assert found.fewest or not found.ways
    size = len(found.ways[0]) if found.ways else 3
    for fewer in range(1, min(size, 3)):
        for several in combinations(choices, fewer):
            for values in product(*(choices[p] for p in several)):
                changed = seen | dict(zip(several, values, strict=True))
                assert answer_to(program, changed) != wanted
    if size == 1:
        singles = {
            Changed(p, seen[p], value)
            for p, values in choices.items()
            for value in values
            if answer_to(program, seen | {p: value}) == wanted
        }
        assert {change for (change,) in found.ways} == singles


def test_values_that_are_never_seen_are_no_change() -> None:
    scores = {("tokens", "b"): [0, 2], ("positions", 0): [2, 0]}
    scores |= {("positions", 1): [0, 2], ("ones", None): [3, 0]}
    program = Program(Domain(("a", "b"), (2, 2)), (), Classifier.of("ny", scores))
    found = contrast(program, ("a", "b"), 0, "y")
    assert found.ways == ()  # the position there is always 0
    assert found.least == 0


def test_any_other_answer_is_that_of_the_fewest_changes() -> None:
    scores = {("tokens", "a"): [9, 8, 0], ("tokens", "b"): [0, 0, 5]}
    program = Program(Domain(("a", "b"), (1, 1)), (), Classifier.of("xyz", scores))
    found = contrast(program, ("a",), 0)
    assert (found.wanted, len(found.ways)) == ("z", 1)


def test_what_is_answered_already_needs_no_change() -> None:
    program = Program(Domain(("a",), (1, 1)), (), Classifier.of("x", {}))
    with pytest.raises(DomainError, match="the answer is x already"):
        contrast(program, ("a",), 0, "x")
    with pytest.raises(DomainError, match="no other class"):
        contrast(program, ("a",), 0)


def test_the_command_says_what_it_would_take() -> None:
    options = ["slice", EXAMPLE, "--input", "3 1 4 2", "--position", "2"]
    result = CliRunner().invoke(main, [*options, "--why-not", "3"])
    assert "With one other value the answer is 3" in result.output
    result = CliRunner().invoke(main, [*options, "--why-not", "3", "--format", "json"])
    found = json.loads(result.output)["contrast"]
    assert (found["wanted"], found["at_least"]) == ("3", 1)
    assert all(len(way) == 1 for way in found["ways"])


def test_a_point_counts_beside_scores_that_are_very_large() -> None:
    large = 1_000_000_000
    rows = {("one", "b"): [0, 0, large, large], ("two", "b"): [0, 1, 0, 1]}
    first, second = (
        CategoricalHead(
            name, "positions", "positions", "tokens", Predicate.of({2: [p]})
        )
        for name, p in (("one", 0), ("two", 1))
    )
    domain = Domain(("a", "b"), (3, 3))
    program = Program(domain, (first, second), Classifier.of("wxyz", rows))
    found = contrast(program, ("a", "a", "a"), 2, "z")
    # One change gives y or x, by a single point; both together give z.
    assert found.least == len(found.ways[0]) == 2
