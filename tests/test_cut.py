"""A slice is a program: it says the answer exactly where the kept values are seen.

What a circuit file says is compared with the whole program on every input: by executing
the file, and with the evaluator.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.circuits import slice_answer
from analyzers.circuits.cut import cut
from analyzers.circuits.saving import Saved, save_circuit
from analyzers.explain import explain
from tests.cases import CASES, Case
from tests.running import run_all, text_of
from tests.strategies import inputs, programs
from tpdebug.domain import Domain
from tpdebug.errors import ProgramError
from tpdebug.evaluate import Evaluator, answers
from tpdebug.findings import Circuit
from tpdebug.inputs import blocks, decode
from tpdebug.nodes import Classifier, NumericalHead, Predicate
from tpdebug.program import Program
from tpdebug.read import load, read

MOST = 300


def saved(path: Path, letters: tuple[str, ...], position: int | None) -> Saved:
    """The circuit of an answer of a program file, written next to it."""
    source = read(path)
    found = slice_answer(source.program, letters, position=position)
    return save_circuit(source, path, found, path.with_name("circuit.py"))


def written(
    text: str, folder: Path, letters: tuple[str, ...], position: int | None
) -> tuple[Saved, str]:
    """The circuit of an answer of source text, and the text that was written."""
    path = folder / "prog.py"
    path.write_bytes(text.encode())
    found = saved(path, letters, position)
    return found, found.path.read_bytes().decode()


def check(program: Program, found: Circuit, part: Program, text: str) -> None:
    """The circuit answers where its values are seen, and then as the whole does."""
    length, position = len(found.letters), found.chosen.position
    place = 0 if position is None else position - program.domain.offset
    answer, other = part.classifier.classes
    assert answer == found.chosen.answer
    assert other not in program.classifier.classes
    every = np.concatenate([b for b in blocks(program.domain) if b.shape[1] == length])
    whole = Evaluator(program).trace(every)
    seen = np.ones(len(every), bool)
    for value in found.kept:
        variable = program.variables[value.place.variable]
        wanted = variable.values.index(value.value)
        if variable.numerical:
            wanted = value.value
        seen &= whole.variables[variable.name][:, value.place.position] == wanted
    assert seen.any()
    says = Evaluator(part).trace(every).answers[:, place]
    assert (says == np.where(seen, 0, 1)).all()
    index = program.classifier.classes.index(answer)
    assert (whole.answers[:, place][seen] == index).all()
    some = slice(None, None, len(every) // MOST + 1)
    wanted = [part.classifier.classes[i] for i in says[some]]
    executed = run_all(text, decode(program.domain, every[some]))
    assert [row[place] for row in executed] == wanted


@st.composite
def programs_and_places(
    draw: st.DrawFn,
) -> tuple[Program, tuple[str, ...], int | None]:
    """A program, an input, and the position of an answer."""
    program = draw(programs())
    letters = draw(inputs(program.domain))
    if program.classifier.pooled:
        return program, letters, None
    place = draw(st.integers(0, len(letters) - 1))
    return program, letters, place + program.domain.offset


@settings(max_examples=150, deadline=None)
@given(programs_and_places(), st.booleans())
def test_a_circuit_file_answers_exactly_where_its_values_are_seen(
    drawn: tuple[Program, tuple[str, ...], int | None], standalone: bool
) -> None:
    program, letters, position = drawn
    found = slice_answer(program, letters, position=position)
    with tempfile.TemporaryDirectory() as folder:
        text = text_of(program, standalone=standalone)
        kept, code = written(text, Path(folder), letters, position)
        assert kept.anew is None
        again = load(kept.path)
    assert again == kept.program
    check(program, found, again, code)


@settings(max_examples=60, deadline=None)
@given(programs_and_places())
def test_written_anew_it_is_the_same_program(
    drawn: tuple[Program, tuple[str, ...], int | None],
) -> None:
    program, letters, position = drawn
    found = slice_answer(program, letters, position=position)
    part = cut(program, found)
    code = text_of(part)
    assert read(code).program == part
    check(program, found, part, code)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_circuits_of_known_programs(case: Case, tmp_path: Path) -> None:
    program, text = case.program, text_of(case.program)
    offset, pooled = program.domain.offset, program.classifier.pooled
    for letters in case.inputs:
        for place in range(1 if pooled else len(letters)):
            position = None if pooled else place + offset
            found = slice_answer(program, letters, position=position)
            kept, code = written(text, tmp_path, letters, position)
            assert kept.anew is None
            check(program, found, kept.program, code)


def test_counts_and_letters_are_asked_for_together() -> None:
    domain = Domain(tuple("ab"), (1, 4), begin="<s>", causal=True)
    same = Predicate.of({"a": ["a"], "b": ["b"]})
    count = NumericalHead("count", "tokens", "tokens", "ones", same)
    scores = {
        ("count", None): [0, 4],
        ("tokens", "a"): [0, 5],
        ("ones", None): [10, 0],
    }
    program = Program(domain, (count,), Classifier.of(["few", "many"], scores))
    found = slice_answer(program, ["b", "a", "a"], position=3)
    assert {v.place.variable for v in found.kept} == {"count", "tokens"}
    part = cut(program, found)
    assert part.classifier.classes == ("many", "?")
    rows = {(row.variable, row.value): row.scores for row in part.classifier.rows}
    assert rows == {
        ("tokens", "a"): (2, 0),
        ("ones", None): (0, 3),
        ("count_is_2", 1): (2, 0),
    }
    check(program, found, part, text_of(part))


def test_several_lengths_are_those_of_the_certificate() -> None:
    case = next(case for case in CASES if case.name == "balance")
    found = slice_answer(
        case.program, ["(", ")", "("], position=2, any_length=True, minimum=True
    )
    assert found.lengths == (2, 6)
    part = cut(case.program, found, name="balance.py")
    assert "of length 2 to 6" in part.about
    assert found.evidence.sentence in " ".join(part.about.split())
    for length in range(2, 7):
        every = [b for b in blocks(case.program.domain) if b.shape[1] == length]
        block = decode(case.program.domain, np.concatenate(every))
        whole, says = answers(case.program, block), answers(part, block)
        spoke = [a for a, b in zip(whole, says, strict=True) if b[1] != "?"]
        assert spoke
        assert {a[1] for a in spoke} == {found.chosen.answer}


def test_a_count_that_goes_too_far_is_refused() -> None:
    domain = Domain(("a",), (1, 99))
    every = Predicate.of({"a": ["a"]})
    nodes = tuple(
        NumericalHead(f"n{i}", "tokens", "tokens", value, every)
        for i, value in enumerate(["ones", "n0", "n1"])
    )
    positions = Predicate.where(range(99), range(99), lambda q, k: k < q)
    last = NumericalHead("n3", "positions", "positions", "n2", positions)
    program = Program(
        domain, (*nodes, last), Classifier.of("ab", {("n3", None): [0, 1]})
    )
    found = slice_answer(program, ["a"] * 3, position=1)
    assert found.kept == ()  # one input of a length: nothing is needed
    value = explain(program, ["a"] * 3, position=1).contributions[0]
    with pytest.raises(ProgramError, match="the value of n3 has") as caught:
        cut(program, replace(found, kept=(value,)))
    assert "\n" not in str(caught.value)


def test_pooled_values_belong_to_positions() -> None:
    domain = Domain(tuple("abc"), (1, 3), end="]")
    same = Predicate.of({"a": ["a"], "b": ["b"], "c": ["c"]})
    count = NumericalHead("count", "tokens", "tokens", "ones", same)
    scores = {("count", None): [0, 4], ("positions", 0): [16, 0]}
    classifier = Classifier.of(["few", "?"], scores, pooled=True)
    program = Program(domain, (count,), classifier)
    found = slice_answer(program, ["a", "b", "c"])
    at = {(v.place.variable, v.place.position) for v in found.kept}
    assert len(at) == 2
    assert {name for name, _ in at} == {"count"}
    part = cut(program, found)
    assert part.classifier.classes == ("few", "??")
    assert part.nodes[-1].inputs == ("positions", "count")
    check(program, found, part, text_of(part))
