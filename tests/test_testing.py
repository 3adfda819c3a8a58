"""What users' property tests are made of: strategies, and the checker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from tests.strategies import domains
from tests.test_verify import EXAMPLE, broken_sort, everything
from tpdebug.domain import Domain
from tpdebug.errors import DomainError, UserError
from tpdebug.read import load
from tpdebug.testing import Checker, inputs, property_test, tokens
from tpdebug.write import save

QUIET = settings(database=None, max_examples=2000)


@given(domains(), st.data())
def test_inputs_are_in_the_domain(domain: Domain, data: st.DataObject) -> None:
    letters = data.draw(inputs(domain))
    assert domain.why_not(letters) is None
    assert data.draw(tokens(domain)) in domain.alphabet
    wrapped = data.draw(inputs(domain, wrapped=True))
    assert domain.why_not(domain.words(" ".join(wrapped))) is None
    assert len(wrapped) == len(domain.words(" ".join(wrapped))) + len(domain.wrap(()))


@given(domains(longest=2, letters=2), st.data())
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_every_input_can_be_drawn(domain: Domain, data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(everything(domain)))
    assert find(inputs(domain), lambda x: x == wanted, settings=QUIET) == wanted


@pytest.mark.parametrize("keys", [None, ("a", "b")])
def test_a_failing_input_shrinks_to_the_shortest(keys: tuple[str, ...] | None) -> None:
    domain = Domain(tuple("ab01"), (2, 6), keys=keys)
    found = find(inputs(domain), lambda x: len(x) > 2 and "1" in x, settings=QUIET)
    assert len(found) == 3
    smallest = ("a", "1", "a") if keys else ("a", "a", "1")
    assert found == smallest


def test_foreign_words_are_read_as_the_unknown_one() -> None:
    domain = Domain(("a", "<unk>"), (1, 3), "<s>", unknown="<unk>")
    some = inputs(domain, foreign=True)
    word = find(some, lambda x: x[0] not in domain.vocabulary, settings=QUIET)
    assert domain.accept(word)[0] == "<unk>"
    with pytest.raises(NoSuchExample):
        find(inputs(domain), lambda x: domain.why_not(x) is not None, settings=QUIET)
    with pytest.raises(DomainError, match="no letter for unknown words"):
        inputs(Domain(("a",), (1, 2)), foreign=True)


def test_a_checker_says_what_is_right() -> None:
    check = Checker(broken_sort(), task="sort")
    check(("1", "0"))
    wrong = ("0", "0", "0", "0", "0")
    with pytest.raises(AssertionError) as caught:
        check(wrong)
    said = '"0 0 0 0 0" is answered "0 0 0 0 1", but "0 0 0 0 0" is right'
    assert str(caught.value) == said
    assert check.margin(wrong) < 0 < check.margin(("1", "0"))
    with pytest.raises(DomainError):
        check(("7",))
    with pytest.raises(DomainError):
        check(())


def test_a_checker_takes_all_that_the_command_does(tmp_path: Path) -> None:
    program = tmp_path / "sort.py"
    save(broken_sort(), program)
    wrong = tuple("00000")
    for check in (
        Checker(program),
        Checker(str(program), oracle=sorted),
        Checker(program, against=EXAMPLE),
        Checker(program, oracle="builtins:sorted"),
        Checker(program, lengths="5", alphabet="0 1"),
    ):
        with pytest.raises(AssertionError):
            check(wrong)
    Checker(EXAMPLE, holds="permutation")(wrong)
    assert Checker(program, lengths="5", alphabet="0 1").domain.count == 2**5
    with pytest.raises(UserError, match="give one of --oracle and --against"):
        Checker(program, oracle=sorted, against=EXAMPLE)


def test_a_property_test_fails_for_a_wrong_program_and_passes_for_a_right_one() -> None:
    options = {"database": None, "max_examples": 30, "deadline": None}
    property_test(Checker(load(EXAMPLE)), [list("00000")], **options)()
    test = property_test(Checker(broken_sort()), [list("00000")], **options)
    with pytest.raises(AssertionError, match="is answered"):
        test()


@given(inputs(load(EXAMPLE)))
@settings(max_examples=10)
def test_two_checks_of_one_example_are_fine(letters: tuple[str, ...]) -> None:
    check = Checker(load(EXAMPLE))
    check(letters)
    check(letters)


def test_importing_it_loads_hypothesis_and_nothing_heavy() -> None:
    code = "import sys, tpdebug.testing; print(*sys.modules)"
    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    found = set(child.stdout.split())
    assert "hypothesis" in found
    assert not found & {"torch", "pandas", "numpy", "libcst", "scipy", "rich", "click"}
