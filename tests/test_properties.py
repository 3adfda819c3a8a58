"""Properties: held by the programs that should, and violated only where they say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.falsify import PROPERTIES, PropertyCheck, falsify
from tests.strategies import domains, programs
from tests.test_verify import EXAMPLE, everything
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.evaluate import answers
from tpdebug.parts import all_parts
from tpdebug.program import Program
from tpdebug.read import load

Run = Callable[[Sequence[str]], tuple[str, ...]]
ROOT = EXAMPLE.parent
HELD = [
    (name, known)
    for name, each in PROPERTIES.items()
    for known in each.tasks
    if known != "most_freq"
]


@pytest.mark.parametrize(("name", "known"), HELD)
def test_the_examples_have_the_properties_of_their_tasks(name: str, known: str) -> None:
    found = falsify(load(ROOT / f"{known}.py"), name, most=20_000, inputs=5_000)
    assert found.clean, found.kinds[0]


def test_a_program_that_is_wrong_does_not_have_them() -> None:
    found = falsify(
        load(ROOT / "most_freq.py"), "renaming", most=0, inputs=3000, sweep=0
    )
    assert found.check == "property renaming"
    assert found.failing > 10


def runner(program: Program) -> Run:
    """The program, one input at a time."""
    known = dict(
        zip(
            everything(program.domain),
            answers(program, everything(program.domain)),
            strict=True,
        )
    )
    return lambda letters: known[tuple(letters)]


def failing(program: Program, name: str) -> set[tuple[str, ...]]:
    """The inputs that the check finds."""
    check, domain = PropertyCheck(program, name), program.domain
    found: list[bool] = []
    for part in all_parts(domain):
        found += check.failing(part).tolist()
    return {x for x, wrong in zip(everything(domain), found, strict=True) if wrong}


LETTERS = domains(longest=3, letters=3).filter(lambda domain: domain.keys is None)


@given(LETTERS.flatmap(programs))
@settings(max_examples=40)
def test_permutations_agree_with_all_of_them(program: Program) -> None:
    run = runner(program)
    everywhere = all(
        run(x) == run(y) for x in everything(program.domain) for y in permutations(x)
    )
    assert everywhere == (not failing(program, "permutation"))
    if not program.classifier.pooled:
        moved = all(
            tuple(run(x)[i] for i in order) == run([x[i] for i in order])
            for x in everything(program.domain)
            for order in permutations(range(len(x)))
        )
        assert moved == (not failing(program, "positions"))


@given(LETTERS.flatmap(programs))
@settings(max_examples=40)
def test_new_names_agree_with_all_of_them(program: Program) -> None:
    run, domain = runner(program), program.domain
    free = [a for a in domain.alphabet if a != domain.unknown]
    same = all(
        run(x) == run([names.get(a, a) for a in x])
        for x in everything(domain)
        for names in (dict(zip(free, p, strict=True)) for p in permutations(free))
    )
    assert same == (not failing(program, "names"))


@given(domains(longest=4, letters=3).flatmap(programs))
@settings(max_examples=40)
def test_causal_programs_have_prefixes(program: Program) -> None:
    if program.classifier.pooled:
        with pytest.raises(UserError, match="one answer"):
            PropertyCheck(program, "prefix")
        return
    run, least = runner(program), program.domain.lengths[0]
    found = failing(program, "prefix")
    if program.domain.causal:
        assert not found
    for x in everything(program.domain):
        shorter = range(least, len(x))
        if any(run(x)[n - 1] != run(x[:n])[n - 1] for n in shorter):
            assert x in found


def reversing(domain: Domain, other: dict[str, str]) -> Program:
    """Answers each letter, or another one."""
    from tpdebug.nodes import Classifier

    classes = list(dict.fromkeys((*domain.alphabet, *other.values())))
    scores = {
        ("tokens", a): [int(c == other.get(a, a)) for c in classes]
        for a in domain.alphabet
    }
    return Program(domain, (), Classifier.of(classes, scores))


def test_twice_and_again() -> None:
    domain = Domain(tuple("abc"), (1, 2))
    swapped = reversing(domain, {"a": "b", "b": "a"})
    assert not failing(swapped, "twice")
    assert failing(swapped, "again") == {
        x for x in everything(domain) if {"a", "b"} & {*x}
    }
    merged = reversing(domain, {"a": "b"})
    assert failing(merged, "twice") == {x for x in everything(domain) if "a" in x}
    assert not failing(merged, "again")


def test_an_answer_that_is_no_letter_cannot_be_asked_again() -> None:
    program = reversing(Domain(tuple("ab"), (1, 2)), {"b": "none"})
    found = falsify(program, "twice")
    assert found.failing == 4
    assert found.kinds[0].expected == "<a letter>"
    assert found.kinds[0].smallest.expected == ("<a letter>",)


@given(st.sampled_from(["a b", "c c", "a c b"]))
def test_renaming_renames_the_answers(text: str) -> None:
    domain = Domain(tuple("abc"), (1, 3))
    assert tuple(text.split()) not in failing(reversing(domain, {}), "renaming")
    assert not failing(reversing(domain, {}), "order")
    assert failing(reversing(domain, {"a": "b"}), "renaming")


def test_properties_that_a_program_cannot_have_are_refused() -> None:
    keyed = load(ROOT / "induction.py")
    with pytest.raises(UserError, match="keys and values"):
        PropertyCheck(keyed, "permutation")
    with pytest.raises(UserError, match="no pairs of brackets"):
        PropertyCheck(load(EXAMPLE), "brackets")
    with pytest.raises(UserError, match=r"no property 'x'; they are permutation, "):
        PropertyCheck(keyed, "x")


def test_the_page_and_the_help_name_all_properties() -> None:
    from tpdebug.cli.falsify import PROPERTIES_SAY

    page = (ROOT.parent / "docs" / "falsify.md").read_text(encoding="utf-8")
    for name, each in PROPERTIES.items():
        assert name in PROPERTIES_SAY.replace(",", " ").split()
        line = next(row for row in page.splitlines() if row.startswith(f"| `{name}`"))
        assert all(known in line for known in each.tasks)
    assert Path(ROOT / "sort.py").is_file()
