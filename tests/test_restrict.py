"""A program on a part of its domain answers there as the whole program does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import CASES
from tests.reference import run as reference
from tests.strategies import domains, programs
from tpdebug.domain import Domain
from tpdebug.errors import DomainError
from tpdebug.evaluate import answers
from tpdebug.nodes import (
    CategoricalHead,
    Classifier,
    Embedding,
    LookupTable,
    NumericalHead,
    Predicate,
)
from tpdebug.program import Program
from tpdebug.read import read
from tpdebug.restrict import inside, restrict
from tpdebug.write import write

ABC = Domain(tuple("abc"), (2, 5), "<s>", "</s>", unknown="c")
KEYED = Domain(tuple("ab012"), (1, 6), causal=True, keys=("a", "b"))


def everything(domain: Domain) -> Iterator[tuple[str, ...]]:
    return (domain.input(index) for index in range(domain.count))


@st.composite
def parts(draw: st.DrawFn, whole: Domain) -> tuple[tuple[str, ...], tuple[int, int]]:
    """Some letters of a domain, in any order, and some of its lengths."""
    most = draw(st.integers(*whole.lengths))
    lengths = (draw(st.integers(whole.lengths[0], most)), most)
    kinds: list[Any] = [whole.alphabet]
    if whole.keys is not None:
        kinds = [whole.keys, [a for a in whole.alphabet if a not in whole.keys]]
    some = [draw(st.sets(st.sampled_from(kind), min_size=1)) for kind in kinds]
    return tuple(draw(st.permutations(sorted(set().union(*some))))), lengths


@st.composite
def programs_and_parts(draw: st.DrawFn) -> tuple[Program, Domain]:
    """A program and a part of its domain."""
    program = draw(domains(longest=4, letters=4).flatmap(programs))
    alphabet, lengths = draw(parts(program.domain))
    return program, inside(program.domain, alphabet=alphabet, lengths=lengths)


@given(domains(), st.data())
def test_a_part_has_the_letters_and_lengths_asked_for(
    whole: Domain, data: st.DataObject
) -> None:
    alphabet, lengths = data.draw(parts(whole))
    part = inside(whole, alphabet=alphabet, lengths=lengths)
    assert (part.alphabet, part.lengths) == (alphabet, lengths)
    specials = [(d.begin, d.end, d.causal) for d in (part, whole)]
    assert specials[0] == specials[1]
    assert part.unknown == (whole.unknown if whole.unknown in alphabet else None)
    known = set(alphabet)
    wanted = {
        letters
        for letters in everything(whole)
        if known >= {*letters} and lengths[0] <= len(letters) <= lengths[1]
    }
    assert {*everything(part)} == wanted
    assert part.count == len(wanted)


@given(domains())
def test_a_part_is_the_whole_where_nothing_is_asked_for(whole: Domain) -> None:
    assert inside(whole) == whole
    assert inside(whole, alphabet=whole.alphabet, lengths=whole.lengths) == whole


@given(programs_and_parts())
def test_a_restricted_program_answers_as_before(case: tuple[Program, Domain]) -> None:
    program, part = case
    found = restrict(program, part)
    every = [*everything(part)]
    assert found.domain == part
    assert answers(found, every) == answers(program, every)
    for letters in every[:: 1 + len(every) // 5]:
        runs = [reference(p, letters) for p in (program, found)]
        assert runs[0].answers == runs[1].answers
        assert runs[0].variables == runs[1].variables
        assert runs[0].scores == runs[1].scores


@given(programs_and_parts())
def test_what_cannot_happen_there_is_left_out(case: tuple[Program, Domain]) -> None:
    program, part = case
    found = restrict(program, part)
    assert list(found.variables) == list(program.variables)
    for name, variable in found.variables.items():
        assert {*variable.values} <= {*program.variables[name].values}
    assert {*found.variables["tokens"].values} == {*part.vocabulary}
    assert len(found.variables["positions"].values) == part.positions
    assert {*found.classifier.rows} <= {*program.classifier.rows}
    assert found.classifier.classes == program.classifier.classes
    assert (found.task, found.about) == (program.task, program.about)
    assert read(write(found).code).program == found


@given(programs_and_parts(), st.data())
def test_restricting_twice_is_restricting_once(
    case: tuple[Program, Domain], data: st.DataObject
) -> None:
    program, part = case
    alphabet, lengths = data.draw(parts(part))
    smaller = inside(part, alphabet=alphabet, lengths=lengths)
    assert restrict(restrict(program, part), smaller) == restrict(program, smaller)


@given(programs())
def test_the_same_domain_changes_nothing(program: Program) -> None:
    assert restrict(program, program.domain) == program
    assert restrict(program, replace(program.domain)) == program


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_known_answers_hold_on_a_part(case: Any) -> None:
    whole = case.program.domain
    inputs = [x for x in case.inputs if x == case.inputs[-1]]
    letters = tuple(a for a in reversed(whole.alphabet) if a in inputs[0])
    size = (len(inputs[0]),) * 2
    if whole.keys is not None:
        letters = tuple(reversed(whole.alphabet))
    found = restrict(case.program, inside(whole, alphabet=letters, lengths=size))
    assert answers(found, inputs) == [tuple(case.expected(x)) for x in inputs]


def test_each_kind_of_node_is_narrowed() -> None:
    domain = Domain(tuple("abc"), (1, 3))
    back = Predicate.where(range(3), range(3), lambda q, k: k < q)
    same = Predicate.of({"a": ["b", "c"], "c": ["c"], "b": ["c"]})
    nodes = (
        Embedding(("emb",), ((5,), (6,), (7,))),
        CategoricalHead("near", "tokens", "tokens", "emb", same),
        NumericalHead("left", "positions", "positions", "ones", back),
        LookupTable.of("both", ("near", "left"), {(5, 0): "x", (7, 3): "y"}, "z"),
    )
    scores = {("both", "y"): [1, 2], ("both", "x"): [2, 1], ("tokens", "c"): [3, 4]}
    program = Program(domain, nodes, Classifier.of("pq", scores))
    found = restrict(program, Domain(("b", "a"), (1, 2)))
    embedding, near, left, both = found.nodes
    assert embedding == Embedding(("emb",), ((6,), (5,)))
    assert isinstance(near, CategoricalHead)
    assert near.predicate == Predicate.of({"a": ["b"]})
    assert isinstance(left, NumericalHead)
    assert left.predicate == Predicate.of({1: [0]})
    assert both == LookupTable.of("both", ("near", "left"), {(5, 0): "x"}, "z")
    assert found.variables["left"].values == range(3)
    assert found.variables["both"].values == ("x", "z")
    assert [row.value for row in found.classifier.rows] == ["x"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"alphabet": ("a", "z")}, "does not know z; its letters are a b c"),
        ({"alphabet": ("x", "y")}, "does not know x y; its letters are a b c"),
        ({"lengths": (1, 3)}, "takes 2 to 5 letters, not 1 to 3"),
        ({"lengths": (3, 6)}, "takes 2 to 5 letters, not 3 to 6"),
        ({"lengths": (6, 7)}, "takes 2 to 5 letters, not 6 to 7"),
        ({"lengths": (4, 3)}, "least <= most"),
        ({"lengths": (0, 3)}, "1 <= least"),
        ({"alphabet": ()}, "alphabet"),
        ({"alphabet": ("a", "a")}, "'a' is given twice"),
        ({"alphabet": ("a", "<s>")}, "<s>"),
        ({"alphabet": ("a b",)}, "'a b'"),
    ],
)
def test_what_is_not_inside_is_refused(options: Any, says: str) -> None:
    with pytest.raises(DomainError, match=says):
        inside(ABC, **options)


@pytest.mark.parametrize("letters", [("a", "b"), ("0", "1"), ("2",)])
def test_a_part_of_a_keyed_domain_needs_keys_and_values(letters: Any) -> None:
    with pytest.raises(DomainError, match="need some of both; the keys are a b"):
        inside(KEYED, alphabet=letters)


def test_keys_stay_keys_in_the_order_of_the_letters() -> None:
    part = inside(KEYED, alphabet=("2", "b", "0", "a"), lengths=(3, 4))
    assert part == Domain(tuple("2b0a"), (3, 4), causal=True, keys=("b", "a"))
    assert inside(KEYED, lengths=(2, 2)).keys == ("a", "b")
    assert inside(KEYED, alphabet=("a", "1")).count == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"alphabet": ("a", "z")},
        {"lengths": (1, 5)},
        {"lengths": (2, 6)},
        {"begin": None},
        {"begin": "[s]"},
        {"end": None},
        {"causal": True},
    ],
)
def test_a_program_is_not_restricted_to_other_inputs(changed: Any) -> None:
    program = Program(ABC, (), Classifier.of("xy", {}))
    domain = replace(ABC, **{"unknown": None, **changed})
    with pytest.raises(DomainError):
        restrict(program, domain)
