"""The tasks of the paper, each against a slow definition of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import inputs
from tpdebug.domain import Domain
from tpdebug.errors import UserError
from tpdebug.inputs import encode
from trainers import references
from trainers.config import Config, Run
from trainers.own import task_of
from trainers.split import split
from trainers.tasks import TASKS, paper_size, task, task_of_size

Letters = Sequence[str]
Labels = list[str | None]


def reverse(letters: Letters) -> Labels:
    return [letters[len(letters) - 1 - i] for i in range(len(letters))]


def sort(letters: Letters) -> Labels:
    return [*sorted(letters, key=int)]


def hist(letters: Letters) -> Labels:
    return [str(len([b for b in letters if b == a])) for a in letters]


def double_hist(letters: Letters) -> Labels:
    counts = Counter(letters)
    return [str(list(counts.values()).count(counts[a])) for a in letters]


def most_freq(letters: Letters) -> Labels:
    seen = Counter(letters).most_common()  # of equal counts the first seen is first
    return [seen[i][0] if i < len(seen) else "<s>" for i in range(len(letters))]


def dyck(letters: Letters) -> Labels:
    """Take out pairs that touch until there is none; what is left tells."""
    found: Labels = []
    for stop in range(1, len(letters) + 1):
        text, before = "".join(letters[:stop]), ""
        while text != before:
            text, before = text.replace("()", "").replace("{}", ""), text
        found.append("F" if {*text} & {*")}"} else "P" if text else "T")
    return found


def induction(letters: Letters) -> Labels:
    found: Labels = []
    for i, letter in enumerate(letters):
        before = [j for j in range(0, i, 2) if letters[j] == letter]
        value = letters[before[0] + 1] if before else "<unk>"
        found.append(None if i % 2 else value)
    return found


RIGHT: dict[str, Callable[[Letters], Labels]] = {
    "reverse": reverse,
    "hist": hist,
    "double_hist": double_hist,
    "sort": sort,
    "most_freq": most_freq,
    "dyck1": dyck,
    "dyck2": dyck,
    "induction": induction,
}
NUMBERS = tuple(str(i) for i in range(30))
FREE = ("reverse", "sort", "hist", "double_hist", "most_freq")
SIZES = [
    *product(FREE, (1,), (1, 6)),
    *product(FREE, (2,), (1, 2, 6)),
    *product(FREE, (4,), (4,)),
    *product(("dyck1",), (2,), (1, 2, 3, 9)),
    *product(("dyck2",), (4,), (1, 2, 6)),
    *(("induction", 2, 6), ("induction", 4, 7), ("induction", 6, 5)),
]
each_task = pytest.mark.parametrize("name", RIGHT)


def test_these_are_the_tasks() -> None:
    assert set(TASKS) == set(RIGHT)


@pytest.mark.parametrize(("name", "letters", "most"), SIZES)
def test_every_small_input_has_the_right_labels(
    name: str, letters: int, most: int
) -> None:
    chosen = task_of_size(name, letters, most)
    for index in range(chosen.domain.count):
        one = chosen.domain.input(index)
        assert chosen.oracle(one) == tuple(RIGHT[name](one)), one


@pytest.mark.parametrize("size", [(None, None), (12, 20)], ids=["paper", "large"])
@each_task
@given(data=st.data())
def test_any_input_has_the_right_labels(
    name: str, size: tuple[int | None, int | None], data: st.DataObject
) -> None:
    vocabulary, length = size
    if name.startswith("dyck"):
        vocabulary = None
    chosen = task(name, vocabulary, length)
    letters = data.draw(inputs(chosen.domain))
    labels = chosen.oracle(letters)
    assert labels == tuple(RIGHT[name](letters))
    assert {*labels} <= {*chosen.classes, None}


@each_task
def test_blocks_of_inputs_get_the_labels_of_each(name: str) -> None:
    chosen = task(name)
    random = np.random.default_rng(7)
    length = chosen.domain.lengths[1]
    count = chosen.domain.count_of_length(length)
    before = chosen.domain.count - count
    rows = [
        chosen.domain.input(before + int(i)) for i in random.integers(count, size=999)
    ]
    found = chosen.oracle.wanted([*encode(chosen.domain, rows).T])
    labels = (*chosen.classes, None)
    for place, column in enumerate(found):
        wanted = [RIGHT[name](letters)[place] for letters in rows]
        assert [labels[i] for i in column.tolist()] == wanted


@pytest.mark.parametrize("letters", [126, 127, 128, 129, 200, 300])
def test_counts_may_be_large(letters: int) -> None:
    one = ["1"] * letters
    assert set(task_of_size("hist", 2, 300).oracle(one)) == {str(letters)}
    many = [str(i) for i in range(letters)]
    assert set(task_of_size("double_hist", 300, 300).oracle(many)) == {str(letters)}
    mixed = ["0"] * (letters - 100) + ["1"] * 100 + ["0"] * 100
    assert task_of_size("most_freq", 3, 512).oracle(mixed)[:3] == ("0", "1", "<s>")
    last = ["0"] * 100 + ["2"] * letters
    assert task_of_size("most_freq", 3, 512).oracle(last)[:3] == ("2", "0", "<s>")


@pytest.mark.parametrize(
    ("name", "size", "count"),
    [
        ("reverse", (8, 8), 19_530),
        ("sort", (8, 8), 19_530),
        ("hist", (8, 8), 335_922),
        ("double_hist", (8, 8), 335_922),
        ("most_freq", (8, 8), 335_922),
        ("dyck1", (4, 16), 32_768),
        ("dyck2", (6, 16), 4**15),
    ],
)
def test_the_domains_of_the_paper(name: str, size: tuple[int, int], count: int) -> None:
    assert paper_size(name) == size
    assert task(name).domain.count == task(name, *size).domain.count == count


def test_the_domain_of_induction() -> None:
    """Every key has a value of its own: count the ways, key by key."""
    domain = task("induction").domain
    ways = 0
    for length in range(1, domain.lengths[1] + 1):
        whole, half = divmod(length, 2)
        for keys in product(range(4), repeat=whole):
            ways += 4 ** len(set(keys)) * 4**half
    assert domain.count == ways


ROUND, CURLY, ABC = ("(", ")"), ("(", ")", "{", "}"), (*"abcd0123",)
TFP, KNOWN = ("F", "P", "T"), (*"0123", "<unk>")


@pytest.mark.parametrize(
    ("name", "size", "letters", "lengths", "classes"),
    [
        ("reverse", (), NUMBERS[:5], (1, 6), NUMBERS[:5]),
        ("sort", (), NUMBERS[:5], (1, 6), NUMBERS[:5]),
        ("sort", (16, 9), NUMBERS[:13], (1, 7), NUMBERS[:13]),
        ("hist", (), NUMBERS[:6], (1, 7), NUMBERS[1:8]),
        ("hist", (3, 12), NUMBERS[:1], (1, 11), NUMBERS[1:12]),
        ("double_hist", (), NUMBERS[:6], (1, 7), NUMBERS[1:7]),
        ("double_hist", (9, 4), NUMBERS[:7], (1, 3), NUMBERS[1:4]),
        ("most_freq", (), NUMBERS[:6], (1, 7), (*NUMBERS[:6], "<s>")),
        ("dyck1", (), ROUND, (15, 15), TFP),
        ("dyck2", (), CURLY, (15, 15), TFP),
        ("dyck2", (6, 5), CURLY, (4, 4), TFP),
        ("induction", (), ABC, (1, 9), KNOWN),
    ],
)
def test_a_task_has_the_inputs_and_classes_of_its_size(
    name: str,
    size: tuple[int, ...],
    letters: tuple[str, ...],
    lengths: tuple[int, int],
    classes: tuple[str, ...],
) -> None:
    end = "</s>" if name in ("reverse", "sort") else None
    causal = name in ("dyck1", "dyck2", "induction")
    keys = ABC[:4] if name == "induction" else None
    wanted = Domain(letters, lengths, "<s>", end, causal, keys=keys)
    run = Run(name, *(size or paper_size(name)), Config())
    same = task_of_size(name, len(letters), lengths[1])
    for chosen in (task(name, *size), task_of(run), same):
        assert (chosen.name, chosen.domain, chosen.classes) == (name, wanted, classes)
        assert (chosen.oracle.domain, chosen.oracle.pooled) == (wanted, False)
        assert chosen.says


@each_task
def test_no_class_is_idle(name: str) -> None:
    """Every class is the right answer somewhere, at a size with all kinds of inputs."""
    letters = len(task(name).domain.alphabet) if name.startswith("dyck") else 4
    chosen = task_of_size(name, letters, 5)
    every = (chosen.domain.input(i) for i in range(chosen.domain.count))
    assert {a for one in every for a in chosen.oracle(one)} - {None} == {
        *chosen.classes
    }


@pytest.mark.parametrize(
    ("name", "size", "says"),
    [
        ("sorting", (), "no task 'sorting'; the tasks are reverse, .*induction"),
        ("sort", (3, 8), "sort needs V of at least 4 and N of at least 3"),
        ("sort", (8, 2), "sort needs V of at least 4 and N of at least 3"),
        ("hist", (2, 8), "hist needs V of at least 3 and N of at least 2"),
        ("hist", (8, 1), "hist needs V of at least 3 and N of at least 2"),
        ("hist", (-5, -5), "hist needs V of at least 3"),
        ("hist", (8, 514), "lengths"),
        ("dyck1", (6, 16), r"dyck1 has the 2 letters \( \)"),
        ("dyck2", (4, 16), r"dyck2 has the 4 letters \( \) { }"),
        ("induction", (9, 10), "as many keys as values"),
        ("induction", (56, 10), "at most 26 keys"),
    ],
)
def test_a_task_that_cannot_be_says_why(
    name: str, size: tuple[int, ...], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        task(name, *size)


def test_a_task_of_no_letters_or_without_a_name_is_refused() -> None:
    for name in RIGHT:
        for letters, most in ((0, 3), (-2, 3), (2, 0), (4, 0), (2, -1)):
            with pytest.raises(UserError):
                task_of_size(name, letters, most)
    for ask in (paper_size, lambda name: task_of_size(name, 2, 2)):
        with pytest.raises(UserError, match="no task 'nothing'"):
            ask("nothing")


def test_a_failed_prefix_stays_failed() -> None:
    assert references.dyck(None, "(") == references.dyck(None, ")") == (None, "F")
    oracle = task_of_size("dyck2", 4, 6).oracle
    assert oracle(list("({)}()")) == ("P", "P", "F", "F", "F", "F")
    assert oracle(list("(){}()")) == ("P", "T", "P", "T", "P", "T")
    assert oracle(list("}({})(")) == ("F",) * 6


@pytest.mark.parametrize("name", ["dyck1", "dyck2"])
@pytest.mark.parametrize("length", [2, 3, 9, 16])
def test_half_of_the_brackets_to_train_with_begin_balanced(
    name: str, length: int
) -> None:
    chosen = task(name, length=length)
    assert chosen.draw is not None
    random = Random(0)
    drawn = [chosen.draw(random) for _ in range(2000)]
    assert all(chosen.domain.why_not(letters) is None for letters in drawn)
    assert {a for letters in drawn for a in letters} == set(chosen.domain.alphabet)
    answers = [chosen.oracle(letters) for letters in drawn]
    balanced = sum("T" in row for row in answers) / len(drawn)
    assert balanced == 0 if length == 2 else balanced > 0.5
    if length == 16:  # depths and lengths of every kind
        assert {row.index("T") for row in answers if "T" in row} == set(range(1, 15, 2))
        whole = [row for row in answers if row[13] == "T"]
        assert len({row.count("T") for row in whole}) > 4


def test_brackets_to_train_with_are_unique_and_often_balanced() -> None:
    chosen = task("dyck2")
    parts = split(chosen, seed=0)
    cases = (*parts.train, *parts.valid, *parts.test)
    drawn = {letters for letters, _ in cases}
    assert len(drawn) == 20_000
    labels = Counter(a for _, labels in parts.test for a in labels)
    assert labels["F"] / labels.total() < 0.7  # of uniform ones it is 0.94
