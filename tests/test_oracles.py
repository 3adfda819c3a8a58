"""Oracles: the same labels for a block as for each input, however they are computed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import product
from threading import Barrier
from time import sleep
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import domains, inputs
from tpdebug.columns import Column, longest, stack
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.inputs import Letters, columns_of, decode, encode, shared_columns
from tpdebug.oracles import (
    UNSCORED,
    BatchOracle,
    FunctionOracle,
    Machine,
    Oracle,
    oracle_for,
)
from trainers.tasks import task, task_of_size

AB = Domain(("a", "b"), (1, 4))


def told(oracle: Oracle, columns: Sequence[Column], size: int) -> list[tuple[Any, ...]]:
    """What an oracle says of a block of inputs, in words."""
    rows = stack(oracle.wanted(columns), size).tolist()
    return [tuple(None if i == UNSCORED else oracle.labels[i] for i in r) for r in rows]


def history(state: tuple[str, ...], letter: str) -> tuple[tuple[str, ...], str]:
    """A machine that remembers everything: its states are the beginnings of inputs."""
    read = (*state, letter)
    return read, str(sum(map(hash_of, read)) % 5)


def hash_of(letter: str) -> int:
    return sum(map(ord, letter)) + 1


def labels_of_history(letters: Sequence[str]) -> tuple[str, ...]:
    sums = np.cumsum([hash_of(letter) for letter in letters])
    return tuple(str(i % 5) for i in sums.tolist())


def histories(domain: Domain) -> Machine:
    return Machine(domain, "01234", (), history)


@st.composite
def shared(draw: st.DrawFn) -> tuple[Domain, list[Column], int]:
    """Inputs that begin alike, as columns that share that, and how many they are."""
    domain = replace(draw(domains(longest=5, letters=4)), keys=None)
    many, length = len(domain.alphabet), draw(st.integers(*domain.lengths))
    free = draw(st.integers(1, length))
    start = draw(st.integers(0, many ** (length - free) - 1))
    return domain, shared_columns(domain, length, start, free), many**free


@given(shared())
def test_shared_columns_give_what_unshared_ones_give(
    case: tuple[Domain, list[Column], int],
) -> None:
    domain, columns, size = case
    block = stack(columns, size)
    wanted = [labels_of_history(letters) for letters in decode(domain, block)]
    assert told(histories(domain), columns, size) == wanted
    assert told(histories(domain), columns_of(block), size) == wanted
    used = histories(domain)
    for row in columns_of(block[:1]), columns_of(block[::-1]):
        used.wanted(row)
    assert told(used, columns, size) == wanted
    function = FunctionOracle(domain, labels_of_history)
    batch = BatchOracle(domain, domain.alphabet, lambda letters: letters[:, ::-1])
    assert told(function, columns, size) == wanted
    assert told(batch, columns, size) == [x[::-1] for x in decode(domain, block)]


@given(shared())
def test_a_machine_does_the_work_of_a_common_beginning_once(
    case: tuple[Domain, list[Column], int],
) -> None:
    domain, columns, _ = case
    steps = []

    def step(state: tuple[str, ...], letter: str) -> tuple[tuple[str, ...], str]:
        steps.append((state, letter))
        return history(state, letter)

    machine = Machine(domain, "01234", (), step)
    machine.wanted([column[:1] for column in columns])
    for _ in range(2):
        found = machine.wanted(columns)
        sizes = [longest(columns[: i + 1]) for i in range(len(columns))]
        assert list(map(len, found)) == sizes
        assert len(steps) == len(set(steps)) == sum(sizes)


@pytest.mark.parametrize("name", ["dyck1", "dyck2", "sort", "hist", "most_freq"])
def test_tasks_say_the_same_of_shared_columns(name: str) -> None:
    chosen = task(name)
    length, many = chosen.domain.lengths[1], len(chosen.domain.alphabet)
    for start in (0, 1, many**2 // 2 - 1):
        columns = shared_columns(chosen.domain, length, start, 4)
        size = many**4
        unshared = columns_of(stack(columns, size))
        assert told(chosen.oracle, columns, size) == told(chosen.oracle, unshared, size)
        first = decode(chosen.domain, stack(columns, size)[:1])[0]
        assert told(chosen.oracle, columns, size)[0] == chosen.oracle(first)


def test_threads_may_use_a_fresh_machine_at_once() -> None:
    domain = Domain(tuple("abc"), (6, 6))
    parts = [shared_columns(domain, 6, start, 4) for start in (0, 4, 8, 4)]
    wanted = [
        [labels_of_history(x) for x in decode(domain, stack(part, 81))]
        for part in parts
    ]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads take turns as often as they can
    for _ in range(15):
        machine, barrier = histories(domain), Barrier(len(parts))

        def work(
            part: list[Column], machine: Machine = machine, barrier: Barrier = barrier
        ) -> list[tuple[Any, ...]]:
            barrier.wait()
            return told(machine, part, 81)

        with ThreadPoolExecutor(len(parts)) as pool:
            assert list(pool.map(work, parts)) == wanted
        assert len(set(machine.rows)) == len(machine.rows) == len(machine.states)
    sys.setswitchinterval(before)


class Late(str):
    """A label that others overtake while it is looked up."""

    __slots__ = ()

    def __hash__(self) -> int:
        sleep(0.001)
        return super().__hash__()


def test_threads_agree_on_the_number_of_a_label() -> None:
    domain = Domain(tuple("abcd"), (2, 2))
    block = encode(domain, [domain.input(i) for i in range(domain.count)])
    oracle = FunctionOracle(domain, lambda letters: [Late(a) for a in letters])
    blocks, barrier = [block] * 4, Barrier(4)

    def work(rows: Letters) -> list[tuple[Any, ...]]:
        barrier.wait()
        return told(oracle, columns_of(rows), len(rows))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(work, blocks))
    assert found == [decode(domain, rows) for rows in blocks]
    assert sorted(oracle.labels) == [*domain.alphabet]


@given(st.data())
def test_a_function_is_asked_for_each_input(data: st.DataObject) -> None:
    domain = data.draw(domains())
    letters = data.draw(inputs(domain))
    label = st.one_of(st.none(), st.sampled_from(["x", "two words", "", "é"]))
    size = len(letters)
    wanted = tuple(data.draw(st.lists(label, min_size=size, max_size=size)))
    asked: list[Any] = []

    def answer(given: Sequence[str]) -> Any:
        asked.append(given)
        return data.draw(st.sampled_from([list, tuple]))(wanted)

    oracle = FunctionOracle(domain, answer)
    assert oracle.labels == ()
    assert oracle(letters) == wanted
    assert asked == [list(letters)]
    assert oracle.labels == tuple(dict.fromkeys(w for w in wanted if w is not None))


def test_labels_are_numbered_as_they_are_met() -> None:
    oracle = FunctionOracle(AB, lambda x: [a * len(x) for a in x])
    for letters in (["b"], ["a"], ["b", "a"], ["a"]):
        oracle(letters)
    assert oracle.labels == ("b", "a", "bb", "aa")
    columns = oracle.wanted(columns_of(encode(AB, [("a", "b"), ("b", "b")])))
    assert [column.tolist() for column in columns] == [[3, 2], [2, 2]]


def test_a_pooled_function_gives_one_label() -> None:
    answers: dict[str, Any] = {"a": "x y", "b": None, "aa": ["one"], "ab": ("x y",)}
    oracle = FunctionOracle(AB, lambda x: answers["".join(x)], pooled=True)
    found = [oracle(list(word)) for word in answers]
    assert found == [("x y",), (None,), ("one",), ("x y",)]
    assert oracle.labels == ("x y", "one")
    columns = oracle.wanted(columns_of(encode(AB, [("a", "b"), ("a", "a")])))
    assert [column.tolist() for column in columns] == [[0, 1]]


def test_what_is_given_to_a_function_may_be_changed_by_it() -> None:
    def answer(letters: list[str]) -> list[str]:
        found = letters[:]
        letters.clear()
        return found

    oracle = FunctionOracle(AB, answer)
    assert oracle(["a", "b"]) == oracle(("a", "b")) == ("a", "b")


LISTS = ["ab", None, 3, ["a"], ["a", "b", "a"], [1, 2], ["a", b"b"], {"a", "b"}, ()]
TEXTS = [3, ["a", "b"], [], [1], {"a": 1}]


@pytest.mark.parametrize(
    ("pooled", "found"), [*product([False], LISTS), *product([True], TEXTS)]
)
def test_a_function_that_answers_something_else_is_named(
    pooled: bool, found: Any
) -> None:
    oracle = FunctionOracle(AB, lambda x: found, pooled=pooled, name="mine:answer")
    wanted = "a string" if pooled else "2 strings (None: not scored)"
    with pytest.raises(UserError) as caught:
        oracle(["b", "a"])
    assert str(caught.value) == f'mine:answer of "b a" is {found!r}, not {wanted}'


@pytest.mark.parametrize(
    "error", [ValueError("no idea"), KeyError("x"), RecursionError(), SystemExit(0)]
)
def test_a_function_that_raises_is_named(error: BaseException) -> None:
    def answer(letters: Sequence[str]) -> list[str]:
        raise error

    oracle = FunctionOracle(AB, answer, name="mine")
    says = rf'^mine of "a b" raises {type(error).__name__}: '
    with pytest.raises(UserError, match=says) as caught:
        oracle(["a", "b"])
    assert caught.value.__cause__ is error


def test_an_interruption_is_no_error_of_the_function() -> None:
    def answer(letters: Sequence[str]) -> list[str]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FunctionOracle(AB, answer)(["a"])


@given(st.data())
def test_letters_may_be_in_another_order(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["sort", "most_freq", "dyck2", "induction"]))
    whole = task_of_size(name, 4, 4)
    if name == "dyck2":
        alphabet = data.draw(st.permutations(whole.domain.alphabet))
    else:
        some = st.sampled_from(whole.domain.alphabet)
        alphabet = data.draw(st.lists(some, unique=True, min_size=1))
    domain = Domain(tuple(alphabet), whole.domain.lengths)
    oracle = whole.oracle.on(domain)
    assert oracle.labels == whole.oracle.labels
    letters = data.draw(inputs(domain))
    assert oracle(letters) == whole.oracle(letters)


def test_labels_that_are_found_later_are_known_after_renumbering() -> None:
    function = FunctionOracle(AB, lambda x: [a.upper() for a in x])
    oracle = function.on(Domain(("b", "a"), (1, 2)))
    assert [oracle(x) for x in (["a"], ["b", "a"])] == [("A",), ("B", "A")]
    assert oracle.labels == function.labels == ("A", "B")


def test_renumbering_changes_nothing_but_the_letters() -> None:
    function = FunctionOracle(AB, lambda x: "x", pooled=True)
    oracle = function.on(Domain(("b", "a"), (1, 2)))
    assert (oracle.pooled, oracle.part) == (True, FunctionOracle.part)
    same = task("sort").oracle
    assert same.on(Domain(same.domain.alphabet, (2, 3))) is same


def test_what_is_right_may_be_a_function_or_an_oracle_that_fits() -> None:
    assert oracle_for(list, AB, False)(["b", "a"]) == ("b", "a")
    function = FunctionOracle(AB, lambda x: "x", pooled=True)
    assert oracle_for(function, AB, True) is function
    with pytest.raises(UserError, match="one answer for each input that is right"):
        oracle_for(function, AB, False)
    with pytest.raises(UserError, match="one answer for each letter that is right"):
        oracle_for(FunctionOracle(AB, list), AB, True)
    with pytest.raises(UserError, match="is not known for c, only for a b"):
        oracle_for(FunctionOracle(AB, list), Domain(("a", "c"), (1, 2)), False)
